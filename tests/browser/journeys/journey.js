/* SPDX-License-Identifier: MIT
 *
 * journey.js - how a journey is declared: a test with a page of its own.
 *
 *   journeyOf(open, skip) -> journey(number, title, body)        body(app, t), app as open() gave it
 *
 * WEFT_JOURNEYS='1 16' leaves out all others.
 */
import {mkdir} from 'node:fs/promises';
import {test} from 'node:test';
import {inCheckout, say, TIMEOUT} from '../browser.js';

const wanted = process.env.WEFT_JOURNEYS?.split(' ').map(Number);

/**
 * The way to write a journey: its number is that of tests/web/journeys.md.
 * @param {() => Promise<import('../app.js').App>} open   a page without a past
 * @param {string | false} skip   why none can be opened
 */
export const journeyOf = (open, skip) => (number, title, body, {expected} = {}) => {
    if (wanted && !wanted.includes(number)) return;
    test(`${number}. ${title}`, {skip, timeout: TIMEOUT}, async (t) => {
        const app = await open();
        try {
            await body(app, t);
        } catch (error) {
            await mkdir(inCheckout('build'), {recursive: true});
            await app.page.screenshot({path: inCheckout(`build/failed-journey-${number}.png`)}).catch(() => undefined);
            if (app.errors.length) say(t, `the console said ${app.errors.join('; ')}`);
            await app.page.close();
            throw error;
        }
        await app.close(expected);
    });
};
