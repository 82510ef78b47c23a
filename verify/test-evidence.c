// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-evidence.c: what stays in evidence.tsv, what counts, and the status.
 */
#include <string.h>

#include "elsewhere.h"
#include "evidence.h"

static void add(struct evidence *evidence, const char *commit, const char *verdict, const char *detail)
{
	evidence_renew(evidence, commit, "c", "build");
	evidence_add(evidence, commit, "c", "build", verdict, detail, "1.0");
}

static struct evidence *evidence(const char *out, const char *undecided)
{
	g_autoptr(GError) error = NULL;
	struct evidence *e = evidence_open(out, undecided, &error);

	g_assert_no_error(error);
	return e;
}

static void write_out(struct evidence *e, const char *out)
{
	g_autoptr(GError) error = NULL;

	evidence_write(e, out, &error);
	g_assert_no_error(error);
	evidence_free(e);
}

static void check_status(const char *undecided, const char *verdict, const char *detail, enum status status)
{
	struct evidence *e = evidence(NULL, undecided);

	add(e, "1", "holds", "x");
	add(e, "2", verdict, detail);
	g_assert_cmpint(evidence_status(e), ==, status);
	evidence_free(e);
}

static void test_status(void)
{
	struct evidence *e = evidence(NULL, NULL);

	check_status(NULL, "holds", "x", STATUS_HOLDS);
	check_status(NULL, "fails", "a.o: error", STATUS_FAILS);
	check_status(NULL, "undecided", "a.c: why", STATUS_UNDECIDED);
	add(e, "1", "undecided", "a.c: why");
	add(e, "2", "fails", "a.o: error");
	g_assert_cmpint(evidence_status(e), ==, STATUS_FAILS);
	evidence_free(e);
}

static void test_known(void)
{
	g_autofree char *folder = g_dir_make_tmp("evidence-XXXXXX", NULL);
	g_autofree char *table = g_build_filename(folder, "undecided.tsv", NULL);
	struct evidence *e;

	file_write(table, "path\treason\n\"caf\\303\\251.c\"\todd\na.c\tmips only\nb:1.c\tcolon\n", -1, NULL);
	check_status(table, "undecided", "a.c: why", STATUS_HOLDS);
	check_status(table, "undecided", "a.c:12,14-15", STATUS_HOLDS);
	check_status(table, "undecided", "b:1.c:12", STATUS_HOLDS);
	check_status(table, "undecided", "\"caf\\303\\251.c\":12", STATUS_HOLDS);
	check_status(table, "undecided", "aa.c:12", STATUS_UNDECIDED);
	check_status(table, "undecided", "b.c: a.c: why", STATUS_UNDECIDED);
	check_status(table, "fails", "a.c: error", STATUS_FAILS);
	e = evidence(NULL, table);
	add(e, "1", "undecided", "a.c:1");
	evidence_status(e);
	g_assert_cmpuint(e->excused, ==, 1);
	g_assert_cmpuint(e->undecided, ==, 0);
	evidence_free(e);
	remove_tree(folder);
}

static void row(struct evidence *e, const char *config, const char *check, const char *verdict, const char *detail)
{
	evidence_add(e, "1", config, check, verdict, detail, "1.0");
}

/* Configuration a leaves the detail open, b has the given row; both hold the build when asked to. */
static void check_elsewhere(const char *check, const char *detail, const char *b_check, const char *b_verdict,
			    const char *b_detail, bool decided)
{
	struct evidence *e = evidence(NULL, NULL);

	row(e, "a", "build", "holds", "1 object");
	row(e, "a", check, "undecided", detail);
	row(e, "b", b_check, b_verdict, b_detail);
	g_assert_cmpint(evidence_status(e), ==, !strcmp(b_verdict, "fails") ? STATUS_FAILS :
			decided && strcmp(b_verdict, "undecided") ? STATUS_HOLDS : STATUS_UNDECIDED);
	g_assert_cmpuint(e->elsewhere, ==, decided);
	evidence_free(e);
}

