/* SPDX-License-Identifier: MIT
 *
 * sha256.h - SHA-256 (FIPS 180-4) of bytes that arrive in pieces. The names of weight files are their sums.
 */
#ifndef WEFT_CORE_SHA256_H
#define WEFT_CORE_SHA256_H

#include "base.h"

typedef struct Sha256 {
    uint32_t state[8];
    uint64_t count;    /* bytes so far */
    uint8_t block[64]; /* the unfinished block, count % 64 bytes */
} Sha256;

void sha256_open(Sha256 *s);
void sha256_feed(Sha256 *s, const void *bytes, size_t count);

/* Ends the sum and writes 64 hexadecimal digits and a NUL. */
void sha256_finish(Sha256 *s, char text[65]);

#endif
