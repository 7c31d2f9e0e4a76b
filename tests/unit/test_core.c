/* SPDX-License-Identifier: MIT
 *
 * test_core.c - src/core: operations against a few plain lines of C, bounds measured, parsers fed in pieces.
 */
#include <stdlib.h>

#include "../../src/core/eqx.h"
#include "../../src/core/json.h"
#include "../../src/core/ops.h"
#include "../../src/core/random.h"
#include "../../src/core/sha256.h"
#include "../../src/core/vmath.h"
#include "unit.h"

static uint32_t state = 7;
static float uniform(void) { /* -1 to 1 */
    state = state * 1664525u + 1013904223u;
    return (float)(int32_t)state * 0x1p-31f;
}

/* ---- arena --------------------------------------------------------------------------------------------- */

static void arena_gives_zeroed_aligned_pieces(void) {
    Arena *arena = arena_open();
    char *first = arena_take(arena, 100, 1);
    CHECK((uintptr_t)first % 64 == 0);
    memset(first, 1, 100);
    ArenaMark mark = arena_mark(arena);
    char *second = arena_take(arena, 3u << 20, 1);
    CHECK((uintptr_t)second % 64 == 0);
    for (int i = 0; i < 3 << 20; i += 4093) CHECK(second[i] == 0);
    memset(second, 1, 3u << 20);
    size_t held = arena_held(arena), peak = arena_peak(arena);
    for (int turn = 0; turn < 100; turn++) {
        arena_reset(arena, mark);
        char *again = arena_take(arena, 3u << 20, 1);
        CHECK(again == second && again[12345] == 0);
        again[12345] = 1;
    }
    CHECK(arena_held(arena) == held && arena_peak(arena) == peak && first[99] == 1);
    arena_free(arena);
}

static void arena_refuses_what_cannot_be(void) {
    Arena *arena = arena_open();
    CHECK(!arena_take(arena, SIZE_MAX / 2, 4) && weft_error_status() == WEFT_NO_MEMORY);
    CHECK(!arena_take(arena, SIZE_MAX - 70, 1));
    CHECK(arena_take(arena, 10, 1) != NULL);
    arena_free(arena);
    arena_free(NULL);
}

/* ---- elementary functions ------------------------------------------------------------------------------ */

static void exp_is_within_2e_7(void) {
    double worst = 0;
    for (double x = -87; x <= 88; x += 3.1e-4) {
        float f = (float)x;
        worst = fmax(worst, fabs(vmath_exp1(f) - exp((double)f)) / exp((double)f));
    }
    CHECK(worst < 2e-7);
    CHECK(vmath_exp1(-1000) > 1e-38 && vmath_exp1(-1000) < 2e-38 && vmath_exp1(0) == 1);
    printf("    exp: largest relative error %.2g\n", worst);
}

static void gelu_is_within_7e_7(void) {
    double worst = 0;
    for (double x = -14; x <= 14; x += 2.3e-5) {
        float f = (float)x;
        worst = fmax(
            worst, fabs((double)vmath_gelu(vec_splat(f))[0] - 0.5 * (double)f * erfc(-(double)f / sqrt(2.0))));
    }
    CHECK(worst < 7e-7);
    CHECK(vmath_gelu(vec_splat(1e30f))[2] == 1e30f && vmath_gelu(vec_splat(-1e30f))[3] == 0 &&
          vmath_gelu(vec_splat(0))[1] == 0);
    printf("    gelu: largest absolute error %.2g\n", worst);
}

static void slope_of_gelu_is_within_3e_6(void) {
    double worst = 0;
    for (double x = -14; x <= 14; x += 2.3e-5) {
        float f = (float)x;
        double slope = 0.5 * erfc(-(double)f / sqrt(2.0)) +
                       (double)f * exp(-(double)f * (double)f / 2) / sqrt(2 * 3.141592653589793);
        worst = fmax(worst, fabs((double)vmath_gelu_slope(vec_splat(f))[0] - slope));
    }
    CHECK(worst < 3e-6);
    CHECK_NEAR(vmath_gelu_slope(vec_splat(1e20f))[2], 1, 1e-6);
    CHECK_NEAR(vmath_gelu_slope(vec_splat(-1e20f))[3], 0, 1e-6);
    CHECK_NEAR(vmath_gelu_slope(vec_splat(0))[1], 0.5, 1e-6);
    printf("    slope of gelu: largest absolute error %.2g\n", worst);
}

