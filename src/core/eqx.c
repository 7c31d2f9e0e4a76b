/* SPDX-License-Identifier: MIT */
#include "eqx.h"

#include <stdio.h>
#include <string.h>

enum { MAX_JSON = 8 << 20, MAX_HEADER = 1 << 16, MAX_VALUES = 1 << 27 };
enum { AT_START, IN_JSON, IN_PREAMBLE, IN_HEADER, IN_VALUES };

void eqx_open(EqxReader *reader, Arena *arena) {
    *reader = (EqxReader){.arena = arena, .record.index = -1, .state = AT_START};
}

int eqx_at_end(const EqxReader *reader) {
    return reader->state == IN_PREAMBLE && reader->carry_used == 0 && reader->record.index >= 0;
}

static EqxEvent bad(const EqxReader *reader, const char *what) {
    base_fail(WEFT_BAD_WEIGHTS, reader->record.index, "weights: record %d: %s", (int)reader->record.index, what);
    return EQX_BAD;
}

/* What else people hand over by mistake, told by the first byte. */
static EqxEvent not_eqx(uint8_t first) {
    const char *what = first == 'P'
                           ? "a zip archive: an original .pt or .npz file, which must be converted first"
                       : first == 0x28 ? "Zstandard-compressed and must be expanded first"
                       : first == 0x1f ? "gzip-compressed and must be expanded first"
                       : first == 0x80 ? "a bare Python pickle, which is not read"
                       : first == 'v'  ? "probably a Git LFS pointer, not the file itself"
                       : first == '<'  ? "an HTML or XML page, not weights"
                                       : NULL;
    if (what)
        base_fail(WEFT_BAD_WEIGHTS, 0, "weights: the file is %s", what);
    else
        base_fail(WEFT_BAD_WEIGHTS, 0,
                  "weights: not an .eqx file: it starts with byte 0x%02x, not with an .npy record", first);
    return EQX_BAD;
}

/* ---- The dictionary in a record's header --------------------------------------------------------------- */

static const char *skip_blanks(const char *p) {
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') p++;
    return p;
}

/* Behind the colon of 'key': ..., or NULL. */
static const char *value_of(const char *text, const char *key) {
    size_t length = strlen(key);
    for (const char *p = text; (p = strstr(p, key)); p += length) {
        if (p == text || (p[-1] != '\'' && p[-1] != '"') || p[length] != p[-1]) continue;
        p = skip_blanks(p + length + 1);
        return *p == ':' ? skip_blanks(p + 1) : NULL;
    }
    return NULL;
}

static int parse_type(const char *p, EqxType *type) {
    static const struct {
        char name[3];
        EqxType type;
    } types[] = {{"f2", EQX_F2}, {"V2", EQX_BF16}, {"f4", EQX_F4}, {"f8", EQX_F8},
                 {"b1", EQX_B1}, {"i4", EQX_I4},   {"i8", EQX_I8}, {"u4", EQX_U4}};
    if (!p || (*p != '\'' && *p != '"')) return 0; /* a list is a structured type */
    char quote = *p++;
    if (*p == '<' || *p == '|' || *p == '=') p++;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strncmp(p, types[i].name, 2) && p[2] == quote) return *type = types[i].type, 1;
    return 0;
}

static int parse_shape(const char *p, EqxRecord *record) {
    if (!p || *p++ != '(') return 0;
    record->rank = 0;
    record->count = 1;
    for (p = skip_blanks(p); *p != ')'; p = skip_blanks(p)) {
        int64_t size = 0;
        if (*p < '0' || *p > '9' || record->rank == EQX_MAX_RANK) return 0;
        for (; *p >= '0' && *p <= '9'; p++)
            if ((size = size * 10 + (*p - '0')) > MAX_VALUES) return 0;
        if (*p == 'L') p++;
        p = skip_blanks(p);
        if (*p == ',')
            p++;
        else if (*p != ')')
            return 0;
        record->shape[record->rank++] = (int32_t)size;
        if (size && record->count > (size_t)(MAX_VALUES / size))
            return 0; /* before a product that could wrap */
        record->count *= (size_t)size;
    }
    return 1;
}

