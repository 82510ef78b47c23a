// SPDX-License-Identifier: GPL-2.0-only
/*
 * lines.c: which lines of a file an object compiles. See lines.h.
 *
 * A line of code is compiled when it stands in the unexpanded text, and each
 * identifier that the commit takes from it, unless it is a macro's name, is
 * found in the expanded text of the call or statement it belongs to, also as
 * part of a longer word: macros paste and stringify. So the argument of an
 * assertion that expands to nothing is not compiled, though its line is.
 * Expanded arguments are printed on the line of the macro's name, which is
 * that of the outermost open parenthesis or the one before it.
 *
 * A line of a #define is compiled when that definition is live, the macro is
 * used according to -dU, and its name stands elsewhere in live text: -dU
 * also names what is only tested with #ifdef. One that is defined as nothing, as a header's guard is, need only be live.
 * So need one that a commit adds: it may have its first user in a later one, which then compiles it.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "lines.h"

struct wanted *wanted_new(const char *path, GArray *lines, const char *text, gsize len)
{
	struct wanted *wanted = g_new0(struct wanted, 1);

	wanted->path = g_strdup(path);
	wanted->lines = g_array_ref(lines);
	wanted->scan = scan_text(text, len);
	wanted->found = g_array_sized_new(FALSE, TRUE, sizeof(gboolean), lines->len);
	wanted_reset(wanted);
	return wanted;
}

void wanted_reset(struct wanted *wanted)
{
	g_array_set_size(wanted->found, wanted->lines->len);
	wanted->left = 0;
	for (guint i = 0; i < wanted->lines->len; i++) {
		const struct scan_line *line =
			scan_line(wanted->scan, g_array_index(wanted->lines, struct changed_line, i).line);

		g_array_index(wanted->found, gboolean, i) = FALSE;
		if (line && (line->kind == LINE_CODE || line->kind == LINE_MACRO))
			wanted->left++;
	}
}

void wanted_free(struct wanted *wanted)
{
	if (!wanted)
		return;
	g_free(wanted->path);
	scan_free(wanted->scan);
	g_array_unref(wanted->lines);
	g_array_unref(wanted->found);
	g_free(wanted);
}

char *path_below(const char *path, const char *root)
{
	g_autofree char *full = g_canonicalize_filename(path, root);
	g_autofree char *base = g_canonicalize_filename(root, "/");
	gsize len = strlen(base);

	if (strncmp(full, base, len) || full[len] != '/')
		return NULL;
	return g_strdup(full + len + 1);
}

/* "# 12 "path" 1 3": a line marker. */
static bool parse_marker(const char *text, gsize len, guint *line, char **path)
{
	g_autofree char *copy = NULL, *inner = NULL;
	char *quote, *end;

	if (len < 4 || text[0] != '#' || text[1] != ' ' || !g_ascii_isdigit(text[2]))
		return false;
	copy = g_strndup(text, len);
	*line = strtoul(copy + 2, &quote, 10);
	quote = strchr(quote, '"');
	end = quote ? strrchr(quote, '"') : NULL;
	if (!end || end == quote)
		return false;
	inner = g_strndup(quote + 1, end - quote - 1);
	g_free(*path);
	*path = g_strcompress(inner);
	return true;
}

void lines_each(const char *output, line_fn fn, file_fn enters, gpointer data)
{
	g_autofree char *path = g_strdup("");
	guint line = 1;

	for (const char *p = output; *p;) {
		const char *end = strchrnul(p, '\n');
		gsize len = end - p;

		/* The marker names the line after it. */
		if (parse_marker(p, len, &line, &path)) {
			if (enters)
				enters(path, data);
		} else {
			if (len)
				fn(path, line, p, len, data);
			line++;
		}
		p = *end ? end + 1 : end;
	}
}

/* What the two outputs say of one file. */
struct seen {
	const struct wanted *wanted;
	const char *root;
	char *path, *relative;	/* the last path seen and what path_below() made of it */
	GHashTable *live;	/* lines that stand in the unexpanded text */
	GHashTable *expanded;	/* line -> GString: expanded text */
	GHashTable *names;	/* every macro defined in the object, by name */
	GHashTable *used;	/* macros -dU names */
	GHashTable *bare;	/* lines of the file that define a macro as nothing: there is only whether they are live */
};

static bool is_wanted(struct seen *seen, const char *path)
{
	if (strcmp(path, seen->path)) {
		g_free(seen->path);
		g_free(seen->relative);
		seen->path = g_strdup(path);
		seen->relative = path_below(path, seen->root);
	}
	return seen->relative && !strcmp(seen->relative, seen->wanted->path);
}

static char *directive_name(const char *text, gsize len, const char *directive)
{
	gsize skip = strlen(directive), n = 0;

	if (len <= skip || memcmp(text, directive, skip))
		return NULL;
	while (skip + n < len && (g_ascii_isalnum(text[skip + n]) || text[skip + n] == '_'))
		n++;
	return g_strndup(text + skip, n);
}

static bool is_blank(const char *text, gsize len)
{
	for (gsize i = 0; i < len; i++)
		if (!g_ascii_isspace(text[i]))
			return false;
	return true;
}

static void see_directives(const char *path, guint line, const char *text, gsize len, gpointer data)
{
	struct seen *seen = data;
	char *name = directive_name(text, len, "#define ");
	gsize skip = strlen("#define ");

	if (name)
		g_hash_table_add(seen->names, name);
	if (is_blank(text, len) || !is_wanted(seen, path))
		return;
	g_hash_table_add(seen->live, GUINT_TO_POINTER(line));
	if (name && is_blank(text + skip + strlen(name), len - skip - strlen(name)))
		g_hash_table_add(seen->bare, GUINT_TO_POINTER(line));
}

