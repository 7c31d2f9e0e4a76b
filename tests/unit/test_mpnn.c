/* SPDX-License-Identifier: MIT
 *
 * test_mpnn.c - src/mpnn with small made-up models: layouts and binding, saving, waiting for weights, equivalences
 * between modes, memory. What the numbers should be is the business of tests/parity.
 */
#include <stdlib.h>

#include "../../src/mpnn/layout.h"
#include "unit.h"

/* ---- A small model as a file --------------------------------------------------------------------------- */

typedef enum Form { WITH_DROPOUT, WITHOUT_DROPOUT, CA_ONLY, NAMED, NAMED_WITHOUT_SECOND_PRODUCTS } Form;
enum { MOST_BYTES = 4 << 20, MOST_RECORDS = 400, ENCODERS = 2, DECODERS = 3 };

typedef struct File {
    uint8_t *bytes;
    size_t size, record_at[MOST_RECORDS + 1], encoder_end;
    int32_t records;
    Form form;
} File;

static uint32_t state = 99;
static float uniform(void) {
    state = state * 1664525u + 1013904223u;
    return (float)(int32_t)state * 0x1p-31f;
}

static int32_t size_for(char letter) {
    static const int32_t sizes[] = {20, 12, 18, 5,  66, 25 * 16, 20,
                                    21, 24, 28, 17, 19, 40}; /* V E G P C R S A M N U T F */
    return sizes[layout_size(letter)];
}

static int is_left_out(const File *f, const Leaf *leaf) {
    if (f->form == WITH_DROPOUT) return 0;
    return !leaf->name ||
           (f->form == NAMED_WITHOUT_SECOND_PRODUCTS && (leaf->block == '2' || leaf->block == 'e'));
}

/* Without the second product the third takes the first's width. */
static int32_t shape_of(const File *f, const Leaf *leaf, int32_t shape[2]) {
    char columns[8];
    snprintf(columns, sizeof columns, "%s", leaf->columns);
    for (char *p = columns; f->form == NAMED_WITHOUT_SECOND_PRODUCTS && *p; p++)
        *p = *p == 'N' ? 'M' : *p == 'T' ? 'U' : *p;
    if (!leaf->name) return 0;
    shape[0] = size_for(*leaf->rows);
    shape[1] = 0;
    for (char *p = columns; *p; p++)
        shape[1] += f->form == CA_ONLY && *p == 'R' ? CA_PAIRS * 16 + CA_DIRECTIONS : size_for(*p);
    return *columns ? 2 : 1;
}

static void put_leaf(File *f, const Leaf *leaf) {
    int32_t shape[2] = {1, 1}, rank = shape_of(f, leaf, shape);
    size_t count = rank ? (size_t)shape[0] * (rank > 1 ? (size_t)shape[1] : 1) : 1;
    f->record_at[f->records++] = f->size;
    eqx_write_header(f->bytes + f->size,
                     leaf->kind == LEAF_RATE   ? EQX_F8
                     : leaf->kind == LEAF_FLAG ? EQX_B1
                                               : EQX_F4,
                     rank, shape);
    f->size += 128;
    if (leaf->kind == LEAF_RATE)
        memcpy(f->bytes + f->size, &(double){0.1}, 8), f->size += 8;
    else if (leaf->kind == LEAF_FLAG)
        f->bytes[f->size++] = 0;
    else
        for (size_t i = 0; i < count; i++, f->size += 4) {
            float value =
                uniform() * (leaf->kind == LEAF_GAIN ? 1.0f : 0.4f) + (leaf->kind == LEAF_GAIN ? 1.0f : 0.0f);
            memcpy(f->bytes + f->size, &value, 4);
        }
}

static int32_t layers_in(LeafGroup group) {
    return group == LEAF_ENCODER ? ENCODERS : group == LEAF_DECODER ? DECODERS : 1;
}

static void put_line(File *f) {
    char *out = (char *)f->bytes, name[96];
    size_t n = (size_t)sprintf(out, "{\"k_neighbors\":7,\"message_scale\":11.5,\"mpnn_eqx\":1,\"records\":[");
    for (LeafGroup group = LEAF_FEATURES; group <= LEAF_OUTPUT; group++)
        for (int32_t layer = 0; layer < layers_in(group); layer++)
            for (int32_t row = 0; row < layout_leaf_count; row++)
                if (layout_leaves[row].group == group && !is_left_out(f, &layout_leaves[row])) {
                    layout_name(name, sizeof name, row, layer);
                    n += (size_t)sprintf(out + n, "%s\"%s\"", out[n - 1] == '[' ? "" : ",", name);
                }
    f->size = n + (size_t)sprintf(out + n, "]}\n");
}

static File make_file(Form form) {
    File f = {.bytes = malloc(MOST_BYTES), .form = form};
    state = 99;
    if (form >= NAMED) put_line(&f);
    for (LeafGroup group = LEAF_FEATURES; group <= LEAF_OUTPUT; group++) {
        if (group == LEAF_DECODER) f.encoder_end = f.size;
        for (int32_t layer = 0; layer < layers_in(group); layer++)
            for (int32_t row = 0; row < layout_leaf_count; row++)
                if (layout_leaves[row].group == group && !is_left_out(&f, &layout_leaves[row]))
                    put_leaf(&f, &layout_leaves[row]);
    }
    f.record_at[f.records] = f.size;
    return f;
}

static WeftModel *load(const uint8_t *bytes, size_t size, size_t piece) {
    WeftModel *m = weft_model_open();
    WeftStatus status = WEFT_OK;
    for (size_t at = 0; !status && at < size; at += piece)
        status = weft_model_feed(m, bytes + at, size - at < piece ? size - at : piece);
    if (!status) status = weft_model_finish(m);
    if (!status) return m;
    weft_model_free(m);
    return NULL;
}

