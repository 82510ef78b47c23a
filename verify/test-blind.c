// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-blind.c: what the checks of objects cannot see, or did not look at, is
 * told and does not hold. Each case is one that once passed for nothing.
 */
#include <glib/gstdio.h>

#include "test-kernel.h"

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n[symbols]\nA=y\nB=n\n");
	put(kernel, "Kconfig", "config A\n");
	put(kernel, "a/one.c", "int one;\n");
	put(kernel, "include/h.h", "extern int two;\n");
	put(kernel, "a/two.c", "#include <h.h>\nint two;\n");
	commit(kernel, "base");
}

/* Nobody asked whether it builds. */
static void test_broken(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *equiv = NULL, *warnings = NULL;

	(void)data;
	put(kernel, "a/one.c", "int one = nothing;\n");
	commit(kernel, "broken");
	equiv = kernel_rows(kernel, "base..broken", CHECK_EQUIV, "equiv");
	warnings = kernel_rows(kernel, "base..broken", CHECK_WARNINGS, "warnings");
	g_assert_nonnull(strstr(equiv, "undecided a/one.o: does not compile: a/one.c:1:11: error: "));
	g_assert_true(g_str_has_prefix(warnings, "undecided a/one.o: a/one.c:1:11: error: "));
}

/* The machine took the parent's compiler away; what the commit says cannot be held against anything. */
static void test_lost_parent(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *tool = g_build_filename(kernel->folder, "bin/gcc", NULL), *path = NULL, *warnings = NULL;
	g_autofree char *old = g_strdup(g_getenv("PATH"));

	(void)data;
	put(kernel, "../bin/gcc", "#!/bin/sh\nPATH=${PATH#*:}\n"
	    "case \" $* \" in *' -c '*) for file; do\n"
	    "case $file in *.c|*.i) ! grep -q parent_one \"$file\" || kill -9 $$ ;; esac; done ;; esac\nexec gcc \"$@\"\n");
	g_assert_cmpint(g_chmod(tool, 0755), ==, 0);
	path = g_strdup_printf("%s/bin:%s", kernel->folder, old);
	put(kernel, "a/one.c", "int parent_one;\n");
	commit(kernel, "parent");
	put(kernel, "a/one.c", "#warning odd\nint one;\n");
	commit(kernel, "warned");
	g_setenv("PATH", path, TRUE);
	warnings = kernel_rows(kernel, "parent..warned", CHECK_WARNINGS, "warnings");
	g_setenv("PATH", old, TRUE);
	g_assert_cmpstr(warnings, ==, "undecided a/one.o: nothing is known of the parent's version\n");
}

/* The preprocessor was taken away while it read the parent's version: of its own object, and of one of a header. */
static void test_unread_parent(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *tool = g_build_filename(kernel->folder, "bin/gcc", NULL), *path = NULL;
	char *rows[4];
	g_autofree char *old = g_strdup(g_getenv("PATH"));

	(void)data;
	put(kernel, "../bin/gcc", "#!/bin/sh\nPATH=${PATH#*:}\n"
	    "case \" $* \" in *' -E '*) for file; do\n"
	    "case $file in *.c) cat \"$file\" \"${file%/*}/../include/h.h\" | grep -q parent_ && kill -9 $$ ;; esac\n"
	    "done ;; esac\nexec gcc \"$@\"\n");
	g_assert_cmpint(g_chmod(tool, 0755), ==, 0);
	path = g_strdup_printf("%s/bin:%s", kernel->folder, old);
	put(kernel, "a/one.c", "int parent_one;\n");
	commit(kernel, "parent");
	put(kernel, "a/one.c", "#warning odd\nint one;\n");
	commit(kernel, "own");
	put(kernel, "include/h.h", "extern int parent_two;\nextern int two;\n");
	commit(kernel, "parent-header");
	put(kernel, "include/h.h", "extern int two;\n");
	commit(kernel, "header");
	g_setenv("PATH", path, TRUE);
	rows[0] = kernel_rows(kernel, "parent..own", CHECK_BUILD | CHECK_EQUIV | CHECK_WARNINGS, "build");
	rows[1] = kernel_rows(kernel, "parent..own", CHECK_BUILD | CHECK_EQUIV | CHECK_WARNINGS, "equiv");
	rows[2] = kernel_rows(kernel, "parent..own", CHECK_BUILD | CHECK_EQUIV | CHECK_WARNINGS, "warnings");
	rows[3] = kernel_rows(kernel, "parent-header..header", CHECK_BUILD, "build");
	g_setenv("PATH", old, TRUE);
	g_assert_cmpstr(rows[0], ==, "holds 1 object\n");
	g_assert_nonnull(strstr(rows[1], "undecided a/one.o: the parent's version: "));
	g_assert_cmpstr(rows[2], ==, "undecided a/one.o: nothing is known of the parent's version\n");
	g_assert_true(g_str_has_prefix(rows[3], "holds 1 object"));
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_free(rows[i]);
}

