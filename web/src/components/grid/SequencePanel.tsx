// SPDX-License-Identifier: MIT
//
// SequencePanel.tsx - the sequence grid under the tools that select in it. Where there is little room the tools are one
// line, and the rest of them opens over the page.
import {useRef} from 'preact/hooks';
import {countWords} from '../../state/measures';
import {announce} from '../../state/page';
import {plan} from '../../state/plan';
import {residueWords} from '../../state/residue_words';
import {chainRows, designed, pointed, select, selection} from '../../state/selection';
import {current, type Opened} from '../../state/structures';
import {chainLabel} from '../../state/words';
import {copyText} from '../clipboard';
import {useBox} from '../lines';
import {useRoving} from '../roving';
import {Popover} from './Popover';
import {Act, Actions, Everything, Help, Measures, Only, TextSelect} from './SelectTools';
import {SequenceGrid} from './SequenceGrid';
import './SequencePanel.css';

const ROOMY = {width: 540, height: 330};   // px from which all tools are in sight
const WIDE = 880;                          // px from which the one line has room for the text field
const SHOWN = 300;                         // characters of a selection that are shown; all are copied

function Chains({opened}: {opened: Opened}) {
    const box = useRef<HTMLDivElement>(null);
    return (
        <div ref={box} class="chains" role="group" aria-label="Chains" {...useRoving(box)}>
            {opened.structure.chains.map(({name, length}) => (
                <button key={name} type="button" title={`Select chain ${chainLabel(name)}, ${length} residues; `
                    + 'with Ctrl or Shift, add it'} aria-label={`Select chain ${chainLabel(name)}`}
                    onClick={({ctrlKey, metaKey, shiftKey}) =>
                        select(opened, chainRows(opened, name), ctrlKey || metaKey || shiftKey ? 'add' : 'replace')}>
                    {chainLabel(name)}
                </button>
            ))}
        </div>
    );
}

/** Copies the selection's text; where the page may not, it is marked so that a key copies it. */
async function copy(text: string, shown: HTMLElement | null): Promise<void> {
    try {
        await copyText(text);
        announce('The selection is copied.');
    } catch {
        if (shown) getSelection()?.selectAllChildren(shown);
        announce('The selection is marked; copy it with the keyboard.');
    }
}

function Selected() {
    const shown = useRef<HTMLElement>(null), {text} = selection.value;
    return (
        <div class="selected-text">
            <code ref={shown} class="mono" title={text.length > SHOWN ? undefined : text}>
                {text.length > SHOWN ? `${text.slice(0, SHOWN)} …` : text || 'Nothing is selected.'}
            </code>
            <Act label="Copy selection" can={text !== ''} onClick={() => void copy(text, shown.current)}>Copy</Act>
        </div>
    );
}

function Counts({opened}: {opened: Opened}) {
    return <p class="counts">{countWords(opened.structure.length, designed.value.count, selection.value.count)}</p>;
}

/** The residue under the pointer, in words. */
function Reading({opened}: {opened: Opened}) {
    const row = pointed.value, now = plan.value;
    const words = now && row >= 0 && row < opened.structure.length ? residueWords(opened.structure, now, row) : '';
    return <p class="reading note" aria-hidden="true">{words || 'Drag or shift-click for a run, Ctrl-click to add'}</p>;
}

const KEYS = 'Arrow keys move, with Shift they select; Space toggles, Ctrl+A selects all, Escape none; '
    + 'D designs and F keeps what is selected.';

function Keys({seen}: {seen: boolean}) {
    return <p id="residue-keys" class={seen ? 'note' : 'unseen'}>{KEYS}</p>;
}

function AllTools({opened}: {opened: Opened}) {
    return (
        <div class="tools">
            <div class="row">
                <Chains opened={opened} />
                <Counts opened={opened} />
                <Selected />
            </div>
            <div class="row">
                <TextSelect opened={opened} />
                <Popover id="more-selecting" label="More ways">
                    <Measures opened={opened} />
                    <Help />
                    <Keys seen />
                </Popover>
            </div>
            <div class="row">
                <Everything opened={opened} />
                <Actions opened={opened} />
                <Reading opened={opened} />
            </div>
        </div>
    );
}

function FewTools({opened, wide}: {opened: Opened, wide: boolean}) {
    return (
        <div class={wide ? 'tools few wide' : 'tools few'}>
            <div class="row">
                <Chains opened={opened} />
                <Counts opened={opened} />
                {wide && <TextSelect opened={opened} />}
                <Popover id="more-selecting" label="More ways">
                    {!wide && <TextSelect opened={opened} />}
                    <Everything opened={opened} />
                    <Only opened={opened} />
                    <Selected />
                    <Measures opened={opened} />
                    <Help />
                    <Keys seen />
                </Popover>
                <Actions opened={opened} few />
            </div>
        </div>
    );
}

export function SequencePanel() {
    const box = useRef<HTMLElement>(null), {width, height} = useBox(box), opened = current.value;
    const roomy = width >= ROOMY.width && height >= ROOMY.height;
    return (
        <section ref={box} aria-label="Sequence" class="sequence-panel">
            {opened && (roomy ? <AllTools opened={opened} /> : <FewTools opened={opened} wide={width >= WIDE} />)}
            <SequenceGrid />
        </section>
    );
}
