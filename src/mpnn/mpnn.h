/* SPDX-License-Identifier: MIT
 *
 * mpnn.h - family 1: message-passing sequence design (ProteinMPNN and its relatives). MODEL.md is the contract.
 *
 *   .eqx bytes --layout, bind--> WeftModel
 *   WeftModel + WeftStructure --features, encoder, decoder terms--> WeftEncoding
 *   WeftEncoding + WeftRequest --plan--> WeftRun --sample | score--> letters and log-probabilities
 *
 * Everything that differs between models (widths, layers, neighbours, which products a layer has) is data here.
 * Letters: n rows (residues), s slots (rows, then the numbering gaps that entered the graph), k neighbours, b lanes.
 * Every row of floats is padded with zeros to vec_padded(width).
 */
#ifndef WEFT_MPNN_H
#define WEFT_MPNN_H

#include "../core/eqx.h"
#include "../core/ops.h"
#include "../core/random.h"
#include "../core/sha256.h"
#include "../protein/structure.h"

/* ---- Model: bound weights, const once complete --------------------------------------------------------- */

/* A product with in = 0 and a norm with n = 0 are not there: the step is left out (MODEL.md 3). The parts of one
 * torch matrix (its column blocks) stand next to each other, in the matrix' own order. */
typedef struct EncoderLayer {
    Linear message_own, message_edge, message_other; /* W1 = [h_i | e_ij | h_j] */
    Linear message2, message3;                       /* W2, W3 */
    Norm norm1;
    Linear dense_in, dense_out;
    Norm norm2;
    Linear update_own, update_edge, update_other; /* W11 */
    Linear update2, update3;                      /* W12, W13 */
    Norm norm3;
} EncoderLayer;

typedef struct DecoderLayer {
    Linear own, edge, letter, other; /* W1 = [h_i | e_ij | s_j | h_j] */
    Linear message2, message3;
    Norm norm1;
    Linear dense_in, dense_out;
    Norm norm2;
    float *letter_term; /* [letters][own.out] W1's letter columns times W_s, derived */
} DecoderLayer;

enum { MPNN_MAX_LAYERS = 64 }; /* of each kind, in one file */

/* How far the leaves of one group (the features, one layer, the output) have come. */
typedef struct Progress {
    int32_t bound, expected;
} Progress;

/* The unknowns of the shapes in layout.c. */
typedef enum Size {
    SIZE_NODE,
    SIZE_EDGE,
    SIZE_RAW_EDGE,
    SIZE_POSITION,
    SIZE_CLASSES,
    SIZE_RBF,
    SIZE_EMBEDDING,
    SIZE_LETTERS,
    SIZE_SHARED,
    SIZE_HIDDEN_1 = SIZE_SHARED,
    SIZE_HIDDEN_2,
    SIZE_HIDDEN_3,
    SIZE_HIDDEN_4,
    SIZE_DENSE,
    SIZE_COUNT
} Size;

struct WeftModel {
    Arena *arena, *staging; /* staging: one record's values on their way; gone after finish */
    EqxReader reader;
    Sha256 sum;
    char sha256[65];
    const char *layout; /* in words */
    double message_scale;
    int32_t neighbors, file_neighbors; /* k in force; k of the file */
    int32_t records, recognised, complete, failed;
    uint64_t bytes, parameters;
    int8_t letter_at[WEFT_LETTER_COUNT]; /* the model's index of each of WEFT_LETTERS */

    Linear position;                /* one-hot class -> position features */
    Linear edge_position, edge_rbf; /* edge_embedding = [position | rbf] */
    Norm norm_edges;
    Linear edge_project; /* W_e */
    EncoderLayer *encoder[MPNN_MAX_LAYERS];
    DecoderLayer *decoder[MPNN_MAX_LAYERS];
    Linear letters, output; /* W_s as [letters][embedding]; W_out */
    float *position_term;   /* [classes][raw edge] edge_embedding of each class, derived */

    int32_t size[SIZE_SHARED]; /* sizes that all layers share; 0 while unknown */
    Progress features, encoder_progress[MPNN_MAX_LAYERS], decoder_progress[MPNN_MAX_LAYERS], output_progress;
    int32_t encoder_layers, decoder_layers;
    int32_t encoder_closed; /* 1: no further encoder layer can come */
    /* private to bind.c: where the stream stands */
    int32_t row, layer, named_count, header_given;
    struct {
        int16_t row, layer;
    } * named; /* [named_count] what the JSON line says the records are */
    int32_t layer_size[2][MPNN_MAX_LAYERS][SIZE_COUNT - SIZE_SHARED];
};

