/* SPDX-License-Identifier: MIT
 *
 * test_pdb.c - PDB text -> structure: which residues become rows, with which letters, atoms and issues. Small
 * texts are written here, line by line; the files of tests/data are read from the repository root.
 */
#include "unit.h"

#include <stdarg.h>
#include <stdlib.h>

#include "../../src/protein/pdb.h"
#include "../../src/protein/residue.h"
#include "files.h"

/* ---- Texts --------------------------------------------------------------------------------------------- */

static char text[1 << 20];
static size_t text_length;

static void clear(void) { text_length = 0; }

static void put(const char *format, ...) WEFT_PRINTF(1, 2);
static void put(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    text_length += (size_t)vsnprintf(text + text_length, sizeof text - text_length, format, arguments);
    va_end(arguments);
}

/* One record; position is chain, number and insertion code as they stand in columns 22-27, atom the
 * columns 13-17. */
static void put_atom(const char *record, const char *atom, const char *residue, const char *position,
                     double x, double y, double occupancy) {
    put("%-6s%5d %-5s%3s %-6s   %8.3f%8.3f%8.3f%6.2f%6.2f          %2c\n", record, 1, atom, residue, position,
        x, y, 0.0, occupancy, 1.5, atom[1]);
}

/* A residue with its backbone at step `at` of an extended chain: neighbours are bonded. */
static void put_residue(const char *record, const char *residue, const char *position, int at) {
    double x = 3.8 * at;
    put_atom(record, " N", residue, position, x, 0, 1);
    put_atom(record, " CA", residue, position, x + 1.4, 0, 1);
    put_atom(record, " C", residue, position, x + 2.5, 0, 1);
    put_atom(record, " O", residue, position, x + 2.5, 1.2, 1);
}

static WeftStructure *parse(void) { return pdb_parse(text, text_length, (StructureChoice){0}); }

static WeftStructure *parse_model(int32_t model) {
    return pdb_parse(text, text_length, (StructureChoice){.model = model});
}

static WeftStructure *parse_occupied(void) {
    return pdb_parse(text, text_length, (StructureChoice){.altloc = WEFT_ALTLOC_OCCUPANCY});
}

static WeftStructure *parse_file(const char *path) {
    size_t count;
    char *bytes = files_bytes(path, &count);
    CHECK(bytes != NULL);
    WeftStructure *s = bytes ? pdb_parse(bytes, count, (StructureChoice){0}) : NULL;
    free(bytes);
    return s;
}

/* "A:143(143) B:139(139)": rows of each chain and, in brackets, those with a full backbone. */
static const char *summary(const WeftStructure *s) {
    static char out[1024];
    size_t at = 0;
    out[0] = '\0';
    for (int32_t c = 0; s && c < s->chain_count && at < sizeof out - 64; c++) {
        int complete = 0;
        for (int32_t row = s->chain_start[c]; row < s->chain_start[c + 1]; row++) complete += s->mask[row];
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%s:%d(%d)", c ? " " : "", s->chain_name[c],
                               (int)(s->chain_start[c + 1] - s->chain_start[c]), complete);
    }
    return out;
}

/* The letters of all rows, then their names as a selection spells them. */
static const char *letters(const WeftStructure *s) {
    static char out[4096];
    int32_t row = 0;
    for (; s && row < s->length && row < (int32_t)sizeof out - 1; row++)
        out[row] = WEFT_LETTERS[s->letter[row]];
    out[row] = '\0';
    return out;
}

static const char *names(const WeftStructure *s) {
    static char out[4096];
    size_t at = 0;
    char name[32];
    out[0] = '\0';
    for (int32_t row = 0; s && row < s->length && at < sizeof out - 64; row++)
        at += (size_t)snprintf(out + at, sizeof out - at, "%s%s", row ? " " : "",
                               structure_row_name(s, row, name, sizeof name));
    return out;
}

/* The issue that contains the words, or "". */
static const char *issue(const WeftStructure *s, const char *words) {
    for (int32_t i = 0; s && i < s->issue_count; i++)
        if (strstr(s->issue[i].text, words)) return s->issue[i].text;
    return "";
}

static int32_t issue_line(const WeftStructure *s, const char *words) {
    for (int32_t i = 0; s && i < s->issue_count; i++)
        if (strstr(s->issue[i].text, words)) return s->issue[i].line;
    return -2;
}

/* What every structure must keep to, whatever the file was. */
static int is_sound(const WeftStructure *s) {
    int sound = s->length > 0 && s->chain_start[0] == 0 && s->chain_start[s->chain_count] == s->length;
    sound = sound && s->first_atom[0] == 0 && s->first_atom[s->length] == s->atom_count;
    for (int32_t c = 0; c < s->chain_count; c++) sound = sound && s->chain_start[c] < s->chain_start[c + 1];
    for (int32_t i = 0; i < s->length; i++) {
        int complete = structure_atom(s, i, "N") && structure_atom(s, i, "CA") && structure_atom(s, i, "C") &&
                       structure_atom(s, i, "O");
        sound = sound && s->mask[i] == complete && s->letter[i] >= 0 && s->letter[i] <= WEFT_LETTER_X;
        sound = sound && s->unknown[i] == (s->letter[i] == WEFT_LETTER_X);
        sound = sound && s->first_atom[i] < s->first_atom[i + 1];
        sound = sound && i >= s->chain_start[s->chain[i]] && i < s->chain_start[s->chain[i] + 1];
    }
    for (int32_t a = 0; a < s->atom_count; a++)
        sound = sound && isfinite(s->xyz[a][0]) && isfinite(s->xyz[a][1]) && isfinite(s->xyz[a][2]);
    for (int32_t i = 0; i < s->issue_count; i++) sound = sound && *s->issue[i].text;
    return sound;
}

/* ---- Residue names ------------------------------------------------------------------------------------- */

