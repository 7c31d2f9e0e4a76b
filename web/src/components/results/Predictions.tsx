// SPDX-License-Identifier: MIT
//
// Predictions.tsx - predicted structures beside the designs that they are of. Loaded when opened.
import {download} from '../../files/download';
import {commonName, partsOfRows} from '../../files/parts';
import {predictionsCsv} from '../../files/predictions';
import {report} from '../../state/page';
import {
    cancelReading, clearPredictions, type Measures, others, predictions, problem, reading, readPredictions,
    showPrediction
} from '../../state/predictions';
import {choose, nameOf} from '../../state/results';
import {capital} from '../../state/words';
import {Instead} from './Instead';
import './choosing.css';

/** Columns of the table: what, of which measure, with how many decimals. */
const COLUMNS: readonly [string, keyof Measures, number][] = [
    ['RMSD', 'rmsd', 2], ['RMSD designed', 'rmsdDesigned', 2], ['RMSD interface', 'rmsdInterface', 2],
    ['RMSD binder', 'rmsdBinder', 2],
    ['pLDDT', 'plddt', 1], ['PAE', 'pae', 2], ['pTM', 'ptm', 3], ['ipTM', 'iptm', 3]
];

function Files() {
    const going = reading.value;
    return (
        <div class="buttons">
            <label class="file-button">
                Choose files
                <input type="file" multiple aria-label="Predictions" aria-describedby="predictions-help"
                    disabled={going !== null}
                    onChange={(event) => {
                        const files = [...event.currentTarget.files ?? []];
                        event.currentTarget.value = '';   // so that the same files may be chosen again
                        void readPredictions(files);
                    }} />
            </label>
            {going && <button type="button" onClick={cancelReading}>Stop reading</button>}
            {going && <progress max={1} value={going.total ? going.done / going.total : 0}
                aria-label={`Reading ${going.total} predictions`} />}
            {predictions.value.length > 0 && <>
                <button type="button" onClick={() => void save()}>Save predictions as CSV</button>
                <button type="button" aria-disabled={going !== null}
                    onClick={() => { if (!going) clearPredictions(); }}>Clear predictions</button>
            </>}
        </div>
    );
}

async function save(): Promise<void> {
    try {
        const name = `${commonName(partsOfRows(predictions.value.map(({row}) => row)))}-predictions.csv`;
        download(name, await predictionsCsv(predictions.value), 'text/csv');
    } catch (error) {
        report('Save predictions', error);
    }
}

function Table() {
    return (
        <div class="chosen" role="region" aria-label="Predicted designs" tabIndex={0}>
            <table aria-label="Predicted designs">
                <thead>
                    <tr>
                        {['Design', 'Prediction', 'Structure', ...COLUMNS.map(([name]) => name)].map((name) =>
                            <th key={name} scope="col">{name}</th>)}
                    </tr>
                </thead>
                <tbody>
                    {predictions.value.map(({row, file, measures}) => (
                        <tr key={`${row.run.key} ${row.design.sample} ${file.name}`}>
                            <td><button type="button" class="plain" onClick={() => choose(row)}>
                                {nameOf(row)}</button></td>
                            <td class="file" title={file.name}>{file.name}</td>
                            <td><button type="button" aria-label={`Show ${file.name}`}
                                onClick={() => void showPrediction(file)}>Show</button></td>
                            {COLUMNS.map(([name, key, digits]) =>
                                <td key={name}>{measures[key]?.toFixed(digits) ?? ''}</td>)}
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function Others() {
    const {value} = others;
    if (value.length === 0) return null;
    return (
        <section aria-label="Files that are of no design">
            <h3>{value.length === 1 ? '1 file is of no design' : `${value.length} files are of no design`}</h3>
            <ul class="others">
                {value.map(({name, why}, i) =>
                    <li key={i}><strong>{name}</strong>: {why.replace(/\.$/, '')}.</li>)}
            </ul>
        </section>
    );
}

export function Predictions() {
    return (
        <Instead what="predictions" name="Predictions" look="predictions">
            <Files />
            <p class="note" id="predictions-help">
                Structures (.pdb, .cif, also .gz) and what lies beside them (JSON, .npz), of AlphaFold, Boltz, Chai,
                ColabFold, ESMFold and others. Each belongs to the designs that have its sequence. RMSD of CA atoms in
                angstrom: over all residues, the designed ones, those between chains, each superposed on itself; and of
                the designed chains, superposed on the others. pLDDT from the B-factors; PAE in angstrom.
            </p>
            <p class="fault" aria-live="polite">{problem.value && `${capital(problem.value)}.`}</p>
            {predictions.value.length > 0 && <Table />}
            <Others />
        </Instead>
    );
}
