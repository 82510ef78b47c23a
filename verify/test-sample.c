// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-sample.c: which objects the program judges when a header changes that
 * a dozen sources of a made-up kernel include and none names.
 */
#include <string.h>

#include "test-kernel.h"
#include "test-program.h"

#define SOURCES 12

static void setup(struct kernel *kernel, gconstpointer data)
{
	g_autoptr(GString) objects = g_string_new("real-obj-y :=");
	g_auto(GStrv) halves = g_strsplit(makefile, "real-obj-y :=", 2);
	g_autofree char *all = NULL;

	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n");
	put(kernel, "Kconfig", "config A\n");
	put(kernel, "include/h.h", "struct thing { int member; };\n");
	for (guint i = 0; i < SOURCES; i++) {
		g_autofree char *name = g_strdup_printf("a/n%02u.c", i);

		put(kernel, name, "#include <h.h>\nint n;\n");
		g_string_append_printf(objects, " a/n%02u.o", i);
	}
	put(kernel, "a/other.c", "int other;\n");
	g_string_append(objects, " a/other.o");
	all = g_strjoin(objects->str, halves[0], halves[1], NULL);
	put(kernel, "Makefile", all);
	commit(kernel, "base");
	put(kernel, "include/h.h", "struct thing { long member; };\n");
	commit(kernel, "tip");
}

/* The objects judged, a line each, when nothing is known from before. */
static char *judged(const struct kernel *kernel, const char *options)
{
	g_autofree char *path = g_build_filename(kernel->folder, "objects", NULL);
	g_autofree char *line = g_strdup_printf(
		"build -k . -o ../evidence.tsv --objects ../objects %s base..tip", options);
	g_autoptr(GError) error = NULL;
	char *text;

	remove_tree(g_getenv("TEST_CACHE"));
	g_free(program_output(kernel->work, line, strstr(options, "--sample 0") ? 2 : 0));
	text = file_read(path, NULL, &error);
	g_assert_no_error(error);
	return text;
}

static guint count(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	return g_strv_length(lines) - 1;
}

static void test_tree(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *all = judged(kernel, "--affected=tree --sample 3"), *sampled = judged(kernel, "--sample 3");

	(void)data;
	g_assert_cmpstr(all, ==, "a/n00.o\na/n01.o\na/n02.o\na/n03.o\na/n04.o\na/n05.o\n"
			"a/n06.o\na/n07.o\na/n08.o\na/n09.o\na/n10.o\na/n11.o\n");
	g_assert_cmpuint(count(sampled), ==, 3);
}

static void test_seed(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *unasked = judged(kernel, "--sample 4"), *one = judged(kernel, "--sample 4 --seed 1");
	g_autofree char *two = judged(kernel, "--sample 4 --seed 2"), *again = judged(kernel, "--sample 4 --seed 2");

	(void)data;
	g_assert_cmpuint(count(one), ==, 4);
	g_assert_cmpstr(unasked, ==, one);
	g_assert_cmpuint(count(two), ==, 4);
	g_assert_cmpstr(two, !=, one);
	g_assert_cmpstr(two, ==, again);
}

/* One sample is in the next larger one: a run that asks for more repeats nothing. */
static void test_size(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *four = judged(kernel, "--sample 4"), *five = judged(kernel, "--sample 5");
	g_auto(GStrv) lines = g_strsplit(four, "\n", -1);

	(void)data;
	g_assert_cmpuint(count(five), ==, 5);
	for (guint i = 0; i < count(four); i++)
		g_assert_nonnull(strstr(five, lines[i]));
}

/* Then nothing reads the header, which is said. */
static void test_none(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *none = judged(kernel, "--sample 0"), *rows = NULL;

	(void)data;
	g_assert_cmpstr(none, ==, "");
	rows = program_output(kernel->work, "build -k . --sample 0 base..tip", 2);
	g_assert_nonnull(strstr(rows, "\tbuild\tundecided\tinclude/h.h: no object that was compiled includes it\t"));
}

/* What is known of one sample says nothing of another. */
static void test_verdict(struct kernel *kernel, gconstpointer data)
{
	static const char *const options[] = { "--sample 0", "--sample 3", "--sample 3 --seed 2", "--affected=tree" };
	static const char *const found[] = { "undecided\t", "holds\t3 objects\t", "holds\t3 objects\t",
		"holds\t12 objects\t" };

	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
		g_autofree char *line = g_strdup_printf("build -k . --objects ../objects %s base..tip", options[i]);
		g_autofree char *rows = program_output(kernel->work, line, i ? 0 : 2), *text = NULL;
		g_autofree char *path = g_build_filename(kernel->folder, "objects", NULL);

		g_assert_nonnull(strstr(rows, found[i]));
		text = file_read(path, NULL, NULL);
		g_assert_true(!*text == !i);
	}
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	program_export();
	g_test_init(&argc, &argv, NULL);
	add("/sample/tree-takes-every-source-that-includes-the-header", test_tree);
	add("/sample/seed-decides-which", test_seed);
	add("/sample/larger-one-has-the-smaller", test_size);
	add("/sample/none-leaves-the-header-undecided", test_none);
	add("/sample/verdict-is-of-one-sample", test_verdict);
	return g_test_run();
}
