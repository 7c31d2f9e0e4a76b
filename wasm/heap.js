/* SPDX-License-Identifier: MIT
 *
 * heap.js - one instance of the C core and the four ways to talk to it.
 *
 *   module -> Core      put: copy in      take, text: copy out      check: status -> typed error      scope: free again
 *
 * Numbers and pointers alone cross the boundary (src/weft.h). Views of the memory are made for each copy and never
 * kept, because any call may grow the memory and detach them. A fault of ours traps the instance: the core is dead
 * from then on and every later call says so.
 */
import {status} from './abi.js';
import {ConstraintError, OutOfMemoryError, ParseError, WeightsError} from './errors.js';

/** @typedef {Uint8Array | Int8Array | Int32Array | Float32Array | Float64Array} Numbers */
/** @typedef {(data: Numbers | string) => number} Put */
/** @typedef {URL | string | ArrayBuffer | ArrayBufferView | WebAssembly.Module} WasmSource */

/** Under this key a Structure or an Encoding keeps its Handle. */
export const HANDLE = Symbol('handle');

/**
 * Whether this is Node (or a runtime that passes for it): files can be read and paths are no URLs.
 * @returns {boolean}
 */
export function inNode() {
    return typeof process !== 'undefined' && Boolean(process.versions?.node);
}

/**
 * A module of Node that a browser's bundler must not look for.
 * @param {'node:fs' | 'node:fs/promises' | 'node:url' | 'node:zlib' | 'node:stream' | 'node:os'
 *     | 'node:v8' | 'node:worker_threads'} name
 */
export function nodeModule(name) {
    return import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}

/** How many threads can run at the same time. @returns {Promise<number>} */
export async function coreCount() {
    if (inNode()) return (await nodeModule('node:os')).availableParallelism();
    return navigator.hardwareConcurrency || 2;
}

