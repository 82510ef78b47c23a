// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge.c: one commit built in one configuration, held against its parent.
 *
 * With the parent's sources in place every affected object is preprocessed.
 * Then the sources move to the commit. An object that reads nothing the
 * commit changes cannot differ; one whose text sums the same is the same; of
 * the others the fact is looked up or made by a compilation (compile.c). The
 * parent's facts are mostly those of an earlier commit. The commit answers only
 * for what it changed. sparse reads a text of its own and goes the same way.
 *
 * Where a text differs only in what makes no code (code.h), its parser decides
 * what there is to decide.
 *
 * Compilations are what takes time, so no processor is to wait for another
 * commit's. Where all objects of a commit have a text that can be compiled
 * anywhere, the session is *apart*: the sources go on to the next commits, and
 * the compilations of many are queued together. The others are completed while
 * their sources are there, and for the parent's facts the sources move back once.
 */
#include <string.h>

#include "judge-item.h"

/* Takes the present commands for the headers that are compiled on their own. */
static void take_models(struct session *session)
{
	const struct object *model = judge_object(session->judge, MODEL_SOURCE);

	for (guint i = 0; model->flags && i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (item->alone)
			object_take_model(item->object, model);
	}
}

/* A header that compiled on its own must go on to. Those of programs are not compiled as the kernel is. */
static void add_headers(struct session *session)
{
	static const char *const programs[] = { "tools/", "scripts/", "samples/", "usr/", NULL };

	for (guint i = 0; i < session->commit->changes->len; i++) {
		const struct change *change = session->commit->changes->pdata[i];
		bool of_program = false;

		for (guint p = 0; programs[p]; p++)
			of_program |= g_str_has_prefix(change->path, programs[p]);
		if (g_str_has_suffix(change->path, ".h") && change->old_oid && change->new_oid && !of_program)
			session_add_alone(session, change->path);
	}
	take_models(session);
}

static void add_items(struct session *session, const struct affected *affected)
{
	guint sampled = 0;

	for (guint i = 0; i < affected->own->len; i++)
		session_add(session, affected->own->pdata[i], true);
	for (guint i = 0; i < affected->reached->len; i++)
		session_add(session, affected->reached->pdata[i], false);
	for (guint i = 0; i < affected->sample->len && sampled < session->judge->sample; i++) {
		const char *source = affected->sample->pdata[i];

		if (g_hash_table_contains(session->by_source, source) ||
		    !judge_object(session->judge, source)->selected)
			continue;
		session_add(session, source, false);
		sampled++;
	}
}

static gboolean on_checker_text(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;

	(void)pool, (void)error;
	object_took_checker_text(item->object, result, item->session->judge->tree->src);
	item->accident |= process_accident(result);
	return TRUE;
}

/* Whether sparse is to read the object. */
static bool is_checked(const struct item *item)
{
	return item->session->judge->checks & CHECK_SPARSE && item->object->checker && !item->alone &&
		item_can_run(item);
}

static void want_checker_text(struct item *item, struct pool *pool, pool_done done)
{
	item_run(item, pool, object_checker_expand(item->object, item->session->judge->checker), done, item);
}

/* Expands what sparse is to read and is not known for the present sources. */
static gboolean expand_for_checker(struct session *session, GError **error)
{
	struct pool *pool = session_pool(session, "sparse");
	gboolean ok;

	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (is_checked(item) && !item->object->checker_sum)
			want_checker_text(item, pool, on_checker_text);
	}
	ok = pool_run(pool, error);
	pool_free(pool);
	return ok;
}

/* Nothing can be said of a parent that kbuild cannot be prepared at. */
static void lose_before(struct session *session)
{
	session->blind = true;
	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		item->before.complaint = g_strdup(session->judge->broken);
	}
}

/* The parent's side. When the commit changes commands, its facts cannot be made up for later. */
static gboolean take_before(struct session *session, GError **error)
{
	struct pool *pool;
	gboolean ok = session_look(session, true, error) && expand_for_checker(session, error);

	pool = session_pool(session, "parent");
	for (guint i = 0; ok && i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		state_take(&item->before);
		if (is_checked(item))
			state_take_checker(&item->before);
		if (!session->commands_changed)
			continue;
		if (session->judge->checks & CHECKS_COMPILE)
			reading_want_fact(&item->before.compiler, pool);
		reading_want_fact(&item->before.checker, pool);
	}
	ok = ok && pool_run(pool, error);
	pool_free(pool);
	return ok;
}

static gboolean on_checker_text_after(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;

	if (!on_checker_text(pool, result, data, error))
		return FALSE;
	state_take_checker(&item->after);
	if (g_strcmp0(item->after.checker.key, item->before.checker.key))
		reading_want_fact(&item->after.checker, pool);
	return TRUE;
}

