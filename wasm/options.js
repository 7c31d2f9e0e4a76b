/* SPDX-License-Identifier: MIT
 *
 * options.js - the one table of options: what the command line reads, what its help says, what a form shows.
 *
 *   table -> configuration of node:util parseArgs        table -> help text        table -> columns of a manifest
 */
import {defaultModel} from './models.js';

/** @typedef {'design' | 'score' | 'probs' | 'scan' | 'jacobian' | 'evaluate' | 'select' |
 *     'export-fold' | 'import-fold' | 'rerun' | 'info'} Command */

/**
 * @typedef {object} Option
 * @property {string} name
 * @property {string} [short]
 * @property {'string' | 'boolean'} type
 * @property {string} [value]      how help names the value
 * @property {string} [default]
 * @property {readonly string[]} [choices]
 * @property {string} help
 * @property {boolean} [each]      belongs to a structure: may be a column of --manifest
 * @property {true | 'list'} [path]   the value names a file, or may name one; or is a list of files
 * @property {'Model' | 'What is designed' | 'Letters' | 'Sampling' | 'Choice' | 'Filters' | 'Folding' |
 *     'Output'} group
 * @property {readonly Command[]} commands
 */

/** @type {readonly Command[]} */
const chosen = ['design', 'score', 'probs', 'scan', 'jacobian'];
/** @type {readonly Command[]} */
const runs = [...chosen, 'evaluate'];
/** @type {readonly Command[]} */
const folding = ['export-fold', 'import-fold'];
/** @type {readonly Command[]} */
const all = [...runs, 'select', ...folding, 'rerun', 'info'];

