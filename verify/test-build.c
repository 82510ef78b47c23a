// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-build.c: the build check on a made-up kernel.
 */
#include <glib/gstdio.h>

#include "test-kernel.h"

static char *git_id(const struct kernel *kernel, const char *revision)
{
	g_autoptr(GError) error = NULL;
	struct git *git = git_open(kernel->work, &error);
	char *id = git_resolve(git, revision, &error);

	g_assert_no_error(error);
	git_free(git);
	return id;
}

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n[symbols]\nA=y\nB=n\n");
	put(kernel, "Kconfig", "config A\n");
	put(kernel, "include/h.h", "#define LEN(p) ((p)->len)\nstruct s { int len; };\n"
	    "static inline int both(struct s *p)\n{\n\treturn LEN(p) +\n\t\tp->len;\n}\n");
	put(kernel, "a/one.c", "#include <h.h>\nint one(struct s *p);\nint one(struct s *p)\n{\n\treturn p->len;\n}\n");
	put(kernel, "a/two.c", "#include \"h.h\"\nint two(struct s *p);\nint two(struct s *p)\n{\n\treturn LEN(p);\n}\n");
	put(kernel, "a/odd.c", "#include <nowhere.h>\nint odd;\n");
	put(kernel, "a/side.c", "int side;\n");
	commit(kernel, "base");
}

static char *judge(const struct kernel *kernel, const char *range, const char *check)
{
	return kernel_rows(kernel, range, CHECK_BUILD, check);
}

static void check(const struct kernel *kernel, const char *range, const char *build, const char *lines)
{
	g_autofree char *got_build = judge(kernel, range, "build"), *got_lines = judge(kernel, range, "lines");

	g_assert_cmpstr(got_build, ==, build);
	g_assert_cmpstr(got_lines, ==, lines);
}

static void test_holds(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/one.c", "#include <h.h>\nint one(struct s *p);\nint one(struct s *p)\n{\n\treturn LEN(p);\n}\n");
	commit(kernel, "good");
	check(kernel, "base..good", "holds 1 object\n", "holds a/one.c:5\n");
}

static void test_breaks_and_repairs(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *broken = NULL, *still = NULL, *mended = NULL;

	(void)data;
	put(kernel, "a/one.c", "int one(void) { return nothing; }\n");
	commit(kernel, "bad");
	put(kernel, "a/one.c", "int one(void) { return 1 + nothing; }\n");
	commit(kernel, "still");
	put(kernel, "a/one.c", "int one(void) { return 1; }\n");
	commit(kernel, "mended");
	broken = judge(kernel, "base..bad", "build");
	g_assert_true(g_str_has_prefix(broken, "fails a/one.o: a/one.c:1:24: error: "));
	still = judge(kernel, "bad..still", "build");
	g_assert_true(g_str_has_prefix(still, "undecided a/one.c: selected, but does not compile before"));
	mended = judge(kernel, "still..mended", "build");
	g_assert_cmpstr(mended, ==, "holds 1 object\n");
}

static void test_uncompilable(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *build = NULL, *lines = NULL;

	(void)data;
	put(kernel, "a/odd.c", "#include <nowhere.h>\nint even;\n");
	put(kernel, "a/side.c", "int other_side;\n");
	commit(kernel, "odd");
	build = judge(kernel, "base..odd", "build");
	lines = judge(kernel, "base..odd", "lines");
	g_assert_nonnull(strstr(build, "holds 1 object, 1 unselected (a/side.o)\n"));
	g_assert_nonnull(strstr(build, "undecided a/odd.c: not selected, and does not compile before"));
	g_assert_cmpstr(lines, ==, "holds a/side.c:1\nundecided a/odd.c:2\n");
}

/* What the configuration does not select is told apart by name, up to eight of them. */
static void test_unselected(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	for (guint i = 0; i < 10; i++) {
		g_autofree char *path = g_strdup_printf("b/n%u.c", i);

		put(kernel, path, "int b;\n");
	}
	commit(kernel, "ten");
	check(kernel, "base..ten", "holds 10 objects, 10 unselected (b/n0.o, b/n1.o, b/n2.o, b/n3.o, b/n4.o, b/n5.o, "
	      "b/n6.o, b/n7.o and 2 more)\n", "");
}

