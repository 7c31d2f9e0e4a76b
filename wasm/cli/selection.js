/* SPDX-License-Identifier: MIT
 *
 * selection.js - what `weft select` chose, as a table, CSV, FASTA or JSON, and in words.
 *
 *   Selection --table | csv | fasta | everything--> text        Selection --notes--> lines for stderr
 */
import {chosenRow, chosenTable, several} from '../choosing.js';
import {formatCsv} from '../formats/csv.js';
import {formatFasta} from '../formats/fasta.js';

/** @typedef {import('../choosing.js').Candidate} Candidate */
/** @typedef {import('../choosing/select.js').Selection<Candidate>} Selection */
/** @typedef {import('../choosing/diverse.js').Figures} Figures */

/** Decimals of a column in the table on stdout. @type {Readonly<Record<string, number>>} */
const DECIMALS = {score: 4, distance: 4, mass: 1, charge: 2, pi: 2, hydropathy: 3};

/** Tab-separated, for reading. @param {Selection} selection */
export function table(selection) {
    const {columns, values} = chosenTable(selection);
    const cells = values.map((each) => each.map((value, c) => {
        if (value === null) return '-';
        return columns[c] in DECIMALS ? Number(value).toFixed(DECIMALS[columns[c]]) : String(value);
    }));
    return [columns, ...cells].map((each) => `${each.join('\t')}\n`).join('');
}

/** With all digits. @param {Selection} selection */
export function csv(selection) {
    const {columns, values} = chosenTable(selection);
    return formatCsv([columns, ...values.map((each) => each.map((value) => String(value ?? '')))]);
}

/** With the headers that they had, behind the structure's name where there are several. @param {Selection} selection */
export function fasta({chosen}) {
    return formatFasta(chosen.map(({candidate}) => {
        const {name, score, header, structure, chains, sequence = chains.join('/')} = candidate;
        const own = typeof score === 'number' ? `${name}, score=${score.toFixed(4)}` : name;
        const whose = header?.startsWith('T=') && several(chosen) ? `${structure}, ` : '';
        return {header: `>${whose}${header ?? own}`, sequence};
    }));
}

/** @param {Figures} figures */
const figuresAsJson = ({count, meanScore, meanIdentity, smallestDistance}) => ({
    count, mean_score: meanScore, mean_identity: meanIdentity, smallest_distance: smallestDistance
});

/**
 * @param {Selection} selection
 * @param {object} asked   files and options
 */
export function everything(selection, asked) {
    const {read, different, left, clusters, scored, filters, chosen, rejected, figures, best, loss} = selection;
    return {
        ...asked, read, different, filters, left, clusters, scored,
        figures: {chosen: figuresAsJson(figures), best: figuresAsJson(best), loss},
        chosen: chosen.map((each) => ({
            ...chosenRow(each), sample: each.candidate.sample ?? null,
            temperature: each.candidate.temperature ?? null, nearest: each.nearest?.name ?? null,
            objective: each.objective, header: each.candidate.header ?? null
        })),
        rejected: rejected.map(({candidate, findings}) => ({name: candidate.name, findings}))
    };
}

/** @param {number} count @param {string} one @param {string} more */
const amount = (count, one, more) => `${count} ${count === 1 ? one : more}`;

/** @param {Selection} selection */
const rejections = ({filters}) => filters.map(({filter, about, rejected}) =>
    `${filter} (${about}) alone rejects ${rejected}`);

/** @param {Selection} selection */
const readInWords = ({read, different}) => `read ${amount(read, 'design', 'designs')}`
    + (different === read ? ', all different' : `, ${different} of them different`);

/** Why there is nothing to choose from, in a sentence. @param {Selection} selection */
export const nothingLeft = (selection) =>
    `no design is left: ${[readInWords(selection), ...rejections(selection)].join('; ')}`;

/** @param {Figures} figures */
const inWords = ({meanScore, meanIdentity, smallestDistance}) => [
    ...(meanScore === null ? [] : [`mean score ${meanScore.toFixed(4)}`]),
    ...(meanIdentity === null ? [] : [`mean identity ${meanIdentity.toFixed(3)}`]),
    ...(smallestDistance === null ? [] : [`smallest distance ${smallestDistance.toFixed(3)}`])
].join(', ');

/**
 * What was done, line by line.
 * @param {Selection} selection
 * @param {number} count   asked for
 * @returns {string[]}
 */
export function notes(selection, count) {
    const {left, clusters, scored, chosen, figures, best, loss, filters} = selection;
    const pool = clusters ?? left, from = clusters === null ? '' : `, in ${amount(clusters, 'cluster', 'clusters')}`;
    return [
        readInWords(selection), ...rejections(selection),
        ...(filters.length || from ? [`${amount(left, 'design is', 'designs are')} left${from}`] : []),
        ...(scored ? [] : ['no design has a score: diversity alone counts']),
        ...(chosen.length < count ? [`${count} are asked for, but there are ${pool} to choose from`] : []),
        `the ${chosen.length} chosen: ${inWords(figures)}`,
        ...(scored ? [`the ${best.count} best by score: ${inWords(best)}`] : []),
        ...(loss === null ? [] : [`the choice gives up ${loss.toFixed(4)} of the mean score`])
    ];
}
