// SPDX-License-Identifier: GPL-2.0-only
/*
 * Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), in its
 * linear space form, on numbers that stand for spellings.
 *
 * The work on two texts is bounded: where a box needs more than COST edits,
 * the search stops. A box of tokens is then aligned by lines first, a line
 * being a number too, and by tokens between the lines that were found alike. A
 * box that still needs more is cut where the search from its upper left corner
 * had come furthest.
 */
#include <string.h>

#include "align.h"

#define COST 2000

struct box {
	gint a, a_end;		/* of the old sequence */
	gint b, b_end;		/* of the new one */
};

/* Two sequences of numbers, and what the second is to the first. */
struct aligner {
	const guint *a, *b;
	gint *map;		/* index in a -> index in b, or -1 */
	gint *forward;		/* furthest a on each diagonal, from the start */
	gint *backward;		/* the same, from the end */
	gint limit;
	gboolean strict;	/* giving up ends it all */
	gboolean gave_up;
};

static void pair(struct aligner *al, gint a, gint b)
{
	al->map[a] = b;
}

/* Pairs what both ends of the box have in common, and cuts it off. */
static void trim(struct aligner *al, struct box *x)
{
	while (x->a < x->a_end && x->b < x->b_end &&
	       al->a[x->a] == al->b[x->b])
		pair(al, x->a++, x->b++);
	while (x->a < x->a_end && x->b < x->b_end &&
	       al->a[x->a_end - 1] == al->b[x->b_end - 1])
		pair(al, --x->a_end, --x->b_end);
}

/*
 * How far one more edit comes on diagonal @k: a step right from the one below
 * or down from the one above, or -1 where both leave the @n by @m box.
 */
static gint reach(const gint *v, gint d, gint k, gint n, gint m)
{
	gint down = -1, right = -1;

	if (!d)
		return 0;
	if (k != d && v[k + 1] >= 0 && v[k + 1] - k <= m)
		down = v[k + 1];
	if (k != -d && v[k - 1] >= 0 && v[k - 1] < n)
		right = v[k - 1] + 1;
	return MAX(down, right);
}

/* One more edit from the start of the box; TRUE where the paths meet. */
static gboolean step_forward(struct aligner *al, const struct box *x, gint d,
			     gint *cut)
{
	gint n = x->a_end - x->a, m = x->b_end - x->b, k, i;

	for (k = -d; k <= d; k += 2) {
		i = al->forward[k] = reach(al->forward, d, k, n, m);
		if (i < 0)
			continue;
		while (i < n && i - k < m &&
		       al->a[x->a + i] == al->b[x->b + i - k])
			i++;
		al->forward[k] = i;
		if (((n - m) & 1) && ABS(n - m - k) < d &&
		    al->backward[n - m - k] >= 0 &&
		    i >= n - al->backward[n - m - k]) {
			cut[0] = x->a + i;
			cut[1] = x->b + i - k;
			return TRUE;
		}
	}
	return FALSE;
}

/* The same from the end; diagonals and distances are counted from there. */
static gboolean step_backward(struct aligner *al, const struct box *x, gint d,
			      gint *cut)
{
	gint n = x->a_end - x->a, m = x->b_end - x->b, k, i;

	for (k = -d; k <= d; k += 2) {
		i = al->backward[k] = reach(al->backward, d, k, n, m);
		if (i < 0)
			continue;
		while (i < n && i - k < m &&
		       al->a[x->a_end - i - 1] == al->b[x->b_end - i + k - 1])
			i++;
		al->backward[k] = i;
		if (!((n - m) & 1) && ABS(n - m - k) <= d &&
		    al->forward[n - m - k] >= 0 &&
		    n - i <= al->forward[n - m - k]) {
			cut[0] = x->a_end - i;
			cut[1] = x->b_end - i + k;
			return TRUE;
		}
	}
	return FALSE;
}

/* Where the search for a middle had come furthest, inside of the box. */
static void furthest(const struct aligner *al, const struct box *x, gint d,
		     gint *cut)
{
	gint k, i, best = -1;

	for (k = -d; k <= d; k += 2) {
		i = al->forward[k];
		if (i < 0 || i + i - k <= best)
			continue;
		best = i + i - k;
		cut[0] = x->a + i;
		cut[1] = x->b + i - k;
	}
}

/* A point that a good alignment passes through. */
static void find_cut(struct aligner *al, const struct box *x, gint *cut)
{
	gint d;

	for (d = 0; d <= al->limit; d++)
		if (step_forward(al, x, d, cut) ||
		    step_backward(al, x, d, cut))
			return;
	al->gave_up = TRUE;
	furthest(al, x, al->limit, cut);
}

static void align_box(struct aligner *al, struct box x)
{
	gint cut[2] = { x.a, x.b };

	trim(al, &x);
	if (x.a == x.a_end || x.b == x.b_end)
		return;
	find_cut(al, &x, cut);
	if (al->gave_up && al->strict)
		return;
	if ((cut[0] == x.a && cut[1] == x.b) ||
	    (cut[0] == x.a_end && cut[1] == x.b_end))
		return;
	align_box(al, (struct box){ x.a, cut[0], x.b, cut[1] });
	align_box(al, (struct box){ cut[0], x.a_end, cut[1], x.b_end });
}