WeftModel *mpnn_model_open(void);
void mpnn_model_free(WeftModel *m);
WeftStatus mpnn_model_feed(WeftModel *m, const uint8_t *bytes, size_t count);
WeftStatus mpnn_model_finish(WeftModel *m);

/* The bound and expected leaves of the group and layer that a row of the table belongs to. */
Progress *mpnn_progress(WeftModel *m, int32_t row, int32_t layer);

/* first_line.c: takes in the JSON line. */
WeftStatus mpnn_first_line(WeftModel *m, const char *json);

/* save.c */
size_t mpnn_model_save(const WeftModel *m, uint8_t *out); /* bytes written; out NULL: only counted */

/* 1 when every leaf of the group is bound. */
int mpnn_features_ready(const WeftModel *m);
int mpnn_encoder_ready(const WeftModel *m, int32_t layer);
int mpnn_decoder_ready(const WeftModel *m, int32_t layer);

/* ---- Encoding ------------------------------------------------------------------------------------------ */

/* The backbone as the network sees it: s slots, of which the first n are the rows. */
typedef struct Slots {
    int32_t rows, count; /* n, s */
    uint8_t *mask;       /* [s] */
    int32_t *chain;      /* [s] chain index */
    int64_t *position;   /* [s] place in the chain, numbering gaps counted */
    float *ca;           /* [3][stride] CA by coordinate, for the neighbour search */
    int32_t stride;
    float (*atom)[5][3]; /* [s] N, CA, C, O, CB; missing atoms are 0 */
} Slots;

typedef struct Graph {
    int32_t n, k;
    int32_t *neighbor; /* [n][k] slots, nearest first */
    float *distance;   /* [n][k] angstrom, mask-adjusted (MODEL.md 2) */
} Graph;

/* Slots of a structure for a graph of at most `neighbors` neighbours. 0 with the error set when memory is out. */
int mpnn_slots(Slots *slots, const WeftStructure *s, int32_t neighbors, Arena *arena);

/* Neighbours of the rows from .. to-1. */
void mpnn_graph_rows(Graph *g, const Slots *slots, int32_t from, int32_t to, Arena *scratch);

/* Edge features of one row before W_e: out [k][raw edge], normalised. */
void mpnn_edge_features(float *out, const WeftModel *m, const Slots *slots, const Graph *g, int32_t row,
                        Arena *scratch);

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

struct WeftEncoding {
    const WeftModel *model;
    const WeftStructure *structure;
    Arena *arena, *scratch;
    Slots slots;
    Graph graph;
    float *h_v, *h_e; /* [n][node], [n][k][edge] */
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
};

WeftEncoding *mpnn_encoding_open(const WeftModel *m, const WeftStructure *s);
WeftEncoding *mpnn_encoding_adopt(const WeftModel *m, const WeftStructure *s, const float *nodes,
                                  const float *edges);
WeftStatus mpnn_encoding_step(WeftEncoding *e);
double mpnn_encoding_progress(const WeftEncoding *e);
void mpnn_encoding_free(WeftEncoding *e);
double mpnn_memory(const WeftModel *m, int32_t n, int32_t lanes);

/* ---- Decoder layers ------------------------------------------------------------------------------------ */

/* Rows that pass one decoder layer together. other[r][j] points to what neighbour j contributes to row r: the term of
 * a letter that is known, or the encoder's where it is not. */
