// SPDX-License-Identifier: GPL-2.0-only
/*
 * look.c: objects looked into for lines, in one configuration and with the
 * sources of one commit in place.
 *
 * To look into an object is to run the preprocessor on it twice; lines.h says
 * what the two outputs show. Objects whose own source is wanted are looked
 * into first. Lines of headers that they do not show are looked for in
 * others, a few at a time, until all are found or, of each header, LOOKS_AT_MOST
 * that include it were tried.
 */
#include <string.h>

#include "code.h"
#include "judge-item.h"

/* Objects looked at in vain for the lines of a header, and of those of which it is not known what they read. */
#define LOOKS_AT_MOST 48

gboolean judge_open(struct judge *judge, const struct git *git, const struct config *config, const char *commit,
		    int jobs, GError **error)
{
	judge->objects = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)object_free);
	judge->todo = g_ptr_array_new();
	judge->pops_macro = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	judge->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	judge->tree = tree_open(git, config, commit, jobs, error);
	judge->batch = judge->tree ? git_batch_open(git, error) : NULL;
	return judge->batch != NULL;
}

void judge_close(struct judge *judge)
{
	if (judge->batch)
		git_batch_close(judge->batch);
	g_hash_table_unref(judge->objects);
	g_ptr_array_unref(judge->todo);
	g_hash_table_unref(judge->texts);
	g_hash_table_unref(judge->pops_macro);
	g_clear_pointer(&judge->inputs, g_hash_table_unref);
	g_free(judge->broken);
	tree_close(judge->tree);
}

struct object *judge_object(struct judge *judge, const char *source)
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

bool item_can_run(const struct item *item)
{
	return item->object->flags && source_exists(item->session->judge, item->object);
}

static void want_commands(struct judge *judge, const GPtrArray *sources, GPtrArray *unknown)
{
	for (guint i = 0; i < sources->len; i++) {
		struct object *object = judge_object(judge, sources->pdata[i]);

		if (object->asked || !source_exists(judge, object))
			continue;
		/* The command it had is that of another Makefile. */
		object_forget_command(object);
		object->asked = true;
		g_ptr_array_add(unknown, object);
	}
}

gboolean judge_commands(struct judge *judge, const GPtrArray *affected, GError **error)
{
	g_autoptr(GPtrArray) unknown = g_ptr_array_new(), model = g_ptr_array_new();

	g_ptr_array_add(model, (gpointer)MODEL_SOURCE);
	want_commands(judge, model, unknown);

	for (guint i = 0; i < affected->len; i++) {
		const struct affected *a = affected->pdata[i];

		want_commands(judge, a->own, unknown);
		want_commands(judge, a->reached, unknown);
		want_commands(judge, a->sample, unknown);
	}
	/* That may make more. */
	if (unknown->len)
		g_clear_pointer(&judge->inputs, g_hash_table_unref);
	return tree_record(judge->tree, unknown, error);
}

gboolean judge_advance(struct judge *judge, const struct commit *commit, bool configure, bool *commands_changed,
		       GError **error)
{
	*commands_changed = false;
	for (guint i = 0; i < commit->changes->len; i++) {
		const struct change *change = commit->changes->pdata[i];

		g_hash_table_remove(judge->pops_macro, change->path);

		*commands_changed |= is_kbuild_file(change->path);
		configure |= is_kconfig_file(change->path);
	}
	return tree_move(judge->tree, commit->id, error) && (!configure || tree_configure(judge->tree, error));
}

static void item_free(struct item *item)
{
	state_clear(&item->before);
	state_clear(&item->after);
	g_free(item->directives);
	g_free(item);
}

struct session *session_new(struct judge *judge, const struct commit *commit)
{
	struct session *session = g_new0(struct session, 1);

	session->judge = judge;
	session->commit = commit;
	session->items = g_ptr_array_new_with_free_func((GDestroyNotify)item_free);
	session->by_source = g_hash_table_new(g_str_hash, g_str_equal);
	session->wanted = g_ptr_array_new();
	session->added = g_ptr_array_new_with_free_func((GDestroyNotify)wanted_free);
	session->generated = g_ptr_array_new_with_free_func(g_free);
	session->symbols = g_ptr_array_new_with_free_func(g_free);
	return session;
}

void session_drop_items(struct session *session)
{
	g_hash_table_remove_all(session->by_source);
	g_ptr_array_set_size(session->items, 0);
}

