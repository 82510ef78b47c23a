/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tsv.h: tables on disk.
 *
 * Tab-separated text with one header line, rows sorted as LC_ALL=C sort does,
 * no empty field ("-" stands for nothing). A field never holds a tab or a
 * newline: paths are quoted as git quotes them, in other text blanks take
 * their place.
 *
 *	path	reason
 *	drivers/block/n64cart.c	mips64 only
 */
#ifndef TSV_H
#define TSV_H

#include "util.h"

struct tsv {
	char **columns;
	guint width;		/* columns */
	GPtrArray *rows;	/* char **, width fields each, NULL-ended */
};

/* columns: the header, blank-separated. */
struct tsv *tsv_new(const char *columns);
void tsv_free(struct tsv *tsv);
/* Adds a row of width fields; NULL and "" become "-". The strings are copied. */
void tsv_add(struct tsv *tsv, ...);
void tsv_addv(struct tsv *tsv, const char *const *fields);
/* Sorts the rows as written. */
void tsv_sort(struct tsv *tsv);
/* The whole table as text, sorted. */
char *tsv_text(struct tsv *tsv);
/* Sorts and writes, whole or not at all. */
gboolean tsv_write(struct tsv *tsv, const char *path, GError **error);
/* Reads; refuses another header, a row of another width, and unsorted rows, with the line number. */
struct tsv *tsv_read(const char *path, const char *columns, GError **error);
/* Row i's field c. */
const char *tsv_get(const struct tsv *tsv, guint i, guint c);

/* Adds the rows as an array of objects: a member called name of the object that is open. */
void tsv_json(struct tsv *tsv, const char *name, JsonBuilder *builder);

#endif
