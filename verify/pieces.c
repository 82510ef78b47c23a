// SPDX-License-Identifier: GPL-2.0-only
/*
 * pieces.c: cutting sections into pieces. See pieces.h.
 *
 * A symbol with a size covers that many bytes; of two that overlap the one
 * that begins first counts, then the longer, then the one that is not weak,
 * is local, comes first by name. A symbol without size, from an assembler
 * file or an asm statement, covers what follows up to the next symbol.
 */
#include <string.h>

#include "machine.h"
#include "tables.h"

static void piece_free(gpointer data)
{
	struct piece *piece = data;

	g_free(piece->name);
	g_ptr_array_unref(piece->referrers);
	for (guint i = 0; i <= PIECE_DEPTH; i++)
		g_free(piece->digests[i]);
	g_free(piece);
}

/* The name with its digits from the given place on written as one '#' a number. */
static char *hide_numbers(const char *name, const char *from)
{
	GString *text = g_string_new_len(name, from - name);

	for (const char *p = from; *p; p++) {
		if (!g_ascii_isdigit(*p))
			g_string_append_c(text, *p);
		else if (p == from || !g_ascii_isdigit(p[-1]))
			g_string_append_c(text, '#');
	}
	return g_string_free(text, FALSE);
}

char *name_uncounted(const char *name)
{
	/* Names the kernel's macros make of __COUNTER__ and __LINE__. */
	static const char *const made[] = { "__UNIQUE_ID_", "__addressable_", "__BTF_ID__", "__initcall__",
					    "__initstub__", "__exitcall__" };
	const char *end = name + strlen(name);

	for (guint i = 0; i < G_N_ELEMENTS(made); i++)
		if (g_str_has_prefix(name, made[i]))
			return hide_numbers(name, name + strlen(made[i]));
	while (end > name && g_ascii_isdigit(end[-1]))
		end--;
	if (*end && end - name > 1 && end[-1] == '.')
		return hide_numbers(name, end);
	return NULL;
}

struct piece *piece_add(struct section *section, enum piece_kind kind, gsize start, gsize end,
			const struct symbol *symbol)
{
	struct piece *piece = g_new0(struct piece, 1);

	piece->kind = kind;
	piece->section = section;
	piece->start = start;
	piece->end = end;
	piece->symbol = symbol;
	piece->name = g_strdup(symbol ? symbol->name : "");
	piece->referrers = g_ptr_array_new();
	g_ptr_array_add(section->pieces, piece);
	return piece;
}

struct piece *piece_at(const struct section *section, gint64 offset)
{
	guint low = 0, high = section->pieces->len;

	if (!high || offset < 0 || offset > (gint64)section->size)
		return NULL;
	while (high - low > 1) {
		guint middle = (low + high) / 2;
		const struct piece *piece = g_ptr_array_index(section->pieces, middle);

		if ((gint64)piece->start <= offset)
			low = middle;
		else
			high = middle;
	}
	return g_ptr_array_index(section->pieces, low);
}

struct piece *piece_meant(struct piece *piece)
{
	while (piece->kind == PIECE_FILL && piece->next)
		piece = piece->next;
	return piece;
}

/* Mapping symbols ($a, $d, $x) and assembler labels name nothing. */
static bool begins_piece(const struct symbol *symbol)
{
	return symbol->section && symbol->section->kept && symbol->type != STT_SECTION && symbol->type != STT_FILE &&
	       symbol->name[0] && symbol->name[0] != '$' && !g_str_has_prefix(symbol->name, ".L");
}

