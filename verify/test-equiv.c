// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-equiv.c: what is said to differ, by name, when one thing does.
 */
#include "test-object.h"

#define DECLARE \
	"extern int g(int); extern void use(const void *); " \
	"void panic(const char *) __attribute__((noreturn, cold));\n"

static void check(const char *before, const char *after, const char *expected, const char *differences)
{
	g_autofree char *old_text = g_strconcat(DECLARE, before, NULL), *new_text = g_strconcat(DECLARE, after, NULL);
	g_autofree char *old = parts_of("gcc", KERNEL_FLAGS, old_text), *new = parts_of("gcc", KERNEL_FLAGS, new_text);
	g_autofree char *found = differences_of(old, new, expected, NULL);

	g_assert_cmpstr(found, ==, differences);
}

static void test_function(void)
{
	static const char before[] =
		"int f(int a) { return g(a); } "
		"int h(int a) { return g(a + 1); } int i(int a) { return h(a); }\n";
	static const char after[] =
		"int f(int a) { return g(a); } "
		"int h(int a) { return g(a + 2); } int i(int a) { return h(a); }\n";

	check(before, after, NULL, "~function h; ~function i");
	check(before, after, "h", "~function h!; ~function i");
	check(before, after, "h i", "~function h!; ~function i!");
	check(before, after, "*", "~function h!; ~function i!");
}

static void test_added_function(void)
{
	check("int f(int a) { return g(a); }\n", "int f(int a) { return g(a); } int h(int a) { return g(g(a)); }\n", "f",
	      "+function h; +symbol h");
	check("int f(int a) { return g(a); } int h(int a) { return g(g(a)); }\n", "int f(int a) { return g(a); }\n", "h",
	      "-function h!; -symbol h!");
}

static void test_cold_part(void)
{
	static const char format[] = DECLARE "int f(int a) { if (a > 9) panic(\"%s\"); return g(a); }\n";
	g_autofree char *before_text = g_strdup_printf(format, "a"), *after_text = g_strdup_printf(format, "b");
	g_autofree char *before = parts_of("gcc", "-O2 -fno-pie", before_text);
	g_autofree char *after = parts_of("gcc", "-O2 -fno-pie", after_text);
	g_autofree char *of_f = differences_of(before, after, "f", NULL);
	g_autofree char *of_h = differences_of(before, after, "h", NULL);

	g_assert_cmpstr(of_f, ==, "~function f.cold!");
	g_assert_cmpstr(of_h, ==, "~function f.cold");
}

/* Entries of one name, one a line; the digest tells the line, the masked one does not. */
static char *entries(const char *masked, const guint *lines, guint n)
{
	g_autofree char *header = g_strdelimit(g_strdup(PARTS_TSV), " ", '\t');
	GString *table = g_string_new(header);

	g_string_append_c(table, '\n');
	for (guint i = 0; i < n; i++)
		g_string_append_printf(table, "data\t_entry.#\t.rodata\t44\t-\t%s%u\t%s\t%u\n", masked, lines[i], masked,
				       lines[i]);
	return g_string_free(table, FALSE);
}

static bool two_down(guint before, guint after, gpointer data)
{
	(void)data;
	return before + 2 == after;
}

/* What moved stands where its neighbours stood; a line of a header did not move at all. */
static void test_neighbours_move(void)
{
	static const guint before[] = { 880, 881, 882, 883, 891 }, after[] = { 882, 883, 884, 885, 893 };
	static const guint still[] = { 100, 102 }, wrong[] = { 882, 883, 884, 886, 893 };
	g_autofree char *old = entries("a", before, 5), *new = entries("a", after, 5);
	g_autofree char *header = entries("a", still, 2), *other = entries("a", wrong, 5);
	g_autofree char *moved = differences_of(old, new, NULL, two_down);
	g_autofree char *same = differences_of(header, header, NULL, two_down);
	g_autofree char *differs = differences_of(old, other, NULL, two_down);

	g_assert_cmpstr(moved, ==, "");
	g_assert_cmpstr(same, ==, "");
	g_assert_cmpstr(differs, ==, "~data _entry.#");
}