static void test_header(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "include/h.h", "#define LEN(p) ((p)->len)\nstruct s { int len; };\n#define MORE 1\n"
	    "static inline int both(struct s *p)\n{\n\treturn LEN(p) +\n\t\tp->len;\n}\n");
	commit(kernel, "macro");
	put(kernel, "include/h.h", "#define LEN(p) ((p)->length)\nstruct s { int length; };\n#define MORE 1\n"
	    "static inline int both(struct s *p)\n{\n\treturn LEN(p) +\n\t\tp->length;\n}\n");
	put(kernel, "a/one.c", "#include <h.h>\nint one(struct s *p);\nint one(struct s *p)\n{\n\treturn p->length;\n}\n");
	commit(kernel, "field");
	check(kernel, "base..macro", "holds 2 objects, 2 with equal text\n", "");
	check(kernel, "macro..field", "holds 2 objects\n", "holds a/one.c:5\nholds include/h.h:1-2,7\n");
}

/* Those that were told to be equal are named too, and what is known is not judged. */
static void test_names_objects(struct kernel *kernel, gconstpointer data)
{
	struct verify v = { .jobs = 2, .sample = 10, .seed = 1, .affected = (char *)"range", .checks = CHECK_BUILD };

	(void)data;
	put(kernel, "include/h.h", "#define LEN(p) ((p)->len)\nstruct s { int len; };\n#define MORE 1\n"
	    "static inline int both(struct s *p)\n{\n\treturn LEN(p) +\n\t\tp->len;\n}\n");
	commit(kernel, "macro");
	for (guint known = 0; known < 2; known++) {
		v.judged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_free(kernel_rows_of(&v, kernel, "base..macro", "build"));
		g_assert_cmpuint(g_hash_table_size(v.judged), ==, known ? 0 : 2);
		g_assert_true(known || g_hash_table_contains(v.judged, "a/two.o"));
		g_hash_table_unref(v.judged);
	}
}

/* A line that no object shows does not use up what other headers may have. */
static void test_many_headers(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *lines = NULL;

	for (guint step = 0; !data && step < 3; step++) {
		put(kernel, "include/n.h", step ? "#define NEVER(x) (x + 0)\n" : "#define NEVER(x) (x)\n");
		for (guint i = 0; i < 60; i++) {
			g_autofree char *path = g_strdup_printf("a/n%02u.c", i);
			g_autofree char *header = g_strdup_printf("include/z%02u.h", i);
			g_autofree char *text = g_strdup_printf("#include <n.h>\n#include <z%02u.h>\n", i);

			put(kernel, header, step ? "struct z { long a; };\n" : "struct z { int a; };\n");
			put(kernel, path, step == 2 ? "int b;\n" : text);
		}
		commit(kernel, step == 0 ? "files" : step == 1 ? "types" : "later");
	}
	lines = judge(kernel, "files..later", "lines");
	g_assert_true(!strstr(lines, "undecided include/z") && strstr(lines, "undecided include/n.h:1\n"));
}

static void test_header_breaks_another(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *build = NULL;

	(void)data;
	put(kernel, "include/h.h", "#define LEN(p) ((p)->gone)\nstruct s { int len; };\n");
	commit(kernel, "gone");
	build = judge(kernel, "base..gone", "build");
	g_assert_true(g_str_has_prefix(build, "fails a/two.o: "));
}

static void test_self_contained(struct kernel *kernel, gconstpointer data)
{
	static const char body[] = "static inline int length(struct s *p)\n{\n\treturn p->len;\n}\n";
	g_autofree char *whole = g_strconcat("#ifndef LEN\n#include <h.h>\n#endif\n", body, NULL);
	g_autofree char *changed = g_strconcat("struct more;\n", whole, NULL), *build = NULL;

	(void)data;
	put(kernel, "init/main.c", "int start;\n");
	put(kernel, "include/l.h", whole);
	put(kernel, "include/p.h", "int part(struct s *p);\n");
	put(kernel, "a/two.c", "#include <h.h>\n#include <l.h>\n#include <p.h>\nint two;\n");
	commit(kernel, "whole");
	put(kernel, "include/l.h", changed);
	commit(kernel, "changed");
	put(kernel, "include/l.h", body);
	put(kernel, "include/p.h", "int part(struct s *p, int n);\n");
	commit(kernel, "broken");
	check(kernel, "whole..changed", "holds 1 object, 1 header alone\n", "");
	build = judge(kernel, "changed..broken", "build");
	g_assert_true(g_str_has_prefix(build, "fails include/l.h: no longer self-contained: "));
	g_assert_null(strstr(build, "include/p.h"));
}

static void test_unread_header(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "include/lonely.h", "int lonely;\n");
	commit(kernel, "lonely");
	check(kernel, "base..lonely", "undecided include/lonely.h: no object that was compiled includes it\n", "");
}

