// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cover letter of a patch set.
 *
 * It has the form of git format-patch --cover-letter: headers, text, shortlog,
 * diffstat, base. Sender and date are those of the set's last patch, so that
 * the same series gives the same cover.
 */
#include <string.h>

#include "cover.h"
#include "cover-text.h"
#include "prefix.h"

#define TITLE_WIDTH	60

static const struct mail_patch *last_of(const struct mail_set *set)
{
	return set->patches->pdata[set->patches->len - 1];
}

/* The first line of the recipe's text where it is a title, and what follows it in rest. */
static char *intro_title(const char *intro, const char **rest)
{
	const char *end = intro ? strstr(intro, "\n\n") : NULL;
	g_autofree char *title = end ? g_strndup(intro, end - intro) : NULL;

	*rest = intro;
	if (!title || strchr(title, '\n') || g_str_has_suffix(title, ".") ||
	    g_utf8_strlen(title, -1) > TITLE_WIDTH)
		return NULL;
	*rest = end + 2;
	return g_steal_pointer(&title);
}

/* The prefix that most of the set's subjects have, of equals the shortest; NULL when none has one. */
static char *main_prefix(const struct mail_set *set)
{
	g_autofree char *best = NULL;
	guint most = 0;

	for (guint i = 0; i < set->patches->len; i++) {
		g_autofree char *prefix = prefix_of_subject(((struct mail_patch *)set->patches->pdata[i])->subject);
		guint n = 0;

		if (!prefix)
			continue;
		for (guint k = 0; k < set->patches->len; k++) {
			g_autofree char *other = prefix_of_subject(((struct mail_patch *)set->patches->pdata[k])->subject);

			n += !g_strcmp0(prefix, other);
		}
		if (n > most || (n == most && strlen(prefix) < strlen(best))) {
			most = n;
			g_free(best);
			best = g_steal_pointer(&prefix);
		}
	}
	return g_steal_pointer(&best);
}

/* A single patch's subject; else the recipe's title or the stage behind the prefix. */
static char *subject_of(const struct mail *mail, const struct mail_set *set)
{
	const struct mail_patch *first = set->patches->pdata[0];
	const char *rest;
	g_autofree char *title = intro_title(mail->options->intro, &rest), *prefix = main_prefix(set);

	if (set->patches->len == 1)
		return g_strdup(first->subject);
	if (!set->split || !prefix)
		return g_strdup_printf("%s: %u patches", first->stage, set->patches->len);
	return g_strdup_printf("%s: %s", prefix, title ? title : first->stage);
}

void cover_lint(const struct mail *mail, const struct mail_set *set)
{
	g_autofree char *subject = subject_of(mail, set);

	lint_subject(mail->lint, set->name, subject);
}

/* The first paragraph of the first patch's message, which says why. */
static char *first_paragraph(const struct mail_set *set)
{
	const char *start = strstr(((struct mail_patch *)set->patches->pdata[0])->message, "\n\n");
	const char *end = start ? strstr(start + 2, "\n\n") : NULL;

	if (!start)
		return g_strdup("");
	return end ? g_strndup(start + 2, end - start - 2) : g_strdup(start + 2);
}

static void append_what(GString *text, const struct mail *mail, const struct mail_set *set)
{
	const char *rest;
	g_autofree char *title = intro_title(mail->options->intro, &rest);
	g_autofree char *why = g_strstrip(rest && *rest ? g_strdup(rest) : first_paragraph(set));

	if (*why)
		g_string_append_printf(text, "%s\n\n", why);
	if (set->split)
		g_string_append_printf(text, "This set is for %s, stage %s.", set->title, last_of(set)->stage);
	else
		g_string_append_printf(text, "This set is the stage %s.", last_of(set)->stage);
	g_string_append_printf(text, "%s\n\n", set->needs->len ? "\nIt needs only the sets named below." : "");
}

/* What the patches are made on. */
static gboolean append_base(GString *text, const struct mail *mail, GError **error)
{
	const struct mail_options *o = mail->options;
	g_autofree char *subject = NULL;

	if (o->public_base) {
		g_string_append_printf(text, "Made on %s.\n\n", o->tag);
		return TRUE;
	}
	subject = git_run_l(o->git, error, "log", "-1", "--format=%s", o->base, NULL);
	if (!subject)
		return FALSE;
	g_string_append_printf(text, "Made on %s, \"%s\".\nThese sources carry Debian's patches and the commit is not"
			       " a public one,\nso no base-commit is given.\n\n", o->tag, subject);
	return TRUE;
}

static void append_needs(GString *text, const struct mail_set *set)
{
	if (!set->needs->len)
		return;
	g_string_append(text, "To be applied first:\n\n");
	for (guint i = 0; i < set->needs->len; i++) {
		const struct mail_set *need = set->needs->pdata[i];

		g_string_append_printf(text, "  %s, %u patch%s, up to\n    %s\n", need->name, need->patches->len,
				       need->patches->len == 1 ? "" : "es", last_of(need)->subject);
	}
	g_string_append_c(text, '\n');
}

