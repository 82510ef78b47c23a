// SPDX-License-Identifier: GPL-2.0-only
/*
 * code.c: the part of a preprocessed text that decides what the object holds.
 * See code.h.
 *
 * The text is cut into external declarations. One that is the definition of a
 * static inline function counts only when its name stands in one that counts;
 * everything else counts. Whatever is not understood counts: names are looked
 * for in strings as well (assembly calls functions), a name that is defined
 * twice or declared beforehand is kept, and so is a function with a static
 * variable that the compiler was told to keep.
 */
#include <string.h>

#include "code.h"

/* A word of the text; its bytes are borrowed. */
struct word {
	const char *at;
	guint len, hash;
};

struct piece {
	const char *at, *end;	/* without blanks around it */
	struct word name;	/* of a function that may be left out; len 0: the piece counts */
	bool counts;
};

struct code {
	GString *text;		/* without line markers */
	GArray *pieces;		/* struct piece, in order */
	GHashTable *names;	/* struct word * -> index of the piece + 1, or 0: several have the name */
};

static guint word_hash(gconstpointer word)
{
	return ((const struct word *)word)->hash;
}

static gboolean word_equal(gconstpointer a, gconstpointer b)
{
	const struct word *x = a, *y = b;

	return x->len == y->len && !memcmp(x->at, y->at, x->len);
}

static inline bool in_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

/* The word that begins at p. */
static struct word word_at(const char *p, const char *end)
{
	struct word word = { .at = p, .hash = 5381 };

	while (p < end && in_word(*p))
		word.hash = word.hash * 33 + (guchar)*p++;
	word.len = p - word.at;
	return word;
}

/* Words that say something of the declaration they stand in. */
enum {
	WORD_STATIC = 1,
	WORD_INLINE = 2,
	WORD_KEEPS = 4,		/* the compiler makes it though nothing calls it */
	WORD_NO_NAME = 8,	/* what is in brackets behind it are not a function's parameters */
};

static const struct {
	const char *name;
	guint kind;
} words[] = {
	{ "static", WORD_STATIC },
	{ "inline", WORD_INLINE }, { "__inline", WORD_INLINE }, { "__inline__", WORD_INLINE },
	{ "used", WORD_KEEPS }, { "__used__", WORD_KEEPS }, { "section", WORD_KEEPS }, { "__section__", WORD_KEEPS },
	{ "constructor", WORD_KEEPS }, { "__constructor__", WORD_KEEPS }, { "destructor", WORD_KEEPS },
	{ "__destructor__", WORD_KEEPS }, { "alias", WORD_KEEPS }, { "__alias__", WORD_KEEPS },
	{ "externally_visible", WORD_KEEPS }, { "__externally_visible__", WORD_KEEPS },
	{ "__attribute__", WORD_NO_NAME }, { "__attribute", WORD_NO_NAME }, { "asm", WORD_NO_NAME },
	{ "__asm", WORD_NO_NAME }, { "__asm__", WORD_NO_NAME }, { "typeof", WORD_NO_NAME },
	{ "__typeof", WORD_NO_NAME }, { "__typeof__", WORD_NO_NAME }, { "_Alignas", WORD_NO_NAME },
};

static GHashTable *known_words(void)
{
	GHashTable *known = g_hash_table_new_full(word_hash, word_equal, g_free, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		struct word word = word_at(words[i].name, words[i].name + strlen(words[i].name));

		g_hash_table_insert(known, g_memdup2(&word, sizeof(word)), GUINT_TO_POINTER(words[i].kind));
	}
	return known;
}

/* Behind the string or character constant at p. */
static const char *skip_quoted(const char *p, const char *end)
{
	char quote = *p++;

	while (p < end && *p != quote)
		p += *p == '\\' ? 2 : 1;
	return MIN(p + 1, end);
}

static GString *drop_markers(const char *expanded)
{
	GString *text = g_string_sized_new(strlen(expanded));

	for (const char *p = expanded; *p;) {
		const char *end = strchr(p, '\n');
		gsize len = end ? (gsize)(end - p) + 1 : strlen(p);

		if (*p != '#' || g_str_has_prefix(p, "#pragma"))
			g_string_append_len(text, p, len);
		p += len;
	}
	return text;
}

/* What is known of the external declaration being read. */
struct head {
	guint depth;		/* of brackets of any kind */
	guint kinds;		/* WORD_STATIC and WORD_INLINE outside of brackets, WORD_KEEPS anywhere */
	bool assigned, body;
	char last;		/* the last character outside of blanks, 'a' for any of a word */
	guint kind;		/* of the last word */
	struct word word, name;	/* the last word; the one before the parameters */
	guint names;
};

static void head_word(struct head *head, const struct word *word, GHashTable *known)
{
	head->kind = GPOINTER_TO_UINT(g_hash_table_lookup(known, word));
	head->kinds |= head->kind & (head->depth ? WORD_KEEPS : ~WORD_NO_NAME);
	head->word = *word;
	head->last = 'a';
}