/* ---- A structure as a file ----------------------------------------------------------------------------- */

static int carbons_alone;

static WeftStructure *make_structure(int32_t n, int32_t holes) {
    static char text[1 << 20];
    static const char *const atoms[4] = {"N", "CA", "C", "O"};
    size_t used = 0;
    state = 5;
    for (int32_t i = 0; i < n; i++)
        for (int32_t a = 0; a < 4; a++) {
            if (holes && i % 9 == 4 && a == 3) continue; /* no O: an incomplete residue */
            if (carbons_alone && a != 1) {
                uniform(), uniform(), uniform();
                continue;
            }
            int32_t number = i + 1 + (holes && i > n / 2 ? 5 : 0);
            used +=
                (size_t)snprintf(text + used, sizeof text - used,
                                 "ATOM  %5d  %-3s %s %c%4d    %8.3f%8.3f%8.3f  1.00  0.00           %c\n",
                                 (int)(4 * i + a), atoms[a], i % 3 ? "LEU" : "SER", i < n * 2 / 3 ? 'A' : 'B',
                                 (int)number, (double)(8 * uniform() + 2.0f * (float)(i % 7)),
                                 (double)(8 * uniform() + 0.7f * (float)i), (double)(8 * uniform()), *atoms[a]);
        }
    return weft_structure_parse(text, used, 0, WEFT_ALTLOC_FIRST);
}

static WeftEncoding *encode(const WeftModel *m, const WeftStructure *s) {
    WeftEncoding *e = weft_encoding_open(m, s, WEFT_FEATURES_MODEL);
    while (e && weft_encoding_step(e) == WEFT_MORE) {}
    return e;
}

static WeftRun *run(WeftRequest *r, WeftMode mode) {
    WeftRun *result = weft_run_open(r, mode);
    while (result && weft_run_step(result) == WEFT_MORE) {}
    return result;
}

static WeftRequest *request_all(const WeftEncoding *e, int32_t n) {
    uint8_t mask[512];
    WeftRequest *r = weft_request_open(e);
    memset(mask, 1, sizeof mask);
    CHECK(n <= 512 && weft_request_design(r, mask) == WEFT_OK);
    return r;
}

/* ---- Binding ------------------------------------------------------------------------------------------- */

static void the_table_has_the_published_layout(void) {
    int32_t counts[4] = {0}, dropout = 0, layer;
    for (int32_t row = 0; row < layout_leaf_count; row++) {
        if (layout_leaves[row].name)
            counts[layout_leaves[row].group]++;
        else
            dropout += layout_leaves[row].group == LEAF_ENCODER ? 3 : 3;
    }
    CHECK(counts[LEAF_FEATURES] + 3 * (counts[LEAF_ENCODER] + counts[LEAF_DECODER]) + counts[LEAF_OUTPUT] == 118 &&
          dropout == 30);
    char name[96];
    for (int32_t row = 0; row < layout_leaf_count; row++) {
        if (!layout_leaves[row].name) continue;
        int32_t length = layout_name(name, sizeof name, row, 13), found = layout_find(name, length, &layer);
        CHECK(found == row && (layer == 13 || !strchr(layout_leaves[row].name, '{')));
        CHECK(layout_find(name, length - 1, &layer) != row);
    }
    CHECK(layout_find("encoder_layers..W1.weight", 25, &layer) < 0 &&
          layout_find("encoder_layers.64.W1.weight", 27, &layer) < 0);
}

static void every_form_loads_in_any_pieces(void) {
    for (Form form = WITH_DROPOUT; form <= NAMED_WITHOUT_SECOND_PRODUCTS; form++) {
        File f = make_file(form);
        char sum[65] = "";
        for (size_t piece = 1; piece < f.size; piece = piece * 37 + 11) {
            WeftModel *m = load(f.bytes, f.size, piece);
            CHECK(m != NULL);
            if (!m) continue;
            CHECK(weft_model_number(m, WEFT_MODEL_ENCODER_LAYERS) == ENCODERS &&
                  weft_model_number(m, WEFT_MODEL_DECODER_LAYERS) == DECODERS);
            CHECK(weft_model_number(m, WEFT_MODEL_NODE_WIDTH) == 20 &&
                  weft_model_number(m, WEFT_MODEL_EDGE_WIDTH) == 12);
            CHECK(weft_model_number(m, WEFT_MODEL_NEIGHBORS) == (form >= NAMED ? 7 : 48));
            CHECK(weft_model_number(m, WEFT_MODEL_MESSAGE_SCALE) == (form >= NAMED ? 11.5 : 30));
            CHECK(weft_model_number(m, WEFT_MODEL_BYTES) == (double)f.size &&
                  weft_model_number(m, WEFT_MODEL_RECORDS) == f.records);
            CHECK(!*sum || !strcmp(sum, weft_model_text(m, WEFT_MODEL_SHA256)));
            strcpy(sum, weft_model_text(m, WEFT_MODEL_SHA256));
            weft_model_free(m);
        }
        free(f.bytes);
    }
}

