// SPDX-License-Identifier: MIT
//
// Viewer.tsx - the structure in three dimensions, and what can be done there.
//
//   current, plan, colours --> drawn by viewer/viewer.ts, which is loaded with the first structure
//   pointer, keys --> pointed, selection
import {effect} from '@preact/signals';
import {useEffect, useRef, useState} from 'preact/hooks';
import {colourOf, colouring} from '../../state/colour';
import {messageOf} from '../../state/page';
import {plan} from '../../state/plan';
import {setScene} from '../../state/scene';
import {pointed} from '../../state/selection';
import {current, type Opened} from '../../state/structures';
import type {Viewer as Adapter} from '../../viewer/viewer';
import {keyPressed, Picking} from './picking';
import {Tools} from './Tools';
import {ground, palette} from './tokens';
import {sideChains, turning, view} from './view';
import './Viewer.css';

/** The file as text that the viewer reads, with nothing changed. */
async function textOf({bytes, structure}: Opened) {
    const {writeStructure} = await import('../../../../wasm/writers.js');
    const {sequence, length} = structure;
    return writeStructure(bytes, structure, {
        sequence, logProbs: new Float32Array(length * 21), designMask: new Uint8Array(length)
    });
}

async function show(adapter: Adapter, opened: Opened): Promise<void> {
    const {text, format} = await textOf(opened);
    if (current.value?.key !== opened.key) return;
    adapter.load(text, format, opened.structure);
    adapter.frameAll();
    setScene({
        key: opened.key, secondary: adapter.secondary(), bFactor: adapter.bFactors(),
        ligands: adapter.ligands.map(({id, label, atoms}) => ({id, label, atoms: atoms.length})),
        near: (ids, angstrom) => adapter.near(ids, angstrom)
    });
}

/** Keeps what is drawn as the signals say, until the returned function is called. */
function follow(adapter: Adapter, drawn: {key: number}): () => void {
    const stops = [effect(() => {
        const now = plan.value, opened = current.value, colour = colourOf.value, sides = sideChains.value;
        void ground.value;
        if (!now || opened?.key !== drawn.key) return;
        const resolved = palette();
        adapter.paint({
            colour: (row) => resolved(colour(row)), selected: now.selected, selectColour: resolved('var(--select)'),
            sideChains: sides, ligandColour: resolved('var(--edge)')
        });
    }), effect(() =>
        adapter.mark(current.value?.key === drawn.key ? pointed.value : -1, palette()('var(--select)')))];
    return () => stops.forEach((stop) => stop());
}

/** Draws the structure in a box; returns why it cannot, once it is known. */
function useDrawing(box: {current: HTMLDivElement | null}, opened: Opened | undefined): string {
    const [problem, setProblem] = useState('');
    useEffect(() => {
        if (!opened || !box.current) return undefined;
        let stop = () => undefined as void, over = false;
        const draw = async () => {
            try {
                const {Viewer: Made} = await import('../../viewer/viewer');
                if (over || !box.current) return;
                const adapter = view.value ?? new Made(box.current);
                view.value = adapter;
                const drawn = {key: -1};
                await show(adapter, opened);
                if (over) return;
                drawn.key = opened.key;
                stop = follow(adapter, drawn);
                setProblem('');
            } catch (error) {
                setProblem(messageOf(error));
            }
        };
        const idle = setTimeout(draw, 0);
        return () => {
            over = true;
            clearTimeout(idle);
            stop();
        };
    }, [opened]);
    useEffect(() => {
        if (!box.current) return undefined;
        const sizes = new ResizeObserver(() => view.value?.resized());
        sizes.observe(box.current);
        return () => {
            sizes.disconnect();
            view.value?.dispose();
            view.value = null;
            setScene(null);
        };
    }, []);
    return problem;
}

export function Viewer() {
    const box = useRef<HTMLDivElement>(null), opened = current.value, problem = useDrawing(box, opened);
    const words = opened ? `${opened.name}, ${opened.structure.length} residues, shown by ${colouring.value}` : '';
    return (
        <section aria-label="3D view" class={`viewer${turning.value ? ' turning' : ''}`} data-ready={view.value !== null}>
            <div class="viewer-stage" tabIndex={0} role="application" aria-label={`${words}. Arrow keys turn, + and - zoom.`}
                onKeyDown={keyPressed}>
                <Picking opened={opened}><div class="viewer-canvas" ref={box} aria-hidden="true" /></Picking>
                {problem && <p class="viewer-problem">The structure cannot be drawn: {problem}. Everything else works.</p>}
            </div>
            {opened && <Tools />}
        </section>
    );
}
