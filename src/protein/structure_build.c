/* SPDX-License-Identifier: MIT
 *
 * Atom records -> residues. Records that follow each other with the same chain, number and insertion code
 * form a run; a run joins an earlier residue of the same key or starts a new one.
 */
#include "structure_build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Unlabelled atoms of one name and number that lie further apart belong to different residues: two
 * conformers of an atom are nearer, the same atom of bonded neighbours is not (N to N is at least 2.4
 * angstrom). */
static const float SAME_ATOM_REACH = 2.0f;

static const char BACKBONE_NAMES[BACKBONE_COUNT][3] = {"N", "CA", "C", "O"};

int32_t structure_backbone_index(const char *atom_name) {
    for (int32_t k = 0; k < BACKBONE_COUNT; k++)
        if (!strcmp(BACKBONE_NAMES[k], atom_name)) return k;
    return -1;
}

const char *structure_backbone_name(int32_t index) { return BACKBONE_NAMES[index]; }

StructureBuilder *structure_build_open(size_t expected) {
    Arena *arena = arena_open();
    if (!arena) return NULL;
    StructureBuilder *b = ARENA_TAKE(arena, StructureBuilder, 1);
    size_t room = expected < 64 ? 64 : expected < STRUCTURE_MAX_ATOMS ? expected : STRUCTURE_MAX_ATOMS;
    BuildAtom *atom = b ? ARENA_TAKE(arena, BuildAtom, room) : NULL;
    StructureIssue *issue = atom ? ARENA_TAKE(arena, StructureIssue, STRUCTURE_MAX_ISSUES) : NULL;
    if (!issue) {
        arena_free(arena);
        return NULL;
    }
    *b = (StructureBuilder){.arena = arena, .atom = atom, .atom_room = (int32_t)room, .issue = issue};
    return b;
}

void structure_build_free(StructureBuilder *b) {
    if (b) arena_free(b->arena); /* the struct itself lies in its arena */
}

/* Makes room for one more item, at least doubling; the old array stays in the scratch arena until it is
 * freed. */
static WeftStatus grow(Arena *arena, void **items, size_t size, int32_t count, int32_t *room) {
    if (count < *room) return WEFT_OK;
    size_t wider = *room ? (size_t)*room * 2 : 64;
    void *fresh = arena_take(arena, wider, size);
    if (!fresh) return WEFT_NO_MEMORY;
    if (count) memcpy(fresh, *items, (size_t)count * size);
    *items = fresh;
    *room = (int32_t)wider;
    return WEFT_OK;
}

int32_t structure_build_chain(StructureBuilder *b, const char *name) {
    void *items = b->chain_name;
    if (grow(b->arena, &items, sizeof *b->chain_name, b->chain_count, &b->chain_room)) return WEFT_NO_MEMORY;
    b->chain_name = items;
    size_t bytes = strlen(name) + 1;
    char *copy = ARENA_TAKE(b->arena, char, bytes);
    if (!copy) return WEFT_NO_MEMORY;
    memcpy(copy, name, bytes);
    b->chain_name[b->chain_count] = copy;
    return b->chain_count++;
}

void structure_build_issue(StructureBuilder *b, int32_t line, const char *format, ...) {
    char text[512];
    if (b->issue_count == STRUCTURE_MAX_ISSUES) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t bytes = strlen(text) + 1;
    char *copy = ARENA_TAKE(b->arena, char, bytes);
    if (!copy) {
        b->failed = WEFT_NO_MEMORY;
        return;
    }
    memcpy(copy, text, bytes);
    b->issue[b->issue_count++] = (StructureIssue){copy, line};
}

/* ---- The table of residues ----------------------------------------------------------------------------- */

static uint32_t hash_key(int32_t chain, int32_t number, char insertion) {
    uint32_t h =
        (uint32_t)chain * 0x9E3779B1u ^ (uint32_t)number * 0x85EBCA77u ^ (uint8_t)insertion * 0xC2B2AE3Du;
    h ^= h >> 15;
    h *= 0x2C1B3C6Du;
    return h ^ h >> 13;
}

/* The slot that holds the key, or the empty slot where it belongs. */
static int32_t find_slot(const StructureBuilder *b, int32_t chain, int32_t number, char insertion) {
    uint32_t mask = (uint32_t)b->table_size - 1, slot = hash_key(chain, number, insertion) & mask;
    for (; b->table[slot] >= 0; slot = (slot + 1) & mask) {
        const BuildResidue *r = &b->residue[b->table[slot]];
        if (r->chain == chain && r->number == number && r->insertion == insertion) break;
    }
    return (int32_t)slot;
}

/* Keeps the table at most half full. Residues stand in it once per key, the latest of each. */
static WeftStatus widen_table(StructureBuilder *b) {
    if (b->residue_count * 2 < b->table_size) return WEFT_OK;
    int32_t old_size = b->table_size, *old = b->table;
    int32_t size = old_size ? old_size * 4 : 256;
    int32_t *fresh = ARENA_TAKE(b->arena, int32_t, (size_t)size);
    if (!fresh) return WEFT_NO_MEMORY;
    memset(fresh, -1, (size_t)size * sizeof *fresh);
    b->table = fresh;
    b->table_size = size;
    for (int32_t i = 0; i < old_size; i++) {
        if (old[i] < 0) continue;
        const BuildResidue *r = &b->residue[old[i]];
        b->table[find_slot(b, r->chain, r->number, r->insertion)] = old[i];
    }
    return WEFT_OK;
}

int32_t structure_build_find(const StructureBuilder *b, int32_t chain, int32_t number, char insertion) {
    return b->table_size ? b->table[find_slot(b, chain, number, insertion)] : -1;
}

/* ---- Runs ---------------------------------------------------------------------------------------------- */

