// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-affected.c: what a range changes and which sources that can reach, on
 * a small repository.
 */
#include <string.h>

#include "affected.h"
#include "project.h"

struct repo {
	char *folder, *work;
	struct git *git;
	struct cache *cache;
	GPtrArray *commits, *affected;
};

static void put(const struct repo *repo, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(repo->work, name, NULL), *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	g_mkdir_with_parents(folder, 0777);
	file_write(path, text, -1, &error);
	g_assert_no_error(error);
}

static void run(const struct repo *repo, const char *script)
{
	g_autofree char *text = g_strconcat("set -e; ", script, NULL);
	const char *const argv[] = { "sh", "-c", text, NULL };
	const char *const env[] = { "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t",
		"GIT_COMMITTER_EMAIL=t@t", NULL };
	struct command command = { .argv = argv, .cwd = repo->work, .env = env };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;

	process_check(&command, &result, &error);
	g_assert_no_error(error);
	process_clear(&result);
}

static void setup(struct repo *repo, gconstpointer data)
{
	(void)data;
	repo->folder = g_dir_make_tmp("affected-XXXXXX", NULL);
	repo->work = g_build_filename(repo->folder, "linux", NULL);
	put(repo, "Makefile", "VERSION = 9\nPATCHLEVEL = 9\n");
	put(repo, "include/linux/h.h", "#define OLD(x) (x)\nstruct s;\n");
	put(repo, "include/linux/via.h", "#include <linux/h.h>\n");
	put(repo, "arch/x86/include/asm/a.h", "int x86;\n");
	put(repo, "arch/s390/include/asm/a.h", "int s390;\n");
	put(repo, "arch/x86/x.c", "#include <asm/a.h>\n");
	put(repo, "arch/s390/x.c", "#include <asm/a.h>\n");
	put(repo, "d/direct.c", "#include <linux/h.h>\nint a = OLD(1);\n");
	put(repo, "d/via.c", "# include <linux/via.h>\nint b = OLD(1);\n");
	put(repo, "d/plain.c", "#include <linux/h.h>\n");
	put(repo, "d/own.c", "#include \"h.h\"\nint c = OLD(1);\n");
	put(repo, "d/h.h", "int neighbour;\n");
	put(repo, "d/none.c", "int OLD;\n");
	put(repo, "d/part.c", "int part;\n");
	put(repo, "d/whole.c", "#include \"part.c\"\n");
	run(repo, "git init -q; git add .; git commit -q -m base; git tag base");
}

static void teardown(struct repo *repo, gconstpointer data)
{
	(void)data;
	if (repo->affected)
		g_ptr_array_unref(repo->affected);
	if (repo->commits)
		g_ptr_array_unref(repo->commits);
	if (repo->cache)
		cache_close(repo->cache);
	if (repo->git)
		git_free(repo->git);
	remove_tree(repo->folder);
	g_free(repo->folder);
	g_free(repo->work);
}

static void read_range(struct repo *repo, guint sample)
{
	struct affected_options options = { .sample = sample, .seed = 1 };
	g_autoptr(GError) error = NULL;

	run(repo, "git add .; git commit -q -m tip; git tag -f tip");
	repo->git = git_open(repo->work, &error);
	g_assert_no_error(error);
	repo->cache = cache_open("verdicts", &error);
	repo->commits = range_read(repo->git, "base..tip", &error);
	g_assert_no_error(error);
	repo->affected = affected_read(repo->git, repo->cache, repo->commits, repo->commits, &options, NULL, &error);
	g_assert_no_error(error);
}

static void check(GPtrArray *list, const char *expected)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", (char *)list->pdata[i]);
	g_assert_cmpstr(text->str, ==, expected);
}

static void test_named(struct repo *repo, gconstpointer data)
{
	struct affected *affected;

	(void)data;
	put(repo, "include/linux/h.h", "#define OLD(x) ((x))\nstruct s;\n");
	read_range(repo, 0);
	affected = repo->affected->pdata[0];
	check(affected->own, "");
	check(affected->reached, "d/direct.c d/via.c");
	check(affected->sample, "");
}

static void test_sample(struct repo *repo, gconstpointer data)
{
	struct affected *affected;

	(void)data;
	put(repo, "include/linux/h.h", "#define OLD(x) (x)\nstruct s;\nstruct t;\n");
	read_range(repo, 10);
	affected = repo->affected->pdata[0];
	check(affected->reached, "");
	g_assert_cmpuint(affected->sample->len, ==, 3);
}

