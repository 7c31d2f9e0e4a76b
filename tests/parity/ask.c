/* SPDX-License-Identifier: MIT
 *
 * ask.c - see ask.h.
 */
#include "ask.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LETTERS = ASK_LETTERS, X = WEFT_LETTER_X };

static int between(Dice *d, int low, int high) {
    return low + (int)dice_below(d, (uint32_t)(high - low + 1));
}
static int chance(Dice *d, int percent) { return (int)dice_below(d, 100) < percent; }
static float spread(Dice *d, double low, double high) {
    return (float)(low + (high - low) * dice_uniform(d));
}

static const Backbone *backbone_of(const Ask *a, int state) { return &a->bench->backbone[a->place[state]]; }

const char *ask_name(const Ask *a, int row, char out[48]) {
    const WeftStructure *s = backbone_of(a, a->state[row])->structure;
    int own = row - a->first_row[a->state[row]];
    int length = snprintf(out, 48, "%s%d", weft_structure_chain_name(s, weft_structure_chains(s)[own]),
                          (int)weft_structure_numbers(s)[own]);
    if (a->states > 1) snprintf(out + length, (size_t)(48 - length), " of state %d", a->state[row] + 1);
    return out;
}

/* ---- Making -------------------------------------------------------------------------------------------- */

static void lay_out(Ask *a) {
    a->rows = 0;
    for (int s = 0; s < a->states; s++) {
        const Backbone *b = backbone_of(a, s);
        a->first_row[s] = a->rows;
        for (int i = 0; i < b->rows; i++, a->rows++) {
            a->state[a->rows] = s;
            a->group[a->rows] = -1;
            a->complete[a->rows] = weft_structure_mask(b->structure)[i];
        }
    }
    a->first_row[a->states] = a->rows;
}

void ask_plain(Ask *a, const Bench *bench, int states) {
    memset(a, 0, sizeof *a);
    a->bench = bench;
    a->states = states;
    a->lanes = 2;
    a->first = 1;
    a->key = 5;
    a->temperature = 1;
    lay_out(a);
    memset(a->design, 1, sizeof a->design);
}

void ask_tie(Ask *a, const int32_t *row, int count, float weight) {
    int at = a->start[a->groups];
    for (int i = 0; i < count; i++) {
        a->row[at + i] = row[i];
        a->weight[at + i] = weight;
        a->group[row[i]] = a->groups;
    }
    a->start[++a->groups] = at + count;
}

/* Rows of all states one by one, or any rows. */
static void random_groups(Ask *a, Dice *d) {
    int32_t order[ASK_ROWS], member[ASK_STATES];
    int shortest = a->rows, at = 0, row_by_row = a->states > 1 && chance(d, 50);
    for (int s = 0; s < a->states; s++) {
        int rows = a->first_row[s + 1] - a->first_row[s];
        shortest = rows < shortest ? rows : shortest;
    }
    dice_order(d, order, a->rows);
    for (int i = 0; row_by_row && i < shortest; i++) {
        for (int s = 0; s < a->states; s++) member[s] = a->first_row[s] + i;
        if (chance(d, 80)) ask_tie(a, member, a->states, 1);
    }
    for (int size; !row_by_row && (size = between(d, 1, 4)) <= a->rows - at && chance(d, 85); at += size)
        ask_tie(a, order + at, size, 1);
    a->rule = a->original ? WEFT_TIE_LOGITS : (WeftTieRule)dice_below(d, 4);
    a->weighs = chance(d, 70);
    for (int i = 0; a->weighs && i < a->start[a->groups]; i++) {
        a->weight[i] = chance(d, 15) ? 0 : spread(d, 0.3, 1.5);
        if (a->rule != WEFT_TIE_ARITHMETIC && chance(d, 20)) a->weight[i] = -a->weight[i];
    }
}

static int fixed_in(const Ask *a, int group) {
    int count = 0;
    for (int i = a->start[group]; i < a->start[group + 1]; i++)
        count += a->complete[a->row[i]] && !a->design[a->row[i]];
    return count;
}

static int designed_in(const Ask *a, int group) {
    int count = 0;
    for (int i = a->start[group]; i < a->start[group + 1]; i++) count += ask_is_designed(a, a->row[i]);
    return count;
}

