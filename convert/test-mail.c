// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the patch sets, the linter, the recipients and the report, on a
 * made-up repository of two subsystems that every test gets fresh.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "context.h"
#include "lint.h"
#include "mail.h"
#include "recipients.h"
#include "report.h"

#define ALPHA_PATCHES	17	/* more than one set holds */

struct fixture {
	char *top;		/* removed at the end */
	char *repository, *out;
	struct git *git;
	char *base;
	struct mail_options options;
};

static char *run(const char *cwd, const char *const *argv, const char *input)
{
	struct command command = { .argv = argv, .cwd = cwd, .input = input, .input_len = input ? strlen(input) : 0 };
	g_autoptr(GError) error = NULL;
	struct process result = { 0 };

	process_check(&command, &result, &error);
	g_assert_no_error(error);
	g_free(result.err);
	return g_strchomp(result.out);
}

#define RUN(cwd, input, ...) run(cwd, (const char *const[]){ __VA_ARGS__, NULL }, input)

static void add_commit(GString *stream, const char *message, const char *path, const char *text)
{
	g_string_append_printf(stream, "commit refs/heads/made\nauthor A Person <a@example.org> 1000000000 +0000\n"
			       "committer A Person <a@example.org> 1000000000 +0000\ndata %zu\n%s\n"
			       "M 644 inline %s\ndata %zu\n%s\n", strlen(message), message, path, strlen(text), text);
}

static void add_base(GString *stream)
{
	static const char maintainers[] = "ALPHA\nS:\tMaintained\nF:\ta/\n\nBETA THING\nF:\tb/\n\nTHE REST\nF:\t*/\n";

	add_commit(stream, "base\n", "MAINTAINERS", maintainers);
	g_string_append(stream, "M 644 inline a/x.c\ndata 4\none\n\nM 644 inline b/y.c\ndata 4\none\n\n");
}

static void add_row(struct tsv *commits, guint position, const char *commit, const char *stage,
		    const char *subsystem, const char *subject)
{
	g_autofree char *number = g_strdup_printf("%04u", position);

	tsv_add(commits, number, commit, stage, "step", subsystem, subject);
}

static void write_table(const struct fixture *f, struct tsv *table, const char *name)
{
	g_autofree char *path = g_build_filename(f->out, name, NULL);
	g_autoptr(GError) error = NULL;

	tsv_write(table, path, &error);
	g_assert_no_error(error);
	tsv_free(table);
}

/* The header commit, then one of beta, then those of alpha. */
static void make_history(struct fixture *f)
{
	g_autoptr(GString) stream = g_string_new(NULL);

	add_base(stream);
	add_commit(stream, "core: add a header\n\nIt is needed.\n", "inc/h.h", "header\n");
	add_commit(stream, "beta: use the header\n\nSo that it is used.\n", "b/y.c", "two\n");
	for (guint i = 0; i < ALPHA_PATCHES; i++) {
		g_autofree char *message = g_strdup_printf("alpha: change number %u\n\nSay why.\n", i);
		g_autofree char *text = g_strdup_printf("line %u\n", i);

		add_commit(stream, message, "a/x.c", text);
	}
	g_free(RUN(NULL, NULL, "git", "init", "-q", "--bare", f->repository));
	g_free(RUN(f->repository, stream->str, "git", "fast-import", "--quiet"));
}

static void write_commits(struct fixture *f)
{
	g_autofree char *log = RUN(f->repository, NULL, "git", "log", "--reverse", "--format=%H %s", "made");
	g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
	struct tsv *commits = tsv_new(COMMITS_TSV), *sites = tsv_new(SITES_TSV), *evidence = tsv_new(EVIDENCE_TSV);

	for (guint i = 0; lines[i]; i++) {
		char *subject = strchr(lines[i], ' ');

		*subject++ = '\0';
		if (i == 0)
			f->base = g_strdup(lines[i]);
		else if (i == 1)
			add_row(commits, i, lines[i], "first", "-", subject);
		else
			add_row(commits, i, lines[i], "second", i == 2 ? "beta-thing" : "alpha", subject);
		if (i != 2)
			continue;
		tsv_add(sites, "b/y.c", "1", "1", "word", "code", "f", "converted", "1-rule.cocci", lines[i], "-");
		tsv_add(sites, "b/y.c", "9", "1", "word", "code", "g", "kept", "-", "-", "a <real> reason");
		tsv_add(evidence, lines[i], "x86", "build", "holds", "-", "3");
		tsv_add(evidence, lines[i], "x86", "equiv", "holds", "b/y.o: function f (80 to 81 bytes): as expected", "1");
		tsv_add(evidence, lines[i], "x86", "equiv", "holds",
			"9 identical, 1 as expected; functions of 1000 to 1001 bytes (+0.100 %)", "1");
		tsv_add(evidence, lines[i], "x86", "kunit", "undecided", "no tool", "0");
	}
	write_table(f, commits, "commits.tsv");
	write_table(f, sites, "sites.tsv");
	write_table(f, evidence, "evidence.tsv");
}

