/* SPDX-License-Identifier: MIT
 *
 * weft.h - the public C API of Weft: design protein sequences for a backbone.
 *
 *   weights bytes --feed--> WeftModel ---.
 *   PDB text ------parse--> WeftStructure --> WeftEncoding --> WeftRequest --> WeftRun --> letters and values
 *
 * The library is quiet: it prints nothing, opens no file, reads no clock, starts no thread and draws no
 * randomness of its own. Long work advances in bounded steps that the caller pulls.
 *
 * Shapes: n residues ("rows", one per residue of the file, chain by chain in file order), k neighbours, h hidden
 * width, lanes (samples or sequences of one run). Letters are indices into WEFT_LETTERS. Masks are bytes 0 or 1,
 * indices int32, floats float32, rows contiguous. Log-probabilities are natural logarithms, coordinates angstrom.
 *
 * Errors: a creator returns NULL, every other call a negative WeftStatus; weft_error() then says what and where.
 * The text belongs to the library and lasts until the next failing call. Arguments that no user can cause (a NULL
 * handle, an index out of range) are the caller's bugs and are not checked.
 *
 * Threads: an object may be used by one thread at a time; a complete model, structure or encoding may be read by
 * several. The error text is global to the process.
 */
#ifndef WEFT_H
#define WEFT_H

#include <stddef.h>
#include <stdint.h>

#define WEFT_LETTERS "ACDEFGHIKLMNPQRSTVWYX"
#define WEFT_LETTER_COUNT 21
#define WEFT_LETTER_X 20

typedef enum WeftStatus {
    WEFT_OK = 0,             /* done */
    WEFT_MORE = 1,           /* a step was taken, more remain */
    WEFT_WAITING = 2,        /* the next step needs weights that have not been fed yet */
    WEFT_BAD_STRUCTURE = -1, /* the structure file, or a structure that the model cannot use */
    WEFT_BAD_WEIGHTS = -2,
    WEFT_BAD_REQUEST = -3,
    WEFT_NO_MEMORY = -4
} WeftStatus;

typedef struct WeftModel WeftModel;
typedef struct WeftStructure WeftStructure;
typedef struct WeftEncoding WeftEncoding;
typedef struct WeftRequest WeftRequest;
typedef struct WeftRun WeftRun;

const char *weft_version(void);

/* What went wrong in the last failing call: the words, the status, and the place (a line of a structure file counted
 * from 1, a record of a weight file counted from 0, a row of a request counted from 0; -1 where there is none). */
const char *weft_error(void);
WeftStatus weft_error_status(void);
int32_t weft_error_place(void);

/* ---- Weights ------------------------------------------------------------------------------------------- */

/* An empty model. Feed it the bytes of an .eqx file in chunks of any size, then finish. A mismatch is reported by the
 * feed that meets it, with the record's number and name. After a failure the model can only be freed. */
WeftModel *weft_model_open(void);
WeftStatus weft_model_feed(WeftModel *model, const void *bytes, size_t count);

/* Says that no byte follows: checks that every leaf arrived and completes the model. */
WeftStatus weft_model_finish(WeftModel *model);

/* Overrides the number of neighbours (1 to 1024), before the first encoding is opened. */
WeftStatus weft_model_neighbors(WeftModel *model, int32_t k);

