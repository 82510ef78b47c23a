/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cover.h: the cover letter of a patch set, from what is on record: sites,
 * commits and evidence.
 *
 * The recipe's text opens it. Where its first line is followed by a blank one
 * and is no sentence (at most 60 columns, no full stop), it is the subject, after
 * the set's prefix.
 */
#ifndef COVER_H
#define COVER_H

#include "mail-set.h"

/* Holds the subject of the cover against the linter. */
void cover_lint(const struct mail *mail, const struct mail_set *set);
/* Writes 0000-cover-letter.patch into the set's folder; the patches must be there. */
gboolean cover_write(const struct mail *mail, const struct mail_set *set, GError **error);

#endif
