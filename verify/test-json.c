// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-json.c: what --json prints, held against the table that the same run
 * writes.
 *
 * json-glib's parser takes several documents, and words before one. So what was
 * printed has to be what the parsed document gives when it is printed again.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "test-kernel.h"
#include "test-program.h"

#define CONFIG(symbols) "[config]\nfor=a \"test\"\narch=x86_64\ntarget=allmodconfig\ndefault=yes\n[symbols]\n" symbols

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/off", CONFIG("B=n\n"));
	put(kernel, "Kconfig", "config B\n");
	put(kernel, "a/one.c", "int one;\n#ifdef B\nint more;\n#endif\n");
	put(kernel, "a/two.c", "int two;\n");
	put(kernel, "a/odd.c", "#include <nowhere.h>\nint odd;\n");
	commit(kernel, "base");
}

/* The one document that was printed. */
static JsonObject *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) root = json_from_string(text, &error);
	g_autofree char *again = NULL, *line = NULL;

	g_assert_no_error(error);
	again = json_to_string(root, TRUE);
	line = g_strconcat(again, "\n", NULL);
	g_assert_cmpstr(text, ==, line);
	return json_object_ref(json_node_get_object(root));
}

/* Each row of the table, in its order, is an object with the table's columns and no other member. */
static void check_rows(JsonObject *document, const char *member, const char *table)
{
	JsonArray *rows = json_object_get_array_member(document, member);
	g_auto(GStrv) lines = g_strsplit(table, "\n", -1), columns = g_strsplit(lines[0], "\t", -1);

	/* The header, and nothing behind the last newline. */
	g_assert_cmpuint(json_array_get_length(rows) + 2, ==, g_strv_length(lines));
	for (guint i = 0; i < json_array_get_length(rows); i++) {
		JsonObject *row = json_array_get_object_element(rows, i);
		/* JSON is UTF-8 whatever bytes a compiler prints. */
		g_autofree char *line = g_utf8_make_valid(lines[i + 1], -1);
		g_auto(GStrv) fields = g_strsplit(line, "\t", -1);

		g_assert_cmpuint(json_object_get_size(row), ==, g_strv_length(columns));
		for (guint c = 0; columns[c]; c++)
			g_assert_cmpstr(json_object_get_string_member(row, columns[c]), ==, fields[c]);
	}
}

static guint count(const char *text, const char *word)
{
	guint n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

/* Runs the build check on base..tip; counts: "HOLDS FAILS UNDECIDED KNOWN ELSEWHERE". */
static void check_run(const struct kernel *kernel, const char *arguments, int status, const char *counts)
{
	static const char *const members[] = {
		"holds", "fails", "undecided", "known_undecided", "decided_elsewhere", NULL };
	g_autofree char *line = g_strconcat("build --json -k . -o ../evidence.tsv base..tip ", arguments, NULL);
	g_autofree char *path = g_build_filename(kernel->folder, "evidence.tsv", NULL), *table = NULL;
	g_autofree char *text = NULL;
	g_autoptr(JsonObject) document = NULL;
	g_autoptr(GString) got = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	g_remove(path);
	text = program_output(kernel->work, line, status);
	document = parse(text);
	table = file_read(path, NULL, &error);
	g_assert_no_error(error);
	check_rows(document, "rows", table);
	for (guint i = 0; members[i]; i++)
		g_string_append_printf(got, "%s%" G_GINT64_FORMAT, i ? " " : "",
				       json_object_get_int_member(document, members[i]));
	g_assert_cmpstr(got->str, ==, counts);
	g_assert_cmpint(json_object_get_int_member(document, "holds"), ==, count(table, "\tholds\t"));
	g_assert_cmpint(json_object_get_int_member(document, "fails"), ==, count(table, "\tfails\t"));
}

static void test_holds(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *table = NULL, *text = NULL;
	g_autoptr(JsonObject) document = NULL;

	(void)data;
	put(kernel, "a/one.c", "int won;\n#ifdef B\nint more;\n#endif\n");
	commit(kernel, "tip");
	check_run(kernel, "", 0, "2 0 0 0 0");
	table = program_output(kernel->work, "build -k . base..tip", 0);
	text = program_output(kernel->work, "build --json -k . base..tip", 0);
	document = parse(text);
	check_rows(document, "rows", table);
}

static void test_fails(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/one.c", "int one = \"\\n\" nothing;\n");
	put(kernel, "a/odd.c", "#include <nowhere.h>\nint even;\n");
	commit(kernel, "tip");
	check_run(kernel, "", 1, "2 1 3 0 0");
}

