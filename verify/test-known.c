// SPDX-License-Identifier: GPL-2.0-only
/* Reports that kernels are known to make: in a log, and in guests that are booted. */
#include "console.h"
#include "data.h"
#include "known.h"
#include "test-booted.h"

#define START \
	"[ 1.0] ktap: 1..1\n[ 1.0] ktap:     # Subtest: smoke\n[ 1.0] ktap:     1..1\n" \
	"[ 1.0] ktap:     # start a\n"
#define END "[ 3.0] ktap:     ok 1 a\n[ 3.0] ktap: ok 1 smoke\n"
#define REPORT \
	"[ 2.0] BUG: known to all\n[ 2.0] on CPU: 3\n[ 2.0] Call Trace:\n[ 2.0]  <TASK>\n[ 2.0]  f+0x1/0x2\n[ 2.0]  </TASK>\n"

static struct known *table(GError **error)
{
	g_autofree char *path = data_path("boot/known.tsv", error);

	return known_read(path, error);
}

/* The failure of the log begins so, or there is none; and what leaves it undecided is this, or NULL. */
static void says(const char *log, const char *failure, const char *doubt)
{
	char *sets[] = { (char *)"smoke", NULL };
	g_autoptr(GError) error = NULL;
	struct known *known = table(&error);
	struct console *console;
	g_autofree char *got = NULL;

	g_assert_no_error(error);
	console = console_read(log, strlen(log), sets, NULL, known);
	if (failure && console->failure && g_str_has_prefix(console->failure, failure))
		failure = console->failure;
	g_assert_cmpstr(console->failure, ==, failure);
	got = console_doubt(console);
	g_assert_cmpstr(got, ==, doubt);
	console_free(console);
	known_free(known);
}

static void test_log(struct kernel *kernel, gconstpointer data)
{
	(void)kernel, (void)data;
	says(START END, NULL, NULL);
	says(START REPORT END, NULL, "known: one of all kernels");
	says(START REPORT REPORT END, NULL, "known: one of all kernels");
	/* Without a backtrace it goes as far as the guest says something. */
	says(START "[ 2.0] BUG: known to all\n[ 2.0] on CPU: 3\n" END, NULL, "known: one of all kernels");
	says(START REPORT "[ 3.0] ktap:     not ok 1 a\n[ 3.0] ktap: ok 1 smoke\n", "smoke: 'a' failed",
	     "known: one of all kernels");
}

/* What else is wrong counts, and what only begins like it. */
static void test_other(struct kernel *kernel, gconstpointer data)
{
	(void)kernel, (void)data;
	says(START REPORT "[ 2.1] BUG: another\n" END, "in smoke: 'a', the log has: BUG: another",
	     "known: one of all kernels");
	says(START "[ 2.0] BUG: another\n" REPORT END, "in smoke: 'a', the log has: BUG: another",
	     "known: one of all kernels");
	says(START "[ 2.0] BUG: known to all\n[ 2.0]  </TASK>\n[ 2.0] on CPU: 3\n" END,
	     "in smoke: 'a', the log has: BUG: known to all", NULL);
	says(START "[ 2.0] BUG: known to all\n[ 2.0] ktap:     # did\n[ 2.0] on CPU: 3\n" END,
	     "in smoke: 'a', the log has: BUG: known to all", NULL);
}

static void test_table(struct kernel *kernel, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	put(kernel->folder, "data/boot/known.tsv", "report\treason\nBUG: (\tnone\n");
	g_assert_null(table(&error));
	g_assert_nonnull(strstr(error->message, "known.tsv: "));
	g_assert_nonnull(strstr(error->message, "BUG: ("));
}

/* Guests that report it in their first starts. */
static void reported(const struct kernel *kernel, const char *starts)
{
	put(kernel->folder, "report", REPORT);
	put(kernel->folder, "reports", starts);
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
}

static void test_once(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	reported(kernel, "1\n");
	check(kernel, "base..tip", FALSE, "holds " REST ", QEMU was started 2 times");
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 2);
}

/* It is not kept, and BASE is not asked. */
static void test_always(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	reported(kernel, "1\n2\n3\n");
	check(kernel, "base..tip", FALSE, "undecided known: one of all kernels; " REST ", QEMU was started 3 times");
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 3);
	check(kernel, "base..tip", FALSE, "holds " REST);
}

/* A failure is one, whatever was reported before; the guest is not started again. */
static void test_failed(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "kernel", "[ 0.1] Linux\n[ 0.2] Kernel panic - not syncing: planted\n");
	reported(kernel, "1\n");
	check(kernel, "base..tip", FALSE,
	      "fails before the first test, the log has: Kernel panic - not syncing: planted; known: one of all kernels; "
	      "0 tests in 0 sets, N s guest, tcg" BASE_HOLDS);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 2);
}

int main(int argc, char **argv)
{
	boot_environment();
	g_test_init(&argc, &argv, NULL);
	add("/known/report-is-no-failure-and-leaves-doubt", test_log);
	add("/known/what-else-is-wrong-fails", test_other);
	add("/known/table-with-no-regular-expression-is-refused", test_table);
	add("/known/guest-that-reports-it-is-started-again", test_once);
	add("/known/guest-that-reports-it-always-is-undecided-and-not-kept", test_always);
	add("/known/guest-that-fails-as-well-fails", test_failed);
	return g_test_run();
}
