/* SPDX-License-Identifier: MIT
 *
 * Tokens that name residues: chains, residues, ranges, rows of the file. select.h has the grammar.
 */
#include "select_token.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CHAINS_SHOWN = 12, TOKEN_SHOWN = 40 };

/* ---- Failures ------------------------------------------------------------------------------------------ */

static int32_t token_place(const Selection *q) { return (int32_t)(q->token - q->text); }

/* How much of the token is quoted, and what stands behind it. */
static int token_shown(const Selection *q) { return (int)base_min(q->length, TOKEN_SHOWN); }
static const char *token_rest(const Selection *q) { return q->length > TOKEN_SHOWN ? "..." : ""; }

WeftStatus select_fail(const Selection *q, const char *format, ...) {
    char words[320];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return base_fail(WEFT_BAD_REQUEST, token_place(q), "%s: '%.*s%s'%s", q->kind, token_shown(q), q->token,
                     token_rest(q), words);
}

WeftStatus select_fail_token(const Selection *q) {
    return select_fail(
        q, " is not understood; write a chain (A), a residue (A12, A52B, AA:12), a "
           "range (A12-20), a row (#7), all, within 6 of A, interface, buried, letter:G, bfactor<70 or "
           "cdr:H3@imgt");
}

WeftStatus select_fail_chain(const Selection *q) {
    char list[160] = "";
    const WeftStructure *s = q->s;
    for (int32_t c = 0; c < s->chain_count && c < CHAINS_SHOWN; c++) {
        size_t length = strlen(list);
        snprintf(list + length, sizeof list - length, "%s%.8s", c ? ", " : "", s->chain_name[c]);
    }
    if (s->chain_count > CHAINS_SHOWN) {
        size_t length = strlen(list);
        snprintf(list + length, sizeof list - length, " and %d more", (int)s->chain_count - CHAINS_SHOWN);
    }
    return base_fail(WEFT_BAD_REQUEST, token_place(q), "%s: no chain for '%.*s%s'; the structure has chain%s %s",
                     q->kind, token_shown(q), q->token, token_rest(q), s->chain_count == 1 ? "" : "s", list);
}

static void print_residue(char *out, size_t size, int32_t number, char insertion) {
    const char code[2] = {insertion == ' ' ? '\0' : insertion, '\0'};
    snprintf(out, size, "%d%s", (int)number, code);
}

static WeftStatus fail_residue(const Selection *q, int32_t chain, Residue missing) {
    const WeftStructure *s = q->s;
    int32_t first = s->chain_start[chain], last = s->chain_start[chain + 1] - 1;
    char want[16], from[16], to[16];
    print_residue(want, sizeof want, missing.number, missing.insertion);
    print_residue(from, sizeof from, s->number[first], s->insertion[first]);
    print_residue(to, sizeof to, s->number[last], s->insertion[last]);
    return select_fail(q, ": chain %s has no residue %s; it has %d residues, %s to %s", s->chain_name[chain],
                       want, (int)(last - first + 1), from, to);
}

static WeftStatus fail_inverted(const Selection *q) {
    return select_fail(q, ": the range ends before it begins, in file order");
}

/* ---- Pieces of a token --------------------------------------------------------------------------------- */

static int is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static int is_digit(char c) { return c >= '0' && c <= '9'; }

