// SPDX-License-Identifier: MIT
//
// Alignment.tsx - native, first and second sequence over each other, wrapped to the width there is, chain by chain.
//
//   A1        A11       A21         every tenth residue by its own number
//   MKTAYIAKQRQISFVKSHFSRQLEERLG    ^ where first and second differ
import {useLayoutEffect, useRef, useState} from 'preact/hooks';
import type {Comparison} from '../../state/comparison';
import {chainLabel} from '../../state/words';
import {overlay} from './letters';

const STEP = 10;   // residues between two numbers
const LABEL_PX = 88;

/** How many letters fit into a line, in steps of ten. */
function useLetters() {
    const box = useRef<HTMLDivElement>(null), probe = useRef<HTMLSpanElement>(null);
    const [letters, setLetters] = useState(0);
    useLayoutEffect(() => {
        const element = box.current as HTMLDivElement;
        const look = () => {
            const wide = (probe.current?.getBoundingClientRect().width ?? 0) / STEP || 8;
            setLetters(Math.max(STEP, Math.floor((element.clientWidth - LABEL_PX) / wide / STEP) * STEP));
        };
        const observer = new ResizeObserver(look);
        observer.observe(element);
        look();
        return () => observer.disconnect();
    }, []);
    return {box, probe, letters};
}

function ruler({opened: {structure}}: Comparison, from: number, to: number): string {
    let text = '';
    for (let row = from; row < to; row += STEP) text += structure.rowName(row).padEnd(STEP);
    return text;
}

function Line({of, from, to}: {of: Comparison, from: number, to: number}) {
    const {opened: {structure}, first, second} = of;
    const native = structure.sequence.slice(from, to), a = first.sequence.slice(from, to);
    const b = second.sequence.slice(from, to), twoDesigns = first.recovery === first.recovery;
    const marks = Array.from(a, (letter, i) => (letter === b[i] ? ' ' : '^')).join('');
    return (
        <div class="line" role="group" aria-label={`${structure.rowName(from)} to ${structure.rowName(to - 1)}`}>
            <span></span><span class="row ruler">{ruler(of, from, to)}</span>
            <span class="who">native</span><span class="row">{native}</span>
            {twoDesigns && <><span class="who">{label(first.title)}</span>
                <span class="row letters" {...overlay(a, native)}>{a}</span></>}
            <span class="who">{label(second.title)}</span><span class="row letters" {...overlay(b, native)}>{b}</span>
            <span></span><span class="row" aria-hidden="true">{marks}</span>
        </div>
    );
}

/** '#3 of 5L33, run 2' -> '#3, run 2' */
const label = (title: string) => title.replace(/ of .*(?=, run)/, '');

export function Alignment({of}: {of: Comparison}) {
    const {box, probe, letters} = useLetters(), {structure} = of.opened;
    return (
        <div class="alignment" ref={box}>
            <span class="probe" ref={probe} aria-hidden="true">{'0'.repeat(STEP)}</span>
            {letters > 0 && structure.chainsWith(of.design).map(({name, start, length}) => (
                <div key={name}>
                    <h4>Chain {chainLabel(name)}</h4>
                    {Array.from({length: Math.ceil(length / letters)}, (_, i) => start + i * letters).map((from) => (
                        <Line key={from} of={of} from={from} to={Math.min(from + letters, start + length)} />
                    ))}
                </div>
            ))}
        </div>
    );
}