void session_free(struct session *session)
{
	g_ptr_array_unref(session->items);
	g_hash_table_unref(session->by_source);
	g_ptr_array_unref(session->wanted);
	g_ptr_array_unref(session->added);
	g_clear_pointer(&session->findings, g_ptr_array_unref);
	g_clear_pointer(&session->inputs, g_hash_table_unref);
	g_clear_pointer(&session->sums, g_hash_table_unref);
	g_ptr_array_unref(session->generated);
	g_ptr_array_unref(session->symbols);
	g_free(session->unprepared);
	g_free(session);
}

static struct item *item_new(struct session *session, struct object *object)
{
	struct item *item = g_new0(struct item, 1);

	item->session = session;
	item->object = object;
	item->before.item = item->after.item = item;
	item->before.out = g_strdup_printf("%s/%p.before.o", session->judge->tree->scratch, (void *)item);
	item->after.out = g_strdup_printf("%s/%p.after.o", session->judge->tree->scratch, (void *)item);
	g_ptr_array_add(session->items, item);
	return item;
}

struct item *session_add(struct session *session, const char *source, bool own)
{
	struct object *object = judge_object(session->judge, source);
	struct item *item = g_hash_table_lookup(session->by_source, object->source);

	if (item)
		return item;
	item = item_new(session, object);
	item->own = own;
	g_hash_table_insert(session->by_source, object->source, item);
	return item;
}

struct item *session_add_alone(struct session *session, const char *header)
{
	struct item *item = item_new(session, judge_object(session->judge, header));

	item->alone = true;
	return item;
}

static void run(struct item *item, struct pool *pool, char **argv, const struct process *writer, gint64 weight,
		pool_done done, gpointer data)
{
	static const char *const env[] = { "LC_ALL=C", NULL };
	struct command command = {
		.argv = (const char *const *)argv,
		.cwd = item->session->judge->tree->obj,
		.env = env,
		.input = writer ? writer->out : NULL,
		.input_len = writer ? writer->out_len : 0,
		.limit = item->session->judge->limit,
		.memory = item->session->judge->memory,
	};

	/* The pool copies. */
	pool_add(pool, &command, weight, done, data);
	g_strfreev(argv);
}

void item_run(struct item *item, struct pool *pool, char **argv, pool_done done, gpointer data)
{
	run(item, pool, argv, NULL, item->own, done, data);
}

void item_run_next(struct item *item, struct pool *pool, char **argv, const struct process *writer, pool_done done,
		   gpointer data)
{
	run(item, pool, argv, writer, 2, done, data);
}

static char *read_source(const struct tree *tree, const char *path)
{
	/* What is generated is named relative to the object tree, which is where the compiler runs. */
	const char *const folders[] = { tree->src, tree->obj };

	for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *full = g_build_filename(folders[i], path, NULL);
		char *text = NULL;

		if (g_file_get_contents(full, &text, NULL, NULL))
			return text;
	}
	return NULL;
}

/* Whether the file has #pragma pop_macro, which leaves nothing in what the preprocessor prints. */
static bool file_pops_macro(struct judge *judge, const char *path)
{
	g_autofree char *text = NULL;
	gpointer known;

	/* <built-in> and <command-line> are no files. */
	if (*path == '<')
		return false;
	if (g_hash_table_lookup_extended(judge->pops_macro, path, NULL, &known))
		return known;
	text = read_source(judge->tree, path);
	known = GINT_TO_POINTER(!text || strstr(text, "pop_macro"));
	g_hash_table_insert(judge->pops_macro, g_strdup(path), known);
	return known;
}

static bool object_pops_macro(struct judge *judge, const struct object *object)
{
	GHashTableIter iter;
	gpointer path;

	g_hash_table_iter_init(&iter, object->includes);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		if (file_pops_macro(judge, path))
			return true;
	return false;
}

gboolean item_took_text(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct item *item = data;
	struct session *session = item->session;
	const char *root = session->judge->tree->src;

	(void)pool, (void)error;
	session->judge->preprocessed++;
	object_took_text(item->object, result, root);
	if (item->object->sum && item->own)
		item->object->pops_macro = object_pops_macro(session->judge, item->object);
	/* What a commit does to a file of its own is code nearly always. */
	if (item->object->sum && !item->own && session->judge->checks & CHECKS_COMPILE &&
	    path_has_suffix(item->object->source, ".c .h"))
		item->object->code = code_sum(result->out);
	item->accident |= item->object->accident;
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

	item->looked = true;
	item->accident |= process_accident(result);
	if (!item->session->at_commit && !state_keep_text(&item->before, result, error))
		return FALSE;
	if (!result->exit)
		item->directives = g_steal_pointer(&result->out);
	item_run(item, pool, object_expand(item->object), item_took_text, item);
	return TRUE;
}

