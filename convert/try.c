// SPDX-License-Identifier: GPL-2.0-only
/*
 * try.c: the command "rule": one rule of the recipe on one file.
 *
 * Prints the file as the rule leaves it, or of a rule that refuses, the places
 * it matches. No kernel, no tag, no exceptions: for writing a rule, and for its
 * tests.
 */
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "file.h"

static const struct step *find_rule(const struct recipe *recipe, const char *rule)
{
	for (guint i = 0; i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];

		if (!strcmp(step->rule, rule) && step->kind != RULE_EDIT)
			return step;
	}
	return NULL;
}

static gboolean run_rule(struct file *file, struct pool *pool, const struct step *step, enum status *status,
			 GError **error)
{
	g_ptr_array_add(file->steps, (gpointer)step);
	if (!file_start(file, error) || !pool_run(pool, error))
		return FALSE;
	for (guint i = 0; step->refuse && i < file->refused->len; i++)
		puts(file->refused->pdata[i]);
	if (!step->refuse)
		fputs(file->text, stdout);
	if (file->reason)
		g_printerr("%s: %s\n", file->path, file->reason);
	*status = file->reason && !file->changes->len && !file->refused->len ? STATUS_UNDECIDED : STATUS_HOLDS;
	return TRUE;
}

gboolean try_rule(const char *recipe_folder, const char *rule, const char *path, enum status *status, GError **error)
{
	struct recipe *recipe = recipe_read(recipe_folder, error);
	const struct step *step = recipe ? find_rule(recipe, rule) : NULL;
	struct pool *pool = pool_new(1, NULL);
	struct words *words = NULL;
	struct runner *runner = NULL;
	gboolean ok = FALSE;
	char *text = NULL;

	if (recipe && !step)
		fail(error, "the recipe has no rule '%s' that runs on files", rule);
	if (step && (runner = runner_new(recipe, pool, error)) && g_file_get_contents(path, &text, NULL, error)) {
		struct file *file;

		words = words_new((const char *const *)recipe->watch);
		file = file_new(path, text, words, runner);
		ok = run_rule(file, pool, step, status, error);
		file_free(file);
		words_free(words);
	}
	runner_free(runner);
	pool_free(pool);
	recipe_free(recipe);
	return ok;
}
