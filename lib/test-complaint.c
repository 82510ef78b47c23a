// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-complaint.c: what is quoted of a failed process, and which failures
 * are held against the machine.
 */
#include "process.h"

static void check(const char *out, const char *err, int status, const char *complaint, bool accident)
{
	struct process p = { .out = (char *)out, .err = (char *)err, .exit = status };
	g_autofree char *said = process_complaint(&p);

	g_assert_cmpstr(said, ==, complaint);
	g_assert_cmpint(process_accident(&p), ==, accident);
}

static void compiler_errors_are_quoted_and_its_remarks_are_not(void)
{
	check("", "a.c: In function 'do_error':\na.c:1:2: error: one\nb.c:9: note: see\na.c:2:2: error: two\n", 1,
	      "a.c:1:2: error: one; a.c:2:2: error: two", false);
	check("", "a.c:1:10: fatal error: x.h: No such file or directory\ncompilation terminated.\n", 1,
	      "a.c:1:10: fatal error: x.h: No such file or directory", false);
}

static void no_more_than_three_lines_are_quoted(void)
{
	check("", "error: 1\nerror: 2\nerror: 3\nerror: 4\n", 1, "error: 1; error: 2; error: 3", false);
}

static void make_errors_are_quoted_and_what_it_skips_is_not(void)
{
	check("", "make[1]: *** [Makefile:3: x] Error 1\nmake: Target 'y' not remade because of errors.\n", 2,
	      "make[1]: *** [Makefile:3: x] Error 1", false);
}

static void file_and_option_named_error_are_no_errors(void)
{
	check("", "lib/error.c:3: odd\n-Werror is set\nlib/error: gone\n", 1, "lib/error: gone (exit status 1)", true);
}

static void stdout_is_read_when_stderr_names_no_error(void)
{
	check("ERROR:root: no such option\n", "starting\n", 1, "ERROR:root: no such option", false);
	check("error: of the text\n", "error: of the program\n", 1, "error: of the program", false);
}

static void last_line_stands_for_an_unnamed_error(void)
{
	check("", "first\nlast\n\n", 3, "last (exit status 3)", true);
	check("said\n", "", 3, "said (exit status 3)", true);
	check(NULL, NULL, 3, "no message (exit status 3)", true);
}

static void time_limit_is_all_that_is_said(void)
{
	struct process p = { .err = (char *)"error: half\n", .exit = 137, .timed_out = true };
	g_autofree char *said = process_complaint(&p);

	g_assert_cmpstr(said, ==, "time limit reached");
	g_assert_true(process_accident(&p));
}

static void full_disk_lost_memory_and_signals_are_accidents(void)
{
	check("", "fatal error: error writing to a.s: No space left on device\n", 1,
	      "fatal error: error writing to a.s: No space left on device", true);
	check("", "gcc: fatal error: Killed signal terminated program cc1\n", 1,
	      "gcc: fatal error: Killed signal terminated program cc1", true);
	check("", "a.c:1: error: bad\n", 139, "a.c:1: error: bad", true);
	check("", "gcc: internal compiler error: Segmentation fault signal terminated program cc1\n", 4,
	      "gcc: internal compiler error: Segmentation fault signal terminated program cc1", true);
}

static void command_of_make_that_was_killed_or_is_missing_is_an_accident(void)
{
	check("", "make[3]: *** [Makefile:2: lib/x.o] Error 137\n", 2,
	      "make[3]: *** [Makefile:2: lib/x.o] Error 137", true);
	check("", "make: *** [Makefile:2: x] Segmentation fault (core dumped)\n", 2,
	      "make: *** [Makefile:2: x] Segmentation fault (core dumped) (exit status 2)", true);
	check("", "/bin/sh: 1: flex: not found\nmake: *** [Makefile:2: x] Error 127\n", 2,
	      "/bin/sh: 1: flex: not found; make: *** [Makefile:2: x] Error 127", true);
	check("", "ERROR:root:make[2]: gcc: No such file or directory\nmake[2]: *** [Makefile:2: x] Error 127\n", 1,
	      "ERROR:root:make[2]: gcc: No such file or directory; make[2]: *** [Makefile:2: x] Error 127", true);
}

static void program_of_the_sources_that_is_missing_is_no_accident(void)
{
	check("", "/bin/sh: 1: scripts/x.sh: not found\nmake: *** [Makefile:2: x] Error 127\n", 2,
	      "make: *** [Makefile:2: x] Error 127", false);
}

static void program_that_was_not_needed_is_no_accident(void)
{
	check("", "/bin/sh: 1: pahole: not found\na.c:1: error: bad\nmake: *** [Makefile:2: a.o] Error 1\n", 2,
	      "a.c:1: error: bad; make: *** [Makefile:2: a.o] Error 1", false);
}

static void text_of_the_input_is_no_accident(void)
{
	check("pr_err(\"out of memory\");\n", "a.c:1: error: bad\n", 1, "a.c:1: error: bad", false);
}

static void success_is_no_accident(void)
{
	struct process p = { .err = (char *)"warning: Killed signal\n" };

	g_assert_false(process_accident(&p));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/complaint/compiler-errors-are-quoted-and-its-remarks-are-not",
			compiler_errors_are_quoted_and_its_remarks_are_not);
	g_test_add_func("/complaint/no-more-than-three-lines-are-quoted", no_more_than_three_lines_are_quoted);
	g_test_add_func("/complaint/make-errors-are-quoted-and-what-it-skips-is-not",
			make_errors_are_quoted_and_what_it_skips_is_not);
	g_test_add_func("/complaint/file-and-option-named-error-are-no-errors",
			file_and_option_named_error_are_no_errors);
	g_test_add_func("/complaint/stdout-is-read-when-stderr-names-no-error",
			stdout_is_read_when_stderr_names_no_error);
	g_test_add_func("/complaint/last-line-stands-for-an-unnamed-error", last_line_stands_for_an_unnamed_error);
	g_test_add_func("/complaint/time-limit-is-all-that-is-said", time_limit_is_all_that_is_said);
	g_test_add_func("/complaint/full-disk-lost-memory-and-signals-are-accidents",
			full_disk_lost_memory_and_signals_are_accidents);
	g_test_add_func("/complaint/command-of-make-that-was-killed-or-is-missing-is-an-accident",
			command_of_make_that_was_killed_or_is_missing_is_an_accident);
	g_test_add_func("/complaint/program-of-the-sources-that-is-missing-is-no-accident",
			program_of_the_sources_that_is_missing_is_no_accident);
	g_test_add_func("/complaint/program-that-was-not-needed-is-no-accident",
			program_that_was_not_needed_is_no_accident);
	g_test_add_func("/complaint/text-of-the-input-is-no-accident", text_of_the_input_is_no_accident);
	g_test_add_func("/complaint/success-is-no-accident", success_is_no_accident);
	return g_test_run();
}