static void set_up(struct fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	f->top = g_dir_make_tmp("mail-XXXXXX", &error);
	g_assert_no_error(error);
	f->repository = g_build_filename(f->top, "repository.git", NULL);
	f->out = g_build_filename(f->top, "out", NULL);
	g_assert_cmpint(g_mkdir(f->out, 0777), ==, 0);
	make_history(f);
	write_commits(f);
	f->git = git_open(f->repository, &error);
	g_assert_no_error(error);
	f->options = (struct mail_options){ .out = f->out, .git = f->git, .tag = "v1", .base = f->base };
}

static void tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	remove_tree(f->git->dir);
	remove_tree(f->top);
	git_free(f->git);
	g_free(f->top);
	g_free(f->repository);
	g_free(f->out);
	g_free(f->base);
}

static void write_mail(const struct fixture *f)
{
	g_autoptr(GError) error = NULL;

	mail_write(&f->options, &error);
	g_assert_no_error(error);
}

static char *read_mail(const struct fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(f->out, name, NULL);
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		g_error("'%s' is not in:\n%s", part, text);
}

static void test_names(struct fixture *f, gconstpointer data)
{
	static const char *const names[] = {
		"mail/01-first/0001-core-add-a-header.patch", "mail/02-beta-thing/0000-cover-letter.patch",
		"mail/02-beta-thing/0001-beta-use-the-header.patch", "mail/03-alpha/0015-alpha-change-number-14.patch",
		"mail/04-alpha-2/0001-alpha-change-number-15.patch", "mail/04-alpha-2/0002-alpha-change-number-16.patch",
	};

	(void)data;
	write_mail(f);
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		g_free(read_mail(f, names[i]));
}

static void test_applies(struct fixture *f, gconstpointer data)
{
	g_autofree char *clone = g_build_filename(f->top, "clone", NULL), *want = NULL, *got = NULL;
	g_autofree char *script = g_strdup_printf("for set in '%s'/mail/*; do"
		" git -c user.name=x -c user.email=x@example.org am -q \"$set\"/000[1-9]* $(ls -d \"$set\"/001*) || exit 1;"
		" done 2>/dev/null", f->out);

	(void)data;
	write_mail(f);
	g_free(RUN(NULL, NULL, "git", "clone", "-q", f->repository, clone, "--no-checkout"));
	g_free(RUN(clone, NULL, "git", "checkout", "-q", f->base));
	g_free(RUN(clone, NULL, "sh", "-c", script));
	got = RUN(clone, NULL, "git", "rev-parse", "HEAD^{tree}");
	want = RUN(f->repository, NULL, "git", "rev-parse", "made^{tree}");
	g_assert_cmpstr(got, ==, want);
}

static void test_thread(struct fixture *f, gconstpointer data)
{
	g_autofree char *cover = NULL, *patch = NULL, *id = NULL, *reply = NULL;
	const char *start;

	(void)data;
	write_mail(f);
	cover = read_mail(f, "mail/03-alpha/0000-cover-letter.patch");
	patch = read_mail(f, "mail/03-alpha/0002-alpha-change-number-1.patch");
	assert_has(cover, "Subject: [PATCH 00/15] alpha: second\n");
	assert_has(patch, "Subject: [PATCH 02/15] alpha: change number 1\n");
	start = strstr(cover, "Message-Id: ");
	g_assert_nonnull(start);
	id = g_strndup(start + 12, strcspn(start + 12, "\n"));
	reply = g_strdup_printf("In-Reply-To: %s\nReferences: %s\n", id, id);
	assert_has(patch, reply);
}

