// SPDX-License-Identifier: MIT
//
// SaveFigure.tsx - the figure that is shown, as a file.
import {download} from '../../files/download';
import {columnsOf} from '../../figures/columns';
import {mapSvg, NEAR} from '../../figures/couplings';
import {scale, tab, tabs} from '../../state/charts';
import {coupled} from '../../state/couplings';
import {report} from '../../state/page';
import {profile, source, sources} from '../../state/profile';
import {gains} from '../../state/scoring';
import {current} from '../../state/structures';
import {shownRows} from './LetterFigure';
import {scanColumns} from './Scan';
import {scoreSeries} from './ScoreFigure';

/** The shown figure as SVG, with the name of the structure; null where nothing is shown. */
async function drawn(): Promise<{name: string, svg: string} | null> {
    const files = await import('../../figures/files'), shown = profile.value, opened = current.value;
    if (tab.value === 'scores' && scoreSeries.value) {
        const {name} = scoreSeries.value.run.opened;
        return {name, svg: await files.scoresSvg(`${name}: negative log-probability by residue`, scoreSeries.value)};
    }
    if (tab.value === 'scan' && gains.value && opened) {
        const {name} = opened;
        return {name, svg: await files.scanSvg(`${name}: log p(letter) - log p(native), nats`, scanColumns.value)};
    }
    if (tab.value === 'couplings' && coupled.value) {
        const {opened: {name}} = coupled.value;
        return {name, svg: mapSvg(`${name}: couplings (above), CA atoms within ${NEAR} \u00c5 (below)`, coupled.value)};
    }
    if (!shown || (tab.value !== 'logo' && tab.value !== 'heat')) return null;
    const {opened: {name, structure}, table} = shown, columns = columnsOf(structure, table, shownRows(shown));
    const title = `${name}. ${sources[source.value]}`;
    return {name, svg: await (tab.value === 'logo' ? files.logoSvg(title, columns, scale.value)
        : files.heatMapSvg(title, columns))};
}

async function save(kind: 'svg' | 'png'): Promise<void> {
    try {
        const made = await drawn();
        if (!made) return;
        const name = `${made.name}_${tabs[tab.value].toLowerCase().replaceAll(' ', '_')}.${kind}`;
        if (kind === 'svg') download(name, made.svg, 'image/svg+xml');
        else download(name, await (await import('../../figures/files')).pngOf(made.svg), 'image/png');
    } catch (error) {
        report('Save the figure', error);
    }
}

export function SaveFigure() {
    const some = tab.value === 'scores' ? scoreSeries.value : tab.value === 'scan' ? gains.value
        : tab.value === 'couplings' ? coupled.value : tab.value === 'sequences' ? null : profile.value;
    return (
        <div class="buttons save-figure">
            <button type="button" class="plain" aria-disabled={!some} aria-label="Save SVG"
                title="Save this figure as SVG" onClick={() => { if (some) void save('svg'); }}>SVG</button>
            <button type="button" class="plain" aria-disabled={!some} aria-label="Save PNG"
                title="Save this figure as PNG" onClick={() => { if (some) void save('png'); }}>PNG</button>
        </div>
    );
}
