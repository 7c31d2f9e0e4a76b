/* SPDX-License-Identifier: MIT
 *
 * Rows -> the structure: names of chains, the atoms of each row, the mask, and what is worth telling about
 * them.
 */
#include "structure_build.h"

#include <stdio.h>
#include <string.h>

WeftStructure *structure_open(const StructureLayout *l) {
    Arena *arena = arena_open();
    if (!arena) return NULL;
    size_t n = (size_t)l->rows, a = (size_t)l->atoms, chains = (size_t)l->chains;
    WeftStructure *s = ARENA_TAKE(arena, WeftStructure, 1);
    int ok = s != NULL;
#define COLUMN(field, count) (ok = ok && (s->field = arena_take(arena, (count), sizeof *s->field)) != NULL)
    COLUMN(letter, n);
    COLUMN(mask, n);
    COLUMN(carbon, n);
    COLUMN(unknown, n);
    COLUMN(number, n);
    COLUMN(insertion, n);
    COLUMN(chain, n);
    COLUMN(name, n);
    COLUMN(first_atom, n + 1);
    COLUMN(origin, n);
    COLUMN(label_chain, n);
    COLUMN(label_number, n);
    COLUMN(chain_name, chains);
    COLUMN(chain_start, chains + 1);
    COLUMN(atom_name, a);
    COLUMN(element, a);
    COLUMN(altloc, a);
    COLUMN(occupancy, a);
    COLUMN(b_factor, a);
    COLUMN(xyz, a);
#undef COLUMN
    if (!ok) {
        arena_free(arena);
        return NULL;
    }
    s->arena = arena;
    s->length = l->rows;
    s->chain_count = l->chains;
    return s;
}

const char *structure_keep(WeftStructure *s, const char *text) {
    size_t bytes = strlen(text) + 1;
    char *copy = ARENA_TAKE(s->arena, char, bytes);
    if (copy) memcpy(copy, text, bytes);
    return copy;
}

/* The next of "_", "_2", "_3" ... that no chain of the file has. */
static void make_name(const StructureBuilder *b, const int32_t *taken, int32_t taken_count, int32_t *blank,
                      char *out, size_t size) {
    for (int clash = 1; clash;) {
        ++*blank;
        if (*blank > 1)
            snprintf(out, size, "_%d", (int)*blank);
        else
            snprintf(out, size, "_");
        clash = 0;
        for (int32_t i = 0; i < taken_count && !clash; i++) clash = !strcmp(b->chain_name[taken[i]], out);
    }
}

/* Names the chains that have rows. */
static WeftStatus name_chains(const StructureBuilder *b, const StructureLayout *l, WeftStructure *s) {
    int32_t *taken = ARENA_TAKE(b->arena, int32_t, (size_t)b->chain_count);
    int32_t taken_count = 0, blank = 0;
    if (!taken) return WEFT_NO_MEMORY;
    for (int32_t c = 0; c < b->chain_count; c++)
        if (b->chain_name[c][0] == '_') taken[taken_count++] = c;
    for (int32_t c = 0; c < b->chain_count; c++) {
        if (l->rank[c] < 0) continue;
        const char *name = b->chain_name[c];
        char made[16];
        if (!*name) {
            make_name(b, taken, taken_count, &blank, made, sizeof made);
            name = made;
        }
        s->chain_name[l->rank[c]] = structure_keep(s, name);
        if (!s->chain_name[l->rank[c]]) return WEFT_NO_MEMORY;
    }
    memcpy(s->chain_start, l->start, ((size_t)l->chains + 1) * sizeof *s->chain_start);
    return WEFT_OK;
}

/* Atom names of the row being filled: a hash set that forgets everything when the stamp moves on. */
typedef struct NameSet {
    uint32_t *key;
    int32_t *stamp, now;
    uint32_t mask;
} NameSet;

/* 1 where the name is new to the row. */
static int is_new_name(NameSet *set, const char *name) {
    uint32_t key = 0;
    memcpy(&key, name, 4); /* names have at most four letters; the bytes behind the NUL are zero */
    uint32_t slot = (key * 0x9E3779B1u) >> 7 & set->mask;
    for (; set->stamp[slot] == set->now; slot = (slot + 1) & set->mask)
        if (set->key[slot] == key) return 0;
    set->key[slot] = key;
    set->stamp[slot] = set->now;
    return 1;
}

typedef struct Filler {
    StructureBuilder *b;
    WeftStructure *s;
    NameSet names;
    ReportList mixed, nameless, incomplete, unseen, repeated, gaps;
    ReportList conformers, doubled; /* rows with atoms that lost to another one of their name */
    ReportTally parents, mirrors;
    int32_t lone; /* rows without N, C and O */
} Filler;

static void put_atom(WeftStructure *s, const AtomRecord *a) {
    int32_t i = s->atom_count++;
    memcpy(s->atom_name[i], a->name, sizeof s->atom_name[i]);
    memcpy(s->element[i], a->element, sizeof s->element[i]);
    memcpy(s->xyz[i], a->xyz, sizeof s->xyz[i]);
    s->altloc[i] = a->altloc;
    s->occupancy[i] = a->occupancy;
    s->b_factor[i] = a->b_factor;
}

