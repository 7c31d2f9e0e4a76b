/* SPDX-License-Identifier: MIT
 *
 * test_torch_random.c - PyTorch's random stream: published values, how far each call moves it, bounds of its functions.
 *
 * tests/parity/torch_stream.c holds it against PyTorch's stored numbers.
 */
#include "../../src/core/torch_random.h"
#include "../../src/core/vmath.h"
#include "unit.h"

static TorchRandom seeded(uint32_t seed) {
    TorchRandom r;
    torch_random_seed(&r, seed);
    return r;
}

/* Both streams go on alike. */
static int same_place(TorchRandom a, TorchRandom b) {
    int same = a.has_normal == b.has_normal && (!a.has_normal || a.normal == b.normal);
    for (int i = 0; i < 700; i++) same = same && torch_random_word(&a) == torch_random_word(&b);
    return same;
}

/* ---- Words --------------------------------------------------------------------------------------------- */

static void words_are_the_published_ones(void) { /* 10000th of seed 5489: C++ standard, [rand.predef] */
    TorchRandom r = seeded(5489);
    CHECK(torch_random_word(&r) == 3499211612u);
    torch_random_skip(&r, 9998);
    CHECK(torch_random_word(&r) == 4123659995u);
    r = seeded(UINT32_MAX);
    uint32_t first = torch_random_word(&r);
    r = seeded(0);
    CHECK(torch_random_word(&r) != first);
}

static void skipping_is_taking(void) {
    static const int32_t counts[] = {0, 1, 2, 622, 623, 624, 625, 1247, 1248, 1249, 100000, 3305317};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (int32_t before = 0; before <= 624; before += 312) {
            TorchRandom taken = seeded(7), skipped = seeded(7);
            for (int32_t k = 0; k < before; k++) torch_random_word(&skipped);
            for (int32_t k = 0; k < before + counts[i]; k++) torch_random_word(&taken);
            torch_random_skip(&skipped, counts[i]);
            CHECK(same_place(taken, skipped));
        }
}

/* ---- Uniforms and normals ------------------------------------------------------------------------------ */

static void uniforms_are_the_low_bits(void) { /* torch.manual_seed(0); torch.rand(4), as printed everywhere */
    static const double printed[] = {0.4963, 0.7682, 0.0885, 0.1320};
    TorchRandom r = seeded(0), words = seeded(0);
    for (int i = 0; i < 4; i++) CHECK_NEAR((double)torch_random_float(&r), printed[i], 5e-5);
    r = seeded(0);
    for (int i = 0; i < 1000; i++)
        CHECK(torch_random_float(&r) == (float)(torch_random_word(&words) % (1u << 24)) / 16777216.0f);
    for (int i = 0; i < 1000; i++) { /* 2^32 mod 2^53: the top 11 bits of the first word fall off */
        double high = torch_random_word(&words) % (1u << 21), low = torch_random_word(&words);
        CHECK(torch_random_double(&r) == (high * 4294967296.0 + low) / 9007199254740992.0);
    }
    CHECK(same_place(r, words));
}

static void short_normals_come_in_pairs(void) { /* torch.manual_seed(0); torch.randn(5), as printed everywhere */
    static const double printed[] = {1.5410, -0.2934, -2.1788, 0.5684, -1.0845};
    TorchRandom r = seeded(0), words = seeded(0);
    float eight[8], five[5], three[3], sixteen[16], same[16];
    torch_random_normals(&r, five, 5);
    for (int i = 0; i < 5; i++) CHECK_NEAR((double)five[i], printed[i], 5e-5);
    torch_random_skip(&words, 12); /* three pairs of 53-bit numbers */
    torch_random_normals(&r, sixteen, 16);
    torch_random_normals(&words, same, 16); /* takes nothing from the pair that waits */
    CHECK(!memcmp(sixteen, same, sizeof same) && r.has_normal && !words.has_normal);
    torch_random_normals(&r, three, 3);
    r = seeded(0);
    torch_random_normals(&r, eight, 8);
    CHECK(!memcmp(eight, five, sizeof five) && eight[5] == three[0] && eight[6] != three[1]);
    torch_random_normals(&r, five, 1);
    CHECK(r.has_normal);
    torch_random_seed(&r, 3);
    CHECK(!r.has_normal && same_place(r, seeded(3)));
    torch_random_normals(&r, NULL, 0);
    CHECK(same_place(r, seeded(3)));
}

/* randn by its definition, in double with the C library: out[count] and room for its uniforms. */
static void plain_normals(TorchRandom *r, double *out, int count) {
    double u[128];
    for (int i = 0; i < count; i++) u[i] = (double)torch_random_float(r);
    for (int turn = 0, last = count % 16 != 0; turn < count / 16 + last; turn++) {
        int at = turn < count / 16 ? turn * 16 : count - 16;
        for (int i = at; turn == count / 16 && i < count; i++) u[i] = (double)torch_random_float(r);
        for (int j = at; j < at + 8; j++) {
            double radius = sqrt(-2 * log1p(-u[j])), angle = 2 * acos(-1) * u[j + 8];
            out[j] = radius * cos(angle);
            out[j + 8] = radius * sin(angle);
        }
    }
}

