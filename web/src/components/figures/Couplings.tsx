// SPDX-License-Identifier: MIT
//
// Couplings.tsx - which residues depend on each other's letters: a map of all pairs, and the strongest ones by name.
import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import {download} from '../../files/download';
import {MARGIN, NEAR, paintMap, pixels} from '../../figures/couplings';
import {
    cancelCouplings, coupled, type Coupled, distances, forget, listed, orders, pairTable, problem, separation, working,
    workOut
} from '../../state/couplings';
import {report} from '../../state/page';
import {pointed, select} from '../../state/selection';
import {current, type Opened} from '../../state/structures';

const SHOWN = 100;
const LEAST = 300;   // pixels of the map's side; a lower box scrolls

/** Both residues of a pair as a mask. */
function both({structure}: Opened, i: number, j: number): Uint8Array {
    const rows = new Uint8Array(structure.length);
    rows[i] = rows[j] = 1;
    return rows;
}

async function saveTable(shown: Coupled): Promise<void> {
    try {
        const {csvFormat} = await import('d3-dsv');
        download(`${shown.opened.name}_couplings.csv`, `${csvFormat(pairTable(shown, listed.value))}\n`, 'text/csv');
    } catch (error) {
        report('Save the pairs', error);
    }
}

function Pairs({shown}: {shown: Coupled}) {
    const {opened} = shown, {structure} = opened, apart = useMemo(() => distances(opened), [opened]);
    return (
        <div class="best pairs" role="region" aria-label="Strongest couplings" tabIndex={0}>
            <div class="pairs-bar">
                <label>At least <input type="number" min={1} value={separation.value} aria-label="Residues apart"
                    onInput={(event) => { separation.value = event.currentTarget.value; }} /> apart</label>
                <button type="button" class="plain" onClick={() => void saveTable(shown)}>Save CSV</button>
                <button type="button" class="plain" onClick={() => forget(opened)}>Work out anew</button>
            </div>
            <table aria-label="Coupled residues">
                <thead>
                    <tr><th scope="col">Pair</th><th scope="col">Coupling</th><th scope="col">CA, Å</th></tr>
                </thead>
                <tbody>
                    {listed.value.slice(0, SHOWN).map(({i, j, coupling}) => (
                        <tr key={`${i} ${j}`} onPointerEnter={() => { pointed.value = i; }}>
                            <td>
                                <button type="button" class="plain" onClick={() => select(opened, both(opened, i, j))}>
                                    {structure.rowName(i)} {structure.rowName(j)}
                                </button>
                            </td>
                            <td>{coupling.toFixed(2)}</td><td>{apart(i, j).toFixed(1)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function MapOfPairs({shown}: {shown: Coupled}) {
    const {opened, rows, couplings} = shown, {structure} = opened, size = rows.length;
    const box = useRef<HTMLDivElement>(null), sheet = useRef<HTMLCanvasElement>(null);
    const [side, setSide] = useState(0), [said, setSaid] = useState('');
    const {canvas: image, top} = useMemo(() => pixels(shown), [shown]);
    const apart = useMemo(() => distances(opened), [opened]);
    useEffect(() => {
        if (!box.current) return undefined;
        const sizes = new ResizeObserver(([{contentRect: {width, height}}]) =>
            setSide(Math.floor(Math.min(width, Math.max(height, LEAST)) - MARGIN)));
        sizes.observe(box.current);
        return () => sizes.disconnect();
    }, []);
    useEffect(() => {
        const {current: canvas} = sheet;
        if (canvas && side > 40) paintMap(canvas, shown, image, side, getComputedStyle(canvas).color);
    }, [shown, image, side]);
    const pairAt = (event: MouseEvent) => {
        const {left, top} = (event.currentTarget as HTMLElement).getBoundingClientRect();
        const [j, i] = [event.clientX - left - MARGIN, event.clientY - top].map((at) => Math.floor(at * size / side));
        return i >= 0 && j >= 0 && i < size && j < size ? {i, j} : null;
    };
    return (
        <div class="scan-map">
            <p class="key">
                <span>above: coupling, 0 <i class="heat" /> {top.toFixed(2)} and more</span>
                <span><i class="contact" />below: CA atoms within {NEAR} Å</span>
            </p>
            <div class="map-box" ref={box} role="region" aria-label="Map of couplings" tabIndex={0}>
                <canvas ref={sheet} role="img"
                    aria-label={`Couplings of ${size} residues of ${opened.name}; the strongest are listed beside it`}
                    onPointerMove={(event) => {
                        const pair = pairAt(event);
                        if (!pair) return;
                        const [a, b] = [rows[pair.i], rows[pair.j]];
                        pointed.value = a;
                        setSaid(`${structure.rowName(a)} and ${structure.rowName(b)}: coupling ${
                            couplings[pair.i * size + pair.j].toFixed(2)}, CA atoms ${apart(a, b).toFixed(1)} Å apart`);
                    }}
                    onPointerLeave={() => { pointed.value = -1; }}
                    onClick={(event) => {
                        const pair = pairAt(event);
                        if (pair) select(opened, both(opened, rows[pair.i], rows[pair.j]));
                    }} />
            </div>
            <p class="strip-words" aria-live="polite">{said}</p>
        </div>
    );
}

function Asking({opened}: {opened: Opened}) {
    const going = working.value;
    if (going) {
        return (
            <div class="asking">
                <p>Working on {going.name}: {Math.floor(100 * going.fraction)} %</p>
                <progress max={1} value={going.fraction} aria-label={`Couplings of ${going.name}`} />
                <button type="button" onClick={cancelCouplings}>Stop</button>
            </div>
        );
    }
    return (
        <form class="asking" onSubmit={(event) => {
            event.preventDefault();
            void workOut(opened);
        }}>
            <p>
                How each designed residue's letters depend on those of every other one: the categorical Jacobian. Some
                seconds for 100 residues, half a minute or more for 300.
            </p>
            <label>Orders <input type="number" min={1} max={100} value={orders.value}
                onInput={(event) => { orders.value = event.currentTarget.value; }} /></label>
            <button type="submit">Work out</button>
            {problem.value && <p class="fault" role="alert">{problem.value}</p>}
        </form>
    );
}

export function Couplings() {
    const opened = current.value, shown = coupled.value;
    if (!opened) return <p class="note waiting">Open a structure first.</p>;
    if (!shown || working.value) return <Asking opened={opened} />;
    return <div class="scan"><MapOfPairs shown={shown} /><Pairs shown={shown} /></div>;
}
