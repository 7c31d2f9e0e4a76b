/* SPDX-License-Identifier: MIT
 *
 * save.c - bound tensors -> .eqx bytes. MODEL.md 5.
 *
 * The records are unpacked from the repacked weights themselves, so what is saved is what the network computes with.
 * The layout without names is written where it can say all there is to say; a JSON line in front names the rest. What
 * such a line said of the model (family, features, model, noise_level) is written again.
 */
#include <stdio.h>
#include <string.h>

#include "../core/json.h"
#include "layout.h"

enum { PLAIN_NEIGHBORS = 48, PLAIN_SCALE = 30 };
static const double dropout_rate = 0.1; /* what the Equinox port writes; nothing reads it */

typedef struct Sink {
    uint8_t *out;
    size_t used;
} Sink;

static void put(Sink *s, const void *bytes, size_t count) {
    if (s->out) memcpy(s->out + s->used, bytes, count);
    s->used += count;
}

static void put_text(Sink *s, const char *text) { put(s, text, strlen(text)); }

static void put_header(Sink *s, EqxType type, int32_t rank, const int32_t *shape) {
    uint8_t header[128];
    eqx_write_header(header, type, rank, shape);
    put(s, header, sizeof header);
}

/* ---- Leaves -------------------------------------------------------------------------------------------- */

static const void *source_of(const WeftModel *m, const Leaf *leaf, int32_t layer) {
    const char *base = leaf->group == LEAF_ENCODER   ? (const char *)m->encoder[layer]
                       : leaf->group == LEAF_DECODER ? (const char *)m->decoder[layer]
                                                     : (const char *)m;
    return base + leaf->offset;
}

static int is_bound(const WeftModel *m, const Leaf *leaf, int32_t layer) {
    if (!leaf->name) return 1;
    if (leaf->kind == LEAF_GAIN || leaf->kind == LEAF_SHIFT)
        return ((const Norm *)source_of(m, leaf, layer))->n > 0;
    return ((const Linear *)source_of(m, leaf, layer))->in > 0;
}

static void put_matrix(Sink *s, const Linear *part, int32_t parts, float *row) {
    int32_t columns = 0, first;
    for (int32_t p = 0; p < parts; p++) columns += part[p].in;
    put_header(s, EQX_F4, 2, (int32_t[]){part->out, columns});
    if (!s->out) {
        s->used += (size_t)part->out * (size_t)columns * sizeof *row;
        return;
    }
    for (int32_t p = first = 0; p < parts; first += part[p++].in) ops_unpack(row, &part[p], columns, first);
    put(s, row, (size_t)part->out * (size_t)columns * sizeof *row);
}

static void put_leaf(Sink *s, const WeftModel *m, const Leaf *leaf, int32_t layer, float *buffer) {
    const Linear *linear = source_of(m, leaf, layer);
    const Norm *norm = source_of(m, leaf, layer);
    switch (leaf->kind) {
    case LEAF_MATRIX: put_matrix(s, linear, (int32_t)strlen(leaf->columns), buffer); break;
    case LEAF_BIAS:
        put_header(s, EQX_F4, 1, &linear->out);
        put(s, linear->b, (size_t)linear->out * sizeof(float));
        break;
    case LEAF_GAIN:
    case LEAF_SHIFT:
        put_header(s, EQX_F4, 1, &norm->n);
        put(s, leaf->kind == LEAF_GAIN ? norm->gain : norm->shift, (size_t)norm->n * sizeof(float));
        break;
    case LEAF_RATE:
        put_header(s, EQX_F8, 0, NULL);
        put(s, &dropout_rate, sizeof dropout_rate);
        break;
    case LEAF_FLAG:
        put_header(s, EQX_B1, 0, NULL);
        put(s, "", 1);
        break;
    }
}

/* ---- The walk over all leaves, in the table's order ---------------------------------------------------- */

typedef struct Walk {
    int32_t row, layer, group_start;
} Walk;

static int32_t layers_of(const WeftModel *m, LeafGroup group) {
    return group == LEAF_ENCODER ? m->encoder_layers : group == LEAF_DECODER ? m->decoder_layers : 1;
}

static void next(Walk *w, const WeftModel *m) {
    LeafGroup group = layout_leaves[w->row++].group;
    if (w->row < layout_leaf_count && layout_leaves[w->row].group == group) return;
    if (++w->layer < layers_of(m, group)) {
        w->row = w->group_start;
        return;
    }
    w->layer = 0;
    w->group_start = w->row;
}