static gint by_place(gconstpointer a, gconstpointer b)
{
	const struct symbol *x = *(struct symbol *const *)a, *y = *(struct symbol *const *)b;
	bool weak_x = x->bind == STB_WEAK, weak_y = y->bind == STB_WEAK;
	bool local_x = x->bind == STB_LOCAL, local_y = y->bind == STB_LOCAL;

	if (x->section != y->section)
		return x->section->index < y->section->index ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	if (weak_x != weak_y)
		return weak_x - weak_y;
	if (local_x != local_y)
		return local_y - local_x;
	return strcmp(x->name, y->name);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
	const gsize *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Offsets in each section that relocations point at: GArray of gsize by section, sorted. */
static GPtrArray *targets_find(const struct binary *binary)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

	for (guint i = 0; i < binary->sections->len; i++)
		g_ptr_array_add(all, g_array_new(FALSE, FALSE, sizeof(gsize)));
	for (guint i = 0; i < binary->sections->len; i++) {
		const struct section *section = g_ptr_array_index(binary->sections, i);

		for (guint j = 0; j < section->relocs->len; j++) {
			const struct reloc *reloc = &g_array_index(section->relocs, struct reloc, j);
			gsize at = reloc->at;

			if (reloc->to && reloc->at >= 0 && at < reloc->to->size)
				g_array_append_val((GArray *)g_ptr_array_index(all, reloc->to->index), at);
		}
	}
	for (guint i = 0; i < all->len; i++)
		g_array_sort(g_ptr_array_index(all, i), by_number);
	return all;
}

static bool all_zero(const struct section *section, gsize start, gsize end)
{
	for (gsize i = start; section->data && i < end; i++)
		if (section->data[i])
			return false;
	return true;
}

/* Whether the section is the compiler's own, where what nothing leads to has no meaning but the room it takes. */
static bool is_ordinary(const struct section *section)
{
	static const char *const names[] = { ".data", ".bss", ".rodata", ".sdata", ".sbss" };

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_str_has_prefix(section->name, names[i]))
			return true;
	return false;
}

/*
 * Whether bytes start..end are fill: no-ops before a symbol, also pointed at,
 * as a place to patch may be; zeros that are not pointed at, which KASAN's
 * red zones are too.
 */
static bool is_fill(const struct binary *binary, const struct section *section, gsize start, gsize end,
		    bool pointed_at, bool before_symbol)
{
	guint reloc = section_reloc(section, start);

	if (reloc < section->relocs->len && g_array_index(section->relocs, struct reloc, reloc).offset < end)
		return false;
	if (section_is_code(section) && section->data)
		return (before_symbol || !pointed_at) && machine_fill(binary, section, start, end) == start;
	return !pointed_at && (end - start < section->align || is_ordinary(section)) &&
	       all_zero(section, start, end);
}

/* Bytes start..end are in no symbol: a piece begins at each offset that is pointed at. */
static void cut_gap(const struct binary *binary, struct section *section, gsize start, gsize end,
		    const GArray *targets)
{
	guint i = 0;

	while (i < targets->len && g_array_index(targets, gsize, i) < start)
		i++;
	for (gsize at = start, next; at < end; at = next) {
		bool pointed_at = i < targets->len && g_array_index(targets, gsize, i) == at;

		while (i < targets->len && g_array_index(targets, gsize, i) == at)
			i++;
		next = i < targets->len ? MIN(g_array_index(targets, gsize, i), end) : end;
		if (is_fill(binary, section, at, next, pointed_at, next == end && end < section->size))
			piece_add(section, PIECE_FILL, at, next, NULL);
		else
			piece_add(section, pointed_at ? PIECE_ANONYMOUS : PIECE_REMAINDER, at, next, NULL);
	}
}

/* Cuts the section at its symbols, which are those from symbols[first] on. */
static guint cut_symbols(const struct binary *binary, struct section *section, const GPtrArray *symbols, guint first,
			 const GArray *targets)
{
	gsize at = 0;
	guint i;

	for (i = first; i < symbols->len; i++) {
		const struct symbol *symbol = g_ptr_array_index(symbols, i), *next = NULL;
		gsize end = section->size;

		if (symbol->section != section)
			break;
		if (symbol->value < at || symbol->value >= section->size)
			continue;
		cut_gap(binary, section, at, symbol->value, targets);
		for (guint j = i + 1; j < symbols->len && !next; j++) {
			next = g_ptr_array_index(symbols, j);
			if (next->section == section && next->value == symbol->value)
				next = NULL;
		}
		if (symbol->size)
			end = symbol->value + MIN(symbol->size, section->size - symbol->value);
		else if (next && next->section == section)
			end = next->value;
		at = MAX(end, symbol->value + 1);
		piece_add(section, PIECE_NAMED, symbol->value, at, symbol);
	}
	cut_gap(binary, section, at, section->size, targets);
	return i;
}

