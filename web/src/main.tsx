// SPDX-License-Identifier: MIT
//
// main.tsx - the start of the page: draw it, take dropped files and keys anywhere, load the model meanwhile that the
// address or the preset names, bring back what the last visit left.
import {render} from 'preact';
import {App} from './components/App';
import {acceptDrops, acceptPastes} from './drop';
import {acceptKeys} from './keys';
import {followAddress} from './state/address';
import {keepPage} from './state/installed';
import {prepare} from './state/models';
import {report} from './state/page';
import './style.css';

followAddress();
render(<App />, document.getElementById('app') as HTMLElement);
acceptDrops(document);
acceptPastes(document);
acceptKeys(document);

/** The page keeps itself for visits without a network once nothing else is on its way. */
void prepare().then(() => {
    if (document.readyState === 'complete') keepPage();
    else addEventListener('load', keepPage);
});

/** What the last visit left comes back when the page has been drawn and rests. */
const whenIdle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
requestAnimationFrame(() => whenIdle(() => {
    import('./state/storage').then((it) => it.startKeeping(), (error) => report('This browser keeps nothing', error));
}));
