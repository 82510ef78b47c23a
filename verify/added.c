// SPDX-License-Identifier: GPL-2.0-only
/*
 * added.c: the lines of a commit that stand where no line stood.
 *
 * A line that takes the place of another one is compiled where that one was,
 * and of that one the rows of "lines" tell. What is added, also behind an #if of
 * the same hunk, is looked for in the commit's own sources.
 */
#include <string.h>

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

static const struct scan *scan_before(const struct session *session, const char *path)
{
	for (guint i = 0; i < session->wanted->len; i++) {
		const struct wanted *wanted = session->wanted->pdata[i];

		if (!strcmp(wanted->path, path))
			return wanted->scan;
	}
	return NULL;
}

static void want(struct session *session, const struct change *change, const char *text, gsize len)
{
	g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(struct changed_line));
	struct scan *now = scan_text(text, len);
	const struct scan *before = scan_before(session, change->path);

	for (guint i = 0; i < change->new_lines->len; i++) {
		struct changed_line *line = &g_array_index(change->new_lines, struct changed_line, i);

		if (is_added(change, line, now, before))
			g_array_append_val(added, *line);
	}
	scan_free(now);
	if (added->len) {
		struct wanted *wanted = wanted_new(change->path, added, text, len);

		wanted->added = true;
		g_ptr_array_add(session->added, wanted);
	}
}

gboolean session_want_added(struct session *session, GError **error)
{
	for (guint i = 0; i < session->commit->changes->len; i++) {
		const struct change *change = session->commit->changes->pdata[i];
		g_autofree char *text = NULL;
		gsize len;

		if (!change->new_oid || !change->new_lines->len || !path_has_suffix(change->path, ".c .h .S"))
			continue;
		text = git_batch_read(session->judge->batch, change->new_oid, &len, error);
		if (!text)
			return FALSE;
		want(session, change, text, len);
	}
	return TRUE;
}
