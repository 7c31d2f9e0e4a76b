/* SPDX-License-Identifier: MIT
 *
 * first_line.c - the optional first line of an .eqx file: one JSON object. MODEL.md 5.
 *
 * k_neighbors, message_scale, alphabet and features replace the defaults; records names every record that follows, in
 * any order, and with that says which layers there are and which products they have. Unknown keys are passed over.
 */
#include <string.h>

#include "../core/json.h"
#include "layout.h"

static WeftStatus bad_line(const char *what) {
    return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: the JSON first line: %s", what);
}

static WeftStatus read_alphabet(WeftModel *m, JsonText text) {
    if (text.length != WEFT_LETTER_COUNT)
        return bad_line("alphabet must hold the 21 letters " WEFT_LETTERS " in any order");
    for (int8_t i = 0; i < WEFT_LETTER_COUNT; i++) {
        const char *at = memchr(text.at, WEFT_LETTERS[i], (size_t)text.length);
        if (!at) return bad_line("alphabet must hold the 21 letters " WEFT_LETTERS " in any order");
        m->letter_at[i] = (int8_t)(at - text.at);
    }
    return WEFT_OK;
}

static int is_text(JsonText text, const char *word) {
    return (size_t)text.length == strlen(word) && !memcmp(text.at, word, strlen(word));
}

/* What the line says itself; else, of LigandMPNN's own families, that their original reads files as they stand. */
static WeftStatus read_features(WeftModel *m, const char *json) {
    static const char *const own[3] = {"ligand_mpnn", "global_label_membrane_mpnn",
                                       "per_residue_label_membrane_mpnn"};
    JsonText text;
    int found = json_string(json, "features", &text), gaps = found > 0 && is_text(text, "gaps");
    m->file_order = found > 0 && is_text(text, "file-order");
    if (found && !gaps && !m->file_order) return bad_line("features must be \"gaps\" or \"file-order\"");
    if (!found && json_string(json, "family", &text) > 0)
        for (int32_t i = 0; i < 3; i++) m->file_order |= is_text(text, own[i]);
    return WEFT_OK;
}

static WeftStatus read_records(WeftModel *m, const char *cursor) {
    const char *start = cursor;
    JsonText name;
    int more;
    int32_t count = 0;
    while ((more = json_next(&cursor, &name)) > 0) count++;
    if (more < 0 || !count) return bad_line("records must be an array of names");
    if (!(m->named = arena_take(m->arena, (size_t)count, sizeof *m->named))) return WEFT_NO_MEMORY;
    for (cursor = start; json_next(&cursor, &name) > 0; m->named_count++) {
        int32_t layer = 0, row = layout_find(name.at, name.length, &layer);
        if (row < 0)
            return base_fail(
                WEFT_BAD_WEIGHTS, m->named_count,
                "weights: record %d is called %.*s, which no protein, soluble or CA-only model has; "
                "this version runs no others",
                (int)m->named_count, (int)base_min(name.length, 80), name.at);
        for (int32_t i = 0; i < m->named_count; i++)
            if (m->named[i].row == row && m->named[i].layer == layer)
                return bad_line("a record is named twice");
        m->named[m->named_count].row = (int16_t)row;
        m->named[m->named_count].layer = (int16_t)layer;
        if (row >= layout_leaf_count) {
            m->passed_over++;
            continue;
        }
        if (layout_leaves[row].group == LEAF_ENCODER)
            m->encoder_layers = base_max(m->encoder_layers, layer + 1);
        if (layout_leaves[row].group == LEAF_DECODER)
            m->decoder_layers = base_max(m->decoder_layers, layer + 1);
    }
    return WEFT_OK;
}

static int is_named(const WeftModel *m, int32_t row, int32_t layer) {
    for (int32_t i = 0; i < m->named_count; i++)
        if (m->named[i].row == row && m->named[i].layer == layer) return 1;
    return 0;
}

/* Of the rows of one block of one layer: none named, some, or all. */
typedef enum Share { NONE, SOME, ALL } Share;
static Share share_named(const WeftModel *m, LeafGroup group, char block, int32_t layer) {
    int32_t named = 0, rows = 0;
    for (int32_t row = 0; row < layout_leaf_count; row++) {
        const Leaf *leaf = &layout_leaves[row];
        if (leaf->group != group || leaf->block != block || !leaf->name) continue;
        named += is_named(m, row, layer);
        rows++;
    }
    return !named ? NONE : named < rows ? SOME : ALL;
}

static int blocks_whole(const WeftModel *m, LeafGroup group, int32_t layers) {
    for (int32_t layer = 0; layer < layers; layer++) {
        for (const char *block = "2fue"; *block; block++)
            if (share_named(m, group, *block, layer) == SOME) return 0;
        if (share_named(m, group, 'e', layer) == ALL && share_named(m, group, 'u', layer) == NONE) return 0;
    }
    return 1;
}

/* Every needed leaf is named, every named leaf counts towards its group, and optional products are whole. */
static WeftStatus check_named(WeftModel *m) {
    if (!m->encoder_layers || !m->decoder_layers)
        return bad_line("records name no encoder or no decoder layer");
    m->features.expected = m->output_progress.expected = 0;
    for (int32_t i = 0; i < m->named_count; i++)
        if (m->named[i].row < layout_leaf_count)
            mpnn_progress(m, m->named[i].row, m->named[i].layer)->expected++;
    for (int32_t row = 0; row < layout_leaf_count; row++) {
        const Leaf *leaf = &layout_leaves[row];
        int32_t layers = leaf->group == LEAF_ENCODER   ? m->encoder_layers
                         : leaf->group == LEAF_DECODER ? m->decoder_layers
                                                       : 1;
        for (int32_t layer = 0; leaf->name && leaf->block == ' ' && layer < layers; layer++) {
            if (is_named(m, row, layer)) continue;
            char name[96];
            layout_name(name, sizeof name, row, layer);
            return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: the JSON first line: records lack %s", name);
        }
    }
    if (blocks_whole(m, LEAF_ENCODER, m->encoder_layers) && blocks_whole(m, LEAF_DECODER, m->decoder_layers))
        return WEFT_OK;
    return bad_line("records name a product in part: a weight without its bias, or a block without its norm");
}

WeftStatus mpnn_first_line(WeftModel *m, const char *json) {
    double number;
    JsonText text;
    const char *cursor;
    if (!json_object_ok(json)) return bad_line("it is not a JSON object");
    int found = json_number(json, "k_neighbors", &number);
    if (found < 0 || (found && !(number >= 1 && number <= 1024 && number == (int32_t)number)))
        return bad_line("k_neighbors must be a whole number from 1 to 1024");
    if (found) m->neighbors = m->file_neighbors = (int32_t)number;
    found = json_number(json, "message_scale", &number);
    if (found < 0 || (found && !(number > 0 && number <= 1e6)))
        return bad_line("message_scale must be a positive number");
    if (found) m->message_scale = number;
    found = json_string(json, "alphabet", &text);
    if (found < 0) return bad_line("alphabet must be a string");
    if (found && read_alphabet(m, text)) return WEFT_BAD_WEIGHTS;
    if (read_features(m, json)) return WEFT_BAD_WEIGHTS;
    found = json_array(json, "records", &cursor);
    if (found < 0) return bad_line("records must be an array of names");
    if (!found) return WEFT_OK; /* hyper-parameters alone; the records follow in the table's order */
    m->header_given = m->encoder_closed = 1;
    WeftStatus status = read_records(m, cursor);
    return status ? status : check_named(m);
}
