/* SPDX-License-Identifier: MIT
 *
 * torch_stream.c - the random stream against PyTorch's: every stored value and draw, and where the generator stands.
 *
 *   torch_stream -> a table; all arrays of data/golden/rng, the orders of protein_forward, two runs of ligandmpnn_run
 *
 * It needs no weights; run from the top of the checkout. A row takes all that is of one kind, of three seeds. "exact"
 * means that the largest difference is 0.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/core/torch_random.h"
#include "npy.h"
#include "table.h"

#define GOLDEN "tests/data/golden/"

enum { CALLS = 60, MOST = 512 };

static const int SEEDS[] = {1, 37, 111};
static const char *const EXACT = "the same values", *const ROUNDING = "log, sin and cos of float";

static TorchRandom seeded(int seed) {
    TorchRandom r;
    torch_random_seed(&r, (uint32_t)seed);
    return r;
}

/* ---- Stored arrays ------------------------------------------------------------------------------------- */

static int arrays_read; /* of the case at work */

/* Stops the program where there is no such array of that many numbers. */
static Npy stored(const char *directory, const char *name, size_t count) {
    Npy npy;
    if (!npy_read(&npy, directory, name) || npy.count != count) {
        fprintf(stderr, "%s/%s.npy: no such array of %zu numbers; run from the top of the checkout\n",
                directory, name, count);
        exit(1);
    }
    arrays_read++;
    return npy;
}

static void add_all(Diff *d, const double *actual, const char *directory, const char *name, size_t count) {
    Npy npy = stored(directory, name, count);
    for (size_t i = 0; i < count; i++) diff_add(d, actual[i], npy.data[i]);
    npy_free(&npy);
}

/* Whether the program read as many arrays as the case names. */
static void all_read(const char *name, const char *directory) {
    char path[256];
    size_t size;
    int named = 0;
    snprintf(path, sizeof path, "%s/case.json", directory);
    char *json = npy_file(path, &size);
    for (const char *p = json; p && (p = strstr(p, "\"file\":")); p++) named++;
    free(json);
    table_check(name, "arrays", named && named == arrays_read, "all that case.json names were compared");
    arrays_read = 0;
}

/* ---- Uniforms, normals, permutations ------------------------------------------------------------------- */

static void floats(TorchRandom *r, double *out, int count) {
    for (int i = 0; i < count; i++) out[i] = (double)torch_random_float(r);
}

static void doubles(TorchRandom *r, double *out, int count) {
    for (int i = 0; i < count; i++) out[i] = torch_random_double(r);
}

static void normals(TorchRandom *r, double *out, int count) {
    float values[MOST];
    torch_random_normals(r, values, count);
    for (int i = 0; i < count; i++) out[i] = (double)values[i];
}

/* torch.randperm: each place changes with one that is not before it. */
static void permutation(TorchRandom *r, double *out, int count) {
    for (int i = 0; i < count; i++) out[i] = i;
    for (int i = 0; i < count - 1; i++) {
        int other = i + (int)(torch_random_word(r) % (uint32_t)(count - i));
        double value = out[i];
        out[i] = out[other];
        out[other] = value;
    }
}

static const struct {
    const char *what, *array; /* %d: the seed */
    void (*make)(TorchRandom *r, double *out, int count);
    int count, normals_before;
    double tolerance;
} GENERATOR[] = {
    {"rand(40)", "rand_f32_seed%d", floats, 40, 0, 0},
    {"rand(20), float64", "rand_f64_seed%d", doubles, 20, 0, 0},
    {"randn(5)", "randn_seed%d_n5", normals, 5, 0, 1e-6},
    {"randn(15)", "randn_seed%d_n15", normals, 15, 0, 1e-6},
    {"randn(16)", "randn_seed%d_n16", normals, 16, 0, 1e-6},
    {"randn(17)", "randn_seed%d_n17", normals, 17, 0, 1e-6},
    {"randn(68)", "randn_seed%d_n68", normals, 68, 0, 1e-6},
    {"randn(100)", "randn_seed%d_n100", normals, 100, 0, 1e-6},
    {"randn(106)", "randn_seed%d_n106", normals, 106, 0, 1e-6},
    {"randn(16) after randn(5)", "randn_after_randn5_seed%d", normals, 16, 5, 1e-6},
    {"randn(3) after randn(5)", "randn3_after_randn5_seed%d", normals, 3, 5, 1e-6},
    {"rand(8) after randn(70)", "rand_after_randn70_seed%d", floats, 8, 70, 0},
    {"randperm(30)", "randperm_seed%d", permutation, 30, 0, 0},
};

