// SPDX-License-Identifier: GPL-2.0-only
/*
 * programs.c: the guests' own programs. See programs.h.
 *
 * A program is compiled in a scratch folder and moved to its place, so that a
 * kept one is whole.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cache.h"
#include "process.h"
#include "programs.h"
#include "progress.h"

#define PROGRAM_VERSION "program 2"
/* A line of a source's first comment. */
#define LIBRARIES "\n * Libraries: "

/* What compiles for Debian's architectures. */
static const struct {
	const char *architecture, *compiler, *option;
} compilers[] = {
	{ "amd64", "gcc", "-m64" },
	{ "i386", "gcc", "-m32" },
	{ "arm64", "aarch64-linux-gnu-gcc", "-mabi=lp64" },
};

static void program_free(gpointer data)
{
	struct program *program = data;

	g_free(program->name);
	g_free(program->path);
	g_free(program->sum);
	g_free(program);
}

/* SHA-256 of the kept executable, or NULL. */
static char *path_sum(const char *path)
{
	g_autofree char *data = NULL;
	gsize len;

	if (!g_file_get_contents(path, &data, &len, NULL))
		return NULL;
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)data, len);
}

/* Adds "-lNAME" for each library that the source names, in its order: static ones may need one another. */
static void add_libraries(GStrvBuilder *argv, const char *text)
{
	const char *line = strstr(text, LIBRARIES);
	g_autofree char *all = line ? g_strndup(line + strlen(LIBRARIES), strcspn(line + strlen(LIBRARIES), "\n")) : NULL;
	g_auto(GStrv) names = g_strsplit(all ? all : "", " ", -1);

	for (char **name = names; *name; name++) {
		g_autofree char *option = g_strconcat("-l", *name, NULL);

		if (**name)
			g_strv_builder_add(argv, option);
	}
}

/* FALSE only when we are to end: a program that does not compile is noted. */
static gboolean compile(const char *source, const char *text, const char *architecture, guint compiler,
			const char *path, GError **error)
{
	g_autofree char *scratch = scratch_folder(error), *made = scratch ? g_build_filename(scratch, "program", NULL) : NULL;
	g_autofree char *said = NULL;
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();
	g_auto(GStrv) argv = NULL;
	struct command command = { 0 };
	struct process result = { 0 };
	g_autoptr(GError) why = NULL;

	if (!scratch)
		return FALSE;
	g_strv_builder_add_many(words, compilers[compiler].compiler, compilers[compiler].option, "-O2", "-static",
				"-o", made, source, NULL);
	add_libraries(words, text);
	argv = g_strv_builder_end(words);
	command.argv = (const char *const *)argv;
	if (process_run(&command, &result, &why)) {
		if (result.exit)
			said = process_complaint(&result);
		else if (g_rename(made, path))
			said = g_strdup(g_strerror(errno));
	} else {
		said = g_strdup(why->message);
	}
	process_clear(&result);
	remove_tree(scratch);
	if (why && interrupted()) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	if (said)
		progress_note("the root image for %s is without '%s': %s", architecture, source, said);
	return TRUE;
}

/* HEADERS: what a program may include; each is made anew when one of them changes. */
static gboolean make(GPtrArray *programs, const char *folder, const char *source, const char *headers,
		     const char *architecture, guint compiler, GError **error)
{
	g_autofree char *text = file_read(source, NULL, error), *key = NULL, *path = NULL, *sum = NULL;
	struct program *program;

	if (!text)
		return FALSE;
	key = cache_key(PROGRAM_VERSION, architecture, headers, text, NULL);
	path = g_strdup_printf("%s/%s.program", folder, key);
	if (!g_file_test(path, G_FILE_TEST_EXISTS) && !compile(source, text, architecture, compiler, path, error))
		return FALSE;
	sum = path_sum(path);
	if (!sum)
		return TRUE;
	program = g_new0(struct program, 1);
	program->name = g_path_get_basename(source);
	program->name[strlen(program->name) - strlen(".c")] = '\0';
	program->path = g_steal_pointer(&path);
	program->sum = g_steal_pointer(&sum);
	g_ptr_array_add(programs, program);
	return TRUE;
}

/* The text of all headers, in the order of their names, or NULL on error. */
static char *headers_read(GPtrArray *headers, GError **error)
{
	g_autoptr(GString) all = g_string_new(NULL);

	g_ptr_array_sort(headers, text_compare);
	for (guint i = 0; i < headers->len; i++) {
		g_autofree char *text = file_read(headers->pdata[i], NULL, error);

		if (!text)
			return NULL;
		g_string_append(all, text);
	}
	return g_string_free(g_steal_pointer(&all), FALSE);
}

GPtrArray *programs_make(const char *boot, const char *architecture, const char *folder, GError **error)
{
	g_autoptr(GPtrArray) programs = g_ptr_array_new_with_free_func(program_free);
	g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *from = g_build_filename(boot, "programs", NULL), *included = NULL;
	g_autoptr(GDir) dir = g_dir_open(from, 0, NULL);
	const char *name;
	guint compiler = 0;

	while (dir && (name = g_dir_read_name(dir)))
		if (*name != '.' && (g_str_has_suffix(name, ".c") || g_str_has_suffix(name, ".h")))
			g_ptr_array_add(g_str_has_suffix(name, ".c") ? sources : headers,
					g_build_filename(from, name, NULL));
	g_ptr_array_sort(sources, text_compare);

	while (compiler < G_N_ELEMENTS(compilers) && strcmp(compilers[compiler].architecture, architecture))
		compiler++;
	if (compiler == G_N_ELEMENTS(compilers)) {
		if (sources->len)
			progress_note("the root image for %s is without programs: no compiler is known", architecture);
		return g_steal_pointer(&programs);
	}
	included = headers_read(headers, error);
	if (!included)
		return NULL;
	for (guint i = 0; i < sources->len; i++)
		if (!make(programs, folder, sources->pdata[i], included, architecture, compiler, error))
			return NULL;
	return g_steal_pointer(&programs);
}
