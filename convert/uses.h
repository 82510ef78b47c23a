/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uses.h: files that no step converts, and that a step with uses= is to read
 * all the same: what it looks for needs no site.
 */
#ifndef USES_H
#define USES_H

#include "context.h"

/*
 * The C files of the tag, but for those of known (a set of paths), that have a name of some step's uses= in code:
 * path -> set of these names (interned). Kept in the cache under the tree, the recipe and this program.
 */
GHashTable *uses_elsewhere(const struct context *ctx, GHashTable *known, GError **error);

#endif
