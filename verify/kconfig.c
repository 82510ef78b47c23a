// SPDX-License-Identifier: GPL-2.0-only
/*
 * kconfig.c: which symbols a commit's Kconfig files define. See kconfig.h.
 *
 * Asked of the commit with git grep, so that it is known before anything of
 * it is checked out: the definition of a symbol is a line of its own.
 */
#include <string.h>

#include "kconfig.h"

char *commit_grep(const struct git *git, const char *commit, const char *pattern, const char *const *files,
		  GError **error)
{
	const char *const start[] = { "git", "-C", git->dir, "grep", "--no-color", "-E", "-e", pattern, commit, "--",
		NULL };
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
	g_auto(GStrv) args = NULL;
	struct command command = { 0 };
	struct process result = { 0 };
	char *text = NULL;

	g_strv_builder_addv(argv, (const char **)start);
	g_strv_builder_addv(argv, (const char **)files);
	args = g_strv_builder_end(argv);
	command.argv = (const char *const *)args;
	if (process_run(&command, &result, error)) {
		if (result.exit > 1)
			fail(error, "cannot search commit '%s': %s", commit, result.err);
		else
			text = g_steal_pointer(&result.out);
	}
	process_clear(&result);
	return text;
}

char *kconfig_any(char *const *symbols)
{
	g_autofree char *all = g_strjoinv("|", (char **)symbols);

	return g_strdup_printf("(%s)", all);
}

GHashTable *kconfig_defined(const struct git *git, const char *commit, char *const *symbols, GError **error)
{
	static const char *const files[] = { "*Kconfig*", NULL };
	g_autofree char *any = symbols ? kconfig_any(symbols) : g_strdup("[A-Za-z0-9_]+");
	g_autofree char *pattern = g_strdup_printf("^[[:space:]]*(menu)?config[[:space:]]+%s[[:space:]]*(#.*)?$", any);
	g_autofree char *hits = commit_grep(git, commit, pattern, files, error);
	g_autoptr(GRegex) line = g_regex_new(":\\h*(?:menu)?config\\h+(\\w+)\\h*(?:#.*)?$",
					     G_REGEX_MULTILINE | G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	GHashTable *defined;

	if (!hits)
		return NULL;
	defined = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (g_regex_match(line, hits, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL))
		g_hash_table_add(defined, g_match_info_fetch(match, 1));
	return defined;
}

/* CONFIG_X -> what it is, of the lines of a .config that set it; borrows and cuts the text. */
static GHashTable *kconfig_values(char *dotconfig)
{
	GHashTable *values = g_hash_table_new(g_str_hash, g_str_equal);

	for (char *line = dotconfig, *next; line && *line; line = next) {
		char *end = strchr(line, '\n'), *equals;

		next = end ? end + 1 : NULL;
		if (end)
			*end = '\0';
		equals = g_str_has_prefix(line, "CONFIG_") ? strchr(line, '=') : NULL;
		if (!equals)
			continue;
		*equals = '\0';
		g_hash_table_insert(values, line, equals + 1);
	}
	return values;
}

/* Adds those of a that b does not have, or, where also is set, has as something else. */
static void add_differing(GHashTable *a, GHashTable *b, bool also, GPtrArray *names)
{
	GHashTableIter iter;
	gpointer name, value;

	g_hash_table_iter_init(&iter, a);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		const char *other = g_hash_table_lookup(b, name);

		if (!other || (also && strcmp(other, value)))
			g_ptr_array_add(names, g_strdup(name));
	}
}

GPtrArray *kconfig_differing(const char *before, const char *after)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *old_text = g_strdup(before), *new_text = g_strdup(after);
	g_autoptr(GHashTable) old_values = kconfig_values(old_text), new_values = kconfig_values(new_text);

	add_differing(old_values, new_values, true, names);
	add_differing(new_values, old_values, false, names);
	g_ptr_array_sort(names, text_compare);
	return names;
}
