/* SPDX-License-Identifier: MIT
 *
 * file_order.c - residues by gaps and in file order, where their numbers jump, repeat and go back (MODEL.md 1).
 *
 *   file_order WEIGHTS_DIRECTORY -> a table: LigandMPNN's stored numbers; where both ways must be the same; then both
 *   against the twin, whose slots are made here from the definition, on files with numbers at random
 *
 * It looks inside the engine, for the places of rows.
 */
#include "../../src/mpnn/mpnn.h"
#include "case.h"
#include "engine.h"
#include "synthetic.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LETTERS = WEFT_LETTER_COUNT, MOST_SLOTS = 1024, TRIALS = 12 };

static const char *const STORED[] = {"6MRR_numbers", "6MRR_short_numbers"};

/* A structure under a model one way, and which row each slot of the other side is (-1: a gap). */
typedef struct Pair {
    const char *name, *sides;
    WeftStructure *structure;
    WeftEncoding *encoding;
    int slots, row[MOST_SLOTS];
    const uint8_t *mask; /* [slots] */
} Pair;

/* The rows with a CA, in their order: what LigandMPNN makes slots of. */
static int rows_with_carbon(int *row, const WeftStructure *s) {
    int count = 0;
    for (int i = 0; i < weft_structure_length(s); i++)
        if (weft_structure_carbons(s)[i]) row[count++] = i;
    return count;
}

/* Neighbours of complete rows as sets: those that are equally far may change places in PyTorch. */
static void compare_neighbors(const Pair *p, const int32_t *neighbor, int k) {
    int wrong = (int)weft_encoding_number(p->encoding, WEFT_ENCODING_NEIGHBORS) != k;
    for (int i = 0; !wrong && i < p->slots; i++)
        for (int j = 0; p->row[i] >= 0 && p->mask[i] && j < k; j++) {
            const int32_t *mine = weft_encoding_neighbors(p->encoding) + p->row[i] * k;
            int want = p->row[neighbor[i * k + j]], at = 0, rows = weft_structure_length(p->structure);
            while (at < k && (mine[at] < rows ? mine[at] : -1) != want) at++;
            wrong += at == k;
        }
    table_check(p->name, "neighbours", !wrong, p->sides);
}

/* log_probs [slots][letters] of the other side. */
static double compare_log_probs(const Pair *p, const char *what, WeftRun *run, const double *log_probs, int red) {
    Diff d = {0};
    for (int i = 0; i < p->slots; i++)
        for (int a = 0; p->row[i] >= 0 && p->mask[i] && a < LETTERS; a++)
            diff_add(&d, (double)weft_run_log_probs(run, 0)[p->row[i] * LETTERS + a], log_probs[i * LETTERS + a]);
    if (red) table_row(p->name, p->sides, what, &d, 1e-4, 1e-5, "as for all stored cases");
    weft_run_free(run);
    return d.largest;
}

static WeftRun *unconditional(const Pair *p) {
    return engine_run(engine_request(p->encoding, p->structure, weft_structure_carbons(p->structure)),
                      WEFT_UNCONDITIONAL);
}

/* The file's letters, decoded in an order of slots; rows that are no slot before all. */
static WeftRun *scored(const Pair *p, const int32_t *slot_order) {
    int rows = weft_structure_length(p->structure), at = 0;
    int32_t *order = malloc((size_t)rows * sizeof *order);
    uint8_t *placed = calloc((size_t)rows, 1);
    for (int i = 0; i < p->slots; i++)
        if (p->row[i] >= 0) placed[p->row[i]] = 1;
    for (int r = 0; r < rows; r++)
        if (!placed[r]) order[at++] = r;
    for (int t = 0; t < p->slots; t++)
        if (p->row[slot_order[t]] >= 0) order[at++] = p->row[slot_order[t]];
    WeftRequest *r = engine_request(p->encoding, p->structure, weft_structure_carbons(p->structure));
    engine_check(weft_request_order(r, 1, order), p->name);
    free(order), free(placed);
    return engine_run(r, WEFT_SCORE);
}

/* ---- LigandMPNN's own numbers -------------------------------------------------------------------------- */

typedef struct Stored {
    int count, k;
    uint8_t mask[MOST_SLOTS];
    int32_t order[MOST_SLOTS], *neighbor;
    Npy place, chain, letter, given, alone;
} Stored;

