/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * built.h: whether a commit can change what kbuild last made in a folder: it
 * changes a file that kbuild wrote down as read, or one that decides what is
 * built.
 */
#ifndef BUILT_H
#define BUILT_H

#include "range.h"

bool built_from(const char *folder, const struct commit *commit);

#endif
