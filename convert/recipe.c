// SPDX-License-Identifier: GPL-2.0-only
/*
 * recipe.c: reads a recipe folder whole and says what is wrong with it
 * before anything is started. See recipe.h for the format.
 */
#include <stdio.h>
#include <string.h>

#include "edit.h"
#include "key-file.h"
#include "recipe-step.h"

static void exception_free(struct exception *e)
{
	g_free(e->path);
	g_free(e->function);
	g_free(e->word);
	g_free(e->reason);
	g_free(e);
}

void recipe_free(struct recipe *recipe)
{
	if (!recipe)
		return;
	g_free(recipe->folder);
	g_free(recipe->branch);
	g_strfreev(recipe->watch);
	g_strfreev(recipe->gone);
	g_strfreev(recipe->defines);
	g_free(recipe->macros);
	g_strfreev(recipe->kunit);
	g_free(recipe->intro);
	g_ptr_array_unref(recipe->steps);
	g_ptr_array_unref(recipe->exceptions);
	tsv_free(recipe->undecided);
	tsv_free(recipe->differing);
	g_free(recipe->hash);
	g_free(recipe);
}

static gboolean read_exceptions(struct recipe *recipe, GError **error)
{
	g_autofree char *path = g_build_filename(recipe->folder, "exceptions.tsv", NULL);
	struct tsv *tsv;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return TRUE;
	tsv = tsv_read(path, "path function word ordinal reason", error);
	if (!tsv)
		return FALSE;
	for (guint i = 0; i < tsv->rows->len; i++) {
		struct exception *e = g_new0(struct exception, 1);
		const char *ordinal = tsv_get(tsv, i, 3);
		bool known = true;
		char *end;

		g_ptr_array_add(recipe->exceptions, e);
		e->path = path_unquote(tsv_get(tsv, i, 0), error);
		e->function = g_strdup(tsv_get(tsv, i, 1));
		e->word = g_strdup(tsv_get(tsv, i, 2));
		e->reason = g_strdup(tsv_get(tsv, i, 4));
		e->ordinal = g_ascii_strtoull(ordinal, &end, 10);
		if (!strcmp(ordinal, "string"))
			e->ordinal = ORDINAL_STRING;
		else
			known = (e->ordinal && !*end) || !strcmp(ordinal, "*");
		if (!e->path || !known || !strcmp(e->reason, "-")) {
			if (e->path)
				fail(error, "%s:%u: ordinal is a number from 1, '*' or 'string', and a reason is needed",
				     path, i + 2);
			tsv_free(tsv);
			return FALSE;
		}
	}
	tsv_free(tsv);
	return TRUE;
}

/* A table that need not be there. */
static gboolean read_table(struct recipe *recipe, const char *name, const char *columns, struct tsv **table,
			   GError **error)
{
	g_autofree char *path = g_build_filename(recipe->folder, name, NULL);

	*table = g_file_test(path, G_FILE_TEST_EXISTS) ? tsv_read(path, columns, error) : tsv_new(columns);
	return *table != NULL;
}

const char *recipe_expect(const struct recipe *recipe, const struct step *step, const char *quoted_path,
			  const char *function)
{
	const struct tsv *table = recipe->differing;

	for (guint i = 0; !strcmp(step->expect, "identical") && i < table->rows->len; i++)
		if (!strcmp(tsv_get(table, i, 0), quoted_path) && !strcmp(tsv_get(table, i, 1), function))
			return "functions";
	return step->expect;
}

static gboolean read_head(struct recipe *recipe, GKeyFile *file, GError **error)
{
	static const char *const known[] = { "branch", "watch", "gone", "defines", "macros", "kunit", "intro", NULL };
	g_autofree char *macros = g_key_file_get_string(file, "recipe", "macros", NULL);
	g_autofree char *intro = g_key_file_get_string(file, "recipe", "intro", NULL);

	if (!key_file_check(file, "recipe", "recipe", known, error))
		return FALSE;
	recipe->branch = recipe_need(file, "recipe", "branch", error);
	if (!recipe->branch)
		return FALSE;
	recipe->watch = g_key_file_get_string_list(file, "recipe", "watch", NULL, NULL);
	recipe->gone = g_key_file_get_string_list(file, "recipe", "gone", NULL, NULL) ?: g_new0(char *, 1);
	recipe->defines = g_key_file_get_string_list(file, "recipe", "defines", NULL, NULL) ?: g_new0(char *, 1);
	if (!recipe->watch || !recipe->watch[0])
		return fail(error, "recipe: [recipe] has no watch=");
	for (guint i = 0; recipe->gone[i]; i++)
		if (!g_strv_contains((const char *const *)recipe->watch, recipe->gone[i]))
			return fail(error, "recipe: gone=%s is not in watch=", recipe->gone[i]);
	recipe->kunit = g_key_file_get_string_list(file, "recipe", "kunit", NULL, NULL) ?: g_new0(char *, 1);
	for (char **k = recipe->kunit; *k; k++) {
		g_autofree char *name = *k;

		*k = g_canonicalize_filename(name, recipe->folder);
		if (!g_file_test(*k, G_FILE_TEST_IS_REGULAR))
			return fail(error, "recipe: no such file: kunit=%s", name);
	}
	if (macros)
		recipe->macros = g_build_filename(recipe->folder, macros, NULL);
	if (intro && !(recipe->intro = recipe_text(recipe->folder, intro, error)))
		return FALSE;
	return TRUE;
}

/* With its length, so that what ends one part is not what begins the next. */
static void append_part(GString *all, const char *part)
{
	g_string_append_printf(all, "%zu:%s\n", strlen(part), part);
}

