// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of git-read.c and of checkouts: every file and blob comes out as it
 * stands in the tree, and a missing one is told from an empty one.
 */
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

static void attributes_of_the_user_do_not_apply(void)
{
	g_autofree char *path = repo_new(folder, "attributes"), *commit = NULL, *text = NULL;
	g_autofree char *dir = g_build_filename(folder, "checkout", NULL);
	g_autofree char *file = g_build_filename(dir, "Makefile", NULL);
	g_autoptr(GError) error = NULL;
	struct git *git;

	sh_run(folder, "mkdir -p git; echo '* text eol=crlf' >git/attributes");
	git = opened(path);
	commit = git_resolve(git, "v1", NULL);
	g_assert_true(git_checkout(git, dir, commit, &error));
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "VERSION = 1\n");
	sh_run(folder, "rm -r git");
	git_free(git);
}

static void checkout_moves_files_and_mends_what_a_kill_left(void)
{
	g_autofree char *path = repo_new(folder, "moved"), *base = NULL, *next = NULL, *left = NULL;
	g_autofree char *dir = g_build_filename(folder, "work", NULL);
	g_autoptr(GError) error = NULL;
	struct git *git = opened(path);

	base = git_resolve(git, "v1", NULL);
	next = make_commit(git, NULL, "VERSION = 2\n");
	g_assert_true(git_checkout(git, dir, base, &error));
	sh_run(dir, "echo broken >block/a.c; rm fs/f.c; touch ../work.index.lock");
	g_assert_true(git_checkout(git, dir, base, &error));
	g_assert_no_error(error);
	left = sh(dir, "diff -r . ../moved --exclude .git && echo same");
	g_assert_cmpstr(left, ==, "same\n");
	g_assert_true(git_checkout(git, dir, next, &error));
	g_free(left);
	left = sh(dir, "find . -type f -exec grep -H . {} +");
	g_assert_cmpstr(left, ==, "./Makefile:VERSION = 2\n");
	git_free(git);
}

static void files_are_listed_with_mode_and_size(void)
{
	g_autofree char *path = repo_new(folder, "files"), *commit = NULL;
	struct git *git = opened(path);
	g_autoptr(GPtrArray) files = NULL;
	g_autoptr(GString) all = g_string_new(NULL);

	sh_run(path, "ln -s Makefile link; printf x >'b l\303\244.c'; git add .;"
	       " git update-index --add --cacheinfo 160000,$(git rev-parse v1),sub; git commit -qm x;"
	       " git tag -f v1 >/dev/null");
	commit = git_resolve(git, "v1", NULL);
	files = git_files(git, commit, NULL, NULL);
	for (guint i = 0; i < files->len; i++) {
		const struct git_file *file = files->pdata[i];

		g_string_append_printf(all, "%s %o %d\n", file->path, file->mode, (int)file->size);
	}
	g_assert_cmpstr(all->str, ==, "Kconfig 100644 9\nMAINTAINERS 100644 49\nMakefile 100644 12\n"
			"b l\303\244.c 100644 1\nblock/a.c 100644 39\nfs/f.c 100644 49\ninclude/linux/s.h 100644 30\n"
			"lib/Makefile 100644 13\nlib/run.sh 100755 10\nlink 120000 8\n");
	git_free(git);
}

static void pathspec_is_literal(void)
{
	g_autofree char *path = repo_new(folder, "literal"), *commit = NULL;
	const char *const glob[] = { "block/*.c", NULL }, *const file[] = { "block/a.c", NULL };
	struct git *git = opened(path);
	g_autoptr(GPtrArray) none = NULL, one = NULL;

	commit = git_resolve(git, "v1", NULL);
	none = git_files(git, commit, glob, NULL);
	one = git_files(git, commit, file, NULL);
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_cmpuint(one->len, ==, 1);
	git_free(git);
}

