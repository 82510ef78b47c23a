// SPDX-License-Identifier: GPL-2.0-only
/*
 * kunit.c: the check "kunit": the tree's own kunit.py under UML.
 *
 * At TIP, or at every commit that can change the image: one that touches
 * kbuild files, or a file the last image was made from. A commit that cannot
 * has its predecessor's result. A commit whose tree has none of the suites
 * asked for, nor had BASE, gets no row, unless it is the TIP: then that is undecided.
 * So is one that lacks a .kunitconfig that was there before, or that is asked for at TIP.
 *
 * Holds only when kunit.py ends with 0 and every suite that the symbols stand
 * for ran, in the commit, in BASE or, at every commit, in one before: none may
 * vanish. Nor may a case that ran in BASE, which is run for that, or in a commit
 * before. A suite that is skipped as a whole, or a case that ran before, decides
 * nothing. No JSON, a failed build or a crash fails, but where an accident of this
 * machine (time, memory, disk, a compiler that is killed or missing) may be why it is
 * undecided, and not kept. kunit.py has a time limit of its own for the boot.
 *
 * Kept is what kunit.py left, not the verdict: "STATUS<tab>SECONDS", a line end
 * and its JSON.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "built.h"
#include "config.h"
#include "kunit-config.h"
#include "kunit-result.h"
#include "progress.h"
#include "range.h"
#include "tree.h"
#include "verify.h"

#define CONFIG_NAME "um-kunit"
#define KUNIT_FOLDER "tools/testing/kunit/"
#define KUNIT_PY KUNIT_FOLDER "kunit.py"
/* Raised when kunit.py would be run in another way. */
#define RUN_VERSION "kunit 8"
/* Seconds for building and running; the first build of an image takes minutes. */
#define TIME_LIMIT 3600

struct kunit {
	struct verify *verify;
	struct tree *tree;	/* NULL until something has to run */
	char **suites;		/* of BASE and of the commits so far, sorted */
	char **absent;		/* kunitconfigs that neither BASE nor the commits so far have */
	char **cases;		/* that ran in BASE and in the commits so far, sorted */
	bool base_asked;
	char *base_doubt;	/* why it is not known what ran in BASE, or NULL */
	char *row;		/* of the last commit judged: "VERDICT\tSECONDS\tDETAIL", or NULL */
	char *left;		/* what kunit.py left there, NULL: no result */
	bool built;		/* what is built is of that commit */
	char *compiler;		/* compiler_version() of what kbuild compiles with, NULL: it cannot be run */
	GError *no_compiler;	/* why, or NULL */
	char *python;		/* version line of what kunit.py runs in, NULL: it cannot be run */
	char *asked;		/* what kunit.py was asked for when that was built */
};

/* How a run of kunit.py ended. */
struct run {
	char *left;		/* what is kept, or NULL: it left no result */
	char *why;		/* then the reason */
	double seconds;		/* then how long it took */
	bool accident;		/* then whether the machine may be at fault */
};

static void run_clear(struct run *run)
{
	g_free(run->left);
	g_free(run->why);
}

static bool may_differ(const struct kunit *kunit, const struct commit *commit, const char *asked)
{
	if (!kunit->built || g_strcmp0(kunit->asked, asked))
		return true;
	for (guint i = 0; i < commit->changes->len; i++) {
		const struct change *change = commit->changes->pdata[i];

		/* kunit.py itself. */
		if (g_str_has_prefix(change->path, KUNIT_FOLDER))
			return true;
	}
	return built_from(kunit->tree->obj, commit);
}

static char *with_unknown(const char *text, const struct kunit_config *config)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) left_out = NULL;
	g_autofree char *names = NULL;

	g_strv_builder_addv(builder, (const char **)config->absent);
	g_strv_builder_addv(builder, (const char **)config->unknown);
	left_out = g_strv_builder_end(builder);
	names = g_strjoinv(", ", left_out);
	return *names ? g_strdup_printf("%s; not in this tree: %s", text, names) : g_strdup(text);
}

/* Adds names to those that must go on to run. */
static void keep_names(char ***kept, char *const *names)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

	for (char *const *name = *kept; name && *name; name++)
		if (g_hash_table_add(known, *name))
			g_ptr_array_add(all, g_strdup(*name));
	for (char *const *name = names; name && *name; name++)
		if (g_hash_table_add(known, *name))
			g_ptr_array_add(all, g_strdup(*name));
	g_ptr_array_sort(all, text_compare);
	g_ptr_array_add(all, NULL);
	g_strfreev(*kept);
	*kept = (char **)g_ptr_array_steal(all, NULL);
}

