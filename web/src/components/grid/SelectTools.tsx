// SPDX-License-Identifier: MIT
//
// SelectTools.tsx - what selects residues besides the mouse: text and what is measured; and what is then done.
import type {ComponentChildren} from 'preact';
import {
    choiceProblem, chooseFactor, chooseNear, chooseSecondary, chooseText, chooseTyped, factorLimit, factorSide,
    firstNear, joining, measuring, nearAngstrom, nearChoices, nearWhat, sceneOf, selectionText, textProblem
} from '../../state/measures';
import {designOnlySelected, designSelected, fixSelected, invertSelection, selectAll, selection, selectNone}
    from '../../state/selection';
import type {Opened} from '../../state/structures';
import {Tools} from '../roving';

interface Props {
    opened: Opened;
}

const EXAMPLES: readonly [string, string][] = [
    ['A', 'chain A'], ['A12-20', 'a range, by the numbers in the file'], ['B42D', 'a residue with an insertion code'],
    ['#7', 'the seventh residue of the file'], ['!A5', 'everything but A5'],
    ['within 6 of B', 'at most 6 angstrom from B'],
    ['interface', 'at another chain'], ['buried', 'in the core'], ['bfactor<70', 'by B-factor'],
    ['plddt>=90', 'by confidence of a predicted model'], ['letter:G', 'all glycines'],
    ['cdr:H3@imgt', 'a loop of an antibody in IMGT numbering']
];

/** Buttons that cannot be used now say so and keep the keyboard's focus. */
export function Act({label, can = true, children, onClick}:
    {label?: string, can?: boolean, children: ComponentChildren, onClick: () => void}) {
    return (
        <button type="button" aria-label={label} aria-disabled={!can} onClick={() => can && onClick()}>
            {children}
        </button>
    );
}

export function TextSelect({opened}: Props) {
    const problem = textProblem.value;
    const choose = (how: 'replace' | 'add') => void chooseTyped(opened, how);
    return (
        <form class="by-text" onSubmit={(event) => { event.preventDefault(); choose('replace'); }}>
            <input type="text" aria-label="Select by text" placeholder="Select by text: A12-20, within 6 of B"
                spellcheck={false} autocomplete="off" autocapitalize="off" value={selectionText.value}
                aria-invalid={problem !== ''} aria-describedby={problem ? 'text-problem' : undefined}
                onInput={(event) => {
                    selectionText.value = event.currentTarget.value;
                    textProblem.value = '';
                }} />
            <button type="submit">Select</button>
            <Act onClick={() => choose('add')}>Add</Act>
            {problem && <p id="text-problem" class="said wrong" role="alert">{problem}</p>}
            {measuring.value && <p class="said">Measuring distances …</p>}
        </form>
    );
}

export function Help() {
    return (
        <details>
            <summary>What can be typed</summary>
            <p class="note">Words and ranges with spaces or commas between; a ! in front inverts the whole list.</p>
            <ul class="examples">
                {EXAMPLES.map(([text, meaning]) => (
                    <li key={text}>
                        <button type="button" class="mono" onClick={() => { selectionText.value = text; }}>
                            {text}
                        </button>
                        {' '}{meaning}
                    </li>
                ))}
            </ul>
        </details>
    );
}

export function Everything({opened}: Props) {
    const some = selection.value.count > 0;
    return (
        <div class="buttons">
            <Act onClick={() => selectAll(opened)}>Select all</Act>
            <Act can={some} onClick={() => selectNone(opened)}>Select none</Act>
            <Act onClick={() => invertSelection(opened)}>Invert</Act>
        </div>
    );
}

function Near({opened}: Props) {
    const choices = nearChoices(opened);
    if (choices.length === 0) return null;
    return (
        <fieldset>
            <legend>Near</legend>
            <div class="buttons">
                <input type="number" aria-label="Distance, angstrom" min={0} step="any" value={nearAngstrom.value}
                    onInput={(event) => { nearAngstrom.value = event.currentTarget.value; }} />
                <span>Å of</span>
                <select aria-label="Near what" value={firstNear(opened)}
                    onChange={(event) => { nearWhat.value = event.currentTarget.value; }}>
                    {choices.map(({value, label}) => <option key={value} value={value}>{label}</option>)}
                </select>
                <Act onClick={() => void chooseNear(opened)}>Near</Act>
            </div>
        </fieldset>
    );
}

function Factor({opened}: Props) {
    return (
        <fieldset>
            <legend>B-factor, or pLDDT of a predicted model</legend>
            <div class="buttons">
                <select aria-label="B-factor is" value={factorSide.value}
                    onChange={(event) => { factorSide.value = event.currentTarget.value as typeof factorSide.value; }}>
                    <option value="<">below</option>
                    <option value="<=">at most</option>
                    <option value=">">above</option>
                    <option value=">=">at least</option>
                </select>
                <input type="number" aria-label="B-factor limit" step="any" value={factorLimit.value}
                    onInput={(event) => { factorLimit.value = event.currentTarget.value; }} />
                <Act label="Select by B-factor" onClick={() => void chooseFactor(opened)}>Choose</Act>
            </div>
        </fieldset>
    );
}

function Places({opened}: Props) {
    const {chains} = opened.structure, choose = (text: string) => void chooseText(opened, text);
    return (
        <fieldset>
            <legend>Place in the structure</legend>
            <div class="buttons">
                {chains.length > 1 && <Act onClick={() => choose('interface')}>Interface</Act>}
                <Act onClick={() => choose('buried')}>Buried</Act>
                <Act onClick={() => choose('!buried')}>Exposed</Act>
            </div>
        </fieldset>
    );
}

function Secondary({opened}: Props) {
    if (!sceneOf(opened)) return null;
    return (
        <fieldset>
            <legend>Secondary structure</legend>
            <div class="buttons">
                <Act onClick={() => chooseSecondary(opened, 'h')}>Helix</Act>
                <Act onClick={() => chooseSecondary(opened, 's')}>Strand</Act>
                <Act onClick={() => chooseSecondary(opened, 'c')}>Loop</Act>
            </div>
        </fieldset>
    );
}

/** Selecting by what is measured. */
export function Measures({opened}: Props) {
    return (
        <>
            <label class="field">
                What is chosen here
                <select value={joining.value}
                    onChange={(event) => { joining.value = event.currentTarget.value as typeof joining.value; }}>
                    <option value="replace">replaces the selection</option>
                    <option value="add">is added to the selection</option>
                    <option value="remove">is taken out of the selection</option>
                    <option value="common">stays selected, all else does not</option>
                </select>
            </label>
            <Near opened={opened} />
            <Places opened={opened} />
            <Factor opened={opened} />
            <Secondary opened={opened} />
            <p class="note" aria-live="polite">{measuring.value ? 'Measuring distances …' : choiceProblem.value}</p>
        </>
    );
}

/** What is done with the selected residues. */
export function Actions({opened, few = false}: Props & {few?: boolean}) {
    const can = selection.value.count > 0;
    return (
        <Tools name="Selected residues" look="buttons">
            <Act can={can} onClick={() => designSelected(opened)}>Design selected</Act>
            <Act can={can} onClick={() => fixSelected(opened)}>Keep selected</Act>
            {!few && <Only opened={opened} />}
        </Tools>
    );
}

export function Only({opened}: Props) {
    return (
        <Act can={selection.value.count > 0} onClick={() => designOnlySelected(opened)}>Design only these</Act>
    );
}
