/* SPDX-License-Identifier: MIT
 *
 * scale.test.js - `weft` with a structure of 11,024 residues, and with so many files that what each leaves shows.
 *
 * A small network designs, so that it takes seconds. WEFT_FILES says how many files the second test has at most (300
 * where it is not set).
 */
import assert from 'node:assert/strict';
import {linkSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {before, test} from 'node:test';
import {parseFasta} from '../../wasm/formats/fasta.js';
import {smallModel} from '../web/model_file.js';
import {cli, done, jsonLines, run, structureFile, testFolder} from './command.js';

const {folder, weft, write} = testFolder('scale');
const FILES = Number(process.env.WEFT_FILES ?? 300), MB = 2 ** 20;
const ROOM = 8 * MB, ROW = 3072;   // that the many may hold beyond what the few do; and for each, a row of the summary
before(() => write('small.eqx', smallModel()));

const atomsOf = (name) => readFileSync(structureFile(name), 'utf8').split('\n').filter((line) =>
    line.startsWith('ATOM') && !/^.{12}[ \d]?H/.test(line));

/** Copies of a structure in a grid, two in each chain. */
function assembly(atoms, copies) {
    const names = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', lines = [];
    for (let copy = 0; copy < copies; copy++) {
        const place = [copy % 5, Math.floor(copy / 5) % 5, Math.floor(copy / 25)];
        for (const atom of atoms) {
            const number = String(Number(atom.slice(22, 26)) + 200 * (copy % 2)).padStart(4);
            const xyz = place.map((each, i) =>
                (Number(atom.slice(30 + 8 * i, 38 + 8 * i)) + 45 * each).toFixed(3).padStart(8)).join('');
            lines.push(atom.slice(0, 21) + names[copy >> 1] + number + atom.slice(26, 30) + xyz + atom.slice(54));
        }
    }
    return `${lines.join('\n')}\nEND\n`;
}

test('11,024 residues in 52 chains are read, encoded and designed', async (t) => {
    await write('big.pdb', assembly(atomsOf('5L33.pdb'), 104));
    const [info] = jsonLines(done(await weft(['info', 'big.pdb', '--json'])).stdout);
    assert.deepEqual([info.residues, info.complete, info.chains.length], [11024, 11024, 52]);
    const words = ['design', 'big.pdb', '--chains', 'all', '-m', 'small.eqx', '-n', '1', '-s', '1', '-q'];
    const begun = performance.now();
    const {stdout} = done(await weft([...words, '--threads', '2']));
    t.diagnostic(`designed in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    const [native, design] = parseFasta(stdout);
    assert.equal(native.sequence.replaceAll('/', '').replaceAll('X', '').length, 11024);
    assert.match(design.sequence, /^[ACDEFGHIKLMNPQRSTVWYX]+(\/[ACDEFGHIKLMNPQRSTVWYX]+){51}$/);
    assert.equal(done(await weft([...words, '--threads', '0'])).stdout, stdout);
});

/** What a command held at most after collections of garbage, and what its process took at most; in bytes. */
async function peak(words) {
    const hook = `import {isMainThread} from 'node:worker_threads';
        let held = 0;
        const look = () => {
            gc();
            const {heapUsed, external} = process.memoryUsage();
            held = Math.max(held, heapUsed + external);
        };
        if (isMainThread) {
            setInterval(look, 250).unref();
            process.on('exit', () => {
                look();
                process.stderr.write(\`peak \${held} \${process.resourceUsage().maxRSS}\\n\`);
            });
        }`;
    const {code, stdout, stderr} = await run(process.execPath,
        ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(hook)}`, cli, ...words],
        {cwd: folder});
    assert.equal(code, 0, stderr.slice(-500));
    const [, held, taken] = /peak (\d+) (\d+)/.exec(stderr).map(Number);
    return {held, taken: taken * 1024, stdout};
}

test(`${FILES} files in one call take hardly more memory than a tenth of them`, async (t) => {
    const small = atomsOf('6MRR.pdb').filter((line) => Number(line.slice(22, 26)) <= 20).join('\n');
    const path = await write('p.pdb', `${small}\n`);
    mkdirSync(join(folder, 'jobs'));
    const files = Array.from({length: FILES}, (_, i) => `jobs/p${i}.pdb`);
    for (const file of files) linkSync(path, join(folder, file));
    const few = files.slice(0, FILES / 10), options = ['-m', 'small.eqx', '-n', '1', '-s', '1', '-q', '--threads', '2'];
    const commands = {
        info: (some) => ['info', ...some],
        design: (some, out) => ['design', ...some, ...options, '-o', out]
    };
    for (const [name, command] of Object.entries(commands)) {
        const [one, ten] = [await peak(command(few, 'few')), await peak(command(files, 'many'))];
        const shown = [one, ten].map(({held, taken}) =>
            `${(held / MB).toFixed(1)} MB held, ${Math.round(taken / MB)} MB`);
        t.diagnostic(`${name}: ${shown.join(' and ')} for ${few.length} and ${FILES} files`);
        assert.ok(ten.held - one.held < ROOM + FILES * ROW, `${name}: ${shown}`);
        if (name === 'info') assert.equal(ten.stdout.match(/ 20 residues, /g).length, 2 * FILES);
    }
    const {designs} = JSON.parse(readFileSync(join(folder, 'many', 'summary.json'), 'utf8'));
    assert.equal(designs.length, FILES);
});
