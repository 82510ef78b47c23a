// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of tsv.c: what is written is sorted and clean, and what is read is
 * held to that.
 */
#include <stdlib.h>
#include <string.h>

#include "process.h"
#include "tsv.h"

static char *folder;

static char *text_of(const char *columns, const char *const *fields, guint n)
{
	struct tsv *tsv = tsv_new(columns);
	char *text;

	for (guint i = 0; i < n; i += tsv->width)
		tsv_addv(tsv, fields + i);
	text = tsv_text(tsv);
	tsv_free(tsv);
	return text;
}

/* Reads what stands in a file; the message of a refusal, or NULL. */
static char *refusal(const char *columns, const char *content, gssize len)
{
	g_autofree char *path = g_build_filename(folder, "t.tsv", NULL);
	g_autoptr(GError) error = NULL;
	struct tsv *tsv;

	g_assert_true(g_file_set_contents(path, content, len, NULL));
	tsv = tsv_read(path, columns, &error);
	g_assert_true(!tsv == !!error);
	tsv_free(tsv);
	if (!error)
		return NULL;
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	g_assert_nonnull(strstr(error->message, path));
	return g_strdup(error->message);
}

static void assert_refused(const char *content, const char *message)
{
	g_autofree char *got = refusal("path reason", content, -1);

	if (!got || !strstr(got, message))
		g_error("wanted '%s', got '%s'", message, got ?: "no error");
}

static void header_stands_first_and_rows_are_sorted(void)
{
	static const char *const fields[] = { "b", "1", "a", "2" };
	g_autofree char *text = text_of("path reason", fields, 4);

	g_assert_cmpstr(text, ==, "path\treason\na\t2\nb\t1\n");
}

static void nothing_is_written_as_a_dash(void)
{
	static const char *const fields[] = { "", NULL };
	g_autofree char *text = text_of("path reason", fields, 2);

	g_assert_cmpstr(text, ==, "path\treason\n-\t-\n");
}

static void tab_and_newline_become_blanks(void)
{
	static const char *const fields[] = { "a\tb", "c\nd\re" };
	g_autofree char *text = text_of("path reason", fields, 2);

	g_assert_cmpstr(text, ==, "path\treason\na b\tc d e\n");
}

static void add_takes_as_many_fields_as_columns(void)
{
	struct tsv *tsv = tsv_new("a b c");

	tsv_add(tsv, "1", NULL, "3");
	g_assert_cmpuint(tsv->width, ==, 3);
	g_assert_cmpstr(tsv_get(tsv, 0, 0), ==, "1");
	g_assert_cmpstr(tsv_get(tsv, 0, 1), ==, "-");
	g_assert_cmpstr(tsv_get(tsv, 0, 2), ==, "3");
	tsv_free(tsv);
}

static char *sorted_by_sort(const char *rows)
{
	static const char *const argv[] = { "sort", NULL }, *const env[] = { "LC_ALL=C", NULL };
	struct command command = { .argv = argv, .env = env, .input = rows, .input_len = strlen(rows) };
	struct process result = { 0 };

	g_assert_true(process_check(&command, &result, NULL));
	g_free(result.err);
	return result.out;
}

/* Fields of bytes below the tab, blanks, punctuation, letters and high bytes, one often the start of another. */
static void order_is_that_of_sort(void)
{
	static const char bytes[] = { 1, ' ', '!', '-', 'A', 'a', (char)0x80, (char)0xc3, (char)0xff };
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	struct tsv *tsv = tsv_new("x y z");
	g_autofree char *text = NULL, *sorted = NULL;

	for (guint row = 0; row < 2000; row++) {
		char fields[3][5];

		for (guint f = 0; f < 3; f++) {
			guint len = g_rand_int_range(rand, 1, 5);

			for (guint i = 0; i < len; i++)
				fields[f][i] = bytes[g_rand_int_range(rand, 0, sizeof(bytes))];
			fields[f][len] = '\0';
		}
		tsv_add(tsv, fields[0], fields[1], fields[2]);
	}
	text = tsv_text(tsv);
	sorted = sorted_by_sort(strchr(text, '\n') + 1);
	g_assert_cmpstr(strchr(text, '\n') + 1, ==, sorted);
	tsv_free(tsv);
}

static void number_is_no_number_to_the_order(void)
{
	static const char *const fields[] = { "a", "10", "a", "9" };
	g_autofree char *text = text_of("path line", fields, 4);

	g_assert_cmpstr(text, ==, "path\tline\na\t10\na\t9\n");
}