/* Everything the result depends on, so that a run can say whether it is the same conversion. */
static gboolean recipe_hash(struct recipe *recipe, const char *series, GError **error)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autofree char *macros = NULL, *undecided = tsv_text(recipe->undecided);
	g_autofree char *differing = tsv_text(recipe->differing);

	append_part(all, series);
	if (recipe->macros) {
		macros = recipe_text("/", recipe->macros, error);
		if (!macros)
			return FALSE;
		append_part(all, macros);
	}
	for (guint i = 0; i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];
		g_autofree char *inputs = NULL;

		append_part(all, step->text);
		if (step->kind != RULE_EDIT)
			continue;
		inputs = edit_inputs(recipe->folder, step->rule, step->text, error);
		if (!inputs)
			return FALSE;
		append_part(all, inputs);
	}
	for (guint i = 0; i < recipe->exceptions->len; i++) {
		const struct exception *e = recipe->exceptions->pdata[i];

		g_string_append_printf(all, "%s\t%s\t%s\t%u\t%s\n", e->path, e->function, e->word, e->ordinal,
				       e->reason);
	}
	append_part(all, undecided);
	append_part(all, differing);
	recipe->hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, all->str, all->len);
	return TRUE;
}

/*
 * Commits of a stage are ordered by subsystem first, "none" before all; the texts of
 * a file by step. The two agree only if whole steps stand before split ones.
 */
static gboolean check_order(const struct step *step, const struct step *before, GError **error)
{
	if (!before || strcmp(before->stage, step->stage) || step->per_subsystem || !before->per_subsystem)
		return TRUE;
	return fail(error, "recipe: step '%s': split=one cannot follow split=subsystem in stage '%s'", step->name,
		    step->stage);
}

static gboolean read_steps(struct recipe *recipe, GKeyFile *file, GError **error)
{
	static const char *const known[] = { "stage", "kind", "rule", "split", "expect", "subject", "words",
		"gone", "uses", "match", "paths", "limit", "join", "prose", "refuse", "whole", "reaches", NULL };
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
	g_autoptr(GHashTable) stages = g_hash_table_new(g_str_hash, g_str_equal);
	const char *stage = "";

	for (guint i = 0; groups[i]; i++) {
		const struct step *before = recipe->steps->len ?
			recipe->steps->pdata[recipe->steps->len - 1] : NULL;
		struct step *step;

		if (!strcmp(groups[i], "recipe"))
			continue;
		if (!key_file_check(file, "recipe", groups[i], known, error))
			return FALSE;
		step = step_read(recipe, file, groups[i], error);
		if (!step)
			return FALSE;
		g_ptr_array_add(recipe->steps, step);
		if (!check_order(step, before, error))
			return FALSE;
		if (strcmp(stage, step->stage) && !g_hash_table_add(stages, step->stage))
			return fail(error, "recipe: the steps of stage '%s' do not stand together", step->stage);
		stage = step->stage;
	}
	if (!recipe->steps->len)
		return fail(error, "recipe: '%s/series' has no step", recipe->folder);
	return TRUE;
}

struct recipe *recipe_read(const char *folder, GError **error)
{
	g_autofree char *series = recipe_text(folder, "series", error);
	g_autofree char *name = g_strdup_printf("recipe: '%s/series'", folder);
	g_autoptr(GKeyFile) file = series ? key_file_parse(name, series, error) : NULL;
	struct recipe *recipe;

	if (!file)
		return NULL;
	recipe = g_new0(struct recipe, 1);
	recipe->folder = g_canonicalize_filename(folder, NULL);
	recipe->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	recipe->exceptions = g_ptr_array_new_with_free_func((GDestroyNotify)exception_free);
	if (read_head(recipe, file, error) && read_steps(recipe, file, error) && read_exceptions(recipe, error) &&
	    read_table(recipe, "undecided.tsv", "path reason", &recipe->undecided, error) &&
	    read_table(recipe, "differing.tsv", "path function reason", &recipe->differing, error) &&
	    recipe_hash(recipe, series, error))
		return recipe;
	recipe_free(recipe);
	return NULL;
}

struct exception *recipe_exception(const struct recipe *recipe, const char *path, const char *function,
				   const char *word, guint ordinal)
{
	for (guint i = 0; i < recipe->exceptions->len; i++) {
		struct exception *e = recipe->exceptions->pdata[i];

		if (!strcmp(e->path, path) &&
		    (!strcmp(e->function, "*") || !strcmp(e->function, function)) &&
		    (!strcmp(e->word, "*") || !strcmp(e->word, word)) &&
		    (e->ordinal == ordinal || (!e->ordinal && ordinal != ORDINAL_STRING)))
			return e;
	}
	return NULL;
}

const struct step *recipe_step(const struct recipe *recipe, const char *name)
{
	for (guint i = 0; i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];

		if (!strcmp(step->name, name))
			return step;
	}
	return NULL;
}

bool recipe_gives(const struct recipe *recipe, const struct step *step, const char *path)
{
	if (step->paths)
		return g_regex_match(step->paths, path, 0, NULL);
	return !g_strv_contains((const char *const *)recipe->defines, path);
}

/* Compares dotted versions by number. */
static int version_compare(const char *a, const char *b)
{
	guint x[3] = { 0 }, y[3] = { 0 };

	sscanf(a, "%u.%u.%u", &x[0], &x[1], &x[2]);
	sscanf(b, "%u.%u.%u", &y[0], &y[1], &y[2]);
	for (guint i = 0; i < 3; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

gboolean recipe_check_spatch(const struct recipe *recipe, const char *version, GError **error)
{
	for (guint i = 0; i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];

		if (step->kind == RULE_COCCI && step->requires && version_compare(version, step->requires) < 0)
			return fail(error, "rule '%s' requires spatch %s, this is %s; install a newer coccinelle",
				    step->rule, step->requires, version);
	}
	return TRUE;
}
