/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * key-file.h: GKeyFile without what it passes over in silence: a group given
 * twice, which it merges, and a key that nobody reads.
 */
#ifndef KEY_FILE_H
#define KEY_FILE_H

#include "util.h"

/* name: how messages call the file. */
GKeyFile *key_file_parse(const char *name, const char *text, GError **error);
/* FALSE when the group has a key that is none of known, NULL-ended. */
gboolean key_file_check(GKeyFile *file, const char *name, const char *group, const char *const *known,
			GError **error);

#endif
