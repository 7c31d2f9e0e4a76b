// SPDX-License-Identifier: MIT
//
// licences.ts - the licences of the packages that the built page holds.
import threeDmol from '../../node_modules/3dmol/LICENSE?raw';
import plot from '../../node_modules/@observablehq/plot/LICENSE?raw';
import signals from '../../node_modules/@preact/signals/LICENSE?raw';
import virtual from '../../node_modules/@tanstack/virtual-core/LICENSE?raw';
import zip from '../../node_modules/client-zip/LICENSE.txt?raw';
import d3 from '../../node_modules/d3/LICENSE?raw';
import csv from '../../node_modules/d3-dsv/LICENSE?raw';
import zstd from '../../node_modules/fzstd/LICENSE?raw';
import keyval from '../../node_modules/idb-keyval/LICENCE?raw';
import molstar from '../../node_modules/molstar/LICENSE?raw';
import preact from '../../node_modules/preact/LICENSE?raw';
import workbox from '../../node_modules/workbox-precaching/LICENSE?raw';

export const licences = [
    {name: '3Dmol.js', text: threeDmol}, {name: 'Observable Plot', text: plot}, {name: 'D3', text: d3},
    {name: 'd3-dsv', text: csv}, {name: 'Preact', text: preact}, {name: 'Preact signals', text: signals},
    {name: 'TanStack Virtual', text: virtual}, {name: 'client-zip', text: zip}, {name: 'idb-keyval', text: keyval},
    {name: 'CIF readers of Mol*', text: molstar}, {name: 'fzstd', text: zstd}, {name: 'Workbox', text: workbox}
];
