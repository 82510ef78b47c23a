// SPDX-License-Identifier: GPL-2.0-only
/*
 * build.c: the checks "build" and "lines", for each commit and configuration.
 *
 * A verdict is kept under the trees of commit and parent, the configuration,
 * the compiler and the options, not under the commit's id: a rebased commit
 * with the same content is not judged again. For a header it depends on the
 * rest of the range as well, whose files are built with it.
 *
 * In the cache: "CHECK<tab>VERDICT<tab>SECONDS<tab>DETAIL" lines.
 */
#include <string.h>

#include "judge.h"
#include "progress.h"
#include "verify.h"

/* Raised when a verdict would come out differently for the same input. */
#define VERDICT_VERSION "build 1"

struct build {
	struct verify *verify;
	const struct config *config;
	GPtrArray *missing;	/* struct commit * without a verdict, borrowed */
	char *changed;		/* sum of the paths the range changes */
};

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *changed_sum(const GPtrArray *commits)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < commits->len; i++) {
		const struct commit *commit = commits->pdata[i];

		for (guint j = 0; j < commit->changes->len; j++)
			g_ptr_array_add(paths, ((struct change *)commit->changes->pdata[j])->path);
	}
	g_ptr_array_sort(paths, by_text);
	for (guint i = 0; i < paths->len; i++)
		if (!i || strcmp(paths->pdata[i], paths->pdata[i - 1]))
			g_string_append_printf(text, "%s\n", (char *)paths->pdata[i]);
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
}

static char *verdict_key(const struct build *build, const struct commit *commit)
{
	const struct verify *verify = build->verify;
	const struct config *config = build->config;
	g_autofree char *options = NULL;
	bool header = false;

	for (guint i = 0; i < commit->changes->len; i++)
		header |= g_str_has_suffix(((struct change *)commit->changes->pdata[i])->path, ".h");
	options = header ? g_strdup_printf("%s %d %d %s", verify->affected, verify->sample, verify->seed,
					   build->changed) : g_strdup("");
	return cache_key(VERDICT_VERSION, commit->tree, commit->parent_tree, config->name, config->arch,
			 config->target, config->fragment, config->compiler, options, NULL);
}

/* Takes cached rows, or the fresh ones in the same form. */
static void take_rows(struct build *build, const struct commit *commit, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	evidence_renew(build->verify->evidence, commit->id, build->config->name, "build");
	evidence_renew(build->verify->evidence, commit->id, build->config->name, "lines");
	for (char **line = lines; *line && **line; line++) {
		g_auto(GStrv) fields = g_strsplit(*line, "\t", 4);

		if (g_strv_length(fields) == 4)
			evidence_add(build->verify->evidence, commit->id, build->config->name, fields[0], fields[1],
				     fields[3], fields[2]);
	}
}

static char *rows_text(const GPtrArray *findings, double seconds)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = findings->pdata[i];
		g_autofree char *detail = g_strdelimit(g_strdup(finding->detail), "\t\n\r", ' ');

		g_string_append_printf(text, "%s\t%s\t%.1f\t%s\n", finding->check, finding->verdict, seconds, detail);
	}
	return g_string_free(text, FALSE);
}

static void find_missing(struct build *build)
{
	for (guint i = 0; i < build->verify->commits->len; i++) {
		const struct commit *commit = build->verify->commits->pdata[i];
		g_autofree char *key = verdict_key(build, commit);
		gsize len;
		g_autofree char *rows = cache_get(build->verify->cache, key, &len);

		if (rows)
			take_rows(build, commit, rows);
		else
			g_ptr_array_add(build->missing, (gpointer)commit);
	}
}

/* One verdict is kept as a whole or not at all. */
static bool all_final(const GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++)
		if (!((struct finding *)findings->pdata[i])->final)
			return false;
	return true;
}

