// SPDX-License-Identifier: GPL-2.0-only
/*
 * Masks: one replacement a word, found by counting through all names of the
 * word's shape until one is not in the text. Texts are edited as tokens and in
 * place, which is possible because the lengths are equal; a name split by a
 * continuation stays split where it was.
 */
#define _GNU_SOURCE
#include <string.h>

#include "mask.h"
#include "token.h"

/* How many names are tried for one word. */
#define TRIES 100000

struct mask {
	GHashTable *hidden;	/* word -> replacement */
	GHashTable *shown;	/* replacement -> word */
};

/* The letters of @name that may differ become those of @number. */
static void fill(const char *word, char *name, guint number)
{
	gsize i = strlen(word), last = i;

	if (i > 2 && g_str_has_suffix(word, "_t"))
		last = i - 2;
	while (i--) {
		if (i >= last || word[i] == '_')
			continue;
		name[i] = (g_ascii_isupper(word[i]) ? 'A' : 'a') +
			  ('q' - 'a' + number) % 26;
		number /= 26;
	}
}

static const char *hide_word(struct mask *mask, const char *word,
			     const char *text, gsize len)
{
	const char *known = g_hash_table_lookup(mask->hidden, word);
	g_autofree char *name = NULL;
	guint number;

	if (known)
		return known;
	name = g_strdup(word);
	for (number = 0; number < TRIES; number++) {
		fill(word, name, number);
		if (memmem(text, len, name, strlen(name)) ||
		    g_hash_table_contains(mask->shown, name))
			continue;
		g_hash_table_insert(mask->hidden, g_strdup(word),
				    g_strdup(name));
		g_hash_table_insert(mask->shown, g_strdup(name),
				    g_strdup(word));
		return g_hash_table_lookup(mask->hidden, word);
	}
	return NULL;
}

/* Writes @name over token @i, around its continuations. */
static void overwrite(char *text, const struct token_list *list, guint i,
		      const char *name)
{
	gsize pos = list->v[i].start, end = list->v[i].end, n;

	while (pos < end) {
		n = token_continuation(list->text, end, pos);
		if (n)
			pos += n;
		else
			text[pos++] = *name++;
	}
}

struct mask *mask_sites(const char *text, gsize len, const gsize *offsets,
			guint n, char **masked)
{
	struct mask *mask = g_new0(struct mask, 1);
	struct token_list *list;
	g_autoptr(GHashTable) sites = g_hash_table_new(NULL, NULL);
	guint i;

	mask->hidden = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					     g_free);
	mask->shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					    g_free);
	*masked = g_malloc(len + 1);
	memcpy(*masked, text, len);
	(*masked)[len] = '\0';
	if (!n)
		return mask;
	for (i = 0; i < n; i++)
		g_hash_table_add(sites, GSIZE_TO_POINTER(offsets[i]));
	list = token_list_new(text, len);
	for (i = 0; i < list->n; i++) {
		gsize at = list->v[i].start;
		g_autofree char *word = NULL;
		const char *name;

		if (list->v[i].kind != TOKEN_IDENT ||
		    !g_hash_table_contains(sites, GSIZE_TO_POINTER(at)))
			continue;
		word = token_text(list, i);
		name = hide_word(mask, word, text, len);
		if (name)
			overwrite(*masked, list, i, name);
	}
	token_list_free(list);
	return mask;
}

char *mask_undo(const struct mask *mask, const char *text)
{
	char *out = g_strdup(text);
	struct token_list *list;
	guint i;

	if (!g_hash_table_size(mask->shown))
		return out;
	list = token_list_new(text, strlen(text));
	for (i = 0; i < list->n; i++) {
		g_autofree char *name = NULL;
		const char *word;

		if (list->v[i].kind != TOKEN_IDENT)
			continue;
		name = token_text(list, i);
		word = g_hash_table_lookup(mask->shown, name);
		if (word)
			overwrite(out, list, i, word);
	}
	token_list_free(list);
	return out;
}

void mask_free(struct mask *mask)
{
	if (!mask)
		return;
	g_hash_table_unref(mask->hidden);
	g_hash_table_unref(mask->shown);
	g_free(mask);
}
