/* SPDX-License-Identifier: MIT
 *
 * twin.h - the naive twin of ProteinMPNN: the same mathematics in double precision, straight from the
 * formulas.
 *
 *   .eqx bytes -> TwinModel      coordinates of slots -> TwinEncoding -> logits in every mode
 *
 * It is the oracle between PyTorch's stored numbers and the engine: for the shapes, lengths and masks that
 * no stored case has. So it shares no code with the engine, and where the engine is clever it is plain:
 * every message of every edge is computed in full. Only the neighbour distances are float32, as in the
 * original, because they decide ties.
 *
 * It works on slots, the original's rows: residues and, between them, one slot for each missing residue
 * number, in whatever order the caller gives. Numbers of layers and widths come from the tensors' shapes.
 */
#ifndef WEFT_TEST_TWIN_H
#define WEFT_TEST_TWIN_H

#include <stddef.h>
#include <stdint.h>

enum { TWIN_ATOMS = 5, TWIN_PANEL = 16, TWIN_CA_PAIRS = 9, TWIN_CA_DIRECTIONS = 7 };

typedef struct TwinTensor {
    char name[64];
    int rows, cols; /* a vector is [rows][1] */
    double *value;  /* rows in panels of 16, within a panel column by column: a product runs along memory */
} TwinTensor;

typedef struct TwinModel {
    TwinTensor *tensor;
    int tensor_count;
    int neighbors, letters, encoder_layers, decoder_layers;
    int node_width, edge_width, rbf_count, ca_only;
    double message_scale;
} TwinModel;

typedef struct TwinSlots {
    int length;
    const float *x;             /* [length][4][3] N, CA, C, O; missing atoms 0 */
    const uint8_t *mask;        /* [length] 1 where all four atoms are there; CA-only: where CA is */
    const int32_t *residue_idx; /* [length] place in the chain, gaps counted */
    const int32_t *chain;       /* [length] */
} TwinSlots;

typedef struct TwinEncoding {
    int length, k, node_width, edge_width, edge_features, layers;
    uint8_t *mask;    /* [length] */
    int32_t *nbr;     /* [length][k] nearest first */
    double *features; /* [length][k][edge_features] edge features after their norm, before W_e */
    double *h_v;      /* [layers + 1][length][node_width] before the first layer, after each layer */
    double *h_e;      /* [length][k][edge_width] after the last layer */
} TwinEncoding;

/* Reads an .eqx stream of 148 or 118 records, or one with a JSON line in front. NULL where it cannot. */
TwinModel *twin_model_read(const unsigned char *bytes, size_t count);
void twin_model_free(TwinModel *m);

/* The tensor of a name, given as for printf; NULL where the model has none. One of its values. */
const TwinTensor *twin_tensor(const TwinModel *m, const char *format, ...);
double *twin_value(const TwinTensor *t, int row, int col);

TwinEncoding *twin_encode(const TwinModel *m, const TwinSlots *slots);
void twin_encoding_free(TwinEncoding *e);

/* twin_ca.c: the features of an edge of a CA-only model behind its position, [9 rbf_count + 7]; step [length] is the
 * slots in the order of chains and numbers. twin.c: a distance in bins; returns what stands behind them. */
void twin_ca_edge(double *out, const TwinModel *m, const TwinSlots *s, const int32_t *step, int i, int j,
                  double ca_distance);
int32_t *twin_ca_steps(const TwinSlots *s);
double *twin_radial(double *out, double distance, int count);

/* Log-probabilities [length][letters] of every slot. letter [length]; order [length]: order[0] is decoded
 * first. */
void twin_score(double *log_probs, const TwinModel *m, const TwinEncoding *e, const int8_t *letter,
                const int32_t *order);
void twin_unconditional(double *log_probs, const TwinModel *m, const TwinEncoding *e);

/* Log-probabilities [letters] of one slot, decoded last, after all the others in the given order. */
void twin_all_others(double *log_probs, const TwinModel *m, const TwinEncoding *e, const int8_t *letter,
                     const int32_t *order, int slot);

/* Log-probabilities [letters] of one slot, for a caller that decodes one after another: it has decoded those of lower
 * rank [length]; of some it may not know the letter yet (-1). state [decoder layers + 1][length][node_width] gets the
 * slot's; it starts as the encoder's last h_v, followed by zeros. */
void twin_decode_next(double *log_probs, double *state, const TwinModel *m, const TwinEncoding *e,
                      const int8_t *letter, const int32_t *rank, int slot);

/* The distribution that a letter is drawn from: softmax(logits / T + bias / T), omitted letters
 * impossible. */
void twin_distribution(double *p, const double *logits, const float *bias, const uint8_t *omit,
                       double temperature, int letters);

#endif
