// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-parts.c: objects that say the same although lines, numbers and places
 * in them changed, and objects that are damaged.
 *
 * Each case that must find no difference has a twin with a difference of that
 * kind that counts.
 */
#include "test-object.h"

#define SANITIZED	KERNEL_FLAGS " -fsanitize=kernel-address,undefined --param asan-stack=1 --param asan-globals=1"

static const char plain[] =
	"extern int g(int); extern void use(const void *); extern int arr[];\n"
	"static int __attribute__((noinline)) st(int a) { return g(a) + 1; }\n"
	"int f(int a, int b) { int x[4]; static int cnt; use(x); cnt++; return st(a) + arr[a] + x[b] + (b << a); }\n"
	"int h(int a) { use(\"hello\"); return st(a * 2); }\n";

static void test_same(void)
{
	check_differences("gcc", KERNEL_FLAGS, plain, plain, "");
	check_differences("gcc", "-O2 -g -ffunction-sections -fdata-sections", plain, NULL, "");
}

static void test_debug_information(void)
{
	g_autofree char *without = parts_of("gcc", KERNEL_FLAGS, plain);
	g_autofree char *with = parts_of("gcc", KERNEL_FLAGS " -g3", plain);

	g_assert_cmpstr(without, ==, with);
}

static void test_sanitizer_lines(void)
{
	check_differences("gcc", SANITIZED, plain, NULL, "");
	check_differences("gcc", SANITIZED " -fdata-sections -ffunction-sections", plain, NULL, "");
}

static void test_sanitizer_type(void)
{
	static const char before[] = "int f(int a, int b) { return a + b; }\n";
	static const char after[] = "int f(int a, int b) { return (long)a + b; }\n";

	/* The same code would call with the description of another type. */
	check_differences("gcc", KERNEL_FLAGS " -fsanitize=undefined", "int f(int *a, int b) { return a[b << 3]; }\n",
			  "int f(unsigned *a, int b) { return a[b << 3]; }\n", "~function f");
	check_differences("gcc", KERNEL_FLAGS " -fsanitize=undefined", before, after, "~function f");
}

static void test_frame_names(void)
{
	static const char text[] = "void use(void *); void f(void) { char buf[8]; use(buf); }\n";
	g_autofree char *before = parts_of("gcc", SANITIZED, text);
	g_autofree char *renamed = parts_of("gcc", SANITIZED, "void use(void *); void f(void) { char bug[8]; use(bug); }\n");
	g_autofree char *found = differences_of(before, renamed, NULL, NULL);

	check_differences("gcc", SANITIZED, text, NULL, "");
	g_assert_cmpstr(found, ==, "~function f");
}

static void test_sanitized_globals(void)
{
	static const char one[] = "static int a[2]; int f(int i) { return a[i]++; }\n";
	static const char two[] = "static int a[3]; int f(int i) { return a[i]++; }\n";

	check_differences("gcc", SANITIZED, one, NULL, "");
	check_differences("gcc", KERNEL_FLAGS " -fsanitize=kernel-address --param asan-globals=1", one, two,
			  "~data a; ~entries a");
	/* A variable more changes the number that the constructor passes, and nothing of the others. */
	check_differences("gcc", SANITIZED, "int f(int i) { static int n; return n += i; }\n",
			  "int f(int i) { static int n; return n += i; } int a = 5;\n", "+data a; +entries a; +symbol a");
}

/* As the kernel's BUG() and WARN() do on x86-64: address, file, line, flags. */
#define BUG_ASM \
	"#define BUG(flags) asm volatile(\"1: ud2\\n.pushsection __bug_table,\\\"aw\\\"\\n2: .long 1b - .\\n" \
	".long %c0 - .\\n.word %c1\\n.word %c2\\n.org 2b + 12\\n.popsection\" : : \"i\" (__FILE__), " \
	"\"i\" (__LINE__), \"i\" (flags))\n"

