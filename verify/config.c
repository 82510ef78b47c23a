// SPDX-License-Identifier: GPL-2.0-only
/*
 * config.c: the configurations objects are built in. See config.h.
 *
 * A compiler's command is make's CC. Its first line of --version stands for
 * it in every key, with its options and the version of the assembler it runs,
 * which stands for all of binutils: a cross compiler names itself there. What
 * the user gives as CC is split at the word that names a compiler: what is
 * before it is a wrapper, as ccache is, which cannot decide; what is after it are
 * options, which go with the compiler.
 */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "data.h"
#include "process.h"
#include "progress.h"
#include "project.h"

/* A number past this is a mistake. */
#define SEEDS_AT_MOST 1000
/* Before a line that Kconfig may refuse. */
#define WISH "# Need not come out:"

static const char *const keys[] = { "for", "arch", "target", "cross", "compiler", "packages", "default", "seeds",
	"fragments", "needs", NULL };

void config_free(struct config *config)
{
	if (!config)
		return;
	g_free(config->name);
	g_free(config->purpose);
	g_free(config->arch);
	g_free(config->target);
	g_free(config->seed);
	g_free(config->cross);
	g_free(config->llvm);
	g_free(config->cc);
	g_free(config->packages);
	g_strfreev(config->needs);
	g_free(config->fragment);
	g_free(config->compiler);
	g_free(config->missing);
	g_free(config);
}

/* Whether the word names the compiler a configuration asks for, or another version of it. */
static bool stands_for(const GMatchInfo *word, const struct config *config)
{
	g_autofree char *prefix = g_match_info_fetch(word, 1), *family = g_match_info_fetch(word, 2);
	bool clang = !strcmp(family, "clang");

	return clang == (config->llvm[0] != '\0') && !strcmp(prefix, config->cross);
}

static char *compiler_command(struct config *config, const char *own, const char *user)
{
	g_autoptr(GRegex) compiler = g_regex_new("^(?:.*/)?((?:[^/]*-)?)(gcc|cc|clang)(?:-[0-9.]+)?$", 0, 0, NULL);
	g_auto(GStrv) words = g_strsplit_set(user ? user : "", " \t", -1);
	g_autoptr(GString) command = g_string_new(NULL);
	bool taken = false;

	for (char **word = words; *word; word++) {
		g_autoptr(GMatchInfo) match = NULL;

		if (!**word)
			continue;
		if (!taken && g_regex_match(compiler, *word, 0, &match)) {
			taken = stands_for(match, config);
			config->other_compiler = !taken;
			if (!taken)
				break;
		}
		g_string_append_printf(command, "%s ", *word);
	}
	if (!taken)
		g_string_append_printf(command, "%s%s", config->cross, own);
	return g_strchomp(g_string_free(g_steal_pointer(&command), FALSE));
}

/* From the first option in "ccache gcc -Wall" on, with the blank before it; "" without one. */
static const char *options_of(const char *cc)
{
	const char *option = strstr(cc, " -");

	return option ? option : "";
}

char *compiler_version(const char *cc, GError **error)
{
	g_autofree char *asks = g_strconcat(cc, " --version", NULL), *finds = g_strconcat(cc, " -print-prog-name=as", NULL);
	g_auto(GStrv) version = g_strsplit(asks, " ", -1), where = g_strsplit(finds, " ", -1);
	struct command command = { .argv = (const char *const *)version };
	struct process result = { 0 }, found = { 0 };
	g_autofree char *assembler = NULL;
	char *line = NULL;

	if (process_check(&command, &result, error)) {
		command.argv = (const char *const *)where;
		if (process_check(&command, &found, NULL))
			assembler = process_version(g_strstrip(found.out), NULL);
		line = g_strdup_printf("%.*s%s%s%s", (int)strcspn(result.out, "\n"), result.out, options_of(cc),
				       assembler ? ", " : "", assembler ? assembler : "");
	}
	process_clear(&result);
	process_clear(&found);
	return line;
}

