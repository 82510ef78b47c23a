/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kunit-config.h: the .kunitconfig files of a run, fitted to one commit.
 *
 * A symbol that no Kconfig file of the commit defines would make kunit.py
 * refuse the whole configuration. It is left out and named, and so is a file
 * that the commit does not have.
 */
#ifndef KUNIT_CONFIG_H
#define KUNIT_CONFIG_H

#include "git.h"

struct kunit_config {
	char *text;		/* the lines the tree knows, sorted, for --kunitconfig */
	char **unknown;		/* symbols it does not, without CONFIG_ */
	char **absent;		/* paths that are not there */
	char **suites;		/* names of the suites the symbols stand for, NULL: none is in this tree */
};

/*
 * Each path is a file, or a file or folder of the commit, a folder meaning
 * its .kunitconfig; NULL: kunit.py's own default.
 */
struct kunit_config *kunit_config_read(const struct git *git, const char *commit, char *const *paths, GError **error);
void kunit_config_free(struct kunit_config *config);
/* Whether there is a kunitconfig for the path. */
bool kunit_config_exists(const struct git *git, const char *commit, const char *path);

/* The names of the suites that a source file defines, on no condition but that one of the symbols is on. NULL-ended. */
char **kunit_suite_names(const char *source, const char *const *symbols);

#endif
