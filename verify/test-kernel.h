/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test-kernel.h: for tests that build a made-up kernel: a repository whose
 * Makefile has what the program uses of kbuild, configuration targets and the
 * two rules for C and assembly, and a few sources. CONFIG_B=y and CONFIG_SIDE=y
 * in .config define B and select a/side.o.
 */
#ifndef TEST_KERNEL_H
#define TEST_KERNEL_H

#include <string.h>
#include <sys/stat.h>

#include "project.h"
#include "test-judge.h"
#include "test-repo.h"

struct kernel {
	char *folder;		/* everything of the test */
	char *work;		/* the user's work tree */
};

static const char makefile[] =
	"VERSION = 9\n"
	"PATCHLEVEL = 9\n"
	"is = $(filter CONFIG_$(1)=y,$(file <$(O)/.config))\n"
	"real-obj-y := a/one.o a/two.o $(if $(wildcard $(CURDIR)/new.c),new.o) $(if $(call is,SIDE),a/side.o)\n"
	"real-obj-y += $(patsubst $(CURDIR)/%.c,%.o,$(wildcard $(CURDIR)/a/many*.c))\n"
	"c_flags := -Wp,-MMD,x.d -I$(CURDIR)/include -DNAME='\"a b\"' $(if $(call is,B),-DB)\n"
	"cmd_cc_o_c = $(CC) $(c_flags) -c -o $@ $(CURDIR)/$< ; objtool $@\n"
	"cmd_as_o_S = $(CC) $(c_flags) -D__ASSEMBLY__ -c -o $@ $(CURDIR)/$<\n"
	"CHECK = sparse\n"
	"CHECKFLAGS = -Wbitwise\n"
	"define rule_cc_o_c\n"
	"\t$(cmd_cc_o_c)\n"
	"endef\n"
	"define rule_as_o_S\n"
	"\t$(cmd_as_o_S)\n"
	"endef\n"
	"all prepare:\n"
	"allmodconfig randconfig:\n"
	"\tcp $(KCONFIG_ALLCONFIG) $(O)/.config\n"
	"\techo CONFIG_SEED=$(KCONFIG_SEED) >> $(O)/.config\n"
	"\techo run >> $(O)/../../../../makes\n"
	"tinyconfig:\n"
	"\techo CONFIG_TINY=y > $(O)/.config\n"
	"olddefconfig:\n"
	"\techo '# checked' >> $(O)/.config\n"
	"%.o: %.c\n"
	"\t$(rule_cc_o_c)\n"
	"%.o: %.S\n"
	"\t$(rule_as_o_S)\n";

static inline void put(const struct kernel *kernel, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(kernel->work, name, NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir_with_parents(folder, 0777), ==, 0);
	file_write(path, text, -1, &error);
	g_assert_no_error(error);
}

/*
 * A Makefile that generates headers as well: "make prepare" runs the recipe lines, each "\tCOMMAND\n", in a tree
 * that has include/generated, which the compiler, as with kbuild, is told relative to the object tree.
 */
static inline void put_generating(const struct kernel *kernel, const char *recipe)
{
	g_auto(GStrv) halves = g_strsplit(makefile, "all prepare:\n", 2), flags = NULL;
	g_autofree char *made = g_strconcat("all prepare:\n\tmkdir -p $(O)/include/generated\n", recipe, halves[0],
					    halves[1], NULL);
	g_autofree char *all = NULL;

	flags = g_strsplit(made, "-DNAME", 2);
	all = g_strjoinv("-I./include -DNAME", flags);
	put(kernel, "Makefile", all);
}

static inline void commit(const struct kernel *kernel, const char *tag)
{
	g_autofree char *script = g_strdup_printf("git init -q .; git add -A .; git -c user.name=t -c user.email=t@t -c "
						  "commit.gpgsign=false commit -q -m %s; git tag %s", tag, tag);
	const char *const argv[] = { "sh", "-ec", script, NULL };
	struct command command = { .argv = argv, .cwd = kernel->work };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;

	process_check(&command, &result, &error);
	g_assert_no_error(error);
	process_clear(&result);
}

