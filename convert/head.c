// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names out of heads, by what kernel code looks like, without knowing any
 * type or macro.
 *
 * The name of a function is the identifier before its parameters. Attributes
 * that take arguments look the same (`__printf(1, 2) int f(...)`), as do calls
 * of macros that lack a semicolon; both are told by the type that follows. A
 * macro that makes a function has no type before it, and plain names as
 * arguments; the first of them is the best name there is.
 */
#include <string.h>

#include "head.h"

struct head {
	const struct token_list *list;
	const guint *v;
	guint n;
};

static gboolean is(const struct head *h, guint i, char c)
{
	return i < h->n && token_is_char(h->list, h->v[i], c);
}

static gboolean is_ident(const struct head *h, guint i)
{
	return i < h->n && h->list->v[h->v[i]].kind == TOKEN_IDENT;
}

static gboolean is_one_of(const struct head *h, guint i,
			  const char *const *list)
{
	for (; i < h->n && *list; list++)
		if (token_is(h->list, h->v[i], *list))
			return TRUE;
	return FALSE;
}

gboolean head_is_type_word(const struct token_list *list, guint token)
{
	static const char *const words[] = {
		"void", "char", "short", "int", "long", "float", "double",
		"signed", "unsigned", "bool", "_Bool", "struct", "union",
		"enum", "const", "volatile", "u8", "u16", "u32", "u64", "s8",
		"s16", "s32", "s64", "size_t", "ssize_t", NULL
	};
	guint i;

	for (i = 0; words[i]; i++)
		if (token_is(list, token, words[i]))
			return TRUE;
	return FALSE;
}

static gboolean is_type_word(const struct head *h, guint i)
{
	return i < h->n && head_is_type_word(h->list, h->v[i]);
}

static gboolean is_storage_word(const struct head *h, guint i)
{
	static const char *const list[] = {
		"static", "extern", "inline", "asmlinkage", "noinline",
		"notrace", "typedef", NULL
	};

	return is_one_of(h, i, list);
}

static gboolean is_underscored(const struct head *h, guint i)
{
	const struct token *t;

	if (!is_ident(h, i))
		return FALSE;
	t = &h->list->v[h->v[i]];
	return t->end - t->start > 2 &&
	       !memcmp(h->list->text + t->start, "__", 2);
}

static gboolean is_macro_like(const struct head *h, guint i)
{
	const struct token *t = &h->list->v[h->v[i]];
	guint k;

	if (is_underscored(h, i) || token_is(h->list, h->v[i], "typeof"))
		return TRUE;
	for (k = t->start; k < t->end; k++)
		if (g_ascii_islower(h->list->text[k]))
			return FALSE;
	return TRUE;
}

/* The index behind the group that opens at @i; h->n where it does not close. */
static guint group_end(const struct head *h, guint i)
{
	guint depth = 0;

	for (; i < h->n; i++) {
		if (is(h, i, '(') || is(h, i, '[') || is(h, i, '{'))
			depth++;
		else if (is(h, i, ')') || is(h, i, ']') || is(h, i, '}'))
			depth -= depth > 0;
		if (!depth)
			return i + 1;
	}
	return h->n;
}

/* The next index at this depth. */
static guint step(const struct head *h, guint i)
{
	return is(h, i, '(') || is(h, i, '[') || is(h, i, '{') ?
	       group_end(h, i) : i + 1;
}

/* The first `name (` at or behind @i that is not inside parentheses. */
static guint next_call(const struct head *h, guint i)
{
	for (; i + 1 < h->n; i = step(h, i))
		if (is_ident(h, i) && is(h, i + 1, '('))
			return i;
	return h->n;
}

static guint first_ident(const struct head *h, guint from, guint to)
{
	for (; from < to; from++)
		if (is_ident(h, from) && !is_underscored(h, from) &&
		    !is_type_word(h, from))
			return h->v[from];
	return TOKEN_NONE;
}

/* Is the call at @at an attribute, or a stray macro, before the call @next? */
static gboolean is_prelude(const struct head *h, guint at, guint next)
{
	gboolean macro = is_macro_like(h, at);
	guint i;

	for (i = group_end(h, at + 1); i < next; i = step(h, i)) {
		if (is_type_word(h, i) || is_storage_word(h, i))
			return TRUE;
		if (macro && is_ident(h, i) && !is_underscored(h, i))
			return TRUE;
	}
	return FALSE;
}

static gboolean is_typed(const struct head *h, guint at)
{
	guint i = at;

	while (i-- && !is(h, i, ')'))
		if (is_ident(h, i) && !is_storage_word(h, i) &&
		    !is_underscored(h, i))
			return TRUE;
	return FALSE;
}