/* What became of a row's atoms. */
typedef struct Dropped {
    int labelled, doubled; /* 1: some had an alternate location, or none and the same name as another */
} Dropped;

/* The first atom of each name, of the chosen alternate location; where two residues share a position, those of the
 * chosen name and then the unlabelled backbone atoms that both share. */
static Dropped put_atoms(Filler *f, const BuildResidue *r) {
    Dropped dropped = {0, 0};
    f->names.now++;
    for (int32_t a = r->first; a >= 0; a = f->b->atom[a].next) {
        const AtomRecord *atom = &f->b->atom[a].record;
        int labelled = atom->altloc != ' ', other = labelled && r->altloc && atom->altloc != r->altloc;
        if (r->mixed && strcmp(atom->residue, r->name)) continue;
        if (!other && is_new_name(&f->names, atom->name)) {
            put_atom(f->s, atom);
            continue;
        }
        dropped.labelled |= labelled;
        dropped.doubled |= !labelled;
    }
    if (!r->mixed) return dropped;
    for (int32_t a = r->first; a >= 0; a = f->b->atom[a].next) {
        const AtomRecord *atom = &f->b->atom[a].record;
        if (atom->altloc != ' ' || structure_backbone_index(atom->name) < 0) continue;
        if (is_new_name(&f->names, atom->name)) put_atom(f->s, atom);
    }
    return dropped;
}

/* Sets the masks and notes what the backbone lacks. */
static void check_backbone(Filler *f, int32_t row, const BuildResidue *r, const char *label) {
    WeftStructure *s = f->s;
    char missing[16] = "";
    int seen = 0;
    for (int32_t k = 0; k < BACKBONE_COUNT; k++) {
        int32_t atom = structure_atom_index(s, row, structure_backbone_name(k));
        if (atom >= 0)
            seen |= s->occupancy[atom] > 0.0f;
        else
            snprintf(missing + strlen(missing), sizeof missing - strlen(missing), "%s%s", *missing ? " " : "",
                     structure_backbone_name(k));
    }
    s->mask[row] = !*missing;
    s->carbon[row] = structure_atom(s, row, "CA") != NULL;
    f->lone += !structure_atom(s, row, "N") && !structure_atom(s, row, "C") && !structure_atom(s, row, "O");
    if (*missing)
        structure_report_item(&f->incomplete, r->line, "%s (no %s)", label, missing);
    else if (!seen)
        structure_report_item(&f->unseen, r->line, "%s", label);
}

/* Notes what became of the row's name, number and atoms. */
static void note_row(Filler *f, int32_t row, const BuildResidue *r, Dropped dropped, const char *label) {
    WeftStructure *s = f->s;
    char before[48];
    if (row && s->chain[row] == s->chain[row - 1] && s->number[row] - 1 > s->number[row - 1])
        structure_report_item(&f->gaps, r->line, "%s to %s",
                              structure_row_name(s, row - 1, before, sizeof before), label);
    if (dropped.labelled && r->altloc)
        structure_report_item(&f->conformers, r->line, "%s as %c", label, r->altloc);
    else if (dropped.labelled)
        structure_report_item(&f->conformers, r->line, "%s", label);
    if (dropped.doubled) structure_report_item(&f->doubled, r->line, "%s", label);
    if (r->mixed) structure_report_item(&f->mixed, r->line, "%s as %s", label, r->name);
    if (r->repeated) structure_report_item(&f->repeated, r->line, "%s %s", label, r->name);
    if (s->unknown[row])
        structure_report_item(&f->nameless, r->line, "%s %s", label, r->name);
    else if (!residue_is_canonical(r->name))
        structure_report_count(&f->parents, r->name, r->letter);
    if (residue_is_mirrored(r->name)) structure_report_count(&f->mirrors, r->name, WEFT_LETTER_X);
}

static void put_row(Filler *f, int32_t row, const StructureLayout *l) {
    WeftStructure *s = f->s;
    const BuildResidue *r = &f->b->residue[l->order[row]];
    char label[48];
    s->letter[row] = r->letter;
    s->unknown[row] = r->letter == WEFT_LETTER_X;
    s->number[row] = r->number;
    s->insertion[row] = r->insertion;
    s->chain[row] = l->rank[r->chain];
    memcpy(s->name[row], r->name, sizeof s->name[row]);
    s->origin[row] = row;
    s->first_atom[row] = s->atom_count;
    Dropped dropped = put_atoms(f, r);
    s->first_atom[row + 1] = s->atom_count;
    structure_row_name(s, row, label, sizeof label);
    check_backbone(f, row, r, label);
    note_row(f, row, r, dropped, label);
}

