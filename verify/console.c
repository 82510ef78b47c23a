// SPDX-License-Identifier: GPL-2.0-only
/*
 * console.c: what a guest's console log says. See console.h.
 *
 * A function of the text alone. It holds only when every set that was asked
 * for ended well, with each test of its plan reported, in order, and one at
 * least passed, and the kernel complained about nothing. The first complaint
 * of the kernel is the failure that is told, before any test's: tests fail
 * because of it. A test that was skipped is counted and never passes; one that was for
 * want of a program leaves in doubt what does not fail.
 *
 * Words: a complaint is a line that a kernel prints for what should not have
 * happened; an excerpt is some lines from there on.
 */
#include <string.h>

#include "console.h"

#define GUEST "ktap: "
/* Of a skipped test; the name of a program follows. */
#define MISSING "missing "
#define EXCERPT_LINES 8
#define LINE_BYTES 160

/* What kernels say. At the start of a message, or anywhere in it. */
static const char *const at_start[] = {
	"WARNING: ", "BUG: ", "INFO: task ", "INFO: trying to register non-static key", "INFO: lockdep is turned off",
	"Oops: ", "Unable to handle kernel", "Internal error: ", "Call Trace:", "Call trace:", "kernel BUG at ",
	"general protection fault", "double fault",
};
static const char *const anywhere[] = {
	"Kernel panic - not syncing", "BUG: soft lockup", "BUG: KASAN", "BUG: KFENCE", "BUG: KMSAN", "BUG: KCSAN",
	"UBSAN: ", "detected stall", "self-detected stall", "hard LOCKUP", "possible circular locking",
	"possible recursive locking", "suspicious RCU usage", "inconsistent lock state", "Oops: ",
	"blocked for more than", "rcu: INFO: ", "kernel BUG at ", "segfault at ", "DEBUG_LOCKS_WARN_ON",
	"refcount_t: ", "list_add corruption", "list_del corruption", "Bad page state", "new suspected memory leaks",
	"I/O error, dev ", "Buffer I/O error", "metadata I/O error", "EXT4-fs error", "Corruption detected",
	"corruption detected", "BTRFS error", "BTRFS critical",
	/* What was dropped may have been any of these. */
	"printk messages dropped",
	"DMAR: DRHD: handling fault", "DMA-API: ", "Out of memory: ",
};
/* What starts as a complaint of the DMA API does, and is none. */
static const char *const harmless[] = {
	"DMA-API: preallocated ", "DMA-API: debugging enabled ", "DMA-API: dma_debug_entry pool grown ",
};
/* What test programs say, although they may end with status 0. */
static const char *const by_guest[] = { "verify failed", "bad magic header", "short read", "short write" };

struct reader {
	struct console *console;
	char **lines;		/* without carriage returns, made printable */
	char *const *sets;	/* asked for */
	int plan;		/* tests of the open set; -1: none told yet */
	guint number;		/* of the last result in the open set */
	guint passed, missing;	/* in the open set */
	int outer_plan;
	char *open;		/* name of the open set, or NULL */
	char *begun;		/* name of the test that has begun, or NULL */
	guint begun_line;
	guint said_line;	/* where it first said one of by_guest, or 0 */
	bool complained;	/* the kernel has */
};

void console_free(struct console *console)
{
	if (!console)
		return;
	g_ptr_array_unref(console->skips);
	g_ptr_array_unref(console->missing);
	g_ptr_array_unref(console->known);
	g_free(console->failure);
	g_ptr_array_unref(console->symptoms);
	g_free(console);
}

/* Past "[   40.217493] " or, with PRINTK_CALLER, "[   40.217493][    T1] ". */
static const char *message(const char *line)
{
	for (guint i = 0; i < 2 && *line == '['; i++) {
		const char *end = strchr(line, ']');

		if (!end || !end[1] || !strchr(" [", end[1]) ||
		    strspn(line + 1, " .0123456789TCIRQ") != (gsize)(end - line - 1))
			break;
		line = end + 1 + (end[1] == ' ');
	}
	return line;
}

