/* SPDX-License-Identifier: MIT */
#include "select.h"

#include <stdio.h>
#include <string.h>

enum { CHAINS_SHOWN = 12, TOKEN_SHOWN = 40 };

typedef struct Selection {
    const WeftStructure *s;
    const char *text; /* the whole selection, for places in errors */
    const char *token;
    int32_t length; /* characters of the token */
    uint8_t *mask;
} Selection;

typedef struct Residue {
    int32_t number;
    char insertion;
} Residue;

/* ---- Errors: they quote the token and say what exists -------------------------------------------------- */

#define TOKEN_FORMAT "'%.*s%s'"
#define TOKEN_ARGUMENTS(q) \
    (int)base_min((q)->length, TOKEN_SHOWN), (q)->token, (q)->length > TOKEN_SHOWN ? "..." : ""

static int32_t token_place(const Selection *q) { return (int32_t)(q->token - q->text); }

static int32_t fail_token(const Selection *q) {
    return base_fail(WEFT_BAD_REQUEST, token_place(q),
                     "selection: " TOKEN_FORMAT
                     " is not understood; write a chain (A), a residue (A12, A52B, AA:12), a "
                     "range (A12-20), a row (#7) or all",
                     TOKEN_ARGUMENTS(q));
}

static int32_t fail_chain(const Selection *q) {
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
    return base_fail(WEFT_BAD_REQUEST, token_place(q),
                     "selection: no chain for " TOKEN_FORMAT "; the structure has chain%s %s",
                     TOKEN_ARGUMENTS(q), s->chain_count == 1 ? "" : "s", list);
}

static void print_residue(char *out, size_t size, int32_t number, char insertion) {
    const char code[2] = {insertion == ' ' ? '\0' : insertion, '\0'};
    snprintf(out, size, "%d%s", (int)number, code);
}

static int32_t fail_residue(const Selection *q, int32_t chain, Residue missing) {
    const WeftStructure *s = q->s;
    int32_t first = s->chain_start[chain], last = s->chain_start[chain + 1] - 1;
    char want[16], from[16], to[16];
    print_residue(want, sizeof want, missing.number, missing.insertion);
    print_residue(from, sizeof from, s->number[first], s->insertion[first]);
    print_residue(to, sizeof to, s->number[last], s->insertion[last]);
    return base_fail(WEFT_BAD_REQUEST, token_place(q),
                     "selection: " TOKEN_FORMAT ": chain %s has no residue %s; it has %d residues, %s to %s",
                     TOKEN_ARGUMENTS(q), s->chain_name[chain], want, (int)(last - first + 1), from, to);
}

static int32_t fail_inverted(const Selection *q) {
    return base_fail(WEFT_BAD_REQUEST, token_place(q),
                     "selection: " TOKEN_FORMAT ": the range ends before it begins, in file order",
                     TOKEN_ARGUMENTS(q));
}

/* ---- Pieces of a token --------------------------------------------------------------------------------- */

static int is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static int is_digit(char c) { return c >= '0' && c <= '9'; }

static int32_t find_chain(const WeftStructure *s, const char *name, size_t length) {
    for (int32_t c = 0; c < s->chain_count; c++)
        if (strlen(s->chain_name[c]) == length && !memcmp(s->chain_name[c], name, length)) return c;
    return -1;
}

/* A decimal number of up to nine digits; returns what follows it, or NULL. */
static const char *read_digits(const char *at, const char *end, int32_t *value) {
    const char *start = at;
    int32_t sum = 0;
    for (; at < end && is_digit(*at); at++) {
        if (at - start == 9) return NULL;
        sum = sum * 10 + (*at - '0');
    }
    *value = sum;
    return at > start ? at : NULL;
}

