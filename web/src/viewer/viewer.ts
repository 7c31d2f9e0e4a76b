// SPDX-License-Identifier: MIT
//
// viewer.ts - the adapter around 3Dmol.js: a structure, a colour for each residue, marks; pixels to residues.
//
//   new Viewer(box) --load(text, structure)--> drawn      paint(look)      at(x, y) -> row      inside(rectangle) -> rows
//
// Nothing else of the page knows the library. Picking is our own: the CA atoms, projected, so that it does not depend on
// what is drawn. Nothing is drawn but when something changed, at most once a frame.
import {type AtomSpec, createViewer, type GLModel, type GLShape, type GLViewer} from '3dmol/build/3Dmol.es6-min.js';
import type {Structure} from '../../../wasm/index.js';
import {type Ligand, type Mapped, mapAtoms, WATER} from './rows';

/** What is drawn, apart from the view. */
export interface Look {
    colour: (row: number) => string;
    selected: Uint8Array;
    selectColour: string;
    sideChains: boolean;
    ligandColour: string;
}

const REACH = 14;      // pixels from a residue's CA that still mean it
const BEHIND = 0.6;    // angstrom in front that are worth a pixel when the pointer is between residues
const BACKBONE = new Set(['N', 'C', 'O', 'OXT']);
const TURN = 15;       // degrees

type Point = {x: number, y: number};

/** Rotates by the quaternion of getView; the depth, larger in front. */
function depth([px, py, pz, , qx, qy, qz, qw]: number[], {x = 0, y = 0, z = 0}: AtomSpec): number {
    const [a, b, c] = [x + px, y + py, z + pz];
    return 2 * (qx * qz - qw * qy) * a + 2 * (qy * qz + qw * qx) * b + (1 - 2 * (qx * qx + qy * qy)) * c;
}

export class Viewer {
    readonly #box: HTMLElement;
    readonly #viewer: GLViewer;
    #model: GLModel | undefined;
    #structure: Structure | undefined;
    #atoms: AtomSpec[] = [];
    #mapped: Mapped = {rowOf: new Int32Array(), carbons: [], ligands: []};
    #mark: GLShape | undefined;
    #frame = 0;

    /** Throws where there is no WebGL. */
    constructor(box: HTMLElement) {
        this.#box = box;
        if (!document.createElement('canvas').getContext('webgl2')) throw new Error('this browser offers no WebGL here');
        const viewer = createViewer(box, {backgroundAlpha: 0, antialias: true, cartoonQuality: 6});
        if (!viewer) throw new Error('the graphics of this machine refuse');
        this.#viewer = viewer;
    }

    get canvas(): HTMLCanvasElement {
        return this.#viewer.getCanvas();
    }

    get ligands(): readonly Ligand[] {
        return this.#mapped.ligands;
    }

