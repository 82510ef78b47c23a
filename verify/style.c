// SPDX-License-Identifier: GPL-2.0-only
/*
 * style.c: the check "style": each commit as a patch, and the checkpatch.pl
 * of the commit's own tree.
 *
 * Fails for each error and each warning of a type that style-allowed.tsv
 * does not name. What checkpatch.pl calls a CHECK fails nothing. A line that
 * a commit only carries along counts, as it does for whoever gets the patch.
 *
 * What was found is kept under the text of the patch, without the commit's
 * id, and the tree. The table is applied when it is read. A commit named in
 * the message that git does not know may come with the next fetch: such
 * findings are not kept.
 *
 * In the cache: the seconds, and findings as in checkpatch.h.
 */
#include <string.h>

#include "checkpatch.h"
#include "data.h"
#include "progress.h"
#include "verify.h"

/* Raised when findings would come out differently for the same input. */
#define FINDINGS_VERSION "style 1"
#define ALLOWED_TSV "type reason"

struct style {
	struct verify *verify;
	struct checkpatch_trees *trees;	/* NULL until something has to run */
	struct pool *pool;
	GHashTable *allowed;		/* checkpatch types */
};

struct patch {
	struct style *style;
	const struct commit *commit;
	char *key;
};

static void patch_free(struct patch *patch)
{
	g_free(patch->key);
	g_free(patch);
}

static GHashTable *read_allowed(GError **error)
{
	g_autofree char *path = data_path("style-allowed.tsv", error);
	struct tsv *table = path ? tsv_read(path, ALLOWED_TSV, error) : NULL;
	GHashTable *allowed;

	if (!table)
		return NULL;
	allowed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < table->rows->len; i++)
		g_hash_table_add(allowed, g_strdup(tsv_get(table, i, 0)));
	tsv_free(table);
	return allowed;
}

static void add_row(struct style *style, const struct commit *commit, const char *verdict, const char *detail,
		    const char *seconds)
{
	evidence_add(style->verify->evidence, commit->id, "-", "style", verdict, detail, seconds);
}

static void add_undecided(struct style *style, const struct commit *commit, const char *why, double seconds)
{
	g_autofree char *detail = g_strdup_printf(CHECKPATCH ": %s", why);
	g_autofree char *time = g_strdup_printf("%.1f", seconds);

	add_row(style, commit, "undecided", g_strdelimit(detail, "\t\n\r", ' '), time);
}

/* The rows of what was kept or has just been found. */
static void take_findings(struct style *style, const struct commit *commit, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint failed = 0, allowed = 0, checks = 0;
	g_autofree char *detail = NULL;

	for (char **line = lines + 1; *lines && *line && **line; line++) {
		g_auto(GStrv) part = g_strsplit(*line, "\t", 4);
		g_autofree char *finding = NULL;

		if (!strcmp(part[0], "CHECK")) {
			checks++;
		} else if (g_hash_table_contains(style->allowed, part[1])) {
			allowed++;
		} else {
			finding = g_strdup_printf("%s %s: %s", part[1], part[2], part[3]);
			add_row(style, commit, "fails", finding, lines[0]);
			failed++;
		}
	}
	detail = g_strdup_printf("%u allowed, %u checks", allowed, checks);
	if (!failed)
		add_row(style, commit, "holds", detail, lines[0]);
}

static gboolean on_checked(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct patch *patch = data;
	struct style *style = patch->style;
	g_autofree char *why = NULL, *findings = checkpatch_findings(result, &why), *text = NULL;

	(void)pool;
	if (!findings) {
		add_undecided(style, patch->commit, why, result->seconds);
		return TRUE;
	}
	text = g_strdup_printf("%.1f\n%s", result->seconds, findings);
	take_findings(style, patch->commit, text);
	return strstr(findings, "\tUNKNOWN_COMMIT_ID\t") ||
	       cache_put(style->verify->cache, patch->key, text, strlen(text), error);
}

/* As git format-patch writes it, but for what a rebase changes. */
static char *patch_text(const struct git *git, const char *commit, GError **error)
{
	return git_run_l(git, error, "format-patch", "--stdout", "--always", "--zero-commit", "--full-index",
			 "--no-signature", "--no-ext-diff", "--no-textconv", "-M", "-1", commit, NULL);
}

/* git format-patch writes something else for a merge: the patch before it. */
static bool is_merge(const struct git *git, const struct commit *commit)
{
	g_autofree char *second = g_strconcat(commit->id, "^2", NULL);
	const char *const args[] = { "rev-parse", "--verify", "--quiet", second, NULL };

	return git_ok(git, args);
}

/* Queues the run of a commit whose findings are not kept. */
static gboolean run_checkpatch(struct style *style, const struct commit *commit, const char *text, char *key,
			       GPtrArray *patches, GError **error)
{
	struct patch *patch = g_new0(struct patch, 1);
	const char *folder;

	patch->style = style;
	patch->commit = commit;
	patch->key = key;
	g_ptr_array_add(patches, patch);
	if (!style->trees)
		style->trees = checkpatch_trees_new(style->verify->git, error);
	folder = style->trees ? checkpatch_tree(style->trees, commit->id, text, error) : NULL;
	if (folder && *folder)
		checkpatch_add(style->pool, folder, text, on_checked, patch);
	else if (folder)
		add_undecided(style, commit, "not in this tree", 0);
	return folder != NULL;
}

static gboolean judge_one(struct style *style, const struct commit *commit, GPtrArray *patches, GError **error)
{
	struct verify *verify = style->verify;
	g_autofree char *text = NULL, *kept = NULL, *key = NULL;
	gsize len;

	evidence_renew(verify->evidence, commit->id, "-", "style");
	if (is_merge(verify->git, commit)) {
		add_undecided(style, commit, "a merge is no patch", 0);
		return TRUE;
	}
	text = patch_text(verify->git, commit->id, error);
	if (!text)
		return FALSE;
	key = cache_key(FINDINGS_VERSION, commit->tree, text, NULL);
	kept = cache_get(verify->cache, key, &len);
	if (!kept)
		return run_checkpatch(style, commit, text, g_steal_pointer(&key), patches, error);
	take_findings(style, commit, kept);
	return TRUE;
}

gboolean check_style(struct verify *verify, GError **error)
{
	g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
	g_autoptr(GHashTable) allowed = read_allowed(error);
	struct style style = { .verify = verify, .allowed = allowed };
	gboolean ok = allowed != NULL;

	style.pool = pool_new(verify->jobs, "style");
	for (guint i = 0; ok && i < verify->commits->len; i++)
		ok = judge_one(&style, verify->commits->pdata[i], patches, error) &&
		     (!interrupted() || fail(error, "interrupted; run the same command again to go on"));
	if (ok)
		progress_note("style: %u commits, %u of them judged before", verify->commits->len,
			      verify->commits->len - patches->len);
	ok = ok && (!patches->len || pool_run(style.pool, error));
	pool_free(style.pool);
	checkpatch_trees_free(style.trees);
	return ok;
}