/* The row of the check "build", which would say it, was not asked for. */
static void test_alone(struct kernel *kernel, gconstpointer data)
{
	static const char said[] = "undecided b/other.c: kbuild has no rule for its object\n";
	g_autofree char *equiv = NULL, *warnings = NULL, *both = NULL;
	g_auto(GStrv) parts = g_strsplit(makefile, "%.o: %.c\n", 2);
	g_autofree char *narrow = g_strconcat(parts[0], "a/%.o: a/%.c\n", parts[1], "init/%.o: init/%.c\n\t$(rule_cc_o_c)\n",
					      NULL);

	(void)data;
	put(kernel, "Makefile", narrow);
	commit(kernel, "narrow");
	put(kernel, "b/other.c", "int other;\n");
	commit(kernel, "other");
	equiv = kernel_rows(kernel, "narrow..other", CHECK_EQUIV, "equiv");
	warnings = kernel_rows(kernel, "narrow..other", CHECK_WARNINGS, "warnings");
	both = kernel_rows(kernel, "narrow..other", CHECK_BUILD | CHECK_EQUIV, "equiv");
	g_assert_nonnull(strstr(equiv, said));
	g_assert_nonnull(strstr(warnings, said));
	g_assert_cmpstr(both, ==, "holds nothing to compare\n");
}

/* It is greater by one, as all lines below are by one, but there is no such line. */
static void test_no_line(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *equiv = NULL;

	(void)data;
	put(kernel, "a/one.c", "int f(int a);\nint one(void);\nint one(void)\n{\n\treturn f(512);\n}\n");
	commit(kernel, "before");
	put(kernel, "a/one.c", "int f(int a);\n\nint one(void);\nint one(void)\n{\n\treturn f(513);\n}\n");
	commit(kernel, "after");
	equiv = kernel_rows(kernel, "before..after", CHECK_EQUIV, "equiv");
	g_assert_nonnull(strstr(equiv, "holds a/one.o: function one"));
	g_assert_nonnull(strstr(equiv, ": differ\n"));
}

/* There is such a line, but that is elsewhere; __LINE__, also of a call over several lines, is where its line is. */
static void test_no_line_here(struct kernel *kernel, gconstpointer data)
{
	static const char start[] = "int f(int a);\n#define AT(x) f(__LINE__ + 0 * (x))\nint one(void);\nint two(void);\n";
	static const char end[] = "int two(void)\n{\n\treturn AT(1 +\n\t\t  2) + f(__LINE__);\n}\n";
	g_autofree char *blank = g_strnfill(500, '\n'), *equiv = NULL, *other = NULL;
	g_autofree char *before = g_strconcat(start, "int one(void)\n{\n\treturn f(400);\n}\n", blank, end, NULL);
	g_autofree char *after = g_strconcat("\n", start, "int one(void)\n{\n\treturn f(401);\n}\n", blank, end, NULL);
	g_autofree char *same = g_strconcat("extern int more;\n", before, NULL);

	(void)data;
	put(kernel, "a/one.c", before);
	commit(kernel, "before");
	put(kernel, "a/one.c", same);
	commit(kernel, "same");
	equiv = kernel_rows(kernel, "before..same", CHECK_EQUIV, "equiv");
	g_assert_cmpstr(equiv, ==, "holds 1 identical\n");
	put(kernel, "a/one.c", before);
	commit(kernel, "back");
	put(kernel, "a/one.c", after);
	commit(kernel, "after");
	other = kernel_rows(kernel, "back..after", CHECK_EQUIV, "equiv");
	g_assert_nonnull(strstr(other, "function one: differ\n"));
}

