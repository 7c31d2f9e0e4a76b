/* SPDX-License-Identifier: MIT
 *
 * Lists of tokens, lists in parentheses, and the words of the grammar. Chains and residues are select_token.c.
 */
#include "select.h"
#include "select_token.h"

#include "residue.h"

#include <string.h>

enum { DEPTH_MOST = 16, DISTANCE_MOST = 1000 };

typedef struct Parser {
    Selection q; /* of the token at hand; its mask is set for each list */
    const char *at;
    int32_t depth; /* lists and withins that are open */
    int32_t lists; /* of these, lists in parentheses */
} Parser;

static WeftStatus parse_list(Parser *p, uint8_t *mask);

/* ---- Words --------------------------------------------------------------------------------------------- */

static int is_word(const Selection *q, const char *word) {
    return (size_t)q->length == strlen(word) && select_has_prefix(q, word);
}

/* 1 where the token, or what stands before its colon, is the name of a chain. */
static int is_chain_token(const Selection *q) {
    const char *colon = memchr(q->token, ':', (size_t)q->length);
    return (colon && select_find_chain(q->s, q->token, (size_t)(colon - q->token)) >= 0) ||
           select_whole_chain(q) >= 0;
}

static WeftStatus select_letters(const Selection *q) {
    const WeftStructure *s = q->s;
    const char *first = q->token + strlen("letter:"), *end = q->token + q->length;
    if (first == end) return select_fail(q, " names no letter; write letter:G");
    for (const char *at = first; at < end; at++) {
        int32_t letter = residue_letter(*at);
        if (letter < 0) return select_fail(q, ": '%c' is none of the letters " WEFT_LETTERS, *at);
        for (int32_t i = 0; i < s->length; i++) q->mask[i] |= s->letter[i] == letter;
    }
    return WEFT_OK;
}

WeftStatus select_single(const Selection *q) {
    if (is_chain_token(q)) return select_plain(q);
    if (is_word(q, "interface")) return select_interface(q);
    if (is_word(q, "buried")) return select_buried(q);
    if (is_word(q, "hetatm")) return select_fail(q, " is not possible yet: atoms of ligands are not kept");
    if (select_has_prefix(q, "letter:")) return select_letters(q);
    if (select_has_prefix(q, "cdr:")) return select_cdr(q);
    if (select_has_prefix(q, "bfactor")) return select_bfactor(q, q->token + strlen("bfactor"));
    if (select_has_prefix(q, "plddt")) return select_bfactor(q, q->token + strlen("plddt"));
    if (*q->token == '!') return select_fail(q, ": a ! stands before a whole list; write (!A)");
    return select_plain(q);
}

/* ---- Lists --------------------------------------------------------------------------------------------- */

static void skip_separators(Parser *p) {
    while (select_is_separator(*p->at)) p->at++;
}

/* At the end of the text, or of the list in parentheses. */
static int at_end(const Parser *p) { return !*p->at || (p->lists && *p->at == ')'); }

/* Makes what stands at the cursor the token: up to a separator or, in parentheses, to the closing one. */
static WeftStatus take_token(Parser *p) {
    const char *start = p->at;
    while (!at_end(p) && !select_is_separator(*p->at)) p->at++;
    p->q.token = start;
    if (p->at - start > INT32_MAX / 2) return base_fail(WEFT_BAD_REQUEST, -1, "%s: too long", p->q.kind);
    p->q.length = (int32_t)(p->at - start);
    return WEFT_OK;
}

static WeftStatus deeper(Parser *p) {
    if (p->depth == DEPTH_MOST) return select_fail(&p->q, ": lists within lists, more than %d", DEPTH_MOST);
    p->depth++;
    return WEFT_OK;
}

