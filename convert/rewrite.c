// SPDX-License-Identifier: GPL-2.0-only
/*
 * Applying token rules to a text.
 *
 * A pass finds the matches of one rule from left to right, none overlapping,
 * and builds the next text. What a match contains is left to the next pass:
 * the new text is tokenized, so nothing is ever matched on stale tokens.
 * Where a replacement changes the length of a macro's line, the blanks before
 * its continuation are fitted so that the backslash keeps its column.
 */
#define _GNU_SOURCE
#include <string.h>

#include "match.h"
#include "postfix.h"
#include "rewrite.h"

/* Passes after which a rule is held to be endless: deeper than code nests. */
#define PASSES 64
#define TAB 8

/* The text between passes, and its tokens. */
struct work {
	GString *text;
	struct source src;
	gboolean prose;		/* no C: the whole of it is text */
	guint n_changes;
};

struct pass {
	const struct token_rule *rule;
	const struct source *src;
	GString *out;
	gsize copied;		/* bytes of the source that are in out */
	gboolean refit;		/* the line being copied was changed */
};

static guint width(const char *from, const char *to)
{
	guint column = 0;

	for (; from < to; from++)
		column = *from == '\t' ? (column / TAB + 1) * TAB : column + 1;
	return column;
}

static const char *line_start(const char *text, const char *at)
{
	while (at > text && at[-1] != '\n')
		at--;
	return at;
}

/* Blanks until the next byte stands at @column, at least one. */
static void pad_to(GString *out, guint column, gboolean tabs)
{
	const char *end = out->str + out->len;
	guint at = width(line_start(out->str, end), end);

	if (tabs && at < column && (at / TAB + 1) * TAB <= column) {
		for (; (at / TAB + 1) * TAB <= column;
		     at = (at / TAB + 1) * TAB)
			g_string_append_c(out, '\t');
	} else if (at >= column) {
		g_string_append_c(out, ' ');
		return;
	}
	for (; at < column; at++)
		g_string_append_c(out, ' ');
}

/* Copies the source up to @to, with the continuation of this line refitted. */
static void copy_to(struct pass *pass, gsize to)
{
	const char *text = pass->src->list->text;
	const char *from = text + pass->copied, *end = text + to;
	const char *newline = memchr(from, '\n', end - from), *slash, *blank;

	if (newline && pass->refit) {
		pass->refit = FALSE;
		slash = newline - 1;
		if (slash > from && *slash == '\\' &&
		    g_ascii_isspace(slash[-1])) {
			for (blank = slash; blank > from; blank--)
				if (!g_ascii_isspace(blank[-1]))
					break;
			g_string_append_len(pass->out, from, blank - from);
			pad_to(pass->out,
			       width(line_start(text, slash), slash),
			       slash[-1] == '\t');
			from = slash;
		}
	}
	g_string_append_len(pass->out, from, end - from);
	pass->copied = to;
}

static gboolean is_one_of(const struct token_list *list, guint i,
			  const char *bytes)
{
	return i < list->n && list->v[i].end == list->v[i].start + 1 &&
	       strchr(bytes, list->text[list->v[i].start]);
}

/*
 * Without the parentheses around the whole of it, where token @at of the `+`
 * line makes it an argument of its own: f((x)) is f(x).
 */
static struct span bare(const struct pass *pass, guint at, struct span span)
{
	const struct source *src = pass->src;
	const struct token_list *to = pass->rule->to.list;
	guint i;

	if (!at || !is_one_of(to, at - 1, "(,") || !is_one_of(to, at + 1, "),"))
		return span;
	while (span.end - span.first > 2 &&
	       token_is_char(src->list, src->code[span.first], '(') &&
	       group_close(src, span.first) == span.end - 1) {
		for (i = span.first + 1; i < span.end - 1; i++)
			if (token_is_char(src->list, src->code[i], ',') ||
			    token_is_char(src->list, src->code[i], '{'))
				return span;
		span.first++;
		span.end--;
	}
	return span;
}

static void append_tokens(struct pass *pass, struct span span)
{
	const struct source *src = pass->src;
	gsize start = src->list->v[src->code[span.first]].start;
	gsize end = src->list->v[src->code[span.end - 1]].end;

	g_string_append_len(pass->out, src->list->text + start, end - start);
}

/* The `+` line: its own text, and for metavariables what they stand for. */
static void append_replacement(struct pass *pass, const struct match *m)
{
	const struct side *to = &pass->rule->to;
	gsize copied = 0;
	guint i;

	for (i = 0; i < to->list->n; i++) {
		const struct token *t = &to->list->v[i];

		g_string_append_len(pass->out, to->text + copied,
				    t->start - copied);
		if (to->meta[i] < 0)
			g_string_append_len(pass->out, to->text + t->start,
					    t->end - t->start);
		else
			append_tokens(pass, bare(pass, i,
						 m->metas[to->meta[i]]));
		copied = t->end;
	}
}

/* Makes the text of the pass the one that is worked on. */
static void take_over(struct work *work, GString *out)
{
	source_clear(&work->src);
	g_string_free(work->text, TRUE);
	work->text = out;
	source_init(&work->src, out->str, out->len);
}