static EqxEvent parse_header(EqxReader *reader) {
    EqxRecord *record = &reader->record;
    const char *order = value_of(reader->text, "fortran_order");
    if (!parse_type(value_of(reader->text, "descr"), &record->type))
        return bad(reader, "its data type is not one of little-endian f2, f4, f8, b1, i4, i8, u4, bfloat16");
    if (!parse_shape(value_of(reader->text, "shape"), record))
        return bad(reader, "its shape cannot be read or is too large");
    if (!order || (strncmp(order, "True", 4) && strncmp(order, "False", 5)))
        return bad(reader, "its header gives no fortran_order");
    record->fortran = *order == 'T' && record->rank > 1;
    if (record->fortran && record->rank > 2) return bad(reader, "Fortran order is read for matrices alone");
    reader->values = NULL;
    reader->at = 0;
    reader->state = IN_VALUES;
    return EQX_RECORD;
}

/* ---- Values -------------------------------------------------------------------------------------------- */

static const size_t type_bytes[] = {2, 2, 4, 8, 1, 4, 8, 4};

static float from_half(uint32_t h) {
    uint32_t sign = (h & 0x8000u) << 16, exponent = h >> 10 & 31, fraction = h & 1023;
    float value;
    if (exponent == 0) { /* subnormal: fraction * 2^-24 */
        value = (float)fraction * 0x1p-24f;
        return sign ? -value : value;
    }
    uint32_t bits = sign | (exponent == 31 ? 0x7f800000u : (exponent + 112) << 23) | fraction << 13;
    memcpy(&value, &bits, 4);
    return value;
}

static float to_float(const uint8_t *p, EqxType type) {
    uint32_t word = 0;
    uint64_t wide = 0;
    for (size_t i = 0; i < type_bytes[type]; i++) wide |= (uint64_t)p[i] << (8 * i);
    word = (uint32_t)wide;
    float f;
    double d;
    switch (type) {
    case EQX_F2: return from_half(word);
    case EQX_BF16: word <<= 16; /* fall through */
    case EQX_F4: return memcpy(&f, &word, 4), f;
    case EQX_F8: return memcpy(&d, &wide, 8), (float)d;
    case EQX_I4: return (float)(int32_t)word;
    case EQX_I8: return (float)(int64_t)wide;
    default: return (float)word;
    }
}

static void put_value(EqxReader *reader, const uint8_t *element) {
    const EqxRecord *r = &reader->record;
    size_t at = reader->at++;
    if (!reader->values) return;
    if (r->fortran) at = at % (size_t)r->shape[0] * (size_t)r->shape[1] + at / (size_t)r->shape[0];
    reader->values[at] = to_float(element, r->type);
}

static void read_values(EqxReader *reader, const uint8_t **bytes, size_t *count) {
    const EqxRecord *r = &reader->record;
    size_t size = type_bytes[r->type];
    while (*count && reader->at < r->count) {
        size_t whole = *count / size < r->count - reader->at ? *count / size : r->count - reader->at;
        if (!reader->carry_used && whole && (!reader->values || (r->type == EQX_F4 && !r->fortran))) {
            if (reader->values) memcpy(reader->values + reader->at, *bytes, whole * size);
            reader->at += whole;
            *bytes += whole * size;
            *count -= whole * size;
            continue;
        }
        reader->carry[reader->carry_used++] = *(*bytes)++;
        --*count;
        if (reader->carry_used == size) {
            put_value(reader, reader->carry);
            reader->carry_used = 0;
        }
    }
}

/* ---- The state machine --------------------------------------------------------------------------------- */

