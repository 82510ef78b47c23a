// SPDX-License-Identifier: GPL-2.0-only
/*
 * "subsystem PATH...": which subsystem the paths belong to.
 *
 * One line a path on stdout, "path<TAB>slug<TAB>title". With --all one line a
 * section that matches, the best first, "path<TAB>depth<TAB>slug<TAB>title":
 * what the choice was made from, and what tests/maintainers.sh compares with
 * the tree's own get_maintainer.pl. Paths need not exist.
 */
#include <stdio.h>

#include "maintainers.h"

static void add_choice(GString *out, struct maintainers *m, const char *path)
{
	const struct subsystem *s = maintainers_subsystem(m, path);
	g_autofree char *quoted = path_quote(path);

	g_string_append_printf(out, "%s\t%s\t%s\n", quoted, s->slug, s->title);
}

static void add_matches(GString *out, const struct maintainers *m, const char *path)
{
	g_autoptr(GArray) all = maintainers_all(m, path);
	g_autofree char *quoted = path_quote(path);

	for (guint i = 0; i < all->len; i++) {
		const struct subsystem_match *match = &g_array_index(all, struct subsystem_match, i);

		g_string_append_printf(out, "%s\t%d\t%s\t%s\n", quoted, match->depth,
				       match->subsystem->slug, match->subsystem->title);
	}
}

static gboolean print_subsystems(const char *kernel, const char *tag, gboolean all, char **paths, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct maintainers *m = NULL;
	struct git *git = git_open(kernel, error);

	if (git)
		m = maintainers_read(git, tag, error);
	for (guint i = 0; m && paths[i]; i++) {
		if (all)
			add_matches(out, m, paths[i]);
		else
			add_choice(out, m, paths[i]);
	}
	fputs(out->str, stdout);
	g_clear_pointer(&git, git_free);
	if (!m)
		return FALSE;
	maintainers_free(m);
	return TRUE;
}

int cmd_subsystem(int argc, char **argv, GError **error)
{
	g_autofree char *kernel = NULL, *tag = NULL;
	g_auto(GStrv) paths = NULL;
	gboolean all = FALSE;
	const GOptionEntry entries[] = {
		{ "kernel", 'k', 0, G_OPTION_ARG_FILENAME, &kernel, "the kernel repository", "LINUX" },
		{ "tag", 't', 0, G_OPTION_ARG_STRING, &tag, "the tag whose MAINTAINERS decides", "TAG" },
		{ "all", 0, 0, G_OPTION_ARG_NONE, &all, "every section that matches, with its depth", NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, "PATH..." },
		{ NULL }
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- which subsystem the paths belong to");

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return STATUS_UNDECIDED;
	if (!kernel || !tag || !paths) {
		fail(error, "subsystem: -k LINUX, -t TAG and a path are needed");
		return STATUS_UNDECIDED;
	}
	return print_subsystems(kernel, tag, all, paths, error) ? STATUS_HOLDS : error_status(*error);
}
