// SPDX-License-Identifier: GPL-2.0-only
/*
 * branch.c: commits from changed files, through git fast-import.
 *
 * The stream names paths C-quoted, so that any byte may be in them.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "branch.h"

struct branch_commit *branch_commit_new(const char *message)
{
	struct branch_commit *commit = g_new0(struct branch_commit, 1);

	commit->message = g_strdup(message);
	commit->changes = g_array_new(FALSE, FALSE, sizeof(struct change));
	return commit;
}

void branch_commit_free(struct branch_commit *commit)
{
	g_free(commit->message);
	g_array_unref(commit->changes);
	g_free(commit->oid);
	g_free(commit);
}

/* fast-import wants a path quoted whenever it starts with a quote or holds a newline: always is right. */
static void append_path(GString *stream, const char *path)
{
	g_autofree char *quoted = path_quote(path);

	if (quoted[0] == '"')
		g_string_append(stream, quoted);
	else
		g_string_append_printf(stream, "\"%s\"", quoted);
}

static void append_commit(GString *stream, const struct branch_commit *commit, const char *ref, const char *who,
			  const char *from, guint mark)
{
	g_string_append_printf(stream, "commit %s\nmark :%u\nauthor %s\ncommitter %s\ndata %zu\n%s\n",
			       ref, mark, who, who, strlen(commit->message), commit->message);
	if (from)
		g_string_append_printf(stream, "from %s\n", from);
	for (guint i = 0; i < commit->changes->len; i++) {
		const struct change *change = &g_array_index(commit->changes, struct change, i);

		g_string_append_printf(stream, "M %o inline ", change->mode & 0777 ? change->mode & 0777 : 0644);
		append_path(stream, change->path);
		g_string_append_printf(stream, "\ndata %zu\n", change->len);
		g_string_append_len(stream, change->content, change->len);
		g_string_append_c(stream, '\n');
	}
	g_string_append_c(stream, '\n');
}

/* ":7 0123..." lines */
static gboolean read_marks(const char *path, GPtrArray *commits, GError **error)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, error))
		return FALSE;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		guint mark;
		char oid[65];

		if (sscanf(lines[i], ":%u %64s", &mark, oid) != 2 || !mark || mark > commits->len)
			continue;
		((struct branch_commit *)commits->pdata[mark - 1])->oid = g_strdup(oid);
	}
	for (guint i = 0; i < commits->len; i++)
		if (!((struct branch_commit *)commits->pdata[i])->oid)
			return fail(error, "git fast-import made no commit %u", i + 1);
	return TRUE;
}

gboolean branch_write(const struct git *git, const char *base, GPtrArray *commits, GError **error)
{
	g_autofree char *date = git_run_l(git, error, "show", "-s", "--format=%cd", "--date=raw", base, NULL);
	g_autofree char *folder = NULL, *marks = NULL, *option = NULL, *who = NULL, *out = NULL;
	g_autofree char *ref = g_strdup_printf("refs/scratch/%d", getpid());
	g_autoptr(GString) stream = g_string_new(NULL);
	gboolean ok;

	if (!date || !(folder = scratch_folder(error)))
		return FALSE;
	marks = g_build_filename(folder, "marks", NULL);
	option = g_strdup_printf("--export-marks=%s", marks);
	who = g_strdup_printf("%s %s", git->identity, date);
	for (guint i = 0; i < commits->len; i++)
		append_commit(stream, commits->pdata[i], ref, who, i ? NULL : base, i + 1);
	g_string_append(stream, "done\n");
	out = git_input(git, NULL, stream->str, stream->len,
			(const char *const[]){ "fast-import", "--quiet", "--done", "--force", option, NULL }, error);
	ok = out && read_marks(marks, commits, error);
	remove_tree(folder);
	g_free(out);
	/* The commits are held by the refs that are made of them. */
	out = git_run_l(git, NULL, "update-ref", "-d", ref, NULL);
	return ok;
}
