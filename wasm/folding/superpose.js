/* SPDX-License-Identifier: MIT
 *
 * superpose.js - the rigid motion that lays one set of points on another as well as can be, and how well that is.
 *
 *   points, targets --covariance--> quaternion of the largest eigenvalue --> rotation, translation, RMSD
 *
 * W. Kabsch, Acta Cryst. A32, 922 (1976) for the problem; B. K. P. Horn, J. Opt. Soc. Am. A 4, 629 (1987) for the
 * solution by a unit quaternion, which is always a rotation: a mirror image is never laid on its original.
 */

/** @typedef {{rotation: Float64Array, from: Float64Array, to: Float64Array, rmsd: number}} Motion   x -> rotation (x -
 *     from) + to; rotation [3][3] */

const SWEEPS = 60;

/**
 * The eigenvector of the largest eigenvalue of a symmetric matrix [n][n], by Jacobi's rotations.
 * @param {Float64Array} matrix   is used up
 * @param {number} n
 */
function largestEigenvector(matrix, n) {
    const a = matrix, v = new Float64Array(n * n);
    for (let i = 0; i < n; i++) v[i * n + i] = 1;
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
        let off = 0;
        for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2;
        if (off < 1e-300) break;
        for (let p = 0; p < n; p++) {
            for (let q = p + 1; q < n; q++) {
                if (a[p * n + q] === 0) continue;
                const theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
                const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
                const c = 1 / Math.sqrt(t * t + 1), s = t * c;
                for (let k = 0; k < n; k++) {
                    const x = a[k * n + p], y = a[k * n + q];
                    a[k * n + p] = c * x - s * y;
                    a[k * n + q] = s * x + c * y;
                }
                for (let k = 0; k < n; k++) {
                    const x = a[p * n + k], y = a[q * n + k];
                    a[p * n + k] = c * x - s * y;
                    a[q * n + k] = s * x + c * y;
                    const u = v[k * n + p], w = v[k * n + q];
                    v[k * n + p] = c * u - s * w;
                    v[k * n + q] = s * u + c * w;
                }
            }
        }
    }
    let best = 0;
    for (let i = 1; i < n; i++) if (a[i * n + i] > a[best * n + best]) best = i;
    return Float64Array.from({length: n}, (_, k) => v[k * n + best]);
}

/** @param {ArrayLike<number>} points @param {number} count */
function centroid(points, count) {
    const mean = new Float64Array(3);
    for (let i = 0; i < 3 * count; i++) mean[i % 3] += points[i] / count;
    return mean;
}

/**
 * @param {ArrayLike<number>} points    [count][3] that move
 * @param {ArrayLike<number>} targets   [count][3] that stay; count at least 1
 * @returns {Motion}
 */
export function superpose(points, targets) {
    const count = points.length / 3, from = centroid(points, count), to = centroid(targets, count);
    const s = new Float64Array(9);
    for (let i = 0; i < count; i++) {
        for (let a = 0; a < 3; a++) {
            for (let b = 0; b < 3; b++) s[a * 3 + b] += (points[i * 3 + a] - from[a]) * (targets[i * 3 + b] - to[b]);
        }
    }
    const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
    const [w, x, y, z] = largestEigenvector(Float64Array.from([
        xx + yy + zz, yz - zy, zx - xz, xy - yx,
        yz - zy, xx - yy - zz, xy + yx, zx + xz,
        zx - xz, xy + yx, yy - xx - zz, yz + zy,
        xy - yx, zx + xz, yz + zy, zz - xx - yy
    ]), 4);
    const rotation = Float64Array.from([
        w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z
    ]);
    const motion = {rotation, from, to, rmsd: 0};
    motion.rmsd = rmsdAfter(motion, points, targets);
    return motion;
}

/**
 * Root of the mean squared distance between moved points and targets, which may be others than the motion was made for.
 * @param {Motion} motion
 * @param {ArrayLike<number>} points
 * @param {ArrayLike<number>} targets
 */
export function rmsdAfter({rotation, from, to}, points, targets) {
    const count = points.length / 3;
    let sum = 0;
    for (let i = 0; i < count; i++) {
        for (let a = 0; a < 3; a++) {
            let moved = to[a];
            for (let b = 0; b < 3; b++) moved += rotation[a * 3 + b] * (points[i * 3 + b] - from[b]);
            sum += (moved - targets[i * 3 + a]) ** 2;
        }
    }
    return Math.sqrt(sum / count);
}
