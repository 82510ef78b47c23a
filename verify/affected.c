// SPDX-License-Identifier: GPL-2.0-only
/*
 * affected.c: which source files' objects a commit can change. See affected.h.
 *
 * Too many is only slow: whether an object reads a changed file is found out
 * when it is preprocessed. A name in more than NAMED_AT_MOST files that may
 * include the header is left to the sample, and said so: it is one of the
 * kernel's everyday words.
 */
#include <string.h>

#include "affected-draft.h"
#include "kconfig.h"
#include "progress.h"
#include "scan.h"
#include "tree.h"

/* Not every candidate of the sample is one the configuration builds. */
#define CANDIDATES(sample) ((sample) * 2)
/* Words that are looked for as they are. */
#define FIXED_AT_MOST 8

static void affected_free(struct affected *affected)
{
	g_ptr_array_unref(affected->own);
	g_ptr_array_unref(affected->reached);
	g_ptr_array_unref(affected->sample);
	g_ptr_array_unref(affected->notes);
	g_ptr_array_unref(affected->unknown);
	g_hash_table_unref(affected->symbols);
	g_free(affected);
}

static void draft_free(struct draft *draft)
{
	if (draft->affected)
		affected_free(draft->affected);
	g_hash_table_unref(draft->reached);
	g_hash_table_unref(draft->reach);
	g_hash_table_unref(draft->asked);
	g_free(draft);
}

static gboolean scan_side(struct finder *finder, const char *oid, const GArray *changed, bool members,
			  GHashTable *names, GError **error)
{
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autofree char *text = NULL;
	struct scan *scan;
	gsize len;

	if (!oid || !changed->len)
		return TRUE;
	text = git_batch_read(finder->batch, oid, &len, error);
	if (!text)
		return FALSE;
	for (guint i = 0; i < changed->len; i++)
		g_array_append_val(lines, g_array_index(changed, struct changed_line, i).line);
	scan = scan_text(text, len);
	scan_names(scan, lines, members, names);
	scan_free(scan);
	return TRUE;
}

/* The names declared on the header's changed lines, of both sides. A member that is new has no user elsewhere. */
static GHashTable *declared_names(struct finder *finder, const struct change *change, GError **error)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	if (!scan_side(finder, change->old_oid, change->old_lines, true, names, error) ||
	    !scan_side(finder, change->new_oid, change->new_lines, false, names, error))
		return NULL;
	return g_steal_pointer(&names);
}

/* git grep's "COMMIT:PATH\0WORD\n" lines; skip: bytes before the path. */
static GHashTable *parse_hits(const char *text, gsize skip)
{
	GHashTable *files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);

	while (*text) {
		const char *path = text + skip, *word = path + strlen(path) + 1;
		gsize len = strcspn(word, "\n");
		g_autofree char *name = g_strndup(word, len);
		GHashTable *paths = g_hash_table_lookup(files, name);

		if (!paths) {
			paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
			g_hash_table_insert(files, g_strdup(name), paths);
		}
		g_hash_table_add(paths, g_strdup(path));
		text = word + len + (word[len] == '\n');
	}
	return files;
}

GHashTable *files_with(const struct git *git, const char *commit, char **words, const char *const *pathspecs,
		       GError **error)
{
	static const char *const env[] = { "LC_ALL=C", NULL };
	const char *const start[] = { "git", "-C", git->dir, "grep", "-o", "-z", "-w", "-I", "--no-color",
		"--threads=2", NULL };
	const char *const end[] = { commit, "--", NULL };
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
	g_auto(GStrv) args = NULL;
	g_autofree char *any = kconfig_any(words);
	bool many = g_strv_length(words) > FIXED_AT_MOST;
	struct command command = { 0 };
	struct process result = { 0 };
	GHashTable *files = NULL;

	g_strv_builder_addv(argv, (const char **)start);
	/* One expression for many: git looks for one fixed string after the other. */
	if (many)
		g_strv_builder_add_many(argv, "-E", "-e", any, NULL);
	for (char **word = words; *word && !many; word++)
		g_strv_builder_add_many(argv, "-F", "-e", *word, NULL);
	g_strv_builder_addv(argv, (const char **)end);
	g_strv_builder_addv(argv, (const char **)pathspecs);
	args = g_strv_builder_end(argv);
	command.argv = (const char *const *)args;
	command.env = env;
	if (process_run(&command, &result, error)) {
		if (result.exit > 1)
			fail(error, "cannot search commit '%s': %s", commit, result.err);
		else
			files = parse_hits(result.out, strlen(commit) + 1);
	}
	process_clear(&result);
	return files;
}

void add_paths(GHashTable *to, GHashTable *paths)
{
	GHashTableIter iter;
	gpointer path;

	g_hash_table_iter_init(&iter, paths);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		g_hash_table_add(to, g_strdup(path));
}

