/* SPDX-License-Identifier: MIT
 *
 * select.c - any text as a selection and as ties over one structure.
 */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const WeftStructure *s = fuzz_structure();
    char *text = malloc(size + 1);
    FUZZ_CHECK(text);
    if (size) memcpy(text, data, size);
    text[size] = '\0';
    fuzz_check_selection(s, text);
    fuzz_check_ties(s, text);
    free(text);
    return 0;
}