static void test_new_file(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "new.c", "int new_file;\n");
	put(kernel, "Kconfig", "config A\nconfig NEW\n");
	commit(kernel, "new");
	put(kernel, "Documentation/x.rst", "text\n");
	commit(kernel, "text");
	check(kernel, "base..new", "holds 1 object\n", "");
	check(kernel, "new..text", "holds 0 objects\n", "");
}

static guint makes(void)
{
	g_autofree char *path = g_build_filename(g_getenv("TEST_CACHE"), "makes", NULL), *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? strlen(text) / 4 : 0;
}

/* The object trees are taken away: a run that made anything would make them again. */
static void test_repeated(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *first = NULL, *second = NULL, *trees = NULL;
	guint before;

	(void)data;
	put(kernel, "a/one.c", "int one;\n");
	commit(kernel, "again");
	first = judge(kernel, "base..again", "build");
	before = makes();
	g_assert_cmpuint(before, >, 0);
	trees = g_build_filename(g_getenv("TEST_CACHE"), CACHE_NAME, "verify", NULL);
	remove_tree(trees);
	second = judge(kernel, "base..again", "build");
	g_assert_cmpstr(first, ==, second);
	g_assert_cmpuint(makes(), ==, before);
	g_assert_false(g_file_test(trees, G_FILE_TEST_EXISTS));
}

/* A compiler that meets a full disk for as long as the file "full" is there. */
static void test_accident(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *full = g_build_filename(kernel->folder, "bin/full", NULL), *path = NULL;
	g_autofree char *first = NULL, *second = NULL;

	(void)data;
	path = stand_before(kernel, "gcc", "case \" $* \" in *' -c '*) [ ! -e \"$folder/full\" ] ||\n"
			    "{ echo 'fatal error: a.s: No space left on device' >&2; exit 1; } ;; esac");
	put(kernel, "../bin/full", "");
	put(kernel, "a/one.c", "int one;\n");
	commit(kernel, "full");
	first = judge(kernel, "base..full", "build");
	g_assert_nonnull(strstr(first, "No space left on device"));
	g_assert_cmpint(g_remove(full), ==, 0);
	second = judge(kernel, "base..full", "build");
	g_setenv("PATH", path, TRUE);
	g_assert_cmpstr(second, ==, "holds 1 object\n");
}

static void test_comment(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *path = NULL;

	(void)data;
	put(kernel, "a/one.c", "/* said\n   at length */\n#include <h.h>\nint one(struct s *p);\n"
	    "int one(struct s *p) /* so */\n{\n\n\treturn p->len;\n}\n");
	commit(kernel, "comment");
	path = note_runs(kernel, "-c");
	check(kernel, "base..comment", "holds 1 object, 1 with equal text\n", "holds a/one.c:3\n");
	g_setenv("PATH", path, TRUE);
	g_assert_cmpuint(runs_noted(kernel), ==, 0);
}

/* Three texts in four commits, each commit's parent wanted as well. */
static void test_once(struct kernel *kernel, gconstpointer data)
{
	static const char *const texts[] = { "int one;\n", "int two;\n", "int one;\n", "int  one;\n" };
	g_autofree char *path = NULL, *build = NULL, *warnings = NULL;

	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *name = g_strdup_printf("step%u", i);

		put(kernel, "a/one.c", texts[i]);
		commit(kernel, name);
	}
	path = note_runs(kernel, "-c");
	warnings = kernel_rows(kernel, "base..step3", CHECK_WARNINGS, "warnings");
	g_assert_cmpuint(runs_noted(kernel), ==, 3);
	build = kernel_rows(kernel, "base..step3", CHECK_BUILD | CHECK_WARNINGS, "build");
	g_setenv("PATH", path, TRUE);
	g_assert_cmpuint(runs_noted(kernel), ==, 3);
	g_assert_cmpstr(build, ==, "holds 1 object\nholds 1 object\nholds 1 object\nholds 1 object, 1 with equal text\n");
}

static char *warnings(const struct kernel *kernel, const char *range)
{
	return kernel_rows(kernel, range, CHECK_WARNINGS, "warnings");
}

