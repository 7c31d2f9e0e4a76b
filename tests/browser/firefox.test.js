/* SPDX-License-Identifier: MIT
 *
 * firefox.test.js - a short run of dist/weft.html in Debian's Firefox, through WebDriver BiDi: opened from file://, the
 * sample designed, the same sequences as in Node.
 */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {test} from 'node:test';
import {pathToFileURL} from 'node:url';
import {skip as noEngine} from './bench_page.js';
import {inCheckout, say, TIMEOUT} from './browser.js';
import {inNode, sample} from './journeys/truth.js';

const {ws: WebSocket} = createRequire(import.meta.url)('playwright-core/lib/utilsBundle');
const executable = '/usr/bin/firefox-esr';
const file = inCheckout('dist/weft.html');
const skip = noEngine || (existsSync(executable) ? false : 'no firefox-esr on this machine')
    || (existsSync(file) ? false : 'dist/weft.html is not built: ./build.sh dist');

/** Starts Firefox with a profile of its own and nothing behind its network settings but a closed port. */
async function startFirefox() {
    const profile = mkdtempSync(join(tmpdir(), 'weft-firefox-'));
    const child = spawn(executable, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
        {stdio: ['ignore', 'ignore', 'pipe'], env: {...process.env, HOME: profile}});
    for await (const line of createInterface({input: child.stderr})) {
        const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
        if (address) return {child, profile, address};
    }
    throw new Error('Firefox ended before it listened');
}

/** The commands of WebDriver BiDi, one answer each. */
async function connect(address) {
    const socket = new WebSocket(`${address}/session`);
    const waiting = new Map();
    let last = 0;
    await new Promise((resolve, reject) => {
        socket.on('open', resolve);
        socket.on('error', reject);
    });
    socket.on('message', (data) => {
        const {id, type, result, error, message} = JSON.parse(String(data));
        const its = waiting.get(id);
        if (type === 'success') its?.resolve(result);
        else its?.reject(new Error(`${error}: ${message}`));
    });
    return {
        close: () => socket.close(),
        send: (method, params) => new Promise((resolve, reject) => {
            waiting.set(++last, {resolve, reject});
            socket.send(JSON.stringify({id: last, method, params}));
        })
    };
}

/** In the page, as text: try the sample, design, wait for the rows. */
async function visit() {
    const until = async (what) => {
        for (;;) {
            const found = what();
            if (found) return found;
            const alert = document.querySelector('[role=alert]')?.textContent?.trim();
            if (alert) throw new Error(alert);
            await new Promise((resolve) => { setTimeout(resolve, 50); });
        }
    };
    const button = (name) => [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === name);
    const fill = (name, value) => {
        const field = [...document.querySelectorAll('label')].find((each) => each.innerText.trim() === name).control;
        field.value = value;
        field.dispatchEvent(new Event('input', {bubbles: true}));
    };
    (await until(() => button('Try a sample'))).click();
    await until(() => document.body.innerText.includes('106 residues'));
    for (const [name, value] of [['Sequences', '3'], ['Temperature', '0.2'], ['Seed', '37']]) fill(name, value);
    await until(() => button('Design').ariaDisabled !== 'true');
    button('Design').click();
    const table = await until(() => document.querySelector('table[aria-label="Designs"]'));
    const rows = await until(() => table.tBodies[0].rows.length === 3 && table.tBodies[0].rows);
    const column = Array.from(table.tHead.rows[0].cells, (cell) => cell.textContent.trim()).indexOf('Sequence');
    return Array.from(rows, (row) => row.cells[column].textContent.trim()).join(' ');
}

test('the offline page in Firefox', {skip, timeout: TIMEOUT}, async (t) => {
    const expected = await inNode(sample, {count: 3, temperature: 0.2, seed: 37});
    const {child, profile, address} = await startFirefox();
    try {
        const bidi = await connect(address);
        const {capabilities} = await bidi.send('session.new', {capabilities: {}});
        const {contexts: [{context}]} = await bidi.send('browsingContext.getTree', {});
        await bidi.send('browsingContext.navigate', {context, url: pathToFileURL(file).href, wait: 'complete'});
        const began = performance.now();
        const {type, result, exceptionDetails} = await bidi.send('script.callFunction', {
            functionDeclaration: String(visit), awaitPromise: true, target: {context}
        });
        assert.equal(type, 'success', exceptionDetails?.text);
        say(t, `${capabilities.browserName} ${capabilities.browserVersion}: 3 designs of the sample in `
            + `${Math.round(performance.now() - began)} ms`);
        assert.deepEqual(result.value.split(' '), expected.map(({sequence}) => sequence));
        bidi.close();
    } finally {
        const ended = new Promise((resolve) => { child.once('exit', resolve); });
        child.kill('SIGKILL');
        await ended;
        rmSync(profile, {recursive: true, force: true, maxRetries: 5});
    }
});
