/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test-booted.h: for tests of the boot check: a made-up kernel, whose image is
 * the text that a guest's console shall have. A shell script that stands for
 * QEMU prints it and counts its runs.
 */
#ifndef TEST_BOOTED_H
#define TEST_BOOTED_H

#include <string.h>

#include "process.h"
#include "test-boot.h"
#include "test-judge.h"

static const char config[] =
	"[config]\narch=x86_64\ntarget=allnoconfig\ndefault=yes\nfragments=more\n"
	"[qemu]\nprogram=qemu-test\npackage=qemu-package\ndebian=amd64\nimage=arch/x86/boot/bzImage\n"
	"args=-m 64\ndisks=nvme\nappend=console=ttyS0\nlimit=2\n"
	"[symbols]\nABSENT=y\n";

static const char fake_qemu[] =
	"#!/bin/sh\n"
	"[ \"$1\" != --version ] || { cat \"$TEST_FOLDER/qemu-version\"; exit; }\n"
	"while [ \"$1\" != -kernel ]; do shift; done\n"
	"echo \"$6\" >>\"$TEST_FOLDER/guests\"\n"
	"cp \"$2\" console\n"
	/* A report, as often as the file has lines. */
	"[ ! -s \"$TEST_FOLDER/reports\" ] ||\n"
	"{ sed -i 1d \"$TEST_FOLDER/reports\"; sed -i \"1r $TEST_FOLDER/report\" console; }\n"
	"grep -q hang console && sleep 100\n"
	"[ ! -f \"$TEST_FOLDER/crash\" ] || { echo 'no such device' >&2; exit 1; }\n"
	/* By a signal, as often as the file has lines. */
	"killed=$(head -n 1 \"$TEST_FOLDER/killed\" 2>/dev/null)\n"
	"[ -z \"$killed\" ] || { sed -i 1d \"$TEST_FOLDER/killed\"; printf '%s' \"$killed\" >console; kill -SEGV $$; }\n";

static const char makefile[] =
	"VERSION = 9\nPATCHLEVEL = 9\n"
	"allnoconfig:\n\t@sh ./Kconfig.sh $(KCONFIG_ALLCONFIG) >$(O)/.config\n"
	"bzImage:\n\t@test ! -f broken || sh ./broken\n"
	"\tmkdir -p $(O)/arch/x86/boot\n\tcp kernel $(O)/arch/x86/boot/bzImage\n"
	"\techo 'deps := /src/lib/thing.c' >$(O)/.thing.o.cmd\n";

#define GOOD \
	"[ 1.0] ktap: 1..2\n[ 1.0] ktap:     # Subtest: smoke\n[ 1.0] ktap:     1..1\n[ 1.0] ktap:     ok 1 a\n" \
	"[ 1.0] ktap: ok 1 smoke\n[ 1.0] ktap:     # Subtest: block\n[ 1.0] ktap:     1..1\n" \
	"[ 1.0] ktap:     ok 1 b\n[ 1.0] ktap: ok 2 block\n"
#define REST "2 tests in 2 sets, N s guest, tcg"
#define BASE_HOLDS "; BASE: holds, " REST

struct kernel {
	char *folder, *work;
};

static inline void shell(const struct kernel *kernel, const char *script)
{
	const char *const argv[] = { "sh", "-ec", script, NULL };
	const char *const env[] = { "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t",
		"GIT_COMMITTER_EMAIL=t@t", NULL };
	struct command command = { .argv = argv, .cwd = kernel->work, .env = env };
	struct process ended = { 0 };
	g_autoptr(GError) error = NULL;

	process_check(&command, &ended, &error);
	g_assert_no_error(error);
	process_clear(&ended);
}

static inline void commit(const struct kernel *kernel, const char *tag)
{
	g_autofree char *script = g_strdup_printf("git add -A . && git commit -q -m %s && git tag %s", tag, tag);

	shell(kernel, script);
}

static inline void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel->folder = g_strdup(g_getenv("TEST_FOLDER"));
	kernel->work = g_build_filename(kernel->folder, "linux", NULL);
	boot_folder(kernel->folder);
	put_program(kernel->folder, "bin/qemu-test", fake_qemu);
	put(kernel->folder, "qemu-version", "QEMU 1\n");
	put(kernel->folder, "data/boot/configs/qemu-test", config);
	put(kernel->folder, "data/boot/fragments/more", "[symbols]\nKNOWN=y\n");
	put(kernel->work, "Makefile", makefile);
	put(kernel->work, "Kconfig", "config KNOWN\n\tbool \"known\"\n");
	put(kernel->work, "Kconfig.sh", "cat \"$1\"\n");
	put(kernel->work, "lib/thing.c", "int thing;\n");
	put(kernel->work, "kernel", GOOD);
	shell(kernel, "git init -q");
	commit(kernel, "base");
}

static inline void teardown(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	remove_tree(kernel->folder);
	g_free(kernel->folder);
	g_free(kernel->work);
}

/* "VERDICT DETAIL" of each row, oldest commit first; how long a guest ran is told as N. */
static inline char *booted(const struct kernel *kernel, const char *range, gboolean every)
{
	struct verify v = { .jobs = 1, .every_commit = every };
	g_autoptr(GRegex) seconds = g_regex_new("\\d+ s guest", 0, 0, NULL);
	g_autoptr(GRegex) id = g_regex_new("[0-9a-f]{40}", 0, 0, NULL);
	g_autofree char *text = NULL, *plain = NULL;

	judge_range(&v, kernel->work, range, check_boot);
	text = rows_of(&v);
	judged_clear(&v);
	plain = g_regex_replace_literal(id, text, -1, 0, "ID", 0, NULL);
	return g_regex_replace_literal(seconds, plain, -1, 0, "N s guest", 0, NULL);
}

static inline void check(const struct kernel *kernel, const char *range, gboolean every, const char *expected)
{
	g_autofree char *got = booted(kernel, range, every);

	g_assert_cmpstr(got, ==, expected);
}

static inline void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, teardown);
}

#endif