/* Numbers what was counted, and marks local names that stand for more than one thing. */
static void name_pieces(struct binary *binary)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < binary->sections->len; i++) {
		const struct section *section = g_ptr_array_index(binary->sections, i);

		for (guint j = 0; j < section->pieces->len; j++) {
			struct piece *piece = g_ptr_array_index(section->pieces, j), *other;
			char *name;

			piece->next = j + 1 < section->pieces->len ? g_ptr_array_index(section->pieces, j + 1) : NULL;
			if (!piece->symbol || piece->symbol->bind != STB_LOCAL)
				continue;
			/* foo.isra.0 is numbered within foo: its number is part of its name. */
			if (!section_is_code(section) && (name = name_uncounted(piece->name))) {
				g_free(piece->name);
				piece->name = name;
				piece->kind = PIECE_COUNTED;
				continue;
			}
			other = g_hash_table_lookup(seen, piece->name);
			if (other)
				piece->kind = other->kind = PIECE_COUNTED;
			g_hash_table_insert(seen, piece->name, piece);
		}
	}
}

static void note_referrers(struct binary *binary)
{
	for (guint i = 0; i < binary->sections->len; i++) {
		struct section *section = g_ptr_array_index(binary->sections, i);

		for (guint j = 0; j < section->relocs->len; j++) {
			const struct reloc *reloc = &g_array_index(section->relocs, struct reloc, j);
			struct piece *from = piece_at(section, reloc->offset);
			struct piece *to = reloc->to ? piece_at(reloc->to, reloc->at) : NULL;

			if (from && to && from != to && (!to->referrers->len || to->referrers->pdata[to->referrers->len - 1] != from))
				g_ptr_array_add(to->referrers, from);
		}
	}
}

void pieces_cut(struct binary *binary)
{
	g_autoptr(GPtrArray) symbols = g_ptr_array_new();
	g_autoptr(GPtrArray) targets = targets_find(binary);
	guint next = 0;

	for (guint i = 0; i < binary->symbols->len; i++) {
		struct symbol *symbol = &g_array_index(binary->symbols, struct symbol, i);

		if (begins_piece(symbol))
			g_ptr_array_add(symbols, symbol);
	}
	g_ptr_array_sort(symbols, by_place);
	for (guint i = 0; i < binary->sections->len; i++) {
		struct section *section = g_ptr_array_index(binary->sections, i);
		const struct symbol *symbol = next < symbols->len ? g_ptr_array_index(symbols, next) : NULL;
		bool has_symbols = symbol && symbol->section == section;
		section->pieces = g_ptr_array_new_with_free_func(piece_free);
		/* Merged strings are compared where they are referred to. */
		if (!section->kept || (section_is_strings(section) && section->flags & SHF_ALLOC))
			while (next < symbols->len && ((struct symbol *)g_ptr_array_index(symbols, next))->section == section)
				next++;
		else if (has_symbols || !table_cut(binary, section))
			next = cut_symbols(binary, section, symbols, next, g_ptr_array_index(targets, i));
	}
	name_pieces(binary);
	note_referrers(binary);
}

static void collect_owners(struct piece *piece, guint depth, GHashTable *names)
{
	for (guint i = 0; i < piece->referrers->len; i++) {
		struct piece *from = g_ptr_array_index(piece->referrers, i);

		/* Tables list what is used elsewhere. */
		if (from->kind == PIECE_ENTRY || from->kind == PIECE_FILL || from->role == ROLE_GLOBALS)
			continue;
		if (piece_is_function(from) || from->kind == PIECE_NAMED)
			g_hash_table_add(names, from->name);
		else if (depth)
			collect_owners(from, depth - 1, names);
	}
}

GPtrArray *piece_owners(struct piece *piece)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	GPtrArray *owners = g_ptr_array_new();
	GHashTableIter iter;
	gpointer name;

	piece = piece_meant(piece);
	if (piece_is_function(piece) || piece->kind == PIECE_NAMED)
		g_hash_table_add(names, piece->name);
	else
		collect_owners(piece, PIECE_DEPTH, names);
	g_hash_table_iter_init(&iter, names);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		g_ptr_array_add(owners, name);
	g_ptr_array_sort(owners, text_compare);
	return owners;
}
