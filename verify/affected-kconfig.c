// SPDX-License-Identifier: GPL-2.0-only
/*
 * affected-kconfig.c: which symbols the lines are of that a commit changes in
 * files of Kconfig. See affected.h.
 *
 * A line is of the entry it stands in, and of the symbol it selects. What is
 * written to be read decides nothing, nor does a line outside of any entry by
 * itself: what comes of it the configuration says.
 */
#include <string.h>

#include "affected-draft.h"
#include "tree.h"

static void note_symbol(const struct draft *draft, const char *name)
{
	if (name)
		g_hash_table_insert(draft->affected->symbols, g_strconcat("CONFIG_", name, NULL), NULL);
}

/* A Kconfig file while it is read. */
struct entries {
	char *name;		/* of the entry, NULL: outside of any */
	bool help;		/* in its help text */
	guint indent;		/* of that text, 0: it has not begun */
};

static guint indentation(const char *line)
{
	guint n = 0;

	for (; *line == ' ' || *line == '\t'; line++)
		n = *line == '\t' ? (n | 7) + 1 : n + 1;
	return n;
}

/* Goes on to the line; says whether it is one of the entry that decides something. */
static bool entries_take(struct entries *entries, const char *line)
{
	static const char ends[] = "^\\s*(?:mainmenu|menu|endmenu|if|endif|choice|endchoice|source|[or]source|comment)\\b";
	g_autoptr(GRegex) entry = g_regex_new("^\\s*(?:menu)?config\\s+(\\w+)\\s*(?:#.*)?$", G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	const char *text = line + strspn(line, " \t");

	if (!*text)
		return false;
	if (entries->help && (!entries->indent || indentation(line) >= entries->indent)) {
		if (!entries->indent)
			entries->indent = indentation(line);
		/* Text that is not indented is none: the help is empty. */
		if (entries->indent)
			return false;
	}
	entries->help = !strcmp(text, "help") || !strcmp(text, "---help---");
	entries->indent = 0;
	if (entries->help || *text == '#')
		return false;
	if (g_regex_match(entry, line, 0, &match)) {
		g_free(entries->name);
		entries->name = g_match_info_fetch(match, 1);
	} else if (g_regex_match_simple(ends, line, G_REGEX_RAW, 0)) {
		g_clear_pointer(&entries->name, g_free);
	}
	return entries->name != NULL;
}

/* Notes the symbols in whose entries of a Kconfig file lines change, and those these lines select. */
static gboolean read_entries(struct finder *finder, struct draft *draft, const char *oid, const GArray *changed,
			     GError **error)
{
	g_autoptr(GRegex) other = g_regex_new("^\\s*(?:select|imply)\\s+(\\w+)", G_REGEX_RAW, 0, NULL);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	struct entries entries = { 0 };
	guint next = 0;
	gsize len;

	if (!oid || !changed->len)
		return TRUE;
	text = git_batch_read(finder->batch, oid, &len, error);
	if (!text)
		return FALSE;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] && next < changed->len; i++) {
		bool decides = entries_take(&entries, lines[i]);
		g_autoptr(GMatchInfo) match = NULL;

		if (g_array_index(changed, struct changed_line, next).line != i + 1)
			continue;
		next++;
		if (!decides)
			continue;
		note_symbol(draft, entries.name);
		if (g_regex_match(other, lines[i], 0, &match)) {
			g_autofree char *selected = g_match_info_fetch(match, 1);

			note_symbol(draft, selected);
		}
	}
	g_free(entries.name);
	return TRUE;
}

gboolean note_symbols(struct finder *finder, struct draft *draft, GError **error)
{
	for (guint i = 0; i < draft->commit->changes->len; i++) {
		const struct change *change = draft->commit->changes->pdata[i];

		if (is_kconfig_file(change->path) &&
		    (!read_entries(finder, draft, change->old_oid, change->old_lines, error) ||
		     !read_entries(finder, draft, change->new_oid, change->new_lines, error)))
			return FALSE;
	}
	return TRUE;
}
