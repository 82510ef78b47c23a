// SPDX-License-Identifier: GPL-2.0-only
/*
 * plan.c: the command "plan": which rule gets which file, and in which commit.
 *
 *	step	rule	file	subsystem	position
 *	timer-delete	18-timer-delete.cocci	block/bio.c	block-layer	0007
 *
 * Commits stand in the order of (stage, subsystem, step): all of a subsystem's
 * commits of a stage are neighbours and make one patch set. The subsystem of a
 * step that is not split is "-". Files where every code site is kept are not
 * in the plan, nor are files of another subsystem than those selected; but a step
 * with uses= also reads files without sites that have its names. A step
 * that joins another has its position. A commit that turns out to change nothing
 * is not made.
 */
#include <stdio.h>
#include <string.h>

#include "maintainers.h"
#include "sites.h"
#include "tree.h"
#include "uses.h"

struct row {
	const struct step *step;
	guint stage;		/* number of the stage in the series */
	char *file;
	const char *subsystem;	/* interned */
};

static void row_free(struct row *row)
{
	g_free(row->file);
	g_free(row);
}

static void add_row(GPtrArray *rows, const struct step *step, guint stage, const char *file, const char *subsystem)
{
	struct row *row = g_new0(struct row, 1);

	*row = (struct row){ step, stage, g_strdup(file), g_intern_string(subsystem) };
	g_ptr_array_add(rows, row);
}

static int row_compare(gconstpointer a, gconstpointer b)
{
	const struct row *x = *(const struct row *const *)a, *y = *(const struct row *const *)b;
	int order;

	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	order = strcmp(x->subsystem, y->subsystem);
	if (order)
		return order;
	if (x->step != y->step)
		return x->step->index < y->step->index ? -1 : 1;
	return strcmp(x->file, y->file);
}

/* path -> set of words (interned). */
static GHashTable *new_files(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
}

static void note_word(GHashTable *files, const char *path, const char *word)
{
	GHashTable *words = g_hash_table_lookup(files, path);

	if (!words) {
		words = g_hash_table_new(NULL, NULL);
		g_hash_table_insert(files, g_strdup(path), words);
	}
	g_hash_table_add(words, (gpointer)g_intern_string(word));
}

/* Files with a site in code, or in prose, that is not kept, and their words. */
static GHashTable *files_to_convert(const struct tsv *sites, bool prose, GError **error)
{
	g_autoptr(GHashTable) files = new_files();

	for (guint i = 0; i < sites->rows->len; i++) {
		g_autofree char *path = NULL;

		if (!(prose ? site_kind_is_prose : site_kind_is_code)(tsv_get(sites, i, SITE_KIND)) ||
		    !strcmp(tsv_get(sites, i, SITE_STATUS), "kept"))
			continue;
		path = path_unquote(tsv_get(sites, i, SITE_PATH), error);
		if (!path)
			return NULL;
		note_word(files, path, tsv_get(sites, i, SITE_WORD));
	}
	return g_steal_pointer(&files);
}

/* Others that have names that steps use, and these. */
static GHashTable *files_elsewhere(const struct context *ctx, GHashTable *known, GError **error)
{
	struct tsv *uses = uses_read(ctx, error);
	g_autoptr(GHashTable) files = uses ? new_files() : NULL;

	for (guint i = 0; files && i < uses->rows->len; i++) {
		g_autofree char *path = path_unquote(tsv_get(uses, i, 0), error);

		if (!path)
			g_clear_pointer(&files, g_hash_table_unref);
		else if (!g_hash_table_contains(known, path))
			note_word(files, path, tsv_get(uses, i, 1));
	}
	tsv_free(uses);
	return g_steal_pointer(&files);
}

static bool has_one(char *const *wanted, GHashTable *words)
{
	for (guint i = 0; wanted[i]; i++)
		if (g_hash_table_contains(words, g_intern_string(wanted[i])))
			return true;
	return false;
}

/* Rows of a step that runs on files: those that have one of the words and match its pattern. */
static gboolean plan_files(const struct context *ctx, struct tree *tree, struct maintainers *m, GHashTable *files,
			   char *const *wanted, const struct step *step, guint stage, GPtrArray *rows, GError **error)
{
	GHashTableIter iter;
	gpointer path, words;

	g_hash_table_iter_init(&iter, files);
	while (g_hash_table_iter_next(&iter, &path, &words)) {
		const char *subsystem = step->per_subsystem ? maintainers_subsystem(m, path)->slug : "-";
		g_autofree char *text = NULL;
		gsize len;

		if (!has_one(wanted, words) || !recipe_gives(ctx->recipe, step, path) ||
		    (step->per_subsystem && !context_has_subsystem(ctx, subsystem)))
			continue;
		if (step->match) {
			text = tree_text(tree, path, &len, error);
			if (!text)
				return fail(error && *error ? NULL : error, "the tag has no '%s'", (char *)path);
			if (!g_regex_match_full(step->match, text, len, 0, 0, NULL, NULL))
				continue;
		}
		add_row(rows, step, stage, path, subsystem);
	}
	return TRUE;
}

