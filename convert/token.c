// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tokenizer: one pass over the bytes, no look-back.
 *
 * A character is always read through peek(), which steps over continuations,
 * so that `bv_\<newline>len` is one identifier. What is not closed (a comment,
 * a literal) ends at the end of the text, a literal already at the end of its
 * line; a byte that means nothing in C is a punctuator of its own. Nothing is
 * read behind the last byte and no byte is special: texts hold NUL, CR and
 * any encoding.
 *
 * Conditionals are followed as far as `#if 0` and `#if 1` decide them. The
 * tokens of #if, #else and #endif themselves belong to the region around.
 */
#include <string.h>

#include "token.h"

struct cond {
	gboolean outer;		/* the region around is disabled */
	gboolean decided;	/* a branch that is always compiled was seen */
};

struct lexer {
	const char *text;
	gsize len;
	gsize pos;
	GArray *tokens;
	GArray *directives;
	GArray *conds;
	guint line;
	gsize line_start;
	gboolean fresh;		/* only blanks and comments on this line */
	gboolean in_directive;
	gboolean disabled;
	guint keyword;		/* of this directive, or TOKEN_NONE */
	gboolean verbatim;	/* next token is free text (#include, #error) */
};

gsize token_continuation(const char *text, gsize len, gsize pos)
{
	gsize p = pos;

	if (p >= len || text[p] != '\\')
		return 0;
	for (p++; p < len && text[p] != '\n'; p++)
		if (!g_ascii_isspace(text[p]))
			return 0;
	return p < len ? p + 1 - pos : 0;
}

/* The character at @pos, moved behind continuations, or -1 at the end. */
static inline int peek(const struct lexer *lx, gsize *pos)
{
	gsize n;

	if (*pos < lx->len && lx->text[*pos] != '\\')
		return (guchar)lx->text[*pos];
	while ((n = token_continuation(lx->text, lx->len, *pos)))
		*pos += n;
	return *pos < lx->len ? (guchar)lx->text[*pos] : -1;
}

static gsize take_word(const struct lexer *lx, gsize pos)
{
	gsize end = pos;

	while (token_is_word_byte(peek(lx, &pos)))
		end = ++pos;
	return end;
}

static gsize take_number(const struct lexer *lx, gsize pos)
{
	gsize end = pos;
	int last = 0, c;

	for (;;) {
		c = peek(lx, &pos);
		if ((c == '+' || c == '-') && last && strchr("eEpP", last))
			last = 0;
		else if (token_is_word_byte(c) || c == '.')
			last = c;
		else
			return end;
		end = ++pos;
	}
}

static gsize take_literal(const struct lexer *lx, gsize pos, int quote)
{
	gsize end = ++pos;
	int c;

	while ((c = peek(lx, &pos)) != -1 && c != '\n') {
		end = ++pos;
		if (c == quote)
			return end;
		if (c != '\\')
			continue;
		c = peek(lx, &pos);
		if (c != -1 && c != '\n')
			end = ++pos;
	}
	return end;
}

static gsize take_block_comment(const struct lexer *lx, gsize pos)
{
	const char *star;

	while (pos < lx->len &&
	       (star = memchr(lx->text + pos, '*', lx->len - pos))) {
		pos = star + 1 - lx->text;
		if (peek(lx, &pos) == '/')
			return pos + 1;
	}
	return lx->len;
}

/* To the end of the line, continuations included, the newline not. */
static gsize take_line(const struct lexer *lx, gsize pos)
{
	int c;

	while ((c = peek(lx, &pos)) != -1 && c != '\n')
		pos++;
	if (pos && lx->text[pos - 1] == '\r')
		pos--;
	return pos;
}

