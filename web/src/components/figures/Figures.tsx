// SPDX-License-Identifier: MIT
//
// Figures.tsx - logo, heat map and scores by residue.
export function Figures() {
    return <section aria-label="Figures"></section>;
}
