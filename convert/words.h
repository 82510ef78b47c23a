/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of watched words, and the question which texts hold one.
 *
 * A word matches as a whole identifier: no letter, digit or underscore stands
 * on either side of it.
 */
#ifndef WORDS_H
#define WORDS_H

#include <glib.h>

struct words;

/* @list ends in NULL; each entry is an identifier, the empty one is skipped. */
struct words *words_new(const char *const *list);
void words_free(struct words *words);

/* The word spelled as the @len bytes at @text, interned, or NULL. */
const char *words_find(const struct words *words, const char *text, gsize len);

/*
 * Does any word occur in the bytes, be it code or not? This runs over every
 * blob of a tree. A word split by a continuation is not seen.
 */
gboolean words_occur(const struct words *words, const char *text, gsize len);

#endif