static gsize take_punct(const struct lexer *lx, gsize pos)
{
	static const char *const longer[] = {
		"<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=",
		"==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=",
		"|=", "^=", "##",
	};
	gsize ends[3], at = pos;
	char got[4] = "";
	guint i;

	for (i = 0; i < 3; i++) {
		int c = peek(lx, &at);

		if (c <= 0 || (i && !g_ascii_ispunct(c)))
			break;
		got[i] = c;
		ends[i] = ++at;
	}
	if (!got[1] || !strchr("<>=&|+-.#", got[1]))
		return pos + 1;
	for (i = 0; i < G_N_ELEMENTS(longer); i++)
		if (g_str_has_prefix(got, longer[i]))
			return ends[strlen(longer[i]) - 1];
	return pos + 1;
}

/* `<header>`, or the line that an #error or #warning carries. */
static gsize take_verbatim(const struct lexer *lx, gsize pos)
{
	gsize end = take_line(lx, pos);
	const char *gt;

	if (lx->text[pos] == '<') {
		gt = memchr(lx->text + pos, '>', end - pos);
		return gt ? (gsize)(gt + 1 - lx->text) : end;
	}
	while (end > pos + 1 && g_ascii_isspace(lx->text[end - 1]))
		end--;
	return end;
}

static gsize take_token(struct lexer *lx, enum token_kind *kind)
{
	gsize pos = lx->pos, next = pos + 1;
	int c = (guchar)lx->text[pos];

	if (c == '/') {
		int d = peek(lx, &next);

		*kind = TOKEN_COMMENT;
		if (d == '*')
			return take_block_comment(lx, next + 1);
		if (d == '/')
			return take_line(lx, next + 1);
	}
	if (lx->verbatim && (lx->keyword == TOKEN_NONE || c == '<')) {
		*kind = TOKEN_STRING;
		return take_verbatim(lx, pos);
	}
	if (g_ascii_isdigit(c) ||
	    (c == '.' && g_ascii_isdigit(peek(lx, &next)))) {
		*kind = TOKEN_NUMBER;
		return take_number(lx, pos);
	}
	if (token_is_word_byte(c)) {
		*kind = TOKEN_IDENT;
		return take_word(lx, pos);
	}
	if (c == '"' || c == '\'') {
		*kind = c == '"' ? TOKEN_STRING : TOKEN_CHAR;
		return take_literal(lx, pos, c);
	}
	*kind = TOKEN_PUNCT;
	return take_punct(lx, pos);
}

static gboolean spelled(const char *text, const struct token *t,
			const char *word)
{
	gsize pos = t->start, n;

	while (pos < t->end) {
		n = token_continuation(text, t->end, pos);
		if (!n && (!*word || text[pos] != *word++))
			return FALSE;
		pos += n ? n : 1;
	}
	return !*word;
}

static gboolean lexed(const struct lexer *lx, guint i, const char *word)
{
	return spelled(lx->text, &g_array_index(lx->tokens, struct token, i),
		       word);
}

static void read_keyword(struct lexer *lx, struct directive *d, guint i)
{
	static const struct {
		const char *word;
		enum directive_kind kind;
	} table[] = {
		{ "define", DIRECTIVE_DEFINE },
		{ "if", DIRECTIVE_IF }, { "ifdef", DIRECTIVE_IF },
		{ "ifndef", DIRECTIVE_IF }, { "elif", DIRECTIVE_ELSE },
		{ "elifdef", DIRECTIVE_ELSE }, { "elifndef", DIRECTIVE_ELSE },
		{ "else", DIRECTIVE_ELSE }, { "endif", DIRECTIVE_ENDIF },
	};
	guint k;

	for (k = 0; k < G_N_ELEMENTS(table); k++)
		if (lexed(lx, i, table[k].word))
			d->kind = table[k].kind;
	lx->keyword = i;
	if (lexed(lx, i, "include") || lexed(lx, i, "include_next")) {
		lx->verbatim = TRUE;
	} else if (lexed(lx, i, "error") || lexed(lx, i, "warning")) {
		lx->verbatim = TRUE;
		lx->keyword = TOKEN_NONE;
	}
}

