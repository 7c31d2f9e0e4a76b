/* SPDX-License-Identifier: MIT
 *
 * npy.c - see npy.h. The header is a Python dict literal; three of its words are looked for by name.
 */
#include "npy.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* IEEE half precision, written out: sign, 5 exponent bits, 10 fraction bits. */
static double half_value(const unsigned char *p) {
    int bits = p[0] | p[1] << 8, exponent = bits >> 10 & 31, fraction = bits & 1023;
    double magnitude = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    if (exponent == 31) magnitude = fraction ? NAN : INFINITY;
    return bits & 0x8000 ? -magnitude : magnitude;
}

static double element(const unsigned char *p, char kind, int size) {
    float f;
    double d;
    int32_t i;
    if (kind == 'f' && size == 2) return half_value(p);
    if (kind == 'f' && size == 4) return memcpy(&f, p, 4), f;
    if (kind == 'f' && size == 8) return memcpy(&d, p, 8), d;
    if (kind == 'i' && size == 4) return memcpy(&i, p, 4), i;
    return *p;
}

size_t npy_parse(Npy *out, const unsigned char *bytes, size_t count) {
    char header[512], kind;
    int size;
    if (count < 10 || memcmp(bytes, "\x93NUMPY\x01\x00", 8)) return 0;
    size_t length = (size_t)bytes[8] | (size_t)bytes[9] << 8;
    if (length >= sizeof header || count < 10 + length) return 0;
    memcpy(header, bytes + 10, length);
    header[length] = 0;
    const char *descr = strstr(header, "'descr': '"), *shape = strstr(header, "'shape': (");
    if (!descr || !shape || !strstr(header, "'fortran_order': False") ||
        sscanf(descr + 11, "%c%d", &kind, &size) != 2)
        return 0;
    *out = (Npy){0, {1, 1, 1, 1}, 1, NULL};
    for (char *p = (char *)shape + 10; *p != ')' && out->rank < 4; p += strspn(p, ", ")) {
        out->shape[out->rank++] = (int)strtol(p, &p, 10);
        out->count *= (size_t)out->shape[out->rank - 1];
    }
    size_t total = 10 + length + out->count * (size_t)size;
    if (count < total) return 0;
    out->data = malloc((out->count + 1) * sizeof(double));
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = element(bytes + 10 + length + i * (size_t)size, kind, size);
    return total;
}

char *npy_file(const char *path, size_t *count) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    size_t size = 0, space = 1 << 16, got;
    char *bytes = malloc(space + 1);
    while ((got = fread(bytes + size, 1, space - size, file)) > 0) {
        size += got;
        if (size == space) bytes = realloc(bytes, (space *= 2) + 1);
    }
    fclose(file);
    bytes[size] = 0;
    *count = size;
    return bytes;
}

int npy_read(Npy *out, const char *directory, const char *name) {
    char path[1024];
    size_t count;
    snprintf(path, sizeof path, "%s/%s.npy", directory, name);
    char *bytes = npy_file(path, &count);
    if (!bytes) return 0;
    if (npy_parse(out, (unsigned char *)bytes, count) != count) {
        fprintf(stderr, "%s: not a NumPy file this reader knows\n", path);
        exit(1);
    }
    free(bytes);
    return 1;
}

void npy_free(Npy *npy) {
    free(npy->data);
    npy->data = NULL;
}
