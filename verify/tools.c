// SPDX-License-Identifier: GPL-2.0-only
/*
 * tools.c: what the verdicts of a run come from. See tools.h.
 *
 * Nothing here depends on what the run had to do: one that finds each verdict
 * in the cache names the same as the one that filled it. So a configuration's
 * hash cannot be of the .config, which is made only where something is compiled.
 * Each program named is in the key that the verdict is kept under.
 */
#include <string.h>

#include "checker.h"
#include "config.h"
#include "data.h"
#include "kunit-config.h"
#include "project.h"
#include "qemu.h"
#include "tools.h"
#include "tree.h"

enum { COMMIT, CONFIG, CHECK };

struct tools {
	const struct verify *verify;
	char *git;
	GPtrArray *configs;		/* struct config *, those of objects */
	GPtrArray *machines;		/* those of guests, NULL: none was asked for */
	struct checker *checker;	/* the same */
	GHashTable *versions;		/* program -> its version line */
};

/* commit: NULL for any. */
static bool has_row(const struct verify *verify, const char *commit, const char *check)
{
	const struct tsv *rows = verify->evidence->rows;

	for (guint i = 0; i < rows->rows->len; i++)
		if ((!commit || !strcmp(tsv_get(rows, i, COMMIT), commit)) && !strcmp(tsv_get(rows, i, CHECK), check))
			return true;
	return false;
}

struct tools *tools_open(const struct verify *verify, GError **error)
{
	struct tools *tools = g_new0(struct tools, 1);
	bool boots = has_row(verify, NULL, "boot");

	tools->verify = verify;
	tools->versions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (has_row(verify, NULL, "sparse"))
		tools->checker = checker_open();
	tools->git = git_run_l(verify->git, error, "--version", NULL);
	if (tools->git)
		tools->configs = configs_read(BUILD_CONFIGS, verify->configs, verify->cc, error);
	if (tools->configs && boots)
		tools->machines = configs_read(BOOT_CONFIGS, verify->boot_configs, verify->cc, error);
	if (tools->configs && (tools->machines || !boots))
		return tools;
	tools_close(tools);
	return NULL;
}

void tools_close(struct tools *tools)
{
	if (!tools)
		return;
	g_free(tools->git);
	g_clear_pointer(&tools->configs, g_ptr_array_unref);
	g_clear_pointer(&tools->machines, g_ptr_array_unref);
	checker_free(tools->checker);
	g_hash_table_unref(tools->versions);
	g_free(tools);
}

static const char *version_of(const struct tools *tools, const char *program, char *(*ask)(const char *, GError **))
{
	char *version = g_hash_table_lookup(tools->versions, program);

	if (!version) {
		version = ask(program, NULL);
		/* One that cannot be run is named without. */
		version = version ? version : g_strdup("");
		g_hash_table_insert(tools->versions, g_strdup(program), version);
	}
	return version;
}

static const struct config *find_config(const GPtrArray *configs, const char *name)
{
	for (guint i = 0; i < configs->len; i++) {
		const struct config *config = configs->pdata[i];

		if (!strcmp(config->name, name))
			return config;
	}
	return NULL;
}

/* more: what else is asked for. */
static char *config_hash(const struct config *config, const char *more, const char *version)
{
	return cache_key(config->arch, config->target, config->seed ? config->seed : "", config->fragment, more,
			 version, NULL);
}

/* What cannot be run, and what was not made, has no place in the line. */
static void add(GString *line, const char *what, const char *name)
{
	if (name && *name)
		g_string_append_printf(line, ", %s%s", what, name);
}

static gboolean add_machine(const struct tools *tools, const struct config *config, const char *version, GString *line,
			    GError **error)
{
	const struct verify *v = tools->verify;
	g_autofree char *folder = data_path(BOOT_CONFIGS, error), *path = NULL, *text = NULL, *hash = NULL;
	struct machine *machine;

	if (!folder)
		return FALSE;
	path = g_build_filename(folder, config->name, NULL);
	text = file_read(path, NULL, error);
	machine = text ? machine_read(path, error) : NULL;
	if (!machine)
		return FALSE;
	hash = config_hash(config, text, version);
	g_string_append(line, hash);
	add(line, "", config->compiler);
	add(line, "", version_of(tools, machine->program, process_version));
	add(line, "root image ", v->images ? g_hash_table_lookup(v->images, config->name) : NULL);
	machine_free(machine);
	return TRUE;
}

/*
 * Compiler and interpreter as kunit.c has them. Nothing where no configuration can be read: then kunit.py was not
 * run either.
 */
static void add_kunit(const struct tools *tools, const char *commit, const char *version, GString *line)
{
	const struct verify *v = tools->verify;
	struct kunit_config *config = kunit_config_read(v->git, commit, v->kunitconfigs, NULL);
	g_autofree char *hash = config ? cache_key(config->text, version, NULL) : NULL;

	if (!config)
		return;
	g_string_append(line, hash);
	add(line, "", version_of(tools, "gcc", compiler_version));
	add(line, "", version_of(tools, "python3", process_version));
	kunit_config_free(config);
}

/* What stands behind the name of the row's configuration; nothing for one of no configuration. */
static gboolean add_config(const struct tools *tools, guint row, const char *version, GString *line, GError **error)
{
	const struct tsv *rows = tools->verify->evidence->rows;
	const char *name = tsv_get(rows, row, CONFIG), *check = tsv_get(rows, row, CHECK);
	bool boot = !strcmp(check, "boot");
	const struct config *config = find_config(boot ? tools->machines : tools->configs, name);
	g_autofree char *hash = NULL;

	if (!strcmp(check, "kunit")) {
		add_kunit(tools, tsv_get(rows, row, COMMIT), version, line);
		return TRUE;
	}
	if (!config)
		return TRUE;
	if (boot)
		return add_machine(tools, config, version, line, error);
	hash = config_hash(config, "", version);
	g_string_append(line, hash);
	add(line, "", config->compiler);
	return TRUE;
}

static gboolean append_configs(const struct tools *tools, const char *commit, GString *text, GError **error)
{
	const struct tsv *rows = tools->verify->evidence->rows;
	g_autofree char *known = kernel_version(tools->verify->git, commit, NULL);
	g_autoptr(GHashTable) named = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < rows->rows->len; i++) {
		const char *name = tsv_get(rows, i, CONFIG);
		g_autoptr(GString) line = g_string_new(NULL);

		if (strcmp(tsv_get(rows, i, COMMIT), commit) || !g_hash_table_add(named, (char *)name))
			continue;
		if (!add_config(tools, i, known ? known : "", line, error))
			return FALSE;
		if (line->len)
			g_string_append_printf(text, "%s %s\n", name, line->str);
	}
	return TRUE;
}

gboolean tools_append(struct tools *tools, const char *commit, GString *text, GError **error)
{
	g_autofree char *name = g_strconcat(commit, ":scripts/checkpatch.pl", NULL);
	g_autofree char *blob = git_run_l(tools->verify->git, NULL, "rev-parse", "--verify", "--quiet", name, NULL);

	g_string_append_printf(text, "%s %s, %s\n", VERIFY_NAME, PROJECT_VERSION, tools->git);
	if (blob)
		g_string_append_printf(text, "checkpatch.pl %s\n", blob);
	if (has_row(tools->verify, commit, "sparse") && tools->checker->version)
		g_string_append_printf(text, "%s\n", tools->checker->version);
	return append_configs(tools, commit, text, error);
}