/* Asks the compiler for its version, and says what to install when it gives none. */
static gboolean ask_compiler(struct config *config, GError **error)
{
	g_autoptr(GError) why = NULL;

	config->compiler = compiler_version(config->cc, &why);
	if (!why)
		return TRUE;
	if (interrupted()) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	config->missing = g_strdup_printf("%s: the compiler cannot be run%s%s", config->cc,
					  config->packages ? "; install " : "",
					  config->packages ? config->packages : "");
	return TRUE;
}

/* Adds the symbols of the fragments that the file names; its own, and those of an earlier one, stay. */
static gboolean add_fragments(GKeyFile *file, const char *path, const char *folder, GError **error)
{
	g_auto(GStrv) names = g_key_file_get_string_list(file, "config", "fragments", NULL, NULL);

	for (char **name = names; name && *name; name++) {
		g_autofree char *fragment = g_build_filename(folder, "..", "fragments", *name, NULL);
		g_autoptr(GKeyFile) more = g_key_file_new();
		g_autoptr(GError) why = NULL;
		g_auto(GStrv) symbols = NULL, groups = NULL;

		if (g_key_file_load_from_file(more, fragment, G_KEY_FILE_NONE, &why))
			symbols = g_key_file_get_keys(more, "symbols", NULL, &why);
		groups = g_key_file_get_groups(more, NULL);
		if (!symbols)
			return fail(error, "cannot read fragment '%s' of configuration '%s': %s", *name, path,
				    why->message);
		if (g_strv_length(groups) > 1)
			return fail(error, "fragment '%s' has a group other than 'symbols'", fragment);
		for (char **symbol = symbols; *symbol; symbol++) {
			g_autofree char *value = g_key_file_get_value(more, "symbols", *symbol, NULL);

			if (!g_key_file_has_key(file, "symbols", *symbol, NULL))
				g_key_file_set_value(file, "symbols", *symbol, value);
		}
	}
	return TRUE;
}

static char *read_fragment(GKeyFile *file)
{
	g_auto(GStrv) symbols = g_key_file_get_keys(file, "symbols", NULL, NULL);
	g_autoptr(GString) fragment = g_string_new(NULL);

	for (char **symbol = symbols; symbol && *symbol; symbol++) {
		g_autofree char *value = g_key_file_get_value(file, "symbols", *symbol, NULL);

		if (g_str_has_suffix(value, "?")) {
			value[strlen(value) - 1] = '\0';
			g_string_append(fragment, WISH "\n");
		}
		if (!strcmp(value, "n"))
			g_string_append_printf(fragment, "# CONFIG_%s is not set\n", *symbol);
		else
			g_string_append_printf(fragment, "CONFIG_%s=%s\n", *symbol, value);
	}
	return g_string_free(g_steal_pointer(&fragment), FALSE);
}

static gboolean check_keys(GKeyFile *file, const char *path, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
	g_auto(GStrv) used = g_key_file_get_keys(file, "config", NULL, NULL);

	for (char **group = groups; *group; group++)
		if (strcmp(*group, "config") && strcmp(*group, "symbols") && strcmp(*group, "qemu"))
			return fail(error, "unknown group '%s' in configuration '%s'", *group, path);
	for (char **key = used; key && *key; key++)
		if (!g_strv_contains(keys, *key))
			return fail(error, "unknown key '%s' in configuration '%s'", *key, path);
	return TRUE;
}

/* The first and last seed of "1-10" or "7"; both 0 without the key. */
static gboolean read_seeds(GKeyFile *file, const char *path, guint *first, guint *last, GError **error)
{
	g_autofree char *text = g_key_file_get_string(file, "config", "seeds", NULL);
	char *end;

	*first = *last = 0;
	if (!text)
		return TRUE;
	*first = *last = strtoul(text, &end, 10);
	if (*end == '-')
		*last = strtoul(end + 1, &end, 10);
	if (*end || !*first || *last < *first || *last > SEEDS_AT_MOST)
		return fail(error, "not a range of seeds in configuration '%s': '%s'; give 1-10", path, text);
	return TRUE;
}

