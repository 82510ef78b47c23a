// SPDX-License-Identifier: GPL-2.0-only
/*
 * series-commit.c: messages, commits and branches.
 *
 * The branches are PREFIX/TAG/all and PREFIX/TAG/STAGE. They are pushed to the
 * user's repository together, when all commits are made.
 */
#include <string.h>
#include <unistd.h>

#include "prefix.h"
#include "series.h"

static char *branch_ref(const struct context *ctx, const char *name)
{
	return g_strdup_printf("refs/heads/%s/%s/%s", ctx->recipe->branch, ctx->tag, name);
}

/* The commit a branch of the user's is at, or NULL. */
static char *branch_tip(const struct context *ctx, const char *ref)
{
	g_autofree char *user = g_strdup_printf("--git-dir=%s", ctx->git->user);

	return git_run_l(ctx->git, NULL, user, "rev-parse", "--verify", "--quiet", ref, NULL);
}

static gboolean refuse(const struct context *ctx, const char *ref, GError **error)
{
	return fail(error, "branch '%s' exists in '%s'; --force replaces it", ref + strlen("refs/heads/"), ctx->kernel);
}

/* What run.tsv says the last run here ended with, or NULL. */
static char *recorded_tip(const struct context *ctx)
{
	g_autofree char *path = context_path(ctx, "run.tsv");
	struct tsv *run = tsv_read(path, "key value", NULL);
	char *tip = NULL;

	for (guint i = 0; run && i < run->rows->len; i++)
		if (!strcmp(tsv_get(run, i, 0), "tip"))
			tip = g_strdup(tsv_get(run, i, 1));
	tsv_free(run);
	return tip;
}

gboolean series_check_branches(const struct context *ctx, GError **error)
{
	static const char *const needed[] = { "objects", "refs" };
	g_autofree char *all = branch_ref(ctx, "all"), *tip = branch_tip(ctx, all), *ours = recorded_tip(ctx);

	for (guint i = 0; i < G_N_ELEMENTS(needed); i++) {
		g_autofree char *path = g_build_filename(ctx->git->user, needed[i], NULL);

		if (access(path, W_OK))
			return fail(error, "the kernel repository '%s' cannot be written, and the branches go there;"
				    " give a clone of it ('git clone --shared')", ctx->kernel);
	}
	/* A run that was interrupted after its branches were made goes on. */
	if (tip && !ctx->force && g_strcmp0(tip, ours))
		return refuse(ctx, all, error);
	return TRUE;
}

/* The rule itself, indented, so that no line of it looks like a diff to git am. */
static void append_rule(GString *message, const struct step *step)
{
	g_auto(GStrv) lines = g_strsplit(step->text, "\n", -1);
	bool blank = true;

	for (guint i = 0; lines[i]; i++) {
		const char *line = g_strchomp(lines[i]);

		if (g_str_has_prefix(line, "//") || (!*line && blank))
			continue;
		blank = !*line;
		g_string_append_printf(message, "%s%s\n", *line ? "  " : "", line);
	}
}

static void append_command(GString *message, const struct context *ctx, const struct step *step)
{
	g_autofree char *options = g_strjoinv(" ", step->options);
	g_autofree char *macros = ctx->recipe->macros ? g_path_get_basename(ctx->recipe->macros) : NULL;

	if (step->kind == RULE_COCCI) {
		g_string_append_printf(message, "Made by this semantic patch, %s, with\n\n  spatch -D patch", step->rule);
		if (macros)
			g_string_append_printf(message, " --macro-file %s", macros);
		g_string_append_printf(message, "%s%s \\\n    --cocci-file %s FILE\n\n", *options ? " " : "", options,
				       step->rule);
	} else {
		g_string_append_printf(message, "Made by these token rules, %s:\n\n", step->rule);
	}
	append_rule(message, step);
}

/* Does the commit change a file of one of the names, "md/raid5.c, md/raid10.c"? */
static bool changes_any(const struct patch *patch, const char *names)
{
	g_auto(GStrv) list = g_strsplit(names, ", ", -1);

	for (guint i = 0; i < patch->commit->changes->len; i++) {
		g_autofree char *path = g_strconcat("/", g_array_index(patch->commit->changes, struct change, i).path, NULL);

		for (char **name = list; *name; name++) {
			g_autofree char *end = g_strconcat("/", *name, NULL);

			if (g_str_has_suffix(path, end))
				return true;
		}
	}
	return false;
}

/* The rule's text without the paragraphs about files that the commit does not change, see recipe.h. */
static char *body_for(const struct patch *patch)
{
	g_autoptr(GRegex) about = g_regex_new("^([\\w./-]+[.][chS](?:, [\\w./-]+[.][chS])*)(?:, [^:\n]*)?:", 0, 0, NULL);
	g_auto(GStrv) paragraphs = g_strsplit(patch->step->body, "\n\n", -1);
	g_autoptr(GString) body = g_string_new(NULL);

	for (char **p = paragraphs; *p; p++) {
		g_autoptr(GMatchInfo) match = NULL;
		g_autofree char *names = NULL;

		if (g_regex_match(about, *p, 0, &match))
			names = g_match_info_fetch(match, 1);
		if (!names || changes_any(patch, names))
			g_string_append_printf(body, "%s%s", body->len ? "\n\n" : "", *p);
	}
	return g_strdup(body->str);
}

