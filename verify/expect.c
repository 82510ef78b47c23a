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

/* One declaration of a text with what it names. */
struct naming {
	const char *name;
	bool headed, local, macro;	/* while it is read */
	bool expands;		/* static, inline or a macro: it may vanish into what names it */
	GHashTable *words;
};

static void naming_free(struct naming *naming)
{
	g_hash_table_unref(naming->words);
	g_free(naming);
}

/* Whether the line says the name as that of a function. */
static bool is_called(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	at += at ? strlen(name) : 0;
	return at && at[strspn(at, " \t")] == '(';
}

/* Takes one more word of the declaration, from the line; sets what its head says up to its name. */
static void naming_take(struct naming *naming, const char *word, const char *line)
{
	if (!naming->headed) {
		naming->local |= !strcmp(word, "static") || strstr(word, "inline");
		naming->macro |= !strcmp(word, "define");
	}
	if (!naming->headed && !strcmp(word, naming->name)) {
		naming->headed = true;
		naming->expands = naming->macro || (naming->local && is_called(line, word));
	}
	g_hash_table_add(naming->words, g_strdup(word));
}

static struct naming *naming_new(const struct declaration *d, char *const *lines, guint n)
{
	struct naming *naming = g_new0(struct naming, 1);

	naming->name = d->name;
	naming->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint line = d->first; line <= d->last && line <= n; line++) {
		g_autoptr(GPtrArray) words = identifiers(lines[line - 1], strlen(lines[line - 1]));

		for (guint w = 0; w < words->len; w++)
			naming_take(naming, words->pdata[w], lines[line - 1]);
	}
	return naming;
}

/* The declarations of a text: struct naming *. */
static GPtrArray *namings_read(const char *text)
{
	GPtrArray *namings = g_ptr_array_new_with_free_func((GDestroyNotify)naming_free);
	struct scan *scan = scan_text(text, strlen(text));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint n = g_strv_length(lines);

	for (guint i = 0; i < scan->declarations->len; i++)
		g_ptr_array_add(namings, naming_new(&g_array_index(scan->declarations, struct declaration, i), lines,
						    n));
	scan_free(scan);
	return namings;
}

static bool names_one(const struct naming *naming, GHashTable *listed)
{
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, listed);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		if (g_hash_table_contains(naming->words, name))
			return true;
	return false;
}

/* Adds what names one of the listed, and what names that in turn as far as it expands there. */
static void add_callers(GHashTable *functions, GHashTable *listed, const char *text)
{
	g_autoptr(GPtrArray) namings = namings_read(text);
	bool more = true;

	while (more) {
		more = false;
		for (guint i = 0; i < namings->len; i++) {
			const struct naming *naming = namings->pdata[i];

			if (!names_one(naming, listed))
				continue;
			g_hash_table_add(functions, g_strdup(naming->name));
			if (naming->expands)
				more |= g_hash_table_add(listed, (gpointer)naming->name);
		}
	}
}

GHashTable *expect_functions(const struct expect *expect, const char *commit, const char *source, const char *text,
			     GHashTable *includes)
{
	GHashTable *functions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) spread = g_hash_table_new(g_str_hash, g_str_equal);
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
		if (strcmp(function, "*"))
			g_hash_table_add(spread, (gpointer)function);
	}
	if (g_hash_table_size(spread))
		add_callers(functions, spread, text);
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
