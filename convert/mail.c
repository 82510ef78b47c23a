// SPDX-License-Identifier: GPL-2.0-only
/*
 * The patch sets: which commit goes into which, and writing all or none.
 *
 * Everything is made in OUT/mail.tmp, which takes the place of OUT/mail at the
 * end. Commits are taken in the order of the series, so within a set they are
 * in it too; a set needs the sets before it that are not split by subsystem,
 * and those of the same subsystem.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "context.h"
#include "cover.h"
#include "mail-set.h"
#include "progress.h"

static void patch_free(gpointer data)
{
	struct mail_patch *patch = data;

	g_free(patch->message);
	g_strfreev(patch->paths);
	g_free(patch->file);
	g_free(patch);
}

static void set_free(gpointer data)
{
	struct mail_set *set = data;

	g_free(set->name);
	g_free(set->folder);
	g_free(set->title);
	g_ptr_array_unref(set->patches);
	g_ptr_array_unref(set->needs);
	g_free(set->recipients);
	g_free(set);
}

static void mail_clear(struct mail *mail)
{
	tsv_free(mail->commits);
	tsv_free(mail->sites);
	tsv_free(mail->evidence);
	maintainers_free(mail->maintainers);
	recipients_close(mail->recipients);
	lint_free(mail->lint);
	g_ptr_array_unref(mail->sets);
}

static const struct mail_patch *first_of(const struct mail_set *set)
{
	return set->patches->pdata[0];
}

static struct mail_patch *patch_new(const struct mail *mail, guint row, GError **error)
{
	struct mail_patch *patch = g_new0(struct mail_patch, 1);
	const struct git *git = mail->options->git;
	g_autofree char *names = NULL;

	patch->commit = tsv_get(mail->commits, row, COMMIT_COMMIT);
	patch->stage = tsv_get(mail->commits, row, COMMIT_STAGE);
	patch->step = tsv_get(mail->commits, row, COMMIT_STEP);
	patch->subsystem = tsv_get(mail->commits, row, COMMIT_SUBSYSTEM);
	patch->subject = tsv_get(mail->commits, row, COMMIT_SUBJECT);
	patch->message = git_run_l(git, error, "log", "-1", "--format=%B", patch->commit, NULL);
	if (patch->message)
		names = git_run_l(git, error, "diff-tree", "-r", "--no-commit-id", "--name-only", patch->commit, NULL);
	if (!names) {
		patch_free(patch);
		return NULL;
	}
	patch->paths = g_strsplit(names, "\n", -1);
	for (guint i = 0; patch->paths[i]; i++) {
		char *path = path_unquote(patch->paths[i], NULL);

		g_free(patch->paths[i]);
		patch->paths[i] = path ? path : g_strdup("");
	}
	return patch;
}

/* The latest set that the patch would belong to, or NULL. */
static struct mail_set *set_of(const struct mail *mail, const struct mail_patch *patch)
{
	for (guint i = mail->sets->len; i-- > 0;) {
		struct mail_set *set = mail->sets->pdata[i];

		if (!strcmp(first_of(set)->stage, patch->stage) && !strcmp(first_of(set)->subsystem, patch->subsystem))
			return set;
	}
	return NULL;
}

static char *title_of(const struct mail *mail, const struct mail_patch *patch)
{
	if (!strcmp(patch->subsystem, "-"))
		return g_strdup(patch->stage);
	/* A folder that no section claims is known to the maintainers once it was asked for. */
	for (guint i = 0; patch->paths[i]; i++) {
		const struct subsystem *s = maintainers_subsystem(mail->maintainers, patch->paths[i]);

		if (!strcmp(s->slug, patch->subsystem))
			return g_strdup(s->title);
	}
	return g_strdup(patch->subsystem);
}

/* The set that the patch opens, without a name yet. */
static struct mail_set *set_new(const struct mail *mail, const struct mail_patch *patch)
{
	struct mail_set *set = g_new0(struct mail_set, 1);

	set->title = title_of(mail, patch);
	set->split = strcmp(patch->subsystem, "-");
	set->patches = g_ptr_array_new_with_free_func(patch_free);
	set->needs = g_ptr_array_new();
	for (guint i = 0; i < mail->sets->len; i++) {
		struct mail_set *before = mail->sets->pdata[i];

		if (!before->split || !strcmp(first_of(before)->subsystem, patch->subsystem))
			g_ptr_array_add(set->needs, before);
	}
	return set;
}

/* Which part of its subsystem's patches in this stage a set is, from 1. */
static guint part_of(const struct mail *mail, guint index)
{
	const struct mail_patch *patch = first_of(mail->sets->pdata[index]);
	guint part = 1;

	for (guint i = 0; i < index; i++) {
		const struct mail_patch *other = first_of(mail->sets->pdata[i]);

		part += !strcmp(other->stage, patch->stage) && !strcmp(other->subsystem, patch->subsystem);
	}
	return part;
}

