/* SPDX-License-Identifier: MIT
 *
 * select.h - the selection grammar: text that names residues -> a mask over the rows.
 *
 *   selection  = ["!"] token { (" " | ",") token }       a leading ! inverts the whole list
 *   token      = "all"
 *              | chain                                    A   AA   _ (the chain without a name)   AA:
 *              | chain residue ["-" [chain] residue]      A12   A12-20   A12-A20   H100-H100K   A-5--1
 *              | "#" row ["-" ["#"] row]                  #7   #7-20, rows of the file counted from 1
 *              | "(" selection ")"                        (!A12-20)
 *              | "within" distance "of" token             within 6 of B   within 4.5 of (A12 A15)
 *              | "interface" | "buried"
 *              | "letter:" letters                        letter:G   letter:GA
 *              | ("bfactor" | "plddt") compare number     bfactor<70   plddt>=90, compare: < <= > >=
 *              | "cdr:" loops "@" scheme [":" chain]      cdr:H3@imgt   cdr:H@kabat:A   cdr:all@chothia
 *   chain      = one letter, or any name followed by a colon: AA:12   1:45   _:12
 *   residue    = author number and insertion code as the file has them: 12   -5   42D
 *   loops      = "all" | ("H" | "L") ["1" | "2" | "3"]
 *   scheme     = "imgt" | "kabat" | "chothia" | "martin" | "abm"
 *
 * A range runs from its first to its last residue in file order, insertion codes included; both ends must
 * exist. A letter followed by a number is a chain of one letter; only where that makes no sense is the token
 * tried as the whole name of a chain. A number that occurs more than once in its chain means all of its
 * residues. A word of the grammar that is also the name of a chain of the file means the chain (but "all").
 *
 * What the words measure, in angstrom, on the atoms of the rows (no ligand, no water):
 *   within     the smallest distance between any two kept atoms, hydrogens too where the file has them, is at
 *              most the number. The rows of the token behind "of" are part of the answer; it must have rows.
 *   interface  the residue's CB is at most 8 from a CB of another chain: the interface contact of pDockQ (Bryant,
 *              Pozzati and Elofsson, Nat. Commun. 13, 1265, 2022, doi 10.1038/s41467-022-28865-w).
 *   buried     at least 5.2 side-chain neighbours, the core of Rosetta's LayerSelector (Dang et al., PNAS 114,
 *              10852, 2017, doi 10.1073/pnas.1710695114): the sum over all other residues, of every chain, of
 *              1 / (1 + e^(d - 9)) * (max(0, cos + 0.5) / 1.5)^2, where d is the distance from this residue's CB
 *              to the other's CA, and cos that of the angle at this CB between its direction from its own CA
 *              and the direction to the other's CA.
 *   letter     the file's letter is one of these; X is a residue without a standard letter.
 *   bfactor    the B-factor column of the residue's CA; predictors put pLDDT there, so plddt says the same.
 *   cdr        residues whose author number lies in the loop's range in the numbering scheme that the user
 *              declares the file to have (it is not checked), insertion codes included; select_cdr.c has the
 *              ranges. Chain H is the heavy and L the light one, or the chain named at the end is the one meant.
 * The CB of interface and buried is placed from N, CA and C, so that glycine and a bare backbone have one; where
 * one of these is missing it is the file's CB, else CA. A row without any is not selected, and one of CA alone is
 * never buried. Words are conditions: they may fit no residue, as long as the whole selects one. What two
 * selections have in common is !(!SEL) (!SEL): interface residues of B are !(!interface) (!B). hetatm is refused
 * until atoms of ligands are kept. Distances go up to 1000, lists within lists up to 16.
 */
#ifndef WEFT_PROTEIN_SELECT_H
#define WEFT_PROTEIN_SELECT_H

#include "structure.h"

/* Sets mask [n] to 1 at the selected rows and 0 elsewhere. Returns how many are selected (at least 1), or
 * WEFT_BAD_REQUEST with the offset of the faulty token in text as the place; the mask is then unspecified.
 * Cost: rows times tokens; for the words of space, rows times rows. */
int32_t select_parse(const WeftStructure *s, const char *text, uint8_t *mask);

#endif
