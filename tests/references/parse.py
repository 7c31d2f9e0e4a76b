# SPDX-License-Identifier: MIT
"""parse.py - structure files as gemmi and Biopython read them, against what Weft reads.

    parse.py compare NODE FILES|FOLDERS...          every file, each once; the last line is a count
    parse.py store NODE OUT.json FILES|FOLDERS...   the same, and OUT.json: references for tests that have no Python

rules.py says which residues Weft should have of theirs; here they are compared one by one: chain, number, insertion
code, letter, which of N, CA, C and O are there, and their coordinates to the last bit of a 32-bit float.
"""
import gzip
import hashlib
import json
import re
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

from readers import READERS, Refused
from rules import BACKBONE, is_modified, rows

HERE = Path(__file__).parent
STRUCTURES = re.compile(r"\.(pdb\d*|ent|b?cif|pqr)(\.gz)?$")
SHOWN = 8

# Files that are compared with Weft by no rule, with the reason.
EXCEPTIONS = {
    "nucl_res.pdb": "a list of names with one atom each, of which Biopython takes SEN for a serine",
}


def single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def blank(name):
    """Weft calls chains without a name _, _2 ...; the readers put them all into one."""
    return "" if re.fullmatch(r"_\d*", name) else name


class Rows:
    """{chain: {(number, code, n): (letter, coordinates)}}; n counts the residues that have the same number and code."""

    def __init__(self):
        self.chains, self.seen = {}, Counter()

    def add(self, chain, number, code, *what):
        self.seen[chain, number, code] += 1
        self.chains.setdefault(chain, {})[number, code, self.seen[chain, number, code]] = what


def weft_rows(parse):
    found = Rows()
    for i, number in enumerate(parse.get("numbers", [])):
        flat = parse["xyz"][12 * i:12 * i + 12]
        xyz = [None if flat[3 * k] is None else tuple(flat[3 * k:3 * k + 3]) for k in range(4)]
        chain = blank(parse["chains"][parse["chainOf"][i]])
        found.add(chain, number, parse["insertions"][i], parse["sequence"][i], xyz)
    return found.chains


def reference_rows(residues):
    found = Rows()
    for name, chain in rows(residues).items():
        for row in chain:
            xyz = [atom and tuple(map(single, atom)) for atom in row.xyz]
            found.add(name, row.number, row.code, row.letter, xyz, is_modified(row.name))
    return found.chains


def row_differences(letter, xyz, modified, ours, seen):
    seen["residues"] += 1
    if ours[0] != letter:
        if modified and ours[0] == "X":
            seen["unlisted"] += 1
        else:
            yield f"is {letter}, Weft has {ours[0]}"
    for atom, want, have in zip(BACKBONE, xyz, ours[1]):
        seen["coordinates"] += 3 if want else 0
        if want != have:
            yield f"{atom} is at {want}, Weft has {have}"


def differences(expected, got, seen):
    """Sentences; what was compared is counted."""
    if list(got) != list(expected):
        yield f"chains {' '.join(expected)}, Weft has {' '.join(got)}"
    for chain in {**expected, **got}:
        ours, theirs = got.get(chain, {}), expected.get(chain, {})

        def label(key):
            return f"{chain or '_'}:{key[0]}{key[1].strip()}"  # noqa: B023

        for key in ours:
            if key not in theirs and key[2] > 1:  # the readers have no place for it
                seen["again"] += 1
            elif key not in theirs:
                yield f"{label(key)} {ours[key][0]} is Weft's alone"
        if [key for key in theirs if key in ours] != [key for key in ours if key in theirs]:
            yield f"chain {chain or '_'}: another order"
        for key, row in theirs.items():
            if key in ours:
                yield from (f"{label(key)} {what}" for what in row_differences(*row, ours[key], seen))
            else:
                yield f"{label(key)} {row[0]} is missing"


