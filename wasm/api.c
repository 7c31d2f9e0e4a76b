/* SPDX-License-Identifier: MIT
 *
 * api.c - the WebAssembly boundary. Everything that JavaScript calls is a weft_* function of weft.h, exported by name
 * (exports.txt); numbers and pointers alone cross. What is added here is only the memory that JavaScript copies into.
 */
#include "../src/weft.h"

#include <stdlib.h>

/* Bytes for JavaScript to fill, 16-byte aligned; 0 when there are none. */
void *api_alloc(size_t bytes) { return malloc(bytes ? bytes : 1); }

void api_free(void *bytes) { free(bytes); }
