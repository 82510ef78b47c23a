/* SPDX-License-Identifier: GPL-2.0-only */
/* cover-text.h: what a cover says of sites and checks; shared by cover.c and cover-text.c. */
#ifndef COVER_TEXT_H
#define COVER_TEXT_H

#include "mail-set.h"

/* How many sites the set converts, by word and by rule. */
void cover_converted(GString *text, const struct mail *mail, const struct mail_set *set);
/* Which code sites in its files it does not, and why. */
void cover_left(GString *text, const struct mail *mail, const struct mail_set *set);
/* What was run on its commits and at the end of its stage, with what verdict, and what was not run. */
void cover_checks(GString *text, const struct mail *mail, const struct mail_set *set);

#endif
