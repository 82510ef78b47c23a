/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test-kunit.h: for tests of the kunit check on a made-up kernel. A shell script named
 * python3 stands for kunit.py: it counts its runs and leaves what the test
 * put into a file of the tree named result.
 */
#ifndef TEST_KUNIT_H
#define TEST_KUNIT_H

#include <glib/gstdio.h>
#include <string.h>

#include "process.h"
#include "test-judge.h"

struct kernel {
	char *folder, *work;
};

static const char python[] =
	"#!/bin/sh\n"
	"[ \"$1\" != --version ] || { cat \"$TEST_FOLDER/python-version\"; exit; }\n"
	"echo run >> \"$TEST_FOLDER/runs\"\n"
	"echo \"$KCFLAGS$LLVM\" >\"$TEST_FOLDER/exported\"\n"
	"for arg; do case $arg in\n"
	"--json=*) json=${arg#--json=} ;;\n"
	"--kunitconfig=*) cp \"${arg#*=}\" \"$TEST_FOLDER/asked\" ;;\n"
	"--build_dir=*) echo 'deps := /src/lib/x/../thing.c' > \"${arg#*=}/.thing.o.cmd\" ;;\n"
	"esac; done\n"
	"[ -f crash ] && . ./crash\n"
	"cp result \"$json\"\n"
	"exit \"$(cat status)\"\n";

#define PASSES(name) "{\"name\":\"" name "\",\"test_cases\":[{\"name\":\"c\",\"status\":\"PASS\"}]}"
static const char result[] = "{\"sub_groups\":[" PASSES("thing") "]}";

static inline void put(const struct kernel *kernel, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(kernel->work, name, NULL), *folder = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	g_mkdir_with_parents(folder, 0777);
	file_write(path, text, -1, &error);
	g_assert_no_error(error);
}

static inline void commit(const struct kernel *kernel, const char *tag)
{
	g_autofree char *script = g_strdup_printf("git add -A . && git commit -q -m %s && git tag -f %s", tag, tag);
	const char *const argv[] = { "sh", "-c", script, NULL };
	const char *const env[] = { "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t",
		"GIT_COMMITTER_EMAIL=t@t", NULL };
	struct command command = { .argv = argv, .cwd = kernel->work, .env = env };
	struct process ended = { 0 };
	g_autoptr(GError) error = NULL;

	process_check(&command, &ended, &error);
	g_assert_no_error(error);
	process_clear(&ended);
}

static inline void setup(struct kernel *kernel, gconstpointer data)
{
	const char *const argv[] = { "git", "init", "-q", NULL, NULL };
	struct process ended = { 0 };
	struct command command = { .argv = argv };
	g_autofree char *program = NULL;

	(void)data;
	kernel->folder = g_strdup(g_getenv("TEST_FOLDER"));
	g_mkdir_with_parents(kernel->folder, 0777);
	kernel->work = g_build_filename(kernel->folder, "linux", NULL);
	put(kernel, "../bin/python3", python);
	put(kernel, "../python-version", "Python 1\n");
	program = g_build_filename(kernel->folder, "bin/python3", NULL);
	g_assert_cmpint(g_chmod(program, 0755), ==, 0);
	put(kernel, "Makefile", "VERSION = 9\nPATCHLEVEL = 9\n");
	put(kernel, "tools/testing/kunit/kunit.py", "none\n");
	put(kernel, "lib/Kconfig", "config KUNIT\nconfig THING_TEST\n\ttristate \"a test\"\n");
	put(kernel, "lib/Makefile", "obj-$(CONFIG_THING_TEST) += thing.o\n");
	put(kernel, "lib/thing.c", "static struct kunit_suite s = {\n\t.name = \"thing\",\n};\n");
	put(kernel, "lib/.kunitconfig", "CONFIG_KUNIT=y\nCONFIG_THING_TEST=y\nCONFIG_ABSENT_TEST=y\n");
	put(kernel, "result", result);
	put(kernel, "status", "0\n");
	command.cwd = kernel->work;
	g_assert_true(process_check(&command, &ended, NULL));
	process_clear(&ended);
	commit(kernel, "base");
}

static inline void teardown(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	remove_tree(kernel->folder);
	g_free(kernel->folder);
	g_free(kernel->work);
}

/* "VERDICT DETAIL" of each row, oldest commit first. */
static inline char *judge(const struct kernel *kernel, const char *range, gboolean every)
{
	char *configs[] = { (char *)"lib", NULL };
	struct verify v = { .jobs = 1, .kunitconfigs = configs, .every_commit = every };
	char *text;

	judge_range(&v, kernel->work, range, check_kunit);
	text = rows_of(&v);
	judged_clear(&v);
	return text;
}

static inline void check(const struct kernel *kernel, const char *range, gboolean every, const char *expected)
{
	g_autofree char *got = judge(kernel, range, every);

	g_assert_cmpstr(got, ==, expected);
}

static inline guint runs(const struct kernel *kernel)
{
	g_autofree char *path = g_build_filename(kernel->folder, "runs", NULL), *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? strlen(text) / 4 : 0;
}

static inline void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, teardown);
}

/* To be called first in main(): a folder of its own, in TEST_FOLDER, whose bin comes first. */
static inline void kunit_environment(void)
{
	g_autofree char *folder = g_dir_make_tmp("kunit-XXXXXX", NULL);
	g_autofree char *cache = g_build_filename(folder, "cache", NULL);
	g_autofree char *path = g_strdup_printf("%s/bin:%s", folder, g_getenv("PATH"));

	g_setenv("TEST_FOLDER", folder, TRUE);
	g_setenv("XDG_CACHE_HOME", cache, TRUE);
	g_setenv("PATH", path, TRUE);
}

#endif
