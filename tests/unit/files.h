/* SPDX-License-Identifier: MIT
 *
 * files.h - structures of tests/data for unit tests, and texts at random.
 */
#ifndef WEFT_UNIT_FILES_H
#define WEFT_UNIT_FILES_H

#include "../../src/protein/structure.h"

/* The bytes of a file, exactly as many as it has, so that a sanitizer sees a step beyond them; or NULL and a word on
 * why. The caller frees them. */
char *files_bytes(const char *path, size_t *count);

/* The same with a NUL behind them. */
char *files_text(const char *path);

/* A file of tests/data/structures, parsed; NULL and a word on why where that fails. */
WeftStructure *files_structure(const char *name);

/* A text of up to `most` pieces, the same for the same seed on every machine. Pieces are NULL at their end. */
const char *files_random_text(uint32_t seed, const char *const *pieces, int32_t most, char *out, size_t size);

#endif
