// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-boot-base.c: the boot check on a made-up kernel that has faults before the first commit is made.
 */
#include "test-booted.h"

/* A set of two tests, and one of one; what stands where the tests ran. */
#define TWO(a, more, b) \
	"[ 1.0] ktap: 1..2\n[ 1.0] ktap:     # Subtest: smoke\n[ 1.0] ktap:     1..2\n" \
	"[ 1.0] ktap:     # start one\n" a "[ 1.0] ktap:     " more "ok 1 one\n" \
	"[ 1.1] ktap:     # start two\n" b "[ 1.1] ktap:     ok 2 two\n[ 1.1] ktap: ok 1 smoke\n" \
	"[ 1.2] ktap:     # Subtest: block\n[ 1.2] ktap:     1..1\n[ 1.2] ktap:     ok 1 b\n[ 1.2] ktap: ok 2 block\n"
#define RAN "3 tests in 2 sets, N s guest, tcg"

/* Lines of the log that follow are of no interest here. */
static void is_like(const struct kernel *kernel, const char *range, gboolean every, const char *pattern)
{
	g_autofree char *got = booted(kernel, range, every);

	if (!g_pattern_match_simple(pattern, got))
		g_assert_cmpstr(got, ==, pattern);
}

/* BASE has the one console, its child the other. */
static void two_consoles(const struct kernel *kernel, const char *base, const char *tip, const char *expected)
{
	put(kernel->work, "kernel", base);
	commit(kernel, "with-fault");
	put(kernel->work, "kernel", tip);
	commit(kernel, "tip");
	for (guint i = 0; i < 2; i++)
		is_like(kernel, "with-fault..tip", FALSE, expected);
	/* Both are kept. */
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 2);
}

static void test_same(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	two_consoles(kernel, TWO("[ 1.0] WARNING: CPU: 0 PID: 77 at a.c:1 f+0x1f/0x20\n", "", ""),
		     TWO("[ 2.0] WARNING: CPU: 1 PID: 8 at a.c:22 f+0x2a/0x30\n", "", ""),
		     "undecided BASE: fails the same way; in smoke: 'one', the log has: "
		     "WARNING: CPU: 1 PID: 8 at a.c:22 f+0x2a/0x30*; " RAN);
}

static void test_same_test(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	two_consoles(kernel, TWO("", "not ", ""), TWO("[ 1.0] ktap:     # unlike\n", "not ", ""),
		     "undecided BASE: fails the same way; smoke: 'one' failed: # start one | # unlike | not ok 1 one*; " RAN);
}

/* What came first is BASE's, and something else is wrong. */
static void test_more(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	two_consoles(kernel, TWO("[ 1.0] BUG: old\n", "", ""), TWO("[ 1.0] BUG: old\n", "", "[ 1.1] BUG: KASAN: new\n"),
		     "fails not so in BASE: in smoke: 'two', the log has: BUG: KASAN: new; "
		     "in smoke: 'one', the log has: BUG: old*; " RAN "; "
		     "BASE: in smoke: 'one', the log has: BUG: old*; " RAN);
}

static void test_elsewhere(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	two_consoles(kernel, TWO("[ 1.0] BUG: old\n", "", ""), TWO("", "", "[ 1.1] BUG: old\n"),
		     "fails not so in BASE: in smoke: 'two', the log has: BUG: old; "
		     "in smoke: 'two', the log has: BUG: old*; " RAN "; "
		     "BASE: in smoke: 'one', the log has: BUG: old*; " RAN);
}

static void test_less(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	two_consoles(kernel, TWO("[ 1.0] BUG: old\n", "not ", "[ 1.1] BUG: older\n"), TWO("", "not ", ""),
		     "undecided BASE: fails the same way; smoke: 'one' failed: # start one | not ok 1 one*; " RAN);
}

/* Where BASE's guest cannot be looked at, it excuses nothing. */
static void test_undecided(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "broken", "kill -KILL $$\n");
	commit(kernel, "with-fault");
	put(kernel->work, "broken", "");
	put(kernel->work, "kernel", TWO("", "not ", ""));
	commit(kernel, "tip");
	is_like(kernel, "with-fault..tip", FALSE,
		"fails smoke: 'one' failed: # start one | not ok 1 one*; " RAN "; "
		"BASE: undecided, the kernel could not be built: make: *** [Makefile:6: bzImage] Error 137");
}

static void test_not_built(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "broken", "echo 'thing.c:1: error: broken' >&2; exit 1\n");
	commit(kernel, "with-fault");
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
	is_like(kernel, "with-fault..tip", FALSE,
		"undecided BASE: fails the same way; the kernel does not build: thing.c:1: error: broken; "
		"make: *** [Makefile:6: bzImage] Error 1");
}

/* BASE is booted once; what is in the object tree then is of no commit, though the second cannot change its own. */
static void test_every_commit(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "kernel", TWO("", "not ", ""));
	put(kernel->work, "lib/thing.c", "int one;\n");
	commit(kernel, "one");
	put(kernel->work, "lib/unrelated.c", "int a;\n");
	commit(kernel, "two");
	is_like(kernel, "base..two", TRUE,
		"fails smoke: 'one' failed: # start one | not ok 1 one*; " RAN BASE_HOLDS "\n"
		"fails smoke: 'one' failed: # start one | not ok 1 one*; " RAN BASE_HOLDS);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 3);
}

int main(int argc, char **argv)
{
	boot_environment();
	g_test_init(&argc, &argv, NULL);
	add("/boot/base/same-complaint-but-for-numbers-is-undecided", test_same);
	add("/boot/base/same-test-that-fails-is-undecided", test_same_test);
	add("/boot/base/more-that-is-wrong-fails-and-is-named", test_more);
	add("/boot/base/same-complaint-in-another-test-fails", test_elsewhere);
	add("/boot/base/less-that-is-wrong-is-undecided", test_less);
	add("/boot/base/undecided-base-excuses-nothing", test_undecided);
	add("/boot/base/base-that-does-not-build-is-undecided", test_not_built);
	add("/boot/base/booted-once-and-taken-for-no-commit", test_every_commit);
	return g_test_run();
}