/* Configuration a leaves the lines open, b shows some and has the given row of its own. */
static void check_lines(const char *detail, const char *b_check, const char *b_verdict, const char *b_detail,
			const char *shown, bool decided)
{
	struct evidence *e = evidence(NULL, NULL);

	row(e, "a", "build", "holds", "1 object");
	row(e, "a", "lines", "undecided", detail);
	row(e, "b", "lines", "holds", shown);
	row(e, "b", b_check, b_verdict, b_detail);
	evidence_status(e);
	g_assert_cmpuint(e->elsewhere, ==, decided);
	evidence_free(e);
}

/* Lines that a commit adds have numbers of their own; what shows them is another configuration's row of the same check. */
static void test_added_elsewhere(void)
{
	static const char *const shown[] = { "lines", "added" };

	for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
		struct evidence *e = evidence(NULL, NULL);

		row(e, "a", "build", "holds", "1 object");
		row(e, "a", "added", "undecided", "a.c:7-8");
		row(e, "b", shown[i], "holds", "a.c:5-8");
		row(e, "b", "build", "holds", "1 object");
		g_assert_cmpint(evidence_status(e), ==, i ? STATUS_HOLDS : STATUS_UNDECIDED);
		g_assert_cmpuint(e->elsewhere, ==, i);
		evidence_free(e);
	}
}

/* Of a file that is compiled some lines may be known not to be; that the file is not compiled is another thing. */
static void test_known_lines(void)
{
	g_autofree char *folder = g_dir_make_tmp("evidence-XXXXXX", NULL);
	g_autofree char *table = g_build_filename(folder, "undecided.tsv", NULL);
	g_autoptr(GError) error = NULL;
	struct evidence *e;

	file_write(table, "path\treason\na.c:lines\tone branch\n", -1, &error);
	g_assert_no_error(error);
	e = evidence(NULL, table);
	row(e, "a", "added", "undecided", "a.c:7-8");
	row(e, "a", "lines", "undecided", "a.c:7");
	g_assert_cmpint(evidence_status(e), ==, STATUS_HOLDS);
	g_assert_cmpuint(e->excused, ==, 2);
	row(e, "a", "build", "undecided", "a.c: " NO_RULE);
	g_assert_cmpint(evidence_status(e), ==, STATUS_UNDECIDED);
	evidence_free(e);
	remove_tree(folder);
}

static void test_elsewhere(void)
{
	check_elsewhere("build", "a.c: " NO_RULE, "build", "holds", "1 object", true);
	check_elsewhere("build", "\"caf\\303\\251.c\": " NO_RULE, "build", "holds", "1 object", true);
	check_elsewhere("build", "a.c: " NO_RULE, "build", "fails", "a.o: error", false);
	check_elsewhere("build", "a.c: " NO_RULE, "style", "holds", "clean", false);
	check_elsewhere("build", "a.c: " NO_RULE, "build", "undecided", "a.c: no rule here either", false);
	check_elsewhere("build", "a.rs: no check compiles this kind of file", "build", "holds", "1 object", false);
	check_elsewhere("build", "a.o: time limit reached", "build", "holds", "1 object", false);
	check_elsewhere("build", "Kconfig: B is y", "build", "holds", "1 object", false);
	check_elsewhere("build", "clang-19: not installed", "build", "holds", "1 object", false);
	check_elsewhere("sparse", "a.c: cannot be read", "build", "holds", "1 object", false);
	check_elsewhere("build", "a.c: " SELECTED_BROKEN ": error", "build", "holds", "1 object", false);
	check_elsewhere("build", "a.c: " UNSELECTED_BROKEN ": error", "build", "holds", "1 object", true);
	check_elsewhere("build", "a.h: " NOT_INCLUDED, "build", "holds", "1 object", true);
	check_elsewhere("build", "a.c: " NO_RULE " any more", "build", "holds", "1 object", false);
	check_elsewhere("build", "a.c: it is gone, and no Makefile says so", "build", "holds", "1 object", false);
	check_elsewhere("build", "include/generated/g.h: is another", "build", "holds", "1 object", false);
	check_lines("a.c:3,5-6", "build", "holds", "1 object", "a.c:1-4,5-9", true);
	check_lines("a.c:3,5-6", "build", "holds", "1 object", "a.c:1-5", false);
	check_lines("a.c:3", "build", "holds", "1 object", "b.c:3", false);
	check_lines("a.c:3", "build", "undecided", "a.c: " SELECTED_BROKEN ": error", "a.c:3", false);
	check_lines("a.c:3", "build", "fails", "a.o: error", "a.c:3", false);
	check_lines("a.c:3", "style", "holds", "clean", "a.c:3", false);
}

