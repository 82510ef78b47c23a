/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guardian.h: what we started ends when we are killed.
 */
#ifndef GUARDIAN_H
#define GUARDIAN_H

#include <sys/types.h>

/* Called once, before the first child is started, when we have one thread: interrupt_setup() does. */
void guardian_start(void);
/*
 * From now on the process group is killed should we end without guardian_forget().
 * May be called between fork() and exec().
 */
void guardian_watch(pid_t group);
void guardian_forget(pid_t group);

#endif
