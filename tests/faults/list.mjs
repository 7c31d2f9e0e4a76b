// SPDX-License-Identifier: MIT
//
// list.mjs - faults to inject, as data: {name, file of src/, find, replace, program of tests/parity, args, red}.
//
// Each is an error that a port of this network makes easily. `find` must be in the file; its blanks match any
// white space. `red` is a text of the row that has to fail. The weights' folder stands before the arguments.

const SHORT = {program: 'golden', args: ['6MRR_short_v_48_020']}; // 26 residues, 4 gap slots
const WHOLE = {program: 'golden', args: ['6MRR_v_48_020']};
const CA_WHOLE = {program: 'golden', args: ['6MRR_ca_v_48_020']};
const CA_DAMAGED = {program: 'golden', args: ['5L33_damaged_ca_v_48_010']}; // numbering gaps, a residue without CA
const sampling = (test) => ({program: 'sampling', args: [test]});
const STATES = {program: 'states', args: ['6MRR_v_48_020']};
const plans = (test) => ({program: 'plans', args: [test]});

const CORE = [
    {
        name: 'tanh GELU', file: 'core/vmath.h', ...SHORT, red: 'h_V_enc1',
        find: 'return vec_positive(x) - t / vmath_tail(t);',
        replace: 'return x / (vmath_exp(-1.59576912f * (x + 0.044715f * x * x * x)) + 1.0f);',
    },
    {
        name: 'epsilon of the norms', file: 'core/ops.c', ...SHORT, red: 'h_V_enc1',
        find: '1e-5f', replace: '1e-3f',
    },
];

const FEATURES = [
    {
        name: 'two distance blocks swapped', ...SHORT, red: 'h_V_enc1',
        find: '{N, O}, {N, CB}', replace: '{N, CB}, {N, O}',
    },
    {
        name: 'width of a Gaussian = spacing', ...SHORT, red: 'h_V_enc1',
        find: '(float)count / 20.0f', replace: '(float)(count - 1) / 20.0f',
    },
    {
        name: 'virtual CB on the wrong side', ...SHORT, red: 'h_V_enc1',
        find: '- 0.54067466f * c[d]', replace: '+ 0.54067466f * c[d]',
    },
    {name: 'epsilon of the distances', ...SHORT, red: 'h_V_enc1', find: '1e-6f', replace: '1e-4f'},
    {
        name: 'first distance block not mask-adjusted', ...SHORT, red: 'h_E_final',
        find: 'g->distance[(size_t)row * (size_t)k + (size_t)e]',
        replace: 'mpnn_distance(slots->atom[row][CA], slots->atom[neighbor[e]][CA])',
    },
    {
        name: 'offsets clipped one early', ...WHOLE, red: 'h_V_enc1',
        find: 'offset > 2 * most ? 2 * most', replace: 'offset >= 2 * most ? 2 * most - 1',
    },
    {
        name: 'ties to the higher index', program: 'random_shapes', args: ['1', '9'], red: 'neighbours',
        find: 'near[at - 1] > all[j]', replace: 'near[at - 1] >= all[j]',
    },
    {
        name: 'a slot without CA in file order', program: 'file_order', args: [], red: 'neighbours',
        find: 'if (!slots->only[j])', replace: 'if (0)',
    },
    {
        name: 'no number goes back in file order', program: 'file_order', args: [], red: 'letters, masks, places',
        find: '(step < 0 && !slots->only)', replace: 'step < 0',
    },
].map((fault) => ({...fault, file: 'mpnn/features.c'}));

