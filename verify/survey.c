// SPDX-License-Identifier: GPL-2.0-only
/*
 * survey.c: which configuration compiles which changed line of a range. See
 * survey.h.
 *
 * The sources go through the range once a configuration. What a commit brings
 * and what the next one takes away are lines of the same sources: both are
 * looked for at the same time, in the changed files' own objects first. Only
 * lines of headers that these do not show are looked for in others.
 */
#include <string.h>

#include "judge-item.h"
#include "progress.h"
#include "survey.h"

static void side_free(struct side *side)
{
	wanted_free(side->wanted);
	g_array_unref(side->any);
	g_free(side);
}

static gboolean add_side(struct survey *survey, struct git_batch *batch, guint n, const struct change *change,
			 bool is_new, GError **error)
{
	GArray *lines = is_new ? change->new_lines : change->old_lines;
	const char *oid = is_new ? change->new_oid : change->old_oid;
	g_autofree char *text = NULL;
	struct side *side;
	gsize len;

	if (!oid || !lines->len || !path_has_suffix(change->path, ".c .h .S"))
		return TRUE;
	text = git_batch_read(batch, oid, &len, error);
	if (!text)
		return error && *error ? FALSE : fail(error, "git has no blob '%s'", oid);
	side = g_new0(struct side, 1);
	side->commit = survey->verify->commits->pdata[n];
	side->change = change;
	side->is_new = is_new;
	side->state = n + is_new;
	side->wanted = wanted_new(change->path, lines, text, len);
	side->total = side->wanted->left;
	side->any = g_array_sized_new(FALSE, TRUE, sizeof(gboolean), lines->len);
	g_array_set_size(side->any, lines->len);
	g_ptr_array_add(survey->sides, side);
	return TRUE;
}

static gboolean add_sides(struct survey *survey, struct git_batch *batch, GError **error)
{
	for (guint i = 0; i < survey->verify->commits->len; i++) {
		const struct commit *commit = survey->verify->commits->pdata[i];

		for (guint j = 0; j < commit->changes->len; j++)
			if (!add_side(survey, batch, i, commit->changes->pdata[j], false, error) ||
			    !add_side(survey, batch, i, commit->changes->pdata[j], true, error))
				return FALSE;
	}
	return TRUE;
}

struct survey *survey_new(struct verify *verify, GError **error)
{
	/* One list for all configurations: each looks no further than for the lines it lacks. */
	struct affected_options options = { .tree = !strcmp(verify->affected, "tree"), .seed = verify->seed,
		.sample = verify->sample < 0 ? SAMPLE_SIZE : verify->sample };
	struct survey *survey = g_new0(struct survey, 1);
	struct git_batch *batch = git_batch_open(verify->git, error);
	bool ok;

	survey->verify = verify;
	survey->sides = g_ptr_array_new_with_free_func((GDestroyNotify)side_free);
	survey->rows = tsv_new(LINES_TSV);
	ok = batch && add_sides(survey, batch, error);
	if (batch)
		git_batch_close(batch);
	if (ok)
		survey->affected = affected_read(verify->git, verify->cache, verify->commits, verify->commits,
						 &options, &survey->include_lines, error);
	if (survey->affected)
		return survey;
	survey_free(survey);
	return NULL;
}

void survey_free(struct survey *survey)
{
	if (!survey)
		return;
	g_ptr_array_unref(survey->sides);
	if (survey->affected)
		g_ptr_array_unref(survey->affected);
	includes_free(survey->include_lines);
	tsv_free(survey->rows);
	g_free(survey);
}

static bool is_wanted(const struct session *session, const char *path)
{
	for (guint i = 0; i < session->wanted->len; i++)
		if (!strcmp(((struct wanted *)session->wanted->pdata[i])->path, path))
			return true;
	return false;
}

static bool wants_header(const struct session *session)
{
	for (guint i = 0; i < session->wanted->len; i++)
		if (g_str_has_suffix(((struct wanted *)session->wanted->pdata[i])->path, ".h"))
			return true;
	return false;
}

/* Of the listed sources those selected, or not selected: the wanted ones, and for headers all. */
static void add_listed(struct session *session, const GPtrArray *sources, bool selected, bool headers)
{
	for (guint i = 0; i < sources->len; i++) {
		const char *source = sources->pdata[i];
		bool own = is_wanted(session, source);

		if ((own || headers) && judge_object(session->judge, source)->selected == selected)
			session_add(session, source, own);
	}
}

/* What the commits before and after the state affect. */
static void add_items(struct session *session, const struct survey *survey, guint state, bool selected)
{
	bool headers = selected && wants_header(session);

	for (guint i = state ? state - 1 : 0; i <= state && i < survey->affected->len; i++) {
		const struct affected *affected = survey->affected->pdata[i];

		add_listed(session, affected->own, selected, headers);
		add_listed(session, affected->reached, selected, headers);
		add_listed(session, affected->sample, selected, headers);
	}
}

static gboolean look(struct survey *survey, struct judge *judge, const GPtrArray *sides, bool selected, GError **error)
{
	guint state = ((struct side *)sides->pdata[0])->state;
	struct session *session = session_new(judge, survey->verify->commits->pdata[state ? state - 1 : 0]);
	gboolean ok = TRUE;

	for (guint i = 0; i < sides->len; i++) {
		struct side *side = sides->pdata[i];

		if (side->wanted->left)
			g_ptr_array_add(session->wanted, side->wanted);
	}
	session->include_lines = survey->include_lines;
	add_items(session, survey, state, selected);
	if (session->items->len)
		ok = session_look(session, false, error);
	session_free(session);
	return ok;
}