static void test_alignment(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *equiv = NULL;

	(void)data;
	put(kernel, "a/one.c", "extern const char table[64];\nconst char table[64] __attribute__((aligned(64))) = { 1 };\n");
	commit(kernel, "aligned");
	put(kernel, "a/one.c", "extern const char table[64];\nconst char table[64] = { 1 };\n");
	commit(kernel, "loose");
	equiv = kernel_rows(kernel, "aligned..loose", CHECK_EQUIV, "equiv");
	g_assert_cmpstr(equiv, ==, "holds 1 differ\nholds a/one.o: align - (64 to 32 bytes): differ\n");
}

/* The assembler says it, and says "Warning". */
static void test_assembler(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *warnings = NULL;

	(void)data;
	put(kernel, "a/one.c", "asm(\".warning \\\"odd\\\"\");\n");
	commit(kernel, "assembly");
	warnings = kernel_rows(kernel, "base..assembly", CHECK_WARNINGS, "warnings");
	g_assert_nonnull(strstr(warnings, "fails "));
	g_assert_nonnull(strstr(warnings, "odd"));
}

/* The Makefile lists its object still. */
static void test_removed(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *build = NULL;

	(void)data;
	sh_run(kernel->work, "git rm -q a/two.c");
	commit(kernel, "removed");
	build = kernel_rows(kernel, "base..removed", CHECK_BUILD, "build");
	g_assert_cmpstr(build, ==, "undecided a/two.c: it is gone, and no Makefile of the commit says so:"
			" kbuild may want it still\n");
}

/* It leaves no line in what the preprocessor prints. */
static void test_macros_only(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *build = NULL;

	(void)data;
	put(kernel, "include/h.h", "#define M 1\n");
	put(kernel, "a/two.c", "#include <h.h>\nint two = M;\n");
	commit(kernel, "macro");
	put(kernel, "include/h.h", "#define M nothing\n");
	commit(kernel, "nothing");
	build = kernel_rows(kernel, "macro..nothing", CHECK_BUILD, "build");
	g_assert_true(g_str_has_prefix(build, "fails a/two.o: include/h.h:1:11: error: "));
}

static void test_other_files(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *table = NULL, *text = NULL, *script = NULL;

	(void)data;
	put(kernel, "a/calls.tbl", "1 one\n");
	commit(kernel, "table");
	put(kernel, "a/assembly.pl", "print 1;\n");
	commit(kernel, "script");
	put(kernel, "Documentation/a.rst", "A\n");
	commit(kernel, "text");
	table = kernel_rows(kernel, "base..table", CHECK_BUILD, "build");
	script = kernel_rows(kernel, "table..script", CHECK_BUILD, "build");
	text = kernel_rows(kernel, "script..text", CHECK_BUILD, "build");
	g_assert_cmpstr(table, ==, "undecided a/calls.tbl: no check compiles this kind of file\n");
	g_assert_cmpstr(script, ==, "undecided a/assembly.pl: no check compiles this kind of file\n");
	g_assert_cmpstr(text, ==, "holds 0 objects\n");
}

