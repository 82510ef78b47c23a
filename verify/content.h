/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * content.h: what a piece holds, as a digest that does not change when things
 * only move in the object or its sources.
 *
 * A relocation counts as its offset in the piece, its type and what it means:
 * a name and an offset, a string's text, or the content of a piece without
 * name of its own.
 */
#ifndef CONTENT_H
#define CONTENT_H

#include "positions.h"

struct content {
	char *digest;
	char *masked;		/* the same with the lines left out; NULL: there are none */
	char *lines;		/* numbers that a line of a source could be, in order: "12,400" */
};

void content_clear(struct content *content);
/* Of the whole piece. */
void content_read(const struct binary *binary, struct piece *piece, struct content *content);
/* One kasan_global of a piece of that role, at the offset. */
char *content_global(const struct binary *binary, struct piece *table, gsize at);
/* Of any text: 24 hex digits. */
char *content_digest_text(const char *text, gsize len);

#endif
