// SPDX-License-Identifier: GPL-2.0-only
/*
 * content.c: the digest of what a piece holds. See content.h.
 *
 * A piece is written down as text: its section's name and flags, its bytes
 * with every field cleared whose meaning is given in words, and these words.
 * Branches that the assembler resolved to the start of another piece are such
 * fields: their distance depends on what lies between. A branch found by
 * accident, in bytes that are something else, is written down all the same;
 * as its field can be had back from place and distance, no two contents come
 * to look alike by that.
 *
 * Pieces without name of their own are written by their content, which may
 * refer to further such pieces. PIECE_DEPTH ends what would go in circles;
 * beyond it a relocation is written as it stands.
 *
 * Of counted pieces the same name can mean several. Within one referrer they
 * are told apart by the order in which they are first referred to.
 */
#include <string.h>

#include "content.h"
#include "machine.h"
#include "tables.h"

/* One piece while it is written down. */
struct view {
	const struct binary *binary;
	struct piece *piece;
	guint depth;
	gsize base;		/* offsets count from here: the piece's start, or a part of it */
	GString *words;		/* the meaning of cleared fields */
	GPtrArray *counted;	/* struct piece *: counted pieces in order of appearance */
	bool global_name;	/* strings are names in a kasan_global */
	GArray *said;		/* guint: lines of the source that strings name, in order */
};

static const char *content_of(const struct binary *binary, struct piece *piece, guint depth);

char *content_digest_text(const char *text, gsize len)
{
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, len);

	return g_strndup(sum, 24);
}

void content_clear(struct content *content)
{
	g_free(content->digest);
	g_free(content->masked);
	g_free(content->lines);
	memset(content, 0, sizeof(*content));
}

/* With -fdata-sections a section's name is that of what it holds, number and all. */
static void write_section(GString *text, const struct section *section)
{
	g_autofree char *name = name_uncounted(section->name);

	g_string_append_printf(text, "%s %u %" G_GINT64_MODIFIER "x\n", name ? name : section->name, section->type,
			       section->flags & ~(guint64)SHF_INFO_LINK);
}

static guint ordinal_of(struct view *view, struct piece *piece)
{
	guint n = 0;

	for (guint i = 0; i < view->counted->len; i++) {
		struct piece *other = g_ptr_array_index(view->counted, i);

		if (other == piece)
			return n;
		n += !strcmp(other->name, piece->name);
	}
	g_ptr_array_add(view->counted, piece);
	return n;
}

/* Whether a line number of a source stands at the offset, as in "drivers/block/brd.c:12". */
static bool is_line(const char *text, gsize at)
{
	return at >= 4 && text[at - 1] == ':' && g_ascii_isdigit(text[at]) && text[at - 3] == '.' &&
	       strchr("chS", text[at - 2]) && g_ascii_isgraph(text[at - 4]);
}

/* Writes a string; the lines it names are positions. */
static void write_text(struct view *view, const char *text, gsize len)
{
	g_autoptr(GString) plain = g_string_sized_new(len);
	gsize at = 0;

	while (at < len) {
		guint line = 0;

		if (!is_line(text, at)) {
			g_string_append_c(plain, text[at++]);
			continue;
		}
		while (at < len && g_ascii_isdigit(text[at]))
			line = line * 10 + g_ascii_digit_value(text[at++]);
		g_array_append_val(view->said, line);
		g_string_append_c(plain, '#');
	}
	g_string_append_printf(view->words, "string %" G_GSIZE_FORMAT " ", plain->len);
	g_string_append_len(view->words, plain->str, plain->len);
	g_string_append_c(view->words, '\n');
}

/* A string that KASAN put among the data, with its red zone: its text when it names a line, or NULL. */
static const char *text_of(const struct piece *piece)
{
	const struct section *section = piece->section;
	const char *text = (const char *)section->data + piece->start;
	gsize size = piece->end - piece->start, len = section->data ? strnlen(text, size) : size;
	guint reloc = section_reloc(section, piece->start);
	bool names_line = false;

	if (len == size || (reloc < section->relocs->len &&
			    g_array_index(section->relocs, struct reloc, reloc).offset < piece->end))
		return NULL;
	for (gsize i = 0; i < size; i++) {
		if (i >= len && text[i])
			return NULL;
		names_line |= i < len && is_line(text, i);
	}
	return names_line ? text : NULL;
}

