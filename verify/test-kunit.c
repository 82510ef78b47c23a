// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-kunit.c: what is made of kunit.py's JSON, and which suites a source
 * promises.
 */
#include <string.h>

#include "kunit-config.h"
#include "kunit-result.h"

static void check(const char *json, char *const *expected, const char *summary, const char *failure)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) suites = kunit_suites(json, &error);
	g_autofree char *got = NULL, *why = NULL;

	g_assert_no_error(error);
	got = kunit_summary(suites);
	why = kunit_failure(suites, expected, NULL);
	g_assert_cmpstr(got, ==, summary);
	g_assert_cmpstr(why, ==, failure);
}

static const char good[] =
	"{\"name\":\"KUnit Test Group\",\"test_cases\":[],\"sub_groups\":["
	"{\"name\":\"b\",\"sub_groups\":[{\"name\":\"rows\",\"sub_groups\":[],\"test_cases\":["
	"{\"name\":\"r1\",\"status\":\"PASS\"},{\"name\":\"r2\",\"status\":\"PASS\"}]}],"
	"\"test_cases\":[{\"name\":\"c1\",\"status\":\"PASS\"}]},"
	"{\"name\":\"a\",\"sub_groups\":[],\"test_cases\":[{\"name\":\"c1\",\"status\":\"PASS\"},"
	"{\"name\":\"c2\",\"status\":\"SKIP\"}]}]}";

static void test_good(void)
{
	check(good, NULL, "a 1/2 (1 skipped), b 3/3", NULL);
}

static void test_missing_suite(void)
{
	char *const expected[] = { (char *)"a", (char *)"b", (char *)"c", NULL };

	check(good, expected, "a 1/2 (1 skipped), b 3/3", "c: the suite did not run");
}

static void test_failure(void)
{
	check("{\"sub_groups\":[{\"name\":\"a\",\"test_cases\":[{\"name\":\"c1\",\"status\":\"PASS\"},"
	      "{\"name\":\"c2\",\"status\":\"FAIL\"},{\"name\":\"c3\",\"status\":\"ERROR\"}]}]}", NULL,
	      "a 1/3", "a: 2 failed, first c2: FAIL");
}

static void test_skipped(void)
{
	static const char skipped[] = "{\"name\":\"b\",\"test_cases\":[{\"name\":\"c1\",\"status\":\"SKIP\"},"
		"{\"name\":\"c2\",\"status\":\"SKIP\"}]}";
	static const char passed[] = "{\"name\":\"a\",\"test_cases\":[{\"name\":\"c1\",\"status\":\"PASS\"}]}";
	char *const expected[] = { (char *)"a", (char *)"b", NULL };
	g_autofree char *both = g_strdup_printf("{\"sub_groups\":[%s,%s],"
						"\"test_cases\":[{\"name\":\"c\",\"status\":\"SKIP\"}]}", passed, skipped);
	g_autofree char *alone = g_strdup_printf("{\"sub_groups\":[%s]}", skipped);

	check(both, expected, "a 1/1, b 0/2 (all skipped), c 0/1 (all skipped)", NULL);
	{
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) suites = kunit_suites(both, &error);
		char *ran[] = { (char *)"a", NULL };
		g_autofree char *doubt = kunit_doubt(suites, expected, NULL), *none = kunit_doubt(suites, ran, NULL);

		g_assert_cmpstr(doubt, ==, "b: every case was skipped");
		g_assert_null(none);
		g_assert_null(kunit_doubt(suites, NULL, NULL));
	}
	check(alone, NULL, "b 0/2 (all skipped)", "every case was skipped");
}