static void residue_names(void) {
    int8_t letter;
    for (int32_t i = 0; i < WEFT_LETTER_X; i++) {
        CHECK(residue_kind(residue_name(i), &letter) == RESIDUE_STANDARD && letter == i);
        CHECK(residue_is_canonical(residue_name(i)));
        CHECK(residue_letter(WEFT_LETTERS[i]) == i);
    }
    CHECK_TEXT(residue_name(WEFT_LETTER_X), "UNK");
    CHECK_TEXT(residue_name(-1), "UNK");
    CHECK(residue_letter('w') == residue_letter('W') && residue_letter('b') == -1 && residue_letter('\0') == -1);
    static const struct {
        const char *name;
        ResidueKind kind;
        char letter;
    } expected[] = {
        {"MSE", RESIDUE_MODIFIED, 'M'},  {"SEP", RESIDUE_MODIFIED, 'S'},  {"PCA", RESIDUE_MODIFIED, 'Q'},
        {"SEC", RESIDUE_MODIFIED, 'C'},  {"TRN", RESIDUE_MODIFIED, 'W'},  {"HIE", RESIDUE_STANDARD, 'H'},
        {"HSD", RESIDUE_STANDARD, 'H'},  {"CYX", RESIDUE_STANDARD, 'C'},  {"GLUP", RESIDUE_STANDARD, 'E'},
        {"UNK", RESIDUE_AMBIGUOUS, 'X'}, {"GLX", RESIDUE_AMBIGUOUS, 'X'}, {"DA", RESIDUE_DNA, 'X'},
        {"A", RESIDUE_RNA, 'X'},         {"HOH", RESIDUE_WATER, 'X'},     {"TIP3", RESIDUE_WATER, 'X'},
        {"SO4", RESIDUE_OTHER, 'X'},     {"DAL", RESIDUE_OTHER, 'X'},     {"", RESIDUE_OTHER, 'X'},
        {"MSE SEP", RESIDUE_OTHER, 'X'}, {"MS", RESIDUE_OTHER, 'X'},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        CHECK(residue_kind(expected[i].name, &letter) == expected[i].kind);
        CHECK(WEFT_LETTERS[letter] == expected[i].letter);
        CHECK(!residue_is_canonical(expected[i].name));
    }
}

/* ---- Columns ------------------------------------------------------------------------------------------- */

static void columns(void) {
    clear();
    put("HEADER    TEST\n");
    put("ATOM      1  N  AGLY A  12B     -1.500  20.250 300.125  0.50 17.25           N  \n");
    put("ATOM      2  CA AGLY A  12B   1.5e+1     .25      -0.  0.50  1.00\n");
    put("ATOM      3 HA2 AGLY A  12B      4.0     5.0       6.0  0.50  1.00           H  \n");
    WeftStructure *s = parse();
    CHECK(s != NULL);
    if (!s) return;
    CHECK_TEXT(names(s), "A12B");
    CHECK_TEXT(letters(s), "G");
    CHECK(s->insertion[0] == 'B' && s->number[0] == 12 && s->mask[0] == 0 && s->atom_count == 3);
    CHECK_TEXT(s->name[0], "GLY");
    const float *n = structure_atom(s, 0, "N"), *ca = structure_atom(s, 0, "CA");
    CHECK(n && n[0] == -1.5f && n[1] == 20.25f && n[2] == 300.125f);
    CHECK(ca && ca[0] == 15.0f && ca[1] == 0.25f && ca[2] == 0.0f);
    CHECK(structure_atom(s, 0, "O") == NULL && structure_atom_index(s, 0, "O") == -1);
    CHECK(s->occupancy[0] == 0.5f && s->b_factor[0] == 17.25f && s->altloc[0] == 'A');
    CHECK_TEXT(s->element[0], "N");
    CHECK_TEXT(s->element[1], "C");
    CHECK_TEXT(s->atom_name[2], "HA2");
    CHECK_TEXT(issue(s, "lack backbone"), "");
    CHECK_TEXT(issue(s, "no residue has the full backbone"),
               "no residue has the full backbone N, CA, C, O: A12B (no C O)");
    structure_free(s);
}

