/* SPDX-License-Identifier: MIT
 *
 * Text -> groups of rows: items, sides and weights. ties.h has the grammar.
 */
#include "ties_parser.h"

#include <stdio.h>
#include <string.h>

enum { WEIGHT_MOST = 1000 };

/* ---- Sides --------------------------------------------------------------------------------------------- */

static int is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static int ends_item(char c) { return !c || c == ';' || is_blank(c); }
static int ends_part(char c) { return ends_item(c) || c == ',' || c == '=' || c == '*'; }

static WeftStatus add_to_side(TiesParser *p, TiesSide *side, int32_t value, int32_t row) {
    char name[48];
    if (p->named[row] == p->item && side->is_chains)
        return select_fail(&p->q, ": chain %s is named twice", p->q.s->chain_name[value]);
    if (p->named[row] == p->item)
        return select_fail(&p->q, ": %s is named twice", structure_row_name(p->q.s, row, name, sizeof name));
    p->named[row] = p->item;
    p->list[p->listed++] = value;
    side->count++;
    return WEFT_OK;
}

/* One part: a chain, or the rows of a token. */
static WeftStatus parse_part(TiesParser *p, TiesSide *side) {
    const WeftStructure *s = p->q.s;
    p->q.token = p->at;
    while (!ends_part(*p->at)) p->at++;
    p->q.length = (int32_t)(p->at - p->q.token);
    if (!p->q.length) {
        while (!ends_item(*p->at)) p->at++;
        p->q.token = p->start;
        p->q.length = (int32_t)(p->at - p->start);
        return select_fail(&p->q, ": a chain or a residue is missing");
    }
    memset(p->q.mask, 0, (size_t)s->length);
    WeftStatus status = select_single(&p->q);
    if (status) return status;
    int32_t chain = select_whole_chain(&p->q), before = p->listed;
    int is_chain = chain >= 0 && p->q.mask[s->chain_start[chain]];
    if (p->listed > p->side[0].first && is_chain != p->side[0].is_chains)
        return select_fail(&p->q, ": chains are tied to chains and residues to residues");
    side->is_chains = is_chain;
    if (is_chain) return add_to_side(p, side, chain, s->chain_start[chain]);
    for (int32_t i = 0; i < s->length && !status; i++)
        if (p->q.mask[i]) status = add_to_side(p, side, i, i);
    return status || p->listed > before ? status : select_fail(&p->q, " fits no residue");
}

static WeftStatus parse_weight(TiesParser *p, TiesSide *side) {
    const char *start = p->at++, *end = p->at;
    double weight = 0;
    while (!ends_part(*end)) end++;
    p->q.token = side->text;
    p->q.length = (int32_t)(end - side->text);
    if (select_read_decimal(p->at, end, &weight) != end || weight > WEIGHT_MOST || weight < -WEIGHT_MOST)
        return select_fail(&p->q, ": behind * stands a weight from -%d to %d", WEIGHT_MOST, WEIGHT_MOST);
    if (*end == ',' || *end == '*') return select_fail(&p->q, ": a weight stands at the end of a side");
    side->length = (int32_t)(start - side->text);
    side->weight = (float)weight;
    p->at = end;
    return WEFT_OK;
}

static WeftStatus parse_side(TiesParser *p) {
    TiesSide *side = &p->side[p->sides++];
    *side = (TiesSide){.text = p->at, .first = p->listed, .weight = 1.0f};
    WeftStatus status = parse_part(p, side);
    while (!status && *p->at == ',') {
        p->at++;
        status = parse_part(p, side);
    }
    side->length = (int32_t)(p->at - side->text);
    return !status && *p->at == '*' ? parse_weight(p, side) : status;
}

/* Steps over an equals sign and the blanks around it. */
static int skip_equals(TiesParser *p) {
    const char *at = p->at;
    while (is_blank(*at)) at++;
    if (*at != '=') return 0;
    for (at++; is_blank(*at);) at++;
    p->at = at;
    return 1;
}

/* ---- Items --------------------------------------------------------------------------------------------- */

static WeftStatus check_sides(const TiesParser *p) {
    const TiesSide *first = p->side;
    if (p->sides < 2) return select_fail(&p->q, ": a group needs two residues or more; write A12=B12");
    for (int32_t k = 1; k < p->sides; k++) {
        const TiesSide *side = &p->side[k];
        const char *what = first->is_chains ? "chain" : "residue";
        if (side->count == first->count) continue;
        return select_fail(&p->q, ": '%.*s' has %d %s%s, '%.*s' has %d", (int)base_min(first->length, 40),
                           first->text, (int)first->count, what, first->count == 1 ? "" : "s",
                           (int)base_min(side->length, 40), side->text, (int)side->count);
    }
    return WEFT_OK;
}

