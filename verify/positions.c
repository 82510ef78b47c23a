// SPDX-License-Identifier: GPL-2.0-only
/*
 * positions.c: lines and columns that tools put into objects. See positions.h.
 *
 * Known by section, symbol and where relocations lie; nothing is guessed from
 * a value. What is relied on:
 *
 * struct bug_entry in __bug_table: the address, on some the condition's text,
 * the file, each with a relocation, then u16 line, u16 flags. Without
 * CONFIG_DEBUG_BUGVERBOSE there is neither file nor line; a file is known by
 * its suffix, as a condition's text ends in no .c, .h, .S or .rs.
 *
 * UBSAN: in objects that call __ubsan_handle_*, writable data without symbol
 * that begins with struct source_location: a relocation to a file's name, then
 * u32 line, u32 column. Compilers put nothing else without symbol there, but
 * in .data.rel.ro, which is left alone.
 *
 * KASAN: its constructor refers to an array of struct kasan_global, eight
 * words each, of which the seventh points to a location: file, u32 line, u32
 * column. A function's frame is described by a string, "2 32 8 4 a:12 64 8 4
 * b:13": count, then offset, size, length of what follows, name:line.
 *
 * struct _ddebug in __dyndbg: four pointers, then a word that begins with
 * lineno:18.
 *
 * Other lines are plain numbers, operands or words of data. Those are left
 * in: only who knows which lines moved can tell them from what they look like.
 */
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "positions.h"

#define LINE_DATA_MAX	256	/* bytes of a counted object that may hold a line */

bool positions_is_constructor(const struct piece *piece)
{
	return piece_is_function(piece) && piece->symbol->bind == STB_LOCAL &&
	       (g_str_has_prefix(piece->name, "_sub_I_") || g_str_has_prefix(piece->name, "_sub_D_") ||
		g_str_has_prefix(piece->name, "asan.module_"));
}

static const struct reloc *reloc_at(const struct section *section, gsize offset)
{
	guint i = section_reloc(section, offset);
	const struct reloc *reloc = i < section->relocs->len ? &g_array_index(section->relocs, struct reloc, i) : NULL;

	return reloc && reloc->offset == offset ? reloc : NULL;
}

static bool no_reloc(const struct section *section, gsize start, gsize end)
{
	guint i = section_reloc(section, start);

	return i == section->relocs->len || g_array_index(section->relocs, struct reloc, i).offset >= end;
}

/* Whether the relocation is to text that ends as the name of a source file does. */
static bool names_file(const struct reloc *reloc)
{
	const char *text, *end;
	gsize room;

	if (!reloc || !reloc->to || !reloc->to->data || reloc->at < 0 || reloc->at >= (gint64)reloc->to->size)
		return false;
	text = (const char *)reloc->to->data + reloc->at;
	room = reloc->to->size - reloc->at;
	end = memchr(text, 0, room);
	if (!end || end - text < 3)
		return false;
	return (end[-2] == '.' && strchr("chS", end[-1])) || (end - text > 3 && !strcmp(end - 3, ".rs"));
}

/* A pointer to a file's name, then u32 line and column, at the piece's start. */
static bool is_location(const struct binary *binary, const struct piece *piece)
{
	gsize word = binary->is64 ? 8 : 4;

	return piece->end - piece->start >= word + 8 && names_file(reloc_at(piece->section, piece->start)) &&
	       no_reloc(piece->section, piece->start + word, piece->start + word + 8);
}

static void mark_globals(const struct binary *binary, struct piece *table)
{
	const struct section *section = table->section;
	gsize word = binary->is64 ? 8 : 4;

	if (table->kind != PIECE_ANONYMOUS || (table->end - table->start) / word < GLOBAL_WORDS)
		return;
	table->role = ROLE_GLOBALS;
	for (guint i = section_reloc(section, table->start); i < section->relocs->len; i++) {
		const struct reloc *reloc = &g_array_index(section->relocs, struct reloc, i);
		struct piece *to;

		if (reloc->offset >= table->end)
			break;
		if ((reloc->offset - table->start) / word % GLOBAL_WORDS != 6 || !reloc->to)
			continue;
		to = piece_at(reloc->to, reloc->at);
		if (to && to->kind == PIECE_ANONYMOUS && is_location(binary, to))
			to->role = ROLE_LOCATION;
	}
}

static bool calls_ubsan(const struct binary *binary)
{
	for (guint i = 0; i < binary->symbols->len; i++) {
		const struct symbol *symbol = &g_array_index(binary->symbols, struct symbol, i);

		if (!symbol->section && g_str_has_prefix(symbol->name, "__ubsan_handle_"))
			return true;
	}
	return false;
}

static void mark_piece(const struct binary *binary, struct piece *piece, bool ubsan)
{
	const struct section *section = piece->section;

	if (piece->kind != PIECE_ANONYMOUS || section_is_code(section) || !section->data)
		return;
	for (guint i = 0; i < piece->referrers->len; i++)
		if (positions_is_constructor(g_ptr_array_index(piece->referrers, i)))
			mark_globals(binary, piece);
	if (piece->role == ROLE_NONE && ubsan && section->flags & SHF_WRITE &&
	    !g_str_has_prefix(section->name, ".data.rel.ro") && is_location(binary, piece))
		piece->role = ROLE_UBSAN;
}

void positions_mark(struct binary *binary)
{
	bool ubsan = calls_ubsan(binary);

	for (guint i = 0; i < binary->sections->len; i++) {
		const struct section *section = g_ptr_array_index(binary->sections, i);

		for (guint j = 0; j < section->pieces->len; j++)
			mark_piece(binary, g_ptr_array_index(section->pieces, j), ubsan);
	}
}