static void test_bug_table(void)
{
	static const char text[] = BUG_ASM "void f(int a) { if (a) BUG(1); }\nvoid h(int a) { if (a) BUG(2);\nBUG(3); }\n";
	static const char flags[] = BUG_ASM "void f(int a) { if (a) BUG(1); }\nvoid h(int a) { if (a) BUG(2);\nBUG(7); }\n";

	check_differences("gcc", KERNEL_FLAGS, text, NULL, "");
	check_differences("gcc", KERNEL_FLAGS, text, flags, "~entries h");
}

static void test_bug_file(void)
{
	static const char text[] = BUG_ASM "void f(int a) { if (a) BUG(1); }\n";
	static const char other[] = BUG_ASM "#line 3 \"b.c\"\nvoid f(int a) { if (a) BUG(1); }\n";

	check_differences("gcc", KERNEL_FLAGS, text, other, "~entries f");
}

/* Without a file there is no line: address, condition, flags. */
static void test_bug_without_file(void)
{
	static const char text[] =
		"#define BUG(flags) asm volatile(\"1: ud2\\n.pushsection __bug_table,\\\"aw\\\"\\n2: .long 1b - .\\n"
		".long %c0 - .\\n.word %c1\\n.org 2b + 12\\n.popsection\" : : \"i\" (\"a > b\"), \"i\" (flags))\n"
		"void f(int a) { if (a) BUG(FLAGS); }\n";

	check_differences("gcc", KERNEL_FLAGS " -DFLAGS=1", text, text, "");
	{
		g_autofree char *one = parts_of("gcc", KERNEL_FLAGS " -DFLAGS=1", text);
		g_autofree char *two = parts_of("gcc", KERNEL_FLAGS " -DFLAGS=2", text);
		g_autofree char *found = differences_of(one, two, NULL, NULL);

		g_assert_cmpstr(found, ==, "~entries f");
	}
}

static void test_dynamic_debug(void)
{
	static const char format[] =
		"struct _ddebug { const char *modname, *function, *filename, *format; unsigned int lineno:18, class_id:6,"
		" flags:8; } __attribute__((aligned(8)));\n"
		"void use(struct _ddebug *);\n"
		"void f(void) {\nstatic struct _ddebug __attribute__((section(\"__dyndbg\"))) __UNIQUE_ID_ddebug%u = "
		"{ \"m\", __func__, __FILE__, \"text\", __LINE__, %u, 0 };\nuse(&__UNIQUE_ID_ddebug%u); }\n";
	g_autofree char *before = g_strdup_printf(format, 12, 63, 12), *after = g_strdup_printf(format, 307, 63, 307);
	g_autofree char *class = g_strdup_printf(format, 12, 1, 12), *below = g_strconcat("\n\n", after, NULL);

	check_differences("gcc", KERNEL_FLAGS, before, below, "");
	check_differences("gcc", KERNEL_FLAGS, before, class, "~data __UNIQUE_ID_ddebug#.#; ~function f");
}

static bool two_down(guint before, guint after, gpointer data)
{
	(void)data;
	return after == before + 2;
}

/* The text differs when its lines move, and does not when they move by two and that is known. */
static void check_moved(const char *flags, const char *text, const char *differences)
{
	g_autofree char *moved = g_strconcat("\n\n", text, NULL), *far = g_strconcat("\n\n\n", text, NULL);
	g_autofree char *before = parts_of("gcc", flags, text), *after = parts_of("gcc", flags, moved);
	g_autofree char *further = parts_of("gcc", flags, far);
	g_autofree char *known = differences_of(before, after, NULL, two_down);
	g_autofree char *unknown = differences_of(before, after, NULL, NULL);
	g_autofree char *wrong = differences_of(before, further, NULL, two_down);

	g_assert_cmpstr(known, ==, "");
	g_assert_cmpstr(unknown, ==, differences);
	g_assert_cmpstr(wrong, ==, differences);
}

