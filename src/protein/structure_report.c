/* SPDX-License-Identifier: MIT
 *
 * What the builder tells: lists that stay readable when thousands of residues are meant, and everything that
 * was read but is no row.
 */
#include "structure_build.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ITEMS_SHOWN = 5, CHAINS_SHOWN = 8 };

/* Appends to a text of the given size; what does not fit is cut. */
static void append(char *text, size_t size, const char *format, ...) WEFT_PRINTF(3, 4);
static void append(char *text, size_t size, const char *format, ...) {
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, size - length, format, arguments);
    va_end(arguments);
}

void structure_report_item(ReportList *list, int32_t line, const char *format, ...) {
    if (!list->count) list->line = line;
    if (list->count++ >= ITEMS_SHOWN) return;
    if (*list->text) append(list->text, sizeof list->text, ", ");
    size_t length = strlen(list->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(list->text + length, sizeof list->text - length, format, arguments);
    va_end(arguments);
}

const char *structure_report_close(ReportList *list) {
    if (list->count > ITEMS_SHOWN)
        append(list->text, sizeof list->text, " and %d more", (int)list->count - ITEMS_SHOWN);
    return list->text;
}

void structure_report_count(ReportTally *tally, const char *name, int8_t letter) {
    int32_t i = 0;
    while (i < tally->names && strcmp(tally->item[i].name, name)) i++;
    if (i == REPORT_NAMES) {
        tally->others++;
        return;
    }
    if (i == tally->names) {
        snprintf(tally->item[i].name, sizeof tally->item[i].name, "%s", name);
        tally->item[i].letter = letter;
        tally->names++;
    }
    tally->item[i].count++;
}

int32_t structure_report_tally(const ReportTally *tally, char *out, size_t size) {
    *out = '\0';
    for (int32_t i = 0; i < tally->names; i++) {
        append(out, size, "%s%d %s", i ? ", " : "", (int)tally->item[i].count,
               *tally->item[i].name ? tally->item[i].name : "without a name");
        if (tally->item[i].letter != WEFT_LETTER_X)
            append(out, size, " as %c", WEFT_LETTERS[tally->item[i].letter]);
    }
    if (tally->others) append(out, size, ", %d others", (int)tally->others);
    return tally->names;
}

/* ---- What was not taken over as it stands ------------------------------------------------------------ */

static void report_model(StructureBuilder *b, int chosen) {
    const StructureModels *m = &b->models;
    if (m->count == 1) return;
    if (chosen)
        structure_build_issue(b, -1, "this is model %d; the file has %d models", (int)m->number[m->index],
                              (int)m->count);
    else if (m->largest > b->atom_count)
        structure_build_issue(b, m->line,
                              "only the first of %d models is read: it has %d atoms, the largest has %d",
                              (int)m->count, (int)b->atom_count, (int)m->largest);
    else
        structure_build_issue(b, m->line, "only the first of %d models is read", (int)m->count);
}

void structure_report_reading(StructureBuilder *b, const StructureReading *r) {
    int text = !strcmp(r->place, "line");
    if (r->free_format)
        structure_build_issue(b, -1, "a PQR file: read by white space, without its charges and radii");
    if (r->skipped)
        structure_build_issue(
            b, text ? r->first_skipped : -1,
            "%d atom record%s skipped, the first in %s %d: a coordinate or the residue number cannot be read",
            (int)r->skipped, r->skipped == 1 ? " is" : "s are", r->place, (int)r->first_skipped);
    report_model(b, r->chosen);
    if (r->odd_occupancy)
        structure_build_issue(b, text ? r->first_odd : -1,
                              "%d atom record%s no occupancy from 0 to 1%s, the first in %s %d: 1 is used",
                              (int)r->odd_occupancy, r->odd_occupancy == 1 ? " has" : "s have",
                              text ? " in columns 55-60" : "", r->place, (int)r->first_odd);
}

/* ---- What is no row ------------------------------------------------------------------------------------ */

typedef struct LeftOut {
    int32_t waters, nucleotides, chains; /* chains: those that hold nucleotides */
    ReportTally others;
    char nucleic[320];
} LeftOut;

/* "DNA chain B (11 residues), RNA chain C (3 residues)" */
static WeftStatus list_nucleic(StructureBuilder *b, LeftOut *out) {
    int32_t *dna = ARENA_TAKE(b->arena, int32_t, (size_t)b->chain_count);
    int32_t *rna = dna ? ARENA_TAKE(b->arena, int32_t, (size_t)b->chain_count) : NULL;
    if (!rna) return WEFT_NO_MEMORY;
    for (int32_t i = 0; i < b->residue_count; i++) {
        const BuildResidue *r = &b->residue[i];
        if (r->row) continue;
        dna[r->chain] += r->kind == RESIDUE_DNA;
        rna[r->chain] += r->kind == RESIDUE_RNA || (r->kind == RESIDUE_OTHER && r->nucleotide && !r->hetero);
    }
    for (int32_t c = 0; c < b->chain_count; c++) {
        int32_t count = dna[c] + rna[c];
        if (!count) continue;
        out->nucleotides += count;
        if (out->chains++ >= CHAINS_SHOWN) continue;
        append(out->nucleic, sizeof out->nucleic, "%s%s chain %s (%d residue%s)", out->chains > 1 ? ", " : "",
               !rna[c]   ? "DNA"
               : !dna[c] ? "nucleic acid"
                         : "DNA/RNA",
               *b->chain_name[c] ? b->chain_name[c] : "_", (int)count, count == 1 ? "" : "s");
    }
    if (out->chains > CHAINS_SHOWN)
        append(out->nucleic, sizeof out->nucleic, " and %d more nucleic acid chains",
               (int)out->chains - CHAINS_SHOWN);
    return WEFT_OK;
}

/* Fills text with everything that is no row, "" where there is nothing. */
static void describe_left_out(StructureBuilder *b, LeftOut *out, char *text, size_t size) {
    *text = '\0';
    if (list_nucleic(b, out)) {
        b->failed = WEFT_NO_MEMORY;
        return;
    }
    for (int32_t i = 0; i < b->residue_count; i++) {
        const BuildResidue *r = &b->residue[i];
        if (r->row) continue;
        if (r->kind == RESIDUE_WATER)
            out->waters++;
        else if (r->kind != RESIDUE_DNA && r->kind != RESIDUE_RNA && !(r->nucleotide && !r->hetero))
            structure_report_count(&out->others, r->name, WEFT_LETTER_X);
    }
    append(text, size, "%s", out->nucleic);
    if (out->waters)
        append(text, size, "%s%d water%s", *text ? ", " : "", (int)out->waters, out->waters == 1 ? "" : "s");
    char names[320];
    if (structure_report_tally(&out->others, names, sizeof names))
        append(text, size, "%s%s", *text ? ", " : "", names);
}

void structure_report_left_out(StructureBuilder *b) {
    LeftOut out = {0};
    char text[480];
    describe_left_out(b, &out, text, sizeof text);
    if (*text) structure_build_issue(b, -1, "left out: %s", text);
}

/* 1 where every atom of the rows is a hydrogen. */
static int only_hydrogens(const StructureBuilder *b) {
    for (int32_t a = 0; a < b->atom_count; a++) {
        const char *element = b->atom[a].record.element;
        if (strcmp(element, "H") && strcmp(element, "D")) return 0;
    }
    return 1;
}

void structure_report_no_rows(StructureBuilder *b) {
    LeftOut out = {0};
    char text[400];
    int32_t rows = 0;
    for (int32_t i = 0; i < b->residue_count; i++) rows += b->residue[i].row;
    describe_left_out(b, &out, text, sizeof text);
    if (only_hydrogens(b))
        base_fail(WEFT_BAD_STRUCTURE, -1, "no backbone: all atoms of the file are hydrogens");
    else if (rows)
        base_fail(WEFT_BAD_STRUCTURE, b->residue[0].line,
                  "no backbone: none of the %d residues has an atom N, CA, C or O (a coarse-grained model?); "
                  "the first "
                  "atom is called %s",
                  (int)rows, b->atom[0].record.name);
    else
        base_fail(WEFT_BAD_STRUCTURE, -1, "no protein chain that could be designed: the file holds %s", text);
}
