// SPDX-License-Identifier: MIT
//
// scene.ts - what the 3D view knows of the structure that is looked at, for selecting and colouring.
import {computed, signal} from '@preact/signals';
import {current} from './structures';

export interface Scene {
    /** of the Opened */
    readonly key: number;
    /** h, s or c for each row: helix, strand, loop */
    readonly secondary: string;
    /** atoms: how many */
    readonly ligands: readonly {readonly id: string, readonly label: string, readonly atoms: number}[];
    /** 1 for each row with an atom at most so far from one of these ligands */
    near(ids: readonly string[], angstrom: number): Uint8Array;
    /** of each row's CA; NaN where there is none */
    readonly bFactor: Float32Array;
}

const drawn = signal<Scene | null>(null);

/** null until the structure that is looked at is drawn */
export const scene = computed(() => (drawn.value?.key === current.value?.key ? drawn.value : null));

export function setScene(made: Scene | null): void {
    drawn.value = made;
}
