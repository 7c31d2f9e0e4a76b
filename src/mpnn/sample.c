/* SPDX-License-Identifier: MIT
 *
 * sample.c - autoregressive sampling: lanes of samples, each in its own decoding order. MODEL.md 6.
 *
 * At step t every lane decodes the row that stands at t of its order: the layers, the letter, and then what this row
 * from now on contributes to its neighbours, in place of the encoder's term. A lane's arithmetic does not depend on
 * the other lanes. A row that is tied to later ones contributes without a letter until the last of them has been
 * decoded; then all get theirs.
 */
#include <math.h>
#include <string.h>

#include "../core/vmath.h"
#include "mpnn.h"

/* ---- Terms --------------------------------------------------------------------------------------------- */

/* Floats of one lane's terms up to a layer of a state. */
static size_t terms_before(const WeftRun *run, int32_t state, int32_t layer) {
    const WeftModel *m = run->encoding->model;
    size_t floats = 0, of_all = 0;
    for (int32_t l = 0; l < m->decoder_layers; l++) of_all += (size_t)mpnn_decoder_width(m, l);
    for (int32_t l = 0; l < layer; l++) floats += (size_t)mpnn_decoder_width(m, l);
    const States *s = &run->plan.states;
    size_t before = (size_t)s->first_row[state] * of_all; /* layer 0 also of the state behind the last */
    return layer ? before + (size_t)(s->first_row[state + 1] - s->first_row[state]) * floats : before;
}

/* The terms of a state's rows in one layer, [rows][width]. */
static float *terms_of(const WeftRun *run, int32_t lane, int32_t state, int32_t layer) {
    return run->terms + (size_t)lane * terms_before(run, run->plan.states.count, 0) +
           terms_before(run, state, layer);
}

WeftStatus mpnn_sample_open(WeftRun *run) {
    const Plan *p = &run->plan;
    size_t lanes = (size_t)p->lanes, letters = (size_t)p->n * WEFT_LETTER_COUNT;
    run->terms = arena_take_raw(run->arena, base_times(lanes, terms_before(run, p->states.count, 0)),
                                sizeof *run->terms);
    run->probs = ARENA_TAKE(run->arena, float, base_times(lanes, letters));
    run->sum = ARENA_TAKE(run->arena, double, lanes *WEFT_LETTER_COUNT);
    run->drawn = ARENA_TAKE(run->arena, int32_t, lanes);
    return run->terms && run->probs && run->sum && run->drawn ? WEFT_OK : WEFT_NO_MEMORY;
}

/* ---- Drawing a letter ---------------------------------------------------------------------------------- */

/* What decides at a row, or for a group together. */
typedef struct Rules {
    const int32_t *row;
    int32_t count;
    double temperature, bias[WEFT_LETTER_COUNT];
    uint8_t omit[WEFT_LETTER_COUNT];
} Rules;

/* Letters of a lane that are drawn, and the temperature of the next one. */
static double temperature_of(const WeftRun *run, int32_t lane, int32_t row) {
    const Plan *p = &run->plan;
    double first = p->temperatures ? (double)p->temperatures[row] : (double)p->temperature;
    if (p->last_temperature == 0) return first;
    double share = p->draw_count > 1 ? (double)run->drawn[lane] / (p->draw_count - 1) : 0;
    return first *
           (double)vmath_exp1((float)(share * vmath_log((double)p->last_temperature / (double)p->temperature)));
}

