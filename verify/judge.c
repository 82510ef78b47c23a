// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge.c: one commit built in one configuration, held against its parent.
 *
 * With the parent's sources in place every affected object is preprocessed.
 * Then the sources move to the commit. An object that reads nothing the
 * commit changes cannot differ; one whose text sums the same is the same; of
 * the others the fact is looked up or made by a compilation (compile.c). The
 * parent's facts are mostly those of an earlier commit; for the others the
 * sources move back once. The commit answers only for what it changed.
 */
#include <string.h>

#include "judge-item.h"

static void add_items(struct session *session, const struct affected *affected)
{
	guint sampled = 0;

	for (guint i = 0; i < affected->own->len; i++)
		session_add(session, affected->own->pdata[i], true);
	for (guint i = 0; i < affected->reached->len; i++)
		session_add(session, affected->reached->pdata[i], false);
	for (guint i = 0; i < affected->sample->len && sampled < session->judge->sample; i++) {
		const char *source = affected->sample->pdata[i];

		if (g_hash_table_contains(session->by_source, source) || !judge_object(session->judge, source)->selected)
			continue;
		session_add(session, source, false);
		sampled++;
	}
}

static bool reads_change(const GHashTable *includes, const struct commit *commit)
{
	for (guint i = 0; includes && i < commit->changes->len; i++)
		if (g_hash_table_contains((GHashTable *)includes, ((struct change *)commit->changes->pdata[i])->path))
			return true;
	return false;
}

/* Whether the parent's fact of an object whose text differs is of use. */
static bool needs_parent(const struct item *item)
{
	return item->before.key && item->after.sum && (item->session->judge->checks & CHECKS_COMPARE ||
						       state_complaint(&item->after));
}

/* The parent's side. When the commit changes commands, its facts cannot be made up for later. */
static gboolean take_before(struct session *session, GError **error)
{
	struct pool *pool = session_pool(session, "parent");
	gboolean ok = session_look(session, true, error);

	for (guint i = 0; ok && i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		state_take(&item->before);
		if (session->commands_changed)
			ok = state_want_fact(&item->before, pool, error);
	}
	ok = ok && pool_run(pool, error);
	pool_free(pool);
	return ok;
}

static gboolean on_text_after(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;

	if (!item_took_text(pool, result, data, error))
		return FALSE;
	state_take(&item->after);
	if (item->after.sum && !g_strcmp0(item->after.key, item->before.key)) {
		item->result = RESULT_SAME;
		return TRUE;
	}
	return state_want_fact(&item->after, pool, error);
}

/* The commit's side. */
static gboolean take_after(struct session *session, GError **error)
{
	struct pool *pool = session_pool(session, "compile");
	gboolean ok;

	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (!item_can_run(item))
			continue;
		if (item->own || session->commands_changed || (!item->before.sum && !item->before.complaint) ||
		    reads_change(item->before.includes, session->commit))
			item_run(item, pool, object_expand(item->object), on_text_after, item);
	}
	ok = pool_run(pool, error);
	pool_free(pool);
	return ok;
}

/* Goes back for the parent's facts that are not known yet; not where its commands are gone. */
static gboolean complete_before(struct session *session, GError **error)
{
	struct pool *pool = session_pool(session, "parent");
	bool back = false;
	gboolean ok = TRUE;

	for (guint i = 0; ok && i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (session->commands_changed || item->result == RESULT_SAME || !needs_parent(item))
			continue;
		ok = state_want_fact(&item->before, pool, error);
		back |= !item->before.fact;
	}
	if (ok && back)
		ok = tree_move(session->judge->tree, session->commit->parent, error) && pool_run(pool, error) &&
			tree_move(session->judge->tree, session->commit->id, error);
	pool_free(pool);
	return ok;
}

static void set_results(struct session *session)
{
	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (item->result == RESULT_SAME || (!item->after.sum && !item->after.complaint))
			continue;
		if (!state_complaint(&item->after))
			item->result = RESULT_COMPILED;
		else if (state_complaint(&item->before))
			item->result = RESULT_FAILED_BEFORE;
		else
			item->result = RESULT_FAILED;
	}
}

/* What an object outside this commit's list was found to be may hold no longer. */
static void forget_others(struct session *session)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, session->judge->objects);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct object *object = value;

		if (session->commands_changed)
			object->asked = false;
		if (!g_hash_table_contains(session->by_source, object->source) &&
		    (session->commands_changed || !object->includes || reads_change(object->includes, session->commit)))
			object_forget(object);
	}
}

static gboolean move_forward(struct session *session, const struct affected *affected, GError **error)
{
	g_autoptr(GPtrArray) own = g_ptr_array_new();

	if (!judge_advance(session->judge, session->commit, &session->commands_changed, error))
		return FALSE;
	forget_others(session);
	g_ptr_array_add(own, (gpointer)affected);
	return judge_commands(session->judge, own, error);
}

static gboolean read_wanted(struct session *session, GError **error)
{
	for (guint i = 0; i < session->commit->changes->len; i++) {
		const struct change *change = session->commit->changes->pdata[i];
		g_autofree char *text = NULL;
		gsize len;

		session->commands_changed |= is_kbuild_file(change->path);
		if (!change->old_oid || !change->old_lines->len || !path_has_suffix(change->path, ".c .h .S"))
			continue;
		text = git_batch_read(session->judge->batch, change->old_oid, &len, error);
		if (!text)
			return FALSE;
		g_ptr_array_add(session->wanted, wanted_new(change->path, change->old_lines, text, len));
	}
	return TRUE;
}

static gboolean judge_session(struct session *session, const struct affected *affected, GError **error)
{
	if (!read_wanted(session, error) || !tree_move(session->judge->tree, session->commit->parent, error) ||
	    !judge_commands(session->judge, session->judge->todo, error))
		return FALSE;
	add_items(session, affected);
	return take_before(session, error) && move_forward(session, affected, error) && take_after(session, error) &&
		complete_before(session, error);
}

GPtrArray *judge_commit(struct judge *judge, const struct commit *commit, const struct affected *affected,
			GError **error)
{
	struct session session = { 0 };
	GPtrArray *findings = NULL;

	session_init(&session, judge, commit);
	g_ptr_array_set_free_func(session.wanted, (GDestroyNotify)wanted_free);
	if (judge_session(&session, affected, error)) {
		set_results(&session);
		findings = session_findings(&session, affected);
	}
	session_clear(&session);
	return findings;
}
