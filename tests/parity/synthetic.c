/* SPDX-License-Identifier: MIT
 *
 * synthetic.c - see synthetic.h.
 */
#include "synthetic.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Dice dice(uint64_t seed) {
    Dice d = {seed * 0x9E3779B97F4A7C15u + 0x1234567u};
    for (int i = 0; i < 8; i++) dice_below(&d, 2);
    return d;
}

static uint64_t roll(Dice *d) {
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return d->state * 0x2545F4914F6CDD1Du;
}

uint32_t dice_below(Dice *d, uint32_t sides) { return (uint32_t)((roll(d) >> 32) * sides >> 32); }
double dice_uniform(Dice *d) { return ((double)(roll(d) >> 12) + 0.5) * 0x1p-52; }
double dice_normal(Dice *d) {
    double radius = sqrt(-2 * log(dice_uniform(d)));
    return radius * cos(6.283185307179586 * dice_uniform(d));
}

void dice_order(Dice *d, int32_t *order, int n) {
    for (int i = 0; i < n; i++) {
        int at = (int)dice_below(d, (uint32_t)i + 1);
        order[i] = order[at];
        order[at] = i;
    }
}

/* ---- Text and bytes that grow -------------------------------------------------------------------------- */

typedef struct Buffer {
    unsigned char *bytes;
    size_t count, space;
} Buffer;

static void add(Buffer *b, const void *bytes, size_t count) {
    while (b->count + count > b->space)
        b->bytes = realloc(b->bytes, b->space = b->space ? b->space * 2 : 4096);
    memcpy(b->bytes + b->count, bytes, count);
    b->count += count;
}

static void add_text(Buffer *b, const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add(b, text, (size_t)length);
}

/* ---- Proteins ------------------------------------------------------------------------------------------ */

/* Cell i of a path through a cube that never jumps, 3.8 angstrom a cell. */
static void walk(double out[3], int i, int side) {
    int z = i / (side * side), y = i / side % side, x = i % side;
    y = z % 2 ? side - 1 - y : y;
    x = (i / side) % 2 ? side - 1 - x : x;
    out[0] = 3.8 * x;
    out[1] = 3.8 * y;
    out[2] = 3.8 * z;
}

static void add_residue(Buffer *b, Dice *d, float *x, const double center[3], int number, char chain,
                        int missing) {
    static const char *names[4] = {"N", "CA", "C", "O"};
    static const char *residues[20] = {"ALA", "CYS", "ASP", "GLU", "PHE", "GLY", "HIS", "ILE", "LYS", "LEU",
                                       "MET", "ASN", "PRO", "GLN", "ARG", "SER", "THR", "VAL", "TRP", "TYR"};
    static const double shift[4][3] = {{-1.2, 0.7, 0.4}, {0, 0, 0}, {1.2, 0.6, -0.6}, {1.5, 1.7, -0.4}};
    const char *residue = residues[dice_below(d, 20)];
    for (int a = 0; a < 4; a++) {
        char field[3][16];
        for (int c = 0; c < 3; c++) {
            snprintf(field[c], sizeof field[c], "%8.3f", center[c] + shift[a][c] + 0.3 * dice_normal(d));
            x[a * 3 + c] = a == missing ? 0 : strtof(field[c], NULL);
        }
        if (a != missing)
            add_text(b, "ATOM  %5d  %-3s %s %c%4d    %s%s%s  1.00 20.00           %c\n", (int)(b->count / 79) + 1,
                     names[a], residue, chain, number, field[0], field[1], field[2], names[a][0]);
    }
}

