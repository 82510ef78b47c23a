// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-survey.c: which configuration compiles which changed line of a
 * made-up kernel; and what a configuration that cannot be used means for that
 * and for the build check.
 */
#include "survey.h"
#include "test-kernel.h"

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/off", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n[symbols]\nB=n\n");
	put(kernel, "../configs/on", "[config]\narch=x86_64\ntarget=allmodconfig\n[symbols]\nB=y\nSIDE=y\n");
	put(kernel, "Kconfig", "config B\nconfig SIDE\n  menuconfig A # odd\n");
	put(kernel, "include/h.h", "int shared;\n#ifdef B\nint b;\n#endif\n");
	put(kernel, "a/one.c", "#include <h.h>\n#ifdef B\nint one;\n#else\nint other;\n#endif\n");
	put(kernel, "a/two.c", "#include \"h.h\"\nint two;\n");
	put(kernel, "a/side.c", "int side;\n");
	commit(kernel, "base");
}

/* "PATH SIDE CONFIG OBJECT LINES" lines, sorted, and the status; names are blank-separated. */
static char *survey(const struct kernel *kernel, const char *range, const char *names, const char *undecided)
{
	struct verify v = { .jobs = 2, .sample = 10, .seed = 1, .affected = (char *)"range", .undecided = (char *)undecided };
	g_auto(GStrv) list = g_strsplit(names, " ", -1);
	GString *text = g_string_new(NULL);
	g_autoptr(GPtrArray) configs = NULL;
	g_autoptr(GError) error = NULL;
	enum status status = STATUS_FAILS;
	struct survey *survey;

	verify_range(&v, kernel->work, range);
	configs = configs_read(BUILD_CONFIGS, list, NULL, &error);
	g_assert_no_error(error);
	survey = survey_new(&v, &error);
	g_assert_no_error(error);
	survey_all(survey, configs, &status, &error);
	if (error)
		g_string_append_printf(text, "%s\n", error->message);
	tsv_sort(survey->rows);
	for (guint i = 0; i < survey->rows->rows->len; i++) {
		g_autofree char *row = g_strjoinv(" ", (char **)survey->rows->rows->pdata[i] + 1);

		g_string_append_printf(text, "%s\n", row);
	}
	g_string_append_printf(text, "%d\n", status);
	survey_free(survey);
	judged_clear(&v);
	return g_string_free(text, FALSE);
}

static void check(const struct kernel *kernel, const char *range, const char *names, const char *expected)
{
	g_autofree char *got = survey(kernel, range, names, NULL);

	g_assert_cmpstr(got, ==, expected);
}

static void test_branches(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/one.c", "#include <h.h>\n#ifdef B\nint won;\n#else\nint other;\nint more;\n#endif\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", "all", "a/one.c new off selected 6\na/one.c new on selected 3\n"
	      "a/one.c old on selected 3\n0\n");
	check(kernel, "base..tip", "off", "a/one.c new - - 3\na/one.c new off selected 6\na/one.c old - - 3\n2\n");
}

static void test_each_commit(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/two.c", "int first;\nint two;\n");
	commit(kernel, "first");
	put(kernel, "a/two.c", "int first;\nint two;\n#if 0\nint dead;\n#endif\n");
	commit(kernel, "second");
	check(kernel, "base..first", "off", "a/two.c new off selected 1\n0\n");
	check(kernel, "first..second", "off", "a/two.c new - - 4\n2\n");
}

static void test_dropped_word(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/two.c", "#define ASSERT(x) int asserted\nint two;\nASSERT(two);\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", "off", "a/two.c new - - 3\na/two.c new off selected 1\n2\n");
}

static void test_header(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "include/h.h", "int share;\n#ifdef B\nint bb;\n#endif\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", "all", "include/h.h new off selected 1\ninclude/h.h new on selected 1,3\n"
	      "include/h.h old off selected 1\ninclude/h.h old on selected 1,3\n0\n");
}

static void test_unselected(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/side.c", "int sides;\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", "off", "a/side.c new - - 1\na/side.c new off unselected 1\na/side.c old - - 1\n"
	      "a/side.c old off unselected 1\n2\n");
	check(kernel, "base..tip", "on", "a/side.c new on selected 1\na/side.c old on selected 1\n0\n");
}