class Comparison:
    """One file through both readers and Weft."""

    def __init__(self, file, parse):
        self.file, self.parse = file, parse
        self.reference, self.refused, self.problems, self.seen = None, {}, [], Counter(files=1)
        if file.name in EXCEPTIONS:
            self.seen["excepted"] = 1
            return
        for name, read in READERS.items():
            self.compare(name, read)
        self.seen["unread"] = int(len(self.refused) == len(READERS))
        self.seen["proteins"] = int(self.seen["residues"] > 0)

    def compare(self, name, read):
        try:
            expected = reference_rows(read(self.file))
        except Refused as error:
            self.refused[name] = str(error)
            return
        self.seen[name] += 1
        self.problems += [f"{name}: {each}" for each in differences(expected, weft_rows(self.parse), self.seen)]
        self.reference = self.reference or expected

    def show(self):
        more = f", {self.seen['again']} numbered again" if self.seen["again"] else ""
        more += "".join(f"; {name}: {words[:60]}" for name, words in self.refused.items())
        print(f"{'not ok' if self.problems else 'ok'} {self.file.name}: {self.seen['residues']} residues, "
              f"{self.seen['coordinates']} coordinates{more}", flush=True)
        for problem in self.problems[:SHOWN]:
            print(f"    {problem}")
        if len(self.problems) > SHOWN:
            print(f"    and {len(self.problems) - SHOWN} more")


def find_files(names):
    """Structure files, each content once."""
    found = {}
    for name in map(Path, names):
        for file in sorted(name.rglob("*")) if name.is_dir() else [name]:
            if STRUCTURES.search(file.name) and file.is_file():
                content = file.read_bytes()
                try:
                    content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
                except EOFError:
                    pass
                found.setdefault(hashlib.sha256(content).digest(), file.resolve())
    return list(found.values())


def weft_parses(node, files):
    """One by one, in their order."""
    process = subprocess.Popen([node, str(HERE / "weft_parse.mjs")], text=True, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    with process:
        for file in files:
            process.stdin.write(f"{file}\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"weft_parse.mjs ended at {file}")
            yield json.loads(line)
        process.stdin.close()


def compare(node, files):
    results, total = [], Counter()
    for file, parse in zip(files, weft_parses(node, files)):
        one = Comparison(file, parse)
        one.show()
        results.append(one)
        total += one.seen
    mismatches = sum(len(one.problems) for one in results)
    failed = sum(bool(one.problems) for one in results)
    print(f"{total['files']} files, {total['proteins']} of them with residues; {total['gemmi']} read by gemmi, "
          f"{total['Biopython']} by Biopython, {total['unread']} by neither, {total['excepted']} excepted")
    print(f"{total['residues']} residues and {total['coordinates']} coordinates compared, counted for each reader; of "
          f"Weft's residues {total['unlisted']} have an unlisted parent, {total['again']} are numbered again; "
          f"{mismatches} mismatches")
    print(f"# references: {len(files) - failed} passed, {failed} failed")
    return results


# ---- References for tests without Python

def spans(keys):
    """'151..220 231 231A': numbers in order, runs of them in short."""
    runs = []
    for number, code, _ in keys:
        if runs and code == " " and runs[-1][2] == " " and runs[-1][1] + 1 == number:
            runs[-1][1] = number
        else:
            runs.append([number, number, code])
    return " ".join(f"{first}{code.strip()}" if first == last else f"{first}..{last}" for first, last, code in runs)


def stored(one):
    if not one.reference:
        return {"refused" if len(one.refused) == len(READERS) else "empty": one.refused}
    digest, chains = hashlib.sha256(), {}
    for name, residues in one.reference.items():
        chains[name] = {
            "numbers": spans(residues),
            "sequence": "".join(letter.lower() if modified and letter != "X" else letter
                                for letter, _, modified in residues.values()),
            "incomplete": spans(key for key, (_, xyz, _) in residues.items() if not all(xyz))}
        for _, xyz, _ in residues.values():
            for atom in xyz:
                digest.update(struct.pack("<3f", *atom) if atom else bytes.fromhex("0000c07f") * 3)
    repeated = any(n > 1 for residues in one.reference.values() for _, _, n in residues)
    return {"chains": chains, "coordinates": digest.hexdigest(), **({"repeated": True} if repeated else {})}


def store(out, results):
    lines = ",\n".join(f"{json.dumps(one.file.name)}: {json.dumps(stored(one))}"
                       for one in sorted(results, key=lambda one: one.file.name))
    Path(out).write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def main(task, node, *words):
    if task == "store":
        store(words[0], compare(node, find_files(words[1:])))
    else:
        compare(node, find_files(words))


if __name__ == "__main__":
    main(*sys.argv[1:])