static char *make_row(const char *verdict, const char *seconds, const char *why, const char *detail)
{
	g_autofree char *text = g_strconcat(why ? why : "", why && detail ? "; " : "", detail ? detail : "", NULL);

	return g_strdup_printf("%s\t%s\t%s", verdict, seconds, g_strdelimit(text, "\t\n\r", ' '));
}

/* The verdict on what kunit.py left. */
static char *judge(struct kunit *kunit, const struct kunit_config *config, const char *left)
{
	const char *tab = strchr(left, '\t'), *end = strchr(left, '\n');
	g_autofree char *seconds = g_strndup(tab + 1, end - tab - 1);
	g_autofree char *why = NULL, *doubt = NULL, *summary = NULL, *detail = NULL;
	g_autoptr(GPtrArray) suites = NULL;
	g_autoptr(GError) unreadable = NULL;
	g_auto(GStrv) ran = NULL;
	int status = atoi(left);

	suites = kunit_suites(end + 1, &unreadable);
	if (!suites)
		return make_row("fails", seconds, unreadable->message, NULL);
	summary = kunit_summary(suites);
	detail = with_unknown(summary, config);
	why = kunit_failure(suites, kunit->suites, kunit->cases);
	doubt = kunit_doubt(suites, kunit->suites, kunit->cases);
	ran = kunit_cases(suites);
	keep_names(&kunit->cases, ran);
	if (!why && status)
		why = g_strdup_printf("kunit.py ended with status %d", status);
	if (why)
		return make_row("fails", seconds, why, detail);
	if (doubt || kunit->base_doubt)
		return make_row("undecided", seconds, doubt ? doubt : kunit->base_doubt, detail);
	return make_row("holds", seconds, NULL, detail);
}

static void take_result(struct run *run, const struct process *result, const char *json_path)
{
	g_autofree char *json = NULL;
	gsize len = 0;

	g_file_get_contents(json_path, &json, &len, NULL);
	/* Behind a result it may have ended without a word: tests fail. */
	run->accident = json ? process_says_accident(result) : process_accident(result);
	run->seconds = result->seconds;
	if (json && !run->accident)
		run->left = g_strdup_printf("%d\t%.1f\n%s", result->exit, result->seconds, json);
	else
		run->why = process_complaint(result);
}

static gboolean run_kunit(struct kunit *kunit, const char *text, struct run *run, GError **error)
{
	struct tree *tree = kunit->tree;
	g_autofree char *asked = g_build_filename(tree->scratch, "kunitconfig", NULL);
	g_autofree char *json = g_build_filename(tree->scratch, "result.json", NULL);
	g_autofree char *program = g_build_filename(tree->src, KUNIT_PY, NULL);
	g_autofree char *build = g_strconcat("--build_dir=", tree->obj, NULL);
	g_autofree char *jobs = g_strdup_printf("--jobs=%d", tree->jobs);
	g_autofree char *kunitconfig = g_strconcat("--kunitconfig=", asked, NULL);
	g_autofree char *json_arg = g_strconcat("--json=", json, NULL);
	g_autofree char *stale = g_build_filename(tree->obj, "test.log", NULL);
	const char *const argv[] = { "python3", program, "run", "--arch=um", build, jobs, kunitconfig, json_arg, NULL };
	/* What the caller exports for kernel builds of their own does not apply. */
	const char *const env[] = { "LC_ALL=C", "PYTHONDONTWRITEBYTECODE=1", "MAKEFLAGS=", "MAKELEVEL=", "LLVM=",
		"CROSS_COMPILE=", "KBUILD_OUTPUT=", "KCFLAGS=", "KCPPFLAGS=", "KCONFIG_PROBABILITY=", NULL };
	struct command command = { .argv = argv, .cwd = tree->src, .env = env, .limit = TIME_LIMIT };
	struct process result = { 0 };

	g_remove(json);
	g_remove(stale);
	if (!file_write(asked, text, -1, error) || !process_run(&command, &result, error))
		return FALSE;
	take_result(run, &result, json);
	process_clear(&result);
	return TRUE;
}

