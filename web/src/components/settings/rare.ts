// SPDX-License-Identifier: MIT
//
// rare.ts - the parts of the settings that many visits never open: one chunk, loaded with the first of them.
export {LettersPart} from './LettersPart';
export {StatesPart} from './StatesPart';
export {TiesPart} from './TiesPart';
