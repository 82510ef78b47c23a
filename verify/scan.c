// SPDX-License-Identifier: GPL-2.0-only
/*
 * scan.c: the shape of a C file before preprocessing. See scan.h.
 *
 * A token is an identifier, a literal (number, string, character) or one
 * punctuation character. Comments and joined lines are skipped between
 * tokens. Declarations are told by their outside only: a name before the
 * first parenthesis is a function's, a name before a brace a tag, else the
 * last name before the semicolon counts.
 */
#include <string.h>

#include "scan.h"

enum token_kind { TOKEN_END, TOKEN_NEWLINE, TOKEN_NAME, TOKEN_LITERAL, TOKEN_PUNCT };

struct token {
	enum token_kind kind;
	const char *at;
	gsize len;
	guint line;		/* where it starts */
	bool first;		/* nothing but blanks and comments before it on the line */
	bool column1;		/* it is the line's first byte */
};

struct scanner {
	struct scan *scan;
	const char *text, *p, *end;
	guint line;
	bool fresh;		/* no token on this line yet */
	GArray *parens;		/* guint: lines of the open parentheses */
	guint seen;		/* the last line that got its head */
	/* the declaration being read */
	guint braces, first;
	const char *function, *tag, *last;
	bool body, assigned;
	bool enumerates;	/* the type that is being read is an enum */
	bool opened;		/* the token before opened what looks like parameters */
	bool declarator, named;	/* it opened a declarator; that is behind us */
	struct token before[3];	/* the last three, latest first */
	struct token callee;	/* the word before a bracket that opened outside of others, in a type */
	guint group;		/* brackets around what is outside of others there: those of struct_group() */
};

static void skip_comment(struct scanner *s)
{
	s->p += 2;
	while (s->p < s->end && !(s->p[0] == '*' && s->p + 1 < s->end && s->p[1] == '/'))
		if (*s->p++ == '\n')
			s->line++;
	s->p = MIN(s->p + 2, s->end);
}

/* A backslash at the end of a line joins it to the next one. */
static gsize joined(const struct scanner *s, const char *p)
{
	if (p + 1 < s->end && p[0] == '\\' && p[1] == '\n')
		return 2;
	return p + 2 < s->end && p[0] == '\\' && p[1] == '\r' && p[2] == '\n' ? 3 : 0;
}

static void skip_blanks(struct scanner *s)
{
	while (s->p < s->end) {
		gsize join = joined(s, s->p);

		if (join) {
			s->p += join;
			s->line++;
		} else if (s->p + 1 < s->end && s->p[0] == '/' && s->p[1] == '*') {
			skip_comment(s);
		} else if (s->p + 1 < s->end && s->p[0] == '/' && s->p[1] == '/') {
			while (s->p < s->end && *s->p != '\n')
				s->p++;
		} else if (*s->p != '\n' && g_ascii_isspace(*s->p)) {
			s->p++;
		} else {
			return;
		}
	}
}

static void skip_quoted(struct scanner *s)
{
	char quote = *s->p++;

	while (s->p < s->end && *s->p != quote && *s->p != '\n') {
		gsize join = joined(s, s->p);

		if (join)
			s->line++;
		s->p += join ? join : *s->p == '\\' ? 2 : 1;
	}
	s->p = MIN(s->p, s->end);
	if (s->p < s->end && *s->p == quote)
		s->p++;
}

static bool is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

static struct token next_token(struct scanner *s)
{
	struct token token = { 0 };

	skip_blanks(s);
	token.at = s->p;
	token.line = s->line;
	token.first = s->fresh;
	token.column1 = s->p == s->text || s->p[-1] == '\n';
	s->fresh = false;
	if (s->p == s->end)
		return token;
	if (*s->p == '\n') {
		token.kind = TOKEN_NEWLINE;
		s->p++;
		s->line++;
		s->fresh = true;
	} else if (is_word(*s->p)) {
		token.kind = g_ascii_isdigit(*s->p) ? TOKEN_LITERAL : TOKEN_NAME;
		while (s->p < s->end && is_word(*s->p))
			s->p++;
	} else if (*s->p == '"' || *s->p == '\'') {
		token.kind = TOKEN_LITERAL;
		skip_quoted(s);
	} else {
		token.kind = TOKEN_PUNCT;
		s->p++;
	}
	token.len = s->p - token.at;
	return token;
}

static struct scan_line *line_at(struct scanner *s, guint line)
{
	while (s->scan->lines->len <= line) {
		struct scan_line fresh = { .head = s->scan->lines->len };

		g_array_append_val(s->scan->lines, fresh);
	}
	return &g_array_index(s->scan->lines, struct scan_line, line);
}

static const char *token_name(const struct token *token)
{
	g_autofree char *name = g_strndup(token->at, token->len);

	return g_intern_string(name);
}

static void add_declaration(GArray *declarations, const char *name, guint first, guint last)
{
	struct declaration declaration = { .name = name, .first = first, .last = last };

	if (name)
		g_array_append_val(declarations, declaration);
}