/* "12", "-5", "100A"; returns what follows, or NULL. */
static const char *read_residue(const char *at, const char *end, Residue *out) {
    int negative = at < end && *at == '-';
    at = read_digits(at + negative, end, &out->number);
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

static int32_t mark(const Selection *q, int32_t first, int32_t last) {
    memset(q->mask + first, 1, (size_t)(last - first + 1));
    return WEFT_OK;
}

/* ---- Tokens -------------------------------------------------------------------------------------------- */

/* "7" or "7-20" or "7-#20", behind the first '#'. */
static int32_t select_index(const Selection *q) {
    const char *end = q->token + q->length;
    int32_t first, last;
    const char *at = read_digits(q->token + 1, end, &first);
    if (!at) return fail_token(q);
    last = first;
    if (at < end) {
        if (*at++ != '-') return fail_token(q);
        at += at < end && *at == '#';
        if (read_digits(at, end, &last) != end) return fail_token(q);
    }
    if (first < 1 || last < 1 || first > q->s->length || last > q->s->length)
        return base_fail(WEFT_BAD_REQUEST, token_place(q),
                         "selection: " TOKEN_FORMAT ": the structure has rows #1 to #%d", TOKEN_ARGUMENTS(q),
                         (int)q->s->length);
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
static Outcome select_residues(const Selection *q, int32_t chain, const char *at, int32_t *status) {
    const WeftStructure *s = q->s;
    const char *end = q->token + q->length;
    Residue first, last;
    at = read_residue(at, end, &first);
    if (!at || (at < end && *at != '-')) return NOT_RESIDUES;
    int is_range = at < end;
    if (is_range) {
        at = skip_chain(q, at + 1, end, chain);
        if (!at) {
            *status =
                base_fail(WEFT_BAD_REQUEST, token_place(q),
                          "selection: " TOKEN_FORMAT ": a range stays within one chain", TOKEN_ARGUMENTS(q));
            return RESIDUES_MISSING;
        }
        if (read_residue(at, end, &last) != end) return NOT_RESIDUES;
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

static int32_t select_chain(const Selection *q, int32_t chain) {
    return mark(q, q->s->chain_start[chain], q->s->chain_start[chain + 1] - 1);
}

static int32_t select_token(const Selection *q) {
    const char *end = q->token + q->length;
    if (q->length == 3 && !memcmp(q->token, "all", 3)) return mark(q, 0, q->s->length - 1);
    if (*q->token == '#') return select_index(q);

    const char *colon = memchr(q->token, ':', (size_t)q->length);
    int32_t status = WEFT_OK;
    if (colon) {
        int32_t chain = find_chain(q->s, q->token, (size_t)(colon - q->token));
        if (chain >= 0) {
            if (colon + 1 == end) return select_chain(q, chain);
            return select_residues(q, chain, colon + 1, &status) == NOT_RESIDUES ? fail_token(q) : status;
        }
    }
    int32_t whole = find_chain(q->s, q->token, (size_t)q->length);
    int32_t chain = is_letter(*q->token) ? find_chain(q->s, q->token, 1) : -1;
    if (chain >= 0 && q->length > 1) {
        Outcome outcome = select_residues(q, chain, q->token + 1, &status);
        if (outcome == RESIDUES_DONE || (outcome == RESIDUES_MISSING && whole < 0)) return status;
    }
    if (whole >= 0) return select_chain(q, whole);
    Residue ignored;
    int has_residue = q->length > 1 && read_residue(q->token + 1, end, &ignored) != NULL;
    return chain < 0 && (colon || has_residue || q->length <= 4) ? fail_chain(q) : fail_token(q);
}

/* ---- The list ------------------------------------------------------------------------------------------ */

static int is_separator(char c) { return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r'; }

static const char *skip_separators(const char *at) {
    while (is_separator(*at)) at++;
    return at;
}

int32_t select_parse(const WeftStructure *s, const char *text, uint8_t *mask) {
    Selection q = {.s = s, .text = text, .mask = mask};
    int32_t selected = 0;
    const char *at = skip_separators(text);
    int inverted = *at == '!';
    if (inverted) at = skip_separators(at + 1);
    if (!*at) return base_fail(WEFT_BAD_REQUEST, (int32_t)(at - text), "selection: nothing is named");
    memset(mask, 0, (size_t)s->length);
    for (; *at; at = skip_separators(at)) {
        q.token = at;
        while (*at && !is_separator(*at)) at++;
        if (at - q.token > INT32_MAX / 2) return base_fail(WEFT_BAD_REQUEST, -1, "selection: too long");
        q.length = (int32_t)(at - q.token);
        int32_t status = select_token(&q);
        if (status < 0) return status;
    }
    for (int32_t i = 0; i < s->length; i++) {
        mask[i] ^= (uint8_t)inverted;
        selected += mask[i];
    }
    if (!selected) return base_fail(WEFT_BAD_REQUEST, 0, "selection: '%.60s' leaves no residue", text);
    return selected;
}
