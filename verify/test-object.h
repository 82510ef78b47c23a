/* SPDX-License-Identifier: GPL-2.0-only */
/* test-object.h: for tests that compile a few lines and look at the parts of the object. */
#ifndef TEST_OBJECT_H
#define TEST_OBJECT_H

#include <string.h>

#include "parts.h"
#include "process.h"

/* What the kernel is compiled with, as far as objects look different by it. */
#define KERNEL_FLAGS	"-O2 -fno-pic -mcmodel=kernel -fno-asynchronous-unwind-tables"

/* Compiles the text as a.c, where __FILE__ is the same whatever the folder, to a.o of the folder. */
static inline void object_make(const char *folder, const char *compiler, const char *flags, const char *text)
{
	g_autofree char *line = g_strdup_printf("%s -c -o a.o %s a.c", compiler, flags);
	g_autofree char *source = g_build_filename(folder, "a.c", NULL);
	g_auto(GStrv) argv = g_strsplit(line, " ", -1);
	struct command command = { .argv = (const char *const *)argv, .cwd = folder };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;

	file_write(source, text, -1, &error);
	g_assert_no_error(error);
	process_check(&command, &result, &error);
	g_assert_no_error(error);
	process_clear(&result);
}

static inline char *parts_of(const char *compiler, const char *flags, const char *text)
{
	g_autofree char *folder = g_dir_make_tmp("object-XXXXXX", NULL);
	g_autofree char *object = g_build_filename(folder, "a.o", NULL);
	g_autoptr(GError) error = NULL;
	char *parts;

	object_make(folder, compiler, flags, text);
	parts = object_parts(object, &error);
	g_assert_no_error(error);
	remove_tree(folder);
	return parts;
}

/* "~function f; +data x": what differs, a '!' behind what is expected, which names blank-separated functions. */
static inline char *differences_of(const char *before, const char *after, const char *expected, line_moved moved)
{
	static const char marks[] = { [PART_CHANGED] = '~', [PART_ADDED] = '+', [PART_REMOVED] = '-' };
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_auto(GStrv) words = g_strsplit(expected ? expected : "", " ", -1);
	g_autoptr(GPtrArray) differences = NULL;
	g_autoptr(GError) error = NULL;
	GString *text = g_string_new(NULL);

	for (char **word = words; *word; word++)
		g_hash_table_add(names, *word);
	differences = parts_compare(before, after, names, moved, NULL, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < differences->len; i++) {
		const struct part_difference *d = g_ptr_array_index(differences, i);

		g_string_append_printf(text, "%s%c%s %s%s", i ? "; " : "", marks[d->change], d->kind, d->name,
				       d->expected ? "!" : "");
	}
	return g_string_free(text, FALSE);
}

/* Compiles both texts and checks what differs; after NULL: before with two lines above it. */
static inline void check_differences(const char *compiler, const char *flags, const char *before, const char *after,
				     const char *differences)
{
	g_autofree char *moved = g_strconcat("/* a line */\n\n", before, NULL);
	g_autofree char *old = parts_of(compiler, flags, before);
	g_autofree char *new = parts_of(compiler, flags, after ? after : moved);
	g_autofree char *found = differences_of(old, new, NULL, NULL);

	g_assert_cmpstr(found, ==, differences);
}

#endif
