/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recipe.h: a conversion as the engine knows it.
 *
 * A recipe is a folder. Its file `series` is a GKeyFile: a group [recipe],
 * then one group a step, in the order of the series:
 *
 *	[recipe]
 *	branch=timers		prefix of the branches made
 *	watch=del_timer;del_timer_sync
 *				words whose every occurrence is a site
 *	gone=del_timer		of these, no code site may be left unaccounted
 *	macros=macros.h		a macro file for spatch, optional
 *	kunit=timers.kunitconfig
 *				KUnit configurations of the suites to run, optional
 *	intro=intro.txt		text for the cover letters, optional
 *
 *	[timer-delete]
 *	stage=timer-names	steps of one stage stand together
 *	kind=cocci		cocci, tokens or edit
 *	rule=12-timer-delete.cocci
 *	split=subsystem		one commit a subsystem, or one
 *	expect=identical	what may differ in objects: identical, functions, any
 *	subject=use timer_delete()
 *				after the subsystem's prefix; with split=one the whole subject
 *	words=del_timer		files without one of these as a code word are not given to the rule;
 *				the default is watch
 *	match=REGEX		files without a line that matches are not given to the rule, optional;
 *				no escapes of GKeyFile
 *	limit=120		seconds a file, optional
 *
 * The body of a commit message is the rule file's /// text after the first
 * paragraph. Beside `series`: the rules, exceptions.tsv, undecided.tsv, and
 * differing.tsv: functions whose object code differs, and why, though the step
 * says expect=identical. An assertion that prints its condition, for example.
 */
#ifndef RECIPE_H
#define RECIPE_H

#include "tsv.h"

enum rule_kind { RULE_COCCI, RULE_TOKENS, RULE_EDIT };

struct step {
	char *name;		/* the group's name */
	char *stage;
	enum rule_kind kind;
	char *rule;		/* file name in the recipe folder */
	char *text;		/* its content */
	bool per_subsystem;
	char *expect;
	char *subject;
	char *body;		/* from the /// lines */
	char **options;		/* of spatch, from "// Options:" */
	char *requires;		/* spatch version at least, from "// Requires:", or NULL */
	char **words;
	GRegex *match;		/* or NULL */
	guint limit;		/* seconds a file */
	guint index;		/* in the series, from 0 */
};

/* One row of exceptions.tsv; '*' stands for any function, word or ordinal. */
struct exception {
	char *path, *function, *word, *reason;
	guint ordinal;		/* from 1; 0: any */
	guint used;		/* sites of the tag it holds for */
};

struct recipe {
	char *folder;
	char *branch;
	char **watch, **gone;
	char *macros;		/* path, or NULL */
	char **kunit;		/* paths, perhaps none */
	char *intro;		/* text, or NULL */
	GPtrArray *steps;	/* struct step * */
	GPtrArray *exceptions;	/* struct exception * */
	struct tsv *undecided;	/* path reason, never NULL */
	struct tsv *differing;	/* path function reason, never NULL */
	char *hash;		/* over series, rules, macro file and tables */
};

struct recipe *recipe_read(const char *folder, GError **error);
void recipe_free(struct recipe *recipe);
/* The row that holds for a site, or NULL; the first of the table wins. */
struct exception *recipe_exception(const struct recipe *recipe, const char *path, const char *function,
				   const char *word, guint ordinal);
/* What may differ in a function, path as git quotes it, that the step changes: as of the step, or of differing.tsv. */
const char *recipe_expect(const struct recipe *recipe, const struct step *step, const char *quoted_path,
			  const char *function);
/* Fails with a message unless each selected step's spatch requirement is met by version. */
gboolean recipe_check_spatch(const struct recipe *recipe, const char *version, GError **error);

#endif
