// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a cover says of sites and checks.
 *
 * Everything is counted from the tables, nothing is concluded: a check that
 * has no row was not run, and a verdict other than "holds" is quoted with its
 * reason. No line is wider than a mail should be, except that a path or a
 * reason is never cut.
 */
#include <string.h>

#include "cover-text.h"
#include "evidence.h"
#include "sites.h"

#define WIDTH	72
#define LINES	40	/* of one list; what is more is counted */

/* The checks there are, in the order a reader asks for them. */
static const char *const checks[] = { "build", "warnings", "sparse", "equiv", "style", "kunit", "boot" };

static bool has_commit(const struct mail_set *set, const char *commit)
{
	for (guint i = 0; i < set->patches->len; i++)
		if (!strcmp(((struct mail_patch *)set->patches->pdata[i])->commit, commit))
			return true;
	return false;
}

static void count(GHashTable *counts, const char *name)
{
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, name));

	g_hash_table_insert(counts, (gpointer)name, GUINT_TO_POINTER(n + 1));
}

/* "  by word  jiffies 12, timer_list 3", broken between two items where it is too long. */
static void append_counts(GString *text, const char *label, GHashTable *counts)
{
	g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(counts), (GCompareFunc)strcmp);
	gsize column = strlen(label);

	g_string_append(text, label);
	for (GList *name = names; name; name = name->next) {
		g_autofree char *item = g_strdup_printf(" %s %u%s", (char *)name->data,
							GPOINTER_TO_UINT(g_hash_table_lookup(counts, name->data)),
							name->next ? "," : "");

		if (column + strlen(item) > WIDTH && name != names) {
			g_string_append_printf(text, "\n%*s", (int)strlen(label), "");
			column = strlen(label);
		}
		g_string_append(text, item);
		column += strlen(item);
	}
	g_string_append_c(text, '\n');
}

void cover_converted(GString *text, const struct mail *mail, const struct mail_set *set)
{
	g_autoptr(GHashTable) words = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) rules = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) files = g_hash_table_new(g_str_hash, g_str_equal);
	guint n = 0, nfiles;

	for (guint i = 0; i < mail->sites->rows->len; i++) {
		if (!has_commit(set, tsv_get(mail->sites, i, SITE_COMMIT)))
			continue;
		n++;
		count(words, tsv_get(mail->sites, i, SITE_WORD));
		count(rules, tsv_get(mail->sites, i, SITE_RULE));
		count(files, tsv_get(mail->sites, i, SITE_PATH));
	}
	nfiles = g_hash_table_size(files);
	if (!n) {
		g_string_append(text, "No use of what the series converts is changed by this set.\n\n");
		return;
	}
	g_string_append_printf(text, "Converted here: %u use%s in %u file%s.\n\n", n, n == 1 ? "" : "s", nfiles,
			       nfiles == 1 ? "" : "s");
	append_counts(text, "  by word:", words);
	append_counts(text, "  by rule:", rules);
	g_string_append_c(text, '\n');
}

/* The quoted paths of all files the set changes. */
static GHashTable *paths_of(const struct mail_set *set)
{
	GHashTable *paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < set->patches->len; i++) {
		const struct mail_patch *patch = set->patches->pdata[i];

		for (char **path = patch->paths; *path; path++)
			g_hash_table_add(paths, path_quote(*path));
	}
	return paths;
}

/* A site that stays: line, word and function, and the reason below the first that has it. */
static void append_left(GString *text, const struct tsv *sites, guint i, const char **reason)
{
	const char *function = tsv_get(sites, i, SITE_FUNCTION);

	if (g_strcmp0(*reason, tsv_get(sites, i, SITE_REASON))) {
		*reason = tsv_get(sites, i, SITE_REASON);
		g_string_append_printf(text, "  %s: %s\n", tsv_get(sites, i, SITE_STATUS), *reason);
	}
	g_string_append_printf(text, "    %s:%s: %s", tsv_get(sites, i, SITE_PATH), tsv_get(sites, i, SITE_LINE),
			       tsv_get(sites, i, SITE_WORD));
	if (strcmp(function, "-"))
		g_string_append_printf(text, " in %s", function);
	g_string_append_c(text, '\n');
}

void cover_left(GString *text, const struct mail *mail, const struct mail_set *set)
{
	g_autoptr(GHashTable) paths = paths_of(set);
	g_autoptr(GString) list = g_string_new(NULL);
	const char *reason = NULL;
	guint all = 0, left = 0, prose = 0;

	for (guint i = 0; i < mail->sites->rows->len; i++) {
		if (!g_hash_table_contains(paths, tsv_get(mail->sites, i, SITE_PATH)))
			continue;
		all++;
		if (!strcmp(tsv_get(mail->sites, i, SITE_STATUS), "converted"))
			continue;
		if (!site_kind_is_code(tsv_get(mail->sites, i, SITE_KIND)))
			prose++;
		else if (left++ < LINES)
			append_left(list, mail->sites, i, &reason);
	}
	if (left) {
		g_string_append_printf(text, "Left as they are in the files touched here, %u use%s:\n\n%s", left,
				       left == 1 ? "" : "s", list->str);
		if (left > LINES)
			g_string_append_printf(text, "  and %u more\n", left - LINES);
		g_string_append_c(text, '\n');
	} else if (all) {
		g_string_append(text, "No other use in code is left in the files touched here.\n\n");
	}
	if (prose)
		g_string_append_printf(text, "%u mention%s in comments and text %s left alone.\n\n", prose,
				       prose == 1 ? "" : "s", prose == 1 ? "is" : "are");
}

