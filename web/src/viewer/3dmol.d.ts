// SPDX-License-Identifier: MIT
//
// 3dmol.d.ts - the module that is loaded has the types of its package.
declare module '3dmol/build/3Dmol.es6-min.js' {
    export * from '3dmol';
}
