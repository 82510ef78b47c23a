/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notes.h: the verdicts of a run as a git note on each commit, under NOTES_REF:
 * what they come from, as tools.h has it, the verdicts, and the command.
 *
 *	phyr-verify 0.1, git version 2.39.5
 *	checkpatch.pl 4f2a..
 *	x86_64-allmodconfig 0b1c.., gcc (Debian 12.2.0-14) 12.2.0
 *	holds	x86_64-allmodconfig	build	3 objects
 *	repeat: phyr-verify build -k . --affected range --seed 1 --time-limit 900 BASE..TIP
 *
 * The command has each option that can change a verdict, and what --undecided
 * excuses; it is for a shell in the repository, paths are as they were given.
 */
#ifndef NOTES_H
#define NOTES_H

#include "verify.h"

/*
 * Adds to the notes of the run's commits what they do not say yet: a run that
 * repeats another changes nothing. command is the name of the command run.
 */
gboolean notes_write(struct verify *verify, const char *command, GError **error);

#endif
