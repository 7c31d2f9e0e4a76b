// SPDX-License-Identifier: MIT
//
// Viewer.tsx - the structure in three dimensions.
export function Viewer() {
    return <section aria-label="3D view" class="viewer"></section>;
}
