// SPDX-License-Identifier: MIT
//
// Welcome.tsx - what stands where the structure will be: what this is for, and the way through it.
import {platform} from '#platform';

export function Welcome() {
    return (
        <section class="welcome" aria-label="How it works">
            <h2>Sequences that fold into your backbone</h2>
            <p>
                ProteinMPNN on your own machine. Structures and sequences never leave it{platform.offline
                    ? ': this page requests nothing.' : '.'}
            </p>
            <ol>
                <li>
                    <strong>Open a structure.</strong> Drop a PDB, mmCIF or BinaryCIF file anywhere on this page (also
                    .gz or .zst, several at once), or try a sample.
                </li>
                <li>
                    <strong>Choose what to design.</strong> Whole chains, or residues that you select in the sequence or
                    in 3D. What you do not choose keeps its letter.
                </li>
                <li>
                    <strong>Press Design.</strong> Sequences arrive one by one with their scores; logo and heat map show
                    how sure the model is at each position.
                </li>
                <li>
                    <strong>Save.</strong> FASTA for a folding program, tables, structures with the new letters,
                    figures, or the whole project.
                </li>
            </ol>
        </section>
    );
}