/* Adds the files that have the word and may include a header that declares it. */
static void add_named(const char *name, GPtrArray *reaches, GHashTable *files, GHashTable *reached,
		      struct affected *affected)
{
	g_autoptr(GPtrArray) hits = g_ptr_array_new();
	GHashTableIter iter;
	gpointer file;

	if (!files)
		return;
	g_hash_table_iter_init(&iter, files);
	while (g_hash_table_iter_next(&iter, &file, NULL)) {
		bool may = false;

		for (guint i = 0; !may && i < reaches->len; i++)
			may = g_hash_table_contains(reaches->pdata[i], file);
		if (may)
			g_ptr_array_add(hits, file);
	}
	if (hits->len > NAMED_AT_MOST) {
		g_ptr_array_add(affected->notes, g_strdup_printf("%s is named in %u files: left to the sample", name,
								 hits->len));
		return;
	}
	for (guint i = 0; i < hits->len; i++)
		g_hash_table_add(reached, g_strdup(hits->pdata[i]));
}

/* Of the files of reach those with the name are looked for once all names are known. */
static void ask(struct draft *draft, const char *name, GHashTable *reach)
{
	GPtrArray *reaches = g_hash_table_lookup(draft->asked, name);

	if (!reaches) {
		reaches = g_ptr_array_new();
		g_hash_table_insert(draft->asked, g_strdup(name), reaches);
	}
	g_ptr_array_add(reaches, reach);
}

static guint64 sample_hash(int seed, const char *path)
{
	g_autofree char *text = g_strdup_printf("%d:%s", seed, path);
	g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

	sum[16] = '\0';
	return g_ascii_strtoull(sum, NULL, 16);
}

static int by_hash(gconstpointer a, gconstpointer b, gpointer hashes)
{
	guint64 x = *(guint64 *)g_hash_table_lookup(hashes, *(char *const *)a);
	guint64 y = *(guint64 *)g_hash_table_lookup(hashes, *(char *const *)b);

	return x < y ? -1 : x > y;
}

/* The first candidates in the order of the seed, of those a configuration of this kernel may build. */
static void add_sample(struct finder *finder, struct draft *draft)
{
	g_autoptr(GHashTable) hashes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	g_autoptr(GPtrArray) candidates = g_ptr_array_new();
	GHashTableIter iter;
	gpointer path;

	g_hash_table_iter_init(&iter, draft->reach);
	while (g_hash_table_iter_next(&iter, &path, NULL)) {
		guint64 hash = sample_hash(finder->options->seed, path);

		if (g_str_has_prefix(path, "tools/") || g_str_has_prefix(path, "Documentation/"))
			continue;
		g_hash_table_insert(hashes, path, g_memdup2(&hash, sizeof(hash)));
		g_ptr_array_add(candidates, path);
	}
	g_ptr_array_sort_with_data(candidates, by_hash, hashes);
	for (guint i = 0; i < candidates->len; i++)
		if (finder->options->tree || i < CANDIDATES(finder->options->sample))
			g_ptr_array_add(draft->affected->sample, g_strdup(candidates->pdata[i]));
}

/* Who may include a header that is gone need not name what it declared. */
static void add_includers(struct draft *draft, const struct change *change, GHashTable *reach)
{
	g_autofree char *quoted = path_quote(change->path);

	if (g_hash_table_size(reach) > NAMED_AT_MOST) {
		g_ptr_array_add(draft->affected->notes, g_strdup_printf("%s may have been included by %u files: left to "
									"the sample", quoted, g_hash_table_size(reach)));
		return;
	}
	add_paths(draft->reached, reach);
}

static gboolean add_header(struct finder *finder, struct draft *draft, const struct change *change, GError **error)
{
	GHashTable *reach = includes_reach(finder->includes, change->path);
	g_autoptr(GHashTable) names = NULL;
	GHashTableIter iter;
	gpointer key;

	g_hash_table_iter_init(&iter, finder->changed);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		if (g_hash_table_contains(reach, key))
			g_hash_table_add(draft->reached, g_strdup(key));
	if (!change->new_oid)
		add_includers(draft, change, reach);
	names = declared_names(finder, change, error);
	if (!names)
		return FALSE;
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		ask(draft, key, reach);
	g_hash_table_iter_init(&iter, reach);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		g_hash_table_add(draft->reach, key);
	return TRUE;
}

static gboolean find_change(struct finder *finder, struct draft *draft, const struct change *change, GError **error)
{
	if (path_has_suffix(change->path, ".c .S"))
		g_ptr_array_add(draft->affected->own, change->path);
	if (path_has_suffix(change->path, ".h"))
		return add_header(finder, draft, change, error);
	/* A .c file that others include is a header to them. */
	if (path_has_suffix(change->path, ".c") && finder->includes)
		add_paths(draft->reached, includes_reach(finder->includes, change->path));
	if (is_makefile(change->path))
		return add_makefile(finder, draft, change, error);
	return TRUE;
}

