// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-kunit-run.c: the kunit check: when kunit.py is run, and what is made of
 * a run that ended badly or could not begin.
 */
#include "test-kunit.h"

static void test_holds(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *asked = g_build_filename(kernel->folder, "asked", NULL), *text = NULL;

	(void)data;
	put(kernel, "a", "1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE, "holds thing 1/1; not in this tree: ABSENT_TEST");
	g_assert_true(g_file_get_contents(asked, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "CONFIG_KUNIT=y\nCONFIG_THING_TEST=y\n");
	check(kernel, "base..tip", FALSE, "holds thing 1/1; not in this tree: ABSENT_TEST");
	g_assert_cmpuint(runs(kernel), ==, 2);
}

static void test_status(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "status", "1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE,
	      "fails kunit.py ended with status 1; thing 1/1; not in this tree: ABSENT_TEST");
}

static void test_crash(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "crash", "echo 'ERROR: build failed' >&2; exit 1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE, "fails ERROR: build failed");
}

/* What ends kunit.py so is told, and tried again; BASE is run once. */
static void ends_undecided(const struct kernel *kernel, const char *script, const char *expected)
{
	guint before = runs(kernel);

	put(kernel, "crash", script);
	commit(kernel, "tip");
	for (guint i = 0; i < 2; i++)
		check(kernel, "base..tip", FALSE, expected);
	g_assert_cmpuint(runs(kernel), ==, before + 3);
}

static void test_killed_compiler(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	ends_undecided(kernel, "echo 'ERROR:root:gcc: fatal error: Killed signal terminated program cc1' >&2; exit 1\n",
		       "undecided ERROR:root:gcc: fatal error: Killed signal terminated program cc1");
}

static void test_killed_make(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	ends_undecided(kernel, "echo 'make[3]: *** [scripts/Makefile.build:2: lib/x.o] Error 137' >&2; exit 1\n",
		       "undecided make[3]: *** [scripts/Makefile.build:2: lib/x.o] Error 137");
}

static void test_killed_itself(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	ends_undecided(kernel, "kill -KILL $$\n", "undecided no message (exit status 137)");
}

/* It was killed with its work done, or wrote half of it. */
static void test_killed_late(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	ends_undecided(kernel, "cp result \"$json\"; kill -KILL $$\n", "undecided no message (exit status 137)");
}

static void test_full_disk(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	ends_undecided(kernel, "echo '{' >\"$json\"; echo 'OSError: [Errno 28] No space left on device' >&2; exit 1\n",
		       "undecided OSError: [Errno 28] No space left on device (exit status 1)");
}

static void test_absent(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *program = g_build_filename(kernel->work, "tools/testing/kunit/kunit.py", NULL);

	(void)data;
	g_remove(program);
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE, "undecided tools/testing/kunit/kunit.py: not in this tree");
}

/* The commit that has it no more, and those after it. */
static void drop_kunitconfig(const struct kernel *kernel, const char *after)
{
	g_autofree char *path = g_build_filename(kernel->work, "lib/.kunitconfig", NULL);

	g_assert_cmpint(g_remove(path), ==, 0);
	commit(kernel, "without");
	put(kernel, "a", after);
	commit(kernel, "after");
}

#define NO_PATH "undecided kunitconfig 'lib': neither a file nor in this tree"

static void test_path_gone(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	drop_kunitconfig(kernel, "1\n");
	check(kernel, "base..after", FALSE, NO_PATH);
	check(kernel, "without..after", FALSE, NO_PATH);
	check(kernel, "base..after", TRUE, NO_PATH "\n" NO_PATH);
}

static void test_path_comes(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	drop_kunitconfig(kernel, "1\n");
	put(kernel, "lib/.kunitconfig", "CONFIG_KUNIT=y\nCONFIG_THING_TEST=y\n");
	commit(kernel, "with");
	check(kernel, "without..with", TRUE, "holds thing 1/1");
}

static void test_path_empty(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "lib/.kunitconfig", "# nothing\n");
	commit(kernel, "one");
	put(kernel, "a", "1\n");
	commit(kernel, "two");
	check(kernel, "base..two", TRUE,
	      "undecided tools/testing/kunit/kunit.py: no symbol in the kunitconfig\n"
	      "undecided tools/testing/kunit/kunit.py: no symbol in the kunitconfig");
}

static void paths_exist(const struct kernel *kernel, const char *range, const char *path, const char *expected)
{
	char *configs[] = { (char *)path, NULL };
	struct verify v = { .kunitconfigs = configs };
	g_autoptr(GError) error = NULL;

	verify_range(&v, kernel->work, range);
	g_assert_cmpint(kunit_paths_exist(&v, &error), ==, !expected);
	g_assert_cmpstr(error ? error->message : NULL, ==, expected);
	judged_clear(&v);
}

static void test_path_nowhere(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	drop_kunitconfig(kernel, "1\n");
	paths_exist(kernel, "base..after", "lib", NULL);
	paths_exist(kernel, "without..after", "lib",
		    "no kunitconfig 'lib': neither a file nor in any commit of the range");
	put(kernel, "lib/.kunitconfig", "CONFIG_KUNIT=y\n");
	commit(kernel, "with");
	drop_kunitconfig(kernel, "2\n");
	paths_exist(kernel, "with~..after", "lib", NULL);
}

