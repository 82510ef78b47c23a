/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * includes.h: which source files may include a file.
 *
 * Read from the #include lines of a whole tree, all #if branches, without
 * include paths: an answer may name too many files, never too few but for a
 * name that a macro makes. What an object really read, the compiler says.
 */
#ifndef INCLUDES_H
#define INCLUDES_H

#include "cache.h"
#include "range.h"

struct includes;

/* The #include lines of the parent of the first commit and of each file as each commit leaves it. */
struct includes *includes_read(const struct git *git, struct cache *cache, const GPtrArray *commits, GError **error);
void includes_free(struct includes *includes);

/* The .c and .S files that may reach the path: a set of paths, which includes owns. */
GHashTable *includes_reach(struct includes *includes, const char *path);

#endif
