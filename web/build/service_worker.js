// SPDX-License-Identifier: MIT
//
// service_worker.js - a plugin of Vite: after the site was written, dist/site/sw.js from src/sw.ts and a list of all
// files.
//
// Names in assets/ carry a sum of their content; of other files the list has one, so that a changed file is seen.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {rolldown} from 'rolldown';

const HASHED = /^assets\/.*-[\w-]{8}\.\w+$/, HIDDEN = /^\./;

/** @param {string} folder @param {string[]} names */
function listed(folder, names) {
    return names.filter((name) => !HIDDEN.test(name)).sort().map((url) => {
        const sum = () => createHash('sha256').update(readFileSync(join(folder, url))).digest('hex').slice(0, 16);
        return {url, revision: HASHED.test(url) ? null : sum()};
    });
}

/** @param {string} source   of the service worker */
export const serviceWorker = (source) => ({
    name: 'weft-service-worker',
    apply: 'build',
    async writeBundle({dir}, bundle) {
        const files = listed(dir, Object.keys(bundle));
        const built = await rolldown({
            input: source, platform: 'browser',
            transform: {define: {SITE_FILES: JSON.stringify(files), 'process.env.NODE_ENV': '"production"'}}
        });
        await built.write({file: join(dir, 'sw.js'), format: 'iife', minify: true});
    }
});