/* Fixed rows of a group get one letter, groups one temperature and a weight that is not 0. */
static void agree(Ask *a, int8_t letter) {
    for (int g = 0; g < a->groups; g++) {
        int weighed = 0;
        for (int i = a->start[g]; i < a->start[g + 1]; i++) {
            int row = a->row[i];
            a->temperatures[row] = a->temperatures[a->row[a->start[g]]];
            weighed |= a->complete[row] && a->weight[i] != 0;
            if (!a->original && fixed_in(a, g) && designed_in(a, g) && a->complete[row] && !a->design[row]) {
                for (int lane = 0; lane < a->lanes; lane++) a->letters[lane][row] = letter;
                if (!a->letter_lanes) a->letter_lanes = 1;
            }
        }
        for (int i = a->start[g]; !weighed && i < a->start[g + 1]; i++) a->weight[i] = 1;
    }
}

static void random_constraints(Ask *a, Dice *d) {
    int allowed = between(d, 0, X - 1);
    a->letter_lanes = chance(d, 60) ? chance(d, 50) ? 1 : a->lanes : 0;
    a->omit_rows = chance(d, 60) ? chance(d, 30) ? 1 : a->rows : 0;
    for (int i = 0; i < a->rows; i++) {
        const Backbone *b = backbone_of(a, a->state[i]);
        a->design[i] = !chance(d, 20);
        for (int lane = 0; lane < a->lanes; lane++)
            a->letters[lane][i] = a->letter_lanes
                                      ? (int8_t)dice_below(d, LETTERS)
                                      : weft_structure_letters(b->structure)[i - a->first_row[a->state[i]]];
        for (int letter = 0; letter < LETTERS; letter++)
            a->omit[i][letter] = letter != allowed && chance(d, 25);
    }
    agree(a, (int8_t)allowed);
    for (int lane = 1; lane < a->lanes && a->letter_lanes == 1; lane++)
        memcpy(a->letters[lane], a->letters[0], sizeof a->letters[0]);
}

static float random_temperature(const Ask *a, Dice *d) {
    return a->last == 0 && chance(d, 15) ? 0 : 0.5f * (float)between(d, 1, 3);
}

static void random_chances(Ask *a, Dice *d) {
    a->last = chance(d, 30) ? 0.25f * (float)between(d, 2, 8) : 0;
    a->temperature = random_temperature(a, d);
    a->by_row = chance(d, 30);
    a->bias_rows = chance(d, 50) ? chance(d, 30) ? 1 : a->rows : 0;
    a->mixes = chance(d, 30);
    a->keeps = chance(d, 30);
    for (int i = 0; i < a->rows; i++) {
        double sum = 0;
        a->temperatures[i] = a->by_row ? random_temperature(a, d) : a->temperature;
        a->pssm_weight[i] = chance(d, 30) ? 0 : spread(d, 0, 0.95);
        for (int letter = 0; letter < LETTERS; letter++) {
            a->bias[i][letter] = spread(d, -2, 2);
            a->keep[i][letter] = chance(d, 70);
            sum += (double)(a->pssm[i][letter] = spread(d, 0, 1));
        }
        for (int letter = 0; letter < LETTERS; letter++) a->pssm[i][letter] /= (float)sum;
    }
}

static void random_lanes(Ask *a, Dice *d) {
    a->order_lanes = chance(d, 40) ? chance(d, 50) ? 1 : a->lanes : 0;
    a->draw_lanes = chance(d, 30) ? a->lanes : 0;
    for (int lane = 0; a->order_lanes && lane < a->lanes; lane++) {
        dice_order(d, a->order[lane], a->rows);
        if (a->order_lanes == 1) memcpy(a->order[lane], a->order[0], sizeof a->order[0]);
    }
    for (int i = 0; a->draw_lanes && i < a->lanes * a->rows * LETTERS; i++)
        a->draws[i] = -log(dice_uniform(d));
}

/* ---- Planting contradictions --------------------------------------------------------------------------- */