/* 0 or 1 where the condition behind the keyword is decided, else -1. */
static int condition_value(const struct lexer *lx)
{
	int value = -1;
	guint i, seen = 0;

	if (!lexed(lx, lx->keyword, "if") && !lexed(lx, lx->keyword, "elif"))
		return -1;
	for (i = lx->keyword + 1; i < lx->tokens->len; i++) {
		if (g_array_index(lx->tokens, struct token, i).kind ==
		    TOKEN_COMMENT || lexed(lx, i, "(") || lexed(lx, i, ")"))
			continue;
		seen++;
		if (seen == 1 && lexed(lx, i, "0"))
			value = 0;
		else if (seen == 1 && lexed(lx, i, "1"))
			value = 1;
		else if (seen == 1 || lexed(lx, i, "||") || value == 1)
			return -1;
		else if (seen == 2 && !lexed(lx, i, "&&"))
			return -1;
	}
	return value;
}

static void follow_conditional(struct lexer *lx, struct directive *d)
{
	struct cond *cond, fresh = { .outer = lx->disabled };
	int value = condition_value(lx);
	guint i;

	if (d->kind == DIRECTIVE_IF)
		g_array_append_val(lx->conds, fresh);
	if (!lx->conds->len)
		return;
	cond = &g_array_index(lx->conds, struct cond, lx->conds->len - 1);
	for (i = d->first; i < lx->tokens->len; i++) {
		struct token *t = &g_array_index(lx->tokens, struct token, i);

		t->flags &= ~TOKEN_DISABLED;
		t->flags |= cond->outer ? TOKEN_DISABLED : 0;
	}
	d->dead = d->kind != DIRECTIVE_ENDIF && (cond->decided || value == 0);
	lx->disabled = cond->outer || d->dead;
	cond->decided |= value == 1;
	if (d->kind == DIRECTIVE_ENDIF)
		g_array_set_size(lx->conds, lx->conds->len - 1);
}

static void end_directive(struct lexer *lx)
{
	struct directive *d;

	if (!lx->in_directive)
		return;
	lx->in_directive = FALSE;
	lx->verbatim = FALSE;
	d = &g_array_index(lx->directives, struct directive,
			   lx->directives->len - 1);
	if (d->kind >= DIRECTIVE_IF)
		follow_conditional(lx, d);
}

static void newline(struct lexer *lx, gsize next)
{
	lx->line++;
	lx->line_start = next;
}

/* Steps over the gap; FALSE at the end of the text. */
static gboolean skip_gap(struct lexer *lx)
{
	gsize n;

	for (; lx->pos < lx->len; lx->pos++) {
		char c = lx->text[lx->pos];

		if (c == '\n') {
			end_directive(lx);
			lx->fresh = TRUE;
			newline(lx, lx->pos + 1);
		} else if ((n = token_continuation(lx->text, lx->len,
						   lx->pos))) {
			newline(lx, lx->pos + n);
			lx->pos += n - 1;
		} else if (!g_ascii_isspace(c)) {
			return TRUE;
		}
	}
	end_directive(lx);
	return FALSE;
}

/* What token @i means for the directive it is in, or begins. */
static void place_token(struct lexer *lx, struct token *t, guint i)
{
	struct directive fresh = { .first = i, .macro = TOKEN_NONE }, *d;

	if (t->kind == TOKEN_COMMENT && !lx->in_directive)
		return;
	if (lx->fresh && !lx->in_directive && lx->text[t->start] == '#' &&
	    t->end == t->start + 1) {
		g_array_append_val(lx->directives, fresh);
		lx->in_directive = TRUE;
		lx->keyword = TOKEN_NONE;
	}
	lx->fresh = FALSE;
	if (!lx->in_directive)
		return;
	d = &g_array_index(lx->directives, struct directive,
			   lx->directives->len - 1);
	t->directive = lx->directives->len;
	if (d->macro != TOKEN_NONE)
		t->flags |= TOKEN_MACRO;
	else if (t->kind == TOKEN_COMMENT || i == d->first)
		return;
	else if (lx->keyword == TOKEN_NONE && !lx->verbatim)
		read_keyword(lx, d, i);
	else if (d->kind == DIRECTIVE_DEFINE)
		d->macro = i;
	else
		lx->verbatim = FALSE;
}

