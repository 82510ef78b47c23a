// SPDX-License-Identifier: GPL-2.0-only
/*
 * C cannot be parsed without its types, but the expression before a `->` can
 * be told from its tokens, backwards: what matters is whether a parenthesis
 * belongs to a call, to a cast, to an `if`, or stands for itself. Where tokens
 * do not say, the answer is the one that changes less: no match, or a use that
 * is taken for a modification.
 */
#include <string.h>

#include "head.h"
#include "postfix.h"

static gboolean is_char(const struct source *s, guint at, char c)
{
	return at < s->n && token_is_char(s->list, s->code[at], c);
}

gboolean source_is(const struct source *s, guint at, const char *text)
{
	return at < s->n && token_is(s->list, s->code[at], text);
}

static gboolean is_any(const struct source *s, guint at,
		       const char *const *list)
{
	for (; *list; list++)
		if (source_is(s, at, *list))
			return TRUE;
	return FALSE;
}

gboolean source_is_ident(const struct source *s, guint at)
{
	return at < s->n && s->list->v[s->code[at]].kind == TOKEN_IDENT;
}

gboolean source_is_keyword(const struct source *s, guint at)
{
	static const char *const list[] = {
		"if", "else", "while", "for", "do", "switch", "case",
		"default", "return", "goto", "break", "continue", "sizeof",
		"typeof", "__typeof__", "_Alignof", "__alignof__", "alignof",
		NULL
	};

	return source_is_ident(s, at) && is_any(s, at, list);
}

static gboolean same_region(const struct source *s, guint a, guint b)
{
	return s->list->v[s->code[a]].directive ==
	       s->list->v[s->code[b]].directive;
}

guint source_before(const struct source *s, guint at)
{
	if (!at || at >= s->n || !same_region(s, at - 1, at))
		return TOKEN_NONE;
	return at - 1;
}

guint source_after(const struct source *s, guint at)
{
	if (at >= s->n || at + 1 == s->n || !same_region(s, at, at + 1))
		return TOKEN_NONE;
	return at + 1;
}

static int nesting(const struct source *s, guint at)
{
	const struct token *t = &s->list->v[s->code[at]];

	if (t->kind != TOKEN_PUNCT || !s->list->text[t->start])
		return 0;
	if (strchr("([{", s->list->text[t->start]))
		return 1;
	return strchr(")]}", s->list->text[t->start]) ? -1 : 0;
}

guint group_open(const struct source *s, guint at)
{
	int depth = 0;

	for (; at != TOKEN_NONE; at = source_before(s, at)) {
		depth -= nesting(s, at);
		if (depth <= 0)
			return at;
	}
	return TOKEN_NONE;
}

guint group_close(const struct source *s, guint at)
{
	int depth = 0;

	for (; at != TOKEN_NONE; at = source_after(s, at)) {
		depth += nesting(s, at);
		if (depth <= 0)
			return at;
	}
	return TOKEN_NONE;
}

gboolean is_cast(const struct source *s, guint open, guint close)
{
	guint at, idents = 0;
	const struct token *t;

	if (!is_char(s, open, '(') || close == open + 1)
		return FALSE;
	if (source_is(s, open + 1, "typeof") ||
	    source_is(s, open + 1, "__typeof__"))
		return TRUE;
	for (at = open + 1; at < close; at++) {
		if (source_is_ident(s, at) && !source_is_keyword(s, at))
			idents++;
		else if (!is_char(s, at, '*') || at == open + 1)
			return FALSE;
	}
	if (is_char(s, close - 1, '*'))
		return TRUE;
	if (idents > 1)		/* two words, or a product of two */
		return !is_char(s, open + 2, '*');
	t = &s->list->v[s->code[open + 1]];
	return head_is_type_word(s->list, s->code[open + 1]) ||
	       (t->end - t->start > 2 &&
		!memcmp(s->list->text + t->end - 2, "_t", 2));
}

/* Is the `(` at @open the one of a call? */
static gboolean is_call(const struct source *s, guint open)
{
	guint before = source_before(s, open), first;

	if (source_is_ident(s, before))
		return !source_is_keyword(s, before);
	if (is_char(s, before, ']'))
		return TRUE;
	if (!is_char(s, before, ')'))
		return FALSE;
	first = group_open(s, before);
	if (first == TOKEN_NONE || is_cast(s, first, before))
		return FALSE;
	before = source_before(s, first);
	if (source_is_keyword(s, before))
		return FALSE;
	if (source_is_ident(s, before)) {
		g_autofree char *name = token_text(s->list, s->code[before]);

		return !strstr(name, "for_each");
	}
	return TRUE;
}

