// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-lines.c: which lines of a file an object compiles, asked of the real
 * compiler for small files.
 */
#include <string.h>

#include "lines.h"
#include "process.h"

static char *preprocess(const char *folder, const char *how, const char *define)
{
	const char *const argv[] = { "gcc", "-E", how, define, "a.c", NULL };
	struct command command = { .argv = argv, .cwd = folder };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;
	char *out;

	process_check(&command, &result, &error);
	g_assert_no_error(error);
	out = g_steal_pointer(&result.out);
	process_clear(&result);
	return out;
}

static void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GError) error = NULL;

	file_write(path, text, -1, &error);
	g_assert_no_error(error);
}

/* Every line of path is looked for; words are what the commit takes from each. */
static void check(const char *c, const char *h, const char *path, const char *words, const char *define,
		  const char *found, const char *lost)
{
	g_autofree char *folder = g_dir_make_tmp("lines-XXXXXX", NULL), *directives = NULL, *expanded = NULL;
	g_autofree char *got_found = NULL, *got_lost = NULL;
	const char *text = strcmp(path, "a.c") ? h : c;
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(struct changed_line));
	g_auto(GStrv) word_list = words ? g_strsplit(words, " ", -1) : NULL;
	struct wanted *wanted;
	guint n = 1;

	for (const char *p = text; *p; p++)
		n += *p == '\n';
	for (guint i = 1; i < n; i++) {
		struct changed_line line = { .line = i, .words = word_list };

		g_array_append_val(lines, line);
	}
	put(folder, "a.c", c);
	put(folder, "a.h", h);
	directives = preprocess(folder, "-fdirectives-only", define);
	expanded = preprocess(folder, "-dU", define);
	wanted = wanted_new(path, lines, text, strlen(text));
	wanted_mark(wanted, folder, directives, expanded);
	got_found = wanted_ranges(wanted, wanted->found, true);
	got_lost = wanted_ranges(wanted, wanted->found, false);
	g_assert_cmpstr(got_found, ==, found);
	g_assert_cmpstr(got_lost, ==, lost);
	g_assert_cmpint(wanted->left == 0, ==, lost == NULL);
	wanted_free(wanted);
	remove_tree(folder);
}

static void test_dead_branch(void)
{
	static const char text[] =
		"int a;\n"		/* 1 */
		"#ifdef NOPE\n"
		"int b;\n"
		"#else\n"
		"int c;\n"		/* 5 */
		"#endif\n"
		"#if 0\n"
		"int d;\n"
		"#elif defined(YES)\n"
		"int e;\n"		/* 10 */
		"#endif\n";

	check(text, "", "a.c", NULL, "-DYES", "1,5,10", "3,8");
	check(text, "", "a.c", NULL, "-DNOPE", "1,3", "5,8,10");
}

static void test_spanning_call(void)
{
	static const char text[] =
		"#define USE(a, b) f(a, b)\n"	/* 1 */
		"int f(int, int);\n"
		"struct s { int len; };\n"
		"int g(struct s *p)\n"
		"{\n"				/* 5 */
		"\treturn USE(p->len,\n"
		"\t\t   p->len +\n"
		"\t\t   USE(1,\n"
		"\t\t       p->len));\n"
		"}\n";				/* 10 */

	check(text, "", "a.c", NULL, "-DX", "1-4,6-9", NULL);
	/* Only lines with the word on them, or that take it from a call around them, have it. */
	check("#define USE(a) f(a)\nint f(int); struct s { int len; };\nint g(struct s *p)\n{\n\treturn USE(\n\t\tp\n"
	      "\t\t->\n\t\tlen\n\t\t);\n}\n", "", "a.c", "f", "-DX", "1-2,5-9", "3");
}

static void test_dead_argument(void)
{
	static const char text[] =
		"#define USE(a, b) f(a, b)\n"	/* 1 */
		"int f(int, int);\n"
		"int g(int p)\n"
		"{\n"
		"\treturn USE(p,\n"		/* 5 */
		"#ifdef NOPE\n"
		"\t\t   p + 1\n"
		"#else\n"
		"\t\t   p + 2\n"
		"#endif\n"			/* 10 */
		"\t\t   );\n"
		"}\n";

	check(text, "", "a.c", NULL, "-DX", "1-3,5,9,11", "7");
}

