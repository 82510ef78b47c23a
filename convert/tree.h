/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tree.h: the tag's files as the steps so far left them: the base commit with
 * changed texts laid over it.
 */
#ifndef TREE_H
#define TREE_H

#include "context.h"
#include "edit.h"

struct tree;

struct tree *tree_new(const struct context *ctx, GError **error);
void tree_free(struct tree *tree);
/* The file's text as it is now, the caller's; NULL without an error when there is none. */
char *tree_text(struct tree *tree, const char *path, gsize *len, GError **error);
/* The same in the tag itself. */
char *tree_tagged(struct tree *tree, const char *path, gsize *len, GError **error);
/* Lays a text over the path. Both are copied. */
void tree_set(struct tree *tree, const char *path, const char *text, gsize len);
/* Runs an edit step on the tree and lays its results over it: struct edited *. */
GPtrArray *tree_edit(struct tree *tree, const struct step *step, GError **error);

#endif
