// SPDX-License-Identifier: GPL-2.0-only
/*
 * tsv.c: tables on disk. See tsv.h for the format.
 */
#include <errno.h>
#include <string.h>

#include "tsv.h"

struct tsv *tsv_new(const char *columns)
{
	struct tsv *tsv = g_new0(struct tsv, 1);

	tsv->columns = g_strsplit(columns, " ", -1);
	tsv->width = g_strv_length(tsv->columns);
	tsv->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	return tsv;
}

void tsv_free(struct tsv *tsv)
{
	if (!tsv)
		return;
	g_strfreev(tsv->columns);
	g_ptr_array_unref(tsv->rows);
	g_free(tsv);
}

static char *clean_field(const char *field)
{
	if (!field || !*field)
		return g_strdup("-");
	return g_strdelimit(g_strdup(field), "\t\n\r", ' ');
}

void tsv_addv(struct tsv *tsv, const char *const *fields)
{
	char **row = g_new0(char *, tsv->width + 1);

	for (guint i = 0; i < tsv->width; i++)
		row[i] = clean_field(fields[i]);
	g_ptr_array_add(tsv->rows, row);
}

void tsv_add(struct tsv *tsv, ...)
{
	g_autofree const char **fields = g_new0(const char *, tsv->width);
	va_list ap;

	va_start(ap, tsv);
	for (guint i = 0; i < tsv->width; i++)
		fields[i] = va_arg(ap, const char *);
	va_end(ap);
	tsv_addv(tsv, fields);
}

/* Compares as the joined lines would: a tab ends a field and sorts before most. */
static int row_compare(gconstpointer a, gconstpointer b)
{
	const char *const *x = *(const char *const *const *)a, *const *y = *(const char *const *const *)b;

	for (; *x && *y; x++, y++) {
		const unsigned char *p = (const unsigned char *)*x, *q = (const unsigned char *)*y;
		int c, d;

		while (*p && *p == *q)
			p++, q++;
		if (*p == *q)
			continue;
		c = *p ? *p : x[1] ? '\t' : 0;
		d = *q ? *q : y[1] ? '\t' : 0;
		return c - d;
	}
	return 0;
}

void tsv_sort(struct tsv *tsv)
{
	g_ptr_array_sort(tsv->rows, row_compare);
}

static void append_row(GString *text, char *const *row)
{
	for (guint i = 0; row[i]; i++) {
		if (i)
			g_string_append_c(text, '\t');
		g_string_append(text, row[i]);
	}
	g_string_append_c(text, '\n');
}

char *tsv_text(struct tsv *tsv)
{
	GString *text = g_string_new(NULL);

	tsv_sort(tsv);
	append_row(text, tsv->columns);
	for (guint i = 0; i < tsv->rows->len; i++)
		append_row(text, tsv->rows->pdata[i]);
	return g_string_free(text, FALSE);
}

gboolean tsv_write(struct tsv *tsv, const char *path, GError **error)
{
	g_autofree char *text = tsv_text(tsv);

	return file_write(path, text, -1, error);
}

static gboolean add_line(struct tsv *tsv, const char *path, guint number, const char *line, GError **error)
{
	char **row = g_strsplit(line, "\t", -1);
	guint width = g_strv_length(row);
	guint n = tsv->rows->len;

	g_ptr_array_add(tsv->rows, row);
	if (width != tsv->width)
		return fail(error, "%s:%u: %u fields where %u are expected", path, number, width, tsv->width);
	for (guint i = 0; i < width; i++)
		if (!*row[i])
			return fail(error, "%s:%u: field '%s' is empty; write '-' for nothing", path, number,
				    tsv->columns[i]);
	if (n && row_compare(&tsv->rows->pdata[n - 1], &tsv->rows->pdata[n]) > 0)
		return fail(error, "%s:%u: not sorted; sort the rows below the header with LC_ALL=C sort", path, number);
	return TRUE;
}

struct tsv *tsv_read(const char *path, const char *columns, GError **error)
{
	gsize size;
	g_autofree char *text = file_read(path, &size, error), *header = NULL;
	g_auto(GStrv) lines = NULL;
	struct tsv *tsv;

	if (!text)
		return NULL;
	if (strlen(text) != size) {
		fail(error, "%s: holds a NUL byte; is it damaged?", path);
		return NULL;
	}
	tsv = tsv_new(columns);
	header = g_strjoinv("\t", tsv->columns);
	lines = g_strsplit(text, "\n", -1);
	if (!lines[0] || strcmp(lines[0], header)) {
		fail(error, "%s:1: the header is not '%s' (tab-separated)", path, columns);
		goto broken;
	}
	for (guint i = 1; lines[i]; i++) {
		if (!*lines[i] && !lines[i + 1])
			break;
		if (!add_line(tsv, path, i + 1, lines[i], error))
			goto broken;
	}
	return tsv;
broken:
	tsv_free(tsv);
	return NULL;
}

const char *tsv_get(const struct tsv *tsv, guint i, guint c)
{
	return ((char **)tsv->rows->pdata[i])[c];
}

void tsv_json(struct tsv *tsv, const char *name, JsonBuilder *builder)
{
	tsv_sort(tsv);
	json_builder_set_member_name(builder, name);
	json_builder_begin_array(builder);
	for (guint i = 0; i < tsv->rows->len; i++) {
		json_builder_begin_object(builder);
		for (guint c = 0; c < tsv->width; c++)
			json_string(builder, tsv->columns[c], tsv_get(tsv, i, c));
		json_builder_end_object(builder);
	}
	json_builder_end_array(builder);
}
