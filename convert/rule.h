/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rule.h: one rule on the text of one file.
 *
 * spatch sees one file at a time and prints a diff; the diff is applied by
 * patch(1) without fuzz. What it could not do comes back as a reason, never as
 * silence. Outcomes are cached under spatch's version, the rule, its options,
 * the macro file and the text, but for a spatch that was stopped or failed.
 */
#ifndef RULE_H
#define RULE_H

#include "cache.h"
#include "process.h"
#include "recipe.h"

struct runner {
	const struct recipe *recipe;
	struct pool *pool;
	struct cache *cache;
	GHashTable *runs;	/* struct run *, not finished */
	char *version;		/* of spatch */
	char *macros;		/* text of the macro file, or "" */
	char *scratch;		/* folder */
	guint started;		/* spatch processes */
	guint files;		/* scratch folders handed out */
};

struct outcome {
	char *text;		/* the new text; NULL: unchanged */
	char *reason;		/* why sites may be left, or NULL */
	bool failed;		/* spatch was stopped, or ended with an error: the text is as it was */
};

/* Takes the outcome's strings if it wants them. */
typedef gboolean (*rule_done)(const struct step *step, struct outcome *outcome, gpointer data, GError **error);

/*
 * Finds spatch and its version, holds the rules' requirements against it, and
 * has spatch parse each rule: a syntax error is reported with its message.
 */
struct runner *runner_new(const struct recipe *recipe, struct pool *pool, GError **error);
void runner_free(struct runner *runner);

/* Runs a rule of kind cocci on text; done is called at once when the outcome is cached. */
gboolean rule_run(struct runner *runner, const struct step *step, const char *path, const char *text,
		  rule_done done, gpointer data, GError **error);

#endif
