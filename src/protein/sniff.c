/* SPDX-License-Identifier: MIT */
#include "sniff.h"

#include <string.h>

enum { PROBE_BYTES = 4096 };

static const char GZIP[] = "a gzip file", ZSTD[] = "a zstd file", MMCIF[] = "an mmCIF file",
                  BINARY_CIF[] = "a BinaryCIF file";

typedef struct Signature {
    const char *bytes;
    size_t count;
    const char *what;
} Signature;

static const Signature BINARY[] = {
    {"\x1f\x8b", 2, GZIP},
    {"PK\x03\x04", 4, "a zip file"},
    {"\x28\xb5\x2f\xfd", 4, ZSTD},
    {"BZh", 3, "a bzip2 file"},
    {"\xfd"
     "7zXZ",
     5, "an xz file"},
    {"\x93NUMPY", 6, "a .npy array or .eqx weights file"},
    {"\x89PNG", 4, "a PNG image"},
    {"\xff\xd8\xff", 3, "a JPEG image"},
    {"%PDF-", 5, "a PDF document"},
    {"\xff\xfe", 2, "UTF-16 text"},
    {"\xfe\xff", 2, "UTF-16 text"},
};

static const Signature TEXT[] = {
    {"data_", 5, MMCIF},
    {"loop_", 5, MMCIF},
    {"_atom_site.", 11, MMCIF},
    {"<!doctype html", 14, "a web page"},
    {"<html", 5, "a web page"},
    {"<", 1, "an XML file"},
    {"{", 1, "a JSON file"},
    {"[", 1, "a JSON file"},
    {">", 1, "a FASTA file"},
    {"@<TRIPOS>", 9, "a MOL2 file"},
    {"*", 1, "a CHARMM coordinate file"},
};

static int begins(const char *bytes, size_t count, const char *word, size_t length) {
    if (count < length) return 0;
    for (size_t i = 0; i < length; i++) {
        char c = bytes[i] >= 'A' && bytes[i] <= 'Z' ? (char)(bytes[i] - 'A' + 'a') : bytes[i];
        char w = word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] - 'A' + 'a') : word[i];
        if (c != w) return 0;
    }
    return 1;
}

const char *sniff_binary(const void *bytes, size_t count) {
    const char *text = bytes;
    for (size_t i = 0; i < sizeof BINARY / sizeof *BINARY; i++)
        if (count >= BINARY[i].count && !memcmp(bytes, BINARY[i].bytes, BINARY[i].count))
            return BINARY[i].what;
    size_t probe = count < PROBE_BYTES ? count : PROBE_BYTES;
    if (!probe || !memchr(bytes, 0, probe)) return NULL;
    if (((uint8_t)text[0] & 0xf0) == 0x80) return BINARY_CIF; /* a map of MessagePack */
    return text[0] == '{' ? "an .eqx weights file" : "a binary file";
}

/* Behind the byte order mark, blanks and comment lines. */
static size_t skip_preamble(const char *text, size_t count) {
    size_t at = count >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
    for (;;) {
        while (at < count && strchr(" \t\r\n", text[at]) && text[at]) at++;
        if (at == count || text[at] != '#') return at;
        while (at < count && text[at] != '\n') at++;
    }
}

const char *sniff_text(const void *bytes, size_t count) {
    const char *text = bytes;
    size_t at = skip_preamble(text, count);
    for (size_t i = 0; i < sizeof TEXT / sizeof *TEXT; i++)
        if (begins(text + at, count - at, TEXT[i].bytes, TEXT[i].count)) return TEXT[i].what;
    return NULL;
}

int sniff_is_structure(const char *what) {
    return what == GZIP || what == ZSTD || what == MMCIF || what == BINARY_CIF;
}
