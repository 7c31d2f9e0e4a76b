// SPDX-License-Identifier: MIT
//
// preload.js - a plugin of Vite: index.html names all that the first use needs, so that the browser asks for it at once
// and not for one file after the other.
//
//   entry, modules that are imported at the start --static imports--> <link rel="modulepreload">
//   weft.wasm --> <link rel="preload">
const START = /\/wasm\/pool\.js$/;   // loaded by import() as soon as the page runs
const WASM = /weft-[\w-]+\.wasm$/;

/** The files that a chunk needs, itself included, in the order in which they are met. */
function closure(bundle, name, found = new Set()) {
    if (found.has(name)) return found;
    found.add(name);
    for (const each of bundle[name].imports) closure(bundle, each, found);
    return found;
}

export const preloads = () => ({
    name: 'weft-preloads',
    apply: 'build',
    transformIndexHtml: {
        order: 'post',
        handler(html, {bundle}) {
            const chunks = Object.values(bundle).filter(({type}) => type === 'chunk');
            const entry = chunks.find(({isEntry}) => isEntry).fileName, needed = new Set();
            for (const {fileName, moduleIds} of chunks) {
                if (fileName === entry || moduleIds.some((id) => START.test(id))) closure(bundle, fileName, needed);
            }
            needed.delete(entry);
            const wasm = Object.keys(bundle).find((name) => WASM.test(name));
            return [
                {rel: 'preload', as: 'fetch', type: 'application/wasm', href: `./${wasm}`},
                ...[...needed].map((name) => ({rel: 'modulepreload', href: `./${name}`}))
            ].map((attrs) => ({tag: 'link', attrs: {...attrs, crossorigin: ''}, injectTo: 'head'}));
        }
    }
});
