// SPDX-License-Identifier: MIT
//
// main.tsx - the start of the page: draw it, take dropped files anywhere, load the preset model meanwhile.
import {render} from 'preact';
import {App} from './components/App';
import {acceptDrops} from './drop';
import {acceptKeys} from './keys';
import {prepare} from './state/models';
import './style.css';

render(<App />, document.getElementById('app') as HTMLElement);
acceptDrops(document);
acceptKeys(document);
void prepare();