/* 60 objects read a header of which none shows the line: that does not end the search for what another one has. */
static void test_many_headers(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *got = NULL;

	(void)data;
	for (guint step = 0; step < 3; step++) {
		put(kernel, "include/n.h", step ? "#define NEVER(x) (x + 0)\n" : "#define NEVER(x) (x)\n");
		put(kernel, "include/last.h", step ? "struct z { long a; };\n" : "struct z { int a; };\n");
		put(kernel, "a/many_z.c", step == 2 ? "#include <last.h>\nint z;\n" : "#include <last.h>\n");
		for (guint i = 0; i < 60; i++) {
			g_autofree char *path = g_strdup_printf("a/many%02u.c", i);

			put(kernel, path, step == 2 ? "#include <n.h>\nint y;\n" : "#include <n.h>\n");
		}
		commit(kernel, step == 0 ? "files" : step == 1 ? "types" : "later");
	}
	got = survey(kernel, "files..later", "off", NULL);
	g_assert_nonnull(strstr(got, "include/last.h new off selected 1\n"));
	g_assert_nonnull(strstr(got, "include/n.h new - - 1\n"));
	g_assert_true(g_str_has_suffix(got, "\n2\n"));
}

static void test_known(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *table = g_build_filename(kernel->folder, "undecided.tsv", NULL), *got = NULL;

	(void)data;
	put(kernel, "../undecided.tsv", "path\treason\na/side.c\tno configuration selects it\n");
	put(kernel, "a/side.c", "int sides;\n");
	commit(kernel, "tip");
	got = survey(kernel, "base..tip", "off", table);
	g_assert_true(g_str_has_prefix(got, "a/side.c new - - 1\n"));
	g_assert_true(g_str_has_suffix(got, "\n0\n"));
}

static void test_unusable(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *alone = NULL;

	(void)data;
	put(kernel, "../configs/never", "[config]\narch=x86_64\ntarget=tinyconfig\n[symbols]\nTINY=n\n");
	put(kernel, "Kconfig", "config B\nconfig TINY\n");
	put(kernel, "a/two.c", "int two;\n");
	commit(kernel, "tip");
	put(kernel, "a/two.c", "int zwei;\n");
	commit(kernel, "next");
	check(kernel, "tip..next", "never off", "a/two.c new off selected 1\na/two.c old off selected 1\n2\n");
	alone = survey(kernel, "tip..next", "never", NULL);
	g_assert_true(g_str_has_prefix(alone, "configuration 'never' asks for '# CONFIG_TINY is not set'"));
}

static void test_missing_compiler(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "../configs/none", "[config]\narch=arm\ntarget=allmodconfig\ncross=none-\npackages=gcc-none\n");
	put(kernel, "a/two.c", "int zwei;\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", "off none",
	      "a/two.c new off selected 1\na/two.c old off selected 2\n2\n");
}

/* The build check's "CONFIG VERDICT DETAIL" lines, sorted. */
static char *build(const struct kernel *kernel, char **names)
{
	struct verify v = { .jobs = 2, .sample = 10, .seed = 1, .affected = (char *)"range", .configs = names,
		.checks = CHECK_BUILD };
	GString *text = g_string_new(NULL);

	judge_range(&v, kernel->work, "base..tip", check_objects);
	tsv_sort(v.evidence->rows);
	for (guint i = 0; i < v.evidence->rows->rows->len; i++)
		if (!strcmp(tsv_get(v.evidence->rows, i, 2), "build"))
			g_string_append_printf(text, "%s %s %s\n", tsv_get(v.evidence->rows, i, 1),
					       tsv_get(v.evidence->rows, i, 3), tsv_get(v.evidence->rows, i, 4));
	judged_clear(&v);
	return g_string_free(text, FALSE);
}

