/* SPDX-License-Identifier: MIT
 *
 * encoding.h - a backbone under a model: slots, graph, states, and what decoder layers need of them. MODEL.md 1-4.
 *
 * Letters: n rows (residues), s slots (rows, then the numbering gaps that entered the graph), k neighbours. Every
 * row of floats is padded with zeros to vec_padded(width).
 */
#ifndef WEFT_MPNN_ENCODING_H
#define WEFT_MPNN_ENCODING_H

#include "../protein/structure.h"
#include "model.h"

/* The backbone as the network sees it: s slots, of which the first n are the rows. */
typedef struct Slots {
    int32_t rows, count; /* n, s */
    int32_t near;        /* slots that can be neighbours */
    uint8_t *mask;       /* [s] */
    int32_t *chain;      /* [s] chain index */
    int64_t *position;   /* [s] place in the chain, numbering gaps counted */
    const uint8_t *only; /* [n] in file order: 1 for the rows that can be neighbours; else NULL, all can */
    float *ca;           /* [3][stride] CA by coordinate, for the neighbour search */
    int32_t stride;
    float (*atom)[5][3];  /* [s] N, CA, C, O, CB; CA-only: previous CA, CA, next CA; missing atoms are 0 */
    float (*frame)[3][3]; /* [s] CA-only: local axes, one a row; 0 where there are none */
} Slots;

typedef struct Graph {
    int32_t n, k;
    int32_t *neighbor; /* [n][k] slots, nearest first */
    float *distance;   /* [n][k] angstrom, mask-adjusted (MODEL.md 2) */
} Graph;

/* Slots of a structure as the model sees it, by gaps or in file order. 0 with the error set when memory is out. */
int mpnn_slots(Slots *slots, const WeftStructure *s, const WeftModel *m, WeftFeatures features, Arena *arena);

/* Neighbours of the rows from .. to-1. */
void mpnn_graph_rows(Graph *g, const Slots *slots, int32_t from, int32_t to, Arena *scratch);

/* 1 for each row that the model can see: all of N, CA, C and O are there; CA-only: CA is. [n] */
const uint8_t *mpnn_visible(const WeftModel *m, const WeftStructure *s);

/* What such a row has, in words. */
const char *mpnn_needs(const WeftModel *m);

/* Edge features of one row before W_e: out [k][raw edge], normalised. */
void mpnn_edge_features(float *out, const WeftModel *m, const Slots *slots, const Graph *g, int32_t row,
                        Arena *scratch);

/* Distances in bins, for features.c and ca_features.c: exp(-((d - center) / width)^2), up to 3 floats past the bins are
 * written; sqrt(|p - q|^2 + 1e-6). */
typedef struct Bins {
    const float *center; /* [count], padded */
    float inverse_width;
    int32_t count;
} Bins;
void mpnn_gaussians(float *out, float d, const Bins *bins);
float mpnn_distance(const float *p, const float *q);

/* ca_features.c: what slots need beyond CA atoms; one edge, distances in bins and directions, [9 bins + 7]. */
enum { CA_PAIRS = 9, CA_DIRECTIONS = 7 };
void mpnn_ca_slots(Slots *slots);
void mpnn_ca_edge(float *out, const Slots *slots, int32_t i, int32_t j, float ca_distance, const Bins *bins);

/* Chosen and run by encoder.c. A sweep goes once over all edges; what it does is chosen when it starts. */
typedef enum EncodingStage {
    STAGE_GRAPH,
    STAGE_CHOOSE,
    STAGE_PROJECT,
    STAGE_SWEEP,
    STAGE_NODES,
    STAGE_TERMS,
    STAGE_DONE
} EncodingStage;

typedef struct Sweep {
    int32_t features; /* 1: edges start from the backbone */
    const EncoderLayer *update,
        *message; /* the edge update of one layer, the message of the next; NULL: not in this sweep */
} Sweep;

/* Node terms of a product over [h_i | e_ij | h_j]: what a row adds as itself and as a neighbour. */
typedef struct NodeTerms {
    float *own, *other;
    size_t room;
} NodeTerms;

/* What one decoder layer needs from the backbone, shared by all runs. */
typedef struct DecoderTerms {
    float *edge;  /* [n][k][width] W1's edge columns times h_E */
    float *other; /* [s][width] W1's neighbour columns times the encoder's h_V; 0 for gap slots */
} DecoderTerms;

/* Messages of the first decoder layer, behind the second product and its GELU. They depend on the backbone and on the
 * neighbour's letter alone, so that runs share them: that without a letter, and that of the letter it had last. */
