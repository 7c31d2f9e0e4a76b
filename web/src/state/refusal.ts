// SPDX-License-Identifier: MIT
//
// refusal.ts - why a run could not start, in words, before any work is done.
//
//   Opened, Plan --the engine's own reading (constraints.js), and what only ties can contradict--> sentence or null
import {resolveRequest} from '../../../wasm/constraints.js';
import {LETTERS} from '../../../wasm/index.js';
import {constraintsOf} from './asked';
import {model} from './models';
import {messageOf} from './page';
import {type Plan, visible, WIDTH} from './plan';
import {spelledOut} from './resolved';
import {type Opened, structures} from './structures';

type Resolved = ReturnType<typeof resolveRequest>;

const X = LETTERS.indexOf('X');

/** Nothing to do, or with a model that could not see it. */
function nothingToDesign({structure}: Opened, design: Uint8Array): string | null {
    const {chains, mask, carbons} = structure, {id, file} = model.value;
    if (!mask.includes(1) && carbons.includes(1) && !file && !id.startsWith('ca_')) {
        return 'the structure has CA atoms alone, no whole backbone: choose a CA-only model, '
            + 'or drop the weights file of one';
    }
    if (design.includes(1)) return null;
    return chains.length > 1 ? 'choose at least one chain, or residues, to design'
        : 'choose at least one residue to design';
}

/** States that are gone, or that the rule cannot weigh. */
function statesProblem(opened: Opened, {states, tieRule, average}: Plan): string | null {
    const open = new Set(structures.value.map(({key}) => key));
    if (states.some(({key}) => !open.has(key))) return 'a state was closed: remove it from the states';
    if (states.some(({key}) => key === opened.key)) return 'the structure is a state of itself: remove that state';
    if (average) {
        return states.every(({weight}) => weight > 0) ? null
            : 'an average knows no weight below 0: give the conformers weights above 0';
    }
    if (tieRule !== 'arithmetic' || states.every(({weight}) => weight >= 0)) return null;
    return 'the arithmetic mean knows no weight below 0: choose another tie rule, or give the states weights above 0';
}

/** What one group of tied residues asks against itself; null where nothing. */
function groupProblem(structure: Opened['structure'], rows: number[], {design, letters, omit}: Resolved) {
    const seen = visible(structure), name = (row: number) => structure.rowName(row);
    const omits = (row: number, letter: number) => omit !== null
        && omit.values[(omit.rows === 1 ? 0 : row * WIDTH) + letter] === 1;
    const chosen = rows.filter((row) => design[row]), fixed = rows.filter((row) => seen[row] && !design[row]);
    if (!chosen.length) return null;
    if (!fixed.length) {
        for (let letter = 0; letter < X; letter++) if (!rows.some((row) => omits(row, letter))) return null;
        return `${name(rows[0])} and what it is tied to omit every letter between them`;
    }
    const [first] = fixed, letter = letters[first];
    const other = fixed.find((row) => letters[row] !== letter);
    if (other !== undefined) {
        return `${name(first)} (${LETTERS[letter]}) and ${name(other)} (${LETTERS[letters[other]]}) are tied, but stay `
            + 'as they are with different letters: design all residues that are tied, or none';
    }
    const odd = chosen.find((row) => omits(row, letter));
    return odd === undefined ? null
        : `${name(odd)} is tied to ${name(first)}, which stays ${LETTERS[letter]}, a letter that is omitted there`;
}

function tiesProblem({structure}: Opened, plan: Plan, resolved: Resolved): string | null {
    const {ties} = resolved;
    if (!ties) return null;
    if (plan.tieRule === 'arithmetic' && ties.weights.some((weight) => weight < 0)) {
        return 'the arithmetic mean knows no weight below 0: choose another tie rule';
    }
    for (let g = 0; g + 1 < ties.starts.length; g++) {
        const why = groupProblem(structure, [...ties.rows.subarray(ties.starts[g], ties.starts[g + 1])], resolved);
        if (why) return why;
    }
    return null;
}

/** Why a run with this plan could not start, in words; null where it could. */
export function refusal(opened: Opened, plan: Plan): string | null {
    const {structure} = opened, why = nothingToDesign(opened, plan.design) ?? statesProblem(opened, plan);
    if (why) return why;
    try {
        const asked = constraintsOf(spelledOut(structure, plan), {order: 'random'});
        const resolved = resolveRequest(structure, visible(structure), asked);
        return tiesProblem(opened, plan, resolved);
    } catch (error) {
        return messageOf(error);
    }
}