/*
 * Aligns the box of the two sequences; FALSE if it took more than COST, and
 * then, if @strict, not all of it is aligned.
 */
static gboolean align_numbers(const guint *a, const guint *b, struct box x,
			      gint *map, gboolean strict)
{
	gint most = (x.a_end - x.a) + (x.b_end - x.b) + 1;
	gint room = MIN(most, COST) + 2;
	struct aligner al = {
		.a = a, .b = b, .map = map, .limit = room - 2,
		.strict = strict,
	};
	g_autofree gint *forward = g_new0(gint, 2 * room + 1);
	g_autofree gint *backward = g_new0(gint, 2 * room + 1);

	al.forward = forward + room;
	al.backward = backward + room;
	align_box(&al, x);
	return !al.gave_up;
}

/* The same number for the same spelling, over both lists. */
static guint *number_tokens(GHashTable *numbers, const struct token_list *list)
{
	guint *v = g_new(guint, list->n + 1), i;

	for (i = 0; i < list->n; i++) {
		char *text = token_text(list, i);
		gpointer number = g_hash_table_lookup(numbers, text);

		if (number) {
			g_free(text);
		} else {
			number = GUINT_TO_POINTER(g_hash_table_size(numbers) +
						  1);
			g_hash_table_insert(numbers, text, number);
		}
		v[i] = GPOINTER_TO_UINT(number);
	}
	return v;
}

/* Lines as numbers: of each its tokens, and where they begin. */
struct lines {
	GArray *number;		/* guint */
	GArray *first;		/* guint, one more than there are lines */
};

static struct lines number_lines(GHashTable *numbers,
				 const struct token_list *list, const guint *v)
{
	struct lines lines = {
		g_array_new(FALSE, FALSE, sizeof(guint)),
		g_array_new(FALSE, FALSE, sizeof(guint)),
	};
	guint i, j, number;

	for (i = 0; i < list->n; i = j) {
		GString *key = g_string_new(NULL);

		for (j = i; j < list->n && list->v[j].line == list->v[i].line;
		     j++)
			g_string_append_printf(key, "%u ", v[j]);
		number = GPOINTER_TO_UINT(g_hash_table_lookup(numbers,
							      key->str));
		if (!number) {
			number = g_hash_table_size(numbers) + 1;
			g_hash_table_insert(numbers, g_strdup(key->str),
					    GUINT_TO_POINTER(number));
		}
		g_string_free(key, TRUE);
		g_array_append_val(lines.number, number);
		g_array_append_val(lines.first, i);
	}
	g_array_append_val(lines.first, i);
	return lines;
}

static void lines_clear(struct lines *lines)
{
	g_array_free(lines->number, TRUE);
	g_array_free(lines->first, TRUE);
}

static gint line_first(const struct lines *lines, gint i)
{
	return g_array_index(lines->first, guint, i);
}

/* By lines, then by tokens in the gaps between lines that are alike. */
static void align_by_lines(const struct lines *old, const struct lines *new,
			   const guint *a, const guint *b, gint *map)
{
	gint n = old->number->len, i, j = 0;
	g_autofree gint *found = g_new(gint, n + 1);
	struct box gap = { 0, 0, 0, 0 };

	memset(found, -1, (n + 1) * sizeof(*found));
	align_numbers((const guint *)old->number->data,
		      (const guint *)new->number->data,
		      (struct box){ 0, n, 0, new->number->len }, found, FALSE);
	found[n] = new->number->len;
	for (i = 0; i <= n; i++) {
		if (found[i] < 0)
			continue;
		gap.a_end = line_first(old, i);
		gap.b_end = line_first(new, found[i]);
		align_numbers(a, b, gap, map, FALSE);
		if (i == n)
			break;
		gap.a = line_first(old, i + 1);
		gap.b = line_first(new, found[i] + 1);
		for (j = 0; j < gap.a - gap.a_end; j++)
			map[gap.a_end + j] = gap.b_end + j;
	}
}

gint *align_tokens(const struct token_list *old, const struct token_list *new)
{
	g_autoptr(GHashTable) numbers =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree guint *a = number_tokens(numbers, old);
	g_autofree guint *b = number_tokens(numbers, new);
	gint *map = g_new(gint, old->n + 1);
	struct box whole = { 0, old->n, 0, new->n };

	memset(map, -1, (old->n + 1) * sizeof(*map));
	if (!align_numbers(a, b, whole, map, TRUE)) {
		struct lines x, y;

		memset(map, -1, (old->n + 1) * sizeof(*map));
		g_hash_table_remove_all(numbers);
		x = number_lines(numbers, old, a);
		y = number_lines(numbers, new, b);
		align_by_lines(&x, &y, a, b, map);
		lines_clear(&x);
		lines_clear(&y);
	}
	return map;
}
