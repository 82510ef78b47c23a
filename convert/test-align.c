// SPDX-License-Identifier: GPL-2.0-only
/*
 * Alignment of two texts, and masks: both keep track of tokens over a change.
 */
#include <string.h>

#include "align.h"
#include "mask.h"

/* Old tokens, those that are gone in brackets. */
static char *aligned(const char *old_text, const char *new_text)
{
	struct token_list *old = token_list_new(old_text, strlen(old_text));
	struct token_list *new = token_list_new(new_text, strlen(new_text));
	g_autofree gint *map = align_tokens(old, new);
	GString *out = g_string_new(NULL);
	gint last = -1;
	guint i;

	for (i = 0; i < old->n; i++) {
		g_autofree char *word = token_text(old, i);

		g_string_append_printf(out, map[i] < 0 ? "[%s]" : "%s", word);
		if (map[i] < 0)
			continue;
		g_assert_cmpint(map[i], >, last);
		g_assert_true(token_equal(old, i, new, map[i]));
		last = map[i];
	}
	token_list_free(old);
	token_list_free(new);
	return g_string_free(out, FALSE);
}

static void assert_aligned(const char *old, const char *new,
			   const char *result)
{
	g_autofree char *got = aligned(old, new);

	g_assert_cmpstr(got, ==, result);
}

static void equal_texts(void)
{
	assert_aligned("a + b;", "a  +\nb ;", "a+b;");
	assert_aligned("", "", "");
}

static void converted_site_is_gone(void)
{
	assert_aligned("x = a->len + y;", "x = len2(a) + y;", "x=a[->][len]+y;");
	assert_aligned("f(a->len); g(b->len); h(c->len);", "f(a->len); g(len2(b)); h(c->len);",
		       "f(a->len);g(b[->][len]);h(c->len);");
}

static void insertion_and_deletion(void)
{
	assert_aligned("a b c", "", "[a][b][c]");
	assert_aligned("", "a b c", "");
	assert_aligned("a b c", "a x b y c", "abc");
	assert_aligned("a x b y c", "a b c", "a[x]b[y]c");
	assert_aligned("a", "b", "[a]");
}

/* As many pairs as a table of all subproblems finds. */
static guint longest_common(const char *a, const char *b)
{
	gsize n = strlen(a), m = strlen(b), i, j;
	g_autofree guint *best = g_new0(guint, (n + 1) * (m + 1));

	for (i = 1; i <= n; i++) {
		for (j = 1; j <= m; j++) {
			guint up = best[(i - 1) * (m + 1) + j];
			guint left = best[i * (m + 1) + j - 1];
			guint both = best[(i - 1) * (m + 1) + j - 1] + 1;

			best[i * (m + 1) + j] = a[i - 1] == b[j - 1] ? both :
						MAX(up, left);
		}
	}
	return best[n * (m + 1) + m];
}

static void alignment_is_a_longest_one(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	char a[20], b[20];
	guint round, i, n, m;

	for (round = 0; round < 3000; round++) {
		g_autofree char *got = NULL;
		guint gone = 0;

		n = g_rand_int_range(rand, 0, sizeof(a));
		m = g_rand_int_range(rand, 0, sizeof(b));
		for (i = 0; i < n; i++)
			a[i] = ";,()"[g_rand_int_range(rand, 0, 4)];
		for (i = 0; i < m; i++)
			b[i] = ";,()"[g_rand_int_range(rand, 0, 4)];
		a[n] = b[m] = '\0';
		got = aligned(a, b);
		for (i = 0; got[i]; i++)
			gone += got[i] == '[';
		g_assert_cmpuint(n - gone, ==, longest_common(a, b));
	}
}

/* More edits than the token search takes, and tokens that lead it astray. */
static void great_insertion_moves_nothing(void)
{
	g_autoptr(GString) old = g_string_new(NULL);
	g_autoptr(GString) new = g_string_new(NULL);
	struct token_list *x, *y;
	g_autofree gint *map = NULL;
	guint i;

	for (i = 0; i < 1500; i++)
		g_string_append_printf(new, "junk(x%u);\n", i);
	for (i = 0; i < 1500; i++)
		g_string_append_printf(old, "keep(b%u);\n", i);
	g_string_append(new, old->str);
	g_string_append(old, "end");	/* no common end to begin with */
	g_string_append(new, "fin");
	x = token_list_new(old->str, old->len);
	y = token_list_new(new->str, new->len);
	map = align_tokens(x, y);
	for (i = 0; i + 1 < x->n; i++)
		g_assert_cmpint(map[i], ==, y->n - x->n + i);
	token_list_free(x);
	token_list_free(y);
}