static gboolean plan_edit(struct tree *tree, const struct step *step, guint stage, GPtrArray *rows, GError **error)
{
	g_autoptr(GPtrArray) results = tree_edit(tree, step, error);

	if (!results)
		return FALSE;
	for (guint i = 0; i < results->len; i++)
		add_row(rows, step, stage, ((struct edited *)results->pdata[i])->path, "-");
	return TRUE;
}

static GPtrArray *plan_steps(const struct context *ctx, GHashTable *files, GHashTable *prose, GHashTable *elsewhere,
			     GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)row_free);
	struct maintainers *m = maintainers_read(ctx->git, ctx->base, error);
	struct tree *tree = m ? tree_new(ctx, error) : NULL;
	const char *stage = "";
	guint stages = 0;
	gboolean ok = tree != NULL;

	for (guint i = 0; ok && i < ctx->recipe->steps->len; i++) {
		const struct step *step = ctx->recipe->steps->pdata[i];

		stages += strcmp(stage, step->stage) != 0;
		stage = step->stage;
		if (step->whole && ctx->subsystems && ctx->subsystems[0])
			break;
		if (!context_has_stage(ctx, stage))
			continue;
		if (step->kind == RULE_EDIT) {
			ok = plan_edit(tree, step, stages, rows, error);
			continue;
		}
		ok = plan_files(ctx, tree, m, step->prose ? prose : files, step->words, step, stages, rows, error);
		if (ok && step->uses && !step->prose)
			ok = plan_files(ctx, tree, m, elsewhere, step->uses, step, stages, rows, error);
	}
	tree_free(tree);
	maintainers_free(m);
	return ok ? g_steal_pointer(&rows) : NULL;
}

static gboolean check_filters(const struct context *ctx, const GPtrArray *rows, GError **error)
{
	for (guint i = 0; ctx->stages && ctx->stages[i]; i++) {
		bool known = false;

		for (guint s = 0; s < ctx->recipe->steps->len; s++)
			known |= !strcmp(((struct step *)ctx->recipe->steps->pdata[s])->stage, ctx->stages[i]);
		if (!known)
			return fail(error, "the recipe has no stage '%s'", ctx->stages[i]);
	}
	for (guint i = 0; ctx->subsystems && ctx->subsystems[i]; i++) {
		bool known = false;

		for (guint r = 0; r < rows->len; r++)
			known |= !strcmp(((struct row *)rows->pdata[r])->subsystem, ctx->subsystems[i]);
		if (!known)
			return fail(error, "nothing is planned for a subsystem '%s'; plan.tsv of a run without"
				    " --subsystem names them", ctx->subsystems[i]);
	}
	return TRUE;
}

static struct tsv *plan_table(GPtrArray *rows, guint *commits)
{
	struct tsv *plan = tsv_new(PLAN_TSV);
	const struct row *last = NULL;

	*commits = 0;
	g_ptr_array_sort(rows, row_compare);
	for (guint i = 0; i < rows->len; i++) {
		const struct row *row = rows->pdata[i];
		g_autofree char *position = NULL, *path = path_quote(row->file);

		if (!last || last->step->leader != row->step->leader || last->subsystem != row->subsystem)
			++*commits;
		last = row;
		position = g_strdup_printf("%04u", *commits);
		tsv_add(plan, row->step->name, row->step->rule, path, row->subsystem, position);
	}
	return plan;
}

gboolean cmd_plan(struct context *ctx, enum status *status, GError **error)
{
	g_autofree char *sites_path = context_path(ctx, "sites.tsv"), *plan_path = context_path(ctx, "plan.tsv");
	struct tsv *sites = tsv_read(sites_path, SITES_TSV, error), *plan = NULL;
	gboolean fits = sites && context_check_inputs(ctx, "sites", false, error);
	g_autoptr(GHashTable) files = fits ? files_to_convert(sites, false, error) : NULL;
	g_autoptr(GHashTable) prose = files ? files_to_convert(sites, true, error) : NULL;
	g_autoptr(GHashTable) elsewhere = prose ? files_elsewhere(ctx, files, error) : NULL;
	g_autoptr(GPtrArray) rows = elsewhere ? plan_steps(ctx, files, prose, elsewhere, error) : NULL;
	guint commits;
	gboolean ok = FALSE;

	if (rows && check_filters(ctx, rows, error)) {
		plan = plan_table(rows, &commits);
		ok = tsv_write(plan, plan_path, error) && context_note_inputs(ctx, "plan", true, error);
	}
	if (ok && ctx->json) {
		g_autoptr(JsonBuilder) json = json_builder_new();

		json_builder_begin_object(json);
		json_int(json, "files", g_hash_table_size(files));
		json_int(json, "runs", rows->len);
		json_int(json, "commits", commits);
		json_builder_end_object(json);
		json_print(json);
	} else if (ok) {
		printf("%u files, %u runs of a rule on a file, up to %u commits\n", g_hash_table_size(files),
		       rows->len, commits);
	}
	tsv_free(sites);
	tsv_free(plan);
	*status = STATUS_HOLDS;
	return ok;
}
