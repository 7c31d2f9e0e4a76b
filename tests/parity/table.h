/* SPDX-License-Identifier: MIT
 *
 * table.h - the printed evidence of the parity programs: one row per comparison, a count at the end.
 *
 *   differences gathered by diff_add -> table_row(case, what, ...) -> "# NAME: N passed, M failed"
 *
 * A row is red when a difference passes its tolerance, when a number is not finite, and when nothing was
 * compared.
 */
#ifndef WEFT_TEST_TABLE_H
#define WEFT_TEST_TABLE_H

#include <stddef.h>

typedef struct Diff {
    double largest, sum;
    size_t count, not_finite;
} Diff;

void diff_add(Diff *d, double actual, double expected);

/* A row is a name of the case, of the pair compared, and of the component. The mean is not held where
 * mean_tolerance is 0. The reason stands at the end of the row. */
void table_row(const char *name, const char *pair, const char *component, const Diff *d, double tolerance,
               double mean_tolerance, const char *reason);

/* A row of a plain yes or no. */
void table_check(const char *name, const char *component, int ok, const char *what);

/* The last line of the program, and its exit status. */
int table_done(const char *program);

#endif
