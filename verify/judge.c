// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge.c: one commit built in one configuration, held against its parent.
 *
 * With the parent's sources in place every affected object is preprocessed:
 * that says what it reads, sums its text, and shows which of the lines the
 * commit takes away are compiled. Then the sources move to the commit. An
 * object that reads nothing the commit changes cannot differ; one whose text
 * sums the same is the same; the others, and all whose own source changed,
 * are compiled. What fails is compiled again with the parent's sources: the
 * commit answers only for what it broke.
 */
#include <string.h>

#include "judge-item.h"

/* A compilation or preprocessing that takes longer hangs. */
#define TIME_LIMIT 900
/* Objects looked at for the lines of one commit's headers. */
#define LOOKS_AT_MOST 48

static void item_free(struct item *item)
{
	g_free(item->sum_before);
	g_free(item->complaint_before);
	g_clear_pointer(&item->includes_before, g_hash_table_unref);
	g_free(item->directives);
	g_free(item->out);
	g_free(item);
}

static struct object *get_object(struct judge *judge, const char *source)
{
	struct object *object = g_hash_table_lookup(judge->objects, source);

	if (!object) {
		object = object_new(source);
		g_hash_table_insert(judge->objects, object->source, object);
	}
	return object;
}

static bool source_exists(const struct judge *judge, const struct object *object)
{
	g_autofree char *path = g_build_filename(judge->tree->src, object->source, NULL);

	return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

static void want_commands(struct judge *judge, const GPtrArray *sources, GPtrArray *unknown)
{
	for (guint i = 0; i < sources->len; i++) {
		struct object *object = get_object(judge, sources->pdata[i]);

		if (object->asked || !source_exists(judge, object))
			continue;
		object->asked = true;
		g_ptr_array_add(unknown, object);
	}
}

/* Records the commands that are not known yet: of this commit, and of all after it at the same time. */
static gboolean get_commands(struct judge *judge, const struct affected *affected, bool all, GError **error)
{
	g_autoptr(GPtrArray) unknown = g_ptr_array_new();

	for (guint i = 0; i < judge->todo->len; i++) {
		const struct affected *a = judge->todo->pdata[i];

		if (a != affected && !all)
			continue;
		want_commands(judge, a->own, unknown);
		want_commands(judge, a->reached, unknown);
		want_commands(judge, a->sample, unknown);
	}
	return tree_record(judge->tree, unknown, error);
}

static void add_item(struct session *session, const char *source, bool own)
{
	struct object *object = get_object(session->judge, source);
	struct item *item;

	if (g_hash_table_contains(session->by_source, object->source))
		return;
	item = g_new0(struct item, 1);
	item->session = session;
	item->object = object;
	item->own = own;
	g_ptr_array_add(session->items, item);
	g_hash_table_insert(session->by_source, object->source, item);
}

static void add_items(struct session *session, const struct affected *affected)
{
	guint sampled = 0;

	for (guint i = 0; i < affected->own->len; i++)
		add_item(session, affected->own->pdata[i], true);
	for (guint i = 0; i < affected->reached->len; i++)
		add_item(session, affected->reached->pdata[i], false);
	for (guint i = 0; i < affected->sample->len && sampled < session->judge->sample; i++) {
		const char *source = affected->sample->pdata[i];

		if (g_hash_table_contains(session->by_source, source) || !get_object(session->judge, source)->selected)
			continue;
		add_item(session, source, false);
		sampled++;
	}
}

static void run(struct pool *pool, struct item *item, char **argv, pool_done done)
{
	static const char *const env[] = { "LC_ALL=C", NULL };
	struct command command = {
		.argv = (const char *const *)argv,
		.cwd = item->session->judge->tree->obj,
		.env = env,
		.limit = TIME_LIMIT,
	};

	/* The pool copies. */
	pool_add(pool, &command, item->own, done, item);
	g_strfreev(argv);
}

static gboolean on_text(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;
	struct session *session = item->session;
	const char *root = session->judge->tree->src;

	(void)pool, (void)error;
	session->judge->preprocessed++;
	object_took_text(item->object, result, root);
	for (guint i = 0; item->directives && item->object->sum && i < session->wanted->len; i++) {
		struct wanted *wanted = session->wanted->pdata[i];

		if (wanted->left && g_hash_table_contains(item->object->includes, wanted->path))
			wanted_mark(wanted, root, item->directives, result->out);
	}
	g_clear_pointer(&item->directives, g_free);
	return TRUE;
}

static gboolean on_directives(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;

	(void)error;
	item->looked = true;
	item->accident |= process_accident(result);
	if (!result->exit)
		item->directives = g_steal_pointer(&result->out);
	run(pool, item, object_expand(item->object), on_text);
	return TRUE;
}

static guint lines_left(const struct session *session)
{
	guint left = 0;

	for (guint i = 0; i < session->wanted->len; i++)
		left += ((struct wanted *)session->wanted->pdata[i])->left;
	return left;
}

/* Whether looking at the object may find more lines. */
static bool may_show(const struct item *item)
{
	if (item->looked || !item->object->sum)
		return false;
	for (guint i = 0; i < item->session->wanted->len; i++) {
		const struct wanted *wanted = item->session->wanted->pdata[i];

		if (wanted->left && g_hash_table_contains(item->object->includes, wanted->path))
			return true;
	}
	return false;
}

static struct pool *new_pool(const struct session *session, const char *what)
{
	const struct judge *judge = session->judge;
	g_autofree char *label = g_strdup_printf("%u/%u %.12s %s", judge->n, judge->total, session->commit->id, what);

	return pool_new(judge->tree->jobs, label);
}

/* Looks into more objects, a few at a time, for lines no changed source showed. */
static gboolean look_further(struct session *session, GError **error)
{
	guint looks = 0, next = 0, n = session->judge->tree->jobs * 2;

	while (lines_left(session) && looks < LOOKS_AT_MOST && next < session->items->len) {
		struct pool *pool = new_pool(session, "lines");
		gboolean ok;

		for (guint more = 0; more < n && next < session->items->len; next++) {
			struct item *item = session->items->pdata[next];

			if (!may_show(item))
				continue;
			run(pool, item, object_directives(item->object), on_directives);
			more++, looks++;
		}
		ok = pool_run(pool, error);
		pool_free(pool);
		if (!ok)
			return FALSE;
	}
	return TRUE;
}

/* The parent's side. */
static gboolean look_before(struct session *session, GError **error)
{
	struct pool *pool = new_pool(session, "preprocess");
	gboolean ok;

	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (!item->object->flags || !source_exists(session->judge, item->object))
			continue;
		if (item->own && session->wanted->len)
			run(pool, item, object_directives(item->object), on_directives);
		else if (!item->own && !item->object->sum)
			run(pool, item, object_expand(item->object), on_text);
	}
	ok = pool_run(pool, error) && look_further(session, error);
	pool_free(pool);
	for (guint i = 0; ok && i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		item->sum_before = g_strdup(item->object->sum);
		item->complaint_before = g_strdup(item->object->complaint);
		item->accident |= item->object->accident;
		item->includes_before = item->object->includes ? g_hash_table_ref(item->object->includes) : NULL;
	}
	return ok;
}