const CA_FEATURES = [
    {
        name: 'CA distances in another order', ...CA_WHOLE, red: 'h_V_enc3',
        find: '{BEFORE, CA}, {BEFORE, BEHIND}', replace: '{BEFORE, BEHIND}, {BEFORE, CA}',
    },
    {
        name: 'bonds of any length', ...CA_DAMAGED, red: 'h_V_enc3',
        find: 'length > SHORTEST && length < LONGEST', replace: 'length > 0',
    },
    {name: 'no gap slots between CA atoms', ...CA_DAMAGED, red: 'h_V_enc3', find: 'if (!empty)', replace: 'if (1)'},
    {
        name: 'a frame for the last slot but one', ...CA_WHOLE, red: 'h_V_enc3',
        find: 'if (i < n - 2 ||', replace: 'if (1 ||',
    },
    {
        name: 'rotation turned round', ...CA_WHOLE, red: 'h_V_enc3',
        find: 'r[2][1] - r[1][2]', replace: 'r[1][2] - r[2][1]',
    },
    {
        name: 'direction not in the frame', ...CA_WHOLE, red: 'h_V_enc3',
        find: 'frame[r][0] * d[0]', replace: 'frame[0][r] * d[0]',
    },
    {
        name: 'gap slots around CA atoms left empty', program: 'random_shapes', args: ['1', '39'], red: 'h_E',
        find: 'if (p == 1)', replace: 'if (0)',
    },
    {
        name: 'a frame too many in file order', program: 'file_order', args: [], red: 'unconditional',
        find: 'if (seen++ > 2) place_frame(slots->frame[last_but_one], slots->atom[last_but_one]);',
        replace: 'if (seen++ > 1) place_frame(slots->frame[last], slots->atom[last]);',
    },
].map((fault) => ({...fault, file: 'mpnn/ca_features.c'}));

const ENCODER = [
    { // the first norm hides the scale: the state that it is added to is still 0
        name: 'messages not divided by 30', ...SHORT, red: 'h_V_enc2',
        find: 'delta, 1.0f / scale', replace: 'delta, 1.0f',
    },
    {name: 'bias of W3 once a row', ...SHORT, red: 'h_V_enc1', find: '* messages[r]', replace: '* 1.0f'},
    {
        name: 'bias of W3 for masked messages too', ...SHORT, red: 'h_V_enc1',
        find: 'complete += s->mask[j]', replace: 'complete += 1',
    },
].map((fault) => ({...fault, file: 'mpnn/encoder.c'}));

const DECODER = [
    {
        name: 'attention mask in the decoder', file: 'mpnn/decoder.c', ...SHORT, red: 'unconditional',
        find: 'ops_gelu_sum(sum, s->b, NULL,',
        replace: `uint8_t seen[1024];
            for (int32_t j = 0; j < k; j++)
                seen[j] = e->slots.mask[e->graph.neighbor[row * (size_t)k + (size_t)j]];
            ops_gelu_sum(sum, s->b, seen,`,
    },
    {
        name: 'a row sees its own letter (>= for >)', file: 'mpnn/score.c', ...SHORT, red: 'autoregressive',
        find: 'rank[slot] >= rank[row[r]]', replace: 'rank[slot] > rank[row[r]]',
    },
    {
        name: 'later rows seen by decoder state', file: 'mpnn/score.c', ...SHORT, red: 'autoregressive',
        find: 'rank[slot] >= rank[row[r]]', replace: '(layer == 0 && rank[slot] >= rank[row[r]])',
    },
    {
        name: 'gap slots carry no letter', file: 'mpnn/score.c', ...SHORT, red: 'autoregressive',
        find: '? terms + slot * width : x;', replace: '? terms + slot * width : e->terms[layer].other + slot * width;',
    },
    {
        name: 'messages kept whatever the letter is', file: 'mpnn/decoder.c', ...sampling('released'),
        red: 'edges released, the same results',
        find: 'kept->letter[at] == letter', replace: 'kept->letter[at] >= 0',
    },
    {
        name: 'order not inverted', file: 'mpnn/plan.c', ...SHORT, red: 'autoregressive',
        find: 'rank[mpnn_slot(p, row[i])] = at++', replace: 'rank[at++] = mpnn_slot(p, row[i])',
    },
    {
        name: 'the scored row seen by the others', file: 'mpnn/run.h', ...WHOLE, red: 'all-others',
        find: 'if (other == last) return 0;', replace: 'if (other == last) return row != last;',
    },
];

