// SPDX-License-Identifier: GPL-2.0-only
/*
 * checkpatch.c: a tree's own checkpatch.pl, run on one patch. See
 * checkpatch.h.
 *
 * checkpatch.pl wants to stand in a kernel tree. Of it, it reads its own
 * folder and MAINTAINERS always, and some folders for what a patch may hold:
 * only those are checked out, and of the others the names are there. It asks
 * git for the commits a message names, and spdxcheck.py asks git for
 * LICENSES at HEAD: so the folder is a repository that borrows ours. A path
 * of the machine in a comment (USE_RELATIVE_PATH) is looked up in the whole
 * tree, and is not found here.
 *
 * Findings are believed only when they add up: checkpatch.pl counts errors
 * and warnings itself, and says nothing on stderr unless something it relies
 * on failed. A configuration file of the caller's does not apply.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "checkpatch.h"

/* Seconds; a patch of 30,000 lines takes a minute. */
#define TIME_LIMIT 600

/* What is read for a patch that has the word: "" is any. */
static const struct {
	const char *word, *path;
} parts[] = {
	{ "", "scripts" },
	{ "<asm/", "include/linux" },
	{ "compatible", "Documentation/devicetree/bindings" },
	{ "SPDX-License-Identifier", "LICENSES" },
};

struct checkpatch_trees {
	const struct git *git;
	char *scratch;
	GHashTable *folders;	/* what is in it, as git ls-tree lists it -> path */
};

struct checkpatch_trees *checkpatch_trees_new(const struct git *git, GError **error)
{
	g_autofree char *scratch = scratch_folder(error);
	struct checkpatch_trees *trees;

	if (!scratch)
		return NULL;
	trees = g_new0(struct checkpatch_trees, 1);
	trees->git = git;
	trees->scratch = g_steal_pointer(&scratch);
	trees->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return trees;
}

void checkpatch_trees_free(struct checkpatch_trees *trees)
{
	if (!trees)
		return;
	remove_tree(trees->scratch);
	g_free(trees->scratch);
	g_hash_table_unref(trees->folders);
	g_free(trees);
}

static char *ls_tree(const struct git *git, const char *commit, const char *const *paths, GError **error)
{
	g_autoptr(GStrvBuilder) args = g_strv_builder_new();
	const char *const start[] = { "--literal-pathspecs", "ls-tree", "--full-tree", commit, "--", NULL };
	g_auto(GStrv) argv = NULL;

	g_strv_builder_addv(args, (const char **)start);
	if (paths)
		g_strv_builder_addv(args, (const char **)paths);
	argv = g_strv_builder_end(args);
	return git_run(git, NULL, (const char *const *)argv, error);
}

/* What the folder holds: the files at the top and the parts the patch asks for. */
static char *listing(struct checkpatch_trees *trees, const char *commit, const char *patch, GError **error)
{
	const char *paths[G_N_ELEMENTS(parts) + 1] = { NULL };
	g_autofree char *top = ls_tree(trees->git, commit, NULL, error), *some = NULL;
	g_auto(GStrv) lines = g_strsplit(top ? top : "", "\n", -1);
	GString *all;
	guint n = 0;

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		if (strstr(patch, parts[i].word))
			paths[n++] = parts[i].path;
	some = top ? ls_tree(trees->git, commit, paths, error) : NULL;
	if (!some)
		return NULL;
	all = g_string_new(some);
	for (char **line = lines; *line; line++)
		if (strstr(*line, " blob ") && !strchr(*line, '"'))
			g_string_append_printf(all, "%s%s", all->len ? "\n" : "", *line);
	return g_string_free(all, FALSE);
}