static void test_undecided(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/two.c", "int zwei;\n");
	put(kernel, "a/odd.c", "#include <nowhere.h>\nint even;\n");
	commit(kernel, "tip");
	check_run(kernel, "", 2, "2 0 2 0 0");
	put(kernel, "../undecided.tsv", "path\treason\na/odd.c\tno such header\n");
	check_run(kernel, "--undecided ../undecided.tsv", 0, "2 0 0 2 0");
}

static void test_elsewhere(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "../configs/on", CONFIG("B=y\n"));
	put(kernel, "a/one.c", "int one;\n#ifdef B\nint less;\n#endif\n");
	commit(kernel, "tip");
	check_run(kernel, "--config all", 0, "3 0 0 0 1");
	check_run(kernel, "--config off", 2, "1 0 1 0 0");
}

/* A message may quote any bytes of the source. */
static void test_bytes(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/one.c", "#error caf\351 \"quoted\" \\ \001\n");
	commit(kernel, "tip");
	check_run(kernel, "", 1, "1 1 1 0 0");
}

static void test_error(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *unknown = program_output(kernel->work, "build --json -k . base..nothing", 2);
	g_autofree char *usage = program_output(kernel->work, "build --json -k . --jobs 0 base..base", 2);

	(void)data;
	g_assert_cmpstr(unknown, ==, "");
	g_assert_cmpstr(usage, ==, "");
}

/* "configs" prints the same with and without --json. */
static void check_configs(const struct kernel *kernel, const char *arguments, int status, const char *member,
			  guint rows)
{
	g_autofree char *plain = g_strconcat("configs ", arguments, NULL), *with = g_strconcat(plain, " --json", NULL);
	g_autofree char *table = program_output(kernel->work, plain, status);
	g_autofree char *text = program_output(kernel->work, with, status);
	g_autoptr(JsonObject) document = parse(text);

	g_assert_cmpuint(json_object_get_size(document), ==, 1);
	g_assert_cmpuint(json_array_get_length(json_object_get_array_member(document, member)), ==, rows);
	check_rows(document, member, table);
}

static void test_configs(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "../configs/none", "[config]\narch=arm\ntarget=allmodconfig\ncross=none-\npackages=gcc-none\n");
	put(kernel, "../boot/configs/guest", CONFIG("B=y\n"));
	check_configs(kernel, "", 0, "configs", 3);
	check_configs(kernel, "--config none", 0, "configs", 1);
}

static void test_configs_of_a_range(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel, "a/two.c", "int zwei;\n");
	commit(kernel, "tip");
	put(kernel, "a/one.c", "int won;\n#ifdef B\nint less;\n#endif\n");
	commit(kernel, "next");
	check_configs(kernel, "-k . base..tip", 0, "lines", 2);
	check_configs(kernel, "-k . base..next", 2, "lines", 6);
}

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, kernel_teardown);
}

int main(int argc, char **argv)
{
	program_export();
	g_test_init(&argc, &argv, NULL);
	add("/json/has-the-rows-and-counts-of-the-table", test_holds);
	add("/json/of-a-run-that-fails", test_fails);
	add("/json/of-what-is-undecided", test_undecided);
	add("/json/of-what-another-configuration-decides", test_elsewhere);
	add("/json/is-utf-8-whatever-a-compiler-prints", test_bytes);
	add("/json/error-prints-none", test_error);
	add("/json/of-the-configurations", test_configs);
	add("/json/of-what-compiles-which-line", test_configs_of_a_range);
	return g_test_run();
}
