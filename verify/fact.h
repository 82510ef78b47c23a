/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fact.h: what compiling one text gave.
 *
 * A *text* is a preprocessed source without line numbers. Together with the
 * command it decides what the compiler says and makes, so a fact is kept under
 * these and never found out twice: not for the parent of the next commit, not
 * for a rebased series, not for a commit that only moves lines.
 *
 * As kept in the cache, the last line followed by the table of parts.h:
 *
 *	complaint	drivers/block/brd.c:7:1: error: expected ';'
 *	warning	drivers/block/brd.c: unused variable 'x' [-Wunused-variable]
 *	parts
 */
#ifndef FACT_H
#define FACT_H

#include "cache.h"
#include "process.h"

/* What stands before the message of a finding of the kind "error". */
#define FINDING_ERROR "error: "

struct fact {
	char *complaint;	/* why it does not compile, NULL: it does */
	char **warnings;	/* "FILE: MESSAGE", or "PROGRAM: MESSAGE", sorted; one said twice is there twice */
	char *parts;		/* of the object, see parts.h; NULL: there is none, or it cannot be read */
};

void fact_free(struct fact *fact);
/* NULL: not known. */
struct fact *fact_read(struct cache *cache, const char *key);
gboolean fact_write(struct cache *cache, const char *key, const struct fact *fact, GError **error);

/*
 * The findings in what a compiler or sparse said: lines "FILE:LINE[:COLUMN]:
 * KIND: MESSAGE" of one of the kinds (blank-separated), as fact->warnings has
 * them. Paths below root are named as the tree names them. Lines "FILE:LINE:
 * MORE" belong to the finding above.
 */
char **findings_read(const char *said, const char *kinds, const char *root);
/* Adds what more has and found has not, or less often; both sorted, more may be NULL. */
void findings_unite(char ***found, char *const *more);
/* What after has more often than before; both sorted. The strings are copied. */
char **findings_new(char *const *before, char *const *after);

#endif
