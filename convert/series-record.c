// SPDX-License-Identifier: GPL-2.0-only
/*
 * series-record.c: what became of each site, as tables.
 *
 *	commits.tsv	position commit stage step subsystem subject
 *	expect.tsv	commit path function expectation
 *	lines.tsv	commit path line site: a converted site's line in the parent
 *			of the commit, for the evidence, and "LINE:COLUMN" in the tag
 *	run.tsv		key value: base, tip, tag, recipe, spatch, kunitconfig, and what
 *			stages and subsystems were selected
 */
#include <string.h>

#include "series.h"
#include "sites.h"

static const struct patch *patch_of(const struct series *series, const struct step *step, const struct file *file)
{
	const char *subsystem = step->per_subsystem ? file->subsystem : "-";

	for (guint i = 0; i < series->patches->len; i++) {
		const struct patch *patch = series->patches->pdata[i];

		if (patch->step == step->leader && !strcmp(patch->subsystem, subsystem))
			return patch;
	}
	return NULL;
}

static const struct tracked *find_tracked(const struct file *file, const char *line, const char *column)
{
	guint l = g_ascii_strtoull(line, NULL, 10), c = g_ascii_strtoull(column, NULL, 10);

	for (guint s = 0; file && s < 2; s++) {
		const GArray *sites = s ? file->prose : file->sites;

		for (guint i = 0; i < sites->len; i++) {
			const struct tracked *t = &g_array_index(sites, struct tracked, i);

			if (t->site.line == l && t->site.column == c)
				return t;
		}
	}
	return NULL;
}

static void set_field(struct tsv *table, guint row, guint field, const char *value)
{
	char **fields = table->rows->pdata[row];

	g_free(fields[field]);
	fields[field] = g_strdelimit(g_strdup(value && *value ? value : "-"), "\t\n\r", ' ');
}

/* Nothing converted it; what an earlier run said of it does not hold any more. */
static void set_unconverted(struct tsv *sites, guint row, const char *reason)
{
	bool stale = !strcmp(tsv_get(sites, row, SITE_STATUS), "converted");

	if (stale) {
		set_field(sites, row, SITE_STATUS, "unconverted");
		set_field(sites, row, SITE_RULE, NULL);
		set_field(sites, row, SITE_COMMIT, NULL);
	}
	if (stale || reason)
		set_field(sites, row, SITE_REASON, reason ?: "no rule");
}

static gboolean record_sites(struct series *series, struct tsv *lines, GError **error)
{
	g_autofree char *path = context_path(series->ctx, "sites.tsv");
	struct tsv *sites = tsv_read(path, SITES_TSV, error);
	gboolean ok = sites != NULL;

	for (guint i = 0; ok && i < sites->rows->len; i++) {
		g_autofree char *file_path = path_unquote(tsv_get(sites, i, SITE_PATH), NULL);
		const struct file *file = file_path ? g_hash_table_lookup(series->files, file_path) : NULL;
		const struct tracked *t = find_tracked(file, tsv_get(sites, i, SITE_LINE), tsv_get(sites, i, SITE_COLUMN));
		g_autofree char *line = NULL, *at = NULL;
		const struct patch *patch;

		if (!t || !t->by) {
			set_unconverted(sites, i, t && !t->kept && site_is_code(&t->site) ? file->reason : NULL);
			continue;
		}
		patch = patch_of(series, t->by, file);
		set_field(sites, i, SITE_STATUS, "converted");
		set_field(sites, i, SITE_RULE, t->by->rule);
		set_field(sites, i, SITE_COMMIT, patch->commit->oid);
		set_field(sites, i, SITE_REASON, "-");
		if (!site_is_code(&t->site) || !t->line)
			continue;
		line = g_strdup_printf("%u", t->line);
		at = g_strdup_printf("%u:%u", t->site.line, t->site.column);
		tsv_add(lines, patch->commit->oid, tsv_get(sites, i, SITE_PATH), line, at);
	}
	ok = ok && tsv_write(sites, path, error);
	tsv_free(sites);
	return ok;
}

