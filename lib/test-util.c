// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of util.c: quoting of paths, whole files, folders and errors.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util.h"

static char *folder;

static void assert_quoted(const char *path, const char *quoted)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *got = path_quote(path), *back = NULL;

	g_assert_cmpstr(got, ==, quoted);
	back = path_unquote(got, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(back, ==, path);
}

static void plain_path_stays(void)
{
	assert_quoted("drivers/block/a-b_c.c", "drivers/block/a-b_c.c");
	assert_quoted("with blank", "with blank");
	assert_quoted("", "");
}

static void controls_are_named_as_git_names_them(void)
{
	assert_quoted("\a\b\t\n\v\f\r", "\"\\a\\b\\t\\n\\v\\f\\r\"");
	assert_quoted("a\001b\177", "\"a\\001b\\177\"");
}

static void digit_behind_an_escape_is_no_part_of_it(void)
{
	assert_quoted("\a7", "\"\\a7\"");
	assert_quoted("\0017", "\"\\0017\"");
}

static void quote_and_backslash_are_escaped(void)
{
	assert_quoted("say \"a\\b\"", "\"say \\\"a\\\\b\\\"\"");
	assert_quoted("back\\", "\"back\\\\\"");
}

static void bytes_past_ascii_are_octal(void)
{
	assert_quoted("\303\244.c", "\"\\303\\244.c\"");
	assert_quoted("\377", "\"\\377\"");
}

static void every_byte_survives_the_round_trip(void)
{
	char path[256];

	for (guint i = 1; i < sizeof(path); i++)
		path[i - 1] = i;
	path[255] = '\0';
	g_autofree char *quoted = path_quote(path), *back = path_unquote(quoted, NULL);

	g_assert_cmpstr(back, ==, path);
}

static void broken_quoting_is_an_error(void)
{
	static const char *const broken[] = {
		"\"", "\"open", "\"open\\\"", "\"in\"side\"", "\"\\q\"", "\"\\8\"", "\"\\12\"", "\"\\400\"", "\"\\000\"",
	};

	for (guint i = 0; i < G_N_ELEMENTS(broken); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *path = path_unquote(broken[i], &error);

		if (path)
			g_error("%s was taken as '%s'", broken[i], path);
		g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	}
}

static void write_replaces_the_content(void)
{
	g_autofree char *path = g_build_filename(folder, "replaced", NULL), *text = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(file_write(path, "old and long", -1, &error));
	g_assert_true(file_write(path, "new\0text", 8, &error));
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpmem(text, 8, "new\0text", 8);
}

static guint entries(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	guint n = 0;

	while (g_dir_read_name(dir))
		n++;
	return n;
}

