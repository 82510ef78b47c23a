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

/* Detail of a row of the check build: the configuration should compile the file, and nobody knows whether it would. */
#define SELECTED_BROKEN "selected, but does not compile before the commit either"

struct elsewhere;

/* rows: commit, config, check, verdict, detail, ...; borrowed. */
struct elsewhere *elsewhere_read(const struct tsv *rows);
/* Did the configuration of a row "lines holds" compile the file it names? Reading it is not enough. */
bool elsewhere_compiled(const struct elsewhere *elsewhere, guint row);
void elsewhere_free(struct elsewhere *elsewhere);
/* Whether the row, of the checks build or lines and undecided, is decided so. */
bool elsewhere_decides(const struct elsewhere *elsewhere, guint row);

#endif
