/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * judge.h: one commit built in one configuration, held against its parent.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "affected.h"
#include "expect.h"
#include "object.h"
#include "tree.h"
#include "verify.h"

/* Every kernel compiles it, with flags that fit most headers: its command is always recorded. */
#define MODEL_SOURCE "init/main.c"

/* What the commits of a run share. */
struct judge {
	struct tree *tree;
	struct git_batch *batch;
	GHashTable *objects;	/* source path -> struct object */
	GPtrArray *todo;	/* struct affected * of the commits still to be judged, next first: borrowed */
	guint sample;
	guint n, total;		/* commit n of total, counted as they are begun, for the progress line */
	unsigned checks;		/* enum check, those asked for */
	bool alone;		/* nobody asked for the check "build" of these commits */
	struct cache *facts;
	guint limit, memory;	/* as of struct verify */
	const struct expect *expect;	/* NULL: none given */
	const struct checker *checker;	/* NULL: not asked for */
	GHashTable *judged;	/* as of struct verify */
	GHashTable *pops_macro;	/* path -> whether the file, as it is in the sources, has such a #pragma */
	GHashTable *texts;	/* keys of facts of the compiler that were wanted */
	GHashTable *inputs;	/* paths of the sources of which files are generated, NULL: to be read */
	bool stale;		/* the files could not be generated of the last commit's sources */
	bool worked;		/* kbuild did at a parent in this run, as far as it was asked */
	char *broken;		/* why kbuild cannot be configured or prepared at the sources' commit, NULL: it can */
	/* Texts, compilations, runs of the parser alone and of sparse, facts that were there. */
	guint preprocessed, compiled, parsed, checked, known;
};

/* One row of evidence, but for what all rows of the run have in common. */
struct finding {
	const char *check;	/* build, lines, warnings, sparse, equiv */
	const char *verdict;
	char *detail;
	bool final;		/* the same input gives it again: it may be kept */
};

/* Opens the tree for the version of the kernel at the commit; judge_close() takes also what is half open. */
gboolean judge_open(struct judge *judge, const struct git *git, const struct config *config, const char *commit,
		    int jobs, GError **error);
void judge_close(struct judge *judge);
/* The object of a source file, made when the run has none. */
struct object *judge_object(struct judge *judge, const char *source);
/* Records the commands, not known yet, of what a list of struct affected names. */
gboolean judge_commands(struct judge *judge, const GPtrArray *affected, GError **error);
/*
 * Moves the sources to the commit and configures them, where it changes files of Kconfig or configure says so;
 * says whether commands may differ from the parent's.
 */
gboolean judge_advance(struct judge *judge, const struct commit *commit, bool configure, bool *commands_changed,
		       GError **error);

/*
 * Judges what n of the commits, from one on, affect. For each an array of
 * struct finding *, in their order; owned; NULL on error. Many at once keep all
 * processors at work, and are lost together when the run is killed, but for
 * the facts found so far.
 */
GPtrArray *judge_commits(struct judge *judge, const GPtrArray *commits, const GPtrArray *affected, guint from,
			 guint n, GError **error);

#endif
