// SPDX-License-Identifier: MIT
//
// SequencePanel.tsx - the sequence grid and the tools that select in it.
export function SequencePanel() {
    return <section aria-label="Sequence" class="sequence-panel"></section>;
}
