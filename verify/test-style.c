// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-style.c: the style check on a small repository whose checkpatch.pl is
 * a shell script. It reports what the patch's subject asks for and what added
 * lines ask for (BAD_LONG: a warning LONG; CRASH), and writes a line to $RUNS
 * each time it runs. A patch without a subject is a reverse one.
 */
#include <glib/gstdio.h>

#include "project.h"
#include "test-judge.h"
#include "test-repo.h"

static char *home, *folder, *work;

static const char checkpatch[] =
	"mkdir -p scripts; echo a >scripts/spelling.txt\n"
	"cat >scripts/checkpatch.pl <<'END'\n"
	"#!/bin/sh\n"
	"echo run >>\"$RUNS\"\n"
	"patch=$(cat)\n"
	"subject=$(printf '%s\\n' \"$patch\" | sed -n 's/^Subject: \\[PATCH\\] //p')\n"
	"error() { echo \"fs/f.c:4: ERROR:$1: is bad\"; }\n"
	"warning() { echo \"fs/f.c:5: WARNING:$1: is odd\"; }\n"
	"check() { echo \"fs/f.c:6: CHECK:$1: is ugly\"; }\n"
	"total() { echo \"total: $1 errors, $2 warnings, 9 lines checked\"; exit 1; }\n"
	"case $subject in\n"
	"clean) exit 0 ;;\n"
	"both) error TRAILING; warning LINE; total 1 1 ;;\n"
	"allowed) error SIGN; warning NEW; total 1 1 ;;\n"
	"mixed) error SIGN; warning LINE; total 1 1 ;;\n"
	"checks) check CAMEL; total 0 0 ;;\n"
	"unsigned) echo 'fs/f.c:4: ERROR:NAME: no name'; total 1 0 ;;\n"
	"message) echo ': ERROR:SUBJECT: no path' ; total 1 0 ;;\n"
	"fetch) warning UNKNOWN_COMMIT_ID; total 0 1 ;;\n"
	"crash) error SIGN; echo 'died at line 7' >&2; exit 255 ;;\n"
	"noise) echo 'no module' >&2; exit 0 ;;\n"
	"odd) echo 'Must be run from a kernel tree'; exit 1 ;;\n"
	"lost) error SIGN; total 2 0 ;;\n"
	"cut) error SIGN; exit 1 ;;\n"
	"silent) exit 1 ;;\n"
	"tree) [ -d fs ] && [ -e MAINTAINERS ] && [ -e scripts/spelling.txt ] && [ ! -e fs/f.c ] &&\n"
	"	git cat-file -e HEAD:fs/f.c && exit 0; exit 3 ;;\n"
	"esac\n"
	"printf '%s\\n' \"$patch\" | awk '/^diff / { file = substr($4, 3) }\n"
	"/^(new|deleted) file/ { print file \":0: WARNING:MOVED: is elsewhere\"; n++ }\n"
	"/^@@/ { split($3, at, /[+,]/); line = at[2] - 1 }\n"
	"/^[+ ]/ { line++ }\n"
	"/^[+].*CRASH/ { print \"died\" >\"/dev/stderr\"; exit 9 }\n"
	"/^[+].*BAD_/ { sub(/.*BAD_/, \"\"); print file \":\" line \": WARNING:\" $1 \": is odd\"; n++ }\n"
	"END { if (n) { print \"total: 0 errors, \" n \" warnings, 9 lines checked\"; exit 1 } }'\n"
	"END\n"
	"chmod +x scripts/checkpatch.pl; git add .; git commit -qm base2; git tag base\n";

static void setup(void)
{
	g_autofree char *allowed = NULL, *runs = NULL, *variable = NULL;

	folder = g_dir_make_tmp("style-XXXXXX", NULL);
	work = repo_new(folder, "linux");
	runs = g_build_filename(folder, "runs", NULL);
	allowed = g_build_filename(folder, "style-allowed.tsv", NULL);
	g_setenv("RUNS", runs, TRUE);
	variable = g_ascii_strup(CACHE_NAME "_datadir", -1);
	g_setenv(variable, folder, TRUE);
	file_write(allowed, "type\treason\nNEW\tsays the test\nSIGN\tsays the test\n", -1, NULL);
	sh_run(work, checkpatch);
}

