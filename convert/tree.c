// SPDX-License-Identifier: GPL-2.0-only
/*
 * tree.c: the base commit with changed texts laid over it.
 */
#include "tree.h"

struct tree {
	const struct context *ctx;
	struct git_batch *batch;
	GHashTable *changed;	/* path -> GString * */
};

static void free_text(gpointer text)
{
	g_string_free(text, TRUE);
}

struct tree *tree_new(const struct context *ctx, GError **error)
{
	struct tree *tree = g_new0(struct tree, 1);

	tree->ctx = ctx;
	tree->changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_text);
	tree->batch = git_batch_open(ctx->git, error);
	if (tree->batch)
		return tree;
	tree_free(tree);
	return NULL;
}

void tree_free(struct tree *tree)
{
	if (!tree)
		return;
	git_batch_close(tree->batch);
	g_hash_table_unref(tree->changed);
	g_free(tree);
}

char *tree_tagged(struct tree *tree, const char *path, gsize *len, GError **error)
{
	g_autofree char *name = g_strdup_printf("%s:%s", tree->ctx->base, path);

	return git_batch_read(tree->batch, name, len, error);
}

char *tree_text(struct tree *tree, const char *path, gsize *len, GError **error)
{
	const GString *text = g_hash_table_lookup(tree->changed, path);

	if (text) {
		*len = text->len;
		return g_memdup2(text->str, text->len + 1);
	}
	return tree_tagged(tree, path, len, error);
}

void tree_set(struct tree *tree, const char *path, const char *text, gsize len)
{
	g_hash_table_replace(tree->changed, g_strdup(path), g_string_new_len(text, len));
}

static char *read_for_edit(const char *path, gsize *len, gpointer data, GError **error)
{
	return tree_text(data, path, len, error);
}

GPtrArray *tree_edit(struct tree *tree, const struct step *step, GError **error)
{
	GPtrArray *results = edit_apply(tree->ctx->recipe->folder, step->rule, step->text, read_for_edit, tree, error);

	for (guint i = 0; results && i < results->len; i++) {
		const struct edited *e = results->pdata[i];

		tree_set(tree, e->path, e->content, e->len);
	}
	return results;
}
