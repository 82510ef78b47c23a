// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-limit.c: --time-limit and --memory-limit of the program, on a made-up
 * kernel whose compiler, or sparse, does not end as long as a file is there.
 */
#include <string.h>

#include "test-alive.h"
#include "test-kernel.h"
#include "test-program.h"

/* Seconds: one that works takes a small part of one. */
#define LIMIT "5"

/* Only the first run with the words that the file has; it complains first, and what it waits for is a child. */
static const char sleeps[] =
	"words=$(cat \"$folder/sleeps\" 2>/dev/null) && case \" $* \" in *\" $words \"*) rm \"$folder/sleeps\"\n"
	"echo 'a.c:1: error: more follows' >&2; sleep 600 & echo $! >\"$folder/child\"; wait ;; esac";

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n");
	put(kernel, "Kconfig", "config A\n");
	put_sources(kernel);
	commit(kernel, "base");
	put(kernel, "a/one.c", "int one = 1;\n");
	put(kernel, "a/two.c", "int two = 2;\n");
	commit(kernel, "tip");
}

/*
 * One run of the program that stands before the real one does not end: what it was about is undecided. The next
 * run of the judge has no verdict and no fact of that, and decides.
 */
static void check_limit(const struct kernel *kernel, const char *checks, const char *program, const char *words,
			const char *undecided, const char *holds)
{
	g_autofree char *line = g_strdup_printf("%s -k . -j 1 --time-limit " LIMIT " base..tip", checks);
	g_autofree char *bin = g_build_filename(kernel->folder, "bin", NULL), *path = NULL;
	g_autofree char *first = NULL, *second = NULL;

	put(kernel, "../bin/sleeps", words);
	path = stand_before(kernel, program, sleeps);
	first = program_output(kernel->work, line, STATUS_UNDECIDED);
	g_assert_false(stays_alive(bin, "child"));
	second = program_output(kernel->work, line, STATUS_HOLDS);
	g_setenv("PATH", path, TRUE);
	g_assert_nonnull(strstr(first, undecided));
	g_assert_null(strstr(first, holds));
	g_assert_null(strstr(first, "\tfails\t"));
	g_assert_nonnull(strstr(second, holds));
}

static void test_compiler(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check_limit(kernel, "build", "gcc", "-c", "\tbuild\tundecided\ta/one.o: time limit reached\t",
		    "\tbuild\tholds\t2 objects\t");
}

/* The first text that is wanted shows the parent's lines only. */
static void test_lines(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check_limit(kernel, "build", "gcc", "-E -fdirectives-only", "\tlines\tundecided\ta/one.c:1\t",
		    "\tlines\tholds\ta/one.c:1\t");
}

static void test_preprocessor(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check_limit(kernel, "warnings,equiv", "gcc", "-E -dU", "\twarnings\tundecided\ta/one.o: ",
		    "\twarnings\tholds\t2 objects compared\t");
}

static void test_comparison(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check_limit(kernel, "warnings,equiv", "gcc", "-c", "\tundecided\ta/one.o: ",
		    "\twarnings\tholds\t2 objects compared\t");
}

static void test_sparse(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	check_limit(kernel, "sparse", "sparse", "-Wbitwise", "\tsparse\tundecided\ta/one.o: time limit reached\t",
		    "\tsparse\tholds\t2 objects compared\t");
}

/* The compiler's own words for it are no complaint of the source. */
static void test_memory(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *limited = NULL, *free = NULL;

	(void)data;
	put(kernel, "a/one.c", "#define A(x) x, x, x, x, x, x, x, x, x, x\n#define B(x) A(A(A(A(A(A(x))))))\n"
	    "int one[] = { B(1) };\n");
	commit(kernel, "large");
	limited = program_output(kernel->work, "build -k . --memory-limit 96 tip..large", STATUS_UNDECIDED);
	free = program_output(kernel->work, "build -k . tip..large", STATUS_HOLDS);
	g_assert_nonnull(strstr(limited, "\tbuild\tundecided\ta/one.o: "));
	g_assert_nonnull(strstr(limited, "memory"));
	g_assert_null(strstr(limited, "\tfails\t"));
	g_assert_nonnull(strstr(free, "\tbuild\tholds\t1 object\t"));
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	program_export();
	g_test_init(&argc, &argv, NULL);
	add("/limit/compiler-that-does-not-end-decides-nothing", test_compiler);
	add("/limit/preprocessor-that-does-not-end-shows-no-lines", test_lines);
	add("/limit/preprocessor-that-does-not-end-decides-nothing", test_preprocessor);
	add("/limit/nor-is-anything-compared-then", test_comparison);
	add("/limit/sparse-that-does-not-end-decides-nothing", test_sparse);
	add("/limit/compiler-without-memory-decides-nothing", test_memory);
	return g_test_run();
}
