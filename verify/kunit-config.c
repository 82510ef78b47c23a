// SPDX-License-Identifier: GPL-2.0-only
/*
 * kunit-config.c: the .kunitconfig files of a run, fitted to one commit. See
 * kunit-config.h.
 *
 * Which suites to expect is read from the tree: a Makefile line
 * obj-$(CONFIG_X) names an object, and lines like OBJECT-y the parts of a
 * composite one; the source of either defines struct kunit_suite. What a condition may
 * leave out, in makefile or source, is not expected. So
 * a suite that silently did not run is missed, not forgotten.
 */
#include <string.h>

#include "kconfig.h"
#include "kunit-config.h"

#define DEFAULT_CONFIG "tools/testing/kunit/configs/default.config"

/* kunit.py's own. */
static char *const standard[] = { DEFAULT_CONFIG, NULL };

void kunit_config_free(struct kunit_config *config)
{
	if (!config)
		return;
	g_free(config->text);
	g_strfreev(config->unknown);
	g_strfreev(config->absent);
	g_strfreev(config->suites);
	g_free(config);
}

static char *blob(const struct git *git, const char *commit, const char *path)
{
	g_autofree char *name = g_strdup_printf("%s:%s", commit, path);

	return git_run_l(git, NULL, "cat-file", "blob", name, NULL);
}

static char *read_one(const struct git *git, const char *commit, const char *path)
{
	g_autofree char *inside = g_build_filename(path, ".kunitconfig", NULL);
	char *text = NULL;

	if (g_file_test(path, G_FILE_TEST_IS_REGULAR) && g_file_get_contents(path, &text, NULL, NULL))
		return text;
	text = blob(git, commit, path);
	return text ? text : blob(git, commit, inside);
}

bool kunit_config_exists(const struct git *git, const char *commit, const char *path)
{
	g_autofree char *text = read_one(git, commit, path);

	return text;
}

/* "CONFIG_X=y" and "# CONFIG_X is not set" lines of all files, by symbol without CONFIG_. */
static GHashTable *read_lines(const struct git *git, const char *commit, char *const *paths, GStrvBuilder *absent)
{
	GHashTable *lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GRegex) form = g_regex_new("^(?:CONFIG_(\\w+)=.*|# CONFIG_(\\w+) is not set)$",
					     G_REGEX_MULTILINE, 0, NULL);

	for (char *const *path = paths; *path; path++) {
		g_autofree char *text = read_one(git, commit, *path);
		g_autoptr(GMatchInfo) match = NULL;

		if (!text) {
			g_strv_builder_add(absent, *path);
			continue;
		}
		for (g_regex_match(form, text, 0, &match); g_match_info_matches(match);
		     g_match_info_next(match, NULL)) {
			g_autofree char *set = g_match_info_fetch(match, 1);

			g_hash_table_insert(lines, set && *set ? g_strdup(set) : g_match_info_fetch(match, 2),
					    g_match_info_fetch(match, 0));
		}
	}
	return lines;
}

static char **sorted_keys(GHashTable *table)
{
	guint n;
	char **keys = (char **)g_hash_table_get_keys_as_array(table, &n);

	qsort(keys, n, sizeof(*keys), text_compare);
	return keys;
}

