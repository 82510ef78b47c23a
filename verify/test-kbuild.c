// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-kbuild.c: commits to kbuild's own files: what their configuration
 * brings, and what kbuild refuses at them.
 */
#include "test-kernel.h"

/* What "# out: " lines of Kconfig say comes out; a bad file does not configure, and one may take symbol A away. */
#define CONFIGURE \
	"\tsed -n 's/^# out: //p' $(CURDIR)/Kconfig >>$(O)/.config\n" \
	"\t! grep '^bad' $(CURDIR)/Kconfig\n" \
	"\t! grep -q '^# no A' $(CURDIR)/Kconfig || sed -i /CONFIG_A=y/d $(O)/.config\n"

/* Asked for the object, it says that the disk is full where the test says so. */
#define ASKED \
	"%.o: %.c\n" \
	"\t@test ! -f $(O)/../../../../full || test $@ != a/two.o || " \
	"{ echo 'write error: No space left on device' >&2; exit 1; }\n"

static void setup(struct kernel *kernel, gconstpointer data)
{
	g_auto(GStrv) halves = g_strsplit(makefile, "\techo CONFIG_SEED", 2), rules = NULL;
	g_autofree char *configured = g_strconcat(halves[0], CONFIGURE, "\techo CONFIG_SEED", halves[1], NULL), *all = NULL;
	g_auto(GStrv) prepare = NULL;
	g_autofree char *prepared = NULL;

	(void)data;
	prepare = g_strsplit(configured, "all prepare:\n", 2);
	prepared = g_strconcat(prepare[0], "all prepare:\n\t! test -f $(CURDIR)/unprepared\n", prepare[1], NULL);
	rules = g_strsplit(prepared, "%.o: %.c\n", 2);
	all = g_strconcat(rules[0], ASKED, rules[1], NULL);
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n[symbols]\nA=y\n");
	put(kernel, "Makefile", all);
	put(kernel, "Kconfig", "config A\nconfig SIDE\n");
	put(kernel, "a/Makefile", "obj-$(CONFIG_SIDE) += side.o\n");
	put(kernel, "a/one.c", "int one;\n");
	put(kernel, "a/two.c", "int two;\n");
	put(kernel, "include/h.h", "extern int h;\n");
	put(kernel, "a/h.c", "#include <h.h>\n");
	put(kernel, "a/side.c", "int side = nothing;\n");
	commit(kernel, "base");
}

/* Its text is that of the parent, which did not build it, nor could. */
static void test_selected(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *off = NULL, *on = NULL, *mended = NULL;

	(void)data;
	put(kernel, "Kconfig", "config A\nconfig SIDE\n\tbool\n");
	commit(kernel, "off");
	put(kernel, "Kconfig", "config A\nconfig SIDE\n\tbool\n\tdefault y\n# out: CONFIG_SIDE=y\n");
	commit(kernel, "on");
	put(kernel, "a/side.c", "int side;\n");
	put(kernel, "Kconfig", "config A\nconfig SIDE\n\tdefault y\n# out: CONFIG_SIDE=y\n");
	commit(kernel, "mended");
	off = kernel_rows(kernel, "base..off", CHECK_BUILD, "build");
	on = kernel_rows(kernel, "off..on", CHECK_BUILD, "build");
	mended = kernel_rows(kernel, "on..mended", CHECK_BUILD, "build");
	g_assert_cmpstr(off, ==, "holds 1 object, 1 unselected (a/side.o), 1 with equal text\n");
	g_assert_true(g_str_has_prefix(on, "fails a/side.o: a/side.c:1:12: error: "));
	g_assert_cmpstr(mended, ==, "holds 1 object\n");
}

/* Nothing on the commit's lines names it. */
static void test_other_symbol(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *build = NULL;

	(void)data;
	put(kernel, "Kconfig", "config A\n# out: CONFIG_OTHER=y\nconfig SIDE\n");
	commit(kernel, "other");
	build = kernel_rows(kernel, "base..other", CHECK_BUILD, "build");
	g_assert_cmpstr(build, ==, "undecided CONFIG_OTHER: another value than before the commit,"
			" and not all that reads it was looked at\n");
}

