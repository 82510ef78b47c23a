// SPDX-License-Identifier: GPL-2.0-only
/*
 * tables.c: sections that are lists of records about code. See tables.h.
 *
 * A section is a table when it has no symbols and begins with a relocation
 * into code: bug tables, exception tables, jump labels, alternatives, mcount
 * locations. Its records are as long as the shortest period at which such a
 * relocation recurs, given how many a record has at least where that is more
 * than one. What has no period is no table, and stays one piece.
 *
 * .eh_frame is a list of records that begin with their length. A record is
 * about a function, or common to others, which hold the distance back to it.
 *
 * A record is about what its first relocation points at.
 */
#include <string.h>

#include "tables.h"

static bool into_code(const struct section *section, guint i)
{
	const struct reloc *reloc = &g_array_index(section->relocs, struct reloc, i);

	return reloc->to && section_is_code(reloc->to);
}

/* How many relocations a record of the table has at least. */
static guint record_relocs(const char *name)
{
	static const struct {
		const char *name;
		guint n;
	} tables[] = { { "__ex_table", 2 }, { ".altinstructions", 2 }, { "__jump_table", 3 }, { ".static_call_sites", 2 } };

	for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
		if (!strcmp(tables[i].name, name))
			return tables[i].n;
	return 1;
}

static bool is_period(const struct section *section, gsize period)
{
	if (!period || section->size % period)
		return false;
	for (gsize at = 0; at < section->size; at += period) {
		guint i = section_reloc(section, at);

		if (i == section->relocs->len || g_array_index(section->relocs, struct reloc, i).offset != at ||
		    !into_code(section, i))
			return false;
	}
	return true;
}

/* The length of a record, 0: not a table. */
static gsize table_period(const struct section *section)
{
	static const char *const not[] = { ".text", ".data", ".rodata", ".bss", ".init", ".exit", ".ctors", ".dtors",
					   ".fini", ".preinit", ".eh_frame", ".toc", ".got", ".init_array" };
	guint least = record_relocs(section->name);

	if (section_is_code(section) || !section->data || section->relocs->len < least || !is_period(section, section->size))
		return 0;
	for (guint i = 0; i < G_N_ELEMENTS(not); i++)
		if (g_str_has_prefix(section->name, not[i]))
			return 0;
	for (guint i = least; i < section->relocs->len; i++) {
		gsize period = g_array_index(section->relocs, struct reloc, i).offset;

		if (is_period(section, period))
			return period;
	}
	return section->size;
}

static bool cut_frames(const struct binary *binary, struct section *section)
{
	gsize at = 0, len;

	for (guint pass = 0; pass < 2; pass++) {
		for (at = 0; section->data && at + 4 <= section->size; at += len) {
			guint64 size = binary_get(binary, section->data + at, 4);

			len = size + 4;
			if (size == G_MAXUINT32 || len > section->size - at || (size && size < 4))
				return false;
			if (pass)
				piece_add(section, PIECE_ENTRY, at, at + len, NULL);
		}
		if (at != section->size)
			return false;
	}
	return true;
}

struct piece *table_common(const struct binary *binary, const struct piece *entry)
{
	const struct section *section = entry->section;
	guint64 distance;
	struct piece *common;

	if (strcmp(section->name, ".eh_frame") || entry->end - entry->start < 8)
		return NULL;
	distance = binary_get(binary, section->data + entry->start + 4, 4);
	if (!distance || distance > entry->start + 4)
		return NULL;
	common = piece_at(section, entry->start + 4 - distance);
	return common && common != entry ? common : NULL;
}

bool table_cut(const struct binary *binary, struct section *section)
{
	gsize period;

	if (!strcmp(section->name, ".eh_frame"))
		return cut_frames(binary, section);
	period = table_period(section);
	for (gsize at = 0; period && at < section->size; at += period)
		piece_add(section, PIECE_ENTRY, at, at + period, NULL);
	return period;
}

static char *entry_subject(const struct piece *entry)
{
	const struct section *section = entry->section;
	guint i = section_reloc(section, entry->start);
	g_autoptr(GPtrArray) owners = NULL;
	const struct reloc *reloc;
	struct piece *to;

	if (i == section->relocs->len)
		return g_strdup("");
	reloc = &g_array_index(section->relocs, struct reloc, i);
	if (reloc->offset >= entry->end)
		return g_strdup("");
	to = reloc->to ? piece_at(reloc->to, reloc->at) : NULL;
	if (!to)
		return g_strdup(reloc->symbol && !reloc->to ? reloc->symbol->name : "");
	owners = piece_owners(to);
	g_ptr_array_add(owners, NULL);
	return g_strjoinv(",", (char **)owners->pdata);
}

void tables_name(struct binary *binary)
{
	for (guint i = 0; i < binary->sections->len; i++) {
		const struct section *section = g_ptr_array_index(binary->sections, i);
		g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);

		for (guint j = 0; j < section->pieces->len; j++) {
			struct piece *piece = g_ptr_array_index(section->pieces, j);

			if (piece->kind != PIECE_ENTRY)
				continue;
			g_free(piece->name);
			piece->name = entry_subject(piece);
			piece->ordinal = GPOINTER_TO_UINT(g_hash_table_lookup(counts, piece->name));
			g_hash_table_insert(counts, piece->name, GUINT_TO_POINTER(piece->ordinal + 1));
		}
	}
}