static void declare(struct scanner *s, const char *name, guint first, guint last)
{
	add_declaration(s->scan->declarations, name, first, last);
}

static bool token_is(const struct token *token, const char *text)
{
	return token->len == strlen(text) && !memcmp(token->at, text, token->len);
}

/* What may stand before a brace, or at the end of a type, and names nothing. */
static bool is_type_word(const struct token *token)
{
	return token_is(token, "enum") || token_is(token, "struct") || token_is(token, "union");
}

/* From behind the '#' to the end of its logical line. */
static void scan_directive(struct scanner *s, guint first)
{
	struct token token = next_token(s);
	bool define = token_is(&token, "define");
	const char *macro = NULL;
	guint last;

	if (define) {
		token = next_token(s);
		macro = token.kind == TOKEN_NAME ? token_name(&token) : NULL;
	}
	while (token.kind != TOKEN_NEWLINE && token.kind != TOKEN_END)
		token = next_token(s);
	last = token.line;
	for (guint i = first; i <= last; i++) {
		struct scan_line *line = line_at(s, i);

		line->kind = macro ? LINE_MACRO : LINE_DIRECTIVE;
		line->head = first;
		line->macro = macro;
	}
	s->seen = last;
	declare(s, macro, first, last);
}

static void declaration_reset(struct scanner *s)
{
	s->first = 0;
	s->function = s->tag = s->last = NULL;
	s->body = s->assigned = s->opened = s->declarator = s->named = s->enumerates = false;
}

static void declaration_end(struct scanner *s, guint line)
{
	declare(s, s->function ? s->function : s->tag ? s->tag : s->last, s->first, line);
	declaration_reset(s);
}

static void scan_brace(struct scanner *s, const struct token *token)
{
	if (token->column1) {
		g_array_set_size(s->parens, 0);
		s->group = 0;
		s->braces = *token->at == '}';
	}
	if (*token->at == '{') {
		if (!s->braces++ && !s->function && !s->assigned && !s->tag)
			s->tag = s->last;
		s->body |= s->function && !s->assigned;
	} else if (s->braces && !--s->braces && s->body) {
		declaration_end(s, token->line);
	}
}

/* "int (*const name[])(...)": what looked like a function int() is a variable, named behind the star. */
static void scan_declarator(struct scanner *s, const struct token *token)
{
	bool star = token->kind == TOKEN_PUNCT && *token->at == '*';

	if (s->opened && star) {
		s->function = NULL;
		s->declarator = true;
	}
	if (s->declarator && token->kind == TOKEN_NAME && s->parens->len == 1 && !s->named)
		s->last = token_name(token);
	/* "void (*name(int))(int)" is a function all the same. */
	if (s->declarator && !s->named && token->kind == TOKEN_PUNCT && *token->at == '(' && s->parens->len == 2) {
		s->function = s->last;
		s->declarator = false;
	}
	s->named |= s->declarator && !s->parens->len;
	s->opened = false;
}

static bool token_is_any(const struct token *token, const char *const *words)
{
	for (; *words; words++)
		if (token_is(token, *words))
			return true;
	return false;
}

static bool token_begins(const struct token *token, const char *text)
{
	return token->kind == TOKEN_NAME && token->len >= strlen(text) && !memcmp(token->at, text, strlen(text));
}

static bool is_mark(const struct token *token, char mark)
{
	return token->kind == TOKEN_PUNCT && *token->at == mark;
}

/* A word of the language, or an attribute: none is the name of a member. */
static bool names_nothing(const struct token *token)
{
	static const char *const words[] = { "void", "const", "volatile", "int", "char", "long", "short", "unsigned",
		"signed", "float", "double", "_Bool", NULL };

	return is_type_word(token) || token_is_any(token, words);
}

/* What stands behind the name of a member. */
static bool is_attribute(const struct token *token)
{
	static const char *const words[] = { "__packed", "__aligned", "__attribute__", "____cacheline_aligned",
		"____cacheline_aligned_in_smp", "____cacheline_internodealigned_in_smp", "__counted_by",
		"__counted_by_le", "__counted_by_be", "__counted_by_ptr", "__nonstring", "__private",
		"__randomize_layout", "__no_randomize_layout", "__guarded_by", "__pt_guarded_by", NULL };

	return token->kind == TOKEN_NAME && token_is_any(token, words);
}

/*
 * A name within the braces of a type that this token ends: a member, an enumerator, "(*name)" or what the kernel's
 * macros declare. It may be what an enumerator is equal to: one name too many.
 */
static bool ends_member(const struct scanner *s, const struct token *token)
{
	const struct token *name = &s->before[0];
	bool outside = s->parens->len == s->group, argument = s->parens->len == s->group + 1;

	if (name->kind != TOKEN_NAME || names_nothing(name) || is_attribute(name))
		return false;
	if (outside && (is_attribute(token) || (token->kind == TOKEN_PUNCT && strchr(";,[:=}", *token->at))))
		return true;
	if (is_mark(token, ')') && is_mark(&s->before[1], '*') && is_mark(&s->before[2], '('))
		return true;
	return argument && ((token_is(&s->callee, "DECLARE_BITMAP") && is_mark(token, ',')) ||
			    (token_is(&s->callee, "DECLARE_FLEX_ARRAY") && is_mark(token, ')')));
}

