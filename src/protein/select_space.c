/* SPDX-License-Identifier: MIT
 *
 * Selections by coordinates and B-factors. select.h says what each measures.
 */
#include "select_token.h"

#include "../core/vmath.h"

#include <math.h>
#include <string.h>

static const double CONTACT = 8.0;           /* CB to CB across an interface */
static const double BURIED_NEIGHBORS = 5.2;  /* sum from which a residue is buried */
static const double NEIGHBOR_MIDPOINT = 9.0; /* a neighbour at this distance counts half */
static const double NEIGHBOR_REACH = 30.0;   /* from here on a neighbour would add less than 1e-9 */
static const double ANGLE_SHIFT = 0.5;       /* neighbours up to 120 degrees off the direction count */

static double square_distance(const float *p, const float *q) {
    double dx = (double)p[0] - q[0], dy = (double)p[1] - q[1], dz = (double)p[2] - q[2];
    return (dx * dx + dy * dy) + dz * dz;
}

/* ---- Within -------------------------------------------------------------------------------------------- */

typedef struct Box {
    float low[3], high[3];
} Box;

/* The box around a row's atoms; a row without atoms has an empty one, far from everything. */
static Box row_box(const WeftStructure *s, int32_t row) {
    Box box = {{1e30f, 1e30f, 1e30f}, {-1e30f, -1e30f, -1e30f}};
    for (int32_t a = s->first_atom[row]; a < s->first_atom[row + 1]; a++)
        for (int32_t d = 0; d < 3; d++) {
            if (s->xyz[a][d] < box.low[d]) box.low[d] = s->xyz[a][d];
            if (s->xyz[a][d] > box.high[d]) box.high[d] = s->xyz[a][d];
        }
    return box;
}

/* No atoms of two boxes are nearer to each other than this. */
static double square_gap(const Box *p, const Box *q) {
    double sum = 0;
    for (int32_t d = 0; d < 3; d++) {
        double above = (double)p->low[d] - q->high[d], below = (double)q->low[d] - p->high[d];
        double gap = above > below ? above : below;
        if (gap > 0) sum += gap * gap;
    }
    return sum;
}

static int rows_touch(const WeftStructure *s, int32_t i, int32_t j, double square) {
    for (int32_t a = s->first_atom[i]; a < s->first_atom[i + 1]; a++)
        for (int32_t b = s->first_atom[j]; b < s->first_atom[j + 1]; b++)
            if (square_distance(s->xyz[a], s->xyz[b]) <= square) return 1;
    return 0;
}

WeftStatus select_within(const Selection *q, const uint8_t *from, double reach) {
    const WeftStructure *s = q->s;
    double square = reach * reach;
    Box *box = ARENA_TAKE(q->scratch, Box, (size_t)s->length);
    if (!box) return WEFT_NO_MEMORY;
    for (int32_t i = 0; i < s->length; i++) box[i] = row_box(s, i);
    for (int32_t i = 0; i < s->length; i++) {
        q->mask[i] |= from[i];
        for (int32_t j = 0; j < s->length && !q->mask[i]; j++)
            if (from[j] && square_gap(&box[i], &box[j]) <= square)
                q->mask[i] = (uint8_t)rows_touch(s, i, j, square);
    }
    return WEFT_OK;
}

/* ---- Interface and buried: by where side chains begin and point ------------------------------------------ */

typedef struct Site {
    float cb[3], ca[3];  /* one of them in place of the other where that is missing */
    double direction[3]; /* from CA to CB, of length 1; 0 where the row has no such two atoms */
    int exists;
} Site;

/* The CB that ideal geometry gives N, CA and C (the same that the network's features use). */
static void place_cb(const float *n, const float *ca, const float *c, float *cb) {
    float p[3], r[3], x[3];
    for (int32_t d = 0; d < 3; d++) {
        p[d] = ca[d] - n[d];
        r[d] = c[d] - ca[d];
    }
    for (int32_t d = 0; d < 3; d++) x[d] = p[(d + 1) % 3] * r[(d + 2) % 3] - p[(d + 2) % 3] * r[(d + 1) % 3];
    for (int32_t d = 0; d < 3; d++)
        cb[d] = -0.58273431f * x[d] + 0.56802827f * p[d] - 0.54067466f * r[d] + ca[d];
}

