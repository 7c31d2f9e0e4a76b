/* SPDX-License-Identifier: MIT
 *
 * hashes.c - the same seed gives the same bits: natively and in WebAssembly, one sample at a time or eight, whatever a
 * step covers.
 *
 *   hashes WEIGHTS_DIRECTORY [--short] -> a table; tests/data/hashes.txt holds what every build must give
 *
 * Short: without the largest structure.
 *
 * A hash is 64-bit FNV-1a over the letters, orders and scores of 32 samples at T = 1. A change of the arithmetic
 * changes the sequences that a seed stands for, which users hold on to: the file is then rewritten on purpose, from
 * the lines that this program prints.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "engine.h"
#include "table.h"

enum { SAMPLES = 32 };
static const char *const STRUCTURES[] = {"6MRR", "5L33_damaged", "3HTN"};

static uint64_t hash_bytes(uint64_t h, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) h = (h ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3ULL;
    return h;
}

/* All complete rows are designed, `lanes` samples in a run. */
static uint64_t hash_of(const WeftEncoding *e, const WeftStructure *s, uint32_t seed, int32_t lanes,
                        int32_t samples) {
    uint64_t h = 0xcbf29ce484222325ULL;
    size_t n = (size_t)weft_structure_length(s);
    for (int32_t first = 1; first <= samples; first += lanes) {
        WeftRequest *r = engine_request(e, s, NULL);
        engine_check(weft_request_temperature(r, 1), "temperature");
        engine_check(weft_request_seed(r, seed, 0), "seed");
        engine_check(weft_request_samples(r, first, lanes), "samples");
        WeftRun *run = engine_run(r, WEFT_DESIGN);
        for (int32_t lane = 0; lane < lanes; lane++) {
            double score[2] = {weft_run_number(run, lane, WEFT_RUN_SCORE),
                               weft_run_number(run, lane, WEFT_RUN_GLOBAL_SCORE)};
            h = hash_bytes(h, weft_run_letters(run, lane), n);
            h = hash_bytes(h, weft_run_order(run, lane), n * sizeof(int32_t));
            h = hash_bytes(h, score, sizeof score);
        }
        weft_run_free(run);
    }
    return h;
}

/* The line of a structure in the stored file. */
static uint64_t stored_hash(const char *name) {
    size_t count;
    char *text = npy_file("tests/data/hashes.txt", &count), key[64];
    snprintf(key, sizeof key, "%s ", name);
    char *at = text ? strstr(text, key) : NULL;
    uint64_t h = at ? strtoull(at + strlen(key), NULL, 16) : 0;
    free(text);
    return h;
}

int main(int argc, char **argv) {
    size_t count;
    int structures = argc == 3 && !strcmp(argv[2], "--short") ? 2 : 3;
    unsigned char *bytes =
        argc == 2 || structures == 2 ? case_weights(argv[1], "proteinmpnn_v_48_020", &count) : NULL;
    if (!bytes) return fprintf(stderr, "usage: hashes WEIGHTS_DIRECTORY [--short]\n"), 2;
    WeftModel *m = engine_model(bytes, count, 0);
    for (int i = 0; i < structures; i++) {
        char path[96], said[96];
        snprintf(path, sizeof path, "tests/data/structures/%s.pdb", STRUCTURES[i]);
        WeftStructure *s = case_structure(path);
        WeftEncoding *e = engine_encode(m, s);
        uint64_t one = hash_of(e, s, 37, 1, SAMPLES);
        engine_check(weft_encoding_release_edges(e), "release_edges"); /* from here on runs share their work */
        uint64_t eight = hash_of(e, s, 37, 8, SAMPLES);
        uint64_t few = hash_of(e, s, 37, 8, 8), other = hash_of(e, s, 38, 8, 8);
        snprintf(said, sizeof said, "%s %016llx", STRUCTURES[i], (unsigned long long)one);
        table_check(STRUCTURES[i], "batch 1 = batch 8 that shares, all bits", one == eight, said);
        table_check(STRUCTURES[i], "the hash of every build", one == stored_hash(STRUCTURES[i]),
                    "tests/data/hashes.txt");
        table_check(STRUCTURES[i], "another seed differs", few != other, "seed 38");
        weft_encoding_free(e), weft_structure_free(s);
    }
    weft_model_free(m), free(bytes);
    return table_done("hashes");
}