/* The string of a merged section at the offset; wide characters up to their own zero. */
static void write_string(struct view *view, const struct section *section, gsize at)
{
	gsize unit = CLAMP(section->entsize, 1, 8), end = at;

	while (end + unit <= section->size) {
		bool zero = true;

		for (gsize i = 0; i < unit; i++)
			zero &= !section->data[end + i];
		if (zero)
			break;
		end += unit;
	}
	if (unit == 1 && end < section->size) {
		const char *text = (const char *)section->data + at;
		g_autofree char *plain = view->global_name ? positions_global_name(text) : positions_frame(text);

		if (plain) {
			g_string_append_printf(view->words, "string %s\n", plain);
			return;
		}
	}
	if (unit == 1) {
		write_text(view, (const char *)section->data + at, end - at);
		return;
	}
	g_string_append_printf(view->words, "string %" G_GSIZE_FORMAT " ", end - at);
	g_string_append_len(view->words, (const char *)section->data + at, end - at);
	g_string_append_c(view->words, '\n');
}

static void write_piece(struct view *view, struct piece *piece, gint64 offset)
{
	const struct section *section = piece->section;
	const char *text;

	g_string_append_printf(view->words, "%" G_GINT64_MODIFIER "d of ", offset);
	if (piece == view->piece)
		g_string_append(view->words, "itself\n");
	else if (piece->kind == PIECE_NAMED)
		g_string_append_printf(view->words, "%s\n", piece->name);
	else if (piece->kind == PIECE_COUNTED)
		g_string_append_printf(view->words, "%s %u %s\n", piece->name, ordinal_of(view, piece),
				       view->depth ? content_of(view->binary, piece, view->depth - 1) : "");
	else if (piece->role == ROLE_GLOBALS)
		g_string_append(view->words, "globals\n");
	else if (piece->kind == PIECE_ANONYMOUS && (text = text_of(piece)))
		write_text(view, text, strlen(text));
	else if (piece->kind == PIECE_ANONYMOUS && view->depth)
		g_string_append_printf(view->words, "content %s\n", content_of(view->binary, piece, view->depth - 1));
	else if (piece->kind == PIECE_ENTRY)
		g_string_append_printf(view->words, "%s %u of %s\n", section->name, piece->ordinal, piece->name);
	else
		g_string_append_printf(view->words, "%s at %" G_GSIZE_FORMAT "\n", section->name, piece->start);
}

/* A place in a section of the object. */
static void write_place(struct view *view, const struct section *section, gint64 at)
{
	struct piece *piece, *meant;

	if (section->data && at >= 0 && at < (gint64)section->size && section->flags & SHF_ALLOC &&
	    section_is_strings(section)) {
		write_string(view, section, at);
		return;
	}
	piece = piece_at(section, at);
	if (!piece || at < 0) {
		g_string_append_printf(view->words, "%s at %" G_GINT64_MODIFIER "d\n", section->name, at);
		return;
	}
	meant = piece_meant(piece);
	write_piece(view, meant, at - (gint64)meant->start);
}

/* Of merged constants only the one that is meant counts, not its neighbours. */
static bool is_constant(const struct section *section, gint64 at)
{
	return section->flags & SHF_MERGE && !section_is_strings(section) && section->data && section->entsize &&
	       at >= 0 && (guint64)at < section->size - section->size % section->entsize;
}

static void write_reloc(struct view *view, const struct reloc *reloc)
{
	const struct symbol *symbol = reloc->symbol;

	g_string_append_printf(view->words, "@%" G_GSIZE_FORMAT " type %u ", reloc->offset - view->base,
			       reloc->type);
	if (symbol && symbol->bind == STB_WEAK)
		g_string_append(view->words, "weak ");
	if (!symbol) {
		g_string_append_printf(view->words, "none %" G_GINT64_MODIFIER "d\n", reloc->addend);
	} else if (!reloc->to) {
		g_string_append_printf(view->words, "%s %u %" G_GINT64_MODIFIER "d + %" G_GINT64_MODIFIER "d\n",
				       symbol->name, symbol->shndx, (gint64)symbol->value, reloc->addend);
	} else if (is_constant(reloc->to, reloc->at)) {
		gsize start = reloc->at - reloc->at % reloc->to->entsize;

		g_string_append_printf(view->words, "constant %u ", (guint)(reloc->at - start));
		for (gsize i = 0; i < reloc->to->entsize; i++)
			g_string_append_printf(view->words, "%02x", reloc->to->data[start + i]);
		g_string_append_c(view->words, '\n');
	} else {
		write_place(view, reloc->to, reloc->at);
	}
}

