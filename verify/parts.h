/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parts.h: what an object consists of, as a table that outlives the object.
 *
 *	kind	name	section	size	owners	digest	masked	lines
 *	function	brd_open	.text	120	brd_open	6b0f..	91c2..	64,347
 *	data	__func__.#	.rodata	9	brd_open	02aa..	-	-
 *	entries	brd_open	__bug_table	24	brd_open	77d1..	-	-
 *	symbol	brd_open	.text	0	brd_open	19be..	-	-
 *
 * kind: function, data (an object), entries (what a table says of a function,
 * and of KASAN what it says of an object), symbol (its binding, visibility,
 * type), remainder (bytes that no symbol covers and nothing refers to), align
 * (of a section), group, object (machine and flags).
 * owners: the functions whose change explains a change of this, "f,g".
 * Names and sections are quoted as paths are. Two objects mean the same when
 * their tables are equal; when rows differ in digest only and masked is equal,
 * they differ in the numbers of lines alone.
 */
#ifndef PARTS_H
#define PARTS_H

#include "util.h"

/* To be part of the key that a table is kept under. */
#define PARTS_VERSION	"3"
#define PARTS_TSV	"kind name section size owners digest masked lines"

/* The table of the object; NULL when it cannot be read. */
char *object_parts(const char *path, GError **error);

enum part_change {
	PART_CHANGED,
	PART_ADDED,
	PART_REMOVED,
};

struct part_difference {
	enum part_change change;
	char *kind, *name, *section, *owners;	/* as in the table; owners of either side, "-": none */
	gint64 size_before, size_after;		/* 0 where there is none */
	bool expected;
};

/* Whether the line of the old source became that of the new one without being changed. */
typedef bool (*line_moved)(guint before, guint after, gpointer data);

/*
 * What differs: struct part_difference *, owned, by kind, name and section;
 * empty when the objects mean the same. expected: a set of function names, "*"
 * for all; NULL: none. A difference is expected when all its owners are, where
 * foo.cold and its like count as foo, and globals of KASAN that only tables refer
 * to are when an entry of the bug table is. Without moved, a line is a number like
 * any other. NULL when a table cannot be parsed.
 */
GPtrArray *parts_compare(const char *before, const char *after, GHashTable *expected, line_moved moved, gpointer data,
			 GError **error);
/* Bytes of all functions; 0 when the table cannot be parsed. */
gint64 parts_code_size(const char *parts);
/* The function that the compiler made this one of: "foo" for foo.isra.0.cold. */
char *part_parent(const char *function);

#endif