Protein protein_make(Dice *d, int rows, int chains, int gap_percent, int damage_percent) {
    Buffer text = {0};
    size_t most = (size_t)rows * 5; /* a gap leaves out four numbers at most */
    Protein p = {.rows = rows,
                 .x = calloc(most * 12, sizeof *p.x),
                 .mask = calloc(most, 1),
                 .residue_idx = calloc(most, sizeof(int32_t)),
                 .chain = calloc(most, sizeof(int32_t))};
    int side = 1, slots = rows, number = 0;
    while (side * side * side < rows) side++;
    for (int i = 0; i < rows; i++) {
        double center[3];
        int starts = i == 0 || p.chain[i - 1] != i * chains / rows, gap = 0;
        if (!starts && (int)dice_below(d, 100) < gap_percent) gap = 1 + (int)dice_below(d, 4);
        p.chain[i] = i * chains / rows;
        number = starts ? (int)dice_below(d, 50) - 10 : number + 1 + gap;
        p.residue_idx[i] = number;
        for (int g = gap; g > 0; g--, slots++) {
            p.residue_idx[slots] = number - g;
            p.chain[slots] = p.chain[i];
        }
        int damaged = i > 0 && (int)dice_below(d, 100) < damage_percent,
            missing = damaged ? (int)dice_below(d, 4) : -1;
        walk(center, i, side);
        p.mask[i] = !damaged;
        add_residue(&text, d, p.x + i * 12, center, number, (char)('A' + p.chain[i]), missing);
    }
    add_text(&text, "END\n");
    p.text = (char *)text.bytes;
    p.text_size = text.count;
    p.slots = (TwinSlots){slots, p.x, p.mask, p.residue_idx, p.chain};
    return p;
}

void protein_see_carbons(Protein *p) {
    for (int i = 0; i < p->rows; i++) {
        const float *carbon = p->x + i * 12 + 3;
        p->mask[i] = carbon[0] != 0 || carbon[1] != 0 || carbon[2] != 0;
    }
}

