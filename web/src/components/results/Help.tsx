// SPDX-License-Identifier: MIT
//
// Help.tsx - what the numbers, marks and keys of the table mean.
export function Help() {
    return (
        <>
            <button type="button" class="help" popovertarget="results-help" aria-label="What the scores mean">?</button>
            <div popover="auto" id="results-help" class="results-help" role="dialog" aria-label="What the scores mean">
                <dl>
                    <dt>Score</dt>
                    <dd>Mean negative log-probability of the designed residues, in nats, at temperature 1.
                        <strong> Lower is better.</strong> exp(-score) is the confidence: the model's (geometric) mean
                        probability of a designed letter, 1 at most.</dd>
                    <dt>Recovery</dt>
                    <dd>Share of the designed residues that kept the file's letter.</dd>
                    <dt>Sequence</dt>
                    <dd>The designed chains, joined by /. Letters that differ from the native ones are underlined.</dd>
                    <dt>Filter</dt>
                    <dd>Words that must all fit: part of a structure's or model's name; a motif in the designed chains,
                        x for any letter (<code>GxxG</code>); or a comparison of score, recovery, T, seed or run
                        (<code>score&lt;0.9</code> <code>run=2</code>).</dd>
                    <dt>Keys in the table</dt>
                    <dd>Up and down move, Enter chooses, C marks for comparison (or click with Ctrl), Escape chooses
                        none.</dd>
                </dl>
                <button type="button" popovertarget="results-help" popovertargetaction="hide">Close</button>
            </div>
        </>
    );
}
