// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of process.c and pool.c: that a process and what it started end when
 * they must, that nothing a child writes is lost, and in which order jobs run.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "process.h"
#include "test-alive.h"

static char *folder;

/* Runs a shell script; asserts that it could be started. */
static void sh(const char *script, const char *input, gsize len, guint limit, struct process *result)
{
	const char *const argv[] = { "sh", "-c", script, "sh", folder, NULL };
	struct command command = { .argv = argv, .input = input, .input_len = len, .limit = limit };
	g_autoptr(GError) error = NULL;

	process_run(&command, result, &error);
	g_assert_no_error(error);
}

static void status_and_both_outputs_come_back(void)
{
	struct process result = { 0 };

	sh("echo out; echo err >&2; exit 7", NULL, 0, 0, &result);
	g_assert_cmpint(result.exit, ==, 7);
	g_assert_cmpstr(result.out, ==, "out\n");
	g_assert_cmpuint(result.out_len, ==, 4);
	g_assert_cmpstr(result.err, ==, "err\n");
	g_assert_false(result.timed_out);
	process_clear(&result);
}

static void death_by_signal_is_128_and_its_number(void)
{
	struct process result = { 0 };

	sh("kill -SEGV $$", NULL, 0, 0, &result);
	g_assert_cmpint(result.exit, ==, 128 + SIGSEGV);
	process_clear(&result);
}

static void input_of_megabytes_passes_through(void)
{
	g_autofree char *input = g_malloc(3000000);
	struct process result = { 0 };

	for (guint i = 0; i < 3000000; i++)
		input[i] = i * 2654435761u >> 24;
	sh("tee /dev/stderr", input, 3000000, 0, &result);
	g_assert_cmpint(result.exit, ==, 0);
	g_assert_cmpmem(result.out, result.out_len, input, 3000000);
	g_assert_cmpmem(result.err, 3000000, input, 3000000);
	process_clear(&result);
}

/* The pipe is full when its reader goes: the write fails, and that is no failure of the child. */
static void child_may_ignore_its_input(void)
{
	g_autofree char *input = g_strnfill(1 << 20, 'x');
	struct process result = { 0 };

	sh("echo out; echo err >&2; exit 3", input, 1 << 20, 0, &result);
	g_assert_cmpint(result.exit, ==, 3);
	g_assert_cmpstr(result.out, ==, "out\n");
	g_assert_cmpstr(result.err, ==, "err\n");
	process_clear(&result);
}

static void child_may_close_its_input_and_go_on(void)
{
	g_autofree char *input = g_strnfill(1 << 20, 'x');
	struct process result = { 0 };

	sh("exec <&-; sleep 0.5; echo later; exit 3", input, 1 << 20, 0, &result);
	g_assert_cmpint(result.exit, ==, 3);
	g_assert_cmpstr(result.out, ==, "later\n");
	process_clear(&result);
}

static void without_input_there_is_none(void)
{
	struct process result = { 0 };

	sh("cat", NULL, 0, 10, &result);
	g_assert_cmpint(result.exit, ==, 0);
	g_assert_cmpuint(result.out_len, ==, 0);
	process_clear(&result);
}

static void environment_is_put_on_top_of_ours(void)
{
	static const char *const argv[] = { "sh", "-c", "echo $ONE $TWO; pwd", NULL };
	const char *const env[] = { "TWO=b=c", NULL };
	struct command command = { .argv = argv, .env = env, .cwd = "/" };
	struct process result = { 0 };

	g_setenv("ONE", "a", TRUE);
	g_setenv("TWO", "old", TRUE);
	g_assert_true(process_run(&command, &result, NULL));
	g_assert_cmpstr(result.out, ==, "a b=c\n/\n");
	process_clear(&result);
}

static void time_limit_kills_grandchildren(void)
{
	struct process result = { 0 };
	gint64 start = g_get_monotonic_time();

	sh("(trap '' TERM INT HUP; sleep 60 & echo $! >$1/grandchild; wait) & wait", NULL, 0, 1, &result);
	g_assert_true(result.timed_out);
	g_assert_cmpint(result.exit, ==, 128 + SIGKILL);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
	g_assert_false(stays_alive(folder, "grandchild"));
	process_clear(&result);
}

static void output_before_the_time_limit_is_kept(void)
{
	struct process result = { 0 };

	sh("echo before; sleep 60", NULL, 0, 1, &result);
	g_assert_true(result.timed_out);
	g_assert_cmpstr(result.out, ==, "before\n");
	process_clear(&result);
}

