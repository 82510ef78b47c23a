/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sites: every occurrence of a watched word in a file, and what it stands in.
 *
 * A C file is read as tokens; any other file as words, because what matters
 * there is only that nothing is overlooked.
 */
#ifndef SCAN_H
#define SCAN_H

#include <glib.h>

#include "scope.h"
#include "words.h"

enum site_kind {
	SITE_CODE,
	SITE_MACRO,		/* in a #define, its name and parameters too */
	SITE_DISABLED,		/* in a branch that is never compiled */
	SITE_COMMENT,
	SITE_STRING,		/* in a string or character constant */
	SITE_DOC,		/* Documentation/ and other prose */
	SITE_OTHER,		/* a file in another language than C */
};

struct site {
	gsize offset;		/* of the word, in bytes from 0 */
	guint line;		/* from 1 */
	guint column;		/* in bytes, from 1 */
	guint token;		/* index of its token, TOKEN_NONE outside of C */
	enum site_kind kind;
	const char *word;	/* interned, like all strings here */
	const char *function;	/* see scope.h, or the macro's name; or "-" */
	const char *owner;	/* tag of the struct it declares a member of,
				 * or NULL */
	guint ordinal;		/* n-th of its word in its function, from 1,
				 * among code, macro, disabled; 0 for others */
};

/* How the file at @path is read: SITE_CODE (as C), SITE_DOC or SITE_OTHER. */
enum site_kind scan_language(const char *path);

const char *site_kind_name(enum site_kind kind);

/* May the word be changed by a rule: code, macro or disabled? */
gboolean site_is_code(const struct site *site);

/* Does it stand in a comment, or in documentation? */
gboolean site_is_prose(const struct site *site);

/* In what the token stands, as struct site has it. */
const char *site_function(const struct token_list *list,
			  const struct scope *scope, guint i);

/* Array of struct site in order of offset, perhaps empty; never NULL. */
GArray *scan_sites(const char *path, const char *text, gsize len,
		   const struct words *words);

#endif
