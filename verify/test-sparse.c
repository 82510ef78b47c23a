// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-sparse.c: the check "sparse" on a made-up kernel.
 *
 * The compiler sees no annotation: le32 is a plain int to it.
 */
#include <glib/gstdio.h>

#include "test-kernel.h"

#define HEADER \
	"#ifdef __CHECKER__\n" \
	"#define bitwise __attribute__((bitwise))\n" \
	"#define as_int(x) ((__attribute__((force)) unsigned int)(x))\n" \
	"#else\n" \
	"#define bitwise\n" \
	"#define as_int(x) (x)\n" \
	"#endif\n" \
	"#define raw(x) (x)\n" \
	"typedef unsigned int bitwise le32;\n"

#define SOURCE(first, second) \
	"#include <h.h>\n" \
	"unsigned int one(le32 value, le32 other);\n" \
	"unsigned int one(le32 value, le32 other)\n" \
	"{\n" \
	"\tunsigned int a = " first "(value);\n" \
	"\tunsigned int b = " second "(other);\n" \
	"\treturn a + b;\n" \
	"}\n"

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n");
	put(kernel, "Kconfig", "config A\n");
	put(kernel, "include/h.h", HEADER);
	put(kernel, "a/one.c", SOURCE("as_int", "as_int"));
	put(kernel, "a/two.c", "#include \"h.h\"\nint two;\n");
	commit(kernel, "base");
}

static char *judge(const struct kernel *kernel, const char *range)
{
	return kernel_rows(kernel, range, CHECK_SPARSE, "sparse");
}

static void test_new(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "a/two.c", "void *two = 0;\n");
	commit(kernel, "good");
	rows = judge(kernel, "base..good");
	g_assert_cmpstr(rows, ==, "fails a/two.c: Using plain integer as NULL pointer\n");
}

static void test_only_annotation(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL, *build = NULL;

	(void)data;
	put(kernel, "a/one.c", SOURCE("raw", "as_int"));
	commit(kernel, "bad");
	build = kernel_rows(kernel, "base..bad", CHECK_BUILD, "build");
	g_assert_cmpstr(build, ==, "holds 1 object, 1 with equal text\n");
	rows = judge(kernel, "base..bad");
	g_assert_cmpstr(rows, ==, "fails a/one.c: incorrect type in initializer (different base types)"
			" expected unsigned int a got restricted le32 [usertype] value\n");
}

static void test_replaced(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "a/one.c", SOURCE("raw", "as_int"));
	commit(kernel, "old");
	put(kernel, "a/one.c", SOURCE("as_int", "raw"));
	commit(kernel, "new");
	rows = judge(kernel, "old..new");
	g_assert_cmpstr(rows, ==, "fails a/one.c: incorrect type in initializer (different base types)"
			" expected unsigned int b got restricted le32 [usertype] other\n");
}

static void test_moved(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "a/one.c", SOURCE("raw", "as_int"));
	commit(kernel, "old");
	put(kernel, "a/one.c", "\n\n" SOURCE("raw", "as_int"));
	commit(kernel, "moved");
	rows = judge(kernel, "old..moved");
	g_assert_cmpstr(rows, ==, "holds 0 objects compared\n");
}

static void test_header(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "include/h.h", HEADER "static void *const none = 0;\n");
	commit(kernel, "header");
	rows = judge(kernel, "base..header");
	g_assert_cmpstr(rows, ==, "fails include/h.h: Using plain integer as NULL pointer (2 times)\n");
}

static void test_unknown_keyword(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "a/side.c", "static const int side = 1;\n");
	commit(kernel, "old");
	put(kernel, "a/side.c", "#ifdef __CHECKER__\n#define unqual __typeof_unqual__\n#else\n"
	    "#define unqual __typeof__\n#endif\nstatic const int side = 1;\n"
	    "int f(void);\nint f(void)\n{\n\tunqual(side) copy = side;\n\treturn copy;\n}\n");
	commit(kernel, "new");
	rows = judge(kernel, "old..new");
	g_assert_cmpstr(rows, ==, "holds 1 object compared\n");
}

static void test_unreadable(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "a/two.c", "#ifdef __CHECKER__\n#include <nowhere.h>\n#endif\nint two;\n");
	commit(kernel, "new");
	rows = judge(kernel, "base..new");
	g_assert_cmpstr(rows, ==, "undecided a/two.o: a/two.c:2:11: error: unable to open 'nowhere.h'\n");
}