static void clear_bug(const struct binary *binary, const struct piece *piece, unsigned char *copy)
{
	const struct section *section = piece->section;
	gsize pointer = binary->is64 ? 8 : 4, end;
	const struct reloc *last = NULL, *next;
	guint i = section_reloc(section, piece->start);

	while (i < section->relocs->len && (next = &g_array_index(section->relocs, struct reloc, i))->offset < piece->end) {
		last = next;
		i++;
	}
	if (!last || last->offset == piece->start || !names_file(last))
		return;
	/* Relative pointers are 32 bits wide: then the two stand closer than a pointer. */
	if (reloc_at(section, piece->start + 4))
		pointer = 4;
	end = last->offset - piece->start + pointer;
	if (end + 4 <= piece->end - piece->start)
		memset(copy + end, 0, 2);
}

static void clear_ddebug(const struct binary *binary, const struct piece *piece, unsigned char *copy)
{
	gsize word = binary->is64 ? 8 : 4;
	guint64 bits, mask = binary->big ? 0x3fff : 0xfffc0000;

	if (piece->end - piece->start < 4 * word + 4)
		return;
	for (guint i = 0; i < 4; i++)
		if (!reloc_at(piece->section, piece->start + i * word))
			return;
	bits = binary_get(binary, copy + 4 * word, 4);
	binary_put(binary, copy + 4 * word, 4, bits & mask);
}

void positions_clear(const struct binary *binary, const struct piece *piece, unsigned char *copy)
{
	if (piece->role == ROLE_UBSAN || piece->role == ROLE_LOCATION)
		memset(copy + (binary->is64 ? 8 : 4), 0, 8);
	else if (piece->kind == PIECE_ENTRY && !strcmp(piece->section->name, "__bug_table"))
		clear_bug(binary, piece, copy);
	else if (piece->symbol && !strcmp(piece->section->name, "__dyndbg"))
		clear_ddebug(binary, piece, copy);
}

/* A decimal number and the blank behind it, at *p, which moves past both. */
static bool take_number(const char **p, gulong *value)
{
	char *end;

	if (!g_ascii_isdigit(**p))
		return false;
	*value = strtoul(*p, &end, 10);
	if (*end != ' ')
		return false;
	*p = end + 1;
	return true;
}

char *positions_frame(const char *text)
{
	g_autoptr(GString) plain = g_string_new(NULL);
	gulong n, offset, size, len;
	const char *p = text, *colon;

	if (!take_number(&p, &n) || !n)
		return NULL;
	g_string_append_printf(plain, "%lu", n);
	for (gulong i = 0; i < n; i++) {
		if (!take_number(&p, &offset) || !take_number(&p, &size) || !take_number(&p, &len))
			return NULL;
		if (!len || len > strlen(p) || (p[len] != ' ' && p[len]))
			return NULL;
		colon = g_strrstr_len(p, len, ":");
		if (colon && strspn(colon + 1, "0123456789") != (gsize)(p + len - colon - 1))
			colon = NULL;
		g_string_append_printf(plain, " %lu %lu %.*s", offset, size, (int)(colon ? colon - p : (gssize)len), p);
		p += len;
		p += *p == ' ';
	}
	return *p ? NULL : g_string_free(g_steal_pointer(&plain), FALSE);
}

char *positions_global_name(const char *text)
{
	char *name;

	if (text[0] == '*' && text[1] == '.') {
		g_autofree char *counted = g_strdup_printf("__UNIQUE_ID_%s", text);

		return name_uncounted(counted);
	}
	name = name_uncounted(text);
	return name ? name : g_strdup(text);
}

static bool has_reloc(const struct section *section, const struct field *field)
{
	return !no_reloc(section, field->at, field->at + field->len);
}

static void take_line(GArray *lines, guint64 value)
{
	guint line = value;

	g_array_append_val(lines, line);
}

void positions_mask(const struct binary *binary, const struct piece *piece, gsize end, unsigned char *copy,
		    GArray *lines)
{
	const struct section *section = piece->section;
	struct field field;

	if (section_is_code(section)) {
		for (gsize at = piece->start; at < end; at++) {
			if (!machine_immediate(binary, section, at, end, &field) || has_reloc(section, &field))
				continue;
			take_line(lines, field.value);
			machine_clear(binary, &field, copy, piece->start);
			at = field.at + field.len - 1;
		}
		return;
	}
	if (piece->kind != PIECE_COUNTED || end - piece->start > LINE_DATA_MAX)
		return;
	for (gsize at = (piece->start + 3) & ~(gsize)3; at + 4 <= end; at += 4) {
		unsigned char *word = copy + (at - piece->start);
		guint64 value = binary_get(binary, word, 4);

		field = (struct field){ .at = at, .len = 4 };
		if (!value || value > G_MAXUINT16 || has_reloc(section, &field))
			continue;
		take_line(lines, value);
		memset(word, 0, 4);
	}
}

void positions_clear_count(const struct binary *binary, const struct piece *piece, gsize end, unsigned char *copy)
{
	const struct section *section = piece->section;
	gsize size = GLOBAL_WORDS * (binary->is64 ? 8 : 4);
	struct field field;
	gint64 count = 0;

	for (guint i = section_reloc(section, piece->start); i < section->relocs->len; i++) {
		const struct reloc *reloc = &g_array_index(section->relocs, struct reloc, i);
		const struct piece *to = reloc->to ? piece_at(reloc->to, reloc->at) : NULL;

		if (reloc->offset >= end)
			break;
		if (to && to->role == ROLE_GLOBALS)
			count = (to->end - to->start) / size;
	}
	for (gsize at = piece->start; count && at < end; at++)
		if (machine_immediate(binary, section, at, end, &field) && field.value == count)
			machine_clear(binary, &field, copy, piece->start);
}
