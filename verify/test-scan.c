// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-scan.c: what scan.c says of small files.
 */
#include <string.h>

#include "scan.h"

static struct scan *scan_of(const char *text)
{
	return scan_text(text, strlen(text));
}

static void check_kinds(const char *text, const char *kinds)
{
	struct scan *scan = scan_of(text);
	static const char letters[] = ".cmd";

	for (guint i = 0; kinds[i]; i++) {
		g_assert_nonnull(scan_line(scan, i + 1));
		g_assert_cmpint(letters[scan_line(scan, i + 1)->kind], ==, kinds[i]);
	}
	scan_free(scan);
}

static void test_kinds(void)
{
	check_kinds("int a;\n\n/* x\n y */\n{\n};\nint b; /* c\n*/\n", "c.....c.");
	check_kinds("// int a;\n  }\n);\n", "..c");
	check_kinds("#include <a>\n#define A(x) \\\n\tx \\\n\t+ 1\nint a;\n#ifdef B\n#endif\n", "dmmmcdd");
	check_kinds("# /* c */ define A 1\n#undef A\n", "md");
	check_kinds("char *s = \"/*\";\nint b;\nchar c = '\"';\nint d;\n", "cccc");
	check_kinds("#define A /* one\n two */ 1\nint a;\n", "mmc");
}

static void check_heads(const char *text, const guint *heads, guint n)
{
	struct scan *scan = scan_of(text);

	for (guint i = 0; i < n; i++)
		g_assert_cmpuint(scan_line(scan, i + 1)->head, ==, heads[i]);
	scan_free(scan);
}

static void test_heads(void)
{
	static const guint call[] = { 1, 2, 2, 2, 5 };
	static const guint macro[] = { 1, 1, 1, 4 };
	static const guint unbalanced[] = { 1, 1, 1, 4 };

	check_heads("a;\nf(a,\n  g(b,\n    c),\n d);\n", (const guint[]){ 1, 2, 2, 2, 2 }, 5);
	check_heads("a;\nf(a,\n  b,\n  c);\nd;\n", call, 5);
	check_heads("#define A(x) \\\n\tf(x, \\\n\t  1)\nint a;\n", macro, 4);
	check_heads("f(a\n b\n}\nint c;\n", unbalanced, 4);
}

static void check_names(const char *text, guint line, const char *expected)
{
	struct scan *scan = scan_of(text);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autofree char **keys = NULL;
	g_autofree char *all = NULL;

	g_array_append_val(lines, line);
	scan_names(scan, lines, true, names);
	keys = (char **)g_hash_table_get_keys_as_array(names, NULL);
	all = g_strjoinv(" ", keys);
	g_assert_cmpstr(all, ==, expected);
	scan_free(scan);
}

static void test_names(void)
{
	static const char text[] =
		"struct foo {\n"			/* 1 */
		"\tint a;\n"
		"};\n"
		"#define BAR(x) \\\n"
		"\t((x) + 1)\n"				/* 5 */
		"static inline int baz(struct foo *f)\n"
		"{\n"
		"\tif (f->a) {\n"
		"\t\treturn 1;\n"
		"\t}\n"					/* 10 */
		"\treturn 0;\n"
		"}\n"
		"struct fwd;\n"
		"void proto(int a,\n"
		"\t   int b);\n"			/* 15 */
		"extern int var;\n"
		"typedef unsigned int word_t;\n"
		"static const int table[] = { 1, 2 };\n"
		"static int (*const calls[])(int) = {\n"
		"\tbaz,\n"				/* 20 */
		"};\n"
		"extern int (*call)(struct foo *f);\n"
		"void (*pick(int a))(int)\n"
		"{\n"
		"\treturn 0;\n"			/* 25 */
		"}\n"
		"int last;\n";

	check_names(text, 1, "foo");
	check_names(text, 5, "BAR");
	check_names(text, 9, "baz");
	check_names(text, 11, "baz");
	check_names(text, 13, "fwd");
	check_names(text, 15, "proto");
	check_names(text, 16, "var");
	check_names(text, 17, "word_t");
	check_names(text, 18, "table");
	check_names(text, 20, "calls");
	check_names(text, 22, "call");
	check_names(text, 25, "pick");
	check_names(text, 27, "last");
}

/* The names that the line's own members and enumerators have; the set has no order. */
static void check_members(const char *text, guint line, const char *const *expected)
{
	struct scan *scan = scan_of(text);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(guint));

	g_array_append_val(lines, line);
	scan_names(scan, lines, true, names);
	for (; *expected; expected++)
		g_assert_true(g_hash_table_remove(names, *expected));
	g_assert_cmpuint(g_hash_table_size(names), ==, 0);
	scan_free(scan);
}

#define MEMBERS(line, ...) check_members(text, line, (const char *const[]){ __VA_ARGS__, NULL })

static void test_members(void)
{
	static const char text[] =
		"struct foo {\n"			/* 1 */
		"\tint a, *b;\n"
		"\tunsigned int c:3; int :2;\n"
		"\tstruct bar d[4];\n"
		"\tint (*call)(struct bar *x, int y);\n"	/* 5 */
		"\tunion { int e; long f; };\n"
		"\tint g __aligned(8);\n"
		"} __packed;\n"
		"enum {\n"
		"\tONE = 1,\n"			/* 10 */
		"\tTWO\n"
		"};\n"
		"typedef struct {\n"
		"\tint h;\n"
		"} name_t;\n"			/* 15 */
		"struct more {\n"
		"\tvoid __iomem *base;\n"
		"\tstruct_group(named, u8 i; u8 j[4];);\n"
		"\tDECLARE_BITMAP(map, BITS);\n"
		"\tDECLARE_FLEX_ARRAY(u8, tail);\n"	/* 20 */
		"\tstruct net __rcu *net;\n"
		"};\n"
		"static inline int f(void)\n"
		"{\n"
		"\tint local;\n"
		"}\n";

	MEMBERS(1, "foo");
	MEMBERS(2, "foo", "a", "b");
	MEMBERS(3, "foo", "c");
	MEMBERS(4, "foo", "d");
	MEMBERS(5, "foo", "call");
	MEMBERS(6, "foo", "e", "f");
	MEMBERS(7, "foo", "g");
	MEMBERS(10, "ONE");
	MEMBERS(11, "TWO");
	MEMBERS(14, "name_t", "h");
	MEMBERS(17, "more", "base");
	MEMBERS(18, "more", "named", "i", "j");
	MEMBERS(19, "more", "map");
	MEMBERS(20, "more", "tail");
	MEMBERS(21, "more", "net");
	MEMBERS(25, "f");
}

static void test_broken(void)
{
	check_kinds("int a = \"open\nint b;\n/* never closed\n", "cc.");
	check_kinds("", ".");
	check_kinds("#define", "d");
	check_kinds("#", "d");
	check_kinds("int a\\", "c");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan/tells-lines-that-say-something", test_kinds);
	g_test_add_func("/scan/finds-the-head-of-an-open-parenthesis", test_heads);
	g_test_add_func("/scan/names-the-declaration-around-a-line", test_names);
	g_test_add_func("/scan/names-members-and-enumerators", test_members);
	g_test_add_func("/scan/reads-broken-files-to-the-end", test_broken);
	return g_test_run();
}
