/* SPDX-License-Identifier: MIT
 *
 * tasks.js - how long a page kept its main thread, and how much of that was its own work.
 *
 *   mainThread(page, body) -> {work, words}      from Chromium's trace of tasks: by the clock, and by the thread's own
 */
const LONG_MS = 50;    // from there on a task is long (W3C, Long Tasks API)
const START_MS = 1000; // the start of a trace is a long task itself

/** The text of a trace. */
async function read(session, stream) {
    let text = '';
    for (let end = false; !end;) {
        const {data, eof} = await session.send('IO.read', {handle: stream});
        text += data;
        end = eof;
    }
    await session.send('IO.close', {handle: stream});
    return text;
}

/** Tasks of the busiest main thread since a time, in milliseconds of the wall clock and of its own. */
function tasksIn(events, since) {
    const place = ({pid, tid}) => `${pid} ${tid}`, threads = new Map();
    for (const event of events) {
        if (event.name === 'thread_name' && event.args.name === 'CrRendererMain') threads.set(place(event), []);
    }
    for (const event of events) {
        const {name, ts, dur, tdur = 0} = event;
        if (name !== 'RunTask' || dur === undefined || ts < since) continue;
        threads.get(place(event))?.push({wall: dur / 1e3, work: tdur / 1e3});
    }
    return [...threads.values()].sort((a, b) => b.length - a.length)[0];
}

/**
 * @param {import('playwright-core').Page} page
 * @param {() => Promise<void>} body   what the page does meanwhile
 * @returns {Promise<{work: number, words: string}>} the longest task: milliseconds of the thread's own time; and in
 *     words, with the time by the clock, of which workers and other programs on the same cores take their part
 */
export async function mainThread(page, body) {
    const session = await page.context().newCDPSession(page);
    await session.send('Tracing.start', {
        categories: '__metadata,disabled-by-default-devtools.timeline', transferMode: 'ReturnAsStream'
    });
    await page.waitForTimeout(START_MS);
    const since = Number(process.hrtime.bigint() / 1000n);   // the trace's clock
    await body();
    const complete = new Promise((resolve) => { session.once('Tracing.tracingComplete', resolve); });
    await session.send('Tracing.end');
    const tasks = tasksIn(JSON.parse(await read(session, (await complete).stream)).traceEvents, since);
    await session.detach();
    const longest = (key) => Math.max(...tasks.map((task) => task[key]));
    const over = tasks.filter(({wall}) => wall > LONG_MS).length;
    return {
        work: longest('work'),
        words: `longest task of the main thread ${longest('work').toFixed(0)} ms of its own time, `
            + `${longest('wall').toFixed(0)} ms by the clock; `
            + `${over} of ${tasks.length} above ${LONG_MS} ms by the clock`
    };
}
