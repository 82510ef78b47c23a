// SPDX-License-Identifier: GPL-2.0-only
/*
 * git.c: git driven as a process. See git.h for what is never touched.
 *
 * Our repository for a user's repository is CACHE/git/HASH.git, HASH of the
 * absolute path; it holds nothing that a run cannot make again.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "git.h"
#include "project.h"

/* Variables of the caller's that would point git elsewhere or change how it reads and writes. */
static const char *const local_env[] = {
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
	"GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE",
	"GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_PREFIX",
	"GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_EXTERNAL_DIFF",
	"GIT_DIFF_OPTS", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
	"GIT_REPLACE_REF_BASE", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS",
	"GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_TEMPLATE_DIR", "GIT_DEFAULT_HASH",
	"GIT_DEFAULT_REF_FORMAT", "GIT_ATTR_SOURCE", "GIT_ALLOW_PROTOCOL",
};

static void forget_environment(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(local_env); i++)
		g_unsetenv(local_env[i]);
}

/*
 * A user's own settings must not change what we make. safe.directory is
 * given because a kernel tree may belong to another user and is only read.
 */
static void isolate(void)
{
	g_setenv("GIT_CONFIG_NOSYSTEM", "1", TRUE);
	g_setenv("GIT_ATTR_NOSYSTEM", "1", TRUE);
	g_setenv("GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
	g_setenv("GIT_NO_REPLACE_OBJECTS", "1", TRUE);
	g_setenv("GIT_TERMINAL_PROMPT", "0", TRUE);
	g_setenv("GIT_CONFIG_COUNT", "3", TRUE);
	g_setenv("GIT_CONFIG_KEY_0", "safe.directory", TRUE);
	g_setenv("GIT_CONFIG_VALUE_0", "*", TRUE);
	g_setenv("GIT_CONFIG_KEY_1", "gc.auto", TRUE);
	g_setenv("GIT_CONFIG_VALUE_1", "0", TRUE);
	g_setenv("GIT_CONFIG_KEY_2", "core.attributesFile", TRUE);
	g_setenv("GIT_CONFIG_VALUE_2", "/dev/null", TRUE);
	g_setenv("LC_ALL", "C", TRUE);
}

static char *run_in(const char *dir, const char *const *env, const char *input, gsize len,
		    const char *const *args, GError **error)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	struct command command = { .env = env, .input = input, .input_len = len };
	struct process result = { 0 };

	g_ptr_array_add(argv, g_strdup("git"));
	if (dir)
		g_ptr_array_add(argv, g_strdup_printf("--git-dir=%s", dir));
	for (; *args; args++)
		g_ptr_array_add(argv, g_strdup(*args));
	g_ptr_array_add(argv, NULL);
	command.argv = (const char *const *)argv->pdata;
	if (!process_check(&command, &result, error))
		return NULL;
	if (result.out_len && result.out[result.out_len - 1] == '\n')
		result.out[result.out_len - 1] = '\0';
	g_free(result.err);
	return result.out;
}

char *git_run(const struct git *git, const char *const *env, const char *const *args, GError **error)
{
	return run_in(git->dir, env, NULL, 0, args, error);
}

char *git_input(const struct git *git, const char *const *env, const char *input, gsize len,
		const char *const *args, GError **error)
{
	return run_in(git->dir, env, input, len, args, error);
}

bool git_ok(const struct git *git, const char *const *args)
{
	g_autofree char *out = run_in(git->dir, NULL, NULL, 0, args, NULL);

	return out;
}

char *git_run_l(const struct git *git, GError **error, ...)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new();
	const char *arg;
	va_list ap;

	va_start(ap, error);
	do {
		arg = va_arg(ap, const char *);
		g_ptr_array_add(args, (gpointer)arg);
	} while (arg);
	va_end(ap);
	return git_run(git, NULL, (const char *const *)args->pdata, error);
}

/* One process at a time makes or changes our repository. */
static int lock_folder(const char *folder, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "lock", NULL);
	int fd = file_lock(path, O_CREAT, LOCK_EX);

	if (fd < 0)
		fail(error, "cannot lock '%s': %s", path, g_strerror(errno));
	return fd;
}

int git_lock(const struct git *git, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(git->dir);

	return lock_folder(folder, error);
}

static gboolean borrow(struct git *git, GError **error)
{
	g_autofree char *cache = cache_folder(error), *folder = NULL, *sum = NULL, *init = NULL;
	g_autofree char *name = NULL, *alternates = NULL, *line = NULL, *objects = NULL;
	const char *const init_args[] = { "init", "--quiet", "--bare", NULL };
	const char *const objects_args[] = { "rev-parse", "--git-path", "objects", NULL };
	int lock;

	if (!cache)
		return FALSE;
	folder = g_build_filename(cache, "git", NULL);
	if (g_mkdir_with_parents(folder, 0777))
		return fail(error, "cannot make '%s': %s", folder, g_strerror(errno));
	objects = run_in(git->user, NULL, NULL, 0, objects_args, error);
	if (!objects)
		return FALSE;
	sum = g_compute_checksum_for_string(G_CHECKSUM_SHA1, git->user, -1);
	name = g_strdup_printf("%.16s.git", sum);
	git->dir = g_build_filename(folder, name, NULL);
	lock = lock_folder(folder, error);
	if (lock < 0)
		return FALSE;
	alternates = g_build_filename(git->dir, "objects", "info", "alternates", NULL);
	/* Written last: without it, a killed run left half a repository, locks and all. */
	if (!g_file_test(alternates, G_FILE_TEST_EXISTS)) {
		remove_tree(git->dir);
		init = run_in(git->dir, NULL, NULL, 0, init_args, error);
	} else {
		init = g_strdup("");
	}
	line = g_strdup_printf("%s\n", objects);
	if (init && !file_write(alternates, line, -1, error))
		g_clear_pointer(&init, g_free);
	close(lock);
	return init != NULL;
}