static void saving_gives_the_files_bytes(void) {
    File with = make_file(WITH_DROPOUT), without = make_file(WITHOUT_DROPOUT),
         named = make_file(NAMED_WITHOUT_SECOND_PRODUCTS);
    uint8_t *out = malloc(MOST_BYTES);
    WeftModel *m = load(with.bytes, with.size, 4096);
    CHECK(weft_model_save_size(m) == with.size && weft_model_save(m, out) == WEFT_OK &&
          !memcmp(out, with.bytes, with.size));
    m->decoder[1]->other.w[5 * 16 + 3] += 1; /* output 3, input 5 of the neighbour block */
    CHECK(weft_model_save(m, out) == WEFT_OK);
    size_t changed = 0, first = 0;
    for (size_t i = 0; i < with.size; i++)
        if (out[i] != with.bytes[i] && !changed++) first = i;
    CHECK(changed >= 1 && changed <= 4);
    size_t column = 20 + 12 + 20 + 5, row_bytes = (20 + 12 + 20 + 20) * 4;
    int32_t record = 7 + ENCODERS * 28 + 18; /* decoder_layers.1.W1.weight */
    size_t at = with.record_at[record] + 128 + 3 * row_bytes + column * 4;
    CHECK(first >= at && first < at + 4);
    weft_model_free(m);
    m = load(without.bytes, without.size, 4096);
    CHECK(weft_model_save_size(m) == with.size); /* always the layout with dropout */
    weft_model_free(m);
    m = load(named.bytes, named.size, 4096);
    size_t size = weft_model_save_size(m);
    CHECK(weft_model_save(m, out) == WEFT_OK && *out == '{');
    WeftModel *again = load(out, size, 999);
    CHECK(again && weft_model_number(again, WEFT_MODEL_NEIGHBORS) == 7 &&
          weft_model_number(again, WEFT_MODEL_MESSAGE_SCALE) == 11.5);
    CHECK(again && weft_model_save_size(again) == size);
    weft_model_free(again);
    weft_model_free(m);
    free(out), free(with.bytes), free(without.bytes), free(named.bytes);
}

/* A file with a first line, and with more records behind its own. */
static WeftModel *load_with(const File *f, const char *line, const char *names, int32_t records) {
    static const int32_t shape[2] = {20, 3};
    const char *end = f->form >= NAMED ? strstr((const char *)f->bytes, "]}\n") : NULL;
    size_t head = end ? (size_t)(end - (const char *)f->bytes) : 0, size = 0;
    uint8_t *bytes = calloc(1, MOST_BYTES);
    memcpy(bytes, f->bytes, head);
    size = head + (size_t)sprintf((char *)bytes + head, "%s%s%s", line, names, end ? "]}\n" : "");
    memcpy(bytes + size, f->bytes + (end ? head + 3 : 0), f->size - (end ? head + 3 : 0));
    size += f->size - (end ? head + 3 : 0);
    for (; records; records--, size += 128 + 4 * 60) eqx_write_header(bytes + size, EQX_F4, 2, shape);
    WeftModel *m = load(bytes, size, 5000);
    free(bytes);
    return m;
}

static void ca_only_models_are_told_by_their_features(void) {
    File f = make_file(CA_ONLY), named = make_file(NAMED);
    uint8_t *out = malloc(MOST_BYTES);
    WeftModel *m = load(f.bytes, f.size, 4096);
    CHECK(m && !strcmp(weft_model_text(m, WEFT_MODEL_FAMILY), "ca") &&
          weft_model_number(m, WEFT_MODEL_RECORDS) == 96);
    CHECK(weft_model_save(m, out) == WEFT_OK);
    static const char *const start = "{\"family\":\"ca_mpnn\",\"k_neighbors\":48,\"mpnn_eqx\":1,\"records\":["
                                     "\"features.embeddings.linear.weight\",";
    size_t line = strcspn((char *)out, "\n") + 1;
    CHECK(!memcmp(out, start, strlen(start)) && weft_model_save_size(m) == line + f.size &&
          !memcmp(out + line, f.bytes, f.size));
    weft_model_free(m);
    m = load_with(&f, "{\"family\":\"mine\",\"noise_level\":0.02,\"model\":\"x_1\",\"other\":[1]}\n", "", 0);
    CHECK(m && weft_model_save(m, out) == WEFT_OK);
    static const char *const kept =
        "{\"family\":\"mine\",\"k_neighbors\":48,\"model\":\"x_1\",\"mpnn_eqx\":1,"
        "\"noise_level\":0.02,\"records\":[";
    CHECK(!memcmp(out, kept, strlen(kept)));
    memcpy(named.bytes, out, strcspn((char *)out, "\n") + 1); /* the same as a file with all names, and two more */
    weft_model_free(m);
    named.size = strcspn((char *)named.bytes, "\n") + 1;
    memcpy(named.bytes + named.size, f.bytes, f.size);
    named.size += f.size;
    m = load_with(&named, "", ",\"W_v.bias\",\"features.node_embedding.weight\"", 2);
    CHECK(m && weft_model_number(m, WEFT_MODEL_RECORDS) == 98 && weft_model_save_size(m) == named.size);
    CHECK(m && weft_model_save(m, out) == WEFT_OK && !memcmp(out, named.bytes, named.size));
    weft_model_free(m);
    CHECK(!load_with(&named, "", ",\"W_v.bias\",\"W_v.weight\"", 1) && strstr(weft_error(), "W_v.weight"));
    free(named.bytes);
    named = make_file(NAMED);
    CHECK(!load_with(&named, "", ",\"W_v.bias\"", 1) && strstr(weft_error(), "membrane"));
    CHECK(strstr(layout_explain(91, 2, (int32_t[]){128, 3}, 1), "CA-only") != NULL);
    CHECK(layout_explain(2, 2, (int32_t[]){128, 167}, 0) == NULL);
    free(out), free(f.bytes), free(named.bytes);
}

/* A record that nothing computes with may be of any size: its values are passed over, not kept. */
static void unused_records_take_no_memory(void) {
    static const char line[] = "{\"records\":[\"W_v.weight\",";
    File f = make_file(NAMED);
    const char *first = strchr(strchr((const char *)f.bytes, '[') + 1, '"');
    uint8_t *bytes = calloc(1, MOST_BYTES), header[128];
    size_t names = strcspn(first, "\n") + 1, size = sizeof line - 1;
    memcpy(bytes, line, size);
    memcpy(bytes + size, first, names);
    eqx_write_header(header, EQX_F4, 2, (int32_t[]){1 << 13, 1 << 14});
    memcpy(bytes + size + names, header, sizeof header);
    WeftModel *m = weft_model_open();
    CHECK(m && weft_model_feed(m, bytes, size + names + sizeof header) == WEFT_OK);
    CHECK(m && arena_held(m->staging) + arena_held(m->arena) < 16 << 20);
    weft_model_free(m);
    free(bytes), free(f.bytes);
}