typedef struct DecoderRows {
    int32_t count;
    const int32_t *row;        /* [count] */
    const float *const *other; /* [count][k] */
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

/* Floats of scratch that any one step of this family takes at most, for arena_reserve. */
size_t mpnn_scratch_floats(const WeftModel *m, int32_t slots, int32_t k, int32_t rows);

WeftRequest *mpnn_request_open(const WeftEncoding *e);
WeftStatus mpnn_request_design(WeftRequest *r, const uint8_t *mask);
WeftStatus mpnn_request_letters(WeftRequest *r, int32_t lanes, const int8_t *letters);
WeftStatus mpnn_request_order(WeftRequest *r, int32_t lanes, int32_t slots, const int32_t *order);
WeftStatus mpnn_request_bias(WeftRequest *r, int32_t rows, const float *bias);
WeftStatus mpnn_request_omit(WeftRequest *r, int32_t rows, const uint8_t *omit);
WeftStatus mpnn_request_temperature(WeftRequest *r, float temperature);
WeftStatus mpnn_request_samples(WeftRequest *r, int32_t first, int32_t lanes);
WeftStatus mpnn_request_draws(WeftRequest *r, int32_t lanes, const float *q);
void mpnn_request_free(WeftRequest *r);

/* ---- Requests and runs --------------------------------------------------------------------------------- */

struct WeftRequest {
    const WeftEncoding *encoding;
    Arena *arena;
    uint8_t *design; /* [n] or NULL: the default */
    int8_t *letters; /* [letter_lanes][n] */
    int32_t *order;  /* [order_lanes][order_slots] or NULL; order_slots is n or s */
    float *bias;     /* [bias_rows][21] or NULL */
    uint8_t *omit;   /* [omit_rows][21] or NULL */
    float *draws;    /* [draw_lanes][n][21] or NULL */
    int32_t letter_lanes, order_lanes, order_slots, bias_rows, omit_rows, draw_lanes;
    float temperature;
    RandomKey seed;
    int32_t first_sample, lanes;
};

/* A request that was checked and filled in: what the decoder follows. plan.c */
typedef struct Plan {
    int32_t n, slots, lanes;
    uint8_t *design;           /* [n] */
    int8_t *letters;           /* [lanes][n] */
    int32_t *order;            /* [lanes][n] */
    int32_t *rank;             /* [lanes][s] when a slot is decoded; -1 where a gap stands before all rows */
    const float *bias, *draws; /* as in the request; NULL: none */
    const uint8_t *omit;
    int32_t bias_rows, omit_rows;
    float temperature;
    RandomKey seed;
    int32_t first_sample;
} Plan;

WeftStatus mpnn_plan(Plan *plan, const WeftRequest *r, WeftMode mode, Arena *arena);

struct WeftRun {
    const WeftEncoding *encoding;
    Arena *arena, *scratch;
    WeftMode mode;
    Plan plan;
    float *log_probs, *probs; /* [lanes][n][21] */
    /* What neighbours contribute once their letter is known (decoder.c): the sampler keeps all layers of all lanes,
     * the scorer the layer it is in, "all others" all layers of its lane. */
    float *terms;
    float *h;              /* [n][node] scorer: states of the lane in work; others: inputs of all layers */
    struct Others *others; /* others.c */
    int32_t at, layer, lane, phase, done; /* where the steps stand */
};

WeftRun *mpnn_run_open(const WeftRequest *r, WeftMode mode);
WeftStatus mpnn_run_step(WeftRun *run);
double mpnn_run_progress(const WeftRun *run);
double mpnn_run_number(const WeftRun *run, int32_t lane, WeftRunNumber what);
void mpnn_run_free(WeftRun *run);

/* One per mode: reserve what it needs; take one bounded step (WEFT_MORE or WEFT_OK). */
WeftStatus mpnn_sample_open(WeftRun *run);
WeftStatus mpnn_sample_step(WeftRun *run);
WeftStatus mpnn_score_open(WeftRun *run);
WeftStatus mpnn_score_step(WeftRun *run);
WeftStatus mpnn_others_open(WeftRun *run);
WeftStatus mpnn_others_step(WeftRun *run);

/* The scorer's inner step, which "all others" also takes for its base pass: one layer of one lane, some rows.
 * h [n][node] goes from the layer's input to its output; terms [n][width] are filled first, for all rows. */
void mpnn_score_terms(const WeftRun *run, float *terms, const float *h, int32_t lane, int32_t layer,
                      int32_t from, int32_t to);
void mpnn_score_rows(const WeftRun *run, float *h, const float *terms, int32_t lane, int32_t layer,
                     int32_t from, int32_t to);

/* Rows of a step: most that pass a decoder layer together. Results do not depend on it; a test build takes another. */
#ifndef MPNN_STEP_ROWS
#define MPNN_STEP_ROWS 32
#endif

#endif
