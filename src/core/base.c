/* SPDX-License-Identifier: MIT */
#include "base.h"

#include <stdarg.h>
#include <stdio.h>

static char error_text[512];
static WeftStatus error_status = WEFT_OK;
static int32_t error_place = -1;

WeftStatus base_fail(WeftStatus status, int32_t place, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error_text, sizeof error_text, format, arguments);
    va_end(arguments);
    for (char *c = error_text; *c; c++) /* one line, whatever a quoted word holds */
        if ((*c > 0 && *c < ' ') || *c == 127) *c = '?';
    error_status = status;
    error_place = place;
    return status;
}

_Noreturn void base_trap(void) { __builtin_trap(); }

const char *weft_error(void) { return error_text; }
WeftStatus weft_error_status(void) { return error_status; }
int32_t weft_error_place(void) { return error_place; }
