// SPDX-License-Identifier: GPL-2.0-only
/*
 * apply.c: the command "apply": runs the plan and makes the branches.
 *
 * Steps run in the order of the series. Steps on files that stand together
 * form a phase: there every file goes through its own chain, independent of
 * the others, as many at once as there are jobs. An edit step stands alone.
 * Nothing is published before every commit is made.
 */
#include <stdio.h>
#include <string.h>

#include "series.h"
#include "sites.h"

/* Paths git is asked for in one call. */
#define PATHS_AT_ONCE 500

static void part_free(struct part *part)
{
	g_ptr_array_unref(part->paths);
	g_free(part);
}

static void patch_free(struct patch *patch)
{
	g_free(patch->subsystem);
	g_free(patch->subject);
	branch_commit_free(patch->commit);
	g_free(patch);
}

static struct patch *patch_at(struct series *series, guint position, const struct step *step, const char *subsystem)
{
	struct patch *patch;

	for (guint i = 0; i < series->patches->len; i++) {
		patch = series->patches->pdata[i];
		if (patch->position == position)
			return patch;
	}
	patch = g_new0(struct patch, 1);
	patch->position = position;
	patch->step = step->leader;
	patch->subsystem = g_strdup(subsystem);
	patch->commit = branch_commit_new("");
	g_ptr_array_add(series->patches, patch);
	return patch;
}

static struct part *part_of(struct series *series, struct patch *patch, const struct step *step)
{
	struct part *part;

	for (guint i = 0; i < series->parts->len; i++) {
		part = series->parts->pdata[i];
		if (part->patch == patch && part->step == step)
			return part;
	}
	part = g_new0(struct part, 1);
	part->patch = patch;
	part->step = step;
	part->paths = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(series->parts, part);
	return part;
}

static gboolean add_row(struct series *series, const struct tsv *plan, guint i, GError **error)
{
	const struct step *step = recipe_step(series->ctx->recipe, tsv_get(plan, i, 0));
	guint position = g_ascii_strtoull(tsv_get(plan, i, 4), NULL, 10);
	char *path = path_unquote(tsv_get(plan, i, 2), error);

	if (!path)
		return FALSE;
	if (!step || !position) {
		g_free(path);
		return fail(error, "plan.tsv:%u: no step '%s' in the recipe, or no position; run plan again", i + 2,
			    tsv_get(plan, i, 0));
	}
	g_ptr_array_add(part_of(series, patch_at(series, position, step, tsv_get(plan, i, 3)), step)->paths, path);
	if (step->uses)
		g_hash_table_add(series->used, path);
	return TRUE;
}

static int patch_compare(gconstpointer a, gconstpointer b)
{
	const struct patch *x = *(const struct patch *const *)a, *y = *(const struct patch *const *)b;

	return x->position < y->position ? -1 : x->position > y->position;
}

static int part_compare(gconstpointer a, gconstpointer b)
{
	const struct part *x = *(const struct part *const *)a, *y = *(const struct part *const *)b;

	if (x->patch != y->patch)
		return x->patch->position < y->patch->position ? -1 : 1;
	return x->step->index < y->step->index ? -1 : x->step->index > y->step->index;
}

static gboolean read_plan(struct series *series, GError **error)
{
	g_autofree char *path = context_path(series->ctx, "plan.tsv");
	struct tsv *plan = tsv_read(path, PLAN_TSV, error);
	gboolean ok = plan != NULL;

	for (guint i = 0; ok && i < plan->rows->len; i++)
		ok = add_row(series, plan, i, error);
	tsv_free(plan);
	g_ptr_array_sort(series->patches, patch_compare);
	g_ptr_array_sort(series->parts, part_compare);
	return ok;
}

/* Adds the modes of paths, NULL-ended, that the tag has. */
static gboolean list_modes(struct series *series, const char *const *paths, GError **error)
{
	g_autoptr(GPtrArray) listed = git_files(series->ctx->git, series->ctx->base, paths, error);

	for (guint i = 0; listed && i < listed->len; i++) {
		const struct git_file *file = listed->pdata[i];

		g_hash_table_insert(series->modes, g_strdup(file->path), GUINT_TO_POINTER(file->mode));
	}
	return listed != NULL;
}

