/* SPDX-License-Identifier: MIT */
#include "assembly.h"

#include <string.h>

#include "structure_derive.h"

_Static_assert(sizeof(AssemblyHead) == 24 && sizeof(AssemblyOperator) == 104, "the layout of an assembly");

int assembly_is(const void *bytes, size_t count) {
    return count >= sizeof(AssemblyHead) && !memcmp(bytes, ASSEMBLY_MAGIC, sizeof ASSEMBLY_MAGIC - 1);
}

/* The next text, or NULL behind the last. All are ended by a NUL. */
static const char *next_text(const char **at, const char *end) {
    const char *text = *at;
    if (text == end) return NULL;
    *at = text + strlen(text) + 1;
    return text;
}

/* Where the parts are. */
typedef struct AssemblyParts {
    AssemblyHead head;
    const char *operators, *text, *file;
} AssemblyParts;

static WeftStatus fail_damaged(void) {
    return base_fail(WEFT_BAD_STRUCTURE, -1, "the operators of the assembly are damaged");
}

static WeftStatus find_parts(const void *bytes, size_t count, AssemblyParts *p) {
    if (!assembly_is(bytes, count)) return fail_damaged();
    memcpy(&p->head, bytes, sizeof p->head);
    if (p->head.operators < 0 || p->head.text < 1) return fail_damaged();
    uint64_t operators = (uint64_t)p->head.operators * sizeof(AssemblyOperator);
    if (sizeof p->head + operators + (uint64_t)p->head.text > count) return fail_damaged();
    p->operators = (const char *)bytes + sizeof p->head;
    p->text = p->operators + (size_t)operators;
    p->file = p->text + p->head.text;
    return p->file[-1] ? fail_damaged() : WEFT_OK;
}

const void *assembly_file(const void *bytes, size_t count, size_t *size) {
    AssemblyParts p;
    if (find_parts(bytes, count, &p)) return NULL;
    *size = count - (size_t)(p.file - (const char *)bytes);
    if (!assembly_is(p.file, *size)) return p.file;
    fail_damaged();
    return NULL;
}

/* The operators with their texts; a text that is not there is damage. */
static WeftStatus read_operators(const AssemblyParts *p, const char *at, StructureOperator *out) {
    for (int32_t i = 0; i < p->head.operators; i++) {
        AssemblyOperator o;
        memcpy(&o, p->operators + (size_t)i * sizeof o, sizeof o);
        memcpy(out[i].matrix, o.matrix, sizeof o.matrix);
        out[i].suffix = next_text(&at, p->file);
        out[i].chains = at;
        out[i].count = o.chains;
        if (!out[i].suffix) return fail_damaged();
        for (int32_t k = 0; k < o.chains; k++)
            if (!next_text(&at, p->file)) return fail_damaged();
    }
    return WEFT_OK;
}

WeftStructure *assembly_make(const void *bytes, size_t count, const WeftStructure *whole) {
    AssemblyParts p;
    if (find_parts(bytes, count, &p)) return NULL;
    Arena *arena = arena_open();
    StructureOperator *list = arena ? ARENA_TAKE(arena, StructureOperator, (size_t)p.head.operators) : NULL;
    const char *at = p.text;
    StructureAssembly assembly = {next_text(&at, p.file), list, p.head.operators};
    WeftStructure *made = list && !read_operators(&p, at, list) ? structure_copies(whole, &assembly) : NULL;
    arena_free(arena);
    return made;
}
