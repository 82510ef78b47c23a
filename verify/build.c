// SPDX-License-Identifier: GPL-2.0-only
/*
 * build.c: the checks of objects: "build" with "lines", "warnings", "sparse" and
 * "equiv", for each commit and configuration, in one pass.
 *
 * A verdict is kept under the trees of commit and parent, the configuration,
 * the compiler and the options, not under the commit's id: a rebased commit
 * with the same content is not judged again. For a header it depends on the
 * rest of the range as well, whose files are built with it. Below that stand
 * the facts of single objects (fact.h), which outlive a killed run.
 *
 * In the cache: "CHECK<tab>VERDICT<tab>SECONDS<tab>DETAIL" lines.
 */
#include <string.h>

#include "judge.h"
#include "progress.h"
#include "verify.h"

/* Raised when a verdict would come out differently for the same input. */
#define VERDICT_VERSION "build 14"
/* The same, where only what --expect gives could. */
#define EXPECT_VERSION "2"
/* Commits whose verdicts a killed run may lose. */
#define TOGETHER_AT_MOST 16

static const struct {
	enum check bit;
	const char *name, *also[3];	/* rows of "also" come with it; NULL-terminated */
} object_checks[] = {
	{ CHECK_BUILD, "build", { "lines", "added" } },
	{ CHECK_WARNINGS, "warnings", { NULL } },
	{ CHECK_SPARSE, "sparse", { NULL } },
	{ CHECK_EQUIV, "equiv", { NULL } },
};

struct build {
	struct verify *verify;
	const struct config *config;
	bool several;		/* more configurations than this one were chosen */
	GPtrArray *missing;	/* struct commit * without a verdict, borrowed */
	GArray *wanted;		/* unsigned: of each, the checks without one */
	char *changed;		/* sum of the paths the range changes */
	struct cache *facts;
	struct checker *checker;	/* NULL: not asked for */
};

static char *changed_sum(const GPtrArray *commits)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < commits->len; i++) {
		const struct commit *commit = commits->pdata[i];

		for (guint j = 0; j < commit->changes->len; j++)
			g_ptr_array_add(paths, ((struct change *)commit->changes->pdata[j])->path);
	}
	g_ptr_array_sort(paths, text_compare);
	for (guint i = 0; i < paths->len; i++)
		if (!i || strcmp(paths->pdata[i], paths->pdata[i - 1]))
			g_string_append_printf(text, "%s\n", (char *)paths->pdata[i]);
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
}

static int sample_size(const struct build *build)
{
	return build->verify->sample < 0 ? build->config->sample : build->verify->sample;
}

static char *verdict_key(const struct build *build, const struct commit *commit, guint check)
{
	const struct verify *verify = build->verify;
	const struct config *config = build->config;
	g_autofree char *options = NULL, *more = NULL, *expected = NULL;
	/* A check that is asked for alone says what was not compiled. */
	const char *alone = verify->checks & CHECK_BUILD ? "" : "alone";
	bool ranges = false;

	for (guint i = 0; i < commit->changes->len; i++) {
		const char *path = ((struct change *)commit->changes->pdata[i])->path;

		ranges |= g_str_has_suffix(path, ".h") || is_kconfig_file(path);
	}
	options = ranges ? g_strdup_printf("%s %d %d %s", verify->affected, sample_size(build), verify->seed,
					   build->changed) : g_strdup("");
	if (object_checks[check].bit == CHECK_SPARSE && build->checker)
		more = g_strdup(build->checker->version);
	if (object_checks[check].bit == CHECK_EQUIV && verify->expect) {
		expected = expect_sum(verify->expect, commit->id);
		more = g_strconcat(EXPECT_VERSION " ", expected, NULL);
	}
	return cache_key(VERDICT_VERSION, object_checks[check].name, commit->tree, commit->parent_tree, config->name,
			 config->arch, config->target, config->fragment, config->compiler, options,
			 more ? more : "", alone, NULL);
}

/* Takes cached rows, or the fresh ones in the same form. */
static void take_rows(struct build *build, const struct commit *commit, guint check, const char *text)
{
	struct evidence *evidence = build->verify->evidence;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	evidence_renew(evidence, commit->id, build->config->name, object_checks[check].name);
	for (const char *const *also = object_checks[check].also; *also; also++)
		evidence_renew(evidence, commit->id, build->config->name, *also);
	for (char **line = lines; *line && **line; line++) {
		g_auto(GStrv) fields = g_strsplit(*line, "\t", 4);

		if (g_strv_length(fields) == 4)
			evidence_add(evidence, commit->id, build->config->name, fields[0], fields[1], fields[3],
				     fields[2]);
	}
}

static bool is_of(const struct finding *finding, guint check)
{
	return !strcmp(finding->check, object_checks[check].name) ||
		g_strv_contains(object_checks[check].also, finding->check);
}