/* The modes of all that the plan names, in few calls: git takes longer to start than to look. */
static gboolean list_plan(struct series *series, GError **error)
{
	g_autoptr(GPtrArray) some = g_ptr_array_new();

	for (guint p = 0; p < series->parts->len; p++) {
		const struct part *part = series->parts->pdata[p];

		for (guint i = 0; i < part->paths->len; i++)
			g_ptr_array_add(some, part->paths->pdata[i]);
		if (!some->len || (some->len < PATHS_AT_ONCE && p + 1 < series->parts->len))
			continue;
		g_ptr_array_add(some, NULL);
		if (!list_modes(series, (const char *const *)some->pdata, error))
			return FALSE;
		g_ptr_array_set_size(some, 0);
	}
	return TRUE;
}

struct series *series_new(struct context *ctx, GError **error)
{
	struct series *series = g_new0(struct series, 1);

	series->ctx = ctx;
	series->patches = g_ptr_array_new_with_free_func((GDestroyNotify)patch_free);
	series->parts = g_ptr_array_new_with_free_func((GDestroyNotify)part_free);
	series->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)file_free);
	series->edited = g_ptr_array_new_with_free_func((GDestroyNotify)edited_free);
	series->used = g_hash_table_new(g_str_hash, g_str_equal);
	series->modes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	series->words = words_new((const char *const *)ctx->recipe->watch);
	series->pool = pool_new(ctx->jobs, "rules");
	if (read_plan(series, error) && list_plan(series, error) && (series->tree = tree_new(ctx, error)) &&
	    (series->maintainers = maintainers_read(ctx->git, ctx->base, error)) &&
	    (series->runner = runner_new(ctx->recipe, series->pool, error)))
		return series;
	series_free(series);
	return NULL;
}

void series_free(struct series *series)
{
	if (!series)
		return;
	g_ptr_array_unref(series->parts);
	g_ptr_array_unref(series->patches);
	g_hash_table_unref(series->files);
	g_hash_table_unref(series->used);
	g_ptr_array_unref(series->edited);
	g_hash_table_unref(series->modes);
	words_free(series->words);
	tree_free(series->tree);
	if (series->maintainers)
		maintainers_free(series->maintainers);
	runner_free(series->runner);
	pool_free(series->pool);
	g_free(series);
}

/* The mode of a path in the tag, or of a new file. */
static gboolean find_mode(struct series *series, const char *path, guint *mode, GError **error)
{
	const char *const paths[] = { path, NULL };

	if (!g_hash_table_contains(series->modes, path) && !list_modes(series, paths, error))
		return FALSE;
	*mode = GPOINTER_TO_UINT(g_hash_table_lookup(series->modes, path));
	if (!*mode)
		*mode = 0100644;
	return TRUE;
}

/* The file as the steps so far left it, entered once; NULL without an error where no rule can have to do with it. */
static struct file *enter_file(struct series *series, const char *path, GError **error)
{
	struct file *file = g_hash_table_lookup(series->files, path);
	gsize len;
	guint mode;
	char *text;

	if (file)
		return file;
	text = tree_tagged(series->tree, path, &len, error);
	if (!text || (!g_hash_table_contains(series->used, path) && !words_occur(series->words, text, len))) {
		g_free(text);
		return NULL;
	}
	if (strlen(text) != len || !find_mode(series, path, &mode, error)) {
		fail(error && *error ? NULL : error, "'%s' holds a NUL byte; except its sites", path);
		g_free(text);
		return NULL;
	}
	file = file_new(path, text, series->words, series->runner);
	file->mode = mode;
	file->subsystem = g_strdup(maintainers_subsystem(series->maintainers, path)->slug);
	g_hash_table_insert(series->files, file->path, file);
	return file;
}

static gboolean run_edit(struct series *series, struct part *part, GError **error)
{
	g_autoptr(GPtrArray) results = tree_edit(series->tree, part->step, error);

	if (!results)
		return FALSE;
	while (results->len) {
		struct edited *e = g_ptr_array_steal_index(results, 0);
		struct change change = { e->path, e->content, e->len, 0100644 };
		g_autoptr(GError) why = NULL;
		struct file *file = e->created ? NULL : enter_file(series, e->path, &why);

		g_ptr_array_add(series->edited, e);
		if (why) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
		if (file)
			file_edit(file, part->step, g_strdup(e->content));
		if (!find_mode(series, e->path, &change.mode, error))
			return FALSE;
		g_array_append_val(part->patch->commit->changes, change);
	}
	return TRUE;
}

