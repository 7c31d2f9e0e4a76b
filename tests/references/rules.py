# SPDX-License-Identifier: MIT
"""rules.py - which residues of a file Weft designs with, written down a second time.

    residues as gemmi or Biopython gives them --rows--> what Weft should have

This is the one place where it says what is expected; parse.py has no exceptions but those it gives a reason for. The
rules are those of src/protein (structure_rows.c, structure_fill.c), stated on another reader's residues:

1. The first model that has atoms.
2. Residues of one chain, number and insertion code that follow each other are one position, unless an atom of the
   backbone that has no alternate location stands at two places. A position is read as the name whose CA has the highest
   occupancy, on a tie as the first.
3. Of each atom name the first atom counts, whichever alternate location it has; a backbone atom that the chosen name
   lacks is taken from the other name where it has no alternate location.
4. Amino acids in ATOM records are rows, complete or not; those that stand for several (UNK, ASX ...) need a CA.
5. Other residues in ATOM records are rows where they have N, CA, C and O, or N, CA and C and a peptide bond.
6. In HETATM records a residue needs N, CA, C and a peptide bond to another one of its chain; a standard amino acid
   needs the bond alone. MSE is always a row, another modified amino acid is one unless it stands behind the end of its
   chain without a bond.
7. Nucleotides and waters are no rows.
8. Letters: the twenty standard names and what force fields call them; the parent that gemmi or Biopython knows; X for
   all else, mirror images among them. Weft lists the common ones of these parents: where it has X instead of a parent
   the residue is counted as unlisted, and is no mismatch.
9. A file of which no row has an atom of the backbone has no rows.
"""
import math
from dataclasses import dataclass, field

import gemmi
from Bio.Data.PDBData import protein_letters_3to1_extended

BACKBONE = ("N", "CA", "C", "O")
BOND_REACH = 2.0
SAME_ATOM_REACH = 2.0

STANDARD = dict(zip(
    "ALA CYS ASP GLU PHE GLY HIS ILE LYS LEU MET ASN PRO GLN ARG SER THR VAL TRP TYR".split(), "ACDEFGHIKLMNPQRSTVWY"))
AMBIGUOUS = {"UNK", "ASX", "GLX", "XLE", "XAA"}

# What AMBER, CHARMM and GROMACS call states of the standard amino acids; the readers know no such names.
FORCE_FIELD = {
    "CYX": "C", "CYM": "C", "CYS2": "C", "CYN": "C", "ASH": "D", "ASPH": "D", "GLH": "E", "GLUH": "E", "HID": "H",
    "HIE": "H", "HIP": "H", "HSD": "H", "HSE": "H", "HSP": "H", "HISA": "H", "HISB": "H", "HISH": "H", "HIS1": "H",
    "HIS2": "H", "LYN": "K", "LYSH": "K", "LSN": "K"}

# Where gemmi and Biopython do not agree, and which of them is followed.
PARENTS = {
    "PCA": "Q",  # gemmi: E. The chemical component dictionary and Biopython: it is made of glutamine
    "SEC": "C", "PYL": "K",  # letters of their own, U and O, which the models do not have: the residue they stand for
}

WATERS = {"HOH", "WAT", "DOD", "H2O", "SOL", "SOLV", "TIP", "TIP3", "TIP4", "TIP5", "TP3", "TP4", "TP5", "SPC", "SPCE"}


@dataclass
class Atom:
    name: str
    altloc: str  # "" for none
    occupancy: float
    xyz: tuple


@dataclass
class Residue:
    chain: str  # "" for a blank name
    number: int
    code: str  # " " for none
    name: str
    hetero: bool
    atoms: list = field(default_factory=list)
    tail: bool = False  # behind the end of its chain's polymer, as far as the reader knows

    def identity(self):
        return self.chain, self.number, self.code, self.name

    def atom(self, name):
        return next((atom for atom in self.atoms if atom.name == name), None)

    def has(self, *names):
        return all(self.atom(name) for name in names)


@dataclass
class Row:
    chain: str
    number: int
    code: str
    letter: str
    name: str
    xyz: list  # of N, CA, C, O; None where one is missing