/* Whether the object's code cannot differ, though its text does. */
static bool is_same_code(const struct item *item)
{
	return item->before.code && !g_strcmp0(item->before.code, item->after.code) &&
		!item->session->commands_changed;
}

/* Whether the configuration builds the object from this commit on: that its text is the same is not enough. */
static bool is_newly_built(const struct item *item)
{
	const struct session *session = item->session;

	/* What chance selects is nobody's doing. */
	return item->selected && !item->selected_before && !session->blind && !session->judge->tree->config->seed;
}

static gboolean on_text_after(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;

	if (!item_took_text(pool, result, data, error))
		return FALSE;
	state_take(&item->after);
	item->same_code = is_same_code(item);
	if (item->after.sum && !g_strcmp0(item->after.compiler.key, item->before.compiler.key) && !is_newly_built(item))
		item->result = RESULT_SAME;
	else if (item->session->judge->checks & CHECKS_COMPILE && !item->session->apart)
		state_want_fact(&item->after, pool, result);
	/* An annotation may be for sparse alone. */
	if (is_checked(item))
		want_checker_text(item, pool, on_checker_text_after);
	return TRUE;
}

static gboolean on_directives_after(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;

	item->accident |= process_accident(result);
	if (!state_keep_text(&item->after, result, error))
		return FALSE;
	item_run(item, pool, object_expand(item->object), on_text_after, item);
	return TRUE;
}

/* Whether nothing is known of the parent side of an object, but that it is no fault of its text. */
static bool is_unread_before(const struct item *item)
{
	return !item->before.sum && (!item->before.complaint || item->accident);
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
		if (session->apart && object_has_text(item->object))
			item_run(item, pool, object_directives(item->object), on_directives_after, item);
		else if (item->own || session->commands_changed || is_unread_before(item) ||
			 session_reads_change(session, item->before.includes))
			item_run(item, pool, object_expand(item->object), on_text_after, item);
	}
	ok = pool_run(pool, error);
	pool_free(pool);
	return ok;
}

/* What was left for later is compiled now, with the commit's sources in place. */
static gboolean complete_after(struct session *session, GError **error)
{
	struct pool *pool = session_pool(session, "compile");
	gboolean ok;

	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (item->result != RESULT_SAME)
			reading_want_fact(item_reading(item, &item->after), pool);
	}
	ok = pool_run(pool, error);
	pool_free(pool);
	return ok;
}

static bool needs_parent_checked(const struct item *item)
{
	return item->after.checker.key && g_strcmp0(item->after.checker.key, item->before.checker.key);
}

/* Moves the sources once both sides were seen: what is generated of them, too, unless it is the same of both. */
static gboolean move_sources(struct session *session, const char *commit, GError **error)
{
	return tree_move(session->judge->tree, commit, error) &&
	       ((!session->generated->len && !session->unprepared) || session_make_generated(session, error));
}

/* Goes back for the parent's facts that are not known yet; not where its commands are gone. */
static gboolean complete_before(struct session *session, GError **error)
{
	struct pool *pool = session_pool(session, "parent");
	bool back = false;
	gboolean ok;

	for (guint i = 0; !session->commands_changed && i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (item_needs_parent(item)) {
			struct reading *reading = item_reading(item, &item->before);

			reading_want_fact(reading, pool);
			back |= !reading->fact && !item->before.text;
		}
		if (needs_parent_checked(item)) {
			reading_want_fact(&item->before.checker, pool);
			back |= item->before.checker.key && !item->before.checker.fact;
		}
	}
	ok = (!back || move_sources(session, session->commit->parent, error)) && pool_run(pool, error) &&
		(!back || move_sources(session, session->commit->id, error));
	pool_free(pool);
	return ok;
}

/* The parent of an object that was only parsed was not compiled for this commit; perhaps it was for another. */
static void recall_parent(struct item *item)
{
	struct reading *before = &item->before.compiler;

	if (item->same_code && before->key && !before->fact)
		before->fact = fact_read(item->session->judge->facts, before->key);
}

static void set_results(struct session *session)
{
	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (item->result == RESULT_SAME || (!item->after.sum && !item->after.complaint))
			continue;
		recall_parent(item);
		if (!state_complaint(&item->after) && !(item->same_code && state_complaint(&item->before)))
			item->result = RESULT_COMPILED;
		else if (state_complaint(&item->before) && !is_newly_built(item))
			item->result = RESULT_FAILED_BEFORE;
		else
			item->result = RESULT_FAILED;
	}
}