/* Two sources, and one with a header: a tree that has no #include at all is none that is judged. */
static inline void put_sources(const struct kernel *kernel)
{
	put(kernel, "a/h.h", "extern int shared;\n");
	put(kernel, "a/h.c", "#include \"h.h\"\n");
	put(kernel, "a/one.c", "int one;\n");
	put(kernel, "a/two.c", "int two;\n");
}

/* The folder with the cache, the work tree, empty but for the Makefile, and no configuration. */
static inline void kernel_new(struct kernel *kernel)
{
	g_autofree char *cache = NULL, *variable = g_ascii_strup(CACHE_NAME "_datadir", -1);

	kernel->folder = g_dir_make_tmp("kernel-XXXXXX", NULL);
	kernel->work = g_build_filename(kernel->folder, "linux", NULL);
	cache = g_build_filename(kernel->folder, "cache", NULL);
	/* GLib reads the variable once. */
	if (!g_getenv("TEST_CACHE")) {
		g_setenv("TEST_CACHE", cache, TRUE);
		g_setenv("XDG_CACHE_HOME", cache, TRUE);
	}
	g_setenv(variable, kernel->folder, TRUE);
	put(kernel, "Makefile", makefile);
	put(kernel, "MAINTAINERS", "none\n");
}

static inline void kernel_free(struct kernel *kernel)
{
	remove_tree(kernel->folder);
	remove_tree(g_getenv("TEST_CACHE"));
	g_free(kernel->folder);
	g_free(kernel->work);
}

/* To be given to g_test_add(). */
static inline void kernel_teardown(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_free(kernel);
}

/*
 * From here on a script stands before the program: it sees the program's words as its own, and its folder as
 * $folder, before it becomes that program. g_setenv() takes PATH back to what is returned.
 */
static inline char *stand_before(const struct kernel *kernel, const char *program, const char *script)
{
	g_autofree char *tool = g_build_filename(kernel->folder, "bin", program, NULL), *path = NULL;
	g_autofree char *text = g_strdup_printf("#!/bin/sh\nfolder=${0%%/*}\nPATH=${PATH#*:}\n%s\n"
						"exec %s \"$@\"\n", script, program);
	g_autofree char *name = g_strconcat("../bin/", program, NULL);
	char *old = g_strdup(g_getenv("PATH"));

	put(kernel, name, text);
	g_assert_cmpint(chmod(tool, 0755), ==, 0);
	path = g_strdup_printf("%s/bin:%s", kernel->folder, old);
	g_setenv("PATH", path, TRUE);
	return old;
}

/* The same, to note each run of gcc with the option. */
static inline char *note_runs(const struct kernel *kernel, const char *option)
{
	g_autofree char *script = g_strdup_printf("case \" $* \" in *' %s '*) echo >>\"$folder/runs\" ;; esac",
						  option);

	return stand_before(kernel, "gcc", script);
}

static inline guint runs_noted(const struct kernel *kernel)
{
	g_autofree char *path = g_build_filename(kernel->folder, "bin/runs", NULL), *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? strlen(text) : 0;
}

/* Runs v->checks on the range: "VERDICT DETAIL" lines of one of them, sorted. */
static inline char *kernel_rows_of(struct verify *v, const struct kernel *kernel, const char *range, const char *check)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
	GString *text = g_string_new(NULL);

	judge_range(v, kernel->work, range, check_objects);
	for (guint i = 0; i < v->evidence->rows->rows->len; i++)
		if (!strcmp(tsv_get(v->evidence->rows, i, 2), check))
			g_ptr_array_add(rows, g_strdup_printf("%s %s\n", tsv_get(v->evidence->rows, i, 3),
							      tsv_get(v->evidence->rows, i, 4)));
	g_ptr_array_sort(rows, text_compare);
	for (guint i = 0; i < rows->len; i++)
		g_string_append(text, rows->pdata[i]);
	judged_clear(v);
	return g_string_free(text, FALSE);
}

static inline char *kernel_rows(const struct kernel *kernel, const char *range, unsigned checks, const char *check)
{
	struct verify v = { .jobs = 2, .sample = 10, .seed = 1, .affected = (char *)"range", .checks = checks };

	return kernel_rows_of(&v, kernel, range, check);
}

#endif