int select_is_separator(char c) { return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r'; }

int select_has_prefix(const Selection *q, const char *word) {
    size_t length = strlen(word);
    return (size_t)q->length >= length && !memcmp(q->token, word, length);
}

int32_t select_find_chain(const WeftStructure *s, const char *name, size_t length) {
    for (int32_t c = 0; c < s->chain_count; c++)
        if (strlen(s->chain_name[c]) == length && !memcmp(s->chain_name[c], name, length)) return c;
    return -1;
}

int32_t select_whole_chain(const Selection *q) {
    size_t length = (size_t)q->length;
    int32_t chain = -1;
    if (length > 1 && q->token[length - 1] == ':') chain = select_find_chain(q->s, q->token, length - 1);
    return chain >= 0 ? chain : select_find_chain(q->s, q->token, length);
}

const char *select_read_digits(const char *at, const char *end, int32_t *value) {
    const char *start = at;
    int32_t sum = 0;
    for (; at < end && is_digit(*at); at++) {
        if (at - start == 9) return NULL;
        sum = sum * 10 + (*at - '0');
    }
    *value = sum;
    return at > start ? at : NULL;
}

/* Up to fifteen digits, so that digits and power of ten are exact and one rounding is all there is. */
const char *select_read_decimal(const char *at, const char *end, double *value) {
    int negative = at < end && *at == '-';
    int32_t digits = 0;
    double sum = 0, scale = 1;
    at += negative;
    for (; at < end && is_digit(*at); at++, digits++) sum = sum * 10 + (*at - '0');
    if (digits && at < end && *at == '.')
        for (at++; at < end && is_digit(*at); at++, digits++) {
            sum = sum * 10 + (*at - '0');
            scale *= 10;
        }
    if (!digits || digits > 15 || at[-1] == '.') return NULL;
    *value = negative ? -(sum / scale) : sum / scale;
    return at;
}

const char *select_read_residue(const char *at, const char *end, Residue *out) {
    int negative = at < end && *at == '-';
    at = select_read_digits(at + negative, end, &out->number);
    if (!at) return NULL;
    if (negative) out->number = -out->number;
    out->insertion = at < end && is_letter(*at) ? *at++ : ' ';
    return at;
}

/* The row of the first residue of that name from a row on, or -1. */
static int32_t find_row(const WeftStructure *s, int32_t chain, int32_t from, Residue r) {
    for (int32_t i = from; i < s->chain_start[chain + 1]; i++)
        if (s->number[i] == r.number && s->insertion[i] == r.insertion) return i;
    return -1;
}

static WeftStatus mark(const Selection *q, int32_t first, int32_t last) {
    memset(q->mask + first, 1, (size_t)(last - first + 1));
    return WEFT_OK;
}

/* ---- Tokens -------------------------------------------------------------------------------------------- */

/* "7" or "7-20" or "7-#20", behind the first '#'. */
static WeftStatus select_index(const Selection *q) {
    const char *end = q->token + q->length;
    int32_t first, last;
    const char *at = select_read_digits(q->token + 1, end, &first);
    if (!at) return select_fail_token(q);
    last = first;
    if (at < end) {
        if (*at++ != '-') return select_fail_token(q);
        at += at < end && *at == '#';
        if (select_read_digits(at, end, &last) != end) return select_fail_token(q);
    }
    if (first < 1 || last < 1 || first > q->s->length || last > q->s->length)
        return select_fail(q, ": the structure has rows #1 to #%d", (int)q->s->length);
    return last < first ? fail_inverted(q) : mark(q, first - 1, last - 1);
}

/* Skips the chain that may stand before the end of a range; NULL where it is another chain. */
static const char *skip_chain(const Selection *q, const char *at, const char *end, int32_t chain) {
    const char *name = q->s->chain_name[chain];
    const char *colon = memchr(at, ':', (size_t)(end - at));
    size_t length = strlen(name);
    if (colon) return (size_t)(colon - at) == length && !memcmp(at, name, length) ? colon + 1 : NULL;
    if (at < end && is_letter(*at)) return length == 1 && *at == *name ? at + 1 : NULL;
    return at;
}

typedef enum Outcome { NOT_RESIDUES, RESIDUES_MISSING, RESIDUES_DONE } Outcome;

/* "12" or "12-20" or "12-A20" of a chain, from `at` to the token's end. On RESIDUES_MISSING *status is the
 * failure. */
static Outcome select_residues(const Selection *q, int32_t chain, const char *at, WeftStatus *status) {
    const WeftStructure *s = q->s;
    const char *end = q->token + q->length;
    Residue first, last;
    at = select_read_residue(at, end, &first);
    if (!at || (at < end && *at != '-')) return NOT_RESIDUES;
    int is_range = at < end;
    if (is_range) {
        at = skip_chain(q, at + 1, end, chain);
        if (!at) {
            *status = select_fail(q, ": a range stays within one chain");
            return RESIDUES_MISSING;
        }
        if (select_read_residue(at, end, &last) != end) return NOT_RESIDUES;
    }
    int32_t start = find_row(s, chain, s->chain_start[chain], first);
    if (start < 0) {
        *status = fail_residue(q, chain, first);
        return RESIDUES_MISSING;
    }
    if (is_range) {
        int32_t stop = find_row(s, chain, start, last);
        if (stop < 0) {
            int exists = find_row(s, chain, s->chain_start[chain], last) >= 0;
            *status = exists ? fail_inverted(q) : fail_residue(q, chain, last);
            return RESIDUES_MISSING;
        }
        mark(q, start, stop);
        return RESIDUES_DONE;
    }
    for (int32_t row = start; row >= 0; row = find_row(s, chain, row + 1, first)) mark(q, row, row);
    return RESIDUES_DONE;
}

static WeftStatus select_chain(const Selection *q, int32_t chain) {
    return mark(q, q->s->chain_start[chain], q->s->chain_start[chain + 1] - 1);
}

WeftStatus select_plain(const Selection *q) {
    const char *end = q->token + q->length;
    if (q->length == 3 && !memcmp(q->token, "all", 3)) return mark(q, 0, q->s->length - 1);
    if (*q->token == '#') return select_index(q);

    const char *colon = memchr(q->token, ':', (size_t)q->length);
    WeftStatus status = WEFT_OK;
    if (colon) {
        int32_t chain = select_find_chain(q->s, q->token, (size_t)(colon - q->token));
        if (chain >= 0) {
            if (colon + 1 == end) return select_chain(q, chain);
            return select_residues(q, chain, colon + 1, &status) == NOT_RESIDUES ? select_fail_token(q) : status;
        }
    }
    int32_t whole = select_find_chain(q->s, q->token, (size_t)q->length);
    int32_t chain = is_letter(*q->token) ? select_find_chain(q->s, q->token, 1) : -1;
    if (chain >= 0 && q->length > 1) {
        Outcome outcome = select_residues(q, chain, q->token + 1, &status);
        if (outcome == RESIDUES_DONE || (outcome == RESIDUES_MISSING && whole < 0)) return status;
    }
    if (whole >= 0) return select_chain(q, whole);
    Residue ignored;
    int has_residue = q->length > 1 && select_read_residue(q->token + 1, end, &ignored) != NULL;
    int is_short = colon || has_residue || q->length <= 4;
    return chain < 0 && is_short ? select_fail_chain(q) : select_fail_token(q);
}
