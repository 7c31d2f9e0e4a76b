// SPDX-License-Identifier: MIT
//
// tokens.ts - the colours of style.css as numbers, for what is not drawn by CSS; they follow light and dark.
import {signal} from '@preact/signals';

const dark = matchMedia('(prefers-color-scheme: dark)');
/** Changes with the colours. */
export const ground = signal(dark.matches);
dark.addEventListener('change', () => { ground.value = dark.matches; });

/** 'var(--accent)' as what it stands for; other colours as they are, in hexadecimal. */
function looked(colour: string): string {
    const [, name] = /^var\((--[\w-]+)\)$/.exec(colour) ?? [];
    const text = name ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : colour;
    const parts = /^rgb\((\d+) (\d+) (\d+)\)$/.exec(text);
    if (!parts) return text;
    return `#${parts.slice(1).map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
}

/** The same, looked up once for each colour. */
export function palette(): (colour: string) => string {
    const known = new Map<string, string>();
    return (colour) => {
        const found = known.get(colour) ?? looked(colour);
        known.set(colour, found);
        return found;
    };
}