static void add_row(struct survey *survey, const struct side *side, const char *config, const char *object,
		    const GArray *found)
{
	g_autofree char *path = path_quote(side->change->path);
	g_autofree char *lines = wanted_ranges(side->wanted, found, true);

	if (lines)
		tsv_add(survey->rows, side->commit->id, path, side->is_new ? "new" : "old", config, object, lines);
}

/* Takes what selected objects showed into account; what others show after that is only said. */
static void take_selected(struct survey *survey, const GPtrArray *sides, const char *config)
{
	for (guint i = 0; i < sides->len; i++) {
		struct side *side = sides->pdata[i];

		add_row(survey, side, config, "selected", side->wanted->found);
		for (guint j = 0; j < side->any->len; j++)
			g_array_index(side->any, gboolean, j) |= g_array_index(side->wanted->found, gboolean, j);
	}
}

static void take_unselected(struct survey *survey, const GPtrArray *sides, GPtrArray *before, const char *config)
{
	for (guint i = 0; i < sides->len; i++) {
		const struct side *side = sides->pdata[i];
		GArray *more = before->pdata[i];

		for (guint j = 0; j < more->len; j++)
			g_array_index(more, gboolean, j) = !g_array_index(more, gboolean, j) &&
				g_array_index(side->wanted->found, gboolean, j);
		add_row(survey, side, config, "unselected", more);
	}
}

/* With the sources of the sides in place. */
static gboolean look_both(struct survey *survey, struct judge *judge, const GPtrArray *sides, GError **error)
{
	const char *config = judge->tree->config->name;
	g_autoptr(GPtrArray) before = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

	if (!sides->len)
		return TRUE;
	if (!look(survey, judge, sides, true, error))
		return FALSE;
	take_selected(survey, sides, config);
	for (guint i = 0; i < sides->len; i++)
		g_ptr_array_add(before, g_array_copy(((struct side *)sides->pdata[i])->wanted->found));
	if (!look(survey, judge, sides, false, error))
		return FALSE;
	take_unselected(survey, sides, before, config);
	return TRUE;
}

/* The sides whose lines stand in the sources of one state. */
static GPtrArray *sides_at(const struct survey *survey, guint state)
{
	GPtrArray *sides = g_ptr_array_new();

	for (guint i = 0; i < survey->sides->len; i++) {
		struct side *side = survey->sides->pdata[i];

		if (side->state == state && side->total)
			g_ptr_array_add(sides, side);
	}
	return sides;
}

/* What was found with other sources holds no longer. */
static void forget_objects(struct judge *judge, bool commands)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, judge->objects);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct object *object = value;

		object_forget(object);
		if (commands)
			object->asked = false;
	}
}

static gboolean survey_range(struct survey *survey, struct judge *judge, GError **error)
{
	const GPtrArray *commits = survey->verify->commits;

	if (!tree_move(judge->tree, ((struct commit *)commits->pdata[0])->parent, error) ||
	    !tree_configure(judge->tree, error))
		return FALSE;
	for (guint state = 0; state <= commits->len; state++) {
		g_autoptr(GPtrArray) sides = sides_at(survey, state);
		bool changed;

		judge->n = state;
		if (state) {
			if (!judge_advance(judge, commits->pdata[state - 1], false, &changed, error))
				return FALSE;
			forget_objects(judge, changed);
		}
		if (!judge_commands(judge, survey->affected, error) || !look_both(survey, judge, sides, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean survey_config(struct survey *survey, const struct config *config, GError **error)
{
	const struct commit *first = survey->verify->commits->pdata[0];
	struct judge judge = { .total = survey->verify->commits->len, .limit = survey->verify->limit,
		.memory = survey->verify->memory };
	gboolean ok;

	for (guint i = 0; i < survey->sides->len; i++)
		wanted_reset(((struct side *)survey->sides->pdata[i])->wanted);
	ok = judge_open(&judge, survey->verify->git, config, first->parent, survey->verify->jobs, error) &&
	     survey_range(survey, &judge, error);
	judge_close(&judge);
	return ok;
}

/* Adds the rows of what no configuration compiles, and names them. FALSE: one is not known to be so. */
static bool add_none(struct survey *survey)
{
	bool told = true;

	for (guint i = 0; i < survey->sides->len; i++) {
		const struct side *side = survey->sides->pdata[i];
		g_autofree char *lines = wanted_ranges(side->wanted, side->any, false);
		g_autofree char *path = path_quote(side->change->path);
		const char *which = side->is_new ? "new" : "old";
		bool known = evidence_knows(survey->verify->evidence, path, true);

		if (!lines)
			continue;
		tsv_add(survey->rows, side->commit->id, path, which, "-", "-", lines);
		progress_note("%.12s %s:%s (%s): compiled by no configuration%s", side->commit->id, path, lines,
			      which, known ? ", as known" : "");
		told &= known;
	}
	return told;
}

gboolean survey_all(struct survey *survey, const GPtrArray *configs, enum status *status, GError **error)
{
	bool told = true;

	for (guint i = 0; i < configs->len; i++) {
		const struct config *config = configs->pdata[i];
		g_autoptr(GError) why = NULL;

		if (!config->missing && survey_config(survey, config, &why))
			continue;
		if (why && (configs->len == 1 || interrupted())) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
		/* The others can still answer. */
		progress_note("%s: %s", config->name, why ? why->message : config->missing);
		told = false;
	}
	told &= add_none(survey);
	*status = told ? STATUS_HOLDS : STATUS_UNDECIDED;
	return TRUE;
}