static void test_line_operands(void)
{
	check_moved(KERNEL_FLAGS,
		    "void say(const char *, int);\n"
		    "void f(void) { say(__FILE__, __LINE__); }\n"
		    "void h(int a) { static const struct { int line; } loc = { __LINE__ }; "
		    "extern const void *use; use = &loc; }\n", "~data loc.#; ~function f");
}

static void test_lines_in_strings(void)
{
	static const char text[] = "void say(const char *);\n#define S(x) #x\n#define T(x) S(x)\n"
		"void f(void) { say(\"bad at \" __FILE__ \":\" T(__LINE__) \"\\n\"); }\n";
	g_autofree char *one = parts_of("gcc", KERNEL_FLAGS, "void say(const char *); void f(void) { say(\"a:12\"); }");
	g_autofree char *two = parts_of("gcc", KERNEL_FLAGS, "void say(const char *); void f(void) { say(\"a:14\"); }");
	g_autofree char *other = differences_of(one, two, NULL, two_down);

	check_moved(KERNEL_FLAGS, text, "~function f");
	check_moved(KERNEL_FLAGS " -fsanitize=kernel-address -fasan-shadow-offset=0xdffffc0000000000 "
		    "--param=asan-globals=1", text, "~function f");
	/* A number behind something else than a source is a number. */
	g_assert_cmpstr(other, ==, "~function f");
}

/* Branches between functions of a section, which the assembler resolves, and tables beside code. */
static void check_machine(const char *compiler, const char *flags)
{
	static const char text[] =
		"extern int g(int); extern void use(const void *);\n"
		"static int __attribute__((noinline)) first(int a) { return g(a) + 1; }\n"
		"int between(int a) { return %s; }\n"
		"static int table[3] = { 1, 2, %d };\n"
		"int last(int a) { use(\"%s\"); use(table); return first(a) + g(table[a]); }\n"
		"int (*pointer)(int) = first;\n";
	g_autofree char *before = g_strdup_printf(text, "g(a)", 3, "x"), *data = g_strdup_printf(text, "g(a)", 4, "x");
	g_autofree char *code = g_strdup_printf(text, "g(a) + g(a + 1) + g(g(a))", 3, "x");
	g_autofree char *string = g_strdup_printf(text, "g(a)", 3, "y");
	g_autofree char *all = g_strdup_printf("-O2 -fno-pic -fno-asynchronous-unwind-tables -fno-unwind-tables %s", flags);

	check_differences(compiler, all, before, NULL, "");
	check_differences(compiler, all, before, code, "~function between");
	check_differences(compiler, all, before, data, "~data table");
	check_differences(compiler, all, before, string, "~function last");
}

static void test_machines(void)
{
	static const char *const machines[][2] = {
		{ "gcc", "-mcmodel=kernel" }, { "i686-linux-gnu-gcc", "-fno-pie" }, { "arm-linux-gnueabihf-gcc", "-marm" },
		{ "arm-linux-gnueabihf-gcc", "-mthumb" }, { "aarch64-linux-gnu-gcc", "-fno-pie" },
		{ "s390x-linux-gnu-gcc", "-fPIE" }, { "powerpc64-linux-gnu-gcc", "-fno-pie" },
		{ "m68k-linux-gnu-gcc", "-fno-pie" }, { "mips64-linux-gnuabi64-gcc", "-mno-abicalls -Wa,-mno-pdr" },
	};
	guint tried = 0;

	for (guint i = 0; i < G_N_ELEMENTS(machines); i++) {
		g_autofree char *found = g_find_program_in_path(machines[i][0]);

		if (!found) {
			g_test_message("no %s", machines[i][0]);
			continue;
		}
		g_test_message("%s %s", machines[i][0], machines[i][1]);
		check_machine(machines[i][0], machines[i][1]);
		tried++;
	}
	g_assert_cmpint(tried, >, 0);
}

static void damage(const char *object, const char *data, gsize len)
{
	g_autoptr(GError) error = NULL;

	file_write(object, data, len, &error);
	g_assert_no_error(error);
}

