/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * image.h: the guests' root image: an initramfs, two cpio archives one after
 * the other.
 *
 * The first holds Debian packages and is kept below the cache folder; the
 * second holds init, the shell library, the test sets and the programs of the
 * data folder, and is made anew for each run. A kept archive that does not match its sum
 * is made again; it is put in place only when it is whole.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include "util.h"

struct image {
	char *key;	/* of all that is in it: package versions and files */
	char *base;	/* the kept archive */
	char *boot;	/* the data folder boot */
	GPtrArray *programs;	/* struct program * */
};

/* Finds or makes the archive of packages, for Debian's architecture. */
struct image *image_open(const char *boot, const char *architecture, GError **error);
void image_free(struct image *image);
/* Writes the whole image to path; scratch is a folder for files in between. */
gboolean image_write(const struct image *image, const char *scratch, const char *path, GError **error);

/* The test sets there are, by name, NULL-ended: tests/NAME.sh of the data folder. */
char **image_sets(const char *boot, GError **error);

#endif
