/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recipients.h: whom a patch set goes to, asked from the tag's own
 * scripts/get_maintainer.pl.
 */
#ifndef RECIPIENTS_H
#define RECIPIENTS_H

#include "git.h"

struct recipients;

/*
 * Asks the script of the commit; git is borrowed until recipients_close().
 * Where recipients_known() is false the tree has no such script: its sets name nobody.
 */
struct recipients *recipients_open(const struct git *git, const char *commit, GError **error);
void recipients_close(struct recipients *r);
bool recipients_known(const struct recipients *r);

/*
 * The header lines "To: ...\nCc: ...\n" for the patch files (absolute paths,
 * at least one): maintainers in To, reviewers and lists in Cc, where there is
 * no maintainer the lists in To. Of the catch-all only its lists. "" when
 * nobody is known.
 */
char *recipients_headers(struct recipients *r, const GPtrArray *files, GError **error);

/* The same from get_maintainer.pl's lines "Name <address> (role:SECTION)". */
char *recipients_format(const char *lines);

#endif
