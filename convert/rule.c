// SPDX-License-Identifier: GPL-2.0-only
/*
 * rule.c: one spatch process a (rule, file).
 *
 * spatch's exit status is 0 when it could not parse a function, and then it
 * leaves the function alone: the messages on stderr are read for that.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rule.h"

/* The macro file's name beside the rules, which have others. */
#define GIVEN_MACROS	".macros.h"

struct run {
	struct runner *runner;
	const struct step *step;
	char *key;
	char *folder;		/* scratch, holds the file under its base name */
	char *name;
	char *reason;
	gsize len;		/* of the text */
	rule_done done;
	gpointer data;
};

static void run_free(struct run *run)
{
	g_hash_table_remove(run->runner->runs, run);
	if (run->folder)
		remove_tree(run->folder);
	g_free(run->key);
	g_free(run->folder);
	g_free(run->name);
	g_free(run->reason);
	g_free(run);
}

/*
 * A cache entry: "reason<newline>", then the new text; "=" for unchanged, "+"
 * before a text. Not kept: a run that may end otherwise the next time.
 */
static gboolean finish(struct run *run, struct outcome *outcome, bool keep, GError **error)
{
	gboolean ok = TRUE;

	if (keep) {
		g_autofree char *entry = g_strdup_printf("%s\n%s%s", outcome->reason ?: "",
							 outcome->text ? "+" : "=", outcome->text ?: "");

		ok = cache_put(run->runner->cache, run->key, entry, strlen(entry), error);
	}
	ok = ok && run->done(run->step, outcome, run->data, error);
	g_free(outcome->text);
	g_free(outcome->reason);
	run_free(run);
	return ok;
}

static bool from_cache(struct run *run, struct outcome *outcome)
{
	g_autofree char *entry = NULL;
	char *newline;
	gsize len;

	entry = cache_get(run->runner->cache, run->key, &len);
	newline = entry ? strchr(entry, '\n') : NULL;
	if (!newline)
		return false;
	outcome->reason = newline > entry ? g_strndup(entry, newline - entry) : NULL;
	outcome->text = newline[1] == '+' ? g_strdup(newline + 2) : NULL;
	return true;
}

/* The first line spatch marks as the one it cannot parse. */
static char *parse_failure(const char *messages)
{
	static const char mark[] = "BAD:!!!!!";
	const char *bad = strstr(messages, mark);
	g_autofree char *line = NULL;

	if (!bad)
		return NULL;
	bad += strlen(mark);
	line = g_strndup(bad, strcspn(bad, "\n"));
	return g_strdup_printf("spatch cannot parse '%s'", g_strstrip(line));
}

static gboolean patched(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct run *run = data;
	struct outcome outcome = { 0 };
	g_autofree char *path = g_build_filename(run->folder, "new", NULL);

	(void)pool;
	if (result->exit)
		return fail(error, "rule '%s': patch does not take spatch's diff of '%s': %s%s", run->step->rule,
			    run->name, result->out, result->err);
	if (!g_file_get_contents(path, &outcome.text, NULL, error))
		return FALSE;
	outcome.reason = g_steal_pointer(&run->reason);
	return finish(run, &outcome, true, error);
}

static gboolean spatched(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct run *run = data;
	struct outcome outcome = { 0 };
	const char *const argv[] = { "patch", "--quiet", "--unified", "--fuzz=0", "--no-backup-if-mismatch",
		"--reject-file=-", "--output=new", run->name, NULL };
	struct command command = {
		.argv = argv, .cwd = run->folder, .input = result->out, .input_len = result->out_len,
	};

	if (result->timed_out) {
		outcome.failed = true;
		outcome.reason = g_strdup_printf("rule '%s' was stopped after %u s", run->step->rule, run->step->limit);
		return finish(run, &outcome, false, error);
	}
	if (result->exit) {
		g_autofree char *line = g_strdup(g_strchomp(result->err));
		const char *last = strrchr(line, '\n');

		outcome.failed = true;
		outcome.reason = g_strdup_printf("rule '%s': spatch ended with status %d: %s", run->step->rule,
						 result->exit, last ? last + 1 : line);
		return finish(run, &outcome, false, error);
	}
	run->reason = parse_failure(result->err);
	if (!result->out_len) {
		outcome.reason = g_steal_pointer(&run->reason);
		return finish(run, &outcome, true, error);
	}
	/* Before any spatch: patch takes milliseconds and completes a file. */
	pool_add(pool, &command, G_MAXINT64, patched, run);
	return TRUE;
}

