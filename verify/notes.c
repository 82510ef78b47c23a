// SPDX-License-Identifier: GPL-2.0-only
/*
 * notes.c: git notes. See notes.h for what one says.
 *
 * A note grows by blocks and loses nothing, so that what others wrote under
 * the ref stays. A block that is there already, whatever command led to it,
 * is not written again; it has neither time nor duration in it. All notes of
 * a run are one commit, made in our repository on top of the user's notes and
 * pushed as branches are.
 */
#include <string.h>
#include <unistd.h>

#include "notes.h"
#include "project.h"
#include "range.h"
#include "tools.h"

enum { COMMIT, CONFIG, CHECK, VERDICT, DETAIL };

struct notes {
	struct verify *verify;
	struct tools *tools;
	char *command;		/* the block's last line */
	GHashTable *blobs;	/* commit -> blob of its note */
	struct git_batch *batch;
	GString *stream;	/* fast-import's commands, one note each */
};

static void append_option(GString *text, const char *name, const char *value)
{
	g_autofree char *quoted = g_shell_quote(value);

	g_string_append_printf(text, " %s %s", name, quoted);
}

static void append_options(GString *text, const char *name, char *const *values)
{
	for (char *const *value = values; value && *value; value++)
		append_option(text, name, *value);
}

/* Those that say what is judged. The range by ids: what a header change builds depends on all of it. */
static void append_selection(GString *text, const struct verify *v)
{
	g_string_append_printf(text, " --affected %s", v->affected);
	if (v->sample >= 0)
		g_string_append_printf(text, " --sample %d", v->sample);
	g_string_append_printf(text, " --seed %d", v->seed);
	if (v->every_commit)
		g_string_append(text, " --every-commit");
	append_options(text, "--config", v->configs);
	append_options(text, "--kunitconfig", v->kunitconfigs);
	append_options(text, "--boot-config", v->boot_configs);
	append_options(text, "--boot-tests", v->boot_tests);
}

static char *command_line(const struct verify *v, const char *command)
{
	const struct commit *first = v->commits->pdata[0], *last = v->commits->pdata[v->commits->len - 1];
	GString *text = g_string_new("repeat: ");

	/* One that fits no configuration is refused only when it was given with --cc. */
	if (v->cc && !v->cc_given) {
		g_autofree char *quoted = g_shell_quote(v->cc);

		g_string_append_printf(text, "CC=%s ", quoted);
	}
	g_string_append_printf(text, "%s %s -k .", VERIFY_NAME, command);
	append_selection(text, v);
	if (v->cc_given)
		append_option(text, "--cc", v->cc);
	if (v->expect_path)
		append_option(text, "--expect", v->expect_path);
	if (v->undecided)
		append_option(text, "--undecided", v->undecided);
	g_string_append_printf(text, " --time-limit %d", v->limit);
	if (v->memory)
		g_string_append_printf(text, " --memory-limit %d", v->memory);
	g_string_append_printf(text, " %s..%s\n", first->parent, last->id);
	return g_string_free(text, FALSE);
}

/* Adds the commit's block without its last line; nothing when the run says nothing of it. */
static gboolean append_block(const struct notes *notes, const char *commit, GString *text, GError **error)
{
	const struct tsv *rows = notes->verify->evidence->rows;
	g_autoptr(GString) verdicts = g_string_new(NULL);

	for (guint i = 0; i < rows->rows->len; i++)
		if (!strcmp(tsv_get(rows, i, COMMIT), commit))
			g_string_append_printf(verdicts, "%s\t%s\t%s\t%s\n", tsv_get(rows, i, VERDICT),
					       tsv_get(rows, i, CONFIG), tsv_get(rows, i, CHECK),
					       tsv_get(rows, i, DETAIL));
	if (!verdicts->len)
		return TRUE;
	if (!tools_append(notes->tools, commit, text, error))
		return FALSE;
	g_string_append(text, verdicts->str);
	return TRUE;
}

