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

#include "affected.h"
#include "progress.h"
#include "scan.h"
#include "tree.h"

#define NAMED_AT_MOST 400
/* Not every candidate of the sample is one the configuration builds. */
#define CANDIDATES(sample) ((sample) * 2)

struct finder {
	const struct git *git;
	struct git_batch *batch;
	struct includes *includes;
	const struct affected_options *options;
	GHashTable *changed;	/* paths the range changes anywhere */
};

/* What is known of one commit before the names were looked for. */
struct draft {
	struct affected *affected;
	GHashTable *reached;	/* set of paths, becomes affected->reached */
	GHashTable *reach;	/* what may include a header of this commit; borrowed paths */
	GHashTable *asked;	/* name -> GPtrArray of the sets it is looked for in */
};

static void affected_free(struct affected *affected)
{
	g_ptr_array_unref(affected->own);
	g_ptr_array_unref(affected->reached);
	g_ptr_array_unref(affected->sample);
	g_ptr_array_unref(affected->notes);
	g_ptr_array_unref(affected->unknown);
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

static gboolean scan_side(struct finder *finder, const char *oid, const GArray *changed, GHashTable *names,
			  GError **error)
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
	scan_names(scan, lines, names);
	scan_free(scan);
	return TRUE;
}

/* The names declared on the header's changed lines, of both sides. */
static GHashTable *declared_names(struct finder *finder, const struct change *change, GError **error)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	if (!scan_side(finder, change->old_oid, change->old_lines, names, error) ||
	    !scan_side(finder, change->new_oid, change->new_lines, names, error))
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

/* Which files of a commit have which of the words: word -> set of paths, from one git grep. */
static GHashTable *files_with(const struct git *git, const char *commit, char **words, GError **error)
{
	const char *const start[] = { "git", "-C", git->dir, "grep", "-o", "-z", "-w", "-F", "-I", "--no-color",
		"--threads=2", NULL };
	const char *const end[] = { commit, "--", "*.c", "*.S", NULL };
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
	g_auto(GStrv) args = NULL;
	struct command command = { 0 };
	struct process result = { 0 };
	GHashTable *files = NULL;

	g_strv_builder_addv(argv, (const char **)start);
	for (char **word = words; *word; word++)
		g_strv_builder_add_many(argv, "-e", *word, NULL);
	g_strv_builder_addv(argv, (const char **)end);
	args = g_strv_builder_end(argv);
	command.argv = (const char *const *)args;
	if (process_run(&command, &result, error)) {
		if (result.exit > 1)
			fail(error, "cannot search commit '%s': %s", commit, result.err);
		else
			files = parse_hits(result.out, strlen(commit) + 1);
	}
	process_clear(&result);
	return files;
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
			may = !reaches->pdata[i] || g_hash_table_contains(reaches->pdata[i], file);
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

/* Files with the name are looked for once all names are known; reach NULL: anywhere. */
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

/* Asks for the symbols in whose entries of a Kconfig file lines change. */
static gboolean add_entries(struct finder *finder, struct draft *draft, const char *oid, const GArray *changed,
			    GError **error)
{
	g_autoptr(GRegex) entry = g_regex_new("^(?:menu)?config\\s+(\\w+)", G_REGEX_RAW, 0, NULL);
	g_autofree char *text = NULL, *symbol = NULL;
	g_auto(GStrv) lines = NULL;
	guint next = 0;
	gsize len;

	if (!oid || !changed->len)
		return TRUE;
	text = git_batch_read(finder->batch, oid, &len, error);
	if (!text)
		return FALSE;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] && next < changed->len; i++) {
		g_autoptr(GMatchInfo) match = NULL;

		if (g_regex_match(entry, lines[i], 0, &match)) {
			g_autofree char *name = g_match_info_fetch(match, 1);

			g_free(symbol);
			symbol = g_strconcat("CONFIG_", name, NULL);
		}
		if (g_array_index(changed, struct changed_line, next).line != i + 1)
			continue;
		next++;
		if (symbol)
			ask(draft, symbol, NULL);
	}
	return TRUE;
}

/* The source of an object that a Makefile names, path without its suffix, where the commit has one. */
static void add_source(struct finder *finder, struct draft *draft, const char *commit, const char *path)
{
	static const char *const suffixes[] = { ".c", ".S" };

	for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		char *source = g_strconcat(path, suffixes[i], NULL);
		g_autofree char *name = g_strdup_printf("%s:%s", commit, source);
		gsize len;
		g_autofree char *text = git_batch_read(finder->batch, name, &len, NULL);

		if (text)
			g_hash_table_add(draft->reached, source);
		else
			g_free(source);
	}
}