static int stored_open(Stored *s, const char *name) {
    char folder[128];
    Npy mask, order, neighbor;
    snprintf(folder, sizeof folder, "tests/data/golden/file_order/%s", name);
    if (!npy_read(&mask, folder, "mask") || !npy_read(&order, folder, "decoding_order") ||
        !npy_read(&neighbor, folder, "E_idx") || !npy_read(&s->place, folder, "R_idx") ||
        !npy_read(&s->chain, folder, "chain_labels") || !npy_read(&s->letter, folder, "S") ||
        !npy_read(&s->given, folder, "logp_teacher_forced") ||
        !npy_read(&s->alone, folder, "logp_unconditional"))
        return 0;
    s->count = neighbor.shape[0];
    s->k = neighbor.shape[1];
    s->neighbor = malloc(neighbor.count * sizeof *s->neighbor);
    for (size_t i = 0; i < neighbor.count; i++) s->neighbor[i] = (int32_t)neighbor.data[i];
    for (int i = 0; i < s->count; i++) s->mask[i] = mask.data[i] != 0, s->order[i] = (int32_t)order.data[i];
    npy_free(&mask), npy_free(&order), npy_free(&neighbor);
    return 1;
}

static void stored_close(Stored *s) {
    npy_free(&s->place), npy_free(&s->chain), npy_free(&s->letter), npy_free(&s->given), npy_free(&s->alone);
    free(s->neighbor);
}

/* Letters, masks, and the places of rows beside each other, which are all that the network sees of R_idx. */
static void compare_rows(const Pair *p, const Stored *s) {
    int wrong = p->slots != s->count;
    for (int i = 0; !wrong && i < s->count; i++) {
        const Slots *mine = &p->encoding->slots;
        int row = p->row[i], last = i ? p->row[i - 1] : row;
        wrong += weft_structure_letters(p->structure)[row] != (int)s->letter.data[i];
        wrong += weft_structure_mask(p->structure)[row] != s->mask[i];
        if (!i) continue;
        wrong += (mine->chain[row] == mine->chain[last]) != (s->chain.data[i] == s->chain.data[i - 1]);
        if (mine->chain[row] == mine->chain[last])
            wrong += (double)(mine->position[row] - mine->position[last]) !=
                     s->place.data[i] - s->place.data[i - 1];
    }
    table_check(p->name, "letters, masks, places", !wrong, p->sides);
}

static int stored_case(const WeftModel *m, const char *name) {
    char path[128];
    Stored s;
    if (!stored_open(&s, name)) return fprintf(stderr, "%s: cannot be read\n", name), 0;
    snprintf(path, sizeof path, "tests/data/structures/%s.pdb", name);
    Pair p = {.name = name, .sides = "engine/LigandMPNN", .structure = case_structure(path), .mask = s.mask};
    p.slots = rows_with_carbon(p.row, p.structure);
    p.encoding = engine_encode_as(m, p.structure, WEFT_FEATURES_FILE_ORDER);
    compare_rows(&p, &s);
    compare_neighbors(&p, s.neighbor, s.k);
    compare_log_probs(&p, "unconditional", unconditional(&p), s.alone.data, 1);
    compare_log_probs(&p, "autoregressive", scored(&p, s.order), s.given.data, 1);
    weft_encoding_free(p.encoding);
    p.encoding = engine_encode(m, p.structure);
    double other = compare_log_probs(&p, "", unconditional(&p), s.alone.data, 0);
    table_check(name, "by gaps it is something else", other > 0.01, "so that the rows above can fail");
    weft_encoding_free(p.encoding), weft_structure_free(p.structure), stored_close(&s);
    return 1;
}

/* ---- Where both ways are the same ---------------------------------------------------------------------- */

/* Every bit of what is said of rows that the model sees. */
static void both_ways(const WeftModel *m, const char *file, int same) {
    char path[96], name[64];
    snprintf(path, sizeof path, "tests/data/%s.pdb", file);
    snprintf(name, sizeof name, "%s %s", strrchr(file, '/') + 1, m->ca_only ? "CA" : "");
    WeftStructure *s = case_structure(path);
    WeftRun *run[2];
    WeftEncoding *e[2];
    int differ = 0;
    for (int way = 0; way < 2; way++) {
        e[way] = engine_encode_as(m, s, way ? WEFT_FEATURES_FILE_ORDER : WEFT_FEATURES_GAPS);
        run[way] = engine_run(engine_request(e[way], s, weft_structure_carbons(s)), WEFT_UNCONDITIONAL);
    }
    for (int i = 0; i < weft_structure_length(s); i++)
        if (mpnn_visible(m, s)[i])
            differ += memcmp(weft_run_log_probs(run[0], 0) + i * LETTERS,
                             weft_run_log_probs(run[1], 0) + i * LETTERS, LETTERS * sizeof(float)) != 0;
    table_check(name, "by gaps and in file order", same == !differ, same ? "every bit" : "not the same");
    for (int way = 0; way < 2; way++) weft_run_free(run[way]), weft_encoding_free(e[way]);
    weft_structure_free(s);
}

