// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of git.c: what can be opened, what is left in the
 * user's repository, and that nothing of the user's own settings applies.
 */
#include <glib/gstdio.h>

#include "git.h"
#include "test-repo.h"

static char *folder;

static struct git *opened(const char *path)
{
	g_autoptr(GError) error = NULL;
	struct git *git = git_open(path, &error);

	g_assert_no_error(error);
	return git;
}

/* Opens a path below the folder and asks for the commit of v1. */
static void assert_opens(const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL), *want = NULL, *got = NULL;
	struct git *git = opened(path);
	g_autoptr(GError) error = NULL;

	want = sh(path, "git rev-parse v1");
	got = git_resolve(git, "v1", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(got, ==, g_strstrip(want));
	git_free(git);
}

static void assert_refuses(const char *path, const char *message)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(git_open(path, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	if (!strstr(error->message, message))
		g_error("wanted '%s', got '%s'", message, error->message);
}

static void work_tree_is_opened(void)
{
	g_free(repo_new(folder, "tree"));
	assert_opens("tree");
}

static void git_folder_is_opened(void)
{
	g_free(repo_new(folder, "dotgit"));
	assert_opens("dotgit/.git");
}

static void bare_repository_is_opened(void)
{
	g_free(repo_new(folder, "source"));
	sh_run(folder, "git clone -q --bare source bare.git");
	assert_opens("bare.git");
}

static void linked_work_tree_is_opened(void)
{
	g_autofree char *path = repo_new(folder, "main"), *want = NULL;
	g_autofree char *linked = g_build_filename(folder, "linked", NULL);
	struct git *git;

	sh_run(path, "git worktree add -q ../linked v1");
	assert_opens("linked");
	git = opened(linked);
	want = g_build_filename(path, ".git", NULL);
	g_assert_cmpstr(git->user, ==, want);
	git_free(git);
}

static void path_may_hold_blanks_and_any_byte(void)
{
	g_free(repo_new(folder, "a b\"c\303\244'$x"));
	assert_opens("a b\"c\303\244'$x");
}

static void shallow_clone_is_opened(void)
{
	g_autofree char *path = repo_new(folder, "deep");

	sh_run(path, "git commit -q --allow-empty -m two; git tag -f v1 >/dev/null\n"
	       "git clone -q --depth 1 --branch v1 file://$1 ../shallow 2>/dev/null");
	assert_opens("shallow");
}

static void repository_of_another_user_is_opened(void)
{
	g_free(repo_new(folder, "foreign"));
	g_setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1", TRUE);
	g_autofree char *path = g_build_filename(folder, "foreign", NULL);
	struct git *git = opened(path);
	g_autofree char *commit = git_resolve(git, "v1", NULL);

	g_unsetenv("GIT_TEST_ASSUME_DIFFERENT_OWNER");
	g_assert_nonnull(commit);
	git_free(git);
}

static void plain_folder_is_refused(void)
{
	g_autofree char *path = g_build_filename(folder, "plain", NULL);

	g_mkdir(path, 0777);
	assert_refuses(path, "not a git repository");
}

static void missing_folder_is_refused(void)
{
	assert_refuses("/no/such/folder", "no such folder: '/no/such/folder'");
}

static void unknown_revision_is_named(void)
{
	g_autofree char *path = repo_new(folder, "unknown");
	struct git *git = opened(path);
	g_autoptr(GError) error = NULL;

	g_assert_null(git_resolve(git, "v9", &error));
	g_assert_nonnull(strstr(error->message, "unknown tag or revision 'v9'"));
	g_clear_error(&error);
	g_assert_null(git_resolve(git, "--all", &error));
	g_assert_nonnull(strstr(error->message, "unknown tag or revision '--all'"));
	git_free(git);
}

static void tag_of_a_blob_is_no_commit(void)
{
	g_autofree char *path = repo_new(folder, "blobtag");
	struct git *git = opened(path);
	g_autoptr(GError) error = NULL;

	sh_run(path, "git tag blob v1:Makefile; git tag -a -m x annotated v1:");
	g_assert_null(git_resolve(git, "blob", &error));
	g_assert_cmpstr(error->message, ==, "'blob' is not a commit");
	g_clear_error(&error);
	g_assert_null(git_resolve(git, "annotated", &error));
	g_assert_cmpstr(error->message, ==, "'annotated' is not a commit");
	git_free(git);
}

static void annotated_tag_is_its_commit(void)
{
	g_autofree char *path = repo_new(folder, "annotated"), *want = NULL, *got = NULL;
	struct git *git = opened(path);

	sh_run(path, "git tag -a -m x annotated v1");
	want = sh(path, "git rev-parse v1");
	got = git_resolve(git, "annotated", NULL);
	g_assert_cmpstr(got, ==, g_strstrip(want));
	git_free(git);
}

static char *refs_of(const char *path)
{
	return sh(path, "git for-each-ref --format='%(objectname) %(refname)'");
}

/* All but objects and the refs that may be made: names, modes and contents. */
static char *listing(const char *path)
{
	return sh(path, "find . -path './objects/*' -prune -o -path './.git/objects/*' -prune -o"
		  " -path './refs/heads/phyr*' -prune -o -path './.git/refs/heads/phyr*' -prune -o"
		  " -type f -exec sha256sum {} + -o -printf '%p %m\\n' | LC_ALL=C sort");
}

static gboolean publish(const struct git *git, const char *one, const char *two, bool force, GError **error)
{
	const char *const refs[] = { one, two, NULL };

	return git_publish(git, refs, force, error);
}

static const char ref_one[] = "refs/heads/phyr/v1/all", ref_two[] = "refs/heads/phyr/v1/stage";

static void only_objects_and_refs_are_left(const char *name, const char *clone)
{
	g_autofree char *source = repo_new(folder, "left"), *path = g_build_filename(folder, name, NULL);
	g_autofree char *before = NULL, *after = NULL, *commit = NULL, *got = NULL;
	g_autoptr(GError) error = NULL;
	struct git *git;

	sh_run(folder, clone);
	before = listing(path);
	git = opened(path);
	commit = make_commit(git, ref_one, "VERSION = 2\n");
	g_free(make_commit(git, ref_two, "VERSION = 3\n"));
	g_assert_true(publish(git, ref_one, ref_two, false, &error));
	g_assert_no_error(error);
	after = listing(path);
	g_assert_cmpstr(before, ==, after);
	got = sh(path, "git rev-parse phyr/v1/all");
	g_assert_cmpstr(g_strstrip(got), ==, commit);
	git_free(git);
	sh_run(folder, "rm -rf left");
}

static void bare_repository_gets_only_objects_and_refs(void)
{
	only_objects_and_refs_are_left("left.git", "git clone -q --bare left left.git");
}

/* The work tree is dirty, something is staged, and there are reflogs. */
static void work_tree_gets_only_objects_and_refs(void)
{
	only_objects_and_refs_are_left("left-tree", "git clone -q left left-tree; cd left-tree; echo x >>Makefile;"
				       " echo y >new; git add new; git config core.logAllRefUpdates always;"
				       " git config receive.updateServerInfo true; git config gc.auto 1");
}

static void hooks_do_not_run(void)
{
	g_autofree char *path = repo_new(folder, "hooks"), *mark = g_build_filename(folder, "hook-ran", NULL);
	g_autoptr(GError) error = NULL;
	struct git *git;

	sh_run(path, "for h in pre-receive update post-receive post-update reference-transaction pre-push"
	       " push-to-checkout proc-receive pre-auto-gc post-checkout post-index-change; do\n"
	       "printf '#!/bin/sh\\necho %s >>%s/../hook-ran\\nexit 1\\n' $h \"$1\" >.git/hooks/$h\n"
	       "chmod +x .git/hooks/$h; done");
	git = opened(path);
	g_free(make_commit(git, ref_one, "2\n"));
	g_assert_true(publish(git, ref_one, NULL, false, &error));
	g_assert_no_error(error);
	g_assert_false(g_file_test(mark, G_FILE_TEST_EXISTS));
	git_free(git);
}

static void publishing_is_all_or_none(void)
{
	g_autofree char *path = repo_new(folder, "atomic"), *before = NULL, *after = NULL;
	g_autoptr(GError) error = NULL;
	struct git *git = opened(path);

	/* The second ref cannot be made: a ref stands where its folder would be. */
	sh_run(path, "git update-ref refs/heads/phyr/v1/stage/below v1");
	g_free(make_commit(git, ref_one, "2\n"));
	g_free(make_commit(git, ref_two, "3\n"));
	before = refs_of(path);
	g_assert_false(publish(git, ref_one, ref_two, true, &error));
	g_assert_nonnull(strstr(error->message, "cannot write the branches"));
	after = refs_of(path);
	g_assert_cmpstr(before, ==, after);
	git_free(git);
}

static void publishing_replaces_only_with_force(void)
{
	g_autofree char *path = repo_new(folder, "force"), *first = NULL, *second = NULL, *got = NULL;
	g_autoptr(GError) error = NULL;
	struct git *git = opened(path);

	first = make_commit(git, ref_one, "2\n");
	g_assert_true(publish(git, ref_one, NULL, false, &error));
	second = make_commit(git, ref_one, "3\n");
	g_assert_false(publish(git, ref_one, NULL, false, &error));
	g_clear_error(&error);
	got = sh(path, "git rev-parse phyr/v1/all");
	g_assert_cmpstr(g_strstrip(got), ==, first);
	g_assert_true(publish(git, ref_one, NULL, true, &error));
	g_assert_no_error(error);
	g_free(got);
	got = sh(path, "git rev-parse phyr/v1/all");
	g_assert_cmpstr(g_strstrip(got), ==, second);
	git_free(git);
}

static void branch_that_is_checked_out_is_not_moved(void)
{
	g_autofree char *path = repo_new(folder, "checked"), *before = NULL, *after = NULL;
	struct git *git = opened(path);

	sh_run(path, "git checkout -q -b phyr/v1/all");
	g_free(make_commit(git, ref_one, "2\n"));
	before = refs_of(path);
	g_assert_false(publish(git, ref_one, NULL, true, NULL));
	after = refs_of(path);
	g_assert_cmpstr(before, ==, after);
	git_free(git);
}

static void shallow_clone_can_be_published_to(void)
{
	g_autofree char *source = repo_new(folder, "deep2"), *path = g_build_filename(folder, "shallow2", NULL);
	g_autofree char *got = NULL, *commit = NULL;
	g_autoptr(GError) error = NULL;
	struct git *git;

	sh_run(source, "git commit -q --allow-empty -m two; git tag -f v1 >/dev/null\n"
	       "git clone -q --depth 1 --branch v1 file://$1 ../shallow2 2>/dev/null");
	git = opened(path);
	commit = make_commit(git, ref_one, "2\n");
	g_assert_true(publish(git, ref_one, NULL, false, &error));
	g_assert_no_error(error);
	got = sh(path, "git rev-parse phyr/v1/all");
	g_assert_cmpstr(g_strstrip(got), ==, commit);
	git_free(git);
}

static void repository_of_another_user_can_be_published_to(void)
{
	g_autofree char *path = repo_new(folder, "foreign2");
	g_autoptr(GError) error = NULL;
	struct git *git;

	g_setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1", TRUE);
	git = opened(path);
	g_free(make_commit(git, ref_one, "2\n"));
	publish(git, ref_one, NULL, false, &error);
	g_unsetenv("GIT_TEST_ASSUME_DIFFERENT_OWNER");
	g_assert_no_error(error);
	git_free(git);
}

/* In a process of its own, whose environment points git elsewhere. */
static void environment_does_not_apply(void)
{
	g_autofree char *path = g_build_filename(folder, "env", NULL);

	if (g_test_subprocess()) {
		g_autoptr(GError) error = NULL;
		struct git *git = git_open(g_getenv("TEST_REPO"), &error);
		g_autofree char *commit = NULL;
		g_autoptr(GPtrArray) files = NULL;

		g_assert_no_error(error);
		g_assert_cmpstr(git->identity, ==, "A User <user@example.org>");
		commit = make_commit(git, ref_one, "2\n");
		files = git_files(git, commit, NULL, &error);
		g_assert_no_error(error);
		g_assert_true(publish(git, ref_one, NULL, false, &error));
		g_assert_no_error(error);
		git_free(git);
		return;
	}
	g_autofree char *other = repo_new(folder, "other"), *before = refs_of(other), *after = NULL, *got = NULL;

	g_free(repo_new(folder, "env"));
	sh_run(other, "git config user.name Other");
	g_autofree char *script = g_strdup_printf(
		"mkdir -p template/hooks; printf '#!/bin/sh\\nexit 1\\n' >template/hooks/reference-transaction\n"
		"chmod +x template/hooks/reference-transaction\n"
		"env TEST_REPO='%s' GIT_DIR='%s/.git' GIT_INDEX_FILE=/none GIT_OBJECT_DIRECTORY=/none GIT_NAMESPACE=x"
		" GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=transfer.hideRefs GIT_CONFIG_VALUE_0=refs"
		" GIT_TEMPLATE_DIR=\"$1/template\" GIT_DEFAULT_HASH=sha256 GIT_ICASE_PATHSPECS=1"
		" GIT_ALLOW_PROTOCOL=https"
		" '%s' -p /git/environment-does-not-apply/subprocess --GTestSubprocess 2>&1 || echo \"status $?\"",
		path, other, g_get_prgname());

	got = sh(folder, script);
	if (strstr(got, "status"))
		g_error("%s", got);
	after = refs_of(other);
	g_assert_cmpstr(before, ==, after);
}

static void objects_are_borrowed_not_copied(void)
{
	g_autofree char *path = repo_new(folder, "lender"), *count = NULL, *alternates = NULL, *want = NULL;
	struct git *git = opened(path);
	g_autofree char *file = g_build_filename(git->dir, "objects/info/alternates", NULL);

	g_assert_true(g_file_get_contents(file, &alternates, NULL, NULL));
	want = g_strdup_printf("%s/.git/objects\n", path);
	g_assert_cmpstr(alternates, ==, want);
	count = sh(git->dir, "find objects -type f ! -path '*/info/*' | wc -l");
	g_assert_cmpstr(count, ==, "0\n");
	git_free(git);
}

static void repository_that_borrows_itself_is_opened(void)
{
	g_free(repo_new(folder, "base"));
	sh_run(folder, "git clone -q --shared base borrower");
	assert_opens("borrower");
	g_autofree char *path = g_build_filename(folder, "borrower", NULL);
	struct git *git = opened(path);
	g_autofree char *text = git_run_l(git, NULL, "show", "v1:Makefile", NULL);

	g_assert_null(text);
	g_autofree char *commit = git_resolve(git, "v1", NULL), *name = g_strdup_printf("%s:Makefile", commit);

	text = git_run_l(git, NULL, "show", name, NULL);
	g_assert_cmpstr(text, ==, "VERSION = 1");
	git_free(git);
}

static void identity_is_the_users_or_the_programs(void)
{
	g_autofree char *path = repo_new(folder, "identity");
	struct git *git = opened(path);

	g_assert_cmpstr(git->identity, ==, "A User <user@example.org>");
	git_free(git);
	sh_run(path, "git config --unset user.email");
	git = opened(path);
	g_assert_nonnull(strstr(git->identity, "@localhost>"));
	git_free(git);
	sh_run(path, "git config user.email 'a> <b'");
	git = opened(path);
	g_assert_nonnull(strstr(git->identity, "@localhost>"));
	git_free(git);
}

static void add_open_tests(void)
{
	g_test_add_func("/git/work-tree-is-opened", work_tree_is_opened);
	g_test_add_func("/git/git-folder-is-opened", git_folder_is_opened);
	g_test_add_func("/git/bare-repository-is-opened", bare_repository_is_opened);
	g_test_add_func("/git/linked-work-tree-is-opened", linked_work_tree_is_opened);
	g_test_add_func("/git/path-may-hold-blanks-and-any-byte", path_may_hold_blanks_and_any_byte);
	g_test_add_func("/git/shallow-clone-is-opened", shallow_clone_is_opened);
	g_test_add_func("/git/repository-of-another-user-is-opened", repository_of_another_user_is_opened);
	g_test_add_func("/git/plain-folder-is-refused", plain_folder_is_refused);
	g_test_add_func("/git/missing-folder-is-refused", missing_folder_is_refused);
	g_test_add_func("/git/unknown-revision-is-named", unknown_revision_is_named);
	g_test_add_func("/git/tag-of-a-blob-is-no-commit", tag_of_a_blob_is_no_commit);
	g_test_add_func("/git/annotated-tag-is-its-commit", annotated_tag_is_its_commit);
	g_test_add_func("/git/objects-are-borrowed-not-copied", objects_are_borrowed_not_copied);
	g_test_add_func("/git/repository-that-borrows-itself-is-opened", repository_that_borrows_itself_is_opened);
	g_test_add_func("/git/identity-is-the-users-or-the-programs", identity_is_the_users_or_the_programs);
	g_test_add_func("/git/environment-does-not-apply", environment_does_not_apply);
	g_test_add_func("/git/environment-does-not-apply/subprocess", environment_does_not_apply);
}

static void add_write_tests(void)
{
	g_test_add_func("/git/bare-repository-gets-only-objects-and-refs", bare_repository_gets_only_objects_and_refs);
	g_test_add_func("/git/work-tree-gets-only-objects-and-refs", work_tree_gets_only_objects_and_refs);
	g_test_add_func("/git/hooks-do-not-run", hooks_do_not_run);
	g_test_add_func("/git/publishing-is-all-or-none", publishing_is_all_or_none);
	g_test_add_func("/git/publishing-replaces-only-with-force", publishing_replaces_only_with_force);
	g_test_add_func("/git/branch-that-is-checked-out-is-not-moved", branch_that_is_checked_out_is_not_moved);
	g_test_add_func("/git/shallow-clone-can-be-published-to", shallow_clone_can_be_published_to);
	g_test_add_func("/git/repository-of-another-user-can-be-published-to",
			repository_of_another_user_can_be_published_to);
}

int main(int argc, char **argv)
{
	g_autofree char *program = g_canonicalize_filename(argv[0], NULL);
	int status;

	folder = test_folder("test-git-XXXXXX");
	g_test_init(&argc, &argv, NULL);
	g_set_prgname(program);
	add_open_tests();
	add_write_tests();
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
