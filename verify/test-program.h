/* SPDX-License-Identifier: GPL-2.0-only */
/* test-program.h: for tests that run the program itself, which stands beside the folder they are in. */
#ifndef TEST_PROGRAM_H
#define TEST_PROGRAM_H

#include "process.h"
#include "project.h"

/* From here on scripts find it as $VERIFY. */
static inline void program_export(void)
{
	g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL), *here = g_path_get_dirname(exe);
	g_autofree char *program = g_build_filename(here, "..", VERIFY_NAME, NULL);

	g_setenv("VERIFY", program, TRUE);
}

/* Runs it in the folder with arguments as a shell reads them, and checks its status: to be cleared. */
static inline void program_run(const char *folder, const char *arguments, int status, struct process *result)
{
	g_autofree char *line = g_strdup_printf("exec \"$VERIFY\" %s", arguments);
	const char *const argv[] = { "sh", "-c", line, NULL };
	struct command command = { .argv = argv, .cwd = folder };
	g_autoptr(GError) error = NULL;

	process_run(&command, result, &error);
	g_assert_no_error(error);
	if (result->exit != status)
		g_test_message("%s: status %d\n%s%s", arguments, result->exit, result->out, result->err);
	g_assert_cmpint(result->exit, ==, status);
}

/* The same: what it printed. */
static inline char *program_output(const char *folder, const char *arguments, int status)
{
	struct process result = { 0 };

	program_run(folder, arguments, status, &result);
	g_free(result.err);
	return result.out;
}

#endif
