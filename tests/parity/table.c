/* SPDX-License-Identifier: MIT
 *
 * table.c - see table.h.
 */
#include "table.h"

#include <math.h>
#include <stdio.h>

static int passed, failed;

void diff_add(Diff *d, double actual, double expected) {
    double difference = fabs(actual - expected);
    d->count++;
    if (!isfinite(difference)) {
        d->not_finite++;
        return;
    }
    d->sum += difference;
    if (difference > d->largest) d->largest = difference;
}

static const char *verdict(int ok) {
    passed += ok;
    failed += !ok;
    return ok ? "ok  " : "FAIL";
}

void table_row(const char *name, const char *pair, const char *component, const Diff *d, double tolerance,
               double mean_tolerance, const char *reason) {
    double mean = d->count ? d->sum / (double)d->count : NAN;
    int ok = d->count && !d->not_finite && d->largest <= tolerance &&
             (mean_tolerance <= 0 || mean <= mean_tolerance);
    printf("%s %-22s %-15s %-26s n %7zu  max %8.1e  mean %8.1e  tol %7.0e", verdict(ok), name, pair,
           component, d->count, d->largest, mean, tolerance);
    if (mean_tolerance > 0) printf(" mean %5.0e", mean_tolerance);
    if (d->not_finite) printf("  %zu NOT FINITE", d->not_finite);
    printf("  %s\n", reason);
    fflush(stdout);
}

void table_check(const char *name, const char *component, int ok, const char *what) {
    printf("%s %-22s %-42s %s\n", verdict(ok), name, component, what);
    fflush(stdout);
}

int table_done(const char *program) {
    printf("# %s: %d passed, %d failed\n", program, passed, failed);
    return failed || !passed;
}
