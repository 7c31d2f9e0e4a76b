// SPDX-License-Identifier: MIT
//
// colour.ts - what the colours of the 3D view and of the grid say.
import {signal} from '@preact/signals';

export type Colouring = 'plan' | 'chain' | 'entropy' | 'logprob' | 'change' | 'bfactor';

export const colouring = signal<Colouring>('plan');