/**
 * @param {WasmSource | Promise<WasmSource>} [source]   the built weft.wasm beside this file unless told
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compileCore(source = new URL('./dist/weft.wasm', import.meta.url)) {
    try {
        return await compile(await source);
    } catch (error) {
        if (!(error instanceof WebAssembly.CompileError)) throw error;
        throw new Error(`weft.wasm cannot be compiled here; it needs WebAssembly with SIMD (${error.message})`);
    }
}

/**
 * @param {WasmSource} source
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(source) {
    if (source instanceof WebAssembly.Module) return source;
    if (typeof source !== 'string' && !(source instanceof URL)) {
        return WebAssembly.compile(/** @type {BufferSource} */ (source));
    }
    const url = new URL(source, import.meta.url);
    if (url.protocol === 'file:' && inNode()) {
        return WebAssembly.compile(await (await nodeModule('node:fs/promises')).readFile(url));
    }
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url.href} answered ${response.status} instead of the WebAssembly module`);
    const typed = response.headers.get('content-type')?.startsWith('application/wasm');
    return typed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/**
 * What the module asks of its host: word that memory grew, which nobody here waits for. The core prints nothing and
 * opens nothing, so that any other call is a fault.
 * @param {WebAssembly.Module} module
 * @returns {WebAssembly.Imports}
 */
function importsOf(module) {
    /** @type {Record<string, Record<string, Function>>} */
    const imports = {};
    for (const {module: from, name, kind} of WebAssembly.Module.imports(module)) {
        if (kind !== 'function') continue;
        imports[from] ??= {};
        imports[from][name] = name === 'emscripten_notify_memory_growth'
            ? () => undefined
            : () => { throw new Error(`the core called ${name}`); };
    }
    return /** @type {WebAssembly.Imports} */ (imports);
}

/** Text in UTF-8, ended by a zero byte. @param {string} text */
function textBytes(text) {
    if (text.includes('\0')) throw new ConstraintError('a text with a zero character is not accepted', '\\0');
    return new TextEncoder().encode(`${text}\0`);
}

/** One instance of the C core. */
export class Core {
    /** @type {Error | null} why nothing can be called any more */
    dead = null;
    /** @type {Record<string, (...args: number[]) => number>} the exported functions, pointers as positive numbers */
    c;
    /** @type {WebAssembly.Memory} */
    #memory;

    /** @param {WebAssembly.Module} module */
    static async open(module) {
        return new Core(await WebAssembly.instantiate(module, importsOf(module)));
    }

    /** @param {WebAssembly.Instance} instance */
    constructor({exports}) {
        this.#memory = /** @type {WebAssembly.Memory} */ (exports.memory);
        this.c = {};
        for (const [name, value] of Object.entries(exports)) {
            if (typeof value === 'function') this.c[name] = this.#guarded(/** @type {any} */ (value));
        }
        this.c._initialize?.();
    }

    /**
     * @param {(...args: number[]) => number} call
     * @returns {(...args: number[]) => number}
     */
    #guarded(call) {
        return (...args) => {
            if (this.dead) throw this.dead;
            try {
                return call(...args);
            } catch (cause) {
                this.dead = new Error(`weft stopped on an internal fault (${/** @type {Error} */ (cause).message}); `
                    + 'this engine cannot be used any more', {cause});
                throw this.dead;
            }
        };
    }

    /** Drops the instance: all its memory goes with it. @param {string} reason */
    close(reason) {
        this.dead ??= new Error(reason);
        this.c = new Proxy({}, {get: () => () => { throw this.dead; }});
        this.#memory = new WebAssembly.Memory({initial: 0});
    }

    /**
     * Copies numbers or text into the core's memory. The caller frees it; scope does.
     * @param {Numbers | string} data
     * @returns {number} pointer
     */
    put(data) {
        const bytes = typeof data === 'string' ? textBytes(data) : data;
        const pointer = this.c.api_alloc(bytes.byteLength) >>> 0;
        if (!pointer) throw new OutOfMemoryError(`no memory is left for ${bytes.byteLength} bytes`);
        const source = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        new Uint8Array(this.#memory.buffer, pointer, bytes.byteLength).set(source);
        return pointer;
    }

    /**
     * Runs body with a put whose copies are freed when body ends.
     * @template T
     * @param {(put: Put) => T} body
     * @returns {T}
     */
    scope(body) {
        /** @type {number[]} */
        const taken = [];
        try {
            return body((data) => {
                const pointer = this.put(data);
                taken.push(pointer);
                return pointer;
            });
        } finally {
            for (const pointer of taken) this.free('api_free', pointer);
        }
    }

    /**
     * Copies an array out.
     * @template {Numbers} T
     * @param {new (buffer: ArrayBufferLike, offset: number, length: number) => T} Type
     * @param {number} pointer
     * @param {number} count
     * @returns {T}
     */
    take(Type, pointer, count) {
        return /** @type {T} */ (new Type(this.#memory.buffer, pointer >>> 0, count).slice());
    }

    /**
     * Copies a text out.
     * @param {number} pointer
     * @returns {string}
     */
    text(pointer) {
        const bytes = new Uint8Array(this.#memory.buffer, pointer >>> 0);
        return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
    }

    /**
     * Passes a status or count on; a negative one becomes the error that the core recorded.
     * @param {number} answer
     * @returns {number}
     */
    check(answer) {
        if (answer < 0) throw this.#error();
        return answer;
    }

    /**
     * The same for creators, which answer 0.
     * @param {number} pointer
     * @returns {number}
     */
    created(pointer) {
        if (!pointer) throw this.#error();
        return pointer >>> 0;
    }

    /** @returns {Error} */
    #error() {
        const message = this.text(this.c.weft_error());
        const place = this.c.weft_error_place();
        const known = place >= 0 ? place : null;
        switch (this.c.weft_error_status()) {
            case status.badStructure: return new ParseError(message, known);
            case status.badWeights: return new WeightsError(message, known);
            case status.badRequest: return new ConstraintError(message, /['"](.*?)['"]/.exec(message)?.[1] ?? null);
            default: return new OutOfMemoryError(message);
        }
    }

    /**
     * Frees by the named export; a dead core has nothing left to free.
     * @param {string} name
     * @param {number} pointer
     */
    free(name, pointer) {
        if (!this.dead) this.c[name](pointer);
    }
}

/** A C object with several users: freed when the last of them lets go. */
export class Handle {
    #users = 1;
    #live = true;
    #pointer;
    #free;

    /**
     * @param {Core} core
     * @param {number} pointer
     * @param {() => void} free
     */
    constructor(core, pointer, free) {
        this.core = core;
        this.#pointer = pointer;
        this.#free = free;
    }

    get pointer() {
        if (!this.#live) throw new Error('this structure or encoding was disposed of and cannot be used any more');
        return this.#pointer;
    }

    /** One more user, until release. */
    retain() {
        void this.pointer;
        this.#users++;
        return this;
    }

    release() {
        if (--this.#users === 0) this.#free();
    }

    /** The owner lets go; users in flight keep the object until they are done. */
    dispose() {
        if (!this.#live) return;
        this.#live = false;
        this.release();
    }
}

/**
 * Gives a class the symbol by which `using` and `await using` call dispose, where the runtime has it.
 * @param {{prototype: any}} Class
 * @param {boolean} asynchronous
 */
export function disposable({prototype}, asynchronous) {
    const symbols = /** @type {any} */ (Symbol);
    for (const symbol of [symbols.dispose, asynchronous && symbols.asyncDispose]) {
        if (symbol) Object.defineProperty(prototype, symbol, {value: prototype.dispose, configurable: true});
    }
}
