// SPDX-License-Identifier: MIT
//
// About.tsx - what this is, in which version, with which weights, and whose work it rests on.
import preactLicence from '../../../node_modules/preact/LICENSE?raw';
import molstarLicence from '../../../node_modules/molstar/LICENSE?raw';
import signalsLicence from '../../../node_modules/@preact/signals/LICENSE?raw';
import {platform} from '#platform';
import {loading, model, version, weights} from '../state/models';

export function About() {
    const loaded = weights.value;
    return (
        <details class="about">
            <summary>About</summary>
            <p>
                Weft runs ProteinMPNN in this page. {platform.offline
                    ? 'The page holds all that it needs and requests nothing.'
                    : 'It requests its own files and nothing else; structures and sequences stay here.'}
            </p>
            <dl>
                <dt>Weft</dt>
                <dd>{version.value || 'loading'}</dd>
                <dt>Weights</dt>
                <dd class="name">{model.value.id}{loaded && !loaded.known ? ' (no published model)' : ''}</dd>
                <dt>Sum of the weights (SHA-256)</dt>
                <dd class="sum">{loaded ? loaded.sha256 : loading.value ? 'loading' : 'not known'}</dd>
            </dl>
            <p>
                Method and weights: J. Dauparas et al., Robust deep learning-based protein sequence design using
                ProteinMPNN, Science 378, 49 (2022), doi:10.1126/science.add2187.
            </p>
            <details>
                <summary>Licences</summary>
                <p>Weft and the weights of ProteinMPNN: MIT. This page also holds Preact, its signals and
                    the CIF readers of Mol*:</p>
                <pre tabIndex={0} aria-label="Licence of Preact">{preactLicence}</pre>
                <pre tabIndex={0} aria-label="Licence of signals">{signalsLicence}</pre>
                <pre tabIndex={0} aria-label="Licence of Mol*">{molstarLicence}</pre>
            </details>
        </details>
    );
}