/* A contradiction in a group, where the group is one that can have it. */
static int plant_in_group(Ask *a, Plant plant, int g) {
    const int32_t *row = a->row + a->start[g];
    int count = a->start[g + 1] - a->start[g], fixed = fixed_in(a, g), designed = designed_in(a, g), all = 1;
    for (int i = 0; i < count; i++) all &= a->complete[row[i]];
    if (count < 2 || !all || !designed) return 0;
    switch (plant) {
    case PLANT_FIXED:
        if (fixed < 2) return 0;
        for (int i = 0, among = 0; i < count; i++) {
            if (a->design[row[i]]) continue;
            for (int lane = 0; lane < a->lanes; lane++)
                a->letters[lane][row[i]] = (int8_t)((a->letters[lane][row[i]] + among) % X);
            among++;
        }
        return 1;
    case PLANT_OMITTED:
        if (!fixed || a->omit_rows != a->rows) return 0;
        for (int i = 0; i < count; i++) memset(a->omit[row[i]], a->design[row[i]] != 0, LETTERS);
        return 1;
    case PLANT_GROUP_OMITS:
        if (fixed || a->omit_rows != a->rows) return 0;
        for (int letter = 0; letter < LETTERS; letter++) a->omit[row[letter % count]][letter] = 1;
        return 1;
    case PLANT_TEMPERATURES:
        if (fixed || !a->by_row) return 0;
        a->temperatures[row[count - 1]] += 1;
        return 1;
    default: /* PLANT_WEIGHTS */
        if (fixed || !a->weighs) return 0;
        for (int i = 0; i < count; i++) a->weight[a->start[g] + i] = 0;
        return 1;
    }
}

/* A contradiction in one row that is designed and tied to none. */
static int plant_in_row(Ask *a, Plant plant, int row) {
    if (!ask_is_designed(a, row) || a->group[row] >= 0) return 0;
    if (plant == PLANT_SCHEDULE) {
        if (!a->by_row || a->last == 0) return 0;
        a->temperatures[row] = 0;
        return 1;
    }
    if (a->omit_rows != a->rows) return 0;
    memset(a->omit[row], 1, LETTERS);
    return 1;
}

/* The first kind, from a random one on, that has a place in this request. */
static void plant_one(Ask *a, Dice *d) {
    int start = between(d, 0, PLANTS - 2);
    for (int kind = 0; kind < PLANTS - 1 && !a->original; kind++) {
        Plant plant = (Plant)(1 + (start + kind) % (PLANTS - 1));
        int in_row = plant == PLANT_ROW_OMITS || plant == PLANT_SCHEDULE, count = in_row ? a->rows : a->groups;
        for (int i = 0; i < count; i++) {
            if (!(in_row ? plant_in_row : plant_in_group)(a, plant, i)) continue;
            a->plant = plant;
            a->planted = i;
            return;
        }
    }
}

void ask_random(Ask *a, const Bench *bench, uint64_t seed, int lanes, int plant) {
    Dice d = dice(seed);
    memset(a, 0, sizeof *a);
    a->bench = bench;
    a->seed = seed;
    a->states = chance(&d, 35) ? 1 : between(&d, 2, ASK_STATES);
    a->lanes = between(&d, 1, lanes);
    a->original = chance(&d, 20);
    a->first = between(&d, 0, 40);
    a->key = dice_below(&d, 1000);
    for (int s = 0; s < a->states; s++) a->place[s] = (int)dice_below(&d, (uint32_t)bench->count);
    lay_out(a);
    random_chances(a, &d);
    if (chance(&d, 75)) random_groups(a, &d);
    random_constraints(a, &d);
    random_lanes(a, &d);
    if (plant) plant_one(a, &d);
}

/* ---- The request --------------------------------------------------------------------------------------- */

static const void *lane_of(const void *first, size_t bytes, int lanes, int lane) {
    return (const char *)first + (lanes > 1 ? (size_t)lane * bytes : 0);
}

/* Letters and orders of lanes stand one behind the other without the room between them. */
static void set_lanes(WeftRequest *r, const Ask *a, int lane, int lanes) {
    static int8_t letters[ASK_LANES * ASK_ROWS];
    static int32_t order[ASK_LANES * ASK_ROWS];
    size_t n = (size_t)a->rows;
    int letter_lanes = a->letter_lanes > 1 ? lanes : a->letter_lanes,
        order_lanes = a->order_lanes > 1 ? lanes : a->order_lanes;
    for (int l = 0; l < lanes; l++) {
        memcpy(letters + (size_t)l * n, a->letters[lane + l], n);
        memcpy(order + (size_t)l * n, a->order[lane + l], n * sizeof *order);
    }
    if (letter_lanes) engine_check(weft_request_letters(r, letter_lanes, letters), "letters");
    if (order_lanes) engine_check(weft_request_order(r, order_lanes, order), "order");
    if (a->draw_lanes) {
        const double *q = lane_of(a->draws, n * LETTERS * sizeof *q, a->draw_lanes, lane);
        engine_check(weft_request_draws(r, lanes, q), "draws");
    }
}