static void test_makefile(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *text = g_strconcat(makefile, "KBUILD_CFLAGS += -DX\n", NULL), *build = NULL;

	(void)data;
	put(kernel, "Makefile", text);
	commit(kernel, "flags");
	build = kernel_rows(kernel, "base..flags", CHECK_BUILD, "build");
	g_assert_cmpstr(build, ==, "undecided Makefile: nobody can tell which objects these lines change\n");
}

/* Kbuild has no command for it any more: the one it had is not the commit's. */
static void test_lost_command(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *broken = NULL, *build = NULL;
	g_auto(GStrv) parts = g_strsplit(makefile, "%.o: %.c\n", 2);

	(void)data;
	broken = g_strconcat(parts[0], "a/two.o: a/two.c\n", parts[1], "# a/one.o\n", NULL);
	put(kernel, "Makefile", broken);
	put(kernel, "a/one.c", "int one = 1;\n");
	commit(kernel, "lost");
	build = kernel_rows(kernel, "base..lost", CHECK_BUILD, "build");
	g_assert_nonnull(strstr(build, "undecided a/one.c: kbuild has no rule for its object\n"));
}

/* A header that kbuild makes of a table, as the .cmd file beside it says; of a bad table it makes none. */
static void put_table(const struct kernel *kernel)
{
	put_generating(kernel, "\techo 'cmd_g.h := make-it $(CURDIR)/a/names.tbl' >$(O)/include/generated/.g.h.cmd\n"
		       "\t! grep bad $(CURDIR)/a/names.tbl\n"
		       "\t! grep killed $(CURDIR)/a/names.tbl || kill -KILL $$$$\n"
		       "\tgrep -v '#' $(CURDIR)/a/names.tbl >$(O)/include/generated/g.h\n");
	put(kernel, "init/main.c", "int main_;\n");
	put(kernel, "a/names.tbl", "enum { N = 1 };\n");
	put(kernel, "a/two.c", "#include <generated/g.h>\nint two = N;\n");
	commit(kernel, "tabled");
}

/* What reads the table's header may be another; what the commit changes is compiled with the new one. */
static void test_generated(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *alone = NULL, *equiv = NULL, *same = NULL;

	(void)data;
	put_table(kernel);
	put(kernel, "a/names.tbl", "# one\nenum { N = 1 };\n");
	commit(kernel, "same");
	put(kernel, "a/names.tbl", "enum { N = 2 };\n");
	commit(kernel, "another");
	put(kernel, "a/two.c", "#include <generated/g.h>\nint two = N - 1;\n");
	put(kernel, "a/names.tbl", "enum { N = 3 };\n");
	commit(kernel, "both");
	same = kernel_rows(kernel, "tabled..same", CHECK_BUILD, "build");
	alone = kernel_rows(kernel, "same..another", CHECK_BUILD, "build");
	equiv = kernel_rows(kernel, "another..both", CHECK_BUILD | CHECK_EQUIV, "equiv");
	g_assert_cmpstr(same, ==, "holds 0 objects\n");
	g_assert_true(g_str_has_prefix(alone, "undecided include/generated/g.h: is another when it is generated"));
	g_assert_cmpstr(equiv, ==, "holds 1 identical\n");
}

/* What is made only when an object asks for it is not made by "make prepare": nobody knows what came of it. */
static void test_made_for_object(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *build = NULL;

	(void)data;
	put_generating(kernel, "\tmkdir -p $(O)/a\n"
		       "\techo 'cmd_t.c := make-it $(CURDIR)/a/other.tbl' >$(O)/a/.t.c.cmd\n");
	put(kernel, "init/main.c", "int main_;\n");
	put(kernel, "a/other.tbl", "1\n");
	commit(kernel, "tabled");
	put(kernel, "a/other.tbl", "2\n");
	commit(kernel, "other");
	build = kernel_rows(kernel, "tabled..other", CHECK_BUILD, "build");
	g_assert_cmpstr(build, ==, "undecided a/other.tbl: no check compiles this kind of file\n");
}

