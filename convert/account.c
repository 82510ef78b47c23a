// SPDX-License-Identifier: GPL-2.0-only
/*
 * account.c: the command "account": holds every site against the commits and
 * the evidence.
 *
 * Status 1: a site of a word that was to be gone is left, but for those in comments and texts, or a
 * check fails. Status 2: a commit has no verdict, or a converted site was compiled
 * by no configuration, except in files that the recipe's undecided.tsv names;
 * those are counted and printed. What a check could not tell is in the
 * verifier's own status, and counted here. Without evidence.tsv nothing was
 * verified: this is said, and only the sites count.
 */
#include <stdio.h>
#include <string.h>

#include "account.h"
#include "project.h"
#include "report.h"
#include "sites.h"

static void bump(GHashTable *table, const char *name)
{
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(table, name));

	g_hash_table_insert(table, (gpointer)g_intern_string(name), GUINT_TO_POINTER(n + 1));
}

static void bump_status(GHashTable *table, const char *name, const char *status)
{
	GHashTable *inner = g_hash_table_lookup(table, name);

	if (!inner) {
		inner = g_hash_table_new(g_str_hash, g_str_equal);
		g_hash_table_insert(table, (gpointer)g_intern_string(name), inner);
	}
	bump(inner, status);
}

static void count_config(const char *config, gpointer data)
{
	bump(data, config);
}

/* The parent's line of each converted site: "path<tab>line:column" -> line. */
static GHashTable *read_lines(const struct context *ctx, GError **error)
{
	g_autofree char *path = context_path(ctx, "lines.tsv");
	struct tsv *lines = tsv_read(path, LINES_TSV, error);
	GHashTable *table;

	if (!lines)
		return NULL;
	table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < lines->rows->len; i++)
		g_hash_table_insert(table, g_strdup_printf("%s\t%s", tsv_get(lines, i, 1), tsv_get(lines, i, 3)),
				    GUINT_TO_POINTER(atoi(tsv_get(lines, i, 2))));
	tsv_free(lines);
	return table;
}

static bool is_excused(const struct account *a, const char *quoted)
{
	for (guint i = 0; i < a->ctx->recipe->undecided->rows->len; i++)
		if (!strcmp(tsv_get(a->ctx->recipe->undecided, i, 0), quoted))
			return true;
	return false;
}

/* Which configurations compiled a converted site. */
static void hold_against_evidence(struct account *a, guint i, GHashTable *lines)
{
	const char *path = tsv_get(a->sites, i, SITE_PATH);
	g_autofree char *key = g_strdup_printf("%s\t%s:%s", path, tsv_get(a->sites, i, SITE_LINE),
					       tsv_get(a->sites, i, SITE_COLUMN));
	guint line = GPOINTER_TO_UINT(g_hash_table_lookup(lines, key));

	if (!a->evidence || evidence_configs(a->evidence, tsv_get(a->sites, i, SITE_COMMIT), path, line,
					     count_config, a->by_config))
		return;
	g_ptr_array_add(a->undecided, a->sites->rows->pdata[i]);
	a->excused += is_excused(a, path);
}

/* Was the word to be converted in the file by what was selected? */
static bool is_planned(const struct account *a, const char *quoted, const char *word)
{
	g_autofree char *key = g_strconcat(quoted, "\t", word, NULL);

	return !a->partial || g_hash_table_contains(a->planned, key);
}

/*
 * Is it left of what was to be gone? In code; and in a message, or in a file that is no C and no text, such as
 * assembly or Rust, where no rule looks and only exceptions.tsv can say why it stays.
 */
static bool is_left(const struct account *a, guint i)
{
	const char *kind = tsv_get(a->sites, i, SITE_KIND), *word = tsv_get(a->sites, i, SITE_WORD);
	bool strange = !strcmp(kind, site_kind_name(SITE_STRING)) || !strcmp(kind, site_kind_name(SITE_OTHER));

	return !strcmp(tsv_get(a->sites, i, SITE_STATUS), "unconverted") &&
		g_strv_contains((const char *const *)a->ctx->recipe->gone, word) &&
		(strange ? !a->partial : site_kind_is_code(kind) && is_planned(a, tsv_get(a->sites, i, SITE_PATH), word));
}