/* A repository without anything of its own. */
static gboolean make_repository(const struct git *git, const char *folder, const char *commit, GError **error)
{
	g_autofree char *info = g_build_filename(folder, ".git/objects/info", NULL);
	g_autofree char *refs = g_build_filename(folder, ".git/refs", NULL);
	g_autofree char *head = g_build_filename(folder, ".git/HEAD", NULL), *id = g_strconcat(commit, "\n", NULL);
	g_autofree char *alternates = g_build_filename(info, "alternates", NULL);
	g_autofree char *objects = g_strconcat(git->dir, "/objects\n", NULL);

	if (g_mkdir_with_parents(info, 0777) || g_mkdir_with_parents(refs, 0777))
		return fail(error, "cannot make '%s': %s", info, g_strerror(errno));
	return file_write(alternates, objects, -1, error) && file_write(head, id, -1, error);
}

/* The folders at the top, empty: what checkpatch.pl tells a kernel tree by. */
static gboolean make_folders(const struct git *git, const char *folder, const char *commit, GError **error)
{
	g_autofree char *names = git_run_l(git, error, "ls-tree", "-d", "--full-tree", "--name-only", commit, NULL);
	g_auto(GStrv) lines = g_strsplit(names ? names : "", "\n", -1);

	for (char **name = lines; *name && **name; name++) {
		g_autofree char *path = g_build_filename(folder, *name, NULL);

		if (g_mkdir_with_parents(path, 0777))
			return fail(error, "cannot make '%s': %s", path, g_strerror(errno));
	}
	return names != NULL;
}

static gboolean checkout(const struct git *git, const char *folder, const char *commit, const char *listed,
			 GError **error)
{
	g_autofree char *work = g_strconcat("--work-tree=", folder, NULL), *out = NULL;
	g_autofree char *index = g_strdup_printf("GIT_INDEX_FILE=%s/.git/index", folder);
	const char *const env[] = { index, NULL };
	const char *const start[] = { work, "-c", "core.bare=false", "--literal-pathspecs", "checkout", "--quiet",
		commit, "--", NULL };
	g_autoptr(GStrvBuilder) args = g_strv_builder_new();
	g_auto(GStrv) lines = g_strsplit(listed, "\n", -1), argv = NULL;

	g_strv_builder_addv(args, (const char **)start);
	for (char **line = lines; *line; line++)
		if (strchr(*line, '\t'))
			g_strv_builder_add(args, strchr(*line, '\t') + 1);
	argv = g_strv_builder_end(args);
	out = git_run(git, env, (const char *const *)argv, error);
	return out != NULL;
}

/* Newer versions complain where the tree has none, and a complaint is not told from a fault. */
static gboolean make_conf(const char *folder, GError **error)
{
	g_autofree char *conf = g_build_filename(folder, ".checkpatch.conf", NULL);

	return g_file_test(conf, G_FILE_TEST_EXISTS) || file_write(conf, "", 0, error);
}

static char *make_tree(struct checkpatch_trees *trees, const char *commit, const char *listed, GError **error)
{
	g_autofree char *folder = g_strdup_printf("%s/%u", trees->scratch, g_hash_table_size(trees->folders));

	if (!make_repository(trees->git, folder, commit, error) ||
	    !make_folders(trees->git, folder, commit, error) ||
	    !checkout(trees->git, folder, commit, listed, error) || !make_conf(folder, error))
		return NULL;
	return g_steal_pointer(&folder);
}

const char *checkpatch_tree(struct checkpatch_trees *trees, const char *commit, const char *patch, GError **error)
{
	g_autofree char *name = g_strconcat(commit, ":" CHECKPATCH, NULL), *listed = NULL;
	const char *const exists[] = { "cat-file", "-e", name, NULL };
	char *folder;

	if (!git_ok(trees->git, exists))
		return "";
	listed = listing(trees, commit, patch, error);
	if (!listed)
		return NULL;
	folder = g_hash_table_lookup(trees->folders, listed);
	if (folder)
		return folder;
	folder = make_tree(trees, commit, listed, error);
	if (folder)
		g_hash_table_insert(trees->folders, g_steal_pointer(&listed), folder);
	return folder;
}

