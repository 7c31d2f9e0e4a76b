// SPDX-License-Identifier: MIT
//
// viewer.ts - the structure in three dimensions: a small adapter around 3Dmol.js, which alone draws.
//
//   load(Structure, bytes) -> Geometry        look(colours, selection), point(row), turn, zoom --frame--> picture
//   pick(x, y) -> row                         inside(rectangle) -> rows
//
// There is one view as long as the page lives; the page puts its element where it is shown. Whatever changes, the
// picture is drawn at most once a frame, and a few pieces at a time.
import {createViewer, type Atom, type Model, type Shape, type Viewer} from '3dmol/build/3Dmol.es6-min.js';
import {type Structure} from '../../../wasm/index.js';
import {fileAtoms} from './atoms';
import {backboneAtoms, secondaryOf} from './backbone';
import {Camera} from './camera';
import {contentOf, nearRows, type Content} from './content';
import {breathe} from './pace';
import {addLigand, cuts, type Look, Piece} from './pieces';

export {type Look} from './pieces';

const PIECES = 2;            // that are drawn anew in one frame
const REACH = 1.9;           // angstrom from a residue's backbone that are still it; at least so many pixels:
const LEAST_REACH = 8;
const LAYER = 4;             // angstrom: what lies so much farther back is hidden
const POINTER = 1.25;        // angstrom
const DEEP = 2.2;            // radii of the structure, in front of its middle and behind, that can be seen

/** What is known of a structure once its file was looked through. */
export interface Geometry {
    secondary: string;
    ligands: readonly {id: string, label: string, atoms: number}[];
    bFactor: Float32Array;
    near(ids: readonly string[], angstrom: number): Uint8Array;
}

export interface Theme {
    background: string;
    point: string;
    ligand: string;
}

/** The name of what draws in three dimensions here; null where nothing can. */
function chipName(): string | null {
    try {
        const canvas = document.createElement('canvas');
        const gl = canvas.getContext('webgl2') ?? canvas.getContext('webgl');
        if (!gl) return null;
        const info = gl.getExtension('WEBGL_debug_renderer_info');
        const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
        gl.getExtension('WEBGL_lose_context')?.loseContext();   // browsers bear a few pictures at a time
        return name;
    } catch {
        return null;
    }
}

const chip = chipName();
/** Whether this browser can draw in three dimensions. */
export const canDraw = chip !== null;
/** Whether the processor draws in place of a graphics chip, and the page waits for it. */
const SLOW = /swiftshader|llvmpipe|software|basic render/i.test(chip ?? '');

function geometryFrom(secondary: string, {rows, ligands, bFactor}: Content): Geometry {
    return {
        secondary, bFactor, ligands: ligands.map(({id, label, atoms}) => ({id, label, atoms: atoms.length})),
        near: (ids, angstrom) =>
            nearRows(rows, ligands.filter(({id}) => ids.includes(id)).flatMap(({atoms}) => atoms), angstrom)
    };
}

/** The same without a picture, for browsers that cannot draw. */
export async function geometryOf(structure: Structure, bytes: Uint8Array): Promise<Geometry> {
    const secondary = secondaryOf(backboneAtoms(structure), structure.length);
    return geometryFrom(secondary, await contentOf(await fileAtoms(bytes, structure), structure));
}

export class View {
    readonly element: HTMLElement;
    readonly slow = SLOW;
    readonly #viewer: Viewer;
    readonly #camera = new Camera();
    /** when a structure stands in the picture */
    onDrawn: () => void = () => undefined;
    #theme: Theme;
    #pieces: Piece[] = [];
    #ligands: Model[] = [];
    #content: Content | null = null;
    #atoms: Atom[] = [];
    #points: Atom[] = [];
    #screen: {x: number, y: number}[] | null = null;
    #held: ResizeObserver | null = null;
    #place = '';   // of the element in the page, when #screen was found
    #look: Look | null = null;
    #pending: Piece[] = [];
    #pointed = -1;
    #pointer: Shape | null = null;
    #turn = [0, 0];
    #frame = 0;
    #dirty = {scene: false, camera: false, look: false};
    #loading = 0;