def is_nucleotide(residue):
    info = gemmi.find_tabulated_residue(residue.name)
    return info.is_nucleic_acid() or residue.has("C1'") or residue.has("C1*")


def parent(name):
    """The letter of an amino acid, X for one without, None for what is none."""
    if name in AMBIGUOUS:
        return "X"
    if name in STANDARD or name in FORCE_FIELD or name in PARENTS:
        return STANDARD.get(name) or FORCE_FIELD.get(name) or PARENTS[name]
    info = gemmi.find_tabulated_residue(name)
    if info.kind == gemmi.ResidueKind.AAD:  # a mirror image: its backbone is not the parent's
        return None
    letters = set(STANDARD.values())
    for letter in (protein_letters_3to1_extended.get(name, ""), info.one_letter_code.strip().upper()):
        if letter in letters and (info.is_amino_acid() or not info.found()):
            return letter
    return None


def is_bonded(residue, neighbours):
    """A peptide bond, by distance, to any other residue of the chain."""
    n, c = residue.atom("N"), residue.atom("C")
    for other in neighbours:
        if other is residue or not other.has("CA"):
            continue
        for start, end in ((c, other.atom("N")), (other.atom("C"), n)):
            if start and end and math.dist(start.xyz, end.xyz) <= BOND_REACH:
                return True
    return False


def is_row(residue, chain):
    letter = parent(residue.name)
    if residue.name in WATERS or is_nucleotide(residue):
        return False
    if letter is None:  # rules 5 and 6
        whole = residue.has(*BACKBONE) and not residue.hetero
        return residue.has("N", "CA", "C") and (whole or is_bonded(residue, chain))
    if residue.name in AMBIGUOUS:
        return residue.has("N", "CA", "C") and is_bonded(residue, chain) if residue.hetero else residue.has("CA")
    if not residue.hetero or residue.name == "MSE":
        return True
    if residue.name in STANDARD or residue.name in FORCE_FIELD:
        return is_bonded(residue, chain)
    return not residue.tail or is_bonded(residue, chain)


def is_elsewhere(one, other):
    for name in BACKBONE:
        a, b = one.atom(name), other.atom(name)
        if a and b and not a.altloc and not b.altloc and math.dist(a.xyz, b.xyz) > SAME_ATOM_REACH:
            return True
    return False


def positions(residues):
    """Rule 2: lists of the residues that share a position."""
    groups = []
    for residue in residues:
        last = groups[-1][0] if groups else None
        same = last and residue.identity()[:3] == last.identity()[:3]
        if same and not is_elsewhere(last, residue):
            groups[-1].append(residue)
        else:
            groups.append([residue])
    return groups


def chosen(group):
    """Rules 2 and 3: one residue of a position."""
    def weight(residue):
        carbon = residue.atom("CA")
        return carbon.occupancy if carbon else -1.0

    best = group[0]
    for residue in group[1:]:
        if weight(residue) > weight(best):
            best = residue
    atoms = list(best.atoms)
    for other in group:
        for atom in other.atoms:
            if other is not best and not atom.altloc and atom.name in BACKBONE and not best.has(atom.name):
                atoms.append(atom)
    hetero = all(residue.hetero for residue in group)
    return Residue(best.chain, best.number, best.code, best.name, hetero, atoms, best.tail)


def rows(residues):
    """What Weft should have of a model, chain by chain in the order of their first rows."""
    chains = {}
    for residue in map(chosen, positions(residues)):
        chains.setdefault(residue.chain, []).append(residue)
    found = {}
    for chain in chains.values():
        for residue in chain:
            if not is_row(residue, chain):
                continue
            letter = parent(residue.name) or "X"
            xyz = [atom.xyz if (atom := residue.atom(name)) else None for name in BACKBONE]
            found.setdefault(residue.chain, []).append(
                Row(residue.chain, residue.number, residue.code, letter, residue.name, xyz))
    backbones = any(any(row.xyz) for chain in found.values() for row in chain)
    return found if backbones else {}  # rule 9


def is_modified(name):
    """Rule 8: a name whose parent a reader knows, beside the standard ones."""
    return name not in STANDARD and name not in FORCE_FIELD and name != "MSE"
