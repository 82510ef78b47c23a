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
	g_autofree char *any = kconfig_any(symbols);
	g_autofree char *pattern = g_strdup_printf("^[[:space:]]*(menu)?config[[:space:]]+%s[[:space:]]*$", any);
	g_autofree char *hits = commit_grep(git, commit, pattern, files, error);
	g_auto(GStrv) lines = NULL;
	GHashTable *defined;

	if (!hits)
		return NULL;
	defined = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	lines = g_strsplit(hits, "\n", -1);
	for (char **line = lines; *line; line++) {
		const char *word = strrchr(g_strchomp(*line), ' ');
		const char *tab = strrchr(*line, '\t');

		word = tab > word ? tab : word;
		if (word)
			g_hash_table_add(defined, g_strdup(word + 1));
	}
	return defined;
}
