/* SPDX-License-Identifier: MIT
 *
 * twin_model.c - the twin's weights: .eqx bytes -> tensors by state-dict name.
 */
#include "twin.h"

#include "npy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The names of a header-less stream, in its order. The engine has its own table of leaves; this second
 * list is on purpose: an error in either makes the two disagree. Writes the name of weight i; returns 0
 * past the last. */
static int canonical_name(char *out, size_t size, int i) {
    static const char *head[] = {"features.embeddings.linear.weight",
                                 "features.embeddings.linear.bias",
                                 "features.edge_embedding.weight",
                                 "features.norm_edges.weight",
                                 "features.norm_edges.bias",
                                 "W_e.weight",
                                 "W_e.bias"};
    static const char *encoder[] = {"W1",    "W2",  "W3",  "norm1", "dense.W_in", "dense.W_out",
                                    "norm2", "W11", "W12", "W13",   "norm3"};
    static const char *decoder[] = {"W1", "W2", "W3", "norm1", "dense.W_in", "dense.W_out", "norm2"};
    static const char *tail[] = {"W_s.weight", "W_out.weight", "W_out.bias"};
    static const char *part[] = {"weight", "bias"};
    if (i < 7) return snprintf(out, size, "%s", head[i]);
    if ((i -= 7) < 3 * 22)
        return snprintf(out, size, "encoder_layers.%d.%s.%s", i / 22, encoder[i % 22 / 2], part[i % 2]);
    if ((i -= 3 * 22) < 3 * 14)
        return snprintf(out, size, "decoder_layers.%d.%s.%s", i / 14, decoder[i % 14 / 2], part[i % 2]);
    if ((i -= 3 * 14) < 3) return snprintf(out, size, "%s", tail[i]);
    return 0;
}

const TwinTensor *twin_tensor(const TwinModel *m, const char *format, ...) {
    char name[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    for (int i = 0; i < m->tensor_count; i++)
        if (!strcmp(m->tensor[i].name, name)) return &m->tensor[i];
    return NULL;
}

static double json_number(const char *json, const char *key, double otherwise) {
    const char *p = json ? strstr(json, key) : NULL;
    return p ? strtod(p + strlen(key) + strspn(p + strlen(key), "\": "), NULL) : otherwise;
}

/* The next quoted string at or after *p, before a ']'. */
static int json_string(char *out, size_t size, const char **p) {
    const char *start = *p + strcspn(*p, "\"]"), *end = *start == '"' ? strchr(start + 1, '"') : NULL;
    if (!end) return 0;
    *p = end + 1;
    return snprintf(out, size, "%.*s", (int)(end - start - 1), start + 1);
}

double *twin_value(const TwinTensor *t, int row, int col) {
    return &t->value[(row / TWIN_PANEL * t->cols + col) * TWIN_PANEL + row % TWIN_PANEL];
}

static void append(TwinModel *m, const char *name, const Npy *npy) {
    TwinTensor *t = &m->tensor[m->tensor_count++];
    *t = (TwinTensor){.rows = npy->shape[0], .cols = npy->shape[1]};
    t->value = calloc((size_t)((t->rows + TWIN_PANEL - 1) / TWIN_PANEL * TWIN_PANEL * t->cols), sizeof(double));
    snprintf(t->name, sizeof t->name, "%s", name);
    for (int r = 0; r < t->rows; r++)
        for (int c = 0; c < t->cols; c++) *twin_value(t, r, c) = npy->data[r * t->cols + c];
}

/* The hyper-parameters, from which tensors there are and from their shapes. Returns 0 where a corner stone
 * is missing. */
static int measure(TwinModel *m) {
    const TwinTensor *pos = twin_tensor(m, "features.embeddings.linear.weight"),
                     *edge = twin_tensor(m, "features.edge_embedding.weight"),
                     *w_e = twin_tensor(m, "W_e.weight"), *w_s = twin_tensor(m, "W_s.weight"),
                     *w_out = twin_tensor(m, "W_out.weight");
    while (twin_tensor(m, "encoder_layers.%d.W1.weight", m->encoder_layers)) m->encoder_layers++;
    while (twin_tensor(m, "decoder_layers.%d.W1.weight", m->decoder_layers)) m->decoder_layers++;
    if (!pos || !edge || !w_e || !w_s || !w_out) return 0;
    m->node_width = w_out->cols;
    m->edge_width = w_e->rows;
    m->letters = w_out->rows;
    int features = edge->cols - pos->rows;
    m->ca_only = features % (TWIN_ATOMS * TWIN_ATOMS) != 0;
    m->rbf_count =
        m->ca_only ? (features - TWIN_CA_DIRECTIONS) / TWIN_CA_PAIRS : features / (TWIN_ATOMS * TWIN_ATOMS);
    return 1;
}

TwinModel *twin_model_read(const unsigned char *bytes, size_t count) {
    TwinModel *m = calloc(1, sizeof *m);
    const char *json = count && bytes[0] == '{' ? (const char *)bytes : NULL, *names = NULL;
    size_t at = json ? strcspn(json, "\n") + 1 : 0;
    m->neighbors = (int)json_number(json, "\"k_neighbors\"", 48);
    m->message_scale = json_number(json, "\"message_scale\"", 30);
    m->tensor = calloc(512, sizeof *m->tensor);
    if (json && (names = strstr(json, "\"records\""))) names += strlen("\"records\"");
    while (at < count && m->tensor_count < 512) {
        char name[64];
        Npy npy;
        size_t taken = npy_parse(&npy, bytes + at, count - at);
        at += taken;
        if (!taken) return twin_model_free(m), NULL;
        if (npy.rank) { /* scalars are dropout rates and flags: no part of the network */
            if (names ? json_string(name, sizeof name, &names)
                      : canonical_name(name, sizeof name, m->tensor_count))
                append(m, name, &npy);
            else
                at = count + 1;
        }
        npy_free(&npy);
    }
    return at == count && measure(m) ? m : (twin_model_free(m), NULL);
}

void twin_model_free(TwinModel *m) {
    for (int i = 0; m && i < m->tensor_count; i++) free(m->tensor[i].value);
    if (m) free(m->tensor);
    free(m);
}
