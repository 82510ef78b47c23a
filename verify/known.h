/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * known.h: reports that kernels are known to make now and then, whatever a series
 * does: boot/known.tsv of the data folder.
 *
 *	report	reason
 *	WARNING: possible circular .*sd_remove.*limits_lock	v6.12: one class for the limits of all disks
 *
 * A report is a Perl regular expression for the lines of the log from the complaint on
 * to the end of its backtrace, joined by blanks; what it is for begins with it.
 */
#ifndef KNOWN_H
#define KNOWN_H

#include "util.h"

struct known;

/* Refuses what tsv_read() refuses, and what is no regular expression. */
struct known *known_read(const char *path, GError **error);
void known_free(struct known *known);
/* The table as it is in the file: verdicts depend on it. */
const char *known_text(const struct known *known);
/* Why such a report tells nothing of a series, or NULL: it may. */
const char *known_reason(const struct known *known, const char *report);

#endif