/* What is looked for: the lines that the commit takes away and those it adds. */
static gboolean read_wanted(struct session *session, GError **error)
{
	for (guint i = 0; i < session->commit->changes->len; i++) {
		const struct change *change = session->commit->changes->pdata[i];
		g_autofree char *old = NULL, *new = NULL;
		const struct scan *before = NULL;
		gsize len;

		session->commands_changed |= is_kbuild_file(change->path);
		session->configures |= is_kconfig_file(change->path);
		if (!path_has_suffix(change->path, ".c .h .S"))
			continue;
		if (change->old_oid && change->old_lines->len) {
			struct wanted *wanted;

			old = git_batch_read(session->judge->batch, change->old_oid, &len, error);
			if (!old)
				return FALSE;
			wanted = wanted_new(change->path, change->old_lines, old, len);
			before = wanted->scan;
			g_ptr_array_add(session->wanted, wanted);
		}
		if (change->new_oid && change->new_lines->len) {
			new = git_batch_read(session->judge->batch, change->new_oid, &len, error);
			if (!new)
				return FALSE;
			session_want_added(session, change, before, new, len);
		}
	}
	return TRUE;
}

/* Whether the sources may go on before the commit's objects are compiled, as far as can be told beforehand. */
static bool may_be_apart(const struct session *session)
{
	const struct affected *affected = session->affected;

	if (session->commands_changed || session->remakes || session->judge->broken || session->judge->checks & CHECK_SPARSE ||
	    !(session->judge->checks & CHECKS_COMPILE) || !apart_takes(affected->own->len) ||
	    affected->reached->len || affected->sample->len)
		return false;
	for (guint i = 0; i < session->commit->changes->len; i++)
		if (path_has_suffix(((struct change *)session->commit->changes->pdata[i])->path, ".h .S"))
			return false;
	return true;
}

static void finish(struct session *session)
{
	set_results(session);
	session->findings = session_findings(session, session->affected);
	session_drop_items(session);
}

static gboolean finish_apart(struct judge *judge, GPtrArray *apart, GError **error)
{
	if (!apart_compile(judge, apart, error))
		return FALSE;
	for (guint i = 0; i < apart->len; i++)
		finish(apart->pdata[i]);
	g_ptr_array_set_size(apart, 0);
	return TRUE;
}

/* Takes both sides. */
static gboolean take_sides(struct session *session, GError **error)
{
	const struct affected *affected = session->affected;

	add_items(session, affected);
	if (session->judge->checks & CHECK_BUILD)
		add_headers(session);
	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		item->selected_before = item->object->selected;
	}
	if (session->judge->broken)
		lose_before(session);
	else if (!take_before(session, error))
		return FALSE;
	if (!session_move_forward(session, error))
		return FALSE;
	take_models(session);
	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		item->selected = item->object->selected;
		item->has_command = item->object->flags != NULL;
	}
	return session->unseen || (take_after(session, error) && session_look_added(session, error));
}

/* What is apart joins the others; what is not is finished while its sources are there. */
static gboolean judge_session(struct session *session, GPtrArray *apart, GError **error)
{
	if (!read_wanted(session, error) || !session_take_parent(session, error))
		return FALSE;
	session->remakes = session_remakes(session);
	session->apart = may_be_apart(session);
	/* Facts the others are about to find out are not to be found out twice. */
	if ((!session->apart && !finish_apart(session->judge, apart, error)) || !take_sides(session, error))
		return FALSE;
	if (session->apart && apart_has_texts(session)) {
		g_ptr_array_add(apart, session);
		return !apart_is_full(apart) || finish_apart(session->judge, apart, error);
	}
	if ((session->apart && !complete_after(session, error)) || !complete_before(session, error))
		return FALSE;
	finish(session);
	return TRUE;
}

GPtrArray *judge_commits(struct judge *judge, const GPtrArray *commits, const GPtrArray *affected, guint from,
			 guint n, GError **error)
{
	g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func((GDestroyNotify)session_free);
	g_autoptr(GPtrArray) apart = g_ptr_array_new();
	GPtrArray *all;

	for (guint i = from; i < from + n; i++) {
		struct session *session = session_new(judge, commits->pdata[i]);

		session->affected = affected->pdata[i];
		g_ptr_array_set_free_func(session->wanted, (GDestroyNotify)wanted_free);
		g_ptr_array_add(sessions, session);
		judge->n++;
		if (!judge_session(session, apart, error))
			return NULL;
		g_ptr_array_remove_index(judge->todo, 0);
	}
	if (!finish_apart(judge, apart, error))
		return NULL;
	all = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	for (guint i = 0; i < n; i++)
		g_ptr_array_add(all, g_steal_pointer(&((struct session *)sessions->pdata[i])->findings));
	return all;
}
