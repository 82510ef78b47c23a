/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * external.h: the external declarations of a preprocessed C text.
 *
 * The text has no line markers. A #pragma line at file scope is a declaration
 * of its own.
 */
#ifndef EXTERNAL_H
#define EXTERNAL_H

#include "util.h"

/* An identifier or number of the text; its bytes are borrowed. */
struct word {
	const char *at;
	guint len, hash;
};

/* The word that begins at p; len 0: none does. */
struct word word_at(const char *p, const char *end);
/* For a GHashTable of struct word *. */
guint word_hash(gconstpointer word);
gboolean word_equal(gconstpointer a, gconstpointer b);

struct external {
	const char *at, *end;	/* without blanks around it */
	struct word name;	/* of a static inline function that has no effect unless it is called; len 0: it is none */
};

/*
 * Cuts the text: struct external, in order. statics (struct word *, owned)
 * gets the names of static variables, and of static functions that are not inline.
 */
GArray *externals_cut(const char *text, gsize len, GHashTable *statics);

#endif
