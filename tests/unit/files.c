/* SPDX-License-Identifier: MIT
 *
 * files.c - what files.h says.
 */
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/protein/pdb.h"

char *files_bytes(const char *path, size_t *count) {
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    *count = 0;
    if (!file) {
        printf("    cannot open %s (tests run from the repository root)\n", path);
        return NULL;
    }
    if (!fseek(file, 0, SEEK_END)) {
        long size = ftell(file);
        rewind(file);
        bytes = malloc((size_t)size + !size);
        *count = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
    }
    fclose(file);
    return bytes;
}

char *files_text(const char *path) {
    size_t count;
    char *bytes = files_bytes(path, &count), *text = bytes ? realloc(bytes, count + 1) : NULL;
    if (text)
        text[count] = '\0';
    else
        free(bytes);
    return text;
}

WeftStructure *files_structure(const char *name) {
    size_t count;
    char path[128];
    snprintf(path, sizeof path, "tests/data/structures/%s", name);
    char *bytes = files_bytes(path, &count);
    WeftStructure *s = bytes ? pdb_parse(bytes, count, (StructureChoice){0}) : NULL;
    if (bytes && !s) printf("    %s: %s\n", path, weft_error());
    free(bytes);
    return s;
}

const char *files_random_text(uint32_t seed, const char *const *pieces, int32_t most, char *out, size_t size) {
    uint32_t count = 0, state = seed * 2654435761u + 12345u;
    size_t at = 0;
    while (pieces[count]) count++;
    out[0] = '\0';
    for (int32_t left = (int32_t)(seed % (uint32_t)most) + 1; left > 0; left--) {
        state = state * 1664525u + 1013904223u;
        const char *piece = pieces[(state >> 8) % count];
        if (at + strlen(piece) + 1 > size) break;
        strcpy(out + at, piece);
        at += strlen(piece);
    }
    return out;
}
