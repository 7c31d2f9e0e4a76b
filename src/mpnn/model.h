/* SPDX-License-Identifier: MIT
 *
 * model.h - the bound weights of one network: what a file holds, unpacked into layers. MODEL.md 3 and 5.
 *
 * Everything that differs between models (widths, layers, neighbours, which products a layer has) is data here. A model
 * is read-only once it is complete; parts of it are, as soon as their leaves are bound.
 */
#ifndef WEFT_MPNN_MODEL_H
#define WEFT_MPNN_MODEL_H

#include "../core/eqx.h"
#include "../core/ops.h"
#include "../core/sha256.h"

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
    int32_t file_order; /* 1: the model expects WEFT_FEATURES_FILE_ORDER; 0, and where nothing is said: _GAPS */
    int32_t ca_only;    /* 1: edges are seen through CA atoms alone (MODEL.md 2); known with the features */
    int32_t passed_over; /* leaves of the file that nothing computes with */
    uint64_t bytes, parameters;
    int8_t letter_at[WEFT_LETTER_COUNT]; /* the model's index of each of WEFT_LETTERS */

    Linear position;                /* one-hot class -> position features */
    Linear edge_position, edge_rbf; /* edge_embedding = [position | rbf]; CA-only: [position | rbf, directions] */
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

#endif
