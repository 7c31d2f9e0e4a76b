// SPDX-License-Identifier: MIT
//
// format.mjs - C as .clang-format has it (clang-format -i FILE mends it), and what every source keeps to: no tabs, no
// blanks at line ends, one newline at the end, at most 120 columns (the goal is 110), the licence line at the top.
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {check, filesOf, skip} from './check.mjs';

const WIDTH = 120;
const FORMATTER = 14; // other versions of clang-format break lines elsewhere

function textProblems(file) {
    const text = readFileSync(file, 'utf8');
    const problems = [];
    text.split('\n').forEach((line, i) => {
        const at = `${file}:${i + 1}`;
        if (line.includes('\t')) problems.push(`${at}: a tab`);
        if (/[ \r]$/.test(line)) problems.push(`${at}: ends in a blank`);
        if ([...line].length > WIDTH) problems.push(`${at}: ${[...line].length} columns, at most ${WIDTH}`);
    });
    if (!text.endsWith('\n') || text.endsWith('\n\n')) problems.push(`${file}: must end in one newline`);
    const top = text.split('\n', 2).join('\n');
    if (!top.includes('SPDX-License-Identifier: MIT')) problems.push(`${file}: no licence line`);
    return problems;
}

function layoutProblems(file) {
    const {status, stderr} = spawnSync(formatter, ['--dry-run', '-Werror', file], {encoding: 'utf8'});
    if (status === 0) return [];
    const places = stderr.split('\n').filter((line) => / error: /.test(line));
    return [...places.slice(0, 5), `mend it: ${formatter} -i ${file}`];
}

const formatter = [`clang-format-${FORMATTER}`, 'clang-format'].find((name) =>
    spawnSync(name, ['--version'], {encoding: 'utf8'}).stdout?.includes(` version ${FORMATTER}.`));

const sources = filesOf(['src', 'wasm', 'web', 'tests', 'build.sh', '.ci/run'], /(\.(c|h|js|mjs|sh|tsx?|css)|run)$/);
for (const file of sources.filter((name) => !name.startsWith('wasm/dist/'))) {
    check(`text of ${file}`, textProblems(file));
    if (!/\.[ch]$/.test(file)) continue;
    if (formatter) check(`layout of ${file}`, layoutProblems(file));
    else skip(`layout of ${file}: clang-format ${FORMATTER} is not installed`);
}