/* The guest's part of a line, or NULL: the kernel's. */
static const char *guest_text(const char *line)
{
	const char *text = message(line);

	return g_str_has_prefix(text, GUEST) ? text + strlen(GUEST) : NULL;
}

static bool starts_with_any(const char *text, const char *const *words, guint n)
{
	for (guint i = 0; i < n; i++)
		if (g_str_has_prefix(text, words[i]))
			return true;
	return false;
}

static bool has_any(const char *text, const char *const *words, guint n)
{
	for (guint i = 0; i < n; i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

static bool is_complaint(const char *line)
{
	const char *text = message(line);

	return !starts_with_any(text, harmless, G_N_ELEMENTS(harmless)) &&
	       (starts_with_any(text, at_start, G_N_ELEMENTS(at_start)) ||
		has_any(text, anywhere, G_N_ELEMENTS(anywhere)));
}

/* Some lines from there on; the kernel's or the guest's alone, as the first is. */
static char *excerpt(char *const *lines, guint from)
{
	GString *text = g_string_new(NULL);
	bool guest = guest_text(lines[from]);
	guint n = 0;

	for (guint i = from; lines[i] && n < EXCERPT_LINES; i++) {
		const char *said = guest ? guest_text(lines[i]) : message(lines[i]);

		if (!said || guest != !!guest_text(lines[i]))
			continue;
		while (*said == ' ')
			said++;
		if (!*said)
			continue;
		g_string_append_printf(text, "%s%.*s", n ? " | " : "", LINE_BYTES, said);
		n++;
	}
	return g_string_free(text, FALSE);
}

/* Takes the text: what is wrong is told once, however often it is. */
static void add_symptom(struct console *console, char *what)
{
	if (g_ptr_array_find_with_equal_func(console->symptoms, what, g_str_equal, NULL))
		g_free(what);
	else
		g_ptr_array_add(console->symptoms, what);
}

static void set_failure(struct reader *reader, const char *what, guint line)
{
	g_autofree char *said = reader->lines[line] ? excerpt(reader->lines, line) : g_strdup("");

	g_free(reader->console->failure);
	reader->console->failure = g_strdup_printf("%s%s%s", what, *said ? ": " : "", said);
}

/* The first failure stays. */
static void take_failure(struct reader *reader, guint line, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void take_failure(struct reader *reader, guint line, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list ap;

	va_start(ap, format);
	what = g_strdup_vprintf(format, ap);
	va_end(ap);
	add_symptom(reader->console, g_strdup(what));
	if (!reader->console->failure)
		set_failure(reader, what, line);
}

/* "ok 3 name # SKIP reason": its number, name and directive. FALSE: not a result. */
static bool parse_result(const char *text, bool *ok, guint *number, char **name, char **skip)
{
	const char *p = text, *directive;
	char *end;

	*ok = !g_str_has_prefix(p, "not ");
	p += *ok ? 0 : strlen("not ");
	if (!g_str_has_prefix(p, "ok ") || !g_ascii_isdigit(p[3]))
		return false;
	*number = strtoul(p + 3, &end, 10);
	end += strspn(end, " ");
	if (g_str_has_prefix(end, "- "))
		end += 2;
	directive = strstr(end, "# SKIP");
	*skip = directive ? g_strstrip(g_strdup(directive + strlen("# SKIP"))) : NULL;
	*name = g_strstrip(g_strndup(end, directive ? (gsize)(directive - end) : strlen(end)));
	return true;
}

static void take_skip(struct reader *reader, const char *name, const char *why)
{
	bool missing = g_str_has_prefix(why, MISSING);

	reader->missing += missing;
	g_ptr_array_add(missing ? reader->console->missing : reader->console->skips,
			g_strdup_printf("%s: %s: %s", reader->open, name, missing ? why + strlen(MISSING) : why));
}

static void take_test(struct reader *reader, const char *text, guint line)
{
	struct console *console = reader->console;
	g_autofree char *name = NULL, *skip = NULL;
	guint number, from = reader->said_line ? reader->said_line : reader->begun ? reader->begun_line : line;
	bool ok;

	if (!parse_result(text, &ok, &number, &name, &skip))
		return;
	if (number != ++reader->number)
		take_failure(reader, line, "%s: result %u is numbered %u", reader->open, reader->number, number);
	if (!ok) {
		console->failed++;
		take_failure(reader, from, "%s: '%s' failed", reader->open, name);
	} else if (reader->said_line) {
		console->failed++;
		take_failure(reader, from, "%s: '%s' passed, but said", reader->open, name);
	} else if (skip) {
		console->skipped++;
		take_skip(reader, name, skip);
	} else {
		console->passed++;
		reader->passed++;
	}
	g_clear_pointer(&reader->begun, g_free);
	reader->said_line = 0;
}

static void take_set(struct reader *reader, const char *text, guint line)
{
	g_autofree char *name = NULL, *skip = NULL;
	guint number;
	bool ok;

	if (g_str_has_prefix(text, "1..")) {
		reader->outer_plan = atoi(text + 3);
		return;
	}
	if (!parse_result(text, &ok, &number, &name, &skip))
		return;
	if (reader->console->sets >= g_strv_length((char **)reader->sets) ||
	    strcmp(name, reader->sets[reader->console->sets]) || g_strcmp0(name, reader->open))
		take_failure(reader, line, "a result of the set '%s', which is not the one that runs", name);
	else if (reader->plan < 0)
		take_failure(reader, line, "%s: no plan", name);
	else if ((guint)reader->plan != reader->number)
		take_failure(reader, line, "%s: %u of %d tests reported a result", name, reader->number, reader->plan);
	else if (!ok)
		take_failure(reader, line, "%s: the set failed", name);
	else if (!reader->passed && !reader->missing)
		take_failure(reader, line, "%s: no test passed", name);
	reader->console->sets++;
	g_clear_pointer(&reader->open, g_free);
}

static void take_guest_line(struct reader *reader, const char *text, guint line)
{
	const char *inner = text + strspn(text, " ");

	if (inner == text) {
		take_set(reader, text, line);
	} else if (g_str_has_prefix(inner, "# Subtest: ")) {
		g_free(reader->open);
		reader->open = g_strdup(inner + strlen("# Subtest: "));
		reader->console->begun = true;
		reader->plan = -1;
		reader->number = reader->passed = reader->missing = 0;
	} else if (g_str_has_prefix(inner, "# start ")) {
		g_free(reader->begun);
		reader->begun = g_strdup(inner + strlen("# start "));
		reader->begun_line = line;
		reader->said_line = 0;
	} else if (g_str_has_prefix(inner, "1..")) {
		reader->plan = atoi(inner + 3);
	} else if (*inner == '#') {
		if (!reader->said_line && has_any(inner, by_guest, G_N_ELEMENTS(by_guest)))
			reader->said_line = line;
	} else if (reader->open) {
		take_test(reader, inner, line);
	}
}

/* Where it stood when it ended: "in block: 'NVMe'". */
static char *position(const struct reader *reader)
{
	if (reader->open && reader->begun)
		return g_strdup_printf("in %s: '%s'", reader->open, reader->begun);
	if (reader->open)
		return g_strdup_printf("in %s", reader->open);
	return g_strdup(reader->outer_plan < 0 ? "before the first test" : "between sets");
}

/* The first takes the place of what a test failed at before: it is told where the tests stood. */
static void take_complaint(struct reader *reader, guint line)
{
	g_autofree char *where = position(reader), *what = g_strdup_printf("%s, the log has", where);
	g_autoptr(GRegex) number = g_regex_new("0x[0-9a-f]+|[0-9]+", 0, 0, NULL);
	g_autofree char *said = g_regex_replace_literal(number, message(reader->lines[line]), -1, 0, "N", 0, NULL);

	add_symptom(reader->console, g_strdup_printf("%s: %s", what, said));
	if (!reader->complained)
		set_failure(reader, what, line);
	reader->complained = true;
}

/* The line behind the last one of a report: its backtrace has ended, or the guest says something. */
static guint report_end(char *const *lines, guint from)
{
	guint i = from + 1;

	while (lines[i] && !guest_text(lines[i]))
		if (strstr(lines[i++], "</TASK>"))
			break;
	return i;
}

/* Whether what begins in that line is known; then it ends before the line *end. */
static bool take_known(struct reader *reader, guint line, const struct known *known, guint *end)
{
	g_autoptr(GString) report = g_string_new(NULL);
	const char *reason;

	*end = report_end(reader->lines, line);
	for (guint i = line; i < *end; i++)
		g_string_append_printf(report, "%s ", message(reader->lines[i]));
	reason = known ? known_reason(known, report->str) : NULL;
	if (reason && !g_ptr_array_find_with_equal_func(reader->console->known, reason, g_str_equal, NULL))
		g_ptr_array_add(reader->console->known, g_strdup(reason));
	return reason;
}

/* What is missing at the end of the log. */
static void take_end(struct reader *reader, const char *why_ended)
{
	guint n = g_strv_length((char **)reader->sets), last = g_strv_length(reader->lines);
	g_autofree char *where = position(reader);

	/* The last lines that say something. */
	last -= MIN(last, EXCERPT_LINES / 2);
	if (why_ended)
		take_failure(reader, last, "%s, %s", why_ended, where);
	else if (reader->console->sets < n)
		take_failure(reader, last, "the guest ended after %u of %u sets, %s", reader->console->sets, n, where);
	else if (reader->outer_plan != (int)n)
		take_failure(reader, last, "the guest planned %d sets, not %u", reader->outer_plan, n);
}

/* Valid, printable text whatever the wire carried. */
static char **clean_lines(const char *text, gsize len)
{
	g_autofree char *clean = NULL;
	GString *out = g_string_sized_new(len + 1);

	for (gsize i = 0; i < len; i++) {
		unsigned char c = text[i];

		if (c == '\n' || (c >= ' ' && c < 0x7f))
			g_string_append_c(out, c);
		else if (c == '\t')
			g_string_append_c(out, ' ');
		else if (c != '\r')
			g_string_append_c(out, '?');
	}
	g_strchomp(out->str);
	clean = g_string_free(out, FALSE);
	return g_strsplit(clean, "\n", -1);
}

struct console *console_read(const char *text, gsize len, char *const *sets, const char *why_ended,
			     const struct known *known)
{
	g_auto(GStrv) lines = clean_lines(text, len);
	struct console *console = g_new0(struct console, 1);
	struct reader reader = { .console = console, .lines = lines, .sets = sets, .plan = -1, .outer_plan = -1 };
	guint end;

	console->skips = g_ptr_array_new_with_free_func(g_free);
	console->missing = g_ptr_array_new_with_free_func(g_free);
	console->known = g_ptr_array_new_with_free_func(g_free);
	console->symptoms = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; lines[i]; i++) {
		const char *said = guest_text(lines[i]);

		if (said)
			take_guest_line(&reader, said, i);
		else if (is_complaint(lines[i]) && take_known(&reader, i, known, &end))
			i = end - 1;
		else if (is_complaint(lines[i]))
			take_complaint(&reader, i);
	}
	take_end(&reader, why_ended);
	g_free(reader.open);
	g_free(reader.begun);
	return console;
}

static void append_list(GString *text, const char *what, const GPtrArray *list)
{
	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(text, "%s%s", i ? "; " : what, (char *)list->pdata[i]);
}

char *console_summary(const struct console *console)
{
	guint n = console->passed + console->skipped + console->failed;
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%u tests in %u sets", n, console->sets);
	append_list(text, ", skipped: ", console->skips);
	return g_string_free(text, FALSE);
}

char *console_doubt(const struct console *console)
{
	GString *text = g_string_new(NULL);

	append_list(text, "programs are missing: ", console->missing);
	append_list(text, text->len ? "; known: " : "known: ", console->known);
	return g_string_free(text, !text->len);
}
