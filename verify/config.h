/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * config.h: the configurations objects are built in.
 *
 * One file a configuration, named as in evidence.tsv, in the folder "configs"
 * of the data (see data.h).
 *
 *	[config]
 *	for=32-bit pointers, 64-bit physical addresses
 *	arch=arm
 *	target=allmodconfig
 *	cross=arm-linux-gnueabihf-	(CROSS_COMPILE; default none)
 *	compiler=gcc			(or gcc-12, clang-19; default gcc)
 *	packages=gcc-arm-linux-gnueabihf
 *	default=yes			(chosen when none is asked for; or no, which is the default; or named: not by
 *					"all" either)
 *	seeds=1-10			(one configuration for each KCONFIG_SEED, FILE-1 ... FILE-10)
 *	fragments=plain;block		(more symbols: files of the folder "fragments" beside this one)
 *	needs=ARM_LPAE;BLOCK		(symbols without which the configuration says nothing: refused where the sources
 *					lack one, while others they lack are only named)
 *	[symbols]
 *	ARM_LPAE=y
 *	HIGHMEM4G=y?			(asked for, but need not come out)
 *
 * Of two answers for one symbol the file's own counts, then that of the fragment
 * named first. Any other key is refused. A group [qemu] is read by qemu.h.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "util.h"

/* The folders. */
#define BUILD_CONFIGS "configs"
#define BOOT_CONFIGS "boot/configs"
/* How many more objects a header change builds. */
#define SAMPLE_SIZE 200

struct config {
	char *name;		/* the file's name, and the seed when it has one */
	char *purpose;		/* what it is for, or NULL */
	char *arch;		/* make's ARCH */
	char *target;		/* make's configuration target */
	char *seed;		/* KCONFIG_SEED, or NULL */
	char *cross;		/* make's CROSS_COMPILE, may be "" */
	char *llvm;		/* make's LLVM, may be "" */
	char *cc;		/* make's CC: the user's wrapper, if any, and the compiler */
	char *packages;		/* Debian packages it needs, or NULL */
	char **needs;		/* symbols the sources must have, or NULL */
	char *fragment;		/* what must come out: CONFIG_X=y lines */
	char *compiler;		/* compiler_version(); NULL: it cannot be run */
	char *missing;		/* what cannot be run and what to install, or NULL */
	bool chosen_unasked, chosen_by_all;
	int sample;		/* how many more objects a header change builds when nobody says */
	bool other_compiler;	/* the user asked for one that is not of its kind: its own serves */
};

/*
 * The configurations of a folder of the data, one of the above: those
 * named, or all but default=named for the name "all", or the default ones for
 * NULL, by name: struct config *, owned. cc: the user's compiler command or NULL.
 * Its wrapper (ccache, distcc) serves every configuration; its compiler those
 * whose own is of the same family (gcc, clang) and prefix. That a compiler
 * cannot be run is no error.
 */
GPtrArray *configs_read(const char *folder, char **names, const char *cc, GError **error);
/*
 * A compiler that the user named and that fits none of the configurations is refused, or named on stderr
 * where it was not given to us: nobody shall take the verdict of one for that of another.
 */
gboolean configs_take(const GPtrArray *configs, const char *cc, gboolean refuse, GError **error);
/* What stands for the compiler, make's CC, in keys and notes: the versions of it and of its assembler, its options. */
char *compiler_version(const char *cc, GError **error);
void config_free(struct config *config);
/*
 * FALSE with the symbol named when a .config does not hold what the fragment asks for, or the sources lack one of
 * needs. symbols: those the tree's Kconfig files know; what else they do not know is added to absent.
 */
gboolean config_honoured(const struct config *config, const char *dotconfig, GHashTable *symbols, GPtrArray *absent,
			 GError **error);

#endif