static void ca_only_models_need_no_other_atom(void) {
    enum { ROWS = 70 };
    File f = make_file(CA_ONLY), backbone = make_file(WITHOUT_DROPOUT);
    WeftModel *m = load(f.bytes, f.size, f.size), *other = load(backbone.bytes, backbone.size, backbone.size);
    WeftStructure *whole = make_structure(ROWS, 0);
    carbons_alone = 1;
    WeftStructure *alone = make_structure(ROWS, 0);
    carbons_alone = 0;
    CHECK(weft_structure_length(alone) == ROWS && !memchr(weft_structure_carbons(alone), 0, ROWS) &&
          !memchr(weft_structure_mask(alone), 1, ROWS));
    WeftEncoding *a = encode(m, whole), *b = encode(m, alone);
    size_t floats = ROWS * (size_t)weft_model_number(m, WEFT_MODEL_NODE_STRIDE);
    CHECK(a && b && !memcmp(weft_encoding_nodes(a), weft_encoding_nodes(b), floats * sizeof(float)));
    WeftRequest *r = weft_request_open(b);
    uint8_t design[ROWS];
    memset(design, 1, sizeof design);
    CHECK(weft_request_design(r, design) == WEFT_OK);
    WeftRun *designed = run(r, WEFT_DESIGN);
    CHECK(designed && !memchr(weft_run_design_mask(designed), 0, ROWS));
    CHECK(!weft_encoding_open(other, alone, WEFT_FEATURES_MODEL) &&
          strstr(weft_error(), "a CA-only model could"));
    weft_run_free(designed), weft_request_free(r), weft_encoding_free(a), weft_encoding_free(b);
    weft_structure_free(whole), weft_structure_free(alone), weft_model_free(m), weft_model_free(other);
    free(f.bytes), free(backbone.bytes);
}

static void damage_is_refused_with_its_place(void) {
    File f = make_file(WITH_DROPOUT);
    for (int32_t r = 0; r < f.records; r++) {
        size_t size = f.record_at[r + 1] - f.record_at[r];
        CHECK(!load(f.bytes, f.record_at[r] + size / 2, 100000) &&
              weft_error_status() == WEFT_BAD_WEIGHTS); /* cut within */
        CHECK(!load(f.bytes, f.record_at[r], 100000) && strstr(weft_error(), r ? "cut off" : "empty")); /* cut before */
        uint8_t *without = malloc(f.size); /* one record missing */
        memcpy(without, f.bytes, f.record_at[r]);
        memcpy(without + f.record_at[r], f.bytes + f.record_at[r + 1], f.size - f.record_at[r + 1]);
        CHECK(!load(without, f.size - size, 100000));
        free(without);
    }
    float nan = NAN;
    uint8_t keep[4], *at = f.bytes + f.record_at[16] + 128 + 40;
    memcpy(keep, at, 4);
    memcpy(at, &nan, 4);
    CHECK(!load(f.bytes, f.size, 5000) && strstr(weft_error(), "record 16") &&
          strstr(weft_error(), "not finite") && weft_error_place() == 16);
    memcpy(at, keep, 4);
    f.bytes[f.size] = 0x93;
    CHECK(!load(f.bytes, f.size + 1, 5000));
    WeftModel *m = load(f.bytes, f.size, 5000);
    CHECK(m && weft_model_feed(m, "x", 1) == WEFT_BAD_WEIGHTS);
    weft_model_free(m);
    free(f.bytes);
}

/* Finite weights, but too large for float32: those of the output, then all. */
static void numbers_that_overflow_are_no_results(void) {
    for (int32_t all = 0; all <= 1; all++) {
        File f = make_file(WITH_DROPOUT);
        WeftStructure *s = make_structure(20, 0);
        for (int32_t r = 0; r < f.records; r++) {
            size_t size = f.record_at[r + 1] - f.record_at[r];
            if (all ? size < 128 + 4 * 128 : r < f.records - 2) continue; /* rates of dropout stay */
            for (size_t i = 0; i < (size - 128) / 4; i++) {
                const float huge = i % 2 ? 3e38f : -3e38f;
                memcpy(f.bytes + f.record_at[r] + 128 + 4 * i, &huge, sizeof huge);
            }
        }
        WeftModel *m = load(f.bytes, f.size, 100000);
        WeftEncoding *e = m ? weft_encoding_open(m, s, WEFT_FEATURES_MODEL) : NULL;
        WeftStatus status = WEFT_MORE;
        while (e && status == WEFT_MORE) status = weft_encoding_step(e);
        if (e && !status) {
            WeftRequest *r = request_all(e, 20);
            WeftRun *result = run(r, WEFT_DESIGN);
            status = result ? weft_run_step(result) : weft_error_status();
            weft_run_free(result);
            weft_request_free(r);
        }
        CHECK(e && status == WEFT_BAD_WEIGHTS && strstr(weft_error(), "overflow at residue #"));
        weft_encoding_free(e);
        weft_model_free(m);
        weft_structure_free(s);
        free(f.bytes);
    }
}

