// SPDX-License-Identifier: GPL-2.0-only
/*
 * compare-objects.c: the check "equiv": the parts of each object before and
 * after the commit.
 *
 * The same text gives the same object, a new object has nothing to be
 * identical to; of the others each difference is named by function. With
 * --expect what is not on the list fails; without it all is reported and
 * nothing fails. A line number that a part carries may differ as far as the
 * commit moved that very line, unchanged, in a file the object is made from.
 */
#include <string.h>

#include "judge-item.h"
#include "parts.h"

/* A call of a macro is taken to have no more lines. */
#define CALL_LINES 64

struct tally {
	guint same, code, identical, expected, reported, unexpected, new, repaired, neither;
	gint64 bytes_before, bytes_after;	/* of functions, in the objects taken apart */
};

/* How many of the lines stand before the line. Elements are line numbers, or begin with one. */
static guint lines_before(const GArray *lines, guint line)
{
	guint size = g_array_get_element_size((GArray *)lines), n = 0;

	while (n < lines->len && *(const guint *)(lines->data + n * size) < line)
		n++;
	return n;
}

static bool has_line(const GArray *lines, guint line)
{
	guint size = g_array_get_element_size((GArray *)lines), n = lines_before(lines, line);

	return n < lines->len && *(const guint *)(lines->data + n * size) == line;
}