    /** Takes the place of what was there. */
    load(text: string, format: 'pdb' | 'cif', structure: Structure): void {
        const viewer = this.#viewer;
        viewer.removeAllModels();
        viewer.removeAllShapes();
        this.#mark = undefined;
        const several = structure.models.length > 1, at = structure.models.indexOf(structure.model);
        const options = {keepH: false, altLoc: 'first', doAssembly: false};
        const made = several ? viewer.addModels(text, format, options) : [viewer.addModel(text, format, options)];
        this.#model = made[several ? at : 0] ?? made[0];
        for (const model of made) if (model !== this.#model) viewer.removeModel(model);
        this.#structure = structure;
        this.#atoms = this.#model.selectedAtoms({});
        this.#mapped = mapAtoms(this.#atoms, structure);
        this.#atoms.forEach((atom, i) => { atom.properties = {row: this.#mapped.rowOf[i]}; });
    }

    /** Helix, strand or loop of each row: h, s, c. */
    secondary(): string {
        return this.#mapped.carbons.map((atom) => (atom?.ss === 'h' || atom?.ss === 's' ? atom.ss : 'c')).join('');
    }

    /** B-factor of each row's CA, NaN where there is none. */
    bFactors(): Float32Array {
        return Float32Array.from(this.#mapped.carbons, (atom) => atom?.b ?? NaN);
    }

    /** Rows with an atom at most so many angstrom from one of these ligands. */
    near(ids: readonly string[], angstrom: number): Uint8Array {
        const rows = new Uint8Array(this.#structure?.length ?? 0), limit = angstrom * angstrom;
        const wanted = this.#mapped.ligands.filter(({id}) => ids.includes(id)).flatMap(({atoms}) => atoms);
        this.#atoms.forEach(({x = 0, y = 0, z = 0}, i) => {
            const row = this.#mapped.rowOf[i];
            if (row < 0 || rows[row]) return;
            const close = wanted.some((of) =>
                (x - of.x!) ** 2 + (y - of.y!) ** 2 + (z - of.z!) ** 2 <= limit);
            if (close) rows[row] = 1;
        });
        return rows;
    }

    /** Colours and marks from now on; the view stays. */
    paint({colour, selected, selectColour, sideChains, ligandColour}: Look): void {
        const model = this.#model;
        if (!model) return;
        const rowOf = (atom: AtomSpec): number => atom.properties?.row ?? -1;
        const chosen = (atom: AtomSpec) => rowOf(atom) >= 0 && selected[rowOf(atom)] === 1;
        const colorfunc = (atom: AtomSpec) => (rowOf(atom) < 0 ? ligandColour : colour(rowOf(atom)));
        model.setStyle({}, {cartoon: {colorfunc, thickness: 0.35, arrows: true}});
        model.setStyle({hetflag: true, predicate: (atom: AtomSpec) => rowOf(atom) < 0},
            {stick: {radius: 0.18, colorscheme: 'default'}});
        model.setStyle({predicate: (atom: AtomSpec) => WATER.test(atom.resn ?? '')}, {});
        if (selected.includes(1)) {
            model.setStyle({atom: 'CA', predicate: chosen}, {sphere: {radius: 0.85, color: selectColour}}, true);
            if (sideChains) {
                const side = (atom: AtomSpec) => chosen(atom) && !BACKBONE.has(atom.atom ?? '');
                model.setStyle({predicate: side}, {stick: {radius: 0.16, colorscheme: 'default'}}, true);
            }
        }
        this.draw();
    }

    /** Marks one residue; -1 takes the mark away. */
    mark(row: number, colour: string): void {
        if (this.#mark) this.#viewer.removeShape(this.#mark);
        this.#mark = undefined;
        const atom = this.#mapped.carbons[row];
        if (atom) {
            const center = {x: atom.x!, y: atom.y!, z: atom.z!};
            this.#mark = this.#viewer.addSphere({center, radius: 1.7, color: colour, opacity: 0.55});
        }
        this.draw();
    }

    /** Draws in the next frame. */
    draw(): void {
        this.#frame ||= requestAnimationFrame(() => {
            this.#frame = 0;
            this.#viewer.render();
        });
    }

    /** Where rows are in the box, in CSS pixels. */
    #projected(): (Point | undefined)[] {
        const {left, top} = this.canvas.getBoundingClientRect(), {carbons} = this.#mapped;
        const there = carbons.filter((atom) => atom !== undefined);
        const points: Point[] = this.#viewer.modelToScreen(there.map(({x, y, z}) => ({x, y, z})));
        let next = 0;
        return carbons.map((atom) => {
            if (!atom) return undefined;
            const {x, y} = points[next++];
            return {x: x - left - window.scrollX, y: y - top - window.scrollY};
        });
    }

    /** Where a row is, in CSS pixels of the window. */
    whereIs(row: number): Point | undefined {
        const {left, top} = this.canvas.getBoundingClientRect(), point = this.#projected()[row];
        return point && {x: point.x + left, y: point.y + top};
    }

    /** The row at a place of the box, -1 for none: the nearest, of those close to each other the one in front. */
    at({x, y}: Point): number {
        const view = this.#viewer.getView();
        let best = -1, least = Infinity;
        this.#projected().forEach((point, row) => {
            const far = point ? Math.hypot(point.x - x, point.y - y) : Infinity;
            if (far > REACH) return;
            const cost = far - BEHIND * depth(view, this.#mapped.carbons[row]!);
            if (cost < least) [best, least] = [row, cost];
        });
        return best;
    }

    /** Rows whose CA lies in a rectangle of the box. */
    inside(from: Point, to: Point): Uint8Array {
        const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
        const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
        return Uint8Array.from(this.#projected(), (point) => (point && point.x >= left && point.x <= right
            && point.y >= top && point.y <= bottom ? 1 : 0));
    }

    /** The whole structure, or these rows, fill the view. */
    frameAll(): void {
        this.#viewer.zoomTo();
        this.draw();
    }

    turn(axis: 'x' | 'y', steps: number): void {
        this.#viewer.rotate(TURN * steps, axis);
        this.draw();
    }

    zoom(factor: number): void {
        this.#viewer.zoom(factor);
        this.draw();
    }

    /** To be called when the box has another size. */
    resized(): void {
        if (this.#box.clientWidth > 0 && this.#box.clientHeight > 0) this.#viewer.resize();
    }

    /** A PNG as a data address. */
    picture(): string {
        this.#viewer.render();
        return this.#viewer.pngURI();
    }

    dispose(): void {
        cancelAnimationFrame(this.#frame);
        this.#viewer.clear();
        this.#box.replaceChildren();
    }
}
