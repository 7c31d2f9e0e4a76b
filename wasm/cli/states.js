/* SPDX-License-Identifier: MIT
 *
 * states.js - --states: further backbones that the sequences are designed for, or against, as well.
 *
 *   'off.pdb:-0.5,apo.pdb' --> structures and weights          what becomes of designed residues in them --> notes
 */
import {readStructure, UsageError} from './inputs.js';
import {listedFiles} from './paths.js';

/** @typedef {import('./inputs.js').Context} Context */
/** @typedef {import('../index.js').Engine} Engine */
/** @typedef {import('../index.js').Structure} Structure */

/**
 * @param {string | undefined} text
 * @returns {{path: string, weight: number}[]}
 */
export function stateFiles(text) {
    if (text === undefined) return [];
    return listedFiles(text).map(({name, path, number = '1'}) => {
        if (!path || name !== undefined) {
            throw new UsageError(`--states: '${text}' is no list of files; write FILE, or FILE:WEIGHT,FILE:WEIGHT`);
        }
        if (!Number.isFinite(Number(number))) throw new UsageError(`--states: '${number}' is no weight of ${path}`);
        return {path, weight: Number(number)};
    });
}

/**
 * Reads the further states and says what becomes of the designed residues in them.
 * @param {Context} context
 * @param {Engine} engine
 * @param {Structure} first
 * @param {import('../index.js').Constraints} constraints   on the first
 * @returns {Promise<{states: Structure[], stateWeights: number[]}>}   states: without the first; weights with it
 */
export async function readStates({values, reporter}, engine, first, constraints) {
    const files = stateFiles(values.states);
    /** @type {Structure[]} */
    const states = [];
    const stateWeights = [1, ...files.map(({weight}) => weight)];
    try {
        for (const {path} of files) states.push(await readStructure(engine, path, {altloc: values.altloc}));
        const told = files.length ? await engine.resolveStates([first, ...states], {...constraints, stateWeights}) : [];
        for (const [i, {name, weight, matched, missing}] of told.entries()) {
            reporter.note(`${first.name}: state ${i + 2} is ${name}, weight ${weight}, with ${matched.count} of the `
                + `designed residues${missing.count ? `; it lacks ${missing.text}` : ''}`);
        }
    } catch (error) {
        for (const each of states) each.dispose();
        throw error;
    }
    return {states, stateWeights};
}
