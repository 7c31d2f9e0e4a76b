/* SPDX-License-Identifier: MIT
 *
 * weft.c - the façade: the public names of weft.h over the modules that do the work. No logic lives here.
 */
#include "weft.h"

#include "mpnn/mpnn.h"
#include "protein/assembly.h"
#include "protein/pdb.h"
#include "protein/select.h"
#include "protein/structure_derive.h"
#include "protein/table.h"
#include "protein/ties.h"

#ifndef WEFT_VERSION
#ifdef WEFT_FUSED
#define WEFT_VERSION "0.1.0+fast" /* whose results may differ in their last bits (core/vec.h) */
#else
#define WEFT_VERSION "0.1.0"
#endif
#endif

const char *weft_version(void) { return WEFT_VERSION; }

/* ---- Weights ------------------------------------------------------------------------------------------- */

WeftModel *weft_model_open(void) { return mpnn_model_open(); }
WeftStatus weft_model_feed(WeftModel *m, const void *bytes, size_t count) {
    return mpnn_model_feed(m, bytes, count);
}
WeftStatus weft_model_finish(WeftModel *m) { return mpnn_model_finish(m); }

WeftStatus weft_model_neighbors(WeftModel *m, int32_t k) {
    if (k < 1 || k > 1024)
        return base_fail(WEFT_BAD_REQUEST, -1, "%d neighbours: 1 to 1024 are possible", (int)k);
    m->neighbors = k;
    return WEFT_OK;
}

static int32_t ready_layers(const WeftModel *m, int (*ready)(const WeftModel *, int32_t)) {
    int32_t layers = 0;
    while (ready(m, layers)) layers++;
    return layers;
}

double weft_model_number(const WeftModel *m, WeftModelNumber what) {
    switch (what) {
    case WEFT_MODEL_RECOGNISED: return m->recognised;
    case WEFT_MODEL_COMPLETE: return m->complete;
    case WEFT_MODEL_NEIGHBORS: return m->neighbors;
    case WEFT_MODEL_NODE_WIDTH: return m->size[SIZE_NODE];
    case WEFT_MODEL_EDGE_WIDTH: return m->size[SIZE_EDGE];
    case WEFT_MODEL_NODE_STRIDE: return vec_padded(m->size[SIZE_NODE]);
    case WEFT_MODEL_EDGE_STRIDE: return vec_padded(m->size[SIZE_EDGE]);
    case WEFT_MODEL_ENCODER_LAYERS: return m->encoder_layers;
    case WEFT_MODEL_DECODER_LAYERS: return m->decoder_layers;
    case WEFT_MODEL_LETTERS: return m->size[SIZE_LETTERS];
    case WEFT_MODEL_MESSAGE_SCALE: return m->message_scale;
    case WEFT_MODEL_RECORDS: return m->records;
    case WEFT_MODEL_PARAMETERS: return (double)m->parameters;
    case WEFT_MODEL_BYTES: return (double)m->bytes;
    case WEFT_MODEL_READY_ENCODER: return ready_layers(m, mpnn_encoder_ready);
    case WEFT_MODEL_READY_DECODER: return ready_layers(m, mpnn_decoder_ready);
    case WEFT_MODEL_FEATURES: return m->file_order ? WEFT_FEATURES_FILE_ORDER : WEFT_FEATURES_GAPS;
    }
    return 0;
}

const char *weft_model_text(const WeftModel *m, WeftModelText what) {
    switch (what) {
    case WEFT_MODEL_FAMILY: return m->ca_only ? "ca" : "protein";
    case WEFT_MODEL_LAYOUT: return m->layout;
    case WEFT_MODEL_SHA256: return m->sha256;
    case WEFT_MODEL_HEADER: return m->reader.json ? m->reader.json : "";
    }
    return "";
}

size_t weft_model_save_size(const WeftModel *m) { return m->complete ? mpnn_model_save(m, NULL) : 0; }

WeftStatus weft_model_save(const WeftModel *m, void *out) {
    if (!m->complete) return base_fail(WEFT_BAD_WEIGHTS, -1, "weights: the model is not complete");
    return mpnn_model_save(m, out) ? WEFT_OK : WEFT_NO_MEMORY;
}

void weft_model_free(WeftModel *m) { mpnn_model_free(m); }

/* ---- Structures ---------------------------------------------------------------------------------------- */

