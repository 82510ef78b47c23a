// SPDX-License-Identifier: GPL-2.0-only
/*
 * evidence.c: reads evidence.tsv and answers for single lines.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "elsewhere.h"
#include "evidence.h"

struct evidence {
	struct tsv *rows;
	GHashTable *lines;	/* "commit<tab>path" -> GPtrArray of struct range * */
};

struct range {
	const char *config;	/* borrowed from rows */
	guint first, last;
};

/* "block/bio.c:12-14,20": the last colon ends the path. */
static void add_ranges(struct evidence *e, guint row)
{
	const char *commit = tsv_get(e->rows, row, 0), *config = tsv_get(e->rows, row, 1);
	const char *detail = tsv_get(e->rows, row, 4), *colon = strrchr(detail, ':');
	g_auto(GStrv) parts = colon ? g_strsplit(colon + 1, ",", -1) : NULL;
	g_autofree char *path = colon ? g_strndup(detail, colon - detail) : NULL;
	g_autofree char *key = colon ? g_strdup_printf("%s\t%s", commit, path) : NULL;
	GPtrArray *ranges = key ? g_hash_table_lookup(e->lines, key) : NULL;

	if (key && !ranges) {
		ranges = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(e->lines, g_steal_pointer(&key), ranges);
	}
	for (guint i = 0; parts && parts[i]; i++) {
		const char *dash = strchr(parts[i], '-');
		struct range *range = g_new0(struct range, 1);

		range->config = config;
		range->first = g_ascii_strtoull(parts[i], NULL, 10);
		range->last = dash ? g_ascii_strtoull(dash + 1, NULL, 10) : range->first;
		g_ptr_array_add(ranges, range);
	}
}

struct evidence *evidence_read(const struct context *ctx, GHashTable *commits, GError **error)
{
	g_autofree char *path = context_path(ctx, "evidence.tsv");
	struct elsewhere *elsewhere;
	struct evidence *e;
	struct tsv *rows;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return NULL;
	rows = tsv_read(path, EVIDENCE_TSV, error);
	if (!rows)
		return NULL;
	e = g_new0(struct evidence, 1);
	e->rows = rows;
	e->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	for (guint i = rows->rows->len; i-- > 0;)
		if (!g_hash_table_contains(commits, tsv_get(rows, i, 0)))
			g_ptr_array_remove_index(rows->rows, i);
	elsewhere = elsewhere_read(rows);
	for (guint i = 0; i < rows->rows->len; i++)
		if (elsewhere_compiled(elsewhere, i))
			add_ranges(e, i);
	elsewhere_free(elsewhere);
	return e;
}

void evidence_free(struct evidence *e)
{
	if (!e)
		return;
	tsv_free(e->rows);
	g_hash_table_unref(e->lines);
	g_free(e);
}

guint evidence_configs(const struct evidence *e, const char *commit, const char *quoted_path, guint line,
		       void (*fn)(const char *config, gpointer data), gpointer data)
{
	g_autofree char *key = g_strdup_printf("%s\t%s", commit, quoted_path);
	const GPtrArray *ranges = g_hash_table_lookup(e->lines, key);
	guint n = 0;

	for (guint i = 0; ranges && i < ranges->len; i++) {
		const struct range *range = ranges->pdata[i];

		if (line < range->first || line > range->last)
			continue;
		fn(range->config, data);
		n++;
	}
	return n;
}

guint evidence_count(const struct evidence *e, const char *verdict)
{
	struct elsewhere *elsewhere = elsewhere_read(e->rows);
	guint n = 0;

	for (guint i = 0; i < e->rows->rows->len; i++)
		n += !check_is_of_lines(tsv_get(e->rows, i, 2)) && !strcmp(tsv_get(e->rows, i, 3), verdict) &&
			!elsewhere_decides(elsewhere, i);
	elsewhere_free(elsewhere);
	return n;
}

bool evidence_built(const struct evidence *e, const char *commit)
{
	for (guint i = 0; i < e->rows->rows->len; i++)
		if (!strcmp(tsv_get(e->rows, i, 0), commit) && !strcmp(tsv_get(e->rows, i, 2), "build"))
			return true;
	return false;
}

const char *evidence_growth(const char *check, const char *detail)
{
	const char *growth = strcmp(check, "equiv") ? NULL : strstr(detail, "; functions of ");

	/* What is said of one object begins with its path and a colon. */
	return growth && !memchr(detail, ':', growth - detail) ? growth + strlen("; ") : NULL;
}
