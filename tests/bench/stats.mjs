// SPDX-License-Identifier: MIT
//
// stats.mjs - medians, quartiles and a straight line.
//
//   spread(list) -> {median, low, high, rounds}      fit([{x, y}]) -> {a, b, worst}

function quantile(sorted, share) {
  const at = (sorted.length - 1) * share, below = Math.floor(at);
  const above = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (above - sorted[below]) * (at - below);
}

/** Median and quartiles. */
export function spread(list) {
  const sorted = list.slice().sort((a, b) => a - b);
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share));
  return {median, low, high, rounds: list.length};
}

/** y = a + b x with the least sum of squares of relative errors; worst is the greatest of them. */
export function fit(points) {
  let [n, x1, x2, y1, xy] = [0, 0, 0, 0, 0];
  for (const {x, y} of points) {
    const weight = 1 / (y * y);
    n += weight;
    x1 += weight * x;
    x2 += weight * x * x;
    y1 += weight * y;
    xy += weight * x * y;
  }
  const b = (n * xy - x1 * y1) / (n * x2 - x1 * x1), a = (y1 - b * x1) / n;
  return {a, b, worst: Math.max(...points.map(({x, y}) => Math.abs((a + b * x) / y - 1)))};
}
