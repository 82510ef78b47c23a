/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test-boot.h: for tests that need guests: shell scripts that stand for
 * apt-get and dpkg-deb, and a data folder.
 *
 * The archive has the package hello, which needs perl-base; each run of
 * apt-get leaves a line with its words in the file apt.
 */
#ifndef TEST_BOOT_H
#define TEST_BOOT_H

#include <glib/gstdio.h>

#include "project.h"
#include "util.h"

static const char fake_apt[] =
	"#!/bin/sh\n"
	"echo \"$*\" >>\"$TEST_FOLDER/apt\"\n"
	"[ ! -f \"$TEST_FOLDER/offline\" ] || { echo 'no network' >&2; exit 100; }\n"
	"case \" $* \" in\n"
	"*' update '*) [ ! -f \"$TEST_FOLDER/stale\" ] || { echo 'unexpected size' >&2; exit 100; } ;;\n"
	"*' install '*) echo 'Inst hello (1:2.10-3 Debian:12 [amd64])'\n"
	"	echo 'Inst perl-base [5.35] (5.36.0-7 Debian:12 [amd64]) []' ;;\n"
	"*' download '*) : >'hello_1%3a2.10-3_amd64.deb' ;;\n"
	"esac\n";

static const char fake_dpkg[] =
	"#!/bin/sh\n"
	"mkdir -p \"$3/bin\" \"$3/usr/share/doc\"\n"
	"echo hello >\"$3/bin/hello\"\n"
	"echo words >\"$3/usr/share/doc/hello\"\n";

static inline void put(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL), *parent = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	g_mkdir_with_parents(parent, 0777);
	file_write(path, text, -1, &error);
	g_assert_no_error(error);
}

static inline void put_program(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	put(folder, name, text);
	g_assert_cmpint(g_chmod(path, 0755), ==, 0);
}

/* Lines in a file. */
static inline guint count_lines(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;
	guint n = 0;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	for (const char *p = text; *p; p++)
		n += *p == '\n';
	return n;
}

/* FOLDER/bin and FOLDER/data. */
static inline void boot_folder(const char *folder)
{
	put_program(folder, "bin/apt-get", fake_apt);
	put_program(folder, "bin/dpkg-deb", fake_dpkg);
	put(folder, "data/boot/packages", "# comment\nhello\n\n!perl*\n");
	put(folder, "data/boot/init", "#!/bin/sh\n");
	put(folder, "data/boot/guest.sh", "# library\n");
	put(folder, "data/boot/known.tsv", "report\treason\nBUG: known .* CPU\tone of all kernels\n");
	put(folder, "data/boot/tests/smoke.sh", "# smoke\n");
	put(folder, "data/boot/tests/block.sh", "# block\n");
}

/* To be called first in main(): a folder of its own, in TEST_FOLDER, whose bin comes first. */
static inline void boot_environment(void)
{
	g_autofree char *folder = g_dir_make_tmp("boot-XXXXXX", NULL);
	g_autofree char *cache = g_build_filename(folder, "cache", NULL);
	g_autofree char *data = g_build_filename(folder, "data", NULL);
	g_autofree char *variable = g_ascii_strup(CACHE_NAME "_datadir", -1);
	g_autofree char *path = g_strdup_printf("%s/bin:%s", folder, g_getenv("PATH"));

	g_setenv("TEST_FOLDER", folder, TRUE);
	g_setenv("XDG_CACHE_HOME", cache, TRUE);
	g_setenv("PATH", path, TRUE);
	g_setenv(variable, data, TRUE);
}

#endif