/* The objects of a Makefile's line, with and without what stands before the name, as in CFLAGS_foo.o. */
static bool add_objects(struct finder *finder, struct draft *draft, const char *commit, const char *folder,
			const char *line)
{
	const char *below = strcmp(folder, ".") ? folder : "";
	g_autoptr(GRegex) word = g_regex_new("((?:[A-Z][A-Z0-9_]*_)?)([\\w./-]+)\\.o\\b", G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	bool any = false;

	for (g_regex_match(word, line, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *before = g_match_info_fetch(match, 1), *name = g_match_info_fetch(match, 2);
		g_autofree char *whole = g_strconcat(before, name, NULL);
		g_autofree char *path = g_build_filename(below, name, NULL);
		g_autofree char *whole_path = g_build_filename(below, whole, NULL);

		add_source(finder, draft, commit, path);
		add_source(finder, draft, commit, whole_path);
		any = true;
	}
	return any;
}

/* Every source of the folder; FALSE without an error where it has none. */
static bool add_folder(struct finder *finder, struct draft *draft, const char *commit, const char *folder)
{
	g_autofree char *below = g_strconcat(folder, "/", NULL);
	g_autofree char *list = !strcmp(folder, ".") ? NULL :
		git_run_l(finder->git, NULL, "ls-tree", "--name-only", commit, below, NULL);
	g_auto(GStrv) paths = g_strsplit(list ? list : "", "\n", -1);
	bool any = false;

	for (char **path = paths; *path; path++)
		if (path_has_suffix(*path, ".c .S")) {
			g_hash_table_add(draft->reached, g_strdup(*path));
			any = true;
		}
	return any;
}

/*
 * A Makefile: the objects its changed lines name. A line that names none, as ccflags-y does, is for all of the
 * folder; that of a folder without sources may be for any.
 */
static void add_makefile(struct finder *finder, struct draft *draft, const char *commit, const struct change *change)
{
	g_autoptr(GRegex) nothing = g_regex_new("^\\s*(#.*|(ifn?(eq|def)|else|endif)\\b.*|[\\w$()-]+\\s*[+:?]?=\\s*"
						"([\\w./-]+/\\s*)*\\\\?|([\\w./-]+/\\s*)*\\\\?)$", G_REGEX_RAW, 0, NULL);
	g_autofree char *folder = g_path_get_dirname(change->path);
	g_auto(GStrv) lines = g_strsplit(change->text, "\n", -1);
	bool whole = false;

	for (char **line = lines; *line; line++)
		whole |= !add_objects(finder, draft, commit, folder, *line) && !g_regex_match(nothing, *line, 0, NULL);
	if (whole && !add_folder(finder, draft, commit, folder)) {
		g_autofree char *quoted = path_quote(change->path);

		g_ptr_array_add(draft->affected->unknown,
				g_strdup_printf("%s: nobody can tell which objects these lines change", quoted));
	}
}

static gboolean find_change(struct finder *finder, struct draft *draft, const char *commit, const struct change *change,
			    GError **error)
{
	if (path_has_suffix(change->path, ".c .S"))
		g_ptr_array_add(draft->affected->own, change->path);
	if (path_has_suffix(change->path, ".h"))
		return add_header(finder, draft, change, error);
	/* A .c file that others include is a header to them. */
	if (path_has_suffix(change->path, ".c") && finder->includes) {
		GHashTableIter iter;
		gpointer key;

		g_hash_table_iter_init(&iter, includes_reach(finder->includes, change->path));
		while (g_hash_table_iter_next(&iter, &key, NULL))
			g_hash_table_add(draft->reached, g_strdup(key));
	}
	if (is_kconfig_file(change->path))
		return add_entries(finder, draft, change->old_oid, change->old_lines, error) &&
		       add_entries(finder, draft, change->new_oid, change->new_lines, error);
	if (is_makefile(change->path))
		add_makefile(finder, draft, commit, change);
	return TRUE;
}

static struct draft *draft_commit(struct finder *finder, const struct commit *commit, GError **error)
{
	struct draft *draft = g_new0(struct draft, 1);
	struct affected *affected = g_new0(struct affected, 1);
	bool ok = true;

	draft->affected = affected;
	draft->reached = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	draft->reach = g_hash_table_new(g_str_hash, g_str_equal);
	draft->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	affected->own = g_ptr_array_new();
	affected->reached = g_ptr_array_new_with_free_func(g_free);
	affected->sample = g_ptr_array_new_with_free_func(g_free);
	affected->notes = g_ptr_array_new_with_free_func(g_free);
	affected->unknown = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; ok && i < commit->changes->len; i++)
		ok = find_change(finder, draft, commit->id, commit->changes->pdata[i], error);
	if (ok) {
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
	return files_with(git, commit, names, error);
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
			 const GPtrArray *judged, const struct affected_options *options, GError **error)
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
	includes_free(finder.includes);
	return g_steal_pointer(&all);
}
