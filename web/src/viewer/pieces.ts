// SPDX-License-Identifier: MIT
//
// pieces.ts - the drawing of a structure in pieces of some hundred residues, so that a new colour or another selection
// draws anew what it changes and nothing else, and no step is long.
//
//   rows first..last --> a ribbon, marks on its selected residues, their side chains
import {type Atom, type Model, type Style, type Viewer} from '3dmol/build/3Dmol.es6-min.js';

const LEAST = 60, MOST = 120;      // residues of a piece
const NEXT = 4.3;                  // angstrom between CA atoms of neighbours, at most
const MARK = 0.62, SIDE = 0.2;     // angstrom
const ELEMENTS: Record<string, string> = {N: '#4a7fe0', O: '#e0453a', S: '#c9a400', P: '#e08a2b', Se: '#c9a400'};

export interface Look {
    /** of each row, plain colours */
    colours: readonly string[];
    selected: Uint8Array;
    sideChains: boolean;
    select: string;
}

/** Rows at which pieces begin: at a chain's begin, or where neither helix nor strand is cut. */
export function cuts(chains: readonly {start: number, length: number}[], secondary: string): [number, number][] {
    const all: [number, number][] = [];
    for (const {start, length} of chains) {
        let begin = start;
        for (let row = start; row < start + length; row++) {
            const size = row - begin + 1, coil = secondary[row] === 'c' && secondary[row + 1] === 'c';
            if (row === start + length - 1 || size >= MOST || (size >= LEAST && coil)) {
                all.push([begin, row]);
                begin = row + 1;
            }
        }
    }
    return all;
}

const apart = (a: Atom, b: Atom) => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);

/** CA atoms with bonds to the next one along the chain. */
function track(carbons: readonly Atom[], style: Style): Atom[] {
    const linked = (i: number) => i >= 0 && i + 1 < carbons.length
        && carbons[i + 1].row === carbons[i].row! + 1 && apart(carbons[i], carbons[i + 1]) < NEXT;
    return carbons.map((atom, i) => {
        const bonds = [...(linked(i - 1) ? [i - 1] : []), ...(linked(i) ? [i + 1] : [])];
        return {...atom, index: i, bonds, bondOrder: bonds.map(() => 1), style};
    });
}

export class Piece {
    readonly #viewer: Viewer;
    readonly #first: number;
    readonly #last: number;
    readonly #carbons: Atom[];
    readonly #ribbon: Model;
    readonly #trace: boolean;
    #marks: Model | null = null;
    #sides: Model | null = null;
    #colours: readonly string[] = [];
    #marked = '';

    /** @param atoms   of the rows, and of the one behind, so that ribbons meet */
    constructor(viewer: Viewer, [first, last]: [number, number], atoms: readonly Atom[]) {
        this.#viewer = viewer;
        this.#first = first;
        this.#last = last;
        this.#carbons = atoms.filter(({atom, row}) => atom === 'CA' && row! <= last);
        this.#trace = !atoms.some(({atom}) => atom === 'O');
        this.#ribbon = viewer.addModel();
        this.#ribbon.addAtoms(atoms.map((atom) => ({...atom, style: {}})));
    }

    /** Takes over what has changed; true where something has. Drawn by the viewer's next render. */
    update(look: Look, side: readonly Atom[][] | null): boolean {
        const ribbon = this.#paint(look), marks = this.#mark(look, side);
        return ribbon || marks;
    }

    #paint({colours}: Look): boolean {
        let same = this.#colours.length > 0;
        for (let row = this.#first; same && row <= this.#last + 1; row++) {
            same = this.#colours[row] === colours[row];
        }
        this.#colours = colours;
        if (same) return false;
        const colorfunc = ({row}: Atom) => colours[row!];
        this.#ribbon.setStyle({}, {
            cartoon: this.#trace ? {style: 'trace', thickness: 0.35, colorfunc}
                : {arrows: true, thickness: 0.4, colorfunc}
        });
        return true;
    }

    #mark({selected, sideChains, select}: Look, side: readonly Atom[][] | null): boolean {
        const rows = selected.subarray(this.#first, this.#last + 1);
        const shown = sideChains && side !== null;
        const key = rows.includes(1) ? `${select} ${shown} ${rows.join('')}` : '';
        if (key === this.#marked) return false;
        this.#marked = key;
        for (const model of [this.#marks, this.#sides]) if (model) this.#viewer.removeModel(model);
        this.#marks = this.#sides = null;
        if (!key) return true;
        const carbons = this.#carbons.filter(({row}) => selected[row!]);
        this.#marks = this.#viewer.addModel();
        this.#marks.addAtoms(track(carbons, solid(MARK, select)));
        if (shown) this.#addSides(carbons, side, select);
        return true;
    }

    #addSides(carbons: readonly Atom[], side: readonly Atom[][], select: string): void {
        const atoms = carbons.flatMap(({row}) => side[row!].filter(({atom}) => !['N', 'C', 'O', 'OXT'].includes(atom))
            .map((atom) => ({...atom, style: solid(SIDE, ELEMENTS[atom.elem] ?? select)})));
        this.#sides = this.#viewer.addModel();
        this.#sides.addAtoms(atoms.map((atom, index) => ({...atom, index, bonds: [], bondOrder: []})));
        this.#sides.assignBonds();
    }
}

/** A stick with round ends, which a lone atom has too. */
function solid(radius: number, color: string): Style {
    const colorfunc = () => color;
    return {stick: {radius, colorfunc}, sphere: {radius, colorfunc}};
}

const ION = 0.9, THIN = 0.22;

/** Small molecules: sticks, carbon in a colour of its own; lone atoms are balls. */
export function addLigand(viewer: Viewer, atoms: readonly Atom[], carbon: string): Model {
    const model = viewer.addModel();
    model.addAtoms(atoms.map((atom, index) => ({
        ...atom, index, bonds: [], bondOrder: [],
        style: solid(atoms.length === 1 ? ION : THIN, ELEMENTS[atom.elem] ?? carbon)
    })));
    model.assignBonds();
    return model;
}
