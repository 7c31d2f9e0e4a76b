/* SPDX-License-Identifier: MIT
 *
 * offline.test.js - dist/weft.html as from a stick: opened from file://, with the network off, in Chromium and, for a
 * short run, in Firefox. It asks for nothing.
 */
import assert from 'node:assert/strict';
import {existsSync, statSync} from 'node:fs';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {openApp} from './app.js';
import {skip as noEngine} from './bench_page.js';
import {inCheckout, launch, say, structureText, TIMEOUT} from './browser.js';
import * as asking from './journeys/asking.js';
import * as choosing from './journeys/choosing.js';
import * as craft from './journeys/craft.js';
import * as design from './journeys/design.js';
import * as figures from './journeys/figures.js';
import * as inputs from './journeys/inputs.js';
import * as keeping from './journeys/keeping.js';
import * as predictions from './journeys/predictions.js';
import * as selecting from './journeys/selecting.js';

const LARGEST = 10e6;
const file = inCheckout('dist/weft.html');
const url = pathToFileURL(file).href;
const skip = noEngine || (existsSync(file) ? false : 'dist/weft.html is not built: ./build.sh dist');

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => { if (!skip) browser = await launch(['--host-resolver-rules=MAP * ~NOTFOUND']); });
after(() => browser?.close());

/** A visit without a network; whatever is asked for but the page itself is an error. */
async function open(options = {}) {
    const context = await browser.newContext({offline: true, ...options});
    const app = await openApp(context, url);
    const {close} = app;
    app.close = async (expected) => {
        assert.deepEqual(app.requests.filter((each) => each !== url && !/^(blob|data):/.test(each)), []);
        await close.call(app, expected);
        await context.close();
    };
    return app;
}

test('the file is at most 10 MB', {skip, timeout: TIMEOUT}, (t) => {
    const {size} = statSync(file);
    say(t, `${(size / 1e6).toFixed(2)} MB`);
    assert.ok(size <= LARGEST);
});

test('a whole visit asks for nothing', {skip, timeout: TIMEOUT}, async (t) => {
    const app = await open();
    await app.trySample();
    await app.design({count: 3, temperature: 0.1, seed: 1});
    await app.start({count: 500, temperature: 0.1, seed: 2});
    await app.waitForRows(4);
    await app.button('Cancel').click();
    await app.idle();
    await app.save();
    await app.open('6MRR.pdb', structureText('6MRR'));
    await app.page.getByText(/68 residues/).first().waitFor();
    const kinds = app.requests.map((each) => (each === url ? 'the page' : each.slice(0, each.indexOf(':') + 1)));
    say(t, `requested: ${kinds.join(', ')}`);
    assert.ok(app.requests.includes(url), 'the log sees requests');
    await app.close();
});

for (const {register} of [design, asking, inputs, selecting, keeping, craft, figures, choosing, predictions]) {
    register(open, skip, {site: false});
}
