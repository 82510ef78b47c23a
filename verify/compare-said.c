// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare-said.c: the checks "warnings" and "sparse": what the compiler, or
 * sparse, said of each object before and after the commit.
 *
 * Only objects whose text differs are compared: the same text gives the same
 * findings. A new object has none to replace. A finding of a header is said in
 * each object that includes it, and is one row. An object sparse cannot read
 * is undecided, by name.
 */
#include <stdlib.h>
#include <string.h>

#include "judge-item.h"

static const struct reading *reading_of(const struct item *item, const struct state *state, enum check check)
{
	if (check == CHECK_SPARSE)
		return &state->checker;
	return item->same_code ? &state->parser : &state->compiler;
}

/* Whether what is said of the commit's version can be held against the parent's: it was read, or there was none. */
static bool says(const struct item *item, const struct reading *before)
{
	if (before->key)
		return before->fact && !before->fact->complaint;
	return !item->before.complaint && !before->complaint;
}

static bool is_comparable(const struct item *item, enum check check)
{
	const struct reading *before = reading_of(item, &item->before, check), *after = reading_of(item, &item->after, check);

	return !item->alone && after->fact && !after->fact->complaint &&
		says(item, before);
}

/*
 * The first error among the findings, or NULL. Behind one of its parser sparse says nothing more of the file, behind
 * others nothing more of the function, and which it was it does not tell.
 */
static const char *silencing(const struct fact *fact)
{
	for (char **one = fact->warnings; one && *one; one++)
		if (strstr(*one, ": " FINDING_ERROR))
			return *one;
	return NULL;
}

/* Whether sparse reads all of the object from this commit on: what it says now may not be new. */
static bool is_mended(const struct item *item)
{
	const struct fact *before = item->before.checker.fact, *after = item->after.checker.fact;

	return before && after && silencing(before) && !silencing(after);
}

/* Counts the objects in which each finding is new. */
static GHashTable *new_findings(const struct session *session, enum check check, guint *objects)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	*objects = 0;
	for (guint i = 0; i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];
		const struct fact *before = reading_of(item, &item->before, check)->fact;
		g_auto(GStrv) more = NULL;

		if (!is_comparable(item, check) || (check == CHECK_SPARSE && is_mended(item)))
			continue;
		(*objects)++;
		more = findings_new(before ? before->warnings : NULL,
				    reading_of(item, &item->after, check)->fact->warnings);
		for (char **one = more; *one; one++) {
			guint n = GPOINTER_TO_UINT(g_hash_table_lookup(seen, *one));

			g_hash_table_replace(seen, g_strdup(*one), GUINT_TO_POINTER(n + 1));
		}
	}
	return seen;
}

/* What kept sparse from reading the commit's version, or the parent's that it is held against; NULL: nothing. */
static char *unread(const struct item *item)
{
	const struct fact *before = item->before.checker.fact, *after = item->after.checker.fact;
	const char *why = NULL, *error;

	if (item->after.checker.complaint)
		why = item->after.checker.complaint;
	else if (after && after->complaint)
		why = after->complaint;
	else if (after && item->session->blind)
		why = item->before.complaint;
	else if (after && item->before.checker.complaint)
		why = item->before.checker.complaint;
	else if (after && before && before->complaint)
		why = before->complaint;
	if (why || !after)
		return g_strdup(why);
	error = silencing(after);
	if (!error && before)
		error = silencing(before);
	return error ? g_strdup_printf("sparse does not say all behind %s", error) : NULL;
}

static guint add_unread(const struct session *session, GPtrArray *findings)
{
	guint n = 0;

	for (guint i = 0; i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];
		g_autofree char *why = unread(item);
		g_autofree char *path = path_quote(item->object->path);

		if (!why)
			continue;
		finding_add(findings, "sparse", "undecided", g_strdup_printf("%s: %s", path, why), !item->accident);
		n++;
	}
	return n;
}

/* Why nobody knows whether the compiler says more of the object than before, or NULL. */
static const char *unsaid_of(const struct item *item)
{
	const struct reading *before = reading_of(item, &item->before, CHECK_WARNINGS);

	if (item->alone || item->result == RESULT_SAME || item->result == RESULT_FAILED_BEFORE ||
	    item->result == RESULT_NONE)
		return NULL;
	if (item->result == RESULT_FAILED)
		return state_complaint(&item->after);
	if (says(item, before))
		return NULL;
	/* What did not compile before, by its own fault, has said nothing that could be held against it. */
	return item->accident || item->session->blind || (!before->fact && !item->before.complaint) ?
		"nothing is known of the parent's version" : NULL;
}

static guint add_unsaid(const struct session *session, GPtrArray *findings)
{
	guint n = 0;

	for (guint i = 0; i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];
		const char *why = unsaid_of(item);
		g_autofree char *path = path_quote(item->object->path);

		if (!why)
			continue;
		finding_add(findings, "warnings", "undecided", g_strdup_printf("%s: %s", path, why), !item->accident);
		n++;
	}
	return n;
}

void session_compare_said(const struct session *session, enum check check, GPtrArray *findings)
{
	const char *name = check == CHECK_SPARSE ? "sparse" : "warnings";
	guint objects, n;
	guint unsaid = check == CHECK_SPARSE ? add_unread(session, findings) : add_unsaid(session, findings);
	g_autoptr(GHashTable) seen = new_findings(session, check, &objects);
	g_autofree char **all = (char **)g_hash_table_get_keys_as_array(seen, &n);

	qsort(all, n, sizeof(*all), text_compare);
	for (guint i = 0; i < n; i++) {
		guint times = GPOINTER_TO_UINT(g_hash_table_lookup(seen, all[i]));

		finding_add(findings, name, "fails", times == 1 ? g_strdup(all[i]) :
			    g_strdup_printf("%s (%u times)", all[i], times), session_is_final(session));
	}
	if (!n && !unsaid)
		finding_add(findings, name, "holds",
			    g_strdup_printf("%u %s compared", objects, objects == 1 ? "object" : "objects"),
			    session_is_final(session));
}
