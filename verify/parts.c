// SPDX-License-Identifier: GPL-2.0-only
/*
 * parts.c: the table of what an object consists of. See parts.h.
 *
 * Every byte that is kept is told by at least one row: a piece with a symbol
 * and a remainder by their own, an entry by that of its function, anything
 * else by those of the pieces that refer to it, or by its own if none does.
 *
 * Undefined symbols are told by the relocations against them; one without has
 * a row. The order of pieces in a section is not told, but in .initcall*,
 * where it is the order of calls.
 */
#include <string.h>

#include "content.h"
#include "parts.h"
#include "tables.h"
#include "tsv.h"

/* Entries about one thing, in one section. */
struct entries {
	char *name;
	const struct section *section;
	gsize size;
	GPtrArray *digests;	/* char * */
	bool sorted;		/* their order has no meaning */
};

static void add_row(struct tsv *rows, const char *kind, const char *name, const char *section, gsize size,
		    const char *owners, const struct content *content)
{
	g_autofree char *quoted = path_quote(name), *where = path_quote(section);
	g_autofree char *bytes = g_strdup_printf("%" G_GSIZE_FORMAT, size);
	g_autofree char *who = owners ? path_quote(owners) : NULL;

	tsv_add(rows, kind, quoted, where, bytes, who, content->digest, content->masked, content->lines);
}

static void add_text(struct tsv *rows, const char *kind, const char *name, const char *section, gsize size,
		     const char *owners, const char *text)
{
	struct content content = { .digest = content_digest_text(text, strlen(text)) };

	add_row(rows, kind, name, section, size, owners, &content);
	content_clear(&content);
}

/* A section's name without the number that -fdata-sections gives it. */
static char *section_label(const struct section *section)
{
	char *name = name_uncounted(section->name);

	return name ? name : g_strdup(section->name);
}

static char *owners_text(struct piece *piece)
{
	g_autoptr(GPtrArray) owners = piece_owners(piece);

	g_ptr_array_add(owners, NULL);
	return g_strjoinv(",", (char **)owners->pdata);
}

static void entries_free(gpointer data)
{
	struct entries *entries = data;

	g_free(entries->name);
	g_ptr_array_unref(entries->digests);
	g_free(entries);
}

static void add_entry(GHashTable *all, const struct section *section, const char *name, gsize size, char *digest,
		      bool sorted)
{
	g_autofree char *key = g_strdup_printf("%s\t%u", name, section->index);
	struct entries *entries = g_hash_table_lookup(all, key);

	if (!entries) {
		entries = g_new0(struct entries, 1);
		entries->name = g_strdup(name);
		entries->section = section;
		entries->digests = g_ptr_array_new_with_free_func(g_free);
		entries->sorted = sorted;
		g_hash_table_insert(all, g_steal_pointer(&key), entries);
	}
	entries->size += size;
	g_ptr_array_add(entries->digests, digest);
}

static void add_entries(struct tsv *rows, GHashTable *all)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, all);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct entries *entries = value;
		g_autofree char *label = section_label(entries->section), *text = NULL;

		if (entries->sorted)
			g_ptr_array_sort(entries->digests, text_compare);
		g_ptr_array_add(entries->digests, NULL);
		text = g_strjoinv(" ", (char **)entries->digests->pdata);
		add_text(rows, "entries", entries->name, label, entries->size, entries->name, text);
	}
}

/* Row by row what KASAN knows of the objects. */
static void take_globals(const struct binary *binary, struct piece *table, GHashTable *entries)
{
	const struct section *section = table->section;
	gsize size = GLOBAL_WORDS * (binary->is64 ? 8 : 4);

	for (gsize at = table->start; at < table->end; at += size) {
		guint i = section_reloc(section, at);
		const struct reloc *reloc = i < section->relocs->len ? &g_array_index(section->relocs, struct reloc, i) : NULL;
		struct piece *to = reloc && reloc->offset == at && reloc->to ? piece_at(reloc->to, reloc->at) : NULL;
		g_autofree char *owners = to ? owners_text(to) : g_strdup("");

		add_entry(entries, section, owners, MIN(size, table->end - at), content_global(binary, table, at), true);
	}
}

/* What objtool says of how to unwind at the i-th of its places stands in a section beside. */
static char *unwind_bytes(const struct binary *binary, const struct section *places, guint i)
{
	guint64 size;

	for (guint j = 0; j < binary->sections->len; j++) {
		const struct section *section = g_ptr_array_index(binary->sections, j);

		if (strcmp(section->name, ".orc_unwind") || !section->data || section->relocs->len ||
		    section->size % places->pieces->len)
			continue;
		size = section->size / places->pieces->len;
		return g_compute_checksum_for_data(G_CHECKSUM_SHA256, section->data + i * size, size);
	}
	return NULL;
}

static bool is_unwind(const struct binary *binary, const struct section *section)
{
	if (strcmp(section->name, ".orc_unwind") || section->relocs->len)
		return false;
	for (guint i = 0; i < binary->sections->len; i++) {
		const struct section *places = g_ptr_array_index(binary->sections, i);

		if (!strcmp(places->name, ".orc_unwind_ip") && places->pieces->len &&
		    ((struct piece *)g_ptr_array_index(places->pieces, 0))->kind == PIECE_ENTRY)
			return section->size % places->pieces->len == 0;
	}
	return false;
}

