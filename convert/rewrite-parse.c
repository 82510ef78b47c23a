// SPDX-License-Identifier: GPL-2.0-only
/*
 * Token rule files, read line by line; rewrite.h has the format. Whatever is
 * not understood is an error that names its line.
 */
#include <string.h>

#include "rewrite-rule.h"
#include "rewrite.h"

G_DEFINE_QUARK(rewrite-error-quark, rewrite_error)

enum place { OUTSIDE, DECLARATIONS, BODY };

struct parser {
	struct rewrite *rewrite;
	struct token_rule *rule;	/* the last of rewrite->rules */
	enum place place;
	guint line;
};

static void side_clear(struct side *side)
{
	g_free(side->text);
	token_list_free(side->list);
	g_free(side->meta);
}

static void rule_free(gpointer data)
{
	struct token_rule *rule = data;
	guint i;

	for (i = 0; i < rule->n_metas; i++)
		g_free(rule->metas[i].name);
	side_clear(&rule->from);
	side_clear(&rule->to);
	g_free(rule->name);
	g_clear_pointer(&rule->prose, g_regex_unref);
	g_free(rule);
}

void rewrite_free(struct rewrite *rewrite)
{
	if (!rewrite)
		return;
	g_ptr_array_free(rewrite->rules, TRUE);
	g_free(rewrite->path);
	g_free(rewrite);
}

static gboolean G_GNUC_PRINTF(3, 4)
fail(const struct parser *p, GError **error, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, REWRITE_ERROR, REWRITE_ERROR_SYNTAX, "%s:%u: %s",
		    p->rewrite->path, MAX(p->line, 1), what);
	return FALSE;
}

static gint find_meta(const struct token_rule *rule, const char *name)
{
	guint i;

	for (i = 0; i < rule->n_metas; i++)
		if (!strcmp(rule->metas[i].name, name))
			return i;
	return -1;
}

