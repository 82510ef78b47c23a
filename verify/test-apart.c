// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-apart.c: commits that are judged together, each with its own sources.
 */
#include "test-kernel.h"

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n");
	put(kernel, "Kconfig", "config A\n");
	put(kernel, "a/one.c", "int one;\n");
	put(kernel, "include/h.h", "int shared;\n");
	put(kernel, "a/two.c", "#include <h.h>\nint two;\n");
	put(kernel, "a/side.c", "int side;\n");
	commit(kernel, "base");
}

static void check(const struct kernel *kernel, const char *range, const char *want)
{
	g_autofree char *rows = kernel_rows(kernel, range, CHECK_BUILD | CHECK_EQUIV, "build");

	if (!strstr(rows, want))
		g_error("wanted '%s', got '%s'", want, rows);
}

/* The first pass of the preprocessor refuses this text, so it must be compiled before the sources go on. */
static void test_no_text(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/one.c", "#if __COUNTER__ == 0\nint one = nothing;\n#endif\n");
	commit(kernel, "broken");
	put(kernel, "a/one.c", "int one;\n");
	commit(kernel, "mended");
	check(kernel, "base..mended", "fails a/one.o: a/one.c:2:11: error: ");
}

static guint texts_compiled(const struct kernel *kernel, const char *range)
{
	g_autofree char *path = note_runs(kernel, "-fpreprocessed");
	g_autofree char *rows = kernel_rows(kernel, range, CHECK_BUILD | CHECK_EQUIV, "build");

	g_setenv("PATH", path, TRUE);
	return runs_noted(kernel);
}

static void test_text(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put_generating(kernel, "\techo 'extern int generated;' >$(O)/include/generated/g.h\n");
	put(kernel, "a/two.c", "#include <generated/g.h>\n#include <h.h>\nint two;\n");
	commit(kernel, "generated");
	put(kernel, "a/two.c", "#include <generated/g.h>\n#include <h.h>\nint two, more;\n");
	commit(kernel, "text");
	put(kernel, "a/two.c", "#include <h.h>\n#pragma push_macro(\"V\")\n#pragma pop_macro(\"V\")\nint two;\n");
	commit(kernel, "macro");
	g_assert_cmpuint(texts_compiled(kernel, "generated..text"), ==, 2);
	/* Those of the first range are all there are: the second has no text. */
	g_assert_cmpuint(texts_compiled(kernel, "text..macro"), ==, 2);
}

static void test_pop_macro(struct kernel *kernel, gconstpointer data)
{
	static const char text[] = "#define V 1\n#pragma push_macro(\"V\")\n#undef V\n#define V 2\n"
		"#pragma pop_macro(\"V\")\nint one[V == 1 ? 1 : -1];\n";

	(void)data;
	for (guint i = 0; i < 2; i++) {
		g_autofree char *body = g_strdup_printf("%sint more%u;\n", text, i);
		g_autofree char *name = g_strdup_printf("step%u", i);

		put(kernel, "a/one.c", body);
		commit(kernel, name);
	}
	check(kernel, "base..step1", "holds 1 object\nholds 1 object\n");
}

/* An object kbuild has no command for until the commit adds it, and one that is no C. */
static void test_assembly(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/n.S", "#include \"n.inc\"\n");
	put(kernel, "a/n.inc", "bogus_instruction\n");
	commit(kernel, "broken");
	put(kernel, "a/n.inc", "nop\n");
	commit(kernel, "mended");
	check(kernel, "base..mended", "fails a/n.o: ");
}

/* What a later commit makes of an object says nothing of this one. */
static void test_selected_later(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/side.c", "int side, more;\n");
	commit(kernel, "changed");
	put(kernel, "Makefile", makefile);
	put(kernel, "a/one.c", "int one, more;\n");
	commit(kernel, "other");
	check(kernel, "base..other", "holds 1 object, 1 unselected (a/side.o)\n");
}

/* More commits than are judged together, the same two files in each: each against its parent. */
static void test_many(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	for (guint i = 0; i < 20; i++) {
		g_autofree char *one = g_strdup_printf("int one(void);\nint one(void) { return %u; }\n", i / 2);
		g_autofree char *two = g_strdup_printf("int two%02u;\n", i), *name = g_strdup_printf("step%u", i);

		put(kernel, "a/one.c", one);
		put(kernel, "a/two.c", two);
		commit(kernel, name);
	}
	rows = kernel_rows(kernel, "base..step19", CHECK_EQUIV, "equiv");
	for (guint i = 1; i < 20; i++) {
		g_autofree char *two = g_strdup_printf("data two%02u gone, data two%02u new", i - 1, i);

		if (!strstr(rows, two))
			g_error("wanted '%s', got '%s'", two, rows);
	}
}

static void test_skipped(struct kernel *kernel, gconstpointer data)
{
	static const char *const texts[] = { "int shared, one;\n", "int shared, two;\n", "int shared, two;\n/* Two. */\n" };

	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *name = g_strdup_printf("step%u", i);

		put(kernel, "include/h.h", texts[i]);
		commit(kernel, name);
	}
	check(kernel, "step0..step1", "holds 1 object\n");
	check(kernel, "base..step2", "holds 1 object\nholds 1 object\nholds 1 object, 1 with equal text\n");
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/apart/both-sides-are-compiled-from-texts", test_text);
	add("/apart/what-has-no-text-is-compiled-in-place", test_no_text);
	add("/apart/what-the-text-lost-is-compiled-in-place", test_pop_macro);
	add("/apart/assembly-is-compiled-in-place", test_assembly);
	add("/apart/a-later-commit-does-not-tell-of-this-one", test_selected_later);
	add("/apart/each-commit-has-its-own-parent", test_many);
	add("/apart/a-commit-that-was-judged-before-is-not-forgotten", test_skipped);
	return g_test_run();
}
