// SPDX-License-Identifier: GPL-2.0-only
/* known.c: reports that kernels are known to make now and then. See known.h. */
#include "known.h"
#include "tsv.h"

struct known {
	struct tsv *table;
	GPtrArray *reports;	/* GRegex, one a row */
	char *text;
};

void known_free(struct known *known)
{
	if (!known)
		return;
	tsv_free(known->table);
	g_ptr_array_unref(known->reports);
	g_free(known->text);
	g_free(known);
}

struct known *known_read(const char *path, GError **error)
{
	struct known *known = g_new0(struct known, 1);

	known->reports = g_ptr_array_new_with_free_func((GDestroyNotify)g_regex_unref);
	known->table = tsv_read(path, "report reason", error);
	if (!known->table)
		goto failed;
	for (guint i = 0; i < known->table->rows->len; i++) {
		GRegex *report = g_regex_new(tsv_get(known->table, i, 0), G_REGEX_OPTIMIZE | G_REGEX_ANCHORED, 0, error);

		if (!report) {
			g_prefix_error(error, "%s: ", path);
			goto failed;
		}
		g_ptr_array_add(known->reports, report);
	}
	known->text = tsv_text(known->table);
	return known;
failed:
	known_free(known);
	return NULL;
}

const char *known_text(const struct known *known)
{
	return known->text;
}

const char *known_reason(const struct known *known, const char *report)
{
	for (guint i = 0; i < known->reports->len; i++)
		if (g_regex_match(known->reports->pdata[i], report, 0, NULL))
			return tsv_get(known->table, i, 1);
	return NULL;
}
