/* SPDX-License-Identifier: MIT
 *
 * plans.c - designs of several states, of tied groups, with matrices and temperatures by row: that what has to be equal
 * is, that letters are drawn from what MODEL.md 6 says, that no constraint is ever broken; through weft.h alone.
 *
 *   plans WEIGHTS_DIRECTORY [TEST | SEED] -> a table; a plan is repeated alone by its seed
 */
#include "ask.h"
#include "case.h"
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LETTERS = ASK_LETTERS,
    X = WEFT_LETTER_X,
    SYNTHETIC = 1000,
    REAL = 8,
    TWINS = 150,
    FIRST_SEED = 20260
};

typedef struct Benches {
    Bench real, small;
    uint64_t first;
    int plans;
} Benches;

static Ask ask; /* large, so not on the stack */

/* ---- Comparing runs ------------------------------------------------------------------------------------ */

static int same_floats(const float *x, const float *y, int rows) {
    return !memcmp(x, y, (size_t)(rows * LETTERS) * sizeof *x);
}

/* Lane a of x is lane b of y, to the bit. */
static int same_lane(const WeftRun *x, int a, const WeftRun *y, int b, int rows) {
    return !memcmp(weft_run_letters(x, a), weft_run_letters(y, b), (size_t)rows) &&
           !memcmp(weft_run_order(x, a), weft_run_order(y, b), (size_t)rows * sizeof(int32_t)) &&
           same_floats(weft_run_log_probs(x, a), weft_run_log_probs(y, b), rows) &&
           same_floats(weft_run_probs(x, a), weft_run_probs(y, b), rows);
}

/* The first state's share of a design of several: letters, and the order of its rows among themselves. */
static int same_design(const WeftRun *several, const WeftRun *one, int lane, int rows, Diff *probs) {
    int at = 0, same = !memcmp(weft_run_letters(several, lane), weft_run_letters(one, lane), (size_t)rows);
    for (int t = 0; at < rows; t++) {
        int row = weft_run_order(several, lane)[t];
        same = same && (row >= rows || row == weft_run_order(one, lane)[at]);
        at += row < rows;
    }
    for (int i = 0; i < rows * LETTERS; i++)
        diff_add(probs, (double)weft_run_probs(several, lane)[i], (double)weft_run_probs(one, lane)[i]);
    return same && same_floats(weft_run_log_probs(several, lane), weft_run_log_probs(one, lane), rows);
}

/* ---- What has to be the plain design ------------------------------------------------------------------- */

/* Every third row fixed where asked, so that fixed rows' orders matter too. */
static void fix_some(Ask *a, int some) {
    for (int i = 0; some && i < a->rows; i++) a->design[i] = (i - a->first_row[a->state[i]]) % 3 != 0;
}

static void one_state(const Bench *bench) {
    for (int some = 0; some < 2; some++) {
        ask_plain(&ask, bench, 1);
        fix_some(&ask, some);
        WeftRun *plain = engine_run(ask_request(&ask, 0, ask.lanes, 0), WEFT_DESIGN);
        for (int32_t i = 0; i < ask.rows; i++) ask_tie(&ask, &i, 1, 1);
        WeftRun *groups = engine_run(ask_request(&ask, 0, ask.lanes, 0), WEFT_DESIGN);
        int same = same_lane(plain, 0, groups, 0, ask.rows) && same_lane(plain, 1, groups, 1, ask.rows);
        table_check(bench->name, "groups of one row = no groups", same,
                    some ? "a third fixed, every bit" : "every bit");
        weft_run_free(plain);
        weft_run_free(groups);
    }
}

static const char *const RULE[] = {"logits", "geometric", "arithmetic", "product"};

/* Weights of the states that leave the plain design what it is. */
static void weigh(Ask *a, WeftTieRule rule, int unequal) {
    static const float SHARE[4][3] = {{0}, {1, 0, 0}, {0.25f, 0.75f, 0}, {0.25f, 0.25f, 0.5f}};
    for (int i = 0; i < a->start[a->groups]; i++) {
        float share = unequal ? SHARE[a->states][a->state[a->row[i]]] : 1 / (float)a->states;
        a->weight[i] = rule == WEFT_TIE_LOGITS ? share * (float)a->states : share;
    }
    a->weighs = 1;
    a->rule = rule;
}

