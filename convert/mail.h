/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mail.h: patch sets that can be sent as they are.
 *
 *	OUT/mail/03-block-layer/0000-cover-letter.patch
 *	OUT/mail/03-block-layer/0001-block-use-timer_delete.patch
 *
 * A set is one subsystem's patches of one stage, or all patches of a stage
 * that is not split, in the order of the series and at most 15 of them; what is
 * more goes into NN-subsystem-2. Each set is a thread of its own below its
 * cover, and names the sets it needs. "git send-email DIR/" and "b4 send" take a
 * folder as it is; nothing here sends anything.
 */
#ifndef MAIL_H
#define MAIL_H

#include "git.h"

struct mail_options {
	const char *out;	/* the output folder: commits.tsv, sites.tsv, evidence.tsv if it is there */
	struct git *git;
	const char *tag;
	const char *base;	/* the tag's commit */
	const char *intro;	/* the recipe's text for covers, or NULL; see cover.h */
	bool public_base;	/* base is a commit that others have: write base-commit */
	const char *signoff;	/* "Name <mail>": added where it is missing; NULL: none may be there */
};

/* Replaces OUT/mail, or leaves it as it was when a patch breaks a rule of lint.h. */
gboolean mail_write(const struct mail_options *options, GError **error);

#endif
