/* SPDX-License-Identifier: MIT */
#include "pdb_line.h"

#include <string.h>

#include "residue.h"

/* ---- Fields -------------------------------------------------------------------------------------------- */

char pdb_line_column(const PdbLine *l, size_t number) {
    char c = number <= l->length ? l->text[number - 1] : ' ';
    return c == '\t' || c == '\0' ? ' ' : c;
}

void pdb_line_field(const PdbLine *l, size_t first, size_t last, char *out) {
    while (first <= last && pdb_line_column(l, first) == ' ') first++;
    while (last >= first && pdb_line_column(l, last) == ' ') last--;
    size_t length = 0;
    for (size_t i = first; i <= last; i++) {
        char c = pdb_line_column(l, i);
        out[length++] = c > ' ' && c < 127 ? c : '?';
    }
    out[length] = '\0';
}

int pdb_line_decimal(const char *text, double *value) {
    double mantissa = 0, scale = 1;
    int digits = 0, negative = *text == '-', exponent = 0;
    if (*text == '-' || *text == '+') text++;
    for (; *text >= '0' && *text <= '9'; text++, digits++) mantissa = mantissa * 10 + (*text - '0');
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9'; text++, digits++, scale *= 10)
            mantissa = mantissa * 10 + (*text - '0');
    if (!digits) return 0;
    if (*text == 'e' || *text == 'E') {
        int down = text[1] == '-';
        text += text[1] == '-' || text[1] == '+' ? 2 : 1;
        if (!*text) return 0;
        for (; *text >= '0' && *text <= '9' && exponent < 100; text++)
            exponent = exponent * 10 + (*text - '0');
        for (; exponent > 0; exponent--) *(down ? &scale : &mantissa) *= 10;
    }
    *value = negative ? -(mantissa / scale) : mantissa / scale;
    return !*text;
}

int pdb_line_number(const char *text, int32_t *value) {
    int32_t sum = 0, negative = *text == '-';
    if (negative || *text == '+') text++;
    if (!*text) return 0;
    int32_t first = *text;
    int upper = first >= 'A' && first <= 'Z', lower = first >= 'a' && first <= 'z';
    if (upper || lower) {
        if (strlen(text) != 4 || negative) return 0;
        for (; *text; text++) {
            int32_t digit = *text - '0';
            if (digit > 9) digit = *text - (upper ? 'A' : 'a') + 10;
            if (digit < 0 || digit > 35 || (digit > 9 && *text < (upper ? 'A' : 'a'))) return 0;
            sum = sum * 36 + digit;
        }
        *value = sum - 10 * 36 * 36 * 36 + 10000 + (lower ? 26 * 36 * 36 * 36 : 0);
        return 1;
    }
    for (int digits = 0; *text >= '0' && *text <= '9' && digits < 9; text++, digits++)
        sum = sum * 10 + (*text - '0');
    *value = negative ? -sum : sum;
    return !*text;
}

static const char ELEMENTS[] = " H D HE LI BE B C N O F NE NA MG AL SI P S CL AR K CA SC TI V CR MN FE CO NI "
                               "CU ZN GA GE AS SE BR KR RB SR Y ZR NB "
                               "MO TC RU RH PD AG CD IN SN SB TE I XE CS BA LA CE PR ND PM SM EU GD TB DY HO "
                               "ER TM YB LU HF TA W RE OS IR PT AU "
                               "HG TL PB BI PO AT RN FR RA AC TH PA U NP PU AM CM BK CF ";

static int is_element(const char *symbol) {
    char word[5] = " ";
    memcpy(word + 1, symbol, strlen(symbol) + 1);
    memcpy(word + strlen(word), " ", 2);
    return *symbol && strstr(ELEMENTS, word) != NULL;
}

static char upper_case(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

static int is_letter(char c) { return upper_case(c) >= 'A' && upper_case(c) <= 'Z'; }

/* Columns 77-78 where they name an element; else from the atom name, whose symbol ends in column 14,
 * unless the name fills all four columns (HG21) or stands too far left (amino acids and nucleotides have
 * no metal atoms). */
void pdb_line_element(const PdbLine *l, const char *residue, char *out) {
    int8_t letter;
    pdb_line_field(l, 77, 78, out);
    out[0] = upper_case(out[0]);
    if (out[0]) out[1] = upper_case(out[1]);
    if (is_element(out)) return;
    ResidueKind kind = residue_kind(residue, &letter);
    int organic = kind != RESIDUE_OTHER && kind != RESIDUE_WATER;
    char c = upper_case(pdb_line_column(l, 13)), d = upper_case(pdb_line_column(l, 14));
    memcpy(out, (char[3]){0}, 3);
    if (!is_letter(c)) {
        if (is_letter(d)) out[0] = d;
    } else {
        out[0] = c;
        if (!organic && is_letter(d) && pdb_line_column(l, 16) == ' ') out[1] = d;
        if (!is_element(out)) out[1] = '\0';
    }
    if (!is_element(out)) out[0] = '\0';
}

/* ---- Records ------------------------------------------------------------------------------------------- */

int pdb_line_next(PdbText *t, PdbLine *l) {
    if (t->at >= t->count) return 0;
    size_t start = t->at, end = start;
    while (end < t->count && t->text[end] != '\n' && t->text[end] != '\r') end++;
    *l = (PdbLine){t->text + start, end - start, ++t->line};
    t->at = end + 1;
    if (end + 1 < t->count && t->text[end] == '\r' && t->text[end + 1] == '\n') t->at = end + 2;
    return 1;
}

int pdb_line_is(const PdbLine *l, const char *name) {
    size_t length = strlen(name);
    if (l->length < length || memcmp(l->text, name, length)) return 0;
    char c = pdb_line_column(l, length + 1);
    return c == ' ' || (c >= '0' && c <= '9');
}

/* Nothing parts HETATM from a serial of five characters, which may be anything. */
int pdb_line_is_atom(const PdbLine *l) {
    return pdb_line_is(l, "ATOM") || (l->length >= 6 && !memcmp(l->text, "HETATM", 6));
}

/* MODEL with a number or nothing behind it; other text may begin with the word. */
static int is_model(const PdbLine *l) {
    if (!pdb_line_is(l, "MODEL")) return 0;
    for (size_t i = 6; i <= l->length && i <= 20; i++) {
        char c = pdb_line_column(l, i);
        if (c != ' ' && (c < '0' || c > '9')) return 0;
    }
    return 1;
}

int32_t pdb_line_model(const PdbLine *l) {
    int32_t number = -1;
    size_t i = 6;
    if (!is_model(l)) return -1;
    while (i <= 20 && pdb_line_column(l, i) == ' ') i++;
    for (; i <= 20 && pdb_line_column(l, i) != ' '; i++) {
        if (number > 99999999) return -1;
        number = (number < 0 ? 0 : number * 10) + (pdb_line_column(l, i) - '0');
    }
    return number;
}

int pdb_line_is_end(const PdbLine *l) {
    return pdb_line_is(l, "ENDMDL") || pdb_line_is(l, "END") || pdb_line_is(l, "HEADER") || is_model(l);
}