static void long_normals_are_blocks_of_16(void) {
    double worst = 0, expected[128];
    float out[128];
    for (int count = 16; count <= 128; count++) {
        TorchRandom r = seeded((uint32_t)count), plain = r;
        torch_random_normals(&r, out, count);
        plain_normals(&plain, expected, count);
        for (int i = 0; i < count; i++) worst = fmax(worst, fabs((double)out[i] - expected[i]));
        CHECK(same_place(r, plain));
    }
    CHECK(worst < 2e-6); /* the angle is rounded to float: half of 4.8e-7 times a radius of up to 5.8 */
    printf("    randn: largest distance from double precision %.2g\n", worst);
}

static void normals_have_mean_0_and_variance_1(void) {
    TorchRandom r = seeded(11);
    double sum = 0, squares = 0, cubes = 0, fourths = 0, n = 20000.0 * 8;
    for (int i = 0; i < 20000; i++) {
        float x[16];
        int count = i % 2 ? 15 : 16;
        torch_random_normals(&r, x, count);
        for (int j = 0; j < 8; j++) {
            double v = (double)x[count - 8 + j];
            sum += v;
            squares += v * v;
            cubes += v * v * v;
            fourths += v * v * v * v;
        }
    }
    CHECK_NEAR(sum / n, 0, 5 / sqrt(n)); /* five standard errors each */
    CHECK_NEAR(squares / n, 1, 5 * sqrt(2 / n));
    CHECK_NEAR(cubes / n, 0, 5 * sqrt(15 / n));
    CHECK_NEAR(fourths / n, 3, 5 * sqrt(96 / n));
}

/* ---- Elementary functions ------------------------------------------------------------------------------ */

static double relative(double actual, long double expected) {
    return (double)(fabsl((long double)actual - expected) / fabsl(expected));
}

static void log_of_1_minus_u_is_log1p(void) { /* for u of 24 or 53 bits, near 0, near 1 and between */
    double worst = 0, smallest = 0x1p-53;
    for (double k = 1; k < 0x1p53; k = floor(k * 1.0003) + 1) {
        double u = k * smallest, v = 1 - u;
        CHECK(1 - v == u);
        worst = fmax(worst, relative(vmath_log(v), log1pl(-(long double)u)));
        worst = fmax(worst, relative(vmath_log(u), logl((long double)u)));
    }
    CHECK(worst < 1e-15);
    CHECK(vmath_log(1 - 0.0) == 0);
    printf("    log near 1: largest relative error %.2g\n", worst);
}

static void sine_and_cosine_are_within_5e_16(void) {
    double worst = 0, sine, cosine, quarter = acos(-1) / 2;
    for (int i = 1; i <= 406000; i++) { /* everywhere, and ever closer to the multiples of pi/2 */
        double x = i <= 400000 ? i * 2e-5 : (i % 6) * quarter + (i % 2 ? 1 : -1) * pow(0.5, (i - 400000) * 0.01);
        if (x <= 0 || x > 8) continue;
        vmath_sincos(x, &sine, &cosine);
        worst = fmax(worst, relative(sine, sinl((long double)x)));
        worst = fmax(worst, relative(cosine, cosl((long double)x)));
    }
    CHECK(worst < 5e-16);
    vmath_sincos(0, &sine, &cosine);
    CHECK(sine == 0 && cosine == 1);
    printf("    sin, cos: largest relative error %.2g\n", worst);
}

/* ---- Draws --------------------------------------------------------------------------------------------- */

static void each_rule_takes_its_own_words(void) {
    static const struct {
        TorchRule rule;
        TorchType type;
        int taken;
    } rules[] = {{TORCH_PLAIN, TORCH_FLOAT32, 42},
                 {TORCH_PLAIN, TORCH_FLOAT64, 42},
                 {TORCH_MKL, TORCH_FLOAT32, 1},
                 {TORCH_MKL, TORCH_FLOAT64, 2}};
    for (int i = 0; i < 4; i++) {
        double q[21], sum = 0;
        TorchRandom r = seeded(5), words = r;
        torch_random_exponentials(&r, q, 21, rules[i].rule, rules[i].type);
        torch_random_skip(&words, rules[i].taken);
        CHECK(same_place(r, words));
        for (int k = 0; k < 21; k++) CHECK(rules[i].type == TORCH_FLOAT64 || q[k] == (double)(float)q[k]);
        for (int turn = 0; turn < 5000; turn++) {
            torch_random_exponentials(&r, q, 21, rules[i].rule, rules[i].type);
            for (int k = 0; k < 21; k++) sum += q[k] > 0 ? q[k] : NAN;
        }
        CHECK_NEAR(sum / (5000 * 21), 1, 5 / sqrt(5000 * 21.0)); /* five standard errors */
    }
}