static Site row_site(const WeftStructure *s, int32_t row) {
    const float *n = structure_atom(s, row, "N"), *ca = structure_atom(s, row, "CA");
    const float *c = structure_atom(s, row, "C"), *cb = structure_atom(s, row, "CB");
    Site site = {.exists = ca || cb};
    if (n && ca && c)
        place_cb(n, ca, c, site.cb);
    else if (site.exists)
        memcpy(site.cb, cb ? cb : ca, sizeof site.cb);
    if (site.exists) memcpy(site.ca, ca ? ca : cb, sizeof site.ca);
    double square = ca ? square_distance(site.cb, ca) : 0;
    float length = sqrtf((float)square);
    for (int32_t d = 0; d < 3 && length > 0; d++) site.direction[d] = ((double)site.cb[d] - ca[d]) / length;
    return site;
}

static Site *all_sites(const Selection *q) {
    Site *site = ARENA_TAKE(q->scratch, Site, (size_t)q->s->length);
    for (int32_t i = 0; site && i < q->s->length; i++) site[i] = row_site(q->s, i);
    return site;
}

WeftStatus select_interface(const Selection *q) {
    const WeftStructure *s = q->s;
    if (s->chain_count < 2) return select_fail(q, ": the structure has one chain, %s", s->chain_name[0]);
    const Site *site = all_sites(q);
    if (!site) return WEFT_NO_MEMORY;
    for (int32_t i = 0; i < s->length; i++)
        for (int32_t j = s->chain_start[s->chain[i] + 1]; j < s->length; j++)
            if (site[i].exists && site[j].exists && square_distance(site[i].cb, site[j].cb) <= CONTACT * CONTACT)
                q->mask[i] = q->mask[j] = 1;
    return WEFT_OK;
}

/* What one neighbour adds to the count: its CA, as seen from this residue's CB. */
static double neighbor_share(const Site *site, const Site *other) {
    double square = square_distance(site->cb, other->ca), cosine = 0;
    if (!other->exists || square == 0 || square > NEIGHBOR_REACH * NEIGHBOR_REACH) return 0;
    float distance = sqrtf((float)square);
    for (int32_t d = 0; d < 3; d++)
        cosine += site->direction[d] * ((double)other->ca[d] - site->cb[d]) / distance;
    if (cosine <= -ANGLE_SHIFT) return 0;
    double angle = (cosine + ANGLE_SHIFT) / (1 + ANGLE_SHIFT);
    return angle * angle / (1.0 + vmath_exp1(distance - (float)NEIGHBOR_MIDPOINT));
}

WeftStatus select_buried(const Selection *q) {
    const WeftStructure *s = q->s;
    const Site *site = all_sites(q);
    if (!site) return WEFT_NO_MEMORY;
    for (int32_t i = 0; i < s->length; i++) {
        double sum = 0;
        int points = site[i].direction[0] != 0 || site[i].direction[1] != 0 || site[i].direction[2] != 0;
        for (int32_t j = 0; j < s->length && points; j++)
            if (j != i) sum += neighbor_share(&site[i], &site[j]);
        q->mask[i] |= sum >= BURIED_NEIGHBORS;
    }
    return WEFT_OK;
}

/* ---- B-factors ----------------------------------------------------------------------------------------- */

WeftStatus select_bfactor(const Selection *q, const char *comparison) {
    const WeftStructure *s = q->s;
    const char *at = comparison, *end = q->token + q->length;
    int less = at < end && *at == '<', more = at < end && *at == '>';
    double number;
    at += less || more;
    int equal = at < end && *at == '=';
    if (!(less || more) || select_read_decimal(at + equal, end, &number) != end)
        return select_fail(q, " is not understood; write bfactor<70 or plddt>=90, without blanks");
    float limit = (float)number; /* as the file's numbers are kept, so that equal texts are equal */
    for (int32_t i = 0; i < s->length; i++) {
        int32_t ca = structure_atom_index(s, i, "CA");
        if (ca < 0) continue;
        float b = s->b_factor[ca];
        q->mask[i] |= (less && b < limit) || (more && b > limit) || (equal && b == limit);
    }
    return WEFT_OK;
}