/* Names and numbers of the other numbering; the residue's first atom says them. */
static WeftStatus label_rows(StructureBuilder *b, const StructureLayout *l, WeftStructure *s) {
    const char **kept = ARENA_TAKE(b->arena, const char *, (size_t)b->chain_count);
    if (!kept) return WEFT_NO_MEMORY;
    for (int32_t row = 0; row < s->length; row++) {
        const AtomRecord *a = &b->atom[b->residue[l->order[row]].first].record;
        int32_t name = a->label_chain - 1;
        s->label_chain[row] = "";
        s->label_number[row] = name < 0 ? STRUCTURE_NO_LABEL : a->label_number;
        if (name < 0) continue;
        if (!kept[name] && !(kept[name] = structure_keep(s, b->chain_name[name]))) return WEFT_NO_MEMORY;
        s->label_chain[row] = kept[name];
    }
    return WEFT_OK;
}

static void report_list(StructureBuilder *b, ReportList *list, const char *what) {
    if (list->count) structure_build_issue(b, list->line, "%s: %s", what, structure_report_close(list));
}

static void report_names(Filler *f) {
    StructureBuilder *b = f->b;
    char text[320];
    if (structure_report_tally(&f->parents, text, sizeof text))
        structure_build_issue(b, -1, "read as the amino acid they derive from: %s", text);
    report_list(b, &f->nameless, "residues without a standard letter are X");
    if (structure_report_tally(&f->mirrors, text, sizeof text))
        structure_build_issue(b, -1, "D-amino acids, whose backbone is the mirror image, stay X: %s", text);
    report_list(b, &f->mixed, "positions with two residue names are read as the one of higher occupancy");
    report_list(b, &f->repeated, "residue numbers that occur again are kept as further residues");
    snprintf(text, sizeof text, "%d numbering gap%s", (int)f->gaps.count, f->gaps.count == 1 ? "" : "s");
    report_list(b, &f->gaps, text);
}

static void report_backbones(Filler *f) {
    const WeftStructure *s = f->s;
    char text[320];
    if (f->incomplete.count < s->length)
        snprintf(text, sizeof text, "%d of %d residues lack backbone atoms", (int)f->incomplete.count,
                 (int)s->length);
    else
        snprintf(text, sizeof text, "no residue has the full backbone N, CA, C, O%s",
                 f->lone < s->length          ? ""
                 : s->atom_count == s->length ? " (only CA, which CA-only models need)"
                                              : " (a coarse-grained model: no N, C and O at all)");
    report_list(f->b, &f->incomplete, text);
    report_list(f->b, &f->unseen, "residues whose backbone has occupancy 0 are used like the others");
}

static void report_rows(Filler *f) {
    StructureBuilder *b = f->b;
    char text[320];
    report_names(f);
    report_backbones(f);
    snprintf(text, sizeof text, "alternate locations of %d residue%s: the %s is used",
             (int)f->conformers.count, f->conformers.count == 1 ? "" : "s",
             b->altloc == WEFT_ALTLOC_FIRST ? "first one" : "one of highest occupancy");
    report_list(b, &f->conformers, text);
    report_list(b, &f->doubled, "atoms that occur twice in a residue are read once");
    structure_report_left_out(b);
}

static WeftStatus copy_issues(const StructureBuilder *b, WeftStructure *s) {
    s->issue = ARENA_TAKE(s->arena, StructureIssue, (size_t)b->issue_count);
    if (!s->issue || b->failed) return WEFT_NO_MEMORY;
    for (int32_t i = 0; i < b->issue_count; i++) {
        const char *text = structure_keep(s, b->issue[i].text);
        if (!text) return WEFT_NO_MEMORY;
        s->issue[s->issue_count++] = (StructureIssue){text, b->issue[i].line};
    }
    return WEFT_OK;
}

static WeftStatus fill_structure(StructureBuilder *b, const StructureLayout *l, WeftStructure *s) {
    Filler *f = ARENA_TAKE(b->arena, Filler, 1);
    size_t size = 16;
    while (size < (size_t)l->widest * 2) size *= 2;
    uint32_t *key = f ? ARENA_TAKE(b->arena, uint32_t, size) : NULL;
    int32_t *stamp = key ? ARENA_TAKE(b->arena, int32_t, size) : NULL;
    if (!stamp || name_chains(b, l, s) || label_rows(b, l, s)) return WEFT_NO_MEMORY;
    *f = (Filler){.b = b, .s = s, .names = {key, stamp, 0, (uint32_t)size - 1}};
    for (int32_t row = 0; row < s->length; row++) put_row(f, row, l);
    report_rows(f);
    return copy_issues(b, s);
}

/* 1 where some row has an atom of the backbone. */
static int has_any_backbone(const StructureBuilder *b) {
    for (int32_t i = 0; i < b->residue_count; i++)
        for (int32_t k = 0; b->residue[i].row && k < BACKBONE_COUNT; k++)
            if (b->residue[i].backbone[k] >= 0) return 1;
    return 0;
}

WeftStructure *structure_build_finish(StructureBuilder *b) {
    StructureLayout l;
    if (structure_build_close(b) || structure_rows_decide(b)) return NULL;
    if (!has_any_backbone(b)) {
        structure_report_no_rows(b);
        return NULL;
    }
    if (structure_rows_lay_out(b, &l)) return NULL;
    WeftStructure *s = structure_open(&l);
    if (s && (structure_models_keep(s, &b->models) || fill_structure(b, &l, s))) {
        structure_free(s);
        return NULL;
    }
    return s;
}