typedef enum WeftModelNumber {
    WEFT_MODEL_RECOGNISED,  /* 1 once the family is known */
    WEFT_MODEL_COMPLETE,    /* 1 after a successful finish */
    WEFT_MODEL_NEIGHBORS,   /* k */
    WEFT_MODEL_NODE_WIDTH,  /* width of h_V */
    WEFT_MODEL_EDGE_WIDTH,  /* width of h_E */
    WEFT_MODEL_NODE_STRIDE, /* floats from one row of h_V to the next (the width rounded up to 16) */
    WEFT_MODEL_EDGE_STRIDE, /* the same for h_E */
    WEFT_MODEL_ENCODER_LAYERS,
    WEFT_MODEL_DECODER_LAYERS,
    WEFT_MODEL_LETTERS,
    WEFT_MODEL_MESSAGE_SCALE,
    WEFT_MODEL_RECORDS,       /* records read so far */
    WEFT_MODEL_PARAMETERS,    /* weights bound so far */
    WEFT_MODEL_BYTES,         /* bytes fed so far */
    WEFT_MODEL_READY_ENCODER, /* encoder layers whose weights are all bound */
    WEFT_MODEL_READY_DECODER, /* decoder layers whose weights are all bound */
    WEFT_MODEL_FEATURES       /* WeftFeatures: the way that the model expects */
} WeftModelNumber;
double weft_model_number(const WeftModel *model, WeftModelNumber what);

typedef enum WeftModelText {
    WEFT_MODEL_FAMILY, /* "protein"; "ca" where the model looks at CA atoms alone */
    WEFT_MODEL_LAYOUT, /* the file's layout in words */
    WEFT_MODEL_SHA256, /* 64 hexadecimal digits over all bytes fed; "" before finish */
    WEFT_MODEL_HEADER  /* the JSON first line, or "" */
} WeftModelText;
const char *weft_model_text(const WeftModel *model, WeftModelText what);

/* Writes the complete model as .eqx bytes from the bound tensors: the 148-record layout where that layout can hold the
 * model, else one line of JSON and the records it names. save_size returns the bytes needed. */
size_t weft_model_save_size(const WeftModel *model);
WeftStatus weft_model_save(const WeftModel *model, void *out);
void weft_model_free(WeftModel *model);

/* ---- Structures ---------------------------------------------------------------------------------------- */

/* Which atoms of a residue are read where the file has several of one name. */
typedef enum WeftAltloc {
    WEFT_ALTLOC_FIRST,    /* the first of each */
    WEFT_ALTLOC_OCCUPANCY /* those of one alternate location, the one of the highest mean occupancy */
} WeftAltloc;

/* Parses PDB text, or a table of atoms that a reader of another format made (protein/table.h), and makes the copies of
 * an assembly where its operators stand before them (protein/assembly.h). The bytes are not kept.
 * A model is called by the number that the file prints, where all have one and each another, else by its place from 1;
 * 0 is the first. WEFT_BAD_REQUEST where there is none of that number. */
WeftStructure *weft_structure_parse(const void *bytes, size_t count, int32_t model, WeftAltloc altloc);
int32_t weft_structure_model(const WeftStructure *s);         /* the number of the one that was read */
int32_t weft_structure_model_count(const WeftStructure *s);   /* models in the file, at least 1 */
const int32_t *weft_structure_models(const WeftStructure *s); /* [models] their numbers */
int32_t weft_structure_length(const WeftStructure *s);        /* n */
const int8_t *weft_structure_letters(const WeftStructure *s); /* [n] 0..20 */
const uint8_t *weft_structure_mask(const WeftStructure *s);   /* [n] 1 where N, CA, C and O are all present */
const uint8_t *weft_structure_carbons(const WeftStructure *s); /* [n] 1 where CA is present */
const uint8_t *weft_structure_unknown(const WeftStructure *s); /* [n] 1 where the residue has no standard letter */
const int32_t *weft_structure_numbers(const WeftStructure *s); /* [n] author residue numbers */
const char *weft_structure_insertions(const WeftStructure *s); /* [n] insertion codes, ' ' for none */
const int32_t *weft_structure_chains(const WeftStructure *s);  /* [n] chain index */
int32_t weft_structure_chain_count(const WeftStructure *s);
const char *weft_structure_chain_name(const WeftStructure *s, int32_t chain);
int32_t weft_structure_issue_count(const WeftStructure *s);
const char *weft_structure_issue(const WeftStructure *s, int32_t i);  /* one sentence */
int32_t weft_structure_issue_line(const WeftStructure *s, int32_t i); /* line of the file, or -1 */