static void name_sets(const struct mail *mail, const char *top)
{
	int width = mail->sets->len < 100 ? 2 : 3;

	for (guint i = 0; i < mail->sets->len; i++) {
		struct mail_set *set = mail->sets->pdata[i];
		g_autoptr(GString) name = g_string_new(NULL);
		guint part = part_of(mail, i);

		g_string_append_printf(name, "%0*u-%s", width, i + 1,
				       set->split ? first_of(set)->subsystem : first_of(set)->stage);
		if (part > 1)
			g_string_append_printf(name, "-%u", part);
		set->name = g_strdup(name->str);
		set->folder = g_build_filename(top, set->name, NULL);
	}
}

static gboolean make_sets(struct mail *mail, GError **error)
{
	for (guint i = 0; i < mail->commits->rows->len; i++) {
		struct mail_patch *patch = patch_new(mail, i, error);
		struct mail_set *set;

		if (!patch)
			return FALSE;
		lint_message(mail->lint, tsv_get(mail->commits, i, COMMIT_POSITION), patch->message,
			     mail->options->signoff);
		set = set_of(mail, patch);
		if (!set || set->patches->len == SET_SIZE) {
			set = set_new(mail, patch);
			g_ptr_array_add(mail->sets, set);
		}
		g_ptr_array_add(set->patches, patch);
	}
	return TRUE;
}

static struct tsv *read_table(const struct mail *mail, const char *name, const char *columns, GError **error)
{
	g_autofree char *path = g_build_filename(mail->options->out, name, NULL);

	return tsv_read(path, columns, error);
}

static gboolean read_tables(struct mail *mail, GError **error)
{
	g_autofree char *evidence = g_build_filename(mail->options->out, "evidence.tsv", NULL);

	mail->commits = read_table(mail, "commits.tsv", COMMITS_TSV, error);
	if (!mail->commits)
		return FALSE;
	if (!mail->commits->rows->len)
		return fail(error, "'%s' has no commit: nothing to mail", mail->options->out);
	mail->sites = read_table(mail, "sites.tsv", SITES_TSV, error);
	if (!mail->sites || !g_file_test(evidence, G_FILE_TEST_EXISTS))
		return mail->sites != NULL;
	mail->evidence = read_table(mail, "evidence.tsv", EVIDENCE_TSV, error);
	return mail->evidence != NULL;
}

static gboolean write_set(const struct mail *mail, struct mail_set *set, GError **error)
{
	if (interrupted())
		return fail(error, "interrupted");
	if (g_mkdir_with_parents(set->folder, 0777))
		return fail(error, "cannot make '%s': %s", set->folder, g_strerror(errno));
	return mail_patch_format(mail, set, error) && mail_patch_finish(mail, set, error) &&
	       cover_write(mail, set, error);
}

static gboolean replace_folder(const char *old, const char *new, GError **error)
{
	remove_tree(old);
	if (g_rename(new, old))
		return fail(error, "cannot rename '%s' to '%s': %s", new, old, g_strerror(errno));
	return TRUE;
}

static gboolean write_sets(const struct mail *mail, GError **error)
{
	struct progress *progress = progress_new("patch sets", mail->sets->len);
	gboolean ok = TRUE;

	for (guint i = 0; ok && i < mail->sets->len; i++) {
		ok = write_set(mail, mail->sets->pdata[i], error);
		progress_set(progress, i + 1, mail->sets->len);
	}
	progress_end(progress);
	return ok;
}

static gboolean write_all(struct mail *mail, const char *top, GError **error)
{
	const struct mail_options *o = mail->options;

	if (!read_tables(mail, error))
		return FALSE;
	mail->maintainers = maintainers_read(o->git, o->base, error);
	if (!mail->maintainers || !make_sets(mail, error))
		return FALSE;
	name_sets(mail, top);
	for (guint i = 0; i < mail->sets->len; i++)
		cover_lint(mail, mail->sets->pdata[i]);
	if (!lint_result(mail->lint, error))
		return FALSE;
	mail->recipients = recipients_open(o->git, o->base, error);
	if (!mail->recipients)
		return FALSE;
	if (!recipients_known(mail->recipients))
		progress_note("'%s' has no scripts/get_maintainer.pl: the sets name no recipients", o->tag);
	return write_sets(mail, error);
}

gboolean mail_write(const struct mail_options *options, GError **error)
{
	g_autofree char *out = g_canonicalize_filename(options->out, NULL);
	g_autofree char *made = g_build_filename(out, "mail.tmp", NULL), *final = g_build_filename(out, "mail", NULL);
	struct mail mail = { .options = options, .lint = lint_new() };
	gboolean ok;

	mail.sets = g_ptr_array_new_with_free_func(set_free);
	remove_tree(made);
	ok = write_all(&mail, made, error) && replace_folder(final, made, error);
	if (!ok)
		remove_tree(made);
	mail_clear(&mail);
	return ok;
}