static void test_range(struct repo *repo, gconstpointer data)
{
	struct affected *affected;

	(void)data;
	put(repo, "include/linux/h.h", "#define OLD(x) (x)\nstruct s;\nstruct t;\n");
	run(repo, "git add .; git commit -q -m header");
	put(repo, "d/plain.c", "#include <linux/h.h>\nint d;\n");
	put(repo, "d/none.c", "int d;\n");
	read_range(repo, 0);
	affected = repo->affected->pdata[0];
	check(affected->reached, "d/plain.c");
	affected = repo->affected->pdata[1];
	check(affected->own, "d/none.c d/plain.c");
	check(affected->reached, "");
}

static void test_arch(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "arch/s390/include/asm/a.h", "int s390x;\n");
	read_range(repo, 10);
	check(((struct affected *)repo->affected->pdata[0])->sample, "arch/s390/x.c");
}

static void test_included_source(struct repo *repo, gconstpointer data)
{
	struct affected *affected;

	(void)data;
	put(repo, "d/part.c", "int other;\n");
	read_range(repo, 0);
	affected = repo->affected->pdata[0];
	check(affected->own, "d/part.c");
	check(affected->reached, "d/whole.c");
}

static void test_kbuild(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "d/Makefile", "obj-y += plain.o\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached, "d/plain.c");
}

/* What stands before the name is no part of it, and an object may be a folder below. */
static void test_kbuild_flags(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "d/Makefile", "CFLAGS_plain.o := -DX\nKASAN_SANITIZE_via.o := n\n# none.o is another's\n");
	put(repo, "arch/Makefile", "obj-y += x86/x.o\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached, "arch/x86/x.c d/plain.c d/via.c");
	check(((struct affected *)repo->affected->pdata[0])->unknown, "");
}

static void test_kbuild_folder(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "d/Makefile", "ccflags-y := -DX\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached,
	      "d/direct.c d/none.c d/own.c d/part.c d/plain.c d/via.c d/whole.c");
}

static void check_unknown(struct repo *repo, const char *path, const char *text)
{
	g_autofree char *expected = g_strdup_printf("%s: nobody can tell which objects these lines change", path);

	put(repo, path, text);
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->unknown, expected);
	check(((struct affected *)repo->affected->pdata[0])->reached, "");
}

/* Its flags are those of the whole kernel. */
static void test_kbuild_arch(struct repo *repo, gconstpointer data)
{
	(void)data;
	check_unknown(repo, "arch/x86/Makefile", "KBUILD_CFLAGS += -DX\n");
}

/* A condition, too, is of whatever stands in the folder. */
static void test_kbuild_below(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "d/below/deep.c", "int deep;\n");
	put(repo, "d/below/Makefile", "ifdef CONFIG_A\nccflags-y := -DX\nendif\n");
	put(repo, "e/Makefile", "ccflags-y := -DX\n");
	put(repo, "e/below/one.c", "int one;\n");
	run(repo, "git add .; git commit -q -m base; git tag -f base");
	put(repo, "d/below/Makefile", "ifdef CONFIG_B\nccflags-y := -DX\nendif\n");
	put(repo, "e/Makefile", "ccflags-y := -DY\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached, "d/below/deep.c e/below/one.c");
}

/* A condition is of what stands in it. */
static void test_kbuild_condition(struct repo *repo, gconstpointer data)
{
	static const char base[] = "obj-y += plain.o\nifdef CONFIG_A\nobj-y += direct.o\nelse\nccflags-y := -DX\nendif\n";

	(void)data;
	put(repo, "d/Makefile", "obj-y += plain.o\nobj-y += via.o\n");
	put(repo, "e/below/Makefile", base);
	put(repo, "e/below/one.c", "int one;\n");
	put(repo, "e/below/direct.c", "int direct;\n");
	put(repo, "e/below/plain.c", "int plain;\n");
	run(repo, "git add .; git commit -q -m base; git tag -f base");
	put(repo, "d/Makefile", "obj-y += plain.o\nifdef CONFIG_A\nobj-y += via.o\nendif\n");
	put(repo, "e/below/Makefile", "obj-y += plain.o\nifdef CONFIG_B\nobj-y += direct.o\nelse\nendif\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached,
	      "d/via.c e/below/direct.c e/below/one.c e/below/plain.c");
}

/* An object that has no source of its own is made of others; a folder is all that is below it. */
static void test_kbuild_parts(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "d/Makefile", "both-y := via.o \\\n\tplain.o\nboth-$(CONFIG_A) += direct.o\n");
	put(repo, "e/below/one.c", "int one;\n");
	run(repo, "git add .; git commit -q -m base; git tag -f base");
	put(repo, "d/Makefile", "both-y := via.o \\\n\tplain.o\nboth-$(CONFIG_A) += direct.o\nobj-y += both.o\n");
	put(repo, "Makefile", "VERSION = 9\nPATCHLEVEL = 9\ncore-y += e/\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached, "d/direct.c d/plain.c d/via.c e/below/one.c");
	check(((struct affected *)repo->affected->pdata[0])->unknown, "");
}

