/* SPDX-License-Identifier: MIT
 *
 * abi.js - the numbers of src/weft.h that cross the boundary: statuses, and what the getters are asked for.
 *
 * WEFT_MODEL_NODE_WIDTH of the header is modelNumber.nodeWidth here. The test `exports` holds each entry against the
 * header's enumerations.
 */

/** WeftStatus */
export const status = {ok: 0, more: 1, waiting: 2, badStructure: -1, badWeights: -2, badRequest: -3, noMemory: -4};

/** WeftModelNumber, as far as it is asked for */
export const modelNumber = {
    recognised: 0, neighbors: 2, nodeWidth: 3, edgeWidth: 4, nodeStride: 5, edgeStride: 6, encoderLayers: 7,
    decoderLayers: 8, messageScale: 10, records: 11, parameters: 12, bytes: 13
};

/** WeftModelText */
export const modelText = {family: 0, layout: 1, sha256: 2, header: 3};

/** WeftFeatures, by the words of options */
export const features = {model: 0, gaps: 1, 'file-order': 2};

/** WeftEncodingNumber */
export const encodingNumber = {layersDone: 0, neighbors: 1};

/** WeftAltloc */
export const altloc = {first: 0, occupancy: 1};

/** WeftMode */
export const mode = {design: 0, score: 1, unconditional: 2, allOthers: 3, jacobian: 4};

/** WeftTieRule */
export const tieRule = {logits: 0, geometric: 1, arithmetic: 2, product: 3};

/** WeftRunNumber */
export const runNumber = {score: 0, globalScore: 1, recovery: 2};
