// SPDX-License-Identifier: GPL-2.0-only
/*
 * data.c: where the data that goes with the program is. See data.h.
 *
 * The program may stand in build/, in build/san/, or as a test one folder
 * further down: the nearest place that has the name is the one.
 */
#include "data.h"
#include "project.h"

char *data_path(const char *name, GError **error)
{
	static const char *const places[] = { "../verify", "../../verify", "../../../verify",
		"../share/" CACHE_NAME };
	g_autofree char *variable = g_ascii_strup(CACHE_NAME "_datadir", -1);
	g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = exe ? g_path_get_dirname(exe) : g_strdup(".");
	const char *data = g_getenv(variable);

	if (data)
		return g_build_filename(data, name, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autofree char *place = g_build_filename(folder, places[i], name, NULL);

		if (g_file_test(place, G_FILE_TEST_EXISTS))
			return g_canonicalize_filename(place, NULL);
	}
	fail(error, "no '%s' near '%s'; set %s", name, folder, variable);
	return NULL;
}
