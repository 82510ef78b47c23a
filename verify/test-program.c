// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-program.c: the whole program on a made-up kernel: the check "all", and
 * git bisect with a check that compiles.
 */
#include <string.h>

#include "test-kernel.h"
#include "test-program.h"

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n");
	put(kernel, "Kconfig", "config A\n");
	put_sources(kernel);
	commit(kernel, "base");
}

/* "CHECK VERDICT" of each row, sorted, the same ones once. */
static char *verdicts(const struct kernel *kernel, const char *arguments, int status)
{
	g_autofree char *line = g_strconcat(arguments, " -k . -o ../evidence.tsv base..tip", NULL);

	g_free(program_output(kernel->work, line, status));
	return sh(kernel->folder, "sed 1d evidence.tsv | cut -f 3,4 | tr '\\t' ' ' | LC_ALL=C sort -u");
}

/* There is no kunit.py in the tree, and no program that boots it. */
static void test_all(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *all = NULL, *named = NULL, *table = NULL;

	(void)data;
	put(kernel, "scripts/checkpatch.pl", "#!/bin/sh\nexit 0\n");
	sh_run(kernel->work, "chmod +x scripts/checkpatch.pl");
	put(kernel, "../style-allowed.tsv", "type\treason\n");
	put(kernel, "../boot/tests/smoke.sh", "# smoke\n");
	put(kernel, "../boot/tests/block.sh", "# block\n");
	put(kernel, "../boot/known.tsv", "report\treason\n");
	put(kernel, "../boot/configs/guest", "[config]\narch=x86_64\ntarget=allnoconfig\ndefault=yes\n[qemu]\n"
	    "program=qemu-none\npackage=none\ndebian=amd64\nimage=none\nargs=none\ndisks=nvme\nappend=none\nlimit=2\n");
	put(kernel, "a/one.c", "int one = 1;\n");
	commit(kernel, "tip");
	all = verdicts(kernel, "all", STATUS_UNDECIDED);
	g_assert_cmpstr(all, ==, "boot undecided\nbuild holds\nequiv holds\nkunit undecided\nlines holds\n"
			"sparse holds\nstyle holds\nwarnings holds\n");
	named = verdicts(kernel, "boot,build,equiv,kunit,sparse,style,warnings", STATUS_UNDECIDED);
	g_assert_cmpstr(named, ==, all);
	table = sh(kernel->folder, "cut -f 3-5 evidence.tsv");
	g_assert_nonnull(strstr(table, "\nboot\tundecided\tqemu-none: not installed"));
	g_assert_nonnull(strstr(table, "\nkunit\tundecided\ttools/testing/kunit/kunit.py: "));
}

/* One of them that fails is not hidden by others that hold, or cannot be run. */
static void test_all_fails(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *some = NULL;

	(void)data;
	put(kernel, "a/one.c", "void *one = 0;\n");
	commit(kernel, "tip");
	some = verdicts(kernel, "build,warnings,sparse,equiv,kunit", STATUS_FAILS);
	g_assert_cmpstr(some, ==, "build holds\nequiv holds\nkunit undecided\nlines holds\n"
			"sparse fails\nwarnings holds\n");
}

/*
 * Behind the commit that breaks one.c others go on to change both files: each of them is judged by what it does
 * itself, so that only a range from the start on is bad from one commit on.
 */
static void test_bisect(struct kernel *kernel, gconstpointer data)
{
	static const struct { const char *path, *text, *tag; } steps[] = {
		{ "a/two.c", "int two = 1;\n", "one" },
		{ "Documentation/x.rst", "text\n", "two" },
		{ "a/one.c", "int one = 1;\n", "three" },
		{ "a/one.c", "int one = nothing;\n", "bad" },
		{ "a/one.c", "int one = 1 + nothing;\n", "still" },
		{ "a/two.c", "int two = 2;\n", "other" },
		{ "a/one.c", "int one = 1;\n", "mended" },
		{ "a/two.c", "int two = 3;\n", "last" },
	};
	g_autofree char *found = NULL;

	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
		put(kernel, steps[i].path, steps[i].text);
		commit(kernel, steps[i].tag);
	}
	found = sh(kernel->work, "git bisect start last base >/dev/null\n"
		   "git bisect run \"$VERIFY\" build --bisect -k . base..HEAD >/dev/null 2>&1\n"
		   "git log -1 --format=%s refs/bisect/bad; git status --porcelain\n");
	g_assert_cmpstr(found, ==, "bad\n");
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	program_export();
	g_test_init(&argc, &argv, NULL);
	add("/program/all-is-every-check", test_all);
	add("/program/check-that-fails-is-the-status", test_all_fails);
	add("/program/git-bisect-finds-what-does-not-compile", test_bisect);
	return g_test_run();
}
