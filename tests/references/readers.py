# SPDX-License-Identifier: MIT
"""readers.py - a structure file through gemmi and through Biopython, as the residues that rules.py takes.

    file --gemmi | Biopython--> residues of the first model with atoms, in the order of the file, or Refused
"""
import gzip
import io
import re
import warnings
from pathlib import Path

import gemmi
from Bio.PDB import MMCIFParser, PDBParser
from Bio.PDB.binary_cif import BinaryCIFParser

from rules import FORCE_FIELD, STANDARD, Atom, Residue


class Refused(Exception):
    """The reader does not take the file; its words."""


def kind_of(path):
    name = re.sub(r"\.gz$", "", Path(path).name)
    return next((kind for kind in ("bcif", "cif", "pqr") if name.endswith(f".{kind}")), "pdb")


def text_of(path):
    """Bytes of no meaning become U+FFFD; a byte order mark is no part of the text."""
    data = Path(path).read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return data.decode("utf-8-sig", "replace")


def owner_of_column_21(text):
    """What column 21 belongs to, which the format leaves blank: gemmi takes it as the chain's, Biopython as nothing."""
    owner = None
    for line in text.splitlines():
        if not line.startswith(("ATOM", "HETATM")) or line[20:21] in ("", " "):
            continue
        if line[17:21] in FORCE_FIELD:
            owner = "residue"
        elif line[17:20] in STANDARD and line[21:22] != " ":
            return "chain"
    return owner


def refusing(reader):
    """What a reader raises for a file that it does not take is of many types."""
    def read(path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return reader(path)
            except Exception as error:  # noqa: BLE001
                raise Refused(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}") from error
    return read


# ---- gemmi

def gemmi_structure(path):
    if kind_of(path) in ("bcif", "pqr"):
        raise ValueError("gemmi does not read this format")
    if kind_of(path) != "cif":
        text = text_of(path)
        if owner_of_column_21(text) == "residue":
            raise ValueError("gemmi reads the fourth letter of residue names as one of the chain's")
        return gemmi.read_pdb_string(text, split_chain_on_ter=True)
    document = gemmi.cif.read_string(text_of(path))
    for block in document:
        if block.find_values("_atom_site.Cartn_x"):
            structure = gemmi.make_structure_from_block(block)
            if len(structure) == 0:
                raise ValueError("no model")
            return structure
    raise ValueError("no _atom_site")


@refusing
def read_gemmi(path):
    structure = gemmi_structure(path)
    cif = kind_of(path) == "cif"
    found = []
    for chain in next((model for model in structure if model.count_atom_sites()), []):
        for residue in chain:
            atoms = [Atom(atom.name, atom.altloc.strip("\0"), atom.occ, tuple(atom.pos.tolist())) for atom in residue]
            tail = residue.label_seq is None if cif else residue.entity_type == gemmi.EntityType.NonPolymer
            one = Residue(chain.name.strip(), residue.seqid.num, residue.seqid.icode, residue.name,
                          residue.het_flag == "H", atoms, tail)
            if found and found[-1].identity() == one.identity():  # gemmi parts residues by segment, too
                found[-1].atoms += atoms
            else:
                found.append(one)
    return found


# ---- Biopython

def biopython_structure(path):
    kind = kind_of(path)
    if kind == "bcif":
        return BinaryCIFParser().get_structure("x", str(path))
    text = text_of(path)
    if kind == "cif":
        return MMCIFParser(QUIET=True).get_structure("x", io.StringIO(text))
    if owner_of_column_21(text) == "chain":
        raise ValueError("Biopython reads only the second letter of the chain's names")
    return PDBParser(QUIET=True, is_pqr=kind == "pqr").get_structure("x", io.StringIO(text))


def biopython_atoms(residue):
    """All atoms with all their alternate locations, in the order of the file."""
    for each in residue.get_unpacked_list():
        occupancy = each.get_occupancy()
        yield Atom(each.get_name(), each.get_altloc().strip(), 1.0 if occupancy is None else occupancy,
                   tuple(float(value) for value in each.get_coord()))


@refusing
def read_biopython(path):
    model = next((model for model in biopython_structure(path) if any(True for _ in model.get_atoms())), [])
    found = []
    for chain in model:
        for residue in chain:
            variants = residue.disordered_get_list() if residue.is_disordered() == 2 else [residue]
            for each in variants:
                hetero, number, code = each.get_id()
                found.append(Residue(chain.id.strip(), number, code, each.get_resname().strip(), hetero != " ",
                                     list(biopython_atoms(each))))
    return found


READERS = {"gemmi": read_gemmi, "Biopython": read_biopython}
