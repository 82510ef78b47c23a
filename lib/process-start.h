/* SPDX-License-Identifier: GPL-2.0-only */
/* process-start.h: what process.c and pool.c share: a process that is running. */
#ifndef PROCESS_START_H
#define PROCESS_START_H

#include "process.h"

struct running {
	GSubprocess *child;
	GPid pid;		/* of the child, which leads its group */
	int out;		/* file without a name that has what it wrote */
	guint timer;		/* source id of the time limit or of the grace, or 0 */
	bool stopping;		/* was asked to end */
	gint64 started;		/* monotonic microseconds */
	struct process result;
	void (*done)(struct running *r);	/* called once, from the main loop */
	gpointer data;
};

/* Starts it; done() is called when it has ended and all its output was read. */
gboolean process_start(struct running *r, const struct command *command, GError **error);
/* Asks the whole group to end and kills it two seconds later; done() still comes. */
void process_kill(struct running *r);
/* A source that makes the main loop look at interrupted() now and then; remove it after. */
guint process_tick(void);

#endif