/* Why kunit.py cannot be run on the commit, or NULL. */
static char *why_not(const struct kunit *kunit, const char *commit)
{
	g_autofree char *name = g_strdup_printf("%s:%s", commit, KUNIT_PY);
	const char *const args[] = { "cat-file", "-e", name, NULL };

	if (!kunit->python)
		return g_strdup(KUNIT_PY ": python3 cannot be run; install it");
	if (!git_ok(kunit->verify->git, args))
		return g_strdup(KUNIT_PY ": not in this tree");
	return kunit->compiler ? NULL : g_strdup(kunit->no_compiler->message);
}

static void take_row(struct kunit *kunit, const struct commit *commit)
{
	g_auto(GStrv) fields = g_strsplit(kunit->row, "\t", 3);

	evidence_renew(kunit->verify->evidence, commit->id, CONFIG_NAME, "kunit");
	evidence_add(kunit->verify->evidence, commit->id, CONFIG_NAME, "kunit", fields[0], fields[2], fields[1]);
}

/* What a result depends on beside the tree. */
static char *result_key(const struct kunit *kunit, const char *tree, const char *asked)
{
	return cache_key(RUN_VERSION, tree, asked, kunit->compiler, kunit->python, NULL);
}

/* Runs kunit.py at the commit with that tree unless it is known what comes of it. */
static gboolean ask(struct kunit *kunit, const char *commit, const char *tree, const char *asked, struct run *run,
		    GError **error)
{
	struct verify *verify = kunit->verify;
	g_autofree char *key = result_key(kunit, tree, asked);
	gsize len;

	kunit->built = false;
	run->left = cache_get(verify->cache, key, &len);
	if (run->left)
		return TRUE;
	if (!kunit->tree)
		kunit->tree = tree_open(verify->git, NULL, commit, verify->jobs, error);
	if (!kunit->tree || !tree_move(kunit->tree, commit, error))
		return FALSE;
	progress_note("kunit at %.12s", commit);
	if (!run_kunit(kunit, asked, run, error))
		return FALSE;
	kunit->built = run->left;
	g_free(kunit->asked);
	kunit->asked = g_strdup(asked);
	return !run->left || cache_put(verify->cache, key, run->left, strlen(run->left), error);
}

/* Finds which cases ran in BASE. What does not build there, or has no suite, has none. */
static gboolean ask_base(struct kunit *kunit, GError **error)
{
	const struct commit *first = kunit->verify->commits->pdata[0];
	g_autofree char *why = why_not(kunit, first->parent);
	struct kunit_config *config;
	struct run run = { 0 };
	gboolean ok = TRUE;

	kunit->base_asked = true;
	if (why)
		return TRUE;
	config = kunit_config_read(kunit->verify->git, first->parent, kunit->verify->kunitconfigs, error);
	if (!config)
		return FALSE;
	if (config->suites) {
		g_autoptr(GPtrArray) suites = NULL;
		g_auto(GStrv) ran = NULL;

		ok = ask(kunit, first->parent, first->parent_tree, config->text, &run, error);
		suites = run.left ? kunit_suites(strchr(run.left, '\n') + 1, NULL) : NULL;
		ran = suites ? kunit_cases(suites) : NULL;
		keep_names(&kunit->cases, ran);
		if (ok && !run.left && run.accident)
			kunit->base_doubt = g_strdup_printf("BASE: %s", run.why);
	}
	/* Only the next commit could have its result, and that is as well run. */
	kunit->built = false;
	run_clear(&run);
	kunit_config_free(config);
	return ok;
}

/* Judges the commit by what kunit.py left there or, where the image is the same, at the commit before it. */
static gboolean judge_commit(struct kunit *kunit, const struct commit *commit, const struct kunit_config *config,
			     GError **error)
{
	g_autofree char *key = result_key(kunit, commit->tree, config->text), *seconds = NULL;
	struct run run = { 0 };
	gboolean ok;

	if (!kunit->base_asked && !ask_base(kunit, error))
		return FALSE;
	if (may_differ(kunit, commit, config->text)) {
		ok = ask(kunit, commit->id, commit->tree, config->text, &run, error);
	} else {
		run.left = g_strdup(kunit->left);
		ok = cache_put(kunit->verify->cache, key, run.left, strlen(run.left), error);
	}
	if (ok) {
		g_free(kunit->row);
		seconds = g_strdup_printf("%.1f", run.seconds);
		kunit->row = run.left ? judge(kunit, config, run.left) :
					make_row(run.accident ? "undecided" : "fails", seconds, run.why, NULL);
		take_row(kunit, commit);
		g_free(kunit->left);
		kunit->left = g_steal_pointer(&run.left);
	}
	run_clear(&run);
	return ok;
}