static void set_matrices(WeftRequest *r, const Ask *a) {
    if (a->bias_rows) engine_check(weft_request_bias(r, a->bias_rows, a->bias[0]), "bias");
    if (a->omit_rows) engine_check(weft_request_omit(r, a->omit_rows, a->omit[0]), "omit");
    if (a->mixes) engine_check(weft_request_pssm(r, a->pssm_weight, a->pssm[0]), "pssm");
    if (a->keeps) engine_check(weft_request_keep(r, a->keep[0]), "keep");
}

WeftRequest *ask_request(const Ask *a, int lane, int lanes, int released) {
    const Backbone *first = backbone_of(a, 0);
    WeftRequest *r = weft_request_open(released ? first->released : first->encoding);
    engine_check(r ? WEFT_OK : weft_error_status(), "weft_request_open");
    for (int s = 1; s < a->states; s++) {
        const Backbone *b = backbone_of(a, s);
        engine_check(weft_request_state(r, released ? b->released : b->encoding), "state");
    }
    engine_check(weft_request_design(r, a->design), "design");
    engine_check(weft_request_seed(r, a->key, 3), "seed");
    engine_check(weft_request_samples(r, a->first + lane, lanes), "samples");
    engine_check(weft_request_temperature(r, a->temperature), "temperature");
    if (a->by_row) engine_check(weft_request_temperatures(r, a->temperatures), "temperatures");
    if (a->last > 0) engine_check(weft_request_schedule(r, a->last), "schedule");
    set_lanes(r, a, lane, lanes);
    set_matrices(r, a);
    const float *weight = a->weighs ? a->weight : NULL;
    if (a->groups) engine_check(weft_request_ties(r, a->rule, a->groups, a->start, a->row, weight), "ties");
    if (a->original) weft_request_original(r);
    return r;
}

/* ---- What has to come of it ---------------------------------------------------------------------------- */

int ask_is_designed(const Ask *a, int row) { return a->design[row] && a->complete[row]; }

int ask_is_omitted(const Ask *a, int row, int letter) {
    if (letter == X && !a->original) return 1;
    return a->omit_rows && a->omit[a->omit_rows > 1 ? row : 0][letter];
}

int8_t ask_letter(const Ask *a, int lane, int row) {
    const WeftStructure *s = backbone_of(a, a->state[row])->structure;
    if (a->letter_lanes) return a->letters[a->letter_lanes > 1 ? lane : 0][row];
    return weft_structure_letters(s)[row - a->first_row[a->state[row]]];
}

/* The original: the last row decides whether there is a draw, and a missing one ends it all. */
static void together_in_original(Together *t, const Ask *a) {
    for (int i = 0; i < t->count && t->missing < 0; i++)
        if (!a->complete[t->row[i]]) t->missing = t->row[i];
    int last = t->row[t->count - 1];
    t->drawn = t->missing < 0 && a->design[last];
    t->source = t->missing >= 0 ? t->missing : last;
}

void ask_together(Together *t, const Ask *a, int row) {
    int g = a->group[row];
    *t = (Together){.row = {row}, .count = 1, .drawn = ask_is_designed(a, row), .source = row, .missing = -1};
    if (g < 0) return;
    if (!a->original && (fixed_in(a, g) || !designed_in(a, g))) { /* nothing left to draw */
        t->drawn = 0;
        for (int i = a->start[g + 1] - 1; designed_in(a, g) && i >= a->start[g]; i--)
            if (a->complete[a->row[i]] && !a->design[a->row[i]]) t->source = a->row[i];
        return;
    }
    t->count = 0;
    for (int pass = 1; pass >= 0; pass--) /* complete rows first; the original keeps them as listed */
        for (int i = a->start[g]; i < a->start[g + 1]; i++)
            if (a->original ? pass : a->complete[a->row[i]] == pass) t->row[t->count++] = a->row[i];
    t->drawn = 1;
    if (a->original) together_in_original(t, a);
}

int ask_draws(const Ask *a) {
    int count = 0;
    Together t;
    for (int row = 0; row < a->rows; row++) {
        ask_together(&t, a, row);
        count += t.drawn && t.row[0] == row;
    }
    return count;
}