/* "(" list ")", from the opening parenthesis on. */
static WeftStatus parse_parentheses(Parser *p, uint8_t *mask) {
    const char *start = p->at++;
    p->q.token = start;
    p->q.length = 1;
    WeftStatus status = deeper(p);
    if (status) return status;
    p->lists++;
    uint8_t *inner = ARENA_TAKE(p->q.scratch, uint8_t, (size_t)p->q.s->length);
    status = inner ? parse_list(p, inner) : WEFT_NO_MEMORY;
    if (status) return status;
    p->lists--;
    p->depth--;
    if (*p->at != ')') {
        p->q.token = start;
        p->q.length = 1;
        return select_fail(&p->q, " is not closed");
    }
    p->at++;
    for (int32_t i = 0; i < p->q.s->length; i++) mask[i] |= inner[i];
    return WEFT_OK;
}

static WeftStatus parse_token(Parser *p, uint8_t *mask);

/* distance "of" token, behind "within". Failures quote from "within" to where reading stopped. */
static WeftStatus parse_within(Parser *p, uint8_t *mask) {
    const char *start = p->q.token;
    double reach = 0;
    skip_separators(p);
    WeftStatus status = take_token(p);
    if (status) return status;
    const char *end = p->q.token + p->q.length;
    int known = select_read_decimal(p->q.token, end, &reach) == end && reach > 0 && reach <= DISTANCE_MOST;
    if (known) {
        skip_separators(p);
        if ((status = take_token(p))) return status;
        known = is_word(&p->q, "of");
        skip_separators(p);
    }
    Selection whole = p->q;
    whole.token = start;
    whole.length = (int32_t)(p->q.token + p->q.length - start);
    if (!known || at_end(p))
        return select_fail(&whole,
                           " is not understood; write within 6 of B or within 6 of (A12 A15), "
                           "angstrom above 0 and up to %d",
                           DISTANCE_MOST);
    p->q.token = whole.token;
    p->q.length = whole.length;
    status = deeper(p);
    uint8_t *from = status ? NULL : ARENA_TAKE(p->q.scratch, uint8_t, (size_t)p->q.s->length);
    if (!status) status = from ? parse_token(p, from) : WEFT_NO_MEMORY;
    if (status) return status;
    p->depth--;
    whole.length = (int32_t)(p->at - start);
    whole.mask = mask;
    if (!memchr(from, 1, (size_t)p->q.s->length))
        return select_fail(&whole, ": nothing is selected behind of");
    return select_within(&whole, from, reach);
}

static WeftStatus parse_token(Parser *p, uint8_t *mask) {
    const char *start = p->at;
    WeftStatus status = take_token(p);
    if (status) return status;
    p->q.mask = mask;
    if (*start == '(' && !is_chain_token(&p->q)) {
        p->at = start;
        return parse_parentheses(p, mask);
    }
    int within = is_word(&p->q, "within") && !is_chain_token(&p->q);
    return within ? parse_within(p, mask) : select_single(&p->q);
}

/* A list up to the end of the text or to the parenthesis that closes it, into a mask of zeros. */
static WeftStatus parse_list(Parser *p, uint8_t *mask) {
    skip_separators(p);
    int inverted = *p->at == '!';
    p->at += inverted;
    skip_separators(p);
    if (at_end(p))
        return base_fail(WEFT_BAD_REQUEST, (int32_t)(p->at - p->q.text), "%s: nothing is named%s", p->q.kind,
                         p->lists ? " between '(' and ')'" : "");
    for (; !at_end(p); skip_separators(p)) {
        WeftStatus status = parse_token(p, mask);
        if (status) return status;
    }
    for (int32_t i = 0; i < p->q.s->length; i++) mask[i] ^= (uint8_t)inverted;
    return WEFT_OK;
}

int32_t select_parse(const WeftStructure *s, const char *text, uint8_t *mask) {
    Parser p = {.q = {.s = s, .kind = "selection", .text = text, .token = text}, .at = text};
    int32_t selected = 0;
    if (!(p.q.scratch = arena_open())) return WEFT_NO_MEMORY;
    memset(mask, 0, (size_t)s->length);
    WeftStatus status = parse_list(&p, mask);
    arena_free(p.q.scratch);
    if (status) return status;
    for (int32_t i = 0; i < s->length; i++) selected += mask[i];
    if (!selected) return base_fail(WEFT_BAD_REQUEST, 0, "selection: '%.60s' leaves no residue", text);
    return selected;
}
