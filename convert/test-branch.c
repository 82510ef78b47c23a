// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of branch.c: commits hold what they were given, and are the same each
 * time.
 */
#include "branch.h"
#include "test-repo.h"

static char *folder;

/* Two commits: on an old and a new file, then on the old one again. */
static GPtrArray *two_commits(void)
{
	static const struct change first[] = {
		{ "block/a.c", "int two;\n", 9, 0100644 }, { "new \"\303\244\n.c", "a\0b", 3, 0100644 },
		{ "lib/run.sh", "#!/bin/sh\n#\n", 12, 0100755 },
	}, second = { "block/a.c", "", 0, 0100644 };
	GPtrArray *commits = g_ptr_array_new_with_free_func((GDestroyNotify)branch_commit_free);

	g_ptr_array_add(commits, branch_commit_new("block: one\n\nBody with \303\244.\n"));
	g_array_append_vals(((struct branch_commit *)commits->pdata[0])->changes, first, G_N_ELEMENTS(first));
	g_ptr_array_add(commits, branch_commit_new("block: two\n"));
	g_array_append_vals(((struct branch_commit *)commits->pdata[1])->changes, &second, 1);
	return commits;
}

/* The tip, after writing the two commits. */
static char *write_two(const struct git *git)
{
	g_autoptr(GPtrArray) commits = two_commits();
	g_autofree char *base = git_resolve(git, "v1", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(branch_write(git, base, commits, &error));
	g_assert_no_error(error);
	return g_strdup(((struct branch_commit *)commits->pdata[1])->oid);
}

static void commits_hold_what_they_were_given(void)
{
	g_autofree char *path = repo_new(folder, "given"), *tip = NULL, *log = NULL, *raw = NULL, *name = NULL;
	struct git *git = git_open(path, NULL);

	tip = write_two(git);
	log = git_run_l(git, NULL, "log", "-1", "--format=%an <%ae>|%ad|%cn <%ce>|%cd|%B|", "--date=raw", tip, NULL);
	g_assert_nonnull(strstr(log, "A User <user@example.org>|1700000000 +0100|A User <user@example.org>"
				"|1700000000 +0100|block: two\n|"));
	name = g_strdup_printf("%s^^{tree}", tip);
	raw = git_run_l(git, NULL, "ls-tree", "-r", name, NULL);
	g_assert_nonnull(strstr(raw, "\"new \\\"\\303\\244\\n.c\""));
	g_assert_nonnull(strstr(raw, "100755 blob"));
	git_free(git);
}

static void parent_of_the_first_is_the_base(void)
{
	g_autofree char *path = repo_new(folder, "parent"), *tip = NULL, *name = NULL, *got = NULL, *base = NULL;
	struct git *git = git_open(path, NULL);

	tip = write_two(git);
	base = git_resolve(git, "v1", NULL);
	name = g_strdup_printf("%s~2", tip);
	got = git_run_l(git, NULL, "rev-parse", name, NULL);
	g_assert_cmpstr(got, ==, base);
	git_free(git);
}

static void content_may_hold_nul_bytes_and_be_empty(void)
{
	g_autofree char *path = repo_new(folder, "bytes"), *tip = NULL, *name = NULL, *text = NULL;
	const char *const odd[] = { "new \"\303\244\n.c", NULL };
	struct git *git = git_open(path, NULL);
	struct git_batch *batch = git_batch_open(git, NULL);
	g_autoptr(GPtrArray) files = NULL;
	gsize len;

	tip = write_two(git);
	name = g_strdup_printf("%s:block/a.c", tip);
	text = git_batch_read(batch, name, &len, NULL);
	g_assert_cmpuint(len, ==, 0);
	files = git_files(git, tip, odd, NULL);
	g_assert_cmpuint(files->len, ==, 1);
	g_assert_cmpint(((struct git_file *)files->pdata[0])->size, ==, 3);
	git_batch_close(batch);
	git_free(git);
}

static void same_input_gives_the_same_commits(void)
{
	g_autofree char *path = repo_new(folder, "same"), *one = NULL, *other = NULL;
	struct git *git = git_open(path, NULL);

	one = write_two(git);
	g_usleep(1100000);
	other = write_two(git);
	g_assert_cmpstr(one, ==, other);
	git_free(git);
}

static void no_ref_is_left(void)
{
	g_autofree char *path = repo_new(folder, "refs"), *before = NULL, *after = NULL, *ours = NULL;
	struct git *git = git_open(path, NULL);

	before = sh(path, "git for-each-ref");
	g_free(write_two(git));
	after = sh(path, "git for-each-ref");
	ours = git_run_l(git, NULL, "for-each-ref", NULL);
	g_assert_cmpstr(before, ==, after);
	g_assert_cmpstr(ours, ==, "");
	git_free(git);
}

static void unknown_base_is_an_error(void)
{
	g_autofree char *path = repo_new(folder, "base");
	struct git *git = git_open(path, NULL);
	g_autoptr(GPtrArray) commits = two_commits();
	g_autoptr(GError) error = NULL;

	g_assert_false(branch_write(git, "0123456789012345678901234567890123456789", commits, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	git_free(git);
}

int main(int argc, char **argv)
{
	int status;

	folder = test_folder("test-branch-XXXXXX");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/branch/commits-hold-what-they-were-given", commits_hold_what_they_were_given);
	g_test_add_func("/branch/parent-of-the-first-is-the-base", parent_of_the_first_is_the_base);
	g_test_add_func("/branch/content-may-hold-nul-bytes-and-be-empty", content_may_hold_nul_bytes_and_be_empty);
	g_test_add_func("/branch/same-input-gives-the-same-commits", same_input_gives_the_same_commits);
	g_test_add_func("/branch/no-ref-is-left", no_ref_is_left);
	g_test_add_func("/branch/unknown-base-is-an-error", unknown_base_is_an_error);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
