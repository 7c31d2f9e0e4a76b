/* SPDX-License-Identifier: MIT
 *
 * states.c - the rules of tied rows and of several states against the numbers of the Equinox port (data/golden/
 * prxteinmpnn): the same distributions where the definitions agree, and where they do not, proof of both.
 *
 *   states WEIGHTS_DIRECTORY [CASE...] -> a table
 *
 *   engine/stored        what the engine draws from is the port's distribution
 *   engine/formula       what it draws from is what MODEL.md 6 says, in double precision, of its members' own numbers
 *   port's/stored        the port's rule on our logits gives the port's numbers: only the rule is another
 *   engine/twin          the members' own numbers, where no stored array has them
 *
 * Our logits are the engine's, but for rows of one chain that are drawn: what those see in the port, only the twin can
 * do. The second state has coordinates that no PDB file can hold: they are written into a parsed structure.
 */
#include "../../src/protein/structure.h"
#include "ask.h"
#include "case.h"
#include "side.h"
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/data/golden/prxteinmpnn/"
enum { ROWS = ASK_ROWS, X = WEFT_LETTER_X };

typedef enum PortRule { MEAN, GEOMETRIC, PRODUCT, PORT_RULES } PortRule;
static const char *const RULE[] = {"arithmetic_mean", "geometric_mean", "product"};
static const WeftTieRule OURS[] = {WEFT_TIE_ARITHMETIC, WEFT_TIE_GEOMETRIC, WEFT_TIE_PRODUCT};

static const struct {
    const char *name, *inputs, *model, *structure;
} CASES[] = {
    {"6MRR_v_48_020", "6MRR_v_48_020", "proteinmpnn_v_48_020", "6MRR"},
    {"5L33_soluble_020", "5L33_v_48_020", "solublempnn_v_48_020", "5L33"},
};

/* A stored case: its inputs and, of both states, structures and encodings. */
typedef struct Study {
    const char *name;
    char directory[64];
    Case c;
    Bench bench;
} Study;

/* Numbers of the rows of an ask: the engine's, of groups that were drawn, and ours as the port needs them, of all. */
typedef struct Numbers {
    double log_probs[ROWS * LETTERS], drawn[ROWS * LETTERS], logits[ROWS * LETTERS];
    uint8_t is_drawn[ROWS];
} Numbers;

static Ask ask; /* large, so not on the stack */
static Numbers numbers;
static double twin[ROWS * LETTERS], offset[ROWS];