/* What spatch is given is what the outcome is kept under, whatever becomes of the recipe's folder meanwhile. */
static char *given_path(const struct runner *runner, const char *name)
{
	return g_build_filename(runner->scratch, "recipe", name, NULL);
}

static gboolean give(const struct runner *runner, const char *name, const char *text, GError **error)
{
	g_autofree char *path = given_path(runner, name), *folder = g_path_get_dirname(path);

	if (g_mkdir_with_parents(folder, 0777))
		return fail(error, "cannot make '%s': %s", folder, g_strerror(errno));
	return g_file_set_contents(path, text, -1, error);
}

static void start_spatch(struct run *run)
{
	struct runner *runner = run->runner;
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autofree char *rule = given_path(runner, run->step->rule), *macros = given_path(runner, GIVEN_MACROS);
	g_autofree char *tmp = g_strdup_printf("TMPDIR=%s", runner->scratch);
	const char *const env[] = { tmp, NULL };
	struct command command = { .cwd = run->folder, .env = env, .limit = run->step->limit };

	g_ptr_array_add(argv, "spatch");
	g_ptr_array_add(argv, "--quiet");
	g_ptr_array_add(argv, "--parse-error-msg");
	g_ptr_array_add(argv, "-D");
	g_ptr_array_add(argv, "patch");
	if (runner->recipe->macros) {
		g_ptr_array_add(argv, "--macro-file");
		g_ptr_array_add(argv, macros);
	}
	for (char **option = run->step->options; *option; option++)
		g_ptr_array_add(argv, *option);
	g_ptr_array_add(argv, "--cocci-file");
	g_ptr_array_add(argv, rule);
	g_ptr_array_add(argv, run->name);
	g_ptr_array_add(argv, NULL);
	command.argv = (const char *const *)argv->pdata;
	runner->started++;
	/* A longer file takes longer. */
	pool_add(runner->pool, &command, run->len, spatched, run);
}

gboolean rule_run(struct runner *runner, const struct step *step, const char *path, const char *text,
		  rule_done done, gpointer data, GError **error)
{
	struct run *run = g_new0(struct run, 1);
	g_autofree char *options = g_strjoinv(" ", step->options), *file = NULL;
	g_autofree char *limit = g_strdup_printf("%u", step->limit);
	struct outcome outcome = { 0 };
	g_autoptr(GError) why = NULL;
	const char *base = strrchr(path, '/'), *dot = strrchr(base ?: path, '.');

	run->runner = runner;
	g_hash_table_add(runner->runs, run);
	run->step = step;
	run->done = done;
	run->data = data;
	run->len = strlen(text);
	run->key = cache_key("spatch", runner->version, step->text, options, runner->macros, limit, dot ?: "", text,
			     NULL);
	if (from_cache(run, &outcome))
		return finish(run, &outcome, false, error);
	run->folder = g_strdup_printf("%s/%u", runner->scratch, runner->files++);
	/* Only the ending matters to spatch; the name itself may hold anything. */
	run->name = g_strdup_printf("file%s", dot ?: "");
	file = g_build_filename(run->folder, run->name, NULL);
	if (g_mkdir_with_parents(run->folder, 0777) || !g_file_set_contents(file, text, -1, &why)) {
		fail(error, "cannot write '%s': %s", file, why ? why->message : g_strerror(errno));
		run_free(run);
		return FALSE;
	}
	start_spatch(run);
	return TRUE;
}