/*
 * Why kunit.py is not asked with the configuration, or NULL. told: it is a commit's row; otherwise only TIP's,
 * because nothing of what was asked for is there yet.
 */
static char *why_not_asked(struct kunit *kunit, const struct kunit_config *config, bool *told)
{
	for (char **path = config->absent; *path; path++) {
		*told |= !g_strv_contains((const char *const *)kunit->absent, *path);
		if (*told)
			return g_strdup_printf("kunitconfig '%s': neither a file nor in this tree", *path);
	}
	g_strfreev(kunit->absent);
	kunit->absent = g_strdupv(config->absent);
	if (!*kunit->suites)
		return with_unknown(KUNIT_PY ": the kunitconfig names no suite of this tree", config);
	if (*config->text || *config->unknown)
		return NULL;
	*told = true;
	return g_strdup(KUNIT_PY ": no symbol in the kunitconfig");
}

static gboolean judge_one(struct kunit *kunit, const struct commit *commit, bool tip, GError **error)
{
	g_autofree char *why = why_not(kunit, commit->id);
	struct kunit_config *config;
	bool told = tip;
	gboolean ok = TRUE;

	if (!why) {
		config = kunit_config_read(kunit->verify->git, commit->id, kunit->verify->kunitconfigs, error);
		if (!config)
			return FALSE;
		keep_names(&kunit->suites, config->suites);
		why = why_not_asked(kunit, config, &told);
		if (!why)
			ok = judge_commit(kunit, commit, config, error);
		kunit_config_free(config);
	}
	kunit->built &= !why;
	if (!why || !told)
		return ok;
	g_free(kunit->row);
	kunit->row = make_row("undecided", "0.0", why, NULL);
	take_row(kunit, commit);
	return TRUE;
}

static gboolean suites_of_base(struct kunit *kunit, GError **error)
{
	const struct commit *first = kunit->verify->commits->pdata[0];
	struct kunit_config *config = kunit_config_read(kunit->verify->git, first->parent, kunit->verify->kunitconfigs,
							error);

	if (!config)
		return FALSE;
	keep_names(&kunit->suites, config->suites);
	kunit->absent = g_steal_pointer(&config->absent);
	kunit_config_free(config);
	return TRUE;
}

gboolean kunit_paths_exist(const struct verify *verify, GError **error)
{
	const GPtrArray *commits = verify->commits;

	for (char **path = verify->kunitconfigs; path && *path; path++) {
		const struct commit *first = commits->pdata[0];
		bool found = false;

		/* TIP, where it should be, comes first. */
		for (guint i = commits->len; i-- > 0 && !found;)
			found = kunit_config_exists(verify->git, ((struct commit *)commits->pdata[i])->id, *path);
		if (!found && !kunit_config_exists(verify->git, first->parent, *path))
			return fail(error, "no kunitconfig '%s': neither a file nor in any commit of the range", *path);
	}
	return TRUE;
}

gboolean check_kunit(struct verify *verify, GError **error)
{
	struct kunit kunit = { .verify = verify };
	guint n = verify->commits->len;
	gboolean ok;

	kunit.compiler = compiler_version("gcc", &kunit.no_compiler);
	kunit.python = process_version("python3", NULL);
	ok = suites_of_base(&kunit, error);

	for (guint i = verify->every_commit ? 0 : n - 1; ok && i < n; i++)
		ok = judge_one(&kunit, verify->commits->pdata[i], i == n - 1, error) &&
		     (!interrupted() || fail(error, "interrupted; run the same command again to go on"));
	tree_close(kunit.tree);
	g_strfreev(kunit.suites);
	g_strfreev(kunit.absent);
	g_strfreev(kunit.cases);
	g_free(kunit.base_doubt);
	g_free(kunit.left);
	g_free(kunit.compiler);
	g_free(kunit.python);
	g_clear_error(&kunit.no_compiler);
	g_free(kunit.asked);
	g_free(kunit.row);
	return ok;
}