/* Our ref becomes what the user's repository has; id: its commit, or NULL when it has none. */
static gboolean take_users(const struct git *git, char **id, GError **error)
{
	g_autofree char *line = git_run_l(git, error, "ls-remote", git->user, NOTES_REF, NULL), *out = NULL;

	if (!line)
		return FALSE;
	if (*line)
		*id = g_strndup(line, strcspn(line, "\t"));
	out = *id ? git_run_l(git, error, "update-ref", NOTES_REF, *id, NULL) :
		git_run_l(git, error, "update-ref", "-d", NOTES_REF, NULL);
	return out != NULL;
}

/* "BLOB COMMIT" lines */
static gboolean list_notes(struct notes *notes, GError **error)
{
	g_autofree char *list = git_run_l(notes->verify->git, error, "notes", "--ref=" NOTES_REF, "list", NULL);
	g_auto(GStrv) lines = g_strsplit(list ? list : "", "\n", -1);

	for (char **line = lines; *line; line++) {
		const char *blank = strchr(*line, ' ');

		if (blank)
			g_hash_table_insert(notes->blobs, g_strdup(blank + 1), g_strndup(*line, blank - *line));
	}
	return list != NULL;
}

static gboolean add_note(struct notes *notes, const char *commit, GError **error)
{
	const char *blob = g_hash_table_lookup(notes->blobs, commit);
	g_autofree char *old = NULL, *note = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	gsize len = 0;

	if (!append_block(notes, commit, text, error))
		return FALSE;
	if (!text->len)
		return TRUE;
	if (blob) {
		old = git_batch_read(notes->batch, blob, &len, error);
		if (!old)
			return fail(error, "cannot read the note of commit '%s'", commit);
		if (strstr(old, text->str))
			return TRUE;
	}
	note = g_strconcat(old ? old : "", old && !g_str_has_suffix(old, "\n") ? "\n" : "", old ? "\n" : "", text->str,
			   notes->command, NULL);
	g_string_append_printf(notes->stream, "N inline %s\ndata %zu\n%s\n", commit, strlen(note), note);
	return TRUE;
}

static gboolean import(const struct notes *notes, const char *from, GError **error)
{
	const struct git *git = notes->verify->git;
	const char *const args[] = { "fast-import", "--quiet", "--done", NULL };
	const char *const refs[] = { NOTES_REF, NULL };
	g_autoptr(GString) all = g_string_new(NULL);
	g_autofree char *out = NULL;

	g_string_printf(all, "commit %s\ncommitter %s %" G_GINT64_FORMAT " +0000\ndata <<END\n%s\nEND\n", NOTES_REF,
			git->identity, g_get_real_time() / G_USEC_PER_SEC, "Notes added by " VERIFY_NAME);
	if (from)
		g_string_append_printf(all, "from %s\n", from);
	g_string_append_printf(all, "%s\ndone\n", notes->stream->str);
	out = git_input(git, NULL, all->str, all->len, args, error);
	return out && git_publish(git, refs, false, error);
}

static gboolean write_locked(struct notes *notes, GError **error)
{
	const struct verify *v = notes->verify;
	g_autofree char *from = NULL;

	if (!take_users(v->git, &from, error) || (from && !list_notes(notes, error)))
		return FALSE;
	for (guint i = 0; i < v->commits->len; i++)
		if (!add_note(notes, ((struct commit *)v->commits->pdata[i])->id, error))
			return FALSE;
	return !notes->stream->len || import(notes, from, error);
}

gboolean notes_write(struct verify *verify, const char *command, GError **error)
{
	g_autoptr(GHashTable) blobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GString) stream = g_string_new(NULL);
	g_autofree char *line = command_line(verify, command);
	struct notes notes = { .verify = verify, .command = line, .blobs = blobs, .stream = stream };
	gboolean ok = FALSE;
	int lock = -1;

	tsv_sort(verify->evidence->rows);
	notes.tools = tools_open(verify, error);
	if (notes.tools)
		lock = git_lock(verify->git, error);
	if (lock >= 0)
		notes.batch = git_batch_open(verify->git, error);
	if (notes.batch) {
		ok = write_locked(&notes, error);
		git_batch_close(notes.batch);
	}
	if (lock >= 0)
		close(lock);
	tools_close(notes.tools);
	return ok;
}
