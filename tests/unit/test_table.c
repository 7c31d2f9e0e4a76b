/* SPDX-License-Identifier: MIT
 *
 * test_table.c - tables of atoms -> structure: the same residues as from PDB text, and damaged tables are refused.
 */
#include "unit.h"

#include "../../src/protein/table.h"

enum { ROOM = 64, TEXT = 256, MODELS = 3 };

static struct {
    TableHead head;
    TableAtom atom[ROOM];
} table;
static char texts[TEXT];
static int32_t models[MODELS];
static StructureChoice choice;
static unsigned char bytes[sizeof table + sizeof models + TEXT];
static size_t count;

static void clear(const char *names, size_t size) {
    memset(&table, 0, sizeof table);
    choice = (StructureChoice){0};
    memcpy(table.head.magic, TABLE_MAGIC, sizeof table.head.magic);
    memcpy(texts, names, size);
    table.head.text = (int32_t)size;
}

static void put_text(TableAtom *atom, const char *name, const char *residue) {
    memcpy(atom->name, name, strlen(name));
    memcpy(atom->residue, residue, strlen(residue));
    memcpy(atom->element, name, 1);
}

/* A residue with its backbone at step `at` of an extended chain: neighbours are bonded. */
static void put_residue(int32_t chain, const char *residue, int32_t number, int at) {
    static const char *const NAMES[] = {"N", "CA", "C", "O"};
    static const float X[] = {0.0f, 1.4f, 2.5f, 2.5f};
    for (int i = 0; i < 4; i++) {
        TableAtom *atom = &table.atom[table.head.atoms++];
        *atom = (TableAtom){.xyz = {3.8f * (float)at + X[i], i == 3 ? 1.2f : 0.0f, 0.0f}, .occupancy = 1.0f};
        atom->chain = chain;
        atom->number = number;
        atom->label_chain = -1;
        put_text(atom, NAMES[i], residue);
    }
}

static WeftStructure *parse(void) {
    size_t atoms = (size_t)table.head.atoms * sizeof *table.atom, text = (size_t)table.head.text;
    size_t numbers = (size_t)table.head.models * sizeof *models;
    count = sizeof table.head + atoms + numbers + text;
    memcpy(bytes, &table.head, sizeof table.head);
    memcpy(bytes + sizeof table.head, table.atom, atoms);
    memcpy(bytes + sizeof table.head + atoms, models, numbers);
    memcpy(bytes + sizeof table.head + atoms + numbers, texts, text);
    return table_parse(bytes, count, choice);
}

static void two_chains(void) {
    static const char NAMES[] = "A\0C-2\0\0a note";
    clear(NAMES, sizeof NAMES);
    table.head.chains = 2;
    table.head.notes = 2; /* the first one says nothing */
    put_residue(0, "ALA", 1, 0);
    put_residue(0, "GLY", 2, 1);
    put_residue(1, "TRP", 1, 0);
}

static const char *issue(const WeftStructure *s, const char *part) {
    for (int32_t i = 0; s && i < s->issue_count; i++)
        if (strstr(s->issue[i].text, part)) return s->issue[i].text;
    return "";
}

static void reads_rows_chains_and_notes(void) {
    char name[32];
    two_chains();
    table.atom[4].insertion = 'B';
    for (int i = 5; i < 8; i++) table.atom[i].insertion = 'B';
    table.atom[9].b_factor = 12.5f;
    WeftStructure *s = parse();
    CHECK(s && s->length == 3 && s->chain_count == 2);
    if (!s) return;
    CHECK_TEXT(s->chain_name[1], "C-2");
    CHECK_TEXT(structure_row_name(s, 1, name, sizeof name), "A2B");
    CHECK_TEXT(structure_row_name(s, 2, name, sizeof name), "C-2:1");
    CHECK(s->letter[0] == 0 && s->mask[0] && s->mask[2]);
    CHECK(s->b_factor[structure_atom_index(s, 2, "CA")] == 12.5f);
    CHECK_TEXT(issue(s, "note"), "a note");
    CHECK(s->issue_count == 1 && s->issue[0].line == -1);
    structure_free(s);
}

static void keeps_the_other_numbering(void) {
    two_chains();
    for (int i = 8; i < 12; i++) {
        table.atom[i].label_chain = 0;
        table.atom[i].label_number = i < 9 ? 77 : 78; /* the residue's first atom says it */
    }
    WeftStructure *s = parse();
    CHECK(s && s->length == 3);
    if (!s) return;
    CHECK_TEXT(s->label_chain[0], "");
    CHECK(s->label_number[1] == STRUCTURE_NO_LABEL && s->number[2] == 1 && s->label_number[2] == 77);
    CHECK_TEXT(s->label_chain[2], "A");
    CHECK_TEXT(s->chain_name[s->chain[2]], "C-2");
    structure_free(s);
    table.atom[9].label_chain = 2;
    CHECK(!parse() && strstr(weft_error(), "atom 10 has no chain"));
}

