/* SPDX-License-Identifier: MIT
 *
 * choosing.js - journey 27: which designs to make, and the files that programs take which fold them.
 *
 *   designs --saved as JSON--> candidates in Node --library--> job files, chosen designs == those of the page
 */
import assert from 'node:assert/strict';
import {parseCandidates} from '../../../wasm/choosing.js';
import {complexOf, FORMATS, jobFiles, serverJobs} from '../../../wasm/folding.js';
import {say, structureText, textOf} from '../browser.js';
import {journeyOf} from './journey.js';
import {DESKTOP, openStructure} from './parts.js';
import {parsed, unzipped} from './truth.js';

/** The designs of the page as the library reads them. */
async function candidatesOf(app) {
    const {candidates} = await parseCandidates(textOf((await app.saveAs('JSON')).bytes));
    return candidates;
}

/** The files of a program: one as it is, or those of an archive. */
function filesOf({name, bytes}) {
    if (!name.endsWith('.zip')) return new Map([[name, textOf(bytes)]]);
    return new Map([...unzipped(bytes)].map(([each, content]) => [each, textOf(content)]));
}

/** That job files are those of the library; one for all designs is called after the structure. */
async function checkJobs(app, t, {pdb, name, temperature, seed}, candidates, saveAs) {
    const complexes = await parsed(pdb, (structure) => candidates.map((each) => complexOf(each, {structure})));
    for (const [format, {label, each}] of Object.entries(FORMATS)) {
        const found = filesOf(await saveAs(`${label.replace(/ \(.*/, '')} jobs`));
        const wanted = jobFiles(complexes, format).map((file) =>
            [each ? file.name : `${name}-${file.name}`, file.text]);
        if (format === 'alphafold-server') {
            wanted[0][1] = serverJobs(complexes.map(({chains}, i) => ({
                name: `${name} ${candidates[i].sample} T=${temperature} seed=${seed}`,
                sequences: chains.map(({sequence}) => sequence)
            })));
        }
        say(t, `${label}: ${[...found.keys()].join(' ')}`);
        assert.deepEqual([...found], wanted, label);
    }
}

export function register(open, skip) {
    const journey = journeyOf(() => open(DESKTOP), skip);

    journey(27, 'designs are chosen and go to programs that fold them', async (app, t) => {
        const pdb = structureText('3HTN'), settings = {count: 3, temperature: 0.2, seed: 11};
        await openStructure(app, '3HTN.pdb', pdb, 425);
        await app.page.getByRole('checkbox', {name: /^Chain B/}).check();
        await app.design(settings);
        const all = await candidatesOf(app);
        await checkJobs(app, t, {...settings, pdb, name: '3HTN'}, all, (name) => app.saveAs(name));
    });
}