static WeftStructure *parse_file(const void *bytes, size_t count, StructureChoice choice) {
    return table_is(bytes, count) ? table_parse(bytes, count, choice) : pdb_parse(bytes, count, choice);
}
WeftStructure *weft_structure_parse(const void *bytes, size_t count, int32_t model, WeftAltloc altloc) {
    if (model < 0 || (altloc != WEFT_ALTLOC_FIRST && altloc != WEFT_ALTLOC_OCCUPANCY)) {
        base_fail(WEFT_BAD_REQUEST, -1,
                  model < 0 ? "model: write its number, or 0 for the first"
                            : "altloc: there are 'first' and 'occupancy'");
        return NULL;
    }
    StructureChoice choice = {model, altloc};
    if (!assembly_is(bytes, count)) return parse_file(bytes, count, choice);
    size_t size = 0;
    const void *file = assembly_file(bytes, count, &size);
    WeftStructure *whole = file ? parse_file(file, size, choice) : NULL;
    WeftStructure *made = whole ? assembly_make(bytes, count, whole) : NULL;
    structure_free(whole);
    return made;
}
int32_t weft_structure_model(const WeftStructure *s) { return s->model; }
int32_t weft_structure_model_count(const WeftStructure *s) { return s->model_count; }
const int32_t *weft_structure_models(const WeftStructure *s) { return s->model_number; }
int32_t weft_structure_length(const WeftStructure *s) { return s->length; }
const int8_t *weft_structure_letters(const WeftStructure *s) { return s->letter; }
const uint8_t *weft_structure_mask(const WeftStructure *s) { return s->mask; }
const uint8_t *weft_structure_carbons(const WeftStructure *s) { return s->carbon; }
const uint8_t *weft_structure_unknown(const WeftStructure *s) { return s->unknown; }
const int32_t *weft_structure_numbers(const WeftStructure *s) { return s->number; }
const char *weft_structure_insertions(const WeftStructure *s) { return s->insertion; }
const int32_t *weft_structure_chains(const WeftStructure *s) { return s->chain; }
const int32_t *weft_structure_label_numbers(const WeftStructure *s) { return s->label_number; }
const char *weft_structure_label_chain(const WeftStructure *s, int32_t row) { return s->label_chain[row]; }
int32_t weft_structure_chain_count(const WeftStructure *s) { return s->chain_count; }
const char *weft_structure_chain_name(const WeftStructure *s, int32_t chain) { return s->chain_name[chain]; }
int32_t weft_structure_issue_count(const WeftStructure *s) { return s->issue_count; }
const char *weft_structure_issue(const WeftStructure *s, int32_t i) { return s->issue[i].text; }
int32_t weft_structure_issue_line(const WeftStructure *s, int32_t i) { return s->issue[i].line; }
int32_t weft_structure_select(const WeftStructure *s, const char *selection, uint8_t *mask) {
    return select_parse(s, selection, mask);
}
int32_t weft_structure_ties(const WeftStructure *s, const char *ties, int32_t *start, int32_t *rows,
                            float *weights) {
    return ties_copy(s, ties, start, rows, weights);
}
int32_t weft_structure_ties_report(const WeftStructure *s, const char *ties, char *out, int32_t size) {
    return ties_report(s, ties, out, size);
}
WeftStructure *weft_structure_part(const WeftStructure *s, const uint8_t *rows) {
    return structure_part(s, rows);
}
void weft_structure_backbone(const WeftStructure *s, float deviation, uint32_t seed_low, uint32_t seed_high,
                             float *xyz) {
    structure_backbone(s, deviation, (RandomKey){seed_low, seed_high}, xyz);
}
void weft_structure_b_factors(const WeftStructure *s, float *values) { structure_b_factors(s, values); }

WeftStructure *weft_structure_moved(const WeftStructure *s, const float *xyz) {
    return structure_moved(s, xyz);
}
void weft_structure_free(WeftStructure *s) { structure_free(s); }

/* ---- Encoding ------------------------------------------------------------------------------------------ */

WeftEncoding *weft_encoding_open(const WeftModel *m, const WeftStructure *s, WeftFeatures features) {
    return mpnn_encoding_open(m, s, features);
}
WeftEncoding *weft_encoding_adopt(const WeftModel *m, const WeftStructure *s, WeftFeatures features,
                                  const float *nodes, const float *edges, const int32_t *neighbors) {
    return mpnn_encoding_adopt(m, s, features, nodes, edges, neighbors);
}
WeftStatus weft_encoding_step(WeftEncoding *e) { return mpnn_encoding_step(e); }
double weft_encoding_progress(const WeftEncoding *e) { return mpnn_encoding_progress(e); }

double weft_encoding_number(const WeftEncoding *e, WeftEncodingNumber what) {
    switch (what) {
    case WEFT_ENCODING_LAYERS_DONE: return e->updates_done;
    case WEFT_ENCODING_NEIGHBORS: return e->graph.k;
    case WEFT_ENCODING_GAP_SLOTS: return e->slots.count - e->slots.rows;
    case WEFT_ENCODING_PEAK_BYTES: return (double)(arena_peak(e->arena) + arena_peak(e->scratch));
    }
    return 0;
}

