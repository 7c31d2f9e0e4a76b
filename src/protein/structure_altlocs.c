/* SPDX-License-Identifier: MIT
 *
 * Alternate locations: which atoms of a residue are read where the file has several of one name, and which name where
 * it has several residues at one position.
 */
#include "structure_build.h"

#include <string.h>

enum { NAMES_AT_ONE_NUMBER = 8, LABELS = 16, FULL = (1 << BACKBONE_COUNT) - 1 };

/* Occupancies have two or three decimals; means that are nearer are the same. */
static const double SAME_OCCUPANCY = 1e-4;

/* Two residue names at one position: the name with the higher occupancy of its CA stays, on a tie the
 * first. */
static void choose_name(const StructureBuilder *b, BuildResidue *r) {
    char names[NAMES_AT_ONE_NUMBER][8];
    float occupancy[NAMES_AT_ONE_NUMBER];
    int32_t count = 0, best = 0;
    for (int32_t a = r->first; a >= 0; a = b->atom[a].next) {
        const AtomRecord *atom = &b->atom[a].record;
        int32_t i = 0;
        while (i < count && strcmp(names[i], atom->residue)) i++;
        if (i == NAMES_AT_ONE_NUMBER) continue;
        if (i == count) {
            memcpy(names[count], atom->residue, sizeof names[count]);
            occupancy[count++] = -1.0f;
        }
        if (occupancy[i] < 0.0f && !strcmp(atom->name, "CA")) occupancy[i] = atom->occupancy;
    }
    for (int32_t i = 1; i < count; i++)
        if (occupancy[i] > occupancy[best]) best = i;
    memcpy(r->name, names[best], sizeof r->name);
}

/* The atoms of a residue with one label. */
typedef struct Conformer {
    char label;
    char name[8];            /* of its first atom; of its CA where it has one */
    int32_t atoms, backbone; /* backbone: a bit for each atom of it */
    double occupancy;        /* sum */
} Conformer;

static Conformer *find_label(Conformer *list, int32_t *count, const AtomRecord *a) {
    for (int32_t i = 0; i < *count; i++)
        if (list[i].label == a->altloc) return &list[i];
    if (*count == LABELS) return NULL;
    Conformer *fresh = &list[(*count)++];
    *fresh = (Conformer){.label = a->altloc};
    memcpy(fresh->name, a->residue, sizeof fresh->name);
    return fresh;
}

/* The labels of a residue in the order of the file; *shared becomes the backbone atoms without one. */
static int32_t list_labels(const StructureBuilder *b, const BuildResidue *r, Conformer *list, int32_t *shared) {
    int32_t count = 0;
    *shared = 0;
    for (int32_t at = r->first; at >= 0; at = b->atom[at].next) {
        const AtomRecord *a = &b->atom[at].record;
        int32_t k = structure_backbone_index(a->name), bit = k < 0 ? 0 : 1 << k;
        if (a->altloc == ' ') {
            *shared |= bit;
            continue;
        }
        Conformer *c = find_label(list, &count, a);
        if (!c) continue;
        c->atoms++;
        c->backbone |= bit;
        c->occupancy += a->occupancy;
        if (k == BACKBONE_CA) memcpy(c->name, a->residue, sizeof c->name);
    }
    return count;
}

/* A conformer that has the whole backbone goes before one that has not; then the higher mean occupancy. */
static int is_better(const Conformer *a, const Conformer *b, int32_t shared) {
    int a_full = (a->backbone | shared) == FULL, b_full = (b->backbone | shared) == FULL;
    if (a_full != b_full) return a_full;
    return a->occupancy / a->atoms > b->occupancy / b->atoms + SAME_OCCUPANCY;
}

void structure_altlocs_choose(const StructureBuilder *b, BuildResidue *r) {
    Conformer list[LABELS];
    int32_t shared, best = 0;
    int32_t count = b->altloc == WEFT_ALTLOC_OCCUPANCY ? list_labels(b, r, list, &shared) : 0;
    for (int32_t i = 1; i < count; i++)
        if (is_better(&list[i], &list[best], shared)) best = i;
    if (count) r->altloc = list[best].label;
    if (!r->mixed) return;
    if (count)
        memcpy(r->name, list[best].name, sizeof r->name);
    else
        choose_name(b, r);
}