static char *spatch_version(GError **error)
{
	const char *const argv[] = { "spatch", "--version", NULL };
	struct process result = { 0 };
	struct command command = { .argv = argv };
	g_autoptr(GRegex) regex = g_regex_new("version ([0-9][^\\s]*)", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(GError) why = NULL;
	char *version = NULL;

	if (!process_run(&command, &result, &why)) {
		fail(error, "cannot run spatch: %s; install the package coccinelle", why->message);
		return NULL;
	}
	if (g_regex_match(regex, result.out, 0, &match))
		version = g_match_info_fetch(match, 1);
	else
		fail(error, "'spatch --version' names no version: %s", result.out);
	process_clear(&result);
	return version;
}

/* spatch warns of its own standard macros before it comes to the rule. */
static char *without_noise(const char *messages)
{
	g_auto(GStrv) lines = g_strsplit(messages, "\n", -1);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; lines[i]; i++)
		if (*lines[i] && !g_str_has_prefix(lines[i], "init_defs") &&
		    !g_str_has_prefix(lines[i], "Warning: PARSING"))
			g_string_append_printf(text, "%s%s", text->len ? "\n" : "", lines[i]);
	return g_strdup(text->str);
}

/* A syntax error would otherwise show as a failure on every single file. */
static gboolean check_rule(struct runner *runner, const struct step *step, GError **error)
{
	g_autofree char *path = given_path(runner, step->rule);
	g_autofree char *key = cache_key("parse", runner->version, step->text, NULL), *known = NULL;
	const char *const argv[] = { "spatch", "--parse-cocci", path, "-D", "patch", NULL };
	struct command command = { .argv = argv, .limit = step->limit };
	struct process result = { 0 };
	g_autofree char *message = NULL;
	gboolean ok;
	gsize len;

	known = cache_get(runner->cache, key, &len);
	if (known)
		return TRUE;
	if (!process_run(&command, &result, error))
		return FALSE;
	message = without_noise(result.err);
	if (result.timed_out)
		ok = fail(error, "rule '%s': spatch did not end within %u s while parsing it", step->rule, step->limit);
	else if (result.exit)
		ok = fail(error, "rule '%s' is not accepted by spatch:\n%s", step->rule, message);
	else
		ok = cache_put(runner->cache, key, "ok", 2, error);
	process_clear(&result);
	return ok;
}

struct runner *runner_new(const struct recipe *recipe, struct pool *pool, GError **error)
{
	struct runner *runner = g_new0(struct runner, 1);
	gboolean ok;

	runner->recipe = recipe;
	runner->pool = pool;
	runner->runs = g_hash_table_new(NULL, NULL);
	ok = (runner->cache = cache_open("rules", error)) && (runner->version = spatch_version(error)) &&
	     recipe_check_spatch(recipe, runner->version, error) && (runner->scratch = scratch_folder(error));
	if (ok && recipe->macros)
		ok = g_file_get_contents(recipe->macros, &runner->macros, NULL, error);
	else
		runner->macros = g_strdup("");
	ok = ok && give(runner, GIVEN_MACROS, runner->macros, error);
	for (guint i = 0; ok && i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];

		if (step->kind == RULE_COCCI)
			ok = give(runner, step->rule, step->text, error) && check_rule(runner, step, error);
	}
	if (ok)
		return runner;
	runner_free(runner);
	return NULL;
}

void runner_free(struct runner *runner)
{
	g_autoptr(GList) runs = NULL;

	if (!runner)
		return;
	/* What a pool that was stopped did not finish. */
	runs = g_hash_table_get_keys(runner->runs);
	for (GList *run = runs; run; run = run->next)
		run_free(run->data);
	g_hash_table_unref(runner->runs);
	if (runner->scratch)
		remove_tree(runner->scratch);
	cache_close(runner->cache);
	g_free(runner->version);
	g_free(runner->macros);
	g_free(runner->scratch);
	g_free(runner);
}
