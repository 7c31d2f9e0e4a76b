// SPDX-License-Identifier: MIT
//
// main.tsx - the start of the page: draw it, take dropped files and keys anywhere, load the model meanwhile that the
// address or the preset names, bring back what the last visit left.
import {render} from 'preact';
import {App} from './components/App';
import {acceptDrops, acceptPastes} from './drop';
import {acceptKeys} from './keys';
import {followAddress} from './state/address';
import {prepare} from './state/models';
import './style.css';

followAddress();
render(<App />, document.getElementById('app') as HTMLElement);
acceptDrops(document);
acceptPastes(document);
acceptKeys(document);
void prepare();

/** What the last visit left comes back when the page has been drawn and rests. */
const whenIdle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
requestAnimationFrame(() => whenIdle(async () => (await import('./state/storage')).startKeeping()));