/* Are all words of the rule in the text? */
static gboolean worth_a_pass(const struct work *work,
			     const struct token_rule *rule)
{
	const struct token_list *list = rule->from.list;
	guint i;

	for (i = 0; i < list->n && !work->src.split; i++) {
		const struct token *t = &list->v[i];

		if (t->kind == TOKEN_IDENT && rule->from.meta[i] < 0 &&
		    !memmem(work->text->str, work->text->len,
			    list->text + t->start, t->end - t->start))
			return FALSE;
	}
	return TRUE;
}

/* One pass of one rule; matches made. */
static guint run_pass(struct work *work, const struct token_rule *rule)
{
	const struct source *src = &work->src;
	struct pass pass = { .rule = rule, .src = src };
	struct match m;
	guint at, n = 0;

	for (at = 0; at < src->n; at++) {
		gsize start;

		if (!match_at(src, rule, at, &m))
			continue;
		start = src->list->v[src->code[m.whole.first]].start;
		if (start < pass.copied)
			continue;
		if (!n++)
			pass.out = g_string_sized_new(work->text->len + 256);
		copy_to(&pass, start);
		append_replacement(&pass, &m);
		at = m.whole.end - 1;
		pass.copied = src->list->v[src->code[at]].end;
		pass.refit = TRUE;
	}
	if (n) {
		copy_to(&pass, work->text->len);
		take_over(work, pass.out);
	}
	return n;
}

/* The `+` line for a match: its own words, the blanks of the match where these are as many. */
static void append_prose(GString *out, const struct token_rule *rule, const GMatchInfo *match)
{
	g_auto(GStrv) words = g_regex_split_simple("[ \t]+", rule->to.text, 0, 0);
	gboolean same = g_strv_length(words) == (guint)g_match_info_get_match_count(match);

	for (guint i = 0; words[i]; i++) {
		g_autofree char *blank = i && same ? g_match_info_fetch(match, i) : NULL;

		g_string_append(out, blank ?: i ? " " : "");
		g_string_append(out, words[i]);
	}
}

/* Copies the bytes from start to end with each match replaced; matches. */
static guint replace_prose(const struct work *work, const struct token_rule *rule, gsize start, gsize end, GString *out)
{
	g_autoptr(GMatchInfo) match = NULL;
	int from, to;
	guint n = 0;

	g_regex_match_full(rule->prose, work->text->str, end, start, 0, &match, NULL);
	for (; g_match_info_matches(match); g_match_info_next(match, NULL), n++) {
		g_match_info_fetch_pos(match, 0, &from, &to);
		g_string_append_len(out, work->text->str + start, from - start);
		append_prose(out, rule, match);
		start = to;
	}
	g_string_append_len(out, work->text->str + start, end - start);
	return n;
}

/* One pass of a rule for prose; matches made. */
static guint run_prose(struct work *work, const struct token_rule *rule)
{
	const struct token_list *list = work->src.list;
	GString *out = g_string_sized_new(work->text->len + 256);
	gsize copied = 0;
	guint n = 0;

	if (work->prose) {
		n = replace_prose(work, rule, 0, work->text->len, out);
		copied = work->text->len;
	}
	for (guint i = 0; !work->prose && i < list->n; i++) {
		if (list->v[i].kind != TOKEN_COMMENT)
			continue;
		g_string_append_len(out, work->text->str + copied, list->v[i].start - copied);
		n += replace_prose(work, rule, list->v[i].start, list->v[i].end, out);
		copied = list->v[i].end;
	}
	g_string_append_len(out, work->text->str + copied, work->text->len - copied);
	if (n)
		take_over(work, out);
	else
		g_string_free(out, TRUE);
	return n;
}

static gboolean run_rule(struct work *work, const struct rewrite *rewrite,
			 const struct token_rule *rule, GError **error)
{
	guint pass, n;

	for (pass = 0; pass < PASSES; pass++) {
		if (rule->prose)
			n = run_prose(work, rule);
		else
			n = !work->prose && worth_a_pass(work, rule) ? run_pass(work, rule) : 0;
		if (!n)
			return TRUE;
		work->n_changes += n;
	}
	g_set_error(error, REWRITE_ERROR, REWRITE_ERROR_ENDLESS,
		    "rule '%s' of '%s' matches its own result", rule->name,
		    rewrite->path);
	return FALSE;
}

static gboolean run_rules(struct work *work, const struct rewrite *rewrite,
			  GError **error)
{
	guint round, i, before;

	for (round = 0; round < PASSES; round++) {
		before = work->n_changes;
		for (i = 0; i < rewrite->rules->len; i++)
			if (!run_rule(work, rewrite, rewrite->rules->pdata[i],
				      error))
				return FALSE;
		if (work->n_changes == before)
			return TRUE;
	}
	g_set_error(error, REWRITE_ERROR, REWRITE_ERROR_ENDLESS,
		    "the rules of '%s' undo each other", rewrite->path);
	return FALSE;
}

char *rewrite_apply(const struct rewrite *rewrite, const char *text, gsize len,
		    gboolean prose, gsize *out_len, guint *n_changes, GError **error)
{
	struct work work = { .text = g_string_new_len(text, len), .prose = prose };
	gboolean ok;

	source_init(&work.src, work.text->str, work.text->len);
	ok = run_rules(&work, rewrite, error);
	source_clear(&work.src);
	*out_len = work.text->len;
	*n_changes = work.n_changes;
	return g_string_free(work.text, !ok);
}
