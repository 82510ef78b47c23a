// SPDX-License-Identifier: GPL-2.0-only
/*
 * complaint.c: what a failed process said, and whether to believe it.
 *
 * A complaint becomes one field of a table or one line of an error: it has
 * no newline. "error" counts as a word of its own and as the start of a
 * message ("error:", "Error 2"), so that neither the name of a function or
 * file nor make's "not remade because of errors" is taken for one.
 *
 * An accident is a failure that the same input need not meet again. Nothing
 * found out by one may be kept.
 */
#define _GNU_SOURCE
#include <string.h>

#include "process.h"

/* Lines quoted. */
#define QUOTED_LINES 3

static bool says_error(const char *line)
{
	for (const char *at = line; (at = strcasestr(at, "error")); at++) {
		bool begins = at == line || !(g_ascii_isalnum(at[-1]) || strchr("_-./", at[-1]));

		if (begins && (!at[5] || at[5] == ':' || at[5] == ' '))
			return true;
	}
	return false;
}

/* The lines that say "error" joined, or NULL; last becomes the last line that is not blank. */
static char *error_lines(const char *text, char **last)
{
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
	g_autoptr(GString) errors = g_string_new(NULL);
	guint n = 0;

	for (char **line = lines; *line; line++) {
		if (!*g_strstrip(*line))
			continue;
		g_free(*last);
		*last = g_strdup(*line);
		if (n < QUOTED_LINES && says_error(*line))
			g_string_append_printf(errors, "%s%s", n++ ? "; " : "", *line);
	}
	return n ? g_string_free(g_steal_pointer(&errors), FALSE) : NULL;
}

#define MAKE_FAILED "^make(\\[\\d+\\])?: \\*\\*\\* \\[.*\\] "
#define BY_LINE (G_REGEX_MULTILINE | G_REGEX_RAW | G_REGEX_CASELESS)

/*
 * What says that this machine has not the program a command of make is, or NULL. With a path it is one of the
 * sources'; and a makefile may ask for one in vain and go on.
 */
static char *missing_program(const char *text)
{
	g_autoptr(GRegex) absent = g_regex_new("(?:^|(?<=:))(make(\\[\\d+\\])?|\\S*sh: (line )?\\d+): [^\\s/:]+: "
					       "((command )?not found|No such file or directory)$", BY_LINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	if (!text || !g_regex_match_simple(MAKE_FAILED "Error 127$", text, BY_LINE, 0) ||
	    !g_regex_match(absent, text, 0, &match))
		return NULL;
	return g_match_info_fetch(match, 0);
}

char *process_complaint(const struct process *p)
{
	g_autofree char *last_err = NULL, *last_out = NULL, *missing = NULL, *errors = NULL;

	if (p->timed_out)
		return g_strdup("time limit reached");
	errors = error_lines(p->err, &last_err);
	if (!errors)
		errors = error_lines(p->out, &last_out);
	missing = missing_program(p->err);
	if (errors)
		return !missing || strstr(errors, missing) ? g_steal_pointer(&errors) :
							     g_strdup_printf("%s; %s", missing, errors);
	return g_strdup_printf("%s (exit status %d)", last_err ? last_err : last_out ? last_out : "no message", p->exit);
}

static bool says_accident(const char *text)
{
	/* As the C library, the linkers, and a compiler driver whose child was killed or crashed say it. */
	static const char *const words[] = { "No space left on device", "Disk quota exceeded",
		"Cannot allocate memory", "out of memory", "memory exhausted", "Killed signal",
		"Terminated signal", "Input/output error", "Too many open files",
		"Resource temporarily unavailable", "failed to map segment", "internal compiler error",
		"frontend command failed due to signal" };
	/* A signal, as make names it or as the shell between counts it. */
	static const char died[] = MAKE_FAILED "((?!Error )|Error 1(29|[345]\\d)$)";
	g_autofree char *missing = missing_program(text);

	for (guint i = 0; text && i < G_N_ELEMENTS(words); i++)
		if (strstr(text, words[i]))
			return true;
	return text && (missing || g_regex_match_simple(died, text, BY_LINE, 0));
}

bool process_says_accident(const struct process *p)
{
	return p->timed_out || p->exit >= 128 || says_accident(p->err);
}

/* The stream that is quoted is the one that is believed: the other may hold any text. */
bool process_accident(const struct process *p)
{
	g_autofree char *last = NULL, *err = NULL, *out = NULL;

	if (p->timed_out || p->exit >= 128)
		return true;
	if (!p->exit)
		return false;
	err = error_lines(p->err, &last);
	if (err || says_accident(p->err))
		return says_accident(p->err);
	out = error_lines(p->out, &last);
	/* Without either it did not say what is wrong with its input. */
	return !out || says_accident(p->out);
}
