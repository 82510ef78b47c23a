/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * programs.h: the guests' own programs: programs/NAME.c of the data folder,
 * compiled for the guest and linked statically, so that it needs no library of
 * the root image. Those that it needs here it names, in the order of the linker, in
 * a line of its first comment:
 *
 *	 * Libraries: rdmacm ibverbs nl-3
 *
 * What was compiled is kept under a hash of its source and of all headers beside it. A program that cannot
 * be compiled, for want of a compiler or a library for that architecture, is
 * left out with a note on stderr: tests that need it tell nothing, and leave a run undecided.
 */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include "util.h"

struct program {
	char *name;
	char *path;	/* the kept executable */
	char *sum;	/* its SHA-256 */
};

/* struct program *, by name, owned; perhaps none. Kept in the folder. NULL on error. */
GPtrArray *programs_make(const char *boot, const char *architecture, const char *folder, GError **error);

#endif
