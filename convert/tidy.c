// SPDX-License-Identifier: GPL-2.0-only
/*
 * tidy.c: mends spatch's formatting faults.
 *
 * Only lines that are in the new text and nowhere in the old one are looked
 * at: a fault that was in the tree stays, because it is not ours to mend.
 */
#include <stdbool.h>
#include <string.h>

#include "tidy.h"

/*
 * The white space that starts a line, as tabs and at most seven blanks. Where
 * a tab follows a blank, spatch put its own indentation behind the old one:
 * what is before the tab was there.
 */
static void append_indent(GString *text, const char *line, gsize len)
{
	guint columns = 0;

	for (gsize i = 0; i < len; i++) {
		if (i && line[i] == '\t' && line[i - 1] == ' ')
			break;
		columns += line[i] == '\t' ? 8 - columns % 8 : 1;
	}
	for (; columns >= 8; columns -= 8)
		g_string_append_c(text, '\t');
	for (; columns; columns--)
		g_string_append_c(text, ' ');
}

/* A loop that spatch wrote, which it prints as for(i = 0;i < n;i++). */
static void append_loop(GString *text, const char *line, gsize len)
{
	g_string_append(text, "for (");
	for (gsize i = strlen("for("); i < len; i++) {
		g_string_append_c(text, line[i]);
		if (line[i] == ';' && i + 1 < len && !strchr(" ;)", line[i + 1]))
			g_string_append_c(text, ' ');
	}
}

static void append_tidied(GString *text, const char *line)
{
	gsize indent = strspn(line, " \t"), end = strlen(line);
	bool carriage = end && line[end - 1] == '\r';

	end -= carriage;
	while (end > indent && (line[end - 1] == ' ' || line[end - 1] == '\t'))
		end--;
	if (end > indent) {
		append_indent(text, line, indent);
		if (g_str_has_prefix(line + indent, "for("))
			append_loop(text, line + indent, end - indent);
		else
			g_string_append_len(text, line + indent, end - indent);
	}
	if (carriage)
		g_string_append_c(text, '\r');
}

char *tidy(const char *old, const char *new)
{
	g_auto(GStrv) before = g_strsplit(old, "\n", -1), after = g_strsplit(new, "\n", -1);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	GString *text = g_string_sized_new(strlen(new));

	for (guint i = 0; before[i]; i++)
		g_hash_table_add(known, before[i]);
	for (guint i = 0; after[i]; i++) {
		if (i)
			g_string_append_c(text, '\n');
		if (g_hash_table_contains(known, after[i]))
			g_string_append(text, after[i]);
		else
			append_tidied(text, after[i]);
	}
	return g_string_free(text, FALSE);
}