/* Whether a preprocessor line asks for one of the symbols. */
static bool asks_for(const char *line, const char *const *symbols)
{
	g_autoptr(GRegex) form = g_regex_new("\\bCONFIG_(\\w+)", G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	for (g_regex_match(form, line, 0, &match); symbols && g_match_info_matches(match);
	     g_match_info_next(match, NULL)) {
		g_autofree char *symbol = g_match_info_fetch(match, 1);

		if (g_strv_contains(symbols, symbol))
			return true;
	}
	return false;
}

/* A source without what is compiled on some condition, other than that a symbol is on that is. */
static char *unconditional(const char *source, const char *const *symbols)
{
	g_autoptr(GRegex) directive = g_regex_new("^\\h*#\\h*(if(?!ndef)|ifndef|el|endif)", G_REGEX_RAW, 0, NULL);
	g_auto(GStrv) lines = g_strsplit(source, "\n", -1);
	GString *text = g_string_new(NULL);
	guint depth = 0, hidden = 0;

	for (char **line = lines; *line; line++) {
		g_autoptr(GMatchInfo) match = NULL;
		bool is = g_regex_match(directive, *line, 0, &match);
		g_autofree char *word = is ? g_match_info_fetch(match, 1) : NULL;

		if (!word) {
			if (!hidden)
				g_string_append_printf(text, "%s\n", *line);
		} else if (!strcmp(word, "endif")) {
			if (hidden == depth)
				hidden = 0;
			depth -= depth > 0;
		} else {
			depth += *word == 'i';
			if (!hidden && (strcmp(word, "if") || !asks_for(*line, symbols)))
				hidden = depth;
		}
	}
	return g_string_free(text, FALSE);
}

char **kunit_suite_names(const char *source, const char *const *symbols)
{
	g_autoptr(GRegex) form = g_regex_new("struct\\s+kunit_suite\\s+\\w+\\s*=\\s*\\{[^}]*?\\.name\\s*=\\s*\"([^\"]+)\"",
					     G_REGEX_RAW, 0, NULL);
	g_autofree char *compiled = unconditional(source, symbols);
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	g_autoptr(GMatchInfo) match = NULL;

	for (g_regex_match(form, compiled, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *name = g_match_info_fetch(match, 1);

		g_strv_builder_add(names, name);
	}
	return g_strv_builder_end(names);
}

/* The distinct paths of what commit_grep() found, owned. */
static GHashTable *hit_paths(const char *commit, const char *hits)
{
	GHashTable *paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(GStrv) lines = g_strsplit(hits, "\n", -1);

	for (char **line = lines; *line; line++) {
		const char *path = **line ? *line + strlen(commit) + 1 : NULL, *colon = path ? strchr(path, ':') : NULL;

		if (colon)
			g_hash_table_add(paths, g_strndup(path, colon - path));
	}
	return paths;
}

/*
 * What a Makefile's lines give each name: the objects of "obj-$(CONFIG_X)" for one of the symbols by "obj", those
 * that "NAME-y", "NAME-objs" and "NAME-$(CONFIG_X)" make NAME.o of by the name. What depends on a conditional may not
 * be built.
 */
static GHashTable *makefile_words(const char *text, const char *const *symbols)
{
	GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GRegex) form = g_regex_new("^([\\w./-]+)-(?:y|objs|\\$\\(CONFIG_(\\w+)\\))\\h*[:+?]?=([^#]*)",
					     G_REGEX_RAW, 0, NULL);
	g_auto(GStrv) pieces = g_strsplit(text, "\\\n", -1), lines = NULL;
	g_autofree char *whole = g_strjoinv(" ", pieces);
	int depth = 0;

	lines = g_strsplit(whole, "\n", -1);
	for (char **line = lines; *line; line++) {
		const char *start = *line + strspn(*line, " \t");
		g_autoptr(GMatchInfo) match = NULL;
		g_autofree char *name = NULL, *symbol = NULL, *values = NULL;
		GPtrArray *all;
		bool listed;

		depth += g_str_has_prefix(start, "if") - g_str_has_prefix(start, "endif");
		if (!g_regex_match(form, *line, 0, &match))
			continue;
		name = g_match_info_fetch(match, 1);
		symbol = g_match_info_fetch(match, 2);
		values = g_match_info_fetch(match, 3);
		listed = *symbol && g_strv_contains(symbols, symbol);
		if (!strcmp(name, "obj") ? !listed : depth || (*symbol && !listed))
			continue;
		all = g_hash_table_lookup(words, name);
		if (!all) {
			all = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
			g_hash_table_insert(words, g_steal_pointer(&name), all);
		}
		g_ptr_array_add(all, g_strsplit_set(values, " \t", -1));
	}
	return words;
}

/* Adds the sources of the objects that stand by the name in a folder's Makefile; of a composite one, of its parts. */
static void add_sources(GHashTable *words, const char *folder, const char *name, GHashTable *sources)
{
	const GPtrArray *all = g_hash_table_lookup(words, name);
	const char *at = strcmp(folder, ".") ? folder : "";

	for (guint i = 0; all && i < all->len; i++)
		for (char **word = all->pdata[i]; *word; word++) {
			bool is = g_str_has_suffix(*word, ".o");
			g_autofree char *object = is ? g_strndup(*word, strlen(*word) - 2) : NULL;
			g_autofree char *file = object ? g_strconcat(object, ".c", NULL) : NULL;

			if (object && !strcmp(name, "obj") && g_hash_table_contains(words, object))
				add_sources(words, folder, object, sources);
			else if (object)
				g_hash_table_add(sources, g_build_filename(at, file, NULL));
		}
}

/* The sources of the objects that the symbols turn on: a set of paths. */
static GHashTable *find_sources(const struct git *git, const char *commit, char **symbols, GError **error)
{
	static const char *const files[] = { "*Makefile", "*Kbuild", NULL };
	g_autofree char *any = kconfig_any(symbols);
	g_autofree char *pattern = g_strdup_printf("^obj-\\$\\(CONFIG_%s\\)", any);
	g_autofree char *hits = commit_grep(git, commit, pattern, files, error);
	g_autoptr(GHashTable) makefiles = hits ? hit_paths(commit, hits) : NULL;
	GHashTable *sources;
	GHashTableIter iter;
	gpointer makefile;

	if (!makefiles)
		return NULL;
	sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_hash_table_iter_init(&iter, makefiles);
	while (g_hash_table_iter_next(&iter, &makefile, NULL)) {
		g_autofree char *text = blob(git, commit, makefile), *folder = g_path_get_dirname(makefile);
		g_autoptr(GHashTable) words = text ? makefile_words(text, (const char *const *)symbols) : NULL;

		if (words)
			add_sources(words, folder, "obj", sources);
	}
	return sources;
}

static gboolean find_suites(const struct git *git, const char *commit, struct kunit_config *config, char **symbols,
			    GError **error)
{
	g_autoptr(GHashTable) suites = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) sources = find_sources(git, commit, symbols, error), defining = NULL;
	g_autofree char **paths = sources ? sorted_keys(sources) : NULL, **keys = NULL;
	g_autofree char *hits = NULL;
	GHashTableIter iter;
	gpointer path;

	if (!sources)
		return FALSE;
	/* A driver's composite object is of a hundred files. */
	hits = *paths ? commit_grep(git, commit, "struct[[:space:]]+kunit_suite", (const char *const *)paths, error) :
			g_strdup("");
	if (!hits)
		return FALSE;
	defining = hit_paths(commit, hits);
	g_hash_table_iter_init(&iter, defining);
	while (g_hash_table_iter_next(&iter, &path, NULL)) {
		g_autofree char *text = blob(git, commit, path);
		g_auto(GStrv) names = text ? kunit_suite_names(text, (const char *const *)symbols) : NULL;

		for (char **name = names; name && *name; name++)
			g_hash_table_add(suites, g_strdup(*name));
	}
	keys = sorted_keys(suites);
	config->suites = *keys ? g_strdupv(keys) : NULL;
	return TRUE;
}

