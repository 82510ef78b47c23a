// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites.c: the command "sites", and other tables that take a scan of every blob
 * of the tag.
 *
 * The result depends on the tree, the recipe and this program only, and is
 * cached under the three.
 */
#include <stdio.h>
#include <string.h>

#include "cache.h"
#include "sites.h"

struct scan {
	const struct context *ctx;
	const struct sites_table *table;
	struct words *words;
	GMutex lock;		/* guards rows, and what add() counts */
	struct tsv *rows;
};

/* Hash of the running program, for keys of results that depend on its code. */
static char *program_hash(GError **error)
{
	g_autofree char *program = NULL;
	gsize len;

	if (!g_file_get_contents("/proc/self/exe", &program, &len, error))
		return NULL;
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)program, len);
}

bool site_kind_is_code(const char *kind)
{
	return !strcmp(kind, site_kind_name(SITE_CODE)) || !strcmp(kind, site_kind_name(SITE_MACRO)) ||
	       !strcmp(kind, site_kind_name(SITE_DISABLED));
}

bool site_kind_is_prose(const char *kind)
{
	return !strcmp(kind, site_kind_name(SITE_COMMENT)) || !strcmp(kind, site_kind_name(SITE_DOC));
}

/* Why a site is as it is before any rule ran. */
static char *first_reason(const struct site *site)
{
	if (!site_is_code(site))
		return g_strdup_printf("%s, which no rule changes", site_kind_name(site->kind));
	if (site->owner)
		return g_strdup_printf("declares a member of struct %s", site->owner);
	return g_strdup("no rule");
}

static void add_site(const struct context *ctx, const char *path, const char *quoted, const struct site *site,
		     struct tsv *rows)
{
	struct exception *e = NULL;
	g_autofree char *line = g_strdup_printf("%u", site->line);
	g_autofree char *column = g_strdup_printf("%u", site->column);
	g_autofree char *reason = NULL;

	if (!site_is_prose(site))
		e = recipe_exception(ctx->recipe, path, site->function, site->word,
				     site_is_code(site) ? site->ordinal : ORDINAL_STRING);
	if (e)
		e->used++;
	reason = e ? g_strdup(e->reason) : first_reason(site);
	tsv_add(rows, quoted, line, column, site->word, site_kind_name(site->kind), site->function,
		e ? "kept" : "unconverted", "-", "-", reason);
}

static void add_sites(const struct context *ctx, const char *path, const GArray *sites, struct tsv *rows)
{
	g_autofree char *quoted = path_quote(path);

	for (guint i = 0; i < sites->len; i++)
		add_site(ctx, path, quoted, &g_array_index(sites, struct site, i), rows);
}

static void scan_file(const struct git_file *file, const char *text, gsize len, gpointer data)
{
	struct scan *scan = data;
	g_autoptr(GArray) sites = NULL;

	if (file->mode == 0120000 || !words_occur(scan->words, text, len))
		return;
	sites = scan_sites(file->path, text, len, scan->words);
	g_mutex_lock(&scan->lock);
	scan->table->add(scan->ctx, file->path, sites, scan->rows);
	g_mutex_unlock(&scan->lock);
}

static char *scan_tree(const struct context *ctx, const struct sites_table *table, GError **error)
{
	g_autoptr(GPtrArray) files = git_files(ctx->git, ctx->base, NULL, error);
	struct scan scan = { .ctx = ctx, .table = table };
	char *text = NULL;

	if (!files)
		return NULL;
	g_mutex_init(&scan.lock);
	scan.words = words_new(table->words);
	scan.rows = tsv_new(table->columns);
	if (git_read_all(ctx->git, files, MAX(ctx->jobs, 1), scan_file, &scan, error))
		text = tsv_text(scan.rows);
	tsv_free(scan.rows);
	words_free(scan.words);
	g_mutex_clear(&scan.lock);
	return text;
}

struct tsv *sites_table_read(const struct context *ctx, const struct sites_table *table, GError **error)
{
	g_autofree char *program = program_hash(error), *file = g_strconcat(table->name, ".tsv", NULL);
	g_autofree char *path = context_path(ctx, file), *key = NULL, *text = NULL;
	struct cache *cache = program ? cache_open(table->name, error) : NULL;
	gsize len;
	gboolean ok;

	if (!cache)
		return NULL;
	key = cache_key(table->name, program, ctx->base, ctx->recipe->hash, NULL);
	text = cache_get(cache, key, &len);
	ok = text || ((text = scan_tree(ctx, table, error)) && cache_put(cache, key, text, strlen(text), error));
	cache_close(cache);
	return ok && file_write(path, text, -1, error) ? tsv_read(path, table->columns, error) : NULL;
}

static void count(GHashTable *counts, const char *name)
{
	g_hash_table_insert(counts, (gpointer)name,
			    GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(counts, name)) + 1));
}

void sites_print(const struct context *ctx, const struct tsv *sites)
{
	g_autoptr(GHashTable) kinds = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(JsonBuilder) json = json_builder_new();

	for (guint i = 0; i < sites->rows->len; i++)
		count(kinds, tsv_get(sites, i, SITE_KIND));
	json_builder_begin_object(json);
	json_string(json, "tag", ctx->tag);
	json_int(json, "sites", sites->rows->len);
	if (!ctx->json)
		printf("%s: %u sites\n", ctx->tag, sites->rows->len);
	for (enum site_kind kind = SITE_CODE; kind <= SITE_OTHER; kind++) {
		guint n = GPOINTER_TO_UINT(g_hash_table_lookup(kinds, site_kind_name(kind)));

		json_int(json, site_kind_name(kind), n);
		if (!ctx->json && n)
			printf("%6u %s\n", n, site_kind_name(kind));
	}
	json_builder_end_object(json);
	if (ctx->json)
		json_print(json);
}

gboolean cmd_sites(struct context *ctx, enum status *status, GError **error)
{
	const struct sites_table table = {
		"sites", SITES_TSV, (const char *const *)ctx->recipe->watch, add_sites };
	struct tsv *sites = sites_table_read(ctx, &table, error);
	gboolean ok = sites && context_note_inputs(ctx, "sites", false, error);

	if (ok) {
		sites_print(ctx, sites);
		*status = STATUS_HOLDS;
	}
	tsv_free(sites);
	return ok;
}