static void batch_tells_missing_from_empty(void)
{
	g_autofree char *path = repo_new(folder, "batch"), *commit = NULL, *blob = NULL, *text = NULL;
	struct git *git = opened(path);
	g_autoptr(GError) error = NULL;
	struct git_batch *batch;
	gsize len = 1;

	commit = git_resolve(git, "v1", NULL);
	batch = git_batch_open(git, &error);
	g_assert_no_error(error);
	g_autofree char *missing = g_strdup_printf("%s:no such file", commit);
	g_autofree char *there = g_strdup_printf("%s:lib/Makefile", commit);

	g_assert_null(git_batch_read(batch, missing, &len, &error));
	g_assert_no_error(error);
	blob = git_blob(git, "", 0, NULL);
	text = git_batch_read(batch, blob, &len, &error);
	g_assert_cmpmem(text, len + 1, "\0", 1);
	g_free(text);
	text = git_batch_read(batch, there, &len, &error);
	g_assert_cmpstr(text, ==, "obj-y += x.o\n");
	g_assert_null(git_batch_read(batch, "a\nb", &len, &error));
	g_assert_nonnull(error);
	git_batch_close(batch);
	git_free(git);
}

struct sum {
	gint files, bytes;
};

static void add_up(const struct git_file *file, const char *text, gsize len, gpointer data)
{
	struct sum *sum = data;

	g_assert_cmpuint(len, ==, file->size);
	g_assert_cmpint(text[len], ==, '\0');
	g_atomic_int_inc(&sum->files);
	g_atomic_int_add(&sum->bytes, len);
}

static void all_files_are_read_once_whatever_the_threads(void)
{
	g_autofree char *path = repo_new(folder, "threads"), *commit = NULL;
	struct git *git = opened(path);
	g_autoptr(GPtrArray) files = NULL;

	sh_run(path, "for i in $(seq 300); do yes $i | head -c $((i * i * 3)) >f$i; done; git add .; git commit -qm x;"
	       " git tag -f v1 >/dev/null");
	commit = git_resolve(git, "v1", NULL);
	files = git_files(git, commit, NULL, NULL);
	for (guint threads = 1; threads <= 4; threads += 3) {
		struct sum sum = { 0 };
		gint want = 0;

		for (guint i = 0; i < files->len; i++)
			want += ((struct git_file *)files->pdata[i])->size;
		g_assert_true(git_read_all(git, files, threads, add_up, &sum, NULL));
		g_assert_cmpint(sum.files, ==, files->len);
		g_assert_cmpint(sum.bytes, ==, want);
	}
	git_free(git);
}

static void blob_that_is_gone_is_an_error(void)
{
	g_autofree char *path = repo_new(folder, "gone"), *commit = NULL;
	struct git *git = opened(path);
	g_autoptr(GPtrArray) files = NULL;
	g_autoptr(GError) error = NULL;
	struct sum sum = { 0 };

	commit = git_resolve(git, "v1", NULL);
	files = git_files(git, commit, NULL, NULL);
	sh_run(path, "o=$(git rev-parse v1:fs/f.c); rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)");
	g_assert_false(git_read_all(git, files, 2, add_up, &sum, &error));
	g_assert_nonnull(strstr(error->message, "cannot read 'fs/f.c'"));
	git_free(git);
}

int main(int argc, char **argv)
{
	int status;

	folder = test_folder("test-git-read-XXXXXX");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/git/attributes-of-the-user-do-not-apply", attributes_of_the_user_do_not_apply);
	g_test_add_func("/git/checkout-moves-files-and-mends-what-a-kill-left",
			checkout_moves_files_and_mends_what_a_kill_left);
	g_test_add_func("/git/files-are-listed-with-mode-and-size", files_are_listed_with_mode_and_size);
	g_test_add_func("/git/pathspec-is-literal", pathspec_is_literal);
	g_test_add_func("/git/batch-tells-missing-from-empty", batch_tells_missing_from_empty);
	g_test_add_func("/git/all-files-are-read-once-whatever-the-threads",
			all_files_are_read_once_whatever_the_threads);
	g_test_add_func("/git/blob-that-is-gone-is-an-error", blob_that_is_gone_is_an_error);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