static char *rows_text(const GPtrArray *findings, guint check, double seconds)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < findings->len; i++) {
		const struct finding *finding = findings->pdata[i];
		g_autofree char *detail = g_strdelimit(g_strdup(finding->detail), "\t\n\r", ' ');

		if (is_of(finding, check))
			g_string_append_printf(text, "%s\t%s\t%.1f\t%s\n", finding->check, finding->verdict, seconds,
					       detail);
	}
	return g_string_free(text, FALSE);
}

/* Takes what is known of the commit; returns the checks that are not. */
static unsigned take_known(struct build *build, const struct commit *commit)
{
	unsigned unknown = 0;

	for (guint i = 0; i < G_N_ELEMENTS(object_checks); i++) {
		g_autofree char *key = NULL, *rows = NULL;
		gsize len;

		if (!(build->verify->checks & object_checks[i].bit))
			continue;
		key = verdict_key(build, commit, i);
		rows = cache_get(build->verify->cache, key, &len);
		if (rows)
			take_rows(build, commit, i, rows);
		else
			unknown |= object_checks[i].bit;
	}
	return unknown;
}

static void find_missing(struct build *build)
{
	for (guint i = 0; i < build->verify->commits->len; i++) {
		const struct commit *commit = build->verify->commits->pdata[i];
		unsigned unknown = take_known(build, commit);

		if (!unknown)
			continue;
		g_ptr_array_add(build->missing, (gpointer)commit);
		g_array_append_val(build->wanted, unknown);
	}
}

/* One verdict is kept as a whole or not at all. */
static bool all_final(const GPtrArray *findings, guint check)
{
	for (guint i = 0; i < findings->len; i++)
		if (is_of(findings->pdata[i], check) && !((struct finding *)findings->pdata[i])->final)
			return false;
	return true;
}

static gboolean keep_verdict(struct build *build, const struct commit *commit, unsigned checks,
			     const GPtrArray *findings, double seconds, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(object_checks); i++) {
		g_autofree char *key = NULL, *text = NULL;

		if (!(checks & object_checks[i].bit))
			continue;
		key = verdict_key(build, commit, i);
		text = rows_text(findings, i, seconds);
		take_rows(build, commit, i, text);
		if (all_final(findings, i) && !cache_put(build->verify->cache, key, text, strlen(text), error))
			return FALSE;
	}
	return TRUE;
}

/* How many commits from one on lack the same checks and may be judged together. */
static guint count_together(const struct build *build, guint from)
{
	guint n = 1;

	while (n < TOGETHER_AT_MOST && from + n < build->missing->len &&
	       g_array_index(build->wanted, unsigned, from + n) == g_array_index(build->wanted, unsigned, from))
		n++;
	return n;
}

static gboolean judge_some(struct build *build, struct judge *judge, const GPtrArray *affected, guint from, guint n,
			   GError **error)
{
	gint64 start = g_get_monotonic_time();
	g_autoptr(GPtrArray) all = judge_commits(judge, build->missing, affected, from, n, error);
	/* What was done for several at once is told of each in equal parts. */
	double seconds = (g_get_monotonic_time() - start) / 1e6 / n;

	for (guint i = 0; all && i < n; i++)
		if (!keep_verdict(build, build->missing->pdata[from + i], judge->checks, all->pdata[i], seconds, error))
			return FALSE;
	return all != NULL;
}

static void say_cost(const struct build *build, const GPtrArray *affected)
{
	guint own = 0, reached = 0, sample = 0;

	for (guint i = 0; i < affected->len; i++) {
		const struct affected *a = affected->pdata[i];

		own += a->own->len;
		reached += a->reached->len;
		sample += !strcmp(build->verify->affected, "tree") ? a->sample->len :
			MIN(a->sample->len, (guint)sample_size(build));
	}
	progress_note("%s: %u commits to judge, %u changed sources, %u reached by headers, %u more (%s, seed %d)",
		      build->config->name, build->missing->len, own, reached, sample,
		      !strcmp(build->verify->affected, "tree") ? "the whole tree" : "sample", build->verify->seed);
	if (!strcmp(build->verify->affected, "tree"))
		progress_note("about %u minutes: half a second to preprocess each of them on both sides, "
			      "2 seconds to compile what differs, on %d processors",
			      1 + (reached + sample) / 60 / MAX(build->verify->jobs, 1), build->verify->jobs);
}

/* Nothing is known of these commits where a configuration, or what these checks need, cannot be had. */
static void add_unusable(struct build *build, const GPtrArray *commits, unsigned checks, const char *what,
			 const char *why)
{
	g_autofree char *detail = g_strdelimit(g_strdup_printf("%s%s", what, why), "\t\n\r", ' ');

	progress_note("%s: %s", build->config->name, detail);
	for (guint i = 0; i < commits->len; i++) {
		const struct commit *commit = commits->pdata[i];

		for (guint c = 0; c < G_N_ELEMENTS(object_checks); c++) {
			g_autofree char *row = g_strdup_printf("%s\tundecided\t0.0\t%s\n", object_checks[c].name,
							       detail);

			if (checks & object_checks[c].bit)
				take_rows(build, commit, c, row);
		}
	}
}