static void test_cover(struct fixture *f, gconstpointer data)
{
	g_autofree char *cover = NULL;

	(void)data;
	f->options.intro = "Hide the word\n\nIt must go.\n";
	write_mail(f);
	cover = read_mail(f, "mail/02-beta-thing/0000-cover-letter.patch");
	assert_has(cover, "\n\nIt must go.\n\nThis set is for BETA THING, stage second.\n");
	assert_has(cover, "Converted here: 1 use in 1 file.\n\n  by word: word 1\n  by rule: 1-rule.cocci 1\n");
	assert_has(cover, "  kept: a <real> reason\n    b/y.c:9: word in g\n");
	assert_has(cover, "  build      x86: holds 1\n");
	assert_has(cover, "  kunit      x86: holds 0, undecided 1\n");
	assert_has(cover, " undecided: no tool\n");
	assert_has(cover, "Not run: warnings, sparse, style, boot.\n");
	/* A commit holds once, though single objects have rows of their own. */
	assert_has(cover, "  equiv      x86: holds 1\n    ");
	assert_has(cover, " functions of 1000 to 1001 bytes (+0.100 %)\n  kunit ");
	assert_has(cover, "To be applied first:\n\n  01-first, 1 patch, up to\n    core: add a header\n");
	assert_has(cover, "A Person (1):\n  beta: use the header\n\n b/y.c | 2 +-\n");
	g_assert_null(strstr(cover, "base-commit:"));
	g_free(cover);
	cover = read_mail(f, "mail/03-alpha/0000-cover-letter.patch");
	assert_has(cover, "Subject: [PATCH 00/15] alpha: Hide the word\n");
}

static void test_base_commit(struct fixture *f, gconstpointer data)
{
	g_autofree char *cover = NULL, *line = g_strdup_printf("\nbase-commit: %s\nprerequisite-patch-id: ", f->base);

	(void)data;
	f->options.public_base = true;
	write_mail(f);
	cover = read_mail(f, "mail/02-beta-thing/0000-cover-letter.patch");
	assert_has(cover, line);
	g_assert_null(strstr(cover, "Debian"));
}

static void test_evidence(struct fixture *f, gconstpointer data)
{
	g_autofree char *patch = NULL;

	(void)data;
	f->options.signoff = "A Person <a@example.org>";
	write_mail(f);
	patch = read_mail(f, "mail/02-beta-thing/0001-beta-use-the-header.patch");
	assert_has(patch, "\n\nSo that it is used.\n\nSigned-off-by: A Person <a@example.org>\n---\nChecked on this commit:\n");
	assert_has(patch, ": no tool\n\n b/y.c | 2 +-\n");
	/* Once, whatever there is of single objects, with what the objects grew by. */
	assert_has(patch, " holds\n  equiv      x86                          holds\n    functions of 1000 to 1001 bytes (+0.100 %)\n"
		   "  kunit ");
}