static guint call_name(const struct head *h, guint at)
{
	guint open = at + 1, close = group_end(h, open);

	if (is(h, close, '(')) {
		/* NAME(x)(parameters), or type (*name)(parameters) */
		guint name = first_ident(h, open, close);

		return name == TOKEN_NONE ? h->v[at] : name;
	}
	if (is_typed(h, at) || !is_ident(h, open + 1) ||
	    is_type_word(h, open + 1))
		return h->v[at];
	if (is(h, open + 2, ',') || is(h, open + 2, ')'))
		return h->v[open + 1];
	return h->v[at];
}

static guint function_name(const struct head *h)
{
	guint at = next_call(h, 0), next;

	for (; at < h->n; at = next) {
		next = next_call(h, group_end(h, at + 1));
		if (next == h->n || !is_prelude(h, at, next))
			return call_name(h, at);
	}
	return TOKEN_NONE;
}

/* The open parenthesis or bracket of the group that ends at @i. */
static guint group_start(const struct head *h, guint i)
{
	guint depth = 0;

	for (;; i--) {
		if (is(h, i, ')') || is(h, i, ']') || is(h, i, '}'))
			depth++;
		else if (is(h, i, '(') || is(h, i, '[') || is(h, i, '{'))
			depth -= depth > 0;
		if (!depth || !i)
			return i;
	}
}

/* `... name`, `name[n] __attr`, `DEFINE_IT(type, name) __attr(x)` */
static guint variable_name(const struct head *whole)
{
	struct head h = *whole;
	guint open;

	while (h.n) {
		guint last = h.n - 1;

		if (is(&h, last, ']')) {
			open = group_start(&h, last);
			h.n = open;
			if (open && is_ident(&h, open - 1))
				return h.v[open - 1];
		} else if (is(&h, last, ')')) {
			open = group_start(&h, last);
			if (open && !is_underscored(&h, open - 1))
				return is(&h, open - 1, ')') ?
				       first_ident(&h,
						   group_start(&h, open - 1),
						   open) :
				       first_ident(&h, last - 1, last);
			h.n = open ? open - 1 : 0;
		} else if (!is_ident(&h, last) || is_type_word(&h, last)) {
			return TOKEN_NONE;
		} else if (!is_underscored(&h, last) || !last ||
			   is_type_word(&h, last - 1) ||
			   is(&h, last - 1, '*') ||
			   (last > 1 && is_type_word(&h, last - 2))) {
			return h.v[last];
		} else {
			h.n--;
		}
	}
	return TOKEN_NONE;
}

/* The index of the first @c outside of parentheses, or h->n. */
static guint outside(const struct head *h, char c)
{
	guint i;

	for (i = 0; i < h->n; i = step(h, i))
		if (is(h, i, c))
			return i;
	return h->n;
}

gboolean head_is_initialiser(const struct token_list *list, const guint *head,
			     guint n)
{
	struct head h = { list, head, n };

	return outside(&h, '=') < n;
}

guint head_name(const struct token_list *list, const guint *head, guint n)
{
	struct head h = { list, head, n };
	guint i, name;

	for (i = n; i--;) {
		if (is(&h, i, '}')) {
			h.v += i + 1;
			h.n -= i + 1;
			break;
		}
	}
	i = outside(&h, '=');
	if (i < h.n) {
		h.n = i;
		return variable_name(&h);
	}
	h.n = MIN(outside(&h, ','), h.n);
	name = function_name(&h);
	return name == TOKEN_NONE ? variable_name(&h) : name;
}

gboolean head_is_struct(const struct token_list *list, const guint *head,
			guint n, guint *tag)
{
	static const char *const words[] = { "struct", "union", NULL };
	static const char *const attributes[] = {
		"__attribute__", "__aligned", "__packed", NULL
	};
	struct head h = { list, head, n };
	guint i, plain = 0, begin = n;

	for (i = 0; i < n; i = step(&h, i))
		if (is_one_of(&h, i, words))
			begin = i + 1;
	*tag = TOKEN_NONE;
	for (i = begin; i < n; i++) {
		if (is(&h, i, '(') && is_one_of(&h, i - 1, attributes))
			i = group_end(&h, i) - 1;
		else if (!is_ident(&h, i))
			return FALSE;
		else if (!is_underscored(&h, i) && plain++)
			return FALSE;
		else if (!is_underscored(&h, i) ||
			 (*tag == TOKEN_NONE &&
			  !is_one_of(&h, i, attributes)))
			*tag = h.v[i];
	}
	return begin < n || (n && is_one_of(&h, n - 1, words));
}

gboolean head_is_transparent(const struct token_list *list, const guint *head,
			     guint n)
{
	static const char *const words[] = { "namespace", NULL };
	struct head h = { list, head, n };

	if (n && list->v[head[n - 1]].kind == TOKEN_STRING)
		return TRUE;
	return n && n < 3 && is_one_of(&h, 0, words);
}