/* The first of the identifiers that are pasted together up to @at. */
static guint paste_start(const struct source *s, guint at)
{
	guint paste, before;

	for (;; at = before) {
		paste = source_before(s, at);
		if (!source_is(s, paste, "##"))
			return at;
		before = source_before(s, paste);
		if (!source_is_ident(s, before))
			return at;
	}
}

guint postfix_start(const struct source *s, guint at)
{
	guint start, before;

	while (at != TOKEN_NONE) {
		if (source_is(s, at, "++") || source_is(s, at, "--")) {
			at = source_before(s, at);
			continue;
		}
		if (is_char(s, at, ']') || is_char(s, at, ')')) {
			gboolean index = is_char(s, at, ']');

			start = group_open(s, at);
			if (start == TOKEN_NONE)
				break;
			if (index || is_call(s, start)) {
				at = source_before(s, start);
				continue;
			}
		} else if (source_is_ident(s, at)) {
			if (source_is_keyword(s, at))
				break;
			start = paste_start(s, at);
		} else if (at < s->n && s->list->v[s->code[at]].kind ==
			   TOKEN_STRING) {
			start = at;
		} else {
			break;
		}
		before = source_before(s, start);
		if (!source_is(s, before, "->") && !is_char(s, before, '.'))
			return start;
		at = source_before(s, before);
	}
	return TOKEN_NONE;
}

gboolean postfix_is_lvalue(const struct source *s, guint first, guint last)
{
	guint before;

	while (first <= last && last < s->n) {
		if (is_char(s, last, ']'))
			return TRUE;
		if (is_char(s, first, '*'))
			return TRUE;
		if (is_char(s, last, ')')) {
			if (group_open(s, last) != first)
				return FALSE;
			first++;
			last--;
			if (!is_char(s, first, '*') &&
			    postfix_start(s, last) != first)
				return FALSE;
			continue;
		}
		if (!source_is_ident(s, last))
			return FALSE;
		before = source_before(s, last);
		if (last == first || !is_char(s, before, '.'))
			return TRUE;
		last = before - 1;
	}
	return FALSE;
}

static gboolean ends_operand(const struct source *s, guint at)
{
	guint open;

	if (at >= s->n)
		return FALSE;
	if (is_char(s, at, ')')) {
		open = group_open(s, at);
		return open != TOKEN_NONE && !is_cast(s, open, at) &&
		       !source_is_keyword(s, source_before(s, open));
	}
	if (is_char(s, at, ']'))
		return TRUE;
	return s->list->v[s->code[at]].kind != TOKEN_PUNCT &&
	       !source_is_keyword(s, at);
}

/* `(x) & y` is told from `(t) &y` by the blank. */
static gboolean takes_address(const struct source *s, guint at)
{
	guint before = source_before(s, at);
	const struct token *t = &s->list->v[s->code[at]];

	if (!ends_operand(s, before))
		return TRUE;
	return is_char(s, before, ')') && t->end < s->list->len &&
	       !g_ascii_isspace(s->list->text[t->end]);
}

gboolean postfix_is_modified(const struct source *s, guint first, guint end)
{
	static const char *const writes[] = {
		"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=",
		">>=", "++", "--", NULL
	};
	guint before = source_before(s, first);
	guint after = source_after(s, end - 1);

	for (;;) {
		if (is_char(s, after, '.')) {
			after = source_after(s, source_after(s, after));
			continue;
		}
		if (is_any(s, after, writes))
			return TRUE;
		if (source_is(s, after, "->") || is_char(s, after, '[') ||
		    is_char(s, after, '('))
			return FALSE;
		if (source_is(s, before, "++") || source_is(s, before, "--"))
			return TRUE;
		if (is_char(s, before, '&') && takes_address(s, before))
			return TRUE;
		if (!is_char(s, before, '(') || !is_char(s, after, ')') ||
		    is_call(s, before))
			return FALSE;
		before = source_before(s, before);
		after = source_after(s, after);
	}
}
