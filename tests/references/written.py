#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""written.py - the structures that `weft design -o DIR --write-structures` wrote, read again by gemmi.

  DIR/run.json --> each structure that was designed, and DIR/backbones/* that were written of it --> what differs

Run it on a Python with gemmi==0.7.5:  python3 written.py DIR [DIR ...]

Of each written file it holds, against the model of the original that was read:
  - the residues are the same: chains, numbers, insertion codes, in the same order;
  - a residue with another name is a standard amino acid with backbone atoms alone, one conformer, where they were,
    its B-factor between 0 and 1;
  - of all others, ligands and waters among them, every atom is as it was: name, element, conformer, place, occupancy
    and B-factor; B-factors of designed residues alone are others.
The last line has the sums; the exit code is 1 where something differs.
"""
import json
import os
import sys

import gemmi

VERSION = "0.7.5"
BACKBONE = {"N", "CA", "C", "O", "OXT", "OT1", "OT2", "HXT", "H", "HN", "HA", "D", "DA"}
BACKBONE |= {f"{h}{i}" for h in ("H", "HT", "D") for i in "123"} | {f"{i}{h}" for h in ("H", "HT", "D") for i in "123"}


def read(path):
    return gemmi.read_structure(path, merge_chain_parts=True, format=gemmi.CoorFormat.Detect)


def atom_of(atom, with_b=True):
    place = tuple(round(x, 3) for x in atom.pos.tolist())
    altloc = atom.altloc if atom.altloc != "\0" else ""
    return (atom.name, atom.element.name, altloc, place, round(atom.occ, 3)) + ((round(atom.b_iso, 2),) if with_b else ())


def places(model):
    """Residues by chain, number and insertion code, in their order: each a list, of several names at one place."""
    found = {}
    for chain in model:
        for residue in chain:
            found.setdefault((chain.name, str(residue.seqid)), []).append(residue)
    return found


def replaced_problems(where, before, after):
    if len(after) != 1:
        return [f"{where}: {len(after)} residues"]
    (residue,) = after
    info = gemmi.find_tabulated_residue(residue.name)
    problems = [] if info.is_standard() and info.is_amino_acid() else [f"{where}: {residue.name}"]
    there = {(atom.name, tuple(round(x, 3) for x in atom.pos.tolist())) for each in before for atom in each}
    names = [atom.name for atom in residue]
    if len(set(names)) != len(names):
        problems.append(f"{where}: an atom occurs twice")
    for atom in residue:
        if atom.name not in BACKBONE:
            problems.append(f"{where}: {atom.name} of the side chain is left")
        if (atom.name, tuple(round(x, 3) for x in atom.pos.tolist())) not in there:
            problems.append(f"{where}: {atom.name} has moved")
        if atom.altloc != "\0" or not 0 <= atom.b_iso <= 1:
            problems.append(f"{where}: {atom.name} has a conformer or a B-factor of {atom.b_iso}")
    return problems


def kept_problems(where, before, after):
    problems = []
    if [r.name for r in before] != [r.name for r in after]:
        return [f"{where}: other names"]
    for old, new in zip(before, after):
        if [atom_of(a) for a in old] == [atom_of(a) for a in new]:
            continue
        levels = {round(a.b_iso, 2) for a in new}
        same = [atom_of(a, False) for a in old] == [atom_of(a, False) for a in new]
        if not same or len(levels) != 1 or not 0 <= min(levels) <= 1:   # the B-factor of a designed residue
            problems.append(f"{where} {old.name}: atoms have changed")
    return problems


def model_of(original, written):
    """The original's model with the written one's atoms: the first where numbers do not tell."""
    number = written[0].num
    return next((model for model in original if model.num == number), original[0]) if len(original) > 1 else original[0]


def compare(original, path):
    counts = {"residues": 0, "replaced": 0, "kept": 0, "ligands": 0}
    try:
        written = read(path)
    except RuntimeError as error:
        return [f"{path}: {error}"], counts
    if len(written) != 1:
        return [f"{path}: {len(written)} models"], counts
    old, new = places(model_of(original, written)), places(written[0])
    if list(old) != list(new):
        other = [key for key in old if key not in new] + [key for key in new if key not in old]
        return [f"{path}: residues differ: {other[:4] or 'their order'}"], counts
    problems = []
    for key, before in old.items():
        where, after = f"{path}: {key[0]}/{key[1]}", new[key]
        counts["residues"] += 1
        if len(after) == 1 and (len(before) > 1 or after[0].name != before[0].name):
            counts["replaced"] += 1
            problems += replaced_problems(where, before, after)
            continue
        protein = gemmi.find_tabulated_residue(before[0].name).is_amino_acid()
        counts["kept" if protein else "ligands"] += 1
        problems += kept_problems(where, before, after)
    return problems, counts


def written_files(folder):
    """Of each structure of a run: its path, and what was written of it."""
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as text:
        record = json.load(text)
    results = [each["path"] for each in record["results"] if each["path"].startswith("backbones" + os.sep)]
    for structure in record["structures"]:
        own = [path for path in results if os.path.basename(path).startswith(structure["name"] + "_")
               and os.path.basename(path)[len(structure["name"]):].count("_") == 2]
        if own:
            yield os.path.join(folder, structure["path"]), [os.path.join(folder, path) for path in own]


def main(folders):
    if gemmi.__version__ != VERSION:
        print(f"gemmi {gemmi.__version__}; the figures of this script are of {VERSION}", file=sys.stderr)
    sums, structures, files, problems = {}, 0, 0, []
    for folder in folders:
        for source, written in written_files(folder):
            try:
                original = read(source)
            except RuntimeError as error:
                print(f"{os.path.basename(source)}: gemmi does not read the original: {error}")
                continue
            structures += 1
            for path in written:
                found, counts = compare(original, path)
                files += 1
                problems += found
                sums = {key: sums.get(key, 0) + value for key, value in counts.items()}
                print(os.path.basename(path), *(f"{value} {key}" for key, value in counts.items()), f"{len(found)} wrong",
                      sep=", ")
    for problem in problems[:20]:
        print(problem)
    text = ", ".join(f"{value} {key}" for key, value in sums.items())
    print(f"# written: {files} files of {structures} structures, {text}; {len(problems)} differences")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