/* Sorts what the lines say of symbols into text, unknown and asked. */
static gboolean take_lines(const struct git *git, const char *commit, struct kunit_config *config, GHashTable *lines,
			   GStrvBuilder *asked, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GStrvBuilder) unknown = g_strv_builder_new();
	g_autofree char **symbols = sorted_keys(lines);
	g_autoptr(GHashTable) defined = *symbols ? kconfig_defined(git, commit, symbols, error) : NULL;

	if (*symbols && !defined)
		return FALSE;
	for (char **symbol = symbols; *symbol; symbol++) {
		const char *line = g_hash_table_lookup(lines, *symbol);

		if (!g_hash_table_contains(defined, *symbol)) {
			g_strv_builder_add(unknown, *symbol);
			continue;
		}
		g_string_append_printf(text, "%s\n", line);
		if (*line != '#')
			g_strv_builder_add(asked, *symbol);
	}
	config->text = g_strdup(text->str);
	config->unknown = g_strv_builder_end(unknown);
	return TRUE;
}

struct kunit_config *kunit_config_read(const struct git *git, const char *commit, char *const *paths, GError **error)
{
	g_autoptr(GStrvBuilder) absent = g_strv_builder_new(), asked = g_strv_builder_new();
	g_autoptr(GHashTable) lines = read_lines(git, commit, paths ? paths : standard, absent);
	struct kunit_config *config = g_new0(struct kunit_config, 1);
	g_auto(GStrv) on = NULL;
	gboolean ok;

	config->absent = g_strv_builder_end(absent);
	ok = take_lines(git, commit, config, lines, asked, error);
	on = g_strv_builder_end(asked);
	if (ok && (!*on || find_suites(git, commit, config, on, error)))
		return config;
	kunit_config_free(config);
	return NULL;
}
