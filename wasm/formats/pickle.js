/* SPDX-License-Identifier: MIT
 *
 * pickle.js - a reader for the few pickle opcodes that a file of weights, or another file of plain data, needs.
 *
 *   pickle bytes, table of allowed names -> the value
 *
 * A pickle is a program for a stack machine, and in Python it may call anything. Here it can only build plain values
 * and call the functions that the caller lists; every other opcode and every other name ends the reading with an
 * error that says which. Dictionaries become Maps; lists and tuples become arrays; bytes become byte arrays; None
 * becomes null. An object's state (opcode BUILD, which PyTorch uses for notes about module versions) is read and
 * dropped, unless the caller takes it.
 */

/**
 * @typedef {object} PickleRules
 * @property {Record<string, (...args: any[]) => unknown>} globals   'module name' -> what stands for it
 * @property {(id: unknown) => unknown} persistent               resolves a persistent id
 * @property {boolean} [bytes]                                   whether it may hold bytes
 * @property {string} [what]                                     what such a file is called in errors
 * @property {(object: unknown, state: unknown) => void} [build] gives an object that a function made its state
 */

const LARGEST_PICKLE = 64 << 20;

/** Bytes with a position; every read is checked against the end. */
class Reader {
    /** @param {Uint8Array} bytes */
    constructor(bytes) {
        this.bytes = bytes;
        this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        this.at = 0;
    }

    /**
     * Steps over count bytes and returns where they began.
     * @param {number} count
     */
    skip(count) {
        const start = this.at;
        if (count > this.bytes.length - start) throw new Error('the pickle is cut short');
        this.at += count;
        return start;
    }

    byte() {
        return this.bytes[this.skip(1)];
    }

    uint16() {
        return this.data.getUint16(this.skip(2), true);
    }

    uint32() {
        return this.data.getUint32(this.skip(4), true);
    }

    int32() {
        return this.data.getInt32(this.skip(4), true);
    }

    float64() {
        return this.data.getFloat64(this.skip(8), false);
    }

    /**
     * A little-endian signed integer of any length.
     * @param {number} length
     */
    long(length) {
        const start = this.skip(length);
        let value = 0n;
        for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[start + i]);
        const result = Number(BigInt.asIntN(8 * length, value));
        if (!Number.isSafeInteger(result)) throw new Error('the pickle holds an integer that is too large');
        return result;
    }

    /** @param {number} length */
    text(length) {
        const start = this.skip(length);
        return new TextDecoder().decode(this.bytes.subarray(start, start + length));
    }

    /** A copy. @param {number} length */
    part(length) {
        const start = this.skip(length);
        return this.bytes.slice(start, start + length);
    }

    uint64() {
        return Number(this.data.getBigUint64(this.skip(8), true));
    }

    line() {
        const end = this.bytes.indexOf(10, this.at);
        if (end < 0) throw new Error('the pickle is cut short');
        const text = this.text(end - this.at);
        this.at++;
        return text;
    }
}

/** The stack machine. MARK opens a new stack; the opcodes that close it take its values together. */
class Machine {
    /**
     * @param {Uint8Array} bytes
     * @param {PickleRules} rules
     */
    constructor(bytes, rules) {
        this.in = new Reader(bytes);
        this.rules = rules;
        this.what = rules.what ?? 'a file of weights';
        /** @type {any[]} */
        this.stack = [];
        /** @type {any[][]} */
        this.outer = [];
        /** @type {Map<number, any>} */
        this.memo = new Map();
    }

    pop() {
        if (this.stack.length === 0) throw new Error('the pickle is damaged: it takes from an empty stack');
        return this.stack.pop();
    }

    /** @param {unknown} value */
    push(value) {
        this.stack.push(value);
    }

    /** @param {number} count */
    popTuple(count) {
        if (this.stack.length < count) throw new Error('the pickle is damaged: it takes from an empty stack');
        this.push(this.stack.splice(this.stack.length - count));
    }

    popMarked() {
        const values = this.stack;
        const outer = this.outer.pop();
        if (!outer) throw new Error('the pickle is damaged: a mark is missing');
        this.stack = outer;
        return values;
    }

    /** @param {number} key */
    put(key) {
        if (this.stack.length === 0) throw new Error('the pickle is damaged: it stores from an empty stack');
        this.memo.set(key, this.stack[this.stack.length - 1]);
    }

    /** @param {number} key */
    get(key) {
        if (!this.memo.has(key)) throw new Error(`the pickle is damaged: it recalls value ${key}, never stored`);
        this.push(this.memo.get(key));
    }

    /** @param {any[]} values */
    appendAll(values) {
        const list = this.stack[this.stack.length - 1];
        if (!Array.isArray(list)) throw new Error('the pickle is damaged: it appends to something that is no list');
        for (const value of values) list.push(value);
    }

    /** @param {any[]} pairs   key, value, key, value, ... */
    setAll(pairs) {
        const map = this.stack[this.stack.length - 1];
        if (!(map instanceof Map) || pairs.length % 2) {
            throw new Error('the pickle is damaged: it sets an item of something that is no dictionary');
        }
        for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
    }

    /**
     * @param {unknown} module
     * @param {unknown} name
     */
    global(module, name) {
        if (typeof module !== 'string' || typeof name !== 'string') {
            throw new Error('the pickle is damaged: it asks for something that has no name');
        }
        const full = `${module}.${name}`;
        if (!Object.hasOwn(this.rules.globals, full)) {
            throw new Error(`it asks for '${full}', which ${this.what} does not need (nothing of it was run)`);
        }
        this.push(this.rules.globals[full]);
    }

