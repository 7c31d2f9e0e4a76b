/* SPDX-License-Identifier: MIT
 *
 * bind.c - weights: records of an .eqx stream -> the bound, repacked tensors of a WeftModel. MODEL.md 5.
 *
 * Records have no names. Without a JSON line their order is the table's (layout.c), and the number of layers shows
 * when a record fits the next layer or the next group; with one, its "records" name them. Shapes are solved for the
 * unknown sizes as they come. Binding is strict: every leaf is taken by exactly one place or the file is refused.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "layout.h"

enum { MAX_WIDTH = 4096, DEFAULT_NEIGHBORS = 48 };

typedef struct Place {
    int32_t row, layer;
} Place;

/* ---- Opening and freeing ------------------------------------------------------------------------------- */

static int32_t leaves_of(LeafGroup group) {
    int32_t count = 0;
    for (int32_t row = 0; row < layout_leaf_count; row++)
        count += layout_leaves[row].group == group && layout_leaves[row].name;
    return count;
}

WeftModel *mpnn_model_open(void) {
    Arena *arena = arena_open();
    WeftModel *m = arena ? ARENA_TAKE(arena, WeftModel, 1) : NULL;
    if (!m || !(m->staging = arena_open())) {
        arena_free(arena);
        return NULL;
    }
    m->arena = arena;
    m->layout = "unknown";
    m->message_scale = 30;
    m->neighbors = m->file_neighbors = DEFAULT_NEIGHBORS;
    m->features.expected = leaves_of(LEAF_FEATURES);
    m->output_progress.expected = leaves_of(LEAF_OUTPUT);
    for (int8_t i = 0; i < WEFT_LETTER_COUNT; i++) m->letter_at[i] = i;
    eqx_open(&m->reader, arena);
    sha256_open(&m->sum);
    return m;
}

void mpnn_model_free(WeftModel *m) {
    if (!m) return;
    arena_free(m->staging);
    arena_free(m->arena);
}

static int ready(Progress p) { return p.expected && p.bound == p.expected; }
int mpnn_features_ready(const WeftModel *m) { return ready(m->features); }
int mpnn_encoder_ready(const WeftModel *m, int32_t layer) {
    return layer < m->encoder_layers && ready(m->encoder_progress[layer]);
}
int mpnn_decoder_ready(const WeftModel *m, int32_t layer) {
    return layer < m->decoder_layers && ready(m->decoder_progress[layer]);
}

Progress *mpnn_progress(WeftModel *m, int32_t row, int32_t layer) {
    switch (layout_leaves[row].group) {
    case LEAF_FEATURES: return &m->features;
    case LEAF_ENCODER: return &m->encoder_progress[layer];
    case LEAF_DECODER: return &m->decoder_progress[layer];
    default: return &m->output_progress;
    }
}

/* ---- Shapes: solving for the sizes --------------------------------------------------------------------- */

static int32_t *size_of(WeftModel *m, Place at, char letter) {
    Size size = layout_size(letter);
    if (size < SIZE_SHARED) return &m->size[size];
    return &m->layer_size[layout_leaves[at.row].group == LEAF_DECODER][at.layer][size - SIZE_SHARED];
}

/* The unknown size in `letters` that makes them sum to `total`: 1 solved or nothing to solve, 0 impossible. */
static int solve(WeftModel *m, Place at, const char *letters, int32_t total, int32_t **unknown, int32_t *value) {
    int32_t known = 0, times = 0;
    *unknown = NULL;
    for (; *letters; letters++) {
        int32_t *size = size_of(m, at, *letters);
        if (*size)
            known += *size;
        else if (*unknown && *unknown != size)
            return 0;
        else
            *unknown = size, times++;
    }
    if (!*unknown) return known == total;
    *value = (total - known) / times;
    return *value > 0 && *value <= MAX_WIDTH && *value * times + known == total;
}

