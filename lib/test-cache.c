// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of cache.c: a result comes back whole or not at all.
 */
#include <string.h>

#include "cache.h"
#include "project.h"

static char *folder;

static char *entry_path(const char *key)
{
	g_autofree char *part = g_strndup(key, 2);

	return g_build_filename(folder, CACHE_NAME, "tests", part, key + 2, NULL);
}

/* Puts "some result" and damages the entry: with != NULL replaces what is there, and the last bytes are cut off. */
static void assert_damaged_is_missing(const char *name, gsize at, const char *with, gsize cut)
{
	struct cache *cache = cache_open("tests", NULL);
	g_autofree char *key = cache_key(name, NULL), *path = entry_path(key), *text = NULL;
	gsize len;

	g_assert_true(cache_put(cache, key, "some result", 11, NULL));
	g_assert_true(g_file_get_contents(path, &text, &len, NULL));
	if (with)
		memcpy(text + at, with, strlen(with));
	g_assert_true(g_file_set_contents(path, text, len - cut, NULL));
	g_assert_null(cache_get(cache, key, &len));
	g_assert_cmpuint(cache_misses(cache), ==, 1);
	/* And it can be made again. */
	g_assert_true(cache_put(cache, key, "some result", 11, NULL));
	g_free(text);
	text = cache_get(cache, key, &len);
	g_assert_cmpstr(text, ==, "some result");
	cache_close(cache);
}

static void entry_comes_back_with_nul_bytes(void)
{
	struct cache *cache = cache_open("tests", NULL);
	g_autofree char *key = cache_key("nul", NULL), *got = NULL;
	gsize len = 0;

	g_assert_true(cache_put(cache, key, "a\0b\n", 4, NULL));
	got = cache_get(cache, key, &len);
	g_assert_cmpmem(got, len + 1, "a\0b\n\0", 5);
	cache_close(cache);
}

static void empty_entry_is_an_entry(void)
{
	struct cache *cache = cache_open("tests", NULL);
	g_autofree char *key = cache_key("empty", NULL), *got = NULL;
	gsize len = 1;

	g_assert_true(cache_put(cache, key, "", 0, NULL));
	got = cache_get(cache, key, &len);
	g_assert_cmpstr(got, ==, "");
	g_assert_cmpuint(len, ==, 0);
	cache_close(cache);
}

static void hits_and_misses_are_counted(void)
{
	struct cache *cache = cache_open("tests", NULL);
	g_autofree char *key = cache_key("counted", NULL), *got = NULL;
	gsize len;

	g_assert_null(cache_get(cache, key, &len));
	g_assert_true(cache_put(cache, key, "x", 1, NULL));
	got = cache_get(cache, key, &len);
	g_assert_cmpuint(cache_hits(cache), ==, 1);
	g_assert_cmpuint(cache_misses(cache), ==, 1);
	cache_close(cache);
}

static void parts_are_apart_by_name(void)
{
	struct cache *one = cache_open("tests", NULL), *other = cache_open("others", NULL);
	g_autofree char *key = cache_key("apart", NULL);
	gsize len;

	g_assert_true(cache_put(one, key, "x", 1, NULL));
	g_assert_null(cache_get(other, key, &len));
	cache_close(one);
	cache_close(other);
}

static void key_parts_do_not_run_together(void)
{
	g_autofree char *a = cache_key("ab", "c", NULL), *b = cache_key("a", "bc", NULL);
	g_autofree char *c = cache_key("abc", NULL), *d = cache_key("ab", "c", "", NULL);
	g_autofree char *same = cache_key("ab", "c", NULL);

	g_assert_cmpstr(a, ==, same);
	g_assert_cmpstr(a, !=, b);
	g_assert_cmpstr(a, !=, c);
	g_assert_cmpstr(a, !=, d);
	g_assert_cmpstr(b, !=, c);
}

static void changed_content_is_missing(void)
{
	assert_damaged_is_missing("changed", 70, "X", 0);
}

static void changed_sum_is_missing(void)
{
	assert_damaged_is_missing("sum", 0, "zz", 0);
}

static void cut_entry_is_missing(void)
{
	assert_damaged_is_missing("cut", 0, NULL, 3);
	assert_damaged_is_missing("cut-in-the-sum", 0, NULL, 40);
	assert_damaged_is_missing("cut-to-nothing", 0, NULL, 76);
}

static void entry_may_be_put_twice(void)
{
	struct cache *cache = cache_open("tests", NULL);
	g_autofree char *key = cache_key("twice", NULL), *got = NULL;
	gsize len;

	g_assert_true(cache_put(cache, key, "the same", 8, NULL));
	g_assert_true(cache_put(cache, key, "the same", 8, NULL));
	got = cache_get(cache, key, &len);
	g_assert_cmpstr(got, ==, "the same");
	cache_close(cache);
}

static void folder_that_cannot_be_made_is_an_error(void)
{
	g_autofree char *blocked = g_build_filename(folder, CACHE_NAME, "blocked", NULL);
	struct cache *cache = cache_open("blocked", NULL);
	g_autofree char *key = cache_key("x", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(blocked, "a file", -1, NULL));
	g_assert_false(cache_put(cache, key, "x", 1, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	g_assert_nonnull(strstr(error->message, "blocked"));
	cache_close(cache);
}

int main(int argc, char **argv)
{
	int status;

	folder = g_dir_make_tmp("test-cache-XXXXXX", NULL);
	g_setenv("XDG_CACHE_HOME", folder, TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cache/entry-comes-back-with-nul-bytes", entry_comes_back_with_nul_bytes);
	g_test_add_func("/cache/empty-entry-is-an-entry", empty_entry_is_an_entry);
	g_test_add_func("/cache/hits-and-misses-are-counted", hits_and_misses_are_counted);
	g_test_add_func("/cache/parts-are-apart-by-name", parts_are_apart_by_name);
	g_test_add_func("/cache/key-parts-do-not-run-together", key_parts_do_not_run_together);
	g_test_add_func("/cache/changed-content-is-missing", changed_content_is_missing);
	g_test_add_func("/cache/changed-sum-is-missing", changed_sum_is_missing);
	g_test_add_func("/cache/cut-entry-is-missing", cut_entry_is_missing);
	g_test_add_func("/cache/entry-may-be-put-twice", entry_may_be_put_twice);
	g_test_add_func("/cache/folder-that-cannot-be-made-is-an-error", folder_that_cannot_be_made_is_an_error);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
