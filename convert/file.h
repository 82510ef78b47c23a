/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file.h: one file on its way through the rules, and its sites with it.
 *
 * The sites are those of the tag. After each step the text before and the
 * text after are aligned token by token: a site whose token is gone was
 * converted by that step, and one whose token came was introduced by it. A site
 * that exceptions.tsv keeps is hidden from every rule under another name of the
 * same length. What stands in comments and documentation is counted word by
 * word.
 */
#ifndef FILE_H
#define FILE_H

#include "rule.h"
#include "scan.h"

/* A site of the tag, or one that a step wrote. */
struct tracked {
	struct site site;	/* as it stood in the tag */
	guint token;		/* index in the text now */
	bool kept;
	bool introduced;	/* not of the tag: a step wrote it */
	const struct step *by;	/* the step that converted it, or NULL */
	guint line;		/* where it stood in the parent of that step's commit; 0: nowhere */
};

/* What a step made of the file. */
struct file_change {
	const struct step *step;
	char *text;
	GPtrArray *functions;	/* const char *: those in which it changed a token, as struct site has them */
};

struct file {
	char *path;
	char *subsystem;	/* slug, or "-" */
	guint mode;
	char *text;		/* now */
	GArray *sites;		/* struct tracked, those in code */
	GArray *prose;		/* struct tracked, all others of the tag; only `by` says anything */
	GPtrArray *steps;	/* const struct step *: the chain, in order */
	guint next;		/* in steps */
	GPtrArray *changes;	/* struct file_change * */
	char *reason;		/* the last that a rule gave for sites it left */
	char *candidate;	/* a text that waits for its second run */
	char *before;		/* the text when the commit of before_of began */
	const struct step *before_of;
	GPtrArray *refused;	/* char *: places that a step with refuse= matched */
	GPtrArray *unfinished;	/* char *: steps with refuse= or uses= that spatch did not end, and why */
	const struct words *words;
	struct runner *runner;
};

/* text: as in the tag, taken. The recipe's exceptions are looked up here. */
struct file *file_new(const char *path, char *text, const struct words *words, struct runner *runner);
/* Takes the text that an edit step made of it. */
void file_edit(struct file *file, const struct step *step, char *text);
void file_free(struct file *file);
/* Starts the chain of steps; the pool of the runner carries it on. */
gboolean file_start(struct file *file, GError **error);
/* The sum holds: code sites in the text are those that no step converted. */
gboolean file_check_sum(const struct file *file, GError **error);
/* No word that the recipe promises to be gone is left of those that its own steps wrote. */
gboolean file_check_introduced(const struct file *file, GError **error);

#endif
