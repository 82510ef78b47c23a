// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-added.c: what a commit adds is compiled, or said not to be.
 */
#include <glib/gstdio.h>

#include "test-kernel.h"

#define HEAD "int one(void);\nint one(void)\n{\n"

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n[symbols]\nB=y\n");
	put(kernel, "Kconfig", "config B\n");
	put(kernel, "a/one.c", HEAD "\treturn 1;\n}\n");
	put(kernel, "include/h.h", "extern int two;\n");
	put(kernel, "a/two.c", "#include <h.h>\nint two;\n");
	commit(kernel, "base");
}

static void check(const struct kernel *kernel, const char *range, const char *added)
{
	g_autofree char *got = kernel_rows(kernel, range, CHECK_BUILD, "added");
	g_autofree char *build = kernel_rows(kernel, range, CHECK_BUILD, "build");

	g_assert_cmpstr(got, ==, added);
	g_assert_true(g_str_has_prefix(build, "holds "));
}

/* Neither the live branch nor a comment is told of; the dead one is, though its object's text is the same. */
static void test_dead_branch(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/one.c", HEAD "#ifdef B\n\treturn 2;\n#else\n\treturn 3;\n#endif\n\treturn 1;\n}\n");
	commit(kernel, "branches");
	check(kernel, "base..branches", "holds a/one.c:5\nundecided a/one.c:7\n");
	put(kernel, "a/one.c", HEAD "#ifdef B\n\treturn 2;\n#else\n\t/* Not B. */\n\treturn 3;\n\treturn 4;\n#endif\n"
	    "\treturn 1;\n}\n");
	commit(kernel, "dead");
	check(kernel, "branches..dead", "undecided a/one.c:9\n");
}

/* Looking at the commit's sources takes nothing from what is known of the parent's. */
static void test_parent_stays(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *equiv = NULL;

	(void)data;
	put(kernel, "a/one.c", HEAD "#ifdef B\n\treturn 2;\n#endif\n\treturn 1;\n}\n");
	commit(kernel, "differs");
	equiv = kernel_rows(kernel, "base..differs", CHECK_BUILD | CHECK_EQUIV, "equiv");
	g_assert_nonnull(strstr(equiv, "a/one.o: function one: differ\n"));
}

/* Of what takes the place of a line that line's own row tells, unless a directive comes or goes with it. */
static void test_replaced(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/one.c", HEAD "\tint i = 5;\n\n\treturn i;\n}\n");
	commit(kernel, "replaced");
	check(kernel, "base..replaced", "");
	put(kernel, "a/one.c", HEAD "\tint i = 5;\n\n#ifndef B\n\treturn 2 * i;\n#endif\n\treturn 3 * i;\n}\n");
	commit(kernel, "guarded");
	check(kernel, "replaced..guarded", "holds a/one.c:9\nundecided a/one.c:7\n");
	put(kernel, "a/one.c", HEAD "\tint i = 5;\n\n\treturn 2 * i;\n\treturn 3 * i;\n}\n");
	commit(kernel, "open");
	check(kernel, "guarded..open", "");
	put(kernel, "a/one.c", HEAD "\tint i = 5;\n\n#ifndef B\n\treturn 5 * i;\n#endif\n\treturn 3 * i;\n}\n");
	commit(kernel, "shut");
	put(kernel, "a/one.c", HEAD "\tint i = 5;\n\n\treturn 6 * i;\n\treturn 3 * i;\n}\n");
	commit(kernel, "opened");
	check(kernel, "shut..opened", "holds a/one.c:6\n");
}

/* A comment is no line whose place another one takes. */
static void test_in_place_of_comment(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/one.c", HEAD "\treturn 1;\n#ifndef B\n\t/* more */\n#endif\n}\n");
	commit(kernel, "comment");
	put(kernel, "a/one.c", HEAD "\treturn 1;\n#ifndef B\n\treturn 2;\n#endif\n}\n");
	commit(kernel, "code");
	check(kernel, "comment..code", "undecided a/one.c:6\n");
}

/* Lines of a header are looked for in what includes it, also where it is new; a macro may be for a later commit. */
static void test_header(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "include/n.h", "#define USED 7\n#define ON(x) 1\n#define UNUSED 8\nstruct n { int n[ON(CONFIG_N)]; };\n#ifndef B\n"
	    "#define DEAD 9\n#endif\n");
	put(kernel, "a/one.c", "#include <n.h>\n" HEAD "\treturn USED;\n}\n");
	commit(kernel, "header");
	check(kernel, "base..header", "holds include/n.h:1-4\nundecided include/n.h:6\n");
}

/* A new file, and one whose commit can be compiled without its sources. */
static void test_new_file(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "new.c", "int new;\n#ifdef NEVER\nint never;\n#endif\n");
	put(kernel, "Makefile", makefile);
	commit(kernel, "new");
	check(kernel, "base..new", "holds new.c:1\nundecided new.c:3\n");
}

#define ADD(name, function) g_test_add("/added/" name, struct kernel, NULL, setup, function, kernel_teardown)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("dead-branch", test_dead_branch);
	ADD("parent-stays", test_parent_stays);
	ADD("replaced", test_replaced);
	ADD("in-place-of-comment", test_in_place_of_comment);
	ADD("header", test_header);
	ADD("new-file", test_new_file);
	return g_test_run();
}