/* Does the record fit the leaf? With `commit`, sizes that it determines are kept. */
static int fits(WeftModel *m, Place at, const EqxRecord *r, int commit) {
    const Leaf *leaf = &layout_leaves[at.row];
    if (leaf->kind == LEAF_RATE) return r->rank == 0 && (r->type == EQX_F8 || r->type == EQX_F4);
    if (leaf->kind == LEAF_FLAG) return r->rank == 0 && r->type == EQX_B1;
    if (r->type != EQX_F4 && r->type != EQX_F2 && r->type != EQX_BF16 && r->type != EQX_F8) return 0;
    if (r->rank != (*leaf->columns ? 2 : 1)) return 0;
    int32_t *unknown, value, *row_unknown, row_value;
    if (!solve(m, at, leaf->rows, r->shape[0], &row_unknown, &row_value)) return 0;
    int32_t before = row_unknown ? *row_unknown : 0;
    if (row_unknown) *row_unknown = row_value; /* the columns may use it */
    int good = !*leaf->columns || solve(m, at, leaf->columns, r->shape[1], &unknown, &value);
    if (good && commit && *leaf->columns && unknown) *unknown = value;
    if (row_unknown && !(good && commit)) *row_unknown = before;
    return good;
}

/* "128 x 384" of what a leaf should be, as far as it is known. */
static void expected_shape(WeftModel *m, Place at, char *out, size_t size) {
    const Leaf *leaf = &layout_leaves[at.row];
    if (!leaf->name) {
        snprintf(out, size, "a dropout scalar");
        return;
    }
    int32_t rows = *size_of(m, at, *leaf->rows), columns = 0;
    for (const char *p = leaf->columns; *p; p++) {
        int32_t part = *size_of(m, at, *p);
        columns = part && columns >= 0 ? columns + part : -1;
    }
    char first[16] = "any", second[16] = "any";
    if (rows) snprintf(first, sizeof first, "%d", (int)rows);
    if (columns > 0) snprintf(second, sizeof second, "%d", (int)columns);
    snprintf(out, size, *leaf->columns ? "%s x %s" : "%s", first, second);
}

static void found_shape(const EqxRecord *r, char *out, size_t size) {
    static const char *const types[] = {"f2", "bf16", "f4", "f8", "b1", "i4", "i8", "u4"};
    size_t used = 0;
    if (!r->rank) used = (size_t)snprintf(out, size, "scalar");
    for (int32_t i = 0; i < r->rank; i++)
        used += (size_t)snprintf(out + used, size - used, i ? " x %d" : "%d", (int)r->shape[i]);
    snprintf(out + used, size - used, " %s", types[r->type]);
}

static WeftStatus mismatch(WeftModel *m, Place at, const EqxRecord *r) {
    char name[96], want[48], have[64];
    layout_name(name, sizeof name, at.row, at.layer);
    expected_shape(m, at, want, sizeof want);
    found_shape(r, have, sizeof have);
    return base_fail(WEFT_BAD_WEIGHTS, r->index, "weights: record %d (%s): expected %s, found %s",
                     (int)r->index, name, want, have);
}

/* ---- Which leaf a record is ---------------------------------------------------------------------------- */

static int starts_group(int32_t row) {
    return row == 0 || row == layout_leaf_count || layout_leaves[row].group != layout_leaves[row - 1].group;
}

/* The places that the next record may take in a file without names, at most three. */
static int32_t candidates(const WeftModel *m, Place out[3]) {
    int32_t count = 0, row = m->row;
    if (row == 0 || !(starts_group(row) || (!layout_leaves[row].name && layout_leaves[row - 1].name))) {
        out[0] = (Place){row, m->layer};
        return row < layout_leaf_count;
    }
    LeafGroup group = layout_leaves[row - 1].group; /* all weights of a group (of one layer) are read */
    if (!starts_group(row)) out[count++] = (Place){row, m->layer};
    if ((group == LEAF_ENCODER || group == LEAF_DECODER) && m->layer + 1 < MPNN_MAX_LAYERS)
        out[count++] = (Place){layout_group_start(group), m->layer + 1};
    if (group != LEAF_OUTPUT) out[count++] = (Place){layout_group_start((LeafGroup)(group + 1)), 0};
    return count;
}

