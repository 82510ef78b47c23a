/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elsewhere.h: what one configuration leaves open and another answers.
 *
 * No configuration compiles every file, and few compile every line of a file. A
 * file or line of evidence.tsv that one configuration says it does not compile
 * is decided where another one compiles it for the same commit.
 */
#ifndef ELSEWHERE_H
#define ELSEWHERE_H

#include "tsv.h"

/*
 * Details, behind "PATH: ", of rows of the check build that say that this configuration does not compile a file.
 * Another one answers these and no others: a file that is gone, or a header that comes out otherwise when it is
 * generated, is one configuration's own.
 */
#define NOT_INCLUDED "no object that was compiled includes it"
#define NO_RULE "kbuild has no rule for its object"
#define NOT_COMPILED "its object was not compiled"
#define UNSELECTED_BROKEN "not selected, and does not compile before the commit either"
/* Not of these: the configuration should compile the file, and nobody knows whether it would. */
#define SELECTED_BROKEN "selected, but does not compile before the commit either"

struct elsewhere;

/* rows: commit, config, check, verdict, detail, ...; borrowed. */
struct elsewhere *elsewhere_read(const struct tsv *rows);
/* "lines" and "added": of lines before and after the commit. They say what was seen and judge no code. */
bool check_is_of_lines(const char *check);
/* Did the configuration of a row "lines holds" compile the file it names? Reading it is not enough. */
bool elsewhere_compiled(const struct elsewhere *elsewhere, guint row);
void elsewhere_free(struct elsewhere *elsewhere);
/* Whether the row, of a check of objects or lines and undecided, is decided so: by the same check. */
bool elsewhere_decides(const struct elsewhere *elsewhere, guint row);

#endif
