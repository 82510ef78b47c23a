/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test-alive.h: for tests of what becomes of processes: each has written its
 * id to a file.
 */
#ifndef TEST_ALIVE_H
#define TEST_ALIVE_H

#include <string.h>

#include "util.h"

/* Whether the process whose id stands in the file runs; a zombie does not. */
static inline bool alive(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL), *pid = NULL, *stat = NULL, *text = NULL;

	g_assert_true(g_file_get_contents(path, &pid, NULL, NULL));
	stat = g_strdup_printf("/proc/%s/stat", g_strstrip(pid));
	return g_file_get_contents(stat, &text, NULL, NULL) && !strstr(text, ") Z ");
}

/* Whether it does so throughout the next minute: on a busy machine a killed process takes its time to go. */
static inline bool stays_alive(const char *folder, const char *name)
{
	for (guint i = 0; i < 1200; i++) {
		if (!alive(folder, name))
			return false;
		g_usleep(50000);
	}
	return true;
}

#endif
