/* SPDX-License-Identifier: MIT
 *
 * torch_stream.js - the random numbers of PyTorch on a CPU, so that the same seed gives the same sequences. Node only.
 *
 *   seed --weft-torch.wasm--> normals (torch.randn), exponentials (what torch.multinomial divides by)
 *
 * Exponentials differ between builds of PyTorch: 'mkl' is what pip installs on x86-64, 'plain' all others.
 */
import {readFile} from 'node:fs/promises';
import {OutOfMemoryError} from '../index.js';

/** @typedef {'plain' | 'mkl'} TorchBuild */

export class TorchStream {
    #module;
    #stream;

    /**
     * Use TorchStream.open.
     * @param {any} module   the exports of weft-torch.wasm
     * @param {number} seed
     */
    constructor(module, seed) {
        this.#module = module;
        this.#stream = module.torch_api_open(seed >>> 0);
        this.#found(this.#stream);
    }

    /**
     * torch.manual_seed(seed)
     * @param {number} seed   the low 32 bits count
     */
    static async open(seed) {
        const bytes = await readFile(new URL('../dist/weft-torch.wasm', import.meta.url));
        const {instance} = await WebAssembly.instantiate(bytes, {env: {emscripten_notify_memory_growth() {}}});
        const module = /** @type {any} */ (instance.exports);
        module._initialize?.();
        return new TorchStream(module, seed);
    }

    /** @param {number} pointer */
    #found(pointer) {
        if (!pointer) throw new OutOfMemoryError('there is no memory for random numbers');
        return pointer;
    }

    /** @param {number} words   32-bit words that something else has drawn */
    skip(words) {
        this.#module.torch_api_skip(this.#stream, words);
    }

    /**
     * torch.randn(count)
     * @param {number} count
     */
    normals(count) {
        const at = this.#found(this.#module.torch_api_normals(this.#stream, count));
        return new Float32Array(this.#module.memory.buffer, at, count).slice();
    }

    /**
     * One call of torch.multinomial(p, 1): what it divides p by before it takes the largest.
     * @param {number} count   entries of p, all rows
     * @param {TorchBuild} build
     * @param {'float32' | 'float64'} [type]   of p
     */
    exponentials(count, build, type = 'float64') {
        const {torch_api_exponentials: draw, memory} = this.#module;
        const at = this.#found(draw(this.#stream, count, Number(build === 'mkl'), Number(type === 'float32')));
        return new Float64Array(memory.buffer, at, count).slice();
    }
}
