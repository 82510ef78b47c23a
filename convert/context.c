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
