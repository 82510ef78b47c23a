/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kunit-result.h: what kunit.py wrote with --json, counted.
 *
 * A suite is a group at the top; its cases are the leaves below it, so that
 * each row of a parameterised case counts.
 */
#ifndef KUNIT_RESULT_H
#define KUNIT_RESULT_H

#include "util.h"

struct kunit_suite {
	char *name;
	guint passed, skipped, failed;
	char *first_failure;	/* "case: FAIL", or NULL */
	GHashTable *cases;	/* its cases, a parameterised one once: name -> whether it ran, as a GINT */
};

/* The suites by name: struct kunit_suite *, owned. FALSE when it is no such JSON. */
GPtrArray *kunit_suites(const char *json, GError **error);
/* "SUITE.CASE" of the cases that ran, NULL-ended: neither skipped nor crashed. */
char **kunit_cases(const GPtrArray *suites);
/* "iov_iter 8/8, list 33/34 (1 skipped), usercopy 0/3 (all skipped)" */
char *kunit_summary(const GPtrArray *suites);
/*
 * Why the run does not hold, or NULL: a case that failed, a suite without a case,
 * no case that passed in any, an expected suite that did not run, no suite at all; or
 * cases, as kunit_cases() names them, that are gone.
 */
char *kunit_failure(const GPtrArray *suites, char *const *expected, char *const *cases);
/* Why a run that did not fail tells nothing, or NULL: an expected suite of which every case, or a case, was skipped. */
char *kunit_doubt(const GPtrArray *suites, char *const *expected, char *const *cases);

#endif