static void teardown(void)
{
	g_autofree char *cache = g_build_filename(home, CACHE_NAME, NULL);

	/* Two cases may make the same patch. */
	remove_tree(cache);
	remove_tree(folder);
	g_clear_pointer(&folder, g_free);
	g_clear_pointer(&work, g_free);
}

/* Makes a commit of that subject on top. */
static void commit(const char *subject)
{
	g_autofree char *script = g_strdup_printf("echo '/* %s */' >>fs/f.c; git commit -qam '%s'", subject, subject);

	sh_run(work, script);
}

/* "VERDICT DETAIL" lines of the range, sorted. */
static char *judge(const char *range)
{
	struct verify v = { .jobs = 2 };
	GString *text = g_string_new(NULL);

	judge_range(&v, work, range, check_style);
	tsv_sort(v.evidence->rows);
	for (guint i = 0; i < v.evidence->rows->rows->len; i++)
		g_string_append_printf(text, "%s %s\n", tsv_get(v.evidence->rows, i, 3),
				       tsv_get(v.evidence->rows, i, 4));
	judged_clear(&v);
	return g_string_free(text, FALSE);
}

static void check(const char *subject, const char *rows)
{
	g_autofree char *got = NULL;

	setup();
	commit(subject);
	got = judge("base..HEAD");
	g_assert_cmpstr(got, ==, rows);
	teardown();
}

static guint runs(void)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(g_getenv("RUNS"), &text, NULL, NULL) ? strlen(text) / strlen("run\n") : 0;
}

static void clean_patch_holds(void)
{
	check("clean", "holds 0 allowed, 0 carried along, 0 checks\n");
}

static void each_error_and_warning_fails(void)
{
	check("both", "fails LINE fs/f.c:5: is odd\nfails TRAILING fs/f.c:4: is bad\n");
}

static void allowed_types_are_counted_and_hold(void)
{
	check("allowed", "holds 2 allowed, 0 carried along, 0 checks\n");
}

static void allowed_type_excuses_no_other(void)
{
	check("mixed", "fails LINE fs/f.c:5: is odd\n");
}

static void checks_fail_nothing(void)
{
	check("checks", "holds 0 allowed, 0 carried along, 1 checks\n");
}

/* The rows of a commit made by the second script on one made by the first. */
static void check_change(const char *before, const char *change, const char *rows)
{
	g_autofree char *first = g_strconcat(before, "\ngit add .; git commit -qm before; git tag -f base", NULL);
	g_autofree char *second = g_strconcat(change, "\ngit add .; git commit -qm change", NULL);
	g_autofree char *got = NULL;

	setup();
	sh_run(work, first);
	sh_run(work, second);
	got = judge("base..HEAD");
	g_assert_cmpstr(got, ==, rows);
	teardown();
}

static void finding_carried_along_holds(void)
{
	check_change("echo 'old BAD_LONG' >>fs/f.c", "sed -i s/old/new/ fs/f.c",
		     "holds 0 allowed, 1 carried along, 0 checks\n");
	check_change("printf 'old BAD_LONG\\nold BAD_LONG\\n' >>fs/f.c", "sed -i /old/d fs/f.c; echo 'new BAD_LONG' >>fs/f.c",
		     "holds 0 allowed, 1 carried along, 0 checks\n");
}

static void one_more_of_a_type_fails_and_names_all_of_them(void)
{
	check_change("echo 'old BAD_LONG' >>fs/f.c; echo 'old BAD_DEEP' >>fs/f.c",
		     "sed -i s/old/new/ fs/f.c; echo 'more BAD_LONG' >>fs/f.c",
		     "fails LONG fs/f.c:5: is odd (2 of the type here, 1 on the lines replaced)\n"
		     "fails LONG fs/f.c:7: is odd (2 of the type here, 1 on the lines replaced)\n");
}

