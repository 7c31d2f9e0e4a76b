/* SPDX-License-Identifier: MIT
 *
 * torch_api.c - the boundary of weft-torch.wasm: PyTorch's random numbers for the commands that follow the originals.
 *
 * The page does not need them, so they are a module of their own. A stream owns the room for what it has drawn last;
 * JavaScript copies it out before the next call. 0 is returned where there is no memory.
 */
#include "../src/core/torch_random.h"

#include <stdlib.h>

typedef struct TorchStream {
    TorchRandom random;
    void *room;
    size_t bytes;
} TorchStream;

TorchStream *torch_api_open(uint32_t seed) {
    TorchStream *s = calloc(1, sizeof *s);
    if (s) torch_random_seed(&s->random, seed);
    return s;
}

void torch_api_close(TorchStream *s) {
    free(s->room);
    free(s);
}

void torch_api_skip(TorchStream *s, int32_t words) { torch_random_skip(&s->random, words); }

static void *room_for(TorchStream *s, size_t count, size_t size) {
    if (s->bytes >= count * size) return s->room;
    free(s->room);
    s->room = malloc(count * size);
    s->bytes = s->room ? count * size : 0;
    return s->room;
}

/* [count] torch.randn(count) */
const float *torch_api_normals(TorchStream *s, int32_t count) {
    float *out = room_for(s, (size_t)count, sizeof *out);
    if (out) torch_random_normals(&s->random, out, count);
    return out;
}

/* [count] what torch.multinomial divides count probabilities by; mkl: 1 for PyTorch 2 with MKL; single: 1 where the
 * probabilities are float32. */
const double *torch_api_exponentials(TorchStream *s, int32_t count, int32_t mkl, int32_t single) {
    double *out = room_for(s, (size_t)count, sizeof *out);
    if (out)
        torch_random_exponentials(&s->random, out, count, mkl ? TORCH_MKL : TORCH_PLAIN,
                                  single ? TORCH_FLOAT32 : TORCH_FLOAT64);
    return out;
}
