// SPDX-License-Identifier: MIT
//
// RareParts.tsx - letters, ties and states: folded, they say how much is set in them; open, they are loaded.
import {signal} from '@preact/signals';
import {report} from '../../state/page';
import type {Plan} from '../../state/plan';
import type {Opened} from '../../state/structures';
import {Part} from './Part';

const bodies = signal<typeof import('./rare') | null>(null);

async function load(): Promise<void> {
    if (bodies.value) return;
    try {
        bodies.value = await import('./rare');
    } catch (error) {
        report('The settings could not be loaded', error);
    }
}

export function RareParts({opened, plan}: {opened: Opened, plan: Plan}) {
    const {rules, ties, states} = plan, parts = bodies.value, given = {opened, plan};
    const ruleCount = rules.length === 1 ? '1 rule' : `${rules.length} rules`;
    return (
        <>
            <Part title="Letters" note={rules.length ? ruleCount : ''} onOpen={load}>
                {parts && <parts.LettersPart key={opened.key} {...given} />}
            </Part>
            <Part title="Ties" note={ties} onOpen={load}>
                {parts && <parts.TiesPart key={opened.key} {...given} />}
            </Part>
            <Part title="States" note={states.length ? `${states.length + 1} structures` : ''} onOpen={load}>
                {parts && <parts.StatesPart {...given} />}
            </Part>
        </>
    );
}