static void test_build_undecided(struct kernel *kernel, gconstpointer data)
{
	char *all[] = { (char *)"all", NULL };
	g_autofree char *rows = NULL;

	(void)data;
	put(kernel, "../configs/none", "[config]\narch=arm\ntarget=allmodconfig\ncross=none-\npackages=gcc-none\n");
	put(kernel, "../configs/never", "[config]\narch=x86_64\ntarget=tinyconfig\n[symbols]\nA=y\nTINY=n\n");
	put(kernel, "Kconfig", "config B\nconfig TINY\n");
	put(kernel, "a/two.c", "int two;\n");
	commit(kernel, "before");
	sh_run(kernel->work, "git tag -f base");
	put(kernel, "a/two.c", "int zwei;\n");
	commit(kernel, "tip");
	rows = build(kernel, all);
	g_assert_cmpstr(rows, ==, "never undecided Kconfig: configuration 'never' asks for '# CONFIG_TINY is not set', "
			"but the kernel's own rules do not allow it\n"
			"none undecided none-gcc: the compiler cannot be run; install gcc-none\n"
			"off holds 1 object\non holds 1 object\n");
}

/* tinyconfig takes no KCONFIG_ALLCONFIG: what is asked for is added, then checked by olddefconfig. */
static void test_tinyconfig(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *dotconfig = NULL;

	(void)data;
	put(kernel, "../configs/tiny", "[config]\narch=x86_64\ntarget=tinyconfig\n[symbols]\nB=y\nGONE=n\n");
	put(kernel, "a/one.c", "#include <h.h>\n#ifdef B\nint won;\n#endif\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", "tiny",
	      "a/one.c new tiny selected 3\na/one.c old - - 5\na/one.c old tiny selected 3\n2\n");
	dotconfig = sh(kernel->folder, "cat \"$TEST_CACHE/" CACHE_NAME "/verify/9.9/tiny/.config\"");
	g_assert_cmpstr(dotconfig, ==, "CONFIG_TINY=y\nCONFIG_B=y\n# CONFIG_GONE is not set\n# checked\n");
}

static void test_seed(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *dotconfig = NULL;

	(void)data;
	put(kernel, "../configs/random", "[config]\narch=x86_64\ntarget=randconfig\nseeds=7\n[symbols]\nB=y\n");
	put(kernel, "a/two.c", "#include \"h.h\"\nint zwei;\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", "random-7",
	      "a/two.c new random-7 selected 2\na/two.c old random-7 selected 2\n0\n");
	dotconfig = sh(kernel->folder, "cat \"$TEST_CACHE/" CACHE_NAME "/verify/9.9/random-7/.config\"");
	g_assert_cmpstr(dotconfig, ==, "CONFIG_B=y\nCONFIG_SEED=7\n");
}

/* A script that is called clang: it has no -dU, and so shows no line of a macro. */
static void test_clang(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *old = g_strdup(g_getenv("PATH"));
	g_autofree char *path = g_strconcat(kernel->folder, "/bin:", old, NULL);

	(void)data;
	put(kernel, "../bin/clang-99", "#!/bin/sh\ncase \" $* \" in *' -dU '*) exit 1 ;; esac\nexec gcc \"$@\"\n");
	sh_run(kernel->folder, "chmod +x bin/clang-99");
	g_setenv("PATH", path, TRUE);
	put(kernel, "../configs/clang", "[config]\narch=x86_64\ntarget=allmodconfig\ncompiler=clang-99\n");
	put(kernel, "a/two.c", "#define TWO two\nint TWO;\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", "clang", "a/two.c new - - 1\na/two.c new clang selected 2\n"
	      "a/two.c old clang selected 2\n2\n");
	g_setenv("PATH", old, TRUE);
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/survey/line-is-compiled-where-its-branch-is-live", test_branches);
	add("/survey/each-commit-is-looked-at-in-its-own-sources", test_each_commit);
	add("/survey/new-word-that-a-macro-drops-is-not-compiled", test_dropped_word);
	add("/survey/header-is-shown-by-what-includes-it", test_header);
	add("/survey/lines-of-many-headers-are-looked-for", test_many_headers);
	add("/survey/unselected-object-does-not-count", test_unselected);
	add("/survey/path-known-as-undecided-keeps-the-status", test_known);
	add("/survey/configuration-that-is-not-honoured-leaves-the-others", test_unusable);
	add("/survey/missing-compiler-leaves-the-others", test_missing_compiler);
	add("/survey/build-is-undecided-where-a-configuration-cannot-be-used", test_build_undecided);
	add("/survey/tinyconfig-gets-what-is-asked-for", test_tinyconfig);
	add("/survey/seed-reaches-randconfig", test_seed);
	add("/survey/clang-shows-no-line-of-a-macro", test_clang);
	return g_test_run();
}