/** @type {readonly Option[]} */
export const options = [
    {name: 'model', short: 'm', type: 'string', value: 'MODEL', default: defaultModel, group: 'Model', commands: runs,
        path: true, help: 'id (weft weights list), path or URL of an .eqx, .eqx.gz, .eqx.zst or .pt file'},
    {name: 'neighbors', type: 'string', value: 'K', group: 'Model', commands: runs,
        help: "neighbours of each residue, in place of the model's 48; 32 take 0.7 of the time, but recover less: "
            + '0.457 of the letters for 0.472 (16: 0.4 of the time, 0.387)'},
    {name: 'features', type: 'string', each: true, value: 'WAY', choices: ['gaps', 'file-order'], group: 'Model',
        commands: chosen, help: 'gaps: missing numbers are filled, as in ProteinMPNN; file-order: residues as they '
            + "stand in the file, as in LigandMPNN (default: the model's way)"},

    {name: 'chains', type: 'string', each: true, value: 'A,B|all', group: 'What is designed', commands: chosen,
        help: 'chains to design; needed where the chains have different sequences'},
    {name: 'assembly', type: 'string', each: true, value: 'ID', group: 'What is designed',
        commands: [...chosen, 'info'], help: 'the biological assembly that the structure file describes under this '
            + 'name, mostly 1; copies of chain A are A-2, A-3, ...'},
    {name: 'design', type: 'string', each: true, value: 'SEL', group: 'What is designed', commands: chosen,
        help: 'residues to design, such as A12-20,B42D,#7 or !A5'},
    {name: 'fix', type: 'string', each: true, value: 'SEL', group: 'What is designed', commands: chosen,
        help: 'residues that keep their letter'},
    {name: 'fix-from', type: 'string', each: true, path: true, value: 'WHAT', group: 'What is designed',
        commands: ['design'], help: 'also keep a motif: trb (NAME.trb of RFdiffusion beside the structure) or a path '
            + 'of one, remark666 (Rosetta\'s matcher), labels (REMARK PDBinfo-LABEL ... FIXED)'},
    {name: 'models', type: 'string', each: true, value: 'N|all', group: 'What is designed',
        commands: [...chosen, 'info'], help: 'the model of that number in place of the first; or each of them, as a '
            + 'structure of its own (not for probs)'},
    {name: 'altloc', type: 'string', each: true, value: 'WHICH', default: 'first', group: 'What is designed',
        choices: ['first', 'occupancy'], commands: [...chosen, 'info'],
        help: 'alternate locations: the first of each atom, or the one with the highest occupancy in each residue'},
    {name: 'states', type: 'string', each: true, path: 'list', value: 'FILE[:W],...', group: 'What is designed',
        commands: ['design'], help: 'further backbones for the same sequences, residues matched by chain and number; '
            + 'a weight below 0 designs against one'},
    {name: 'conformers', type: 'string', each: true, path: 'list', value: 'FILE[:W],...', group: 'What is designed',
        commands: chosen, help: 'further backbones of the same residues, averaged with the structure, with weights'},
    {name: 'average', type: 'string', value: 'WHAT', default: 'encodings', group: 'What is designed',
        choices: ['encodings', 'logits', 'none'], commands: ['probs'], help: 'of --conformers and levels of --noise: '
            + 'what the encoder makes of them; the logits of each; or nothing, and the output has an axis for each'},
    {name: 'average', type: 'string', value: 'WHAT', default: 'encodings', group: 'What is designed',
        choices: ['encodings', 'none'], commands: ['score'], help: 'of --conformers and levels of --noise: what the '
            + 'encoder makes of them; or nothing, and each has its scores'},
    {name: 'manifest', type: 'string', path: true, value: 'FILE', group: 'What is designed', commands: ['design'],
        help: 'a .csv or .jsonl file with one structure in each row, in place of STRUCTURE'},

    {name: 'set', type: 'string', each: true, value: 'A45H,...', group: 'Letters', commands: chosen,
        help: 'letters of residues that stay fixed'},
    {name: 'set-from', type: 'string', value: 'FILE.fa', group: 'Letters', commands: chosen,
        each: true, path: true, help: "letters of all residues before the design, in place of the file's"},
    {name: 'bias', type: 'string', value: 'A:0.5,...|FILE', group: 'Letters', commands: ['design'],
        each: true, path: true,
        help: 'nats added to a letter; a JSON file may hold {letter: nats} or {selection: {letter: nats}}'},
    {name: 'omit', type: 'string', each: true, path: true, value: 'C|FILE', group: 'Letters', commands: ['design'],
        help: 'letters never to design (X never is); a JSON file may hold {selection: letters}'},

    {name: 'native-bias', type: 'string', each: true, value: 'NATS', group: 'Letters', commands: ['design'],
        help: 'nats added to the letter that the file has at each residue'},
    {name: 'alignment', type: 'string', each: true, path: 'list', value: '[A=]FILE,...', group: 'Letters',
        commands: ['design'], help: 'related sequences, A3M or aligned FASTA, query first; for the next two'},
    {name: 'pssm-weight', type: 'string', each: true, value: 'W', group: 'Letters', commands: ['design'],
        help: "share of the alignment's probabilities (or of --pssm) in what is drawn from, 0 to 1"},
    {name: 'fix-conserved', type: 'string', each: true, value: 'SHARE', group: 'Letters', commands: ['design'],
        help: 'residues stay whose letter has at least this share of their column, such as 0.9'},
    {name: 'pssm', type: 'string', each: true, path: true, value: 'FILE.jsonl', group: 'Letters', commands: ['design'],
        help: 'matrices that make_pssm_input_dict.py of ProteinMPNN wrote, in place of an alignment'},

    {name: 'tie', type: 'string', each: true, value: 'GROUPS', group: 'Letters', commands: ['design'],
        help: 'residues that get one letter: homomer, copies (of an --assembly), A=B, A,B=C,D, repeat:A,35,5, '
            + 'A12-20=B12-20, A12*1=B12*-0.5'},
    {name: 'tie-rule', type: 'string', value: 'RULE', default: 'logits', group: 'Letters', commands: ['design'],
        each: true, choices: ['logits', 'geometric', 'arithmetic', 'product'],
        help: 'how tied residues agree: mean of logits; geometric or arithmetic mean, or product of probabilities'},

    {name: 'count', short: 'n', type: 'string', value: 'N', default: '8', group: 'Sampling', commands: ['design'],
        each: true, help: 'sequences for each temperature'},
    {name: 'temperature', short: 'T', type: 'string', each: true, value: 'T,...', default: '0.1', group: 'Sampling',
        commands: ['design'], help: 'sampling temperatures; 0 takes the most probable letter'},
    {name: 'final-temperature', type: 'string', each: true, value: 'T', group: 'Sampling', commands: ['design'],
        help: 'the temperature falls or rises to this one along the decoding'},
    {name: 'temperature-at', type: 'string', each: true, value: 'SEL:T;...', group: 'Sampling', commands: ['design'],
        help: 'temperatures of some residues, such as A12-20:0.5'},
    {name: 'count', short: 'n', type: 'string', value: 'N', default: '1', group: 'Sampling', commands: ['evaluate'],
        help: 'sequences for each entry'},
    {name: 'temperature', short: 'T', type: 'string', value: 'T', default: '0.1', group: 'Sampling',
        commands: ['evaluate'], help: 'sampling temperature; 0 takes the most probable letter'},
    {name: 'seed', short: 's', type: 'string', each: true, value: 'SEED', group: 'Sampling', commands: runs,
        help: 'a whole number; the same seed gives the same results everywhere (default: drawn and printed)'},
    {name: 'noise', type: 'string', each: true, value: 'SIGMA,...', group: 'Sampling', commands: chosen,
        help: 'Gaussian noise on N, CA, C and O before the network sees them, in angstrom, from the seed; several '
            + 'levels are averaged'},
    {name: 'order', type: 'string', value: 'ORDER', default: 'random', group: 'Sampling', commands: chosen,
        each: true, path: true,
        help: 'decoding order: random, n-to-c, or a .npy or JSON file with a permutation of all rows'},
    {name: 'batch', type: 'string', value: 'N', default: '8', group: 'Sampling',
        commands: ['design', 'score', 'evaluate', 'rerun'],
        help: 'sequences side by side; changes speed and memory alone'},
    {name: 'threads', type: 'string', value: 'N', group: 'Sampling', commands: [...runs, 'rerun'],
        help: 'workers, 0 for none; changes speed and memory alone (default: one for each core, at most 8)'},
    {name: 'fast', type: 'boolean', group: 'Sampling', commands: runs,
        help: 'fused arithmetic: faster, but last digits, and rarely a letter, may differ on other machines'},
    {name: 'sequences', type: 'string', value: 'FILE.fa', group: 'Sampling', commands: ['score'],
        help: "sequences to score (default: the structure's own)"},
    {name: 'unbound', type: 'boolean', group: 'Sampling', commands: ['score'],
        help: 'also without the chains that are not scored, and the difference: below 0 the partner helps'},
    {name: 'orders', type: 'string', value: 'N', default: '1', group: 'Sampling',
        commands: ['score', 'scan', 'jacobian', 'evaluate'],
        help: 'random decoding orders to average over'},
    {name: 'mode', type: 'string', value: 'MODE', default: 'all-others', group: 'Sampling', commands: ['scan'],
        choices: ['unconditional', 'all-others', 'sequence'],
        help: 'log p of the letter given the backbone alone, or all other letters; or log p of the whole mutant, slow'},
    {name: 'doubles', type: 'boolean', group: 'Sampling', commands: ['scan'],
        help: 'two mutations at once, in each pair of the chosen residues'},
    {name: 'pseudo', type: 'boolean', group: 'Sampling', commands: ['score'],
        help: 'also the pseudo-perplexity: exp of the mean of -log p(letter | all others)'},
    {name: 'mode', type: 'string', value: 'MODE', default: 'unconditional', group: 'Sampling', commands: ['probs'],
        choices: ['unconditional', 'autoregressive', 'conditional', 'all-others'],
        help: 'given the backbone alone; also the letters decoded earlier; or all other letters'},

    {name: 'separation', type: 'string', value: 'N', default: '6', group: 'Output', commands: ['jacobian'],
        help: 'pairs of a chain are listed from this many residues apart'},
    {name: 'pairs', type: 'string', value: 'N', group: 'Output', commands: ['jacobian'],
        help: 'how many pairs are listed (default: as many as residues)'},
    {name: 'full', type: 'boolean', group: 'Output', commands: ['jacobian'],
        help: 'in FILE.npz the Jacobian itself, too: 1600 bytes for each pair of residues'},
    {name: 'output', short: 'o', type: 'string', value: 'FILE', group: 'Output', commands: ['scan', 'jacobian'],
        help: 'write FILE.csv, FILE.npz or FILE.json instead of a table on stdout'},
    {name: 'output', short: 'o', type: 'string', value: 'FILE', group: 'Output', commands: ['score'],
        help: 'write FILE.csv, FILE.npz (with the score of each residue) or FILE.json instead of a table on stdout'},
    {name: 'count', short: 'n', type: 'string', value: 'N', default: '24', group: 'Choice', commands: ['select'],
        help: 'how many to choose'},
    {name: 'diversity', type: 'string', value: 'SHARE', default: '0.5', group: 'Choice', commands: ['select'],
        help: 'what the distance to those already chosen counts beside the score: 0 takes the best scores, 1 goes by '
            + 'distance alone'},
    {name: 'identity', type: 'string', value: 'SHARE', group: 'Choice', commands: ['select'],
        help: 'of candidates that are at least so alike the best alone may be chosen, such as 0.9'},
    {name: 'positions', type: 'string', value: 'WHICH', default: 'all', choices: ['all', 'varied'], group: 'Choice',
        commands: ['select'], help: 'which ones are compared; varied: without those where all candidates agree, as '
            + 'fixed ones do'},
    {name: 'score-scale', type: 'string', value: 'SCALE', default: 'rank', choices: ['rank', 'range'],
        group: 'Choice', commands: ['select'],
        help: 'scores beside distances: 1 for the best to 0 for the worst, by rank or in proportion'},
    {name: 'score-column', type: 'string', value: 'NAME', group: 'Choice', commands: ['select'],
        help: 'column of the tables that holds the score, lower is better (default: score)'},

    {name: 'no-glycosylation', type: 'boolean', group: 'Filters', commands: ['select'],
        help: 'no N-X-S and N-X-T, where X is not P'},
    {name: 'sequon-cysteine', type: 'boolean', group: 'Filters', commands: ['select'],
        help: 'the same, and no N-X-C either'},
    {name: 'cysteines', type: 'string', value: 'WHICH', choices: ['any', 'odd', 'unpaired'], group: 'Filters',
        commands: ['select'], help: 'reject these: any; an odd number in a chain; those with no partner for a '
            + 'disulfide on the --backbone'},
    {name: 'backbone', type: 'string', path: 'list', value: 'FILE,...', group: 'Filters', commands: ['select'],
        help: 'for unpaired cysteines, the structure; of several, each serves the designs of its name'},
    {name: 'disulfide', type: 'string', value: 'DISTANCE', default: '4.5', group: 'Filters', commands: ['select'],
        help: 'up to which cysteines are partners, CB to CB, in angstrom'},
    {name: 'run-length', type: 'string', value: 'N', group: 'Filters', commands: ['select'],
        help: 'no letter N or more times in a row, such as 5'},
    {name: 'low-complexity', type: 'string', value: 'seg|W,K1,K2', group: 'Filters', commands: ['select'],
        help: 'no W residues of at most K1 bits of entropy, extended to K2; seg is 12,2.2,2.5'},
    {name: 'hydrophobic', type: 'string', value: 'span|W,MEAN', group: 'Filters', commands: ['select'],
        help: 'no W residues of a mean hydropathy above MEAN; span is 19,1.6'},
    {name: 'charge', type: 'string', value: 'LOW..HIGH', group: 'Filters', commands: ['select'],
        help: 'net charge that is allowed; either end may be left out (--charge=-10..5)'},
    {name: 'ph', type: 'string', value: 'PH', default: '7.4', group: 'Filters', commands: ['select'],
        help: 'of the charge, also in the results'},
    {name: 'pi', type: 'string', value: 'LOW..HIGH', group: 'Filters', commands: ['select'],
        help: 'isoelectric point that is allowed'},
    {name: 'liabilities', type: 'string', value: 'NAME,...', group: 'Filters', commands: ['select'],
        help: 'none of deamidation (N-[GS]), isomerization (D-[GS]), oxidation (M)'},
    {name: 'motif', type: 'string', value: 'PATTERN,...', group: 'Filters', commands: ['select'],
        help: "none of these, in PROSITE's notation: R-G-D, N-{P}-[ST], C-x(2,4)-C"},
    {name: 'new-only', type: 'boolean', group: 'Filters', commands: ['select'],
        help: 'motifs of glycosylation, liabilities and --motif count where the native sequence has none'},

    {name: 'for', type: 'string', value: 'PROGRAM', group: 'Folding', commands: ['export-fold'],
        choices: ['alphafold-server', 'alphafold3', 'boltz', 'chai', 'colabfold', 'esmfold'],
        help: 'the program that will read the files'},
    {name: 'alignments', type: 'string', value: 'WHICH', default: 'targets', choices: ['targets', 'all', 'none'],
        group: 'Folding', commands: ['export-fold'], help: 'chains that alphafold3 and boltz search alignments for: '
            + 'those that were not designed, all, or none'},
    {name: 'seeds', type: 'string', value: 'N,...', default: '1', group: 'Folding', commands: ['export-fold'],
        help: 'seeds of alphafold3, one prediction for each'},
    {name: 'designs', type: 'string', path: 'list', value: 'FILE|DIR,...', group: 'Folding', commands: ['import-fold'],
        help: 'what was folded: FASTA, .csv, .json, or folders of weft design -o'},
    {name: 'structure', type: 'string', path: 'list', value: 'FILE,...', group: 'Folding', commands: folding,
        help: 'the backbone of the designs, or those of several by name (default: as run.json beside the designs '
            + 'says)'},
    {name: 'chains', type: 'string', value: 'A,B', group: 'Folding', commands: folding,
        help: 'the chains in the files of designs, in the order of their names, where those do not say them'},
    {name: 'design', type: 'string', value: 'SEL', group: 'Folding', commands: ['import-fold'],
        help: 'the designed residues (default: those of run.json, else all of the designed chains)'},
    {name: 'fix', type: 'string', value: 'SEL', group: 'Folding', commands: ['import-fold'],
        help: 'residues that were not designed'},
    {name: 'output', short: 'o', type: 'string', value: 'DIR', group: 'Output', commands: ['export-fold'],
        help: 'where the files are written; their paths are printed'},
    {name: 'output', short: 'o', type: 'string', value: 'FILE', group: 'Output', commands: ['import-fold'],
        help: 'write FILE.csv or FILE.json instead of a table on stdout'},
    {name: 'embeddings', type: 'boolean', group: 'Output', commands: ['probs'],
        help: 'also h_V, what the encoder makes of each residue and its surroundings, 128 numbers each'},
    {name: 'output', short: 'o', type: 'string', value: 'DIR', group: 'Output', commands: ['design'],
        help: 'write DIR/seqs/NAME.fa instead of stdout, a ranking of all in DIR/summary.csv and .json, and '
            + 'DIR/run.json for weft rerun'},
    {name: 'write-structures', type: 'string', value: 'FORMAT', choices: ['pdb', 'cif', 'same'], group: 'Output',
        commands: ['design'], help: 'with -o, also the structure with each design, changed side chains '
            + "left out, B-factors the letters' probabilities: DIR/backbones/NAME_T_SAMPLE.pdb or .cif"},
    {name: 'resume', type: 'boolean', group: 'Output', commands: ['design'],
        help: 'go on with a run in DIR that ended early; what it finished from the same files, with the same options, '
            + 'weights and version, stays'},
    {name: 'shard', type: 'string', value: 'I/N', group: 'Output', commands: ['design'],
        help: 'every N-th structure alone, from the I-th on. The last shard in a DIR ranks all; of several, copy '
            + 'everything into one and call once with --resume'},
    {name: 'output', short: 'o', type: 'string', value: 'DIR', group: 'Output', commands: ['rerun'],
        help: 'keep the results in DIR'},
    {name: 'output', short: 'o', type: 'string', value: 'FILE', group: 'Output', commands: ['probs'],
        help: 'write FILE.npz or FILE.json instead of JSON on stdout'},
    {name: 'output', short: 'o', type: 'string', value: 'FILE', group: 'Output', commands: ['select'],
        help: 'write the chosen as FASTA with their headers (.fa), a table (.csv) or everything (.json)'},
    {name: 'json', type: 'boolean', group: 'Output', commands: ['select'],
        help: 'everything as one JSON object on stdout, with what was rejected and why'},
    {name: 'json', type: 'boolean', group: 'Output',
        commands: ['design', 'score', 'scan', 'jacobian', 'import-fold', 'evaluate', 'info'],
        help: 'JSON lines on stdout, one for each result'},
    {name: 'gaps', type: 'string', value: 'STYLE', choices: ['x', 'dash', 'drop'], group: 'Output',
        commands: ['design'],
        help: "numbering gaps in sequences: x, dash or drop (default: x; drop in LigandMPNN's style)"},
    {name: 'fasta-style', type: 'string', value: 'STYLE', default: 'proteinmpnn', group: 'Output',
        choices: ['proteinmpnn', 'ligandmpnn'], commands: ['design'],
        help: 'whose headers and chain separators to write'},
    {name: 'quiet', short: 'q', type: 'boolean', group: 'Output', commands: all,
        help: 'no progress and no notes on stderr'},
    {name: 'help', short: 'h', type: 'boolean', group: 'Output', commands: all, help: 'this text'}
];