    reduce() {
        const args = this.pop();
        const callee = this.pop();
        if (typeof callee !== 'function' || !Array.isArray(args)) {
            throw new Error('the pickle is damaged: it calls something that is no function');
        }
        this.push(callee(...args));
    }

    build() {
        const state = this.pop();
        if (this.rules.build) return this.rules.build(this.stack[this.stack.length - 1], state);
        if (!(this.stack[this.stack.length - 1] instanceof Map) || !(state instanceof Map)) {
            throw new Error('the pickle sets the state of an object, which a file of weights does not need');
        }
    }

    run() {
        for (;;) {
            const at = this.in.at;
            const code = this.in.byte();
            if (code === STOP) return this.pop();
            const step = opcodes[code] ?? (this.rules.bytes ? byteOpcodes[code] : undefined);
            if (!step) {
                const hex = code.toString(16).padStart(2, '0');
                throw new Error(`the pickle uses opcode 0x${hex} (byte ${at}), which ${this.what} does not need`);
            }
            step(this);
        }
    }
}

const STOP = 0x2e;

/** @type {Record<number, (m: Machine) => void>} */
const opcodes = {
    0x80: (m) => {                                                  /* PROTO */
        const version = m.in.byte();
        if (version < 2 || version > 5) throw new Error(`the pickle is of protocol ${version}, only 2 to 5 are read`);
    },
    0x95: (m) => { m.in.skip(8); },                                 /* FRAME */
    0x28: (m) => { m.outer.push(m.stack); m.stack = []; },          /* MARK */
    0x4e: (m) => m.push(null),                                      /* NONE */
    0x88: (m) => m.push(true),                                      /* NEWTRUE */
    0x89: (m) => m.push(false),                                     /* NEWFALSE */
    0x4b: (m) => m.push(m.in.byte()),                               /* BININT1 */
    0x4d: (m) => m.push(m.in.uint16()),                             /* BININT2 */
    0x4a: (m) => m.push(m.in.int32()),                              /* BININT */
    0x8a: (m) => m.push(m.in.long(m.in.byte())),                    /* LONG1 */
    0x47: (m) => m.push(m.in.float64()),                            /* BINFLOAT */
    0x58: (m) => m.push(m.in.text(m.in.uint32())),                  /* BINUNICODE */
    0x8c: (m) => m.push(m.in.text(m.in.byte())),                    /* SHORT_BINUNICODE */
    0x29: (m) => m.push([]),                                        /* EMPTY_TUPLE */
    0x85: (m) => m.popTuple(1),                                     /* TUPLE1 */
    0x86: (m) => m.popTuple(2),                                     /* TUPLE2 */
    0x87: (m) => m.popTuple(3),                                     /* TUPLE3 */
    0x74: (m) => { const values = m.popMarked(); m.push(values); }, /* TUPLE */
    0x5d: (m) => m.push([]),                                        /* EMPTY_LIST */
    0x61: (m) => { const value = m.pop(); m.appendAll([value]); },  /* APPEND */
    0x65: (m) => { const values = m.popMarked(); m.appendAll(values); },                       /* APPENDS */
    0x7d: (m) => m.push(new Map()),                                 /* EMPTY_DICT */
    0x73: (m) => { const value = m.pop(); const key = m.pop(); m.setAll([key, value]); },      /* SETITEM */
    0x75: (m) => { const pairs = m.popMarked(); m.setAll(pairs); }, /* SETITEMS */
    0x71: (m) => m.put(m.in.byte()),                                /* BINPUT */
    0x72: (m) => m.put(m.in.uint32()),                              /* LONG_BINPUT */
    0x94: (m) => m.put(m.memo.size),                                /* MEMOIZE */
    0x68: (m) => m.get(m.in.byte()),                                /* BINGET */
    0x6a: (m) => m.get(m.in.uint32()),                              /* LONG_BINGET */
    0x63: (m) => { const module = m.in.line(); m.global(module, m.in.line()); },               /* GLOBAL */
    0x93: (m) => { const name = m.pop(); m.global(m.pop(), name); },                           /* STACK_GLOBAL */
    0x51: (m) => { const id = m.pop(); m.push(m.rules.persistent(id)); },                      /* BINPERSID */
    0x52: (m) => m.reduce(),                                        /* REDUCE */
    0x62: (m) => m.build()                                          /* BUILD */
};

/** Plain bytes, which PyTorch keeps outside its pickles. @type {Record<number, (m: Machine) => void>} */
const byteOpcodes = {
    0x43: (m) => m.push(m.in.part(m.in.byte())),                    /* SHORT_BINBYTES */
    0x42: (m) => m.push(m.in.part(m.in.uint32())),                  /* BINBYTES */
    0x8e: (m) => m.push(m.in.part(m.in.uint64())),                  /* BINBYTES8 */
    0x96: (m) => m.push(m.in.part(m.in.uint64()))                   /* BYTEARRAY8 */
};

/**
 * Reads a pickle of protocol 2 to 5.
 * @param {Uint8Array} bytes
 * @param {PickleRules} rules
 * @returns {unknown}
 */
export function readPickle(bytes, rules) {
    if (bytes.length > LARGEST_PICKLE) throw new Error('the pickle is larger than 64 MiB');
    if (bytes[0] !== 0x80) throw new Error('the pickle is of a protocol before 2');
    return new Machine(bytes, rules).run();
}