/* Of the file's other numbering, that of mmCIF's labels: numbers [n], INT32_MIN where there is none, and a row's chain,
 * "" where there is none. */
const int32_t *weft_structure_label_numbers(const WeftStructure *s);
const char *weft_structure_label_chain(const WeftStructure *s, int32_t row);

/* Resolves a selection (the grammar of src/protein/select.h) into mask [n]. Returns how many rows are selected, or a
 * negative status; an empty result is an error. */
int32_t weft_structure_select(const WeftStructure *s, const char *selection, uint8_t *mask);

/* Resolves ties (the grammar of src/protein/ties.h) into groups of rows that receive one letter together. Returns how
 * many groups there are, or a negative status. Members of group g are rows[start[g]] .. rows[start[g+1]-1], with their
 * weights. start [n/2 + 1], rows [n] and weights [n] hold any answer; NULL for what is not wanted. */
int32_t weft_structure_ties(const WeftStructure *s, const char *ties, int32_t *start, int32_t *rows,
                            float *weights);

/* Says how they were resolved and what is not tied, line by line: copies at most size bytes with the NUL (out may be
 * NULL where size is 0). Returns the length of the whole text, or a negative status. */
int32_t weft_structure_ties_report(const WeftStructure *s, const char *ties, char *out, int32_t size);

/* A structure of the rows with a 1 [n]: chains without any vanish, all else is kept. None is an error. It does not need
 * the first one any more; neither does the next. */
WeftStructure *weft_structure_part(const WeftStructure *s, const uint8_t *rows);

/* Coordinates of N, CA, C and O of each row [n][4][3], NaN where an atom is missing, each number with Gaussian noise of
 * this deviation, which depends on seed, row, atom and axis alone; a deviation of 0 gives them as they are. */
void weft_structure_backbone(const WeftStructure *s, float deviation, uint32_t seed_low, uint32_t seed_high,
                             float *xyz);

/* What the file has as B-factor of each row's CA [n], where predictions have their confidence; NaN without a CA. */
void weft_structure_b_factors(const WeftStructure *s, float *values);

/* The structure with N, CA, C and O of its rows at other places [n][4][3]; numbers of missing atoms are not read. */
WeftStructure *weft_structure_moved(const WeftStructure *s, const float *xyz);
void weft_structure_free(WeftStructure *s);

/* ---- Encoding: once per model and structure ------------------------------------------------------------ */

/* How residues become what the network sees: where they stand in the chain, and what else can be a neighbour. The two
 * differ only where residues are few, numbers go back, or the model is CA-only: MODEL.md 1. */
typedef enum WeftFeatures {
    WEFT_FEATURES_MODEL, /* the way that the model expects */
    WEFT_FEATURES_GAPS,  /* ProteinMPNN's: missing numbers are filled with empty slots */
    WEFT_FEATURES_FILE_ORDER /* LigandMPNN's: the residues with a CA as they stand in the file, and nothing else */
} WeftFeatures;

/* Reserves all memory of the encoding. The model need not be complete, only recognised. Model and structure must
 * outlive the encoding. */
WeftEncoding *weft_encoding_open(const WeftModel *model, const WeftStructure *s, WeftFeatures features);
WeftStatus weft_encoding_step(WeftEncoding *e);

/* An encoding from final states: of another instance's of the same model, structure and features, which gives the
 * same results to the bit, or means of several. nodes [n][node stride], edges [n][k][edge stride] and neighbors
 * [n][k] are as weft_encoding_nodes, _edges and _neighbors give them, and are copied; neighbors may be NULL: the
 * structure's own. The model must be complete; steps compute the rest. */
WeftEncoding *weft_encoding_adopt(const WeftModel *model, const WeftStructure *s, WeftFeatures features,
                                  const float *nodes, const float *edges, const int32_t *neighbors);
double weft_encoding_progress(const WeftEncoding *e); /* 0 to 1 */

