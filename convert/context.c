// SPDX-License-Identifier: GPL-2.0-only
/*
 * context.c: opens what a command works on and refuses, before anything is
 * started, what it cannot work on.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "context.h"

/* A kernel has these at its root; a tag without one is something else. */
static gboolean check_kernel(const struct context *ctx, GError **error)
{
	static const char *const files[] = { "Makefile", "Kconfig", "MAINTAINERS" };

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *name = g_strdup_printf("%s:%s", ctx->base, files[i]);
		const char *const args[] = { "cat-file", "-e", name, NULL };

		if (git_ok(ctx->git, args))
			continue;
		if (i == 2)
			return fail(error, "'%s' has no MAINTAINERS, which says how the series is cut by subsystem",
				    ctx->tag);
		return fail(error, "'%s' of '%s' is not a kernel: it has no %s", ctx->tag, ctx->kernel, files[i]);
	}
	return TRUE;
}

static gboolean make_out(struct context *ctx, GError **error)
{
	if (g_mkdir_with_parents(ctx->out, 0777))
		return fail(error, "cannot make the output folder '%s': %s", ctx->out, g_strerror(errno));
	if (g_access(ctx->out, W_OK))
		return fail(error, "cannot write to the output folder '%s': %s", ctx->out, g_strerror(errno));
	return TRUE;
}

gboolean context_open(struct context *ctx, GError **error)
{
	if (!ctx->kernel || !ctx->tag)
		return fail(error, "give a kernel with -k and a tag with -t");
	ctx->recipe = recipe_read(ctx->recipe_folder, error);
	if (!ctx->recipe)
		return FALSE;
	ctx->git = git_open(ctx->kernel, error);
	if (!ctx->git)
		return FALSE;
	ctx->base = git_resolve(ctx->git, ctx->tag, error);
	if (!ctx->base || !check_kernel(ctx, error))
		return FALSE;
	if (!ctx->out)
		ctx->out = g_build_filename("out", ctx->tag, NULL);
	return make_out(ctx, error);
}

void context_clear(struct context *ctx)
{
	g_free(ctx->kernel);
	g_free(ctx->tag);
	g_free(ctx->base);
	g_free(ctx->out);
	g_free(ctx->recipe_folder);
	g_free(ctx->argv);
	g_free(ctx->signoff);
	g_strfreev(ctx->stages);
	g_strfreev(ctx->subsystems);
	git_free(ctx->git);
	recipe_free(ctx->recipe);
}

char *context_path(const struct context *ctx, const char *name)
{
	return g_build_filename(ctx->out, name, NULL);
}

static void append_selection(GString *text, const char *name, char **list)
{
	for (; list && *list; list++)
		g_string_append_printf(text, "%s\t%s\n", name, *list);
}

static char *inputs_of(const struct context *ctx, bool selection)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "key\tvalue\nbase\t%s\nrecipe\t%s\n", ctx->base, ctx->recipe->hash);
	if (selection) {
		append_selection(text, "stage", ctx->stages);
		append_selection(text, "subsystem", ctx->subsystems);
	}
	return g_strdup(text->str);
}

static char *inputs_path(const struct context *ctx, const char *command)
{
	g_autofree char *name = g_strconcat(command, ".inputs", NULL);

	return context_path(ctx, name);
}

gboolean context_note_inputs(const struct context *ctx, const char *command, bool selection, GError **error)
{
	g_autofree char *path = inputs_path(ctx, command), *text = inputs_of(ctx, selection);

	return file_write(path, text, -1, error);
}

gboolean context_check_inputs(const struct context *ctx, const char *command, bool selection, GError **error)
{
	g_autofree char *path = inputs_path(ctx, command), *text = inputs_of(ctx, selection), *then = NULL;

	if (g_file_get_contents(path, &then, NULL, NULL) && !strcmp(then, text))
		return TRUE;
	return fail(error, "%s.tsv of '%s' was not made from this tag, recipe%s; run %s again", command, ctx->out,
		    selection ? " and selection" : "", command);
}

static bool selected(char **list, const char *name)
{
	return !list || g_strv_contains((const char *const *)list, name);
}

bool context_has_stage(const struct context *ctx, const char *stage)
{
	return selected(ctx->stages, stage);
}

bool context_has_subsystem(const struct context *ctx, const char *subsystem)
{
	return selected(ctx->subsystems, subsystem);
}
