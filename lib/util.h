/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * util.h: errors, exit status, paths and files, shared by both programs.
 *
 * A function that can fail takes a GError last and leaves it untouched on
 * success. Errors of the domain PROJECT_ERROR carry the exit status the
 * program ends with; any other domain means STATUS_UNDECIDED. Only main()
 * prints them.
 */
#ifndef UTIL_H
#define UTIL_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

/* The exit status of every command. */
enum status {
	STATUS_HOLDS = 0,	/* it holds */
	STATUS_FAILS = 1,	/* it does not */
	STATUS_UNDECIDED = 2,	/* could not tell: usage, missing tool, bad input */
};

#define PROJECT_ERROR project_error_quark()
GQuark project_error_quark(void);

/* Sets a PROJECT_ERROR of code STATUS_UNDECIDED and returns FALSE. */
gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same with code STATUS_FAILS: the input was understood and it does not hold. */
gboolean fail_holds_not(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The exit status an error stands for. */
enum status error_status(const GError *error);

/* The name as git prints it: C-quoted when it holds a control, quote, backslash or non-ASCII byte. */
char *path_quote(const char *path);
/* The inverse; NULL when the quoting is broken. */
char *path_unquote(const char *quoted, GError **error);

/* The cache folder, made when missing; the XDG base folder may be set in the environment. */
char *cache_folder(GError **error);
/*
 * A fresh folder for scratch files, below the cache folder's tmp/ and so on its file system. It has a file
 * called lock, which is held until we end: what a killed run left there is removed.
 */
char *scratch_folder(GError **error);
/* Removes a folder and all below it; never follows a link. Quiet when it is not there. */
void remove_tree(const char *path);

/* A descriptor of the file, opened with these flags and locked as flock() does. -1: errno says why. */
int file_lock(const char *path, int flags, int operation);
/* The whole file, NUL-terminated; len may be NULL. */
char *file_read(const char *path, gsize *len, GError **error);
/* Replaces the file's content or leaves the old file, also when killed. */
gboolean file_write(const char *path, const char *data, gssize len, GError **error);

/* Orders an array of strings: its elements are char *. */
int text_compare(gconstpointer a, gconstpointer b);

/* Prints the JSON document, indented, with a final newline. */
void json_print(JsonBuilder *builder);
/* Builder shorthands; a member of an object that is open. */
void json_string(JsonBuilder *builder, const char *name, const char *value);
void json_int(JsonBuilder *builder, const char *name, gint64 value);

#endif
