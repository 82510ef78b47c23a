// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-inline.c: an inline function of a header, in objects that call it and
 * in those that do not.
 */
#include "test-kernel.h"

#define CALLED "static inline int called(int a)\n{\n\treturn a;\n}\n"
#define UNCALLED "static inline int uncalled(int a)\n{\n\treturn a;\n}\n"

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n");
	put(kernel, "Kconfig", "config A\n");
	put(kernel, "include/h.h", CALLED UNCALLED);
	put(kernel, "a/one.c", "#include <h.h>\nint one(void);\nint one(void)\n{\n\treturn called(1);\n}\n");
	put(kernel, "a/two.c", "#include <h.h>\nint two;\n");
	commit(kernel, "base");
}

static void check(const struct kernel *kernel, const char *header, unsigned checks, const char *name, const char *want)
{
	g_autofree char *rows = NULL;

	put(kernel, "include/h.h", header);
	commit(kernel, "tip");
	rows = kernel_rows(kernel, "base..tip", checks, name);
	if (!g_str_has_prefix(rows, want))
		g_error("wanted '%s', got '%s'", want, rows);
}

static void test_code(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check(kernel, "static inline int called(int a)\n{\n\treturn a + 1;\n}\n" UNCALLED, CHECK_BUILD | CHECK_EQUIV,
	      "equiv", "holds 1 with equal code, 1 differ; functions of ");
}

static void test_summary(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check(kernel, CALLED "static inline int uncalled(int a)\n{\n\treturn a + 1;\n}\n", CHECK_BUILD, "build",
	      "holds 2 objects, 2 with equal code\n");
}

static void test_error(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check(kernel, CALLED "static inline int uncalled(int a)\n{\n\treturn nothing;\n}\n", CHECK_BUILD, "build",
	      "fails a/one.o: include/h.h:7:16: error: ");
}

/* Where the line has no number the array is too small. */
static void test_line(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check(kernel, CALLED "static inline int uncalled(int a)\n{\n\tint b[__LINE__ - 1];\n\n\treturn a + sizeof(b);\n}\n",
	      CHECK_BUILD, "build", "holds 2 objects, 2 with equal code\n");
}

static void test_warning(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check(kernel, CALLED "static inline char *uncalled(int a)\n{\n\treturn a;\n}\n", CHECK_WARNINGS, "warnings",
	      "fails include/h.h: returning ");
}

/* What was found out when nobody asked for warnings does not say that there are none. */
static void test_later_warning(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check(kernel, CALLED "static inline char *uncalled(int a)\n{\n\treturn a;\n}\n", CHECK_BUILD, "build",
	      "holds 2 objects, 2 with equal code\n");
	g_autofree char *rows = kernel_rows(kernel, "base..tip", CHECK_WARNINGS, "warnings");

	g_assert_true(g_str_has_prefix(rows, "fails include/h.h: returning "));
}

static void test_old_warning(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "include/h.h", CALLED "static inline char *uncalled(int a)\n{\n\treturn a;\n}\n");
	commit(kernel, "old");
	put(kernel, "include/h.h", CALLED "static inline char *uncalled(int a)\n{\n\n\treturn (a);\n}\n");
	commit(kernel, "tip");
	g_autofree char *rows = kernel_rows(kernel, "old..tip", CHECK_WARNINGS, "warnings");

	g_assert_cmpstr(rows, ==, "holds 2 objects compared\n");
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/inline/where-it-is-called-the-object-is-compared", test_code);
	add("/inline/where-it-is-not-the-code-is-equal", test_summary);
	add("/inline/where-it-is-not-it-must-still-compile", test_error);
	add("/inline/where-it-is-not-a-line-has-its-number", test_line);
	add("/inline/where-it-is-not-it-must-not-warn", test_warning);
	add("/inline/where-it-is-not-it-must-not-warn-though-it-was-built-before", test_later_warning);
	add("/inline/what-it-warned-of-before-is-not-new", test_old_warning);
	return g_test_run();
}
