// SPDX-License-Identifier: GPL-2.0-only
/*
 * kunit.c: the check "kunit": the tree's own kunit.py under UML.
 *
 * At TIP, or at every commit that can change the image: one that touches
 * kbuild files, or a file the last image was made from. A commit that cannot
 * has its predecessor's verdict. A commit whose tree has none of the suites
 * asked for, nor had BASE, gets no row, unless it is the TIP: then that is undecided.
 * So is one that lacks a .kunitconfig that was there before, or that is asked for at TIP.
 *
 * Holds only when kunit.py ends with 0 and every suite that the symbols stand
 * for ran, in the commit, in BASE or, at every commit, in one before: none may
 * vanish. One that is skipped as a whole decides nothing. No JSON, a failed build or a
 * crash fails, but where an accident of this machine (time, memory, disk, a compiler
 * that is killed or missing) may be why it is undecided, and not kept. kunit.py has a
 * time limit of its own for the boot.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "built.h"
#include "kunit-config.h"
#include "kunit-result.h"
#include "progress.h"
#include "range.h"
#include "tree.h"
#include "verify.h"

#define CONFIG_NAME "um-kunit"
#define KUNIT_FOLDER "tools/testing/kunit/"
#define KUNIT_PY KUNIT_FOLDER "kunit.py"
#define VERDICT_VERSION "kunit 6"
/* Seconds for building and running; the first build of an image takes minutes. */
#define TIME_LIMIT 3600

struct kunit {
	struct verify *verify;
	struct tree *tree;	/* NULL until something has to run */
	char **suites;		/* of BASE and of the commits so far, sorted */
	char **absent;		/* kunitconfigs that neither BASE nor the commits so far have */
	char *row;		/* of the last commit judged: "VERDICT\tSECONDS\tDETAIL", or NULL */
	bool built;		/* what is built is of that commit */
	char *compiler;		/* version line of what kbuild compiles with, NULL: it cannot be run */
	GError *no_compiler;	/* why, or NULL */
	char *asked;		/* what kunit.py was asked for when that was built */
};

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

/* The verdict, from what kunit.py left; final: no accident of the machine. */
static char *judge(const struct kunit *kunit, const struct kunit_config *config, const struct process *result,
		   const char *json_path, bool *final)
{
	g_autofree char *json = NULL, *why = NULL, *summary = NULL, *detail = NULL;
	g_autoptr(GPtrArray) suites = NULL;
	g_autoptr(GError) unreadable = NULL;
	bool accident;

	*final = g_file_get_contents(json_path, &json, NULL, NULL);
	/* Behind a result it may have ended without a word: tests fail. */
	accident = *final ? process_says_accident(result) : process_accident(result);
	*final &= !accident;
	if (!json || accident) {
		why = process_complaint(result);
		return g_strdup_printf("%s\t%.1f\t%s", accident ? "undecided" : "fails", result->seconds, why);
	}
	suites = kunit_suites(json, &unreadable);
	if (!suites)
		return g_strdup_printf("fails\t%.1f\t%s", result->seconds, unreadable->message);
	summary = kunit_summary(suites);
	why = kunit_failure(suites, kunit->suites);
	if (!why && result->exit)
		why = g_strdup_printf("kunit.py ended with status %d", result->exit);
	detail = with_unknown(summary, config);
	if (why)
		return g_strdup_printf("fails\t%.1f\t%s; %s", result->seconds, why, detail);
	why = kunit_doubt(suites, kunit->suites);
	if (why)
		return g_strdup_printf("undecided\t%.1f\t%s; %s", result->seconds, why, detail);
	return g_strdup_printf("holds\t%.1f\t%s", result->seconds, detail);
}

static gboolean run_kunit(struct kunit *kunit, const struct kunit_config *config, char **row, bool *final,
			  GError **error)
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
	if (!file_write(asked, config->text, -1, error) || !process_run(&command, &result, error))
		return FALSE;
	*row = judge(kunit, config, &result, json, final);
	process_clear(&result);
	return TRUE;
}

