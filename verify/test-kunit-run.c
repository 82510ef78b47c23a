// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-kunit-run.c: the kunit check on a made-up kernel. A shell script named
 * python3 stands for kunit.py: it counts its runs and leaves what the test
 * put into a file of the tree named result.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "process.h"
#include "test-judge.h"

struct kernel {
	char *folder, *work;
};

static const char python[] =
	"#!/bin/sh\n"
	"echo run >> \"$TEST_FOLDER/runs\"\n"
	"echo \"$KCFLAGS$LLVM\" >\"$TEST_FOLDER/exported\"\n"
	"for arg; do case $arg in\n"
	"--json=*) json=${arg#--json=} ;;\n"
	"--kunitconfig=*) cp \"${arg#*=}\" \"$TEST_FOLDER/asked\" ;;\n"
	"--build_dir=*) echo 'deps := /src/lib/x/../thing.c' > \"${arg#*=}/.thing.o.cmd\" ;;\n"
	"esac; done\n"
	"[ -f crash ] && . ./crash\n"
	"cp result \"$json\"\n"
	"exit \"$(cat status)\"\n";

#define PASSES(name) "{\"name\":\"" name "\",\"test_cases\":[{\"name\":\"c\",\"status\":\"PASS\"}]}"
static const char result[] = "{\"sub_groups\":[" PASSES("thing") "]}";
static const char other[] = "{\"sub_groups\":[" PASSES("x") "]}";
static const char both[] = "{\"sub_groups\":[" PASSES("x") "," PASSES("thing") "]}";

static void put(const struct kernel *kernel, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(kernel->work, name, NULL), *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	g_mkdir_with_parents(folder, 0777);
	file_write(path, text, -1, &error);
	g_assert_no_error(error);
}

static void commit(const struct kernel *kernel, const char *tag)
{
	g_autofree char *script = g_strdup_printf("git add -A . && git commit -q -m %s && git tag -f %s", tag, tag);
	const char *const argv[] = { "sh", "-c", script, NULL };
	const char *const env[] = { "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t",
		"GIT_COMMITTER_EMAIL=t@t", NULL };
	struct command command = { .argv = argv, .cwd = kernel->work, .env = env };
	struct process ended = { 0 };
	g_autoptr(GError) error = NULL;

	process_check(&command, &ended, &error);
	g_assert_no_error(error);
	process_clear(&ended);
}

static void setup(struct kernel *kernel, gconstpointer data)
{
	const char *const argv[] = { "git", "init", "-q", NULL, NULL };
	struct process ended = { 0 };
	struct command command = { .argv = argv };
	g_autofree char *program = NULL;

	(void)data;
	kernel->folder = g_strdup(g_getenv("TEST_FOLDER"));
	g_mkdir_with_parents(kernel->folder, 0777);
	kernel->work = g_build_filename(kernel->folder, "linux", NULL);
	put(kernel, "../bin/python3", python);
	program = g_build_filename(kernel->folder, "bin/python3", NULL);
	g_assert_cmpint(g_chmod(program, 0755), ==, 0);
	put(kernel, "Makefile", "VERSION = 9\nPATCHLEVEL = 9\n");
	put(kernel, "tools/testing/kunit/kunit.py", "none\n");
	put(kernel, "lib/Kconfig", "config KUNIT\nconfig THING_TEST\n\ttristate \"a test\"\n");
	put(kernel, "lib/Makefile", "obj-$(CONFIG_THING_TEST) += thing.o\n");
	put(kernel, "lib/thing.c", "static struct kunit_suite s = {\n\t.name = \"thing\",\n};\n");
	put(kernel, "lib/.kunitconfig", "CONFIG_KUNIT=y\nCONFIG_THING_TEST=y\nCONFIG_ABSENT_TEST=y\n");
	put(kernel, "result", result);
	put(kernel, "status", "0\n");
	command.cwd = kernel->work;
	g_assert_true(process_check(&command, &ended, NULL));
	process_clear(&ended);
	commit(kernel, "base");
}

static void teardown(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	remove_tree(kernel->folder);
	g_free(kernel->folder);
	g_free(kernel->work);
}

/* "VERDICT DETAIL" of each row, oldest commit first. */
static char *judge(const struct kernel *kernel, const char *range, gboolean every)
{
	char *configs[] = { (char *)"lib", NULL };
	struct verify v = { .jobs = 1, .kunitconfigs = configs, .every_commit = every };
	GString *text = g_string_new(NULL);

	judge_range(&v, kernel->work, range, check_kunit);
	for (guint i = 0; i < v.evidence->rows->rows->len; i++)
		g_string_append_printf(text, "%s%s %s", i ? "\n" : "", tsv_get(v.evidence->rows, i, 3),
				       tsv_get(v.evidence->rows, i, 4));
	judged_clear(&v);
	return g_string_free(text, FALSE);
}

