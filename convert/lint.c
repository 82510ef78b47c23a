// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a patch must be like before it goes to a maintainer.
 *
 * Columns are characters, not bytes. A line that is indented quotes code or a
 * command, and one without a blank (an address, a path) cannot be broken:
 * neither is held to the width. Faults are collected, so that one run names
 * all of them.
 */
#include <string.h>

#include "lint.h"

#define SUBJECT_WIDTH	72
#define BODY_WIDTH	75
#define FAULTS_SHOWN	20

struct lint *lint_new(void)
{
	struct lint *lint = g_new0(struct lint, 1);

	lint->subjects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	lint->faults = g_string_new(NULL);
	return lint;
}

void lint_free(struct lint *lint)
{
	g_hash_table_unref(lint->subjects);
	g_string_free(lint->faults, TRUE);
	g_free(lint);
}

static void fault(struct lint *lint, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void fault(struct lint *lint, const char *name, const char *format, ...)
{
	va_list ap;

	if (lint->count++ >= FAULTS_SHOWN)
		return;
	g_string_append_printf(lint->faults, "\n  %s: ", name);
	va_start(ap, format);
	g_string_append_vprintf(lint->faults, format, ap);
	va_end(ap);
}

void lint_subject(struct lint *lint, const char *name, const char *subject)
{
	glong width = g_utf8_strlen(subject, -1);

	if (!*subject)
		fault(lint, name, "no subject");
	if (width > SUBJECT_WIDTH)
		fault(lint, name, "subject of %ld columns, %d at most: '%s'", width, SUBJECT_WIDTH, subject);
}

static void lint_line(struct lint *lint, const char *name, const char *line, const char *signoff)
{
	static const char trailer[] = "Signed-off-by: ";

	if (g_str_has_prefix(line, trailer) && g_strcmp0(line + strlen(trailer), signoff))
		fault(lint, name, "signed off by someone who was not given: '%s'", line);
	if (g_str_has_prefix(line, "diff ") || g_str_has_prefix(line, "--- ") || g_str_equal(line, "---") ||
	    g_str_has_prefix(line, "Index: "))
		fault(lint, name, "git am ends the message at the line '%s'; indent it", line);
	if (strchr(" \t", *line) || !strchr(line, ' ') || g_str_has_prefix(line, "Link: "))
		return;
	if (g_utf8_strlen(line, -1) > BODY_WIDTH)
		fault(lint, name, "line of more than %d columns: '%s'", BODY_WIDTH, line);
}

void lint_message(struct lint *lint, const char *name, const char *message, const char *signoff)
{
	g_auto(GStrv) lines = g_strsplit(message, "\n", -1);
	bool body = false;

	if (!g_utf8_validate(message, -1, NULL)) {
		fault(lint, name, "the message is not UTF-8");
		return;
	}
	lint_subject(lint, name, lines[0] ? lines[0] : "");
	if (!lines[0])
		return;
	if (!g_hash_table_add(lint->subjects, g_strdup(lines[0])))
		fault(lint, name, "another patch has the subject '%s'", lines[0]);
	if (lines[1] && *lines[1])
		fault(lint, name, "no blank line below the subject");
	for (guint i = 1; lines[i]; i++) {
		lint_line(lint, name, lines[i], signoff);
		body |= *lines[i] && !g_str_has_prefix(lines[i], "Signed-off-by: ");
	}
	if (!body)
		fault(lint, name, "the message says nothing but its subject");
}

gboolean lint_result(const struct lint *lint, GError **error)
{
	if (!lint->count)
		return TRUE;
	return fail_holds_not(error, "no patch set was written, %u fault%s:%s%s", lint->count,
			      lint->count == 1 ? "" : "s", lint->faults->str,
			      lint->count > FAULTS_SHOWN ? "\n  ..." : "");
}
