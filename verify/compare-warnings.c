// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare-warnings.c: the check "warnings": what the compiler said of each
 * object before and after the commit.
 *
 * Only objects whose text differs are compared: the same text gives the same
 * warnings. A new object has none to replace. A warning of a header is said in
 * each object that includes it, and is one row.
 */
#include <stdlib.h>
#include <string.h>

#include "judge-item.h"

static bool is_comparable(const struct item *item)
{
	return item->result == RESULT_COMPILED && item->after.fact &&
		(!item->before.key || (item->before.fact && !item->before.fact->complaint));
}

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Counts the objects in which each warning is new. */
static GHashTable *new_warnings(const struct session *session, guint *objects)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	*objects = 0;
	for (guint i = 0; i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];
		g_auto(GStrv) more = NULL;

		if (!is_comparable(item))
			continue;
		(*objects)++;
		more = findings_new(item->before.fact ? item->before.fact->warnings : NULL, item->after.fact->warnings);
		for (char **one = more; *one; one++) {
			guint n = GPOINTER_TO_UINT(g_hash_table_lookup(seen, *one));

			g_hash_table_replace(seen, g_strdup(*one), GUINT_TO_POINTER(n + 1));
		}
	}
	return seen;
}

void session_compare_warnings(const struct session *session, GPtrArray *findings)
{
	guint objects, n;
	g_autoptr(GHashTable) seen = new_warnings(session, &objects);
	g_autofree char **all = (char **)g_hash_table_get_keys_as_array(seen, &n);

	qsort(all, n, sizeof(*all), by_text);
	for (guint i = 0; i < n; i++) {
		guint times = GPOINTER_TO_UINT(g_hash_table_lookup(seen, all[i]));

		finding_add(findings, "warnings", "fails", times == 1 ? g_strdup(all[i]) :
			    g_strdup_printf("%s (%u times)", all[i], times), session_is_final(session));
	}
	if (!n)
		finding_add(findings, "warnings", "holds", g_strdup_printf("%u %s compared", objects, objects == 1 ? "object" : "objects"),
			    session_is_final(session));
}