static void scan_member(struct scanner *s, const struct token *token)
{
	const struct token *name = &s->before[0];

	if (ends_member(s, token))
		add_declaration(s->enumerates ? s->scan->enumerators : s->scan->members, token_name(name), name->line, name->line);
	if (is_mark(token, '(') && s->parens->len == s->group) {
		s->callee = *name;
		/* The members in its brackets are the type's. */
		if (token_begins(name, "struct_group") || token_begins(name, "__struct_group"))
			s->group = s->parens->len + 1;
	} else if (is_mark(token, ')') && s->group && s->parens->len == s->group) {
		s->group = 0;
	}
}

static void remember(struct scanner *s, const struct token *token)
{
	s->before[2] = s->before[1];
	s->before[1] = s->before[0];
	s->before[0] = *token;
}

static void scan_outside(struct scanner *s, const struct token *token)
{
	scan_declarator(s, token);
	if (token->kind == TOKEN_NAME && !s->parens->len) {
		s->last = is_type_word(token) ? NULL : token_name(token);
		if (is_type_word(token))
			s->enumerates = token_is(token, "enum");
	} else if (token->kind == TOKEN_PUNCT && *token->at == '(' && s->parens->len == 1) {
		if (!s->declarator && !s->function && !s->assigned && s->last &&
		    !g_str_has_prefix(s->last, "__attribute")) {
			s->function = s->last;
			s->opened = true;
		}
	} else if (token->kind == TOKEN_PUNCT && *token->at == '=' && !s->parens->len) {
		s->assigned = true;
		s->tag = s->function ? NULL : s->last;
	} else if (token->kind == TOKEN_PUNCT && *token->at == ';' && !s->parens->len) {
		declaration_end(s, token->line);
	}
}

static void scan_token(struct scanner *s, const struct token *token)
{
	char punct = token->kind == TOKEN_PUNCT ? *token->at : '\0';
	struct scan_line *line = line_at(s, token->line);

	if (s->seen < token->line) {
		s->seen = token->line;
		line->head = s->parens->len ? g_array_index(s->parens, guint, 0) : token->line;
	}
	if (!punct || !strchr("{};", punct))
		line->kind = LINE_CODE;
	if (s->braces && !s->body && !s->assigned)
		scan_member(s, token);
	if (!s->first)
		s->first = token->line;
	if (punct == '(')
		g_array_append_val(s->parens, token->line);
	else if (punct == ')' && s->parens->len)
		g_array_set_size(s->parens, s->parens->len - 1);
	if (punct == '{' || punct == '}')
		scan_brace(s, token);
	else if (!s->braces)
		scan_outside(s, token);
	remember(s, token);
}

struct scan *scan_text(const char *text, gsize len)
{
	struct scan *scan = g_new0(struct scan, 1);
	struct scanner s = { .scan = scan, .text = text, .p = text, .end = text + len, .line = 1, .fresh = true };
	struct token token;

	scan->lines = g_array_new(FALSE, TRUE, sizeof(struct scan_line));
	scan->declarations = g_array_new(FALSE, FALSE, sizeof(struct declaration));
	scan->members = g_array_new(FALSE, FALSE, sizeof(struct declaration));
	scan->enumerators = g_array_new(FALSE, FALSE, sizeof(struct declaration));
	s.parens = g_array_new(FALSE, FALSE, sizeof(guint));
	for (token = next_token(&s); token.kind != TOKEN_END; token = next_token(&s)) {
		if (token.kind == TOKEN_NEWLINE)
			continue;
		if (token.first && *token.at == '#')
			scan_directive(&s, token.line);
		else
			scan_token(&s, &token);
	}
	line_at(&s, s.line);
	g_array_unref(s.parens);
	return scan;
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	g_array_unref(scan->lines);
	g_array_unref(scan->declarations);
	g_array_unref(scan->members);
	g_array_unref(scan->enumerators);
	g_free(scan);
}

const struct scan_line *scan_line(const struct scan *scan, guint line)
{
	return line && line < scan->lines->len ? &g_array_index(scan->lines, struct scan_line, line) : NULL;
}

static void names_on(const GArray *declarations, const GArray *lines, GHashTable *names)
{
	for (guint i = 0; i < declarations->len; i++) {
		const struct declaration *d = &g_array_index(declarations, struct declaration, i);

		for (guint j = 0; j < lines->len; j++) {
			guint line = g_array_index(lines, guint, j);

			if (line >= d->first && line <= d->last)
				g_hash_table_add(names, (gpointer)d->name);
		}
	}
}

void scan_names(const struct scan *scan, const GArray *lines, bool members, GHashTable *names)
{
	names_on(scan->declarations, lines, names);
	names_on(scan->enumerators, lines, names);
	if (members)
		names_on(scan->members, lines, names);
}