static void identical(const Bench *bench, int states, WeftTieRule rule, int some) {
    char what[80];
    Diff probs = {0};
    int same = 1, rows = bench->backbone[0].rows;
    ask_plain(&ask, bench, 1);
    fix_some(&ask, some);
    WeftRun *one = engine_run(ask_request(&ask, 0, ask.lanes, 0), WEFT_DESIGN);
    for (int unequal = 0; unequal < 2; unequal++) {
        ask_plain(&ask, bench, states);
        fix_some(&ask, some);
        for (int32_t i = 0; i < rows; i++) ask_tie(&ask, (int32_t[]){i, i + rows, i + 2 * rows}, states, 1);
        weigh(&ask, rule, unequal);
        WeftRun *several = engine_run(ask_request(&ask, 0, ask.lanes, 0), WEFT_DESIGN);
        for (int lane = 0; lane < ask.lanes; lane++)
            same = same_design(several, one, lane, rows, &probs) && same;
        weft_run_free(several);
    }
    weft_run_free(one);
    snprintf(what, sizeof what, "%s, equal and unequal weights%s", RULE[rule], some ? ", a third fixed" : "");
    table_check(bench->name, states == 2 ? "2 identical states = one" : "3 identical states = one", same, what);
    table_row(bench->name, "several/one", RULE[rule], &probs, 2e-6, 0, "probabilities drawn from");
}

static void plain(const Benches *b) {
    for (int i = 0; i < 2; i++) {
        const Bench *bench = i ? &b->real : &b->small;
        one_state(bench);
        for (int rule = 0; rule < 4; rule++)
            for (int states = 2; states < 4; states++)
                for (int some = 0; some < 2; some++) identical(bench, states, (WeftTieRule)rule, some);
    }
}

/* ---- Random plans -------------------------------------------------------------------------------------- */

/* What random plans came to. */
typedef struct Tally {
    int plans, original, several, grouped, refused, draws, broken, planted[PLANTS], lost;
    Diff formula;
    uint64_t hash, first, last;
} Tally;

static void broken(Tally *tally, const Ask *a, const char *what) {
    if (tally->broken++ < 20) printf("     seed %llu: %s\n", (unsigned long long)a->seed, what);
}

static uint64_t hash_bytes(uint64_t h, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) h = (h ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3ULL;
    return h;
}

static int8_t likeliest(const Ask *a, const Together *t, int lane, const float *p) {
    const double *q = a->draws + (lane * a->rows + t->row[0]) * LETTERS;
    int8_t best = 0;
    for (int8_t letter = 1; letter < LETTERS; letter++) {
        int zero = (a->by_row ? a->temperatures[t->row[t->count - 1]] : a->temperature) == 0;
        if ((double)p[letter] / (zero ? 1 : q[letter]) > (double)p[best] / (zero ? 1 : q[best]))
            best = letter;
    }
    return best;
}

/* The letter and the distribution of a row. */
static void check_row(Tally *tally, const Ask *a, const WeftRun *run, int lane, int row) {
    const float *p = weft_run_probs(run, lane) + row * LETTERS,
                *log_p = weft_run_log_probs(run, lane) + row * LETTERS;
    int8_t letter = weft_run_letters(run, lane)[row];
    double sum = 0, all = 0;
    Together t;
    ask_together(&t, a, row);
    for (int l = 0; l < LETTERS; l++) {
        sum += (double)p[l];
        all += exp((double)log_p[l]);
    }
    if (fabs(sum - t.drawn) > 1e-5) broken(tally, a, "a row has a distribution if it is drawn, and else not");
    if (!ask_is_skipped(&t, row) && !(fabs(all - 1) < 1e-5)) broken(tally, a, "log-probs add up to one");
    if (!t.drawn && letter != ask_letter(a, lane, t.source)) broken(tally, a, "a letter that is given stays");
    for (int i = 0; t.drawn && i < t.count; i++)
        if ((!a->original || t.row[i] == t.row[t.count - 1]) && ask_is_omitted(a, t.row[i], letter))
            broken(tally, a, "an omitted letter was drawn");
    for (int i = 0; i < t.count; i++)
        if (weft_run_letters(run, lane)[t.row[i]] != letter) broken(tally, a, "tied rows have one letter");
    if (t.drawn && a->draw_lanes && likeliest(a, &t, lane, p) != letter) broken(tally, a, "argmax p / q");
}