static char altloc_of(const StructureBuilder *b, int32_t atom) { return b->atom[atom].record.altloc; }

/* 1 where a run belongs to an earlier residue of the same key: side-chain atoms, hydrogens or another
 * conformer listed later in the file. A run that brings the backbone once more is a residue of its own
 * (numbering that starts again); one backbone atom beside a residue that has at least three is a stray
 * double. */
static int joins(const StructureBuilder *b, const BuildResidue *earlier, const BuildResidue *run) {
    if (strcmp(earlier->name, run->name)) {
        int32_t ours = run->backbone[BACKBONE_CA], theirs = earlier->backbone[BACKBONE_CA];
        if (ours < 0 || theirs < 0) return 0;
        return altloc_of(b, ours) != ' ' && altloc_of(b, theirs) != ' ' &&
               altloc_of(b, ours) != altloc_of(b, theirs);
    }
    int had = 0, brought = 0, doubled = 0;
    for (int32_t k = 0; k < BACKBONE_COUNT; k++) {
        int32_t ours = run->backbone[k], theirs = earlier->backbone[k];
        had += theirs >= 0;
        brought += ours >= 0;
        doubled += ours >= 0 && theirs >= 0 && altloc_of(b, ours) == altloc_of(b, theirs);
    }
    return !doubled || (brought == 1 && had >= 3);
}

static void join(StructureBuilder *b, BuildResidue *earlier, const BuildResidue *run) {
    b->atom[earlier->last].next = run->first;
    earlier->last = run->last;
    earlier->mixed |= run->mixed | (strcmp(earlier->name, run->name) != 0);
    earlier->hetero &= run->hetero;
    earlier->tail &= run->tail;
    earlier->nucleotide |= run->nucleotide;
    for (int32_t k = 0; k < BACKBONE_COUNT; k++)
        if (earlier->backbone[k] < 0) earlier->backbone[k] = run->backbone[k];
}

/* Ends the run that is being read: files it in the table or joins it to an earlier residue. */
WeftStatus structure_build_close(StructureBuilder *b) {
    if (!b->open) return WEFT_OK;
    b->open = 0;
    BuildResidue *run = &b->residue[b->residue_count - 1];
    if (widen_table(b)) return WEFT_NO_MEMORY;
    int32_t slot = find_slot(b, run->chain, run->number, run->insertion), found = b->table[slot];
    if (found >= 0 && joins(b, &b->residue[found], run)) {
        join(b, &b->residue[found], run);
        b->residue_count--;
        return WEFT_OK;
    }
    run->repeated = found >= 0;
    b->table[slot] = b->residue_count - 1;
    return WEFT_OK;
}

/* 1 where the record cannot be another atom of the open run: another key, or a backbone atom that the run
 * already has, under the same label but elsewhere (files that lost their insertion codes). */
static int starts_run(const StructureBuilder *b, const AtomRecord *a) {
    if (!b->open) return 1;
    const BuildResidue *r = &b->residue[b->residue_count - 1];
    if (r->chain != a->chain || r->number != a->number || r->insertion != a->insertion) return 1;
    int32_t k = structure_backbone_index(a->name);
    if (k < 0 || r->backbone[k] < 0) return 0;
    const AtomRecord *had = &b->atom[r->backbone[k]].record;
    if (had->altloc != a->altloc || (a->altloc != ' ' && strcmp(had->residue, a->residue))) return 0;
    float dx = had->xyz[0] - a->xyz[0], dy = had->xyz[1] - a->xyz[1], dz = had->xyz[2] - a->xyz[2];
    return dx * dx + dy * dy + dz * dz > SAME_ATOM_REACH * SAME_ATOM_REACH;
}

static WeftStatus open_run(StructureBuilder *b, const AtomRecord *a) {
    if (structure_build_close(b)) return WEFT_NO_MEMORY;
    void *items = b->residue;
    if (grow(b->arena, &items, sizeof *b->residue, b->residue_count, &b->residue_room)) return WEFT_NO_MEMORY;
    b->residue = items;
    BuildResidue *r = &b->residue[b->residue_count++];
    *r = (BuildResidue){.chain = a->chain,
                        .number = a->number,
                        .line = a->line,
                        .first = -1,
                        .last = -1,
                        .backbone = {-1, -1, -1, -1},
                        .insertion = a->insertion,
                        .hetero = 1,
                        .tail = 1};
    memcpy(r->name, a->residue, sizeof r->name);
    b->open = 1;
    return WEFT_OK;
}

WeftStatus structure_build_atom(StructureBuilder *b, const AtomRecord *record) {
    if (b->atom_count == STRUCTURE_MAX_ATOMS)
        return base_fail(WEFT_BAD_STRUCTURE, record->line, "the structure has more than %d million atoms",
                         STRUCTURE_MAX_ATOMS / 1000000);
    void *items = b->atom;
    if (grow(b->arena, &items, sizeof *b->atom, b->atom_count, &b->atom_room)) return WEFT_NO_MEMORY;
    b->atom = items;
    if (starts_run(b, record) && open_run(b, record)) return WEFT_NO_MEMORY;

    int32_t index = b->atom_count++;
    b->atom[index] = (BuildAtom){*record, -1};
    BuildResidue *r = &b->residue[b->residue_count - 1];
    if (r->first < 0)
        r->first = index;
    else
        b->atom[r->last].next = index;
    r->last = index;
    r->hetero &= record->hetero;
    r->tail &= record->tail;
    r->mixed |= strcmp(r->name, record->residue) != 0;
    r->nucleotide |= !strcmp(record->name, "C1'") || !strcmp(record->name, "C1*");
    int32_t k = structure_backbone_index(record->name);
    if (k >= 0 && r->backbone[k] < 0) r->backbone[k] = index;
    return WEFT_OK;
}