static void test_warnings(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *moved = NULL, *traded = NULL, *twice = NULL;

	(void)data;
	put(kernel, "Makefile", makefile);
	put(kernel, "a/one.c", "#warning one\nint one;\n");
	commit(kernel, "one");
	put(kernel, "a/one.c", "int zero;\n\n#warning one\nint one;\n");
	commit(kernel, "moved");
	put(kernel, "a/one.c", "#warning two\nint one;\n");
	commit(kernel, "traded");
	put(kernel, "a/one.c", "#warning two\n#warning two\nint one, two;\n");
	commit(kernel, "twice");
	moved = warnings(kernel, "one..moved");
	traded = warnings(kernel, "moved..traded");
	twice = warnings(kernel, "traded..twice");
	g_assert_cmpstr(moved, ==, "holds 1 object compared\n");
	g_assert_cmpstr(traded, ==, "fails a/one.c: #warning two [-Wcpp]\n");
	g_assert_cmpstr(twice, ==, "fails a/one.c: #warning two [-Wcpp]\n");
}

/* Two objects say it; it is one row. */
static void test_warning_of_a_header(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "include/h.h", "#warning new\n#define LEN(p) ((p)->len)\nstruct s { int len; };\nint more;\n");
	commit(kernel, "header");
	rows = warnings(kernel, "base..header");
	g_assert_cmpstr(rows, ==, "fails include/h.h: #warning new [-Wcpp] (2 times)\n");
}

/*
 * With the header the object is compiled from the sources, alone from its text: the preprocessor warns of the
 * #warning before there is a text, and of the macro before and after.
 */
static void test_warnings_of_a_text(struct kernel *kernel, gconstpointer data)
{
	static const char one[] = "#warning one\n#define TWICE 1\n#define TWICE 2\n#include <h.h>\nint one(struct s *p)\n{\n\treturn LEN(p);\n}\n";
	g_autofree char *rows = NULL, *changed = g_strconcat(one, "int more;\n", NULL);

	(void)data;
	put(kernel, "a/one.c", one);
	commit(kernel, "start");
	put(kernel, "include/h.h", "#define LEN(p) (int)sizeof(*(p))\nstruct s { int len; };\n");
	commit(kernel, "header");
	put(kernel, "a/one.c", changed);
	commit(kernel, "alone");
	rows = warnings(kernel, "start..alone");
	g_assert_cmpstr(rows, ==, "holds 1 object compared\nholds 2 objects compared\n");
}

static char *equiv(const struct kernel *kernel, const char *range)
{
	return kernel_rows(kernel, range, CHECK_EQUIV, "equiv");
}

static void test_equiv_identical(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *read = NULL, *other = NULL, *moved = NULL, *added = NULL;

	(void)data;
	put(kernel, "a/one.c", "#include <h.h>\nint one(struct s *p);\nint one(struct s *p)\n{\n\treturn LEN(p);\n}\n");
	commit(kernel, "read");
	put(kernel, "a/one.c", "#include <h.h>\nint one(struct s *p);\nint one(struct s *p)\n{\n\treturn LEN(p) + 1;\n}\n");
	commit(kernel, "other");
	put(kernel, "a/one.c", "#include <h.h>\n\n\nint one(struct s *p);\nint one(struct s *p)\n{\n\treturn LEN(p) + 1;\n}\n");
	commit(kernel, "moved");
	put(kernel, "new.c", "int new_file;\n");
	commit(kernel, "added");
	read = equiv(kernel, "base..read");
	other = equiv(kernel, "read..other");
	moved = equiv(kernel, "other..moved");
	added = equiv(kernel, "moved..added");
	g_assert_cmpstr(read, ==, "holds 1 identical\n");
	g_assert_cmpstr(other, ==, "holds 1 differ; functions of 16 to 19 bytes (+18.750 %)\n"
			"holds a/one.o: function one (16 to 19 bytes): differ\n");
	g_assert_cmpstr(moved, ==, "holds 1 with equal text\n");
	g_assert_cmpstr(added, ==, "holds 1 new\n");
}

static char *expected(const struct kernel *kernel, const char *range, const char *table)
{
	struct verify v = { .jobs = 2, .sample = 10, .seed = 1, .affected = (char *)"range", .checks = CHECK_EQUIV };
	g_autofree char *path = g_build_filename(kernel->folder, "expect.tsv", NULL);
	g_autofree char *id = NULL, *text = NULL;
	g_autoptr(GError) error = NULL;
	char *verdict;

	id = git_id(kernel, strstr(range, "..") + 2);
	text = g_strdup_printf("commit\tpath\tfunction\texpectation\n%s\t%s\n", id, table);
	file_write(path, text, -1, &error);
	g_assert_no_error(error);
	v.expect = expect_read(path, &error);
	g_assert_no_error(error);
	judge_range(&v, kernel->work, range, check_objects);
	verdict = g_strdup(evidence_status(v.evidence) == STATUS_HOLDS ? "holds" : "fails");
	judged_clear(&v);
	expect_free(v.expect);
	return verdict;
}