/* Nothing in common but punctuation: must end, and soon. */
static void unlike_texts_come_to_an_end(void)
{
	g_autoptr(GString) old = g_string_new(NULL);
	g_autoptr(GString) new = g_string_new(NULL);
	g_autofree char *got = NULL;
	guint i;

	for (i = 0; i < 4000; i++) {
		g_string_append_printf(old, "a%u(b%u);\n", i, i);
		g_string_append_printf(new, "c%u;\n(d%u)\n", i, i);
	}
	got = aligned(old->str, new->str);
	g_assert_nonnull(strstr(got, "[a3999]"));
}

static void mask_hides_and_restores(void)
{
	static const char text[] = "a->len = b->len; /* len */ x_t y; FOO;";
	static const gsize offsets[] = { 3, 27, 1 };
	g_autofree char *masked = NULL;
	g_autofree char *back = NULL;
	struct mask *mask = mask_sites(text, strlen(text), offsets, 3, &masked);

	g_assert_cmpuint(strlen(masked), ==, strlen(text));
	g_assert_true(g_str_has_prefix(masked, "a->"));
	g_assert_false(g_str_has_prefix(masked, "a->len"));
	g_assert_nonnull(strstr(masked, " = b->len; /* len */ "));
	g_assert_null(strstr(masked, "x_t"));
	g_assert_nonnull(strstr(masked, "_t y; FOO;"));
	back = mask_undo(mask, masked);
	g_assert_cmpstr(back, ==, text);
	mask_free(mask);
}

static void mask_restores_a_transformed_text(void)
{
	static const char text[] = "a->len; b->len;";
	static const gsize offset = 3;
	g_autofree char *masked = NULL;
	g_autofree char *moved = NULL;
	g_autofree char *back = NULL;
	struct mask *mask = mask_sites(text, strlen(text), &offset, 1, &masked);

	moved = g_strdup_printf("len2(b); {%.6s}", masked);
	back = mask_undo(mask, moved);
	g_assert_cmpstr(back, ==, "len2(b); {a->len}");
	mask_free(mask);
}

static void mask_avoids_every_name_of_the_text(void)
{
	g_autoptr(GString) text = g_string_new("ab;");
	g_autofree char *masked = NULL;
	g_autofree char *back = NULL;
	struct mask *mask;
	gsize offset = 0;
	char c, d;

	for (c = 'a'; c <= 'z'; c++)
		for (d = 'a'; d <= 'z'; d++)
			if (c != 'k' || d != 'j')
				g_string_append_printf(text, " %c%c", c, d);
	mask = mask_sites(text->str, text->len, &offset, 1, &masked);
	g_assert_true(g_str_has_prefix(masked, "kj;"));
	back = mask_undo(mask, masked);
	g_assert_cmpstr(back, ==, text->str);
	mask_free(mask);
}

static void mask_follows_a_split_name(void)
{
	static const char text[] = "le\\\nn; len";
	static const gsize offset;
	g_autofree char *masked = NULL;
	g_autofree char *back = NULL;
	struct mask *mask = mask_sites(text, strlen(text), &offset, 1, &masked);

	g_assert_cmpstr(masked + 2, !=, text + 2);
	g_assert_true(!memcmp(masked + 2, "\\\n", 2));
	g_assert_true(g_str_has_suffix(masked, "; len"));
	back = mask_undo(mask, masked);
	g_assert_cmpstr(back, ==, text);
	mask_free(mask);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/align/equal-texts", equal_texts);
	g_test_add_func("/align/converted-site-is-gone", converted_site_is_gone);
	g_test_add_func("/align/insertion-and-deletion", insertion_and_deletion);
	g_test_add_func("/align/alignment-is-a-longest-one", alignment_is_a_longest_one);
	g_test_add_func("/align/great-insertion-moves-nothing", great_insertion_moves_nothing);
	g_test_add_func("/align/unlike-texts-come-to-an-end", unlike_texts_come_to_an_end);
	g_test_add_func("/mask/hides-and-restores", mask_hides_and_restores);
	g_test_add_func("/mask/restores-a-transformed-text", mask_restores_a_transformed_text);
	g_test_add_func("/mask/avoids-every-name-of-the-text", mask_avoids_every_name_of_the_text);
	g_test_add_func("/mask/follows-a-split-name", mask_follows_a_split_name);
	return g_test_run();
}
