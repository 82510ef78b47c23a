// SPDX-License-Identifier: GPL-2.0-only
/*
 * style.c: the check "style": each commit as a patch, and the checkpatch.pl
 * of the commit's own tree.
 *
 * What counts is each error and each warning of a type that style-allowed.tsv
 * does not name. What checkpatch.pl calls a CHECK fails nothing. Where any
 * counts, the same checkpatch.pl gets the reverse patch, which adds the lines
 * that the commit replaces: findings of a type in a file are "carried along"
 * when there are no more of them than in reverse, and fail otherwise, all of
 * them, as nothing tells which one is new.
 *
 * The reverse patch has no message and only the files that the commit leaves
 * under their names, so that nothing cancels which is of the message, or of a
 * file's coming, going or moving. checkpatch.pl reports the first with the
 * last file of the patch: they cannot be told from others afterwards.
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
	GPtrArray *patches;		/* struct patch *, one a commit */
	GHashTable *allowed;		/* checkpatch types */
	struct pool *pool;		/* of the pass */
	guint asked, queued;		/* in the pass: patches, and those that have to run */
};

/* What checkpatch.pl has to say about one text. */
struct run {
	struct style *style;
	char *key;
	char *found;		/* as in the cache, or NULL */
	char *why;		/* why it is not known, or NULL */
	double seconds;
};

struct patch {
	const struct commit *commit;
	struct run forward, reverse;	/* reverse: only where something counts */
};

static void run_clear(struct run *run)
{
	g_free(run->key);
	g_free(run->found);
	g_free(run->why);
}

static void patch_free(struct patch *patch)
{
	run_clear(&patch->forward);
	run_clear(&patch->reverse);
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

static gboolean on_checked(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct run *run = data;
	g_autofree char *findings = checkpatch_findings(result, &run->why);

	(void)pool;
	run->seconds = result->seconds;
	if (!findings)
		return TRUE;
	run->found = g_strdup_printf("%.1f\n%s", result->seconds, findings);
	return strstr(findings, "\tUNKNOWN_COMMIT_ID\t") ||
	       cache_put(run->style->verify->cache, run->key, run->found, strlen(run->found), error);
}

/* Takes what is kept for the patch's text, or queues a run. */
static gboolean run_find(struct run *run, struct style *style, const struct commit *commit, const char *text,
			 GError **error)
{
	const char *folder;
	gsize len;

	run->style = style;
	run->key = cache_key(FINDINGS_VERSION, commit->tree, text, NULL);
	run->found = cache_get(style->verify->cache, run->key, &len);
	style->asked++;
	if (run->found)
		return TRUE;
	style->queued++;
	if (!style->trees)
		style->trees = checkpatch_trees_new(style->verify->git, error);
	folder = style->trees ? checkpatch_tree(style->trees, commit->id, text, error) : NULL;
	if (folder && *folder)
		checkpatch_add(style->pool, folder, text, on_checked, run);
	else if (folder)
		run->why = g_strdup("not in this tree");
	return folder != NULL;
}

/* git format-patch writes something else for a merge: the patch before it. */
static bool is_merge(const struct git *git, const struct commit *commit)
{
	g_autofree char *second = g_strconcat(commit->id, "^2", NULL);
	const char *const args[] = { "rev-parse", "--verify", "--quiet", second, NULL };

	return git_ok(git, args);
}

/* As git format-patch writes it, but for what a rebase changes. */
static gboolean find_forward(struct style *style, struct patch *patch, GError **error)
{
	const struct git *git = style->verify->git;
	g_autofree char *text = NULL;

	evidence_renew(style->verify->evidence, patch->commit->id, "-", "style");
	if (is_merge(git, patch->commit)) {
		patch->forward.why = g_strdup("a merge is no patch");
		return TRUE;
	}
	text = git_run_l(git, error, "format-patch", "--stdout", "--always", "--zero-commit", "--full-index",
			 "--no-signature", "--no-ext-diff", "--no-textconv", "-M", "-1", patch->commit->id, NULL);
	return text && run_find(&patch->forward, style, patch->commit, text, error);
}

/* "PATH\tTYPE" of a finding, or NULL when it fails nothing. */
static char *finding_kind(const struct style *style, char **part)
{
	const char *colon = strrchr(part[2], ':');

	if (!strcmp(part[0], "CHECK") || g_hash_table_contains(style->allowed, part[1]))
		return NULL;
	return g_strdup_printf("%.*s\t%s", (int)(colon - part[2]), part[2], part[1]);
}

/* How many there are of each kind. */
static GHashTable *count_kinds(const struct style *style, const char *found)
{
	GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(GStrv) lines = g_strsplit(found ? found : "", "\n", -1);

	for (char **line = lines; *line; line++) {
		g_auto(GStrv) part = g_strsplit(*line, "\t", 4);
		char *kind = g_strv_length(part) == 4 ? finding_kind(style, part) : NULL;

		if (kind)
			g_hash_table_replace(counts, kind,
					     GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(counts, kind)) + 1));
	}
	return counts;
}

