/* SPDX-License-Identifier: MIT
 *
 * ca_features.c - the edge features of CA-only models. MODEL.md 2a.
 *
 * Slots with CA atoms -> the CA before and behind each slot, a frame from the three -> per edge: nine distances in
 * Gaussian bins, the direction to the neighbour and the rotation into its frame.
 *
 * "Before" and "behind" go along all slots as the original has them: from the end of one chain to the start of the
 * next, and, where numbers are missing, to a gap slot, whose CA stands at the origin like every missing one. In file
 * order they go from row to row.
 */
#include <math.h>
#include <string.h>

#include "mpnn.h"

enum { BEFORE, CA, BEHIND };

/* Which CA of row i meets which of neighbour j, in the order of the weights' columns. */
static const uint8_t pairs[CA_PAIRS][2] = {{CA, CA},     {BEFORE, BEFORE}, {BEHIND, BEHIND},
                                           {BEFORE, CA}, {BEFORE, BEHIND}, {CA, BEFORE},
                                           {CA, BEHIND}, {BEHIND, BEFORE}, {BEHIND, CA}};

/* CA atoms of bonded residues are 3.8 angstrom apart; what is not between these is no bond. */
static const float SHORTEST = 3.6f, LONGEST = 4.0f;

/* ---- Frames -------------------------------------------------------------------------------------------- */

static void normalize(float *v, int32_t count) {
    float sum = 0;
    for (int32_t i = 0; i < count; i++) sum += v[i] * v[i];
    float length = sqrtf(sum);
    for (int32_t i = 0; i < count; i++) v[i] /= length > 1e-12f ? length : 1e-12f;
}

static void cross(float out[3], const float a[3], const float b[3]) {
    for (int32_t d = 0; d < 3; d++)
        out[d] = a[(d + 1) % 3] * b[(d + 2) % 3] - a[(d + 2) % 3] * b[(d + 1) % 3];
}

/* The unit vector from one CA to the next; 0 where they are not bonded. */
static void bond(float out[3], const float from[3], const float to[3]) {
    for (int32_t d = 0; d < 3; d++) out[d] = to[d] - from[d];
    float length = sqrtf((out[0] * out[0] + out[1] * out[1]) + out[2] * out[2]);
    if (!(length > SHORTEST && length < LONGEST)) memset(out, 0, 3 * sizeof *out);
    normalize(out, 3);
}

/* Three axes: the bisector of the two bonds, the normal of their plane, and what is left. */
static void place_frame(float frame[3][3], float atom[5][3]) {
    float in[3], out[3];
    bond(in, atom[BEFORE], atom[CA]);
    bond(out, atom[CA], atom[BEHIND]);
    for (int32_t d = 0; d < 3; d++) frame[0][d] = in[d] - out[d];
    normalize(frame[0], 3);
    cross(frame[1], in, out);
    normalize(frame[1], 3);
    cross(frame[2], frame[0], frame[1]);
}

/* ---- Slots --------------------------------------------------------------------------------------------- */

/* Places from the row before row i, across the end of a chain too. */
static int64_t places_to(const Slots *slots, int32_t i) {
    return slots->chain[i] == slots->chain[i - 1] ? slots->position[i] - slots->position[i - 1] : 1;
}

static void connect(Slots *slots, int32_t from, int32_t to) {
    memcpy(slots->atom[to][BEFORE], slots->atom[from][CA], sizeof slots->atom[to][BEFORE]);
    memcpy(slots->atom[from][BEHIND], slots->atom[to][CA], sizeof slots->atom[from][BEHIND]);
}

/* In file order: along the rows with a CA. */
static void connect_rows(Slots *slots) {
    int32_t last = -1, last_but_one = -1, seen = 0;
    for (int32_t i = 0; i < slots->rows; i++) {
        if (!slots->only[i]) continue;
        if (seen) connect(slots, last, i);
        if (seen++ > 2) place_frame(slots->frame[last_but_one], slots->atom[last_but_one]);
        last_but_one = last;
        last = i;
    }
}

/* The first slot and the last two have no frame. Gap slots stand behind the rows in the order of the rows around them;
 * those that did not come into the graph are not there. */
void mpnn_ca_slots(Slots *slots) {
    int32_t n = slots->rows, gap = n;
    if (slots->only) {
        connect_rows(slots);
        return;
    }
    for (int32_t i = 1; i < n; i++) {
        int64_t empty = places_to(slots, i) - 1;
        if (!empty) connect(slots, i - 1, i);
        for (int64_t p = 1; p <= empty && gap < slots->count; p++, gap++) {
            if (p == 1)
                memcpy(slots->atom[gap][BEFORE], slots->atom[i - 1][CA], sizeof slots->atom[gap][BEFORE]);
            if (p == empty)
                memcpy(slots->atom[gap][BEHIND], slots->atom[i][CA], sizeof slots->atom[gap][BEHIND]);
            if (p < empty || i < n - 1) place_frame(slots->frame[gap], slots->atom[gap]);
        }
    }
    for (int32_t i = 1; i < n - 1; i++)
        if (i < n - 2 || places_to(slots, n - 1) > 1) place_frame(slots->frame[i], slots->atom[i]);
}

/* ---- Edges --------------------------------------------------------------------------------------------- */

/* The rotation from the frame of i to that of j as a quaternion x, y, z, w. A frame of 0 gives 0, 0, 0, 1. */
static void rotation(float out[4], float i[3][3], float j[3][3]) {
    float r[3][3];
    for (int32_t a = 0; a < 3; a++)
        for (int32_t b = 0; b < 3; b++) r[a][b] = (i[0][a] * j[0][b] + i[1][a] * j[1][b]) + i[2][a] * j[2][b];
    float x = r[0][0], y = r[1][1], z = r[2][2], w = 1 + ((x + y) + z);
    const float square[3] = {1 + ((x - y) - z), 1 + ((-x + y) - z), 1 + ((-x - y) + z)};
    const float turn[3] = {r[2][1] - r[1][2], r[0][2] - r[2][0], r[1][0] - r[0][1]};
    for (int32_t d = 0; d < 3; d++) {
        float magnitude = 0.5f * sqrtf(square[d] < 0 ? -square[d] : square[d]);
        out[d] = turn[d] > 0 ? magnitude : turn[d] < 0 ? -magnitude : 0;
    }
    out[3] = sqrtf(w > 0 ? w : 0) / 2;
    normalize(out, 4);
}

void mpnn_ca_edge(float *out, const Slots *slots, int32_t i, int32_t j, float ca_distance, const Bins *bins) {
    float(*a)[3] = slots->atom[i], (*b)[3] = slots->atom[j], (*frame)[3] = slots->frame[i];
    float d[3] = {b[CA][0] - a[CA][0], b[CA][1] - a[CA][1], b[CA][2] - a[CA][2]};
    mpnn_gaussians(out, ca_distance, bins);
    for (int32_t p = 1; p < CA_PAIRS; p++)
        mpnn_gaussians(out + p * bins->count, mpnn_distance(a[pairs[p][0]], b[pairs[p][1]]), bins);
    out += CA_PAIRS * bins->count;
    for (int32_t r = 0; r < 3; r++) out[r] = (frame[r][0] * d[0] + frame[r][1] * d[1]) + frame[r][2] * d[2];
    normalize(out, 3);
    rotation(out + 3, frame, slots->frame[j]);
}
