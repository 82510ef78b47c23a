// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of evidence.c: which configurations compiled a line, and which rows
 * count.
 */
#include "elsewhere.h"
#include "evidence.h"
#include "test-repo.h"

static char *folder;

static const char rows[] =
	"commit\tconfig\tcheck\tverdict\tdetail\tseconds\n"
	"c1\ta\tbuild\tholds\t-\t1\n"
	"c1\ta\tlines\tfails\tblock/a.c:60\t-\n"
	"c1\ta\tlines\tholds\t\"b\\303\\244:1.c\":7\t-\n"
	"c1\ta\tlines\tholds\tblock/a.c:12-14,20\t-\n"
	"c1\tb\tbuild\tholds\t-\t1\n"
	"c1\tb\tbuild\tundecided\tblock/d.c: " UNSELECTED_BROKEN ": error\t-\n"
	"c1\tb\tkunit\tundecided\tno qemu\t-\n"
	"c1\tb\tlines\tholds\tblock/a.c:14\t-\n"
	"c1\tb\tlines\tholds\tblock/d.c:1-3\t-\n"
	"c2\ta\tkunit\tfails\t-\t1\n"
	"old\ta\tbuild\tfails\t-\t1\n"
	"old\ta\tlines\tholds\tblock/a.c:1-100\t-\n";

static struct evidence *opened(const char *text, GError **error)
{
	g_autoptr(GHashTable) commits = g_hash_table_new(g_str_hash, g_str_equal);
	struct context ctx = { .out = folder };
	g_autofree char *path = context_path(&ctx, "evidence.tsv");

	g_hash_table_add(commits, (gpointer)"c1");
	g_hash_table_add(commits, (gpointer)"c2");
	if (text)
		g_assert_true(g_file_set_contents(path, text, -1, NULL));
	else
		sh_run(folder, "rm -f evidence.tsv");
	return evidence_read(&ctx, commits, error);
}

static void append(const char *config, gpointer data)
{
	g_string_append(data, config);
}

static void assert_configs(const char *commit, const char *path, guint line, const char *configs)
{
	struct evidence *e = opened(rows, NULL);
	g_autoptr(GString) got = g_string_new(NULL);
	guint n = evidence_configs(e, commit, path, line, append, got);

	g_assert_cmpstr(got->str, ==, configs);
	g_assert_cmpuint(n, ==, strlen(configs));
	evidence_free(e);
}

static void range_holds_its_ends_and_no_more(void)
{
	assert_configs("c1", "block/a.c", 11, "");
	assert_configs("c1", "block/a.c", 12, "a");
	assert_configs("c1", "block/a.c", 15, "");
	assert_configs("c1", "block/a.c", 20, "a");
}

static void every_configuration_counts(void)
{
	assert_configs("c1", "block/a.c", 14, "ab");
}

static void lines_of_another_commit_or_path_do_not(void)
{
	assert_configs("c2", "block/a.c", 12, "");
	assert_configs("c1", "block/b.c", 12, "");
	assert_configs("old", "block/a.c", 12, "");
}

/* The line survived preprocessing, and the compiler did not end with an object. */
static void line_of_a_file_that_was_not_compiled_does_not(void)
{
	assert_configs("c1", "block/d.c", 2, "");
}

static void lines_that_do_not_hold_do_not_count(void)
{
	assert_configs("c1", "block/a.c", 60, "");
}

static void quoted_path_may_hold_a_colon(void)
{
	assert_configs("c1", "\"b\\303\\244:1.c\"", 7, "a");
}

static void verdicts_are_counted_without_lines_and_old_commits(void)
{
	struct evidence *e = opened(rows, NULL);

	g_assert_cmpuint(evidence_count(e, "holds"), ==, 2);
	g_assert_cmpuint(evidence_count(e, "fails"), ==, 1);
	g_assert_cmpuint(evidence_count(e, "undecided"), ==, 1);
	evidence_free(e);
}

static void commit_is_built_only_with_a_build_row(void)
{
	struct evidence *e = opened(rows, NULL);

	g_assert_true(evidence_built(e, "c1"));
	g_assert_false(evidence_built(e, "c2"));
	g_assert_false(evidence_built(e, "old"));
	evidence_free(e);
}

static void no_table_is_no_evidence_and_no_error(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(opened(NULL, &error));
	g_assert_no_error(error);
}

static void broken_table_is_an_error(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(opened("commit\tconfig\nx\ty\n", &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
}

int main(int argc, char **argv)
{
	int status;

	folder = test_folder("test-evidence-XXXXXX");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/evidence/range-holds-its-ends-and-no-more", range_holds_its_ends_and_no_more);
	g_test_add_func("/evidence/every-configuration-counts", every_configuration_counts);
	g_test_add_func("/evidence/lines-of-another-commit-or-path-do-not", lines_of_another_commit_or_path_do_not);
	g_test_add_func("/evidence/line-of-a-file-that-was-not-compiled-does-not",
			line_of_a_file_that_was_not_compiled_does_not);
	g_test_add_func("/evidence/lines-that-do-not-hold-do-not-count", lines_that_do_not_hold_do_not_count);
	g_test_add_func("/evidence/quoted-path-may-hold-a-colon", quoted_path_may_hold_a_colon);
	g_test_add_func("/evidence/verdicts-are-counted-without-lines-and-old-commits",
			verdicts_are_counted_without_lines_and_old_commits);
	g_test_add_func("/evidence/commit-is-built-only-with-a-build-row", commit_is_built_only_with_a_build_row);
	g_test_add_func("/evidence/no-table-is-no-evidence-and-no-error", no_table_is_no_evidence_and_no_error);
	g_test_add_func("/evidence/broken-table-is-an-error", broken_table_is_an_error);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