/*
 * Configures the first parent. One configuration of several that the kernel does not allow says nothing of
 * the others; alone, it is the user's mistake.
 */
static gboolean first_configure(struct build *build, struct judge *judge, bool *usable, GError **error)
{
	const struct commit *first = build->missing->pdata[0];
	g_autoptr(GError) why = NULL;

	*usable = false;
	if (!tree_move(judge->tree, first->parent, error))
		return FALSE;
	*usable = tree_configure(judge->tree, &why) && (!build->several || tree_prepare(judge->tree, &why));
	if (*usable)
		return TRUE;
	if (!build->several || interrupted()) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	add_unusable(build, build->missing, build->verify->checks, "Kconfig: ", why->message);
	return TRUE;
}

/* What the run did: a text is one preprocessed object in this configuration; the ratio is at most 1. */
static void say_work(const struct build *build, const struct judge *judge)
{
	guint texts = g_hash_table_size(judge->texts);

	progress_note("%s: %u preprocessed; %u different texts to compile, %u compiled (ratio %.2f); "
		      "%u only parsed; %u checked by sparse; %u facts known from before", build->config->name, judge->preprocessed,
		      texts, judge->compiled, texts ? (double)judge->compiled / texts : 0, judge->parsed, judge->checked,
		      judge->known);
}

static gboolean judge_all(struct build *build, GPtrArray *affected, GError **error)
{
	const struct commit *first = build->missing->pdata[0];
	struct judge judge = { .sample = sample_size(build), .total = affected->len,
		.limit = build->verify->limit, .memory = build->verify->memory,
		.facts = build->facts, .checker = build->checker, .expect = build->verify->expect,
		.judged = build->verify->judged, .alone = !(build->verify->checks & CHECK_BUILD) };
	bool usable = false;
	gboolean ok;

	ok = judge_open(&judge, build->verify->git, build->config, first->parent, build->verify->jobs, error);
	if (!strcmp(build->verify->affected, "tree"))
		judge.sample = G_MAXUINT;
	for (guint i = 0; i < affected->len; i++)
		g_ptr_array_add(judge.todo, affected->pdata[i]);
	ok = ok && first_configure(build, &judge, &usable, error);
	for (guint i = 0, n; ok && usable && i < affected->len; i += n) {
		n = count_together(build, i);
		judge.checks = g_array_index(build->wanted, unsigned, i);
		ok = judge_some(build, &judge, affected, i, n, error);
	}
	say_work(build, &judge);
	judge_close(&judge);
	return ok;
}

static gboolean build_config(struct build *build, GError **error)
{
	struct verify *verify = build->verify;
	struct affected_options options = { .tree = !strcmp(verify->affected, "tree"), .sample = sample_size(build),
		.seed = verify->seed };
	g_autoptr(GPtrArray) missing = g_ptr_array_new(), affected = NULL;
	g_autoptr(GArray) wanted = g_array_new(FALSE, FALSE, sizeof(unsigned));

	build->missing = missing;
	build->wanted = wanted;
	if (build->config->missing) {
		add_unusable(build, verify->commits, verify->checks, "", build->config->missing);
		return TRUE;
	}
	find_missing(build);
	progress_note("%s: %u commits, %u of them judged before", build->config->name, verify->commits->len,
		      verify->commits->len - missing->len);
	if (!missing->len)
		return TRUE;
	affected = affected_read(verify->git, verify->cache, verify->commits, missing, &options, NULL, error);
	if (!affected)
		return FALSE;
	say_cost(build, affected);
	return judge_all(build, affected, error);
}

/* Opens what the checks need beside the compiler; what is missing is said of each commit once. */
static void open_checker(struct build *build, GPtrArray *configs)
{
	struct verify *verify = build->verify;

	if (!(verify->checks & CHECK_SPARSE))
		return;
	build->checker = checker_open();
	if (!build->checker->missing)
		return;
	for (guint i = 0; i < configs->len; i++) {
		build->config = configs->pdata[i];
		add_unusable(build, verify->commits, CHECK_SPARSE, "", build->checker->missing);
	}
	verify->checks &= ~CHECK_SPARSE;
}

gboolean check_objects(struct verify *verify, GError **error)
{
	g_autoptr(GPtrArray) configs = configs_read(BUILD_CONFIGS, verify->configs, verify->cc, error);
	g_autofree char *changed = changed_sum(verify->commits);
	struct build build = { .verify = verify, .changed = changed };
	gboolean ok;

	if (!configs || !configs_take(configs, verify->cc, verify->cc_given, error))
		return FALSE;
	build.facts = cache_open("facts", error);
	build.several = configs->len > 1;
	open_checker(&build, configs);
	ok = build.facts != NULL;
	for (guint i = 0; ok && i < configs->len; i++) {
		build.config = configs->pdata[i];
		ok = build_config(&build, error);
	}
	checker_free(build.checker);
	if (build.facts)
		cache_close(build.facts);
	return ok;
}