static void elements(void) {
    static const struct {
        const char *columns; /* 13-16 */
        const char *field;   /* 77-78 */
        const char *element;
    } expected[] = {
        {" CA ", "", "C"},   {"CA  ", "", "C"}, {"HG21", "", "H"},    {"1HB ", "", "H"},
        {" NE2", "", "N"},   {"SG  ", "", "S"}, {" SE ", "SE", "SE"}, {" CB ", "C", "C"},
        {" CB ", "15", "C"}, {" XX ", "", ""},  {" OXT", "o", "O"},   {" D  ", "D", "D"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        clear();
        put_residue("ATOM", "SER", "A   1", 0);
        put("ATOM      2 %s ALA A   2    %8.3f%8.3f%8.3f%22s%2s\n", expected[i].columns, 3.8, 0.0, 0.0, "",
            expected[i].field);
        WeftStructure *s = parse();
        CHECK(s && s->atom_count == 5);
        if (s) CHECK_TEXT(s->element[4], expected[i].element);
        structure_free(s);
    }
}

static void residue_numbers(void) {
    static const struct {
        const char *position, *name;
    } expected[] = {
        {"A  -5 ", "A-5"},      {"A9999 ", "A9999"},    {"AA000 ", "A10000"}, {"AA00A ", "A10010"},
        {"Aa000 ", "A1223056"}, {"AZZZZ ", "A1223055"}, {"A12345", "A12345"}, {"A-1234", "A-1234"},
        {"B   1A", "B1A"},      {"1   7 ", "1:7"},      {"    7C", "_:7C"},   {"A1   ", "A1"},
        {"A   12", "#1"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        clear();
        put("ATOM      1  CA  ALA %-6s   %8.3f%8.3f%8.3f\n", expected[i].position, 1.0, 2.0, 3.0);
        WeftStructure *s = parse();
        CHECK_TEXT(names(s), expected[i].name);
        structure_free(s);
    }
}

static void unreadable_records(void) {
    clear();
    put("REMARK\n");
    put_residue("ATOM", "ALA", "A   1", 0);
    put("ATOM      5  CB  ALA A   1       1.000   2.000\n");         /* line 6: cut */
    put("ATOM      5  CB  ALA A   1       1.000   2.000        \n"); /* empty z */
    put("ATOM      5  CB  ALA A   1         nan   2.000   3.000\n");
    put("ATOM      5  CB  ALA A   1         inf   2.000   3.000\n");
    put("ATOM      5  CB  ALA A   1    99999999   2.000   3.000\n"); /* 1e8 as a float */
    put("ATOM      5  CB  ALA A   1       1.0.0   2.000   3.000\n");
    put("ATOM      5  CB  ALA A   1      9.9e99   2.000   3.000\n");
    put("ATOM      5  CB  ALA A           1.000   2.000   3.000\n"); /* no number */
    put("ATOM      5  CB  ALA A  x1       1.000   2.000   3.000\n");
    put("ATOM      5      ALA A   1       1.000   2.000   3.000\n"); /* no atom name */
    WeftStructure *s = parse();
    CHECK_TEXT(summary(s), "A:1(1)");
    CHECK(s && s->atom_count == 4);
    CHECK(issue_line(s, "skipped") == 6);
    CHECK(strstr(issue(s, "skipped"), "10 atom records are skipped, the first in line 6") != NULL);
    structure_free(s);
}

static void occupancies(void) {
    clear();
    put_residue("ATOM", "ALA", "A   1", 0);
    put("ATOM      5  CB  ALA A   1       1.000   2.000   3.000  5.00  1.00\n");
    put("ATOM      6  CG  ALA A   1       1.000   2.000   3.000   abc   xyz\n");
    put("ATOM      7  CD  ALA A   1       1.000   2.000   3.000\n");
    WeftStructure *s = parse();
    CHECK(s && s->atom_count == 7);
    if (!s) return;
    CHECK(s->occupancy[4] == 1 && s->occupancy[5] == 1 && s->occupancy[6] == 1 && s->b_factor[5] == 0);
    CHECK(issue_line(s, "occupancy") == 5 && strstr(issue(s, "occupancy"), "2 atom records"));
    structure_free(s);
}

/* The same residues whatever the line ends are; tabs are blanks; one last line may lack its end. */
static void line_ends(void) {
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    char copy[1024];
    for (size_t e = 0; e < 3; e++)
        for (int bom = 0; bom < 2; bom++) {
            clear();
            put_residue("ATOM", "ALA", "A   1", 0);
            put_residue("ATOM", "TRP", "A   2", 1);
            size_t at = 0;
            if (bom) at += (size_t)snprintf(copy, sizeof copy, "\xef\xbb\xbf");
            for (size_t i = 0; i + 1 < text_length; i++)
                if (text[i] == '\n')
                    at += (size_t)snprintf(copy + at, sizeof copy - at, "%s", ends[e]);
                else
                    copy[at++] = text[i];
            WeftStructure *s = pdb_parse(copy, at, (StructureChoice){0});
            CHECK_TEXT(letters(s), "AW");
            CHECK_TEXT(summary(s), "A:2(2)");
            CHECK(s && s->issue_count == 0);
            structure_free(s);
        }
    clear();
    put_residue("ATOM", "ALA", "A   1", 0);
    put("ATOM      5  CB  ALA A   1       1.000   2.000   3.000  1.00  1.00\t\tB\n");
    WeftStructure *s = parse();
    CHECK(s && s->atom_count == 5);
    structure_free(s);
}

/* ---- Residues and rows --------------------------------------------------------------------------------- */

static void kinds_of_rows(void) {
    clear();
    put_residue("ATOM", "ALA", "A   1", 0);
    put_residue("HETATM", "MSE", "A   2", 1);
    put_residue("HETATM", "SEP", "A   3", 2);
    put_residue("HETATM", "DLE", "A   4", 3); /* no parent, bonded: X */
    put_residue("ATOM", "HIE", "A   5", 4);
    put_residue("ATOM", "UNK", "A   6", 40); /* ATOM: a row wherever it is */
    put_residue("ATOM", "ZZZ", "A   7", 60);
    put("TER\n");
    put_residue("HETATM", "SAH", "A 301", 80); /* free ligands */
    put_residue("HETATM", "LYS", "A 302", 90);
    put_residue("HETATM", "SEP", "A 303", 100);
    put_atom("HETATM", " O", "HOH", "A 401", 7, 7, 1);
    put_atom("HETATM", "ZN", "ZN", "A 402", 9, 7, 1);
    put_atom("HETATM", " O", "HOH", "A 403", 5, 7, 1);
    WeftStructure *s = parse();
    CHECK_TEXT(letters(s), "AMSXHXX");
    CHECK_TEXT(summary(s), "A:7(7)");
    CHECK(s && s->unknown[3] && s->unknown[5] && s->unknown[6] && !s->unknown[1] && !s->unknown[4]);
    CHECK_TEXT(issue(s, "left out"), "left out: 2 waters, 1 SAH, 1 LYS, 1 SEP, 1 ZN");
    CHECK_TEXT(issue(s, "derive"),
               "read as the amino acid they derive from: 1 MSE as M, 1 SEP as S, 1 HIE as H");
    CHECK_TEXT(issue(s, "are X"), "residues without a standard letter are X: A4 DLE, A6 UNK, A7 ZZZ");
    structure_free(s);

    clear(); /* more kinds of residues and nucleic acid chains than one sentence names */
    put_residue("ATOM", "ALA", "A   1", 0);
    put_residue("HETATM", "UNK", "A   2", 1);
    put_residue("HETATM", "UNK", "A   9", 30);
    for (int i = 0; i < 20; i++) {
        char name[8], position[8];
        snprintf(name, sizeof name, "L%02d", i % 100);
        put_atom("HETATM", " X1", name, "A 500", 9, 9.0 * i, 1);
        snprintf(position, sizeof position, "%c   1", 'a' + i % 10);
        put_atom("ATOM", " P", i < 10 ? "DG" : "U", position, 5, 9.0 * i, 1);
        put_atom("ATOM", " C1'", "ZZZ", "Z   1", 5, 9.0 * i, 0);
    }
    put_residue("ATOM", "SER", "B   1", 7);
    for (char *zero = strstr(text, "SER B"); zero; zero = strstr(zero + 1, "SER B"))
        memcpy(zero + 39, "0.00", 4);
    s = parse();
    CHECK_TEXT(letters(s), "AXS");
    CHECK(strstr(issue(s, "left out"), "DNA/RNA chain a (2 residues)") != NULL);
    CHECK(strstr(issue(s, "left out"), "and 3 more nucleic acid chains") != NULL);
    CHECK(strstr(issue(s, "left out"), "1 UNK, 1 L00") && strstr(issue(s, "left out"), ", 5 others"));
    CHECK_TEXT(issue(s, "occupancy 0"),
               "residues whose backbone has occupancy 0 are used like the others: B1");
    structure_free(s);
}

/* A residue in HETATM records counts when it is bonded to a neighbour by number, too. */
static void bonded_by_number(void) {
    clear();
    put_residue("ATOM", "ALA", "A   1", 0);
    put_residue("ATOM", "ALA", "A   3", 2);
    put_residue("ATOM", "GLY", "A   9", 50);
    put("TER\n");
    put_residue("HETATM", "DLE", "A   2", 1);
    put_residue("HETATM", "DLE", "A 300", 90);
    WeftStructure *s = parse();
    CHECK_TEXT(names(s), "A1 A3 A9 A2");
    structure_free(s);
}

static void incomplete_backbones(void) {
    clear();
    put_residue("ATOM", "ALA", "A   1", 0);
    for (int i = 0; i < 7; i++) {
        char position[16];
        snprintf(position, sizeof position, "A%4d", i + 2);
        put_atom("ATOM", " CA", "GLY", position, 3.8 * (i + 1), 0, 1);
    }
    WeftStructure *s = parse();
    CHECK_TEXT(summary(s), "A:8(1)");
    CHECK_TEXT(issue(s, "lack"),
               "7 of 8 residues lack backbone atoms: A2 (no N C O), A3 (no N C O), A4 (no N C O), "
               "A5 (no N C O), A6 (no N C O) and 2 more");
    CHECK(issue_line(s, "lack") == 5);
    structure_free(s);
}

static void alternate_locations(void) {
    clear();
    put_residue("ATOM", "SER", "A   1", 0);
    put_atom("ATOM", " CB A", "SER", "A   1", 1, 5, 0.3); /* the label stands in column 17 */
    put_atom("ATOM", " CB B", "SER", "A   1", 1, 6, 0.7);
    put_residue("ATOM", "GLY", "A   2", 1);
    WeftStructure *s = parse();
    CHECK_TEXT(summary(s), "A:2(2)");
    const float *cb = s ? structure_atom(s, 0, "CB") : NULL;
    CHECK(cb && cb[1] == 5.0f);
    CHECK_TEXT(issue(s, "alternate"), "alternate locations of 1 residue: the first one is used: A1");
    structure_free(s);
    s = parse_occupied();
    cb = s ? structure_atom(s, 0, "CB") : NULL;
    CHECK(cb && cb[1] == 6.0f);
    CHECK_TEXT(issue(s, "alternate"),
               "alternate locations of 1 residue: the one of highest occupancy is used: A1 as B");
    structure_free(s);
}

/* A side-chain atom with an alternate location. */
static void put_labelled(const char *atom, char label, double y, double occupancy) {
    char name[8];
    snprintf(name, sizeof name, "%-4s%c", atom, label);
    put_atom("ATOM", name, "SER", "A   1", 1, y, occupancy);
}

/* By occupancy, all atoms of a residue are of one conformer: the mean decides, on a tie the first in the file, and
 * one with the whole backbone goes before one without. */
static void one_conformer(void) {
    clear();
    put_residue("ATOM", "SER", "A   1", 0);
    put_labelled(" CB", 'A', 1, 0.55);
    put_labelled(" CB", 'B', 2, 0.45);
    put_labelled(" OG", 'A', 1, 0.30);
    put_labelled(" OG", 'B', 2, 0.45);
    put_labelled(" HG", 'C', 3, 0.40);
    WeftStructure *s = parse_occupied();
    const float *cb = s ? structure_atom(s, 0, "CB") : NULL, *og = s ? structure_atom(s, 0, "OG") : NULL;
    CHECK(cb && og && cb[1] == 2.0f && og[1] == 2.0f && !structure_atom(s, 0, "HG"));
    structure_free(s);

    clear();
    put_residue("ATOM", "SER", "A   1", 0);
    put_labelled(" CB", 'B', 2, 0.35);
    put_labelled(" OG", 'B', 2, 0.35);
    put_labelled(" HG", 'B', 2, 0.35);
    put_labelled(" CB", 'A', 1, 0.35);
    s = parse_occupied();
    cb = s ? structure_atom(s, 0, "CB") : NULL;
    CHECK(cb && cb[1] == 2.0f);
    structure_free(s);

    clear();
    put_atom("ATOM", " N", "SER", "A   1", 0, 0, 1);
    put_atom("ATOM", " CA", "SER", "A   1", 1, 0, 1);
    put_labelled(" C", 'A', 1, 0.4);
    put_labelled(" O", 'A', 1, 0.4);
    put_labelled(" O", 'B', 2, 0.6); /* C of B is not there */
    s = parse_occupied();
    CHECK_TEXT(summary(s), "A:1(1)");
    const float *o = s ? structure_atom(s, 0, "O") : NULL;
    CHECK(o && o[1] == 1.0f);
    structure_free(s);
}

/* The same atom twice, without a label: the first is read, which is said. */
static void doubled_atoms(void) {
    clear();
    put_residue("ATOM", "SER", "A   1", 0);
    put_atom("ATOM", " CB", "SER", "A   1", 1, 5, 1);
    put_atom("ATOM", " CB", "SER", "A   1", 1, 6, 1);
    WeftStructure *s = parse();
    const float *cb = s ? structure_atom(s, 0, "CB") : NULL;
    CHECK(cb && cb[1] == 5.0f && s->atom_count == 5);
    CHECK_TEXT(issue(s, "twice"), "atoms that occur twice in a residue are read once: A1");
    CHECK_TEXT(issue(s, "alternate"), "");
    structure_free(s);
}

static void numbering_gaps(void) {
    clear();
    put_residue("ATOM", "ALA", "A   1", 0);
    put_residue("ATOM", "ALA", "A   4", 3);
    put_residue("ATOM", "ALA", "A   5", 4);
    put_residue("ATOM", "ALA", "A   5B", 5);
    put_residue("ATOM", "ALA", "A   2", 9);
    put_residue("ATOM", "ALA", "B  -1", 20);
    put_residue("ATOM", "ALA", "B   1", 22);
    WeftStructure *s = parse();
    CHECK_TEXT(issue(s, "gap"), "2 numbering gaps: A1 to A4, B-1 to B1");
    CHECK(issue_line(s, "gap") == 5);
    structure_free(s);
}

static void mirror_images(void) {
    clear();
    put_residue("ATOM", "ALA", "A   1", 0);
    for (int i = 1; i < 4; i++) {
        char position[8];
        snprintf(position, sizeof position, "A%4d", i + 1);
        put_residue("HETATM", i == 2 ? "DLE" : "DVA", position, i);
    }
    WeftStructure *s = parse();
    CHECK_TEXT(letters(s), "AXXX");
    CHECK_TEXT(issue(s, "D-amino"),
               "D-amino acids, whose backbone is the mirror image, stay X: 2 DVA, 1 DLE");
    structure_free(s);
}

/* One position, two names, told apart by occupancy; the unlabelled N belongs to both. */
static void microheterogeneity(void) {
    static const struct {
        double first, second;
        char letter;
        float ca;
    } expected[] = {{0.4, 0.6, 'G', 2.0f}, {0.6, 0.4, 'S', 1.0f}, {0.5, 0.5, 'S', 1.0f}};
    for (size_t i = 0; i < 3; i++) {
        clear();
        put_atom("ATOM", " N", "SER", "A   1", 0, 0, 1);
        static const char *const atoms[] = {" CA ", " C  ", " O  "};
        for (int k = 0; k < 3; k++) {
            put("ATOM      1 %sASER A   1    %8.3f%8.3f%8.3f%6.2f\n", atoms[k], 1.0, (double)k, 0.0,
                expected[i].first);
            put("ATOM      1 %sBGLY A   1    %8.3f%8.3f%8.3f%6.2f\n", atoms[k], 2.0, (double)k, 0.0,
                expected[i].second);
        }
        put("ATOM      1  CB ASER A   1    %8.3f%8.3f%8.3f%6.2f\n", 9.0, 9.0, 9.0, expected[i].first);
        WeftStructure *s = parse();
        CHECK_TEXT(summary(s), "A:1(1)");
        CHECK(s && WEFT_LETTERS[s->letter[0]] == expected[i].letter);
        const float *ca = s ? structure_atom(s, 0, "CA") : NULL;
        CHECK(ca && ca[0] == expected[i].ca);
        CHECK(s && (structure_atom(s, 0, "CB") != NULL) == (expected[i].letter == 'S'));
        CHECK(issue_line(s, "two residue names") == 1);
        structure_free(s);
        s = parse_occupied();
        ca = s ? structure_atom(s, 0, "CA") : NULL;
        CHECK(ca && ca[0] == expected[i].ca && s->atom_count == (expected[i].letter == 'S' ? 5 : 4));
        CHECK(s && WEFT_LETTERS[s->letter[0]] == expected[i].letter);
        structure_free(s);
    }
}

/* Atoms that come later belong to their residue; numbers that start again are residues of their own. */
static void scattered_and_repeated(void) {
    clear();
    put_residue("ATOM", "SER", "A   1", 0);
    put_residue("ATOM", "GLY", "A   2", 1);
    put_atom("ATOM", " CB", "SER", "A   1", 1, 1, 1); /* later, no backbone: joins */
    put_residue("ATOM", "PHE", "A   3", 2);
    put_residue("ATOM", "SER", "A   1", 9); /* another residue with the number of the first */
    put_residue("ATOM", "TRP", "A   2", 10);
    WeftStructure *s = parse();
    CHECK_TEXT(letters(s), "SGFSW");
    CHECK_TEXT(names(s), "A1 A2 A3 A1 A2");
    CHECK(s && structure_atom(s, 0, "CB") && !structure_atom(s, 3, "CB"));
    CHECK_TEXT(issue(s, "occur again"),
               "residue numbers that occur again are kept as further residues: A1 SER, A2 TRP");
    structure_free(s);

    clear(); /* insertion codes lost: neighbours share a number */
    put_residue("ATOM", "SER", "A  82", 0);
    put_residue("ATOM", "SER", "A  82", 1);
    put_residue("ATOM", "LEU", "A  82", 2);
    put_atom("ATOM", " N", "LEU", "A  82", 7.6, 0, 1); /* a doubled line is no residue */
    s = parse();
    CHECK_TEXT(letters(s), "SSL");
    CHECK_TEXT(summary(s), "A:3(3)");
    structure_free(s);
}

/* ---- Chains and models --------------------------------------------------------------------------------- */

static void a_chain_letter_in_either_column_is_one_name(void) {
    clear();
    put("ATOM      1  CA  ALA C   5       1.000   2.000   3.000\n");
    put("ATOM      2  CA  GLYC    6       4.000   2.000   3.000\n");
    put("ATOM      3  CA  SERC1   7       7.000   2.000   3.000\n"); /* so column 21 is of chains */
    WeftStructure *s = parse();
    CHECK_TEXT(summary(s), "C:2(0) C1:1(0)");
    weft_structure_free(s);
}

static void chains(void) {
    clear();
    put_residue("ATOM", "ALA", "    1", 0);
    put_residue("ATOM", "GLY", "B   1", 9);
    put("TER\n");
    put_residue("ATOM", "TRP", "    2", 1); /* the TER was B's: still the first blank chain */
    put("TER   \n");
    put_residue("ATOM", "SER", "    1", 20);
    put_residue("ATOM", "PHE", "B   2", 10);
    put("ATOM      1  CA  ALAC1   5       1.000   2.000   3.000\n"); /* chain C1 in columns 21-22 */
    put("ATOM      1  CA  ALA %c   5       1.000   2.000   3.000\n", 0xE9);
    put("ATOM      1  OH2 TIP     5       1.000   2.000   3.000\n");
    WeftStructure *s = parse();
    CHECK_TEXT(summary(s), "_:2(2) B:2(2) _2:1(1) C1:1(0) xE9:1(0)");
    CHECK_TEXT(letters(s), "AWGFSAA");
    CHECK_TEXT(names(s), "_:1 _:2 B1 B2 _2:1 C1:5 xE9:5");
    CHECK_TEXT(issue(s, "left out"), "left out: 1 water");
    structure_free(s);

    clear(); /* a chain of that very name is there already */
    put_residue("ATOM", "ALA", "_   1", 0);
    put_residue("ATOM", "GLY", "    1", 9);
    s = parse();
    CHECK_TEXT(summary(s), "_:1(1) _2:1(1)");
    structure_free(s);
}

/* Column 21 is the fourth letter of residue names in one file and the first letter of chain names in
 * another. */
static void column_21(void) {
    static const char water[] = "ATOM      1  OH2 TIP3A   5       1.000   2.000   3.000\n";
    static const char lipid[] = "ATOM      1  P   POPCA   6       1.000   2.000   3.000\n";
    static const char histidine[] = "ATOM      1  CA  HISDA   7       1.000   2.000   3.000\n";
    static const char alanine[] = "ATOM      1  CA  ALADA   8       1.000   2.000   3.000\n";
    clear();
    put("%s%s%s", water, lipid, histidine);
    WeftStructure *s = parse();
    CHECK_TEXT(summary(s), "A:1(0)");
    CHECK_TEXT(issue(s, "left out"), "left out: 1 water, 1 POPC");
    CHECK_TEXT(s ? s->name[0] : "", "HISD");
    structure_free(s);
    clear();
    put("%s%s", histidine, alanine);
    s = parse();
    CHECK_TEXT(summary(s), "DA:2(0)");
    CHECK_TEXT(names(s), "DA:7 DA:8");
    structure_free(s);
}

static void models(void) {
    clear();
    put("MODEL        1\nENDMDL\nMODEL        2\n");
    put_residue("ATOM", "ALA", "A   1", 0);
    put("ENDMDL\nMODEL        3\n");
    put_residue("ATOM", "GLY", "A   1", 0);
    put_residue("ATOM", "GLY", "A   2", 1);
    put("ENDMDL\n");
    WeftStructure *s = parse();
    CHECK_TEXT(letters(s), "A");
    CHECK_TEXT(issue(s, "models"), "only the first of 2 models is read: it has 4 atoms, the largest has 8");
    CHECK(issue_line(s, "models") == 10);
    structure_free(s);

    clear();
    put_residue("ATOM", "ALA", "A   1", 0);
    put("MODEL of a text that is no record\n");
    put_residue("ATOM", "TRP", "A   2", 1);
    put("END\n");
    put_residue("ATOM", "GLY", "A   1", 0);
    put("MODEL 7\n");
    put_residue("ATOM", "GLY", "A   1", 0);
    s = parse();
    CHECK_TEXT(letters(s), "AW");
    CHECK_TEXT(issue(s, "models"), "only the first of 3 models is read");
    structure_free(s);
}

static void put_model(const char *head, const char *residue) {
    put("%s", head);
    put_residue("ATOM", residue, "A   1", 0);
    put("TER\n");
    put_residue("HETATM", "LYS", "A   2", 9);
    put("ENDMDL\n");
}

/* By their numbers, where all have one of their own; else by their places. */
static void chosen_model(void) {
    clear();
    put_model("MODEL        2\n", "ALA");
    put_model("MODEL       10\n", "GLY");
    put_model("MODEL        5\n", "TRP");
    WeftStructure *s = parse_model(10);
    CHECK_TEXT(letters(s), "G");
    CHECK(s && s->model == 10 && s->model_count == 3 && s->model_number[0] == 2 && s->model_number[2] == 5);
    CHECK_TEXT(issue(s, "models"), "this is model 10; the file has 3 models");
    CHECK_TEXT(issue(s, "left out"), "left out: 1 LYS");
    structure_free(s);
    CHECK(!parse_model(1) && weft_error_status() == WEFT_BAD_REQUEST);
    CHECK_TEXT(weft_error(), "there is no model 1: the file has 3 models, numbered 2 to 5");
    s = parse();
    CHECK(s && s->model == 2);
    structure_free(s);

    static const char *const heads[] = {"MODEL        1\n        ", " MODEL ", "\n        ",
                                        " MODEL 1234567890 "};
    for (size_t i = 0; i < 4; i++) {
        clear();
        put_model("MODEL        1\n", "ALA");
        put_model(heads[i], "GLY");
        s = parse_model(2);
        CHECK_TEXT(letters(s), "G");
        structure_free(s);
        CHECK(!parse_model(3) && strstr(weft_error(), "2 models, numbered 1 to 2"));
    }
    clear();
    put_residue("ATOM", "ALA", "A   1", 0);
    s = parse_model(1);
    CHECK_TEXT(letters(s), "A");
    CHECK(s && s->model == 1 && s->model_count == 1 && s->issue_count == 0);
    structure_free(s);
    CHECK(!parse_model(2));
    CHECK_TEXT(weft_error(), "there is no model 2: the file has 1 model, number 1");
    clear();
    put("HEADER\n");
    CHECK(!parse_model(2) && weft_error_status() == WEFT_BAD_STRUCTURE);
}

/* Files one behind the other are models, with or without an END between them. */
static void joined_files(void) {
    clear();
    for (int i = 0; i < 3; i++) {
        put("HEADER    A FILE\n");
        put_residue("ATOM", i ? "GLY" : "ALA", "A   1", 0);
        if (i) put("END\n");
    }
    WeftStructure *s = parse();
    CHECK_TEXT(letters(s), "A");
    CHECK_TEXT(issue(s, "models"), "only the first of 3 models is read");
    structure_free(s);
    s = parse_model(3);
    CHECK_TEXT(letters(s), "G");
    structure_free(s);
    clear();
    put_model("MODEL        4\nHEADER    A FILE\n", "ALA");
    s = parse_model(4);
    CHECK_TEXT(letters(s), "A");
    structure_free(s);
}

/* Where nobody asks, a model none of whose atoms can be read is passed over; one that was asked for is not. */
static void unreadable_model(void) {
    clear();
    put("MODEL        1\nATOM      1  CA  ALA A   1\nENDMDL\n");
    put_model("MODEL        2\n", "GLY");
    WeftStructure *s = parse();
    CHECK_TEXT(letters(s), "G");
    CHECK(s && s->model == 2 && issue_line(s, "skipped") == 2);
    structure_free(s);
    CHECK(!parse_model(1) && strstr(weft_error(), "none of the 1 atom records"));
}

/* Fields parted by white space, with a chain, without one, and with the two run together. */
static void white_space(void) {
    clear();
    put("REMARK a PQR file\n");
    put("ATOM 1 N SER 52A 17.047 -14.0991 3.6254 -0.3200 2.0000\n");
    put("ATOM 2 CA SER 52A 16.967 -12.784 4.338 0.3300 2.0000\n");
    put("ATOM 3 C SER 52A 15.685 -112.755 5.133 0.5500 1.7\r\n");
    put("ATOM\t4\tO\tSER\t52A\t15.268\t-13.825\t5.594\t-0.55\t1.4\n");
    put("ATOM     5  HB2 SER B  -3      15.115  11.555   5.265 -0.4000 1.5000\n");
    put("ATOM 6 CA GLY B1000 13.856 11.469 6.066 0.1 2.0\n");
    put("HETATM    7 CA   CA  B 1001    13.856  11.469   6.066  2.0000 2.0000\n");
    WeftStructure *s = parse();
    CHECK_TEXT(names(s), "_:52A B-3 B1000");
    CHECK_TEXT(letters(s), "SSG");
    CHECK_TEXT(summary(s), "_:1(1) B:2(0)");
    CHECK_TEXT(issue(s, "PQR"), "a PQR file: read by white space, without its charges and radii");
    CHECK_TEXT(issue(s, "left out"), "left out: 1 CA");
    const float *c = s ? structure_atom(s, 0, "C") : NULL;
    CHECK(c && c[0] == 15.685f && c[1] == -112.755f && c[2] == 5.133f);
    CHECK(s && s->occupancy[0] == 1 && s->b_factor[0] == 0);
    CHECK_TEXT(s ? s->element[1] : "", "C");
    CHECK_TEXT(s ? s->element[4] : "", "H");
    structure_free(s);
    put("ATOM      8  CA  GLY B   4      10.000  11.000  12.000  1.00  1.00           C  \n"); /* not all: no PQR */
    s = parse();
    CHECK_TEXT(issue(s, "PQR"), "");
    CHECK(*issue(s, "skipped"));
    structure_free(s);
}

/* ---- Files that hold no structure ---------------------------------------------------------------------- */

static void refuse(const void *bytes, size_t count, const char *words) {
    char *exact = malloc(count + !count);
    if (exact && count) memcpy(exact, bytes, count);
    WeftStructure *s = pdb_parse(exact, count, (StructureChoice){0});
    CHECK(s == NULL && weft_error_status() == WEFT_BAD_STRUCTURE);
    if (!strstr(weft_error(), words)) CHECK_TEXT(weft_error(), words);
    structure_free(s);
    free(exact);
}

static void refusals(void) {
    static const struct {
        const char *bytes;
        size_t count;
        const char *words;
    } expected[] = {
        {"", 0, "the file is empty"},
        {" \r\n\n", 4, "nothing but blanks"},
        {"\x1f\x8b\x08", 3, "a gzip file"},
        {"PK\x03\x04zip", 7, "a zip file"},
        {"\x28\xb5\x2f\xfd", 4, "a zstd file"},
        {"\x93NUMPY\x01", 7, ".eqx weights file"},
        {"{\"a\": 1}\n\x93NUMPY\x01\0", 17, "an .eqx weights file"},
        {"ATOM\0\0", 6, "a binary file"},
        {"# comment\ndata_1ABC\nATOM 1 N\n", 29, "an mmCIF file"},
        {"<!DOCTYPE html><html>", 21, "a web page"},
        {"<?xml version", 13, "an XML file"},
        {"{\"error\": 404}", 14, "a JSON file"},
        {">name\nACDEF\n", 12, "a FASTA file"},
        {"hello world\n", 12, "no atoms"},
        {"HEADER\nEND\n", 11, "no atoms"},
        {"ATOM\n", 5, "none of the 1 atom records can be read; line 1"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        refuse(expected[i].bytes, expected[i].count, expected[i].words);

    clear();
    put_atom("ATOM", " P", "DG", "B   1", 0, 0, 1);
    put_atom("ATOM", " P", "DC", "B   2", 0, 5, 1);
    put_atom("HETATM", " O", "HOH", "B   3", 0, 9, 1);
    refuse(text, text_length,
           "no protein chain that could be designed: the file holds DNA chain B (2 residues), 1 water");
    clear();
    put_atom("ATOM", " BB", "GLY", "A   1", 0, 0, 1);
    refuse(text, text_length, "coarse-grained");
    clear();
    put_atom("ATOM", " HA", "GLY", "A   1", 0, 0, 1);
    refuse(text, text_length, "hydrogens");
}

/* ---- Files --------------------------------------------------------------------------------------------- */

static void files(void) {
    static const struct {
        const char *path, *summary, *words; /* words: of an issue that must be there, or NULL */
    } expected[] = {
        {"structures/3HTN.pdb", "A:143(143) B:139(139) C:143(143)", "9 MSE as M"},
        {"structures/5L33_damaged.pdb", "A:101(98)", "A40 (no O), A61 (no CA), A81 (no N)"},
        {"structures/6MRR_short.pdb", "A:26(26)", NULL},
        {"odd/1A8O.pdb", "A:70(70)", "4 MSE as M"},
        {"odd/a_structure.pdb", "A:1(1)", "the largest has 892"},
        {"odd/1EN2.pdb", "A:86(86)", "A10 as GLY"},
        {"odd/1AKE_err_a.pdb", "A:1(1)", "the first in line 7"},
        {"odd/1grm.pdb", "A:15(15) B:15(15)", "A1 FVA, A4 DLE"},
        {"odd/pdb3mht.pdb", "A:327(327)", "DNA chain C (12 residues), DNA chain D (13 residues), 70 waters, 1 SAH"},
        {"odd/pdbRTER.pdb", "_:2(2)", "7 waters"},
        {"odd/noChainNameTerRecords.pdb", "_:2(2) _2:2(1)", "_2:4 (no O)"},
        {"odd/calcium-calpha-example.pdb", "A:1(1)", "3 CA"},
        {"odd/BaceCgMartini.pdb", "_:26(0) _2:26(0)", "(a coarse-grained model: no N, C and O at all): _:1"},
        {"odd/derived_hybrid36.pdb", "A:46(46)", NULL},
        {"odd/derived_bom_crlf.pdb", "A:46(46)", NULL},
        {"odd/derived_cut_line.pdb", "A:16(15)", "the first in line 112"},
        {"odd/derived_blank_chains.pdb", "_:26(26) _2:26(26)", NULL},
        {"odd/derived_number_jump.pdb", "A:46(46)", NULL},
        {"odd/derived_left_names.pdb", "A:46(46)", NULL},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/data/%s", expected[i].path);
        WeftStructure *s = parse_file(path);
        CHECK_TEXT(summary(s), expected[i].summary);
        CHECK(s && is_sound(s));
        if (expected[i].words && !*issue(s, expected[i].words)) CHECK_TEXT(path, expected[i].words);
        structure_free(s);
    }
    CHECK(parse_file("tests/data/odd/empty_model.pdb") == NULL && strstr(weft_error(), "no atoms"));
}

static void file_details(void) {
    WeftStructure *s = parse_file("tests/data/odd/derived_hybrid36.pdb");
    CHECK(s && s->number[0] == 9981 && s->number[45] == 10026);
    structure_free(s);
    s = parse_file("tests/data/odd/derived_number_jump.pdb");
    CHECK(s && s->number[0] == -998 && s->number[45] == 9046);
    structure_free(s);
    s = parse_file("tests/data/structures/3HTN.pdb");
    int32_t modified = 0;
    for (int32_t i = 0; s && i < s->length; i++)
        modified += !strcmp(s->name[i], "MSE") && WEFT_LETTERS[s->letter[i]] == 'M';
    CHECK(modified == 9);
    int32_t gap = s ? s->chain_start[1] : 0;
    while (s && gap < s->chain_start[2] && s->number[gap] != 99) gap++;
    CHECK(s && s->number[gap] == 99 && s->number[gap + 1] == 104);
    structure_free(s);
}

/* ---- Any bytes at all ---------------------------------------------------------------------------------- */

static uint32_t random_state = 1;
static uint32_t random_below(uint32_t limit) {
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)random_state * limit) >> 32);
}

/* Damaged files either give a sound structure or an error with words; never anything else. */
static void damaged_files(void) {
    static const char *const paths[] = {"tests/data/odd/1EN2.pdb", "tests/data/odd/a_structure.pdb",
                                        "tests/data/odd/noChainNameTerRecords.pdb"};
    static const char alphabet[] = "\n\r\t\0 AZ019-._:\xff\x80TERATOMHETEND";
    for (int round = 0; round < 150; round++) {
        size_t count;
        char *bytes = files_bytes(paths[round % 3], &count);
        CHECK(bytes != NULL);
        if (!bytes) return;
        if (round % 2) count = random_below((uint32_t)count) + 1;
        for (uint32_t edits = random_below(400); edits > 0; edits--)
            bytes[random_below((uint32_t)count)] = alphabet[random_below(sizeof alphabet - 1)];
        char *exact = malloc(count);
        if (exact) memcpy(exact, bytes, count);
        WeftStructure *s = exact ? pdb_parse(exact, count, (StructureChoice){0}) : NULL;
        CHECK(s ? is_sound(s) : weft_error_status() == WEFT_BAD_STRUCTURE && *weft_error());
        structure_free(s);
        free(exact);
        free(bytes);
    }
}

/* Worst cases for tables and lists: one residue of many atoms, one number for all residues, a chain for
 * each residue. */
static void many_of_one_kind(void) {
    enum { MANY = 200000, WIDTH = 67 };
    char *bytes = malloc((size_t)MANY * WIDTH + 1);
    for (int kind = 0; kind < 3 && bytes; kind++) {
        size_t at = 0;
        for (int i = 0; i < MANY; i++) {
            const char *atom = kind ? " CA " : "C   ";
            char name[5];
            if (!kind) snprintf(name, sizeof name, "%04X", (unsigned)i & 0xFFFF);
            at += (size_t)snprintf(bytes + at, WIDTH + 1, "ATOM      1 %4s ALA %c   1    %8.3f%8.3f%8.3f%s\n",
                                   kind ? atom : name, kind == 2 ? ' ' : 'A', kind ? 3.8 * (i % 2000) : 1.0,
                                   0.0, 0.0, kind == 2 ? "\nTER" : "");
        }
        at += (size_t)snprintf(bytes + at, WIDTH + 1, "ATOM      1  CA  ALA Z   1       1.000   2.000   3.000\n");
        WeftStructure *s = pdb_parse(bytes, at, (StructureChoice){0});
        CHECK(s && s->length == (kind ? MANY + 1 : 2));
        CHECK(s && s->chain_count == (kind == 2 ? MANY + 1 : 2));
        CHECK(s && is_sound(s));
        structure_free(s);
    }
    free(bytes);
}

int main(void) {
    RUN(residue_names);
    RUN(columns);
    RUN(elements);
    RUN(residue_numbers);
    RUN(unreadable_records);
    RUN(occupancies);
    RUN(line_ends);
    RUN(kinds_of_rows);
    RUN(bonded_by_number);
    RUN(incomplete_backbones);
    RUN(alternate_locations);
    RUN(one_conformer);
    RUN(doubled_atoms);
    RUN(numbering_gaps);
    RUN(mirror_images);
    RUN(microheterogeneity);
    RUN(scattered_and_repeated);
    RUN(chains);
    RUN(a_chain_letter_in_either_column_is_one_name);
    RUN(column_21);
    RUN(models);
    RUN(chosen_model);
    RUN(joined_files);
    RUN(unreadable_model);
    RUN(white_space);
    RUN(refusals);
    RUN(files);
    RUN(file_details);
    RUN(damaged_files);
    RUN(many_of_one_kind);
    return unit_done("pdb");
}
