/* SPDX-License-Identifier: MIT
 *
 * ties.js - tied positions: groups of slots that get one letter, and the order that keeps them together.
 *
 *   [{chain: [positions]} or {chain: [[positions], [weights]]}, ...] --> Groups --flattenOrder--> groups kept whole
 *
 * In the original the last member listed decides: its bias, omissions and PSSM, and whether the group is fixed. A
 * member without a whole backbone stops its group: all members get that slot's letter, usually X.
 */
import {ConstraintError} from '../../index.js';
import {entries} from './jsonl.js';

/** @typedef {import('./plan.js').PlanChain} PlanChain */
/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {{members: Int32Array[], weights: Float32Array}} Groups   slots as listed; weight of each slot */

/**
 * @param {any} list
 * @param {readonly PlanChain[]} chains
 * @param {number} length   slots
 * @param {(text: string) => void} note
 * @returns {Groups}
 */
export function readGroups(list, chains, length, note) {
    const flag = '--tied_positions_jsonl';
    const weights = new Float32Array(length).fill(1);
    if (!Array.isArray(list)) throw new ConstraintError(`${flag}: a list of groups is needed for each name`);
    const members = list.map((item) => entries(item).flatMap(([name, value]) => {
        const chain = chains.find((each) => each.name === name);
        if (!chain) throw new ConstraintError(`${flag}: there is no chain '${name}'`, name);
        const weighted = Array.isArray(value?.[0]);
        const positions = weighted ? value[0] : value;
        if (!Array.isArray(positions) || (weighted && positions.length > (value[1]?.length ?? 0))) {
            throw new ConstraintError(`${flag}: chain ${name} needs [positions] or [[positions], [weights]]`, name);
        }
        return positions.map((position, i) => {
            const slot = chain.start + position - 1;
            if (!Number.isInteger(slot) || slot < 0 || slot >= length) {
                throw new ConstraintError(`${flag}: position ${position} of chain ${name} is not there`,
                    String(position));
            }
            if (position < 1 || position > chain.length) {
                note(`${flag}: position ${position} of chain ${name} lies outside it and means another chain's place`);
            }
            if (weighted) weights[slot] = Number(value[1][i]);
            return slot;
        });
    })).map((slots) => Int32Array.from(slots));
    return {members, weights};
}

/**
 * Tells what the rules of the original do to groups with unlike members.
 * @param {Groups} groups
 * @param {Uint8Array} mask
 * @param {Uint8Array} design
 * @param {string} what
 * @param {(text: string) => void} note
 */
export function checkGroups({members}, mask, design, what, note) {
    const broken = members.filter((slots) => slots.some((slot) => !mask[slot]));
    const mixed = members.filter((slots) => slots.every((slot) => mask[slot])
        && new Set(slots.map((slot) => design[slot])).size > 1);
    const count = (/** @type {Int32Array[]} */ list) => `${list.length} group${list.length > 1 ? 's' : ''}`;
    if (broken.length) {
        note(`${what}: ${count(broken)} with a place that lacks its backbone: all members get that place's letter`);
    }
    if (mixed.length) {
        note(`${what}: ${count(mixed)} with fixed and designed members: the last one listed decides for all`);
    }
}

/**
 * The drawn order with each group at the place of its first member.
 * @param {Groups} groups
 * @param {ArrayLike<number>} order
 */
export function flattenOrder({members}, order) {
    /** @type {Map<number, Int32Array>} */
    const groupOf = new Map();
    for (const slots of [...members].reverse()) for (const slot of slots) groupOf.set(slot, slots);
    const placed = new Uint8Array(order.length);
    /** @type {Int32Array[]} */
    const steps = [];
    for (const slot of Array.from(order)) {
        if (placed[slot]) continue;
        const slots = groupOf.get(slot) ?? Int32Array.of(slot);
        const again = slots.find((each, i) => placed[each] > 0 || slots.indexOf(each) !== i);
        if (again !== undefined) {
            throw new ConstraintError(`--tied_positions_jsonl: place ${again + 1} of the target is in two groups, `
                + 'which the original cannot decode', String(again + 1));
        }
        for (const each of slots) placed[each] = 1;
        steps.push(slots);
    }
    return steps;
}