/* 3HTN has a gap, 5CBA insertion codes and a gap, 5L33_damaged a gap and residues without N, CA and O; 6MRR_short has
 * a gap and fewer residues than neighbours. */
static int ways(const char *weights, const WeftModel *m) {
    size_t count;
    unsigned char *bytes = case_weights(weights, "ca_v_48_020", &count);
    if (!bytes) return 0;
    WeftModel *ca = engine_model(bytes, count, 0);
    both_ways(m, "structures/3HTN", 1);
    both_ways(m, "examples/5CBA", 1);
    both_ways(m, "structures/5L33_damaged", 1);
    both_ways(m, "structures/6MRR_short", 0);
    both_ways(ca, "structures/6MRR", 1);
    both_ways(ca, "structures/5L33_damaged", 0);
    weft_model_free(ca), free(bytes);
    return 1;
}

/* ---- The twin ------------------------------------------------------------------------------------------ */

/* New numbers for the residues of the text: steps of 1, gaps, insertion codes and, where it is allowed, jumps back to
 * where no number was used. */
static void renumber(Protein *p, int32_t *number, Dice *d, int back) {
    int row = -1, lowest = 0;
    char before[6] = "", code = ' ';
    for (char *line = p->text; !strncmp(line, "ATOM", 4); line = strchr(line, '\n') + 1) {
        char field[8];
        if (strncmp(before, line + 21, 5)) {
            memcpy(before, line + 21, 5);
            int starts = ++row == 0 || p->chain[row] != p->chain[row - 1], dice = (int)dice_below(d, 100);
            int again = !starts && dice < 20 && code < 'H',
                jumps = !starts && back && dice >= 90 && lowest > -500;
            code = !again ? ' ' : code == ' ' ? 'A' : (char)(code + 1);
            number[row] = starts  ? (int)dice_below(d, 40)
                          : again ? number[row - 1]
                          : jumps ? lowest - 250
                                  : number[row - 1] + 1 + (dice >= 75 ? (int)dice_below(d, 4) : 0);
            if (starts) lowest = number[row];
            if (number[row] < lowest) lowest = number[row];
        }
        snprintf(field, sizeof field, "%4d%c", (int)number[row], code);
        memcpy(line + 22, field, 5);
    }
}

/* The residues as slots from MODEL.md 1, one way or the other. */
static TwinSlots slots_of(const Protein *p, const int32_t *number, int file_order, int ca_only, Pair *pair) {
    float *x = calloc(MOST_SLOTS * 12, sizeof *x);
    uint8_t *mask = calloc(MOST_SLOTS, 1);
    int32_t *place = calloc(MOST_SLOTS, sizeof *place), *chain = calloc(MOST_SLOTS, sizeof *chain);
    int count = 0, repeated = 0, of[MOST_SLOTS];
    for (int i = 0; i < p->rows; i++) {
        const float *ca = p->x + i * 12 + 3;
        int carbon = ca[0] != 0 || ca[1] != 0 || ca[2] != 0;
        if (file_order && !carbon) continue;
        int last = count - 1, joined = count && chain[last] == p->chain[i];
        int step = count ? number[i] - number[of[last]] : 0;
        repeated += count && step == 0; /* of LigandMPNN's R_idx: across chains, too */
        place[count] = file_order ? number[i] + repeated : !joined ? 0 : place[last] + (step > 1 ? step : 1);
        memcpy(x + count * 12, p->x + i * 12, 12 * sizeof *x);
        for (int a = 0; ca_only && a < 12; a++)
            if (a / 3 != 1) x[count * 12 + a] = 0;
        mask[count] = ca_only ? (uint8_t)carbon : p->mask[i];
        chain[count] = p->chain[i];
        of[count] = pair->row[count] = i;
        count++;
    }
    for (int i = 1, rows = count; !file_order && i < rows; i++)
        for (int gap = place[i - 1] + 1; chain[i] == chain[i - 1] && gap < place[i]; gap++, count++) {
            place[count] = gap, chain[count] = chain[i], pair->row[count] = -1;
        }
    pair->slots = count;
    pair->mask = mask;
    return (TwinSlots){count, x, mask, place, chain};
}