static void says_what_it_skips(void) {
    two_chains();
    table.head.models = MODELS;
    table.head.largest = 40;
    table.atom[2].xyz[1] = NAN;
    table.atom[5].number = INT32_MIN;
    table.atom[7].occupancy = 7.0f;
    WeftStructure *s = parse();
    CHECK(s && s->length == 3 && !s->mask[0] && !s->mask[1] && s->mask[2]);
    CHECK_TEXT(issue(s, "skipped"),
               "2 atom records are skipped, the first in row 3: a coordinate or the residue "
               "number cannot be read");
    CHECK_TEXT(issue(s, "models"), "only the first of 3 models is read: it has 10 atoms, the largest has 40");
    CHECK_TEXT(issue(s, "occupancy"),
               "1 atom record has no occupancy from 0 to 1, the first in row 8: 1 is used");
    structure_free(s);
    for (int i = 0; i < table.head.atoms; i++) table.atom[i].xyz[0] = INFINITY;
    CHECK(!parse() && strstr(weft_error(), "none of the 12 atoms"));
}

static void says_which_model_it_is(void) {
    two_chains();
    table.head.models = MODELS;
    memcpy(models, (int32_t[]){4, 9, 7}, sizeof models);
    table.head.model = 1;
    choice.model = 9;
    WeftStructure *s = parse();
    CHECK(s && s->model == 9 && s->model_count == MODELS && s->model_number[2] == 7);
    CHECK_TEXT(issue(s, "model"), "this is model 9; the file has 3 models");
    structure_free(s);
    choice.model = 2;
    CHECK(!parse() && weft_error_status() == WEFT_BAD_REQUEST);
    CHECK_TEXT(weft_error(), "there is no model 2: the file has 3 models, numbered 4 to 7");
    models[2] = 4; /* no longer one of each: they are called by their places */
    s = parse();
    CHECK(s && s->model == 2 && s->model_number[2] == 3);
    structure_free(s);
    choice.model = 3;
    CHECK(!parse() && strstr(weft_error(), "it holds another model"));
    const int32_t fewer = -1;
    memcpy(bytes + offsetof(TableHead, models), &fewer, sizeof fewer);
    CHECK(!table_parse(bytes, count, choice) && strstr(weft_error(), "do not fill it"));
}

/* Names without an end, control characters, chains that are not there. */
static void keeps_to_its_fields(void) {
    two_chains();
    memset(table.atom[3].residue, 'Z', sizeof table.atom[3].residue);
    memset(table.atom[3].name, 'O', sizeof table.atom[3].name);
    table.atom[2].name[1] = '\n';
    WeftStructure *s = parse();
    CHECK(s != NULL);
    for (int32_t a = 0; s && a < s->atom_count; a++)
        CHECK(strlen(s->atom_name[a]) <= 4 && s->atom_name[a][1] != '\n');
    structure_free(s);
    table.atom[2].chain = 2;
    CHECK(!parse() && strstr(weft_error(), "atom 3 has no chain"));
    table.atom[2].chain = -1;
    CHECK(!parse() && weft_error_status() == WEFT_BAD_STRUCTURE);
}

static void refuses_damaged_tables(void) {
    two_chains();
    structure_free(parse());
    for (size_t cut = 0; cut < count; cut++) CHECK(!table_parse(bytes, cut, (StructureChoice){0}));
    const int32_t good = table.head.atoms;
    const int32_t wrong[] = {-1, 0, good - 1, good + 1, INT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        size_t size = count;
        memcpy(bytes, &table.head, sizeof table.head);
        memcpy(bytes + 8, &wrong[i], sizeof wrong[i]);
        CHECK(!table_parse(bytes, size, (StructureChoice){0}));
    }
    table.head.chains = 5; /* more than names */
    CHECK(!parse() && strstr(weft_error(), "a chain has no name"));
    table.head.chains = 2;
    texts[table.head.text - 1] = 'x';
    CHECK(!parse() && strstr(weft_error(), "do not fill it"));
    CHECK(!table_is("ATOM", 4) && !table_is(bytes, 8) && table_is(bytes, count));
}

int main(void) {
    RUN(reads_rows_chains_and_notes);
    RUN(keeps_the_other_numbering);
    RUN(says_what_it_skips);
    RUN(says_which_model_it_is);
    RUN(keeps_to_its_fields);
    RUN(refuses_damaged_tables);
    return unit_done("table");
}