void ask_order(int32_t *order, const Ask *a, int lane) {
    uint8_t placed[ASK_ROWS] = {0};
    Together t;
    for (int i = 0; i < a->rows; i++) {
        if (placed[a->order[lane][i]]) continue;
        ask_together(&t, a, a->order[lane][i]);
        for (int m = 0; m < t.count; m++) placed[ *order++ = t.row[m]] = 1;
    }
}

/* ---- The distribution ---------------------------------------------------------------------------------- */

static double weight_of(const Ask *a, int row) {
    int at = a->group[row] < 0 ? -1 : a->start[a->group[row]];
    if (at < 0 || !a->weighs) return 1;
    while (a->row[at] != row) at++;
    return (double)a->weight[at];
}

/* Rows that have a say in the values, and rows whose wishes count. */
static double combined(const Ask *a, const Together *t, int voters, int letter, const double *log_probs) {
    double sum = 0, size = 0;
    int grouped = a->group[t->row[0]] >= 0;
    WeftTieRule rule = grouped ? a->rule : WEFT_TIE_LOGITS;
    for (int i = 0; i < voters; i++) {
        double w = weight_of(a, t->row[i]), value = log_probs[t->row[i] * LETTERS + letter];
        sum += w * (rule == WEFT_TIE_ARITHMETIC ? exp(value) : value);
        size += fabs(w);
    }
    switch (rule) {
    case WEFT_TIE_LOGITS: return sum / voters;
    case WEFT_TIE_GEOMETRIC: return sum / size;
    case WEFT_TIE_ARITHMETIC: return log(sum / size);
    default: return sum;
    }
}

static double temperature_of(const Ask *a, int row, int t) {
    double first = a->by_row ? (double)a->temperatures[row] : (double)a->temperature;
    int draws = ask_draws(a);
    if (a->last == 0 || draws < 2) return first;
    return first * pow((double)a->last / (double)a->temperature, (double)t / (draws - 1));
}

static void mix(double *p, const Ask *a, const int32_t *row, int count) {
    double mean[LETTERS] = {0}, sum = 0;
    for (int i = 0; i < count; i++)
        for (int letter = 0; letter < LETTERS; letter++) {
            double w = (double)a->pssm_weight[row[i]];
            mean[letter] += ((1 - w) * p[letter] + w * (double)a->pssm[row[i]][letter]) / count;
        }
    for (int letter = 0; letter < LETTERS; letter++) {
        int kept = 1;
        for (int i = 0; i < count; i++) kept &= a->keep[row[i]][letter];
        if (a->mixes) p[letter] = mean[letter];
        if (a->keeps) p[letter] *= kept + 0.001;
    }
    for (int letter = 0; letter < LETTERS; letter++) sum += p[letter];
    for (int letter = 0; letter < LETTERS; letter++) p[letter] /= sum;
}

static void leave_out(double *p, const uint8_t *omit) {
    double sum = 0;
    for (int letter = 0; letter < LETTERS; letter++) sum += p[letter] *= !omit[letter];
    for (int letter = 0; letter < LETTERS; letter++) p[letter] /= sum;
}

void ask_distribution(double *p, const Ask *a, const Together *t, int number, const double *log_probs) {
    double value[LETTERS], size = 0;
    float bias[LETTERS] = {0};
    uint8_t omit[LETTERS] = {0};
    const int32_t *row = t->row;
    int voters = 0;
    while (voters < t->count && (a->original || a->complete[row[voters]])) voters++;
    int count = voters, rows = t->count;
    for (int letter = 0; letter < LETTERS; letter++)
        value[letter] = combined(a, t, voters, letter, log_probs);
    if (a->original) { /* the last row's wishes alone */
        row += t->count - 1;
        count = rows = 1;
    }
    for (int i = 0; i < count; i++) size += a->original ? 1 : fabs(weight_of(a, row[i]));
    for (int letter = 0; letter < LETTERS; letter++) {
        double sum = 0;
        for (int i = 0; i < count && a->bias_rows; i++)
            sum += (double)a->bias[a->bias_rows > 1 ? row[i] : 0][letter] *
                   (a->original ? 1 : fabs(weight_of(a, row[i]))) / size;
        value[letter] += sum;
        for (int i = 0; i < rows; i++) omit[letter] |= (uint8_t)ask_is_omitted(a, row[i], letter);
    }
    twin_distribution(p, value, bias, omit, temperature_of(a, row[0], number), LETTERS);
    if (a->mixes || a->keeps) {
        mix(p, a, row, count);
        leave_out(p, omit);
    }
}