static bool reads_change(const GHashTable *includes, const struct commit *commit)
{
	for (guint i = 0; includes && i < commit->changes->len; i++)
		if (g_hash_table_contains((GHashTable *)includes, ((struct change *)commit->changes->pdata[i])->path))
			return true;
	return false;
}

static gboolean on_compiled(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;

	(void)pool, (void)error;
	item->session->judge->compiled++;
	object_took_compile(item->object, result, item->session->judge->tree->src, item->out);
	item->accident |= item->object->accident;
	item->result = item->object->complaint ? RESULT_FAILED : RESULT_COMPILED;
	return TRUE;
}

static void compile(struct pool *pool, struct item *item)
{
	if (!item->out)
		item->out = g_strdup_printf("%s/%p.o", item->session->judge->tree->scratch, (void *)item);
	run(pool, item, object_compile(item->object, item->out), on_compiled);
}

static gboolean on_text_after(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;

	if (!on_text(pool, result, data, error))
		return FALSE;
	item->accident |= item->object->accident;
	if (item->object->sum && !g_strcmp0(item->object->sum, item->sum_before))
		item->result = RESULT_SAME;
	else
		compile(pool, item);
	return TRUE;
}

/* The commit's side. */
static gboolean build_after(struct session *session, GError **error)
{
	struct pool *pool = new_pool(session, "compile");
	gboolean ok;

	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (!item->object->flags || !source_exists(session->judge, item->object))
			continue;
		if (item->own || (!item->sum_before && !item->complaint_before))
			compile(pool, item);
		else if (item->sum_before &&
			 (session->commands_changed || reads_change(item->includes_before, session->commit)))
			run(pool, item, object_expand(item->object), on_text_after);
	}
	ok = pool_run(pool, error);
	pool_free(pool);
	return ok;
}