static WeftStatus place_of(WeftModel *m, const EqxRecord *r, Place *at) {
    Place options[3] = {{0, 0}};
    int32_t count = 1;
    if (m->header_given) {
        if (r->index >= m->named_count)
            return base_fail(WEFT_BAD_WEIGHTS, r->index,
                             "weights: more records than the %d that the first line names", (int)m->named_count);
        options[0] = (Place){m->named[r->index].row, m->named[r->index].layer};
    } else if (!(count = candidates(m, options))) {
        return base_fail(WEFT_BAD_WEIGHTS, r->index,
                         "weights: record %d: something follows the last weight; "
                         "a diffusion or otherwise extended model is not supported",
                         (int)r->index);
    }
    const char *other_layout = m->header_given ? NULL : layout_explain(r->index, r->rank, r->shape, m->ca_only);
    if (other_layout)
        return base_fail(WEFT_BAD_WEIGHTS, r->index, "weights: record %d: %s", (int)r->index, other_layout);
    if (options[0].row >= layout_leaf_count) return *at = options[0], WEFT_OK; /* of any shape */
    for (int32_t i = 0; i < count; i++)
        if (fits(m, options[i], r, 1)) return *at = options[i], WEFT_OK;
    return mismatch(m, options[count - 1], r);
}

static WeftStatus open_layer(WeftModel *m, Place at) {
    if (at.row >= layout_leaf_count) return WEFT_OK;
    LeafGroup group = layout_leaves[at.row].group;
    if (group == LEAF_ENCODER && !m->encoder[at.layer]) {
        if (!(m->encoder[at.layer] = ARENA_TAKE(m->arena, EncoderLayer, 1))) return WEFT_NO_MEMORY;
        if (!m->header_given) m->encoder_progress[at.layer].expected = leaves_of(LEAF_ENCODER);
        m->encoder_layers = base_max(m->encoder_layers, at.layer + 1);
    }
    if (group == LEAF_DECODER && !m->decoder[at.layer]) {
        if (!(m->decoder[at.layer] = ARENA_TAKE(m->arena, DecoderLayer, 1))) return WEFT_NO_MEMORY;
        if (!m->header_given) m->decoder_progress[at.layer].expected = leaves_of(LEAF_DECODER);
        m->decoder_layers = base_max(m->decoder_layers, at.layer + 1);
    }
    if (group == LEAF_DECODER || group == LEAF_OUTPUT) m->encoder_closed |= !m->header_given;
    return WEFT_OK;
}

/* ---- Values to their places ---------------------------------------------------------------------------- */

static void *target_of(WeftModel *m, Place at) {
    const Leaf *leaf = &layout_leaves[at.row];
    char *base = leaf->group == LEAF_ENCODER   ? (char *)m->encoder[at.layer]
                 : leaf->group == LEAF_DECODER ? (char *)m->decoder[at.layer]
                                               : (char *)m;
    return base + leaf->offset;
}

static WeftStatus bind_matrix(WeftModel *m, Place at, const EqxRecord *r, const float *values) {
    Linear *part = target_of(m, at);
    int32_t first = 0;
    for (const char *p = layout_leaves[at.row].columns; *p; p++, part++) {
        part->in = *size_of(m, at, *p);
        part->out = r->shape[0];
        part->w = ARENA_TAKE(m->arena, float, (size_t)vec_padded(part->out) * (size_t)part->in);
        if (!part->w) return WEFT_NO_MEMORY;
        ops_pack(part, values, r->shape[1], first);
        first += part->in;
    }
    return WEFT_OK;
}

static WeftStatus bind_vector(WeftModel *m, Place at, const EqxRecord *r, const float *values) {
    const Leaf *leaf = &layout_leaves[at.row];
    float *copy = ARENA_TAKE(m->arena, float, (size_t)vec_padded(r->shape[0]));
    if (!copy) return WEFT_NO_MEMORY;
    memcpy(copy, values, r->count * sizeof *copy);
    if (leaf->kind == LEAF_BIAS) {
        ((Linear *)target_of(m, at))->b = copy;
        return WEFT_OK;
    }
    Norm *norm = target_of(m, at);
    norm->n = r->shape[0];
    *(leaf->kind == LEAF_GAIN ? &norm->gain : &norm->shift) = copy;
    return WEFT_OK;
}

/* The edge features of each position class: an exact rearrangement (MODEL.md 4). */
static WeftStatus derive_position(WeftModel *m) {
    int32_t classes = m->position.in, width = m->position.out;
    size_t stride = (size_t)vec_padded(width);
    float *feature = ARENA_TAKE(m->staging, float, base_times((size_t)classes, stride)),
          *one = ARENA_TAKE(m->staging, float, (size_t)vec_padded(classes));
    m->position_term =
        ARENA_TAKE(m->arena, float, base_times((size_t)classes, (size_t)vec_padded(m->edge_position.out)));
    if (!feature || !one || !m->position_term) return WEFT_NO_MEMORY;
    for (int32_t c = 0; c < classes; c++) {
        one[c] = 1;
        ops_linear(feature + (size_t)c * stride, one, &m->position, 1);
        one[c] = 0;
    }
    ops_linear(m->position_term, feature, &m->edge_position, classes);
    return WEFT_OK;
}