/* Groups whole, rows once, in the order asked for; else what stays first. */
static void check_order(Tally *tally, const Ask *a, const WeftRun *run, int lane) {
    const int32_t *order = weft_run_order(run, lane);
    int32_t expected[ASK_ROWS], seen[ASK_ROWS] = {0};
    int late = 0;
    for (int t = 0; t < a->rows; t++) {
        Together rows;
        ask_together(&rows, a, order[t]);
        if (seen[order[t]]++) broken(tally, a, "an order holds each row once");
        for (int i = 0; rows.row[0] == order[t] && i < rows.count; i++)
            if (t + i >= a->rows || order[t + i] != rows.row[i]) broken(tally, a, "a group stands together");
        if (a->original || a->order_lanes) continue;
        if (late && !rows.drawn) broken(tally, a, "what stays is decoded first");
        late |= rows.drawn;
    }
    if (a->order_lanes) ask_order(expected, a, lane);
    if (a->order_lanes && memcmp(expected, order, (size_t)a->rows * sizeof *order))
        broken(tally, a, "the order is the one asked for");
}

/* The formula at every row that is drawn, from the log-probabilities of its group; NULL: the run's own. */
static void check_formula(Diff *diff, const Ask *a, const WeftRun *run, int lane, const double *log_probs) {
    static double own[ASK_ROWS * LETTERS];
    int drawn = 0;
    for (int i = 0; i < a->rows * LETTERS; i++) own[i] = (double)weft_run_log_probs(run, lane)[i];
    for (int t = 0; t < a->rows; t++) {
        double p[LETTERS];
        Together rows;
        int first = weft_run_order(run, lane)[t];
        ask_together(&rows, a, first);
        if (!rows.drawn || rows.row[0] != first) continue;
        ask_distribution(p, a, &rows, drawn++, log_probs ? log_probs : own);
        for (int i = 0; i < rows.count; i++)
            for (int l = 0; l < LETTERS; l++)
                diff_add(diff, (double)weft_run_probs(run, lane)[rows.row[i] * LETTERS + l], p[l]);
    }
}

/* Each lane alone, with edge states released: the same bits. */
static void check_lanes(Tally *tally, const Ask *a, const WeftRun *run) {
    for (int lane = 0; lane < a->lanes; lane++) {
        WeftRun *one = engine_run(ask_request(a, lane, 1, 1), WEFT_DESIGN);
        if (!same_lane(run, lane, one, 0, a->rows)) broken(tally, a, "lanes together are runs of one");
        weft_run_free(one);
    }
}

static void take_hash(Tally *tally, const Ask *a, const WeftRun *run) {
    size_t n = (size_t)a->rows, table = n * LETTERS * sizeof(float);
    for (int lane = 0; lane < a->lanes; lane++) {
        tally->hash = hash_bytes(tally->hash, weft_run_letters(run, lane), n);
        tally->hash = hash_bytes(tally->hash, weft_run_order(run, lane), n * sizeof(int32_t));
        tally->hash = hash_bytes(tally->hash, weft_run_log_probs(run, lane), table);
        tally->hash = hash_bytes(tally->hash, weft_run_probs(run, lane), table);
    }
}

static const char *const SAID[PLANTS] = {
    "nothing to design",
    "are tied, but fixed to different letters",
    "it must not have",
    "it and what it is tied to omit every letter between them",
    "every letter is omitted, none can be designed",
    "are tied, but their temperatures differ",
    "it and what it is tied to all have the weight 0",
    "a temperature of 0 cannot change on the way",
};

/* A refusal has the words for what was planted, and names one of its rows; where nothing was, nothing can be drawn. */
static int is_refused_rightly(const Ask *a) {
    char name[48];
    int place = weft_error_place();
    if (weft_error_status() != WEFT_BAD_REQUEST || !strstr(weft_error(), SAID[a->plant])) return 0;
    if (a->plant == PLANT_NONE) return ask_draws(a) == 0;
    if (place < 0 || place >= a->rows || !strstr(weft_error(), ask_name(a, place, name))) return 0;
    int in_row = a->plant == PLANT_ROW_OMITS || a->plant == PLANT_SCHEDULE;
    return a->planted == (in_row ? place : a->group[place]);
}