static const char *refusal(int32_t index, int32_t rows, int32_t columns) {
    /* the published shapes up to the record in question, then that one */
    static const int32_t shapes[][2] = {{16, 66}, {16, 0},    {128, 416}, {128, 0},
                                        {128, 0}, {128, 128}, {128, 0}};
    uint8_t *bytes = calloc(1, MOST_BYTES);
    size_t size = 0;
    for (int32_t i = 0; i <= index; i++) {
        int32_t shape[2] = {i == index ? rows : shapes[i][0], i == index ? columns : shapes[i][1]},
                rank = shape[1] ? 2 : 1;
        eqx_write_header(bytes + size, EQX_F4, rank, shape);
        size += 128 + 4 * (size_t)shape[0] * (size_t)(rank > 1 ? shape[1] : 1);
    }
    WeftModel *m = load(bytes, size, 100000);
    CHECK(!m && weft_error_status() == WEFT_BAD_WEIGHTS);
    weft_model_free(m);
    free(bytes);
    return weft_error();
}

static void other_layouts_are_explained(void) {
    CHECK(strstr(refusal(0, 128, 384), "October 2025") && strstr(weft_error(), "record 0"));
    CHECK(strstr(refusal(0, 128, 416), "packer") != NULL);
    CHECK(strstr(refusal(1, 128, 416), "LigandMPNN") != NULL);
    CHECK(strstr(refusal(5, 128, 384), "November 2025") != NULL);
    CHECK(strstr(refusal(5, 128, 148), "LigandMPNN") != NULL);
    CHECK(strstr(refusal(4, 64, 0), "features.norm_edges.bias") && strstr(weft_error(), "expected 128") &&
          strstr(weft_error(), "found 64"));
}

