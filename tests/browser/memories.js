/* SPDX-License-Identifier: MIT
 *
 * memories.js - keeps hold of the memory of every WebAssembly instance of its thread, as the global `memories`.
 */
const {instantiate} = WebAssembly;
globalThis.memories = [];
WebAssembly.instantiate = async (...given) => {
    const made = await instantiate(...given);
    globalThis.memories.push((made.instance ?? made).exports.memory);
    return made;
};