/* The kernel takes a part of the file and refuses the rest, as a full disk does. */
static gboolean write_too_much(const char *path, GError **error)
{
	g_autofree char *much = g_strnfill(1 << 20, 'x');
	struct rlimit old, small;
	gboolean ok;

	getrlimit(RLIMIT_FSIZE, &old);
	small = (struct rlimit){ 1 << 16, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	ok = file_write(path, much, -1, error);
	setrlimit(RLIMIT_FSIZE, &old);
	return ok;
}

static void failed_write_leaves_the_old_file_and_nothing_else(void)
{
	g_autofree char *own = g_build_filename(folder, "full", NULL), *path = g_build_filename(own, "kept", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	g_mkdir(own, 0777);
	g_assert_true(file_write(path, "old", -1, NULL));
	g_assert_false(write_too_much(path, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	g_assert_nonnull(strstr(error->message, path));
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "old");
	g_assert_cmpuint(entries(own), ==, 1);
}

static gpointer write_often(gpointer data)
{
	g_autofree char *path = g_build_filename(folder, "by-many", NULL), *text = g_strnfill(1 << 16, GPOINTER_TO_INT(data));

	for (guint i = 0; i < 200; i++)
		if (!file_write(path, text, -1, NULL))
			return NULL;
	return data;
}

static void many_writers_leave_the_text_of_one(void)
{
	g_autofree char *path = g_build_filename(folder, "by-many", NULL);
	GThread *writers[4];

	g_assert_true(file_write(path, "", 0, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(writers); i++)
		writers[i] = g_thread_new(NULL, write_often, GINT_TO_POINTER('a' + i));
	for (guint i = 0; i < 400; i++) {
		g_autofree char *text = NULL;
		gsize len;

		g_assert_true(g_file_get_contents(path, &text, &len, NULL));
		g_assert_true(!len || (len == 1 << 16 && strspn(text, (char[]){ *text, 0 }) == len));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(writers); i++)
		g_assert_nonnull(g_thread_join(writers[i]));
}

static void errors_carry_the_exit_status(void)
{
	g_autoptr(GError) undecided = NULL, fails = NULL, other = NULL;

	g_assert_false(fail(&undecided, "%s", "x"));
	g_assert_false(fail_holds_not(&fails, "%s", "x"));
	other = g_error_new_literal(G_FILE_ERROR, STATUS_FAILS, "x");
	g_assert_cmpint(error_status(undecided), ==, STATUS_UNDECIDED);
	g_assert_cmpint(error_status(fails), ==, STATUS_FAILS);
	g_assert_cmpint(error_status(other), ==, STATUS_UNDECIDED);
}

static void a_dead_runs_scratch_folder_is_removed(void)
{
	g_autofree char *cache = cache_folder(NULL), *own = scratch_folder(NULL), *next = NULL;
	g_autofree char *dead = g_build_filename(cache, "tmp", "dead", NULL);
	g_autofree char *lock = g_build_filename(dead, "lock", NULL), *text = g_build_filename(dead, "text.i", NULL);
	g_autofree char *fresh = g_build_filename(cache, "tmp", "fresh", NULL);

	g_mkdir_with_parents(dead, 0777);
	g_mkdir_with_parents(fresh, 0777);
	g_assert_true(g_file_set_contents(lock, "", 0, NULL) && g_file_set_contents(text, "", 0, NULL));
	next = scratch_folder(NULL);
	g_assert_false(g_file_test(dead, G_FILE_TEST_EXISTS));
	/* Its owner has not locked it yet. */
	g_assert_true(g_file_test(fresh, G_FILE_TEST_IS_DIR));
	g_assert_true(g_file_test(own, G_FILE_TEST_IS_DIR));
	remove_tree(own);
	remove_tree(next);
	remove_tree(fresh);
}

static void scratch_folders_differ_and_lie_in_the_cache(void)
{
	g_autofree char *cache = cache_folder(NULL), *one = scratch_folder(NULL), *two = scratch_folder(NULL);

	g_assert_true(g_str_has_prefix(cache, folder));
	g_assert_true(g_str_has_prefix(one, cache));
	g_assert_cmpstr(one, !=, two);
	g_assert_true(g_file_test(one, G_FILE_TEST_IS_DIR));
}

static void remove_tree_does_not_follow_links(void)
{
	g_autofree char *outside = g_build_filename(folder, "outside", NULL);
	g_autofree char *inside = g_build_filename(folder, "inside", NULL);
	g_autofree char *deep = g_build_filename(inside, "a", "b", NULL);
	g_autofree char *link = g_build_filename(deep, "link", NULL);
	g_autofree char *kept = g_build_filename(outside, "kept", NULL);

	g_mkdir_with_parents(deep, 0777);
	g_mkdir(outside, 0777);
	g_assert_true(file_write(kept, "x", -1, NULL));
	g_assert_cmpint(symlink(outside, link), ==, 0);
	remove_tree(inside);
	g_assert_false(g_file_test(inside, G_FILE_TEST_EXISTS));
	g_assert_true(g_file_test(kept, G_FILE_TEST_EXISTS));
	remove_tree(inside);
}

int main(int argc, char **argv)
{
	int status;

	folder = g_dir_make_tmp("test-util-XXXXXX", NULL);
	g_setenv("XDG_CACHE_HOME", folder, TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/path/plain-path-stays", plain_path_stays);
	g_test_add_func("/path/controls-are-named-as-git-names-them", controls_are_named_as_git_names_them);
	g_test_add_func("/path/digit-behind-an-escape-is-no-part-of-it", digit_behind_an_escape_is_no_part_of_it);
	g_test_add_func("/path/quote-and-backslash-are-escaped", quote_and_backslash_are_escaped);
	g_test_add_func("/path/bytes-past-ascii-are-octal", bytes_past_ascii_are_octal);
	g_test_add_func("/path/every-byte-survives-the-round-trip", every_byte_survives_the_round_trip);
	g_test_add_func("/path/broken-quoting-is-an-error", broken_quoting_is_an_error);
	g_test_add_func("/file/write-replaces-the-content", write_replaces_the_content);
	g_test_add_func("/file/failed-write-leaves-the-old-file-and-nothing-else",
			failed_write_leaves_the_old_file_and_nothing_else);
	g_test_add_func("/file/many-writers-leave-the-text-of-one", many_writers_leave_the_text_of_one);
	g_test_add_func("/error/errors-carry-the-exit-status", errors_carry_the_exit_status);
	g_test_add_func("/folder/scratch-folders-differ-and-lie-in-the-cache",
			scratch_folders_differ_and_lie_in_the_cache);
	g_test_add_func("/util/a-dead-runs-scratch-folder-is-removed", a_dead_runs_scratch_folder_is_removed);
	g_test_add_func("/folder/remove-tree-does-not-follow-links", remove_tree_does_not_follow_links);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
