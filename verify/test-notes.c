// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-notes.c: what a note says, when one is written, and that nothing else
 * in the user's repository changes. The rows are made by hand.
 */
#include "notes.h"
#include "project.h"
#include "range.h"
#include "test-repo.h"

#define SHOW "git notes --ref=" NOTES_REF " show "

static char *folder, *work;

static void setup(void)
{
	g_autofree char *variable = g_ascii_strup(CACHE_NAME "_datadir", -1), *configs = NULL, *tiny = NULL;

	folder = g_dir_make_tmp("notes-XXXXXX", NULL);
	work = repo_new(folder, "linux");
	configs = g_build_filename(folder, "configs", NULL);
	tiny = g_build_filename(configs, "tiny", NULL);
	g_setenv(variable, folder, TRUE);
	g_assert_cmpint(g_mkdir_with_parents(configs, 0777), ==, 0);
	file_write(tiny, "[config]\narch=x86_64\ntarget=allmodconfig\ndefault=yes\n[symbols]\nA=y\n", -1, NULL);
	sh_run(work, "echo a >a; git add a; git commit -qm a; git tag a\n"
	       "echo b >b; git add b; git commit -qm b; git tag b\n");
}

static void teardown(void)
{
	remove_tree(folder);
	g_clear_pointer(&folder, g_free);
	g_clear_pointer(&work, g_free);
}

/* A run on v1..b whose verdict of commit a is given, and of b when the other is. */
static void run(const char *a, const char *b)
{
	struct verify v = { .sample = 200, .seed = 1, .affected = (char *)"range" };
	g_autoptr(GError) error = NULL;

	v.evidence = evidence_open(NULL, NULL, NULL);
	v.git = git_open(work, &error);
	g_assert_no_error(error);
	v.commits = range_read(v.git, "v1..b", &error);
	g_assert_no_error(error);
	evidence_add(v.evidence, ((struct commit *)v.commits->pdata[0])->id, "tiny", "build", a, "3 objects", "9.9");
	if (b)
		evidence_add(v.evidence, ((struct commit *)v.commits->pdata[1])->id, "-", "style", b, "x", "9.9");
	notes_write(&v, "build", &error);
	g_assert_no_error(error);
	evidence_free(v.evidence);
	git_free(v.git);
	g_ptr_array_unref(v.commits);
}

static void check_sh(const char *script, const char *output)
{
	g_autofree char *got = sh(work, script);

	g_assert_cmpstr(got, ==, output);
}

static void note_names_verdict_tools_configuration_and_command(void)
{
	g_autofree char *note = NULL, *command = NULL, *base = NULL, *tip = NULL;

	setup();
	run("holds", NULL);
	note = sh(work, SHOW "a");
	base = g_strchomp(sh(work, "git rev-parse v1"));
	tip = g_strchomp(sh(work, "git rev-parse b"));
	command = g_strdup_printf("\nrepeat: " VERIFY_NAME " build -k . --affected range --sample 200 --seed 1 %s..%s\n",
				  base, tip);
	g_assert_true(g_str_has_prefix(note, VERIFY_NAME " " PROJECT_VERSION ", git version "));
	g_assert_nonnull(strstr(note, "\nholds\ttiny\tbuild\t3 objects\n"));
	g_assert_true(g_regex_match_simple("\ntiny [0-9a-f]{64}, .*gcc.*\n", note, 0, 0));
	g_assert_true(g_str_has_suffix(note, command));
	g_assert_null(strstr(note, "9.9"));
	teardown();
}

static void only_judged_commits_get_a_note(void)
{
	setup();
	run("holds", NULL);
	check_sh("git notes --ref=" NOTES_REF " list | wc -l", "1\n");
	run("holds", "holds");
	check_sh("git notes --ref=" NOTES_REF " list | wc -l", "2\n");
	teardown();
}

static void identical_run_changes_nothing(void)
{
	g_autofree char *first = NULL, *second = NULL;

	setup();
	run("holds", "fails");
	first = sh(work, "git rev-parse " NOTES_REF);
	run("holds", "fails");
	second = sh(work, "git rev-parse " NOTES_REF);
	g_assert_cmpstr(first, ==, second);
	teardown();
}

static void new_verdict_is_added_to_the_old_one(void)
{
	setup();
	run("undecided", NULL);
	run("holds", NULL);
	check_sh(SHOW "a | grep -c '^repeat: '", "2\n");
	check_sh(SHOW "a | sed -n 's/\ttiny\t.*//p'", "undecided\nholds\n");
	check_sh("git rev-list --count " NOTES_REF, "2\n");
	teardown();
}

static void what_others_wrote_stays(void)
{
	setup();
	sh_run(work, "git notes --ref=" NOTES_REF " add -m 'read by a person' a");
	run("holds", NULL);
	check_sh(SHOW "a | sed -n 1,2p", "read by a person\n\n");
	check_sh(SHOW "a | grep -c '^holds'", "1\n");
	teardown();
}

static void deleted_notes_are_not_brought_back(void)
{
	setup();
	run("fails", NULL);
	sh_run(work, "git update-ref -d " NOTES_REF);
	run("holds", NULL);
	check_sh(SHOW "a | grep -c '^fails' || true", "0\n");
	teardown();
}

static void nothing_else_in_the_repository_changes(void)
{
	static const char state[] = "git for-each-ref | grep -v '" NOTES_REF "'; cat .git/HEAD .git/config\n"
		"find .git -path .git/objects -prune -o -type f -print | LC_ALL=C sort | grep -v '" NOTES_REF "'\n"
		"git status --porcelain; ls\n";
	g_autofree char *before = NULL, *after = NULL;

	setup();
	sh_run(work, "for hook in pre-receive update post-receive reference-transaction post-update; do\n"
	       "printf '#!/bin/sh\\ntouch ran\\n' >.git/hooks/$hook; chmod +x .git/hooks/$hook; done\n"
	       "git config core.logAllRefUpdates always\n");
	before = sh(work, state);
	run("holds", NULL);
	after = sh(work, state);
	g_assert_cmpstr(before, ==, after);
	check_sh("git notes --ref=" NOTES_REF " list | wc -l", "1\n");
	teardown();
}

int main(int argc, char **argv)
{
	g_autofree char *home = test_folder("notes-home-XXXXXX");
	int status;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notes/note-names-verdict-tools-configuration-and-command",
			note_names_verdict_tools_configuration_and_command);
	g_test_add_func("/notes/only-judged-commits-get-a-note", only_judged_commits_get_a_note);
	g_test_add_func("/notes/identical-run-changes-nothing", identical_run_changes_nothing);
	g_test_add_func("/notes/new-verdict-is-added-to-the-old-one", new_verdict_is_added_to_the_old_one);
	g_test_add_func("/notes/what-others-wrote-stays", what_others_wrote_stays);
	g_test_add_func("/notes/deleted-notes-are-not-brought-back", deleted_notes_are_not_brought_back);
	g_test_add_func("/notes/nothing-else-in-the-repository-changes", nothing_else_in_the_repository_changes);
	status = g_test_run();
	remove_tree(home);
	return status;
}
