// SPDX-License-Identifier: GPL-2.0-only
/*
 * util.c: errors, exit status, paths and files.
 *
 * A file under OUT is always whole: the old one or the new one, also after a
 * kill or a full disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "project.h"
#include "util.h"

G_DEFINE_QUARK(project-error-quark, project_error)

gboolean fail(GError **error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (error)
		*error = g_error_new_valist(PROJECT_ERROR, STATUS_UNDECIDED, format, ap);
	va_end(ap);
	return FALSE;
}

gboolean fail_holds_not(GError **error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (error)
		*error = g_error_new_valist(PROJECT_ERROR, STATUS_FAILS, format, ap);
	va_end(ap);
	return FALSE;
}

enum status error_status(const GError *error)
{
	if (error && error->domain == PROJECT_ERROR)
		return error->code;
	return STATUS_UNDECIDED;
}

char *path_quote(const char *path)
{
	static const char named[] = "\a\b\t\n\v\f\r\"\\", letters[] = "abtnvfr\"\\";
	GString *quoted = NULL;

	for (const char *p = path; *p; p++) {
		unsigned char c = *p;
		const char *at = strchr(named, c);

		if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
			if (quoted)
				g_string_append_c(quoted, c);
			continue;
		}
		if (!quoted) {
			quoted = g_string_new("\"");
			g_string_append_len(quoted, path, p - path);
		}
		if (at)
			g_string_append_printf(quoted, "\\%c", letters[at - named]);
		else
			g_string_append_printf(quoted, "\\%03o", c);
	}
	if (!quoted)
		return g_strdup(path);
	g_string_append_c(quoted, '"');
	return g_string_free(quoted, FALSE);
}

/* The byte that an escape stands for, and past it; -1 when git makes no such escape. */
static int unescape(const char **at)
{
	static const char named[] = "\a\b\t\n\v\f\r\"\\", letters[] = "abtnvfr\"\\";
	const char *p = *at, *letter = *p ? strchr(letters, *p) : NULL;
	int c;

	if (letter) {
		*at = p + 1;
		return (unsigned char)named[letter - letters];
	}
	for (guint i = 0; i < 3; i++)
		if (p[i] < '0' || p[i] > (i ? '7' : '3'))
			return -1;
	c = (p[0] - '0') << 6 | (p[1] - '0') << 3 | (p[2] - '0');
	if (!c)
		return -1;
	*at = p + 3;
	return c;
}

char *path_unquote(const char *quoted, GError **error)
{
	g_autoptr(GString) path = g_string_new(NULL);
	const char *p = quoted + 1;

	if (quoted[0] != '"')
		return g_strdup(quoted);
	while (*p && *p != '"') {
		int c = (unsigned char)*p++;

		if (c == '\\' && (c = unescape(&p)) < 0)
			break;
		g_string_append_c(path, c);
	}
	if (*p != '"' || p[1]) {
		fail(error, "path is not quoted as git quotes: %s", quoted);
		return NULL;
	}
	return g_string_free(g_steal_pointer(&path), FALSE);
}

char *cache_folder(GError **error)
{
	g_autofree char *folder = g_build_filename(g_get_user_cache_dir(), CACHE_NAME, NULL);

	if (g_mkdir_with_parents(folder, 0777)) {
		fail(error, "cannot make the cache folder '%s': %s; set XDG_CACHE_HOME to a folder that can be written",
		     folder, g_strerror(errno));
		return NULL;
	}
	return g_steal_pointer(&folder);
}