static gboolean read_default(GKeyFile *file, const char *path, struct config *config, GError **error)
{
	g_autofree char *text = g_key_file_get_string(file, "config", "default", NULL);

	config->chosen_unasked = !g_strcmp0(text, "yes");
	config->chosen_by_all = g_strcmp0(text, "named") != 0;
	/* The sample looks for what nobody foresaw; what is common to all configurations it need find only once. */
	config->sample = config->chosen_unasked ? SAMPLE_SIZE : SAMPLE_SIZE / 10;
	if (text && strcmp(text, "yes") && strcmp(text, "no") && config->chosen_by_all)
		return fail(error, "default is yes, no or named in configuration '%s', not '%s'", path, text);
	return TRUE;
}

/* Everything but the name and the compiler's answer. */
static struct config *config_parse(GKeyFile *file, const char *path, const char *cc, GError **error)
{
	struct config *config = g_new0(struct config, 1);
	g_autofree char *own = g_key_file_get_string(file, "config", "compiler", NULL);
	g_autoptr(GError) why = NULL;

	config->arch = g_key_file_get_string(file, "config", "arch", &why);
	config->target = why ? NULL : g_key_file_get_string(file, "config", "target", &why);
	if (why || !read_default(file, path, config, error)) {
		if (why)
			fail(error, "cannot read configuration '%s': %s", path, why->message);
		config_free(config);
		return NULL;
	}
	config->purpose = g_key_file_get_string(file, "config", "for", NULL);
	config->packages = g_key_file_get_string(file, "config", "packages", NULL);
	config->needs = g_key_file_get_string_list(file, "config", "needs", NULL, NULL);
	config->cross = g_key_file_get_string(file, "config", "cross", NULL);
	if (!config->cross)
		config->cross = g_strdup("");
	if (!own)
		own = g_strdup("gcc");
	/* "clang-19" is LLVM=-19 for kbuild, and "clang" LLVM=1. */
	if (g_str_has_prefix(own, "clang"))
		config->llvm = g_strdup(own[5] ? own + 5 : "1");
	else
		config->llvm = g_strdup("");
	config->cc = compiler_command(config, own, cc);
	config->fragment = read_fragment(file);
	return config;
}

/* Adds the configurations of one file. */
static gboolean add_file(GPtrArray *configs, const char *folder, const char *name, const char *cc, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) why = NULL;
	guint first, last;

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &why))
		return fail(error, "cannot read configuration '%s': %s", path, why->message);
	if (!check_keys(file, path, error) || !add_fragments(file, path, folder, error) ||
	    !read_seeds(file, path, &first, &last, error))
		return FALSE;
	for (guint seed = first; seed <= last; seed++) {
		struct config *config = config_parse(file, path, cc, error);

		if (!config)
			return FALSE;
		g_ptr_array_add(configs, config);
		config->name = seed ? g_strdup_printf("%s-%u", name, seed) : g_strdup(name);
		config->seed = seed ? g_strdup_printf("%u", seed) : NULL;
	}
	return TRUE;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp((*(struct config *const *)a)->name, (*(struct config *const *)b)->name);
}

/* Every configuration of the folder. */
static GPtrArray *read_all(const char *name, const char *cc, GError **error)
{
	g_autoptr(GPtrArray) configs = g_ptr_array_new_with_free_func((GDestroyNotify)config_free);
	g_autofree char *folder = data_path(name, error);
	g_autoptr(GDir) dir = NULL;
	g_autoptr(GError) why = NULL;
	const char *file;

	if (!folder)
		return NULL;
	dir = g_dir_open(folder, 0, &why);
	if (!dir) {
		fail(error, "cannot read the configurations: %s", why->message);
		return NULL;
	}
	while ((file = g_dir_read_name(dir)))
		if (!strpbrk(file, ".~") && !add_file(configs, folder, file, cc, error))
			return NULL;
	g_ptr_array_sort(configs, by_name);
	if (!configs->len) {
		fail(error, "no configuration in '%s'", folder);
		return NULL;
	}
	return g_steal_pointer(&configs);
}