/* Is it the last commit of the set's stage, where checks of the whole stage are run? */
static bool ends_stage(const struct mail *mail, const struct mail_set *set, const char *commit)
{
	const char *stage = ((struct mail_patch *)set->patches->pdata[0])->stage, *last = NULL;

	for (guint i = 0; i < mail->commits->rows->len; i++)
		if (!strcmp(tsv_get(mail->commits, i, COMMIT_STAGE), stage))
			last = tsv_get(mail->commits, i, COMMIT_COMMIT);
	return !g_strcmp0(last, commit);
}

struct tally {
	guint holds, fails, undecided;
	bool stage;	/* some were at the end of the stage, outside the set */
};

static struct tally *tally_of(GHashTable *tallies, const char *config)
{
	struct tally *tally = g_hash_table_lookup(tallies, config);

	if (!tally) {
		tally = g_new0(struct tally, 1);
		g_hash_table_insert(tallies, (gpointer)config, tally);
	}
	return tally;
}

/* Whether the row before says of the same commit that it holds: single objects have rows of their own. */
static bool is_more_of_it(const struct tsv *evidence, guint i)
{
	for (guint c = EVIDENCE_COMMIT; i && c <= EVIDENCE_VERDICT; c++)
		if (strcmp(tsv_get(evidence, i, c), tsv_get(evidence, i - 1, c)))
			return false;
	return i && !strcmp(tsv_get(evidence, i, EVIDENCE_VERDICT), "holds");
}

/* Adds up one check by configuration; what does not hold, and by how much code grew, is quoted. */
static GHashTable *tally_check(const struct mail *mail, const struct mail_set *set, const char *check, GString *quoted)
{
	GHashTable *tallies = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	const struct tsv *evidence = mail->evidence;

	for (guint i = 0; evidence && i < evidence->rows->len; i++) {
		const char *commit = tsv_get(evidence, i, EVIDENCE_COMMIT);
		const char *verdict = tsv_get(evidence, i, EVIDENCE_VERDICT);
		const char *detail = tsv_get(evidence, i, EVIDENCE_DETAIL), *growth = evidence_growth(check, detail);
		bool own = has_commit(set, commit);
		struct tally *tally;

		if (strcmp(tsv_get(evidence, i, EVIDENCE_CHECK), check) || (!own && !ends_stage(mail, set, commit)))
			continue;
		/* Of the stage's end only what concerns all of it. */
		if (!own && strcmp(check, "kunit") && strcmp(check, "boot"))
			continue;
		tally = tally_of(tallies, tsv_get(evidence, i, EVIDENCE_CONFIG));
		tally->stage |= !own;
		tally->holds += !strcmp(verdict, "holds") && !is_more_of_it(evidence, i);
		tally->fails += !strcmp(verdict, "fails");
		tally->undecided += !strcmp(verdict, "undecided");
		if (strcmp(verdict, "holds"))
			g_string_append_printf(quoted, "    %.12s %s: %s\n", commit, verdict, detail);
		else if (growth)
			g_string_append_printf(quoted, "    %.12s %s\n", commit, growth);
	}
	return tallies;
}

static void append_tally(GString *text, const char *check, const char *config, const struct tally *t)
{
	g_string_append_printf(text, "  %-10s %s: holds %u", check, config, t->holds);
	if (t->fails)
		g_string_append_printf(text, ", fails %u", t->fails);
	if (t->undecided)
		g_string_append_printf(text, ", undecided %u", t->undecided);
	g_string_append(text, t->stage ? " (at the end of the stage)\n" : "\n");
}

void cover_checks(GString *text, const struct mail *mail, const struct mail_set *set)
{
	g_autoptr(GString) missing = g_string_new(NULL);
	g_autoptr(GString) run = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(checks); i++) {
		g_autoptr(GString) quoted = g_string_new(NULL);
		g_autoptr(GHashTable) tallies = tally_check(mail, set, checks[i], quoted);
		g_autoptr(GList) configs = g_list_sort(g_hash_table_get_keys(tallies), (GCompareFunc)strcmp);

		for (GList *config = configs; config; config = config->next)
			append_tally(run, checks[i], config->data, g_hash_table_lookup(tallies, config->data));
		g_string_append(run, quoted->str);
		if (!configs)
			g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", checks[i]);
	}
	if (run->len)
		g_string_append_printf(text, "Checked, in verdicts on the %u patch%s of this set:\n\n%s\n",
				       set->patches->len, set->patches->len == 1 ? "" : "es", run->str);
	if (missing->len)
		g_string_append_printf(text, "Not run: %s.\n\n", missing->str);
}
