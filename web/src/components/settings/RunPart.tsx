// SPDX-License-Identifier: MIT
//
// RunPart.tsx - what will run: in sentences, and as the command that gives the same sequences.
import {useRef} from 'preact/hooks';
import {download} from '../../files/download';
import {model} from '../../state/models';
import {announce} from '../../state/page';
import {asked, preview} from '../../state/preview';
import type {Command} from '../../state/request';
import {seed} from '../../state/settings';
import type {Opened} from '../../state/structures';
import {copyText} from '../clipboard';

/** Without a clipboard, as on a plain http address, the text is marked for the keys of the browser. */
async function copy(text: string, shown: HTMLElement | null): Promise<void> {
    try {
        await copyText(text);
        announce('Command copied.');
    } catch {
        if (shown) getSelection()?.selectAllChildren(shown);
        announce('The browser does not let the page copy: the command is selected, press Ctrl and C.');
    }
}

/** The command, broken between its words alone. */
function CommandText({text}: {text: string}) {
    return <>{text.split(' ').map((word, i) => <>{i > 0 && ' '}<span>{word}</span></>)}</>;
}

/** The structure, which may be a sample, and the tables that the command reads. */
function Files({opened, command}: {opened: Opened, command: Command}) {
    const files = [{name: opened.fileName, content: opened.bytes as BlobPart, type: 'application/octet-stream'},
        ...command.files.map(({name, text}) => ({name, content: text as BlobPart, type: 'application/json'}))];
    return (
        <div class="buttons">
            {files.map(({name, content, type}) => (
                <button key={name} type="button" class="link" title="A file that the command names"
                    onClick={() => download(name, content, type)}>Save {name}</button>
            ))}
        </div>
    );
}

/** All designed residues, where the sentence names only the first. */
function Designed({opened, design}: {opened: Opened, design: Uint8Array}) {
    return (
        <details class="whole">
            <summary>All designed residues</summary>
            <p class="mono">{opened.structure.describe(design).text.replaceAll(',', ', ')}</p>
        </details>
    );
}

export function RunPart() {
    const now = asked.value, {words, command, problems} = preview.value, shown = useRef<HTMLElement>(null);
    return (
        <section class="what-runs" aria-label="What will run" tabIndex={problems.length ? 0 : undefined}>
            <div class="what-runs-head">
                <h2>What will run</h2>
                {command && <button type="button" onClick={() => void copy(command.text, shown.current)}>
                    Copy command
                </button>}
            </div>
            {!now && <p class="note">Nothing yet: open a structure, or try the sample.</p>}
            {problems.length > 0 && <ul class="problems">{problems.map((text) => <li key={text}>{text}</li>)}</ul>}
            {words.map((text) => <p key={text}>{text}</p>)}
            {now && words.some((text) => / more ranges?/.test(text)) && <Designed {...now} design={now.plan.design} />}
            {now && command && <>
                <p class="note">{model.value.label}; {seed.value.trim() ? `seed ${seed.value.trim()}`
                    : 'a seed is drawn, and told with the results'}.</p>
                <pre class="command" tabIndex={0} aria-label="Command"><code ref={shown}>
                    <CommandText text={command.text} />
                </code></pre>
                <Files opened={now.opened} command={command} />
            </>}
        </section>
    );
}
