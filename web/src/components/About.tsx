// SPDX-License-Identifier: MIT
//
// About.tsx - a sheet with version, weights and licences; its text is loaded when somebody looks.
import {later} from './layout/later';
import {Sheet} from './Sheet';
import './about.css';

const AboutText = later(async () => (await import('./AboutText')).AboutText, <p class="note">Loading</p>);

export function About() {
    return <Sheet name="About" look="about"><AboutText /></Sheet>;
}
