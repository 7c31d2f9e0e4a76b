// SPDX-License-Identifier: MIT
//
// stage.ts - the 3D view and the state of the page, tied together: what changes here is drawn there.
//
//   current, colours, plan, pointed --effects--> View --geometry--> scene
import {effect, signal, untracked} from '@preact/signals';
import {colours} from '../../state/colour';
import {isCancelled, messageOf, report} from '../../state/page';
import {plan} from '../../state/plan';
import {active} from '../../state/runs';
import {scene, sideChains} from '../../state/scene';
import {pointed} from '../../state/selection';
import {current, type Opened} from '../../state/structures';
import type {Geometry, View} from '../../viewer/viewer';

/** Null until the first structure is open and 3Dmol is loaded. */
export const view = signal<View | null>(null);
/** Of the structure that stands in the picture; 0 for none. */
export const drawn = signal(0);
/** Why there is no picture, in words. */
export const trouble = signal('');

const NO_WEBGL = 'This browser cannot draw in 3D (WebGL is off or missing). Everything else works: choose residues in '
    + 'the sequence. To see the structure, turn hardware acceleration on or try another browser.';

const dark = matchMedia('(prefers-color-scheme: dark)');
const scheme = signal(dark.matches);
dark.addEventListener('change', () => { scheme.value = dark.matches; });

/** A colour of the tokens as it is now; others as they are. */
function plain(css: string): string {
    const name = /^var\((--[\w-]+)\)$/.exec(css)?.[1];
    return name ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : css;
}

function plainColours(list: readonly string[]): string[] {
    const known = new Map<string, string>();
    return list.map((css) => {
        const found = known.get(css) ?? plain(css);
        known.set(css, found);
        return found;
    });
}

const theme = () => ({background: plain('var(--paper)'), point: plain('var(--ink)'), ligand: plain('var(--ligand)')});

async function show(made: View, opened: Opened): Promise<void> {
    try {
        const geometry = await made.load(opened.structure, opened.bytes, () => look(made));
        if (geometry && current.value === opened) scene.value = {key: opened.key, ...geometry};
    } catch (error) {
        if (isCancelled(error) || current.value !== opened) return;
        trouble.value = `${opened.name} cannot be drawn: ${messageOf(error)}`;
    }
}

function look(made: View): void {
    if (!plan.value) return;
    made.look({
        colours: plainColours(colours.value), selected: plan.value.selected, sideChains: sideChains.value,
        select: plain('var(--select)')
    });
}

function tie(made: View): void {
    made.onDrawn = () => { drawn.value = current.value?.key ?? 0; };
    effect(() => {
        const opened = current.value;
        scene.value = null;
        drawn.value = 0;
        trouble.value = '';
        if (opened) untracked(() => void show(made, opened));
    });
    effect(() => {
        if (scheme.value !== undefined) made.theme(theme());
    });
    effect(() => {
        if (scheme.value !== undefined) look(made);
    });
    effect(() => made.point(pointed.value));
    // Where drawing is slow, a run comes first: the picture takes its new size when the run has ended.
    effect(() => made.hold(made.slow && active.value !== undefined));
}

/** Without a picture: what the selection tools ask of the file is known all the same. */
function readOnly(read: (structure: Opened['structure'], bytes: Uint8Array) => Promise<Geometry>): void {
    effect(() => {
        const opened = current.value;
        scene.value = null;
        if (!opened) return;
        read(opened.structure, opened.bytes).then((geometry) => {
            if (current.value === opened) scene.value = {key: opened.key, ...geometry};
        }, (error) => report(opened.name, error));
    });
}

const painted = () => new Promise<void>((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
});

let begun = false;

/** Loads 3Dmol once there is something to draw, behind the first picture of the page. */
export async function begin(): Promise<void> {
    if (begun) return;
    begun = true;
    await painted();
    try {
        const {canDraw, geometryOf, View} = await import('../../viewer/viewer');
        if (!canDraw) {
            trouble.value = NO_WEBGL;
            readOnly(geometryOf);
            return;
        }
        view.value = new View(theme());
        tie(view.value);
    } catch (error) {
        begun = false;
        trouble.value = messageOf(error);
    }
}