static void lex_token(struct lexer *lx)
{
	enum token_kind kind;
	struct token t = {
		.start = lx->pos,
		.line = lx->line,
		.column = lx->pos - lx->line_start + 1,
		.flags = lx->disabled ? TOKEN_DISABLED : 0,
	};
	const char *p, *end;

	t.end = take_token(lx, &kind);
	t.kind = kind;
	p = lx->text + t.start;
	end = lx->text + t.end;
	while (p < end && (p = memchr(p, '\n', end - p))) {
		newline(lx, ++p - lx->text);
		t.flags |= TOKEN_SPLIT;
	}
	lx->pos = t.end;
	g_array_append_val(lx->tokens, t);
	place_token(lx, &g_array_index(lx->tokens, struct token,
				       lx->tokens->len - 1),
		    lx->tokens->len - 1);
}

struct token_list *token_list_new(const char *text, gsize len)
{
	struct token_list *list = g_new0(struct token_list, 1);
	struct lexer lx = {
		.text = text, .len = MIN(len, TOKEN_NONE - 1),
		.line = 1, .fresh = TRUE,
		.keyword = TOKEN_NONE,
		.tokens = g_array_sized_new(FALSE, FALSE, sizeof(struct token),
					    len / 5 + 16),
		.directives = g_array_new(FALSE, FALSE,
					  sizeof(struct directive)),
		.conds = g_array_new(FALSE, FALSE, sizeof(struct cond)),
	};

	while (skip_gap(&lx))
		lex_token(&lx);
	list->text = text;
	list->len = lx.len;
	list->n = lx.tokens->len;
	list->n_directives = lx.directives->len;
	list->v = (struct token *)g_array_free(lx.tokens, FALSE);
	list->directives = (struct directive *)g_array_free(lx.directives,
							     FALSE);
	g_array_free(lx.conds, TRUE);
	return list;
}

void token_list_free(struct token_list *list)
{
	if (!list)
		return;
	g_free(list->v);
	g_free(list->directives);
	g_free(list);
}

char *token_text(const struct token_list *list, guint i)
{
	const struct token *t = &list->v[i];
	gsize pos = t->start, n;
	GString *out;

	if (!(t->flags & TOKEN_SPLIT))
		return g_strndup(list->text + t->start, t->end - t->start);
	out = g_string_new(NULL);
	while (pos < t->end) {
		n = token_continuation(list->text, t->end, pos);
		if (!n)
			g_string_append_c(out, list->text[pos]);
		pos += n ? n : 1;
	}
	return g_string_free(out, FALSE);
}

gboolean token_is(const struct token_list *list, guint i, const char *text)
{
	const struct token *t;
	gsize n;

	if (i >= list->n)
		return FALSE;
	t = &list->v[i];
	if (t->flags & TOKEN_SPLIT)
		return spelled(list->text, t, text);
	n = strlen(text);
	return t->end - t->start == n &&
	       !memcmp(list->text + t->start, text, n);
}

gboolean token_equal(const struct token_list *a, guint i,
		     const struct token_list *b, guint j)
{
	const struct token *s = &a->v[i], *t = &b->v[j];
	g_autofree char *x = NULL;
	g_autofree char *y = NULL;

	if (!((s->flags | t->flags) & TOKEN_SPLIT))
		return s->end - s->start == t->end - t->start &&
		       !memcmp(a->text + s->start, b->text + t->start,
			       s->end - s->start);
	x = token_text(a, i);
	y = token_text(b, j);
	return !strcmp(x, y);
}

guint token_macro(const struct token_list *list, guint i)
{
	guint d = list->v[i].directive;

	return d ? list->directives[d - 1].macro : TOKEN_NONE;
}