static WeftStatus tie_sides(TiesParser *p) {
    WeftStatus status = check_sides(p);
    if (status) return status;
    int32_t *chain = ARENA_TAKE(p->arena, int32_t, (size_t)p->sides);
    float *weight = chain ? ARENA_TAKE(p->arena, float, (size_t)p->sides) : NULL;
    if (!weight) return WEFT_NO_MEMORY;
    for (int32_t i = 0; i < p->side[0].count && !status; i++) {
        for (int32_t k = 0; k < p->sides && !status; k++) {
            chain[k] = p->list[p->side[k].first + i];
            weight[k] = p->side[k].weight;
            if (!p->side[0].is_chains) status = ties_add_member(p, chain[k], weight[k]);
        }
        if (status) return status;
        if (p->side[0].is_chains)
            status = ties_tie_chains(p, chain, weight, p->sides);
        else
            ties_close_group(p);
    }
    return status;
}

/* 1 where the item at the cursor is the word, alone or with a colon, and no chain has that name. */
static int at_word(const TiesParser *p, const char *word) {
    size_t length = strlen(word);
    return !strncmp(p->at, word, length) && (p->at[length] == ':' || ends_item(p->at[length])) &&
           select_find_chain(p->q.s, word, length) < 0;
}

static WeftStatus parse_item(TiesParser *p) {
    int homomer = at_word(p, "homomer"), repeat = at_word(p, "repeat"), copies = at_word(p, "copies");
    p->item++;
    p->start = p->at;
    p->sides = p->listed = 0;
    if (homomer || repeat || copies) {
        while (!ends_item(*p->at)) p->at++;
        p->q.token = p->start;
        p->q.length = (int32_t)(p->at - p->start);
        if (repeat) return ties_repeats(p);
        if (copies) return ties_copies(p);
        return select_has_prefix(&p->q, "homomer:") ? ties_named_chains(p) : ties_equal_chains(p);
    }
    WeftStatus status = parse_side(p);
    while (!status && skip_equals(p)) status = parse_side(p);
    if (status) return status;
    p->q.token = p->start;
    p->q.length = (int32_t)(p->at - p->start);
    return tie_sides(p);
}

/* ---- The whole ----------------------------------------------------------------------------------------- */

static int take_all(TiesParser *p) {
    size_t n = (size_t)p->q.s->length;
    Ties *out = p->out;
    return (out->start = ARENA_TAKE(p->arena, int32_t, n / 2 + 1)) &&
           (out->row = ARENA_TAKE(p->arena, int32_t, n)) && (out->weight = ARENA_TAKE(p->arena, float, n)) &&
           (p->tied = ARENA_TAKE(p->arena, uint8_t, n)) && (p->named = ARENA_TAKE(p->arena, int32_t, n)) &&
           (p->side = ARENA_TAKE(p->arena, TiesSide, n + 1)) && (p->list = ARENA_TAKE(p->arena, int32_t, n)) &&
           (p->q.mask = ARENA_TAKE(p->arena, uint8_t, n)) && (p->keys = ties_all_keys(p->q.s, p->arena)) &&
           (p->report = ARENA_TAKE(p->arena, char, TIES_REPORT_BYTES));
}

int32_t ties_parse(const WeftStructure *s, const char *text, Ties *out, Arena *arena) {
    TiesParser p = {.q = {.s = s, .kind = "ties", .text = text, .scratch = arena}, .arena = arena, .out = out};
    *out = (Ties){0};
    if (strlen(text) > INT32_MAX / 2) return base_fail(WEFT_BAD_REQUEST, -1, "ties: too long");
    if (!take_all(&p)) return WEFT_NO_MEMORY;
    out->report = p.report;
    for (p.at = text;;) {
        while (*p.at == ';' || is_blank(*p.at)) p.at++;
        if (!*p.at) break;
        WeftStatus status = parse_item(&p);
        if (status) return status;
    }
    return out->groups ? out->groups : base_fail(WEFT_BAD_REQUEST, 0, "ties: nothing is tied");
}

int32_t ties_copy(const WeftStructure *s, const char *text, int32_t *start, int32_t *row, float *weight) {
    Ties ties;
    Arena *arena = arena_open();
    int32_t groups = arena ? ties_parse(s, text, &ties, arena) : WEFT_NO_MEMORY;
    if (groups > 0) {
        size_t members = (size_t)ties.start[groups];
        if (start) memcpy(start, ties.start, ((size_t)groups + 1) * sizeof *start);
        if (row) memcpy(row, ties.row, members * sizeof *row);
        if (weight) memcpy(weight, ties.weight, members * sizeof *weight);
    }
    arena_free(arena);
    return groups;
}

int32_t ties_report(const WeftStructure *s, const char *text, char *out, int32_t size) {
    Ties ties;
    Arena *arena = arena_open();
    int32_t groups = arena ? ties_parse(s, text, &ties, arena) : WEFT_NO_MEMORY;
    int32_t length = groups > 0 ? (int32_t)strlen(ties.report) : groups;
    if (groups > 0 && size > 0) snprintf(out, (size_t)size, "%s", ties.report);
    arena_free(arena);
    return length;
}