/* Every name must be one: a misspelt one would else be a check that was never made. */
static gboolean check_names(const GPtrArray *configs, char **names, GError **error)
{
	for (char **name = names; name && *name; name++) {
		bool known = !strcmp(*name, "all");

		for (guint i = 0; !known && i < configs->len; i++)
			known = !strcmp(((struct config *)configs->pdata[i])->name, *name);
		if (!known)
			return fail(error, "no configuration '%s'; '" VERIFY_NAME " configs' lists them", *name);
	}
	return TRUE;
}

static bool is_chosen(const struct config *config, char **names)
{
	const char *const *list = (const char *const *)names;

	if (!names)
		return config->chosen_unasked;
	return g_strv_contains(list, config->name) || (config->chosen_by_all && g_strv_contains(list, "all"));
}

GPtrArray *configs_read(const char *folder, char **names, const char *cc, GError **error)
{
	g_autoptr(GPtrArray) configs = read_all(folder, cc, error);

	if (!configs || !check_names(configs, names, error))
		return NULL;
	for (guint i = configs->len; i-- > 0;)
		if (!is_chosen(configs->pdata[i], names))
			g_ptr_array_remove_index(configs, i);
	if (!configs->len) {
		fail(error, "no configuration is the default one; name one");
		return NULL;
	}
	for (guint i = 0; i < configs->len; i++)
		if (!ask_compiler(configs->pdata[i], error))
			return NULL;
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

/* The line came out, or its symbol is one of another kernel version. */
static bool line_honoured(const char *line, const char *dotconfig, GHashTable *symbols, GPtrArray *absent)
{
	bool off = line[0] == '#';
	const char *start = line + (off ? 2 : 0);
	g_autofree char *symbol = g_strndup(start, strcspn(start, " ="));
	g_autofree char *yes = g_strconcat(symbol, "=y", NULL), *module = g_strconcat(symbol, "=m", NULL);

	if (!g_hash_table_contains(symbols, symbol + strlen("CONFIG_"))) {
		g_ptr_array_add(absent, g_strdup(symbol + strlen("CONFIG_")));
		return true;
	}
	/* A symbol that is not in the file is off. */
	return off ? !has_line(dotconfig, yes) && !has_line(dotconfig, module) : has_line(dotconfig, line);
}

gboolean config_honoured(const struct config *config, const char *dotconfig, GHashTable *symbols, GPtrArray *absent,
			 GError **error)
{
	g_auto(GStrv) lines = g_strsplit(config->fragment, "\n", -1);

	for (char **need = config->needs; need && *need; need++)
		if (!g_hash_table_contains(symbols, *need))
			return fail(error, "configuration '%s' is for '%s', which the sources do not have", config->name,
				    *need);
	for (char **line = lines; *line && **line; line++) {
		if (!strcmp(*line, WISH))
			line++;
		else if (!line_honoured(*line, dotconfig, symbols, absent))
			return fail(error,
				    "configuration '%s' asks for '%s', but the kernel's own rules do not allow it",
				    config->name, *line);
	}
	return TRUE;
}

gboolean configs_take(const GPtrArray *configs, const char *cc, gboolean refuse, GError **error)
{
	const struct config *first = configs->pdata[0];

	for (guint i = 0; i < configs->len; i++)
		if (!((const struct config *)configs->pdata[i])->other_compiler)
			return TRUE;
	if (refuse)
		return fail(error, "'%s' does not fit '%s', compiled by '%s'; choose another configuration", cc,
			    first->name, first->cc);
	progress_note("CC is '%s', which does not fit '%s': compiled by '%s'", cc, first->name, first->cc);
	return TRUE;
}
