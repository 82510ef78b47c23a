// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of guardian.c: what a child of ours started does not outlive us, and
 * what ended before us is left alone.
 */
#include <signal.h>
#include <string.h>

#include "process.h"

static char *folder;

static void sh(const char *script)
{
	const char *const argv[] = { "sh", "-c", script, "sh", folder, NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };

	process_run(&command, &result, NULL);
	process_clear(&result);
}

/* Whether the process whose id stands in the file is there, or a zombie is, after at most some seconds. */
static bool is_gone(const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL), *pid = NULL, *stat = NULL;

	g_assert_true(g_file_get_contents(path, &pid, NULL, NULL));
	stat = g_strdup_printf("/proc/%s/stat", g_strstrip(pid));
	for (guint i = 0; i < 100; i++) {
		g_autofree char *text = NULL;

		if (!g_file_get_contents(stat, &text, NULL, NULL) || strstr(text, ") Z "))
			return true;
		g_usleep(50000);
	}
	return false;
}

static void killed(void)
{
	if (g_test_subprocess()) {
		/* One that came and went, then one that is killed with us. */
		sh("true");
		sh("sleep 60 & echo $! >\"$1/grandchild\"; kill -KILL $PPID; wait");
		return;
	}
	g_test_trap_subprocess(NULL, 30 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	g_assert_true(is_gone("grandchild"));
}

/* A group of its own is nothing of ours, even where it was started below us. */
static void ended(void)
{
	g_autofree char *path = g_build_filename(folder, "apart", NULL), *pid = NULL;

	if (g_test_subprocess()) {
		sh("setsid sleep 60 >/dev/null 2>&1 & echo $! >\"$1/apart\"; sleep 1");
		return;
	}
	g_test_trap_subprocess(NULL, 30 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
	g_assert_true(g_file_get_contents(path, &pid, NULL, NULL));
	g_assert_cmpint(kill(atoi(pid), SIGKILL), ==, 0);
}

int main(int argc, char **argv)
{
	int failed;

	g_test_init(&argc, &argv, NULL);
	if (g_test_subprocess())
		folder = g_strdup(g_getenv("TEST_FOLDER"));
	else
		folder = g_dir_make_tmp("guardian-XXXXXX", NULL);
	g_setenv("TEST_FOLDER", folder, TRUE);
	g_test_add_func("/guardian/what-a-child-started-dies-with-us", killed);
	g_test_add_func("/guardian/another-group-is-left-alone", ended);
	failed = g_test_run();
	if (!g_test_subprocess())
		remove_tree(folder);
	g_free(folder);
	return failed;
}
