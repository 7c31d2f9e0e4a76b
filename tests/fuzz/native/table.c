/* SPDX-License-Identifier: MIT
 *
 * table.c - the table of atoms (src/protein/table.h). The first byte says whether the rest is a table as it stands, or
 * the atoms and texts of one whose head is made to fit them, so that what the parts hold is reached.
 */
#include "fuzz.h"

#include "../../../src/protein/table.h"

/* chains, notes and models, atoms in a byte each, then atoms, numbers of models and texts; NULL where that is too
 * little. */
static uint8_t *fitting_table(const uint8_t *data, size_t size, size_t *count) {
    TableHead head = {.magic = {0}};
    if (size < 3) return NULL;
    size_t rest = size - 3, atoms = base_min((int32_t)data[2], (int32_t)(rest / sizeof(TableAtom)));
    size_t text = rest - atoms * sizeof(TableAtom), models = data[1] / 4 % 4;
    if (text / sizeof(int32_t) < models) models = 0;
    text -= models * sizeof(int32_t);
    memcpy(head.magic, TABLE_MAGIC, sizeof head.magic);
    head.atoms = (int32_t)atoms;
    head.chains = data[0] % 8;
    head.notes = data[1] % 4;
    head.models = (int32_t)models;
    head.model = models > 1 ? (int32_t)(size % models) : 0;
    head.text = (int32_t)text;
    *count = sizeof head + rest;
    uint8_t *table = malloc(*count);
    FUZZ_CHECK(table);
    memcpy(table, &head, sizeof head);
    memcpy(table + sizeof head, data + 3, rest);
    if (text) table[*count - 1] = 0;
    return table;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *made = NULL;
    if (!size) return 0;
    if (data[0] & 1 && !(made = fitting_table(data + 1, size - 1, &size))) return 0;
    StructureChoice choice = {.altloc = size % 2 ? WEFT_ALTLOC_OCCUPANCY : WEFT_ALTLOC_FIRST};
    WeftStructure *s = made ? table_parse(made, size, choice) : table_parse(data + 1, size - 1, choice);
    free(made);
    if (!s) {
        int other = weft_error_status() == WEFT_BAD_REQUEST; /* a table of another model than the first */
        fuzz_check_failure(other ? WEFT_BAD_REQUEST : WEFT_BAD_STRUCTURE);
        return 0;
    }
    fuzz_check_structure(s);
    weft_structure_free(s);
    return 0;
}
