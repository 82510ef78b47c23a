// SPDX-License-Identifier: GPL-2.0-only
/*
 * added.c: the lines of a commit that stand where no line stood.
 *
 * A line that takes the place of another one is compiled where that one was,
 * and of that one the rows of "lines" tell. What is added, also behind an #if of
 * the same hunk, is looked for in the commit's own sources.
 */

#include "judge-item.h"

static bool has_kind(const GArray *lines, guint first, guint n, const struct scan *scan, enum line_kind kind)
{
	for (guint i = first; i < first + n; i++) {
		const struct scan_line *line = scan_line(scan, g_array_index(lines, struct changed_line, i).line);

		if (line && line->kind == kind)
			return true;
	}
	return false;
}

/* before: NULL when the commit takes no line away. */
static bool is_added(const struct change *change, const struct changed_line *line, const struct scan *now,
		     const struct scan *before)
{
	const struct scan_line *shape = scan_line(now, line->line);
	const struct changed_line *other;

	if (!shape || !line->n_others)
		return true;
	other = &g_array_index(change->old_lines, struct changed_line, line->others);
	return has_kind(change->old_lines, line->others, line->n_others, before, LINE_DIRECTIVE) ||
	       has_kind(change->new_lines, other->others, other->n_others, now, LINE_DIRECTIVE) ||
	       !has_kind(change->old_lines, line->others, line->n_others, before, shape->kind);
}

void session_want_added(struct session *session, const struct change *change, const struct scan *before,
			const char *text, gsize len)
{
	g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(struct changed_line));
	struct wanted *wanted = wanted_new(change->path, added, text, len);

	for (guint i = 0; i < change->new_lines->len; i++) {
		struct changed_line *line = &g_array_index(change->new_lines, struct changed_line, i);

		if (is_added(change, line, wanted->scan, before))
			g_array_append_val(added, *line);
	}
	/* Which lines are wanted is known only now that the text was scanned. */
	wanted_reset(wanted);
	wanted->added = true;
	if (added->len)
		g_ptr_array_add(session->added, wanted);
	else
		wanted_free(wanted);
}
