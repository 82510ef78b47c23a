/* SPDX-License-Identifier: GPL-2.0-only */
/* tidy.h: mends what spatch's printer does to the lines a rule changed. */
#ifndef TIDY_H
#define TIDY_H

#include <glib.h>

/*
 * Returns `new` with its formatting faults mended in lines that `old` does not
 * have: eight blanks at the start of a line become a tab, indentation that
 * spatch added to the line's own goes, blanks at the end go. Lines that both
 * share are never touched.
 */
char *tidy(const char *old, const char *new);

#endif