static gboolean parse_kind(const char *word, enum meta_kind *kind)
{
	static const char *const names[] = {
		[META_POSTFIX] = "postfix", [META_LVALUE] = "lvalue",
		[META_EXPRESSION] = "expression",
		[META_IDENTIFIER] = "identifier",
	};
	guint i;

	for (i = META_POSTFIX; i < G_N_ELEMENTS(names); i++) {
		if (!strcmp(word, names[i])) {
			*kind = i;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean is_identifier(const char *name)
{
	struct token_list *list = token_list_new(name, strlen(name));
	gboolean is = list->n == 1 && list->v[0].kind == TOKEN_IDENT;

	token_list_free(list);
	return is;
}

static gboolean add_meta(struct parser *p, enum meta_kind kind, char *name,
			 GError **error)
{
	struct token_rule *rule = p->rule;

	g_strstrip(name);
	if (!is_identifier(name))
		return fail(p, error, "'%s' is no name", name);
	if (find_meta(rule, name) >= 0)
		return fail(p, error, "'%s' is declared twice", name);
	if (rule->n_metas == RULE_METAS)
		return fail(p, error, "more than %d metavariables",
			    RULE_METAS);
	rule->metas[rule->n_metas].name = g_strdup(name);
	rule->metas[rule->n_metas++].kind = kind;
	return TRUE;
}

static gboolean parse_declaration(struct parser *p, char *line, GError **error)
{
	g_auto(GStrv) names = NULL;
	enum meta_kind kind;
	char *rest;
	guint i;

	if (!g_str_has_suffix(line, ";"))
		return fail(p, error, "declaration without ';'");
	line[strlen(line) - 1] = '\0';
	rest = line + strcspn(line, " \t");
	if (*rest)
		*rest++ = '\0';
	g_strstrip(rest);
	if (!strcmp(line, "not") && !strcmp(rest, "lvalue")) {
		p->rule->not_lvalue = TRUE;
		return TRUE;
	}
	if (!strcmp(line, "only") && !strcmp(rest, "macro")) {
		p->rule->only |= TOKEN_MACRO;
		return TRUE;
	}
	if (!strcmp(line, "only") && !strcmp(rest, "disabled")) {
		p->rule->only |= TOKEN_DISABLED;
		return TRUE;
	}
	if (!strcmp(line, "only") && !strcmp(rest, "prose")) {
		p->rule->only |= RULE_PROSE;
		return TRUE;
	}
	if (!parse_kind(line, &kind))
		return fail(p, error, "unknown declaration '%s'", line);
	names = g_strsplit(rest, ",", 0);
	if (!names[0])
		return fail(p, error, "'%s' declares nothing", line);
	for (i = 0; names[i]; i++)
		if (!add_meta(p, kind, names[i], error))
			return FALSE;
	return TRUE;
}

static gboolean parse_header(struct parser *p, const char *line,
			     GError **error)
{
	g_autofree char *name = g_strndup(line + 1, strlen(line) - 1);
	gsize len = strlen(name);
	guint i;

	if (!len || name[len - 1] != '@')
		return fail(p, error, "a rule begins with '@ name @'");
	name[len - 1] = '\0';
	g_strstrip(name);
	if (!is_identifier(name))
		return fail(p, error, "'%s' is no name of a rule", name);
	for (i = 0; i < p->rewrite->rules->len; i++) {
		struct token_rule *other = p->rewrite->rules->pdata[i];

		if (!strcmp(other->name, name))
			return fail(p, error, "a second rule '%s'", name);
	}
	p->rule = g_new0(struct token_rule, 1);
	p->rule->name = g_steal_pointer(&name);
	g_ptr_array_add(p->rewrite->rules, p->rule);
	p->place = DECLARATIONS;
	return TRUE;
}

static gboolean parse_side(struct parser *p, struct side *side,
			   const char *text, GError **error)
{
	guint i;

	if (side->text)
		return fail(p, error, "a second line of that kind in '%s'",
			    p->rule->name);
	side->text = g_strstrip(g_strdup(text));
	side->list = token_list_new(side->text, strlen(side->text));
	side->meta = g_new(gint, side->list->n + 1);
	if (!side->list->n)
		return fail(p, error, "empty line in '%s'", p->rule->name);
	for (i = 0; i < side->list->n; i++) {
		g_autofree char *word = token_text(side->list, i);

		if (side->list->v[i].kind == TOKEN_COMMENT)
			return fail(p, error, "comment in a pattern");
		side->meta[i] = find_meta(p->rule, word);
	}
	return TRUE;
}

static gboolean binds(const struct side *from, gint meta)
{
	guint i;

	for (i = 0; i < from->list->n; i++)
		if (from->meta[i] == meta)
			return TRUE;
	return FALSE;
}

/* Words with any blanks between them, each blank a group. */
static GRegex *prose_pattern(const char *text)
{
	g_auto(GStrv) words = g_regex_split_simple("[ \t]+", text, 0, 0);
	g_autoptr(GString) pattern = g_string_new(NULL);

	for (guint i = 0; words[i]; i++) {
		g_autofree char *quoted = g_regex_escape_string(words[i], -1);
		gsize len = strlen(words[i]);

		g_string_append(pattern, i ? "([ \t]+|[ \t]*\n[ \t]*[*]*[ \t]*)" : "");
		g_string_append(pattern, !i && token_is_word_byte(words[i][0]) ? "(?<![A-Za-z0-9_])" : "");
		g_string_append(pattern, quoted);
		g_string_append(pattern, !words[i + 1] && token_is_word_byte(words[i][len - 1]) ? "(?![A-Za-z0-9_])" : "");
	}
	return g_regex_new(pattern->str, G_REGEX_RAW, 0, NULL);
}

/* The rule has ended: is it whole? */
static gboolean check_rule(const struct parser *p, GError **error)
{
	struct token_rule *rule = p->rule;
	guint i;

	if (!rule)
		return TRUE;
	if (p->place != BODY || !rule->from.list || !rule->to.list)
		return fail(p, error, "'%s' needs a '-' and a '+' line",
			    rule->name);
	if (rule->only & RULE_PROSE) {
		if (rule->n_metas || rule->not_lvalue || rule->only != RULE_PROSE)
			return fail(p, error, "'%s' is for prose, and has other declarations", rule->name);
		rule->prose = prose_pattern(rule->from.text);
		return TRUE;
	}
	if (rule_kind(rule, 0) == META_EXPRESSION)
		return fail(p, error, "'%s' begins with an expression",
			    rule->name);
	if (rule_has_lead(rule) &&
	    (rule->from.list->n < 2 || rule->from.meta[1] >= 0))
		return fail(p, error, "'%s' needs a token behind '%s'",
			    rule->name, rule->metas[rule->from.meta[0]].name);
	for (i = 0; i < rule->n_metas; i++)
		if (!binds(&rule->from, i))
			return fail(p, error, "'%s' is not in the '-' line",
				    rule->metas[i].name);
	return TRUE;
}

static gboolean parse_line(struct parser *p, char *line, GError **error)
{
	g_strchomp(line);
	if (!*line || g_str_has_prefix(line, "//"))
		return TRUE;
	if (p->place == DECLARATIONS && !strcmp(line, "@@")) {
		p->place = BODY;
		return TRUE;
	}
	if (p->place == DECLARATIONS)
		return parse_declaration(p, g_strchug(line), error);
	if (*line == '@')
		return check_rule(p, error) && parse_header(p, line, error);
	if (p->place == BODY && *line == '-')
		return parse_side(p, &p->rule->from, line + 1, error);
	if (p->place == BODY && *line == '+')
		return parse_side(p, &p->rule->to, line + 1, error);
	return fail(p, error, "neither '-' nor '+' nor '@': '%s'", line);
}

struct rewrite *rewrite_parse(const char *path, const char *text, gsize len,
			      GError **error)
{
	g_autofree char *copy = g_strndup(text, len);
	g_auto(GStrv) lines = g_strsplit(copy, "\n", 0);
	struct parser p = { .rewrite = g_new0(struct rewrite, 1) };
	gboolean ok = TRUE;

	p.rewrite->path = g_strdup(path);
	p.rewrite->rules = g_ptr_array_new_with_free_func(rule_free);
	while (ok && lines[p.line])
		ok = parse_line(&p, lines[p.line++], error);
	ok = ok && check_rule(&p, error);
	if (ok && !p.rule)
		ok = fail(&p, error, "no rule");
	if (ok)
		return p.rewrite;
	rewrite_free(p.rewrite);
	return NULL;
}
