// SPDX-License-Identifier: MIT
//
// layers.mjs - one direction of knowledge: every quoted #include and every import against the table of modules.mjs.
//
// A unit test may include the module that it tests and what lies below. engine.js and what it imports know no document
// and reach Node's modules only by import() where a browser would not come by.
import {existsSync} from 'node:fs';
import {basename, dirname, join, normalize} from 'node:path';
import {check, filesOf, withoutComments} from './check.mjs';
import {C_MODULES, FAMILY_HEADERS, JS_MODULES, JS_PACKAGES, WEB_MODULES, WEB_PACKAGES} from './modules.mjs';

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]+"([^"]+)"/gm;
const AT_TOP = /^(?:import|export)\b(?:[^'"();]*?\bfrom)?\s*['"]([^'"]+)['"]/gm;
const LATER = /\bimport\(\s*['"]([^'"]+)['"]/g;

const moduleOf = (table, file) => table.find((module) => module.files.test(file));

/** [line, text] of each match of a pattern with one group. */
function* matches(text, pattern) {
    for (const match of text.matchAll(pattern)) yield [text.slice(0, match.index).split('\n').length, match[1]];
}

/** What a unit test may see: the modules below the file that it is named after, and that file's own. */
function unitSees(file) {
    const stem = basename(file, '.c').replace(/^test_/, '');
    const tested = cFiles.find((path) => path.startsWith('src/') && basename(path).replace(/\.[ch]$/, '') === stem);
    const module = tested ? moduleOf(C_MODULES, tested) : moduleOf(C_MODULES, 'src/weft.c');
    return [...module.sees, module.name, 'unit'];
}

function includeProblems(file) {
    const module = moduleOf(C_MODULES, file);
    if (!module) return [`${file}: belongs to no module of tests/checks/modules.mjs`];
    const sees = module.name === 'unit' && file.endsWith('.c') ? unitSees(file) : [...module.sees, module.name];
    const problems = [];
    for (const [line, target] of matches(withoutComments(file), INCLUDE)) {
        const path = normalize(join(dirname(file), target));
        const other = existsSync(path) && moduleOf(C_MODULES, path);
        const at = `${file}:${line}`;
        if (!other) problems.push(`${at}: "${target}" is no file of this tree`);
        else if (!sees.includes(other.name)) problems.push(`${at}: ${module.name} may not include ${path}`);
        else if (module.name === 'facade' && other.name === 'mpnn' && !FAMILY_HEADERS.includes(path))
            problems.push(`${at}: a family is used through ${FAMILY_HEADERS.join(', ')} alone`);
    }
    return problems;
}

function importProblems(file) {
    const module = moduleOf(JS_MODULES, file);
    if (!module) return [`${file}: belongs to no module of tests/checks/modules.mjs`];
    const text = withoutComments(file);
    const problems = [];
    const judge = (line, target, atTop) => {
        if (target.startsWith('node:')) {
            if (atTop && !module.node) problems.push(`${file}:${line}: ${target} does not exist in a browser`);
        } else if (!target.startsWith('.')) {
            if (!JS_PACKAGES.includes(target)) problems.push(`${file}:${line}: no package may be imported: ${target}`);
        } else {
            const path = normalize(join(dirname(file), target));
            const other = moduleOf(JS_MODULES, path);
            if (!existsSync(path)) problems.push(`${file}:${line}: ${target} does not exist`);
            else if (!other || (other !== module && !module.sees.includes(other.name)))
                problems.push(`${file}:${line}: ${module.name} may not import ${path}`);
        }
    };
    for (const [line, target] of matches(text, AT_TOP)) judge(line, target, true);
    for (const [line, target] of matches(text, LATER)) judge(line, target, false);
    if (!module.node)
        for (const [line, name] of matches(text, /(?<![\w.'"])(document|window)\s*\./g))
            problems.push(`${file}:${line}: ${module.name} runs in workers too, where ${name} does not exist`);
    return problems;
}

/** The page imports one way, and of the engine its public entry alone. */
function webProblems(file) {
    const module = moduleOf(WEB_MODULES, file);
    if (!module) return [`${file}: belongs to no module of tests/checks/modules.mjs`];
    const problems = [];
    for (const [line, text] of matches(withoutComments(file), AT_TOP)) {
        const target = text.replace(/\?.*$/, '');
        if (WEB_PACKAGES.includes(target) || /\/node_modules\/.*\/LICEN[CS]E(\.txt)?$/.test(target)) continue;
        const path = target === '#platform' ? 'web/src/platform/site.ts' : normalize(join(dirname(file), target));
        const found = ['', '.ts', '.tsx'].map((ending) => path + ending).find((name) => existsSync(name));
        const other = found && moduleOf(WEB_MODULES, found);
        if (!other || (other !== module && !module.sees.includes(other.name)))
            problems.push(`${file}:${line}: ${module.name} may not import ${text}`);
    }
    return problems;
}

const cFiles = filesOf(['src', 'wasm/api.c', 'tests'], /\.[ch]$/);
const jsFiles = filesOf(['wasm'], /\.js$/).filter((file) => !file.startsWith('wasm/dist/'));
for (const file of cFiles) check(`includes of ${file}`, includeProblems(file));
for (const file of jsFiles) check(`imports of ${file}`, importProblems(file));
for (const file of filesOf(['web/src'], /\.tsx?$/)) check(`imports of ${file}`, webProblems(file));
