/* SPDX-License-Identifier: MIT
 *
 * residues.js - the names of the amino acids in structure files, in the order of the letters ACDEFGHIKLMNPQRSTVWYX.
 */
export const RESIDUE_NAMES = [
    'ALA', 'CYS', 'ASP', 'GLU', 'PHE', 'GLY', 'HIS', 'ILE', 'LYS', 'LEU', 'MET', 'ASN', 'PRO', 'GLN', 'ARG', 'SER',
    'THR', 'VAL', 'TRP', 'TYR', 'UNK'
];