/* Which edge features the model wants, told by their number: 25 distances in bins, or 9 and 7 directions. */
static WeftStatus complete_features(WeftModel *m) {
    int32_t features = m->size[SIZE_RBF], classes = m->size[SIZE_CLASSES], directed = features - CA_DIRECTIONS;
    m->ca_only = features % 25 != 0;
    if ((m->ca_only && (directed <= 0 || directed % CA_PAIRS)) || classes % 2 || classes < 4)
        return base_fail(WEFT_BAD_WEIGHTS, 2,
                         "weights: %d edge features are neither 25 distances nor 9 and 7 directions, "
                         "or %d position classes are not even",
                         (int)features, (int)classes);
    if (m->passed_over && !m->ca_only)
        return base_fail(WEFT_BAD_WEIGHTS, -1,
                         "weights: this is a membrane model, a family that this version does not run");
    return derive_position(m);
}

/* What must hold of a group once all its leaves are bound: the widths that a layer's products hand on agree where a
 * product in between is left out; the features are what features.c computes. Then what follows from it is derived. */
static WeftStatus complete_group(WeftModel *m, Place at) {
    const char *where = layout_leaves[at.row].group == LEAF_ENCODER ? "encoder" : "decoder";
    int good = 1;
    switch (layout_leaves[at.row].group) {
    case LEAF_FEATURES: return complete_features(m);
    case LEAF_ENCODER: {
        const EncoderLayer *l = m->encoder[at.layer];
        good = l->message3.in == (l->message2.in ? l->message2.out : l->message_own.out);
        if (l->update_own.in)
            good = good && l->update3.in == (l->update2.in ? l->update2.out : l->update_own.out);
        break;
    }
    case LEAF_DECODER: {
        const DecoderLayer *l = m->decoder[at.layer];
        good = l->message3.in == (l->message2.in ? l->message2.out : l->own.out);
        break;
    }
    case LEAF_OUTPUT:
        if (m->size[SIZE_LETTERS] != WEFT_LETTER_COUNT)
            return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: the model has %d letters, 21 are needed",
                             (int)m->size[SIZE_LETTERS]);
    }
    if (good) return WEFT_OK;
    return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: the hidden widths of %s layer %d do not fit each other",
                     where, (int)at.layer);
}

static WeftStatus bind_record(WeftModel *m, const EqxRecord *r, const float *values) {
    Place at = {m->row, m->layer};
    if (at.row >= layout_leaf_count) return m->records = r->index + 1, WEFT_OK; /* nothing computes with it */
    const Leaf *leaf = &layout_leaves[at.row];
    char name[96];
    layout_name(name, sizeof name, at.row, at.layer);
    for (size_t i = 0; i < r->count; i++)
        if (!isfinite(values[i]))
            return base_fail(WEFT_BAD_WEIGHTS, r->index,
                             "weights: record %d (%s) holds a value that is not finite", (int)r->index, name);
    if (leaf->kind == LEAF_RATE && !(values[0] >= 0 && values[0] < 1))
        return base_fail(WEFT_BAD_WEIGHTS, r->index, "weights: record %d: a dropout rate of %g",
                         (int)r->index, (double)values[0]);
    if (leaf->name) {
        WeftStatus status =
            leaf->kind == LEAF_MATRIX ? bind_matrix(m, at, r, values) : bind_vector(m, at, r, values);
        if (status) return status;
        m->parameters += r->count;
        Progress *p = mpnn_progress(m, at.row, at.layer);
        p->bound++;
        if (ready(*p) && (status = complete_group(m, at))) return status;
    }
    m->records = r->index + 1;
    m->row++;
    return WEFT_OK;
}

/* ---- Feeding ------------------------------------------------------------------------------------------- */

