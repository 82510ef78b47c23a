/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uses.h: which files have the names that steps with uses= look for. Such a step
 * is given them whether or not they have a site that some step converts.
 */
#ifndef USES_H
#define USES_H

#include "context.h"

#define USES_TSV "path word"

/* The C files of the tag that have such a name in code, and the name. */
struct tsv *uses_read(const struct context *ctx, GError **error);

#endif