static gboolean find_reverse(struct style *style, struct patch *patch, GError **error)
{
	g_autoptr(GHashTable) counts = count_kinds(style, patch->forward.found);
	g_autofree char *text = NULL;

	if (!g_hash_table_size(counts))
		return TRUE;
	text = git_run_l(style->verify->git, error, "diff-tree", "-r", "-p", "--full-index", "--no-ext-diff",
			 "--no-textconv", "--no-renames", "--diff-filter=M", patch->commit->id,
			 patch->commit->parent, NULL);
	/* checkpatch.pl finds fault with an empty patch. */
	return text && (!*text || run_find(&patch->reverse, style, patch->commit, text, error));
}

static gboolean run_pass(struct style *style, const char *label,
			 gboolean (*find)(struct style *style, struct patch *patch, GError **error), GError **error)
{
	gboolean ok = TRUE;

	style->asked = style->queued = 0;
	style->pool = pool_new(style->verify->jobs, label);
	for (guint i = 0; ok && i < style->patches->len; i++)
		ok = find(style, style->patches->pdata[i], error) &&
		     (!interrupted() || fail(error, "interrupted; run the same command again to go on"));
	if (ok && style->asked)
		progress_note("%s: %u patches, %u of them checked before", label, style->asked,
			      style->asked - style->queued);
	ok = ok && (!style->queued || pool_run(style->pool, error));
	pool_free(style->pool);
	return ok;
}

static void add_row(struct style *style, const struct patch *patch, const char *verdict, const char *detail)
{
	double seconds = patch->forward.found ? g_ascii_strtod(patch->forward.found, NULL) : patch->forward.seconds;
	g_autofree char *text = NULL;

	seconds += patch->reverse.found ? g_ascii_strtod(patch->reverse.found, NULL) : patch->reverse.seconds;
	text = g_strdup_printf("%.1f", seconds);
	evidence_add(style->verify->evidence, patch->commit->id, "-", "style", verdict, detail, text);
}

static void add_fails(struct style *style, const struct patch *patch, char **part, guint here, guint before)
{
	g_autofree char *many = g_strdup_printf(" (%u of the type here, %u on the lines replaced)", here, before);
	g_autofree char *detail = g_strdup_printf("%s %s: %s%s", part[1], part[2], part[3], before ? many : "");

	add_row(style, patch, "fails", detail);
}

/* The rows of a commit whose findings are known. */
static void add_findings(struct style *style, const struct patch *patch)
{
	g_autoptr(GHashTable) forward = count_kinds(style, patch->forward.found);
	g_autoptr(GHashTable) reverse = count_kinds(style, patch->reverse.found);
	g_auto(GStrv) lines = g_strsplit(patch->forward.found, "\n", -1);
	guint failed = 0, allowed = 0, carried = 0, checks = 0;
	g_autofree char *detail = NULL;

	for (char **line = lines + 1; *line && **line; line++) {
		g_auto(GStrv) part = g_strsplit(*line, "\t", 4);
		g_autofree char *kind = finding_kind(style, part);
		guint here = kind ? GPOINTER_TO_UINT(g_hash_table_lookup(forward, kind)) : 0;
		guint before = kind ? GPOINTER_TO_UINT(g_hash_table_lookup(reverse, kind)) : 0;

		if (here > before) {
			add_fails(style, patch, part, here, before);
			failed++;
		} else if (kind) {
			carried++;
		} else if (!strcmp(part[0], "CHECK")) {
			checks++;
		} else {
			allowed++;
		}
	}
	detail = g_strdup_printf("%u allowed, %u carried along, %u checks", allowed, carried, checks);
	if (!failed)
		add_row(style, patch, "holds", detail);
}

static void add_rows(struct style *style, const struct patch *patch)
{
	const char *why = patch->forward.why ? patch->forward.why : patch->reverse.why;
	g_autofree char *detail = NULL;

	if (!why) {
		add_findings(style, patch);
		return;
	}
	detail = g_strdup_printf(CHECKPATCH ": %s%s", patch->forward.why ? "" : "on the lines replaced: ", why);
	add_row(style, patch, "undecided", g_strdelimit(detail, "\t\n\r", ' '));
}

gboolean check_style(struct verify *verify, GError **error)
{
	g_autoptr(GPtrArray) patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
	g_autoptr(GHashTable) allowed = read_allowed(error);
	struct style style = { .verify = verify, .patches = patches, .allowed = allowed };
	gboolean ok;

	if (!allowed)
		return FALSE;
	for (guint i = 0; i < verify->commits->len; i++) {
		struct patch *patch = g_new0(struct patch, 1);

		patch->commit = verify->commits->pdata[i];
		g_ptr_array_add(patches, patch);
	}
	ok = run_pass(&style, "style", find_forward, error) &&
	     run_pass(&style, "style, reversed", find_reverse, error);
	for (guint i = 0; ok && i < patches->len; i++)
		add_rows(&style, patches->pdata[i]);
	checkpatch_trees_free(style.trees);
	return ok;
}
