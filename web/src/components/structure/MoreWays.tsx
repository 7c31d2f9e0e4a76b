// SPDX-License-Identifier: MIT
//
// MoreWays.tsx - further ways to a structure: other samples, an entry of a database, text.
import {platform} from '#platform';
import {useState} from 'preact/hooks';
import {openText} from '../../drop';
import {openSample, samples} from '../../samples';
import {cancelFetch, type Database, databases, fetching, openEntry} from '../../state/fetching';

/** By id. The page says what is sent, and to whom. */
function ById() {
    const [database, setDatabase] = useState<Database>('pdb'), [id, setId] = useState('');
    const {host, example} = databases[database], going = fetching.value;
    const percent = going?.fraction ? `: ${Math.floor(100 * going.fraction)} %` : '';
    return (
        <form onSubmit={(event) => { event.preventDefault(); void openEntry(database, id); }}>
            <h2>From a database</h2>
            <div class="by-id">
                <select aria-label="Database" value={database}
                    onChange={(event) => setDatabase(event.currentTarget.value as Database)}>
                    {Object.entries(databases).map(([key, {name}]) => <option key={key} value={key}>{name}</option>)}
                </select>
                <input type="text" aria-label="Id" placeholder={example} value={id} autocomplete="off"
                    spellcheck={false} onInput={(event) => setId(event.currentTarget.value)} />
                {going ? <button type="button" onClick={cancelFetch}>Stop</button>
                    : <button type="submit">Fetch</button>}
            </div>
            <p class="note">
                {going ? `Fetching ${going.id}${percent}`
                    : `The id alone is sent, to ${host}.`}
            </p>
        </form>
    );
}

function ByText() {
    const [text, setText] = useState('');
    const open = async () => { if (await openText(text)) setText(''); };
    return (
        <form onSubmit={(event) => { event.preventDefault(); void open(); }}>
            <h2>Paste</h2>
            <textarea aria-label="Text of a structure" rows={3} value={text} spellcheck={false}
                placeholder="PDB or mmCIF text" onInput={(event) => setText(event.currentTarget.value)} />
            <button type="submit" aria-disabled={!text.trim()}>Open text</button>
        </form>
    );
}

export function MoreWays() {
    return (
        <>
            <h2>Samples</h2>
            <div class="samples">
                {samples.map((sample) => (
                    <button key={sample.id} type="button" class="plain" onClick={() => void openSample(sample)}>
                        {sample.text}
                    </button>
                ))}
            </div>
            {!platform.offline && <ById />}
            <ByText />
        </>
    );
}