static void random_plan(Tally *tally, const Bench *bench, uint64_t seed, int lanes) {
    ask_random(&ask, bench, seed, lanes, seed % 8 == 0);
    WeftRequest *r = ask_request(&ask, 0, ask.lanes, 0);
    WeftRun *run = weft_run_open(r, WEFT_DESIGN);
    tally->plans++;
    tally->original += ask.original;
    tally->several += ask.states > 1;
    tally->grouped += ask.groups > 0;
    tally->last = seed;
    if (!run || ask.plant) {
        tally->refused++;
        tally->planted[ask.plant]++;
        if (run || !is_refused_rightly(&ask))
            broken(tally, &ask, run ? "a contradiction passed" : weft_error());
        weft_run_free(run);
        weft_request_free(r);
        return;
    }
    weft_run_free(run);
    run = engine_run(r, WEFT_DESIGN);
    for (int lane = 0; lane < ask.lanes; lane++) {
        for (int row = 0; row < ask.rows; row++) check_row(tally, &ask, run, lane, row);
        check_order(tally, &ask, run, lane);
        check_formula(&tally->formula, &ask, run, lane, NULL);
    }
    check_lanes(tally, &ask, run);
    take_hash(tally, &ask, run);
    tally->draws += ask_draws(&ask) * ask.lanes;
    weft_run_free(run);
}

static uint64_t stored_hash(void) {
    size_t count;
    char *text = npy_file("tests/data/plans_hash.txt", &count);
    uint64_t h = text ? strtoull(text, NULL, 16) : 0;
    free(text);
    return h;
}

static void random_plans(const Benches *b, const Bench *bench, uint64_t first, int plans, int lanes) {
    char what[160];
    Tally t = {.first = first, .hash = 0xcbf29ce484222325ULL};
    for (int i = 0; i < plans; i++) random_plan(&t, bench, first + (uint64_t)i, lanes);
    snprintf(what, sizeof what, "seeds %llu to %llu: %d of several states, %d tied, %d the original's, %d draws",
             (unsigned long long)t.first, (unsigned long long)t.last, t.several, t.grouped, t.original, t.draws);
    table_check(bench->name, "random plans keep every constraint", !t.broken, what);
    if (t.formula.count)
        table_row(bench->name, "engine/formula", "drawn from", &t.formula, 1e-5, 0, "random plans");
    if (plans < SYNTHETIC) return;
    snprintf(what, sizeof what, "%d of %d:", t.refused, t.plans);
    int every = 1;
    for (int i = 0; i < PLANTS; i++) {
        every = every && t.planted[i];
        snprintf(what + strlen(what), sizeof what - strlen(what), " %d", t.planted[i]);
    }
    table_check(bench->name, "every contradiction is refused by name", every && !t.broken, what);
    snprintf(what, sizeof what, "plans %016llx", (unsigned long long)t.hash);
    table_check(bench->name, "the hash of every build", t.hash == stored_hash() && b->plans == SYNTHETIC, what);
}

static void plans(const Benches *b) { random_plans(b, &b->small, b->first, b->plans, ASK_LANES); }

static void real_plans(const Benches *b) { random_plans(b, &b->real, FIRST_SEED, REAL, 2); }

/* ---- Against a plain decoder in double precision ------------------------------------------------------- */

static void add_log_probs(Diff *diff, const Ask *a, const WeftRun *run, int lane, const double *twin) {
    for (int row = 0; row < a->rows; row++) {
        Together t;
        ask_together(&t, a, row);
        for (int l = 0; l < LETTERS && !ask_is_skipped(&t, row); l++)
            diff_add(diff, (double)weft_run_log_probs(run, lane)[row * LETTERS + l], twin[row * LETTERS + l]);
    }
}

/* Temperatures of 0 have no distribution to compare: which letter is the likeliest may hang on the last bit. */
static int is_argmax(const Ask *a) {
    int zero = a->temperature == 0;
    for (int i = 0; i < a->rows; i++) zero |= a->by_row && a->temperatures[i] == 0;
    return zero;
}

