/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packages.h: Debian packages for a root that is not this machine's.
 *
 * A list has one package a line; "#" starts a comment, "!" a pattern of names
 * that are left out although others depend on them.
 */
#ifndef PACKAGES_H
#define PACKAGES_H

#include "util.h"

struct package {
	char *name, *version;
	char *deb;		/* the file */
};

/*
 * Downloads into the folder what the list names and what it depends on, for
 * Debian's architecture. struct package *, by name, owned; NULL on error.
 */
GPtrArray *packages_fetch(const char *list, const char *architecture, const char *folder, GError **error);

/* The names of a list, and its patterns. NULL-ended. */
void packages_parse(const char *list, char ***names, char ***patterns);

#endif
