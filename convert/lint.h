/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lint.h: what a patch must be like before it goes to a maintainer.
 */
#ifndef LINT_H
#define LINT_H

#include "util.h"

struct lint {
	GHashTable *subjects;	/* seen, each once */
	GString *faults;	/* one line each */
	guint count;
};

struct lint *lint_new(void);
void lint_free(struct lint *lint);
/*
 * Looks at one commit message. name: how a fault is called to the user;
 * signoff: the only "Name <mail>" that may sign it off, or NULL for nobody.
 */
void lint_message(struct lint *lint, const char *name, const char *message, const char *signoff);
/* The length of a subject alone, for covers. */
void lint_subject(struct lint *lint, const char *name, const char *subject);
/* FALSE, with the faults (the first twenty), when there is any. */
gboolean lint_result(const struct lint *lint, GError **error);

#endif
