// SPDX-License-Identifier: MIT
//
// citations.ts - what to cite for runs, as BibTeX.
//
//   models of the runs, version --citationsOf--> entries, those of CITATION.cff first

export interface Citation {
    readonly key: string;
    /** for a text: Dauparas et al., Science 378, 49 (2022) */
    readonly short: string;
    readonly bibtex: string;
}

const entry = (kind: string, key: string, fields: Record<string, string>) =>
    `@${kind}{${key},\n${Object.entries(fields).map(([name, value]) => `  ${name} = {${value}}`).join(',\n')}\n}\n`;

const proteinMpnn: Citation = {
    key: 'dauparas2022proteinmpnn',
    short: 'Dauparas et al., Science 378, 49-56 (2022), doi:10.1126/science.add2187',
    bibtex: entry('article', 'dauparas2022proteinmpnn', {
        title: 'Robust deep learning-based protein sequence design using {ProteinMPNN}',
        author: 'Dauparas, J. and Anishchenko, I. and Bennett, N. and Bai, H. and Ragotte, R. J. and Milles, L. F. and '
            + 'Wicky, B. I. M. and Courbet, A. and de Haas, R. J. and Bethel, N. and Leung, P. J. Y. and '
            + 'Huddy, T. F. and Pellock, S. and Tischer, D. and Chan, F. and Koepnick, B. and Nguyen, H. and '
            + 'Kang, A. and Sankaran, B. and Bera, A. K. and King, N. P. and Baker, D.',
        journal: 'Science', volume: '378', number: '6615', pages: '49--56', year: '2022', doi: '10.1126/science.add2187'
    })
};

const ligandMpnn: Citation = {
    key: 'dauparas2025ligandmpnn',
    short: 'Dauparas et al., Nature Methods 22, 717-723 (2025), doi:10.1038/s41592-025-02626-1',
    bibtex: entry('article', 'dauparas2025ligandmpnn', {
        title: 'Atomic context-conditioned protein sequence design using {LigandMPNN}',
        author: 'Dauparas, Justas and Lee, Gyu Rie and Pecoraro, Robert and An, Linna and Anishchenko, Ivan and '
            + 'Glasscock, Cameron and Baker, David',
        journal: 'Nature Methods', volume: '22', pages: '717--723', year: '2025', doi: '10.1038/s41592-025-02626-1'
    })
};

const weft = (version: string): Citation => ({
    key: 'weft',
    short: `Weft ${version}`.trim(),
    bibtex: entry('software', 'weft', {
        title: '{Weft}: protein sequence design in the browser and {Node}', author: '{the Weft authors}',
        ...(version && {version}), license: 'MIT'
    })
});

/** Whether a model came with the paper on LigandMPNN. */
const isOfLigandMpnn = (model: string) => /^(solublempnn|ligandmpnn|global_label|per_residue_label)/.test(model);

export interface Cited {
    models: readonly string[];
    version: string;
}

export const citationsOf = ({models, version}: Cited): Citation[] =>
    [proteinMpnn, ...(models.some(isOfLigandMpnn) ? [ligandMpnn] : []), weft(version)];

export const bibtexOf = (cited: Cited): string => citationsOf(cited).map(({bibtex}) => bibtex).join('\n');