static gboolean count_site(struct account *a, struct maintainers *m, GHashTable *lines, guint i, GError **error)
{
	const char *status = tsv_get(a->sites, i, SITE_STATUS), *kind = tsv_get(a->sites, i, SITE_KIND);
	const char *word = tsv_get(a->sites, i, SITE_WORD), *quoted = tsv_get(a->sites, i, SITE_PATH);
	g_autofree char *path = path_unquote(quoted, error);
	bool code = site_kind_is_code(kind);

	if (!path)
		return FALSE;
	bump(a->by_status, status);
	bump_status(a->by_kind, kind, status);
	if (is_left(a, i))
		a->left++;
	if (!code)
		return TRUE;
	bump_status(a->by_word, word, status);
	bump_status(a->by_subsystem, maintainers_subsystem(m, path)->slug, status);
	if (!strcmp(status, "converted")) {
		bump(a->by_rule, tsv_get(a->sites, i, SITE_RULE));
		hold_against_evidence(a, i, lines);
	}
	return TRUE;
}

static void print_left(const struct account *a)
{
	for (guint i = 0; i < a->sites->rows->len; i++) {
		const char *kind = tsv_get(a->sites, i, SITE_KIND), *word = tsv_get(a->sites, i, SITE_WORD);

		if (strcmp(tsv_get(a->sites, i, SITE_STATUS), "unconverted"))
			continue;
		/* What was not selected is not what the reader asks for, but a word not to be gone is. */
		if (is_left(a, i) ||
		    (site_kind_is_code(kind) && is_planned(a, tsv_get(a->sites, i, SITE_PATH), word)))
			printf("left: %s:%s: %s in %s: %s\n", tsv_get(a->sites, i, SITE_PATH),
			       tsv_get(a->sites, i, SITE_LINE), word, tsv_get(a->sites, i, SITE_FUNCTION),
			       tsv_get(a->sites, i, SITE_REASON));
		else if (!a->partial && site_kind_is_prose(kind))
			printf("left in a comment or text: %s:%s: %s\n", tsv_get(a->sites, i, SITE_PATH),
			       tsv_get(a->sites, i, SITE_LINE), word);
	}
	for (guint i = 0; i < a->undecided->len; i++) {
		char **row = a->undecided->pdata[i];

		printf("compiled by no configuration%s: %s:%s: %s in %s\n",
		       is_excused(a, row[SITE_PATH]) ? " (undecided.tsv)" : "", row[SITE_PATH], row[SITE_LINE],
		       row[SITE_WORD], row[SITE_FUNCTION]);
	}
}

static guint status_count(const struct account *a, const char *status)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(a->by_status, status));
}

static enum status judge(const struct account *a)
{
	guint fails = a->evidence ? evidence_count(a->evidence, "fails") : 0;
	guint undecided = a->evidence ? evidence_count(a->evidence, "undecided") : 0;
	bool hold_back = a->undecided->len > a->excused || a->unbuilt;

	if (!a->ctx->json) {
		print_left(a);
		printf("%u sites: %u converted, %u kept, %u unconverted; %u sites left that were to be gone%s\n",
		       a->sites->rows->len, status_count(a, "converted"), status_count(a, "kept"),
		       status_count(a, "unconverted"), a->left, a->partial ? " in what was selected" : "");
		if (a->evidence)
			printf("%u commits: %u checks hold, %u fail, %u undecided; %u sites compiled by no configuration,"
			       " %u of them in undecided.tsv\n", a->commits->rows->len,
			       evidence_count(a->evidence, "holds"), fails, undecided, a->undecided->len, a->excused);
		else
			printf("%u commits, not verified\n", a->commits->rows->len);
		if (a->unbuilt)
			printf("%u commits have no verdict on their build; run " VERIFY_NAME " again\n", a->unbuilt);
	}
	if (a->left || fails)
		return STATUS_FAILS;
	/* phyr-verify weighs undecided rows against undecided.tsv; here only what it did not see counts. */
	return hold_back ? STATUS_UNDECIDED : STATUS_HOLDS;
}

static GHashTable *counts_new(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_hash_table_unref);
}

static void account_init(struct account *a, struct context *ctx)
{
	*a = (struct account){ .ctx = ctx };
	a->by_status = g_hash_table_new(g_str_hash, g_str_equal);
	a->by_rule = g_hash_table_new(g_str_hash, g_str_equal);
	a->by_config = g_hash_table_new(g_str_hash, g_str_equal);
	a->by_stage = g_hash_table_new(g_str_hash, g_str_equal);
	a->by_kind = counts_new();
	a->by_word = counts_new();
	a->by_subsystem = counts_new();
	a->planned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	a->undecided = g_ptr_array_new();
}