static void what_a_child_leaves_running_is_killed(void)
{
	struct process result = { 0 };

	sh("sleep 60 >/dev/null 2>&1 & echo $! >$1/left; exit 0", NULL, 0, 0, &result);
	g_assert_cmpint(result.exit, ==, 0);
	g_assert_false(stays_alive(folder, "left"));
	process_clear(&result);
}

static void missing_program_is_an_error(void)
{
	static const char *const argv[] = { "/no/such/program", NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;

	g_assert_false(process_run(&command, &result, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	g_assert_nonnull(strstr(error->message, "cannot start '/no/such/program'"));
}

static void check_quotes_the_command_and_its_message(void)
{
	static const char *const argv[] = { "sh", "-c", "echo reason >&2; exit 4", NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;

	g_assert_false(process_check(&command, &result, &error));
	g_assert_nonnull(strstr(error->message, "ended with status 4: reason"));
	g_assert_null(result.out);
}

static void check_names_the_time_limit(void)
{
	static const char *const argv[] = { "sleep", "60", NULL };
	struct command command = { .argv = argv, .limit = 1 };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;

	g_assert_false(process_check(&command, &result, &error));
	g_assert_nonnull(strstr(error->message, "did not end within 1 s"));
}

/* A group of its own, all of which ends at once on an interrupt; "$1/term" is made when it was asked first. */
static const char asks_first[] =
	"trap 'echo asked >\"$1/term\"; exit 1' TERM\n"
	"sleep 60 >/dev/null 2>&1 & echo $! >\"$1/below\"\n"
	"kill -INT $PPID; wait; wait";

static void interrupt_asks_and_then_kills(void)
{
	if (g_test_subprocess()) {
		const char *const argv[] = { "sh", "-c", asks_first, "sh", g_getenv("TEST_FOLDER"), NULL };
		struct command command = { .argv = argv };
		struct process result = { 0 };
		g_autoptr(GError) error = NULL;

		g_assert_false(process_run(&command, &result, &error));
		g_assert_nonnull(strstr(error->message, "interrupted"));
		g_assert_null(result.out);
		return;
	}
	g_setenv("TEST_FOLDER", folder, TRUE);
	g_test_trap_subprocess(NULL, 30 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
	g_assert_false(stays_alive(folder, "below"));
	g_autofree char *term = g_build_filename(folder, "term", NULL);

	g_assert_true(g_file_test(term, G_FILE_TEST_EXISTS));
}

static void interrupt_kills_who_does_not_listen(void)
{
	if (g_test_subprocess()) {
		static const char *const argv[] = {
			"sh", "-c", "trap '' TERM; kill -INT $PPID; while :; do sleep 1; done", NULL };
		struct command command = { .argv = argv };
		struct process result = { 0 };

		g_assert_false(process_run(&command, &result, NULL));
		return;
	}
	g_test_trap_subprocess(NULL, 30 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
}

static void child_dies_with_us(void)
{
	if (g_test_subprocess()) {
		struct process result = { 0 };

		folder = g_strdup(g_getenv("TEST_FOLDER"));
		sh("echo $$ >\"$1/orphan\"; kill -KILL $PPID; exec sleep 60", NULL, 0, 0, &result);
		return;
	}
	g_setenv("TEST_FOLDER", folder, TRUE);
	g_test_trap_subprocess(NULL, 30 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	g_assert_false(stays_alive(folder, "orphan"));
}

/* What the jobs of a pool print, in the order in which they end. */
static GString *seen;

static gboolean note(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	(void)pool;
	(void)error;
	g_string_append(seen, result->out);
	if (data)
		g_string_append(seen, data);
	return TRUE;
}

static void add(struct pool *pool, const char *script, gint64 weight, pool_done done, gpointer data)
{
	/* The pool copies: what is given here is gone before the job starts. */
	g_autofree char *copy = g_strdup(script);
	const char *const argv[] = { "sh", "-c", copy, "sh", folder, NULL };
	struct command command = { .argv = argv };

	pool_add(pool, &command, weight, done, data);
}

static void assert_pool_ends(struct pool *pool, const char *output)
{
	g_autoptr(GError) error = NULL;

	pool_run(pool, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(seen->str, ==, output);
	pool_free(pool);
	g_string_truncate(seen, 0);
}

static void heavier_jobs_start_first(void)
{
	struct pool *pool = pool_new(1, NULL);

	add(pool, "echo 2", 2, note, NULL);
	add(pool, "echo 30", G_MAXINT64, note, NULL);
	add(pool, "echo 1", 1, note, NULL);
	add(pool, "echo 3", 3, note, NULL);
	assert_pool_ends(pool, "30\n3\n2\n1\n");
}

static void equal_jobs_start_in_order(void)
{
	struct pool *pool = pool_new(1, NULL);
	g_autoptr(GString) want = g_string_new(NULL);

	for (guint i = 0; i < 20; i++) {
		g_autofree char *script = g_strdup_printf("echo %u", i);

		add(pool, script, 5, note, NULL);
		g_string_append_printf(want, "%u\n", i);
	}
	assert_pool_ends(pool, want->str);
}

static void as_many_run_at_once_as_asked(void)
{
	struct pool *pool = pool_new(3, NULL);

	/* Each waits for the other two. */
	for (guint i = 0; i < 3; i++)
		add(pool, "mktemp \"$1/at-once-XXXXXX\" >/dev/null\n"
		    "for i in 1 2 3 4 5 6 7 8 9 10; do set -- \"$1\" \"$1\"/at-once-*; [ $# -ge 4 ] && exec echo x;"
		    " set -- \"$1\"; sleep 1; done", 1, note, NULL);
	assert_pool_ends(pool, "x\nx\nx\n");
}

static void no_more_run_at_once_than_asked(void)
{
	struct pool *pool = pool_new(2, NULL);

	for (guint i = 0; i < 6; i++)
		add(pool, "d=$(mktemp -d \"$1/busy-XXXXXX\"); set -- \"$1\"/busy-*; [ $# -le 2 ] || echo $#;"
		    " sleep 0.1; rmdir \"$d\"", 1, note, NULL);
	assert_pool_ends(pool, "");
}

static gboolean add_another(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	(void)error;
	g_string_append(seen, result->out);
	add(pool, "echo more", 9, note, data);
	add(pool, "echo last", 0, note, NULL);
	return TRUE;
}

static void callback_adds_jobs(void)
{
	struct pool *pool = pool_new(1, NULL);

	add(pool, "echo first", 1, add_another, "!");
	assert_pool_ends(pool, "first\nmore\n!last\n");
}

static gboolean refuse(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	(void)pool;
	(void)result;
	(void)data;
	return fail(error, "refused");
}

static void error_in_a_callback_stops_the_pool(void)
{
	struct pool *pool = pool_new(2, NULL);
	g_autoptr(GError) error = NULL;
	gint64 start = g_get_monotonic_time();

	add(pool, "sleep 60 & echo $! >\"$1/stopped\"; wait", 9, note, NULL);
	add(pool, "while ! [ -s \"$1/stopped\" ]; do sleep 0.1; done", 5, refuse, NULL);
	add(pool, "echo never", 1, note, NULL);
	g_assert_false(pool_run(pool, &error));
	g_assert_cmpstr(error->message, ==, "refused");
	g_assert_cmpstr(seen->str, ==, "");
	g_assert_cmpint(g_get_monotonic_time() - start, <, 30 * G_USEC_PER_SEC);
	g_assert_false(stays_alive(folder, "stopped"));
	pool_free(pool);
}

static void job_that_cannot_start_stops_the_pool(void)
{
	static const char *const argv[] = { "/no/such/program", NULL };
	struct command command = { .argv = argv };
	struct pool *pool = pool_new(1, NULL);
	g_autoptr(GError) error = NULL;

	pool_add(pool, &command, 9, note, NULL);
	add(pool, "echo never", 1, note, NULL);
	g_assert_false(pool_run(pool, &error));
	g_assert_nonnull(strstr(error->message, "cannot start"));
	g_assert_cmpstr(seen->str, ==, "");
	pool_free(pool);
}

static void status_is_the_callbacks_to_judge(void)
{
	struct pool *pool = pool_new(1, NULL);

	add(pool, "echo failed; exit 1", 1, note, NULL);
	assert_pool_ends(pool, "failed\n");
}

static void pool_may_run_again(void)
{
	struct pool *pool = pool_new(1, NULL);

	add(pool, "echo one", 1, note, NULL);
	g_assert_true(pool_run(pool, NULL));
	add(pool, "echo two", 1, note, NULL);
	assert_pool_ends(pool, "one\ntwo\n");
}

static void limit_holds_for_each_job(void)
{
	static const char *const argv[] = { "sh", "-c", "echo short; sleep 60", NULL };
	struct command command = { .argv = argv, .limit = 1 };
	struct pool *pool = pool_new(2, NULL);

	pool_add(pool, &command, 1, note, NULL);
	pool_add(pool, &command, 1, note, NULL);
	assert_pool_ends(pool, "short\nshort\n");
}

static void interrupt_stops_the_pool(void)
{
	if (g_test_subprocess()) {
		struct pool *pool = pool_new(2, NULL);
		g_autoptr(GError) error = NULL;

		folder = g_strdup(g_getenv("TEST_FOLDER"));
		add(pool, "sleep 60 & echo $! >\"$1/interrupted\"; kill -TERM $PPID; wait", 9, note, NULL);
		add(pool, "sleep 60", 9, note, NULL);
		add(pool, "echo never >\"$1/never\"", 1, note, NULL);
		g_assert_false(pool_run(pool, &error));
		g_assert_nonnull(strstr(error->message, "interrupted"));
		pool_free(pool);
		g_free(folder);
		return;
	}
	g_autofree char *never = g_build_filename(folder, "never", NULL);

	g_setenv("TEST_FOLDER", folder, TRUE);
	g_test_trap_subprocess(NULL, 40 * G_USEC_PER_SEC, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
	g_assert_false(stays_alive(folder, "interrupted"));
	g_assert_false(g_file_test(never, G_FILE_TEST_EXISTS));
}

static void version_is_the_first_line_or_nothing(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *git = process_version("git", NULL), *none = process_version("no-such", &error);

	g_assert_true(g_str_has_prefix(git, "git version "));
	g_assert_null(strchr(git, '\n'));
	g_assert_null(none);
	g_assert_nonnull(strstr(error->message, "no-such"));
}

static void add_process_tests(void)
{
	g_test_add_func("/process/status-and-both-outputs-come-back", status_and_both_outputs_come_back);
	g_test_add_func("/process/death-by-signal-is-128-and-its-number", death_by_signal_is_128_and_its_number);
	g_test_add_func("/process/input-of-megabytes-passes-through", input_of_megabytes_passes_through);
	g_test_add_func("/process/child-may-ignore-its-input", child_may_ignore_its_input);
	g_test_add_func("/process/child-may-close-its-input-and-go-on", child_may_close_its_input_and_go_on);
	g_test_add_func("/process/without-input-there-is-none", without_input_there_is_none);
	g_test_add_func("/process/environment-is-put-on-top-of-ours", environment_is_put_on_top_of_ours);
	g_test_add_func("/process/time-limit-kills-grandchildren", time_limit_kills_grandchildren);
	g_test_add_func("/process/output-before-the-time-limit-is-kept", output_before_the_time_limit_is_kept);
	g_test_add_func("/process/what-a-child-leaves-running-is-killed", what_a_child_leaves_running_is_killed);
	g_test_add_func("/process/missing-program-is-an-error", missing_program_is_an_error);
	g_test_add_func("/process/check-quotes-the-command-and-its-message", check_quotes_the_command_and_its_message);
	g_test_add_func("/process/check-names-the-time-limit", check_names_the_time_limit);
	g_test_add_func("/process/version-is-the-first-line-or-nothing", version_is_the_first_line_or_nothing);
	g_test_add_func("/process/interrupt-asks-and-then-kills", interrupt_asks_and_then_kills);
	g_test_add_func("/process/interrupt-kills-who-does-not-listen", interrupt_kills_who_does_not_listen);
	g_test_add_func("/process/child-dies-with-us", child_dies_with_us);
}

static void add_pool_tests(void)
{
	g_test_add_func("/pool/heavier-jobs-start-first", heavier_jobs_start_first);
	g_test_add_func("/pool/equal-jobs-start-in-order", equal_jobs_start_in_order);
	g_test_add_func("/pool/as-many-run-at-once-as-asked", as_many_run_at_once_as_asked);
	g_test_add_func("/pool/no-more-run-at-once-than-asked", no_more_run_at_once_than_asked);
	g_test_add_func("/pool/callback-adds-jobs", callback_adds_jobs);
	g_test_add_func("/pool/error-in-a-callback-stops-the-pool", error_in_a_callback_stops_the_pool);
	g_test_add_func("/pool/job-that-cannot-start-stops-the-pool", job_that_cannot_start_stops_the_pool);
	g_test_add_func("/pool/status-is-the-callbacks-to-judge", status_is_the_callbacks_to_judge);
	g_test_add_func("/pool/pool-may-run-again", pool_may_run_again);
	g_test_add_func("/pool/limit-holds-for-each-job", limit_holds_for_each_job);
	g_test_add_func("/pool/interrupt-stops-the-pool", interrupt_stops_the_pool);
}

int main(int argc, char **argv)
{
	g_autofree char *made = NULL;
	int status;

	made = folder = g_dir_make_tmp("test-process-XXXXXX", NULL);
	g_setenv("XDG_CACHE_HOME", folder, TRUE);
	interrupt_setup();
	g_test_init(&argc, &argv, NULL);
	seen = g_string_new(NULL);
	add_process_tests();
	add_pool_tests();
	status = g_test_run();
	g_string_free(seen, TRUE);
	remove_tree(made);
	return status;
}
