/* SPDX-License-Identifier: MIT */
#include "structure.h"

#include <stdio.h>
#include <string.h>

void structure_free(WeftStructure *s) {
    if (s) arena_free(s->arena); /* the struct itself lies in its arena */
}

int32_t structure_atom_index(const WeftStructure *s, int32_t row, const char *name) {
    for (int32_t a = s->first_atom[row]; a < s->first_atom[row + 1]; a++)
        if (!strcmp(s->atom_name[a], name)) return a;
    return -1;
}

const float *structure_atom(const WeftStructure *s, int32_t row, const char *name) {
    int32_t atom = structure_atom_index(s, row, name);
    return atom < 0 ? NULL : s->xyz[atom];
}

static int is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* Only a name of one letter can stand before a number without a colon. */
static int needs_colon(const char *chain) { return !is_letter(chain[0]) || chain[1]; }

const char *structure_row_name(const WeftStructure *s, int32_t row, char *out, size_t size) {
    const char *chain = s->chain_name[s->chain[row]];
    char code = s->insertion[row];
    const char insertion[2] = {code == ' ' ? '\0' : code, '\0'};
    if (code != ' ' && !is_letter(code))
        snprintf(out, size, "#%d", (int)row + 1);
    else
        snprintf(out, size, "%s%s%d%s", chain, needs_colon(chain) ? ":" : "", (int)s->number[row], insertion);
    return out;
}
