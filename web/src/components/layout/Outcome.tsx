// SPDX-License-Identifier: MIT
//
// Outcome.tsx - what runs made: the table of designs, and figures of them. Loaded with the first run.
import {useEffect, useState} from 'preact/hooks';
import {Figures} from '../figures/Figures';
import {Results} from '../results/Results';
import {Divider} from './Divider';

const LATER_MS = 60;

/** The figures come after the table, in a task of their own. */
export function Outcome() {
    const [figures, setFigures] = useState(false);
    useEffect(() => {
        const later = setTimeout(() => setFigures(true), LATER_MS);
        return () => clearTimeout(later);
    }, []);
    return (
        <div class="outcome">
            <Results />
            <Divider pane="figures" axis="y" after label="Size of the figures" />
            {figures ? <Figures /> : <section aria-label="Figures" />}
        </div>
    );
}
