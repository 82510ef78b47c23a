/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * data.h: the tables and configurations a check reads at run time.
 *
 * They are in $NAME_DATADIR, where NAME is CACHE_NAME in capitals, when that
 * is set, else in verify/ of the source tree the program was built in, else
 * in ../share/CACHE_NAME seen from the program.
 */
#ifndef DATA_H
#define DATA_H

#include "util.h"

/* The path of a file or folder of that name, or NULL with what was looked for. */
char *data_path(const char *name, GError **error);

#endif
