/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tree.h: the sources of one commit and the object tree of a configuration.
 *
 * Both live below the cache folder, sources one a kernel version, objects one a
 * version and configuration, and stay there: what a later run finds unchanged it
 * does not make again. A version belongs to one run at a time.
 */
#ifndef TREE_H
#define TREE_H

#include "config.h"
#include "git.h"

/* Whose fault it was that kbuild could not be brought to configure or to prepare. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_OF_SOURCES,	/* its own targets do not work */
	REFUSAL_OF_CONFIG,	/* these sources do not allow what the configuration asks for */
};

struct tree {
	char *src;		/* sources of the commit */
	char *obj;		/* kbuild's O= */
	char *scratch;		/* for what is not kept */
	char *commit;		/* the sources' commit, NULL before the first tree_move() */
	const struct git *git;
	struct git_batch *batch;	/* for tree_move(), opened when first used */
	const struct config *config;	/* NULL: of KUnit, which configures itself */
	enum refusal refusal;	/* of what failed last; REFUSAL_NONE: nothing, or by no fault of these two */
	bool prepared;		/* make prepare has worked on these sources and this configuration */
	int lock;
	int jobs;
	guint limit;		/* seconds that make may take for one thing; at first two hours */
};

/* "6.12", as the Makefile of the commit has it. */
char *kernel_version(const struct git *git, const char *commit, GError **error);
/* Opens and locks the trees for the version of the kernel at the commit; waits for another run. */
struct tree *tree_open(const struct git *git, const struct config *config, const char *commit, int jobs,
		       GError **error);
void tree_close(struct tree *tree);

/* Moves the sources. */
gboolean tree_move(struct tree *tree, const char *commit, GError **error);
/* Configures the object tree for the present sources; does nothing when their Kconfig files did not change. */
gboolean tree_configure(struct tree *tree, GError **error);
/* Makes what kbuild compiles for itself before the first object: headers, host programs. tree_record() does it too. */
gboolean tree_prepare(struct tree *tree, GError **error);
/* The lines of the present .config. */
char *tree_dotconfig(const struct tree *tree, GError **error);

/*
 * Asks kbuild for the commands of the objects (struct object *). kbuild makes
 * what they depend on, but runs none of them. An object kbuild has no rule
 * for is left without flags.
 */
gboolean tree_record(struct tree *tree, GPtrArray *objects, GError **error);

/*
 * Makes a target of kbuild. TRUE with a complaint when that
 * does not work: make's first errors. refusal says whose fault that is.
 */
gboolean tree_build(struct tree *tree, const char *target, char **complaint, GError **error);

/* A path whose content decides what kbuild does: Makefile, Kbuild, Kconfig, scripts/. */
bool is_kbuild_file(const char *path);
/* A Makefile or a Kbuild file of the kernel. */
bool is_makefile(const char *path);
bool is_kconfig_file(const char *path);

#endif
