/* SPDX-License-Identifier: MIT
 *
 * case.c - see case.h. case.json is read by looking for its keys: the files are ours and their form is known.
 */
#include "case.h"

#include "engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* N, CA, C and O of each slot; a CA-only case has CA alone. */
static float *backbone(const char *directory, int slots) {
    Npy npy;
    if (!npy_read(&npy, directory, "X")) stop(directory, "X");
    int atoms = (int)npy.count / (slots * 3), first = atoms == 1;
    if ((size_t)(slots * atoms * 3) != npy.count || (atoms != 1 && atoms != 4)) stop(directory, "X");
    float *out = calloc((size_t)(slots * 12), sizeof *out);
    for (size_t i = 0; i < npy.count; i++)
        out[(i / 3 / (size_t)atoms * 4 + i / 3 % (size_t)atoms + (size_t)first) * 3 + i % 3] =
            (float)npy.data[i];
    npy_free(&npy);
    return out;
}

/* What follows "key": in the text. */
static const char *json_value(const char *json, const char *key) {
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\n \"%s\": ", key); /* one space: a key of the outermost object */
    const char *p = strstr(json, quoted);
    return p ? p + strlen(quoted) : NULL;
}

static int json_integers(int *out, int space, const char *json, const char *key) {
    const char *p = json_value(json, key);
    int count = 0;
    for (p += p && *p == '['; p && count < space; p++) {
        char *end;
        out[count] = (int)strtol(p, &end, 10);
        count += end > p;
        p = end + strspn(end, " \n");
        if (*p != ',') break;
    }
    return count;
}

static void json_text(char *out, size_t size, const char *json, const char *key) {
    const char *p = json_value(json, key);
    snprintf(out, size, "%.*s", p ? (int)strcspn(p + 1, "\"") : 0, p ? p + 1 : "");
}

static int32_t *integers(const char *directory, const char *name, int count) {
    Npy npy;
    if (!npy_read(&npy, directory, name) || npy.count != (size_t)count) stop(directory, name);
    int32_t *out = malloc((size_t)count * sizeof *out);
    for (int i = 0; i < count; i++) out[i] = (int32_t)npy.data[i];
    npy_free(&npy);
    return out;
}

static float *floats(const char *directory, const char *name, int count) {
    Npy npy;
    if (!npy_read(&npy, directory, name) || npy.count != (size_t)count) stop(directory, name);
    float *out = malloc((size_t)count * sizeof *out);
    for (int i = 0; i < count; i++) out[i] = (float)npy.data[i];
    npy_free(&npy);
    return out;
}

WeftStructure *case_structure(const char *path) {
    size_t count;
    char *text = npy_file(path, &count);
    if (!text) stop(path, "no such file; run from the top of the checkout");
    WeftStructure *s = engine_structure(text, count);
    free(text);
    return s;
}

/* Rows by chain letter and residue number: within a chain, slot o is the residue with number first + o. */
static void match_rows(Case *c, const char *chains) {
    const WeftStructure *s = c->structure;
    const int32_t *number = weft_structure_numbers(s), *chain = weft_structure_chains(s);
    int at = 0;
    c->rows = weft_structure_length(s);
    c->row = malloc((size_t)c->slots * sizeof *c->row);
    c->slot = calloc((size_t)(c->rows + c->slots), sizeof *c->slot);
    for (int i = 0; i < c->slots; i++) c->row[i] = -1;
    for (const char *p = strchr(chains, '"'); p && *p == '"'; p = strpbrk(p + 3, "\"]")) {
        int first = 1 << 30, last = -(1 << 30);
        for (int pass = 0; pass < 2; pass++)
            for (int r = 0; r < c->rows; r++) {
                const char *name = weft_structure_chain_name(s, chain[r]);
                if (name[0] != p[1] || name[1]) continue;
                if (pass) {
                    c->slot[r] = at + number[r] - first;
                    c->row[c->slot[r]] = r;
                }
                first = number[r] < first ? number[r] : first;
                last = number[r] > last ? number[r] : last;
            }
        at += last - first + 1;
        if (at > c->slots) break;
    }
    if (at != c->slots) stop(c->name, "the structure's residues do not fill the case's slots");
    for (int r = 1, gaps = 0; r < c->rows; r++) /* the engine numbers gap slots in the order of the rows around them */
        for (int slot = c->slot[r - 1] + 1; chain[r] == chain[r - 1] && slot < c->slot[r]; slot++)
            c->slot[c->rows + gaps++] = slot;
}

