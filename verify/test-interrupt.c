// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-interrupt.c: the program is interrupted in the middle of a run, on a
 * made-up kernel whose compiler sends the signal and does not end when it is
 * asked to.
 */
#include <string.h>

#include "test-alive.h"
#include "test-kernel.h"
#include "test-program.h"

#define RUN "build,warnings,equiv -k . -j 1 --config all -o ../out/evidence.tsv base..last"

/*
 * Each run leaves a line with its words. While the file "at" has "SIGNAL OPTION N", the Nth run with the option
 * sends the signal to who started it.
 */
static const char interrupts[] =
	"echo \" $* \" >>\"$folder/runs\"\n"
	"read -r signal option n 2>/dev/null <\"$folder/at\" && case \" $* \" in *\" $option \"*)\n"
	"[ \"$(grep -c -e \" $option \" \"$folder/runs\")\" -lt \"$n\" ] || { rm \"$folder/at\"; trap '' TERM\n"
	"sleep 600 & echo $! >\"$folder/child\"; kill -s \"$signal\" $PPID; wait; } ;; esac";

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/off", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n");
	put(kernel, "../configs/on", "[config]\narch=x86_64\ntarget=allmodconfig\n[symbols]\nB=y\n");
	put(kernel, "Kconfig", "config B\n");
	put_sources(kernel);
	commit(kernel, "base");
	put(kernel, "a/one.c", "int one = 1;\n");
	commit(kernel, "first");
	put(kernel, "a/two.c", "int two = 1;\n");
	commit(kernel, "second");
	put(kernel, "a/one.c", "int one = 1;\nint more = nothing;\n");
	commit(kernel, "bad");
	put(kernel, "a/two.c", "int two = 2;\n");
	commit(kernel, "last");
}

static guint compilations(const struct kernel *kernel)
{
	g_autofree char *n = sh(kernel->folder, "touch bin/runs; grep -c -e ' -c ' bin/runs || :; : >bin/runs");

	return atoi(n);
}

/* A table that has a row of another commit. */
static void put_table(const struct kernel *kernel)
{
	put(kernel, "../out/evidence.tsv", "commit\tconfig\tcheck\tverdict\tdetail\tseconds\n"
	    "0123\ttiny\tbuild\tholds\t1 object\t1.0\n");
}

/* All there is of the table, but for the seconds. */
static char *table(const struct kernel *kernel)
{
	return sh(kernel->folder, "cd out; ls; cut -f 1-5 *");
}

static void check_interrupted(const struct kernel *kernel, const char *at, const char *options, int status)
{
	g_autofree char *line = g_strconcat(RUN, options, NULL);
	g_autofree char *bin = g_build_filename(kernel->folder, "bin", NULL), *path = NULL;
	g_autofree char *undisturbed = NULL, *before = NULL, *interrupted = NULL, *resumed = NULL;
	struct process result = { 0 };
	guint all, some;

	path = stand_before(kernel, "gcc", interrupts);
	put_table(kernel);
	g_free(program_output(kernel->work, RUN, STATUS_FAILS));
	undisturbed = table(kernel);
	all = compilations(kernel);
	remove_tree(g_getenv("TEST_CACHE"));

	put_table(kernel);
	before = table(kernel);
	put(kernel, "../bin/at", at);
	program_run(kernel->work, line, status, &result);
	g_assert_nonnull(strstr(result.err, "interrupted; run the same command again to go on"));
	g_assert_cmpstr(result.out, ==, "");
	process_clear(&result);
	g_assert_false(stays_alive(bin, "child"));
	interrupted = table(kernel);
	g_assert_cmpstr(interrupted, ==, before);
	some = compilations(kernel);

	g_free(program_output(kernel->work, RUN, STATUS_FAILS));
	g_setenv("PATH", path, TRUE);
	resumed = table(kernel);
	g_assert_cmpstr(resumed, ==, undisturbed);
	/* Only that which was interrupted is compiled again. */
	g_assert_cmpuint(some + compilations(kernel), ==, all + !!strstr(at, "-c"));
}

static void test_compiler(struct kernel *kernel, gconstpointer data)
{
	check_interrupted(kernel, data, "", STATUS_UNDECIDED);
}

/* git bisect run takes 1 to 127 for an answer. */
static void test_bisect_status(struct kernel *kernel, gconstpointer data)
{
	check_interrupted(kernel, data, " --bisect", 128 + SIGINT);
}

static void test_bisect(struct kernel *kernel, gconstpointer data)
{
	static const char refs[] = "git for-each-ref refs/bisect; git rev-parse HEAD; git bisect log";
	static const char run[] =
		"git bisect run \"$VERIFY\" build --bisect -k . base..HEAD 2>&1 && echo found || echo stopped";
	g_autofree char *bin = g_build_filename(kernel->folder, "bin", NULL), *path = NULL;
	g_autofree char *before = NULL, *said = NULL, *after = NULL, *found = NULL;

	path = stand_before(kernel, "gcc", interrupts);
	sh_run(kernel->work, "git bisect start last base");
	before = sh(kernel->work, refs);
	put(kernel, "../bin/at", data);
	said = sh(kernel->work, run);
	g_assert_true(g_str_has_suffix(said, "stopped\n"));
	g_assert_nonnull(strstr(said, "interrupted"));
	g_assert_false(stays_alive(bin, "child"));
	after = sh(kernel->work, refs);
	g_assert_cmpstr(after, ==, before);
	sh_run(kernel->work, run);
	g_setenv("PATH", path, TRUE);
	found = sh(kernel->work, "git log -1 --format=%s refs/bisect/bad");
	g_assert_cmpstr(found, ==, "bad\n");
}

static void add(const char *name, const char *at, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, at, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	program_export();
	g_test_init(&argc, &argv, NULL);
	add("/interrupt/by-hand-at-the-first-compilation", "INT -c 1\n", test_compiler);
	add("/interrupt/by-hand-in-a-later-configuration", "INT -c 8\n", test_compiler);
	add("/interrupt/by-hand-while-it-preprocesses", "INT -E 4\n", test_compiler);
	add("/interrupt/by-another-program", "TERM -c 2\n", test_compiler);
	add("/interrupt/is-no-verdict-for-bisect", "INT -c 2\n", test_bisect_status);
	add("/interrupt/by-another-program-is-no-verdict-for-bisect", "TERM -c 2\n", test_bisect_status);
	add("/interrupt/stops-git-bisect", "INT -c 1\n", test_bisect);
	add("/interrupt/by-another-program-stops-git-bisect", "TERM -E 2\n", test_bisect);
	return g_test_run();
}
