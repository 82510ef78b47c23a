// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-kunit-cases.c: the kunit check: which suites and cases have to run, and
 * what it says of those that do not.
 */
#include "test-kunit.h"

static const char other[] = "{\"sub_groups\":[" PASSES("x") "]}";
static const char both[] = "{\"sub_groups\":[" PASSES("x") "," PASSES("thing") "]}";

/* A tip where only another suite than the one expected runs. */
static void other_suite_fails(const struct kernel *kernel)
{
	put(kernel, "result", other);
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE,
	      "fails thing: the suite did not run; x 1/1; not in this tree: ABSENT_TEST");
}

static void test_other_suite(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	other_suite_fails(kernel);
}

static void test_vanished(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "lib/Makefile", "obj-y += other.o\n");
	other_suite_fails(kernel);
}

static void test_vanished_between(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "lib/Makefile", "obj-$(CONFIG_THING_TEST) += x.o\nobj-$(CONFIG_THING_TEST) += thing.o\n");
	put(kernel, "lib/x.c", "static struct kunit_suite x = {\n\t.name = \"x\",\n};\n");
	put(kernel, "result", both);
	commit(kernel, "one");
	put(kernel, "lib/Makefile", "obj-$(CONFIG_THING_TEST) += thing.o\n");
	put(kernel, "result", result);
	commit(kernel, "two");
	check(kernel, "base..two", TRUE,
	      "holds thing 1/1, x 1/1; not in this tree: ABSENT_TEST\n"
	      "fails x: the suite did not run; thing 1/1; not in this tree: ABSENT_TEST");
}

#define CASE(name, status) "{\"name\":\"" name "\",\"status\":\"" status "\"}"
#define SUITE(cases) "{\"sub_groups\":[{\"name\":\"thing\",\"test_cases\":[" cases "]}]}"
static const char three[] = SUITE(CASE("a", "PASS") "," CASE("b", "PASS") "," CASE("c", "SKIP"));

/* A kernel in which "a" and "b" run and "c" does not, as of the tag. */
static void three_cases(const struct kernel *kernel, const char *tag)
{
	put(kernel, "result", three);
	commit(kernel, tag);
}

static void test_case_gone(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	three_cases(kernel, "three");
	put(kernel, "result", SUITE(CASE("a", "PASS")));
	commit(kernel, "tip");
	check(kernel, "three..tip", FALSE,
	      "fails cases that ran before are gone: thing.b; thing 1/1; not in this tree: ABSENT_TEST");
}

/* That came, and was gone at the end. */
static void test_case_gone_between(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "result", SUITE(CASE("c", "PASS") "," CASE("d", "PASS")));
	put(kernel, "lib/thing.c", "static struct kunit_suite t = {\n\t.name = \"thing\",\n};\n");
	commit(kernel, "one");
	put(kernel, "result", SUITE(CASE("c", "PASS")));
	put(kernel, "lib/thing.c", "static struct kunit_suite u = {\n\t.name = \"thing\",\n};\n");
	commit(kernel, "two");
	check(kernel, "base..two", TRUE,
	      "holds thing 2/2; not in this tree: ABSENT_TEST\n"
	      "fails cases that ran before are gone: thing.d; thing 1/1; not in this tree: ABSENT_TEST");
	check(kernel, "base..two", FALSE, "holds thing 1/1; not in this tree: ABSENT_TEST");
}

static void test_case_skipped(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	three_cases(kernel, "three");
	put(kernel, "result", SUITE(CASE("a", "PASS") "," CASE("b", "SKIP") "," CASE("c", "SKIP")));
	commit(kernel, "tip");
	check(kernel, "three..tip", FALSE, "undecided cases that ran before were skipped: thing.b; "
	      "thing 1/3 (2 skipped); not in this tree: ABSENT_TEST");
}

/* What BASE ran is not known: the machine failed there. What its sources spoil is. */
static void test_base_lost(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *crash = g_build_filename(kernel->work, "crash", NULL);

	(void)data;
	put(kernel, "crash", "kill -KILL $$\n");
	commit(kernel, "killed");
	g_assert_cmpint(g_remove(crash), ==, 0);
	commit(kernel, "one");
	put(kernel, "crash", "echo 'ERROR: build failed' >&2; exit 1\n");
	commit(kernel, "broken");
	g_assert_cmpint(g_remove(crash), ==, 0);
	commit(kernel, "two");
	check(kernel, "killed..one", FALSE,
	      "undecided BASE: no message (exit status 137); thing 1/1; not in this tree: ABSENT_TEST");
	check(kernel, "broken..two", FALSE, "holds thing 1/1; not in this tree: ABSENT_TEST");
}

/* What is promised by a part of a composite object, on a line that goes on. */
static void test_composite(struct kernel *kernel, gconstpointer data)
{
	static const char *const makefiles[] = {
		"obj-$(CONFIG_THING_TEST) += all.o\nall-objs := main.o \\\n\tthing.o\n",
		"all-y := main.o\nall-y += thing.o # parts\nobj-$(CONFIG_THING_TEST) += \\\n\tall.o\n",
		"obj-$(CONFIG_THING_TEST) += all.o\nall-$(CONFIG_THING_TEST) += thing.o\n",
	};

	(void)data;
	put(kernel, "result", other);
	for (guint i = 0; i < G_N_ELEMENTS(makefiles); i++) {
		put(kernel, "lib/Makefile", makefiles[i]);
		commit(kernel, "tip");
		check(kernel, "tip~..tip", FALSE,
		      "fails thing: the suite did not run; x 1/1; not in this tree: ABSENT_TEST");
	}
}

/* None of them need be built. */
static void test_not_promised(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "lib/Makefile", "obj-$(CONFIG_THING_TEST) += all.o x.o\nall-y := main.o\n"
	    "ifdef CONFIG_OTHER\nall-y += thing.o\nendif\nall-$(CONFIG_OTHER) += thing.o\n# all-y += thing.o\n"
	    "thing-y := x.o\n");
	put(kernel, "lib/x.c", "static struct kunit_suite x = {\n\t.name = \"x\",\n};\n");
	put(kernel, "lib/all.c", "static struct kunit_suite all = {\n\t.name = \"all\",\n};\n");
	put(kernel, "result", other);
	commit(kernel, "one");
	put(kernel, "a", "1\n");
	commit(kernel, "two");
	check(kernel, "one..two", FALSE, "holds x 1/1; not in this tree: ABSENT_TEST");
}

int main(int argc, char **argv)
{
	kunit_environment();
	g_test_init(&argc, &argv, NULL);
	add("/kunit-cases/expected-suite-that-did-not-run-fails", test_other_suite);
	add("/kunit-cases/suite-of-base-that-vanished-fails", test_vanished);
	add("/kunit-cases/suite-that-came-and-vanished-fails", test_vanished_between);
	add("/kunit-cases/case-of-base-that-vanished-fails", test_case_gone);
	add("/kunit-cases/case-that-came-and-vanished-fails", test_case_gone_between);
	add("/kunit-cases/case-that-ran-in-base-and-is-skipped-is-undecided", test_case_skipped);
	add("/kunit-cases/base-that-was-killed-leaves-it-undecided", test_base_lost);
	add("/kunit-cases/suite-of-a-composite-object-is-expected", test_composite);
	add("/kunit-cases/suite-that-need-not-be-built-is-not-expected", test_not_promised);
	return g_test_run();
}
