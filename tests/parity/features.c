/* SPDX-License-Identifier: MIT
 *
 * features.c - the engine's edge features before W_e against PyTorch's, which weft.h does not show.
 *
 *   features WEIGHTS_DIRECTORY -> a table: one row for each stored case
 *
 * With states.c and torch_stream.c the one parity program that looks inside the engine.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../src/mpnn/mpnn.h"
#include "case.h"
#include "engine.h"
#include "table.h"

static const char *const CASES[] = {"6MRR_v_48_020",    "6MRR_short_v_48_020",     "6MRR_soluble_v_48_020",
                                    "5L33_v_48_020",    "5L33_damaged_v_48_020",   "3HTN_AB_v_48_020",
                                    "6MRR_ca_v_48_020", "5L33_damaged_ca_v_48_010"};

/* Where slot `want` stands in row's list; gap slots that are equally far may have changed places. */
static int place_in(const Case *c, const Graph *g, int row, int want) {
    for (int at = 0; at < g->k; at++)
        if (c->slot[g->neighbor[row * g->k + at]] == want) return at;
    return -1;
}

static int features_case(const char *weights, const char *name) {
    Case c;
    Npy golden, nbr;
    Diff d = {0};
    size_t count;
    case_open(&c, name);
    unsigned char *bytes = case_weights(weights, c.model, &count);
    if (!bytes) return 0;
    if (!npy_read(&golden, c.directory, "E_norm_rows") && !npy_read(&golden, c.directory, "E_norm")) return 0;
    if (!npy_read(&nbr, c.directory, "E_idx")) return 0;
    WeftModel *m = engine_model(bytes, count, 0);
    WeftEncoding *e = engine_encode(m, c.structure);
    Arena *scratch = arena_open();
    int k = c.k, width = golden.shape[2], stride = vec_padded(width), whole = golden.shape[0] == c.slots;
    float *mine = calloc((size_t)(k * stride), sizeof *mine);
    for (int i = 0; i < golden.shape[0]; i++) {
        int slot = whole ? i : c.edge_slot[i], row = c.row[slot];
        if (row < 0 || !c.mask[slot]) continue;
        mpnn_edge_features(mine, m, &e->slots, &e->graph, row, scratch);
        for (int j = 0; j < k; j++) {
            int at = place_in(&c, &e->graph, row, (int)nbr.data[slot * k + j]);
            for (int w = 0; at >= 0 && w < width; w++)
                diff_add(&d, (double)mine[at * stride + w], golden.data[(i * k + j) * width + w]);
        }
    }
    table_row(c.name, "engine/stored", "E_norm", &d, 1e-4, 0,
              "PyTorch's float32 is up to 2.0e-5 off its float64");
    free(mine), free(bytes), arena_free(scratch), npy_free(&golden), npy_free(&nbr);
    weft_encoding_free(e), weft_model_free(m), case_close(&c);
    return 1;
}

int main(int argc, char **argv) {
    int ok = argc == 2;
    for (size_t i = 0; ok && i < sizeof CASES / sizeof *CASES; i++) ok = features_case(argv[1], CASES[i]);
    if (!ok) return fprintf(stderr, "usage: features WEIGHTS_DIRECTORY\n"), 2;
    return table_done("features");
}