/* Alternatives that are replaced by nothing point at whatever comes next. */
static bool points_at_nothing(const struct piece *piece, gsize offset)
{
	return piece->kind == PIECE_ENTRY && offset > piece->start && !piece->section->data[piece->end - 1] &&
	       !strcmp(piece->section->name, ".altinstructions");
}

/* Writes the relocations of bytes start..end; the view's piece holds them. */
static void write_relocs(struct view *view, gsize start, gsize end)
{
	const struct section *section = view->piece->section;

	for (guint i = section_reloc(section, start); i < section->relocs->len; i++) {
		const struct reloc *reloc = &g_array_index(section->relocs, struct reloc, i);

		if (reloc->offset >= end)
			break;
		view->global_name = view->piece->role == ROLE_GLOBALS;
		if (!points_at_nothing(view->piece, reloc->offset))
			write_reloc(view, reloc);
	}
}

static bool has_reloc(const struct section *section, const struct field *field)
{
	guint i = section_reloc(section, field->at);

	return i < section->relocs->len &&
	       g_array_index(section->relocs, struct reloc, i).offset < field->at + field->len;
}

/* Writes and clears branches that leave the piece. */
static void write_branches(struct view *view, unsigned char *copy, gsize end)
{
	struct piece *piece = view->piece;
	bool thumb = piece->symbol && piece->symbol->thumb;
	struct field field;

	for (gsize at = piece->start; at < end; at++) {
		struct piece *to;

		if (!machine_branch(view->binary, thumb, piece->section, at, end, &field) ||
		    (field.value >= (gint64)piece->start && field.value < (gint64)piece->end) ||
		    has_reloc(piece->section, &field))
			continue;
		to = piece_at(piece->section, field.value);
		if (!to || (gint64)to->start != field.value || to->kind == PIECE_FILL)
			continue;
		g_string_append_printf(view->words, "@%" G_GSIZE_FORMAT " branch ", field.at - piece->start);
		write_piece(view, to, 0);
		machine_clear(view->binary, &field, copy, piece->start);
		at = field.at + field.len - 1;
	}
}

/* Where the piece's own bytes end, less what only fills up to the next. */
static gsize content_end(const struct view *view)
{
	const struct piece *piece = view->piece;
	const struct section *section = piece->section;
	gsize end = piece->end, floor = piece->start;
	guint last;

	if (!section->data || (piece->kind != PIECE_ANONYMOUS && !(piece->symbol && !piece->symbol->size)))
		return end;
	last = section_reloc(section, end);
	if (last)
		floor = MAX(floor, MIN(end, g_array_index(section->relocs, struct reloc, last - 1).offset + 4));
	if (section_is_code(section))
		return machine_fill(view->binary, section, floor, end);
	/* An anonymous piece has no size that is known; a symbol's fill is less than an alignment. */
	if (piece->kind != PIECE_ANONYMOUS && end - floor >= section->align)
		floor = end - section->align + 1;
	while (end > floor && !section->data[end - 1])
		end--;
	return end;
}

/* said: with the lines that strings name. */
static char *digest_view(const struct view *view, const unsigned char *copy, gsize len, bool said)
{
	g_autoptr(GString) text = g_string_new(NULL);

	write_section(text, view->piece->section);
	/* Without bytes in the file the size is all there is. */
	if (!copy)
		g_string_append_printf(text, "%" G_GSIZE_FORMAT " zeros\n", len);
	else
		g_string_append_len(text, (const char *)copy, len);
	g_string_append_c(text, '\n');
	g_string_append_len(text, view->words->str, view->words->len);
	for (guint i = 0; said && i < view->said->len; i++)
		g_string_append_printf(text, "line %u\n", g_array_index(view->said, guint, i));
	return content_digest_text(text->str, text->len);
}