/* Nothing is left that its flags could be of. */
static void test_kbuild_gone(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "e/Makefile", "ccflags-y := -DX\nobj-y += one.o\n");
	put(repo, "e/one.c", "int one;\n");
	put(repo, "Makefile", "VERSION = 9\nPATCHLEVEL = 9\ncore-y += e/\n");
	run(repo, "git add .; git commit -q -m base; git tag -f base; git rm -q -r e");
	put(repo, "Makefile", "VERSION = 9\nPATCHLEVEL = 9\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->unknown, "");
}

/* How anything is compiled stands there. */
static void test_kbuild_scripts(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "scripts/kallsyms.c", "int main(void);\n");
	run(repo, "git add .; git commit -q -m base; git tag -f base");
	check_unknown(repo, "scripts/Makefile.extrawarn", "KBUILD_CFLAGS += -Wx\n");
}

static void test_kbuild_unknown(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "Makefile", "VERSION = 9\nPATCHLEVEL = 9\nKBUILD_CFLAGS += -DX\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->unknown,
	      "Makefile: nobody can tell which objects these lines change");
}

static void test_kconfig(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "d/Kconfig", "config A\n\tbool\n\nconfig B\n\tbool\n");
	put(repo, "d/plain.c", "#ifdef CONFIG_B\n#endif\n");
	put(repo, "d/via.c", "#ifdef CONFIG_A\n#endif\n");
	run(repo, "git add .; git commit -q -m base; git tag -f base");
	put(repo, "d/Kconfig", "config A\n\tbool\n\nconfig B\n\tbool\n\tdepends on A\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached, "d/plain.c");
}

/* The entry selects another; a header is read by who may include it, a Makefile's line is of its objects. */
static void test_kconfig_readers(struct repo *repo, gconstpointer data)
{
	GHashTable *symbols;

	(void)data;
	put(repo, "d/Kconfig", "config A\n\tbool\n");
	put(repo, "d/Makefile", "obj-$(CONFIG_A) += none.o\nobj-y += whole.o\n");
	put(repo, "d/part.c", "#ifdef CONFIG_B\n#endif\n");
	put(repo, "d/direct.c", "#ifdef CONFIG_A_MODULE\n#endif\n");
	put(repo, "include/linux/via.h", "#ifdef CONFIG_B\n#endif\n");
	run(repo, "git add .; git commit -q -m base; git tag -f base");
	put(repo, "d/Kconfig", "config A\n\tbool\n\tselect B\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached, "d/direct.c d/none.c d/part.c d/via.c d/whole.c");
	symbols = ((struct affected *)repo->affected->pdata[0])->symbols;
	g_assert_cmpuint(g_hash_table_size(symbols), ==, 2);
	g_assert_nonnull(g_hash_table_lookup(symbols, "CONFIG_A"));
	g_assert_nonnull(g_hash_table_lookup(symbols, "CONFIG_B"));
}

/* What is said of the entry decides nothing, whatever it looks like; what follows the entry is none of it. */
static void test_kconfig_help(struct repo *repo, gconstpointer data)
{
	static const char base[] = "config A\n\tbool\n\thelp\n\t  A text.\n\nif A\nsource \"d/Kconfig.b\"\nendif\n";
	static const char tip[] =
		"config A\n\tbool\n\thelp\n\t  A text\n\t  config plain\n\nif B\nsource \"d/Kconfig.b\"\nendif\n";

	(void)data;
	put(repo, "d/Kconfig", base);
	put(repo, "d/plain.c", "#ifdef CONFIG_A\n#endif\n");
	run(repo, "git add .; git commit -q -m base; git tag -f base");
	put(repo, "d/Kconfig", tip);
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached, "");
	g_assert_cmpuint(g_hash_table_size(((struct affected *)repo->affected->pdata[0])->symbols), ==, 0);
}

/* Who uses a member need not name the type. */
static void test_members(struct repo *repo, gconstpointer data)
{
	(void)data;
	put(repo, "include/linux/h.h", "struct s {\n\tint old_member;\n\tint other;\n};\nenum {\n\tVALUE,\n};\n");
	put(repo, "d/plain.c", "#include <linux/h.h>\nint f(void *p) { return 0; }\nint g = VALUE;\n");
	put(repo, "d/via.c", "#include <linux/via.h>\n#define b p->old_member\n");
	run(repo, "git add .; git commit -q -m base; git tag -f base");
	put(repo, "include/linux/h.h", "struct s {\n\tint other;\n};\nenum {\n};\n");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached, "d/plain.c d/via.c");
	check(((struct affected *)repo->affected->pdata[0])->notes, "");
}

/* Who includes it need not use it. */
static void test_header_gone(struct repo *repo, gconstpointer data)
{
	(void)data;
	run(repo, "git rm -q include/linux/via.h");
	read_range(repo, 0);
	check(((struct affected *)repo->affected->pdata[0])->reached, "d/via.c");
}

