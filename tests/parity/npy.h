/* SPDX-License-Identifier: MIT
 *
 * npy.h - a small reader of NumPy .npy records for the tests (version 1, C order; <f2, <f4, <f8, <i4 and
 * |b1).
 *
 *   bytes -> one record -> numbers as double, whatever they were
 *
 * Written apart from the engine's parser, so that an error of one is not an error of both.
 */
#ifndef WEFT_TEST_NPY_H
#define WEFT_TEST_NPY_H

#include <stddef.h>

typedef struct Npy {
    int rank;
    int shape[4];
    size_t count; /* product of the shape, 1 for a scalar */
    double *data; /* [count] owned */
} Npy;

/* Reads the record at the start of bytes. Returns how many bytes it took, 0 where there is no such record. */
size_t npy_parse(Npy *out, const unsigned char *bytes, size_t count);

/* Reads DIRECTORY/NAME.npy. Returns 0 where there is no such file; stops the program on a broken one. */
int npy_read(Npy *out, const char *directory, const char *name);
void npy_free(Npy *npy);

/* A whole file, with a NUL behind it, owned by the caller. NULL where there is no such file. */
char *npy_file(const char *path, size_t *count);

#endif