typedef enum WeftEncodingNumber {
    WEFT_ENCODING_LAYERS_DONE, /* encoder layers complete, node and edge states final */
    WEFT_ENCODING_NEIGHBORS,   /* k of this structure: min(k of the model, slots) */
    WEFT_ENCODING_GAP_SLOTS,   /* numbering gaps that entered the graph, as neighbours n, n+1, ... */
    WEFT_ENCODING_PEAK_BYTES
} WeftEncodingNumber;
double weft_encoding_number(const WeftEncoding *e, WeftEncodingNumber what);
const int32_t *weft_encoding_neighbors(const WeftEncoding *e); /* [n][k] nearest first */
const float *weft_encoding_nodes(const WeftEncoding *e);       /* [n][node stride] h_V */
const float *weft_encoding_edges(const WeftEncoding *e); /* [n][k][edge stride] h_E; NULL once released */

/* Of a complete encoding: h_E is not asked for again. Its room, and as much again, then keeps what runs have in common,
 * which makes the second and later sequences faster. Same results to the bit. */
WeftStatus weft_encoding_release_edges(WeftEncoding *e);
void weft_encoding_free(WeftEncoding *e);

/* Bytes that an encoding of n rows and a run of the given lanes take together, before anything is reserved. */
double weft_memory(const WeftModel *model, int32_t n, int32_t lanes);

/* ---- Requests: what is asked of an encoding ------------------------------------------------------------ */

/* A request with the defaults: every complete residue with a standard letter is designed (refused at run if the
 * chains differ and no mask was given), letters of the file, temperature 0.1, seed 0, sample 1, random order.
 * X is never designed. An order is a permutation of rows, by step; gap slots stand before all rows. A slot order
 * places them too, as n, n+1, ...: it is what an order over all slots of the reference becomes. Setters copy. */
WeftRequest *weft_request_open(const WeftEncoding *e);

/* A further state of the same model, before anything else is set: its n rows follow those of the states before it, and
 * n means all rows from then on. Only design takes several states. */
WeftStatus weft_request_state(WeftRequest *r, const WeftEncoding *e);
WeftStatus weft_request_design(WeftRequest *r, const uint8_t *mask);                   /* [n] */
WeftStatus weft_request_letters(WeftRequest *r, int32_t lanes, const int8_t *letters); /* [lanes][n], lanes 1 or all */
WeftStatus weft_request_order(WeftRequest *r, int32_t lanes, const int32_t *order); /* [lanes][n] */
WeftStatus weft_request_slot_order(WeftRequest *r, int32_t lanes, const int32_t *order); /* [lanes][n + gap slots] */
WeftStatus weft_request_bias(WeftRequest *r, int32_t rows, const float *bias); /* [rows][21], rows 1 or n; nats */
WeftStatus weft_request_omit(WeftRequest *r, int32_t rows, const uint8_t *omit); /* [rows][21], rows 1 or n */
WeftStatus weft_request_temperature(WeftRequest *r, float temperature);          /* >= 0; 0 is argmax */
WeftStatus weft_request_seed(WeftRequest *r, uint32_t low, uint32_t high);
WeftStatus weft_request_samples(WeftRequest *r, int32_t first, int32_t lanes); /* samples first .. first+lanes-1 */
WeftStatus weft_request_draws(WeftRequest *r, int32_t lanes, const double *q); /* [lanes][n][21] exponential variates */

/* A temperature for each row [n]; and one that falls or rises from row to row as they are decoded: that of the designed
 * row t of T is multiplied by (last / temperature)^(t / (T - 1)), which needs both above 0. */
WeftStatus weft_request_temperatures(WeftRequest *r, const float *temperature);
WeftStatus weft_request_schedule(WeftRequest *r, float last);

/* p becomes (1 - weight) p + weight pssm: weight [n] 0 to 1, pssm [n][21] probabilities. */
WeftStatus weft_request_pssm(WeftRequest *r, const float *weight, const float *pssm);