static void test_every_commit(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "lib/thing.c", "static struct kunit_suite t = {\n\t.name = \"thing\",\n};\n");
	commit(kernel, "one");
	put(kernel, "lib/unrelated.c", "int a;\n");
	commit(kernel, "two");
	put(kernel, "lib/thing.c", "static struct kunit_suite u = {\n\t.name = \"thing\",\n};\n");
	commit(kernel, "three");
	check(kernel, "base..three", TRUE,
	      "holds thing 1/1; not in this tree: ABSENT_TEST\n"
	      "holds thing 1/1; not in this tree: ABSENT_TEST\n"
	      "holds thing 1/1; not in this tree: ABSENT_TEST");
	g_assert_cmpuint(runs(kernel), ==, 3);
	/* What was not run is known as well. */
	check(kernel, "base..three", TRUE,
	      "holds thing 1/1; not in this tree: ABSENT_TEST\n"
	      "holds thing 1/1; not in this tree: ABSENT_TEST\n"
	      "holds thing 1/1; not in this tree: ABSENT_TEST");
	g_assert_cmpuint(runs(kernel), ==, 3);
}

/* What is built when the third is asked about is the first's, for the second was known. */
static void test_known_between(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "lib/thing.c", "static struct kunit_suite t = {\n\t.name = \"thing\",\n};\n");
	commit(kernel, "one");
	put(kernel, "status", "1\n");
	put(kernel, "lib/thing.c", "static struct kunit_suite u = {\n\t.name = \"thing\",\n};\n");
	commit(kernel, "two");
	check(kernel, "one..two", FALSE, "fails kunit.py ended with status 1; thing 1/1; not in this tree: ABSENT_TEST");
	put(kernel, "status", "0\n");
	commit(kernel, "three");
	check(kernel, "base..three", TRUE,
	      "holds thing 1/1; not in this tree: ABSENT_TEST\n"
	      "fails kunit.py ended with status 1; thing 1/1; not in this tree: ABSENT_TEST\n"
	      "holds thing 1/1; not in this tree: ABSENT_TEST");
	g_assert_cmpuint(runs(kernel), ==, 4);
}

static void put_compiler(const struct kernel *kernel, const char *version)
{
	g_autofree char *program = g_build_filename(kernel->folder, "bin/gcc", NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\necho gcc %s\n", version);

	put(kernel, "../bin/gcc", text);
	g_assert_cmpint(g_chmod(program, 0755), ==, 0);
}

/* Another compiler or interpreter is another verdict; what is exported for other builds does not get there. */
static void test_compiler(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *exported = g_build_filename(kernel->folder, "exported", NULL), *text = NULL;

	(void)data;
	g_setenv("KCFLAGS", "-DX", TRUE);
	g_setenv("LLVM", "1", TRUE);
	put(kernel, "a", "1\n");
	commit(kernel, "tip");
	for (guint i = 0; i < 6; i++) {
		put_compiler(kernel, i < 2 ? "1" : "2");
		put(kernel, "../python-version", i < 4 ? "Python 1\n" : "Python 2\n");
		check(kernel, "base..tip", FALSE, "holds thing 1/1; not in this tree: ABSENT_TEST");
	}
	g_unsetenv("KCFLAGS");
	g_unsetenv("LLVM");
	g_assert_cmpuint(runs(kernel), ==, 6);
	g_assert_true(g_file_get_contents(exported, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "\n");
}

static void test_no_compiler(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *program = g_build_filename(kernel->folder, "bin/gcc", NULL);

	(void)data;
	put(kernel, "../bin/gcc", "#!/bin/sh\necho gone >&2\nexit 1\n");
	g_assert_cmpint(g_chmod(program, 0755), ==, 0);
	put(kernel, "a", "1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE, "undecided 'gcc --version' ended with status 1: gone");
	g_assert_cmpuint(runs(kernel), ==, 0);
}

int main(int argc, char **argv)
{
	kunit_environment();
	g_test_init(&argc, &argv, NULL);
	add("/kunit-run/holds-and-is-kept", test_holds);
	add("/kunit-run/exit-status-counts", test_status);
	add("/kunit-run/no-result-fails", test_crash);
	add("/kunit-run/killed-compiler-is-undecided", test_killed_compiler);
	add("/kunit-run/killed-command-of-make-is-undecided", test_killed_make);
	add("/kunit-run/killed-kunit-is-undecided", test_killed_itself);
	add("/kunit-run/kunit-killed-behind-its-result-is-undecided", test_killed_late);
	add("/kunit-run/half-a-result-on-a-full-disk-is-undecided", test_full_disk);
	add("/kunit-run/compiler-that-cannot-be-run-is-undecided", test_no_compiler);
	add("/kunit-run/no-kunit-is-undecided", test_absent);
	add("/kunit-run/path-that-is-gone-is-undecided", test_path_gone);
	add("/kunit-run/path-that-comes-later-is-no-row-before", test_path_comes);
	add("/kunit-run/file-without-a-symbol-is-undecided", test_path_empty);
	add("/kunit-run/path-that-is-nowhere-is-refused", test_path_nowhere);
	add("/kunit-run/every-commit-runs-what-can-differ", test_every_commit);
	add("/kunit-run/known-verdict-leaves-another-image", test_known_between);
	add("/kunit-run/compiler-interpreter-and-environment-count", test_compiler);
	return g_test_run();
}
