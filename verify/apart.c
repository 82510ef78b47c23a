// SPDX-License-Identifier: GPL-2.0-only
/*
 * apart.c: the compilations of several commits at once.
 *
 * A session is apart when everything in it has a text (state->text), which
 * compiles to the same object wherever the sources have gone meanwhile: gcc's
 * -fdirectives-only output has all that was included, and its macros are still
 * to be expanded, so that places and warnings are those of the sources.
 * state_keep_text() knows the exceptions.
 *
 * What one round finds out, the next takes from the store; only then is it known
 * whether a parent's fact is needed. So a text that two commits share is
 * compiled once.
 */
#include "judge-item.h"

/* Objects that may wait, 5 MB of text on each side. */
#define ITEMS_AT_MOST 64

bool item_needs_parent(const struct item *item)
{
	unsigned comparing = item->same_code ? CHECK_WARNINGS : CHECKS_COMPARE;

	return item->before.compiler.key && item->after.sum && item->result != RESULT_SAME &&
		(item->session->judge->checks & comparing || state_complaint(&item->after));
}

/* Queues what the session lacks and no other queues in this round; says whether there was anything. */
static bool want_facts(struct session *session, struct pool *pool, GHashTable *queued)
{
	bool any = false;

	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];
		struct reading *readings[] = { &item->after.compiler, item_needs_parent(item) ? &item->before.compiler : NULL };

		for (guint side = 0; item->result != RESULT_SAME && side < G_N_ELEMENTS(readings); side++) {
			struct reading *reading = readings[side];

			if (!reading || !reading->key || reading->fact)
				continue;
			any = true;
			if (g_hash_table_add(queued, reading->key))
				reading_want_fact(reading, pool);
		}
	}
	return any;
}

gboolean apart_compile(struct judge *judge, GPtrArray *apart, GError **error)
{
	bool any = apart->len;
	gboolean ok = TRUE;

	while (ok && any) {
		g_autoptr(GHashTable) queued = g_hash_table_new(g_str_hash, g_str_equal);
		g_autofree char *label = g_strdup_printf("%u commits up to %u/%u compile", apart->len, judge->n,
							 judge->total);
		struct pool *pool = pool_new(judge->tree->jobs, label);

		any = false;
		for (guint i = 0; i < apart->len; i++)
			any |= want_facts(apart->pdata[i], pool, queued);
		ok = pool_run(pool, error);
		pool_free(pool);
	}
	return ok;
}

bool apart_is_full(const GPtrArray *apart)
{
	guint items = 0;

	for (guint i = 0; i < apart->len; i++)
		items += ((struct session *)apart->pdata[i])->items->len;
	return items >= ITEMS_AT_MOST;
}

bool apart_takes(guint items)
{
	return items <= ITEMS_AT_MOST;
}

bool apart_has_texts(const struct session *session)
{
	for (guint i = 0; i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];

		if (item->result == RESULT_SAME)
			continue;
		if ((item->before.compiler.key && !item->before.text) || (item->after.compiler.key && !item->after.text))
			return false;
	}
	return true;
}