static void head_open(struct head *head, char c)
{
	if (!head->depth && c == '(' && head->last == 'a' && !(head->kind & WORD_NO_NAME)) {
		head->name = head->word;
		head->names++;
	}
	head->body |= !head->depth && c == '{' && head->last == ')' && !head->assigned;
	head->depth++;
}

/* Takes a character that is of no word; says whether the declaration ends with it. */
static bool head_mark(struct head *head, char c)
{
	switch (c) {
	case ' ': case '\t': case '\n': case '\f': case '\v': case '\r':
		return false;
	case '(': case '[': case '{':
		head_open(head, c);
		break;
	case ')': case ']': case '}':
		head->depth -= head->depth > 0;
		break;
	case '=':
		head->assigned |= !head->depth;
		break;
	}
	head->last = c;
	return !head->depth && (c == ';' || (c == '}' && head->body));
}

static void add_piece(struct code *code, const struct head *head, bool ended, const char *at, const char *end)
{
	struct piece piece = { .at = at, .end = end };

	while (piece.at < piece.end && g_ascii_isspace(*piece.at))
		piece.at++;
	while (piece.end > piece.at && g_ascii_isspace(piece.end[-1]))
		piece.end--;
	if (piece.at == piece.end)
		return;
	if (ended && head->kinds == (WORD_STATIC | WORD_INLINE) && head->body && head->names == 1)
		piece.name = head->name;
	piece.counts = !piece.name.len;
	g_array_append_val(code->pieces, piece);
}

static void cut(struct code *code)
{
	g_autoptr(GHashTable) known = known_words();
	const char *p = code->text->str, *end = p + code->text->len, *start = p;
	struct head head = { 0 };

	while (p < end) {
		struct word word = word_at(p, end);

		if (word.len) {
			head_word(&head, &word, known);
			p += word.len;
		} else if (*p == '"' || *p == '\'') {
			head.last = *p;
			p = skip_quoted(p, end);
		} else if (*p == '#' && (p == code->text->str || p[-1] == '\n')) {
			/* A #pragma: its line is part of what it stands in. */
			p += strcspn(p, "\n");
		} else if (head_mark(&head, *p++)) {
			add_piece(code, &head, true, start, p);
			head = (struct head){ 0 };
			start = p;
		}
	}
	add_piece(code, &head, false, start, end);
}

static void name_pieces(struct code *code)
{
	for (guint i = 0; i < code->pieces->len; i++) {
		struct piece *piece = &g_array_index(code->pieces, struct piece, i);
		gpointer other;

		if (!piece->name.len)
			continue;
		if (!g_hash_table_lookup_extended(code->names, &piece->name, NULL, &other)) {
			g_hash_table_insert(code->names, &piece->name, GUINT_TO_POINTER(i + 1));
			continue;
		}
		piece->counts = true;
		if (other)
			g_array_index(code->pieces, struct piece, GPOINTER_TO_UINT(other) - 1).counts = true;
		g_hash_table_insert(code->names, &piece->name, NULL);
	}
}

/* What the piece names counts as well; those that did not before are added to the list. */
static void follow(struct code *code, const struct piece *piece, GArray *todo)
{
	for (const char *p = piece->at; p < piece->end;) {
		struct word word = word_at(p, piece->end);
		guint index = word.len ? GPOINTER_TO_UINT(g_hash_table_lookup(code->names, &word)) : 0;
		struct piece *named = index ? &g_array_index(code->pieces, struct piece, index - 1) : NULL;

		if (named && !named->counts) {
			named->counts = true;
			index--;
			g_array_append_val(todo, index);
		}
		p += MAX(word.len, 1);
	}
}

static void count(struct code *code)
{
	g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < code->pieces->len; i++)
		if (g_array_index(code->pieces, struct piece, i).counts)
			g_array_append_val(todo, i);
	for (guint i = 0; i < todo->len; i++)
		follow(code, &g_array_index(code->pieces, struct piece, g_array_index(todo, guint, i)), todo);
}

char *code_sum(const char *expanded)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	struct code code = {
		.text = drop_markers(expanded),
		.pieces = g_array_new(FALSE, FALSE, sizeof(struct piece)),
		.names = g_hash_table_new(word_hash, word_equal),
	};

	cut(&code);
	name_pieces(&code);
	count(&code);
	for (guint i = 0; i < code.pieces->len; i++) {
		const struct piece *piece = &g_array_index(code.pieces, struct piece, i);

		if (!piece->counts)
			continue;
		g_checksum_update(sum, (const guchar *)piece->at, piece->end - piece->at);
		g_checksum_update(sum, (const guchar *)"\n", 1);
	}
	g_hash_table_unref(code.names);
	g_array_unref(code.pieces);
	g_string_free(code.text, TRUE);
	return g_strdup(g_checksum_get_string(sum));
}