static void bad_first_lines_are_refused(void) {
    static const struct {
        const char *line, *says;
    } bad[] = {{"{\"records\":[]}", "records"},
               {"{\"records\":[1]}", "records"},
               {"{\"records\":[\"nothing\"]}", "called nothing"},
               {"{\"a\":", "JSON"},
               {"{\"k_neighbors\":0,\"records\":[]}", "k_neighbors"},
               {"{\"message_scale\":-1}", "message_scale"},
               {"{\"alphabet\":\"ABC\"}", "alphabet"},
               {"{\"records\":[\"W_e.weight\",\"W_e.weight\"]}", "twice"},
               {"{\"records\":[\"W_e.weight\"]}", "no encoder"},
               {"{\"records\":[\"encoder_layers.0.W1.weight\",\"decoder_layers.0.W1.weight\"]}",
                "lack features.embeddings.linear.weight"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[256];
        int n = snprintf(text, sizeof text, "%s\n", bad[i].line);
        CHECK(!load((const uint8_t *)text, (size_t)n, 3) && strstr(weft_error(), bad[i].says));
    }
}

/* ---- Encoding while weights arrive --------------------------------------------------------------------- */

static void encoder_runs_as_weights_arrive(void) {
    File f = make_file(WITH_DROPOUT);
    WeftStructure *s = make_structure(60, 1);
    WeftModel *whole = load(f.bytes, f.size, f.size), *m = weft_model_open();
    WeftEncoding *reference = encode(whole, s), *e = NULL;
    size_t fed = 0, waits = 0;
    for (; fed < f.encoder_end; fed += 1000) {
        CHECK(weft_model_feed(m, f.bytes + fed, f.encoder_end - fed < 1000 ? f.encoder_end - fed : 1000) ==
              WEFT_OK);
        if (!e && weft_model_number(m, WEFT_MODEL_RECOGNISED))
            e = weft_encoding_open(m, s, WEFT_FEATURES_MODEL);
        WeftStatus status = WEFT_MORE;
        while (e && (status = weft_encoding_step(e)) == WEFT_MORE) {}
        waits += status == WEFT_WAITING;
    }
    CHECK(waits > 3 && weft_encoding_number(e, WEFT_ENCODING_LAYERS_DONE) == ENCODERS);
    CHECK(weft_encoding_step(e) == WEFT_WAITING && weft_encoding_progress(e) < 1);
    size_t nodes = 60 * (size_t)weft_model_number(m, WEFT_MODEL_NODE_STRIDE),
           k = (size_t)weft_encoding_number(e, WEFT_ENCODING_NEIGHBORS);
    size_t edges = 60 * k * (size_t)weft_model_number(m, WEFT_MODEL_EDGE_STRIDE);
    CHECK(!memcmp(weft_encoding_nodes(e), weft_encoding_nodes(reference), nodes * sizeof(float)));
    CHECK(!memcmp(weft_encoding_edges(e), weft_encoding_edges(reference), edges * sizeof(float)));
    WeftRequest *r = weft_request_open(e);
    CHECK(!weft_run_open(r, WEFT_SCORE) && strstr(weft_error(), "not complete"));
    weft_request_free(r);
    CHECK(weft_model_feed(m, f.bytes + f.encoder_end, f.size - f.encoder_end) == WEFT_OK &&
          weft_model_finish(m) == WEFT_OK);
    while (weft_encoding_step(e) == WEFT_MORE) {}
    CHECK(weft_encoding_step(e) == WEFT_OK && weft_encoding_progress(e) == 1);
    weft_encoding_free(e), weft_encoding_free(reference), weft_model_free(m), weft_model_free(whole),
        weft_structure_free(s), free(f.bytes);
}

/* ---- Modes --------------------------------------------------------------------------------------------- */

/* Each row's "all others" is the score under the order that has it last, to the bit. */
static void all_others_is_the_score_with_the_row_last(void) {
    for (Form form = NAMED; form <= NAMED_WITHOUT_SECOND_PRODUCTS; form++) {
        enum { ROWS = 40 };
        File f = make_file(form);
        WeftModel *m = load(f.bytes, f.size, f.size);
        WeftStructure *s = make_structure(ROWS, 1);
        WeftEncoding *e = encode(m, s);
        WeftRequest *r = request_all(e, ROWS);
        int32_t base[ROWS], order[ROWS];
        for (int32_t i = 0; i < ROWS; i++) base[i] = (i * 17 + 3) % ROWS;
        CHECK(weft_request_order(r, 1, base) == WEFT_OK);
        WeftRun *others = run(r, WEFT_ALL_OTHERS);
        for (int32_t row = 0; row < ROWS; row++) {
            int32_t at = 0;
            for (int32_t t = 0; t < ROWS; t++)
                if (base[t] != row) order[at++] = base[t];
            order[at] = row;
            CHECK(weft_request_order(r, 1, order) == WEFT_OK);
            WeftRun *score = run(r, WEFT_SCORE);
            CHECK(!memcmp(weft_run_log_probs(score, 0) + 21 * row, weft_run_log_probs(others, 0) + 21 * row,
                          21 * sizeof(float)));
            weft_run_free(score);
        }
        weft_run_free(others), weft_request_free(r), weft_encoding_free(e), weft_structure_free(s),
            weft_model_free(m), free(f.bytes);
    }
}

static void first_in_the_order_is_unconditional(void) {
    enum { ROWS = 30 };
    File f = make_file(NAMED);
    WeftModel *m = load(f.bytes, f.size, f.size);
    WeftStructure *s = make_structure(ROWS, 0);
    WeftEncoding *e = encode(m, s);
    WeftRequest *r = request_all(e, ROWS);
    WeftRun *plain = run(r, WEFT_UNCONDITIONAL), *score;
    int32_t order[ROWS];
    for (int32_t first = 0; first < ROWS; first += 7) {
        for (int32_t t = 0; t < ROWS; t++) order[t] = (first + t) % ROWS;
        CHECK(weft_request_order(r, 1, order) == WEFT_OK);
        score = run(r, WEFT_SCORE);
        CHECK(!memcmp(weft_run_log_probs(score, 0) + 21 * first, weft_run_log_probs(plain, 0) + 21 * first,
                      21 * sizeof(float)));
        CHECK(memcmp(weft_run_log_probs(score, 0), weft_run_log_probs(plain, 0), sizeof(float) * 21 * ROWS) != 0);
        weft_run_free(score);
    }
    weft_run_free(plain), weft_request_free(r), weft_encoding_free(e), weft_structure_free(s),
        weft_model_free(m), free(f.bytes);
}

static void alphabets_in_another_order_give_the_same(void) {
    enum { ROWS = 25 };
    File f = make_file(WITHOUT_DROPOUT);
    const char *turned = "{\"alphabet\":\"XYWVTSRQPNMLKIHGFEDCA\"}\n";
    size_t line = strlen(turned), row = 20 * 4;
    uint8_t *bytes = malloc(f.size + line);
    memcpy(bytes, turned, line);
    memcpy(bytes + line, f.bytes, f.size);
    for (int32_t a = 0; a < 21; a++) { /* W_s, W_out and the output bias, last letter first */
        for (int32_t t = 0; t < 2; t++) {
            size_t at = f.record_at[f.records - 3 + t] + 128;
            memcpy(bytes + line + at + (size_t)a * row, f.bytes + at + (size_t)(20 - a) * row, row);
        }
        size_t at = f.record_at[f.records - 1] + 128;
        memcpy(bytes + line + at + (size_t)a * 4, f.bytes + at + (size_t)(20 - a) * 4, 4);
    }
    WeftModel *m = load(f.bytes, f.size, f.size), *t = load(bytes, f.size + line, 777);
    WeftStructure *s = make_structure(ROWS, 0);
    WeftEncoding *a = encode(m, s), *b = encode(t, s);
    WeftRequest *ra = request_all(a, ROWS), *rb = request_all(b, ROWS);
    WeftRun *x = run(ra, WEFT_DESIGN), *y = run(rb, WEFT_DESIGN);
    CHECK(!memcmp(weft_run_letters(x, 0), weft_run_letters(y, 0), ROWS));
    CHECK(!memcmp(weft_run_log_probs(x, 0), weft_run_log_probs(y, 0), sizeof(float) * 21 * ROWS));
    weft_run_free(x), weft_run_free(y), weft_request_free(ra), weft_request_free(rb), weft_encoding_free(a),
        weft_encoding_free(b);
    weft_structure_free(s), weft_model_free(m), weft_model_free(t), free(f.bytes), free(bytes);
}

static void adopted_states_give_the_same(void) {
    enum { ROWS = 45 };
    File f = make_file(NAMED);
    WeftModel *m = load(f.bytes, f.size, f.size), *part = weft_model_open();
    WeftStructure *s = make_structure(ROWS, 1);
    WeftEncoding *a = encode(m, s), *b = weft_encoding_adopt(m, s, WEFT_FEATURES_MODEL, weft_encoding_nodes(a),
                                                             weft_encoding_edges(a), weft_encoding_neighbors(a));
    CHECK(weft_encoding_release_edges(b) == WEFT_BAD_REQUEST);
    while (weft_encoding_step(b) == WEFT_MORE) {}
    CHECK(weft_encoding_step(b) == WEFT_OK && weft_encoding_number(b, WEFT_ENCODING_LAYERS_DONE) == ENCODERS);
    CHECK(weft_encoding_release_edges(b) == WEFT_OK && weft_encoding_release_edges(b) == WEFT_OK);
    CHECK(!weft_encoding_edges(b));
    WeftRequest *ra = request_all(a, ROWS), *rb = request_all(b, ROWS);
    WeftRun *x = run(ra, WEFT_DESIGN), *y = run(rb, WEFT_DESIGN);
    CHECK(!memcmp(weft_run_letters(x, 0), weft_run_letters(y, 0), ROWS));
    CHECK(!memcmp(weft_run_log_probs(x, 0), weft_run_log_probs(y, 0), sizeof(float) * 21 * ROWS));
    CHECK(!weft_encoding_adopt(part, s, WEFT_FEATURES_MODEL, weft_encoding_nodes(a), weft_encoding_edges(a),
                               NULL));
    CHECK(strstr(weft_error(), "not complete") != NULL);
    weft_run_free(x), weft_run_free(y), weft_request_free(ra), weft_request_free(rb), weft_encoding_free(a);
    weft_encoding_free(b), weft_structure_free(s), weft_model_free(m), weft_model_free(part), free(f.bytes);
}

/* One chain of 12 residues: 5 to 9 are missing, the last goes back, and one has no CA. */
static WeftStructure *make_numbers(void) {
    static const char *const atoms[4] = {"N", "CA", "C", "O"};
    static const int32_t number[12] = {1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 6};
    char text[12 * 4 * 80] = "";
    size_t used = 0;
    state = 7;
    for (int32_t i = 0; i < 12; i++)
        for (int32_t a = 0; a < 4; a++) {
            float x = uniform(), y = uniform(), z = uniform();
            if (i == 7 && a == 1) continue;
            used += (size_t)snprintf(text + used, sizeof text - used,
                                     "ATOM  %5d  %-3s LEU A%4d    %8.3f%8.3f%8.3f  1.00  0.00           %c\n",
                                     (int)(4 * i + a), atoms[a], (int)number[i],
                                     (double)(4 * x + 2.0f * (float)i), (double)(8 * y), (double)(8 * z),
                                     *atoms[a]);
        }
    return weft_structure_parse(text, used, 0, WEFT_ALTLOC_FIRST);
}

/* A model with this in its JSON line. */
static WeftModel *load_saying(const File *f, const char *key) {
    static uint8_t bytes[MOST_BYTES];
    size_t length = strlen(key);
    memcpy(bytes, "{", 1), memcpy(bytes + 1, key, length);
    memcpy(bytes + 1 + length, f->bytes + 1, f->size - 1);
    return load(bytes, f->size + length, 4096);
}

static void models_say_which_features_they_expect(void) {
    static const char *const file_order[] = {"\"features\":\"file-order\",", "\"family\":\"ligand_mpnn\",",
                                             "\"family\":\"per_residue_label_membrane_mpnn\","};
    static const char *const gaps[] = {"", "\"family\":\"soluble_mpnn\",",
                                       "\"family\":\"ligand_mpnn\",\"features\":\"gaps\","};
    File f = make_file(NAMED);
    WeftStructure *s = make_numbers();
    for (int32_t i = 0; i < 6; i++) {
        WeftModel *m = load_saying(&f, i < 3 ? file_order[i] : gaps[i - 3]);
        WeftFeatures own = i < 3 ? WEFT_FEATURES_FILE_ORDER : WEFT_FEATURES_GAPS;
        CHECK(m && weft_model_number(m, WEFT_MODEL_FEATURES) == own && weft_model_neighbors(m, 12) == WEFT_OK);
        uint8_t *saved = malloc(weft_model_save_size(m));
        CHECK(weft_model_save(m, saved) == WEFT_OK);
        WeftModel *again = load(saved, weft_model_save_size(m), 4096);
        CHECK(again && weft_model_number(again, WEFT_MODEL_FEATURES) == own);
        WeftEncoding *e = weft_encoding_open(m, s, WEFT_FEATURES_MODEL);
        CHECK(weft_encoding_number(e, WEFT_ENCODING_GAP_SLOTS) == (i < 3 ? 0 : 5));
        CHECK(weft_encoding_number(e, WEFT_ENCODING_NEIGHBORS) == (i < 3 ? 11 : 12));
        weft_encoding_free(e), weft_model_free(m), weft_model_free(again), free(saved);
    }
    CHECK(!load_saying(&f, "\"features\":\"both\",") && strstr(weft_error(), "must be \"gaps\""));
    CHECK(!load_saying(&f, "\"features\":1,") && strstr(weft_error(), "must be \"gaps\""));
    weft_structure_free(s), free(f.bytes);
}

static void features_can_be_chosen_and_adopted(void) {
    File f = make_file(NAMED);
    WeftModel *m = load(f.bytes, f.size, f.size);
    WeftStructure *s = make_numbers();
    CHECK(weft_model_neighbors(m, 12) == WEFT_OK);
    CHECK(!weft_encoding_open(m, s, (WeftFeatures)3) && weft_error_status() == WEFT_BAD_REQUEST);
    for (int32_t way = WEFT_FEATURES_GAPS; way <= WEFT_FEATURES_FILE_ORDER; way++) {
        WeftEncoding *a = weft_encoding_open(m, s, (WeftFeatures)way);
        while (weft_encoding_step(a) == WEFT_MORE) {}
        const float *nodes = weft_encoding_nodes(a), *edges = weft_encoding_edges(a);
        WeftEncoding *b = weft_encoding_adopt(m, s, (WeftFeatures)way, nodes, edges,
                                              way == WEFT_FEATURES_GAPS ? NULL : weft_encoding_neighbors(a));
        while (weft_encoding_step(b) == WEFT_MORE) {}
        WeftRequest *ra = request_all(a, 12), *rb = request_all(b, 12);
        WeftRun *x = run(ra, WEFT_DESIGN), *y = run(rb, WEFT_DESIGN);
        CHECK(!memcmp(weft_run_log_probs(x, 0), weft_run_log_probs(y, 0), sizeof(float) * 21 * 12));
        weft_run_free(x), weft_run_free(y), weft_request_free(ra), weft_request_free(rb);
        weft_encoding_free(a), weft_encoding_free(b);
    }
    weft_structure_free(s), weft_model_free(m), free(f.bytes);
}

/* ---- Requests ------------------------------------------------------------------------------------------ */

static void requests_are_checked_once_and_whole(void) {
    enum { ROWS = 12 };
    File f = make_file(NAMED);
    WeftModel *m = load(f.bytes, f.size, f.size);
    WeftStructure *s = make_structure(ROWS, 0);
    WeftEncoding *e = encode(m, s);
    WeftRequest *r = weft_request_open(e);
    int32_t order[ROWS];
    float bias[21] = {0};
    double draws[ROWS * 21];
    int8_t letters[ROWS] = {0};
    uint8_t none[ROWS] = {0}, all[ROWS], omit[ROWS * 21] = {0};
    CHECK(!weft_run_open(r, WEFT_DESIGN) && strstr(weft_error(), "different sequences")); /* chains A and B differ */
    CHECK(weft_request_design(r, none) == WEFT_OK && !weft_run_open(r, WEFT_DESIGN) &&
          strstr(weft_error(), "nothing to design"));
    memset(all, 1, sizeof all);
    CHECK(weft_request_design(r, all) == WEFT_OK);
    for (int32_t i = 0; i < ROWS; i++) order[i] = i;
    order[3] = 4;
    CHECK(weft_request_order(r, 1, order) == WEFT_BAD_REQUEST && strstr(weft_error(), "twice") &&
          weft_error_place() == 4);
    order[3] = ROWS;
    CHECK(weft_request_order(r, 1, order) == WEFT_BAD_REQUEST);
    letters[7] = 21;
    CHECK(weft_request_letters(r, 1, letters) == WEFT_BAD_REQUEST && weft_error_place() == 7);
    bias[2] = INFINITY;
    CHECK(weft_request_bias(r, 1, bias) == WEFT_BAD_REQUEST && strstr(weft_error(), "letter D"));
    CHECK(weft_request_bias(r, 5, bias) == WEFT_BAD_REQUEST);
    CHECK(weft_request_temperature(r, -1) == WEFT_BAD_REQUEST &&
          weft_request_temperature(r, NAN) == WEFT_BAD_REQUEST);
    CHECK(weft_request_samples(r, 1, 0) == WEFT_BAD_REQUEST && weft_request_samples(r, -1, 1) == WEFT_BAD_REQUEST);
    for (int32_t i = 0; i < ROWS * 21; i++) draws[i] = 1;
    draws[50] = 0;
    CHECK(weft_request_draws(r, 1, draws) == WEFT_BAD_REQUEST && weft_error_place() == 2);
    for (int32_t a = 0; a < 20; a++) omit[5 * 21 + a] = 1;
    CHECK(weft_request_omit(r, ROWS, omit) == WEFT_OK && !weft_run_open(r, WEFT_DESIGN) &&
          strstr(weft_error(), "A6"));
    weft_request_free(r), weft_encoding_free(e), weft_structure_free(s), weft_model_free(m), free(f.bytes);
}

/* ---- Memory -------------------------------------------------------------------------------------------- */

static void memory_is_estimated_and_does_not_grow(void) {
    File f = make_file(NAMED);
    WeftModel *m = load(f.bytes, f.size, f.size);
    static const int32_t lengths[] = {60, 500};
    for (int i = 0; i < 2; i++)
        for (int32_t lanes = 1; lanes <= 8; lanes += 7) {
            WeftStructure *s = make_structure(lengths[i], 0);
            WeftEncoding *e = weft_encoding_open(m, s, WEFT_FEATURES_MODEL);
            CHECK(weft_encoding_step(e) == WEFT_MORE);
            size_t held = arena_held(e->scratch);
            while (weft_encoding_step(e) == WEFT_MORE) {}
            CHECK(arena_held(e->scratch) == held);
            CHECK(weft_encoding_release_edges(e) == WEFT_OK);
            WeftRequest *r = request_all(e, lengths[i]);
            CHECK(weft_request_samples(r, 1, lanes) == WEFT_OK);
            WeftRun *design = weft_run_open(r, WEFT_DESIGN);
            held = arena_held(design->scratch);
            while (weft_run_step(design) == WEFT_MORE) {}
            CHECK(arena_held(design->scratch) == held);
            double peak = weft_encoding_number(e, WEFT_ENCODING_PEAK_BYTES) +
                          weft_run_number(design, 0, WEFT_RUN_PEAK_BYTES);
            double ratio = weft_memory(m, lengths[i], lanes) / peak;
            printf("    %d residues, %d lanes: estimate / peak %.2f\n", (int)lengths[i], (int)lanes, ratio);
            CHECK(ratio > 0.98 && ratio < (lengths[i] < 100 ? 1.4 : 1.05));
            weft_run_free(design), weft_request_free(r), weft_encoding_free(e), weft_structure_free(s);
        }
    weft_model_free(m), free(f.bytes);
}

int main(void) {
    RUN(the_table_has_the_published_layout);
    RUN(every_form_loads_in_any_pieces);
    RUN(saving_gives_the_files_bytes);
    RUN(ca_only_models_are_told_by_their_features);
    RUN(unused_records_take_no_memory);
    RUN(ca_only_models_need_no_other_atom);
    RUN(damage_is_refused_with_its_place);
    RUN(numbers_that_overflow_are_no_results);
    RUN(other_layouts_are_explained);
    RUN(bad_first_lines_are_refused);
    RUN(encoder_runs_as_weights_arrive);
    RUN(all_others_is_the_score_with_the_row_last);
    RUN(first_in_the_order_is_unconditional);
    RUN(alphabets_in_another_order_give_the_same);
    RUN(adopted_states_give_the_same);
    RUN(models_say_which_features_they_expect);
    RUN(features_can_be_chosen_and_adopted);
    RUN(requests_are_checked_once_and_whole);
    RUN(memory_is_estimated_and_does_not_grow);
    return unit_done("mpnn");
}
