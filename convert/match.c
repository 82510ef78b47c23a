// SPDX-License-Identifier: GPL-2.0-only
/*
 * Matching one token rule at one place.
 *
 * The leading expression, if there is one, is found backwards from the token
 * behind it; everything else forwards, element by element, with backtracking
 * where an expression could end at more than one place. All tokens of a match
 * are in one directive, or all are outside of any.
 */
#include "match.h"
#include "postfix.h"

struct matcher {
	const struct source *src;
	const struct token_rule *rule;
	struct match *m;
	guint start;		/* sets the region that all tokens are in */
};

void source_init(struct source *source, const char *text, gsize len)
{
	guint i;

	source->list = token_list_new(text, len);
	source->code = g_new(guint, source->list->n + 1);
	source->n = 0;
	source->split = FALSE;
	for (i = 0; i < source->list->n; i++) {
		if (source->list->v[i].kind == TOKEN_COMMENT)
			continue;
		source->code[source->n++] = i;
		source->split |= source->list->v[i].flags & TOKEN_SPLIT;
	}
}

void source_clear(struct source *source)
{
	token_list_free(source->list);
	g_free(source->code);
}

static guint32 region(const struct source *src, guint at)
{
	return src->list->v[src->code[at]].directive;
}

/* Is @at still where the match began, seen from the directives? */
static gboolean inside(const struct matcher *mr, guint at)
{
	return at < mr->src->n &&
	       region(mr->src, at) == region(mr->src, mr->start);
}

static gboolean same_text(const struct source *src, struct span a,
			  struct span b)
{
	guint i;

	if (a.end - a.first != b.end - b.first)
		return FALSE;
	for (i = 0; i < a.end - a.first; i++)
		if (!token_equal(src->list, src->code[a.first + i],
				 src->list, src->code[b.first + i]))
			return FALSE;
	return TRUE;
}

/* Part of a name made by ## or of a string made by #? */
static gboolean is_pasted(const struct source *src, guint at)
{
	guint before = source_before(src, at);

	return source_is(src, before, "##") || source_is(src, before, "#") ||
	       source_is(src, source_after(src, at), "##");
}

static gboolean literal_matches(const struct matcher *mr, guint element,
				guint at)
{
	const struct side *from = &mr->rule->from;
	const struct source *src = mr->src;

	if (!inside(mr, at) || !token_equal(from->list, element, src->list,
					    src->code[at]))
		return FALSE;
	return from->list->v[element].kind != TOKEN_IDENT ||
	       !is_pasted(src, at);
}

static gboolean match_rest(struct matcher *mr, guint element, guint at);

/* Lets the metavariable be [at, end) and goes on behind it. */
static gboolean bind(struct matcher *mr, guint element, guint at, guint end)
{
	struct span *bound = &mr->m->metas[mr->rule->from.meta[element]];
	struct span span = { at, end }, before = *bound;

	if (at >= end)
		return FALSE;
	if (bound->end > bound->first && !same_text(mr->src, *bound, span))
		return FALSE;
	if (bound->end == bound->first)
		*bound = span;
	if (match_rest(mr, element + 1, end))
		return TRUE;
	*bound = before;
	return FALSE;
}

static gboolean ends_expression(const struct source *src, guint at,
				guint questions)
{
	static const char *const ends[] = { ";", ",", ")", "]", "}" };
	guint i;

	for (i = 0; i < G_N_ELEMENTS(ends); i++)
		if (source_is(src, at, ends[i]))
			return TRUE;
	return !questions && source_is(src, at, ":");
}

static gboolean is_statement_word(const struct source *src, guint at)
{
	return source_is_keyword(src, at) && !source_is(src, at, "sizeof") &&
	       !source_is(src, at, "typeof") &&
	       !source_is(src, at, "__typeof__") &&
	       !source_is(src, at, "alignof") &&
	       !source_is(src, at, "_Alignof") &&
	       !source_is(src, at, "__alignof__");
}

static gboolean match_expression(struct matcher *mr, guint element, guint at)
{
	gboolean last = element + 1 == mr->rule->from.list->n;
	guint pos, questions = 0;

	for (pos = at; inside(mr, pos); pos++) {
		if (!last && bind(mr, element, at, pos))
			return TRUE;
		if (ends_expression(mr->src, pos, questions))
			return last && bind(mr, element, at, pos);
		if (is_statement_word(mr->src, pos))
			return FALSE;
		if (source_is(mr->src, pos, "?"))
			questions++;
		else if (source_is(mr->src, pos, ":"))
			questions--;
		pos = group_close(mr->src, pos);
		if (pos == TOKEN_NONE)
			return FALSE;
	}
	/* the end of a macro or of the text ends it; a directive does not */
	if (pos < mr->src->n && !region(mr->src, mr->start))
		return FALSE;
	return bind(mr, element, at, pos);
}