/* Biases of a group are averaged by the size of the weights; what one member omits, all do. */
static void rules_of(Rules *rules, const WeftRun *run, int32_t lane, const int32_t *rows, const float *weight,
                     int32_t count) {
    const Plan *p = &run->plan;
    double total = 0;
    *rules = (Rules){.row = rows, .count = count, .temperature = temperature_of(run, lane, rows[0])};
    for (int32_t i = 0; i < count; i++) total += weight ? fabs((double)weight[i]) : 1;
    for (int32_t i = 0; i < count; i++) {
        double share = weight && total > 0 ? fabs((double)weight[i]) / total : 1.0 / count;
        const float *bias =
            p->bias ? p->bias + (p->bias_rows > 1 ? (size_t)rows[i] * WEFT_LETTER_COUNT : 0) : NULL;
        for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) {
            if (bias) rules->bias[a] += share * (double)bias[a];
            rules->omit[a] |= (uint8_t)mpnn_omitted(p, rows[i], a);
        }
    }
}

/* z = (value + bias) / T; at T = 0 undivided. Returns the largest of the letters that may be drawn. */
static double tempered(double z[WEFT_LETTER_COUNT], const Rules *rules, const double *value) {
    double top = -1e300;
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) {
        z[a] = (value[a] + rules->bias[a]) / (rules->temperature > 0 ? rules->temperature : 1);
        if (!rules->omit[a] && z[a] > top) top = z[a];
    }
    return top;
}

/* softmax of z over the allowed letters; at T = 0 all on the first largest. */
static void distribution(double probs[WEFT_LETTER_COUNT], const Rules *rules, const double *z, double top) {
    double sum = 0;
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) {
        int32_t out = rules->omit[a] || z[a] - top < -87 || (rules->temperature == 0 && (z[a] < top || sum > 0));
        probs[a] = out ? 0 : (double)vmath_exp1((float)(z[a] - top));
        sum += probs[a];
    }
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) probs[a] /= sum;
}

/* Position-specific matrices: mixed in, of a group the mean of what its rows would mix; then letters that they do not
 * favour nearly ruled out. Returns whether there are any. */
static int mixed(double probs[WEFT_LETTER_COUNT], const Plan *p, const Rules *rules) {
    double weight = 0, pssm[WEFT_LETTER_COUNT] = {0}, sum = 0;
    if (!p->pssm_weight && !p->keep) return 0;
    for (int32_t i = 0; p->pssm_weight && i < rules->count; i++) {
        double share = (double)p->pssm_weight[rules->row[i]] / rules->count;
        weight += share;
        for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++)
            pssm[a] += share * (double)p->pssm[(size_t)rules->row[i] * WEFT_LETTER_COUNT + (size_t)a];
    }
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) {
        int32_t favoured = 1;
        for (int32_t i = 0; p->keep && i < rules->count; i++)
            favoured &= p->keep[(size_t)rules->row[i] * WEFT_LETTER_COUNT + (size_t)a];
        probs[a] = (1 - weight) * probs[a] + pssm[a];
        if (p->keep) probs[a] *= favoured ? 1.001 : 0.001;
        if (rules->omit[a]) probs[a] = 0;
        sum += probs[a];
    }
    for (int32_t a = 0; a < WEFT_LETTER_COUNT && sum > 0; a++) probs[a] /= sum;
    return 1;
}

/* argmax of p/q, as argmax of z - ln q: the same letter, and no exponential that could underflow. */
static int32_t draw(const Plan *p, int32_t lane, const Rules *rules, const double *z) {
    uint32_t words[WEFT_LETTER_COUNT];
    int32_t leader = mpnn_leader(p, rules->row[0]), best = -1;
    const double *given =
        p->draws ? p->draws + ((size_t)lane * (size_t)p->n + (size_t)leader) * WEFT_LETTER_COUNT : NULL;
    double best_value = 0;
    if (!given)
        random_words(words, WEFT_LETTER_COUNT, p->seed, RANDOM_LETTER, (uint32_t)(p->first_sample + lane),
                     (uint32_t)leader);
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) {
        if (rules->omit[a]) continue;
        double value = z[a];
        if (rules->temperature > 0) value -= vmath_log(given ? given[a] : random_exponential(words[a]));
        if (best < 0 || value > best_value) {
            best = a;
            best_value = value;
        }
    }
    return best;
}