static void log_is_within_1e_15(void) {
    double worst = 0;
    for (double x = 1e-12; x < 1e12; x *= 1.00037)
        worst = fmax(worst, fabs(vmath_log(x) - log(x)) / fmax(fabs(log(x)), 1e-3));
    CHECK(worst < 1e-15);
    CHECK(vmath_log(1) == 0);
    printf("    log: largest relative error %.2g\n", worst);
}

/* ---- ops ----------------------------------------------------------------------------------------------- */

static void linear_of(int32_t in, int32_t out, int32_t rows) {
    Arena *arena = arena_open();
    int32_t first = 3, columns = in + 5;
    size_t xs = (size_t)vec_padded(in), ys = (size_t)vec_padded(out);
    float *matrix = ARENA_TAKE(arena, float, (size_t)out *(size_t)columns),
          *copy = ARENA_TAKE(arena, float, (size_t)out *(size_t)columns);
    float *x = ARENA_TAKE(arena, float, (size_t)rows *xs), *y = ARENA_TAKE(arena, float, (size_t)rows *ys),
          *one = ARENA_TAKE(arena, float, ys);
    Linear l = {in, out, ARENA_TAKE(arena, float, ys *(size_t)in), ARENA_TAKE(arena, float, ys)};
    for (int32_t i = 0; i < out * columns; i++) copy[i] = matrix[i] = uniform();
    for (int32_t i = 0; i < out; i++) l.b[i] = uniform();
    for (int32_t r = 0; r < rows; r++)
        for (int32_t i = 0; i < in; i++) x[(size_t)r * xs + (size_t)i] = uniform();
    ops_pack(&l, matrix, columns, first);
    for (size_t i = 0; i < (size_t)rows * ys; i++) y[i] = 9;
    ops_linear(y, x, &l, rows);
    for (int32_t r = 0; r < rows; r++) {
        for (int32_t o = 0; o < out; o++) {
            double sum = l.b[o];
            for (int32_t i = 0; i < in; i++)
                sum += (double)x[(size_t)r * xs + (size_t)i] * (double)matrix[o * columns + first + i];
            CHECK_NEAR(y[(size_t)r * ys + (size_t)o], sum, 1e-6 * in);
        }
        for (size_t o = (size_t)out; o < ys; o++) CHECK(y[(size_t)r * ys + o] == 0);
        ops_linear(one, x + (size_t)r * xs, &l, 1); /* a row alone has the bits of a row among others */
        CHECK(!memcmp(one, y + (size_t)r * ys, ys * sizeof *y));
    }
    Linear back = {0, 0, ARENA_TAKE(arena, float, (size_t)vec_padded(in) * (size_t)out), NULL};
    ops_transpose(&back, &l);
    CHECK(back.in == out && back.out == in);
    for (int32_t o = 0; o < out; o++) {
        float unit[512] = {0}, row[512];
        unit[o] = 1;
        ops_linear(row, unit, &back, 1);
        for (int32_t i = 0; i < in; i++) CHECK(row[i] == matrix[o * columns + first + i]);
    }
    for (int32_t i = 0; i < out; i++)
        for (int32_t c = 0; c < in; c++) matrix[i * columns + first + c] = 0;
    ops_unpack(matrix, &l, columns, first);
    CHECK(!memcmp(matrix, copy, (size_t)out * (size_t)columns * sizeof *copy));
    arena_free(arena);
}

static void linear_equals_plain_products(void) {
    linear_of(128, 128, 48);
    linear_of(400, 128, 3);
    linear_of(1, 1, 1);
    linear_of(37, 21, 5);
    linear_of(16, 17, 2);
}

