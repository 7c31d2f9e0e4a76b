/* SPDX-License-Identifier: MIT */
#include "pdb.h"

#include <math.h>
#include <string.h>

#include "sniff.h"
#include "structure_build.h"

enum {
    BYTES_PER_ATOM = 81, /* of a full atom record: a guess for the first reservation */
    COORDINATE_END = 54, /* column; a shorter atom record has been cut */
    CHAIN_KEYS = 256 * 256
};

/* One line without its end. Columns count from 1, as in the format's description; beyond the end there are
 * blanks. */
typedef struct Line {
    const char *text;
    size_t length;
    int32_t number;
} Line;

typedef struct PdbReader {
    const char *text;
    size_t count, at;
    int32_t line;
    StructureBuilder *builder;
    int32_t *chain_of; /* [CHAIN_KEYS] builder's chain of a two-character name plus 1, or 0 */
    uint8_t *tail;     /* [CHAIN_KEYS] 1 behind the chain's TER */
    int32_t last_key;  /* of the last atom, or -1 */
    StructureReading reading;
    int wide_chains;     /* 1: chain names begin in column 21 */
    int over;            /* 1 behind the model that is read */
    int32_t model_atoms; /* of the model at hand, behind that */
} PdbReader;

/* ---- Fields -------------------------------------------------------------------------------------------- */

static char column(const Line *l, size_t number) {
    char c = number <= l->length ? l->text[number - 1] : ' ';
    return c == '\t' || c == '\0' ? ' ' : c;
}

/* Copies the columns first..last without outer blanks. Characters that are not printable ASCII become '?'. */
static void field(const Line *l, size_t first, size_t last, char *out) {
    while (first <= last && column(l, first) == ' ') first++;
    while (last >= first && column(l, last) == ' ') last--;
    size_t length = 0;
    for (size_t i = first; i <= last; i++) {
        char c = column(l, i);
        out[length++] = c > ' ' && c < 127 ? c : '?';
    }
    out[length] = '\0';
}

