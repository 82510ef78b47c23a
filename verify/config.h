/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * config.h: the configurations objects are built in.
 *
 * One file a configuration, named as in evidence.tsv, in the folder "configs"
 * of the data (see data.h).
 *
 *	[config]
 *	arch=x86_64
 *	target=allmodconfig
 *	[symbols]
 *	WERROR=n
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "util.h"

struct config {
	char *name;		/* the file's name */
	char *arch;		/* make's ARCH */
	char *target;		/* make's configuration target */
	char *fragment;		/* for KCONFIG_ALLCONFIG: CONFIG_X=y lines */
	char *compiler;		/* version line of the compiler */
};

/* All configurations, by name: struct config *, owned. */
GPtrArray *configs_read(GError **error);
void config_free(struct config *config);
/* FALSE with the symbol named when a .config does not hold what the fragment asks for. */
gboolean config_honoured(const struct config *config, const char *dotconfig, GError **error);

#endif