const SAMPLER = [
    {
        name: 'sampler sees its own row', ...sampling('scorer'), red: "a sample's log-probs are the scorer's",
        find: 'rank[slot] >= rank[own_row]', replace: 'rank[slot] > rank[own_row]',
    },
    {
        name: 'bias not divided by T', ...sampling('distributions'), red: 'drawn from, T = 0.1',
        find: 'share * (double)bias[a]', replace: 'share * (double)bias[a] * rules->temperature',
    },
    {
        name: 'X may be drawn', ...sampling('x'), red: 'X is never drawn',
        find: 'if (letter == WEFT_LETTER_X && !p->original) return 1;', replace: '', file: 'mpnn/run.h',
    },
    {
        name: 'p times q', ...sampling('draws'), red: 'argmax p / q',
        find: 'value -= vmath_log', replace: 'value += vmath_log',
    },
    {
        name: 'random numbers by lane', ...sampling('seeds'), red: '8 lanes = 8 runs of one',
        find: '(uint32_t)(p->first_sample + lane)', replace: '(uint32_t)lane',
    },
].map((fault) => ({file: 'mpnn/sample.c', ...fault}));

const PLANS = [
    {
        name: 'a group omits what its first row does', ...plans('random'), red: 'keep every constraint',
        find: 'rules->omit[a] |= (uint8_t)mpnn_omitted(p, rows[i], a)',
        replace: 'rules->omit[a] |= (uint8_t)mpnn_omitted(p, rows[0], a)',
    },
    {
        name: 'biases of a group not weighed', ...plans('random'), red: 'drawn from',
        find: 'fabs((double)weight[i]) / total : 1.0 / count', replace: '1.0 / count : 1.0 / count',
    },
    {
        name: 'a row of the first state in place of its own', ...plans('random'), red: 'keep every constraint',
        find: '*letters = p->letters + (size_t)lane * (size_t)p->n + first;',
        replace: '*letters = p->letters + (size_t)lane * (size_t)p->n;',
    },
    {
        name: 'rows that the original skips are decoded', ...plans('twin'), red: 'original/twin',
        find: 'memset(term, 0, width * sizeof *term);',
        replace: 'memcpy(term, e->terms[l].other + own * width, width * sizeof *term);',
    },
    {
        name: 'the last temperature is never reached', ...plans('random'), red: 'drawn from',
        find: '(p->draw_count - 1)', replace: 'p->draw_count',
    },
    {
        name: 'a fixed row does not bind its group', file: 'mpnn/ties.c', ...plans('random'),
        red: 'keep every constraint',
        find: 'if (fixed >= 0) return follow(p, g, fixed);', replace: '',
    },
    {
        name: 'fixed rows of states in orders of their own', file: 'mpnn/plan.c', ...plans('plain'),
        red: 'identical states = one',
        find: 'keys[ties->row[i]].random = keys[first].random;', replace: 'continue;',
    },
    {
        name: 'good in one of them, on logits', ...STATES, red: 'states arithmetic_mean',
        find: 'vmath_exp1(log_probs[a])', replace: 'vmath_exp1(logits[a])',
    },
    {
        name: 'a product without its weights', ...STATES, red: 'states, w, product',
        find: 'sum[a] += weight * (double)log_probs[a]', replace: 'sum[a] += (double)log_probs[a]',
    },
    {
        name: 'a compromise divided by its members', ...STATES, red: 'states, w, geometric_mean',
        find: 'weight / total * (double)log_probs[a]', replace: 'weight / count * (double)log_probs[a]',
    },
].map((fault) => ({file: 'mpnn/sample.c', ...fault}));

export const FAULTS = [...CORE, ...FEATURES, ...CA_FEATURES, ...ENCODER, ...DECODER, ...SAMPLER, ...PLANS];