static void stop(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static Npy stored(const Study *s, const char *name) {
    Npy npy;
    if (!npy_read(&npy, s->directory, name)) stop(s->directory, name);
    return npy;
}

static Npy stored_rule(const Study *s, const char *what, PortRule rule) {
    char name[96];
    snprintf(name, sizeof name, "%s_%s", what, RULE[rule]);
    return stored(s, name);
}

/* ---- The port ------------------------------------------------------------------------------------------ */

/* What it makes of the raw logits of some rows. */
static double port_value(PortRule rule, double temperature, const int32_t *row, const float *weight,
                         int count, const double *logits, int letter) {
    double sum = 0, weights = 0;
    for (int i = 0; i < count; i++) {
        double w = (double)weight[i], l = logits[row[i] * LETTERS + letter];
        sum += w * (rule == MEAN ? exp(l) : l);
        weights += w;
    }
    return rule == MEAN ? log(sum / weights) : rule == GEOMETRIC ? sum / weights / temperature : sum;
}

/* Row 0 .. 19 of the logits, as the logarithm of what is drawn from without X. */
static void log_drawn(double *out, const double *logits) {
    double highest = logits[0], sum = 0;
    for (int a = 0; a < X; a++) highest = logits[a] > highest ? logits[a] : highest;
    for (int a = 0; a < X; a++) sum += exp(logits[a] - highest);
    for (int a = 0; a < X; a++) out[a] = logits[a] - highest - log(sum);
}

/* ---- One array ----------------------------------------------------------------------------------------- */

typedef struct Array {
    const char *component;
    PortRule rule;
    double temperature; /* the port's own, of its geometric mean */
    int agrees;
} Array;

/* Draws of the groups against a stored array, by the rows above. */
static void array_rows(const Study *s, const Array *array, const Npy *golden) {
    Diff same = {0}, formula = {0}, port = {0};
    char what[96];
    Together t;
    for (int g = 0; g < ask.groups; g++) {
        double p[LETTERS], log_p[LETTERS];
        const int32_t *row = ask.row + ask.start[g];
        const double *drawn = numbers.drawn + row[0] * LETTERS, *logits = golden->data + row[0] * LETTERS;
        int count = ask.start[g + 1] - ask.start[g];
        ask_together(&t, &ask, row[0]);
        ask_distribution(p, &ask, &t, g, numbers.log_probs);
        log_drawn(log_p, logits);
        for (int a = 0; numbers.is_drawn[g] && a < X; a++) {
            diff_add(&formula, log(drawn[a]), log(p[a]));
            diff_add(&same, log(drawn[a]), log_p[a]);
        }
        for (int a = 0; a < LETTERS; a++)
            diff_add(&port,
                     port_value(array->rule, array->temperature, row, ask.weight + ask.start[g], count,
                                numbers.logits, a),
                     logits[a]);
    }
    table_row(s->name, "engine/formula", array->component, &formula, 1e-5, 0, "MODEL.md 6 in double precision");
    table_row(s->name, "port's/stored", array->component, &port, TOLERANCE_LOG_PROB, 0, "raw logits, on ours");
    if (array->agrees)
        table_row(s->name, "engine/stored", array->component, &same, TOLERANCE_LOG_PROB, 0, "one definition");
    snprintf(what, sizeof what, "up to %.2g nats apart: two definitions", same.largest);
    if (!array->agrees) table_check(s->name, array->component, same.largest > 0.005, what);
}

/* ---- Groups as the engine draws them ------------------------------------------------------------------- */

/* A group of a run's lane into the numbers. */
static void take_group(const WeftRun *run, int lane, int group) {
    numbers.is_drawn[group] = 1;
    for (int i = ask.start[group]; i < ask.start[group + 1]; i++)
        for (int a = 0; a < LETTERS; a++) {
            int at = ask.row[i] * LETTERS + a;
            numbers.log_probs[at] = (double)weft_run_log_probs(run, lane)[at];
            numbers.drawn[at] = (double)weft_run_probs(run, lane)[at];
        }
}

/* An order in which a group comes first. */
static void group_first(int32_t *order, int group) {
    for (int i = ask.start[group]; i < ask.start[group + 1]; i++) *order++ = ask.row[i];
    for (int row = 0; row < ask.rows; row++)
        if (ask.group[row] != group) *order++ = row;
}

/* Groups as the first of an order, when no letter is known: every fifth of states, of one chain all of several rows. */
static void draw_unconditional(void) {
    int group[ROWS], count = 0;
    for (int g = 0; g < ask.groups; g++)
        if (ask.states > 1 ? g % 5 == 0 : ask.start[g + 1] - ask.start[g] > 1) group[count++] = g;
    memset(numbers.is_drawn, 0, sizeof numbers.is_drawn);
    for (int at = 0; at < count; at += ask.lanes) {
        ask.order_lanes = ask.lanes = count - at < ASK_LANES ? count - at : ASK_LANES;
        for (int lane = 0; lane < ask.lanes; lane++) group_first(ask.order[lane], group[at + lane]);
        WeftRun *run = engine_run(ask_request(&ask, 0, ask.lanes, 1), WEFT_DESIGN);
        for (int lane = 0; lane < ask.lanes; lane++) take_group(run, lane, group[at + lane]);
        weft_run_free(run);
    }
}

/* One lane that draws the given letters, by variates that leave no other a chance. */
static WeftRun *draw_forced(const Study *s, const char *component, const int8_t *letters) {
    ask.lanes = ask.draw_lanes = 1;
    for (int i = 0; i < ask.rows * LETTERS; i++)
        ask.draws[i] = i % LETTERS == letters[i / LETTERS] ? 1e-200 : 1;
    WeftRun *run = engine_run(ask_request(&ask, 0, 1, 1), WEFT_DESIGN);
    int same = !memcmp(weft_run_letters(run, 0), letters, (size_t)ask.rows);
    table_check(s->name, component, same, "the stored letters were drawn");
    for (int g = 0; g < ask.groups; g++) take_group(run, 0, g);
    return run;
}

/* The engine's members against the twin's in double precision. */
static void twin_row(const Study *s, const char *component, const WeftRun *run) {
    Diff d = {0};
    ask_decode(twin, offset, &ask, weft_run_order(run, 0), weft_run_letters(run, 0), SIGHT_ROWS);
    for (int i = 0; i < ask.rows * LETTERS; i++) diff_add(&d, numbers.log_probs[i], twin[i]);
    table_row(s->name, "engine/twin", component, &d, TOLERANCE_LOG_PROB, TOLERANCE_LOG_PROB_MEAN,
              "members' log-probabilities");
}

/* Log-probabilities are logits but for a constant of each row, which only the twin knows. */
static void logits_of(const double *log_probs) {
    for (int i = 0; i < ask.rows * LETTERS; i++) numbers.logits[i] = log_probs[i] + offset[i / LETTERS];
}

/* The logits of all rows of the ask when no letter is known, as the engine gives them for each state alone. */
static void logits_alone(const Study *s) {
    static const int8_t none[ROWS];
    ask_decode(twin, offset, &ask, ask.row, none, SIGHT_NOTHING);
    for (int state = 0; state < ask.states; state++) {
        const Backbone *b = &s->bench.backbone[state];
        WeftRun *run = engine_run(engine_request(b->released, b->structure, NULL), WEFT_UNCONDITIONAL);
        for (int i = 0; i < b->rows * LETTERS; i++)
            twin[ask.first_row[state] * LETTERS + i] = (double)weft_run_log_probs(run, 0)[i];
        weft_run_free(run);
    }
    logits_of(twin);
}

/* ---- Two states ---------------------------------------------------------------------------------------- */

/* Row i of both tied, for all i. */
static void tie_states(const Study *s, WeftTieRule rule, int weighted) {
    Npy weight = stored(s, "state_weights");
    ask_plain(&ask, &s->bench, 2);
    ask.place[1] = 1;
    ask.rule = rule;
    ask.weighs = weighted;
    for (int32_t i = 0; i < s->c.rows; i++) {
        ask_tie(&ask, (int32_t[]){i, i + s->c.rows}, 2, 1);
        for (int state = 0; weighted && state < 2; state++)
            ask.weight[2 * i + state] = (float)weight.data[state];
    }
    npy_free(&weight);
}

static void two_states(const Study *s) {
    tie_states(s, WEFT_TIE_LOGITS, 0);
    logits_alone(s);
    for (int weighted = 0; weighted < 2; weighted++)
        for (PortRule rule = 0; rule < PORT_RULES; rule++) {
            char component[48];
            Npy golden =
                stored_rule(s, weighted ? "two_state_unconditional_weighted" : "two_state_unconditional", rule);
            snprintf(component, sizeof component, "states%s %s", weighted ? ", w," : "", RULE[rule]);
            tie_states(s, OURS[rule], weighted);
            draw_unconditional();
            array_rows(s, &(Array){component, rule, 1, rule != MEAN}, &golden);
            npy_free(&golden);
        }
}

static void letters_of(int8_t *out, const Study *s, const char *name) {
    Npy sequence = stored(s, name);
    for (int row = 0; row < ask.rows; row++) out[row] = (int8_t)sequence.data[row % s->c.rows];
    npy_free(&sequence);
}

/* Members of two states do not see each other: their numbers are the port's. */
static void two_states_drawn(const Study *s) {
    int8_t letters[ROWS];
    Npy golden = stored(s, "two_state_ar_logits");
    tie_states(s, WEFT_TIE_ARITHMETIC, 1);
    letters_of(letters, s, "two_state_ar_sequence");
    ask.order_lanes = 1;
    for (int i = 0; i < ask.rows; i++) ask.order[0][i] = s->c.order[i / 2] + i % 2 * s->c.rows;
    WeftRun *run = draw_forced(s, "states drawn", letters);
    twin_row(s, "states drawn", run);
    logits_of(numbers.log_probs);
    array_rows(s, &(Array){"states drawn, w, a. mean", MEAN, 1, 0}, &golden);
    weft_run_free(run);
    npy_free(&golden);
}

/* ---- Groups of one chain ------------------------------------------------------------------------------- */

static void tie_rows(const Study *s, PortRule rule, double temperature) {
    int32_t member[ROWS];
    Npy map = stored(s, "tie_group_map");
    ask_plain(&ask, &s->bench, 1);
    ask.rule = OURS[rule];
    ask.temperature = (float)temperature;
    for (int g = 0, count = 1; count; g++) {
        count = 0;
        for (int32_t row = 0; row < s->c.rows; row++)
            if ((int)map.data[row] == g) member[count++] = row;
        if (count) ask_tie(&ask, member, count, 1);
    }
    npy_free(&map);
}

/* Rows of one group see nothing of each other in the port: no letter here, and no state either. */
static void tied_rows(const Study *s) {
    for (PortRule rule = 0; rule < PORT_RULES; rule++) {
        char component[48];
        double temperature = rule == GEOMETRIC ? 1.3 : 1;
        Npy golden = stored_rule(s, "logits_unconditional_tied", rule);
        snprintf(component, sizeof component, "rows %s", RULE[rule]);
        tie_rows(s, rule, temperature);
        if (rule == 0) logits_alone(s);
        draw_unconditional();
        array_rows(s, &(Array){component, rule, temperature, 0}, &golden);
        npy_free(&golden);
    }
}

/* The step at which the port decodes each row. */
static void steps_check(const Study *s, const WeftRun *run) {
    Npy step = stored(s, "group_step");
    int same = 1, at = 0;
    for (int i = 0; i < ask.rows; i++) {
        int row = weft_run_order(run, 0)[i];
        at += i && ask.group[row] != ask.group[weft_run_order(run, 0)[i - 1]];
        same &= (int)step.data[row] == at;
    }
    table_check(s->name, "rows drawn, order of groups", same, "the port's");
    npy_free(&step);
}

static void tied_rows_drawn(const Study *s, PortRule rule) {
    char name[64], component[48];
    int8_t letters[ROWS];
    Npy golden;
    snprintf(name, sizeof name, "ar_tied_logits_%s", RULE[rule]);
    if (!npy_read(&golden, s->directory, name)) return; /* 5L33 has one rule alone */
    tie_rows(s, rule, 1);
    snprintf(name, sizeof name, "ar_tied_sequence_%s", RULE[rule]);
    letters_of(letters, s, name);
    ask.order_lanes = 1;
    memcpy(ask.order[0], s->c.order, (size_t)ask.rows * sizeof *ask.order[0]);
    snprintf(component, sizeof component, "rows drawn %s", RULE[rule]);
    WeftRun *run = draw_forced(s, component, letters);
    steps_check(s, run);
    twin_row(s, component, run);
    ask_decode(twin, offset, &ask, weft_run_order(run, 0), letters, SIGHT_GROUPS);
    logits_of(twin);
    array_rows(s, &(Array){component, rule, 1, 0}, &golden);
    weft_run_free(run);
    npy_free(&golden);
}

/* ---- No groups ----------------------------------------------------------------------------------------- */

static void plain_row(const Study *s, const char *component, const char *name, const char *sequence) {
    Diff d = {0};
    Npy golden = stored(s, name);
    WeftRequest *r = engine_request(s->bench.backbone[0].released, s->c.structure, NULL);
    int8_t letters[ROWS];
    ask_plain(&ask, &s->bench, 1);
    if (sequence) letters_of(letters, s, sequence);
    engine_check(weft_request_letters(r, 1, sequence ? letters : s->c.letter), "letters");
    engine_check(weft_request_order(r, 1, s->c.order), "order");
    WeftRun *run = engine_run(r, strcmp(component, "unconditional") ? WEFT_SCORE : WEFT_UNCONDITIONAL);
    for (int row = 0; row < s->c.rows; row++) {
        double sum = 0, *logits = golden.data + row * LETTERS;
        for (int a = 0; a < LETTERS; a++) sum += exp(logits[a]);
        for (int a = 0; a < LETTERS; a++)
            diff_add(&d, (double)weft_run_log_probs(run, 0)[row * LETTERS + a], logits[a] - log(sum));
    }
    table_row(s->name, "engine/stored", component, &d, TOLERANCE_LOG_PROB, TOLERANCE_LOG_PROB_MEAN,
              "one definition");
    weft_run_free(run);
    npy_free(&golden);
}

static void plain_rows(const Study *s) {
    plain_row(s, "unconditional", "logits_unconditional", NULL);
    plain_row(s, "autoregressive", "logits_conditional_strict_order", NULL);
    plain_row(s, "drawn", "ar_logits", "ar_sequence");
    plain_row(s, "drawn, a fifth fixed", "ar_fixed_logits", "ar_fixed_sequence");
}

/* ---- The program --------------------------------------------------------------------------------------- */

/* Gives a structure other coordinates of its backbone, [rows][4][3]. */
static void move_atoms(WeftStructure *s, const float *x) {
    static const char *const ATOM[] = {"N", "CA", "C", "O"};
    for (int32_t i = 0; i < s->length * 4; i++)
        memcpy(s->xyz[structure_atom_index(s, i / 4, ATOM[i % 4])], x + i * 3, 3 * sizeof *x);
}

static Backbone backbone(const Study *s, WeftStructure *structure, const float *x) {
    TwinSlots slots = case_slots(&s->c);
    slots.x = x;
    move_atoms(structure, x);
    Backbone b = {structure, NULL, engine_encode(s->bench.model, structure),
                  twin_encode(s->bench.twin, &slots), s->c.rows};
    engine_check(weft_encoding_release_edges(b.released), "weft_encoding_release_edges");
    return b;
}

static int study_open(Study *s, size_t at, const char *weights) {
    size_t count;
    char path[96];
    float x[ROWS * 12];
    unsigned char *bytes = case_weights(weights, CASES[at].model, &count);
    if (!bytes) return 0;
    memset(s, 0, sizeof *s);
    s->name = CASES[at].name;
    case_open(&s->c, CASES[at].inputs);
    for (int i = 0; i < s->c.slots; i++)
        if (s->c.row[i] != i || !s->c.mask[i]) stop(s->name, "rows are slots here, and complete");
    snprintf(s->directory, sizeof s->directory, FOLDER "%s", s->name);
    s->bench = (Bench){s->name, engine_model(bytes, count, 0), twin_model_read(bytes, count), {{0}}, 2};
    free(bytes);
    Npy moved = stored(s, "X_state2");
    for (size_t i = 0; i < moved.count; i++) x[i] = (float)moved.data[i];
    npy_free(&moved);
    snprintf(path, sizeof path, "tests/data/structures/%s.pdb", CASES[at].structure);
    s->bench.backbone[0] = backbone(s, s->c.structure, s->c.x);
    s->bench.backbone[1] = backbone(s, case_structure(path), x);
    return 1;
}

static void study_close(Study *s) {
    for (int i = 0; i < 2; i++) {
        weft_encoding_free(s->bench.backbone[i].released);
        twin_encoding_free(s->bench.backbone[i].twin);
    }
    weft_structure_free(s->bench.backbone[1].structure);
    weft_model_free(s->bench.model);
    twin_model_free(s->bench.twin);
    case_close(&s->c);
}

static int one_case(size_t at, const char *weights) {
    static Study s;
    if (!study_open(&s, at, weights)) return 0;
    plain_rows(&s);
    two_states(&s);
    two_states_drawn(&s);
    tied_rows(&s);
    for (PortRule rule = 0; rule < PORT_RULES; rule++) tied_rows_drawn(&s, rule);
    study_close(&s);
    return 1;
}

int main(int argc, char **argv) {
    int ok = argc > 1, count = 0;
    for (size_t at = 0; ok && at < sizeof CASES / sizeof *CASES; at++) {
        int wanted = argc == 2;
        for (int i = 2; i < argc; i++) wanted |= !strcmp(argv[i], CASES[at].name);
        if (wanted) ok = one_case(at, argv[1]);
        count += wanted;
    }
    if (!ok || !count) return fprintf(stderr, "usage: states WEIGHTS_DIRECTORY [CASE...]\n"), 2;
    return table_done("states");
}
