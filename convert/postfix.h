/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Postfix expressions among code tokens, found without parsing the rest.
 *
 * All positions are indexes into source->code; TOKEN_NONE is none. Nothing
 * here looks across the border of a directive.
 */
#ifndef POSTFIX_H
#define POSTFIX_H

#include "match.h"

gboolean source_is(const struct source *source, guint at, const char *text);
gboolean source_is_ident(const struct source *source, guint at);

/* A keyword that begins or separates statements, or is an operator? */
gboolean source_is_keyword(const struct source *source, guint at);

/* The neighbours of @at in the same directive, or outside of all. */
guint source_before(const struct source *source, guint at);
guint source_after(const struct source *source, guint at);

/* The other bracket of the one at @at. */
guint group_open(const struct source *source, guint at);
guint group_close(const struct source *source, guint at);

/* Do the parentheses at @open and @close look like a cast? */
gboolean is_cast(const struct source *source, guint open, guint close);

/* Where the longest postfix expression that ends with @last begins. */
guint postfix_start(const struct source *source, guint last);

/* Can the address of the postfix expression [first, last] be taken? */
gboolean postfix_is_lvalue(const struct source *source, guint first,
			   guint last);

/* Is what [first, end) is part of written to, or its address taken? */
gboolean postfix_is_modified(const struct source *source, guint first,
			     guint end);

#endif