static void check_refused(const char *object, const char *why)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *parts = object_parts(object, &error);

	g_assert_null(parts);
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	g_assert_nonnull(strstr(error->message, why));
}

static void test_not_an_object(void)
{
	g_autofree char *folder = g_dir_make_tmp("object-XXXXXX", NULL);
	g_autofree char *object = g_build_filename(folder, "a.o", NULL);

	check_refused(object, "No such file");
	damage(object, "", 0);
	check_refused(object, "not an ELF file");
	damage(object, "int a;\n", 7);
	check_refused(object, "not an ELF file");
	check_refused("/proc/self/exe", "not a relocatable object");
	remove_tree(folder);
}

static void test_cut_off(void)
{
	g_autofree char *folder = g_dir_make_tmp("object-XXXXXX", NULL), *data = NULL;
	g_autofree char *object = g_build_filename(folder, "a.o", NULL);
	guint refused = 0;
	gsize len;

	object_make(folder, "gcc", SANITIZED, plain);
	g_file_get_contents(object, &data, &len, NULL);
	for (gsize cut = 0; cut < len; cut += 61) {
		g_autoptr(GError) error = NULL;
		g_autofree char *parts = NULL;

		damage(object, data, cut);
		parts = object_parts(object, &error);
		g_assert_true(!parts == !!error);
		refused += !parts;
	}
	/* Section headers stand at the end: without them there is nothing. */
	g_assert_cmpint(refused, ==, (len + 60) / 61);
	remove_tree(folder);
}

/* Any byte of the file changed: an answer or an error, and never the same answer for other code. */
static void test_garbage(void)
{
	g_autofree char *folder = g_dir_make_tmp("object-XXXXXX", NULL), *data = NULL;
	g_autofree char *object = g_build_filename(folder, "a.o", NULL);
	g_autoptr(GRand) rand = g_rand_new_with_seed(7);
	gsize len;

	object_make(folder, "gcc", SANITIZED, plain);
	g_file_get_contents(object, &data, &len, NULL);
	for (guint i = 0; i < 2000; i++) {
		g_autofree char *copy = g_memdup2(data, len);
		g_autoptr(GError) error = NULL;
		g_autofree char *parts = NULL;

		for (guint n = 0; n < 3; n++)
			copy[g_rand_int_range(rand, 0, len)] = g_rand_int(rand);
		damage(object, copy, len);
		parts = object_parts(object, &error);
		g_assert_true(!parts == !!error);
	}
	remove_tree(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/parts/same-source-is-the-same", test_same);
	g_test_add_func("/parts/debug-information-is-no-part", test_debug_information);
	g_test_add_func("/parts/lines-of-sanitizers-are-no-part", test_sanitizer_lines);
	g_test_add_func("/parts/types-of-sanitizers-are-part", test_sanitizer_type);
	g_test_add_func("/parts/frame-description-counts-less-its-lines", test_frame_names);
	g_test_add_func("/parts/kasan-globals-belong-to-their-object", test_sanitized_globals);
	g_test_add_func("/parts/bug-table-counts-less-its-lines", test_bug_table);
	g_test_add_func("/parts/bug-table-counts-its-files", test_bug_file);
	g_test_add_func("/parts/bug-table-without-files-has-no-lines", test_bug_without_file);
	g_test_add_func("/parts/dynamic-debug-counts-less-its-lines", test_dynamic_debug);
	g_test_add_func("/parts/line-operands-need-a-map", test_line_operands);
	g_test_add_func("/parts/lines-in-strings-need-a-map", test_lines_in_strings);
	g_test_add_func("/parts/machines", test_machines);
	g_test_add_func("/parts/what-is-no-object-is-refused", test_not_an_object);
	g_test_add_func("/parts/cut-off-object-is-refused", test_cut_off);
	g_test_add_func("/parts/garbage-is-survived", test_garbage);
	return g_test_run();
}