static void norms_equal_plain_ones(void) {
    static const int32_t widths[] = {128, 1, 21, 16, 30};
    for (int w = 0; w < 5; w++) {
        int32_t n = widths[w], p = vec_padded(n);
        float x[128] = {0}, d[128] = {0}, h[128], gain[128] = {0}, shift[128] = {0};
        double mean = 0, var = 0;
        for (int i = 0; i < n; i++) {
            h[i] = x[i] = uniform();
            d[i] = uniform();
            gain[i] = uniform();
            shift[i] = uniform();
            mean += (double)(x[i] + d[i] / 30) / n;
        }
        for (int i = n; i < p; i++) h[i] = 0;
        for (int i = 0; i < n; i++) var += pow((double)(x[i] + d[i] / 30) - mean, 2) / n;
        Norm norm = {n, gain, shift};
        ops_residual_norm(h, d, 1.0f / 30, &norm, 1);
        for (int i = 0; i < n; i++)
            CHECK_NEAR(h[i],
                       ((double)(x[i] + d[i] / 30) - mean) / sqrt(var + 1e-5) * (double)gain[i] +
                           (double)shift[i],
                       3e-6);
        for (int i = n; i < p; i++) CHECK(h[i] == 0);
    }
}

/* Against differences of the norm itself. */
static void gradients_of_norms_are_differences(void) {
    static const int32_t widths[] = {128, 21, 16, 30};
    for (int w = 0; w < 4; w++) {
        int32_t n = widths[w], p = vec_padded(n);
        float x[128] = {0}, moved[128], up[128], down[128], g[256] = {0}, by[256] = {0}, gain[128] = {0},
              shift[128] = {0};
        for (int i = 0; i < n; i++) {
            x[i] = uniform();
            gain[i] = uniform();
            shift[i] = uniform();
            by[i] = g[i] = uniform();
            by[p + i] = g[p + i] = uniform();
        }
        Norm norm = {n, gain, shift};
        ops_norm_back(g, x, &norm, 2);
        for (int i = 0; i < n; i++) {
            double change[2] = {0};
            memcpy(moved, x, sizeof x);
            moved[i] = x[i] + 0.01f;
            ops_norm(up, moved, &norm, 1);
            moved[i] = x[i] - 0.01f;
            ops_norm(down, moved, &norm, 1);
            for (int r = 0; r < 2; r++)
                for (int o = 0; o < n; o++)
                    change[r] += (double)by[r * p + o] * (double)(up[o] - down[o]) / 0.02;
            for (int r = 0; r < 2; r++) CHECK_NEAR(g[r * p + i], change[r], 2e-3);
        }
        for (int i = n; i < p; i++) CHECK(g[i] == 0 && g[p + i] == 0);
    }
}

static void gathers_and_sums_equal_plain_ones(void) {
    enum { K = 7, W = 32 };
    float own[W], edge[K * W], terms[3 * W], out[K * W], sum[W], plain[W];
    const float *other[K];
    uint8_t mask[K] = {1, 0, 1, 1, 0, 1, 1};
    for (int i = 0; i < W; i++) own[i] = uniform();
    for (int i = 0; i < K * W; i++) edge[i] = uniform();
    for (int i = 0; i < 3 * W; i++) terms[i] = uniform();
    for (int j = 0; j < K; j++) other[j] = terms + j % 3 * W;
    ops_gather_gelu(out, own, edge, other, K, W);
    for (int j = 0; j < K; j++)
        for (int i = 0; i < W; i++)
            CHECK(out[j * W + i] == vmath_gelu(vec_splat(own[i] + edge[j * W + i] + other[j][i]))[0]);
    ops_gather_gelu(out, own, edge, NULL, K, W);
    CHECK(out[5 * W + 3] == vmath_gelu(vec_splat(own[3] + edge[5 * W + 3]))[0]);
    ops_gelu_sum(sum, edge, mask, K, W);
    for (int i = 0; i < W; i++) {
        plain[i] = 0;
        for (int j = 0; j < K; j++)
            if (mask[j]) plain[i] += vmath_gelu(vec_splat(edge[j * W + i]))[0];
        CHECK(sum[i] == plain[i]);
    }
    ops_sum_rows(sum, edge, NULL, K, W);
    CHECK_NEAR(sum[9],
               edge[9] + edge[W + 9] + edge[2 * W + 9] + edge[3 * W + 9] + edge[4 * W + 9] + edge[5 * W + 9] +
                   edge[6 * W + 9],
               1e-5);
}

static void log_softmax_stays_finite(void) {
    float x[4] = {1000, 0, -1000, 999}, out[4];
    ops_log_softmax(out, x, 4);
    CHECK_NEAR(out[0], -0.31326168751822286, 1e-6);
    CHECK_NEAR(out[3], -1.3132616875182228, 1e-6);
    CHECK_NEAR(out[2], -2000.3132616875182, 1e-3);
}

