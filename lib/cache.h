/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cache.h: results kept by content.
 *
 * A key is the SHA-256 of everything the result depends on; an entry is
 * immutable. Entries are written beside and renamed, and carry their own
 * checksum: two runs at once agree, and a damaged entry counts as missing.
 */
#ifndef CACHE_H
#define CACHE_H

#include "util.h"

struct cache;

/* Opens the part of the cache folder called name. */
struct cache *cache_open(const char *name, GError **error);
void cache_close(struct cache *cache);

/* A key over the parts, each with its length, so that ("ab","c") differs from ("a","bc"). NULL-ended. */
char *cache_key(const char *first, ...) G_GNUC_NULL_TERMINATED;

/* The entry, NUL-terminated, or NULL when there is none. */
char *cache_get(struct cache *cache, const char *key, gsize *len);
gboolean cache_put(struct cache *cache, const char *key, const char *data, gsize len, GError **error);

/* How often cache_get() found an entry, and how often not. */
guint cache_hits(const struct cache *cache);
guint cache_misses(const struct cache *cache);

#endif
