// SPDX-License-Identifier: GPL-2.0-only
/* test-fact.c: facts and the findings in them. */
#include <string.h>

#include "fact.h"

static const char said[] =
	"In file included from /src/include/a.h:3,\n"
	"                 from /src/a/one.c:1:\n"
	"/src/include/a.h: In function 'f':\n"
	"/src/include/a.h:12:7: warning: unused variable 'x' [-Wunused-variable]\n"
	"   12 |  int x;\n"
	"      |      ^\n"
	"/src/a/one.c:9: note: in expansion of macro 'F'\n"
	"/src/a/one.c:40:1: warning: unused variable 'x' [-Wunused-variable]\n"
	"/src/a/one.c:41:1: warning: unused variable 'x' [-Wunused-variable]\n"
	"/src/a/one.c:50:2: error: expected ';'\n"
	"cc1: warning: command-line option '-Wx' is not for C\n"
	"/tmp/c.s: warning: a name of the moment\n"
	"no place: warning: 7\n";

static char *joined(char **findings)
{
	char *text = g_strjoinv("\n", findings);

	g_strfreev(findings);
	return text;
}

static void findings_are_files_and_messages(void)
{
	g_autofree char *text = joined(findings_read(said, "warning", "/src"));

	g_assert_cmpstr(text, ==, "a/one.c: unused variable 'x' [-Wunused-variable]\n"
			"a/one.c: unused variable 'x' [-Wunused-variable]\n"
			"cc1: command-line option '-Wx' is not for C\n"
			"include/a.h: unused variable 'x' [-Wunused-variable]");
}

static void each_kind_asked_for_is_found(void)
{
	g_autofree char *text = joined(findings_read("b.c:1:2: error: bad\na.c:1: warning: odd\n", "warning error", "/src"));

	g_assert_cmpstr(text, ==, "a.c: odd\nb.c: error: bad");
}

static void a_colon_in_the_message_stays(void)
{
	g_autofree char *text = joined(findings_read("a.c:1:2: warning: x: warning: y\n", "warning", "/src"));

	g_assert_cmpstr(text, ==, "a.c: x: warning: y");
}

static void silence_has_no_findings(void)
{
	g_auto(GStrv) findings = findings_read(NULL, "warning", "/src");

	g_assert_nonnull(findings);
	g_assert_null(findings[0]);
}

static char *news(const char *before, const char *after)
{
	g_auto(GStrv) a = g_strsplit(before, " ", -1), b = g_strsplit(after, " ", -1);

	return joined(findings_new(*before ? a : NULL, b));
}

static void a_moved_finding_is_not_new(void)
{
	g_autofree char *text = news("a b b", "a b b");

	g_assert_cmpstr(text, ==, "");
}

static void a_finding_said_once_more_is_new(void)
{
	g_autofree char *text = news("a b", "a b b");

	g_assert_cmpstr(text, ==, "b");
}

static void one_in_place_of_another_is_new(void)
{
	g_autofree char *text = news("a c", "a b");

	g_assert_cmpstr(text, ==, "b");
}

static void all_are_new_where_nothing_was(void)
{
	g_autofree char *text = news("", "a b");

	g_assert_cmpstr(text, ==, "a\nb");
}

static void findings_of_two_are_united(void)
{
	char *a[] = { (char *)"x", (char *)"y", (char *)"y", NULL }, *b[] = { (char *)"w", (char *)"y", NULL };
	char *all[] = { (char *)"w", (char *)"x", (char *)"y", (char *)"y", NULL };
	g_auto(GStrv) found = g_strdupv(a);

	findings_unite(&found, NULL);
	g_assert_cmpstrv(found, a);
	findings_unite(&found, b);
	g_assert_cmpstrv(found, all);
}

static void a_fact_comes_back_as_it_was_written(void)
{
	g_autofree char *folder = g_dir_make_tmp("fact-XXXXXX", NULL);
	g_autoptr(GError) error = NULL;
	char *warnings[] = { (char *)"a.c: one", (char *)"a.c: one", NULL };
	struct fact fact = { .warnings = warnings, .parts = (char *)"text\tf\t1\n" }, *back;
	struct cache *cache;

	g_setenv("XDG_CACHE_HOME", folder, TRUE);
	cache = cache_open("facts", &error);
	g_assert_no_error(error);
	g_assert_null(fact_read(cache, "00ff"));
	fact_write(cache, "00ff", &fact, &error);
	g_assert_no_error(error);
	back = fact_read(cache, "00ff");
	g_assert_null(back->complaint);
	g_assert_cmpstrv(back->warnings, warnings);
	g_assert_cmpstr(back->parts, ==, fact.parts);
	fact_free(back);

	fact = (struct fact){ .complaint = (char *)"a.c:1: error:\n\tbad" };
	fact_write(cache, "00aa", &fact, &error);
	g_assert_no_error(error);
	back = fact_read(cache, "00aa");
	g_assert_cmpstr(back->complaint, ==, "a.c:1: error:  bad");
	g_assert_null(back->warnings[0]);
	g_assert_null(back->parts);
	fact_free(back);
	cache_close(cache);
	remove_tree(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/findings/are-files-and-messages", findings_are_files_and_messages);
	g_test_add_func("/findings/each-kind-asked-for-is-found", each_kind_asked_for_is_found);
	g_test_add_func("/findings/a-colon-in-the-message-stays", a_colon_in_the_message_stays);
	g_test_add_func("/findings/silence-has-none", silence_has_no_findings);
	g_test_add_func("/findings/a-moved-one-is-not-new", a_moved_finding_is_not_new);
	g_test_add_func("/findings/one-said-once-more-is-new", a_finding_said_once_more_is_new);
	g_test_add_func("/findings/one-in-place-of-another-is-new", one_in_place_of_another_is_new);
	g_test_add_func("/findings/all-are-new-where-nothing-was", all_are_new_where_nothing_was);
	g_test_add_func("/findings/of-two-are-united", findings_of_two_are_united);
	g_test_add_func("/fact/comes-back-as-it-was-written", a_fact_comes_back_as_it_was_written);
	return g_test_run();
}
