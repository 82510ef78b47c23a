/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hiding identifiers from rules.
 *
 * A hidden identifier is replaced by another of the same length, so that no
 * offset, line or column of the text moves. The replacement occurs nowhere in
 * the text, is the same for the same text and sites, and looks like what it
 * stands for (underscores, case and a final `_t` stay), because spatch guesses
 * by such looks what a name is.
 */
#ifndef MASK_H
#define MASK_H

#include <glib.h>

struct mask;

/*
 * Hides the identifiers that begin at the @n offsets, in any order; *@masked
 * is the new text of @len bytes, NUL-terminated. An offset at which no
 * identifier begins is left alone, as is a name so short that none is left to
 * stand for it. Never NULL.
 */
struct mask *mask_sites(const char *text, gsize len, const gsize *offsets,
			guint n, char **masked);

/* @text, which may have been transformed, with all hidden names restored. */
char *mask_undo(const struct mask *mask, const char *text);

void mask_free(struct mask *mask);

#endif