/* Why kunit.py cannot be run on the commit, or NULL. */
static char *why_not(const struct kunit *kunit, const struct commit *commit)
{
	g_autofree char *name = g_strdup_printf("%s:%s", commit->id, KUNIT_PY);
	const char *const args[] = { "cat-file", "-e", name, NULL };
	g_autofree char *python = g_find_program_in_path("python3");

	if (!python)
		return g_strdup(KUNIT_PY ": python3 is not installed");
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

/* What a verdict depends on beside the tree: with what kunit.py is asked, and what must run. */
static char *what_is_asked(const struct kunit *kunit, const struct kunit_config *config)
{
	g_autofree char *left_out = with_unknown("", config), *suites = g_strjoinv(" ", kunit->suites);

	return g_strjoin("\n", config->text, left_out, suites, NULL);
}

static char *commit_key(const struct kunit *kunit, const struct commit *commit, const char *asked)
{
	return cache_key(VERDICT_VERSION, commit->tree, asked, kunit->compiler, NULL);
}

/* Runs kunit.py at the commit unless the verdict is known. */
static gboolean judge_commit_tree(struct kunit *kunit, const struct commit *commit, const struct kunit_config *config,
				  const char *asked, GError **error)
{
	struct verify *verify = kunit->verify;
	g_autofree char *key = commit_key(kunit, commit, asked);
	gsize len;
	char *row = cache_get(verify->cache, key, &len);
	bool final = false;

	kunit->built = false;
	if (!row) {
		if (!kunit->tree)
			kunit->tree = tree_open(verify->git, NULL, commit->id, verify->jobs, error);
		if (!kunit->tree || !tree_move(kunit->tree, commit->id, error))
			return FALSE;
		progress_note("kunit at %.12s", commit->id);
		if (!run_kunit(kunit, config, &row, &final, error) ||
		    (final && !cache_put(verify->cache, key, row, strlen(row), error)))
			return FALSE;
		kunit->built = final;
		g_free(kunit->asked);
		kunit->asked = g_strdup(asked);
	}
	g_free(kunit->row);
	kunit->row = g_strdelimit(row, "\n\r", ' ');
	take_row(kunit, commit);
	return TRUE;
}

/* Adds names to those that must go on to run. */
static void keep_suites(struct kunit *kunit, char *const *names)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);

	for (char *const *name = kunit->suites; name && *name; name++)
		g_ptr_array_add(all, g_strdup(*name));
	for (char *const *name = names; name && *name; name++)
		if (!kunit->suites || !g_strv_contains((const char *const *)kunit->suites, *name))
			g_ptr_array_add(all, g_strdup(*name));
	g_ptr_array_sort(all, text_compare);
	g_ptr_array_add(all, NULL);
	g_strfreev(kunit->suites);
	kunit->suites = (char **)g_ptr_array_steal(all, NULL);
}

/* The commit before it has the same image. */
static gboolean repeat_row(struct kunit *kunit, const struct commit *commit, const char *asked, GError **error)
{
	g_autofree char *key = commit_key(kunit, commit, asked);

	take_row(kunit, commit);
	return cache_put(kunit->verify->cache, key, kunit->row, strlen(kunit->row), error);
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
	g_autofree char *why = why_not(kunit, commit), *asked = NULL;
	struct kunit_config *config;
	bool told = tip;
	gboolean ok = TRUE;

	if (!why) {
		config = kunit_config_read(kunit->verify->git, commit->id, kunit->verify->kunitconfigs, error);
		if (!config)
			return FALSE;
		keep_suites(kunit, config->suites);
		asked = what_is_asked(kunit, config);
		why = why_not_asked(kunit, config, &told);
		if (!why && may_differ(kunit, commit, asked))
			ok = judge_commit_tree(kunit, commit, config, asked, error);
		else if (!why)
			ok = repeat_row(kunit, commit, asked, error);
		kunit_config_free(config);
	}
	kunit->built &= !why;
	if (!why || !told)
		return ok;
	g_free(kunit->row);
	kunit->row = g_strdup_printf("undecided\t0.0\t%s", g_strdelimit(why, "\t\n\r", ' '));
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
	keep_suites(kunit, config->suites);
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

	kunit.compiler = process_version("gcc", &kunit.no_compiler);
	ok = suites_of_base(&kunit, error);
	for (guint i = verify->every_commit ? 0 : n - 1; ok && i < n; i++)
		ok = judge_one(&kunit, verify->commits->pdata[i], i == n - 1, error) &&
		     (!interrupted() || fail(error, "interrupted; run the same command again to go on"));
	tree_close(kunit.tree);
	g_strfreev(kunit.suites);
	g_strfreev(kunit.absent);
	g_free(kunit.compiler);
	g_clear_error(&kunit.no_compiler);
	g_free(kunit.asked);
	g_free(kunit.row);
	return ok;
}