void checkpatch_add(struct pool *pool, const char *folder, const char *patch, pool_done done, gpointer data)
{
	g_autofree char *program = g_build_filename(folder, CHECKPATCH, NULL);
	g_autofree char *home = g_strconcat("HOME=", folder, NULL);
	g_autofree char *config = g_strconcat("CHECKPATCH_CONFIG_DIR=", folder, NULL);
	/* The system's python3 is the one that has the modules of the system's packages. */
	g_autofree char *path = g_strconcat("PATH=/usr/bin:/bin:", g_getenv("PATH"), NULL);
	const char *const argv[] = { program, "--terse", "--showfile", "--show-types", "--color=never", "-", NULL };
	const char *const env[] = { "LC_ALL=C", "PYTHONDONTWRITEBYTECODE=1", home, config, path, NULL };
	struct command command = { .argv = argv, .cwd = folder, .env = env, .input = patch,
		.input_len = strlen(patch), .limit = TIME_LIMIT };

	pool_add(pool, &command, command.input_len, done, data);
}

struct counts {
	guint errors, warnings;
	bool total;		/* the line with the sums was there */
	guint said_errors, said_warnings;
};

/* Takes one line of output; FALSE when it is of no known form. */
static bool take_line(const char *line, GString *findings, struct counts *counts)
{
	g_autoptr(GRegex) finding = g_regex_new("^(?:(.*):(\\d+): )?(ERROR|WARNING|CHECK):([A-Z0-9_]+): (.*)$",
						G_REGEX_OPTIMIZE | G_REGEX_RAW, 0, NULL);
	g_autoptr(GRegex) total = g_regex_new("^total: (\\d+) errors, (\\d+) warnings, (?:\\d+ checks, )?\\d+ lines",
					      G_REGEX_RAW, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_auto(GStrv) part = NULL;

	if (g_regex_match(finding, line, 0, &match)) {
		part = g_match_info_fetch_all(match);
		counts->errors += part[3][0] == 'E';
		counts->warnings += part[3][0] == 'W';
		g_strdelimit(part[5], "\t", ' ');
		g_string_append_printf(findings, "%s\t%s\t%s:%s\t%s\n", part[3], part[4],
				       *part[1] ? part[1] : "message", part[2], part[5]);
		return true;
	}
	g_clear_pointer(&match, g_match_info_unref);
	if (!g_regex_match(total, line, 0, &match))
		return false;
	part = g_match_info_fetch_all(match);
	counts->total = true;
	counts->said_errors = g_ascii_strtoull(part[1], NULL, 10);
	counts->said_warnings = g_ascii_strtoull(part[2], NULL, 10);
	return true;
}

/* Why a run cannot be believed whatever it listed, or NULL. stdout is for findings. */
static char *why_broken(const struct process *result)
{
	struct process quiet = { .exit = result->exit, .timed_out = result->timed_out, .err = result->err };

	if (!result->timed_out && result->exit <= 1 && !*result->err)
		return NULL;
	return process_complaint(&quiet);
}

char *checkpatch_findings(const struct process *result, char **why)
{
	g_auto(GStrv) lines = g_strsplit(result->out, "\n", -1);
	g_autoptr(GString) findings = g_string_new(NULL);
	struct counts counts = { 0 };

	*why = why_broken(result);
	for (char **line = lines; *line && !*why; line++)
		if (**line && !take_line(*line, findings, &counts))
			*why = g_strdup_printf("its output is of no known form: '%s'", *line);
	/* A clean patch gets no sums. */
	if (!*why && (result->exit ? !counts.total : counts.total || findings->len))
		*why = g_strdup_printf("its output does not go with its exit status %d", result->exit);
	if (!*why && (counts.errors != counts.said_errors || counts.warnings != counts.said_warnings))
		*why = g_strdup_printf("it counts %u errors and %u warnings and lists %u and %u", counts.said_errors,
				       counts.said_warnings, counts.errors, counts.warnings);
	return *why ? NULL : g_string_free(g_steal_pointer(&findings), FALSE);
}