/* Gives rows their letter, and their neighbours the terms that have it. */
static void settle_letter(WeftRun *run, int32_t lane, const int32_t *rows, int32_t count, int8_t letter) {
    const Plan *p = &run->plan;
    for (int32_t i = 0; i < count; i++) {
        const WeftEncoding *e = p->states.of[p->state[rows[i]]];
        p->letters[(size_t)lane * (size_t)p->n + (size_t)rows[i]] = letter;
        for (int32_t l = 0; l < e->model->decoder_layers; l++) {
            float *term = terms_of(run, lane, p->state[rows[i]], l) +
                          (size_t)mpnn_own_row(p, rows[i]) * (size_t)mpnn_decoder_width(e->model, l);
            mpnn_add_letter(term, term, e, l, letter);
        }
    }
}

/* Draws a letter by the rules and gives it to rows. */
static void choose_letter(WeftRun *run, int32_t lane, const Rules *rules, const double *value,
                          const int32_t *rows, int32_t count) {
    const Plan *p = &run->plan;
    double z[WEFT_LETTER_COUNT], probs[WEFT_LETTER_COUNT];
    double top = tempered(z, rules, value);
    distribution(probs, rules, z, top);
    if (mixed(probs, p, rules))
        for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) z[a] = probs[a] > 1e-300 ? vmath_log(probs[a]) : -1e4;
    for (int32_t i = 0; i < count; i++) {
        float *out = run->probs + ((size_t)lane * (size_t)p->n + (size_t)rows[i]) * WEFT_LETTER_COUNT;
        for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) out[a] = (float)probs[a];
    }
    run->drawn[lane]++;
    settle_letter(run, lane, rows, count, (int8_t)draw(p, lane, rules, z));
}

/* ---- Groups -------------------------------------------------------------------------------------------- */

/* Adds what one member says, by the group's rule. */
static void add_member(double sum[WEFT_LETTER_COUNT], const Plan *p, int32_t at, double total, int32_t count,
                       const float *logits, const float *log_probs) {
    double weight = (double)p->ties.weight[at];
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) switch (p->ties.rule) {
        case WEFT_TIE_LOGITS: sum[a] += weight * (double)logits[a] / count; break;
        case WEFT_TIE_GEOMETRIC: sum[a] += weight / total * (double)log_probs[a]; break;
        case WEFT_TIE_ARITHMETIC: sum[a] += weight / total * (double)vmath_exp1(log_probs[a]); break;
        case WEFT_TIE_PRODUCT: sum[a] += weight * (double)log_probs[a]; break;
        }
}

/* Members that have a say: the original counts all. */
static int32_t voters_of(const Plan *p, const int32_t *rows, const float *weight, int32_t count, double *total) {
    int32_t voters = 0;
    *total = 0;
    for (int32_t i = 0; i < count; i++) {
        if (!p->original && !mpnn_complete(p, rows[i])) continue;
        voters++;
        *total += fabs((double)weight[i]);
    }
    return voters;
}

static void finish_member(WeftRun *run, int32_t lane, int32_t row, const float *logits, const float *log_probs) {
    const Plan *p = &run->plan;
    double total, *sum = run->sum + (size_t)lane * WEFT_LETTER_COUNT;
    int32_t count, group = p->group[row], first = p->ties.start[group], at = first;
    const int32_t *rows = mpnn_members(p, row, &count);
    const float *weight = p->ties.weight + first;
    int32_t voters = voters_of(p, rows, weight, count, &total);
    while (p->ties.row[at] != row) at++;
    if (at == first) memset(sum, 0, WEFT_LETTER_COUNT * sizeof *sum);
    if (mpnn_complete(p, row) && !p->skip[row]) add_member(sum, p, at, total, voters, logits, log_probs);
    if (at + 1 < first + count) return;
    if (p->source && p->source[group] >= 0) {
        settle_letter(run, lane, rows, count, p->letters[(size_t)lane * (size_t)p->n + (size_t)p->source[group]]);
        return;
    }
    if (p->ties.rule == WEFT_TIE_ARITHMETIC)
        for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) sum[a] = vmath_log(sum[a]);
    Rules rules; /* the original's last member decides alone */
    rules_of(&rules, run, lane, p->original ? &row : rows, p->original ? NULL : weight, p->original ? 1 : voters);
    for (int32_t i = voters; !p->original && i < count; i++) /* rows without a say must not get what they omit */
        for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) rules.omit[a] |= (uint8_t)mpnn_omitted(p, rows[i], a);
    choose_letter(run, lane, &rules, sum, rows, count);
}

