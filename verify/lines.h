/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lines.h: which lines of a file an object compiles.
 *
 * Two runs of the compiler's preprocessor tell. With -fdirectives-only the
 * output has the lines as written, macros unexpanded, and only those of live
 * #if branches: a line of a macro call that spans several lines stands where
 * it stands in the file, which the expanded text does not tell. With -dU the
 * text is expanded and each macro that is used is named: that tells whether
 * a macro's body is compiled, and whether a macro dropped what it was given.
 * clang has no -dU: no line of a macro is found in what it compiles.
 */
#ifndef LINES_H
#define LINES_H

#include "range.h"
#include "scan.h"

/* Lines of one file that are looked for. */
struct wanted {
	char *path;		/* relative to the source tree */
	GArray *lines;		/* struct changed_line; their words are borrowed */
	struct scan *scan;	/* of the file in the version that has them */
	GArray *found;		/* gboolean, one for each of lines */
	guint left;		/* lines that say something and are not found yet */
	guint looks;		/* objects that include the file and were looked at for them */
	bool added;		/* the commit adds the lines: see lines.c */
};

/* Takes a reference to the lines. text: the file's content in the version that has them. */
struct wanted *wanted_new(const char *path, GArray *lines, const char *text, gsize len);
void wanted_free(struct wanted *wanted);
/* Forgets what was found. */
void wanted_reset(struct wanted *wanted);

/* Marks what an object compiles; root is the source tree's path in line markers. */
void wanted_mark(struct wanted *wanted, const char *root, const char *directives, const char *expanded);
/* "12-14,20" of the lines for which found (gboolean, one for each) has the value; NULL when there is none. */
char *wanted_ranges(const struct wanted *wanted, const GArray *found, bool value);

/*
 * Walks preprocessor output: each line of text or directive with the file
 * and line it comes from, and each file where it begins or goes on, which may
 * be all there is of it. text is not NUL-terminated; enters may be NULL.
 */
typedef void (*line_fn)(const char *path, guint line, const char *text, gsize len, gpointer data);
typedef void (*file_fn)(const char *path, gpointer data);
void lines_each(const char *output, line_fn fn, file_fn enters, gpointer data);

/* The path below root, or NULL when it is not below it. Neither needs to be normal. */
char *path_below(const char *path, const char *root);

#endif
