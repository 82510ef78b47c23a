/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a declaration at file scope declares.
 *
 * A *head* is the tokens of an external declaration up to its `{`, `=` or `;`
 * without comments and directives, given as indexes into a token list.
 */
#ifndef HEAD_H
#define HEAD_H

#include "token.h"

/* The token that names what is declared, or TOKEN_NONE. */
guint head_name(const struct token_list *list, const guint *head, guint n);

/*
 * Of a `{` behind these tokens: does it open a struct or union (an enum is
 * none)? Then @tag is its tag, or TOKEN_NONE where it has none.
 */
gboolean head_is_struct(const struct token_list *list, const guint *head,
			guint n, guint *tag);

/* Is the token a word that only a type begins with? */
gboolean head_is_type_word(const struct token_list *list, guint token);

/* Does the head stop at `extern "C"` or a namespace, whose braces are none? */
gboolean head_is_transparent(const struct token_list *list, const guint *head,
			     guint n);

/* Is there a `=` outside of parentheses? */
gboolean head_is_initialiser(const struct token_list *list, const guint *head,
			     guint n);

#endif