/* Behind the first operand at @at, or TOKEN_NONE. */
static guint primary_end(const struct matcher *mr, guint at)
{
	guint close;

	if (source_is(mr->src, at, "(")) {
		close = group_close(mr->src, at);
		if (close == TOKEN_NONE || is_cast(mr->src, at, close))
			return TOKEN_NONE;
		return close + 1;
	}
	if (!source_is_ident(mr->src, at) || source_is_keyword(mr->src, at))
		return TOKEN_NONE;
	for (at++; inside(mr, at) && source_is(mr->src, at, "##"); at += 2)
		if (!inside(mr, at + 1))
			return TOKEN_NONE;
	return at;
}

/* The end of the postfix expression that goes on at @at, one step further. */
static guint suffix_end(const struct matcher *mr, guint at)
{
	guint close;

	if (!inside(mr, at))
		return TOKEN_NONE;
	if (source_is(mr->src, at, "(") || source_is(mr->src, at, "[")) {
		close = group_close(mr->src, at);
		return close == TOKEN_NONE ? close : close + 1;
	}
	if (source_is(mr->src, at, "++") || source_is(mr->src, at, "--"))
		return at + 1;
	if ((source_is(mr->src, at, ".") || source_is(mr->src, at, "->")) &&
	    inside(mr, at + 1) && source_is_ident(mr->src, at + 1))
		return at + 2;
	return TOKEN_NONE;
}

/* The longest first. */
static gboolean match_postfix(struct matcher *mr, guint element, guint at,
			      guint end)
{
	guint further = suffix_end(mr, end);

	if (further != TOKEN_NONE && match_postfix(mr, element, at, further))
		return TRUE;
	if (rule_kind(mr->rule, element) == META_LVALUE &&
	    !postfix_is_lvalue(mr->src, at, end - 1))
		return FALSE;
	return bind(mr, element, at, end);
}

static gboolean match_rest(struct matcher *mr, guint element, guint at)
{
	guint end;

	if (element == mr->rule->from.list->n) {
		mr->m->whole.end = at;
		return TRUE;
	}
	switch (rule_kind(mr->rule, element)) {
	case META_NONE:
		return literal_matches(mr, element, at) &&
		       match_rest(mr, element + 1, at + 1);
	case META_IDENTIFIER:
		return inside(mr, at) && source_is_ident(mr->src, at) &&
		       !source_is_keyword(mr->src, at) &&
		       !is_pasted(mr->src, at) &&
		       bind(mr, element, at, at + 1);
	case META_EXPRESSION:
		return match_expression(mr, element, at);
	default:
		if (!inside(mr, at))
			return FALSE;
		end = primary_end(mr, at);
		return end != TOKEN_NONE && match_postfix(mr, element, at, end);
	}
}

/* Would a comment between the tokens of the match be lost? */
static gboolean loses_comment(const struct matcher *mr)
{
	const struct match *m = mr->m;
	guint at, i;

	for (at = m->whole.first + 1; at < m->whole.end; at++) {
		if (mr->src->code[at] == mr->src->code[at - 1] + 1)
			continue;
		for (i = 0; i < mr->rule->n_metas; i++)
			if (m->metas[i].first < at && at < m->metas[i].end)
				break;
		if (i == mr->rule->n_metas)
			return TRUE;
	}
	return FALSE;
}

static gboolean flags_hold(const struct matcher *mr)
{
	const struct match *m = mr->m;
	const struct token *t = &mr->src->list->v[mr->src->code[mr->start]];

	if ((t->flags & mr->rule->only) != mr->rule->only)
		return FALSE;
	return !mr->rule->not_lvalue ||
	       !postfix_is_modified(mr->src, m->whole.first, m->whole.end);
}

gboolean match_at(const struct source *source, const struct token_rule *rule,
		  guint at, struct match *match)
{
	struct matcher mr = { source, rule, match, at };
	struct match none = { .whole = { at, at } };
	guint element = rule_has_lead(rule), before, first;

	if (rule->from.meta[element] < 0 && !literal_matches(&mr, element, at))
		return FALSE;
	*match = none;
	if (element) {
		before = source_before(source, at);
		first = postfix_start(source, before);
		if (first == TOKEN_NONE ||
		    (rule_kind(rule, 0) == META_LVALUE &&
		     !postfix_is_lvalue(source, first, before)))
			return FALSE;
		match->whole.first = first;
		match->metas[rule->from.meta[0]].first = first;
		match->metas[rule->from.meta[0]].end = at;
	}
	return match_rest(&mr, element, at) && flags_hold(&mr) &&
	       !loses_comment(&mr);
}
