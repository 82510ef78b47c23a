// SPDX-License-Identifier: GPL-2.0-only
/*
 * affected-kbuild.c: whose objects a commit to kbuild's own files can change.
 * See affected.h.
 *
 * A Makefile's line is of the objects it names, of their parts where an object
 * is made of several, and of all below the folders it names. A line that names
 * none, as ccflags-y does, is for all below the Makefile's folder, a condition for
 * what stands in it. Where that is the whole kernel, or too much of it, or no
 * source is found of a name, nobody can tell.
 *
 * A symbol of Kconfig is of the sources that name it, of those that may include
 * a header that does, and of the Makefiles' lines that do. Which symbols come
 * out otherwise, the configuration says later (advance.c).
 */
#include <string.h>

#include "affected-draft.h"
#include "tree.h"

/* A Makefile as the commit leaves it, while some of its lines are read. */
struct makefile {
	struct finder *finder;
	const struct commit *commit;
	const char *folder;	/* "" at the top */
	char *text;		/* joined lines are one */
	const char *changed;	/* its changed lines, of both sides, or "" */
	char **below;		/* the paths of the sources below the folder, NULL: not asked for yet */
	GHashTable *found;	/* sources; owned strings, borrowed set */
	bool whole;		/* a line was of everything below the folder */
	bool lost;		/* nobody can tell what a line was of */
};

static void makefile_open(struct makefile *makefile, struct finder *finder, const struct commit *commit,
			  const char *path, GHashTable *found)
{
	g_autofree char *name = g_strdup_printf("%s:%s", commit->id, path), *folder = g_path_get_dirname(path);
	gsize len;
	g_autofree char *text = git_batch_read(finder->batch, name, &len, NULL);
	g_auto(GStrv) parts = g_strsplit(text ? text : "", "\\\n", -1);

	*makefile = (struct makefile){
		.finder = finder,
		.commit = commit,
		.folder = strcmp(folder, ".") ? g_intern_string(folder) : "",
		.text = g_strjoinv(" ", parts),
		.changed = "",
		.found = found,
	};
}

/* What the Makefile calls so. */
static char *resolve(const struct makefile *makefile, const char *name)
{
	g_autofree char *path = g_build_filename("/", makefile->folder, name, NULL);
	g_autofree char *straight = g_canonicalize_filename(path, "/");

	return g_strdup(straight + 1);
}

/* The sources of the object that the commit has. */
static bool add_sources(const struct makefile *makefile, const char *name)
{
	static const char *const suffixes[] = { ".c", ".S" };
	g_autofree char *path = resolve(makefile, name);
	bool any = false;

	for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree char *source = g_strconcat(path, suffixes[i], NULL);
		g_autofree char *blob = g_strdup_printf("%s:%s", makefile->commit->id, source);
		gsize len;
		g_autofree char *text = git_batch_read(makefile->finder->batch, blob, &len, NULL);

		if (!text)
			continue;
		g_hash_table_add(makefile->found, g_steal_pointer(&source));
		any = true;
	}
	return any;
}

/* The paths of the sources that the commit has below the folder. */
static char **sources_below(const struct makefile *makefile, const char *folder)
{
	g_autofree char *below = g_strconcat(folder, "/", NULL);
	g_autofree char *list = git_run_l(makefile->finder->git, NULL, "-c", "core.quotePath=false", "ls-tree", "-r",
					  "--name-only", makefile->commit->id, *folder ? below : NULL, NULL);
	g_auto(GStrv) paths = g_strsplit(list ? list : "", "\n", -1);
	g_autoptr(GStrvBuilder) sources = g_strv_builder_new();

	for (char **path = paths; *path; path++)
		if (path_has_suffix(*path, ".c .S"))
			g_strv_builder_add(sources, *path);
	return g_strv_builder_end(sources);
}

/* Adds every source below the folder, unless there are more than NAMED_AT_MOST; how many there are. */
static guint add_below(const struct makefile *makefile, const char *folder)
{
	g_auto(GStrv) sources = sources_below(makefile, folder);
	guint n = g_strv_length(sources);

	for (guint i = 0; n <= NAMED_AT_MOST && i < n; i++)
		g_hash_table_add(makefile->found, g_strdup(sources[i]));
	return n;
}

