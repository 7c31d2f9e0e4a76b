/* SPDX-License-Identifier: MIT
 *
 * engine.h - the engine as the parity programs drive it: through weft.h alone, run to the end, stopping the
 * program with the engine's own words on any failure that a test does not ask for.
 */
#ifndef WEFT_TEST_ENGINE_H
#define WEFT_TEST_ENGINE_H

#include "../../src/weft.h"

/* A complete model of the bytes, fed in pieces of `chunk` bytes (0: all at once). */
WeftModel *engine_model(const unsigned char *bytes, size_t count, size_t chunk);
WeftStructure *engine_structure(const char *text, size_t count);
WeftEncoding *engine_encode(const WeftModel *m, const WeftStructure *s);
WeftEncoding *engine_encode_as(const WeftModel *m, const WeftStructure *s, WeftFeatures features);

/* Opens the run, frees the request, steps to the end. */
WeftRun *engine_run(WeftRequest *r, WeftMode mode);

/* A request for the rows of design (NULL: all rows with mask 1). */
WeftRequest *engine_request(const WeftEncoding *e, const WeftStructure *s, const uint8_t *design);

/* Ends the program where a call failed. */
void engine_check(WeftStatus status, const char *what);

#endif