static void what_was_written_is_read_again(void)
{
	g_autofree char *path = g_build_filename(folder, "again.tsv", NULL);
	struct tsv *tsv = tsv_new("path reason");
	g_autoptr(GError) error = NULL;

	tsv_add(tsv, "\"b\\303\\244\"", "with blanks");
	tsv_add(tsv, "a", NULL);
	g_assert_true(tsv_write(tsv, path, &error));
	tsv_free(tsv);
	tsv = tsv_read(path, "path reason", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(tsv->rows->len, ==, 2);
	g_assert_cmpstr(tsv_get(tsv, 0, 0), ==, "\"b\\303\\244\"");
	g_assert_cmpstr(tsv_get(tsv, 0, 1), ==, "with blanks");
	g_assert_cmpstr(tsv_get(tsv, 1, 1), ==, "-");
	tsv_free(tsv);
}

static void equal_rows_are_read(void)
{
	g_assert_null(refusal("path reason", "path\treason\na\tx\na\tx\n", -1));
}

static void missing_final_newline_is_read(void)
{
	g_assert_null(refusal("path reason", "path\treason\na\tx", -1));
}

static void rejects_another_header(void)
{
	assert_refused("path\twhy\na\tx\n", ":1: the header is not 'path reason'");
	assert_refused("path reason\na\tx\n", ":1: the header");
	assert_refused("", ":1: the header");
}

static void rejects_a_row_of_another_width(void)
{
	assert_refused("path\treason\na\tx\nb\n", ":3: 1 fields where 2 are expected");
	assert_refused("path\treason\na\tx\ty\n", ":2: 3 fields where 2 are expected");
	assert_refused("path\treason\n\na\tx\n", ":2: 0 fields");
}

static void rejects_an_empty_field(void)
{
	assert_refused("path\treason\na\t\n", ":2: field 'reason' is empty");
}

static void rejects_unsorted_input(void)
{
	assert_refused("path\treason\nb\tx\na\tx\n", ":3: not sorted");
	assert_refused("path\treason\na\tx\nA\tx\n", ":3: not sorted");
}

static void rejects_a_table_cut_by_a_nul_byte(void)
{
	static const char content[] = "path\treason\na\tx\n\0b\ty\n";
	g_autofree char *message = refusal("path reason", content, sizeof(content) - 1);

	g_assert_nonnull(message);
	g_assert_nonnull(strstr(message, "NUL"));
}

static void missing_file_is_named(void)
{
	g_autofree char *path = g_build_filename(folder, "none.tsv", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(tsv_read(path, "path reason", &error));
	g_assert_nonnull(strstr(error->message, path));
}

int main(int argc, char **argv)
{
	int status;

	folder = g_dir_make_tmp("test-tsv-XXXXXX", NULL);
	g_setenv("XDG_CACHE_HOME", folder, TRUE);
	interrupt_setup();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/tsv/header-stands-first-and-rows-are-sorted", header_stands_first_and_rows_are_sorted);
	g_test_add_func("/tsv/nothing-is-written-as-a-dash", nothing_is_written_as_a_dash);
	g_test_add_func("/tsv/tab-and-newline-become-blanks", tab_and_newline_become_blanks);
	g_test_add_func("/tsv/add-takes-as-many-fields-as-columns", add_takes_as_many_fields_as_columns);
	g_test_add_func("/tsv/order-is-that-of-sort", order_is_that_of_sort);
	g_test_add_func("/tsv/number-is-no-number-to-the-order", number_is_no_number_to_the_order);
	g_test_add_func("/tsv/what-was-written-is-read-again", what_was_written_is_read_again);
	g_test_add_func("/tsv/equal-rows-are-read", equal_rows_are_read);
	g_test_add_func("/tsv/missing-final-newline-is-read", missing_final_newline_is_read);
	g_test_add_func("/tsv/rejects-another-header", rejects_another_header);
	g_test_add_func("/tsv/rejects-a-row-of-another-width", rejects_a_row_of_another_width);
	g_test_add_func("/tsv/rejects-an-empty-field", rejects_an_empty_field);
	g_test_add_func("/tsv/rejects-unsorted-input", rejects_unsorted_input);
	g_test_add_func("/tsv/rejects-a-table-cut-by-a-nul-byte", rejects_a_table_cut_by_a_nul_byte);
	g_test_add_func("/tsv/missing-file-is-named", missing_file_is_named);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