static void expects(const struct kernel *kernel, const char *range, const char *table, const char *verdict)
{
	g_autofree char *got = expected(kernel, range, table);

	g_assert_cmpstr(got, ==, verdict);
}

/* The commit changes one() in its source, and two() through a macro of a header. */
static void test_equiv_expected(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "include/h.h", "#define LEN(p) ((p)->len + 1)\nstruct s { int len; };\n");
	commit(kernel, "both");
	expects(kernel, "base..both", "include/h.h\tLEN\tfunctions", "holds");
	expects(kernel, "base..both", "include/h.h\tSIZE\tfunctions", "fails");
	expects(kernel, "base..both", "include/h.h\tLEN\tidentical", "fails");
	expects(kernel, "base..both", "include/h.h\t*\tfunctions", "holds");
	expects(kernel, "base..both", "include/h.h\tSIZE\tany", "holds");
	expects(kernel, "base..both", "a/two.c\ttwo\tfunctions", "holds");
	expects(kernel, "base..both", "a/two.c\tone\tfunctions", "fails");
	expects(kernel, "base..both", "a/one.c\t*\tfunctions", "fails");
}

static void test_odd_name(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/caf\303\251.c", "int a;\n");
	commit(kernel, "name");
	put(kernel, "a/caf\303\251.c", "int b;\n");
	commit(kernel, "name2");
	check(kernel, "name..name2", "holds 1 object, 1 unselected (\"a/caf\\303\\251.o\")\n",
	      "holds \"a/caf\\303\\251.c\":1\n");
}

/* A listed function may vanish into another, and that into a third; a table that names it hands nothing on. */
static void test_equiv_inlined(struct kernel *kernel, gconstpointer data)
{
	static const char source[] = "#include <h.h>\nint one(struct s *p);\nint other(void);\n"
		"static int inner(struct s *p)\n{\n\treturn p->len + %d;\n}\n"
		"static int middle(struct s *p)\n{\n\treturn inner(p) * 3;\n}\n"
		"static int (*const table[])(struct s *) = { middle };\n"
		"int one(struct s *p)\n{\n\treturn middle(p);\n}\n"
		"int other(void)\n{\n\treturn table[0] ? %d : 5;\n}\n";
	g_autofree char *base = g_strdup_printf(source, 1, 7), *inner = g_strdup_printf(source, 2, 7);
	g_autofree char *both = g_strdup_printf(source, 2, 8);

	(void)data;
	put(kernel, "a/one.c", base);
	commit(kernel, "inlined");
	put(kernel, "a/one.c", inner);
	commit(kernel, "both");
	expects(kernel, "inlined..both", "a/one.c\tinner\tfunctions", "holds");
	expects(kernel, "inlined..both", "a/one.c\tother\tfunctions", "fails");
	put(kernel, "a/one.c", both);
	commit(kernel, "table");
	expects(kernel, "both..table", "a/one.c\tinner\tfunctions", "fails");
	expects(kernel, "both..table", "a/one.c\tother\tfunctions", "holds");
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/build/good-commit-holds", test_holds);
	add("/build/only-the-commit-that-breaks-fails", test_breaks_and_repairs);
	add("/build/uncompilable-file-is-undecided", test_uncompilable);
	add("/build/unselected-objects-are-named", test_unselected);
	add("/build/header-builds-what-includes-it", test_header);
	add("/build/lines-of-many-headers-are-looked-for", test_many_headers);
	add("/build/objects-judged-are-named", test_names_objects);
	add("/build/header-breaks-an-untouched-source", test_header_breaks_another);
	add("/build/header-must-stay-self-contained", test_self_contained);
	add("/build/unread-header-is-undecided", test_unread_header);
	add("/build/new-file", test_new_file);
	add("/build/repeated-run-starts-no-make", test_repeated);
	add("/build/verdict-met-by-accident-is-not-kept", test_accident);
	add("/build/odd-file-name", test_odd_name);
	add("/build/comment-compiles-nothing", test_comment);
	add("/build/each-text-is-compiled-once", test_once);
	add("/warnings/are-told-apart-by-file-and-message", test_warnings);
	add("/warnings/of-a-text-are-those-of-the-sources", test_warnings_of_a_text);
	add("/warnings/one-of-a-header-is-one-row", test_warning_of_a_header);
	add("/equiv/same-object-is-identical", test_equiv_identical);
	add("/equiv/only-what-is-expected-may-differ", test_equiv_expected);
	add("/equiv/what-an-expected-function-is-inlined-into-may-differ", test_equiv_inlined);
	return g_test_run();
}