typedef struct KeptMessages {
    float *open;     /* [n][k][hidden] without a letter; NULL: none are kept */
    uint8_t *known;  /* [n][k] whether it is there */
    float *lettered; /* [n][k][hidden] with a letter; NULL: none are kept */
    int8_t *letter;  /* [n][k] which; -1: none yet */
} KeptMessages;

struct WeftEncoding {
    const WeftModel *model;
    const WeftStructure *structure;
    Arena *arena, *scratch;
    Slots slots;
    Graph graph;
    float *h_v, *h_e; /* [n][node], [n][k][edge]; h_e NULL once released */
    /* the step machine of encoder.c */
    EncodingStage stage;
    int32_t row;                                                    /* next row of the stage */
    int32_t features_done, messages_done, updates_done, terms_done; /* the last three count layers */
    Sweep sweep;
    NodeTerms update_terms, message_terms;
    float *sum; /* [n][message width] messages summed over neighbours */
    size_t sum_room;
    float *complete_neighbors; /* [n] */
    DecoderTerms terms[MPNN_MAX_LAYERS];
    KeptMessages kept;
};

WeftEncoding *mpnn_encoding_open(const WeftModel *m, const WeftStructure *s, WeftFeatures features);
WeftEncoding *mpnn_encoding_adopt(const WeftModel *m, const WeftStructure *s, WeftFeatures features,
                                  const float *nodes, const float *edges, const int32_t *neighbors);
WeftStatus mpnn_encoding_step(WeftEncoding *e);
double mpnn_encoding_progress(const WeftEncoding *e);
WeftStatus mpnn_encoding_release_edges(WeftEncoding *e);
void mpnn_encoding_free(WeftEncoding *e);
double mpnn_memory(const WeftModel *m, int32_t n, int32_t lanes);

/* ---- Decoder layers ------------------------------------------------------------------------------------ */

/* Rows that pass one decoder layer together. other[r][j] points to what neighbour j contributes to row r: the term of
 * a letter that is known, or the encoder's where it is not. */
typedef struct DecoderRows {
    int32_t count;
    const int32_t *row;        /* [count] */
    const float *const *other; /* [count][k] */
    const int8_t *letter;      /* [count][k] which letter other[r][j] stands for, -1: none; NULL: not said */
} DecoderRows;

/* The node half of a layer, shared by encoder and decoder: h = norm1(h + (W3 sum + messages b3) / scale), then the
 * feed-forward block. sum [count][message width], messages [count]. MODEL.md 3 */
typedef struct NodeBlock {
    const Linear *message3;
    const Norm *norm1;
    const Linear *dense_in, *dense_out;
    const Norm *norm2;
} NodeBlock;
void mpnn_update_nodes(float *h, const float *sum, const float *messages, const NodeBlock *b, float scale,
                       int32_t count, Arena *scratch);

/* WEFT_BAD_WEIGHTS with the row where a number of x [rows][stride] is not finite: weights may be finite, but too
 * large. */
WeftStatus mpnn_check_finite(const float *x, int32_t rows, size_t stride);

/* h [count][node] becomes the layer's output. Rows of mask 0 become 0. */
void mpnn_decode(float *h, const DecoderRows *rows, const WeftEncoding *e, int32_t layer, Arena *scratch);

/* out [count][width] = W1's neighbour columns times h: the first part of what a decoded row contributes. */
void mpnn_other_term(float *out, const float *h, const WeftEncoding *e, int32_t layer, int32_t count);

/* out [width] = other + the term of the letter. */
void mpnn_add_letter(float *out, const float *other, const WeftEncoding *e, int32_t layer, int32_t letter);

/* [width] what a known letter adds to a neighbour's term. */
const float *mpnn_letter_term(const WeftEncoding *e, int32_t layer, int32_t letter);

/* log_probs [count][letters] and, where not NULL, logits. */
void mpnn_output(float *log_probs, float *logits, const float *h, const WeftEncoding *e, int32_t count,
                 Arena *scratch);

/* Reserves and computes the encoder's share of a decoder layer, some rows a step. */
WeftStatus mpnn_terms_open(WeftEncoding *e, int32_t layer);
void mpnn_terms_rows(WeftEncoding *e, int32_t layer, int32_t from, int32_t to);

int32_t mpnn_decoder_width(const WeftModel *m, int32_t layer); /* padded */

/* Padded width of the first layer's messages that runs share; 0: they do not fit in the room of the edges, or there is
 * no second product, and none are kept. */
int32_t mpnn_kept_width(const WeftModel *m);

/* Floats of scratch that any one step of this family takes at most, for arena_reserve. */
size_t mpnn_scratch_floats(const WeftModel *m, int32_t slots, int32_t k, int32_t rows);

#endif
