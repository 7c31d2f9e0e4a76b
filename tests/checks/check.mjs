// SPDX-License-Identifier: MIT
//
// check.mjs - how a check reports: an "ok" or "not ok" line each, the problems indented beneath it, a count at the end,
// exit status 1 where anything failed or nothing was checked.
import {readdirSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';

let passed = 0;
let failed = 0;
let skipped = 0;

/** @param {string} name what holds @param {string[]} problems what does not */
export function check(name, problems) {
    console.log(`${problems.length ? 'not ok' : 'ok'} ${name}`);
    for (const problem of problems) console.log(`    ${problem}`);
    if (problems.length) failed++;
    else passed++;
}

/** @param {string} what and why */
export function skip(what) {
    console.log(`skip ${what}`);
    skipped++;
}

process.on('exit', (status) => {
    const more = skipped ? `, ${skipped} skipped` : '';
    console.log(`# ${basename(process.argv[1], '.mjs')}: ${passed} passed, ${failed} failed${more}`);
    if (!status) process.exitCode = failed || !passed ? 1 : 0;
});

/** Paths of the files under the given files and folders whose names match, sorted; what does not exist has none. */
export function filesOf(roots, pattern) {
    const found = roots.flatMap((root) => {
        let entries;
        try {
            entries = readdirSync(root, {withFileTypes: true});
        } catch (error) {
            if (error.code === 'ENOENT') return [];
            if (error.code === 'ENOTDIR') return pattern.test(root) ? [root] : [];
            throw error;
        }
        return entries.flatMap((entry) => filesOf([join(root, entry.name)], pattern));
    });
    return found.sort();
}

/** A source text without comments, line numbers kept. */
export function withoutComments(file) {
    const text = readFileSync(file, 'utf8');
    return text.replace(/\/\*[^]*?\*\/|(?<![:'"])\/\/.*/g, (comment) => comment.replace(/[^\n]/g, ''));
}
