/* SPDX-License-Identifier: MIT */
#include "sha256.h"

#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

WEFT_INLINE uint32_t rotate(uint32_t x, int32_t by) { return x >> by | x << (32 - by); }

/* One round. Instead of moving eight words along, the caller renames them: d and h are what changes. */
WEFT_INLINE void turn(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g,
                      uint32_t *h, uint32_t word) {
    uint32_t t = *h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (g ^ (e & (f ^ g))) + word;
    *d += t;
    *h = t + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) | (c & (a | b)));
}

static void absorb(Sha256 *s, const uint8_t *block) {
    uint32_t w[64], *v = s->state;
    uint32_t a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
    for (int32_t t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int32_t t = 16; t < 64; t++) {
        uint32_t x = w[t - 15], y = w[t - 2];
        w[t] = w[t - 16] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + w[t - 7] +
               (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
    }
    for (int32_t t = 0; t < 64; t += 8) { /* after eight rounds every word has its first name again */
        turn(a, b, c, &d, e, f, g, &h, w[t] + constants[t]);
        turn(h, a, b, &c, d, e, f, &g, w[t + 1] + constants[t + 1]);
        turn(g, h, a, &b, c, d, e, &f, w[t + 2] + constants[t + 2]);
        turn(f, g, h, &a, b, c, d, &e, w[t + 3] + constants[t + 3]);
        turn(e, f, g, &h, a, b, c, &d, w[t + 4] + constants[t + 4]);
        turn(d, e, f, &g, h, a, b, &c, w[t + 5] + constants[t + 5]);
        turn(c, d, e, &f, g, h, a, &b, w[t + 6] + constants[t + 6]);
        turn(b, c, d, &e, f, g, h, &a, w[t + 7] + constants[t + 7]);
    }
    v[0] += a, v[1] += b, v[2] += c, v[3] += d, v[4] += e, v[5] += f, v[6] += g, v[7] += h;
}

void sha256_open(Sha256 *s) {
    *s = (Sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
                            0x1f83d9ab, 0x5be0cd19}};
}

void sha256_feed(Sha256 *s, const void *bytes, size_t count) {
    const uint8_t *from = bytes;
    size_t held = (size_t)(s->count % 64);
    s->count += count;
    while (count) {
        if (!held && count >= 64) {
            absorb(s, from);
            from += 64;
            count -= 64;
            continue;
        }
        size_t take = 64 - held < count ? 64 - held : count;
        memcpy(s->block + held, from, take);
        held += take;
        from += take;
        count -= take;
        if (held == 64) {
            absorb(s, s->block);
            held = 0;
        }
    }
}

void sha256_finish(Sha256 *s, char text[65]) {
    static const char digits[] = "0123456789abcdef";
    uint64_t bits = s->count * 8;
    uint8_t length[8];
    for (int32_t i = 0; i < 8; i++) length[i] = (uint8_t)(bits >> (56 - 8 * i));
    sha256_feed(s, "\x80", 1);
    while (s->count % 64 != 56) sha256_feed(s, "", 1);
    sha256_feed(s, length, 8);
    for (int32_t i = 0; i < 64; i++) text[i] = digits[s->state[i / 8] >> (28 - 4 * (i % 8)) & 15];
    text[64] = 0;
}