static void check(const struct kernel *kernel, const char *range, gboolean every, const char *expected)
{
	g_autofree char *got = judge(kernel, range, every);

	g_assert_cmpstr(got, ==, expected);
}

static guint runs(const struct kernel *kernel)
{
	g_autofree char *path = g_build_filename(kernel->folder, "runs", NULL), *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? strlen(text) / 4 : 0;
}

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
	g_assert_cmpuint(runs(kernel), ==, 1);
}

/* A tip where only another suite than the one expected runs. */
static void other_suite_fails(const struct kernel *kernel)
{
	put(kernel, "result", other);
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE,
	      "fails thing: the suite did not run; x 1/1; not in this tree: ABSENT_TEST");
}

static void test_other_suite(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	other_suite_fails(kernel);
}

static void test_vanished(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "lib/Makefile", "obj-y += other.o\n");
	other_suite_fails(kernel);
}

static void test_vanished_between(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "lib/Makefile", "obj-$(CONFIG_THING_TEST) += x.o\nobj-$(CONFIG_THING_TEST) += thing.o\n");
	put(kernel, "lib/x.c", "static struct kunit_suite x = {\n\t.name = \"x\",\n};\n");
	put(kernel, "result", both);
	commit(kernel, "one");
	put(kernel, "lib/Makefile", "obj-$(CONFIG_THING_TEST) += thing.o\n");
	put(kernel, "result", result);
	commit(kernel, "two");
	check(kernel, "base..two", TRUE,
	      "holds thing 1/1, x 1/1; not in this tree: ABSENT_TEST\n"
	      "fails x: the suite did not run; thing 1/1; not in this tree: ABSENT_TEST");
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

/* What ends kunit.py so is told, and tried again. */
static void ends_undecided(const struct kernel *kernel, const char *script, const char *expected)
{
	guint before = runs(kernel);

	put(kernel, "crash", script);
	commit(kernel, "tip");
	for (guint i = 0; i < 2; i++)
		check(kernel, "base..tip", FALSE, expected);
	g_assert_cmpuint(runs(kernel), ==, before + 2);
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
	paths_exist(kernel, "without..after", "lib", "no kunitconfig 'lib': neither a file nor in any commit of the range");
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
	g_assert_cmpuint(runs(kernel), ==, 2);
	/* What was not run is known as well. */
	check(kernel, "base..three", TRUE,
	      "holds thing 1/1; not in this tree: ABSENT_TEST\n"
	      "holds thing 1/1; not in this tree: ABSENT_TEST\n"
	      "holds thing 1/1; not in this tree: ABSENT_TEST");
	g_assert_cmpuint(runs(kernel), ==, 2);
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
	g_assert_cmpuint(runs(kernel), ==, 3);
}

static void put_compiler(const struct kernel *kernel, const char *version)
{
	g_autofree char *program = g_build_filename(kernel->folder, "bin/gcc", NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\necho gcc %s\n", version);

	put(kernel, "../bin/gcc", text);
	g_assert_cmpint(g_chmod(program, 0755), ==, 0);
}

/* Another compiler is another verdict; what is exported for other builds does not get there. */
static void test_compiler(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *exported = g_build_filename(kernel->folder, "exported", NULL), *text = NULL;

	(void)data;
	g_setenv("KCFLAGS", "-DX", TRUE);
	g_setenv("LLVM", "1", TRUE);
	put(kernel, "a", "1\n");
	commit(kernel, "tip");
	for (guint i = 0; i < 4; i++) {
		put_compiler(kernel, i < 2 ? "1" : "2");
		check(kernel, "base..tip", FALSE, "holds thing 1/1; not in this tree: ABSENT_TEST");
	}
	g_unsetenv("KCFLAGS");
	g_unsetenv("LLVM");
	g_assert_cmpuint(runs(kernel), ==, 2);
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

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
	g_autofree char *folder = g_dir_make_tmp("kunit-XXXXXX", NULL);
	g_autofree char *cache = g_build_filename(folder, "cache", NULL);
	g_autofree char *path = g_strdup_printf("%s/bin:%s", folder, g_getenv("PATH"));

	g_setenv("TEST_FOLDER", folder, TRUE);
	g_setenv("XDG_CACHE_HOME", cache, TRUE);
	g_setenv("PATH", path, TRUE);
	g_test_init(&argc, &argv, NULL);
	add("/kunit-run/holds-and-is-kept", test_holds);
	add("/kunit-run/expected-suite-that-did-not-run-fails", test_other_suite);
	add("/kunit-run/suite-of-base-that-vanished-fails", test_vanished);
	add("/kunit-run/suite-that-came-and-vanished-fails", test_vanished_between);
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
	add("/kunit-run/compiler-and-environment-count", test_compiler);
	return g_test_run();
}
