/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * binary.h: a relocatable ELF object in memory, the same for every machine.
 *
 * Addends of REL targets have been taken out of the section contents, and
 * what a relocation refers to has been found: a place (to, at) in a section
 * of the object, or a symbol that has none.
 */
#ifndef BINARY_H
#define BINARY_H

#include <gelf.h>

#include "util.h"

struct section {
	const char *name;
	guint index, type;
	guint64 flags;
	gsize size, align, entsize;
	unsigned char *data;	/* NULL: nothing in the file, all zero */
	bool kept;		/* part of what the object means: not debug information, not linker bookkeeping */
	GArray *relocs;		/* struct reloc, by offset */
	GPtrArray *pieces;	/* pieces.h */
};

struct symbol {
	const char *name;
	struct section *section;	/* NULL: undefined, absolute or common */
	guint64 value, size;
	guint type, bind, visibility, shndx;
	bool thumb;
};

struct reloc {
	gsize offset;
	guint type;
	gint64 addend;
	const struct symbol *symbol;	/* NULL: none */
	struct section *to;		/* NULL: the symbol is not defined in a section */
	gint64 at;			/* offset in to that is meant, which can lie outside of it */
};

struct binary {
	int fd;
	Elf *elf;
	guint machine, flags;
	bool is64, big, rel;
	GPtrArray *sections;	/* struct section *, by index */
	GArray *symbols;	/* struct symbol; fixed once read */
};

/* NULL when the file is not an ELF object that can be linked, or is damaged. */
struct binary *binary_read(const char *path, GError **error);
void binary_free(struct binary *binary);

/* len bytes (1, 2, 4, 8) as a number in the byte order of the object's data. */
guint64 binary_get(const struct binary *binary, const unsigned char *at, gsize len);
void binary_put(const struct binary *binary, unsigned char *at, gsize len, guint64 value);
/* The first relocation at or after the offset: an index into section->relocs, its length when there is none. */
guint section_reloc(const struct section *section, gsize offset);

static inline bool section_is_code(const struct section *section)
{
	return section->flags & SHF_EXECINSTR;
}

static inline bool section_is_strings(const struct section *section)
{
	return (section->flags & (SHF_MERGE | SHF_STRINGS)) == (SHF_MERGE | SHF_STRINGS);
}

#endif