static void test_kept(void)
{
	g_autofree char *folder = g_dir_make_tmp("evidence-XXXXXX", NULL), *text = NULL;
	g_autofree char *out = g_build_filename(folder, "evidence.tsv", NULL);
	struct evidence *e = evidence(out, NULL);

	add(e, "1", "fails", "old");
	add(e, "2", "holds", "stays");
	evidence_add(e, "1", "c", "kunit", "holds", "stays", "1.0");
	write_out(e, out);
	e = evidence(out, NULL);
	add(e, "1", "holds", "new");
	g_assert_cmpint(evidence_status(e), ==, STATUS_HOLDS);
	write_out(e, out);
	g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "commit\tconfig\tcheck\tverdict\tdetail\tseconds\n"
			"1\tc\tbuild\tholds\tnew\t1.0\n"
			"1\tc\tkunit\tholds\tstays\t1.0\n"
			"2\tc\tbuild\tholds\tstays\t1.0\n");
	remove_tree(folder);
}

static void test_damaged(void)
{
	g_autofree char *folder = g_dir_make_tmp("evidence-XXXXXX", NULL);
	g_autofree char *out = g_build_filename(folder, "evidence.tsv", NULL);
	g_autoptr(GError) error = NULL;

	file_write(out, "something else\n", -1, NULL);
	g_assert_null(evidence_open(out, NULL, &error));
	g_assert_nonnull(error);
	remove_tree(folder);
}

/* A parser that knows no directive must not take undecided for a pass: each such line is "not ok". */
static void test_ktap(void)
{
	g_autofree char *folder = g_dir_make_tmp("evidence-XXXXXX", NULL);
	g_autofree char *table = g_build_filename(folder, "undecided.tsv", NULL);
	struct evidence *e;

	if (g_test_subprocess()) {
		file_write(table, "path\treason\nk.c\tmips only\n", -1, NULL);
		e = evidence(NULL, table);
		add(e, "4", "undecided", "k.c: why");
		add(e, "3", "undecided", "u.c: why");
		add(e, "2", "fails", "a.o: # error");
		add(e, "1", "holds", "TODO:1-2");
		evidence_ktap(e);
		evidence_free(e);
		remove_tree(folder);
		return;
	}
	remove_tree(folder);
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_passed();
	g_test_trap_assert_stdout("*KTAP version 1\n1..4\n"
				  "# TODO:1-2\nok 1 build c 1\n"
				  "# a.o: # error\nnot ok 2 build c 2\n"
				  "not ok 3 build c 3 # ERROR undecided: u.c: why\n"
				  "not ok 4 build c 4 # SKIP known to be undecided: k.c: why\n*");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/evidence/fails-win-over-undecided", test_status);
	g_test_add_func("/evidence/another-configuration-decides", test_elsewhere);
	g_test_add_func("/evidence/added-lines-are-decided-elsewhere", test_added_elsewhere);
	g_test_add_func("/evidence/lines-of-a-compiled-file-are-known", test_known_lines);
	g_test_add_func("/evidence/known-undecided-paths-are-excused", test_known);
	g_test_add_func("/evidence/rows-of-other-checks-stay", test_kept);
	g_test_add_func("/evidence/refuses-a-damaged-table", test_damaged);
	g_test_add_func("/evidence/undecided-is-no-pass-in-ktap", test_ktap);
	return g_test_run();
}
