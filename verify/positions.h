/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * positions.h: what an object says of lines and columns in its sources.
 */
#ifndef POSITIONS_H
#define POSITIONS_H

#include "pieces.h"

/* Bytes in a kasan_global, in words of the target. */
#define GLOBAL_WORDS	8

/* Finds what the sanitizers' pieces are: sets their role. */
void positions_mark(struct binary *binary);
/* Clears lines and columns in a copy of the piece's bytes. */
void positions_clear(const struct binary *binary, const struct piece *piece, unsigned char *copy);
/*
 * Clears in a copy what could be a line in the bytes up to end: operands of
 * code, words of small counted objects. The values go to lines, guint.
 */
void positions_mask(const struct binary *binary, const struct piece *piece, gsize end, unsigned char *copy,
		    GArray *lines);
/* Clears the number of globals that KASAN's constructor passes: they are compared one by one. */
void positions_clear_count(const struct binary *binary, const struct piece *piece, gsize end, unsigned char *copy);
/* KASAN's description of a stack frame without its lines; NULL when the text is none. */
char *positions_frame(const char *text);
/* A name that KASAN gives to a global, without the compiler's number. */
char *positions_global_name(const char *text);
/* Constructor and destructor that KASAN adds to an object. */
bool positions_is_constructor(const struct piece *piece);

#endif