static bool is_source_of(const char *path, const char *name)
{
	g_autofree char *base = g_path_get_basename(path);
	size_t len = strlen(name);

	return !strncmp(base, name, len) && base[len] == '.' && path_has_suffix(base, ".c .S");
}

/* Sources of that name further below, as $(addprefix FOLDER/, ...) means them; or the commit removes one. */
static bool add_far(struct makefile *makefile, const char *name)
{
	g_autofree char *base = g_path_get_basename(name);
	bool any = false;

	for (guint i = 0; i < makefile->commit->changes->len; i++) {
		const struct change *change = makefile->commit->changes->pdata[i];

		any |= !change->new_oid && is_source_of(change->path, base);
	}
	if (!makefile->below)
		makefile->below = sources_below(makefile, makefile->folder);
	for (char **path = makefile->below; *path; path++)
		if (is_source_of(*path, base)) {
			g_hash_table_add(makefile->found, g_strdup(*path));
			any = true;
		}
	return any;
}

static bool add_objects(struct makefile *makefile, const char *line, bool whole_object);

/* What an object without a source is made of, as some lines say. */
static bool add_parts(struct makefile *makefile, const char *text, const char *name)
{
	g_autofree char *quoted = g_regex_escape_string(name, -1);
	g_autofree char *pattern = g_strdup_printf("^\\s*%s-\\S.*?[+:]?=(.*)$", quoted);
	g_autoptr(GRegex) list = g_regex_new(pattern, G_REGEX_RAW | G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	bool any = false;

	for (g_regex_match(list, text, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *objects = g_match_info_fetch(match, 1);

		add_objects(makefile, objects, false);
		any = true;
	}
	return any;
}

/* An object; whole_object: it may be made of others. FALSE: there is nothing of that name. */
static bool add_object(struct makefile *makefile, const char *name, bool whole_object)
{
	bool any = add_sources(makefile, name);

	if (!any && whole_object) {
		any = add_parts(makefile, makefile->text, name);
		any |= add_parts(makefile, makefile->changed, name);
	}
	return any;
}

/* The objects of a line, with and without what stands before the name, as in CFLAGS_foo.o. */
static bool add_objects(struct makefile *makefile, const char *line, bool whole_object)
{
	g_autoptr(GRegex) word = g_regex_new("((?:[A-Z][A-Z0-9_]*_)?)([\\w./-]+)\\.o\\b", G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	bool any = false;

	for (g_regex_match(word, line, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *before = g_match_info_fetch(match, 1), *name = g_match_info_fetch(match, 2);
		g_autofree char *whole = g_strconcat(before, name, NULL);
		bool found = add_object(makefile, name, whole_object);

		found |= *before && add_object(makefile, whole, whole_object);
		makefile->lost |= !found && !add_far(makefile, name);
		any = true;
	}
	return any;
}

/* The folders among the words of a line: "obj-y += a/ b/". */
static bool add_folders(struct makefile *makefile, const char *line)
{
	const char *equals = strchr(line, '='), *list = equals ? equals + 1 : line;
	g_auto(GStrv) words = g_strsplit_set(list, " \t\\", -1);
	bool any = false;

	for (char **word = words; *word; word++) {
		g_autofree char *path = NULL;

		/* "-I$(src)/include/" is none. */
		if (!g_str_has_suffix(*word, "/") || **word == '-' || strchr(*word, '$'))
			continue;
		path = resolve(makefile, *word);
		makefile->lost |= add_below(makefile, path) > NAMED_AT_MOST;
		any = true;
	}
	return any;
}

/* Whether what the folder's Makefile says of no object is said of the kernel's. */
static bool is_for_all(const char *folder)
{
	return !*folder || g_str_has_prefix(folder, "scripts") ||
		(g_str_has_prefix(folder, "arch/") && !strchr(folder + strlen("arch/"), '/'));
}

static void take_line(struct makefile *makefile, const char *line)
{
	static const char empty[] = "^\\s*(#.*|(?:ifn?(?:eq|def)|else|endif)\\b.*|[\\w$()-]+\\s*[+:?]?=\\s*\\\\?|\\\\?)$";
	bool named;

	if (g_regex_match_simple(empty, line, G_REGEX_RAW, 0))
		return;
	/* How anything is made stands there. */
	if (g_str_has_prefix(makefile->folder, "scripts")) {
		makefile->lost = true;
		return;
	}
	named = add_objects(makefile, line, true);
	named |= add_folders(makefile, line);
	makefile->whole |= !named;
}

enum condition { CONDITION_NONE, CONDITION_BEGINS, CONDITION_ELSE, CONDITION_ENDS };

static enum condition condition_of(const char *line)
{
	if (g_regex_match_simple("^\\s*ifn?(eq|def)\\b", line, G_REGEX_RAW, 0))
		return CONDITION_BEGINS;
	if (g_regex_match_simple("^\\s*else\\b", line, G_REGEX_RAW, 0))
		return CONDITION_ELSE;
	return g_regex_match_simple("^\\s*endif\\b", line, G_REGEX_RAW, 0) ? CONDITION_ENDS : CONDITION_NONE;
}

/* Adds to the wanted lines all that stand between a condition among them and its end. */
static void want_blocks(char *const *lines, bool *wanted)
{
	g_autoptr(GArray) begins = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autofree bool *touched = g_new0(bool, g_strv_length((char **)lines) + 1);

	/* touched: of a line that begins a condition, whether some line of it is wanted. */
	for (guint i = 0; lines[i]; i++) {
		enum condition condition = condition_of(lines[i]);
		guint begin;

		if (condition == CONDITION_BEGINS)
			g_array_append_val(begins, i);
		if (condition == CONDITION_NONE || !begins->len)
			continue;
		begin = g_array_index(begins, guint, begins->len - 1);
		touched[begin] |= wanted[i];
		if (condition != CONDITION_ENDS)
			continue;
		g_array_set_size(begins, begins->len - 1);
		for (guint j = begin; touched[begin] && j <= i; j++)
			wanted[j] = true;
	}
}

static void take_lines(struct makefile *makefile, char *const *lines, bool *wanted)
{
	want_blocks(lines, wanted);
	for (guint i = 0; lines[i]; i++)
		if (wanted[i])
			take_line(makefile, lines[i]);
}

/* The changed lines of one side. */
static gboolean take_side(struct makefile *makefile, const char *oid, const GArray *changed, GError **error)
{
	g_autofree char *text = NULL;
	g_autofree bool *wanted = NULL;
	g_auto(GStrv) lines = NULL;
	guint n;
	gsize len;

	if (!oid || !changed->len)
		return TRUE;
	text = git_batch_read(makefile->finder->batch, oid, &len, error);
	if (!text)
		return FALSE;
	lines = g_strsplit(text, "\n", -1);
	n = g_strv_length(lines);
	wanted = g_new0(bool, n + 1);
	for (guint i = 0; i < changed->len; i++) {
		guint line = g_array_index(changed, struct changed_line, i).line;

		if (line && line <= n)
			wanted[line - 1] = true;
	}
	take_lines(makefile, lines, wanted);
	return TRUE;
}

/* FALSE: nobody can tell what some line is of. gone: the Makefile, and perhaps its folder. */
static bool makefile_close(struct makefile *makefile, bool gone)
{
	guint below = 0;

	if (makefile->whole && !is_for_all(makefile->folder))
		below = add_below(makefile, makefile->folder);
	if (makefile->whole)
		makefile->lost |= (!below && !gone) || below > NAMED_AT_MOST;
	g_free(makefile->text);
	g_strfreev(makefile->below);
	return !makefile->lost;
}

gboolean add_makefile(struct finder *finder, struct draft *draft, const struct change *change, GError **error)
{
	g_autofree char *quoted = path_quote(change->path);
	struct makefile makefile;
	gboolean ok;

	makefile_open(&makefile, finder, draft->commit, change->path, draft->reached);
	makefile.changed = change->text;
	ok = take_side(&makefile, change->old_oid, change->old_lines, error) &&
	     take_side(&makefile, change->new_oid, change->new_lines, error);
	if (!makefile_close(&makefile, !change->new_oid))
		g_ptr_array_add(draft->affected->unknown,
				g_strdup_printf("%s: nobody can tell which objects these lines change", quoted));
	return ok;
}

/* Whether the word stands in the line as a whole. */
static bool has_word(const char *line, const char *word)
{
	g_autofree char *pattern = g_strdup_printf("\\b%s\\b", word);

	return strstr(line, word) && g_regex_match_simple(pattern, line, G_REGEX_RAW, 0);
}

/* What the symbol's lines of a Makefile are of. */
static bool add_lines(struct finder *finder, struct draft *draft, const char *path, const char *symbol,
		      GHashTable *readers)
{
	struct makefile makefile;
	g_auto(GStrv) lines = NULL;
	g_autofree bool *wanted = NULL;

	makefile_open(&makefile, finder, draft->commit, path, readers);
	lines = g_strsplit(makefile.text, "\n", -1);
	wanted = g_new0(bool, g_strv_length(lines) + 1);
	for (guint i = 0; lines[i]; i++)
		wanted[i] = has_word(lines[i], symbol);
	take_lines(&makefile, lines, wanted);
	return makefile_close(&makefile, false);
}

/* Adds what reads the symbol; paths: the files that name it, or NULL. FALSE: nobody can tell all that does. */
static bool add_readers(struct finder *finder, struct draft *draft, const char *symbol, GHashTable *paths,
			GHashTable *readers)
{
	GHashTableIter iter;
	gpointer path;
	bool all = true;

	if (!paths)
		return true;
	g_hash_table_iter_init(&iter, paths);
	while (g_hash_table_iter_next(&iter, &path, NULL)) {
		if (g_str_has_prefix(path, "tools/"))
			continue;
		if (is_makefile(path))
			all &= add_lines(finder, draft, path, symbol, readers);
		else if (path_has_suffix(path, ".c .S"))
			g_hash_table_add(readers, g_strdup(path));
		add_paths(readers, includes_reach(finder->includes, path));
	}
	return all;
}

/* Whether all that reads the symbol, as y or as m, is reached. */
static bool reach_readers(struct finder *finder, struct draft *draft, const char *symbol, GHashTable *files)
{
	g_autoptr(GHashTable) readers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *module = g_strconcat(symbol, "_MODULE", NULL);
	bool all = add_readers(finder, draft, symbol, g_hash_table_lookup(files, symbol), readers);

	all &= add_readers(finder, draft, module, g_hash_table_lookup(files, module), readers);
	if (g_hash_table_size(readers) > NAMED_AT_MOST)
		return false;
	add_paths(draft->reached, readers);
	return all;
}

/* The files of the commit that name one of the symbols, as y or as m. */
static GHashTable *find_readers(const struct finder *finder, const struct draft *draft, char *const *symbols,
				GError **error)
{
	static const char *const pathspecs[] = { "*.c", "*.S", "*.h", "*Makefile*", "*Kbuild*", "*Platform", NULL };
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) words = NULL;

	for (char *const *symbol = symbols; *symbol; symbol++) {
		g_autofree char *module = g_strconcat(*symbol, "_MODULE", NULL);

		g_strv_builder_add_many(builder, *symbol, module, NULL);
	}
	words = g_strv_builder_end(builder);
	/* At the commit itself: one before it in the range may have brought who reads the symbol. */
	return files_with(finder->git, draft->commit->id, words, pathspecs, error);
}

gboolean add_symbols(struct finder *finder, struct draft *draft, GError **error)
{
	g_autoptr(GHashTable) files = NULL;
	g_autofree char **symbols = NULL;

	if (!note_symbols(finder, draft, error))
		return FALSE;
	symbols = (char **)g_hash_table_get_keys_as_array(draft->affected->symbols, NULL);
	if (!*symbols)
		return TRUE;
	files = find_readers(finder, draft, symbols, error);
	for (char **symbol = symbols; files && *symbol; symbol++) {
		bool all = reach_readers(finder, draft, *symbol, files);

		g_hash_table_insert(draft->affected->symbols, g_strdup(*symbol), GINT_TO_POINTER(all));
	}
	return files != NULL;
}
