// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-build.c: the build check on a made-up kernel: a repository whose
 * Makefile has what the check uses of kbuild, a configuration target and the
 * two rules for C and assembly, and a few sources.
 */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "process.h"
#include "project.h"
#include "test-judge.h"

struct kernel {
	char *folder;		/* everything of the test */
	char *work;		/* the user's work tree */
};

static const char makefile[] =
	"VERSION = 9\n"
	"PATCHLEVEL = 9\n"
	"real-obj-y := a/one.o a/two.o $(if $(wildcard $(CURDIR)/new.c),new.o)\n"
	"c_flags := -Wp,-MMD,x.d -I$(CURDIR)/include -DNAME='\"a b\"'\n"
	"cmd_cc_o_c = gcc $(c_flags) -c -o $@ $(CURDIR)/$< ; objtool $@\n"
	"cmd_as_o_S = gcc $(c_flags) -D__ASSEMBLY__ -c -o $@ $(CURDIR)/$<\n"
	"define rule_cc_o_c\n"
	"\t$(cmd_cc_o_c)\n"
	"endef\n"
	"define rule_as_o_S\n"
	"\t$(cmd_as_o_S)\n"
	"endef\n"
	"all prepare:\n"
	"allmodconfig:\n"
	"\tcp $(KCONFIG_ALLCONFIG) $(O)/.config\n"
	"\techo run >> $(O)/../../../../makes\n"
	"%.o: %.c\n"
	"\t$(rule_cc_o_c)\n"
	"%.o: %.S\n"
	"\t$(rule_as_o_S)\n";

static void put(const struct kernel *kernel, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(kernel->work, name, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir_with_parents(folder, 0777), ==, 0);
	file_write(path, text, -1, &error);
	g_assert_no_error(error);
}

