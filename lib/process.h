/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * process.h: programs driven as processes, one at a time or in a pool.
 *
 * Every process started here leads a process group of its own and dies with
 * us. At its time limit the whole group is killed; on SIGINT, SIGTERM and SIGHUP
 * it is asked to end and, if it does not, killed. One thread: a callback runs
 * between two events and may add jobs.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include "util.h"

/* What a finished process left. */
struct process {
	int exit;		/* exit status; 128 + N when killed by signal N */
	bool timed_out;		/* its group was killed at the time limit */
	char *out;		/* stdout, NUL-terminated */
	gsize out_len;		/* bytes in out */
	char *err;		/* stderr, NUL-terminated */
	double seconds;		/* wall time */
};

void process_clear(struct process *p);

/*
 * What a failed process said, on one line: up to three lines of stderr (of stdout, when
 * stderr has none) that say "error", else the last line of either with the exit
 * status; before them a program that make has not found; "time limit reached" when that was it.
 */
char *process_complaint(const struct process *p);
/* Whether it failed by what the machine did (time, memory, disk, a signal) and not by its input. */
bool process_accident(const struct process *p);
/* The same of one whose input may well be at fault without its saying "error": as far as it says so. */
bool process_says_accident(const struct process *p);

/* A program to start. argv, and what it points to, is borrowed until the process has ended. */
struct command {
	const char *const *argv;
	const char *cwd;		/* NULL: ours */
	const char *const *env;		/* NULL, or NAME=VALUE pairs put on top of ours */
	const char *input;		/* NULL: /dev/null */
	gsize input_len;
	guint limit;			/* seconds, 0: none */
	guint memory;			/* MiB of address space for each process, 0: no limit of ours */
};

/*
 * Runs to the end. FALSE only when it could not be started or we were
 * interrupted; the exit status is the caller's to judge.
 */
gboolean process_run(const struct command *command, struct process *result, GError **error);

/* The same, and FALSE, quoting the end of stderr, when the exit status is not 0. */
gboolean process_check(const struct command *command, struct process *result, GError **error);

/* The first line that "PROGRAM --version" prints, or NULL. */
char *process_version(const char *program, GError **error);

struct pool;

/* Takes the result: it may g_steal_pointer() from it, what is left is cleared. FALSE stops the pool. */
typedef gboolean (*pool_done)(struct pool *pool, struct process *result, gpointer data, GError **error);

/* A pool of up to n processes at once; label heads the progress line, NULL: none. */
struct pool *pool_new(guint n, const char *label);
/*
 * Queues a command. Heavier jobs start first; equal weights start in the
 * order they were added. The command's strings are copied.
 */
void pool_add(struct pool *pool, const struct command *command, gint64 weight, pool_done done, gpointer data);
/* Runs until nothing is queued or running. On an error every running group is killed. */
gboolean pool_run(struct pool *pool, GError **error);
void pool_free(struct pool *pool);

/* True once SIGINT, SIGTERM or SIGHUP came: long loops outside a pool ask and stop. */
bool interrupted(void);
/* To be called first in main(): signals are caught, and guardian.h watches. */
void interrupt_setup(void);

#endif