static void twins(const Benches *b) {
    static double log_probs[ASK_ROWS * LETTERS];
    Diff logs[2] = {{0}}, probs[2] = {{0}};
    int missing = 0, fixed = 0, count[2] = {0};
    char what[96];
    for (uint64_t seed = 1; count[0] + count[1] < TWINS; seed++) {
        ask_random(&ask, &b->small, seed, 1, 0);
        if (!ask.groups || is_argmax(&ask) || !ask_draws(&ask)) continue;
        int original = ask.original;
        WeftRun *run = engine_run(ask_request(&ask, 0, 1, 0), WEFT_DESIGN);
        ask_decode(log_probs, NULL, &ask, weft_run_order(run, 0), weft_run_letters(run, 0), SIGHT_ROWS);
        add_log_probs(&logs[original], &ask, run, 0, log_probs);
        check_formula(&probs[original], &ask, run, 0, log_probs);
        for (int g = 0; original && g < ask.groups; g++) {
            Together t;
            ask_together(&t, &ask, ask.row[ask.start[g]]);
            missing += t.missing >= 0;
            fixed += t.missing < 0 && !t.drawn;
        }
        count[original]++;
        weft_run_free(run);
    }
    for (int original = 0; original < 2; original++) {
        snprintf(what, sizeof what, "%d plans", count[original]);
        const char *pair = original ? "original/twin" : "groups/twin";
        table_row(b->small.name, pair, "log-probs of every member", &logs[original], 1e-4, 0, what);
        table_row(b->small.name, pair, "drawn from", &probs[original], 1e-4, 0, what);
    }
    snprintf(what, sizeof what, "%d groups with a missing row, %d whose last is fixed", missing, fixed);
    table_check(b->small.name, "the original's special cases were met", missing > 9 && fixed > 9, what);
}

/* ---- Refusals ------------------------------------------------------------------------------------------ */

static void refused(const Bench *bench, WeftMode mode, const char *words) {
    WeftRequest *r = ask_request(&ask, 0, ask.lanes, 0);
    WeftRun *run = weft_run_open(r, mode);
    int right = !run && weft_error_status() == WEFT_BAD_REQUEST && strstr(weft_error(), words);
    table_check(bench->name, "refused", right, run ? words : weft_error());
    weft_run_free(run);
    weft_request_free(r);
}

/* Two states of the first backbone, their first rows tied. */
static void pair(const Bench *bench) {
    int rows = bench->backbone[0].rows;
    ask_plain(&ask, bench, 2);
    ask_tie(&ask, (int32_t[]){0, rows}, 2, 1);
    ask.lanes = 1;
}

static void refusals(const Benches *b) {
    const Bench *bench = &b->small;
    char name[2][48], words[160];
    int rows = bench->backbone[0].rows;
    pair(bench);
    refused(bench, WEFT_SCORE, "several states can only be designed");
    ask_name(&ask, 0, name[0]);
    ask_name(&ask, rows, name[1]);
    ask_tie(&ask, (int32_t[]){1, 2, rows + 2}, 3, 1);
    ask.design[1] = ask.design[2] = 0;
    ask.letter_lanes = 1;
    ask.letters[0][2] = 3;
    char other[2][48];
    snprintf(words, sizeof words, "residues %s (A) and %s (E) are tied, but fixed to different letters",
             ask_name(&ask, 1, other[0]), ask_name(&ask, 2, other[1]));
    refused(bench, WEFT_DESIGN, words);
    pair(bench);
    ask.design[0] = 0;
    ask.letter_lanes = ask.omit_rows = 1;
    ask.omit[0][0] = 1;
    snprintf(words, sizeof words, "residue %s is tied to %s, whose letter A it must not have", name[1], name[0]);
    refused(bench, WEFT_DESIGN, words);
    pair(bench);
    ask.omit_rows = ask.rows;
    memset(ask.omit[0], 1, 10);
    memset(ask.omit[rows] + 10, 1, 10);
    snprintf(words, sizeof words, "residue %s: %s", name[0], SAID[PLANT_GROUP_OMITS]);
    refused(bench, WEFT_DESIGN, words);
    memset(&ask.omit, 0, sizeof ask.omit);
    memset(ask.omit[rows - 1], 1, X);
    snprintf(words, sizeof words, "residue %s: every letter is omitted", ask_name(&ask, rows - 1, other[0]));
    refused(bench, WEFT_DESIGN, words);
    pair(bench);
    ask.by_row = 1;
    for (int i = 0; i < ask.rows; i++) ask.temperatures[i] = 1;
    ask.temperatures[rows] = 2;
    snprintf(words, sizeof words, "residues %s and %s are tied, but their temperatures differ", name[0], name[1]);
    refused(bench, WEFT_DESIGN, words);
    ask.temperatures[rows] = 1;
    ask.temperatures[3] = 0;
    ask.last = 1;
    snprintf(words, sizeof words, "residue %s: a temperature of 0 cannot change", ask_name(&ask, 3, other[0]));
    refused(bench, WEFT_DESIGN, words);
    pair(bench);
    ask.weighs = 1;
    ask.weight[0] = ask.weight[1] = 0;
    snprintf(words, sizeof words, "residue %s: it and what it is tied to all have the weight 0", name[0]);
    refused(bench, WEFT_DESIGN, words);
    pair(bench);
    ask.temperature = 0;
    ask.last = 1;
    refused(bench, WEFT_DESIGN, "a temperature of 0 cannot change on the way");
    pair(bench);
    memset(ask.design, 0, sizeof ask.design);
    ask.design[0] = 1;
    refused(bench, WEFT_DESIGN, "nothing to design");
    pair(bench); /* the original asks its last row alone */
    ask.original = 1;
    ask.omit_rows = ask.rows;
    memset(ask.omit[rows], 1, LETTERS);
    snprintf(words, sizeof words, "residue %s: every letter is omitted", name[1]);
    refused(bench, WEFT_DESIGN, words);
}

