// SPDX-License-Identifier: MIT
//
// vite.config.js - one page, two builds: `vite build --mode site` -> dist/site, `--mode offline` -> build/offline,
// which offline.js then packs into one file.
//
// The worker is a classic script in both: from file:// only such a one starts, out of a blob.
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {defineConfig} from 'vite';
import {cacheFolder} from '../../wasm/cli/files.js';
import manifest from '../../weights/manifest.json' with {type: 'json'};
import {choiceOptions, designOptions, foldFormats} from './options.js';
import {chunks} from './chunks.js';
import {BLOCK, MODEL} from './pack.js';
import {preloads} from './preload.js';
import {serviceWorker} from './service_worker.js';

const root = resolve(import.meta.dirname, '..');
const cache = join(cacheFolder(), 'weights');
const ids = manifest.models.map(({id}) => id).filter((id) => existsSync(join(cache, `${id}.eqx`)));
const models = [MODEL, ...ids.filter((id) => id !== MODEL)];

export default defineConfig(({mode}) => {
    const offline = mode === 'offline';
    return {
        root,
        base: './',
        logLevel: 'warn',
        oxc: {jsx: {runtime: 'automatic', importSource: 'preact'}},
        resolve: {alias: {'#platform': join(root, 'src/platform', offline ? 'offline.ts' : 'site.ts')}},
        define: {
            SITE_MODELS: JSON.stringify(models),
            OFFLINE_MODEL: JSON.stringify(MODEL),
            OFFLINE_BLOCK: JSON.stringify(BLOCK),
            CHOICE_OPTIONS: JSON.stringify(choiceOptions),
            DESIGN_OPTIONS: JSON.stringify(designOptions),
            FOLD_FORMATS: JSON.stringify(foldFormats)
        },
        plugins: offline ? [] : [preloads(), serviceWorker(join(root, 'src/sw.ts'))],
        worker: {format: 'iife'},
        build: {
            target: 'es2022',
            outDir: join(root, '..', offline ? 'build/offline' : 'dist/site'),
            emptyOutDir: true,
            modulePreload: false,
            manifest: !offline,
            assetsInlineLimit: offline ? Number.MAX_SAFE_INTEGER : 0,
            chunkSizeWarningLimit: 1000,
            cssCodeSplit: !offline,
            rolldownOptions: {output: {codeSplitting: offline ? false : chunks(join(root, 'index.html'))}}
        }
    };
});
