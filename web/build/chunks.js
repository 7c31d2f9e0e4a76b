// SPDX-License-Identifier: MIT
//
// chunks.js - what the site's scripts are cut into: all that the page imports at its start is one file, the engine's
// pool another; what is loaded by import() stays as it is imported.
const POOL = /\/wasm\/(pool|crew|thread|handover|memory)\.js$/;

/** Everything that a module imports, and what that imports, but not by import(). */
function closure(start, context) {
    const found = new Set([start]);
    for (const id of found) for (const each of context.getModuleInfo(id)?.importedIds ?? []) found.add(each);
    return found;
}

/** @param {string} page   the module of index.html */
export function chunks(page) {
    let first;
    const atStart = (id, context) => (first ??= closure(page, context)).has(id);
    const name = (id, context) => (atStart(id, context) ? 'start' : POOL.test(id) ? 'pool' : null);
    return {includeDependenciesRecursively: false, groups: [{name}]};
}