/* Letters that a position-specific matrix favours, [n][21]: p of the others is multiplied by 0.001 / 1.001. */
WeftStatus weft_request_keep(WeftRequest *r, const uint8_t *keep);

/* How the members of a group agree, with weights w: MODEL.md 6. */
typedef enum WeftTieRule {
    WEFT_TIE_LOGITS,     /* sum of w logits / members: the original's */
    WEFT_TIE_GEOMETRIC,  /* sum of w ln p / sum of |w| */
    WEFT_TIE_ARITHMETIC, /* ln (sum of w p / sum of w), w >= 0 */
    WEFT_TIE_PRODUCT     /* sum of w ln p */
} WeftTieRule;

/* Groups of rows that get one letter: members of group g stand at start[g] .. start[g + 1] - 1 of row and weight (NULL:
 * all 1). A row is in one group at most. Of a group with fixed members all get their letter. */
WeftStatus weft_request_ties(WeftRequest *r, WeftTieRule rule, int32_t groups, const int32_t *start,
                             const int32_t *row, const float *weight);

/* Groups and omissions as protein_mpnn_run.py takes them: MODEL.md 6. */
void weft_request_original(WeftRequest *r);
void weft_request_free(WeftRequest *r);

/* ---- Runs ---------------------------------------------------------------------------------------------- */

typedef enum WeftMode {
    WEFT_DESIGN,        /* autoregressive sampling */
    WEFT_SCORE,         /* log p(s_i | earlier s, backbone) of the request's letters under its order */
    WEFT_UNCONDITIONAL, /* log p(s_i | backbone); one lane */
    WEFT_ALL_OTHERS, /* log p(s_i | all other s, backbone): each row decoded last, the others in the order */
    WEFT_JACOBIAN /* d log p(s_t | all other s, backbone) / d one-hot s_i, for each designed row t; one lane */
} WeftMode;

/* Checks the request whole and reserves all memory. The request may be freed afterwards, the encoding may not. */
WeftRun *weft_run_open(const WeftRequest *r, WeftMode mode);
WeftStatus weft_run_step(WeftRun *run);
double weft_run_progress(const WeftRun *run);
int32_t weft_run_lanes(const WeftRun *run);

/* Results of one lane, valid once step has returned WEFT_OK, until the run is freed. Rows with mask 0 have no network
 * output: their log-probabilities are those of the output bias alone, and no score counts them. */
const int8_t *weft_run_letters(const WeftRun *run, int32_t lane);  /* [n] */
const int32_t *weft_run_order(const WeftRun *run, int32_t lane);   /* [n] row decoded at step t */
const float *weft_run_log_probs(const WeftRun *run, int32_t lane); /* [n][21] unbiased, temperature 1 */
const float *weft_run_probs(const WeftRun *run,
                            int32_t lane); /* [n][21] drawn from; 0 where not designed; design only */
/* Of a Jacobian, for its k-th designed row t, k from 0 in the order of rows: [n][20][20], of row i, its letter a and
 * the letter b the derivative of log p(s_t = b | all other s, backbone) by the share of a in the one-hot code of s_i,
 * at the request's letters. Letters are those of WEFT_LETTERS but X. 0 where i does not reach t, and at i = t.
 * MODEL.md 7. */
const float *weft_run_jacobian(const WeftRun *run, int32_t k);
const uint8_t *weft_run_design_mask(const WeftRun *run); /* [n] rows that were designed (or asked to be) */

typedef enum WeftRunNumber {
    WEFT_RUN_SCORE,        /* mean negative log-probability over designed rows, nats */
    WEFT_RUN_GLOBAL_SCORE, /* the same over all rows with mask 1 */
    WEFT_RUN_RECOVERY,     /* share of designed rows whose letter is the file's, 0 to 1 */
    WEFT_RUN_PEAK_BYTES
} WeftRunNumber;
double weft_run_number(const WeftRun *run, int32_t lane, WeftRunNumber what);
void weft_run_free(WeftRun *run);

#endif
