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
 *	defines=include/linux/timer.h
 *				the files that define what is converted: a rule runs on one only in a
 *				step whose paths= names it, optional
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
 *	gone=del_timer		words of which this step leaves no code site in its files: what a selection
 *				of steps is held against, in place of words=, optional
 *	uses=try_to_del		as words=, asked of the file as the steps before left it, in place of
 *				words=: names that a step before brings, optional. C files of the tag
 *				without sites that have such a name in code are given, too
 *	paths=REGEX		files whose path does not match are not given to the rule, optional
 *	match=REGEX		files without a line that matches are not given to the rule, optional;
 *				no escapes of GKeyFile
 *	limit=120		seconds a file, optional
 *	join=true		no commit of its own: what it changes goes into that of the step above
 *	whole=true		converts the whole tree at once: a selection of subsystems ends before
 *				this step, optional
 *	prose=true		the rule is for comments and documentation: it is given the files with
 *				such sites, optional
 *	reaches=lib/timer.c	files that an edit leaves as they are and whose objects it changes all the same, by a
 *				symbol of Kconfig that they ask for: expect.tsv has them as well, optional
 *	refuse=true		the rule finds what no other knows how to convert: it makes no commit, and
 *				the run ends with the list of what it matched, optional
 *
 * The body of a commit message is the rule file's /// text after the first
 * paragraph. A paragraph that begins with names of files and a colon, as in
 * "md/raid5.c: the pages are ...", is for the commits that change one of them.
 * Beside `series`: the rules, exceptions.tsv, undecided.tsv, and
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
	char **uses;		/* or NULL */
	char **gone;		/* or NULL */
	char **reaches;		/* or NULL */
	GRegex *match, *paths;	/* or NULL */
	const struct step *leader;	/* the step whose commit it goes into, itself unless joined */
	bool prose, refuse, whole;
	guint limit;		/* seconds a file */
	guint index;		/* in the series, from 0 */
};

/*
 * One row of exceptions.tsv; "*" stands for any function or word, or for any
 * ordinal in code, and the ordinal "string" for the word in string literals
 * and in files that are neither C nor text.
 */
#define ORDINAL_STRING G_MAXUINT
struct exception {
	char *path, *function, *word, *reason;
	guint ordinal;		/* from 1; 0: any; or ORDINAL_STRING */
	guint used;		/* sites of the tag it holds for */
};

struct recipe {
	char *folder;
	char *branch;
	char **watch, **gone, **defines;
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
/* The step of that name, or NULL. */
const struct step *recipe_step(const struct recipe *recipe, const char *name);
/* May a step that runs on files be given this one, going by its path? */
bool recipe_gives(const struct recipe *recipe, const struct step *step, const char *path);
/* Fails with a message unless each selected step's spatch requirement is met by version. */
gboolean recipe_check_spatch(const struct recipe *recipe, const char *version, GError **error);

#endif
