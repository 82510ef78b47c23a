/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tools.h: what the verdicts of a run come from: programs and configurations.
 *
 *	phyr-verify 0.1, git version 2.39.5
 *	checkpatch.pl 4f2a..
 *	sparse 0.6.4 (Debian: 0.6.4-3)
 *	qemu-x86_64 9f31.., gcc (Debian 12.2.0-14) 12.2.0, QEMU emulator version 7.2.22, root image 52ab..
 *	um-kunit 77e0.., gcc (Debian 12.2.0-14) 12.2.0, Python 3.11.2
 *	x86_64-allmodconfig 0b1c.., gcc (Debian 12.2.0-14) 12.2.0
 *
 * The hash after checkpatch.pl is of its blob. The one after a configuration's
 * name is of the kernel's version and of what kbuild, for a machine also QEMU,
 * is asked for; what Kconfig files and the compiler make of it is not in it.
 */
#ifndef TOOLS_H
#define TOOLS_H

#include "verify.h"

struct tools;

/* For the rows of the run, which must be complete and remain. */
struct tools *tools_open(const struct verify *verify, GError **error);
void tools_close(struct tools *tools);
/* Adds these lines to the text, as far as rows of the commit come from them. */
gboolean tools_append(struct tools *tools, const char *commit, GString *text, GError **error);

#endif