static char *make_message(const struct series *series, const struct patch *patch)
{
	g_autoptr(GString) message = g_string_new(NULL);
	const struct context *ctx = series->ctx;
	g_autofree char *body = body_for(patch);

	g_string_append_printf(message, "%s\n", patch->subject);
	if (*body)
		g_string_append_printf(message, "\n%s\n", body);
	for (guint i = 0; i < series->parts->len; i++) {
		const struct part *part = series->parts->pdata[i];

		if (part->patch != patch || part->step->kind == RULE_EDIT)
			continue;
		g_string_append_c(message, '\n');
		append_command(message, ctx, part->step);
	}
	if (ctx->signoff)
		g_string_append_printf(message, "\nSigned-off-by: %s\n", ctx->signoff);
	return g_strdup(message->str);
}

/* The files a commit changes, NULL-ended; borrowed strings. */
static GPtrArray *changed_paths(const struct patch *patch)
{
	GPtrArray *paths = g_ptr_array_new();

	for (guint i = 0; i < patch->commit->changes->len; i++)
		g_ptr_array_add(paths, (gpointer)g_array_index(patch->commit->changes, struct change, i).path);
	g_ptr_array_add(paths, NULL);
	return paths;
}

static char *make_subject(struct series *series, struct patch *patch, GHashTable *taken)
{
	const struct context *ctx = series->ctx;
	const struct subsystem *subsystem = maintainers_slug(series->maintainers, patch->subsystem);
	g_autoptr(GPtrArray) paths = changed_paths(patch);
	g_autofree char *prefix = NULL, *unique = NULL;
	GHashTable *step_taken;

	if (!patch->step->per_subsystem || !subsystem)
		return g_strdup(patch->step->subject);
	step_taken = g_hash_table_lookup(taken, patch->step);
	if (!step_taken) {
		step_taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_hash_table_insert(taken, (gpointer)patch->step, step_taken);
	}
	prefix = subject_prefix(ctx->git, ctx->base, subsystem, (const char *const *)paths->pdata);
	unique = prefix_unique(step_taken, prefix, subsystem, (const char *const *)paths->pdata);
	return g_strdup_printf("%s: %s", unique, patch->step->subject);
}

/* The patches that became commits, in order; borrowed. */
static GPtrArray *made_patches(const struct series *series)
{
	GPtrArray *made = g_ptr_array_new();

	for (guint i = 0; i < series->patches->len; i++)
		if (((struct patch *)series->patches->pdata[i])->commit->oid)
			g_ptr_array_add(made, series->patches->pdata[i]);
	return made;
}

/* Locks in our repository that a killed run left: git would wait for them for ever. */
static void drop_ref_locks(const struct git *git, const char *const *refs)
{
	for (; *refs; refs++) {
		g_autofree char *name = g_strdup_printf("%s.lock", *refs);
		g_autofree char *path = g_build_filename(git->dir, name, NULL);

		unlink(path);
	}
}

/* The branches, NULL-ended, and in commits where each of them is going to be; no commits, no branches. */
static GPtrArray *wanted_refs(const struct series *series, GPtrArray *commits)
{
	GPtrArray *refs = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) made = made_patches(series);

	for (guint i = 0; i < made->len; i++) {
		const struct patch *patch = made->pdata[i], *next = i + 1 < made->len ? made->pdata[i + 1] : NULL;

		if (next && !strcmp(next->step->stage, patch->step->stage))
			continue;
		g_ptr_array_add(refs, branch_ref(series->ctx, patch->step->stage));
		g_ptr_array_add(commits, patch->commit->oid);
		if (next)
			continue;
		g_ptr_array_add(refs, branch_ref(series->ctx, "all"));
		g_ptr_array_add(commits, patch->commit->oid);
	}
	g_ptr_array_add(refs, NULL);
	return refs;
}

gboolean series_publish(struct series *series, GError **error)
{
	const struct context *ctx = series->ctx;
	g_autoptr(GPtrArray) commits = g_ptr_array_new(), refs = wanted_refs(series, commits);
	g_autoptr(GString) input = g_string_new(NULL);
	g_autofree char *out = NULL;
	gboolean ok;
	int lock;

	if (!commits->len)
		return TRUE;
	for (guint i = 0; i < commits->len; i++)
		g_string_append_printf(input, "update %s %s\n", (char *)refs->pdata[i], (char *)commits->pdata[i]);
	/* Of two runs that end at once, the later one finds the branches as it wants them. */
	lock = git_lock(ctx->git, error);
	if (lock < 0)
		return FALSE;
	drop_ref_locks(ctx->git, (const char *const *)refs->pdata);
	out = git_input(ctx->git, NULL, input->str, input->len,
			(const char *const[]){ "update-ref", "--stdin", NULL }, error);
	ok = out && git_publish(ctx->git, (const char *const *)refs->pdata, true, error);
	close(lock);
	return ok;
}

/* Asked before anything is recorded: a series that is refused leaves no trace in the output folder. */
static gboolean may_replace(const struct series *series, GError **error)
{
	g_autoptr(GPtrArray) commits = g_ptr_array_new(), refs = wanted_refs(series, commits);

	for (guint i = 0; !series->ctx->force && i < commits->len; i++) {
		g_autofree char *tip = branch_tip(series->ctx, refs->pdata[i]);

		if (tip && strcmp(tip, commits->pdata[i]))
			return refuse(series->ctx, refs->pdata[i], error);
	}
	return TRUE;
}

gboolean series_commit(struct series *series, GError **error)
{
	g_autoptr(GPtrArray) commits = g_ptr_array_new();
	g_autoptr(GHashTable) taken = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);

	for (guint i = 0; i < series->patches->len; i++) {
		struct patch *patch = series->patches->pdata[i];

		if (!patch->commit->changes->len)
			continue;
		patch->subject = make_subject(series, patch, taken);
		g_free(patch->commit->message);
		patch->commit->message = make_message(series, patch);
		g_ptr_array_add(commits, patch->commit);
	}
	return !commits->len || (branch_write(series->ctx->git, series->ctx->base, commits, error) &&
				 may_replace(series, error));
}