static void test_dropped_argument(void)
{
	static const char text[] =
		"#define ASSERT(x) do { } while (0)\n"	/* 1 */
		"struct s { int len; };\n"
		"void g(struct s *p)\n"
		"{\n"
		"\tASSERT(p->len);\n"			/* 5 */
		"\tASSERT(p &&\n"
		"\t       p->len);\n"
		"\tp->len++;\n"
		"}\n";

	check(text, "", "a.c", "len", "-DX", "1-2,8", "3,5-7");
}

static void test_pasted_word(void)
{
	check("#define DECLARE(x) int x##_len; const char *x##_name = #x;\nDECLARE(bio)\n", "", "a.c", "bio", "-DX",
	      "1-2", NULL);
}

static void test_macro_body(void)
{
	static const char used[] =
		"#define LEN(p) \\\n"		/* 1 */
		"\t((p)->len + \\\n"
		"\t INNER(p))\n"
		"#define INNER(p) ((p)->len)\n"
		"#define UNUSED(p) ((p)->len)\n"	/* 5 */
		"#define TESTED 1\n"
		"#ifdef TESTED\n"
		"int t;\n"
		"#endif\n"
		"struct s { int len; };\n"	/* 10 */
		"int f(struct s *p) { return LEN(p); }\n";

	check(used, "", "a.c", NULL, "-DX", "1-4,8,10-11", "5-6");
}

static void test_dead_macro(void)
{
	static const char text[] =
		"#ifdef NOPE\n"
		"#define A(p) ((p) + 1)\n"
		"#else\n"
		"#define A(p) ((p) + 2)\n"
		"#endif\n"
		"int a = A(1);\n";

	check(text, "", "a.c", NULL, "-DX", "4,6", "2");
}

static void test_bare_macro(void)
{
	check("#ifndef A_H\n#define A_H\n#define ONE 1\n#endif\n", "", "a.c", NULL, "-DX", "2", "3");
	check("#ifndef A_H\n#define A_H\n#endif\n", "", "a.c", NULL, "-DA_H", NULL, "2");
	check("#define A\n#undef A\n#define A 1\n", "", "a.c", NULL, "-DX", "1", "3");
}

static void test_header(void)
{
	static const char header[] =
		"#ifndef A_H\n"			/* 1 */
		"#define A_H\n"
		"#define LEN(p) ((p)->len)\n"
		"struct s { int len; };\n"
		"static inline int f(struct s *p)\n"	/* 5 */
		"{\n"
		"#ifdef NOPE\n"
		"\treturn 0;\n"
		"#else\n"
		"\treturn LEN(p);\n"		/* 10 */
		"#endif\n"
		"}\n"
		"#endif\n";

	check("#include \"a.h\"\nint a;\n", header, "a.h", NULL, "-DX", "2-5,10", "8");
}

static void test_not_listed(void)
{
	check("/* c\n */\n\n{\n", "", "a.c", NULL, "-DX", NULL, NULL);
	check("/* bv */ int a; /* c\n * d\n */ int b;\n", "", "a.c", NULL, "-DX", "1,3", NULL);
}

static void test_joined_line(void)
{
	check("int \\\na;\nint b;\n", "", "a.c", NULL, "-DX", "1-3", NULL);
}

static void test_paths(void)
{
	g_autofree char *below = path_below("/a/b/../src/c/d.h", "/a/src");
	g_autofree char *relative = path_below("../src/x.c", "/a/src");
	g_autofree char *outside = path_below("/a/srcs/x.c", "/a/src");

	g_assert_cmpstr(below, ==, "c/d.h");
	g_assert_cmpstr(relative, ==, "x.c");
	g_assert_null(outside);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lines/dead-branch-is-not-compiled", test_dead_branch);
	g_test_add_func("/lines/arguments-on-later-lines-are-compiled", test_spanning_call);
	g_test_add_func("/lines/dead-branch-inside-a-call", test_dead_argument);
	g_test_add_func("/lines/dropped-argument-is-not-compiled", test_dropped_argument);
	g_test_add_func("/lines/pasted-word-is-compiled", test_pasted_word);
	g_test_add_func("/lines/macro-body-needs-an-expansion", test_macro_body);
	g_test_add_func("/lines/macro-of-a-dead-branch", test_dead_macro);
	g_test_add_func("/lines/macro-defined-as-nothing-need-only-live", test_bare_macro);
	g_test_add_func("/lines/header", test_header);
	g_test_add_func("/lines/comments-and-braces-are-not-listed", test_not_listed);
	g_test_add_func("/lines/joined-line", test_joined_line);
	g_test_add_func("/lines/paths-below-a-root", test_paths);
	return g_test_run();
}
