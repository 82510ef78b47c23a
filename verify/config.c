// SPDX-License-Identifier: GPL-2.0-only
/*
 * config.c: the configurations objects are built in. See config.h.
 */
#include <string.h>

#include "config.h"
#include "data.h"
#include "process.h"

void config_free(struct config *config)
{
	if (!config)
		return;
	g_free(config->name);
	g_free(config->arch);
	g_free(config->target);
	g_free(config->fragment);
	g_free(config->compiler);
	g_free(config);
}

static char *compiler_version(GError **error)
{
	const char *const argv[] = { "gcc", "--version", NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };
	char *version = NULL;

	if (process_check(&command, &result, error))
		version = g_strndup(result.out, strcspn(result.out, "\n"));
	process_clear(&result);
	return version;
}

static char *read_fragment(GKeyFile *file)
{
	g_auto(GStrv) symbols = g_key_file_get_keys(file, "symbols", NULL, NULL);
	g_autoptr(GString) fragment = g_string_new(NULL);

	for (char **symbol = symbols; symbol && *symbol; symbol++) {
		g_autofree char *value = g_key_file_get_value(file, "symbols", *symbol, NULL);

		if (!strcmp(value, "n"))
			g_string_append_printf(fragment, "# CONFIG_%s is not set\n", *symbol);
		else
			g_string_append_printf(fragment, "CONFIG_%s=%s\n", *symbol, value);
	}
	return g_string_free(g_steal_pointer(&fragment), FALSE);
}

static struct config *config_read(const char *folder, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) why = NULL;
	struct config *config = g_new0(struct config, 1);

	config->name = g_strdup(name);
	if (g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &why)) {
		config->arch = g_key_file_get_string(file, "config", "arch", &why);
		if (config->arch)
			config->target = g_key_file_get_string(file, "config", "target", &why);
	}
	if (!config->target) {
		fail(error, "cannot read configuration '%s': %s", path, why->message);
		config_free(config);
		return NULL;
	}
	config->fragment = read_fragment(file);
	config->compiler = compiler_version(error);
	if (config->compiler)
		return config;
	config_free(config);
	return NULL;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp((*(struct config *const *)a)->name, (*(struct config *const *)b)->name);
}

GPtrArray *configs_read(GError **error)
{
	g_autoptr(GPtrArray) configs = g_ptr_array_new_with_free_func((GDestroyNotify)config_free);
	g_autofree char *folder = data_path("configs", error);
	g_autoptr(GDir) dir = NULL;
	g_autoptr(GError) why = NULL;
	const char *name;

	if (!folder)
		return NULL;
	dir = g_dir_open(folder, 0, &why);
	if (!dir) {
		fail(error, "cannot read the configurations: %s", why->message);
		return NULL;
	}
	while ((name = g_dir_read_name(dir))) {
		struct config *config;

		if (strpbrk(name, ".~"))
			continue;
		config = config_read(folder, name, error);
		if (!config)
			return NULL;
		g_ptr_array_add(configs, config);
	}
	g_ptr_array_sort(configs, by_name);
	if (!configs->len) {
		fail(error, "no configuration in '%s'", folder);
		return NULL;
	}
	return g_steal_pointer(&configs);
}

/* Whether the text has the line. */
static bool has_line(const char *text, const char *line)
{
	gsize len = strlen(line);

	for (const char *p = text; (p = strstr(p, line)); p += len)
		if ((p == text || p[-1] == '\n') && (p[len] == '\n' || !p[len]))
			return true;
	return false;
}

gboolean config_honoured(const struct config *config, const char *dotconfig, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(config->fragment, "\n", -1);

	for (char **line = lines; *line && **line; line++) {
		bool off = (*line)[0] == '#';
		g_autofree char *symbol = g_strndup(*line + (off ? 2 : 0), strcspn(*line + (off ? 2 : 0), " ="));
		g_autofree char *yes = g_strconcat(symbol, "=y", NULL), *module = g_strconcat(symbol, "=m", NULL);
		bool on = has_line(dotconfig, yes) || has_line(dotconfig, module);

		/* A symbol the tree does not have is off. */
		if (off ? on : !has_line(dotconfig, *line))
			return fail(error, "configuration '%s' asks for '%s', but the kernel's own rules do not allow it",
				    config->name, *line);
	}
	return TRUE;
}
