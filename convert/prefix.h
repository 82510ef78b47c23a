/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * prefix.h: the subsystem prefix of a patch's subject, without the final
 * colon, as the kernel's history writes it: "block", "scsi: lpfc", "nvme".
 */
#ifndef PREFIX_H
#define PREFIX_H

#include "maintainers.h"

/*
 * The prefix for a patch that touches the paths (at least one, NULL-ended):
 * the most common of the last 50 commits on them up to the revision, where at
 * least 4 of these have a prefix; else prefix_of_paths().
 */
char *subject_prefix(const struct git *git, const char *revision, const struct subsystem *subsystem,
		     const char *const *paths);

/* The prefix that the paths alone suggest, for a repository without history. */
char *prefix_of_paths(const struct subsystem *subsystem, const char *const *paths);

/* The prefix of a subject, or NULL: "scsi: lpfc: Fix x" -> "scsi: lpfc". */
char *prefix_of_subject(const char *subject);

/*
 * Keeps the subjects of one step apart: the prefix, or where taken (a set that
 * owns its strings) holds it already, the prefix and the first file's name, or
 * at last the subsystem's slug. Adds the result to taken.
 */
char *prefix_unique(GHashTable *taken, const char *prefix, const struct subsystem *subsystem,
		    const char *const *paths);

#endif
