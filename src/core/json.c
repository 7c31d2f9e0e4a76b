/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <string.h>

enum { MAX_DEPTH = 32 };

static const char *blanks(const char *p) {
    while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') p++;
    return p;
}

/* Behind the closing quote, or NULL. */
static const char *skip_string(const char *p) {
    if (*p++ != '"') return NULL;
    for (; *p != '"'; p++) {
        if ((unsigned char)*p < 0x20) return NULL;
        if (*p == '\\' && !*++p) return NULL;
    }
    return p + 1;
}

static const char *skip_digits(const char *p) {
    if (*p < '0' || *p > '9') return NULL;
    while (*p >= '0' && *p <= '9') p++;
    return p;
}

static const char *skip_number(const char *p) {
    if (*p == '-') p++;
    p = skip_digits(p);
    if (p && *p == '.') p = skip_digits(p + 1);
    if (p && (*p == 'e' || *p == 'E')) p = skip_digits(p + 1 + (p[1] == '+' || p[1] == '-'));
    return p;
}

static const char *skip_value(const char *p, int32_t depth) {
    p = blanks(p);
    if (*p == '"') return skip_string(p);
    if (*p == '[' || *p == '{') {
        char close = *p == '[' ? ']' : '}';
        if (depth == MAX_DEPTH) return NULL;
        p = blanks(p + 1);
        if (*p == close) return p + 1;
        for (;;) {
            if (close == '}') {
                if (!(p = skip_string(blanks(p)))) return NULL;
                p = blanks(p);
                if (*p++ != ':') return NULL;
            }
            if (!(p = skip_value(p, depth + 1))) return NULL;
            p = blanks(p);
            if (*p == close) return p + 1;
            if (*p++ != ',') return NULL;
        }
    }
    static const char *const words[] = {"true", "false", "null"};
    for (int32_t i = 0; i < 3; i++)
        if (!strncmp(p, words[i], strlen(words[i]))) return p + strlen(words[i]);
    return skip_number(p);
}

int json_object_ok(const char *text) {
    const char *p = blanks(text);
    if (*p != '{') return 0;
    p = skip_value(p, 0);
    return p && !*blanks(p);
}

/* The value of a member of the outermost object: 1 found, 0 absent, -1 malformed. */
static int find(const char *text, const char *key, const char **value) {
    size_t length = strlen(key);
    const char *p = blanks(text);
    if (*p++ != '{') return -1;
    for (p = blanks(p); *p && *p != '}'; p = blanks(p)) {
        const char *name = p + 1;
        if (!(p = skip_string(p))) return -1;
        int same = (size_t)(p - 1 - name) == length && !memcmp(name, key, length);
        p = blanks(p);
        if (*p++ != ':') return -1;
        if (same) return *value = blanks(p), 1;
        if (!(p = skip_value(p, 1))) return -1;
        p = blanks(p);
        if (*p == ',')
            p++;
        else if (*p != '}')
            return -1;
    }
    return *p == '}' ? 0 : -1;
}

int json_number(const char *text, const char *key, double *value) {
    const char *p;
    int found = find(text, key, &p);
    if (found <= 0) return found;
    const char *end = skip_number(p);
    if (!end || end - p > 24) return -1;
    /* decimal digits to a double: sign, digits, fraction, exponent; exact for the short numbers of a header */
    double sign = *p == '-' ? -1 : 1, number = 0, divisor = 1;
    int32_t exponent = 0, exponent_sign = 1;
    for (p += *p == '-'; *p >= '0' && *p <= '9'; p++) number = number * 10 + (*p - '0');
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++) {
            number = number * 10 + (*p - '0');
            divisor *= 10;
        }
    if (*p == 'e' || *p == 'E') {
        p++;
        if (*p == '+' || *p == '-') exponent_sign = *p++ == '-' ? -1 : 1;
        for (; p < end; p++)
            if ((exponent = exponent * 10 + (*p - '0')) > 300) return -1;
    }
    number = sign * number / divisor;
    for (; exponent > 0; exponent--) number = exponent_sign > 0 ? number * 10 : number / 10;
    return *value = number, 1;
}

static const char *take_string(const char *p, JsonText *value) {
    const char *end = skip_string(p);
    if (!end || memchr(p, '\\', (size_t)(end - p))) return NULL;
    *value = (JsonText){p + 1, (int32_t)(end - p) - 2};
    return end;
}

int json_string(const char *text, const char *key, JsonText *value) {
    const char *p;
    int found = find(text, key, &p);
    return found <= 0 ? found : take_string(p, value) ? 1 : -1;
}

int json_array(const char *text, const char *key, const char **cursor) {
    int found = find(text, key, cursor);
    if (found <= 0) return found;
    return *(*cursor)++ == '[' ? 1 : -1;
}

int json_next(const char **cursor, JsonText *value) {
    const char *p = blanks(*cursor);
    if (*p == ']') return 0;
    if (!(p = take_string(p, value))) return -1;
    p = blanks(p);
    if (*p == ',')
        p = blanks(p + 1);
    else if (*p != ']')
        return -1;
    *cursor = p;
    return 1;
}
