// SPDX-License-Identifier: GPL-2.0-only
/*
 * cache.c: results kept by content.
 *
 * An entry is one file, CACHE/NAME/ab/cdef..., whose first line is the
 * SHA-256 of the rest.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cache.h"

#define SUM_LEN 64

struct cache {
	char *folder;
	guint hits, misses;
};

struct cache *cache_open(const char *name, GError **error)
{
	g_autofree char *base = cache_folder(error);
	struct cache *cache;

	if (!base)
		return NULL;
	cache = g_new0(struct cache, 1);
	cache->folder = g_build_filename(base, name, NULL);
	return cache;
}

void cache_close(struct cache *cache)
{
	if (!cache)
		return;
	g_free(cache->folder);
	g_free(cache);
}

char *cache_key(const char *first, ...)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	va_list ap;

	va_start(ap, first);
	for (const char *part = first; part; part = va_arg(ap, const char *)) {
		guint64 len = GUINT64_TO_LE(strlen(part));

		g_checksum_update(sum, (const guchar *)&len, sizeof(len));
		g_checksum_update(sum, (const guchar *)part, strlen(part));
	}
	va_end(ap);
	return g_strdup(g_checksum_get_string(sum));
}

static char *entry_path(const struct cache *cache, const char *key)
{
	return g_strdup_printf("%s/%.2s/%s", cache->folder, key, key + 2);
}

char *cache_get(struct cache *cache, const char *key, gsize *len)
{
	g_autofree char *path = entry_path(cache, key), *text = NULL, *sum = NULL;
	gsize size;

	if (g_file_get_contents(path, &text, &size, NULL) && size > SUM_LEN && text[SUM_LEN] == '\n') {
		size -= SUM_LEN + 1;
		sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)text + SUM_LEN + 1, size);
		if (!strncmp(sum, text, SUM_LEN)) {
			cache->hits++;
			memmove(text, text + SUM_LEN + 1, size + 1);
			*len = size;
			return g_steal_pointer(&text);
		}
	}
	cache->misses++;
	return NULL;
}

gboolean cache_put(struct cache *cache, const char *key, const char *data, gsize len, GError **error)
{
	g_autofree char *path = entry_path(cache, key), *folder = g_path_get_dirname(path);
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)data, len);
	g_autoptr(GString) text = g_string_sized_new(len + SUM_LEN + 2);
	g_autoptr(GError) why = NULL;

	if (g_mkdir_with_parents(folder, 0777))
		return fail(error, "cannot make '%s': %s", folder, g_strerror(errno));
	g_string_append_printf(text, "%s\n", sum);
	g_string_append_len(text, data, len);
	/* No sync: a torn entry does not match its sum and counts as missing. */
	if (!g_file_set_contents_full(path, text->str, text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &why))
		return fail(error, "cannot write to the cache: %s", why->message);
	return TRUE;
}

guint cache_hits(const struct cache *cache)
{
	return cache->hits;
}

guint cache_misses(const struct cache *cache)
{
	return cache->misses;
}