static void generator(void) {
    const char *directory = GOLDEN "rng/generator";
    char name[64];
    double values[MOST];
    for (size_t i = 0; i < sizeof GENERATOR / sizeof *GENERATOR; i++) {
        Diff d = {0};
        for (int s = 0; s < 3; s++) {
            TorchRandom r = seeded(SEEDS[s]);
            normals(&r, values, GENERATOR[i].normals_before);
            GENERATOR[i].make(&r, values, GENERATOR[i].count);
            snprintf(name, sizeof name, GENERATOR[i].array, SEEDS[s]);
            add_all(&d, values, directory, name, (size_t)GENERATOR[i].count);
        }
        table_row("generator", "core/stored", GENERATOR[i].what, &d, GENERATOR[i].tolerance, 0,
                  GENERATOR[i].tolerance > 0 ? ROUNDING : EXACT);
    }
    all_read("generator", directory);
}

/* ---- Draws --------------------------------------------------------------------------------------------- */

/* Call by call from p[CALLS][rows][letters]; draws[CALLS][rows]. */
static void draw_all(TorchRandom *r, double *draws, const double *p, int rows, int letters, TorchRule rule,
                     TorchType type) {
    double q[MOST];
    for (int call = 0; call < CALLS; call++) {
        torch_random_exponentials(r, q, rows * letters, rule, type);
        for (int row = 0; row < rows; row++, p += letters)
            *draws++ = torch_random_letter(p, q + row * letters, letters, type);
    }
}

static void multinomial(TorchRule rule, TorchType type) {
    static const int shapes[][2] = {{1, 21}, {1, 20}, {3, 20}, {2, 21}};
    char directory[96], given[96], name[64];
    double draws[CALLS * 3], after[4];
    Diff d = {0}, place = {0};
    const char *of = type == TORCH_FLOAT32 ? "float32" : "float64";
    const char *by = rule == TORCH_MKL ? "mkl" : "plain";
    snprintf(given, sizeof given, GOLDEN "rng/multinomial_%s_plain", of);
    snprintf(directory, sizeof directory, GOLDEN "rng/multinomial_%s_%s", of, by);
    for (int i = 0; i < 4; i++) {
        int rows = shapes[i][0], letters = shapes[i][1];
        snprintf(name, sizeof name, "p_B%d_C%d", rows, letters);
        Npy p = stored(given, name, (size_t)(CALLS * rows * letters));
        for (int s = 0; s < 3; s++) {
            TorchRandom r = seeded(SEEDS[s]);
            draw_all(&r, draws, p.data, rows, letters, rule, type);
            snprintf(name, sizeof name, "draws_B%d_C%d_seed%d", rows, letters, SEEDS[s]);
            add_all(&d, draws, directory, name, (size_t)(CALLS * rows));
            floats(&r, after, 4);
            snprintf(name, sizeof name, "rand_after_B%d_C%d_seed%d", rows, letters, SEEDS[s]);
            if (SEEDS[s] == 1) add_all(&place, after, directory, name, 4);
        }
        npy_free(&p);
    }
    snprintf(name, sizeof name, "%s %s", of, by);
    table_row(name, "core/stored", "multinomial(p, 1)", &d, 0, 0, EXACT);
    table_row(name, "core/stored", "rand(4) after 60 calls", &place, 0, 0, EXACT);
    all_read(name, directory);
}

/* ---- Orders, and letters of whole runs ----------------------------------------------------------------- */

typedef struct Key {
    float value;
    int slot;
} Key;