static void line_that_stays_cancels_nothing(void)
{
	check_change("echo 'old BAD_LONG' >>fs/f.c", "echo 'new BAD_LONG' >>fs/f.c", "fails LONG fs/f.c:6: is odd\n");
}

static void finding_in_another_file_does_not_cancel(void)
{
	check_change("echo 'old BAD_LONG' >>block/a.c", "sed -i /old/d block/a.c; echo 'old BAD_LONG' >>fs/f.c",
		     "fails LONG fs/f.c:5: is odd\n");
}

static void finding_of_another_type_does_not_cancel(void)
{
	check_change("echo 'old BAD_LONG' >>fs/f.c", "sed -i s/LONG/DEEP/ fs/f.c", "fails DEEP fs/f.c:5: is odd\n");
}

static void message_without_a_name_does_not_cancel(void)
{
	check("unsigned", "fails NAME fs/f.c:4: no name\n");
}

static void file_that_comes_or_goes_does_not_cancel(void)
{
	check_change("echo 1 >fs/old.c", "echo 1 >fs/new.c", "fails MOVED fs/new.c:0: is elsewhere\n");
	check_change("echo 'old BAD_LONG' >fs/old.c; seq 20 >>fs/old.c", "sed s/old/new/ fs/old.c >fs/new.c; rm fs/old.c",
		     "fails LONG fs/new.c:1: is odd\n");
}

static void accident_of_the_reverse_run_is_undecided(void)
{
	check_change("echo 'old BAD_LONG CRASH' >>fs/f.c", "sed -i 's/old.*/new BAD_LONG/' fs/f.c",
		     "undecided scripts/checkpatch.pl: on the lines replaced: died (exit status 9)\n");
}

static void crash_is_undecided(void)
{
	check("crash", "undecided scripts/checkpatch.pl: died at line 7 (exit status 255)\n");
	check("silent", "undecided scripts/checkpatch.pl: its output does not go with its exit status 1\n");
}

static void complaint_on_stderr_is_undecided(void)
{
	check("noise", "undecided scripts/checkpatch.pl: no module (exit status 0)\n");
}

static void output_of_another_form_is_undecided(void)
{
	check("odd", "undecided scripts/checkpatch.pl: its output is of no known form: "
	      "'Must be run from a kernel tree'\n");
	check("message", "undecided scripts/checkpatch.pl: its output is of no known form: "
	      "': ERROR:SUBJECT: no path'\n");
}

static void findings_that_do_not_add_up_are_undecided(void)
{
	check("lost", "undecided scripts/checkpatch.pl: it counts 2 errors and 0 warnings and lists 1 and 0\n");
	check("cut", "undecided scripts/checkpatch.pl: its output does not go with its exit status 1\n");
}

static void it_stands_in_a_tree_with_history_and_no_more_files_than_it_reads(void)
{
	check("tree", "holds 0 allowed, 0 carried along, 0 checks\n");
}

static void tree_without_checkpatch_is_undecided(void)
{
	g_autofree char *got = NULL;

	setup();
	sh_run(work, "git rm -q scripts/checkpatch.pl; git commit -qm gone");
	got = judge("base..HEAD");
	g_assert_cmpstr(got, ==, "undecided scripts/checkpatch.pl: not in this tree\n");
	teardown();
}

static void merge_is_undecided(void)
{
	g_autofree char *got = NULL;

	setup();
	sh_run(work, "git checkout -q -b side; echo x >new; git add new; git commit -qm side; git checkout -q main\n"
	       "git merge -q --no-ff -m merge side");
	got = judge("base..HEAD");
	g_assert_cmpstr(got, ==, "undecided scripts/checkpatch.pl: a merge is no patch\n");
	teardown();
}

static void same_patch_on_the_same_tree_is_not_checked_again(void)
{
	g_autofree char *first = NULL, *second = NULL;

	setup();
	commit("both");
	first = judge("base..HEAD");
	sh_run(work, "GIT_COMMITTER_DATE='1800000000 +0000' git commit -q --amend --no-edit");
	second = judge("base..HEAD");
	g_assert_cmpstr(first, ==, second);
	/* The patch and its reverse. */
	g_assert_cmpuint(runs(), ==, 2);
	teardown();
}

