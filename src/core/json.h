/* SPDX-License-Identifier: MIT
 *
 * json.h - just enough JSON to read the first line of an .eqx file: the members of one flat object whose values are
 * strings, numbers or arrays of strings. Other values are checked and passed over. Escapes are allowed only in what
 * is passed over: the names and letters of a weight file are plain ASCII.
 */
#ifndef WEFT_CORE_JSON_H
#define WEFT_CORE_JSON_H

#include "base.h"

typedef struct JsonText {
    const char *at;
    int32_t length;
} JsonText; /* not NUL terminated */

/* Each finds a member of the object in text: 1 found, 0 absent, -1 malformed or of another type. */
int json_number(const char *text, const char *key, double *value);
int json_string(const char *text, const char *key, JsonText *value);

/* Starts an array of strings; json_next then gives one after the other: 1 a string, 0 the end, -1 malformed. */
int json_array(const char *text, const char *key, const char **cursor);
int json_next(const char **cursor, JsonText *value);

/* 1 when text is one well-formed JSON object and nothing else (nesting at most 32 deep). */
int json_object_ok(const char *text);

#endif