static WeftStatus take_event(WeftModel *m, EqxEvent event) {
    const EqxRecord *r = &m->reader.record;
    if (event == EQX_HEADER) return mpnn_first_line(m, m->reader.json);
    if (event == EQX_VALUES) {
        WeftStatus status = bind_record(m, r, m->reader.values);
        arena_reset(m->staging, (ArenaMark){0});
        return status;
    }
    Place at = {0, 0};
    WeftStatus status = place_of(m, r, &at);
    if (!status) status = open_layer(m, at);
    if (status) return status;
    m->recognised = mpnn_features_ready(m) && m->size[SIZE_NODE];
    m->row = at.row;
    m->layer = at.layer;
    if (at.row >= layout_leaf_count) return WEFT_OK; /* of any size: its values are passed over */
    m->reader.values = ARENA_TAKE(m->staging, float, r->count);
    return m->reader.values ? WEFT_OK : WEFT_NO_MEMORY;
}

WeftStatus mpnn_model_feed(WeftModel *m, const uint8_t *bytes, size_t count) {
    if (m->failed) return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: reading failed before");
    if (m->complete) return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: bytes after the end");
    sha256_feed(&m->sum, bytes, count);
    m->bytes += count;
    EqxEvent event;
    while ((event = eqx_read(&m->reader, &bytes, &count)) != EQX_MORE) {
        WeftStatus status = event == EQX_BAD ? weft_error_status() : take_event(m, event);
        if (status) return m->failed = 1, status;
    }
    return WEFT_OK;
}

/* ---- Completion ---------------------------------------------------------------------------------------- */

/* What each letter adds to a decoder message, an exact rearrangement (MODEL.md 4). */
static WeftStatus derive_letters(WeftModel *m) {
    int32_t letters = m->letters.out, width = m->letters.in;
    size_t stride = (size_t)vec_padded(width);
    float *dense = ARENA_TAKE(m->staging, float, base_times((size_t)letters, (size_t)width)),
          *rows = ARENA_TAKE(m->staging, float, base_times((size_t)letters, stride));
    if (!dense || !rows) return WEFT_NO_MEMORY;
    ops_unpack(dense, &m->letters, width, 0);
    for (int32_t a = 0; a < letters; a++) /* rows in the order of WEFT_LETTERS */
        memcpy(rows + (size_t)a * stride, dense + (size_t)m->letter_at[a] * (size_t)width,
               (size_t)width * sizeof *rows);
    for (int32_t l = 0; l < m->decoder_layers; l++) {
        DecoderLayer *layer = m->decoder[l];
        layer->letter_term =
            ARENA_TAKE(m->arena, float, base_times((size_t)letters, (size_t)vec_padded(layer->letter.out)));
        if (!layer->letter_term) return WEFT_NO_MEMORY;
        ops_linear(layer->letter_term, rows, &layer->letter, letters);
    }
    return WEFT_OK;
}

static WeftStatus check_whole(const WeftModel *m) {
    int32_t named = m->header_given ? m->named_count : -1;
    int whole = eqx_at_end(&m->reader) && (m->header_given ? m->records == named : m->row == layout_leaf_count);
    if (!m->bytes) return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: the file is empty");
    if (!whole) {
        char name[96] = "a weight";
        int32_t row = m->header_given && m->records < named ? m->named[m->records].row : m->row;
        int32_t layer = m->header_given && m->records < named ? m->named[m->records].layer : m->layer;
        if (row < layout_leaf_count || m->records < named) layout_name(name, sizeof name, row, layer);
        return base_fail(
            WEFT_BAD_WEIGHTS, m->records,
            "weights: the file ends after %.0f bytes, in or before record %d (%s): it is cut off",
            (double)m->bytes, (int)m->records, name);
    }
    return WEFT_OK;
}

WeftStatus mpnn_model_finish(WeftModel *m) {
    if (m->failed) return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: reading failed before");
    if (m->complete) return WEFT_OK;
    WeftStatus status = check_whole(m);
    if (!status) status = derive_letters(m);
    if (status) return m->failed = 1, status;
    sha256_finish(&m->sum, m->sha256);
    m->complete = 1;
    m->layout = m->header_given     ? "named by the first line (JSON)"
                : m->records == 148 ? "148 records (Equinox port with dropout scalars)"
                : m->records == 118 ? "118 records (Equinox port without dropout scalars)"
                                    : "records in the table's order";
    arena_free(m->staging);
    m->staging = NULL;
    return WEFT_OK;
}