static void another_message_is_checked_again(void)
{
	g_autofree char *first = NULL, *second = NULL;

	setup();
	commit("both");
	first = judge("base..HEAD");
	sh_run(work, "git commit -q --amend -m clean");
	second = judge("base..HEAD");
	g_assert_cmpstr(second, ==, "holds 0 allowed, 0 carried along, 0 checks\n");
	g_assert_cmpuint(runs(), ==, 3);
	teardown();
}

static void what_may_change_is_not_kept(void)
{
	g_autofree char *first = NULL, *second = NULL, *third = NULL, *fourth = NULL;

	setup();
	commit("fetch");
	first = judge("base..HEAD");
	second = judge("base..HEAD");
	/* The reverse patch has no message: it was kept. */
	g_assert_cmpuint(runs(), ==, 3);
	commit("crash");
	third = judge("HEAD^..HEAD");
	fourth = judge("HEAD^..HEAD");
	g_assert_cmpuint(runs(), ==, 5);
	teardown();
}

int main(int argc, char **argv)
{
	int status;

	home = test_folder("style-home-XXXXXX");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/style/clean-patch-holds", clean_patch_holds);
	g_test_add_func("/style/each-error-and-warning-fails", each_error_and_warning_fails);
	g_test_add_func("/style/allowed-types-are-counted-and-hold", allowed_types_are_counted_and_hold);
	g_test_add_func("/style/allowed-type-excuses-no-other", allowed_type_excuses_no_other);
	g_test_add_func("/style/checks-fail-nothing", checks_fail_nothing);
	g_test_add_func("/style/finding-carried-along-holds", finding_carried_along_holds);
	g_test_add_func("/style/one-more-of-a-type-fails-and-names-all-of-them",
			one_more_of_a_type_fails_and_names_all_of_them);
	g_test_add_func("/style/line-that-stays-cancels-nothing", line_that_stays_cancels_nothing);
	g_test_add_func("/style/finding-in-another-file-does-not-cancel",
			finding_in_another_file_does_not_cancel);
	g_test_add_func("/style/finding-of-another-type-does-not-cancel",
			finding_of_another_type_does_not_cancel);
	g_test_add_func("/style/message-without-a-name-does-not-cancel", message_without_a_name_does_not_cancel);
	g_test_add_func("/style/file-that-comes-or-goes-does-not-cancel",
			file_that_comes_or_goes_does_not_cancel);
	g_test_add_func("/style/accident-of-the-reverse-run-is-undecided",
			accident_of_the_reverse_run_is_undecided);
	g_test_add_func("/style/crash-is-undecided", crash_is_undecided);
	g_test_add_func("/style/complaint-on-stderr-is-undecided", complaint_on_stderr_is_undecided);
	g_test_add_func("/style/output-of-another-form-is-undecided", output_of_another_form_is_undecided);
	g_test_add_func("/style/findings-that-do-not-add-up-are-undecided", findings_that_do_not_add_up_are_undecided);
	g_test_add_func("/style/it-stands-in-a-tree-with-history-and-no-more-files-than-it-reads",
			it_stands_in_a_tree_with_history_and_no_more_files_than_it_reads);
	g_test_add_func("/style/tree-without-checkpatch-is-undecided", tree_without_checkpatch_is_undecided);
	g_test_add_func("/style/merge-is-undecided", merge_is_undecided);
	g_test_add_func("/style/same-patch-on-the-same-tree-is-not-checked-again",
			same_patch_on_the_same_tree_is_not_checked_again);
	g_test_add_func("/style/another-message-is-checked-again", another_message_is_checked_again);
	g_test_add_func("/style/what-may-change-is-not-kept", what_may_change_is_not_kept);
	status = g_test_run();
	remove_tree(home);
	g_free(home);
	return status;
}