/* Once for the parent, once for the commit, whose header is the same: not for who asks or goes back after that. */
static void test_generated_once(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *path = g_build_filename(g_getenv("TEST_CACHE"), "prepared", NULL), *runs = NULL, *equiv = NULL;

	(void)data;
	put_generating(kernel, "\techo >>$(O)/../../../../prepared\n"
		       "\techo 'cmd_g.h := make-it $(CURDIR)/a/names.tbl' >$(O)/include/generated/.g.h.cmd\n"
		       "\tgrep -v '#' $(CURDIR)/a/names.tbl >$(O)/include/generated/g.h\n");
	put(kernel, "init/main.c", "int main_;\n");
	put(kernel, "a/names.tbl", "enum { N = 1 };\n");
	put(kernel, "include/h.h", "#define M 1\n");
	put(kernel, "a/two.c", "#include <generated/g.h>\n#include <h.h>\nint two = N + M;\n");
	commit(kernel, "tabled");
	put(kernel, "a/names.tbl", "# one\nenum { N = 1 };\n");
	put(kernel, "include/h.h", "#define M 2\n");
	put(kernel, "a/new.c", "int new_;\n");
	commit(kernel, "same");
	equiv = kernel_rows(kernel, "tabled..same", CHECK_BUILD | CHECK_EQUIV, "equiv");
	g_assert_nonnull(strstr(equiv, "holds 1 differ, 1 new"));
	g_assert_true(g_file_get_contents(path, &runs, NULL, NULL));
	g_assert_cmpuint(strlen(runs), ==, 2);
}

static void test_not_generated(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put_table(kernel);
	put(kernel, "a/names.tbl", "bad\n");
	commit(kernel, "bad");
	put(kernel, "a/one.c", "int one = 1;\n");
	commit(kernel, "as-bad");
	put(kernel, "a/names.tbl", "enum { N = 1 };\n");
	commit(kernel, "good");
	rows = kernel_rows(kernel, "tabled..good", CHECK_BUILD, "build");
	g_assert_nonnull(strstr(rows, "fails prepare: "));
	g_assert_nonnull(strstr(rows, "undecided prepare: "));
}

/* That make was killed is no fault of the table. */
static void test_generating_killed(struct kernel *kernel, gconstpointer data)
{
	struct verify v = { .jobs = 2, .seed = 1, .affected = (char *)"range", .checks = CHECK_BUILD };
	g_autoptr(GError) error = NULL;

	(void)data;
	put_table(kernel);
	put(kernel, "a/names.tbl", "killed\n");
	commit(kernel, "killed");
	verify_range(&v, kernel->work, "tabled..killed");
	g_assert_false(check_objects(&v, &error));
	g_assert_true(g_str_has_prefix(error->message, "cannot make prepare of tiny at "));
	judged_clear(&v);
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/blind/commit-that-does-not-compile", test_broken);
	add("/blind/parent-that-was-lost", test_lost_parent);
	add("/blind/parent-that-was-not-read", test_unread_parent);
	add("/blind/check-that-is-asked-for-alone", test_alone);
	add("/blind/number-that-is-no-line", test_no_line);
	add("/blind/number-that-is-no-line-of-where-it-stands", test_no_line_here);
	add("/blind/alignment-of-constants", test_alignment);
	add("/blind/warning-of-the-assembler", test_assembler);
	add("/blind/source-that-is-removed", test_removed);
	add("/blind/header-of-macros-alone", test_macros_only);
	add("/blind/files-of-other-kinds", test_other_files);
	add("/blind/makefile-without-objects", test_makefile);
	add("/blind/command-that-is-gone", test_lost_command);
	add("/blind/header-that-is-generated", test_generated);
	add("/blind/what-an-object-asks-for-is-not-made-again", test_made_for_object);
	add("/blind/same-header-is-generated-once", test_generated_once);
	add("/blind/header-that-cannot-be-generated", test_not_generated);
	add("/blind/killed-generation-is-an-error", test_generating_killed);
	return g_test_run();
}
