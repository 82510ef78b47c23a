// SPDX-License-Identifier: GPL-2.0-only
/* uses.c: files that no step converts, and that a step with uses= is to read all the same. See uses.h. */
#include <string.h>

#include "cache.h"
#include "sites.h"
#include "uses.h"

#define USES_TSV "path word"

struct scan {
	struct words *words;
	GMutex lock;		/* guards rows */
	struct tsv *rows;
};

/* The names that steps use, or NULL when none uses any. */
static struct words *used_names(const struct recipe *recipe)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];

		for (guint u = 0; step->uses && step->uses[u]; u++)
			g_ptr_array_add(names, step->uses[u]);
	}
	if (!names->len)
		return NULL;
	g_ptr_array_add(names, NULL);
	return words_new((const char *const *)names->pdata);
}

static void scan_file(const struct git_file *file, const char *text, gsize len, gpointer data)
{
	struct scan *scan = data;
	g_autoptr(GHashTable) seen = NULL;
	g_autoptr(GArray) sites = NULL;
	g_autofree char *quoted = NULL;

	if (file->mode == 0120000 || !(g_str_has_suffix(file->path, ".c") || g_str_has_suffix(file->path, ".h")) ||
	    !words_occur(scan->words, text, len))
		return;
	sites = scan_sites(file->path, text, len, scan->words);
	quoted = path_quote(file->path);
	seen = g_hash_table_new(NULL, NULL);
	g_mutex_lock(&scan->lock);
	for (guint i = 0; i < sites->len; i++) {
		const struct site *site = &g_array_index(sites, struct site, i);

		if (site_is_code(site) && g_hash_table_add(seen, (gpointer)site->word))
			tsv_add(scan->rows, quoted, site->word);
	}
	g_mutex_unlock(&scan->lock);
}

static struct tsv *scan_tree(const struct context *ctx, struct words *words, GError **error)
{
	g_autoptr(GPtrArray) files = git_files(ctx->git, ctx->base, NULL, error);
	struct scan scan = { .words = words, .rows = tsv_new(USES_TSV) };
	gboolean ok;

	g_mutex_init(&scan.lock);
	ok = files && git_read_all(ctx->git, files, MAX(ctx->jobs, 1), scan_file, &scan, error);
	g_mutex_clear(&scan.lock);
	if (!ok)
		g_clear_pointer(&scan.rows, tsv_free);
	return scan.rows;
}

/* The table, made once. */
static struct tsv *read_uses(const struct context *ctx, struct words *words, GError **error)
{
	g_autofree char *program = program_hash(error), *path = context_path(ctx, "uses.tsv"), *key = NULL, *text = NULL;
	struct cache *cache = program ? cache_open("uses", error) : NULL;
	struct tsv *rows = NULL;
	gsize len;
	gboolean ok = FALSE;

	if (!cache)
		return NULL;
	key = cache_key("uses", program, ctx->base, ctx->recipe->hash, NULL);
	text = cache_get(cache, key, &len);
	if (!text) {
		rows = scan_tree(ctx, words, error);
		text = rows ? tsv_text(rows) : NULL;
		ok = text && cache_put(cache, key, text, strlen(text), error);
		tsv_free(rows);
	} else {
		ok = TRUE;
	}
	cache_close(cache);
	return ok && file_write(path, text, -1, error) ? tsv_read(path, USES_TSV, error) : NULL;
}

GHashTable *uses_elsewhere(const struct context *ctx, GHashTable *known, GError **error)
{
	g_autoptr(GHashTable) files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
							    (GDestroyNotify)g_hash_table_unref);
	struct words *words = used_names(ctx->recipe);
	struct tsv *rows = words ? read_uses(ctx, words, error) : NULL;
	gboolean ok = !words || rows;

	for (guint i = 0; rows && ok && i < rows->rows->len; i++) {
		g_autofree char *path = path_unquote(tsv_get(rows, i, 0), error);
		GHashTable *names;

		ok = path != NULL;
		if (!ok || g_hash_table_contains(known, path))
			continue;
		names = g_hash_table_lookup(files, path);
		if (!names) {
			names = g_hash_table_new(NULL, NULL);
			g_hash_table_insert(files, g_strdup(path), names);
		}
		g_hash_table_add(names, (gpointer)g_intern_string(tsv_get(rows, i, 1)));
	}
	tsv_free(rows);
	words_free(words);
	return ok ? g_steal_pointer(&files) : NULL;
}
