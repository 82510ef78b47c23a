/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elsewhere.h: what one configuration leaves open and another answers.
 *
 * No configuration compiles every file, and few compile every line of a file. A
 * file or line that one configuration says it does not compile is decided where
 * another one, of the same run and for the same commit, compiles it.
 */
#ifndef ELSEWHERE_H
#define ELSEWHERE_H

#include "tsv.h"

struct elsewhere;

/* rows: EVIDENCE_TSV; borrowed. */
struct elsewhere *elsewhere_read(const struct tsv *rows);
void elsewhere_free(struct elsewhere *elsewhere);
/* Whether the row, of the checks build or lines and undecided, is decided so. */
bool elsewhere_decides(const struct elsewhere *elsewhere, guint row);

#endif
