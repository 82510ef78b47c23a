// SPDX-License-Identifier: GPL-2.0-only
/*
 * expect.c: which functions a commit may change. See expect.h.
 */
#include <string.h>

#include "expect.h"
#include "range.h"
#include "scan.h"

struct expect {
	struct tsv *rows;	/* sorted by commit */
	GHashTable *first;	/* commit -> index of its first row + 1 */
};

struct expect *expect_read(const char *path, GError **error)
{
	struct tsv *rows = tsv_read(path, EXPECT_TSV, error);
	struct expect *expect;

	if (!rows)
		return NULL;
	expect = g_new0(struct expect, 1);
	expect->rows = rows;
	expect->first = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = rows->rows->len; i > 0; i--) {
		const char *allowed = tsv_get(rows, i - 1, 3);

		if (strcmp(allowed, "identical") && strcmp(allowed, "functions") && strcmp(allowed, "any")) {
			fail(error, "'%s': '%s' is none of identical, functions, any", path, allowed);
			expect_free(expect);
			return NULL;
		}
		g_hash_table_insert(expect->first, (gpointer)tsv_get(rows, i - 1, 0), GUINT_TO_POINTER(i));
	}
	return expect;
}

void expect_free(struct expect *expect)
{
	if (!expect)
		return;
	g_hash_table_unref(expect->first);
	tsv_free(expect->rows);
	g_free(expect);
}

/* The rows of a commit are [*from, end). */
static guint commit_rows(const struct expect *expect, const char *commit, guint *from)
{
	guint end = *from = GPOINTER_TO_UINT(g_hash_table_lookup(expect->first, commit));

	if (!end)
		return 0;
	(*from)--;
	for (end = *from; end < expect->rows->rows->len && !strcmp(tsv_get(expect->rows, end, 0), commit);)
		end++;
	return end;
}

/* Adds the functions of the text that name one of the listed. */
static void add_callers(GHashTable *functions, GHashTable *listed, const char *text)
{
	struct scan *scan = scan_text(text, strlen(text));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint n = g_strv_length(lines);

	for (guint i = 0; i < scan->declarations->len; i++) {
		const struct declaration *d = &g_array_index(scan->declarations, struct declaration, i);

		for (guint line = d->first; line <= d->last && line <= n; line++) {
			const char *at = lines[line - 1];
			g_autoptr(GPtrArray) words = identifiers(at, strlen(at));

			for (guint w = 0; w < words->len; w++)
				if (g_hash_table_contains(listed, words->pdata[w]))
					g_hash_table_add(functions, g_strdup(d->name));
		}
	}
	scan_free(scan);
}

GHashTable *expect_functions(const struct expect *expect, const char *commit, const char *source, const char *text,
			     GHashTable *includes)
{
	GHashTable *functions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) of_headers = g_hash_table_new(g_str_hash, g_str_equal);
	guint from, end = commit_rows(expect, commit, &from);

	for (guint i = from; i < end; i++) {
		const char *function = tsv_get(expect->rows, i, 2), *allowed = tsv_get(expect->rows, i, 3);
		g_autofree char *path = path_unquote(tsv_get(expect->rows, i, 1), NULL);
		bool own = path && !strcmp(path, source);

		if (!strcmp(allowed, "identical") || !path ||
		    (!own && !(includes && g_hash_table_contains(includes, path))))
			continue;
		if (!strcmp(allowed, "any"))
			function = "*";
		if (own || !strcmp(function, "*"))
			g_hash_table_add(functions, g_strdup(function));
		else
			g_hash_table_add(of_headers, (gpointer)function);
	}
	if (g_hash_table_size(of_headers))
		add_callers(functions, of_headers, text);
	return functions;
}

char *expect_sum(const struct expect *expect, const char *commit)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint from, end = commit_rows(expect, commit, &from);

	for (guint i = from; i < end; i++)
		for (guint c = 1; c < expect->rows->width; c++)
			g_string_append_printf(text, "%s\t", tsv_get(expect->rows, i, c));
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
}
