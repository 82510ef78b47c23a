/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * survey.h: which configuration compiles which changed line of a range.
 *
 * A line that a commit takes away is looked for with the parent's sources, a
 * line it brings with its own. Nothing is compiled: the preprocessor shows
 * what a compiler would see. A line in an object that the configuration does
 * not select is not compiled by it; it is told apart, for whoever asks kbuild
 * for that object by name.
 */
#ifndef SURVEY_H
#define SURVEY_H

#include "config.h"
#include "lines.h"
#include "tsv.h"
#include "verify.h"

/*
 *	commit	path	side	config	object	lines
 *	0a1b..	drivers/block/brd.c	new	x86_64-allmodconfig	selected	12-14,20
 *	0a1b..	drivers/block/brd.c	old	-	-	33
 *
 * side: new has line numbers of the commit's version, old of the parent's.
 * object: selected or unselected. config "-": lines no configuration
 * compiles in an object it selects.
 */
#define LINES_TSV "commit path side config object lines"

/* One side of one changed file. */
struct side {
	const struct commit *commit;
	const struct change *change;
	bool is_new;
	guint state;		/* of the sources that have it: 0 the range's base, n its nth commit */
	guint total;		/* lines that say something to a compiler */
	struct wanted *wanted;	/* as the present configuration shows it */
	GArray *any;		/* gboolean for each line: some configuration compiles it */
};

struct survey {
	struct verify *verify;
	GPtrArray *sides;	/* struct side *, in the order of the range */
	GPtrArray *affected;	/* struct affected *, one a commit */
	struct includes *include_lines;	/* says which objects may show lines of a header */
	struct tsv *rows;	/* LINES_TSV */
};

struct survey *survey_new(struct verify *verify, GError **error);
void survey_free(struct survey *survey);
/*
 * Looks for every line in each configuration and adds the rows. status: undecided when a line is compiled by none
 * and its path not known to be, or when one of several configurations cannot be used; each is named.
 */
gboolean survey_all(struct survey *survey, const GPtrArray *configs, enum status *status, GError **error);

#endif