static void take_entry(const struct binary *binary, struct piece *piece, guint i, GHashTable *entries)
{
	struct content content = { 0 };
	char *digest;

	content_read(binary, piece, &content);
	digest = g_steal_pointer(&content.digest);
	content_clear(&content);
	if (!strcmp(piece->section->name, ".orc_unwind_ip")) {
		g_autofree char *unwind = unwind_bytes(binary, piece->section, i), *place = digest;

		digest = g_strconcat(place, ":", unwind, NULL);
	}
	add_entry(entries, piece->section, piece->name, piece->end - piece->start, digest, false);
}

static void add_piece(const struct binary *binary, struct piece *piece, struct tsv *rows)
{
	g_autofree char *label = section_label(piece->section), *owners = NULL;
	struct content content = { 0 };
	const char *kind = "remainder";

	if (piece->kind == PIECE_NAMED || piece->kind == PIECE_COUNTED)
		kind = piece_is_function(piece) ? "function" : "data";
	if (piece_is_function(piece))
		owners = g_strdup(piece->name);
	else if (piece->kind == PIECE_COUNTED)
		owners = owners_text(piece);
	content_read(binary, piece, &content);
	add_row(rows, kind, piece->name, label, piece->end - piece->start, owners, &content);
	content_clear(&content);
}

/* Whether some row tells what the anonymous piece holds: that of a piece which leads to it. */
static bool is_told(const struct piece *piece, guint depth)
{
	for (guint i = 0; i < piece->referrers->len; i++) {
		const struct piece *from = g_ptr_array_index(piece->referrers, i);

		if (from->kind != PIECE_ANONYMOUS || (depth && is_told(from, depth - 1)))
			return true;
	}
	return false;
}

static void add_section(const struct binary *binary, const struct section *section, struct tsv *rows,
			GHashTable *entries)
{
	g_autoptr(GString) order = g_string_new(NULL);
	bool skip = is_unwind(binary, section);

	for (guint i = 0; !skip && i < section->pieces->len; i++) {
		struct piece *piece = g_ptr_array_index(section->pieces, i);

		g_string_append_printf(order, "%s\n", piece->name);
		if (piece->role == ROLE_GLOBALS)
			take_globals(binary, piece, entries);
		else if (piece->kind == PIECE_ENTRY)
			take_entry(binary, piece, i, entries);
		else if (piece->kind != PIECE_FILL && (piece->kind != PIECE_ANONYMOUS || !is_told(piece, PIECE_DEPTH)))
			add_piece(binary, piece, rows);
	}
	if (g_str_has_prefix(section->name, ".initcall"))
		add_text(rows, "remainder", "order", section->name, section->pieces->len, NULL, order->str);
	if (section->kept && section->pieces->len && section->flags & SHF_ALLOC && !(section->flags & SHF_MERGE)) {
		g_autofree char *align = g_strdup_printf("%" G_GSIZE_FORMAT, section->align);
		g_autofree char *label = section_label(section);

		add_text(rows, "align", "-", label, section->align, NULL, align);
	}
}

static void add_symbol(const struct symbol *symbol, GHashTable *used, struct tsv *rows)
{
	struct piece *piece = symbol->section && symbol->section->kept ? piece_at(symbol->section, symbol->value) : NULL;
	g_autofree char *text = NULL;
	const char *where = symbol->section ? symbol->section->name : "-";
	const char *owner = NULL;

	if (symbol->bind == STB_LOCAL || (symbol->section && !symbol->section->kept))
		return;
	if (symbol->shndx == SHN_UNDEF && g_hash_table_contains(used, symbol))
		return;
	if (piece && piece_is_function(piece))
		owner = piece->name;
	text = g_strdup_printf("%u %u %u %u %s %" G_GINT64_MODIFIER "d", symbol->bind, symbol->visibility, symbol->type,
			       symbol->section ? 0 : symbol->shndx, piece ? piece->name : "",
			       (gint64)(symbol->value - (piece ? piece->start : 0)));
	add_text(rows, "symbol", symbol->name, where, 0, owner, text);
}

static void add_symbols(const struct binary *binary, struct tsv *rows)
{
	g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < binary->sections->len; i++) {
		const struct section *section = g_ptr_array_index(binary->sections, i);

		for (guint j = 0; j < section->relocs->len; j++)
			g_hash_table_add(used, (gpointer)g_array_index(section->relocs, struct reloc, j).symbol);
	}
	for (guint i = 0; i < binary->symbols->len; i++)
		add_symbol(&g_array_index(binary->symbols, struct symbol, i), used, rows);
}

char *object_parts(const char *path, GError **error)
{
	g_autoptr(GHashTable) entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entries_free);
	struct binary *binary = binary_read(path, error);
	g_autofree char *header = NULL;
	struct tsv *rows;
	char *text;

	if (!binary)
		return NULL;
	pieces_cut(binary);
	positions_mark(binary);
	tables_name(binary);
	rows = tsv_new(PARTS_TSV);
	header = g_strdup_printf("%u %x %d %d", binary->machine, binary->flags, binary->is64, binary->big);
	add_text(rows, "object", "-", "-", 0, NULL, header);
	for (guint i = 0; i < binary->sections->len; i++)
		add_section(binary, g_ptr_array_index(binary->sections, i), rows, entries);
	add_entries(rows, entries);
	add_symbols(binary, rows);
	text = tsv_text(rows);
	tsv_free(rows);
	binary_free(binary);
	return text;
}
