// SPDX-License-Identifier: GPL-2.0-only
/*
 * fact.c: what compiling one text gave. See fact.h.
 *
 * Findings are multisets of (file, message): a line number says nothing when
 * lines move, and equal counts hide a new warning that replaces an old one.
 * A note belongs to the warning before it and is no finding; the line a
 * macro was expanded from is one of those.
 */
#include <string.h>

#include "fact.h"

void fact_free(struct fact *fact)
{
	if (!fact)
		return;
	g_free(fact->complaint);
	g_strfreev(fact->warnings);
	g_free(fact->parts);
	g_free(fact);
}

/* "FIELD<tab>" at the start of the line: what follows. */
static const char *field(const char *line, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(line, name, n) && line[n] == '\t' ? line + n + 1 : NULL;
}

struct fact *fact_read(struct cache *cache, const char *key)
{
	gsize len;
	g_autofree char *text = cache_get(cache, key, &len);
	g_autoptr(GStrvBuilder) warnings = NULL;
	struct fact *fact;
	char *line = text, *end;

	if (!text)
		return NULL;
	fact = g_new0(struct fact, 1);
	warnings = g_strv_builder_new();
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		const char *value;

		*end = '\0';
		if (!strcmp(line, "parts")) {
			fact->parts = g_strdup(end + 1);
			break;
		}
		if ((value = field(line, "complaint")))
			fact->complaint = g_strdup(value);
		else if ((value = field(line, "warning")))
			g_strv_builder_add(warnings, value);
	}
	fact->warnings = g_strv_builder_end(warnings);
	return fact;
}

static void add_line(GString *text, const char *name, const char *value)
{
	g_autofree char *one_line = g_strdelimit(g_strdup(value), "\t\r\n", ' ');

	g_string_append_printf(text, "%s\t%s\n", name, one_line);
}

gboolean fact_write(struct cache *cache, const char *key, const struct fact *fact, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (fact->complaint)
		add_line(text, "complaint", fact->complaint);
	for (char **warning = fact->warnings; warning && *warning; warning++)
		add_line(text, "warning", *warning);
	if (fact->parts)
		g_string_append_printf(text, "parts\n%s", fact->parts);
	return cache_put(cache, key, text->str, text->len, error);
}

/* The place a finding names, up to the colon before its kind: a file, or the program (cc1); 0: the line is none. */
static gsize place_len(const char *line, const char *kind)
{
	g_autofree char *mark = g_strdup_printf(": %s: ", kind);
	const char *at = strstr(line, mark);
	const char *colon = at;

	if (!at)
		return 0;
	/* One or two numbers stand before it. */
	while (colon > line && (g_ascii_isdigit(colon[-1]) || colon[-1] == ':'))
		colon--;
	if (colon < at && *colon == ':' && colon > line)
		return colon - line;
	/* Of the command line it has no number. A path would be that of a file of the moment. */
	return strcspn(line, " \t/") >= (gsize)(at - line) ? (gsize)(at - line) : 0;
}

static char *finding(const char *line, const char *const *kinds, const char *root)
{
	g_autofree char *prefix = g_strconcat(root, "/", NULL);

	for (; *kinds; kinds++) {
		gsize len = place_len(line, *kinds);
		g_autofree char *mark = g_strdup_printf(": %s: ", *kinds);
		const char *path = line;

		if (!len)
			continue;
		if (g_str_has_prefix(line, prefix))
			path += strlen(prefix);
		return g_strdup_printf("%.*s: %s%s", (int)(line + len - path), path,
				       strcmp(*kinds, "error") ? "" : FINDING_ERROR,
				       strstr(line, mark) + strlen(mark));
	}
	return NULL;
}

static void add_to_last(GPtrArray *found, const char *more)
{
	char *last = found->pdata[found->len - 1];

	found->pdata[found->len - 1] = g_strdup_printf("%s %s", last, more);
	g_free(last);
}

/* What "PLACE:    MORE" adds to the finding above it: sparse names types so. NULL: no such line. */
static const char *addition(const char *line)
{
	const char *at = strstr(line, ":    ");

	return at && at > line && g_ascii_isdigit(at[-1]) ? at + strlen(":    ") : NULL;
}

char **findings_read(const char *said, const char *kinds, const char *root)
{
	g_auto(GStrv) lines = g_strsplit(said ? said : "", "\n", -1), names = g_strsplit(kinds, " ", -1);
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

	for (char **line = lines; *line; line++) {
		char *one = finding(*line, (const char *const *)names, root);
		const char *more = addition(*line);

		if (one)
			g_ptr_array_add(found, g_strdelimit(one, "\t\r", ' '));
		else if (more && found->len)
			add_to_last(found, more);
	}
	g_ptr_array_sort(found, text_compare);
	g_ptr_array_add(found, NULL);
	return (char **)g_ptr_array_steal(found, NULL);
}

char **findings_new(char *const *before, char *const *after)
{
	g_autoptr(GStrvBuilder) more = g_strv_builder_new();

	while (after && *after) {
		int order = before && *before ? strcmp(*before, *after) : 1;

		if (order > 0)
			g_strv_builder_add(more, *after);
		before += order <= 0;
		after += order >= 0;
	}
	return g_strv_builder_end(more);
}

void findings_unite(char ***found, char *const *more)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_autofree char **added = findings_new(*found, more);

	for (char **list = *found; list && *list; list++)
		g_ptr_array_add(all, *list);
	for (char **list = added; *list; list++)
		g_ptr_array_add(all, *list);
	g_ptr_array_sort(all, text_compare);
	g_ptr_array_add(all, NULL);
	g_free(*found);
	*found = (char **)g_ptr_array_steal(all, NULL);
}