static gboolean judge_one(struct build *build, struct judge *judge, const struct commit *commit,
			  const struct affected *affected, GError **error)
{
	g_autofree char *key = verdict_key(build, commit), *text = NULL;
	gint64 start = g_get_monotonic_time();
	g_autoptr(GPtrArray) findings = judge_commit(judge, commit, affected, error);

	if (!findings)
		return FALSE;
	text = rows_text(findings, (g_get_monotonic_time() - start) / 1e6);
	take_rows(build, commit, text);
	return !all_final(findings) || cache_put(build->verify->cache, key, text, strlen(text), error);
}

static void say_cost(const struct build *build, const GPtrArray *affected)
{
	guint own = 0, reached = 0, sample = 0;

	for (guint i = 0; i < affected->len; i++) {
		const struct affected *a = affected->pdata[i];

		own += a->own->len;
		reached += a->reached->len;
		sample += !strcmp(build->verify->affected, "tree") ? a->sample->len :
			MIN(a->sample->len, (guint)build->verify->sample);
	}
	progress_note("%s: %u commits to judge, %u changed sources, %u reached by headers, %u more (%s, seed %d)",
		      build->config->name, build->missing->len, own, reached, sample,
		      !strcmp(build->verify->affected, "tree") ? "the whole tree" : "sample", build->verify->seed);
	if (!strcmp(build->verify->affected, "tree"))
		progress_note("about %u minutes: half a second to preprocess each of them on both sides, "
			      "2 seconds to compile what differs, on %d processors",
			      1 + (reached + sample) / 60 / MAX(build->verify->jobs, 1), build->verify->jobs);
}

static gboolean judge_all(struct build *build, GPtrArray *affected, GError **error)
{
	const struct commit *first = build->missing->pdata[0];
	struct judge judge = { .sample = build->verify->sample, .total = affected->len };
	gboolean ok;

	judge.tree = tree_open(build->verify->git, build->config, first->parent, build->verify->jobs, error);
	judge.batch = judge.tree ? git_batch_open(build->verify->git, error) : NULL;
	judge.objects = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)object_free);
	judge.todo = g_ptr_array_new();
	if (!strcmp(build->verify->affected, "tree"))
		judge.sample = G_MAXUINT;
	for (guint i = 0; i < affected->len; i++)
		g_ptr_array_add(judge.todo, affected->pdata[i]);
	ok = judge.batch && tree_move(judge.tree, first->parent, error) && tree_configure(judge.tree, error);
	for (guint i = 0; ok && i < affected->len; i++) {
		judge.n = i + 1;
		ok = judge_one(build, &judge, build->missing->pdata[i], affected->pdata[i], error);
		g_ptr_array_remove_index(judge.todo, 0);
	}
	progress_note("%s: %u preprocessed, %u compiled", build->config->name, judge.preprocessed, judge.compiled);
	if (judge.batch)
		git_batch_close(judge.batch);
	g_hash_table_unref(judge.objects);
	g_ptr_array_unref(judge.todo);
	tree_close(judge.tree);
	return ok;
}

static gboolean build_config(struct verify *verify, const struct config *config, const char *changed, GError **error)
{
	struct affected_options options = { .tree = !strcmp(verify->affected, "tree"), .sample = verify->sample,
		.seed = verify->seed };
	g_autoptr(GPtrArray) missing = g_ptr_array_new(), affected = NULL;
	struct build build = { .verify = verify, .config = config, .missing = missing, .changed = (char *)changed };

	find_missing(&build);
	progress_note("%s: %u commits, %u of them judged before", config->name, verify->commits->len,
		      verify->commits->len - missing->len);
	if (!missing->len)
		return TRUE;
	affected = affected_read(verify->git, verify->cache, verify->commits, missing, &options, error);
	if (!affected)
		return FALSE;
	say_cost(&build, affected);
	return judge_all(&build, affected, error);
}

gboolean check_build(struct verify *verify, GError **error)
{
	g_autoptr(GPtrArray) configs = configs_read(error);
	g_autofree char *changed = changed_sum(verify->commits);

	for (guint i = 0; configs && i < configs->len; i++)
		if (!build_config(verify, configs->pdata[i], changed, error))
			return FALSE;
	return configs != NULL;
}