void protein_free(Protein *p) {
    void *owned[] = {p->text, p->x, p->mask, p->residue_idx, p->chain};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

/* ---- Weights ------------------------------------------------------------------------------------------- */

Shape shape_of_proteinmpnn(void) {
    return (Shape){128, 128, 128, 16,  66,  16,  128, 128, 1,  512,
                   3,   3,   48,  100, 100, 100, 0,   0,   30, "ACDEFGHIKLMNPQRSTVWYX"};
}

typedef struct Writer {
    Dice *d;
    Buffer names, records;
    int half;
} Writer;

/* The nearest half-precision number of a value of ordinary size. */
static uint16_t to_half(float value) {
    int exponent;
    double fraction = frexp(fabsf(value), &exponent); /* 0.5 to 1 */
    if (exponent < -13) /* smaller ones become 0: exact enough for random weights */
        return 0;
    int bits = (int)lrint(fraction * 2048); /* 1024 to 2048 */
    exponent += bits == 2048;
    return (uint16_t)((value < 0 ? 0x8000 : 0) | (exponent + 14) << 10 | (bits == 2048 ? 0 : bits - 1024));
}

/* One record, normal around `mean`. cols 0: a vector. */
static void record(Writer *w, const char *name, int rows, int cols, double mean, double deviation) {
    char header[128], shape[32];
    snprintf(shape, sizeof shape, cols ? "(%d, %d)" : "(%d,)", rows, cols);
    int length = snprintf(header, sizeof header, "{'descr': '<f%d', 'fortran_order': False, 'shape': %s, }",
                          w->half ? 2 : 4, shape);
    memset(header + length, ' ', (size_t)(117 - length));
    header[117] = '\n';
    add(&w->records, "\x93NUMPY\x01\x00\x76\x00", 10);
    add(&w->records, header, 118);
    for (int i = 0; i < rows * (cols ? cols : 1); i++) {
        float value = (float)(mean + deviation * dice_normal(w->d));
        uint16_t half = to_half(value);
        add(&w->records, w->half ? (void *)&half : (void *)&value, w->half ? 2 : 4);
    }
    add_text(&w->names, "%s\"%s\"", w->names.count ? ", " : "", name);
}

/* A product with its bias; prefix may hold the layer's number. */
static void product(Writer *w, const char *prefix, int layer, const char *name, int rows, int cols) {
    char full[64], weight[80], bias[80];
    snprintf(full, sizeof full, prefix, layer);
    snprintf(weight, sizeof weight, "%s%s.weight", full, name);
    snprintf(bias, sizeof bias, "%s%s.bias", full, name);
    record(w, weight, rows, cols, 0, 1 / sqrt(cols));
    record(w, bias, rows, 0, 0, 0.1);
}

static void norm(Writer *w, const char *prefix, int layer, const char *name, int width) {
    char full[64], gain[80], shift[80];
    snprintf(full, sizeof full, prefix, layer);
    snprintf(gain, sizeof gain, "%s%s.weight", full, name);
    snprintf(shift, sizeof shift, "%s%s.bias", full, name);
    record(w, gain, width, 0, 1, 0.2);
    record(w, shift, width, 0, 0, 0.2);
}

static int has(Writer *w, int percent) { return (int)dice_below(w->d, 100) < percent; }

/* W1 to W3, or W11 to W13; the one in the middle may be left out. Hidden widths are each product's own. */
static void message_products(Writer *w, const char *prefix, int layer, const char *names[3], int in, int out,
                             const Shape *s) {
    int first = s->hidden + (int)dice_below(w->d, (uint32_t)s->hidden_spread);
    int second = has(w, s->second_products) ? s->hidden + (int)dice_below(w->d, (uint32_t)s->hidden_spread) : 0;
    product(w, prefix, layer, names[0], first, in);
    if (second) product(w, prefix, layer, names[1], second, first);
    product(w, prefix, layer, names[2], out, second ? second : first);
}

static void dense(Writer *w, const char *prefix, int layer, const Shape *s) {
    if (!has(w, s->feed_forwards)) return;
    product(w, prefix, layer, "dense.W_in", s->dense, s->node);
    product(w, prefix, layer, "dense.W_out", s->node, s->dense);
    norm(w, prefix, layer, "norm2", s->node);
}

unsigned char *weights_make(Dice *d, const Shape *s, size_t *count) {
    static const char *message[3] = {"W1", "W2", "W3"}, *update[3] = {"W11", "W12", "W13"};
    const char *encoder = "encoder_layers.%d.", *decoder = "decoder_layers.%d.";
    Writer w = {.d = d, .half = s->half};
    Buffer out = {0};
    product(&w, "features.", 0, "embeddings.linear", s->position, s->classes);
    int features = s->position + (s->ca_only ? 9 * s->bins + 7 : 25 * s->bins);
    record(&w, "features.edge_embedding.weight", s->raw_edge, features, 0, 1 / sqrt(features));
    norm(&w, "features.", 0, "norm_edges", s->raw_edge);
    product(&w, "", 0, "W_e", s->edge, s->raw_edge);
    for (int l = 0; l < s->encoder_layers; l++) {
        message_products(&w, encoder, l, message, 2 * s->node + s->edge, s->node, s);
        norm(&w, encoder, l, "norm1", s->node);
        dense(&w, encoder, l, s);
        if (!has(&w, s->edge_updates)) continue;
        message_products(&w, encoder, l, update, 2 * s->node + s->edge, s->edge, s);
        norm(&w, encoder, l, "norm3", s->edge);
    }
    for (int l = 0; l < s->decoder_layers; l++) {
        message_products(&w, decoder, l, message, 2 * s->node + s->edge + s->embedding, s->node, s);
        norm(&w, decoder, l, "norm1", s->node);
        dense(&w, decoder, l, s);
    }
    record(&w, "W_s.weight", 21, s->embedding, 0, 1);
    product(&w, "", 0, "W_out", 21, s->node);
    add_text(&out, "{\"alphabet\": \"%s\", \"k_neighbors\": %d, \"message_scale\": %g, \"records\": [",
             s->alphabet, s->neighbors, s->message_scale);
    add(&out, w.names.bytes, w.names.count);
    add_text(&out, "]}\n");
    add(&out, w.records.bytes, w.records.count);
    free(w.names.bytes);
    free(w.records.bytes);
    *count = out.count;
    return out.bytes;
}