/* The set's commits, the newest first: shortlog turns them round. */
static char *shortlog(const struct mail *mail, const struct mail_set *set, GError **error)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new();

	g_ptr_array_add(args, (gpointer)"shortlog");
	g_ptr_array_add(args, (gpointer)"-w72,2,4");
	g_ptr_array_add(args, (gpointer)"--no-walk=unsorted");
	for (guint i = set->patches->len; i-- > 0;)
		g_ptr_array_add(args, (gpointer)((struct mail_patch *)set->patches->pdata[i])->commit);
	g_ptr_array_add(args, NULL);
	return git_run(mail->options->git, NULL, (const char *const *)args->pdata, error);
}

/*
 * Between the commits of a set stand others of the series, but none that
 * touches its files: a path has one subsystem.
 */
static char *diffstat(const struct mail *mail, const struct mail_set *set, GError **error)
{
	g_autofree char *before = g_strconcat(((struct mail_patch *)set->patches->pdata[0])->commit, "^", NULL);
	const char *const head[] = {
		"--literal-pathspecs", "diff", "--stat=72", "--summary", before, last_of(set)->commit, "--",
	};
	g_autoptr(GPtrArray) args = g_ptr_array_new();

	for (guint i = 0; i < G_N_ELEMENTS(head); i++)
		g_ptr_array_add(args, (gpointer)head[i]);
	for (guint i = 0; i < set->patches->len; i++) {
		const struct mail_patch *patch = set->patches->pdata[i];

		for (char **path = patch->paths; *path; path++)
			g_ptr_array_add(args, *path);
	}
	g_ptr_array_add(args, NULL);
	return git_run(mail->options->git, NULL, (const char *const *)args->pdata, error);
}

/* "base-commit" and what it takes to get from there to the set, as format-patch --base writes it. */
static gboolean append_base_commit(GString *text, const struct mail *mail, const struct mail_set *set, GError **error)
{
	if (!mail->options->public_base)
		return TRUE;
	g_string_append_printf(text, "base-commit: %s\n", mail->options->base);
	for (guint i = 0; i < set->needs->len; i++) {
		const struct mail_set *need = set->needs->pdata[i];

		for (guint k = 0; k < need->patches->len; k++) {
			const char *commit = ((struct mail_patch *)need->patches->pdata[k])->commit;
			g_autofree char *diff = git_run_l(mail->options->git, error, "diff-tree", "-p", commit, NULL);
			g_autofree char *id = NULL;

			if (diff)
				id = git_input(mail->options->git, NULL, diff, strlen(diff),
					       (const char *const[]){ "patch-id", "--stable", NULL }, error);
			if (!id)
				return FALSE;
			g_string_append_printf(text, "prerequisite-patch-id: %.*s\n", (int)strcspn(id, " "), id);
		}
	}
	return TRUE;
}

static gboolean append_headers(GString *cover, const struct mail *mail, const struct mail_set *set, GError **error)
{
	g_autofree char *text = NULL, *from = NULL, *date = NULL, *thread = NULL;
	g_autofree char *subject = subject_of(mail, set);

	if (!g_file_get_contents(last_of(set)->file, &text, NULL, error))
		return FALSE;
	from = mail_header(text, "From");
	date = mail_header(text, "Date");
	if (!from || !date)
		return fail(error, "'%s' has no sender or date", last_of(set)->file);
	thread = mail_thread_headers(set, from, 0);
	g_string_append_printf(cover, "From %s Mon Sep 17 00:00:00 2001\n%sFrom: %s\nDate: %s\n", last_of(set)->commit,
			       thread, from, date);
	g_string_append_printf(cover, "Subject: [PATCH %0*u/%u] %s\n%s", set->patches->len < 10 ? 1 : 2, 0,
			       set->patches->len, subject, set->recipients);
	g_string_append(cover, "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
			"Content-Transfer-Encoding: 8bit\n\n");
	return TRUE;
}

gboolean cover_write(const struct mail *mail, const struct mail_set *set, GError **error)
{
	g_autofree char *path = g_build_filename(set->folder, "0000-cover-letter.patch", NULL);
	g_autofree char *log = NULL, *stat = NULL, *version = NULL;
	g_autoptr(GString) cover = g_string_new(NULL);

	if (!append_headers(cover, mail, set, error))
		return FALSE;
	append_what(cover, mail, set);
	cover_converted(cover, mail, set);
	cover_left(cover, mail, set);
	cover_checks(cover, mail, set);
	if (!append_base(cover, mail, error))
		return FALSE;
	append_needs(cover, set);
	log = shortlog(mail, set, error);
	stat = log ? diffstat(mail, set, error) : NULL;
	version = stat ? git_run_l(mail->options->git, error, "version", NULL) : NULL;
	if (!version)
		return FALSE;
	g_string_append_printf(cover, "%s\n%s\n\n", log, stat);
	if (!append_base_commit(cover, mail, set, error))
		return FALSE;
	g_string_append_printf(cover, "-- \n%s\n\n", g_str_has_prefix(version, "git version ") ? version + 12 : version);
	return file_write(path, cover->str, cover->len, error);
}