int file_lock(const char *path, int flags, int operation)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | flags, 0666), why;

	if (fd >= 0 && flock(fd, operation)) {
		why = errno;
		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

/* The lock of a scratch folder; its owner holds it to the end. -1: it is another's, or there is none yet. */
static int lock_scratch(const char *folder, int flags)
{
	g_autofree char *path = g_build_filename(folder, "lock", NULL);

	return file_lock(path, flags, LOCK_EX | LOCK_NB);
}

/* What killed runs left: a scratch folder may hold hundreds of MiB. */
static void remove_stale(const char *tmp)
{
	g_autoptr(GDir) dir = g_dir_open(tmp, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *folder = g_build_filename(tmp, name, NULL);
		int fd = lock_scratch(folder, 0);

		if (fd < 0)
			continue;
		remove_tree(folder);
		close(fd);
	}
}

char *scratch_folder(GError **error)
{
	g_autofree char *cache = cache_folder(error);
	g_autofree char *tmp = NULL, *template = NULL;

	if (!cache)
		return NULL;
	tmp = g_build_filename(cache, "tmp", NULL);
	template = g_build_filename(tmp, "XXXXXX", NULL);
	if (g_mkdir_with_parents(tmp, 0777) || !g_mkdtemp(template)) {
		fail(error, "cannot make a scratch folder in '%s': %s", tmp, g_strerror(errno));
		return NULL;
	}
	/* Held until we end; without it the next run would take the folder for a dead one's. */
	if (lock_scratch(template, O_CREAT) < 0) {
		fail(error, "cannot lock a scratch folder in '%s': %s", tmp, g_strerror(errno));
		return NULL;
	}
	remove_stale(tmp);
	return g_steal_pointer(&template);
}

void remove_tree(const char *path)
{
	g_autoptr(GDir) dir = NULL;
	const char *name;

	if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK) && (dir = g_dir_open(path, 0, NULL)))
		while ((name = g_dir_read_name(dir))) {
			g_autofree char *child = g_build_filename(path, name, NULL);

			remove_tree(child);
		}
	g_remove(path);
}

char *file_read(const char *path, gsize *len, GError **error)
{
	g_autoptr(GError) why = NULL;
	char *text = NULL;

	if (!g_file_get_contents(path, &text, len, &why))
		fail(error, "cannot read '%s': %s", path, why->message);
	return text;
}

/* The file of a next text, ours until it is closed: another writer waits, and then finds it renamed. -1: an error. */
static int lock_next(const char *next)
{
	for (;;) {
		struct stat held, named;
		int fd = file_lock(next, O_CREAT, LOCK_EX);

		if (fd < 0)
			return -1;
		if (!fstat(fd, &held) && !stat(next, &named) && named.st_ino == held.st_ino &&
		    named.st_dev == held.st_dev)
			return fd;
		close(fd);
	}
}

/* Synced where there is something to lose. */
static gboolean replace(const char *path, const char *next, const char *data, gssize len, GError **error)
{
	bool replaces = g_file_test(path, G_FILE_TEST_EXISTS);
	g_autoptr(GError) why = NULL;

	if (!g_file_set_contents_full(next, data, len, replaces ? G_FILE_SET_CONTENTS_DURABLE : G_FILE_SET_CONTENTS_NONE,
				      0666, &why))
		return fail(error, "cannot write '%s': %s", path, why->message);
	return !rename(next, path) || fail(error, "cannot write '%s': %s", path, g_strerror(errno));
}

gboolean file_write(const char *path, const char *data, gssize len, GError **error)
{
	/* One name for all: what a killed run left is the next one's to overwrite. */
	g_autofree char *next = g_strconcat(path, ".tmp", NULL);
	int fd = lock_next(next);
	gboolean ok;

	if (fd < 0)
		return fail(error, "cannot write '%s': %s", path, g_strerror(errno));
	ok = replace(path, next, data, len, error);
	if (!ok)
		unlink(next);
	close(fd);
	return ok;
}

int text_compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void json_print(JsonBuilder *builder)
{
	g_autoptr(JsonNode) root = json_builder_get_root(builder);
	g_autofree char *text = json_to_string(root, TRUE);

	puts(text);
}

void json_string(JsonBuilder *builder, const char *name, const char *value)
{
	/* JSON is UTF-8; a table holds what a compiler printed. */
	g_autofree char *valid = value ? g_utf8_make_valid(value, -1) : NULL;

	json_builder_set_member_name(builder, name);
	json_builder_add_string_value(builder, valid);
}

void json_int(JsonBuilder *builder, const char *name, gint64 value)
{
	json_builder_set_member_name(builder, name);
	json_builder_add_int_value(builder, value);
}