/** The options of `weft design` that a row of its manifest may set. */
export const eachOptions = options.filter((option) => option.each && option.commands.includes('design'));

/** @param {Command} command */
const optionsOf = (command) => options.filter((option) => option.commands.includes(command));

/**
 * The table as parseArgs wants it.
 * @param {Command} command
 */
export function parseConfig(command) {
    return Object.fromEntries(optionsOf(command).map(({name, short, type, default: value}) =>
        [name, {type, ...(short && {short}), ...(value !== undefined && {default: value})}]));
}

/**
 * The first option whose value is not one of its choices, in words.
 * @param {Command} command
 * @param {Record<string, unknown>} values
 * @returns {string | null}
 */
export function wrongChoice(command, values) {
    const wrong = optionsOf(command).find(({name, choices}) =>
        choices && values[name] !== undefined && !choices.includes(String(values[name])));
    return wrong ? `--${wrong.name}: '${values[wrong.name]}' is none of ${wrong.choices?.join(', ')}` : null;
}

/**
 * @param {Command} command
 * @returns {string}
 */
export function helpText(command) {
    const mine = optionsOf(command);
    const left = mine.map(({name, short, value}) =>
        `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`);
    const width = Math.max(...left.map((text) => text.length));
    const lines = [];
    for (const group of new Set(mine.map((option) => option.group))) {
        lines.push('', `${group}:`);
        mine.forEach((option, i) => {
            if (option.group !== group) return;
            const preset = option.default === undefined ? '' : ` [${option.default}]`;
            lines.push(`  ${left[i].padEnd(width)}  ${option.help}${preset}`);
        });
    }
    if (command === 'design') lines.push('', ...manifestHelp());
    return lines.join('\n');
}

/** What a manifest may hold, in lines for help. */
function manifestHelp() {
    const names = eachOptions.map(({name, short}) => (short ? `${name} (${short})` : name));
    const middle = Math.ceil(names.length / 2);
    return [
        'Columns of a manifest (keys of each line of .jsonl), by name:',
        '  file (needed), name (of the result), and options; where a cell is empty, that of the command line holds:',
        `  ${names.slice(0, middle).join(', ')},`, `  ${names.slice(middle).join(', ')}`,
        "  Files in it lead from the manifest's folder."
    ];
}