static void expect_path(struct tsv *expect, const struct part *part, const char *path)
{
	g_autofree char *quoted = path_quote(path);

	tsv_add(expect, part->patch->commit->oid, quoted, "*", part->step->expect);
}

static void expect_edit(struct tsv *expect, const struct part *part)
{
	for (guint i = 0; i < part->paths->len; i++)
		expect_path(expect, part, part->paths->pdata[i]);
	for (char **path = part->step->reaches; path && *path; path++)
		expect_path(expect, part, *path);
}

/* One row a function in which the step changed a token: it may name what a later one converts. */
static void expect_rule(struct series *series, struct tsv *expect, const struct part *part)
{
	for (guint i = 0; i < part->paths->len; i++) {
		const struct file *file = g_hash_table_lookup(series->files, part->paths->pdata[i]);
		g_autofree char *quoted = path_quote(file->path);

		for (guint c = 0; c < file->changes->len; c++) {
			const struct file_change *change = file->changes->pdata[c];

			for (guint f = 0; change->step == part->step && f < change->functions->len; f++)
				tsv_add(expect, part->patch->commit->oid, quoted, change->functions->pdata[f],
					recipe_expect(series->ctx->recipe, part->step, quoted,
						      change->functions->pdata[f]));
		}
	}
}

static gboolean record_commits(struct series *series, GError **error)
{
	struct tsv *commits = tsv_new(COMMITS_TSV), *expect = tsv_new(EXPECT_TSV);
	g_autofree char *commits_path = context_path(series->ctx, "commits.tsv");
	g_autofree char *expect_path = context_path(series->ctx, "expect.tsv");
	guint number = 0;
	gboolean ok;

	for (guint i = 0; i < series->patches->len; i++) {
		const struct patch *patch = series->patches->pdata[i];
		g_autofree char *position = NULL;

		if (!patch->commit->oid)
			continue;
		position = g_strdup_printf("%04u", ++number);
		tsv_add(commits, position, patch->commit->oid, patch->step->stage, patch->step->name, patch->subsystem,
			patch->subject);
	}
	for (guint i = 0; i < series->parts->len; i++) {
		const struct part *part = series->parts->pdata[i];

		if (!part->patch->commit->oid)
			continue;
		if (part->step->kind == RULE_EDIT)
			expect_edit(expect, part);
		else
			expect_rule(series, expect, part);
	}
	ok = tsv_write(commits, commits_path, error) && tsv_write(expect, expect_path, error);
	tsv_free(commits);
	tsv_free(expect);
	return ok;
}

static gboolean record_run(const struct series *series, GError **error)
{
	const struct context *ctx = series->ctx;
	g_autofree char *path = context_path(ctx, "run.tsv");
	struct tsv *run = tsv_new("key value");
	const char *tip = ctx->base;
	gboolean ok;

	for (guint i = 0; i < series->patches->len; i++)
		tip = ((struct patch *)series->patches->pdata[i])->commit->oid ?: tip;
	tsv_add(run, "base", ctx->base);
	tsv_add(run, "tip", tip);
	tsv_add(run, "tag", ctx->tag);
	tsv_add(run, "recipe", ctx->recipe->hash);
	tsv_add(run, "spatch", series->runner->version);
	for (guint i = 0; ctx->recipe->kunit[i]; i++)
		tsv_add(run, "kunitconfig", ctx->recipe->kunit[i]);
	/* What is not selected is not promised to be gone. */
	for (char **s = ctx->subsystems; s && *s; s++)
		tsv_add(run, "subsystem", *s);
	for (char **s = ctx->stages; s && *s; s++)
		tsv_add(run, "stage", *s);
	ok = tsv_write(run, path, error);
	tsv_free(run);
	return ok;
}

gboolean series_record(struct series *series, GError **error)
{
	struct tsv *lines = tsv_new(LINES_TSV);
	g_autofree char *path = context_path(series->ctx, "lines.tsv");
	gboolean ok = record_sites(series, lines, error) && tsv_write(lines, path, error) &&
		      record_commits(series, error) && record_run(series, error);

	tsv_free(lines);
	return ok;
}
