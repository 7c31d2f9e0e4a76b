// SPDX-License-Identifier: MIT
//
// child.mjs - a program that answers questions: one line of JSON in, one line of JSON out, in order.
//
//   Child.start(command, args, opening) -> child; await child.ask({op: 'run', ...}) -> the answer, or an Error
//
// What the program prints on stderr goes into the error's text when it ends without an answer.

import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';

const KEPT = 2000;   // characters of stderr

export class Child {
    #process;
    #waiting = [];
    #heard = '';

    /** Resolves once the program has answered {op: 'open', ...what}. */
    static async start(command, args, what, options = {}) {
        const child = new Child(command, args, options);
        try {
            await child.ask({op: 'open', ...what});
            return child;
        } catch (error) {
            child.close();
            throw error;
        }
    }

    constructor(command, args, {env} = {}) {
        this.#process = spawn(command, args, {stdio: 'pipe', env: {...process.env, ...env}});
        this.#process.stderr.on('data', (data) => { this.#heard = (this.#heard + data).slice(-KEPT); });
        this.#process.on('error', (error) => this.#end(error.message));
        this.#process.on('close', (code, signal) => this.#end(`${command} ended (${signal ?? code}): ${this.#heard}`));
        this.#process.stdin.on('error', () => undefined);   // told by 'close'
        createInterface({input: this.#process.stdout}).on('line', (line) => this.#answer(line));
    }

    ask(question) {
        return new Promise((resolve, reject) => {
            if (!this.#waiting) reject(new Error('the program has ended'));
            else this.#waiting.push({resolve, reject});
            this.#process.stdin.write(`${JSON.stringify(question)}\n`);
        });
    }

    close() {
        this.#process.kill();
    }

    #answer(line) {
        const {resolve, reject} = this.#waiting.shift();
        const answer = JSON.parse(line);
        if (answer.error === undefined) resolve(answer);
        else reject(new Error(answer.error));
    }

    #end(reason) {
        for (const {reject} of this.#waiting ?? []) reject(new Error(reason.trim()));
        this.#waiting = null;
    }
}

/** A peer as openPeers gives it; `score` is what check.mjs asks. */
export function peerOf(name, child) {
    return {
        name,
        run: ({pdb, lanes}) => child.ask({op: 'run', pdb, lanes}),
        score: ({pdb, order}) => child.ask({op: 'score', pdb, order}),
        close: () => child.close(),
    };
}