static char *join_lines(const GArray *lines)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, i ? ",%u" : "%u", g_array_index(lines, guint, i));
	return g_string_free(text, FALSE);
}

/* A frame description that KASAN put into a section of its own kind of data. */
static bool write_frame(struct view *view, gsize end)
{
	const struct section *section = view->piece->section;
	g_autofree char *text = NULL, *plain = NULL;

	if (view->piece->kind != PIECE_ANONYMOUS || !section->data || section_is_code(section))
		return false;
	text = g_strndup((const char *)section->data + view->piece->start, end - view->piece->start);
	plain = strlen(text) == end - view->piece->start ? positions_frame(text) : NULL;
	if (plain)
		g_string_append(view->words, plain);
	return plain;
}

/* A record of .eh_frame holds the distance to what it shares with others: that is what it means. */
static void write_common(struct view *view, unsigned char *copy)
{
	struct piece *common = table_common(view->binary, view->piece);

	if (!common || !view->depth)
		return;
	memset(copy + 4, 0, 4);
	g_string_append_printf(view->words, "common %s\n", content_of(view->binary, common, view->depth - 1));
}

static void read_view(struct view *view, struct content *content)
{
	struct piece *piece = view->piece;
	g_autofree unsigned char *copy = NULL;
	g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(guint));
	gsize end = content_end(view), len = end - piece->start;

	if (write_frame(view, end)) {
		content->digest = digest_view(view, (const unsigned char *)"", 0, true);
		return;
	}
	if (piece->section->data) {
		copy = g_memdup2(piece->section->data + piece->start, piece->end - piece->start);
		positions_clear(view->binary, piece, copy);
		if (piece->kind == PIECE_ENTRY)
			write_common(view, copy);
	}
	write_relocs(view, piece->start, piece->end);
	if (copy && section_is_code(piece->section)) {
		write_branches(view, copy, end);
		if (positions_is_constructor(piece))
			positions_clear_count(view->binary, piece, end, copy);
	}
	content->digest = digest_view(view, copy, len, true);
	g_array_append_vals(lines, view->said->data, view->said->len);
	if (copy)
		positions_mask(view->binary, piece, end, copy, lines);
	if (!lines->len)
		return;
	content->masked = digest_view(view, copy, len, false);
	content->lines = join_lines(lines);
}

static struct view *view_new(const struct binary *binary, struct piece *piece, guint depth)
{
	struct view *view = g_new0(struct view, 1);

	view->binary = binary;
	view->piece = piece;
	view->base = piece->start;
	view->depth = depth;
	view->words = g_string_new(NULL);
	view->counted = g_ptr_array_new();
	view->said = g_array_new(FALSE, FALSE, sizeof(guint));
	return view;
}

static void view_free(struct view *view)
{
	g_string_free(view->words, TRUE);
	g_ptr_array_unref(view->counted);
	g_array_unref(view->said);
	g_free(view);
}

/* What stands for the piece where it is referred to; its lines, if it has a row of its own, are told there. */
static const char *content_of(const struct binary *binary, struct piece *piece, guint depth)
{
	struct content content = { 0 };
	struct view *view;

	if (piece->digests[depth])
		return piece->digests[depth];
	view = view_new(binary, piece, depth);
	read_view(view, &content);
	view_free(view);
	if (piece->kind == PIECE_COUNTED && content.masked)
		piece->digests[depth] = g_steal_pointer(&content.masked);
	else
		piece->digests[depth] = g_steal_pointer(&content.digest);
	content_clear(&content);
	return piece->digests[depth];
}

void content_read(const struct binary *binary, struct piece *piece, struct content *content)
{
	struct view *view = view_new(binary, piece, PIECE_DEPTH);

	read_view(view, content);
	view_free(view);
}

char *content_global(const struct binary *binary, struct piece *table, gsize at)
{
	gsize size = MIN(GLOBAL_WORDS * (binary->is64 ? 8 : 4), table->end - at);
	struct view *view = view_new(binary, table, PIECE_DEPTH);
	char *digest;

	view->base = at;
	write_relocs(view, at, at + size);
	digest = digest_view(view, table->section->data + at, size, false);
	view_free(view);
	return digest;
}
