/* SPDX-License-Identifier: MIT
 *
 * filters.js - what a laboratory would not order, and where it was found.
 *
 *   options --makeFilters--> [Filter]      candidates, options --filterCandidates--> kept, rejected with places, counts
 *
 * A filter that is not asked for does nothing. Chains and positions count from 1, as the letters stand in the sequence.
 */
import {ConstraintError} from '../errors.js';
import {Pacer} from '../pace.js';
import {DISULFIDE, unpaired} from './cysteines.js';
import {findPattern, parsePattern} from './patterns.js';
import {isoelectricPoint, netCharge, requirePh} from './properties.js';
import {hydrophobicPatches, lowComplexity, repeats, SEG, SPAN} from './windows.js';

/** @typedef {import('./candidates.js').Candidate} Candidate */
/** @typedef {import('./cysteines.js').Backbone} Backbone */
/** @typedef {{least?: number, most?: number}} Range   both belong to it */

/**
 * @typedef {object} FilterOptions
 * @property {boolean} [glycosylation]   N-X-S and N-X-T with X other than P: N-glycosylation in eukaryotes; R. D.
 *     Marshall, Biochem. Soc. Symp. 40, 17 (1974); not with P: E. Bause, Biochem. J. 209, 331 (1983)
 * @property {boolean} [sequonCysteine]   N-X-C as well, which is rarer: J. P. Miletich and G. J. Broze, J. Biol. Chem.
 *     265, 11397 (1990)
 * @property {'any' | 'odd' | 'unpaired'} [cysteines]   any; an odd number in a chain; those with no partner for a
 *     disulfide on the backbone (cysteines.js)
 * @property {(candidate: Candidate) => Backbone | undefined} [backbone]   for unpaired cysteines
 * @property {number} [disulfide]    largest distance of CB to CB, 4.5 angstrom unless told
 * @property {boolean | number} [repeats]   a letter so many times or more in a row; true: 5
 * @property {boolean | {window?: number, trigger?: number, extension?: number}} [lowComplexity]   windows.js; true: 12
 *     residues of at most 2.2 bits, extended to 2.5
 * @property {boolean | {window?: number, mean?: number}} [hydrophobic]   windows.js; true: 19 residues above 1.6
 * @property {Range} [charge]        net charge of all chains together that is allowed
 * @property {number} [pH]           of the charge, 7.4 unless told
 * @property {Range} [pI]            isoelectric point that is allowed
 * @property {readonly Liability[]} [liabilities]
 * @property {readonly string[]} [motifs]   patterns that must not be there (patterns.js)
 * @property {boolean} [newOnly]     motifs count alone where the native sequence has none: those of glycosylation,
 *     liabilities and motifs
 */

/** @typedef {'deamidation' | 'isomerization' | 'oxidation'} Liability */

/**
 * @typedef {object} Finding
 * @property {string} filter
 * @property {number | null} chain      from 1; null: all chains together
 * @property {number | null} position   from 1; null: the whole chain
 * @property {string} text              the letters, or what was found
 */

/** @typedef {{name: string, about: string, find: (candidate: Candidate) => Finding[]}} Filter */

/** @typedef {{filter: string, about: string, rejected: number}} FilterCount   rejected: by this filter alone */

/**
 * Motifs of chemical instability. Deamidation of N before G and S: N. E. Robinson and A. B. Robinson, Proc. Natl Acad.
 * Sci. USA 98, 944 (2001). Isomerization of D before G and S: T. Geiger and S. Clarke, J. Biol. Chem. 262, 785 (1987).
 * Oxidation of M: W. Vogt, Free Radic. Biol. Med. 18, 93 (1995).
 * @type {Readonly<Record<Liability, string>>}
 */
export const LIABILITIES = Object.freeze({deamidation: 'N-[GS]', isomerization: 'D-[GS]', oxidation: 'M'});

/** @typedef {{position: number, text: string}} Found */

/**
 * A filter that looks at each chain by itself.
 * @param {string} name
 * @param {string} about
 * @param {(chain: string, candidate: Candidate, index: number) => Found[]} search
 * @returns {Filter}
 */
const byChain = (name, about, search) => ({
    name, about,
    find: (candidate) => candidate.chains.flatMap((chain, i) => search(chain, candidate, i)
        .map(({position, text}) => ({filter: name, chain: i + 1, position, text})))
});

/**
 * The chain of the native sequence beside that of a candidate.
 * @param {Candidate} candidate
 * @param {number} index
 */
function nativeChain({name, native, chains}, index) {
    if (!native) throw new ConstraintError(`${name}: there is no native sequence to compare its motifs with`, name);
    if (native.length === chains.length && native[index].length === chains[index].length) return native[index];
    const lengths = (/** @type {readonly string[]} */ each) => each.map((chain) => chain.length).join('/');
    throw new ConstraintError(`${name} has ${lengths(chains)} letters, its native sequence ${lengths(native)}`, name);
}

/**
 * @param {string} name
 * @param {string} motif
 * @param {boolean} [newOnly]
 */
function motifFilter(name, motif, newOnly = false) {
    const pattern = parsePattern(motif);
    return byChain(name, pattern.text + (newOnly ? ' that the native sequence lacks' : ''), (chain, candidate, i) => {
        const found = findPattern(pattern, chain);
        if (!newOnly || found.length === 0) return found;
        const before = new Set(findPattern(pattern, nativeChain(candidate, i)).map(({position}) => position));
        return found.filter(({position}) => !before.has(position));
    });
}

/** @param {string} chain */
const cysteinesIn = (chain) => findPattern(parsePattern('C'), chain);

