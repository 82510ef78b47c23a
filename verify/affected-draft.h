/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * affected-draft.h: what affected.c and affected-k*.c share: the files a
 * commit can reach while they are still looked for.
 */
#ifndef AFFECTED_DRAFT_H
#define AFFECTED_DRAFT_H

#include "affected.h"

/* What more files have than these tells nobody whom to look at. */
#define NAMED_AT_MOST 400

struct finder {
	const struct git *git;
	struct git_batch *batch;
	struct includes *includes;
	const struct affected_options *options;
	GHashTable *changed;	/* paths the range changes anywhere */
};

/* What is known of one commit before the names were looked for. */
struct draft {
	const struct commit *commit;
	struct affected *affected;
	GHashTable *reached;	/* set of paths, becomes affected->reached */
	GHashTable *reach;	/* what may include a header of this commit; borrowed paths */
	GHashTable *asked;	/* name -> GPtrArray of the sets it is looked for in */
};

/* Which files of a commit, of those the pathspecs mean, have which of the words: word -> set of paths. */
GHashTable *files_with(const struct git *git, const char *commit, char **words, const char *const *pathspecs,
		       GError **error);

/* Adds copies of the paths to the set. */
void add_paths(GHashTable *to, GHashTable *paths);

/* affected-kbuild.c: */
/* The objects that the changed lines of a Makefile are of. */
gboolean add_makefile(struct finder *finder, struct draft *draft, const struct change *change, GError **error);
/* What reads the symbols that note_symbols() notes. */
gboolean add_symbols(struct finder *finder, struct draft *draft, GError **error);

/* affected-kconfig.c: the symbols of Kconfig that the commit's changed lines are of. */
gboolean note_symbols(struct finder *finder, struct draft *draft, GError **error);

#endif
