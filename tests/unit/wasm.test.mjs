// SPDX-License-Identifier: MIT
//
// wasm.test.mjs - the C unit tests as compiled by emcc into WASM_PROGRAMS (a folder of .js files), run as tests of
// `node --test`: one for each RUN line that a program prints, and one for its exit status.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, it} from 'node:test';

const folder = process.env.WASM_PROGRAMS ?? 'build/wasm';

for (const file of readdirSync(folder).filter((name) => /^test_.*\.js$/.test(name)).sort()) {
    // The glue code would call fetch with a file's path, were there one.
    const {status, stdout, stderr} = spawnSync(process.execPath, ['--no-experimental-fetch', join(folder, file)],
        {encoding: 'utf8', env: {...process.env, NODE_TEST_CONTEXT: undefined}});
    const lines = stdout.split('\n');
    describe(file, () => {
        let details = [];
        for (const line of lines) {
            const [, failed, name] = /^(not )?ok (.*)/.exec(line) ?? [];
            if (!name) {
                details.push(line);
                continue;
            }
            const text = details.join('\n');
            details = [];
            it(`${file}: ${name}`, () => assert.ok(!failed, text));
        }
        it(`${file}: runs to its end`, () => assert.equal(status, 0, stderr || stdout));
    });
}
