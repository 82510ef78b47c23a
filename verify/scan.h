/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scan.h: the shape of a C file before preprocessing: which lines say
 * something to the compiler, where a parenthesis that is open on a line
 * began, and which lines a declaration covers.
 *
 * All #if branches are read; a brace in the first column closes whatever an
 * #if left open.
 */
#ifndef SCAN_H
#define SCAN_H

#include "util.h"

enum line_kind {
	LINE_NOTHING,	/* blank, comment, or only { } ; */
	LINE_CODE,
	LINE_MACRO,	/* of a #define */
	LINE_DIRECTIVE,	/* of any other directive */
};

struct scan_line {
	enum line_kind kind;
	guint head;		/* line of the outermost open parenthesis, of the #define, or the line itself */
	const char *macro;	/* LINE_MACRO: the name defined, interned */
};

struct declaration {
	const char *name;	/* function, macro, tag, variable or type; interned */
	guint first, last;	/* lines, inclusive */
};

struct scan {
	GArray *lines;		/* struct scan_line; index 0 is not used */
	GArray *declarations;	/* struct declaration, in order */
	GArray *members;	/* struct declaration, of what structures and unions have in their braces */
	GArray *enumerators;	/* the same of enumerations */
};

struct scan *scan_text(const char *text, gsize len);
void scan_free(struct scan *scan);
/* The line, or NULL past the end. */
const struct scan_line *scan_line(const struct scan *scan, guint line);
/*
 * Adds the names declared on any of the lines (guint, ascending) to the set, enumerators, and members where they are
 * asked for, if their own line is one.
 */
void scan_names(const struct scan *scan, const GArray *lines, bool members, GHashTable *names);

#endif
