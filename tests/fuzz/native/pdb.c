/* SPDX-License-Identifier: MIT
 *
 * pdb.c - any bytes as PDB text, or as what stands behind the operators of an assembly: a whole structure or a failure
 * that says why. How many they are says which model and which alternate locations are asked for.
 */
#include "fuzz.h"

/* A reader keeps the names of chains apart. */
static void check_chain_names(const WeftStructure *s) {
    for (int32_t c = 1; c < s->chain_count; c++)
        for (int32_t other = 0; other < c && c < 100; other++)
            FUZZ_CHECK(strcmp(s->chain_name[c], s->chain_name[other]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int32_t model = (int32_t)(size / 2 % 4);
    WeftStructure *s =
        weft_structure_parse(data, size, model, size % 2 ? WEFT_ALTLOC_OCCUPANCY : WEFT_ALTLOC_FIRST);
    if (!s) {
        int other = model && weft_error_status() == WEFT_BAD_REQUEST;
        fuzz_check_failure(other ? WEFT_BAD_REQUEST : WEFT_BAD_STRUCTURE);
        return 0;
    }
    check_chain_names(s);
    fuzz_check_structure(s);
    weft_structure_free(s);
    return 0;
}