/* ---- random -------------------------------------------------------------------------------------------- */

static void philox_gives_the_published_words(void) { /* the known answers that come with the generator's paper */
    static const struct {
        uint32_t counter[4];
        RandomKey key;
        uint32_t out[4];
    } known[] = {{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                 {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                 {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                  {0xa4093822, 0x299f31d0},
                  {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
    for (int i = 0; i < 3; i++) {
        uint32_t out[4];
        random_block(out, known[i].counter, known[i].key);
        CHECK(!memcmp(out, known[i].out, sizeof out));
    }
    uint32_t many[21], few[5];
    random_words(many, 21, (RandomKey){1, 2}, RANDOM_LETTER, 3, 4);
    random_words(few, 5, (RandomKey){1, 2}, RANDOM_LETTER, 3, 4);
    CHECK(!memcmp(many, few, sizeof few));
    random_words(few, 5, (RandomKey){1, 2}, RANDOM_ORDER, 3, 4);
    CHECK(memcmp(many, few, sizeof few) != 0);
}

static void exponentials_are_positive_and_have_mean_one(void) {
    CHECK(random_exponential(0) > 0 && random_exponential(UINT32_MAX) > 0 && isfinite(random_exponential(0)));
    double sum = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t word;
        random_words(&word, 1, (RandomKey){5, 6}, RANDOM_LETTER, i, 0);
        sum += random_exponential(word);
    }
    CHECK_NEAR(sum / 100000, 1, 0.015); /* five standard errors */
}

/* Philox, logarithm, sine and cosine of another program (Python's) gave these, in double precision. */
static void normals_are_box_and_mullers(void) {
    static const double expected[7] = {0.785792994007494,   1.72740987154871,    0.5238043008136015,
                                       0.14717196522471268, -0.5685248000064642, -0.31132902195399403,
                                       1.3969443806048625};
    double many[7], few[3];
    random_normals(many, 7, (RandomKey){37, 1}, RANDOM_NOISE, 0, 11);
    random_normals(few, 3, (RandomKey){37, 1}, RANDOM_NOISE, 0, 11);
    CHECK(!memcmp(many, few, sizeof few));
    for (int i = 0; i < 7; i++) CHECK_NEAR(many[i], expected[i], 2e-15);
    /* the same bits in every build */
    CHECK(many[0] == 0x1.9253759560501p-1 && many[5] == -0x1.3ecd08fe5a2f3p-2);
    double sum = 0, squares = 0, fourths = 0, farthest = 0;
    for (uint32_t row = 0; row < 100000; row++) {
        random_normals(few, 2, (RandomKey){5, 6}, RANDOM_NOISE, 1, row);
        for (int i = 0; i < 2; i++) {
            double square = few[i] * few[i];
            sum += few[i];
            squares += square;
            fourths += square * square;
            if (square > farthest) farthest = square;
        }
    }
    CHECK_NEAR(sum / 200000, 0, 5 * sqrt(1.0 / 200000)); /* five standard errors each */
    CHECK_NEAR(squares / 200000, 1, 5 * sqrt(2.0 / 200000));
    CHECK_NEAR(fourths / 200000, 3, 5 * sqrt(96.0 / 200000));
    CHECK(farthest > 16 && farthest < 6.8 * 6.8);
}

/* ---- sha256 -------------------------------------------------------------------------------------------- */

static void sha256_gives_the_standard_sums(void) { /* FIPS 180-4 examples */
    char text[65];
    Sha256 s;
    sha256_open(&s);
    sha256_finish(&s, text);
    CHECK_TEXT(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_open(&s);
    sha256_feed(&s, "abc", 3);
    sha256_finish(&s, text);
    CHECK_TEXT(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_open(&s);
    for (int i = 0, piece = 1; i < 1000000; i += piece, piece = piece % 131 + 1) {
        char as[200];
        memset(as, 'a', sizeof as);
        if (piece > 1000000 - i) piece = 1000000 - i;
        sha256_feed(&s, as, (size_t)piece);
    }
    sha256_finish(&s, text);
    CHECK_TEXT(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* ---- eqx ----------------------------------------------------------------------------------------------- */

static size_t record(uint8_t *out, const char *dict, const void *data, size_t bytes) {
    memcpy(out, "\x93NUMPY\x01\x00\x76\x00", 10);
    memset(out + 10, ' ', 117);
    memcpy(out + 10, dict, strlen(dict));
    out[127] = '\n';
    if (bytes) memcpy(out + 128, data, bytes);
    return 128 + bytes;
}

/* Reads the stream in pieces; returns the number of records, or -1. Values of the last record are left in `values`. */
static int read_stream(const uint8_t *bytes, size_t count, size_t piece, float *values, EqxRecord *last) {
    Arena *arena = arena_open();
    EqxReader reader;
    eqx_open(&reader, arena);
    int records = 0, good = 1;
    for (size_t at = 0; good && at < count; at += piece) {
        const uint8_t *from = bytes + at;
        size_t left = count - at < piece ? count - at : piece;
        EqxEvent event;
        while ((event = eqx_read(&reader, &from, &left)) != EQX_MORE && (good = event != EQX_BAD)) {
            if (event == EQX_RECORD) reader.values = values;
            if (event == EQX_VALUES) records++;
        }
    }
    if (last) *last = reader.record;
    good = good && eqx_at_end(&reader);
    arena_free(arena);
    return good ? records : -1;
}

static void eqx_reads_every_type_in_any_pieces(void) {
    static uint8_t bytes[4096];
    static const float f4[6] = {1, 2, 3, 4, 5, 6};
    static const uint16_t f2[6] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x0000, 0x3555}, bf16[2] = {0x3f80, 0xc040};
    static const double f8 = 0.1;
    static const int64_t i8 = -5;
    size_t n = 0;
    float values[6];
    EqxRecord r;
    memcpy(bytes, "{\"a\":1}\n", 8);
    n = 8;
    n += record(bytes + n, "{'descr': '<f8', 'fortran_order': False, 'shape': (), }", &f8, 8);
    n += record(bytes + n, "{'descr': '|b1', 'fortran_order': False, 'shape': (), }", "", 1);
    n += record(bytes + n, "{'descr': '<V2', 'fortran_order': False, 'shape': (2,), }", bf16, 4);
    n += record(bytes + n, "{'shape': (1L, 1), 'fortran_order': False, 'descr': \"<i8\"}", &i8, 8);
    n += record(bytes + n, "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 24), }", "", 0);
    size_t before_half = n;
    n += record(bytes + n, "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3), }", f2, 12);
    size_t before_columns = n;
    n += record(bytes + n, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", f4, 24);
    for (size_t piece = 1; piece < 300; piece += piece < 20 ? 1 : 37) {
        CHECK(read_stream(bytes, n, piece, values, &r) == 7);
        CHECK(r.rank == 2 && r.shape[0] == 2 && r.shape[1] == 3 && values[1] == 3 && values[3] == 2 &&
              values[5] == 6);
        CHECK(read_stream(bytes, before_columns, piece, values, NULL) == 6);
        CHECK(values[0] == 1 && values[1] == -2 && values[2] == 0x1p-24f && values[3] == 65504 &&
              fabsf(values[5] - 1.0f / 3) < 1e-4f);
    }
    CHECK(read_stream(bytes, n - 1, 64, values, NULL) == -1);
    CHECK(read_stream(bytes, before_half, 64, values, NULL) == 5);
}

static void eqx_refuses_in_words(void) {
    static const struct {
        const char *dict, *says;
    } bad[] = {{"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "data type"},
               {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "data type"},
               {"{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "data type"},
               {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", "shape"},
               {"{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536), }", "shape"},
               {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1), }", "shape"},
               {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "shape"},
               {"{'descr': '<f4', 'shape': (1,), }", "fortran_order"},
               {"{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1, 1), }", "Fortran"}};
    static const struct {
        const char *bytes, *says;
    } wrong[] = {{"PK\3\4", "zip"},
                 {"\x28\xb5\x2f\xfd", "Zstandard"},
                 {"\x1f\x8b", "gzip"},
                 {"\x80\x02", "pickle"},
                 {"version https://git-lfs", "LFS"},
                 {"<!doctype", "HTML"},
                 {"ATOM", "0x41"},
                 {"\x93NUMPX", "record"}};
    uint8_t bytes[256];
    float values[4];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t n = record(bytes, bad[i].dict, values, 4);
        CHECK(read_stream(bytes, n, 1000, values, NULL) == -1);
        CHECK(strstr(weft_error(), bad[i].says) && weft_error_status() == WEFT_BAD_WEIGHTS);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(read_stream((const uint8_t *)wrong[i].bytes, strlen(wrong[i].bytes), 1000, values, NULL) == -1);
        CHECK(strstr(weft_error(), wrong[i].says) != NULL);
    }
}

static void failures_are_one_line(void) {
    base_fail(WEFT_BAD_REQUEST, 3, "'%s' is not understood", "A\n\t\x1b[2J\x7f\xc3\xa9");
    CHECK_TEXT(weft_error(), "'A???[2J?\xc3\xa9' is not understood");
}

static void eqx_writes_numpys_header(void) {
    uint8_t out[128];
    eqx_write_header(out, EQX_F4, 2, (int32_t[]){128, 384});
    CHECK(!memcmp(out, "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (128, 384), }   ",
                  75) &&
          out[127] == '\n');
    eqx_write_header(out, EQX_F8, 0, NULL);
    CHECK(!memcmp(out + 10, "{'descr': '<f8', 'fortran_order': False, 'shape': (), } ", 56));
    eqx_write_header(out, EQX_B1, 1, (int32_t[]){7});
    CHECK(!memcmp(out + 10, "{'descr': '|b1', 'fortran_order': False, 'shape': (7,), } ", 58));
}

/* ---- json ---------------------------------------------------------------------------------------------- */

static void json_finds_members(void) {
    const char *text = " { \"a\" : [1, {\"k\": \"no\"}, \"\\\"x\"], \"k\":-2.5e1 , \"s\":\"abc\", "
                       "\"list\":[\"p\", \"q\" ], \"t\":true}";
    double number;
    JsonText string;
    const char *cursor;
    CHECK(json_object_ok(text));
    CHECK(json_number(text, "k", &number) == 1 && number == -25);
    CHECK(json_number(text, "missing", &number) == 0 && json_number(text, "s", &number) == -1);
    CHECK(json_string(text, "s", &string) == 1 && string.length == 3 && !memcmp(string.at, "abc", 3));
    CHECK(json_array(text, "list", &cursor) == 1);
    CHECK(json_next(&cursor, &string) == 1 && *string.at == 'p' && json_next(&cursor, &string) == 1 &&
          *string.at == 'q');
    CHECK(json_next(&cursor, &string) == 0);
    CHECK(json_array(text, "a", &cursor) == 1 && json_next(&cursor, &string) == -1);
}

static void json_refuses_what_is_malformed(void) {
    static const char *const bad[] = {"",
                                      "{",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "[1]",
                                      "{\"a\":1} x",
                                      "{\"a\":\"\n\"}",
                                      "{\"a\":tru}",
                                      "{\"a\":01x}",
                                      "{\"a\":[1,]}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(!json_object_ok(bad[i]));
    char deep[300] = "{\"a\":";
    for (int i = 0; i < 100; i++) deep[5 + i] = '[', deep[105 + i] = ']';
    deep[205] = '}';
    CHECK(!json_object_ok(deep));
}

int main(void) {
    RUN(arena_gives_zeroed_aligned_pieces);
    RUN(arena_refuses_what_cannot_be);
    RUN(exp_is_within_2e_7);
    RUN(gelu_is_within_7e_7);
    RUN(slope_of_gelu_is_within_3e_6);
    RUN(log_is_within_1e_15);
    RUN(linear_equals_plain_products);
    RUN(norms_equal_plain_ones);
    RUN(gradients_of_norms_are_differences);
    RUN(gathers_and_sums_equal_plain_ones);
    RUN(log_softmax_stays_finite);
    RUN(philox_gives_the_published_words);
    RUN(exponentials_are_positive_and_have_mean_one);
    RUN(normals_are_box_and_mullers);
    RUN(sha256_gives_the_standard_sums);
    RUN(eqx_reads_every_type_in_any_pieces);
    RUN(eqx_refuses_in_words);
    RUN(failures_are_one_line);
    RUN(eqx_writes_numpys_header);
    RUN(json_finds_members);
    RUN(json_refuses_what_is_malformed);
    return unit_done("core");
}
