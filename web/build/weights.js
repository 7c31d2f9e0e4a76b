// SPDX-License-Identifier: MIT
//
// weights.js - copies the weights of the cache beside the built site: dist/site/weights/ID.eqx.
import {copyFileSync, existsSync, mkdirSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {cacheFolder} from '../../wasm/cli/files.js';
import manifest from '../../weights/manifest.json' with {type: 'json'};

const cache = join(cacheFolder(), 'weights');
const site = resolve(import.meta.dirname, '../../dist/site/weights');

mkdirSync(site, {recursive: true});
for (const {id} of manifest.models) {
    const file = join(cache, `${id}.eqx`);
    if (existsSync(file)) copyFileSync(file, join(site, `${id}.eqx`));
}
