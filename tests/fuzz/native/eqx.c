/* SPDX-License-Identifier: MIT
 *
 * eqx.c - any bytes as a weight file, in chunks whose sizes the first byte seeds. A file that is whole then designs a
 * small structure and is written again.
 */
#include "fuzz.h"

#include <math.h>

static WeftStatus feed(WeftModel *m, const uint8_t *bytes, size_t count, uint32_t seed) {
    WeftStatus status = WEFT_OK;
    for (size_t at = 0; at < count && !status;) {
        seed = seed * 1664525u + 1013904223u;
        size_t most = (size_t)1 << (seed >> 28), chunk = 1 + (seed >> 8) % most;
        if (chunk > count - at) chunk = count - at;
        status = weft_model_feed(m, bytes + at, chunk);
        at += chunk;
    }
    return status ? status : weft_model_finish(m);
}

/* A log-probability is 0 at most. A model whose numbers overflow fails; it does not give NaN. */
static void check_run(const WeftRun *run, int32_t n) {
    const int8_t *letters = weft_run_letters(run, 0);
    const float *log_probs = weft_run_log_probs(run, 0);
    for (int32_t i = 0; i < n; i++) FUZZ_CHECK(letters[i] >= 0 && letters[i] <= WEFT_LETTER_X);
    for (int32_t i = 0; i < n * WEFT_LETTER_COUNT; i++) FUZZ_CHECK(log_probs[i] <= 1e-4f);
    FUZZ_CHECK(!isnan(weft_run_number(run, 0, WEFT_RUN_SCORE)));
}

static void check_design(const WeftEncoding *e) {
    int32_t n = fuzz_structure()->length;
    WeftStatus status;
    WeftRequest *request = weft_request_open(e);
    FUZZ_CHECK(request);
    uint8_t *mask = malloc((size_t)n);
    FUZZ_CHECK(mask);
    memset(mask, 1, (size_t)n);
    FUZZ_CHECK(!weft_request_design(request, mask));
    WeftRun *run = weft_run_open(request, WEFT_DESIGN);
    free(mask);
    weft_request_free(request);
    if (!run) {
        fuzz_check_failure(weft_error_status());
        return;
    }
    do status = weft_run_step(run);
    while (status == WEFT_MORE);
    if (status)
        fuzz_check_failure(status);
    else
        check_run(run, n);
    weft_run_free(run);
}

static void check_encoding(const WeftModel *m) {
    WeftStatus status;
    WeftEncoding *e = weft_encoding_open(m, fuzz_structure(), WEFT_FEATURES_MODEL);
    if (!e) {
        fuzz_check_failure(weft_error_status());
        return;
    }
    do status = weft_encoding_step(e);
    while (status == WEFT_MORE);
    if (status)
        fuzz_check_failure(status);
    else
        check_design(e);
    weft_encoding_free(e);
}

/* What is written is read again, and then written the same. */
static void check_saved(const WeftModel *m) {
    size_t size = weft_model_save_size(m);
    uint8_t *bytes = malloc(2 * size);
    FUZZ_CHECK(bytes && !weft_model_save(m, bytes));
    WeftModel *again = weft_model_open();
    FUZZ_CHECK(again && !feed(again, bytes, size, 1));
    FUZZ_CHECK(weft_model_save_size(again) == size && !weft_model_save(again, bytes + size));
    FUZZ_CHECK(!memcmp(bytes, bytes + size, size));
    weft_model_free(again);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    WeftModel *m = weft_model_open();
    FUZZ_CHECK(m);
    WeftStatus status = size ? feed(m, data + 1, size - 1, data[0]) : weft_model_finish(m);
    if (status) {
        fuzz_check_failure(WEFT_BAD_WEIGHTS);
        FUZZ_CHECK(weft_model_feed(m, "x", 1) == WEFT_BAD_WEIGHTS);
    } else {
        FUZZ_CHECK(strlen(weft_model_text(m, WEFT_MODEL_SHA256)) == 64);
        check_encoding(m);
        check_saved(m);
    }
    weft_model_free(m);
    return 0;
}
