/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rules on tokens, for what spatch cannot parse: macro bodies, macro
 * arguments, functions with unparsable code.
 *
 * A rule file looks like SmPL and is much less:
 *
 *	// a comment; so are the lines with three slashes
 *	@ length_store @
 *	postfix E;
 *	expression X;
 *	@@
 *	- E->length = X
 *	+ set_length(E, X)
 *
 * Each rule has one `-` and one `+` line. Between its name and `@@` stand
 *
 *	postfix E;	the longest postfix expression at this place: names,
 *			calls, subscripts, member accesses, parentheses; not
 *			the cast or the unary operator before it
 *	lvalue E;	the same, if its address can be taken: no call result
 *			and no member of one
 *	expression X;	up to what follows it in the pattern, or to `;`, `,`,
 *			or the bracket that ends it; never first in a pattern
 *	identifier I;	one identifier
 *	not lvalue;	the match is not assigned to, incremented, decremented,
 *			nor is its address taken
 *	only macro;	the match is in the body of a #define
 *	only disabled;	the match is in a branch that is never compiled
 *	only prose;	the lines are no tokens but text, looked for in comments, and in the
 *			whole of a file that is no C; blanks between words stand for any
 *			blanks, and a word at an end is a whole word
 *
 * A metavariable used twice must stand for the same tokens. What it stands for
 * is copied as it is written, but for parentheses around the whole of it where
 * it becomes an argument by itself, and is then rewritten itself. The rules are
 * tried in order, each until it finds nothing, and all again until none does:
 * the result is one on which the rules find nothing. Comments and literals
 * match no rule but those for prose; a match that would lose a comment, or reach
 * across a directive, is none.
 */
#ifndef REWRITE_H
#define REWRITE_H

#include <glib.h>

struct rewrite;

#define REWRITE_ERROR rewrite_error_quark()
GQuark rewrite_error_quark(void);

enum rewrite_error {
	REWRITE_ERROR_SYNTAX,	/* the rule file */
	REWRITE_ERROR_ENDLESS,	/* a rule matches its own result */
};

/* @path is for messages only. NULL and @error set if the rules are wrong. */
struct rewrite *rewrite_parse(const char *path, const char *text, gsize len,
			      GError **error);
void rewrite_free(struct rewrite *rewrite);

/*
 * @prose: the text is no C, and rules for tokens do not apply.
 * The text after the rules, NUL-terminated, of @out_len bytes, with @n_changes
 * replacements made; NULL and @error set if the rules do not come to an end.
 */
char *rewrite_apply(const struct rewrite *rewrite, const char *text, gsize len,
		    gboolean prose, gsize *out_len, guint *n_changes, GError **error);

#endif