    constructor(theme: Theme) {
        this.#theme = theme;
        this.element = document.createElement('div');
        this.element.className = 'viewer-canvas';
        this.#viewer = createViewer(this.element, {
            nomouse: true, backgroundColor: theme.background, antialias: !this.slow, cartoonQuality: this.slow ? 3 : 6
        });
    }

    /** Shows a structure; resolves when its file was looked through, to null where another one took its place. */
    async load(structure: Structure, bytes: Uint8Array, shown: () => void): Promise<Geometry | null> {
        const turn = ++this.#loading;
        this.#clear();
        await breathe();
        this.#atoms = backboneAtoms(structure);
        const secondary = secondaryOf(this.#atoms, structure.length);
        await breathe();
        if (turn !== this.#loading) return null;
        for (const cut of cuts(structure.chains, secondary)) this.#addPiece(structure, cut);
        this.#points = this.#atoms;
        this.reset();
        shown();
        const content = await contentOf(await fileAtoms(bytes, structure), structure);
        if (turn !== this.#loading) return null;
        this.#content = content;
        this.#addLigands();
        this.#renew();
        return geometryFrom(secondary, content);
    }

    #addPiece({chains, chainOf}: Structure, [first, last]: [number, number]): void {
        const end = chains[chainOf[first]].start + chains[chainOf[first]].length;
        const behind = Math.min(last + 1, end - 1);
        const atoms = this.#atoms.filter(({row}) => row! >= first && row! <= behind);
        if (atoms.length) this.#pieces.push(new Piece(this.#viewer, [first, last], atoms));
    }

    #addLigands(): void {
        for (const model of this.#ligands) this.#viewer.removeModel(model);
        this.#ligands = (this.#content?.ligands ?? []).map(({atoms}) =>
            addLigand(this.#viewer, atoms, this.#theme.ligand));
        this.#schedule('scene');
    }

    #clear(): void {
        this.#viewer.removeAllModels();
        if (this.#pointer) this.#viewer.removeShape(this.#pointer);
        this.#pieces = [];
        this.#pending = [];
        this.#ligands = [];
        this.#points = [];
        this.#pointer = this.#content = this.#look = null;
        this.#pointed = -1;
        this.#schedule('scene');
    }

    /** Colours, selection and side chains as they shall be; what stays costs nothing. */
    look(look: Look): void {
        this.#look = look;
        this.#renew();
    }

    #renew(): void {
        this.#pending = [...this.#pieces];
        if (this.#look) this.#schedule('look');
    }

    theme(theme: Theme): void {
        this.#theme = theme;
        this.#viewer.setBackgroundColor(theme.background, 1);
        this.#addLigands();
        const row = this.#pointed;
        this.point(-1);
        this.point(row);
    }

    /** Marks the row under the pointer, or none with -1. */
    point(row: number): void {
        if (row === this.#pointed) return;
        this.#pointed = row;
        if (this.#pointer) this.#viewer.removeShape(this.#pointer);
        const at = this.#points.find((atom) => atom.row === row && atom.atom === 'CA');
        this.#pointer = at ? this.#viewer.addSphere(
            {center: at, radius: POINTER, color: this.#theme.point, opacity: 0.75}) : null;
        this.#schedule('scene');
    }

    /** By angles in degrees. */
    turn(right: number, down: number): void {
        this.#turn = [this.#turn[0] + right, this.#turn[1] + down];
        this.#schedule('camera');
    }

    /** By pixels. */
    pan(right: number, down: number): void {
        const scale = this.#camera.scale(this.element.clientHeight || 1);
        this.#camera.pan(right * scale, -down * scale);
        this.#schedule('camera');
    }

    zoom(factor: number): void {
        this.#camera.zoom(factor);
        this.#schedule('camera');
    }

    /** The whole structure, from the front. */
    reset(): void {
        this.#camera.layOut(this.#points.filter(({atom}) => atom === 'CA'), this.#aspect() >= 1);
        const radius = this.#camera.fit(this.#points, this.#aspect());
        this.#viewer.setSlab(-DEEP * radius, DEEP * radius);
        this.#schedule('camera');
    }

    #aspect(): number {
        return (this.element.clientWidth || 1) / (this.element.clientHeight || 1);
    }

    /** Draws nothing anew whatever room the picture gets: its middle is shown. Or lets it follow again. */
    hold(on: boolean): void {
        const {style, parentElement: room} = this.element;
        this.#held?.disconnect();
        this.#held = null;
        style.width = style.height = style.transform = '';
        if (!on || !room) return;
        const {width, height} = this.element.getBoundingClientRect();   // parts of pixels, too
        style.width = `${width}px`;
        style.height = `${height}px`;
        this.#held = new ResizeObserver(() => {
            const x = Math.round((room.clientWidth - width) / 2), y = Math.round((room.clientHeight - height) / 2);
            style.transform = `translate(${x}px, ${y}px)`;   // scaled, it would cost more than it saves
        });
        this.#held.observe(room);
    }

    resize(): void {
        if (this.element.clientWidth > 0) this.#viewer.resize();
    }

    #schedule(what: 'scene' | 'camera' | 'look'): void {
        this.#dirty[what] = true;
        if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#draw());
    }

    #draw(): void {
        this.#frame = 0;
        const {scene, camera} = this.#dirty;
        this.#dirty = {scene: false, camera: false, look: false};
        if (camera) {
            this.#camera.turn(this.#turn[0], this.#turn[1]);
            this.#turn = [0, 0];
            this.#screen = null;
        }
        const changed = this.#redo();
        if (camera) this.#viewer.setView(this.#camera.view());
        if (scene || changed) this.#viewer.render();
        if (this.#look && this.#pending.length) this.#schedule('look');
        else if (this.#look && this.#pieces.length) this.onDrawn();
    }

    /** Takes a few pieces up; true where one has changed. */
    #redo(): boolean {
        let done = 0;
        while (this.#look && this.#pending.length && done < PIECES) {
            if (this.#pending.shift()!.update(this.#look, this.#content?.rows ?? null)) done++;
        }
        return done > 0;
    }

    /** Where the backbone's atoms are in the page, in pixels; found anew where the picture was moved or resized. */
    #projected(): {x: number, y: number}[] {
        const {left, top, width, height} = this.element.getBoundingClientRect();
        const place = [left + scrollX, top + scrollY, width, height].join(' ');
        if (place !== this.#place) this.#screen = null;
        this.#place = place;
        this.#screen ??= this.#viewer.modelToScreen(this.#points);
        return this.#screen;
    }

    /** The row that is seen at a place of the window, or -1. */
    pick(clientX: number, clientY: number): number {
        if (!this.#points.length) return -1;
        const x = clientX + scrollX, y = clientY + scrollY, screen = this.#projected();
        const reach = Math.max(LEAST_REACH, REACH / this.#camera.scale(this.element.clientHeight || 1));
        const hits: number[] = [];
        for (let i = 0; i < screen.length; i++) {
            if (Math.hypot(screen[i].x - x, screen[i].y - y) <= reach) hits.push(i);
        }
        if (!hits.length) return -1;
        const depth = this.#camera.depths(hits.map((i) => this.#points[i])), front = Math.max(...depth) - LAYER;
        const far = (k: number) => Math.hypot(screen[hits[k]].x - x, screen[hits[k]].y - y);
        let best = -1;
        for (let k = 0; k < hits.length; k++) if (depth[k] >= front && (best < 0 || far(k) < far(best))) best = k;
        return this.#points[hits[best]].row!;
    }

    /** Rows whose CA is inside a rectangle of the window. */
    inside(left: number, top: number, right: number, bottom: number, length: number): Uint8Array {
        const rows = new Uint8Array(length), screen = this.#projected();
        this.#points.forEach(({atom, row}, i) => {
            const x = screen[i].x - scrollX, y = screen[i].y - scrollY;
            if (atom === 'CA' && x >= left && x <= right && y >= top && y <= bottom) rows[row!] = 1;
        });
        return rows;
    }

    /** What is seen, as PNG. */
    picture(): Promise<Blob> {
        const canvas = this.element.querySelector('canvas')!;
        return new Promise((resolve, reject) => {
            canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be made'))));
        });
    }
}
