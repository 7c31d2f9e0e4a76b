/* SPDX-License-Identifier: MIT
 *
 * unit.h - the whole of the C test harness: checks that print where they failed, one line per test, a count at the end.
 *
 *   static void adds(void) { CHECK(1 + 1 == 2); CHECK_NEAR(0.1 + 0.2, 0.3, 1e-12); }
 *   int main(void) { RUN(adds); return unit_done("example"); }
 *
 * Compiles natively and by emcc; the exit status is 0 only when every check held and at least one test ran.
 */
#ifndef WEFT_UNIT_H
#define WEFT_UNIT_H

#include <math.h>
#include <stdio.h>
#include <string.h>

static int unit_failures, unit_tests, unit_failed_tests;

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            unit_failures++; \
            printf("    %s:%d: %s\n", __FILE__, __LINE__, #condition); \
        } \
    } while (0)

#define CHECK_NEAR(actual, expected, tolerance) \
    do { \
        double unit_a = (actual), unit_e = (expected); \
        if (!(fabs(unit_a - unit_e) <= (tolerance))) { \
            unit_failures++; \
            printf("    %s:%d: %s is %.9g, expected %.9g within %g\n", __FILE__, __LINE__, #actual, unit_a, \
                   unit_e, (double)(tolerance)); \
        } \
    } while (0)

#define CHECK_TEXT(actual, expected) \
    do { \
        const char *unit_a = (actual), *unit_e = (expected); \
        if (strcmp(unit_a, unit_e)) { \
            unit_failures++; \
            printf("    %s:%d: %s is \"%s\", expected \"%s\"\n", __FILE__, __LINE__, #actual, unit_a, unit_e); \
        } \
    } while (0)

#define RUN(test) \
    do { \
        int unit_before = unit_failures; \
        test(); \
        unit_tests++; \
        unit_failed_tests += unit_failures > unit_before; \
        printf("%s %s\n", unit_failures > unit_before ? "not ok" : "ok", #test); \
    } while (0)

static inline int unit_done(const char *suite) {
    printf("# %s: %d passed, %d failed\n", suite, unit_tests - unit_failed_tests, unit_failed_tests);
    return unit_failed_tests || !unit_tests;
}

#endif
