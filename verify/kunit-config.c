// SPDX-License-Identifier: GPL-2.0-only
/*
 * kunit-config.c: the .kunitconfig files of a run, fitted to one commit. See
 * kunit-config.h.
 *
 * Which suites to expect is read from the tree: a Makefile line
 * obj-$(CONFIG_X) names an object, its source defines struct kunit_suite. So
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

char **kunit_suite_names(const char *source)
{
	g_autoptr(GRegex) form = g_regex_new("struct\\s+kunit_suite\\s+\\w+\\s*=\\s*\\{[^}]*?\\.name\\s*=\\s*\"([^\"]+)\"",
					     G_REGEX_RAW, 0, NULL);
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();
	g_autoptr(GMatchInfo) match = NULL;

	for (g_regex_match(form, source, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *name = g_match_info_fetch(match, 1);

		g_strv_builder_add(names, name);
	}
	return g_strv_builder_end(names);
}

/* "COMMIT:lib/Makefile:obj-$(CONFIG_X) += x_kunit.o": the suites of lib/x_kunit.c. */
static void add_suites(const struct git *git, const char *commit, const char *line, GHashTable *suites)
{
	const char *path = line + strlen(commit) + 1, *colon = strchr(path, ':');
	const char *equals = colon ? strchr(colon, '=') : NULL;
	g_autofree char *makefile = equals ? g_strndup(path, colon - path) : NULL;
	g_autofree char *folder = makefile ? g_path_get_dirname(makefile) : NULL;
	g_auto(GStrv) words = equals ? g_strsplit_set(equals + 1, " \t\\", -1) : NULL;

	for (char **word = words; word && *word; word++) {
		g_autofree char *name = NULL, *source = NULL, *text = NULL;
		g_auto(GStrv) names = NULL;

		if (!g_str_has_suffix(*word, ".o"))
			continue;
		name = g_strdup_printf("%.*s.c", (int)strlen(*word) - 2, *word);
		source = g_build_filename(strcmp(folder, ".") ? folder : "", name, NULL);
		text = blob(git, commit, source);
		names = text ? kunit_suite_names(text) : NULL;
		for (char **suite = names; suite && *suite; suite++)
			g_hash_table_add(suites, g_strdup(*suite));
	}
}

static gboolean find_suites(const struct git *git, const char *commit, struct kunit_config *config, char **symbols,
			    GError **error)
{
	static const char *const files[] = { "*Makefile", "*Kbuild", NULL };
	g_autoptr(GHashTable) suites = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *any = kconfig_any(symbols);
	g_autofree char *pattern = g_strdup_printf("^obj-\\$\\(CONFIG_%s\\)", any);
	g_autofree char *hits = commit_grep(git, commit, pattern, files, error);
	g_auto(GStrv) lines = NULL;
	g_autofree char **keys = NULL;

	if (!hits)
		return FALSE;
	lines = g_strsplit(hits, "\n", -1);
	for (char **line = lines; *line; line++)
		if (**line)
			add_suites(git, commit, *line, suites);
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