/* The variates give back their x of MCG31m1; the powers of its multiplier are computed by adding. */
static void mkl_variates_are_its_generators(void) {
    double q[100];
    TorchRandom r = seeded(9), words = r;
    for (int turn = 0; turn < 20; turn++) {
        uint32_t x = torch_random_word(&words) % 2147483647u;
        if (turn % 2) x = torch_random_word(&words) % 2147483647u;
        torch_random_exponentials(&r, q, 100, TORCH_MKL, turn % 2 ? TORCH_FLOAT64 : TORCH_FLOAT32);
        for (int k = 0; k < 100; k++) {
            CHECK_NEAR(q[k], -log(x / 2147483647.0), turn % 2 ? 1e-14 : 2e-6);
            uint32_t product = 0;
            for (int bit = 30; bit >= 0; bit--) {
                product = product * 2 % 2147483647u;
                if (1132489760u >> bit & 1) product = (product + x) % 2147483647u;
            }
            x = product;
        }
    }
    memset(r.word, 0, sizeof r.word); /* the word 0, which would stay 0 */
    r.next = 0;
    torch_random_exponentials(&r, q, 2, TORCH_MKL, TORCH_FLOAT64);
    CHECK_NEAR(q[0], log(2147483647.0), 1e-14);
    CHECK_NEAR(q[1], log(2147483647.0 / 1132489760.0), 1e-14);
}

static void letters_follow_their_probabilities(void) {
    static const double p[5] = {0.5, 0, 0.3, 0.15, 0.05};
    for (int kind = 0; kind < 4; kind++) {
        TorchRandom r = seeded(13);
        double q[5], counts[5] = {0}, chi = 0;
        for (int i = 0; i < 20000; i++) {
            TorchType type = kind & 1 ? TORCH_FLOAT64 : TORCH_FLOAT32;
            torch_random_exponentials(&r, q, 5, kind & 2 ? TORCH_MKL : TORCH_PLAIN, type);
            counts[torch_random_letter(p, q, 5, type)]++;
        }
        for (int k = 0; k < 5; k++)
            if (p[k] > 0) chi += (counts[k] - 20000 * p[k]) * (counts[k] - 20000 * p[k]) / (20000 * p[k]);
        CHECK(counts[1] == 0 && chi < 21.1); /* three degrees of freedom: one in ten thousand */
    }
}

static void equal_ratios_go_to_the_first_letter(void) {
    CHECK(torch_random_letter((double[]){0, 0.25, 0.5}, (double[]){1, 1, 2}, 3, TORCH_FLOAT64) == 1);
    CHECK(torch_random_letter((double[]){0, 0}, (double[]){1, 1}, 2, TORCH_FLOAT64) == 0);
    /* one part in 2^30 apart: equal as float, not as double */
    const double p[] = {0.5, 0.5 * (1 + 0x1p-30)}, q[] = {1, 1};
    CHECK(torch_random_letter(p, q, 2, TORCH_FLOAT32) == 0 && torch_random_letter(p, q, 2, TORCH_FLOAT64) == 1);
}

/* ---- All of it ----------------------------------------------------------------------------------------- */

static uint64_t hash_of(uint64_t hash, const void *values, size_t bytes) { /* FNV-1a */
    for (size_t i = 0; i < bytes; i++) hash = (hash ^ ((const uint8_t *)values)[i]) * 0x100000001b3u;
    return hash;
}

/* Natively, under the sanitizers and in WebAssembly. */
static void every_build_gives_the_same_bits(void) {
    uint64_t hash = 0xcbf29ce484222325u;
    float x[1000];
    double q[1000];
    TorchRandom r = seeded(2026);
    for (int turn = 0; turn < 200; turn++) {
        torch_random_normals(&r, x, turn * 5);
        hash = hash_of(hash, x, (size_t)turn * 5 * sizeof *x);
        torch_random_exponentials(&r, q, turn * 5, turn & 1 ? TORCH_MKL : TORCH_PLAIN,
                                  turn & 2 ? TORCH_FLOAT64 : TORCH_FLOAT32);
        hash = hash_of(hash, q, (size_t)turn * 5 * sizeof *q);
    }
    CHECK(hash == 0x7155b38a0528ab20u);
}

int main(void) {
    RUN(words_are_the_published_ones);
    RUN(skipping_is_taking);
    RUN(uniforms_are_the_low_bits);
    RUN(short_normals_come_in_pairs);
    RUN(long_normals_are_blocks_of_16);
    RUN(normals_have_mean_0_and_variance_1);
    RUN(log_of_1_minus_u_is_log1p);
    RUN(sine_and_cosine_are_within_5e_16);
    RUN(each_rule_takes_its_own_words);
    RUN(mkl_variates_are_its_generators);
    RUN(letters_follow_their_probabilities);
    RUN(equal_ratios_go_to_the_first_letter);
    RUN(every_build_gives_the_same_bits);
    return unit_done("torch_random");
}
