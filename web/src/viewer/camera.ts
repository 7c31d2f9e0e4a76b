// SPDX-License-Identifier: MIT
//
// camera.ts - from where the structure is seen: turned, moved, zoomed, fitted into the window.
//
//   turn, pan, zoom, fit --> view(), the eight numbers that 3Dmol takes: position, depth, rotation as a quaternion
import {type Point} from '3dmol/build/3Dmol.es6-min.js';

type Quaternion = readonly [x: number, y: number, z: number, w: number];
type Vector = readonly [x: number, y: number, z: number];

const EYE = 150, FIELD = 20;   // of 3Dmol's camera: its distance, and its field of view in degrees
const NEAREST = 12, FARTHEST = 3000, MARGIN = 3;   // angstrom
const SLOPE = Math.tan(FIELD / 2 * Math.PI / 180);

function product([ax, ay, az, aw]: Quaternion, [bx, by, bz, bw]: Quaternion): Quaternion {
    return [
        aw * bx + ax * bw + ay * bz - az * by, aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw, aw * bw - ax * bx - ay * by - az * bz
    ];
}

const inverse = ([x, y, z, w]: Quaternion): Quaternion => [-x, -y, -z, w];

function turned(q: Quaternion, [x, y, z]: Vector): Vector {
    const [a, b, c] = product(product(q, [x, y, z, 0]), inverse(q));
    return [a, b, c];
}

function about([x, y, z]: Vector, angle: number): Quaternion {
    const size = Math.hypot(x, y, z) || 1, sine = Math.sin(angle / 2) / size;
    return [x * sine, y * sine, z * sine, Math.cos(angle / 2)];
}

const cross = ([a, b, c]: Vector, [x, y, z]: Vector): Vector => [b * z - c * y, c * x - a * z, a * y - b * x];
const dot = ([a, b, c]: Vector, [x, y, z]: Vector) => a * x + b * y + c * z;

/** The direction along which points lie most apart, among those at right angles to one. */
function longest(points: readonly Vector[], without: Vector = [0, 0, 0]): Vector {
    let axis: Vector = [0.9, 0.37, 0.23];
    for (let step = 0; step < 30; step++) {
        const sum = [0, 0, 0];
        for (const point of points) {
            const along = dot(point, axis);
            for (let i = 0; i < 3; i++) sum[i] += along * point[i];
        }
        const off = dot(sum as unknown as Vector, without);
        const next = sum.map((value, i) => value - off * without[i]);
        const size = Math.hypot(...next) || 1;
        axis = [next[0] / size, next[1] / size, next[2] / size];
    }
    return axis;
}

/** The rotation that takes one direction to another. */
function between(from: Vector, to: Vector): Quaternion {
    const cosine = dot(from, to);
    if (cosine < -0.9999) return about(cross(from, Math.abs(from[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]), Math.PI);
    return about(cross(from, to), Math.acos(Math.min(1, cosine)));
}

const vectors = (points: readonly Point[], [cx, cy, cz]: Vector): Vector[] =>
    points.map(({x, y, z}) => [x - cx, y - cy, z - cz]);

function middle(points: readonly Point[]): Vector {
    const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
    for (const {x, y, z} of points) {
        [x, y, z].forEach((value, i) => {
            low[i] = Math.min(low[i], value);
            high[i] = Math.max(high[i], value);
        });
    }
    return [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2];
}

export class Camera {
    #position: Vector = [0, 0, 0];
    #distance = EYE;
    #rotation: Quaternion = [0, 0, 0, 1];

    view(): number[] {
        return [...this.#position, EYE - this.#distance, ...this.#rotation];
    }

    /** Angstrom for a pixel, where the middle of the structure is. */
    scale(height: number): number {
        return 2 * SLOPE * this.#distance / height;
    }

    /** How near to the eye points are: larger is nearer. */
    depths(points: readonly Point[]): Float32Array {
        return Float32Array.from(points, ({x, y, z}) => turned(this.#rotation, [x, y, z])[2]);
    }

    /** By angles in degrees: to the right, and down. */
    turn(right: number, down: number): void {
        const angle = Math.hypot(right, down) * Math.PI / 180;
        this.#rotation = product(about([down, right, 0], angle), this.#rotation);
        const size = Math.hypot(...this.#rotation);
        this.#rotation = this.#rotation.map((value) => value / size) as unknown as Quaternion;
    }

    /** By angstrom in the plane of the screen. */
    pan(right: number, up: number): void {
        const [x, y, z] = turned(inverse(this.#rotation), [right, up, 0]);
        this.#position = [this.#position[0] + x, this.#position[1] + y, this.#position[2] + z];
    }

    zoom(factor: number): void {
        this.#distance = Math.min(Math.max(this.#distance / factor, NEAREST), FARTHEST);
    }

    /** Looks at points so that the longest direction lies across. */
    layOut(points: readonly Point[], wide: boolean): void {
        if (points.length < 3) return;
        const around = vectors(points, middle(points)), first = longest(around), second = longest(around, first);
        const across = between(first, wide ? [1, 0, 0] : [0, 1, 0]);
        const [x, y, z] = turned(across, second);
        const flat = wide ? about([1, 0, 0], -Math.atan2(z, y)) : about([0, 1, 0], Math.atan2(z, x));
        this.#rotation = product(flat, across);
    }

    /** Comes as near as all points are still seen; gives how far they are from their middle, at most. */
    fit(points: readonly Point[], aspect: number): number {
        if (!points.length) return 0;
        let radius = MARGIN;
        const centre = middle(points);
        this.#position = [-centre[0], -centre[1], -centre[2]];
        this.#distance = NEAREST;
        for (const point of vectors(points, centre)) {
            const [x, y, z] = turned(this.#rotation, point);
            radius = Math.max(radius, Math.hypot(x, y, z));
            const needed = z + Math.max(Math.abs(y) + MARGIN, (Math.abs(x) + MARGIN) / aspect) / SLOPE;
            this.#distance = Math.min(Math.max(this.#distance, needed), FARTHEST);
        }
        return radius;
    }
}