static void git(const struct kernel *kernel, const char *a, const char *b, const char *c)
{
	const char *const argv[] = { "git", "-C", kernel->work, "-c", "user.name=t", "-c", "user.email=t@t",
		"-c", "commit.gpgsign=false", a, b, c, NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;

	process_check(&command, &result, &error);
	g_assert_no_error(error);
	process_clear(&result);
}

static void commit(const struct kernel *kernel, const char *message)
{
	g_autofree char *text = g_strconcat("-m", message, NULL);

	git(kernel, "add", "-A", ".");
	git(kernel, "commit", "-q", text);
	git(kernel, "tag", message, "HEAD");
}

static void setup(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *cache = NULL, *variable = NULL;

	(void)data;
	kernel->folder = g_dir_make_tmp("build-XXXXXX", NULL);
	kernel->work = g_build_filename(kernel->folder, "linux", NULL);
	cache = g_build_filename(kernel->folder, "cache", NULL);
	/* GLib reads the variable once. */
	if (!g_getenv("TEST_CACHE")) {
		g_setenv("TEST_CACHE", cache, TRUE);
		g_setenv("XDG_CACHE_HOME", cache, TRUE);
	}
	variable = g_ascii_strup(CACHE_NAME "_datadir", -1);
	g_setenv(variable, kernel->folder, TRUE);
	put(kernel, "../configs/tiny", "[config]\narch=x86_64\ntarget=allmodconfig\n[symbols]\nA=y\nB=n\n");
	put(kernel, "Makefile", makefile);
	put(kernel, "Kconfig", "config A\n");
	put(kernel, "MAINTAINERS", "none\n");
	put(kernel, "include/h.h", "#define LEN(p) ((p)->len)\nstruct s { int len; };\n"
	    "static inline int both(struct s *p)\n{\n\treturn LEN(p) +\n\t\tp->len;\n}\n");
	put(kernel, "a/one.c", "#include <h.h>\nint one(struct s *p);\nint one(struct s *p)\n{\n\treturn p->len;\n}\n");
	put(kernel, "a/two.c", "#include \"h.h\"\nint two(struct s *p);\nint two(struct s *p)\n{\n\treturn LEN(p);\n}\n");
	put(kernel, "a/odd.c", "#include <nowhere.h>\nint odd;\n");
	put(kernel, "a/side.c", "int side;\n");
	git(kernel, "init", "-q", ".");
	commit(kernel, "base");
}

static void teardown(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	remove_tree(kernel->folder);
	remove_tree(g_getenv("TEST_CACHE"));
	g_free(kernel->folder);
	g_free(kernel->work);
}

/* Runs the check; "VERDICT DETAIL" lines of one check, sorted. */
static char *judge(const struct kernel *kernel, const char *range, const char *check)
{
	struct verify v = { .jobs = 2, .sample = 10, .seed = 1, .affected = (char *)"range" };
	GString *text = g_string_new(NULL);

	judge_range(&v, kernel->work, range, check_build);
	tsv_sort(v.evidence->rows);
	for (guint i = 0; i < v.evidence->rows->rows->len; i++)
		if (!strcmp(tsv_get(v.evidence->rows, i, 2), check))
			g_string_append_printf(text, "%s %s\n", tsv_get(v.evidence->rows, i, 3),
					       tsv_get(v.evidence->rows, i, 4));
	judged_clear(&v);
	return g_string_free(text, FALSE);
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
	put(kernel, "a/one.c", "int one(void) { return  nothing; }\n");
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
	g_assert_nonnull(strstr(build, "holds 1 object, 1 unselected\n"));
	g_assert_nonnull(strstr(build, "undecided a/odd.c: not selected, and does not compile before"));
	g_assert_cmpstr(lines, ==, "holds a/side.c:1\nundecided a/odd.c:2\n");
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

static void test_header_breaks_another(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *build = NULL;

	(void)data;
	put(kernel, "include/h.h", "#define LEN(p) ((p)->gone)\nstruct s { int len; };\n");
	commit(kernel, "gone");
	build = judge(kernel, "base..gone", "build");
	g_assert_true(g_str_has_prefix(build, "fails a/two.o: "));
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
	g_autofree char *full = NULL, *tool = NULL, *path = NULL, *first = NULL, *second = NULL;
	g_autofree char *old = g_strdup(g_getenv("PATH"));

	(void)data;
	put(kernel, "../bin/gcc", "#!/bin/sh\nfolder=${0%/*}\nPATH=${PATH#*:}\n"
	    "case \" $* \" in *' -c '*) [ ! -e \"$folder/full\" ] ||\n"
	    "{ echo 'fatal error: a.s: No space left on device' >&2; exit 1; } ;; esac\nexec gcc \"$@\"\n");
	put(kernel, "../bin/full", "");
	tool = g_build_filename(kernel->folder, "bin/gcc", NULL);
	full = g_build_filename(kernel->folder, "bin/full", NULL);
	path = g_strdup_printf("%s/bin:%s", kernel->folder, old);
	g_assert_cmpint(g_chmod(tool, 0755), ==, 0);
	g_setenv("PATH", path, TRUE);
	put(kernel, "a/one.c", "int one;\n");
	commit(kernel, "full");
	first = judge(kernel, "base..full", "build");
	g_assert_nonnull(strstr(first, "No space left on device"));
	g_assert_cmpint(g_remove(full), ==, 0);
	second = judge(kernel, "base..full", "build");
	g_setenv("PATH", old, TRUE);
	g_assert_cmpstr(second, ==, "holds 1 object\n");
}

static void test_odd_name(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/caf\303\251.c", "int a;\n");
	commit(kernel, "name");
	put(kernel, "a/caf\303\251.c", "int b;\n");
	commit(kernel, "name2");
	check(kernel, "name..name2", "holds 1 object, 1 unselected\n", "holds \"a/caf\\303\\251.c\":1\n");
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("/build/good-commit-holds", test_holds);
	add("/build/only-the-commit-that-breaks-fails", test_breaks_and_repairs);
	add("/build/uncompilable-file-is-undecided", test_uncompilable);
	add("/build/header-builds-what-includes-it", test_header);
	add("/build/header-breaks-an-untouched-source", test_header_breaks_another);
	add("/build/unread-header-is-undecided", test_unread_header);
	add("/build/new-file", test_new_file);
	add("/build/repeated-run-starts-no-make", test_repeated);
	add("/build/verdict-met-by-accident-is-not-kept", test_accident);
	add("/build/odd-file-name", test_odd_name);
	return g_test_run();
}