static void against_twin(const WeftModel *m, const TwinModel *twin, const Protein *p, const int32_t *number,
                         int file_order, Pair *pair, Dice *d) {
    int ca_only = twin->ca_only, rows = p->rows;
    TwinSlots slots = slots_of(p, number, file_order, ca_only, pair);
    int32_t *order = malloc((size_t)slots.length * sizeof *order);
    int8_t *letter = malloc((size_t)slots.length);
    double *log_probs = calloc((size_t)(slots.length * LETTERS), sizeof *log_probs);
    pair->encoding =
        engine_encode_as(m, pair->structure, file_order ? WEFT_FEATURES_FILE_ORDER : WEFT_FEATURES_GAPS);
    TwinEncoding *e = twin_encode(twin, &slots);
    compare_neighbors(pair, e->nbr, e->k);
    twin_unconditional(log_probs, twin, e);
    compare_log_probs(pair, "unconditional", unconditional(pair), log_probs, 1);
    for (int i = 0; i < slots.length; i++)
        letter[i] = pair->row[i] < 0 ? WEFT_LETTER_X : weft_structure_letters(pair->structure)[pair->row[i]];
    int gaps = file_order ? 0 : slots.length - rows;
    dice_order(d, order + gaps, slots.length - gaps);
    for (int t = 0; t < gaps; t++) order[t] = rows + t;
    twin_score(log_probs, twin, e, letter, order);
    compare_log_probs(pair, "autoregressive", scored(pair, order), log_probs, 1);
    weft_encoding_free(pair->encoding), twin_encoding_free(e);
    void *owned[] = {
        (void *)slots.x, (void *)slots.mask, (void *)slots.residue_idx, (void *)slots.chain, order,
        letter,          log_probs};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

/* Half of the trials have fewer residues than neighbours; CA-only models come last. The twin takes the CA atoms before
 * and behind by number, so there none goes back. */
static void trial(int index) {
    Dice d = dice(7000 + (uint64_t)index);
    Shape shape = shape_of_proteinmpnn();
    char name[64];
    size_t count;
    shape.ca_only = index >= TRIALS * 2 / 3;
    shape.node = shape.edge = shape.raw_edge = shape.hidden = 32;
    shape.neighbors = index % 2 ? 40 : 12;
    unsigned char *bytes = weights_make(&d, &shape, &count);
    WeftModel *m = engine_model(bytes, count, 0);
    TwinModel *twin = twin_model_read(bytes, count);
    Protein p = protein_make(&d, 30 + (int)dice_below(&d, 10), 1 + index % 3, 0, 20);
    int32_t *number = calloc((size_t)p.rows, sizeof *number);
    renumber(&p, number, &d, !shape.ca_only);
    for (int file_order = 0; file_order < 2; file_order++) {
        snprintf(name, sizeof name, "#%d%s L%d k%d %s", index, shape.ca_only ? " CA" : "", p.rows,
                 shape.neighbors, file_order ? "file order" : "gaps");
        Pair pair = {.name = name, .sides = "engine/twin", .structure = engine_structure(p.text, p.text_size)};
        int same = weft_structure_length(pair.structure) == p.rows &&
                   !memcmp(weft_structure_numbers(pair.structure), number, (size_t)p.rows * sizeof *number);
        table_check(name, "rows as they were made", same, "engine/twin");
        if (same) against_twin(m, twin, &p, number, file_order, &pair, &d);
        weft_structure_free(pair.structure);
    }
    twin_model_free(twin), weft_model_free(m), protein_free(&p), free(bytes), free(number);
}

int main(int argc, char **argv) {
    size_t count;
    unsigned char *bytes = argc == 2 ? case_weights(argv[1], "proteinmpnn_v_48_020", &count) : NULL;
    if (!bytes) return fprintf(stderr, "usage: file_order WEIGHTS_DIRECTORY\n"), 2;
    WeftModel *m = engine_model(bytes, count, 0);
    for (size_t i = 0; i < sizeof STORED / sizeof *STORED; i++)
        if (!stored_case(m, STORED[i])) return 2;
    if (!ways(argv[1], m)) return 2;
    for (int i = 0; i < TRIALS; i++) trial(i);
    weft_model_free(m), free(bytes);
    return table_done("file_order");
}