/* "-12.345" or "1.2e-3", all of it; digits are gathered exactly, so the value is the nearest double. */
static int read_decimal(const char *text, double *value) {
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

/* Four characters of a residue number: decimal, or hybrid-36 from A000 (10000) on. */
static int read_number(const char *text, int32_t *value) {
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
    for (; *text >= '0' && *text <= '9'; text++) sum = sum * 10 + (*text - '0');
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
static void read_element(const Line *l, const char *residue, char *out) {
    int8_t letter;
    field(l, 77, 78, out);
    out[0] = upper_case(out[0]);
    if (out[0]) out[1] = upper_case(out[1]);
    if (is_element(out)) return;
    ResidueKind kind = residue_kind(residue, &letter);
    int organic = kind != RESIDUE_OTHER && kind != RESIDUE_WATER;
    char c = upper_case(column(l, 13)), d = upper_case(column(l, 14));
    memcpy(out, (char[3]){0}, 3);
    if (!is_letter(c)) {
        if (is_letter(d)) out[0] = d;
    } else {
        out[0] = c;
        if (!organic && is_letter(d) && column(l, 16) == ' ') out[1] = d;
        if (!is_element(out)) out[1] = '\0';
    }
    if (!is_element(out)) out[0] = '\0';
}

/* ---- Records ------------------------------------------------------------------------------------------- */

static int next_line(PdbReader *r, Line *l) {
    if (r->at >= r->count) return 0;
    size_t start = r->at, end = start;
    while (end < r->count && r->text[end] != '\n' && r->text[end] != '\r') end++;
    *l = (Line){r->text + start, end - start, ++r->line};
    r->at = end + 1;
    if (end + 1 < r->count && r->text[end] == '\r' && r->text[end + 1] == '\n') r->at = end + 2;
    return 1;
}

/* The record name, with nothing but blanks or a number behind it in the first columns. */
static int is_record(const Line *l, const char *name) {
    size_t length = strlen(name);
    if (l->length < length || memcmp(l->text, name, length)) return 0;
    char c = column(l, length + 1);
    return c == ' ' || (c >= '0' && c <= '9');
}

/* Nothing parts HETATM from a serial of five characters, which may be anything. */
static int is_atom(const Line *l) {
    return is_record(l, "ATOM") || (l->length >= 6 && !memcmp(l->text, "HETATM", 6));
}

/* MODEL with a number or nothing behind it; other text may begin with the word. */
static int is_model(const Line *l) {
    if (!is_record(l, "MODEL")) return 0;
    for (size_t i = 6; i <= l->length && i <= 20; i++)
        if (column(l, i) != ' ' && (column(l, i) < '0' || column(l, i) > '9')) return 0;
    return 1;
}

/* The chain of a record: column 22, and column 21 where that belongs to it. Blank names are
 * declared anew after each TER; the others once. Returns a negative status on failure. */
static int32_t read_chain(PdbReader *r, char before, char name, int32_t *key) {
    *key = (uint8_t)before << 8 | (uint8_t)name;
    int32_t known = r->chain_of[*key];
    if (known) return known - 1;
    char text[8] = "";
    size_t length = 0;
    const char parts[2] = {before, name};
    for (int i = 0; i < 2; i++) {
        if (parts[i] > ' ' && parts[i] < 127)
            text[length++] = parts[i];
        else if (parts[i] != ' ') { /* not ASCII: two hexadecimal digits */
            text[length++] = 'x';
            text[length++] = "0123456789ABCDEF"[(uint8_t)parts[i] >> 4];
            text[length++] = "0123456789ABCDEF"[(uint8_t)parts[i] & 15];
        }
    }
    int32_t chain = structure_build_chain(r->builder, text);
    if (chain >= 0) r->chain_of[*key] = chain + 1;
    return chain;
}

static int read_coordinates(const Line *l, float *xyz) {
    if (l->length < COORDINATE_END) return 0;
    for (size_t i = 0; i < 3; i++) {
        char text[9];
        double value;
        field(l, 31 + 8 * i, 38 + 8 * i, text);
        if (!read_decimal(text, &value) || !(fabs(value) < 1e8)) return 0;
        xyz[i] = (float)value;
    }
    return 1;
}

/* Columns 23-26, and 27 where a number of five digits runs into the insertion code. */
static int read_position(const Line *l, AtomRecord *a) {
    char text[5];
    field(l, 23, 26, text);
    if (!read_number(text, &a->number)) return 0;
    char code = column(l, 27), lead = column(l, 23);
    a->insertion = code > ' ' && code < 127 ? code : ' ';
    if (code >= '0' && code <= '9' && strlen(text) == 4 && ((lead >= '0' && lead <= '9') || lead == '-')) {
        a->number = a->number * 10 + (a->number < 0 ? '0' - code : code - '0');
        a->insertion = ' ';
    }
    return 1;
}

/* What column 21 holds, file by file: usually nothing, the fourth letter of residue names (TIP3, HISD), or
 * the first letter of chain names. The last is so when it stands behind a known name without making
 * another one (ALA and B). */
static int has_wide_chains(PdbReader r) {
    Line l;
    while (next_line(&r, &l)) {
        char name[5], wide[5];
        int8_t letter;
        if (!is_atom(&l) || column(&l, 21) == ' ') continue;
        field(&l, 18, 20, name);
        field(&l, 18, 21, wide);
        if (residue_kind(name, &letter) != RESIDUE_OTHER && residue_kind(wide, &letter) == RESIDUE_OTHER)
            return 1;
    }
    return 0;
}

static void read_occupancy(PdbReader *r, const Line *l, AtomRecord *a) {
    char text[7];
    double value;
    field(l, 55, 60, text);
    int good = read_decimal(text, &value) && value >= 0 && value <= 1;
    a->occupancy = good ? (float)value : 1.0f;
    if (!good && *text && !r->reading.odd_occupancy++) r->reading.first_odd = l->number;
    field(l, 61, 66, text);
    a->b_factor = read_decimal(text, &value) && fabs(value) < 1e8 ? (float)value : 0.0f;
}

static WeftStatus read_atom(PdbReader *r, const Line *l) {
    AtomRecord a = {.line = l->number, .hetero = l->text[0] == 'H'};
    field(l, 13, 16, a.name);
    if (!*a.name || !read_coordinates(l, a.xyz) || !read_position(l, &a)) {
        if (!r->reading.skipped++) r->reading.first_skipped = l->number;
        return WEFT_OK;
    }
    field(l, 18, r->wide_chains ? 20 : 21, a.residue);
    a.chain = read_chain(r, r->wide_chains ? column(l, 21) : ' ', column(l, 22), &r->last_key);
    if (a.chain < 0) return WEFT_NO_MEMORY;
    a.tail = r->tail[r->last_key];
    a.altloc = column(l, 17) > ' ' && column(l, 17) < 127 ? column(l, 17) : ' ';
    read_occupancy(r, l, &a);
    read_element(l, a.residue, a.element);
    return structure_build_atom(r->builder, &a);
}

static void read_ter(PdbReader *r) {
    if (r->last_key < 0) return;
    r->tail[r->last_key] = 1;
    if (r->last_key == (' ' << 8 | ' '))
        r->chain_of[r->last_key] = 0; /* the next blank chain is another one */
}

/* Models behind the first are counted, not read. */
static void count_later(PdbReader *r, const Line *l, int atom) {
    if (atom) {
        if (!r->model_atoms++ && !r->reading.models++) r->reading.model_line = l->number;
        r->reading.largest = base_max(r->reading.largest, r->model_atoms);
    } else {
        r->model_atoms = 0;
    }
}

static WeftStatus read_line(PdbReader *r, const Line *l) {
    int atom = is_atom(l), end = is_record(l, "ENDMDL") || is_record(l, "END") || is_model(l);
    if (r->over) {
        if (atom || end) count_later(r, l, atom);
        return WEFT_OK;
    }
    if (atom) return read_atom(r, l);
    if (end)
        r->over = r->builder->atom_count > 0;
    else if (is_record(l, "TER"))
        read_ter(r);
    return WEFT_OK;
}

/* ---- The file ------------------------------------------------------------------------------------------ */

/* Says why a text without a single atom is no structure. */
static void fail_without_atoms(const PdbReader *r) {
    const char *what = sniff_text(r->text, r->count);
    if (r->reading.skipped)
        base_fail(WEFT_BAD_STRUCTURE, r->reading.first_skipped,
                  "none of the %d atom records can be read; line %d has no valid coordinates or residue "
                  "number in the "
                  "PDB columns",
                  (int)r->reading.skipped, (int)r->reading.first_skipped);
    else if (what)
        base_fail(WEFT_BAD_STRUCTURE, -1, "this is %s, not PDB text", what);
    else
        base_fail(WEFT_BAD_STRUCTURE, -1, "no atoms: the text has no ATOM or HETATM record of a PDB file");
}

static WeftStructure *read_text(PdbReader *r) {
    Line l;
    r->wide_chains = has_wide_chains(*r);
    while (next_line(r, &l))
        if (read_line(r, &l)) return NULL;
    if (!r->builder->atom_count) {
        fail_without_atoms(r);
        return NULL;
    }
    structure_report_reading(r->builder, &r->reading);
    return structure_build_finish(r->builder);
}

static int is_blank(const char *text, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strchr(" \t\r\n", text[i]) || !text[i]) return 0;
    return 1;
}

WeftStructure *pdb_parse(const void *bytes, size_t count) {
    PdbReader r = {.text = bytes, .count = count, .last_key = -1, .reading.place = "line"};
    const char *what = sniff_binary(bytes, count);
    if (!what) {
        /* mmCIF has lines that begin with ATOM, so it must not be tried as PDB. */
        what = sniff_text(bytes, count);
        if (what && !sniff_is_structure(what)) what = NULL;
    }
    if (what) {
        base_fail(WEFT_BAD_STRUCTURE, -1, "this is %s, not PDB text%s", what,
                  sniff_is_structure(what) ? "; engine.open reads it" : "");
        return NULL;
    }
    if (is_blank(bytes, count)) {
        base_fail(WEFT_BAD_STRUCTURE, -1, count ? "the file holds nothing but blanks" : "the file is empty");
        return NULL;
    }
    if (count >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) r.at = 3;
    r.builder = structure_build_open(count / BYTES_PER_ATOM);
    if (!r.builder) return NULL;
    r.chain_of = ARENA_TAKE(r.builder->arena, int32_t, CHAIN_KEYS);
    r.tail = r.chain_of ? ARENA_TAKE(r.builder->arena, uint8_t, CHAIN_KEYS) : NULL;
    WeftStructure *s = r.tail ? read_text(&r) : NULL;
    structure_build_free(r.builder);
    return s;
}