/* Asked before isolate(): the one thing of the user's own configuration that is wanted. */
static char *identity(const char *path)
{
	const char *const name_args[] = { "-C", path, "config", "user.name", NULL };
	const char *const mail_args[] = { "-C", path, "config", "user.email", NULL };
	g_autofree char *name = run_in(NULL, NULL, NULL, 0, name_args, NULL);
	g_autofree char *mail = run_in(NULL, NULL, NULL, 0, mail_args, NULL);

	if (!name || !mail || !*name || !*mail || strpbrk(name, "<>\n") || strpbrk(mail, "<>\n"))
		return g_strdup(CONVERT_NAME " <" CONVERT_NAME "@localhost>");
	return g_strdup_printf("%s <%s>", name, mail);
}

struct git *git_open(const char *path, GError **error)
{
	const char *const args[] = { "-C", path, "rev-parse", "--absolute-git-dir", NULL };
	const char *const common[] = { "-C", path, "rev-parse", "--path-format=absolute", "--git-common-dir", NULL };
	g_autofree char *who = NULL, *probe = NULL;
	struct git *git;

	forget_environment();
	who = identity(path);
	isolate();
	if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
		fail(error, "no such folder: '%s'; give a kernel's git repository", path);
		return NULL;
	}
	probe = run_in(NULL, NULL, NULL, 0, args, NULL);
	if (!probe) {
		fail(error, "not a git repository: '%s'; give a clone of linux.git, bare or not", path);
		return NULL;
	}
	git = g_new0(struct git, 1);
	git->identity = g_steal_pointer(&who);
	/* A linked work tree shares objects and refs with the main one. */
	git->user = run_in(NULL, NULL, NULL, 0, common, error);
	if (git->user && borrow(git, error))
		return git;
	git_free(git);
	return NULL;
}

void git_free(struct git *git)
{
	if (!git)
		return;
	g_free(git->user);
	g_free(git->dir);
	g_free(git->identity);
	g_free(git);
}

char *git_resolve(const struct git *git, const char *revision, GError **error)
{
	g_autofree char *commit = g_strdup_printf("%s^{commit}", revision);
	const char *const args[] = { "rev-parse", "--verify", "--quiet", "--end-of-options", commit, NULL };
	const char *const any[] = { "rev-parse", "--verify", "--quiet", "--end-of-options", revision, NULL };
	g_autofree char *object = NULL;
	char *oid = run_in(git->user, NULL, NULL, 0, args, NULL);

	if (oid)
		return oid;
	/* Commits of ours that were not published. */
	oid = run_in(git->dir, NULL, NULL, 0, args, NULL);
	if (oid)
		return oid;
	object = run_in(git->user, NULL, NULL, 0, any, NULL);
	if (object)
		fail(error, "'%s' is not a commit", revision);
	else
		fail(error, "unknown tag or revision '%s'; 'git -C %s tag' lists the tags", revision, git->user);
	return NULL;
}

char *git_blob(const struct git *git, const char *data, gsize len, GError **error)
{
	const char *const args[] = { "hash-object", "-w", "--stdin", NULL };

	return git_input(git, NULL, data, len, args, error);
}

gboolean git_publish(const struct git *git, const char *const *refs, bool force, GError **error)
{
	/* No hook, no gc and no reflog in the user's repository: objects and refs only. It may be another's. */
	static const char receive[] = "git -c safe.directory='*' -c receive.autogc=false -c gc.auto=0"
		" -c core.hooksPath=/dev/null -c core.logAllRefUpdates=false -c receive.updateServerInfo=false"
		" -c receive.denyCurrentBranch=refuse receive-pack";
	g_autofree char *option = g_strdup_printf("--receive-pack=%s", receive), *out = NULL;
	g_autoptr(GPtrArray) args = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) why = NULL;

	g_ptr_array_add(args, g_strdup("push"));
	g_ptr_array_add(args, g_strdup("--quiet"));
	g_ptr_array_add(args, g_strdup("--atomic"));
	g_ptr_array_add(args, g_strdup("--no-verify"));
	g_ptr_array_add(args, g_steal_pointer(&option));
	g_ptr_array_add(args, g_strdup(git->user));
	for (; *refs; refs++)
		g_ptr_array_add(args, g_strdup_printf("%s%s:%s", force ? "+" : "", *refs, *refs));
	g_ptr_array_add(args, NULL);
	out = git_run(git, NULL, (const char *const *)args->pdata, &why);
	if (!out)
		return fail(error, "cannot write the branches to '%s': %s", git->user, why->message);
	return TRUE;
}

gboolean git_checkout(const struct git *git, const char *dir, const char *commit, GError **error)
{
	g_autofree char *index = g_strdup_printf("%s.index", dir);
	g_autofree char *lock = g_strdup_printf("%s.lock", index);
	g_autofree char *index_env = g_strdup_printf("GIT_INDEX_FILE=%s", index);
	g_autofree char *tree = g_strdup_printf("--work-tree=%s", dir), *out = NULL;
	const char *const env[] = { index_env, NULL };
	const char *const args[] = { tree, "-c", "core.bare=false", "-c", "core.autocrlf=false",
		"-c", "checkout.workers=2", "read-tree", "--reset", "-u", commit, NULL };

	if (g_mkdir_with_parents(dir, 0777))
		return fail(error, "cannot make '%s': %s", dir, g_strerror(errno));
	/* A run that was killed; the folder has one user at a time. */
	g_unlink(lock);
	out = git_run(git, env, args, error);
	return out != NULL;
}
