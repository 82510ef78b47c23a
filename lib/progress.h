/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * progress.h: progress on stderr: a bar with done/total and time left on a
 * terminal, a plain line at the start and end elsewhere.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <glib.h>

struct progress;
struct progress *progress_new(const char *label, guint total);
/* The total may grow while jobs add jobs. */
void progress_set(struct progress *progress, guint done, guint total);
/* Ends the line and frees. */
void progress_end(struct progress *progress);
/* A message that does not tear the bar. */
void progress_note(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif
