// SPDX-License-Identifier: GPL-2.0-only
/*
 * built.c: whether a commit can change what kbuild last made. See built.h.
 *
 * kbuild leaves a .NAME.cmd file beside each object with all that its
 * compiler read. Only paths are compared: a commit that changes nothing but
 * a comment in a file that was read counts as a change.
 */
#include <string.h>

#include "built.h"
#include "tree.h"

/* What the compiler wrote as "/src/a/../b/x.h" is found as "/src/b/x.h". */
static char *straighten(const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t\n\\()", -1);

	for (char **word = words; *word; word++)
		if (**word == '/' && strstr(*word, "/../")) {
			char *straight = g_canonicalize_filename(*word, NULL);

			g_free(*word);
			*word = straight;
		}
	return g_strjoinv(" ", words);
}

/* Whether the dependencies of one object, as kbuild wrote them down, name a file the commit changes. */
static bool cmd_names(const char *cmd, const struct commit *commit)
{
	g_autofree char *text = NULL;

	if (!g_file_get_contents(cmd, &text, NULL, NULL))
		return false;
	if (strstr(text, "/../")) {
		char *straight = straighten(text);

		g_free(text);
		text = straight;
	}
	for (guint i = 0; i < commit->changes->len; i++) {
		g_autofree char *path = g_strconcat("/", ((struct change *)commit->changes->pdata[i])->path, NULL);

		if (strstr(text, path))
			return true;
	}
	return false;
}

static bool folder_reads(const char *folder, const struct commit *commit)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
			if (folder_reads(path, commit))
				return true;
			continue;
		}
		if (g_str_has_suffix(name, ".cmd") && cmd_names(path, commit))
			return true;
	}
	return false;
}

bool built_from(const char *folder, const struct commit *commit)
{
	for (guint i = 0; i < commit->changes->len; i++)
		if (is_kbuild_file(((const struct change *)commit->changes->pdata[i])->path))
			return true;
	return folder_reads(folder, commit);
}
