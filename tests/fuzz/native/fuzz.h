/* SPDX-License-Identifier: MIT
 *
 * fuzz.h - what the native harnesses share: a check that stops the run, and what must hold of every structure.
 *
 *   bytes of libFuzzer --LLVMFuzzerTestOneInput--> the library --FUZZ_CHECK--> a finding, or nothing
 */
#ifndef WEFT_TEST_FUZZ_H
#define WEFT_TEST_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/protein/structure.h"

#define FUZZ_CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort(); \
        } \
    } while (0)

/* libFuzzer calls it for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Checks that the last failure has this status and says something, in one line. */
void fuzz_check_failure(WeftStatus status);

/* Checks a structure from all sides: its columns, the accessors, its parts, noise, selections and ties. */
void fuzz_check_structure(const WeftStructure *s);

/* Resolves a selection and checks the answer. Returns how many rows it has, or the failure. */
int32_t fuzz_check_selection(const WeftStructure *s, const char *text);

/* The same for ties, with their report. */
void fuzz_check_ties(const WeftStructure *s, const char *text);

/* A structure with what the grammar has words for: chains A and B of one sequence, H with insertion codes, chains with
 * a digit and without a name, gaps, negative numbers, an incomplete residue. It is made once. */
const WeftStructure *fuzz_structure(void);

#endif
