// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-main.c: the program's exit status, with and without --bisect, on a
 * small repository whose checkpatch.pl reports what the subject asks for.
 */
#include "project.h"
#include "test-program.h"
#include "test-repo.h"

static char *folder, *work;

static const char script[] =
	"mkdir scripts; cat >scripts/checkpatch.pl <<'END'\n"
	"#!/bin/sh\n"
	"case $(sed -n 's/^Subject: \\[PATCH\\] //p') in\n"
	"bad*) echo 'a:1: ERROR:BAD: bad'; echo 'total: 1 errors, 0 warnings, 1 lines checked'; exit 1 ;;\n"
	"odd*) exit 255 ;;\n"
	"esac\n"
	"END\n"
	"chmod +x scripts/checkpatch.pl; git add .; git commit -qm script; git tag base\n"
	"for subject in good1 odd1 odd2 good2 bad1 bad2; do\n"
	"	echo $subject >fs/f.c; git commit -qam $subject; git tag $subject\n"
	"done\n";

static void setup(void)
{
	g_autofree char *variable = g_ascii_strup(CACHE_NAME "_datadir", -1), *allowed = NULL;

	folder = g_dir_make_tmp("main-XXXXXX", NULL);
	work = repo_new(folder, "linux");
	allowed = g_build_filename(folder, "style-allowed.tsv", NULL);
	file_write(allowed, "type\treason\n", -1, NULL);
	g_setenv(variable, folder, TRUE);
	sh_run(work, script);
}

static void teardown(void)
{
	remove_tree(folder);
	g_clear_pointer(&folder, g_free);
	g_clear_pointer(&work, g_free);
}

static void check_status(const char *arguments, const char *status)
{
	g_autofree char *line = g_strdup_printf("\"$VERIFY\" %s >/dev/null 2>&1 && echo 0 || echo $?", arguments);
	g_autofree char *got = sh(work, line);

	g_assert_cmpstr(g_strchomp(got), ==, status);
}

static void status_is_the_verdict(void)
{
	setup();
	check_status("style -k . good1^..good1", "0");
	check_status("style -k . bad1^..bad1", "1");
	check_status("style -k . odd1^..odd1", "2");
	check_status("style -k . nothing..bad1", "2");
	check_status("style -k . --json --ktap good1^..good1", "2");
	teardown();
}

static void bisect_makes_125_of_2_and_of_nothing_else(void)
{
	setup();
	check_status("style --bisect -k . good1^..good1", "0");
	check_status("style --bisect -k . bad1^..bad1", "1");
	check_status("style --bisect -k . odd1^..odd1", "125");
	check_status("style --bisect -k . nothing..bad1", "125");
	check_status("style --nonsense --bisect -k . bad1^..bad1", "125");
	teardown();
}

static void git_bisect_finds_the_first_bad_commit_past_undecided_ones(void)
{
	g_autofree char *found = NULL;

	setup();
	found = sh(work, "git bisect start bad2 base >/dev/null\n"
		   "git bisect run \"$VERIFY\" style --bisect -k . HEAD^..HEAD >/dev/null 2>&1\n"
		   "git log -1 --format=%s refs/bisect/bad\n");
	g_assert_cmpstr(found, ==, "bad1\n");
	teardown();
}

int main(int argc, char **argv)
{
	g_autofree char *home = test_folder("main-home-XXXXXX");
	int status;

	program_export();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/main/status-is-the-verdict", status_is_the_verdict);
	g_test_add_func("/main/bisect-makes-125-of-2-and-of-nothing-else", bisect_makes_125_of_2_and_of_nothing_else);
	g_test_add_func("/main/git-bisect-finds-the-first-bad-commit-past-undecided-ones",
			git_bisect_finds_the_first_bad_commit_past_undecided_ones);
	status = g_test_run();
	remove_tree(home);
	return status;
}
