/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pieces.h: the sections of an object cut into what can be compared alone.
 *
 * A named piece is what a symbol covers. A counted piece is a local object
 * whose name the compiler or the kernel made unique with a number (x.12,
 * __UNIQUE_ID_x12): another number is the same name. An anonymous piece
 * begins where a relocation points and has no symbol. An entry is one record
 * of a table that other sections' code is listed in, such as __bug_table.
 * Fill is what keeps the next piece aligned. The rest is remainder.
 *
 * Every byte of a kept section lies in exactly one piece, but those of merged
 * strings, which are what refers to them.
 */
#ifndef PIECES_H
#define PIECES_H

#include "binary.h"

enum piece_kind {
	PIECE_NAMED,
	PIECE_COUNTED,
	PIECE_ANONYMOUS,
	PIECE_ENTRY,
	PIECE_FILL,
	PIECE_REMAINDER,
};

/* What an anonymous piece is to a sanitizer; positions.h. */
enum piece_role {
	ROLE_NONE,
	ROLE_UBSAN,		/* begins with a struct source_location */
	ROLE_LOCATION,		/* is a struct kasan_source_location */
	ROLE_GLOBALS,		/* is an array of struct kasan_global */
};

#define PIECE_DEPTH	8	/* anonymous and counted pieces followed into each other */

struct piece {
	enum piece_kind kind;
	enum piece_role role;
	struct section *section;
	gsize start, end;
	const struct symbol *symbol;	/* NULL: has none */
	char *name;			/* the symbol's, its number taken off; of an entry see tables.h; else "" */
	guint ordinal;			/* PIECE_ENTRY: among those of its section with its name */
	struct piece *next;		/* that follows in the section */
	GPtrArray *referrers;		/* struct piece *: with a relocation into this one, each once */
	char *digests[PIECE_DEPTH + 1];	/* of content.c */
};

/* Adds a piece behind those the section has. */
struct piece *piece_add(struct section *section, enum piece_kind kind, gsize start, gsize end,
			const struct symbol *symbol);
/* Cuts all sections; the pieces are in section->pieces, by offset, and belong to the section. */
void pieces_cut(struct binary *binary);
/* The piece the offset is in, or that ends there when none begins; NULL: the section has none. */
struct piece *piece_at(const struct section *section, gint64 offset);
/* The piece that a place in it should be counted for: fill gives way to what it aligns. */
struct piece *piece_meant(struct piece *piece);
/* Functions and named data that reach the piece, through pieces of no name of their own: names, sorted, each once. */
GPtrArray *piece_owners(struct piece *piece);
/* A local name less the numbers that make it unique; NULL when it has none. */
char *name_uncounted(const char *name);

static inline bool piece_is_function(const struct piece *piece)
{
	return piece->symbol && section_is_code(piece->section);
}

#endif
