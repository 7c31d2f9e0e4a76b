/* SPDX-License-Identifier: MIT
 *
 * sniff.h - what a file is that is not what was asked for, so that an error can name it.
 */
#ifndef WEFT_PROTEIN_SNIFF_H
#define WEFT_PROTEIN_SNIFF_H

#include "../core/base.h"

/* A noun phrase for bytes whose first few leave no doubt ("a gzip file", "a .npy array or .eqx weights
 * file"), for files that hold NUL bytes near the start ("a binary file"), or NULL. */
const char *sniff_binary(const void *bytes, size_t count);

/* A noun phrase for text that looks like another format ("an mmCIF file", "a web page"), or NULL. */
const char *sniff_text(const void *bytes, size_t count);

/* 1 where the phrase names a way to keep structures that readers outside of the core understand. */
int sniff_is_structure(const char *what);

#endif