static void collect_changes(struct series *series, struct part *part)
{
	for (guint i = 0; i < part->paths->len; i++) {
		const struct file *file = g_hash_table_lookup(series->files, part->paths->pdata[i]);

		for (guint c = 0; c < file->changes->len; c++) {
			const struct file_change *made = file->changes->pdata[c];
			struct change change = { file->path, made->text, strlen(made->text), file->mode };

			if (made->step == part->step)
				g_array_append_val(part->patch->commit->changes, change);
		}
	}
}

static int step_compare(gconstpointer a, gconstpointer b)
{
	const struct step *x = *(const struct step *const *)a, *y = *(const struct step *const *)b;

	return x->index < y->index ? -1 : x->index > y->index;
}

/* Runs the parts from first to last, none of them an edit. */
static gboolean run_phase(struct series *series, guint first, guint last, GError **error)
{
	g_autoptr(GHashTable) files = g_hash_table_new(NULL, NULL);
	GHashTableIter iter;
	gpointer file;

	for (guint i = first; i <= last; i++) {
		const struct part *part = series->parts->pdata[i];

		for (guint p = 0; p < part->paths->len; p++) {
			struct file *entered = enter_file(series, part->paths->pdata[p], error);

			if (!entered)
				return fail(error && *error ? NULL : error,
					    "the tag has no '%s' with a site; run sites and plan again",
					    (char *)part->paths->pdata[p]);
			if (g_hash_table_add(files, entered))
				g_ptr_array_set_size(entered->steps, 0);
			g_ptr_array_add(entered->steps, (gpointer)part->step);
		}
	}
	g_hash_table_iter_init(&iter, files);
	while (g_hash_table_iter_next(&iter, &file, NULL)) {
		g_ptr_array_sort(((struct file *)file)->steps, step_compare);
		if (!file_start(file, error))
			return FALSE;
	}
	if (!pool_run(series->pool, error))
		return FALSE;
	g_hash_table_iter_init(&iter, files);
	while (g_hash_table_iter_next(&iter, &file, NULL)) {
		const struct file *f = file;

		if (!file_check_sum(f, error))
			return FALSE;
		tree_set(series->tree, f->path, f->text, strlen(f->text));
	}
	for (guint i = first; i <= last; i++)
		collect_changes(series, series->parts->pdata[i]);
	return TRUE;
}

static void add_all(GPtrArray *all, const GPtrArray *some)
{
	for (guint i = 0; i < some->len; i++)
		g_ptr_array_add(all, some->pdata[i]);
}

/* Sorted lines, each after a newline. */
static char *list_of(GPtrArray *lines)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_ptr_array_sort(lines, text_compare);
	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, "\n  %s", (char *)lines->pdata[i]);
	return g_strdup(text->str);
}

/*
 * What steps with refuse= matched ends the run: converted it would compile, and be wrong. So does one of them,
 * or of those with uses=, that spatch did not end: nobody would miss what it did not find.
 */
static gboolean check_refused(const struct series *series, GError **error)
{
	g_autoptr(GPtrArray) refused = g_ptr_array_new(), unfinished = g_ptr_array_new();
	g_autofree char *places = NULL, *runs = NULL;
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, series->files);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct file *file = value;

		add_all(refused, file->refused);
		add_all(unfinished, file->unfinished);
	}
	places = list_of(refused);
	if (refused->len)
		return fail(error, "%u places that no rule of the recipe knows how to convert; a rule has to say what they"
			    " mean:%s", refused->len, places);
	runs = list_of(unfinished);
	return !unfinished->len ||
	       fail(error, "%u runs of spatch did not end, and no site is left by them that would say so; run apply again,"
		    " with fewer -j or a larger limit= of the rule:%s", unfinished->len, runs);
}

