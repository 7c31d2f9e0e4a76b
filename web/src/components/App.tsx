// SPDX-License-Identifier: MIT
//
// App.tsx - the page from top to bottom.
import {About} from './About';
import {Designs} from './Designs';
import {Progress} from './Progress';
import {SettingsForm} from './SettingsForm';
import {StructurePanel} from './StructurePanel';
import {Alert} from './Alert';

export function App() {
    return (
        <>
            <header>
                <h1>Weft</h1>
                <p>Designs protein sequences for a backbone, on your own machine. Nothing is uploaded.</p>
            </header>
            <main>
                <Alert />
                <div class="inputs">
                    <StructurePanel />
                    <SettingsForm />
                </div>
                <Progress />
                <Designs />
            </main>
            <footer><About /></footer>
        </>
    );
}
