/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verify.h: what every check is given: repository, range, configuration.
 *
 * A check judges any range of any kernel repository. It knows nothing of how
 * the range was made. The repository is only read; sources and objects live
 * below the cache folder.
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "cache.h"
#include "evidence.h"
#include "expect.h"
#include "git.h"

/* The checks that compile objects, and the rows they are told apart by. */
enum check {
	CHECK_BUILD = 1,
	CHECK_WARNINGS = 2,
	CHECK_EQUIV = 4,
	CHECK_SPARSE = 8,
};
/* Those that need both sides of an object. */
#define CHECKS_COMPARE (CHECK_WARNINGS | CHECK_EQUIV)
/* Those that need the compiler, not only its preprocessor. */
#define CHECKS_COMPILE (CHECK_BUILD | CHECKS_COMPARE)

/* Of struct verify: nobody gave it. */
#define SAMPLE_UNSET G_MININT

struct verify {
	char *kernel;		/* -k as given */
	char *out;		/* evidence.tsv, or NULL */
	char *undecided;	/* table of paths known to be undecided, or NULL */
	char *affected;		/* "range" or "tree" */
	char *expect_path;	/* --expect, or NULL */
	char *objects_path;	/* --objects, or NULL */
	char **kunitconfigs;	/* --kunitconfig, or NULL */
	char **configs;		/* --config, or NULL */
	char *cc;		/* the user's compiler command, or NULL */
	gboolean cc_given;	/* with --cc: not only $CC of the environment */
	char **boot_tests;	/* --boot-tests, or NULL: the default */
	char **boot_configs;	/* --boot-config, or NULL: the default ones */
	int jobs;
	int limit;		/* seconds for one compilation */
	int memory;		/* MiB for each of its processes, 0: no limit of ours */
	int sample;		/* how many more objects a header change builds, SAMPLE_UNSET: as the configuration has it */
	int seed;		/* of the sample's order */
	gboolean every_commit, json, ktap, notes, bisect;
	struct git *git;
	struct cache *cache;
	unsigned checks;	/* enum check, those asked for */
	struct expect *expect;	/* NULL: none given */
	GHashTable *judged;	/* paths of the objects compiled or told to be equal in this run; NULL: nobody asks */
	GHashTable *images;	/* machine -> key of the root image it had; NULL: nobody asks */
	GPtrArray *commits;	/* struct commit *, oldest first */
	struct evidence *evidence;
};

/* The checks. Each adds its rows to verify->evidence. */
/* Those of verify->checks, in one pass. */
gboolean check_objects(struct verify *verify, GError **error);
gboolean check_kunit(struct verify *verify, GError **error);
/* FALSE with a --kunitconfig named that is nowhere: neither a file nor in any commit of the range. */
gboolean kunit_paths_exist(const struct verify *verify, GError **error);
gboolean check_style(struct verify *verify, GError **error);

/* Prints the table of configurations. */
gboolean configs_list(struct verify *verify, GError **error);
/* Prints which configuration compiles which changed line, LINES_TSV of survey.h, and names those none does. */
gboolean configs_report(struct verify *verify, enum status *status, GError **error);
gboolean check_boot(struct verify *verify, GError **error);

#endif
