/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * C source as tokens, without loss.
 *
 * Every byte of a text lies in exactly one token or in the gap before one
 * (blanks, newlines, continuations); what lies behind the last token is a gap
 * too. So a text can be rebuilt, or edited, from offsets alone. Nothing is
 * preprocessed: all branches of all conditionals are there.
 *
 * Words used here: a *continuation* is a backslash, blanks, and a newline; it
 * may split any token. A *directive* is a `#` line with its continuations. A
 * *dead* branch is one that no configuration compiles (`#if 0`, the `#else`
 * of `#if 1`); its tokens are *disabled*.
 */
#ifndef TOKEN_H
#define TOKEN_H

#include <glib.h>

enum token_kind {
	TOKEN_IDENT,
	TOKEN_NUMBER,
	TOKEN_STRING,		/* also <header> and the text of #error */
	TOKEN_CHAR,
	TOKEN_PUNCT,
	TOKEN_COMMENT,
};

enum token_flags {
	TOKEN_MACRO = 1 << 0,	/* behind the name in a #define */
	TOKEN_DISABLED = 1 << 1,
	TOKEN_SPLIT = 1 << 2,	/* holds a continuation */
};

/* Not a token; also "no function", "no owner". */
#define TOKEN_NONE G_MAXUINT32

struct token {
	guint32 start;		/* byte offset of the first byte */
	guint32 end;		/* byte offset behind the last byte */
	guint32 line;		/* of the first byte, from 1 */
	guint32 column;		/* in bytes, from 1 */
	guint32 directive;	/* number of the directive it is in, 0: none */
	guint8 kind;
	guint8 flags;
};

enum directive_kind {
	DIRECTIVE_OTHER,
	DIRECTIVE_DEFINE,
	DIRECTIVE_IF,		/* #if, #ifdef, #ifndef */
	DIRECTIVE_ELSE,		/* #else, #elif and its kin */
	DIRECTIVE_ENDIF,
};

struct directive {
	guint32 first;		/* its `#` */
	guint32 macro;		/* name that a #define defines, or TOKEN_NONE */
	guint8 kind;
	guint8 dead;		/* the branch it opens is dead */
};

struct token_list {
	const char *text;	/* borrowed: must outlive the list */
	gsize len;
	struct token *v;
	guint n;
	struct directive *directives;	/* directive number d is [d - 1] */
	guint n_directives;
};

/* Never fails, whatever the bytes are; those past 4 GiB are left out. */
struct token_list *token_list_new(const char *text, gsize len);
void token_list_free(struct token_list *list);

/* The text of token @i without continuations; the caller frees it. */
char *token_text(const struct token_list *list, guint i);

/* Is token @i spelled @text? Comments and literals are compared as well. */
gboolean token_is(const struct token_list *list, guint i, const char *text);

/* Are the two spelled alike, continuations aside? */
gboolean token_equal(const struct token_list *a, guint i,
		     const struct token_list *b, guint j);

/* The name of the macro whose #define holds token @i, or TOKEN_NONE. */
guint token_macro(const struct token_list *list, guint i);

/* Is token @i the one byte @c? TOKEN_NONE is no byte. */
static inline gboolean token_is_char(const struct token_list *list, guint i,
				     char c)
{
	return i < list->n && list->v[i].end - list->v[i].start == 1 &&
	       list->text[list->v[i].start] == c;
}

/* Is @c a byte of an identifier? Bytes from 0x80 are none. */
static inline gboolean token_is_word_byte(int c)
{
	return g_ascii_isalnum(c) || c == '_';
}

/* The length of the continuation at @pos, or 0. */
gsize token_continuation(const char *text, gsize len, gsize pos);

#endif
