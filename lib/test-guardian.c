// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of guardian.c: what a child of ours started does not outlive us; a
 * group that is forgotten does.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "guardian.h"
#include "process.h"
#include "test-alive.h"

static char *folder;

static void sh(const char *script)
{
	const char *const argv[] = { "sh", "-c", script, "sh", folder, NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };

	process_run(&command, &result, NULL);
	process_clear(&result);
}

static void what_a_child_started_dies_with_us(void)
{
	if (g_test_subprocess()) {
		guardian_start();
		/* One that came and went, then one that is running when we are killed. */
		sh("true");
		sh("sleep 60 & echo $! >\"$1/grandchild\"; kill -KILL $PPID; wait");
		return;
	}
	g_test_trap_subprocess(NULL, 30 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	g_assert_false(stays_alive(folder, "grandchild"));
}

/* A process that sleeps, in a group of its own; its id goes into the file. */
static pid_t sleeper(const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		setpgid(0, 0);
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		execlp("sleep", "sleep", "60", NULL);
		_exit(127);
	}
	/* Whichever comes first: after exec() only the child itself could. */
	setpgid(pid, pid);
	text = g_strdup_printf("%d", (int)pid);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	return pid;
}

static void a_group_that_is_forgotten_is_left_alone(void)
{
	g_autofree char *path = g_build_filename(folder, "forgotten", NULL), *pid = NULL;

	if (g_test_subprocess()) {
		pid_t forgotten = sleeper("forgotten"), watched = sleeper("watched");

		guardian_start();
		guardian_watch(forgotten);
		guardian_watch(watched);
		guardian_forget(forgotten);
		kill(getpid(), SIGKILL);
	}
	g_test_trap_subprocess(NULL, 30 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	/* The one that came first would have been killed first. */
	g_assert_false(stays_alive(folder, "watched"));
	g_assert_true(alive(folder, "forgotten"));
	g_assert_true(g_file_get_contents(path, &pid, NULL, NULL));
	kill(atoi(pid), SIGKILL);
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
	g_test_add_func("/guardian/what-a-child-started-dies-with-us", what_a_child_started_dies_with_us);
	g_test_add_func("/guardian/a-group-that-is-forgotten-is-left-alone", a_group_that_is_forgotten_is_left_alone);
	failed = g_test_run();
	if (!g_test_subprocess())
		remove_tree(folder);
	g_free(folder);
	return failed;
}