static void test_cases(void)
{
	/* A row of "rows" is none of its own; "whole" is a suite of skipped ones, "lost" one skipped unseen. */
	static const char now[] = "{\"sub_groups\":[{\"name\":\"a\",\"test_cases\":["
		"{\"name\":\"c1\",\"status\":\"PASS\"},{\"name\":\"c2\",\"status\":\"SKIP\"},"
		"{\"name\":\"<missing>\",\"status\":\"ERROR\"}],"
		"\"sub_groups\":[{\"name\":\"rows\",\"test_cases\":[{\"name\":\"r1\",\"status\":\"PASS\"}]}]},"
		"{\"name\":\"whole\",\"test_cases\":[{\"name\":\"c\",\"status\":\"SKIP\"}]}],"
		"\"test_cases\":[{\"name\":\"lost\",\"status\":\"SKIP\"}]}";
	char *cases[] = { (char *)"a.c1", (char *)"a.c2", (char *)"a.c3", (char *)"a.rows", (char *)"gone.c",
		(char *)"lost.c", (char *)"whole.c", NULL };
	char *there[] = { (char *)"a.c1", (char *)"a.rows", NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) suites = kunit_suites(now, &error), before = kunit_suites(good, &error);
	g_auto(GStrv) ran = NULL, names = kunit_cases(before);
	g_autofree char *doubt = NULL, *no_doubt = NULL, *all = g_strjoinv(" ", names), *failure = NULL, *got = NULL;

	g_assert_no_error(error);
	g_assert_true(g_strv_contains((const char *const *)names, "b.rows"));
	g_assert_false(strstr(all, "r1") || strstr(all, "a.c2"));
	ran = kunit_cases(suites);
	g_assert_cmpuint(g_strv_length(ran), ==, 2);
	doubt = kunit_doubt(suites, NULL, cases);
	no_doubt = kunit_doubt(suites, NULL, there);
	g_assert_cmpstr(doubt, ==, "cases that ran before were skipped: a.c2, lost.c, whole.c");
	g_assert_null(no_doubt);
	failure = kunit_failure(before, NULL, (char *[]){ (char *)"a.c1", (char *)"a.gone", (char *)"b.rows", NULL });
	g_assert_cmpstr(failure, ==, "cases that ran before are gone: a.gone");
	got = kunit_failure(before, NULL, names);
	g_assert_null(got);
}

static void test_nothing_ran(void)
{
	check("{\"sub_groups\":[],\"test_cases\":[]}", NULL, "", "no suite ran");
	check("{}", NULL, "", "no suite ran");
	check("{\"sub_groups\":[{\"name\":\"a\",\"test_cases\":[]}]}", NULL, "a 0/0", "a: no case ran");
	check("{\"test_cases\":[{\"name\":\"a\",\"status\":\"ERROR\"}]}", NULL, "a 0/1", "a: 1 failed, first a: ERROR");
}

static void test_not_json(void)
{
	static const char *const texts[] = { "", "[]", "nothing", "{\"sub_groups\":[" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(kunit_suites(texts[i], &error));
		g_assert_nonnull(error);
	}
}

static void test_names(void)
{
	g_auto(GStrv) names = kunit_suite_names("static struct kunit_suite a = {\n\t.name = \"first\",\n"
						"\t.test_cases = cases,\n};\nstatic struct kunit_suite b = {\n"
						"\t.init = b_init,\n\t.name = \"second\",\n};\n"
						"static struct other c = {\n\t.name = \"third\",\n};\n", NULL);
	g_autofree char *all = g_strjoinv(" ", names);

	g_assert_cmpstr(all, ==, "first second");
}

static void test_conditions(void)
{
	static const char source[] =
		"#if 1 /* CONFIG_A */\nstatic struct kunit_suite a = { .name = \"a\" };\n"
		"#else\nstatic struct kunit_suite b = { .name = \"b\" };\n#endif\n"
		"#ifdef CONFIG_OTHER\n# ifdef CONFIG_A\nstatic struct kunit_suite c = { .name = \"c\" };\n# endif\n"
		"static struct kunit_suite d = { .name = \"d\" };\n#endif\n"
		"#if IS_ENABLED(CONFIG_A)\n#ifdef CONFIG_A\n"
		"static struct kunit_suite e = { .name = \"e\" };\n#endif\n#endif\n"
		"#ifndef CONFIG_A\nstatic struct kunit_suite f = { .name = \"f\" };\n#endif\n"
		"static struct kunit_suite g = { .name = \"g\" };\n";
	const char *const symbols[] = { "A", NULL };
	g_auto(GStrv) names = kunit_suite_names(source, symbols), fewer = kunit_suite_names(source, NULL);
	g_autofree char *all = g_strjoinv(" ", names), *some = g_strjoinv(" ", fewer);

	g_assert_cmpstr(all, ==, "a e g");
	g_assert_cmpstr(some, ==, "g");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kunit/counts-leaves", test_good);
	g_test_add_func("/kunit/a-suite-that-did-not-run-fails", test_missing_suite);
	g_test_add_func("/kunit/a-failed-case-fails", test_failure);
	g_test_add_func("/kunit/a-skipped-suite-is-named-and-no-reason-to-hold", test_skipped);
	g_test_add_func("/kunit/cases-that-ran-are-known-by-suite-and-name", test_cases);
	g_test_add_func("/kunit/nothing-run-fails", test_nothing_ran);
	g_test_add_func("/kunit/refuses-what-is-no-result", test_not_json);
	g_test_add_func("/kunit/reads-suite-names-of-a-source", test_names);
	g_test_add_func("/kunit/suite-that-a-condition-may-leave-out-is-not-promised", test_conditions);
	return g_test_run();
}