static void finish_row(WeftRun *run, int32_t lane, int32_t row, const float *logits) {
    const Plan *p = &run->plan;
    double value[WEFT_LETTER_COUNT];
    Rules rules;
    if (!p->design[row]) {
        settle_letter(run, lane, &row, 1, p->letters[(size_t)lane * (size_t)p->n + (size_t)row]);
        return;
    }
    for (int32_t a = 0; a < WEFT_LETTER_COUNT; a++) value[a] = (double)logits[a];
    rules_of(&rules, run, lane, &row, NULL, 1);
    choose_letter(run, lane, &rules, value, &row, 1);
}

/* ---- One position of some lanes ------------------------------------------------------------------------ */

/* What neighbours contribute to a row, and which letters that stands for. */
static void point_to_terms(const float **other, int8_t *letter, const WeftRun *run, int32_t lane, int32_t row,
                           int32_t layer) {
    const Plan *p = &run->plan;
    int32_t state = p->state[row], first = p->states.first_row[state], group = p->group[row];
    const WeftEncoding *e = p->states.of[state];
    size_t width = (size_t)mpnn_decoder_width(e->model, layer), k = (size_t)e->graph.k,
           own_row = (size_t)(row - first);
    const float *own = terms_of(run, lane, state, layer), *x = mpnn_letter_term(e, layer, WEFT_LETTER_X);
    const int32_t *neighbor = e->graph.neighbor + own_row * k,
                  *rank = p->rank + (size_t)lane * (size_t)p->slots + p->states.first_slot[state];
    const int8_t *letters = p->letters + (size_t)lane * (size_t)p->n + first;
    for (size_t j = 0; j < k; j++) {
        size_t slot = (size_t)neighbor[j];
        int32_t is_open = rank[slot] >= rank[own_row], is_gap = neighbor[j] >= e->graph.n;
        int32_t waits = !is_open && !is_gap && group >= 0 && p->group[first + neighbor[j]] == group;
        other[j] = is_open ? e->terms[layer].other + slot * width : is_gap ? x : own + slot * width;
        letter[j] = is_open || waits ? -1 : is_gap ? WEFT_LETTER_X : letters[slot];
    }
}