/* ---- Benches ------------------------------------------------------------------------------------------- */

static Backbone encode(const Bench *bench, WeftStructure *s, TwinEncoding *twin) {
    Backbone b = {s, engine_encode(bench->model, s), engine_encode(bench->model, s), twin,
                  weft_structure_length(s)};
    engine_check(weft_encoding_release_edges(b.released), "weft_encoding_release_edges");
    return b;
}

/* A model small enough for thousands of designs. The first chain is whole. */
static void open_small(Bench *bench) {
    Shape shape = shape_of_proteinmpnn();
    Dice d = dice(77);
    size_t count;
    shape.node = shape.edge = shape.raw_edge = shape.embedding = shape.hidden = 24;
    shape.dense = 40;
    shape.bins = 8;
    shape.encoder_layers = 2;
    shape.neighbors = 9;
    unsigned char *bytes = weights_make(&d, &shape, &count);
    *bench = (Bench){"synthetic", engine_model(bytes, count, 0), twin_model_read(bytes, count), {{0}}, ASK_POOL};
    for (int i = 0; i < ASK_POOL; i++) {
        int rows = 4 + (int)dice_below(&d, 11), damage = i ? 15 : 0;
        Protein p = protein_make(&d, i ? rows : 12, 1 + i % 2, 15, damage);
        bench->backbone[i] =
            encode(bench, engine_structure(p.text, p.text_size), twin_encode(bench->twin, &p.slots));
        protein_free(&p);
    }
    free(bytes);
}

static void open_real(Bench *bench, const unsigned char *bytes, size_t count) {
    static const char *const PATH[] = {"6MRR", "6MRR_short", "5L33_damaged"};
    *bench = (Bench){"6MRR, 5L33", engine_model(bytes, count, 0), NULL, {{0}}, 3};
    for (int i = 0; i < 3; i++) {
        char path[96];
        snprintf(path, sizeof path, "tests/data/structures/%s.pdb", PATH[i]);
        bench->backbone[i] = encode(bench, case_structure(path), NULL);
    }
}

static void close_bench(Bench *bench) {
    for (int i = 0; i < bench->count; i++) {
        Backbone *b = &bench->backbone[i];
        weft_encoding_free(b->encoding);
        weft_encoding_free(b->released);
        weft_structure_free(b->structure);
        if (b->twin) twin_encoding_free(b->twin);
    }
    weft_model_free(bench->model);
    twin_model_free(bench->twin);
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*test)(const Benches *b);
    } TESTS[] = {
        {"plain", plain}, {"random", plans}, {"real", real_plans}, {"twin", twins}, {"refusals", refusals},
    };
    static Benches b = {.first = FIRST_SEED, .plans = SYNTHETIC};
    size_t count;
    unsigned char *bytes = argc == 2 || argc == 3 ? case_weights(argv[1], "proteinmpnn_v_48_020", &count) : NULL;
    if (!bytes) return fprintf(stderr, "usage: plans WEIGHTS_DIRECTORY [TEST | SEED]\n"), 2;
    uint64_t seed = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    if (seed) b = (Benches){.first = seed, .plans = 1};
    open_small(&b.small);
    if (argc == 2 || !strcmp(argv[2], "plain") || !strcmp(argv[2], "real")) open_real(&b.real, bytes, count);
    free(bytes);
    for (size_t i = 0; i < sizeof TESTS / sizeof *TESTS; i++)
        if (argc == 2 || !strcmp(seed ? "random" : argv[2], TESTS[i].name)) TESTS[i].test(&b);
    close_bench(&b.small);
    close_bench(&b.real);
    return table_done("plans");
}
