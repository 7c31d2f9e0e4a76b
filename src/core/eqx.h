/* SPDX-License-Identifier: MIT
 *
 * eqx.h - a pull parser over pushed bytes for .eqx files: an optional first line of JSON, then .npy records without
 * names, nothing between or after. Chunks may be cut anywhere.
 *
 *   while ((event = eqx_read(&reader, &bytes, &count)) > EQX_MORE) ... EQX_HEADER, EQX_RECORD, EQX_VALUES ...
 *
 * EQX_HEADER   the JSON line is in reader.json.
 * EQX_RECORD   reader.record describes the record; the caller may set reader.values to room for record.count floats.
 * EQX_VALUES   all values have arrived, as floats in C order whatever type and order the file holds.
 * EQX_MORE     the chunk is used up.   EQX_BAD: refused, base_fail was called.
 *
 * Accepted: .npy versions 1 to 3; f2, bf16 (V2), f4, f8, b1, i4, i8, u4, little endian; rank 0 to 4; Fortran order for
 * rank 2. Hostile sizes are refused before anything is reserved.
 */
#ifndef WEFT_CORE_EQX_H
#define WEFT_CORE_EQX_H

#include "arena.h"

enum { EQX_MAX_RANK = 4 };

typedef enum EqxType { EQX_F2, EQX_BF16, EQX_F4, EQX_F8, EQX_B1, EQX_I4, EQX_I8, EQX_U4 } EqxType;

typedef struct EqxRecord {
    int32_t index; /* from 0 */
    EqxType type;
    int32_t rank, shape[EQX_MAX_RANK];
    int32_t fortran; /* 1: the file holds columns first */
    size_t count;    /* number of values */
} EqxRecord;

typedef enum EqxEvent { EQX_BAD = -1, EQX_MORE = 0, EQX_HEADER, EQX_RECORD, EQX_VALUES } EqxEvent;

typedef struct EqxReader {
    Arena *arena; /* for the JSON line and record headers */
    EqxRecord record;
    float *values; /* set by the caller on EQX_RECORD; NULL: the values are passed over */
    char *json;    /* the first line, or NULL */
    size_t json_length;
    /* private */
    int32_t state;
    char *text; /* bytes of the line or header being collected */
    size_t text_used, text_size;
    uint8_t carry[12]; /* an element or preamble cut by a chunk's end */
    size_t carry_used, preamble;
    size_t header_bytes, at; /* length of the record's header; values so far */
} EqxReader;

void eqx_open(EqxReader *reader, Arena *arena);

/* Takes bytes from the front of *bytes (moving it and *count) until there is something to say. */
EqxEvent eqx_read(EqxReader *reader, const uint8_t **bytes, size_t *count);

/* True where a stream may end: between records, after at least one. */
int eqx_at_end(const EqxReader *reader);

/* Writes the 128-byte header of a record as NumPy does: <f4, f8 or b1, C order. */
void eqx_write_header(uint8_t out[128], EqxType type, int32_t rank, const int32_t *shape);

#endif