guint session_left(const struct session *session)
{
	guint left = 0;

	for (guint i = 0; i < session->wanted->len; i++)
		left += ((struct wanted *)session->wanted->pdata[i])->left;
	return left;
}

/* Whether the object reads the file, or may: what it reads is known once it was preprocessed. */
static bool may_read(const struct item *item, const char *path)
{
	struct includes *lines = item->session->include_lines;

	if (item->object->sum)
		return g_hash_table_contains(item->object->includes, path);
	return lines && g_hash_table_contains(includes_reach(lines, path), item->object->source);
}

/* Whether the file has lines to find, and objects that include it were not tried in vain too often. */
static bool is_sought(const struct wanted *wanted, const struct item *item)
{
	return wanted->left && wanted->looks < LOOKS_AT_MOST &&
		may_read(item, wanted->path);
}

/* Whether looking at the object may find more lines; blindly: of one of which it is not known what it reads. */
static bool may_show(const struct item *item, bool blindly)
{
	if (item->alone || item->looked || item->object->complaint || !item_can_run(item))
		return false;
	for (guint i = 0; i < item->session->wanted->len; i++)
		if (is_sought(item->session->wanted->pdata[i], item))
			return true;
	return blindly && !item->object->sum;
}

/* After the look. */
static void count_look(const struct item *item)
{
	for (guint i = 0; item->object->sum && i < item->session->wanted->len; i++) {
		struct wanted *wanted = item->session->wanted->pdata[i];

		wanted->looks += is_sought(wanted, item);
	}
}

struct pool *session_pool(const struct session *session, const char *what)
{
	const struct judge *judge = session->judge;
	g_autofree char *label = g_strdup_printf("%u/%u %.12s %s", judge->n, judge->total, session->commit->id, what);

	return pool_new(judge->tree->jobs, label);
}

/* Runs those of the next objects that may show lines, a few; the items it took are added. */
static gboolean look_some(struct session *session, bool blindly, guint *next, GPtrArray *taken, GError **error)
{
	struct pool *pool = session_pool(session, "lines");
	gboolean ok;

	for (; taken->len < (guint)session->judge->tree->jobs * 2 && *next < session->items->len; ++*next) {
		struct item *item = session->items->pdata[*next];

		if (!may_show(item, blindly))
			continue;
		item_run(item, pool, object_directives(item->object), on_directives, item);
		g_ptr_array_add(taken, item);
	}
	ok = pool_run(pool, error);
	pool_free(pool);
	return ok;
}

/*
 * Looks into more objects, a few at a time, for lines that were not found. Blindly: also into those of which it
 * is not known what they read, until so many of them showed nothing.
 */
static gboolean look_for_left(struct session *session, bool blindly, GError **error)
{
	guint vain = 0, next = 0;

	while (next < session->items->len && session_left(session)) {
		g_autoptr(GPtrArray) taken = g_ptr_array_new();
		guint left = session_left(session);

		if (!look_some(session, blindly && vain < LOOKS_AT_MOST, &next, taken, error))
			return FALSE;
		for (guint i = 0; i < taken->len; i++)
			count_look(taken->pdata[i]);
		vain = session_left(session) < left ? 0 : vain + taken->len;
	}
	return TRUE;
}

/* First into what is known to read a header whose lines are left. */
static gboolean look_further(struct session *session, GError **error)
{
	return look_for_left(session, false, error) && look_for_left(session, true, error);
}

gboolean session_look(struct session *session, bool others, GError **error)
{
	struct pool *pool = session_pool(session, "preprocess");
	gboolean ok;

	for (guint i = 0; i < session->items->len; i++) {
		struct item *item = session->items->pdata[i];

		if (!item_can_run(item) || item->looked)
			continue;
		if (item->own && (session->wanted->len || session->apart))
			item_run(item, pool, object_directives(item->object), on_directives, item);
		else if (others && !item->object->sum)
			item_run(item, pool, object_expand(item->object), item_took_text, item);
	}
	ok = pool_run(pool, error) && look_further(session, error);
	pool_free(pool);
	return ok;
}

gboolean session_look_added(struct session *session, GError **error)
{
	GPtrArray *wanted = session->wanted;
	gboolean ok;

	for (guint i = 0; i < session->items->len; i++)
		((struct item *)session->items->pdata[i])->looked = false;
	session->wanted = session->added;
	session->at_commit = true;
	ok = look_further(session, error);
	session->wanted = wanted;
	return ok;
}