static gboolean run_plan(struct series *series, GError **error)
{
	for (guint i = 0; i < series->parts->len; i++) {
		struct part *part = series->parts->pdata[i];
		guint last = i;

		if (part->step->kind == RULE_EDIT) {
			if (!run_edit(series, part, error))
				return FALSE;
			continue;
		}
		while (last + 1 < series->parts->len &&
		       ((struct part *)series->parts->pdata[last + 1])->step->kind != RULE_EDIT)
			last++;
		if (!run_phase(series, i, last, error) || !check_refused(series, error))
			return FALSE;
		i = last;
	}
	return TRUE;
}

static void print_result(const struct series *series)
{
	guint commits = 0, converted = 0, left = 0;
	GHashTableIter iter;
	gpointer value;

	for (guint i = 0; i < series->patches->len; i++)
		commits += ((struct patch *)series->patches->pdata[i])->commit->oid != NULL;
	g_hash_table_iter_init(&iter, series->files);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct file *file = value;

		for (guint i = 0; i < file->sites->len; i++) {
			const struct tracked *t = &g_array_index(file->sites, struct tracked, i);

			converted += t->by && !t->introduced;
			left += !t->by && !t->kept && !t->introduced;
		}
	}
	if (series->ctx->json) {
		g_autoptr(JsonBuilder) json = json_builder_new();

		json_builder_begin_object(json);
		json_int(json, "commits", commits);
		json_int(json, "files", g_hash_table_size(series->files));
		json_int(json, "converted", converted);
		json_int(json, "left", left);
		json_int(json, "spatch", series->runner->started);
		json_int(json, "cached", cache_hits(series->runner->cache));
		json_builder_end_object(json);
		json_print(json);
		return;
	}
	printf("%u commits, %u sites converted, %u left in the %u files; %u spatch runs, %u from the cache\n", commits,
	       converted, left, g_hash_table_size(series->files), series->runner->started,
	       cache_hits(series->runner->cache));
}

/* What an edit wrote into a file that is new, or had no site: no step looked at it. */
static gboolean check_edited(const struct series *series, const struct edited *e, GError **error)
{
	g_autoptr(GArray) sites = NULL;
	g_autofree char *text = NULL;
	gsize len;

	if (g_hash_table_contains(series->files, e->path))
		return TRUE;
	text = tree_text(series->tree, e->path, &len, error);
	if (!text)
		return FALSE;
	sites = scan_sites(e->path, text, len, series->words);
	for (guint i = 0; i < sites->len; i++) {
		const struct site *site = &g_array_index(sites, struct site, i);

		if (site_is_code(site) && g_strv_contains((const char *const *)series->ctx->recipe->gone, site->word) &&
		    !recipe_exception(series->ctx->recipe, e->path, site->function, site->word, site->ordinal))
			return fail(error, "'%s': an edit wrote '%s' in %s(), and no step converts it", e->path,
				    site->word, site->function);
	}
	return TRUE;
}

/* A selection ends where words are still to be converted. */
static gboolean check_introduced(const struct series *series, GError **error)
{
	bool partial = series->ctx->stages || series->ctx->subsystems;
	GHashTableIter iter;
	gpointer file;

	g_hash_table_iter_init(&iter, series->files);
	while (!partial && g_hash_table_iter_next(&iter, NULL, &file))
		if (!file_check_introduced(file, error))
			return FALSE;
	for (guint i = 0; !partial && i < series->edited->len; i++)
		if (!check_edited(series, series->edited->pdata[i], error))
			return FALSE;
	return TRUE;
}

gboolean cmd_apply(struct context *ctx, enum status *status, GError **error)
{
	struct series *series;
	gboolean ok;

	if (!series_check_branches(ctx, error))
		return FALSE;
	series = series_new(ctx, error);
	if (!series)
		return FALSE;
	if (!context_check_inputs(ctx, "sites", false, error) || !context_check_inputs(ctx, "plan", true, error)) {
		series_free(series);
		return FALSE;
	}
	ok = run_plan(series, error) && check_introduced(series, error) && series_commit(series, error) &&
	     series_record(series, error) && series_publish(series, error);
	if (ok)
		print_result(series);
	series_free(series);
	*status = STATUS_HOLDS;
	return ok;
}
