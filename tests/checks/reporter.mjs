// SPDX-License-Identifier: MIT
//
// reporter.mjs - a reporter for `node --test` that speaks as the C tests do: "ok" and "not ok" lines, "skip" lines with
// the reason, and the count at the end. A file without a test is a failure: it proves nothing.
import {inspect} from 'node:util';

const LONG = 5;   // seconds of a test that are worth telling

/** The lines of an error that help: its message and where in the tests it was thrown. */
function explain(error) {
    const cause = error?.cause ?? error;
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
    return text.split('\n').filter((line) => !/\(node:|at node:/.test(line)).map((line) => `    ${line}`).join('\n');
}

/** @param {AsyncIterable<{type: string, data: any}>} source */
export default async function* report(source) {
    let passed = 0, failed = 0, skipped = 0;
    for await (const {type, data} of source) {
        if (type === 'test:stdout' || type === 'test:stderr') yield data.message.replace(/^ok /gm, '  ok ');
        if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue;
        const reason = data.skip ?? data.todo;
        if (reason !== undefined) {
            skipped++;
            yield `skip ${data.name}: ${reason === true ? 'no reason given' : reason}\n`;
        } else if (type === 'test:fail') {
            if (data.details.error?.failureType === 'subtestsFailed') continue;
            failed++;
            yield `not ok ${data.name} (${data.file})\n${explain(data.details.error)}\n`;
        } else if (data.nesting === 0 && data.file?.endsWith(data.name)) {
            failed++;
            yield `not ok ${data.name}: holds no test\n`;
        } else {
            passed++;
            const seconds = data.details?.duration_ms / 1000;
            yield `ok ${data.name}${seconds >= LONG ? ` (${Math.round(seconds)} s)` : ''}\n`;
        }
    }
    yield `# node: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`;
}