static struct draft *draft_commit(struct finder *finder, const struct commit *commit, GError **error)
{
	struct draft *draft = g_new0(struct draft, 1);
	struct affected *affected = g_new0(struct affected, 1);
	bool ok = true;

	draft->commit = commit;
	draft->affected = affected;
	draft->reached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	draft->reach = g_hash_table_new(g_str_hash, g_str_equal);
	draft->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	affected->own = g_ptr_array_new();
	affected->reached = g_ptr_array_new_with_free_func(g_free);
	affected->sample = g_ptr_array_new_with_free_func(g_free);
	affected->notes = g_ptr_array_new_with_free_func(g_free);
	affected->unknown = g_ptr_array_new_with_free_func(g_free);
	affected->symbols = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; ok && i < commit->changes->len; i++)
		ok = find_change(finder, draft, commit->changes->pdata[i], error);
	if (ok && add_symbols(finder, draft, error)) {
		add_sample(finder, draft);
		return draft;
	}
	draft_free(draft);
	return NULL;
}

/* The finished list; the draft keeps nothing of it. */
static struct affected *draft_finish(struct draft *draft, GHashTable *files)
{
	struct affected *affected = g_steal_pointer(&draft->affected);
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, draft->asked);
	while (g_hash_table_iter_next(&iter, &key, &value))
		add_named(key, value, g_hash_table_lookup(files, key), draft->reached, affected);
	g_hash_table_iter_init(&iter, draft->reached);
	while (g_hash_table_iter_next(&iter, &key, NULL))
		if (!g_ptr_array_find_with_equal_func(affected->own, key, g_str_equal, NULL))
			g_ptr_array_add(affected->reached, g_strdup(key));
	g_ptr_array_sort(affected->reached, text_compare);
	g_ptr_array_sort(affected->notes, text_compare);
	return affected;
}

static GHashTable *changed_paths(const GPtrArray *commits)
{
	GHashTable *changed = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < commits->len; i++) {
		const struct commit *commit = commits->pdata[i];

		for (guint j = 0; j < commit->changes->len; j++)
			g_hash_table_add(changed, ((struct change *)commit->changes->pdata[j])->path);
	}
	return changed;
}

/* The files that have a name that some draft asks for. */
static GHashTable *find_names(const struct git *git, const char *commit, const GPtrArray *drafts, GError **error)
{
	static const char *const sources[] = { "*.c", "*.S", NULL };
	g_autoptr(GHashTable) all = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char **names = NULL;
	GHashTableIter iter;
	gpointer key;

	for (guint i = 0; i < drafts->len; i++) {
		g_hash_table_iter_init(&iter, ((struct draft *)drafts->pdata[i])->asked);
		while (g_hash_table_iter_next(&iter, &key, NULL))
			g_hash_table_add(all, key);
	}
	names = (char **)g_hash_table_get_keys_as_array(all, NULL);
	if (!*names)
		return g_hash_table_new(g_str_hash, g_str_equal);
	qsort(names, g_strv_length(names), sizeof(*names), text_compare);
	return files_with(git, commit, names, sources, error);
}

static gboolean draft_all(struct finder *finder, const GPtrArray *judged, GPtrArray *drafts, GError **error)
{
	for (guint i = 0; i < judged->len; i++) {
		struct draft *draft = draft_commit(finder, judged->pdata[i], error);

		if (!draft)
			return FALSE;
		g_ptr_array_add(drafts, draft);
		if (interrupted())
			return fail(error, "interrupted; run the same command again to go on");
	}
	return TRUE;
}

GPtrArray *affected_read(const struct git *git, struct cache *cache, const GPtrArray *commits,
			 const GPtrArray *judged, const struct affected_options *options,
			 struct includes **include_lines, GError **error)
{
	g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free), all = NULL;
	g_autoptr(GHashTable) changed = changed_paths(commits), files = NULL;
	struct finder finder = { .git = git, .options = options, .changed = changed };
	const struct commit *first = commits->pdata[0];

	progress_note("reading the #include lines");
	finder.includes = includes_read(git, cache, commits, error);
	finder.batch = finder.includes ? git_batch_open(git, error) : NULL;
	/* Files the range changes are reached anyhow: the others are the same in every commit. */
	if (finder.batch && draft_all(&finder, judged, drafts, error))
		files = find_names(git, first->parent, drafts, error);
	if (files)
		all = g_ptr_array_new_with_free_func((GDestroyNotify)affected_free);
	for (guint i = 0; all && i < drafts->len; i++)
		g_ptr_array_add(all, draft_finish(drafts->pdata[i], files));
	if (finder.batch)
		git_batch_close(finder.batch);
	/* Drafts borrow its paths. */
	g_ptr_array_set_size(drafts, 0);
	if (include_lines && all)
		*include_lines = g_steal_pointer(&finder.includes);
	includes_free(finder.includes);
	return g_steal_pointer(&all);
}