/* How many lines the content has; 0 where it cannot be read. A number beyond them is none of a line. */
static guint line_count(const struct item *item, const char *oid)
{
	gsize len = 0;
	g_autofree char *text = git_batch_read(item->session->judge->batch, oid, &len, NULL);
	guint n = len && text[len - 1] != '\n';

	for (gsize i = 0; text && i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* Whether the number may be that of a line: the text has __LINE__ within the lines of such a call. */
static bool may_be_line(const struct state *state, guint number)
{
	for (guint i = 0; state->line_uses && i <= 2 * CALL_LINES; i++)
		if (g_hash_table_contains(state->line_uses, GUINT_TO_POINTER(number + CALL_LINES - i)))
			return true;
	return false;
}

/* See line_moved in parts.h; data is the item. */
static bool moved(guint before, guint after, gpointer data)
{
	const struct item *item = data;
	const struct commit *commit = item->session->commit;

	if (!may_be_line(&item->before, before) || !may_be_line(&item->after, after))
		return false;

	for (guint i = 0; i < commit->changes->len; i++) {
		const struct change *change = commit->changes->pdata[i];

		if (!g_hash_table_contains(item->after.includes, change->path) || !change->old_oid || !change->new_oid ||
		    has_line(change->old_lines, before) || has_line(change->new_lines, after) ||
		    before > line_count(item, change->old_oid) || after > line_count(item, change->new_oid))
			continue;
		if (before - lines_before(change->old_lines, before) == after - lines_before(change->new_lines, after))
			return true;
	}
	return false;
}

static GHashTable *expected_functions(const struct item *item)
{
	const struct judge *judge = item->session->judge;
	g_autofree char *name = g_strdup_printf("%s:%s", item->session->commit->id, item->object->source), *text = NULL;
	gsize len;

	if (!judge->expect)
		return NULL;
	/* The sources may be those of a later commit. */
	text = git_batch_read(judge->batch, name, &len, NULL);
	if (!text)
		text = g_strdup("");
	return expect_functions(judge->expect, item->session->commit->id, item->object->source, text,
				item->after.includes);
}

/* Whether the difference is of what a table or the symbol table says of a function that differs itself. */
static bool follows(const struct part_difference *d, const GPtrArray *differences)
{
	for (guint i = 0; strcmp(d->kind, "function") && i < differences->len; i++) {
		const struct part_difference *other = differences->pdata[i];

		if (!strcmp(other->kind, "function") && !strcmp(other->name, d->name))
			return true;
	}
	return false;
}

/* "function foo (120 to 124 bytes), data bar gone" of those that are, or are not, expected; NULL: none. */
static char *describe(const GPtrArray *differences, bool expected)
{
	GString *text = NULL;

	for (guint i = 0; i < differences->len; i++) {
		const struct part_difference *d = differences->pdata[i];

		if (d->expected != expected || follows(d, differences))
			continue;
		if (!text)
			text = g_string_new(NULL);
		g_string_append_printf(text, "%s%s %s", text->len ? ", " : "", d->kind, d->name);
		if (d->change != PART_CHANGED)
			g_string_append(text, d->change == PART_ADDED ? " new" : " gone");
		else if (d->size_before != d->size_after)
			g_string_append_printf(text, " (%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " bytes)",
					       d->size_before, d->size_after);
		if (strcmp(d->kind, "function") && strcmp(d->owners, "-"))
			g_string_append_printf(text, " of %s", d->owners);
	}
	return text ? g_string_free(text, FALSE) : NULL;
}

static void add_row(const struct item *item, GPtrArray *findings, const char *verdict, const char *what,
		    const char *how)
{
	g_autofree char *path = path_quote(item->object->path);

	finding_add(findings, "equiv", verdict, g_strdup_printf("%s: %s%s", path, what, how), !item->accident);
}

/* By how many bytes the functions did. */
static gint64 grown(const GPtrArray *differences)
{
	gint64 bytes = 0;

	for (guint i = 0; i < differences->len; i++) {
		const struct part_difference *d = differences->pdata[i];

		if (!strcmp(d->kind, "function"))
			bytes += d->size_after - d->size_before;
	}
	return bytes;
}

static void compare_parts(const struct item *item, GPtrArray *findings, struct tally *tally)
{
	g_autoptr(GHashTable) expected = expected_functions(item);
	g_autoptr(GError) why = NULL;
	const char *before = item->before.compiler.fact->parts, *after = item->after.compiler.fact->parts;
	g_autoptr(GPtrArray) differences = parts_compare(before, after, expected, moved, (gpointer)item, &why);
	g_autofree char *foreseen = NULL, *other = NULL;
	gint64 size;

	if (!differences) {
		add_row(item, findings, "undecided", why->message, "");
		return;
	}
	foreseen = describe(differences, true);
	other = describe(differences, false);
	if (foreseen)
		add_row(item, findings, "holds", foreseen, ": as expected");
	if (other)
		add_row(item, findings, expected ? "fails" : "holds", other, expected ? ": not expected" : ": differ");
	size = parts_code_size(before);
	tally->bytes_before += size;
	tally->bytes_after += size + grown(differences);
	tally->identical += !differences->len;
	tally->expected += foreseen && !other;
	tally->unexpected += other && expected;
	tally->reported += other && !expected;
}

static void compare_item(const struct item *item, GPtrArray *findings, struct tally *tally)
{
	if (item->alone)
		return;
	/* A row, though the check "build" has one as well: that one may not have been asked for. */
	if (item->result == RESULT_FAILED)
		add_row(item, findings, "undecided", "does not compile: ", state_complaint(&item->after));
	else if (item->result == RESULT_FAILED_BEFORE)
		tally->neither++;
	else if (item->result == RESULT_SAME)
		tally->same++;
	else if (item->result == RESULT_COMPILED && item->same_code)
		tally->code++;
	else if (item->result != RESULT_COMPILED || !item->after.compiler.fact)
		return;
	else if (!item->before.compiler.key && !item->before.complaint)
		tally->new++;
	else if (!item->after.compiler.fact->parts)
		add_row(item, findings, "undecided", "the object cannot be taken apart", "");
	else if (item->before.compiler.fact && item->before.compiler.fact->parts)
		compare_parts(item, findings, tally);
	else if (item->accident || item->session->blind ||
		 (item->before.compiler.fact && !item->before.compiler.fact->complaint))
		add_row(item, findings, "undecided", "the parent's version: ",
			state_complaint(&item->before) ? state_complaint(&item->before) : "no fact");
	else
		tally->repaired++;
}

static void append(GString *text, guint n, const char *what)
{
	if (n)
		g_string_append_printf(text, "%s%u %s", text->len ? ", " : "", n, what);
}

void session_compare_objects(const struct session *session, GPtrArray *findings)
{
	struct tally tally = { 0 };
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < session->items->len; i++)
		compare_item(session->items->pdata[i], findings, &tally);
	append(text, tally.identical, "identical");
	append(text, tally.same, "with equal text");
	append(text, tally.code, "with equal code");
	append(text, tally.expected, "as expected");
	append(text, tally.reported, "differ");
	append(text, tally.new, "new");
	append(text, tally.repaired, "that did not compile before");
	append(text, tally.neither, "that compile neither before nor after");
	if (tally.expected + tally.reported && tally.bytes_before)
		g_string_append_printf(text, "; functions of %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " bytes (%+.3f %%)",
				       tally.bytes_before, tally.bytes_after,
				       100.0 * (tally.bytes_after - tally.bytes_before) / tally.bytes_before);
	if (!text->len)
		g_string_append(text, "nothing to compare");
	if (!tally.unexpected)
		finding_add(findings, "equiv", "holds", g_strdup(text->str), session_is_final(session));
}
