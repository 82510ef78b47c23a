// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd-configs.c: "configs": the table of configurations, and for a range
 * which of its changed lines which of them compiles.
 *
 * A line counts as answered when a chosen configuration compiles it. One that
 * none compiles is named, and unless its path is known to be undecided the
 * answer is "could not tell"; so it is when a configuration could not be used.
 */
#include <stdio.h>

#include "survey.h"

/*
 *	name	check	default	arch	target	compiler	packages	for
 *
 * check: "build", of --config, or "boot", of --boot-config. compiler: its version line, "-" where it cannot be
 * run.
 */
#define CONFIGS_TSV "name check default arch target compiler packages for"

static void print_table(struct tsv *table, const char *member, gboolean json)
{
	g_autoptr(JsonBuilder) builder = NULL;
	g_autofree char *text = NULL;

	if (!json) {
		text = tsv_text(table);
		fputs(text, stdout);
		return;
	}
	builder = json_builder_new();
	json_builder_begin_object(builder);
	tsv_json(table, member, builder);
	json_builder_end_object(builder);
	json_print(builder);
}

static gboolean list_folder(struct tsv *table, const char *folder, const char *check, char **names, const char *cc,
			    GError **error)
{
	static char *const everything[] = { (char *)"all", NULL };
	g_autoptr(GPtrArray) configs = configs_read(folder, names ? names : (char **)everything, cc, error);

	for (guint i = 0; configs && i < configs->len; i++) {
		const struct config *config = configs->pdata[i];

		tsv_add(table, config->name, check, config->chosen_unasked ? "yes" : "no", config->arch, config->target,
			config->compiler, config->packages, config->purpose);
	}
	return configs != NULL;
}

gboolean configs_list(struct verify *verify, GError **error)
{
	struct tsv *table = tsv_new(CONFIGS_TSV);
	gboolean ok = TRUE;

	if (verify->configs || !verify->boot_configs)
		ok = list_folder(table, BUILD_CONFIGS, "build", verify->configs, verify->cc, error);
	if (ok && (verify->boot_configs || !verify->configs))
		ok = list_folder(table, BOOT_CONFIGS, "boot", verify->boot_configs, verify->cc, error);
	if (ok)
		print_table(table, "configs", verify->json);
	tsv_free(table);
	return ok;
}

gboolean configs_report(struct verify *verify, enum status *status, GError **error)
{
	g_autoptr(GPtrArray) configs = configs_read(BUILD_CONFIGS, verify->configs, verify->cc, error);
	struct survey *survey = configs && configs_take(configs, verify->cc, verify->cc_given, error) ?
		survey_new(verify, error) : NULL;
	gboolean ok = survey && survey_all(survey, configs, status, error);

	if (ok)
		print_table(survey->rows, "lines", verify->json);
	survey_free(survey);
	return ok;
}