/* It says nothing of the __bitwise behind the error, which is no new one. */
static void test_silenced(struct kernel *kernel, gconstpointer data)
{
	static const char error[] = "#ifdef __CHECKER__\nint f(void) { return 1 +; }\n#endif\n";
	g_autofree char *before = g_strconcat(error, "int two;\n", NULL), *rows = NULL;
	g_autofree char *after = g_strconcat(error, "int two;\nstatic void *const none = 0;\n", NULL);

	(void)data;
	put(kernel, "a/two.c", before);
	commit(kernel, "before");
	put(kernel, "a/two.c", after);
	commit(kernel, "after");
	rows = judge(kernel, "before..after");
	g_assert_true(g_str_has_prefix(rows, "undecided a/two.o: sparse does not say all behind a/two.c: error: "));
}

#define BIT_FIELDS \
	"struct fields {\n" \
	"\tle32 low : 4; le32 whole;\n" \
	"\tle32 high : 4;\n" \
	"};\n"

/* A bit-field of a restricted type is an error to it; what stands behind is read all the same. */
static void test_bit_fields(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *held = NULL, *rows = NULL, *around = NULL;

	(void)data;
	put(kernel, "a/b/fields.h", BIT_FIELDS);
	put(kernel, "a/two.h", "#include \"b/fields.h\"\n");
	put(kernel, "a/two.c", "#include <h.h>\n#include \"two.h\"\nint two;\n");
	commit(kernel, "before");
	put(kernel, "a/two.c", "#include <h.h>\n#include \"two.h\"\nint two = 2;\n");
	commit(kernel, "good");
	put(kernel, "a/two.c", "#include <h.h>\n#include \"two.h\"\nint two = 2;\nextern void *none;\nvoid *none = 0;\n"
	    "unsigned int f(struct fields *f);\nunsigned int f(struct fields *f) { return f->low; }\n");
	commit(kernel, "bad");
	put(kernel, "a/two.c", "#include <h.h>\n#include \"two.h\"\nint two = 2;\n"
	    "unsigned int f(struct fields *f);\nunsigned int f(struct fields *f) { return f->whole; }\n");
	commit(kernel, "around");
	held = judge(kernel, "before..good");
	g_assert_cmpstr(held, ==, "holds 1 object compared\n");
	rows = judge(kernel, "good..bad");
	g_assert_cmpstr(rows, ==, "fails a/two.c: Using plain integer as NULL pointer\n");
	around = judge(kernel, "bad..around");
	g_assert_cmpstr(around, ==, "fails a/two.c: incorrect type in return expression (different base types) "
			"expected unsigned int got restricted le32 [usertype] whole\n");
}

static void test_new_bit_field(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "a/two.c", "#include <h.h>\n" BIT_FIELDS "int two;\n");
	commit(kernel, "bad");
	rows = judge(kernel, "base..bad");
	g_assert_cmpstr(rows, ==, "fails a/two.c: invalid bitfield specifier for type restricted le32. (2 times)\n");
}

/* The line that is told of does not name the type. */
static void test_hidden_bit_field(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "a/two.c", "#include <h.h>\nstruct fields {\n\tle32\n\t\tlow : 4;\n\tle32 high : 4;\n};\nint two;\n");
	commit(kernel, "before");
	put(kernel, "a/two.c", "#include <h.h>\nstruct fields {\n\tle32\n\t\tlow : 4;\n\tle32 high : 4;\n};\nint two = 2;\n");
	commit(kernel, "after");
	rows = judge(kernel, "before..after");
	g_assert_cmpstr(rows, ==, "undecided a/two.o: sparse does not say all behind a/two.c: error: "
			"invalid bitfield specifier for type restricted le32.\n");
}

/* From here on sparse leaves a line for each source it reads: those of which it only shows the text not among them. */
static char *note_reads(const struct kernel *kernel)
{
	return stand_before(kernel, "sparse", "case \" $* \" in *' -E '*) echo >>\"$folder/texts\" ;;\n"
			    "*' -Wbitwise '*) echo >>\"$folder/runs\" ;; esac");
}

static guint texts_noted(const struct kernel *kernel)
{
	g_autofree char *n = sh(kernel->folder, "touch bin/texts; wc -l <bin/texts");

	return atoi(n);
}

