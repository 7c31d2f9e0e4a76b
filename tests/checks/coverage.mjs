// SPDX-License-Identifier: MIT
//
// coverage.mjs OBJECTS - the share of lines of src/*.c that the runs before it reached, file by file, by gcov.
import {execFileSync} from 'node:child_process';
import {relative} from 'node:path';
import {check, filesOf} from './check.mjs';

const GOAL = 90; // percent of all lines

const folder = process.argv[2];
const lines = new Map(filesOf(['src'], /\.c$/).map((file) => [file, {reached: 0, total: 0}]));
for (const object of filesOf([folder], /\.gcno$/)) {
    const text = execFileSync('gcov', ['-n', object], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
    for (const [, path, share, count] of text.matchAll(/File '(.+)'\nLines executed:([\d.]+)% of (\d+)/g)) {
        const entry = lines.get(relative('.', path));
        if (!entry) continue;
        entry.total = Number(count);
        entry.reached = Math.round(Number(share) / 100 * Number(count));
    }
}

let reached = 0;
let total = 0;
const show = (name, part, whole) => {
    const share = whole ? 100 * part / whole : 0;
    const counts = `${String(part).padStart(5)} of ${String(whole).padStart(5)} lines`;
    console.log(`${name.padEnd(28)} ${counts} ${share.toFixed(1).padStart(6)} %`);
    return share;
};
for (const [file, entry] of lines) {
    show(file, entry.reached, entry.total);
    reached += entry.reached;
    total += entry.total;
}
const share = show('all of src', reached, total);
check(`at least ${GOAL} % of the lines of src are reached by unit and parity tests`,
    share >= GOAL ? [] : [`only ${share.toFixed(1)} %`]);
