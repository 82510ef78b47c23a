// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c: phyr-convert: from a kernel tag and a recipe to a series.
 *
 * Each command reads and writes files of the output folder; see context.h
 * for which. Only this file prints errors and decides the exit status.
 */
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "maintainers.h"
#include "project.h"

static const struct {
	const char *name;
	gboolean (*run)(struct context *ctx, enum status *status, GError **error);
	const char *what;
} commands[] = {
	{ "sites", cmd_sites, "find every occurrence of the watched words: sites.tsv" },
	{ "plan", cmd_plan, "which rule gets which file, in which commit: plan.tsv" },
	{ "apply", cmd_apply, "run the rules and make the commits and branches" },
	{ "account", cmd_account, "hold each site against commits and evidence: coverage.json, report.html" },
	{ "mail", cmd_mail, "write the patch sets: mail/" },
};

static char *summary(void)
{
	GString *text = g_string_new("Commands:\n");

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		g_string_append_printf(text, "  %-10s%s\n", commands[i].name, commands[i].what);
	g_string_append(text, "  subsystem  print the subsystem of each path: -k LINUX -t TAG PATH...\n"
			"  rule       print what a rule makes of a file: -r DIR RULE FILE\n\n"
			"Exit status: 0 it holds, 1 it does not, 2 could not tell.");
	return g_string_free(text, FALSE);
}

static gboolean parse(struct context *ctx, int *argc, char ***argv, GError **error)
{
	GOptionEntry entries[] = {
		{ "kernel", 'k', 0, G_OPTION_ARG_FILENAME, &ctx->kernel, "The kernel's git repository", "LINUX" },
		{ "tag", 't', 0, G_OPTION_ARG_STRING, &ctx->tag, "The tag to convert", "TAG" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &ctx->out, "Output folder [out/TAG]", "OUT" },
		{ "recipe", 'r', 0, G_OPTION_ARG_FILENAME, &ctx->recipe_folder,
		  "Recipe folder [semantic-patches]", "DIR" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &ctx->jobs, "Processes at once [processors]", "N" },
		{ "stage", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ctx->stages, "Only this stage (may be repeated)", "NAME" },
		{ "subsystem", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ctx->subsystems,
		  "Only this subsystem (may be repeated)", "NAME" },
		{ "force", 0, 0, G_OPTION_ARG_NONE, &ctx->force, "Replace branches that exist", NULL },
		{ "public-base", 0, 0, G_OPTION_ARG_NONE, &ctx->public_base,
		  "The tag is public: covers name it as base-commit", NULL },
		{ "signoff", 0, 0, G_OPTION_ARG_STRING, &ctx->signoff, "Add this Signed-off-by", "NAME <MAIL>" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &ctx->json, "Print the result as JSON", NULL },
		{ NULL }
	};
	GOptionContext *options = g_option_context_new("COMMAND");
	g_autofree char *text = summary();
	g_autoptr(GError) why = NULL;

	g_option_context_set_summary(options, text);
	g_option_context_add_main_entries(options, entries, NULL);
	if (!g_option_context_parse(options, argc, argv, &why))
		fail(error, "%s; see " CONVERT_NAME " --help", why->message);
	g_option_context_free(options);
	if (!why && ctx->jobs < 1)
		return fail(error, "-j needs at least 1");
	return !why;
}

static gboolean run(struct context *ctx, int argc, char **argv, enum status *status, GError **error)
{
	if (argc == 4 && !strcmp(argv[1], "rule"))
		return try_rule(ctx->recipe_folder, argv[2], argv[3], status, error);
	for (guint i = 0; argc == 2 && i < G_N_ELEMENTS(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return context_open(ctx, error) && commands[i].run(ctx, status, error);
	return fail(error, argc < 2 ? "no command given; see " CONVERT_NAME " --help" :
		    "unknown command or too many arguments: '%s'; see " CONVERT_NAME " --help", argv[1]);
}

int main(int argc, char **argv)
{
	struct context ctx = { .jobs = g_get_num_processors() };
	enum status status = STATUS_HOLDS;
	g_autoptr(GError) error = NULL;

	interrupt_setup();
	g_set_prgname(CONVERT_NAME);
	if (argc > 1 && !strcmp(argv[1], "subsystem")) {
		status = cmd_subsystem(argc - 1, argv + 1, &error);
	} else {
		ctx.argv = g_strjoinv(" ", argv);
		if (parse(&ctx, &argc, &argv, &error)) {
			if (!ctx.recipe_folder)
				ctx.recipe_folder = g_strdup("semantic-patches");
			run(&ctx, argc, argv, &status, &error);
		}
		context_clear(&ctx);
	}
	if (!error)
		return status;
	fprintf(stderr, "%s: %s\n", CONVERT_NAME, error->message);
	return error_status(error);
}
