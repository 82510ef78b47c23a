/* SPDX-License-Identifier: GPL-2.0-only */
/* mail-set.h: the patch sets while they are made; shared by mail.c, mail-patch.c and cover.c. */
#ifndef MAIL_SET_H
#define MAIL_SET_H

#include "lint.h"
#include "mail.h"
#include "maintainers.h"
#include "recipients.h"
#include "tsv.h"

#define SET_SIZE	15

/* One commit of the series. Strings that are const belong to the commits table. */
struct mail_patch {
	const char *commit, *stage, *step, *subsystem, *subject;
	char *message;
	char **paths;	/* what it changes */
	char *file;	/* where format-patch wrote it */
};

struct mail_set {
	char *name;		/* "03-block-layer": its folder */
	char *folder;		/* where it is written */
	char *title;		/* of the subsystem in MAINTAINERS, or the stage */
	bool split;		/* one subsystem's; else a whole stage */
	GPtrArray *patches;	/* struct mail_patch *, owned, at least one */
	GPtrArray *needs;	/* sets that must be applied first: struct mail_set *, borrowed */
	char *recipients;	/* header lines */
};

/* The whole run. */
struct mail {
	const struct mail_options *options;
	struct tsv *commits, *sites;
	struct tsv *evidence;	/* NULL: nothing was verified */
	struct maintainers *maintainers;
	struct recipients *recipients;
	struct lint *lint;
	GPtrArray *sets;	/* struct mail_set *, owned */
};

/* Columns of commits.tsv and evidence.tsv. */
enum { COMMIT_POSITION, COMMIT_COMMIT, COMMIT_STAGE, COMMIT_STEP, COMMIT_SUBSYSTEM, COMMIT_SUBJECT };
enum { EVIDENCE_COMMIT, EVIDENCE_CONFIG, EVIDENCE_CHECK, EVIDENCE_VERDICT, EVIDENCE_DETAIL };

/* mail-patch.c: has git write every patch of the set into its folder, and finds the recipients. */
gboolean mail_patch_format(const struct mail *mail, struct mail_set *set, GError **error);
/* Adds recipients, threading and evidence to the patch files, and a sign-off where it is missing. */
gboolean mail_patch_finish(const struct mail *mail, const struct mail_set *set, GError **error);
/* The headers that make the cover (number 0) and the patches one thread. */
char *mail_thread_headers(const struct mail_set *set, const char *from, guint number);
/* The value of a header in a patch file's text, with its folded lines; NULL when there is none. */
char *mail_header(const char *text, const char *name);

#endif
