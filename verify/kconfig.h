/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kconfig.h: which symbols a commit's Kconfig files define. A symbol that
 * none defines is one of another kernel version.
 */
#ifndef KCONFIG_H
#define KCONFIG_H

#include "git.h"

/*
 * Those of the symbols (without CONFIG_, NULL-ended, at least one) that a Kconfig file defines, of whatever
 * architecture; NULL: all there are. A set, owned.
 */
GHashTable *kconfig_defined(const struct git *git, const char *commit, char *const *symbols, GError **error);

/* Names of the symbols, with CONFIG_, that two .config texts set otherwise, or one of them alone: sorted, owned. */
GPtrArray *kconfig_differing(const char *before, const char *after);

/* "(A|B)" for an extended regular expression. */
char *kconfig_any(char *const *symbols);

/*
 * git grep -E in a commit, in the files of the pathspecs: lines
 * "COMMIT:PATH:TEXT", "" when nothing matches.
 */
char *commit_grep(const struct git *git, const char *commit, const char *pattern, const char *const *files,
		  GError **error);

#endif