/* Appends one byte to the growing text; false when memory is out. */
static int keep(EqxReader *reader, char byte) {
    if (reader->text_used + 2 > reader->text_size) {
        size_t size = reader->text_size ? reader->text_size * 2 : 256;
        char *text = arena_take(reader->arena, size, 1);
        if (!text) return 0;
        if (reader->text_used) memcpy(text, reader->text, reader->text_used);
        reader->text = text;
        reader->text_size = size;
    }
    reader->text[reader->text_used++] = byte;
    reader->text[reader->text_used] = 0;
    return 1;
}

static EqxEvent read_json(EqxReader *reader, uint8_t byte) {
    if (byte != '\n') {
        if (reader->text_used >= MAX_JSON) return bad(reader, "the first line is longer than 8 MB");
        return keep(reader, (char)byte) ? EQX_MORE : EQX_BAD;
    }
    reader->json = reader->text;
    reader->json_length = reader->text_used;
    reader->text = NULL;
    reader->text_used = reader->text_size = 0;
    reader->state = IN_PREAMBLE;
    return EQX_HEADER;
}

static EqxEvent read_preamble(EqxReader *reader, uint8_t byte) {
    static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    size_t at = reader->carry_used;
    if (at == 0) reader->record.index++, reader->preamble = 10;
    if ((at < 6 && byte != magic[at]) || (at == 6 && (byte < 1 || byte > 3)))
        return bad(reader,
                   "no .npy record starts here: the file is damaged or has something behind its records");
    if (at == 6 && byte > 1) reader->preamble = 12;
    reader->carry[reader->carry_used++] = byte;
    if (reader->carry_used < reader->preamble) return EQX_MORE;
    const uint8_t *length = reader->carry + 8;
    reader->header_bytes = (size_t)length[0] | (size_t)length[1] << 8;
    if (reader->preamble == 12) reader->header_bytes |= (size_t)length[2] << 16 | (size_t)length[3] << 24;
    if (reader->header_bytes > MAX_HEADER || reader->header_bytes < 2)
        return bad(reader, "its header has an impossible length");
    reader->carry_used = reader->text_used = 0;
    reader->state = IN_HEADER;
    return EQX_MORE;
}

EqxEvent eqx_read(EqxReader *reader, const uint8_t **bytes, size_t *count) {
    for (;;) {
        if (reader->state == IN_VALUES) {
            read_values(reader, bytes, count);
            if (reader->at < reader->record.count) return EQX_MORE;
            reader->state = IN_PREAMBLE;
            return EQX_VALUES;
        }
        if (!*count) return EQX_MORE;
        uint8_t byte = **bytes;
        EqxEvent event = EQX_MORE;
        if (reader->state == AT_START) {
            if (byte != '{' && byte != 0x93) return not_eqx(byte);
            reader->state = byte == '{' ? IN_JSON : IN_PREAMBLE;
        }
        ++*bytes;
        --*count;
        if (reader->state == IN_JSON)
            event = read_json(reader, byte);
        else if (reader->state == IN_PREAMBLE)
            event = read_preamble(reader, byte);
        else if (!keep(reader, (char)byte))
            event = EQX_BAD;
        else if (reader->text_used == reader->header_bytes)
            event = parse_header(reader);
        if (event != EQX_MORE) return event;
    }
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

void eqx_write_header(uint8_t out[128], EqxType type, int32_t rank, const int32_t *shape) {
    const char *descr = type == EQX_F8 ? "<f8" : type == EQX_B1 ? "|b1" : "<f4";
    char text[119], dims[64] = "";
    size_t used = 0;
    for (int32_t i = 0; i < rank; i++)
        used += (size_t)snprintf(dims + used, sizeof dims - used,
                                 rank == 1 ? "%d,"
                                 : i       ? ", %d"
                                           : "%d",
                                 (int)shape[i]);
    int length =
        snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, dims);
    memcpy(out, "\x93NUMPY\x01\x00\x76\x00", 10);
    memset(out + 10, ' ', 117);
    memcpy(out + 10, text, (size_t)length);
    out[127] = '\n';
}
