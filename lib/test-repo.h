/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * test-repo.h: shell scripts and a tiny kernel repository for tests.
 *
 * Everything is made below a folder of the test's own, and git sees no
 * configuration but that of the repository.
 */
#ifndef TEST_REPO_H
#define TEST_REPO_H

#include <string.h>

#include "git.h"

/* The stdout of a shell script that must end with status 0; $1 is the folder. */
static inline char *sh(const char *folder, const char *script)
{
	const char *const argv[] = { "sh", "-euc", script, "sh", folder, NULL };
	struct command command = { .argv = argv, .cwd = folder };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;

	process_check(&command, &result, &error);
	g_assert_no_error(error);
	g_free(result.err);
	return result.out;
}

static inline void sh_run(const char *folder, const char *script)
{
	g_free(sh(folder, script));
}

/* Makes folder/name, a kernel of three subsystems at tag v1. */
static inline char *repo_new(const char *folder, const char *name)
{
	static const char script[] =
		"git init -q -b main .\n"
		"git config user.name 'A User' && git config user.email user@example.org\n"
		"mkdir -p block fs lib include/linux\n"
		"echo 'VERSION = 1' >Makefile; echo 'config X' >Kconfig\n"
		"printf 'List\\n\\nBLOCK LAYER\\nF:\\tblock/\\n\\nFILE SYSTEMS\\nF:\\tfs/\\n' >MAINTAINERS\n"
		"printf 'int a(struct s *s)\\n{\\n\\treturn s->len;\\n}\\n' >block/a.c\n"
		"printf 'int f(struct s *s)\\n{\\n\\treturn s->len + s->page;\\n}\\n' >fs/f.c\n"
		"printf 'struct s {\\n\\tint len, page;\\n};\\n' >include/linux/s.h\n"
		"echo 'obj-y += x.o' >lib/Makefile; printf '#!/bin/sh\\n' >lib/run.sh; chmod +x lib/run.sh\n"
		"git add . && GIT_COMMITTER_DATE='1700000000 +0100' git commit -qm base && git tag v1\n";
	char *path = g_build_filename(folder, name, NULL);

	g_assert_cmpint(g_mkdir_with_parents(path, 0777), ==, 0);
	sh_run(path, script);
	return path;
}

/* A folder for the test, set up as cache and home; remove_tree() it at the end. */
static inline char *test_folder(const char *template)
{
	char *folder = g_dir_make_tmp(template, NULL);

	g_setenv("XDG_CACHE_HOME", folder, TRUE);
	g_setenv("XDG_CONFIG_HOME", folder, TRUE);
	g_setenv("HOME", folder, TRUE);
	interrupt_setup();
	return folder;
}

/* A commit on v1 that changes Makefile, in our repository only. */
static inline char *make_commit(const struct git *git, const char *ref, const char *content)
{
	static const char *const env[] = {
		"GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x", NULL };
	g_autofree char *blob = git_blob(git, content, strlen(content), NULL);
	g_autofree char *base = git_resolve(git, "v1", NULL);
	g_autofree char *entry = g_strdup_printf("100644 blob %s\tMakefile\n", blob), *tree = NULL;
	char *commit;

	tree = git_input(git, NULL, entry, strlen(entry), (const char *const[]){ "mktree", NULL }, NULL);
	commit = git_run(git, env, (const char *const[]){ "commit-tree", "-p", base, "-m", "x", tree, NULL }, NULL);
	g_assert_nonnull(commit);
	if (ref)
		g_free(git_run_l(git, NULL, "update-ref", ref, commit, NULL));
	return commit;
}

#endif
