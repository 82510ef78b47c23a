// SPDX-License-Identifier: GPL-2.0-only
/*
 * The site scanner.
 *
 * Always true: each whole-word occurrence of a watched word in the bytes of a
 * file is exactly one site, save for what an escape sequence hides in a string
 * (in "\nfoo" the word is foo). The path alone decides how a file is read.
 */
#include <string.h>

#include "scan.h"
#include "scope.h"
#include "token.h"

struct scanner {
	const struct words *words;
	const char *text;
	GArray *sites;
	GHashTable *ordinals;	/* "word function" -> count so far */
	gsize counted;		/* line and line_start hold for this offset */
	guint line;
	gsize line_start;
};

const char *site_kind_name(enum site_kind kind)
{
	static const char *const names[] = {
		[SITE_CODE] = "code", [SITE_MACRO] = "macro",
		[SITE_DISABLED] = "disabled", [SITE_COMMENT] = "comment",
		[SITE_STRING] = "string", [SITE_DOC] = "doc",
		[SITE_OTHER] = "other",
	};

	return names[kind];
}

gboolean site_is_code(const struct site *site)
{
	return site->kind <= SITE_DISABLED;
}

gboolean site_is_prose(const struct site *site)
{
	return site->kind == SITE_COMMENT || site->kind == SITE_DOC;
}

static gboolean name_in(const char *name, const char *const *list)
{
	return g_strv_contains(list, name);
}

enum site_kind scan_language(const char *path)
{
	static const char *const c[] = {
		"c", "h", "y", "l", "lex", "cpp", "cc", "cxx", "hpp", "inc",
		"def", "c_shipped", "h_shipped", NULL
	};
	static const char *const prose[] = {
		"rst", "txt", "md", "html", "svg", "tex", "rtf", "adoc",
		"TXT", NULL
	};
	static const char *const documents[] = {
		"README", "CREDITS", "COPYING", "MAINTAINERS", "TODO",
		"CHANGES", "ChangeLog", "Changelog", "NEWS", "AUTHORS", NULL
	};
	g_autofree char *base = g_path_get_basename(path);
	const char *dot = strrchr(base, '.');

	if (g_str_has_prefix(path, "Documentation/") ||
	    g_str_has_prefix(path, "LICENSES/"))
		return SITE_DOC;
	if (dot && name_in(dot + 1, c))
		return SITE_CODE;
	if (dot ? name_in(dot + 1, prose) : name_in(base, documents))
		return SITE_DOC;
	if (g_str_has_prefix(base, "README"))
		return SITE_DOC;
	return SITE_OTHER;
}

static void count_lines(struct scanner *s, gsize offset)
{
	const char *p = s->text + s->counted, *end = s->text + offset;

	while (p < end && (p = memchr(p, '\n', end - p))) {
		s->line++;
		s->line_start = ++p - s->text;
	}
	s->counted = offset;
}

static guint next_ordinal(struct scanner *s, const char *word,
			  const char *function)
{
	g_autofree char *key = g_strconcat(word, " ", function, NULL);
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(s->ordinals, key)) + 1;

	g_hash_table_insert(s->ordinals, g_steal_pointer(&key),
			    GUINT_TO_POINTER(n));
	return n;
}

static void add_site(struct scanner *s, struct site site)
{
	count_lines(s, site.offset);
	site.line = s->line;
	site.column = site.offset - s->line_start + 1;
	if (site_is_code(&site))
		site.ordinal = next_ordinal(s, site.word, site.function);
	g_array_append_val(s->sites, site);
}

/* The bytes of the escape sequence at @p. */
static gsize escape_len(const char *p, gsize left)
{
	gsize n = MIN(left, 2), digits = 0;

	if (n == 2 && p[1] == 'x')
		while (n < left && g_ascii_isxdigit(p[n]))
			n++;
	else if (n == 2 && p[1] >= '0' && p[1] <= '7')
		while (n < left && ++digits < 3 && p[n] >= '0' && p[n] <= '7')
			n++;
	return n;
}

/* Words among the bytes [start, end), all with the properties of @site. */
static void scan_bytes(struct scanner *s, gsize start, gsize end,
		       struct site site)
{
	gsize pos = start, from;

	while (pos < end) {
		if (site.kind == SITE_STRING && s->text[pos] == '\\') {
			pos += escape_len(s->text + pos, end - pos);
			continue;
		}
		for (from = pos; pos < end; pos++)
			if (!token_is_word_byte(s->text[pos]))
				break;
		site.word = words_find(s->words, s->text + from, pos - from);
		site.offset = from;
		if (site.word)
			add_site(s, site);
		pos += pos == from;
	}
}

static const char *intern_token(const struct token_list *list, guint i)
{
	g_autofree char *text = NULL;

	if (i == TOKEN_NONE)
		return NULL;
	text = token_text(list, i);
	return g_intern_string(text);
}

const char *site_function(const struct token_list *list,
			  const struct scope *scope, guint i)
{
	guint macro = token_macro(list, i);
	const char *name;

	name = intern_token(list, macro == TOKEN_NONE ? scope->function[i] :
			    macro);
	return name ? name : "-";
}

static void scan_ident(struct scanner *s, const struct token_list *list,
		       const struct scope *scope, guint i)
{
	const struct token *t = &list->v[i];
	g_autofree char *joined = NULL;
	struct site site = {
		.offset = t->start, .token = i, .kind = SITE_CODE,
	};

	if (t->flags & TOKEN_SPLIT) {
		joined = token_text(list, i);
		site.word = words_find(s->words, joined, strlen(joined));
	} else {
		site.word = words_find(s->words, s->text + t->start,
				       t->end - t->start);
	}
	if (!site.word)
		return;
	if (t->flags & TOKEN_DISABLED)
		site.kind = SITE_DISABLED;
	else if (token_macro(list, i) != TOKEN_NONE)
		site.kind = SITE_MACRO;
	site.function = site_function(list, scope, i);
	site.owner = intern_token(list, scope->owner[i]);
	add_site(s, site);
}

static void scan_c(struct scanner *s, gsize len)
{
	struct token_list *list = token_list_new(s->text, len);
	struct scope *scope = scope_new(list);
	guint i;

	for (i = 0; i < list->n; i++) {
		const struct token *t = &list->v[i];
		struct site site = { .token = i };

		if (t->kind == TOKEN_IDENT) {
			scan_ident(s, list, scope, i);
			continue;
		}
		if (t->kind != TOKEN_COMMENT && t->kind != TOKEN_STRING &&
		    t->kind != TOKEN_CHAR)
			continue;
		if (t->end - t->start < 3)
			continue;
		site.kind = t->kind == TOKEN_COMMENT ? SITE_COMMENT :
			    SITE_STRING;
		site.function = site_function(list, scope, i);
		scan_bytes(s, t->start, t->end, site);
	}
	scope_free(scope);
	token_list_free(list);
}

GArray *scan_sites(const char *path, const char *text, gsize len,
		   const struct words *words)
{
	enum site_kind language = scan_language(path);
	struct site other = {
		.kind = language, .function = "-", .token = TOKEN_NONE,
	};
	struct scanner s = {
		.words = words, .text = text, .line = 1,
		.sites = g_array_new(FALSE, TRUE, sizeof(struct site)),
		.ordinals = g_hash_table_new_full(g_str_hash, g_str_equal,
						  g_free, NULL),
	};

	if (language == SITE_CODE)
		scan_c(&s, len);
	else
		scan_bytes(&s, 0, len, other);
	g_hash_table_unref(s.ordinals);
	return s.sites;
}