/* What it said is kept under its text, beside the verdicts. */
static void test_cached(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *path = NULL, *verdicts = NULL, *first = NULL, *second = NULL, *third = NULL;
	guint reads, texts;

	(void)data;
	put(kernel, "a/one.c", SOURCE("raw", "as_int"));
	commit(kernel, "old");
	put(kernel, "a/one.c", SOURCE("raw", "raw"));
	commit(kernel, "new");
	path = note_reads(kernel);
	first = judge(kernel, "base..new");
	reads = runs_noted(kernel);
	texts = texts_noted(kernel);
	/* Each of three texts once, although the second is of both commits. */
	g_assert_cmpuint(reads, ==, 3);
	second = judge(kernel, "base..new");
	g_assert_cmpuint(runs_noted(kernel), ==, reads);
	g_assert_cmpuint(texts_noted(kernel), ==, texts);
	verdicts = g_build_filename(g_getenv("TEST_CACHE"), CACHE_NAME, "verdicts", NULL);
	remove_tree(verdicts);
	third = judge(kernel, "base..new");
	g_setenv("PATH", path, TRUE);
	g_assert_cmpuint(runs_noted(kernel), ==, reads);
	g_assert_cmpuint(texts_noted(kernel), >, texts);
	g_assert_nonnull(strstr(first, "fails a/one.c: incorrect type in initializer"));
	g_assert_cmpstr(second, ==, first);
	g_assert_cmpstr(third, ==, first);
}

/* The compiler's text may be another: sparse is not asked for that. */
static void test_same_text(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *path = NULL, *comment = NULL, *compiled = NULL;

	(void)data;
	put(kernel, "a/one.c", SOURCE("as_int", "as_int") "/* A comment. */");
	commit(kernel, "comment");
	put(kernel, "a/one.c", SOURCE("as_int", "as_int") "#ifndef __CHECKER__\nint more;\n#endif\n");
	commit(kernel, "compiled");
	path = note_reads(kernel);
	comment = judge(kernel, "base..comment");
	compiled = judge(kernel, "comment..compiled");
	g_setenv("PATH", path, TRUE);
	g_assert_cmpuint(texts_noted(kernel), >, 0);
	g_assert_cmpuint(runs_noted(kernel), ==, 0);
	g_assert_cmpstr(comment, ==, "holds 0 objects compared\n");
	g_assert_cmpstr(compiled, ==, "holds 0 objects compared\n");
}

static void test_missing(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *path = g_strdup(g_getenv("PATH")), *rows = NULL, *first = NULL;
	g_autofree char *bin = g_build_filename(kernel->folder, "bin", NULL);
	g_autofree char *file = g_build_filename(bin, "sparse", NULL);

	(void)data;
	put(kernel, "a/two.c", "int two = 2;\n");
	commit(kernel, "good");
	/* A sparse that is there and cannot run. */
	put(kernel, "../bin/sparse", "#!/bin/sh\necho no library >&2\nexit 1\n");
	g_assert_cmpint(g_chmod(file, 0755), ==, 0);
	first = g_strconcat(bin, ":", path, NULL);
	g_setenv("PATH", first, TRUE);
	rows = judge(kernel, "base..good");
	g_setenv("PATH", path, TRUE);
	g_assert_true(g_str_has_prefix(rows, "undecided 'sparse --version' ended with status 1: no library"));
	g_assert_nonnull(strstr(rows, "tools/setup.sh"));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct kernel *kernel, gconstpointer data);
	} cases[] = {
		{ "a new finding fails", test_new },
		{ "one the compiler cannot see fails", test_only_annotation },
		{ "one that replaces another fails", test_replaced },
		{ "one that moves holds", test_moved },
		{ "one of a header is one row", test_header },
		{ "a keyword sparse does not know hides nothing", test_unknown_keyword },
		{ "what sparse cannot read is said", test_unreadable },
		{ "an error that silences it is said", test_silenced },
		{ "behind bit-fields of a restricted type it finds what there is", test_bit_fields },
		{ "such a bit-field is a finding", test_new_bit_field },
		{ "what it said of a text is kept", test_cached },
		{ "a text that is the same is not read", test_same_text },
		{ "one it cannot be told of otherwise is said", test_hidden_bit_field },
		{ "without sparse it is undecided", test_missing },
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/sparse/", cases[i].name, NULL);

		g_test_add(path, struct kernel, NULL, setup, cases[i].run, kernel_teardown);
	}
	return g_test_run();
}