static void test_refuses(struct fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_build_filename(f->out, "commits.tsv", NULL);
	g_autofree char *made = g_build_filename(f->out, "mail.tmp", NULL);
	struct tsv *commits = tsv_new(COMMITS_TSV);

	(void)data;
	write_mail(f);
	/* The base's message has no body. */
	add_row(commits, 1, f->base, "first", "-", "base");
	write_table(f, commits, "commits.tsv");
	g_assert_false(mail_write(&f->options, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_FAILS);
	assert_has(error->message, "0001: the message says nothing but its subject");
	g_free(read_mail(f, "mail/04-alpha-2/0002-alpha-change-number-16.patch"));
	g_assert_false(g_file_test(made, G_FILE_TEST_EXISTS));
}

static void test_same_again(struct fixture *f, gconstpointer data)
{
	g_autofree char *first = NULL, *second = NULL;

	(void)data;
	write_mail(f);
	first = read_mail(f, "mail/03-alpha/0000-cover-letter.patch");
	write_mail(f);
	second = read_mail(f, "mail/03-alpha/0000-cover-letter.patch");
	g_assert_cmpstr(first, ==, second);
}

static void test_report(struct fixture *f, gconstpointer data)
{
	static const char coverage[] = "{ \"tag\": \"v<1>\", \"sites\": { \"total\": 2 }, \"by_subsystem\":"
		" { \"beta\": { \"converted\": 1, \"kept\": 1 } }, \"undecided\": [ { \"path\": \"p&q\" } ] }";
	g_autofree char *path = g_build_filename(f->out, "coverage.json", NULL), *html = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	file_write(path, coverage, -1, &error);
	g_assert_no_error(error);
	report_write(f->out, &error);
	g_assert_no_error(error);
	html = read_mail(f, "report.html");
	assert_has(html, "<h1>Conversion of v&lt;1&gt;</h1>");
	assert_has(html, "a &lt;real&gt; reason");
	assert_has(html, "<td class=\"c\">p&amp;q</td>");
	assert_has(html, "<td class=\"c\">beta</td><td class=\"n\">1</td><td class=\"n\">1</td><td class=\"n\">0</td>");
	assert_has(html, "<tr class=\"undecided\"><td></td><td></td><td class=\"c\">kunit</td>");
	assert_has(html, "<b>beta: use the header</b>");
}

static void test_report_without_coverage(struct fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	g_assert_false(report_write(f->out, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
}

/* Messages, and the fault that each has; NULL for none. */
static const struct {
	const char *message, *fault;
} messages[] = {
	{ "a: b\n\nwhy\n", NULL },
	{ "a: b\n\nwhy\n\n  an indented line may be as long as it likes, for it quotes code or a command\n", NULL },
	{ "a: b\n\nhttps:" "//example.org/an/address/that/cannot/be/broken/and/is/longer/than/75/columns\n", NULL },
	{ "a: b\n\nwhy\n\nSigned-off-by: A <a@example.org>\n", NULL },
	{ "a: b\n", "the message says nothing but its subject" },
	{ "a: b\nwhy\n", "no blank line below the subject" },
	{ "a: a subject that goes on for more than seventy-two columns is not a subject\n\nwhy\n", "subject of 76 columns" },
	{ "a: b\n\nthis line of a body is wider than the seventy-five columns that it is allowed\n", "line of more than" },
	{ "a: b\n\nwhy\n\nSigned-off-by: B <b@example.org>\n", "signed off by someone" },
	{ "a: b\n\nwhy\n---\nwhat\n", "git am ends the message" },
	{ "a: \xff\n\nwhy\n", "not UTF-8" },
};

static void test_lint(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(messages); i++) {
		struct lint *lint = lint_new();

		lint_message(lint, "0001", messages[i].message, "A <a@example.org>");
		g_assert_cmpuint(lint->count, ==, messages[i].fault ? 1 : 0);
		if (messages[i].fault)
			assert_has(lint->faults->str, messages[i].fault);
		lint_free(lint);
	}
}

static void test_lint_unique(void)
{
	struct lint *lint = lint_new();
	g_autoptr(GError) error = NULL;

	lint_message(lint, "0001", "a: b\n\nwhy\n", NULL);
	g_assert_true(lint_result(lint, &error));
	lint_message(lint, "0002", "a: b\n\nwhy\n", NULL);
	g_assert_false(lint_result(lint, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_FAILS);
	assert_has(error->message, "0002: another patch has the subject 'a: b'");
	lint_free(lint);
}

static void assert_recipients(const char *lines, const char *headers)
{
	g_autofree char *got = recipients_format(lines);

	g_assert_cmpstr(got, ==, headers);
}

static void test_recipients(void)
{
	assert_recipients("", "");
	assert_recipients("A B <a@example.org> (maintainer:FILES (VFS and more))\n"
			  "C <c@example.org> (reviewer:FILES)\n"
			  "l@example.org (open list:FILES)\n"
			  "k@example.org (open list)\n",
			  "To: A B <a@example.org>\nCc: C <c@example.org>,\n    l@example.org,\n    k@example.org\n");
	/* The catch-all's maintainer is nobody's; its list stays. */
	assert_recipients("T <t@example.org> (maintainer:THE REST)\nk@example.org (open list)\n",
			  "To: k@example.org\n");
	assert_recipients("A <a@example.org> (maintainer:X)\nA <A@example.org> (reviewer:Y)\n",
			  "To: A <a@example.org>\n");
	assert_recipients("\xc3\x84 <a@example.org> (maintainer:X)\n", "To: =?UTF-8?B?w4Q=?= <a@example.org>\n");
}

static void add_mail(const char *name, void (*test)(struct fixture *, gconstpointer))
{
	g_test_add(name, struct fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_mail("/mail/one-set-a-subsystem-of-15-at-most", test_names);
	add_mail("/mail/sets-apply-and-give-the-series", test_applies);
	add_mail("/mail/is-one-thread-below-its-cover", test_thread);
	add_mail("/mail/cover-says-what-is-on-record", test_cover);
	add_mail("/mail/base-commit-only-of-a-public-base", test_base_commit);
	add_mail("/mail/evidence-stands-below-the-line", test_evidence);
	add_mail("/mail/refuses-all-and-leaves-the-old", test_refuses);
	add_mail("/mail/is-the-same-again", test_same_again);
	add_mail("/report/escapes-what-it-shows", test_report);
	add_mail("/report/needs-coverage", test_report_without_coverage);
	g_test_add_func("/lint/faults", test_lint);
	g_test_add_func("/lint/subjects-are-unique", test_lint_unique);
	g_test_add_func("/recipients/roles", test_recipients);
	return g_test_run();
}