/* Rows of one state, each of another lane. */
static void decode_rows(WeftRun *run, int32_t state, const int32_t *lane, const int32_t *row, int32_t count) {
    const Plan *p = &run->plan;
    const WeftEncoding *e = p->states.of[state];
    const WeftModel *m = e->model;
    ArenaMark mark = arena_mark(run->scratch);
    size_t node = (size_t)vec_padded(m->size[SIZE_NODE]), k = (size_t)e->graph.k, rows = (size_t)count;
    int32_t *own = arena_take_raw(run->scratch, rows, sizeof *own);
    const float **other = arena_take_raw(run->scratch, rows * k, sizeof *other);
    int8_t *letter = arena_take_raw(run->scratch, rows * k, sizeof *letter);
    float *h = arena_scratch(run->scratch, rows * node),
          *log_probs = arena_scratch(run->scratch, rows * WEFT_LETTER_COUNT),
          *logits = arena_scratch(run->scratch, rows * WEFT_LETTER_COUNT);
    BASE_ASSERT(own && other && letter);
    for (size_t r = 0; r < rows; r++) {
        own[r] = mpnn_own_row(p, row[r]);
        memcpy(h + r * node, e->h_v + (size_t)own[r] * node, node * sizeof *h);
    }
    DecoderRows decoded = {count, own, other, letter};
    for (int32_t l = 0; l < m->decoder_layers; l++) {
        size_t width = (size_t)mpnn_decoder_width(m, l);
        ArenaMark layer = arena_mark(run->scratch);
        float *term = l > 0 ? arena_scratch(run->scratch, rows * width) : NULL;
        if (l > 0) mpnn_other_term(term, h, e, l, count);
        for (size_t r = 0; r < rows; r++) {
            const float *from = l > 0 ? term + r * width : e->terms[0].other + (size_t)own[r] * width;
            memcpy(terms_of(run, lane[r], state, l) + (size_t)own[r] * width, from, width * sizeof *h);
            point_to_terms(other + r * k, letter + r * k, run, lane[r], row[r], l);
        }
        mpnn_decode(h, &decoded, e, l, run->scratch);
        arena_reset(run->scratch, layer);
    }
    mpnn_output(log_probs, logits, h, e, count, run->scratch);
    for (size_t r = 0; r < rows; r++) {
        const float *of_row = log_probs + r * WEFT_LETTER_COUNT, *logit = logits + r * WEFT_LETTER_COUNT;
        memcpy(run->log_probs + ((size_t)lane[r] * (size_t)p->n + (size_t)row[r]) * WEFT_LETTER_COUNT, of_row,
               WEFT_LETTER_COUNT * sizeof *of_row);
        if (p->group[row[r]] < 0)
            finish_row(run, lane[r], row[r], logit);
        else
            finish_member(run, lane[r], row[r], logit, of_row);
    }
    arena_reset(run->scratch, mark);
}

/* A row that the original never computes shows the encoder's state in the first layer and nothing in the others. */
static void skip_row(WeftRun *run, int32_t lane, int32_t row) {
    const Plan *p = &run->plan;
    const WeftEncoding *e = p->states.of[p->state[row]];
    size_t own = (size_t)mpnn_own_row(p, row);
    for (int32_t l = 0; l < e->model->decoder_layers; l++) {
        size_t width = (size_t)mpnn_decoder_width(e->model, l);
        float *term = terms_of(run, lane, p->state[row], l) + own * width;
        if (l == 0)
            memcpy(term, e->terms[0].other + own * width, width * sizeof *term);
        else
            memset(term, 0, width * sizeof *term);
    }
    finish_member(run, lane, row, NULL, NULL);
}

static void decode_position(WeftRun *run, int32_t step, int32_t first, int32_t count) {
    const Plan *p = &run->plan;
    int32_t lane[MPNN_STEP_ROWS], row[MPNN_STEP_ROWS];
    for (int32_t state = 0; state < p->states.count; state++) {
        int32_t found = 0;
        for (int32_t l = first; l < first + count; l++) {
            int32_t at = p->order[(size_t)l * (size_t)p->n + (size_t)step];
            if (p->state[at] != state) continue;
            if (p->skip && p->skip[at]) {
                skip_row(run, l, at);
                continue;
            }
            lane[found] = l;
            row[found++] = at;
        }
        if (found) decode_rows(run, state, lane, row, found);
    }
}

WeftStatus mpnn_sample_step(WeftRun *run) {
    int32_t positions = base_max(1, MPNN_STEP_ROWS / run->plan.lanes);
    for (; positions > 0 && run->at < run->plan.n; positions--) {
        int32_t lane = run->lane, count = base_min(MPNN_STEP_ROWS, run->plan.lanes - lane);
        decode_position(run, run->at, lane, count);
        run->lane = lane + count < run->plan.lanes ? lane + count : 0;
        if (run->lane == 0) run->at++;
    }
    return run->at < run->plan.n ? WEFT_MORE : WEFT_OK;
}