/**
 * @param {FilterOptions} options
 * @returns {Filter}
 */
function cysteineFilter({cysteines, backbone, disulfide = DISULFIDE}) {
    const name = 'cysteines';
    if (cysteines === 'any') return byChain(name, 'any cysteine', cysteinesIn);
    if (cysteines === 'odd') {
        return byChain(name, 'an odd number of cysteines in a chain', (chain) => {
            const found = cysteinesIn(chain);
            return found.length % 2 ? found : [];
        });
    }
    if (cysteines !== 'unpaired') throw new ConstraintError(`cysteines: '${cysteines}' is none of any, odd, unpaired`);
    if (!backbone) throw new ConstraintError('unpaired cysteines are found on a backbone alone, and there is none');
    return {
        name, about: `cysteines with no partner within ${disulfide} angstrom (CB to CB)`,
        find(candidate) {
            if (!candidate.chains.some((chain) => chain.includes('C'))) return [];
            const own = backbone(candidate);
            if (!own) throw new ConstraintError(`${candidate.name}: there is no backbone for its cysteines`);
            return unpaired(candidate, own, disulfide).map((place) => ({filter: name, ...place, text: 'C'}));
        }
    };
}

/**
 * @param {'charge' | 'pI'} name
 * @param {Range} range
 * @param {number} [pH]
 * @returns {Filter}
 */
function rangeFilter(name, {least = -Infinity, most = Infinity}, pH = 7.4) {
    requirePh(pH);
    if (!(least <= most)) throw new ConstraintError(`${name}: ${least} to ${most} is no range`);
    const shown = `${Number.isFinite(least) ? least : ''}..${Number.isFinite(most) ? most : ''}`;
    return {
        name, about: `${name}${name === 'charge' ? ` at pH ${pH}` : ''} outside ${shown}`,
        find(candidate) {
            const {chains} = candidate, value = name === 'pI' ? isoelectricPoint(chains) : netCharge(chains, pH);
            if (value >= least && value <= most) return [];
            return [{filter: name, chain: null, position: null, text: value.toFixed(2)}];
        }
    };
}

/**
 * @param {FilterOptions} options
 * @returns {Filter[]}
 */
function stretchFilters(options) {
    const filters = [];
    if (options.repeats) {
        const least = options.repeats === true ? 5 : options.repeats;
        repeats('', least);   // what is wrong with the number is said now
        filters.push(byChain('repeats', `a letter ${least} or more times in a row`, (chain) => repeats(chain, least)));
    }
    if (options.lowComplexity) {
        const own = {...SEG, ...(options.lowComplexity === true ? {} : options.lowComplexity)};
        lowComplexity('', own);
        const about = `${own.window} residues of at most ${own.trigger} bits, extended to ${own.extension}`;
        filters.push(byChain('low-complexity', about, (chain) => lowComplexity(chain, own)));
    }
    if (options.hydrophobic) {
        const own = {...SPAN, ...(options.hydrophobic === true ? {} : options.hydrophobic)};
        hydrophobicPatches('', own);
        const about = `${own.window} residues of a mean hydropathy above ${own.mean}`;
        filters.push(byChain('hydrophobic', about, (chain) => hydrophobicPatches(chain, own)));
    }
    return filters;
}

/**
 * The filters that are asked for, in a fixed order. What is wrong with an option is said here.
 * @param {FilterOptions} [options]
 * @returns {Filter[]}
 */
export function makeFilters(options = {}) {
    const {newOnly = false, pH} = options;
    const filters = [];
    if (options.glycosylation || options.sequonCysteine) {
        const last = options.sequonCysteine ? '[STC]' : '[ST]';
        filters.push(motifFilter('glycosylation', `N-{P}-${last}`, newOnly));
    }
    if (options.cysteines) filters.push(cysteineFilter(options));
    filters.push(...stretchFilters(options));
    if (options.charge) filters.push(rangeFilter('charge', options.charge, pH));
    if (options.pI) filters.push(rangeFilter('pI', options.pI));
    for (const name of options.liabilities ?? []) {
        if (!Object.hasOwn(LIABILITIES, name)) {
            throw new ConstraintError(`'${name}' is none of ${Object.keys(LIABILITIES).join(', ')}`, name);
        }
        filters.push(motifFilter(name, LIABILITIES[name], newOnly));
    }
    for (const motif of options.motifs ?? []) filters.push(motifFilter(`motif ${motif}`, motif, newOnly));
    return filters;
}

/**
 * Candidates without and with findings.
 * @template {Candidate} T
 * @param {readonly T[]} candidates
 * @param {FilterOptions} options
 * @param {{signal?: AbortSignal, onProgress?: (done: number, total: number) => void}} [control]
 * @returns {Promise<{kept: T[], rejected: {candidate: T, findings: Finding[]}[], counts: FilterCount[]}>}
 */
export async function filterCandidates(candidates, options, {signal, onProgress} = {}) {
    const filters = makeFilters(options), pacer = new Pacer(signal);
    const counts = filters.map(({name, about}) => ({filter: name, about, rejected: 0}));
    const kept = [], rejected = [];
    for (const [i, candidate] of candidates.entries()) {
        const found = filters.map((filter) => filter.find(candidate));
        found.forEach((each, f) => { if (each.length) counts[f].rejected++; });
        const findings = found.flat();
        if (findings.length) rejected.push({candidate, findings});
        else kept.push(candidate);
        await pacer.breathe();
        pacer.report(onProgress && (() => onProgress(i + 1, candidates.length)));
    }
    return {kept, rejected, counts};
}
