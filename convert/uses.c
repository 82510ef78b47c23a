// SPDX-License-Identifier: GPL-2.0-only
/* uses.c: which files have the names that steps with uses= look for. See uses.h. */
#include "sites.h"
#include "uses.h"

/* The names that steps use; the strings are the recipe's. */
static GPtrArray *used_names(const struct recipe *recipe)
{
	GPtrArray *names = g_ptr_array_new();

	for (guint i = 0; i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];

		for (guint u = 0; step->uses && step->uses[u]; u++)
			g_ptr_array_add(names, step->uses[u]);
	}
	return names;
}

static void add_used(const struct context *ctx, const char *path, const GArray *sites, struct tsv *rows)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	g_autofree char *quoted = path_quote(path);

	(void)ctx;
	if (!g_str_has_suffix(path, ".c") && !g_str_has_suffix(path, ".h"))
		return;
	for (guint i = 0; i < sites->len; i++) {
		const struct site *site = &g_array_index(sites, struct site, i);

		if (site_is_code(site) && g_hash_table_add(seen, (gpointer)site->word))
			tsv_add(rows, quoted, site->word);
	}
}

struct tsv *uses_read(const struct context *ctx, GError **error)
{
	g_autoptr(GPtrArray) names = used_names(ctx->recipe);
	struct sites_table table = { "uses", USES_TSV, NULL, add_used };

	if (!names->len)
		return tsv_new(USES_TSV);
	g_ptr_array_add(names, NULL);
	table.words = (const char *const *)names->pdata;
	return sites_table_read(ctx, &table, error);
}