static void test_parents(void)
{
	static const char *const names[][2] = {
		{ "foo", "foo" }, { "foo.isra.0", "foo" }, { "foo.part.0.cold", "foo" }, { "foo.constprop.0.isra.1", "foo" },
		{ "foo.cold.3", "foo" }, { "foo.lto_priv.12", "foo" }, { "__pfx_foo", "foo" }, { ".foo", ".foo" },
		{ "foo_part", "foo_part" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *parent = part_parent(names[i][0]);

		g_assert_cmpstr(parent, ==, names[i][1]);
	}
}

static void test_clone(void)
{
	static const char format[] =
		"struct s { int a, b; };\n"
		"static int __attribute__((noinline)) part(struct s *s, int x) { return g(s->a) + g(%s); }\n"
		"int f(struct s *s) { return part(s, 3) + 1; } int h(struct s *s) { return part(s, 3) + 2; }\n";
	g_autofree char *before = g_strdup_printf(format, "x"), *after = g_strdup_printf(format, "x + 1");
	g_autofree char *old_text = g_strconcat(DECLARE, before, NULL), *parts = parts_of("gcc", KERNEL_FLAGS, old_text);

	g_assert_nonnull(strstr(parts, "part.constprop.0.isra.0\t"));
	check(before, after, "part", "~function part.constprop.0.isra.0!");
}

static void test_string(void)
{
	check("void f(void) { use(\"one\"); } void h(void) { use(\"two\"); }\n",
	      "void f(void) { use(\"one\"); } void h(void) { use(\"six\"); }\n", NULL, "~function h");
	check("void f(void) { use(\"one\"); } void h(void) { use(\"two\"); }\n",
	      "void f(void) { use(\"two\"); } void h(void) { use(\"one\"); }\n", NULL, "~function f; ~function h");
	/* The strings keep their order in the section. */
	check("void f(void) { use(\"one\"); use(\"two\"); }\n", "void f(void) { use(\"two\"); use(\"one\"); }\n", NULL,
	      "~function f");
}

static void test_constant(void)
{
	static const char format[] = "struct s { long v[6]; }; void f(struct s *s) { *s = (struct s){ { 1, 2, 3, 4, 5, %d } }; }\n"
				     "int h(int a) { switch (a) { case 0: return g(4); case 1: return g(7); case 2: return g(8);"
				     " case 3: return g(1); case 4: return g(%d); } return 0; }\n";
	g_autofree char *before = g_strdup_printf(format, 6, 0), *value = g_strdup_printf(format, 7, 0);
	g_autofree char *label = g_strdup_printf(format, 6, 9);

	check(before, before, NULL, "");
	check(before, value, NULL, "~function f");
	check(before, label, NULL, "~function h");
}

static void test_static_data(void)
{
	check("static int a[2] = { 1, 2 }; int f(int i) { return a[i]++; }\n",
	      "static int a[2] = { 1, 3 }; int f(int i) { return a[i]++; }\n", "f", "~data a");
	/* What only one function uses is that function's. */
	check("int f(int i) { static int a[2] = { 1, 2 }; return a[i]++; }\n",
	      "int f(int i) { static int a[2] = { 1, 3 }; return a[i]++; }\n", "f", "~data a.#!");
}

static void test_counted_names(void)
{
	static const char before[] =
		"int f(int i) { static int n = 1; return n += i; } "
		"int h(int i) { static int n = 2; return n += i; }\n";
	static const char more[] =
		"int f(int i) { static int n = 1; return n += i; } "
		"int h(int i) { static int n = 2; return n += i; }\n"
				   "int e(int i) { static int n = 7; return n += i; }\n";
	static const char shared[] = "static int n; int f(int i) { return n += i; } int h(int i) { return n += i; }\n";
	static const char apart[] =
		"int f(int i) { static int n; return n += i; } "
		"int h(int i) { static int n; return n += i; }\n";

	check(before, more, "e", "+data n.#!; +function e!; +symbol e!");
	check(shared, apart, "f h", "-data n; +data n.#!; +data n.#!; ~function f!; ~function h!");
}

/* Two of one name and content: which of them is meant where, is told. */
static void test_counted_order(void)
{
	static const char inner[] = "void f(void) { static int n; { static int n; use(&n); use(&n); } use(&n); }\n";
	static const char outer[] = "void f(void) { static int n; int *p = &n; { static int n; use(&n); use(p); } use(p); }\n";

	check(inner, outer, NULL, "~function f");
}

static void test_reordered(void)
{
	check("int f(int a) { return g(a) + 1; } int h(int a) { return g(a) + 2; }\n",
	      "int h(int a) { return g(a) + 2; } int f(int a) { return g(a) + 1; }\n", NULL, "");
	check("int a = 1, b = 2; int *f(int i) { return i ? &a : &b; }\n",
	      "int b = 2, a = 1; int *f(int i) { return i ? &a : &b; }\n", NULL, "");
}

static void test_binding(void)
{
	check("int f(int a) { return g(a); } void h(void) { use(f); }\n",
	      "static int f(int a) { return g(a); } void h(void) { use(f); }\n", NULL, "-symbol f");
	check("int f(int a) { return g(a); }\n", "int __attribute__((weak)) f(int a) { return g(a); }\n", NULL, "~symbol f");
	check("int f(int a) { return g(a); }\n", "int __attribute__((section(\".init.text\"))) f(int a) { return g(a); }\n",
	      NULL, "+function f; -function f; +symbol f; -symbol f");
}

static void test_target(void)
{
	check("extern int a, b; void f(void) { use(&a); }\n", "extern int a, b; void f(void) { use(&b); }\n", NULL,
	      "~function f");
	check("static int a = 1, b = 1; void f(void) { use(&a); use(&b); }\n",
	      "static int a = 1, b = 1; void f(void) { use(&b); use(&a); }\n", NULL, "~function f");
	check("void one(void), two(void); void (*a)(void) = one;\n", "void one(void), two(void); void (*a)(void) = two;\n",
	      NULL, "~data a");
}

static void test_table(void)
{
	static const char format[] =
		"void f(void) { asm volatile(\"1: nop\\n2:\\n.pushsection __ex_table,\\\"a\\\"\\n.long 1b - ., 2b - ., %d\\n"
		".popsection\"); }\n"
		"void h(void) { asm volatile(\"1: nop\\n2:\\n.pushsection __ex_table,\\\"a\\\"\\n.long 1b - ., 2b - ., %d\\n"
		".popsection\"); }\n";
	g_autofree char *before = g_strdup_printf(format, 1, 2), *after = g_strdup_printf(format, 1, 3);
	g_autofree char *swapped = g_strdup_printf(format, 2, 1);

	check(before, after, "h", "~entries h!");
	check(before, swapped, NULL, "~entries f; ~entries h");
}

static void test_calls_order(void)
{
	static const char format[] =
		"static int f(void) { return g(1); } static int h(void) { return g(2); }\n"
		"asm(\".section .initcall6.init,\\\"a\\\"\\n__initcall__kmod_a__%d_%d_%s6: .long %s - .\\n"
		"__initcall__kmod_a__%d_%d_%s6: .long %s - .\\n.previous\"); void e(void) { use(f); use(h); }\n";
	g_autofree char *before = g_strdup_printf(format, 1, 20, "f", "f", 2, 30, "h", "h");
	g_autofree char *moved = g_strdup_printf(format, 4, 21, "f", "f", 5, 31, "h", "h");
	g_autofree char *swapped = g_strdup_printf(format, 1, 20, "h", "h", 2, 30, "f", "f");

	check(before, moved, NULL, "");
	check(before, swapped, NULL, "~remainder order");
}

/* The globals of KASAN without an owner, and the bug table's entries about f. */
static char *table_of_bugs(const char *globals, const char *bugs)
{
	g_autofree char *header = g_strdelimit(g_strdup(PARTS_TSV), " ", '\t');

	return g_strdup_printf("%s\nentries\t-\t.data\t64\t-\t%s\t-\t-\nentries\tf\t__bug_table\t12\tf\t%s\t-\t-\n",
			       header, globals, bugs);
}

static void test_file_of_bug(void)
{
	g_autofree char *before = table_of_bugs("a", "a"), *both = table_of_bugs("b", "b"), *globals = table_of_bugs("b", "a");
	g_autofree char *of_f = differences_of(before, both, "f", NULL), *of_g = differences_of(before, both, "g", NULL);
	g_autofree char *alone = differences_of(before, globals, "f", NULL);

	g_assert_cmpstr(of_f, ==, "~entries -!; ~entries f!");
	g_assert_cmpstr(of_g, ==, "~entries -; ~entries f");
	g_assert_cmpstr(alone, ==, "~entries -");
}

static void test_not_a_table(void)
{
	static const char good[] = "kind\tname\tsection\tsize\towners\tdigest\tmasked\tlines\nobject\t-\t-\t0\t-\tx\t-\t-\n";
	static const char *const bad[] = {
		"", "\n", "kind\tname\n", "kind\tname\tsection\tsize\towners\tdigest\tmasked\tlines\nobject\t-\n",
		"kind\tname\tsection\tsize\towners\tdigest\tmasked\tlines\nobject\t-\t-\t0\t-\tx\t-\t-",
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(parts_compare(good, bad[i], NULL, NULL, NULL, &error));
		g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
		g_clear_error(&error);
		g_assert_null(parts_compare(bad[i], good, NULL, NULL, NULL, &error));
		g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/equiv/changed-function-is-named", test_function);
	g_test_add_func("/equiv/function-that-comes-or-goes", test_added_function);
	g_test_add_func("/equiv/cold-part-belongs-to-its-function", test_cold_part);
	g_test_add_func("/equiv/what-moves-to-where-its-neighbour-stood-is-the-same", test_neighbours_move);
	g_test_add_func("/equiv/parents", test_parents);
	g_test_add_func("/equiv/clone-belongs-to-its-function", test_clone);
	g_test_add_func("/equiv/string-belongs-to-who-refers-to-it", test_string);
	g_test_add_func("/equiv/constant-belongs-to-who-refers-to-it", test_constant);
	g_test_add_func("/equiv/data-belongs-to-no-function", test_static_data);
	g_test_add_func("/equiv/statics-match-whatever-their-number", test_counted_names);
	g_test_add_func("/equiv/statics-of-one-name-are-told-apart", test_counted_order);
	g_test_add_func("/equiv/order-in-a-section-does-not-count", test_reordered);
	g_test_add_func("/equiv/binding-and-section-count", test_binding);
	g_test_add_func("/equiv/target-counts-where-bytes-are-equal", test_target);
	g_test_add_func("/equiv/table-entry-belongs-to-its-function", test_table);
	g_test_add_func("/equiv/name-of-file-follows-the-bug-table", test_file_of_bug);
	g_test_add_func("/equiv/order-of-initcalls-counts", test_calls_order);
	g_test_add_func("/equiv/what-is-no-table-is-refused", test_not_a_table);
	return g_test_run();
}