void case_open(Case *c, const char *name) {
    char path[256], structure[64];
    size_t size;
    memset(c, 0, sizeof *c);
    snprintf(c->name, sizeof c->name, "%s", name);
    snprintf(c->directory, sizeof c->directory, CASE_FOLDER "%s", name);
    snprintf(path, sizeof path, "%s/case.json", c->directory);
    char *json = npy_file(path, &size);
    if (!json) stop(path, "no such file; run from the top of the checkout");
    json_integers(&c->slots, 1, json, "L");
    json_integers(&c->k, 1, json, "K");
    json_text(c->model, sizeof c->model, json, "model");
    c->edge_count = json_integers(c->edge_slot, 512, json, "rows");
    c->scored_count = json_integers(c->scored_slot, 512, json, "conditional_slots");
    if (!c->edge_count) /* no "rows": the whole array is stored */
        while (c->edge_count < c->slots) {
            c->edge_slot[c->edge_count] = c->edge_count;
            c->edge_count++;
        }
    c->x = backbone(c->directory, c->slots);
    c->randn = floats(c->directory, "randn", c->slots);
    c->residue_idx = integers(c->directory, "residue_idx", c->slots);
    c->chain = integers(c->directory, "chain_encoding", c->slots);
    c->order = integers(c->directory, "decoding_order", c->slots);
    int32_t *letter = integers(c->directory, "S", c->slots), *mask = integers(c->directory, "mask", c->slots),
            *designed = integers(c->directory, "chain_M", c->slots);
    c->letter = malloc((size_t)c->slots);
    c->mask = malloc((size_t)c->slots);
    c->designed = malloc((size_t)c->slots);
    for (int i = 0; i < c->slots; i++) {
        c->letter[i] = (int8_t)letter[i];
        c->mask[i] = mask[i] != 0;
        c->designed[i] = mask[i] && designed[i];
    }
    free(letter);
    free(mask);
    free(designed);
    const char *score = json_value(json, "score_teacher_forced"),
               *global = json_value(json, "global_score_teacher_forced");
    c->score = score ? strtod(score, NULL) : 0;
    c->global_score = global ? strtod(global, NULL) : 0;
    json_text(structure, sizeof structure, json, "structure");
    snprintf(path, sizeof path, "tests/data/%s", structure);
    c->structure = case_structure(path);
    match_rows(c, json_value(json, "slot_order_chains"));
    free(json);
}

void case_close(Case *c) {
    weft_structure_free(c->structure);
    void *owned[] = {c->x,      c->randn, c->residue_idx, c->chain, c->order,
                     c->letter, c->mask,  c->designed,    c->row,   c->slot};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

TwinSlots case_slots(const Case *c) { return (TwinSlots){c->slots, c->x, c->mask, c->residue_idx, c->chain}; }

void case_others_order(const Case *c, int32_t *order) {
    float *key = malloc((size_t)c->slots * sizeof *key);
    for (int i = 0; i < c->slots; i++) {
        int at = i;
        key[i] = 0.0001f * fabsf(c->randn[i]);
        for (; at > 0 && key[order[at - 1]] > key[i]; at--) order[at] = order[at - 1];
        order[at] = i;
    }
    free(key);
}

void case_row_order(const Case *c, int32_t *rows, const int32_t *slots) {
    for (int t = 0; t < c->slots; t++)
        if (c->row[slots[t]] >= 0) *rows++ = c->row[slots[t]];
}

unsigned char *case_weights(const char *directory, const char *name, size_t *count) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.eqx", directory, name);
    unsigned char *bytes = (unsigned char *)npy_file(path, count);
    if (!bytes) fprintf(stderr, "%s: no such file\n", path);
    return bytes;
}