static void account_clear(struct account *a)
{
	tsv_free(a->sites);
	tsv_free(a->commits);
	tsv_free(a->run);
	evidence_free(a->evidence);
	g_hash_table_unref(a->by_status);
	g_hash_table_unref(a->by_rule);
	g_hash_table_unref(a->by_config);
	g_hash_table_unref(a->by_stage);
	g_hash_table_unref(a->by_kind);
	g_hash_table_unref(a->by_word);
	g_hash_table_unref(a->by_subsystem);
	g_hash_table_unref(a->planned);
	g_ptr_array_unref(a->undecided);
}

/* Does any step say itself what it leaves none of? */
static bool says_gone(const struct recipe *recipe)
{
	for (guint i = 0; i < recipe->steps->len; i++)
		if (((struct step *)recipe->steps->pdata[i])->gone)
			return true;
	return false;
}

/* What a step that was planned for a file promises to convert there: as the steps say, or all of their words. */
static void plan_words(struct account *a, bool by_step, const char *step_name, const char *quoted)
{
	const struct step *step = recipe_step(a->ctx->recipe, step_name);
	char **word = !step || step->kind == RULE_EDIT ? NULL : by_step ? step->gone : step->words;

	for (; word && *word; word++)
		g_hash_table_add(a->planned, g_strconcat(quoted, "\t", *word, NULL));
}

static gboolean account_read(struct account *a, GError **error)
{
	g_autofree char *sites = context_path(a->ctx, "sites.tsv"), *commits = context_path(a->ctx, "commits.tsv");
	g_autofree char *run = context_path(a->ctx, "run.tsv"), *plan_path = context_path(a->ctx, "plan.tsv");
	g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GError) why = NULL;
	struct tsv *plan;
	bool by_step;

	if (!(a->sites = tsv_read(sites, SITES_TSV, error)) || !(a->commits = tsv_read(commits, COMMITS_TSV, error)) ||
	    !(a->run = tsv_read(run, "key value", error)) || !(plan = tsv_read(plan_path, PLAN_TSV, error)))
		return FALSE;
	by_step = says_gone(a->ctx->recipe);
	for (guint i = 0; i < plan->rows->len; i++)
		plan_words(a, by_step, tsv_get(plan, i, 0), tsv_get(plan, i, 2));
	tsv_free(plan);
	for (guint i = 0; i < a->run->rows->len; i++)
		a->partial |= !strcmp(tsv_get(a->run, i, 0), "subsystem") || !strcmp(tsv_get(a->run, i, 0), "stage");
	for (guint i = 0; i < a->commits->rows->len; i++) {
		g_hash_table_add(ids, (gpointer)tsv_get(a->commits, i, 1));
		bump(a->by_stage, tsv_get(a->commits, i, 2));
	}
	a->evidence = evidence_read(a->ctx, ids, &why);
	if (why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	for (guint i = 0; a->evidence && i < a->commits->rows->len; i++)
		a->unbuilt += !evidence_built(a->evidence, tsv_get(a->commits, i, 1));
	return TRUE;
}

static gboolean account_sites(struct account *a, GError **error)
{
	g_autoptr(GHashTable) lines = read_lines(a->ctx, error);
	struct maintainers *m = lines ? maintainers_read(a->ctx->git, a->ctx->base, error) : NULL;
	gboolean ok = m != NULL;
	guint sum;

	for (guint i = 0; ok && i < a->sites->rows->len; i++)
		ok = count_site(a, m, lines, i, error);
	if (m)
		maintainers_free(m);
	if (!ok)
		return FALSE;
	sum = status_count(a, "converted") + status_count(a, "kept") + status_count(a, "unconverted");
	if (sum != a->sites->rows->len)
		return fail(error, "sites.tsv has %u sites, but %u have a status that is known", a->sites->rows->len, sum);
	return TRUE;
}

gboolean cmd_account(struct context *ctx, enum status *status, GError **error)
{
	g_autofree char *path = context_path(ctx, "coverage.json"), *text = NULL;
	struct account account;
	gboolean ok;

	account_init(&account, ctx);
	ok = account_read(&account, error) && account_sites(&account, error);
	if (ok) {
		text = account_json(&account);
		ok = file_write(path, text, -1, error) && report_write(ctx->out, error);
	}
	if (ok) {
		*status = judge(&account);
		if (ctx->json)
			puts(text);
	}
	account_clear(&account);
	return ok;
}