static int by_value(const void *a, const void *b) {
    const Key *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* argsort((designed + 0.0001) * |randn|) */
static void argsort(double *order, const double *designed, const double *randn, int count) {
    Key keys[MOST];
    for (int i = 0; i < count; i++)
        keys[i] = (Key){((float)designed[i] + 0.0001f) * fabsf((float)randn[i]), i};
    qsort(keys, (size_t)count, sizeof *keys, by_value);
    for (int i = 0; i < count; i++) order[i] = keys[i].slot;
}

static const struct {
    const char *name;
    int seed, slots;
} ORDERS[] = {{"3HTN_AB_v_48_020", 15, 429},  {"5L33_damaged_v_48_020", 13, 106}, {"5L33_v_48_020", 12, 106},
              {"6MRR_short_v_48_020", 8, 30}, {"6MRR_soluble_v_48_020", 5, 68},   {"6MRR_v_48_020", 37, 68}};

static void orders(void) {
    Diff randn = {0}, order = {0};
    for (size_t i = 0; i < sizeof ORDERS / sizeof *ORDERS; i++) {
        char directory[96];
        double values[MOST], sorted[MOST];
        size_t slots = (size_t)ORDERS[i].slots;
        snprintf(directory, sizeof directory, GOLDEN "protein_forward/%s", ORDERS[i].name);
        Npy mask = stored(directory, "mask", slots), designed = stored(directory, "chain_M", slots);
        for (size_t k = 0; k < slots; k++) designed.data[k] *= mask.data[k];
        TorchRandom r = seeded(ORDERS[i].seed);
        normals(&r, values, (int)slots);
        add_all(&randn, values, directory, "randn", slots);
        argsort(sorted, designed.data, values, (int)slots);
        add_all(&order, sorted, directory, "decoding_order", slots);
        npy_free(&mask);
        npy_free(&designed);
    }
    table_row("protein_forward", "core/stored", "randn", &randn, 1e-6, 0, ROUNDING);
    table_row("protein_forward", "core/stored", "decoding_order", &order, 0, 0, EXACT);
}

/* A run of the original command: the words that building the model takes, the order, then letter by letter from the
 * run's own probabilities. */
static void whole_run(const char *name, TorchRule rule) {
    enum { MODEL_WORDS = 3305317, SLOTS = 93, LETTERS = 20 };
    char directory[96];
    double values[SLOTS], order[SLOTS], letters[SLOTS], q[LETTERS];
    Diff place = {0}, drawn = {0};
    snprintf(directory, sizeof directory, GOLDEN "ligandmpnn_run/%s", name);
    Npy designed = stored(directory, "chain_mask", SLOTS),
        p = stored(directory, "sampling_probs", SLOTS * LETTERS);
    TorchRandom r = seeded(111);
    torch_random_skip(&r, MODEL_WORDS);
    normals(&r, values, SLOTS);
    argsort(order, designed.data, values, SLOTS);
    for (int t = 0; t < SLOTS; t++) {
        int slot = (int)order[t];
        torch_random_exponentials(&r, q, LETTERS, rule, TORCH_FLOAT32);
        letters[slot] = torch_random_letter(p.data + slot * LETTERS, q, LETTERS, TORCH_FLOAT32);
    }
    add_all(&place, order, directory, "decoding_order", SLOTS);
    add_all(&drawn, letters, directory, "generated_sequences", SLOTS);
    table_row(name, "core/stored", "decoding_order", &place, 0, 0, EXACT);
    table_row(name, "core/stored", "generated_sequences", &drawn, 0, 0, EXACT);
    npy_free(&designed);
    npy_free(&p);
}

int main(void) {
    generator();
    multinomial(TORCH_PLAIN, TORCH_FLOAT32);
    multinomial(TORCH_PLAIN, TORCH_FLOAT64);
    multinomial(TORCH_MKL, TORCH_FLOAT32);
    multinomial(TORCH_MKL, TORCH_FLOAT64);
    orders();
    whole_run("01_protein_mpnn", TORCH_PLAIN);
    whole_run("01_protein_mpnn_mkl", TORCH_MKL);
    return table_done("torch_stream");
}
