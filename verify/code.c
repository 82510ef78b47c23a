// SPDX-License-Identifier: GPL-2.0-only
/*
 * code.c: the part of a preprocessed text that decides what the object holds.
 * See code.h.
 *
 * Of the external declarations the definition of a static inline function
 * counts only when its name stands in one that counts; everything else counts.
 * Names are looked for in strings as well: assembly calls functions.
 *
 * Parsing a function can have effects beyond it, so some count though nothing
 * calls them: those that name a static variable or function of the file (its
 * address may be taken, or it may have no other user), that declare a function
 * or something extern (which adds to what is known of it), that the compiler
 * was told to keep or that have a variable it was told to keep, that have a #pragma
 * inside, that define a type in their head, and those with a name that is
 * defined twice or declared beforehand. So do #pragma lines themselves. The
 * files count that what counts is from: sanitizers put their names into objects.
 */
#define _GNU_SOURCE
#include <string.h>

#include "code.h"
#include "external.h"

/* Where the text goes on in another file. */
struct mark {
	gsize at;		/* offset in the text */
	char *path;
};

struct code {
	GString *text;		/* without line markers */
	GArray *marks;		/* struct mark, in order */
	GArray *externals;
	GHashTable *names;	/* struct word * -> index of the external + 1, or 0: several have the name */
	GHashTable *statics;
	bool *counts;		/* of each external */
};

static void mark_clear(gpointer mark)
{
	g_free(((struct mark *)mark)->path);
}

/* The line "# 12 "path" 1 3". */
static void add_mark(struct code *code, const char *line, gsize len)
{
	const char *open = memchr(line, '"', len), *close = open ? memrchr(line, '"', len) : NULL;
	struct mark mark = { .at = code->text->len };
	const struct mark *last = code->marks->len ?
		&g_array_index(code->marks, struct mark, code->marks->len - 1) : NULL;

	if (!close || close == open)
		return;
	if (last && strlen(last->path) == (gsize)(close - open - 1) &&
	    !memcmp(last->path, open + 1, close - open - 1))
		return;
	mark.path = g_strndup(open + 1, close - open - 1);
	g_array_append_val(code->marks, mark);
}

static void drop_markers(struct code *code, const char *expanded)
{
	for (const char *p = expanded; *p;) {
		const char *end = strchrnul(p, '\n');
		gsize len = end - p + (*end == '\n');

		if (p[0] == '#' && p[1] == ' ')
			add_mark(code, p, len);
		else if (*p != '#' || g_str_has_prefix(p, "#pragma"))
			g_string_append_len(code->text, p, len);
		p += len;
	}
}

static struct external *get(const struct code *code, guint i)
{
	return &g_array_index(code->externals, struct external, i);
}

/* Whether one of the external's words is in the set. */
static bool has_any(const struct external *external, GHashTable *set)
{
	for (const char *p = external->at; p < external->end;) {
		struct word word = word_at(p, external->end);

		if (word.len && g_hash_table_contains(set, &word))
			return true;
		p += MAX(word.len, 1);
	}
	return false;
}

static void name_externals(struct code *code)
{
	for (guint i = 0; i < code->externals->len; i++) {
		struct external *external = get(code, i);
		gpointer other;

		code->counts[i] = !external->name.len || has_any(external, code->statics);
		if (!external->name.len)
			continue;
		if (!g_hash_table_lookup_extended(code->names, &external->name, NULL, &other)) {
			g_hash_table_insert(code->names, &external->name, GUINT_TO_POINTER(i + 1));
			continue;
		}
		code->counts[i] = true;
		if (other)
			code->counts[GPOINTER_TO_UINT(other) - 1] = true;
		g_hash_table_insert(code->names, &external->name, NULL);
	}
}

/* What the external names counts as well; those that did not before are added to the list. */
static void follow(struct code *code, const struct external *external, GArray *todo)
{
	for (const char *p = external->at; p < external->end;) {
		struct word word = word_at(p, external->end);
		guint index = word.len ? GPOINTER_TO_UINT(g_hash_table_lookup(code->names, &word)) : 0;

		if (index && !code->counts[index - 1]) {
			code->counts[--index] = true;
			g_array_append_val(todo, index);
		}
		p += MAX(word.len, 1);
	}
}

static void count(struct code *code)
{
	g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < code->externals->len; i++)
		if (code->counts[i])
			g_array_append_val(todo, i);
	for (guint i = 0; i < todo->len; i++)
		follow(code, get(code, g_array_index(todo, guint, i)), todo);
}

static void add(GChecksum *sum, const char *text, gsize len)
{
	g_checksum_update(sum, (const guchar *)text, len);
	g_checksum_update(sum, (const guchar *)"\n", 1);
}

/* What counts, and the file of it where that is another than before. */
static void sum_up(const struct code *code, GChecksum *sum)
{
	const char *path = "", *summed = "";
	guint m = 0;

	for (guint i = 0; i < code->externals->len; i++) {
		const struct external *external = get(code, i);
		gsize at = external->at - code->text->str, end = external->end - code->text->str;

		for (; m < code->marks->len && g_array_index(code->marks, struct mark, m).at < end; m++) {
			const struct mark *mark = &g_array_index(code->marks, struct mark, m);

			path = mark->path;
			if (code->counts[i] && mark->at > at)
				add(sum, path, strlen(path));
		}
		if (!code->counts[i])
			continue;
		if (strcmp(path, summed))
			add(sum, path, strlen(path));
		summed = path;
		add(sum, external->at, external->end - external->at);
	}
}

char *code_sum(const char *expanded)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	struct code code = {
		.text = g_string_sized_new(strlen(expanded)),
		.marks = g_array_new(FALSE, FALSE, sizeof(struct mark)),
		.names = g_hash_table_new(word_hash, word_equal),
		.statics = g_hash_table_new_full(word_hash, word_equal, g_free, NULL),
	};

	g_array_set_clear_func(code.marks, mark_clear);
	drop_markers(&code, expanded);
	code.externals = externals_cut(code.text->str, code.text->len, code.statics);
	code.counts = g_new0(bool, code.externals->len + 1);
	name_externals(&code);
	count(&code);
	sum_up(&code, sum);
	g_free(code.counts);
	g_hash_table_unref(code.names);
	g_hash_table_unref(code.statics);
	g_array_unref(code.externals);
	g_array_unref(code.marks);
	g_string_free(code.text, TRUE);
	return g_strdup(g_checksum_get_string(sum));
}
