// SPDX-License-Identifier: MIT
//
// 3dmol.d.ts - the small part of 3Dmol.js that the adapter uses, in the build that is bundled.
declare module '3dmol/build/3Dmol.es6-min.js' {
    export interface Point {
        x: number;
        y: number;
        z: number;
    }

    export interface Atom extends Point {
        atom: string;
        elem: string;
        resn: string;
        chain: string;
        resi: number;
        icode?: string;
        altLoc?: string;
        hetflag?: boolean;
        b?: number;
        ss?: string;
        ssbegin?: boolean;
        ssend?: boolean;
        bonds?: number[];
        bondOrder?: number[];
        index?: number;
        style?: object;
        /** of the adapter: the row of the structure, -1 for none */
        row?: number;
    }

    export interface Style {
        cartoon?: {style?: string, arrows?: boolean, thickness?: number, colorfunc?: (atom: Atom) => string};
        stick?: {radius?: number, colorfunc?: (atom: Atom) => string};
        sphere?: {radius?: number, colorfunc?: (atom: Atom) => string};
    }

    export interface Model {
        addAtoms(atoms: Atom[]): void;
        assignBonds(): void;
        setStyle(selection: object, style: Style): void;
    }

    export interface Shape {
        readonly id?: number;
    }

    export interface Viewer {
        addModel(): Model;
        removeModel(model: Model): void;
        removeAllModels(): void;
        addSphere(spec: {center: Point, radius: number, color: string, opacity?: number}): Shape;
        removeShape(shape: Shape): void;
        render(): void;
        resize(): void;
        setSlab(near: number, far: number): void;
        /** position, depth, then the rotation as a quaternion x, y, z, w */
        setView(view: number[]): void;
        modelToScreen(points: Point[]): {x: number, y: number}[];
        setBackgroundColor(color: string, alpha: number): void;
    }

    export function createViewer(element: HTMLElement, options: object): Viewer;
    export const Parsers: {PDB(text: string, options: object): Atom[][]};
}
