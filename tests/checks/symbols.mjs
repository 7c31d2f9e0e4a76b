// SPDX-License-Identifier: MIT
//
// symbols.mjs OBJECTS - nm over the native objects of src/: global names carry their module's prefix, nothing is
// writable but the failure text, and of the C library only the listed functions are called. OBJECTS is a folder that
// holds one object for each source, core_arena.o for src/core/arena.c.
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {check, filesOf} from './check.mjs';
import {LIBC, LIBC_OF, WRITABLE, symbolPrefixes} from './modules.mjs';

/** Names that the compiler itself puts in. */
const FROM_COMPILER = /^(_GLOBAL_OFFSET_TABLE_|__stack_chk_fail)$/;

/** [{name, type}] of one source's object, without the numbers that the compiler gives to statics of functions. */
function symbolsOf(source) {
    const object = source.slice('src/'.length).replaceAll('/', '_').replace(/c$/, 'o');
    const lines = execFileSync('nm', ['-P', join(process.argv[2], object)], {encoding: 'utf8'}).split('\n');
    return lines.filter(Boolean).map((line) => {
        const [name, type] = line.split(' ');
        return {name: name.replace(/\.\d+$/, ''), type};
    });
}

const sources = filesOf(['src'], /\.c$/);
const symbols = new Map(sources.map((source) => [source, symbolsOf(source)]));
const defined = new Set([...symbols.values()].flat().filter(({type}) => /[TDBRVW]/.test(type)).map(({name}) => name));

for (const source of sources) {
    const problems = [];
    const prefixes = symbolPrefixes(source);
    const libc = [...LIBC, ...(LIBC_OF[source] ?? [])];
    for (const {name, type} of symbols.get(source)) {
        if (type === 'U') {
            if (!defined.has(name) && !libc.includes(name) && !FROM_COMPILER.test(name))
                problems.push(`calls ${name}, which is neither ours nor allowed of the C library`);
            continue;
        }
        if (/[A-Z]/.test(type) && !prefixes.some((prefix) => name.startsWith(prefix)))
            problems.push(`${name}: a global symbol here starts with ${prefixes.join(' or ')}`);
        const writable = /[BbDdC]/.test(type) && !WRITABLE[source]?.includes(name);
        if (writable) problems.push(`${name}: a writable global`);
    }
    check(`symbols of ${source}`, problems);
}
