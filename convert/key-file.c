// SPDX-License-Identifier: GPL-2.0-only
/*
 * key-file.c: key files in which every line counts. See key-file.h.
 */
#include <string.h>

#include "key-file.h"

static gboolean check_groups(const char *name, const char *text, GError **error)
{
	g_autoptr(GHashTable) groups = g_hash_table_new(g_str_hash, g_str_equal);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);

		if (line[0] == '[' && !g_hash_table_add(groups, (gpointer)line))
			return fail(error, "%s:%u: group %s is given twice", name, i + 1, line);
	}
	return TRUE;
}

GKeyFile *key_file_parse(const char *name, const char *text, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) why = NULL;

	if (!g_key_file_load_from_data(file, text, -1, G_KEY_FILE_NONE, &why)) {
		fail(error, "%s: %s", name, why->message);
		return NULL;
	}
	return check_groups(name, text, error) ? g_steal_pointer(&file) : NULL;
}

gboolean key_file_check(GKeyFile *file, const char *name, const char *group, const char *const *known, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);

	for (guint i = 0; keys && keys[i]; i++)
		if (!g_strv_contains(known, keys[i]))
			return fail(error, "%s: [%s] has an unknown key '%s'", name, group, keys[i]);
	return TRUE;
}
