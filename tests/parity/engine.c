/* SPDX-License-Identifier: MIT
 *
 * engine.c - see engine.h.
 */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>

void engine_check(WeftStatus status, const char *what) {
    if (status >= 0) return;
    fprintf(stderr, "%s: %s\n", what, weft_error());
    exit(1);
}

static void check_made(const void *object, const char *what) {
    engine_check(object ? WEFT_OK : weft_error_status(), what);
}

WeftModel *engine_model(const unsigned char *bytes, size_t count, size_t chunk) {
    WeftModel *m = weft_model_open();
    check_made(m, "weft_model_open");
    for (size_t at = 0; at < count;) {
        size_t piece = chunk && chunk < count - at ? chunk : count - at;
        engine_check(weft_model_feed(m, bytes + at, piece), "weft_model_feed");
        at += piece;
    }
    engine_check(weft_model_finish(m), "weft_model_finish");
    return m;
}

WeftStructure *engine_structure(const char *text, size_t count) {
    WeftStructure *s = weft_structure_parse(text, count, 0, WEFT_ALTLOC_FIRST);
    check_made(s, "weft_structure_parse");
    return s;
}

WeftEncoding *engine_encode(const WeftModel *m, const WeftStructure *s) {
    return engine_encode_as(m, s, WEFT_FEATURES_MODEL);
}

WeftEncoding *engine_encode_as(const WeftModel *m, const WeftStructure *s, WeftFeatures features) {
    WeftEncoding *e = weft_encoding_open(m, s, features);
    WeftStatus status = WEFT_MORE;
    check_made(e, "weft_encoding_open");
    while (status == WEFT_MORE) engine_check(status = weft_encoding_step(e), "weft_encoding_step");
    return e;
}

WeftRun *engine_run(WeftRequest *r, WeftMode mode) {
    WeftRun *run = weft_run_open(r, mode);
    WeftStatus status = WEFT_MORE;
    check_made(run, "weft_run_open");
    weft_request_free(r);
    while (status == WEFT_MORE) engine_check(status = weft_run_step(run), "weft_run_step");
    return run;
}

WeftRequest *engine_request(const WeftEncoding *e, const WeftStructure *s, const uint8_t *design) {
    WeftRequest *r = weft_request_open(e);
    check_made(r, "weft_request_open");
    engine_check(weft_request_design(r, design ? design : weft_structure_mask(s)), "weft_request_design");
    return r;
}