const int32_t *weft_encoding_neighbors(const WeftEncoding *e) { return e->graph.neighbor; }
const float *weft_encoding_nodes(const WeftEncoding *e) { return e->h_v; }
const float *weft_encoding_edges(const WeftEncoding *e) { return e->h_e; }
WeftStatus weft_encoding_release_edges(WeftEncoding *e) { return mpnn_encoding_release_edges(e); }
void weft_encoding_free(WeftEncoding *e) { mpnn_encoding_free(e); }
double weft_memory(const WeftModel *m, int32_t n, int32_t lanes) { return mpnn_memory(m, n, lanes); }

/* ---- Requests ------------------------------------------------------------------------------------------ */

WeftRequest *weft_request_open(const WeftEncoding *e) { return mpnn_request_open(e); }
WeftStatus weft_request_state(WeftRequest *r, const WeftEncoding *e) { return mpnn_request_state(r, e); }
WeftStatus weft_request_design(WeftRequest *r, const uint8_t *mask) { return mpnn_request_design(r, mask); }
WeftStatus weft_request_letters(WeftRequest *r, int32_t lanes, const int8_t *letters) {
    return mpnn_request_letters(r, lanes, letters);
}
WeftStatus weft_request_order(WeftRequest *r, int32_t lanes, const int32_t *order) {
    return mpnn_request_order(r, lanes, r->states.first_row[r->states.count], order);
}
WeftStatus weft_request_slot_order(WeftRequest *r, int32_t lanes, const int32_t *order) {
    return mpnn_request_order(r, lanes, r->states.first_slot[r->states.count], order);
}
WeftStatus weft_request_bias(WeftRequest *r, int32_t rows, const float *bias) {
    return mpnn_request_bias(r, rows, bias);
}
WeftStatus weft_request_omit(WeftRequest *r, int32_t rows, const uint8_t *omit) {
    return mpnn_request_omit(r, rows, omit);
}
WeftStatus weft_request_temperature(WeftRequest *r, float t) { return mpnn_request_temperature(r, t); }
WeftStatus weft_request_samples(WeftRequest *r, int32_t first, int32_t lanes) {
    return mpnn_request_samples(r, first, lanes);
}
WeftStatus weft_request_draws(WeftRequest *r, int32_t lanes, const double *q) {
    return mpnn_request_draws(r, lanes, q);
}
WeftStatus weft_request_temperatures(WeftRequest *r, const float *t) {
    return mpnn_request_temperatures(r, t);
}
WeftStatus weft_request_schedule(WeftRequest *r, float last) { return mpnn_request_schedule(r, last); }
WeftStatus weft_request_pssm(WeftRequest *r, const float *weight, const float *pssm) {
    return mpnn_request_pssm(r, weight, pssm);
}
WeftStatus weft_request_keep(WeftRequest *r, const uint8_t *keep) { return mpnn_request_keep(r, keep); }
WeftStatus weft_request_ties(WeftRequest *r, WeftTieRule rule, int32_t groups, const int32_t *start,
                             const int32_t *row, const float *weight) {
    return mpnn_request_ties(r, rule, groups, start, row, weight);
}
void weft_request_original(WeftRequest *r) { r->original = 1; }
void weft_request_free(WeftRequest *r) { mpnn_request_free(r); }

WeftStatus weft_request_seed(WeftRequest *r, uint32_t low, uint32_t high) {
    r->seed = (RandomKey){low, high};
    return WEFT_OK;
}

/* ---- Runs ---------------------------------------------------------------------------------------------- */

WeftRun *weft_run_open(const WeftRequest *r, WeftMode mode) { return mpnn_run_open(r, mode); }
WeftStatus weft_run_step(WeftRun *run) { return mpnn_run_step(run); }
double weft_run_progress(const WeftRun *run) { return mpnn_run_progress(run); }
int32_t weft_run_lanes(const WeftRun *run) { return run->plan.lanes; }

static size_t lane_at(const WeftRun *run, int32_t lane) { return (size_t)lane * (size_t)run->plan.n; }

const int8_t *weft_run_letters(const WeftRun *run, int32_t lane) {
    return run->plan.letters + lane_at(run, lane);
}
const int32_t *weft_run_order(const WeftRun *run, int32_t lane) {
    return run->plan.order + lane_at(run, lane);
}
const float *weft_run_log_probs(const WeftRun *run, int32_t lane) {
    return run->log_probs + lane_at(run, lane) * WEFT_LETTER_COUNT;
}
const float *weft_run_probs(const WeftRun *run, int32_t lane) {
    return run->probs ? run->probs + lane_at(run, lane) * WEFT_LETTER_COUNT : NULL;
}
const float *weft_run_jacobian(const WeftRun *run, int32_t k) {
    return run->jacobian ? mpnn_jacobian(run, k) : NULL;
}
const uint8_t *weft_run_design_mask(const WeftRun *run) { return run->plan.design; }
double weft_run_number(const WeftRun *run, int32_t lane, WeftRunNumber what) {
    return mpnn_run_number(run, lane, what);
}
void weft_run_free(WeftRun *run) { mpnn_run_free(run); }