static int plain_letters(const WeftModel *m) {
    int8_t a = 0;
    while (a < WEFT_LETTER_COUNT && m->letter_at[a] == a) a++;
    return a == WEFT_LETTER_COUNT;
}

static int fits_plain(const WeftModel *m) {
    int good = m->file_neighbors == PLAIN_NEIGHBORS && m->message_scale == PLAIN_SCALE && plain_letters(m) &&
               !m->file_order && !m->ca_only;
    for (Walk w = {0}; w.row < layout_leaf_count; next(&w, m))
        good = good && is_bound(m, &layout_leaves[w.row], w.layer);
    return good;
}

/* "key":"value", of a text of the first line, or of the other text where that has none; nothing where neither is. */
static void put_given(Sink *s, const WeftModel *m, const char *key, const char *otherwise) {
    JsonText text;
    if (!m->reader.json || json_string(m->reader.json, key, &text) <= 0)
        text = (JsonText){otherwise, otherwise ? (int32_t)strlen(otherwise) : 0};
    if (!text.at) return;
    put_text(s, "\"");
    put_text(s, key);
    put_text(s, "\":\"");
    put(s, text.at, (size_t)text.length);
    put_text(s, "\",");
}

static void put_number(Sink *s, const char *key, double value) {
    char text[64];
    snprintf(text, sizeof text, "\"%s\":%.9g,", key, value);
    put_text(s, text);
}

/* Keys in the order of the alphabet, no blanks. */
static void put_line(Sink *s, const WeftModel *m) {
    char text[128], alphabet[WEFT_LETTER_COUNT + 1] = "";
    double noise;
    int32_t first = 1;
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) alphabet[m->letter_at[a]] = WEFT_LETTERS[a];
    put_text(s, "{");
    if (!plain_letters(m)) {
        snprintf(text, sizeof text, "\"alphabet\":\"%s\",", alphabet);
        put_text(s, text);
    }
    put_given(s, m, "family", m->ca_only ? "ca_mpnn" : NULL);
    put_given(s, m, "features", NULL);
    put_number(s, "k_neighbors", m->file_neighbors);
    if (m->message_scale != PLAIN_SCALE) put_number(s, "message_scale", m->message_scale);
    put_given(s, m, "model", NULL);
    put_number(s, "mpnn_eqx", 1);
    if (m->reader.json && json_number(m->reader.json, "noise_level", &noise) > 0)
        put_number(s, "noise_level", noise);
    put_text(s, "\"records\":[");
    for (Walk w = {0}; w.row < layout_leaf_count; next(&w, m)) {
        const Leaf *leaf = &layout_leaves[w.row];
        if (!leaf->name || !is_bound(m, leaf, w.layer)) continue;
        put_text(s, first ? "\"" : ",\"");
        layout_name(text, sizeof text, w.row, w.layer);
        put_text(s, text);
        put_text(s, "\"");
        first = 0;
    }
    put_text(s, "]}\n");
}

size_t mpnn_model_save(const WeftModel *m, uint8_t *out) {
    Sink s = {out, 0};
    int plain = fits_plain(m);
    size_t most = 0;
    for (Walk w = {0}; w.row < layout_leaf_count; next(&w, m)) {
        const Leaf *leaf = &layout_leaves[w.row];
        if (leaf->kind != LEAF_MATRIX || !is_bound(m, leaf, w.layer)) continue;
        size_t floats = 0;
        const Linear *part = source_of(m, leaf, w.layer);
        for (const char *p = leaf->columns; *p; p++, part++) floats += (size_t)part->in * (size_t)part->out;
        most = floats > most ? floats : most;
    }
    Arena *arena = arena_open();
    float *buffer = arena && out ? arena_take_raw(arena, most, sizeof *buffer) : NULL;
    if (arena && (buffer || !out)) {
        if (!plain) put_line(&s, m);
        for (Walk w = {0}; w.row < layout_leaf_count; next(&w, m)) {
            const Leaf *leaf = &layout_leaves[w.row];
            if (is_bound(m, leaf, w.layer) && (plain || leaf->name)) put_leaf(&s, m, leaf, w.layer, buffer);
        }
    } else {
        s.used = 0;
    }
    arena_free(arena);
    return s.used;
}
