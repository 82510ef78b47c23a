/* SPDX-License-Identifier: GPL-2.0-only */
/* test-judge.h: for tests that run a check on a range of a made-up kernel. */
#ifndef TEST_JUDGE_H
#define TEST_JUDGE_H

#include "range.h"
#include "verify.h"

/* Opens everything for the range of the repository, until judged_clear(). */
static inline void verify_range(struct verify *v, const char *work, const char *range)
{
	g_autoptr(GError) error = NULL;

	v->evidence = evidence_open(NULL, v->undecided, &error);
	v->git = git_open(work, &error);
	g_assert_no_error(error);
	v->cache = cache_open("verdicts", &error);
	v->commits = range_read(v->git, range, &error);
	g_assert_no_error(error);
}

/* Runs the check on the range; its rows are in v->evidence. */
static inline void judge_range(struct verify *v, const char *work, const char *range,
			       gboolean (*check)(struct verify *v, GError **error))
{
	g_autoptr(GError) error = NULL;
	gboolean ok;

	verify_range(v, work, range);
	ok = check(v, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static inline void judged_clear(struct verify *v)
{
	evidence_free(v->evidence);
	cache_close(v->cache);
	git_free(v->git);
	g_ptr_array_unref(v->commits);
}

/* "VERDICT DETAIL" of each row, oldest commit first. */
static inline char *rows_of(const struct verify *v)
{
	const struct tsv *rows = v->evidence->rows;
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < rows->rows->len; i++)
		g_string_append_printf(text, "%s%s %s", i ? "\n" : "", tsv_get(rows, i, 3), tsv_get(rows, i, 4));
	return g_string_free(text, FALSE);
}

#endif
