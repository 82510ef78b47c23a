/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evidence.h: evidence.tsv, what was checked and what came of it.
 *
 *	commit	config	check	verdict	detail	seconds
 *	0a1b..	x86_64-allmodconfig	build	holds	3 objects	4.1
 *	0a1b..	x86_64-allmodconfig	lines	holds	drivers/block/brd.c:12-14,20	4.1
 *	0a1b..	x86_64-allmodconfig	lines	undecided	drivers/block/brd.c:33	4.1
 *	0a1b..	x86_64-allmodconfig	added	holds	drivers/block/brd.c:34	4.1
 *
 * commit is the full id. verdict is holds, fails or undecided. detail of
 * "lines" is the path as git quotes it, a colon, and lines of the parent's version that the commit
 * replaces, of "added" lines of its own version that replace none. Every undecided detail begins with
 * such a path and a colon, or, where a configuration cannot be used, with what cannot be run or
 * "Kconfig", or, of what fails in BASE too, with "BASE".
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "tsv.h"

#define EVIDENCE_TSV	"commit config check verdict detail seconds"
#define UNDECIDED_TSV	"path reason"

struct evidence {
	struct tsv *rows;	/* of this run */
	struct tsv *kept;	/* of the file, less what this run did anew */
	GHashTable *known;	/* paths of undecided.tsv, with ":lines" where only that is known of them, or empty */
	guint holds, fails, undecided;
	guint excused, elsewhere;	/* undecided as the user's table has it; decided by another configuration */
};

/* out: the file to be brought up to date, or NULL; undecided: table of known paths, or NULL. */
struct evidence *evidence_open(const char *out, const char *undecided, GError **error);
void evidence_free(struct evidence *evidence);

void evidence_add(struct evidence *evidence, const char *commit, const char *config, const char *check,
		  const char *verdict, const char *detail, const char *seconds);
/* To be called before a (commit, config, check) gets its rows: drops those of the file. */
void evidence_renew(struct evidence *evidence, const char *commit, const char *config, const char *check);
/* Whether the table of known paths has the path, as git quotes it; of_lines: of a row that names lines. */
bool evidence_knows(const struct evidence *evidence, const char *path, bool of_lines);
/* Counts, and says what follows: fails over undecided over holds. */
enum status evidence_status(struct evidence *evidence);
/* Writes the table: to out, or to stdout when that is NULL. */
gboolean evidence_write(struct evidence *evidence, const char *out, GError **error);
/*
 * Prints the rows of this run as KTAP. Undecided is "not ok" with the directive
 * ERROR, or SKIP for a known path and where another configuration decides: by the specification neither is a pass.
 */
void evidence_ktap(struct evidence *evidence);
/* Prints summary and rows of this run as JSON. */
void evidence_json(struct evidence *evidence);

#endif
