/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sites.h: sites.tsv, the account of every occurrence of a watched word.
 *
 *	path line column word kind function status rule commit reason
 *	block/bio.c	210	8	del_timer	code	bio_advance	converted	12-timers.cocci	1f2e...	-
 *
 * `sites` writes each site as kept (a row of exceptions.tsv, whose reason it
 * carries) or unconverted; `apply` says what became of it. A site is known by
 * path, line and column in the tag.
 */
#ifndef SITES_H
#define SITES_H

#include "context.h"
#include "scan.h"

enum { SITE_PATH, SITE_LINE, SITE_COLUMN, SITE_WORD, SITE_KIND, SITE_FUNCTION, SITE_STATUS, SITE_RULE,
	SITE_COMMIT, SITE_REASON };

/* A table of what the files of the tag have. */
struct sites_table {
	const char *name;	/* OUT/NAME.tsv, and the part of the cache that keeps it */
	const char *columns;
	const char *const *words;	/* those that are looked for, NULL-ended */
	/* Adds what is to be said of a file that has some (struct site). One file at a time. */
	void (*add)(const struct context *ctx, const char *path, const GArray *sites, struct tsv *rows);
};

/* Makes it, once a tree, recipe and program, writes and reads it. */
struct tsv *sites_table_read(const struct context *ctx, const struct sites_table *table, GError **error);

/* Is the kind's name one of those a rule may change? */
bool site_kind_is_code(const char *kind);
/* ... and one of those a rule for prose may. */
bool site_kind_is_prose(const char *kind);
/* Counts, as text on stdout or as JSON. */
void sites_print(const struct context *ctx, const struct tsv *sites);

#endif