static void see_expanded(const char *path, guint line, const char *text, gsize len, gpointer data)
{
	struct seen *seen = data;
	char *name = directive_name(text, len, "#define ");
	GString *all;

	if (name) {
		g_hash_table_add(seen->used, name);
		return;
	}
	if (*text == '#' || is_blank(text, len) || !is_wanted(seen, path))
		return;
	all = g_hash_table_lookup(seen->expanded, GUINT_TO_POINTER(line));
	if (!all) {
		all = g_string_new(NULL);
		g_hash_table_insert(seen->expanded, GUINT_TO_POINTER(line), all);
	}
	g_string_append_len(all, text, len);
	g_string_append_c(all, '\n');
}

/* Whether the word stands in the text as a whole word, but for its definition. */
static bool word_used(const char *text, const char *word)
{
	gsize len = strlen(word);

	for (const char *p = text; (p = strstr(p, word)); p += len) {
		bool whole = (p == text || !(g_ascii_isalnum(p[-1]) || p[-1] == '_')) &&
			     !(g_ascii_isalnum(p[len]) || p[len] == '_');

		if (whole && !(p - text >= 8 && (!memcmp(p - 8, "#define ", 8) || !memcmp(p - 7, "#undef ", 7))))
			return true;
	}
	return false;
}

/* Whether the identifier survives somewhere on lines first..last of the expanded text. */
static bool survives(const struct seen *seen, const char *word, guint first, guint last)
{
	for (guint i = first; i <= last; i++) {
		GString *text = g_hash_table_lookup(seen->expanded, GUINT_TO_POINTER(i));

		if (text && strstr(text->str, word))
			return true;
	}
	return false;
}

static bool code_compiled(const struct seen *seen, const struct changed_line *old, const struct scan_line *line)
{
	guint first = line->head < old->line && line->head > 1 ? line->head - 1 : line->head;

	if (!g_hash_table_contains(seen->live, GUINT_TO_POINTER(old->line)))
		return false;
	/* An option that is not defined leaves no word behind, and asking for it is code all the same. */
	for (char **word = old->words; word && *word; word++)
		if (!g_str_has_prefix(*word, "CONFIG_") && !g_hash_table_contains(seen->names, *word) &&
		    !survives(seen, *word, first, old->line))
			return false;
	return true;
}

static bool macro_lives(const struct seen *seen, const struct scan_line *line)
{
	return g_hash_table_contains(seen->live, GUINT_TO_POINTER(line->head));
}

static bool macro_compiled(const struct seen *seen, const struct scan_line *line, const char *directives)
{
	if (!macro_lives(seen, line))
		return false;
	return g_hash_table_contains(seen->bare, GUINT_TO_POINTER(line->head)) ||
	       (g_hash_table_contains(seen->used, line->macro) && word_used(directives, line->macro));
}

static void mark(struct wanted *wanted, const struct seen *seen, const char *directives)
{
	for (guint i = 0; i < wanted->lines->len; i++) {
		const struct changed_line *old = &g_array_index(wanted->lines, struct changed_line, i);
		const struct scan_line *line = scan_line(wanted->scan, old->line);
		gboolean *found = &g_array_index(wanted->found, gboolean, i);

		if (*found || !line)
			continue;
		if (line->kind == LINE_CODE)
			*found = code_compiled(seen, old, line);
		else if (line->kind == LINE_MACRO)
			*found = wanted->added ? macro_lives(seen, line) : macro_compiled(seen, line, directives);
		wanted->left -= *found;
	}
}

static void free_string(gpointer string)
{
	g_string_free(string, TRUE);
}

void wanted_mark(struct wanted *wanted, const char *root, const char *directives, const char *expanded)
{
	struct seen seen = { .wanted = wanted, .root = root };

	seen.path = g_strdup("");
	seen.live = g_hash_table_new(NULL, NULL);
	seen.expanded = g_hash_table_new_full(NULL, NULL, NULL, free_string);
	seen.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	seen.used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	seen.bare = g_hash_table_new(NULL, NULL);
	lines_each(directives, see_directives, NULL, &seen);
	lines_each(expanded, see_expanded, NULL, &seen);
	mark(wanted, &seen, directives);
	g_hash_table_unref(seen.live);
	g_hash_table_unref(seen.expanded);
	g_hash_table_unref(seen.names);
	g_hash_table_unref(seen.used);
	g_hash_table_unref(seen.bare);
	g_free(seen.path);
	g_free(seen.relative);
}

char *wanted_ranges(const struct wanted *wanted, const GArray *found, bool value)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint first = 0, last = 0;

	for (guint i = 0; i <= wanted->lines->len; i++) {
		const struct changed_line *old = NULL;
		const struct scan_line *line = NULL;

		if (i < wanted->lines->len) {
			old = &g_array_index(wanted->lines, struct changed_line, i);
			line = scan_line(wanted->scan, old->line);
			if (!line || (line->kind != LINE_CODE && line->kind != LINE_MACRO) ||
			    g_array_index(found, gboolean, i) != (gboolean)value)
				continue;
			if (last && old->line == last + 1) {
				last++;
				continue;
			}
		}
		if (last)
			g_string_append_printf(text, first == last ? "%s%u" : "%s%u-%u", text->len ? "," : "",
					       first, last);
		first = last = old ? old->line : 0;
	}
	return text->len ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

