// SPDX-License-Identifier: GPL-2.0-only
/*
 * The patch files of a set.
 *
 * git format-patch writes each, so that its form is git's; what is added are
 * header lines, and text between the "---" line and the diffstat, which git am
 * drops. The commit message stays as it is.
 */
#include <string.h>

#include "elsewhere.h"
#include "evidence.h"
#include "mail-set.h"

char *mail_header(const char *text, const char *name)
{
	g_autofree char *key = g_strdup_printf("\n%s: ", name);
	const char *end = strstr(text, "\n\n");
	const char *start = strstr(text, key);
	const char *stop;

	if (!start || !end || start > end)
		return NULL;
	start += strlen(key);
	stop = strchr(start, '\n');
	while (stop[1] == ' ' || stop[1] == '\t')
		stop = strchr(stop + 1, '\n');
	return g_strndup(start, stop - start);
}

/* The bare address of "Name <address>". */
static char *address_of(const char *from)
{
	const char *open = strrchr(from, '<');

	return open ? g_strndup(open + 1, strcspn(open + 1, ">")) : g_strdup(from);
}

/* A message id as git makes them, but of commits instead of the time: the same series gives the same ids. */
static char *message_id(const struct mail_set *set, const char *from, guint number)
{
	const struct mail_patch *last = set->patches->pdata[set->patches->len - 1];
	g_autofree char *address = address_of(from);

	if (!number)
		return g_strdup_printf("<cover.%.20s.git.%s>", last->commit, address);
	return g_strdup_printf("<%.20s.%.20s.git.%s>", ((struct mail_patch *)set->patches->pdata[number - 1])->commit,
			       last->commit, address);
}

char *mail_thread_headers(const struct mail_set *set, const char *from, guint number)
{
	g_autofree char *cover = message_id(set, from, 0), *own = message_id(set, from, number);

	if (!number)
		return g_strdup_printf("Message-Id: %s\n", own);
	return g_strdup_printf("Message-Id: %s\nIn-Reply-To: %s\nReferences: %s\n", own, cover, cover);
}

static int digits(guint n)
{
	return n < 10 ? 1 : n < 100 ? 2 : 3;
}

static gboolean format_patch(const struct mail *mail, const struct mail_set *set, guint i, GError **error)
{
	struct mail_patch *patch = set->patches->pdata[i];
	g_autofree char *prefix = g_strdup_printf("--subject-prefix=PATCH %0*u/%u", digits(set->patches->len), i + 1,
						  set->patches->len);
	g_autofree char *start = g_strdup_printf("--start-number=%u", i + 1);

	patch->file = git_run_l(mail->options->git, error, "format-patch", "-1", "--no-numbered", "--no-thread",
				"--no-attach", "--no-base", "--no-notes", "--stat-width=72", prefix, start,
				"-o", set->folder, patch->commit, NULL);
	return patch->file != NULL;
}

gboolean mail_patch_format(const struct mail *mail, struct mail_set *set, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new();

	for (guint i = 0; i < set->patches->len; i++) {
		if (!format_patch(mail, set, i, error))
			return FALSE;
		g_ptr_array_add(files, ((struct mail_patch *)set->patches->pdata[i])->file);
	}
	set->recipients = recipients_headers(mail->recipients, files, error);
	return set->recipients != NULL;
}

/* One line for a row of evidence; of what holds the detail says no more than that. */
static char *evidence_line(const char *const *row)
{
	const char *detail = row[EVIDENCE_DETAIL];
	bool quoted = strcmp(row[EVIDENCE_VERDICT], "holds") && strcmp(detail, "-");

	return g_strdup_printf("  %-10s %-28s %s%s%s\n", row[EVIDENCE_CHECK], row[EVIDENCE_CONFIG],
			       row[EVIDENCE_VERDICT], quoted ? ": " : "", quoted ? detail : "");
}

/*
 * What was checked on this very commit: a check and configuration are told once, however many of the objects
 * have rows of their own, and beneath them by how much the code grew.
 */
static char *evidence_of(const struct mail *mail, const struct mail_patch *patch)
{
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GString *text = g_string_new(NULL);

	for (guint i = 0; mail->evidence && i < mail->evidence->rows->len; i++) {
		const char *const *row = mail->evidence->rows->pdata[i];
		const char *growth = evidence_growth(row[EVIDENCE_CHECK], row[EVIDENCE_DETAIL]);
		char *line;

		/* What is said of lines is for the account of sites. */
		if (strcmp(row[EVIDENCE_COMMIT], patch->commit) || check_is_of_lines(row[EVIDENCE_CHECK]))
			continue;
		line = evidence_line(row);
		if (!g_hash_table_contains(said, line))
			g_string_append(text, line);
		g_hash_table_add(said, line);
		if (growth)
			g_string_append_printf(text, "    %s\n", growth);
	}
	if (text->len)
		g_string_prepend(text, "Checked on this commit:\n");
	return g_string_free(text, FALSE);
}

static char *missing_signoff(const struct mail *mail, const struct mail_patch *patch)
{
	const char *signoff = mail->options->signoff;
	g_autofree char *line = g_strdup_printf("\nSigned-off-by: %s", signoff ? signoff : "");

	if (!signoff || strstr(patch->message, line))
		return g_strdup("");
	return g_strdup_printf("\nSigned-off-by: %s\n", signoff);
}

static gboolean finish(const struct mail *mail, const struct mail_set *set, guint i, GError **error)
{
	const struct mail_patch *patch = set->patches->pdata[i];
	g_autofree char *text = NULL, *from = NULL, *thread = NULL;
	g_autofree char *signoff = missing_signoff(mail, patch), *evidence = evidence_of(mail, patch);
	g_autoptr(GString) done = g_string_new(NULL);
	char *first, *headers_end, *message_end;

	if (!g_file_get_contents(patch->file, &text, NULL, error))
		return FALSE;
	first = strchr(text, '\n');
	headers_end = strstr(text, "\n\n");
	message_end = headers_end ? strstr(headers_end + 1, "\n---\n") : NULL;
	from = mail_header(text, "From");
	if (!message_end || !from)
		return fail(error, "'%s' is not as git format-patch writes patches", patch->file);
	thread = mail_thread_headers(set, from, i + 1);
	g_string_append_len(done, text, first + 1 - text);
	g_string_append(done, thread);
	g_string_append_len(done, first + 1, headers_end - first);
	g_string_append(done, set->recipients);
	g_string_append_len(done, headers_end + 1, message_end - headers_end);
	g_string_append(done, signoff);
	g_string_append(done, "---\n");
	if (*evidence)
		g_string_append_printf(done, "%s\n", evidence);
	g_string_append(done, message_end + strlen("\n---\n"));
	return file_write(patch->file, done->str, done->len, error);
}

gboolean mail_patch_finish(const struct mail *mail, const struct mail_set *set, GError **error)
{
	for (guint i = 0; i < set->patches->len; i++)
		if (!finish(mail, set, i, error))
			return FALSE;
	return TRUE;
}