/* The run goes on; what comes after a commit that has no configuration has nothing to be held against. */
static void test_bad_kconfig(struct kernel *kernel, gconstpointer data)
{
	static const char range[] = "base..good";
	g_autofree char *build = NULL, *equiv = NULL;

	(void)data;
	put(kernel, "a/two.c", "int two = 2;\n");
	commit(kernel, "before");
	put(kernel, "Kconfig", "bad\n");
	put(kernel, "a/one.c", "int one = 1;\n");
	commit(kernel, "bad");
	put(kernel, "a/one.c", "int one = 2;\n");
	commit(kernel, "as-bad");
	put(kernel, "Kconfig", "config A\nconfig SIDE\n");
	put(kernel, "a/one.c", "int one = 3;\n");
	commit(kernel, "good");
	build = kernel_rows(kernel, range, CHECK_BUILD | CHECK_EQUIV, "build");
	equiv = kernel_rows(kernel, range, CHECK_BUILD | CHECK_EQUIV, "equiv");
	g_assert_true(g_str_has_prefix(build, "fails prepare: cannot make allmodconfig of tiny at "));
	g_assert_nonnull(strstr(build, "\nholds 1 object\nholds 1 object\n"
				"undecided a/one.c: its object was not compiled\n"
				"undecided a/one.c: its object was not compiled\n"
				"undecided prepare: cannot make allmodconfig of tiny at "));
	g_assert_nonnull(strstr(equiv, "holds 1 differ\n"));
	g_assert_nonnull(strstr(equiv, "undecided a/one.o: the parent's version: cannot make allmodconfig of tiny at "));
	g_assert_nonnull(strstr(equiv, "undecided prepare: "));
}

/* Where it never worked the commit is not to blame. */
static void test_bad_base(struct kernel *kernel, gconstpointer data)
{
	struct verify v = { .jobs = 2, .seed = 1, .affected = (char *)"range", .checks = CHECK_BUILD };
	g_autoptr(GError) error = NULL;

	put(kernel, data, "bad\n");
	commit(kernel, "bad");
	put(kernel, "a/one.c", "int one = 1;\n");
	commit(kernel, "tip");
	verify_range(&v, kernel->work, "bad..tip");
	g_assert_false(check_objects(&v, &error));
	g_assert_true(g_str_has_prefix(error->message, "cannot make "));
	judged_clear(&v);
}

/* The sources say no to what the configuration asks for: that is no fault of the commit. */
static void test_refused(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *build = NULL;

	(void)data;
	put(kernel, "a/two.c", "int two = 2;\n");
	commit(kernel, "before");
	put(kernel, "Kconfig", "config A\nconfig SIDE\n# no A\n");
	commit(kernel, "refused");
	build = kernel_rows(kernel, "base..refused", CHECK_BUILD, "build");
	g_assert_true(g_str_has_prefix(build, "holds 1 object\nundecided prepare: "));
}

/* What the machine did while kbuild was asked is no answer. */
static void test_full(struct kernel *kernel, gconstpointer data)
{
	struct verify v = { .jobs = 2, .seed = 1, .affected = (char *)"range", .checks = CHECK_BUILD };
	g_autoptr(GError) error = NULL;
	g_autofree char *full = g_build_filename(g_getenv("TEST_CACHE"), "full", NULL);

	(void)data;
	g_mkdir_with_parents(g_getenv("TEST_CACHE"), 0777);
	g_assert_true(file_write(full, "", 0, NULL));
	put(kernel, "a/one.c", "int one = 1;\n");
	put(kernel, "a/two.c", "int two = 2;\n");
	commit(kernel, "tip");
	verify_range(&v, kernel->work, "base..tip");
	g_assert_false(check_objects(&v, &error));
	g_assert_nonnull(strstr(error->message, "No space left on device"));
	judged_clear(&v);
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/kbuild/object-that-is-selected-and-does-not-compile-fails", test_selected);
	add("/kbuild/symbol-whose-readers-nobody-looked-at", test_other_symbol);
	add("/kbuild/commit-that-cannot-be-configured-fails-alone", test_bad_kconfig);
	g_test_add("/kbuild/base-that-cannot-be-configured-is-an-error", struct kernel, "Kconfig", setup, test_bad_base,
		   kernel_teardown);
	g_test_add("/kbuild/base-that-cannot-be-prepared-is-an-error", struct kernel, "unprepared", setup, test_bad_base,
		   kernel_teardown);
	add("/kbuild/configuration-that-is-refused-is-undecided", test_refused);
	add("/kbuild/full-disk-is-no-answer", test_full);
	return g_test_run();
}
