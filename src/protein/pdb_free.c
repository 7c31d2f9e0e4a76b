/* SPDX-License-Identifier: MIT */
#include "pdb_free.h"

#include <math.h>
#include <string.h>

enum { FIELDS = 10, WORD = 16, NUMBERS = 5 }; /* behind the record name, with a chain; x y z charge radius */

/* Words behind the record name; -1 where there are too many, or one is too long. */
static int32_t split(const PdbLine *l, char words[FIELDS][WORD]) {
    size_t at = l->text[0] == 'H' ? 7 : 5; /* HETATM, ATOM: the serial may follow at once */
    int32_t count = 0;
    while (at <= l->length) {
        size_t length = 0;
        while (at <= l->length && pdb_line_column(l, at) == ' ') at++;
        if (at > l->length) break;
        if (count == FIELDS) return -1;
        for (; at <= l->length && pdb_line_column(l, at) != ' '; at++) {
            if (length == WORD - 1) return -1;
            char c = pdb_line_column(l, at);
            words[count][length++] = c > ' ' && c < 127 ? c : '?';
        }
        words[count++][length] = '\0';
    }
    return count;
}

/* A number and perhaps an insertion code; a chain's letter may stand before it. */
static int read_place(char *word, AtomRecord *a, char *chain) {
    size_t length = strlen(word);
    char last = word[length - 1];
    a->insertion = ' ';
    if (!(*word >= '0' && *word <= '9') && *word != '-' && chain) *chain = *word++, length--;
    if (length > 1 && !(last >= '0' && last <= '9')) {
        a->insertion = last;
        word[length - 1] = '\0';
    }
    return (*word == '-' || (*word >= '0' && *word <= '9')) && pdb_line_number(word, &a->number);
}

/* The element by the columns that the name would have in a PDB file. */
static void guess_element(AtomRecord *a) {
    char columns[17];
    int left = strlen(a->name) == 4 || !strcmp(a->name, a->residue) || (*a->name >= '0' && *a->name <= '9');
    memset(columns, ' ', sizeof columns);
    memcpy(columns + (left ? 12 : 13), a->name, strlen(a->name));
    pdb_line_element(&(PdbLine){columns, 16, 0}, a->residue, a->element);
}

int pdb_free_read(const PdbLine *l, AtomRecord *a, char chain[2]) {
    char words[FIELDS][WORD];
    double value[NUMBERS];
    int32_t count = split(l, words), fixed = FIELDS - 1 - NUMBERS; /* serial, name, residue, number */
    if (count != FIELDS && count != FIELDS - 1) return 0;
    int32_t place = count == FIELDS ? fixed : fixed - 1;
    if (strlen(words[1]) > 4 || strlen(words[2]) > 4 || strlen(words[3]) > (count == FIELDS ? 2 : WORD))
        return 0;
    for (int32_t i = 0; i < NUMBERS; i++)
        if (!pdb_line_decimal(words[place + 1 + i], &value[i]) || !(fabsf((float)value[i]) < 1e8f)) return 0;
    memset(chain, ' ', 2);
    if (count == FIELDS) memcpy(chain + 2 - strlen(words[3]), words[3], strlen(words[3]));
    if (!read_place(words[place], a, count == FIELDS ? NULL : chain + 1)) return 0;
    memset(a->name, 0, sizeof a->name);
    memset(a->residue, 0, sizeof a->residue);
    memcpy(a->name, words[1], strlen(words[1]));
    memcpy(a->residue, words[2], strlen(words[2]));
    for (int32_t i = 0; i < 3; i++) a->xyz[i] = (float)value[i];
    guess_element(a);
    return 1;
}

/* 1 where the columns of PDB files hold the coordinates of the record and an occupancy, or nothing, behind them. */
static int fits_columns(const PdbLine *l, const AtomRecord *a) {
    char text[9];
    double value;
    for (size_t i = 0; i < 3; i++) {
        pdb_line_field(l, 31 + 8 * i, 38 + 8 * i, text);
        if (!pdb_line_decimal(text, &value) || (float)value != a->xyz[i]) return 0;
    }
    pdb_line_field(l, 55, 60, text);
    return !*text || (pdb_line_decimal(text, &value) && value >= 0);
}

int pdb_free_is(PdbText t) {
    PdbLine l;
    AtomRecord a;
    char chain[2];
    int misfits = 0;
    while (pdb_line_next(&t, &l)) {
        if (!pdb_line_is_atom(&l)) continue;
        if (!pdb_free_read(&l, &a, chain)) return 0;
        misfits |= !fits_columns(&l, &a);
    }
    return misfits;
}