static gboolean on_parent(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;
	g_autofree char *complaint = g_steal_pointer(&item->object->complaint);

	(void)pool, (void)error;
	item->session->judge->compiled++;
	object_took_compile(item->object, result, item->session->judge->tree->src, item->out);
	item->accident |= item->object->accident;
	if (item->object->complaint)
		item->result = RESULT_FAILED_BEFORE;
	object_forget(item->object);
	item->object->complaint = g_steal_pointer(&complaint);
	item->object->accident = item->accident;
	return TRUE;
}

/* Compiles what failed with the parent's sources, and comes back. */
static gboolean blame(struct session *session, GError **error)
{
	struct pool *pool = new_pool(session, "parent");
	g_autoptr(GPtrArray) failed = g_ptr_array_new();
	gboolean ok = TRUE;

	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (item->result == RESULT_FAILED && item->complaint_before)
			item->result = RESULT_FAILED_BEFORE;
		else if (item->result == RESULT_FAILED)
			g_ptr_array_add(failed, item);
	}
	if (failed->len)
		ok = tree_move(session->judge->tree, session->commit->parent, error);
	for (guint i = 0; ok && i < failed->len; i++) {
		struct item *item = failed->pdata[i];

		if (source_exists(session->judge, item->object))
			run(pool, item, object_compile(item->object, item->out), on_parent);
	}
	ok = ok && pool_run(pool, error) && tree_move(session->judge->tree, session->commit->id, error);
	pool_free(pool);
	return ok;
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
	bool kconfig = false;

	for (guint i = 0; i < session->commit->changes->len; i++) {
		const struct change *change = session->commit->changes->pdata[i];

		session->commands_changed |= is_kbuild_file(change->path);
		kconfig |= is_kconfig_file(change->path);
	}
	if (!tree_move(session->judge->tree, session->commit->id, error) ||
	    (kconfig && !tree_configure(session->judge->tree, error)))
		return FALSE;
	forget_others(session);
	return get_commands(session->judge, affected, false, error);
}

static gboolean read_wanted(struct session *session, GError **error)
{
	for (guint i = 0; i < session->commit->changes->len; i++) {
		const struct change *change = session->commit->changes->pdata[i];
		g_autofree char *text = NULL;
		gsize len;

		if (!change->old_oid || !change->old_lines->len || !path_has_suffix(change->path, ".c .h .S"))
			continue;
		text = git_batch_read(session->judge->batch, change->old_oid, &len, error);
		if (!text)
			return FALSE;
		g_ptr_array_add(session->wanted, wanted_new(change->path, change->old_lines, text, len));
	}
	return TRUE;
}

GPtrArray *judge_commit(struct judge *judge, const struct commit *commit, const struct affected *affected,
			GError **error)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)item_free);
	g_autoptr(GPtrArray) wanted = g_ptr_array_new_with_free_func((GDestroyNotify)wanted_free);
	g_autoptr(GHashTable) by_source = g_hash_table_new(g_str_hash, g_str_equal);
	struct session session = { .judge = judge, .commit = commit, .items = items, .wanted = wanted,
		.by_source = by_source };

	if (!read_wanted(&session, error) || !tree_move(judge->tree, commit->parent, error) ||
	    !get_commands(judge, affected, true, error))
		return NULL;
	add_items(&session, affected);
	if (!look_before(&session, error) || !move_forward(&session, affected, error) ||
	    !build_after(&session, error) || !blame(&session, error))
		return NULL;
	return session_findings(&session, affected);
}
