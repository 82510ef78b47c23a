/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h: OUT/report.html, the run on one page for a person to read.
 *
 * Made of coverage.json, sites.tsv, commits.tsv and, where it is there,
 * evidence.tsv; it says nothing that these do not. The page needs no other file
 * and runs no script.
 */
#ifndef REPORT_H
#define REPORT_H

#include "util.h"

/* Writes out/report.html, whole or not at all. */
gboolean report_write(const char *out, GError **error);

#endif