static void test_changes(struct repo *repo, gconstpointer data)
{
	const struct change *change;
	const struct changed_line *line;

	(void)data;
	put(repo, "d/direct.c", "#include <linux/h.h>\nint a = NEW(1);\nint more;\n");
	run(repo, "git rm -q d/none.c");
	read_range(repo, 0);
	change = ((struct commit *)repo->commits->pdata[0])->changes->pdata[0];
	g_assert_cmpstr(change->path, ==, "d/direct.c");
	g_assert_cmpuint(change->old_lines->len, ==, 1);
	g_assert_cmpuint(change->new_lines->len, ==, 2);
	line = &g_array_index(change->old_lines, struct changed_line, 0);
	g_assert_cmpuint(line->line, ==, 2);
	g_assert_cmpuint(g_strv_length(line->words), ==, 1);
	g_assert_cmpstr(line->words[0], ==, "OLD");
	change = ((struct commit *)repo->commits->pdata[0])->changes->pdata[1];
	g_assert_cmpstr(change->path, ==, "d/none.c");
	g_assert_null(change->new_oid);
}

static void test_comments(struct repo *repo, gconstpointer data)
{
	static const char *const said[] = { "int a OLD", "int b", "int d" };
	const struct change *change;

	(void)data;
	put(repo, "d/direct.c", "int a = OLD(1); /* of the first */\n\tgoes on */ int b;\n/* int c; */ int d; /* and\n*/\n");
	run(repo, "git commit -q -a -m comments; git tag -f base");
	put(repo, "d/direct.c", "\n*/\n");
	read_range(repo, 0);
	change = ((struct commit *)repo->commits->pdata[0])->changes->pdata[0];
	g_assert_cmpuint(change->old_lines->len, ==, G_N_ELEMENTS(said));
	for (guint i = 0; i < G_N_ELEMENTS(said); i++) {
		const struct changed_line *line = &g_array_index(change->old_lines, struct changed_line, i);
		g_autofree char *words = g_strjoinv(" ", line->words);

		g_assert_cmpstr(words, ==, said[i]);
	}
}

static void test_bad_range(struct repo *repo, gconstpointer data)
{
	static const char *const ranges[] = { "", "base", "base..", "..base", "base...base", "base..nowhere" };
	g_autoptr(GError) open_error = NULL;

	(void)data;
	repo->git = git_open(repo->work, &open_error);
	g_assert_no_error(open_error);
	for (guint i = 0; i < G_N_ELEMENTS(ranges); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(range_read(repo->git, ranges[i], &error));
		g_assert_nonnull(error);
	}
}

static void add(const char *name, void (*test)(struct repo *, gconstpointer))
{
	g_test_add(name, struct repo, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
	g_autofree char *cache = g_dir_make_tmp("affected-cache-XXXXXX", NULL);
	int rc;

	g_setenv("XDG_CACHE_HOME", cache, TRUE);
	g_test_init(&argc, &argv, NULL);
	add("/affected/header-reaches-what-names-its-words", test_named);
	add("/affected/header-reaches-a-sample", test_sample);
	add("/affected/header-reaches-what-the-range-changes", test_range);
	add("/affected/header-of-an-architecture-stays-there", test_arch);
	add("/affected/included-source-is-a-header", test_included_source);
	add("/affected/makefile-names-objects", test_kbuild);
	add("/affected/makefile-names-objects-with-flags", test_kbuild_flags);
	add("/affected/makefile-is-for-the-folder", test_kbuild_folder);
	add("/affected/makefile-without-sources-is-told", test_kbuild_unknown);
	add("/affected/makefile-of-an-architecture-is-told", test_kbuild_arch);
	add("/affected/makefile-of-all-commands-is-told", test_kbuild_scripts);
	add("/affected/makefile-is-for-what-is-below", test_kbuild_below);
	add("/affected/makefile-condition-is-for-what-stands-in-it", test_kbuild_condition);
	add("/affected/makefile-names-parts-and-folders", test_kbuild_parts);
	add("/affected/makefile-that-is-gone", test_kbuild_gone);
	add("/affected/kconfig-entry-is-found", test_kconfig);
	add("/affected/kconfig-symbol-is-read-in-headers-and-makefiles", test_kconfig_readers);
	add("/affected/kconfig-help-decides-nothing", test_kconfig_help);
	add("/affected/header-reaches-what-names-its-members", test_members);
	add("/affected/header-that-is-gone", test_header_gone);
	add("/range/lines-and-lost-words", test_changes);
	add("/range/words-of-comments", test_comments);
	add("/range/refuses-what-is-no-range", test_bad_range);
	rc = g_test_run();
	remove_tree(cache);
	return rc;
}
