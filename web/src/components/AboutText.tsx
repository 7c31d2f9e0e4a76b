// SPDX-License-Identifier: MIT
//
// AboutText.tsx - what this is, in which version, with which weights, and whose work it rests on.
import {platform} from '#platform';
import {signal} from '@preact/signals';
import {newerWaits} from '../state/installed';
import {fromCache, loading, model, version, weights} from '../state/models';
import {report} from '../state/page';

/** Licences of what the page holds, loaded when somebody looks. */
const licences = signal<readonly {readonly name: string, readonly text: string}[] | null>(null);

function loadLicences(): void {
    import('../licences').then((it) => { licences.value = it.licences; }, (error) => report('Licences', error));
}

function Licences() {
    return (
        <details onToggle={(event) => { if (event.currentTarget.open && !licences.value) loadLicences(); }}>
            <summary>Licences</summary>
            <p>Weft and the weights of ProteinMPNN: MIT. This page also holds:</p>
            {licences.value?.map(({name, text}) => (
                <details key={name}>
                    <summary>{name}</summary>
                    <pre tabIndex={0} aria-label={`Licence of ${name}`}>{text}</pre>
                </details>
            ))}
        </details>
    );
}

export function AboutText() {
    const loaded = weights.value;
    return (
        <>
            <p>
                Weft runs ProteinMPNN in this page. {platform.offline
                    ? 'The page holds all that it needs and requests nothing.'
                    : 'It requests its own files, and entries of databases when you ask for one by id; structures and '
                        + 'sequences stay here.'}
            </p>
            <dl>
                <dt>Weft</dt>
                <dd>{version.value || 'loading'}</dd>
                {newerWaits.value && <dd class="note">
                    A newer version is here. It starts when this page is opened again after all its tabs were closed.
                </dd>}
                <dt>Weights</dt>
                <dd class="name">{model.value.id}{loaded && !loaded.known ? ' (no published model)' : ''}
                    {loaded && fromCache.value ? ', from the cache of an earlier visit' : ''}</dd>
                <dt>Sum of the weights (SHA-256)</dt>
                <dd class="name mono">{loaded ? loaded.sha256 : loading.value ? 'loading' : 'not known'}</dd>
            </dl>
            <p>
                Method and weights: J. Dauparas et al., Robust deep learning-based protein sequence design using
                ProteinMPNN, Science 378, 49 (2022), doi:10.1126/science.add2187.
            </p>
            <Licences />
        </>
    );
}
