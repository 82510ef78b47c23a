// SPDX-License-Identifier: GPL-2.0-only
/*
 * tree.c: the sources of one commit and the object tree of a configuration.
 * See tree.h.
 *
 * Commands are recorded by kbuild itself: MAKEFILES makes each make of a
 * kernel build read a few lines first that override the two rules for C and
 * assembly, so that they write their command to a file and run nothing. That
 * costs two kbuild starts for any number of objects, and says as well whether
 * the folder's Makefile selects the object: kbuild compiles any object it is
 * asked for by name.
 *
 * The configuration is a function of the sources alone: it is made anew, by
 * its own target, when a Kconfig file differs, so that a symbol a commit adds
 * gets the target's answer and not its default.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cache.h"
#include "kconfig.h"
#include "object.h"
#include "progress.h"
#include "project.h"
#include "tree.h"

/* Objects asked for in one make: kbuild hands the list on in one variable. */
#define RECORD_AT_ONCE 1200
/* Seconds: a kernel that is built for the first time takes minutes, on a slow machine an hour. */
#define MAKE_LIMIT 7200
/* Files that are written without git, in one move. */
#define A_LITTLE 200

static const char record_mk[] =
	"selected = $(filter $@,$(real-obj-y) $(real-obj-m) $(lib-y) $(always-y) $(extra-y))\n"
	"record = $(file >$(RECORD)/$(subst /,%,$@),$(if $(selected),selected,unselected) $(1))@:\n"
	"check = $(file >>$(RECORD)/$(subst /,%,$@),$(CHECK) $(CHECKFLAGS) $(c_flags) $<)\n"
	"override rule_cc_o_c = $(call record,$(cmd_cc_o_c))$(check)\n"
	"override rule_as_o_S = $(call record,$(cmd_as_o_S))\n";

bool is_kconfig_file(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);

	return g_str_has_prefix(name, "Kconfig") || !strcmp(path, "scripts/min-tool-version.sh");
}

bool is_makefile(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);

	return !g_str_has_prefix(path, "tools/") &&
	       (!strcmp(name, "Makefile") || !strcmp(name, "Kbuild") || !strcmp(name, "Platform") ||
		g_str_has_prefix(name, "Makefile.") || g_str_has_prefix(name, "Kbuild."));
}

bool is_kbuild_file(const char *path)
{
	return is_kconfig_file(path) || is_makefile(path) || g_str_has_prefix(path, "scripts/");
}

/* Objects of different versions share nothing worth keeping. */
char *kernel_version(const struct git *git, const char *commit, GError **error)
{
	g_autofree char *name = g_strconcat(commit, ":Makefile", NULL);
	g_autofree char *text = git_run_l(git, error, "cat-file", "blob", name, NULL);
	g_autoptr(GRegex) version = g_regex_new("^VERSION = (\\d+)\nPATCHLEVEL = (\\d+)$", G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autofree char *major = NULL, *minor = NULL;

	if (!text)
		return NULL;
	if (!g_regex_match(version, text, 0, &match)) {
		fail(error, "commit '%s' is not a kernel: its Makefile names no version", commit);
		return NULL;
	}
	major = g_match_info_fetch(match, 1);
	minor = g_match_info_fetch(match, 2);
	return g_strdup_printf("%s.%s", major, minor);
}

static gboolean tree_lock(struct tree *tree, const char *folder, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "lock", NULL);

	tree->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (tree->lock < 0)
		return fail(error, "cannot open '%s': %s", path, g_strerror(errno));
	if (!flock(tree->lock, LOCK_EX | LOCK_NB))
		return TRUE;
	progress_note("waiting for another run that uses '%s'", folder);
	while (flock(tree->lock, LOCK_EX))
		if (errno != EINTR || interrupted())
			return fail(error, "cannot lock '%s': %s", path, g_strerror(errno));
	return TRUE;
}

/* A checkout that was killed is made anew: what it left is not known to the index. */
static void drop_broken_checkout(const struct tree *tree)
{
	g_autofree char *lock = g_strconcat(tree->src, ".index.lock", NULL);
	g_autofree char *index = g_strconcat(tree->src, ".index", NULL);

	if (!g_file_test(lock, G_FILE_TEST_EXISTS))
		return;
	remove_tree(tree->src);
	g_remove(index);
	g_remove(lock);
}

struct tree *tree_open(const struct git *git, const struct config *config, const char *commit, int jobs,
		       GError **error)
{
	g_autofree char *cache = cache_folder(error), *version = NULL, *folder = NULL, *real = NULL;
	struct tree *tree;

	version = cache ? kernel_version(git, commit, error) : NULL;
	if (!version)
		return NULL;
	real = realpath(cache, NULL);
	folder = g_build_filename(real, "verify", version, NULL);
	if (g_mkdir_with_parents(folder, 0777)) {
		fail(error, "cannot make '%s': %s", folder, g_strerror(errno));
		return NULL;
	}
	tree = g_new0(struct tree, 1);
	tree->git = git;
	tree->config = config;
	tree->jobs = jobs;
	tree->limit = MAKE_LIMIT;
	tree->src = g_build_filename(folder, "src", NULL);
	tree->obj = g_build_filename(folder, config ? config->name : "kunit", NULL);
	tree->scratch = scratch_folder(error);
	if (tree->scratch && tree_lock(tree, folder, error) && !g_mkdir_with_parents(tree->obj, 0777)) {
		drop_broken_checkout(tree);
		return tree;
	}
	tree_close(tree);
	return NULL;
}

void tree_close(struct tree *tree)
{
	if (!tree)
		return;
	if (tree->scratch)
		remove_tree(tree->scratch);
	if (tree->batch)
		git_batch_close(tree->batch);
	if (tree->lock > 0)
		close(tree->lock);
	g_free(tree->src);
	g_free(tree->obj);
	g_free(tree->scratch);
	g_free(tree->commit);
	g_free(tree);
}

/* A line of git diff-tree --raw: content alone differs, and it is no link. NULL: something else does. */
static char *changed_content(const char *line, char **oid)
{
	/* ":100644 100644 OLD NEW M<tab>PATH" */
	g_auto(GStrv) halves = g_strsplit(line, "\t", 2);
	g_auto(GStrv) fields = g_strsplit(halves[0], " ", -1);

	if (g_strv_length(fields) != 5 || strcmp(fields[0], ":100644") || strcmp(fields[1], "100644") || !halves[1])
		return NULL;
	*oid = g_strdup(fields[3]);
	return path_unquote(halves[1], NULL);
}

static gboolean write_content(struct tree *tree, const char *path, const char *oid, GError **error)
{
	g_autofree char *full = g_build_filename(tree->src, path, NULL), *text = NULL;
	gsize len;

	text = git_batch_read(tree->batch, oid, &len, error);
	if (!text)
		return error && *error ? FALSE : fail(error, "git has no blob '%s'", oid);
	return file_write(full, text, len, error);
}

/*
 * Between neighbours a few files differ, while git looks at all 80,000 each
 * time. The index does not learn of it: the files' times differ from what it
 * has, and the next checkout writes those again whatever it moves to. Files
 * that come or go are left to git, or nothing would ever take them away.
 */
static gboolean move_a_little(struct tree *tree, const char *commit, bool *done, GError **error)
{
	g_autofree char *raw = git_run_l(tree->git, error, "diff-tree", "--raw", "-r", "--no-renames", "--full-index",
					 tree->commit, commit, NULL);
	g_auto(GStrv) lines = raw ? g_strsplit(raw, "\n", -1) : NULL;
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) oids = g_ptr_array_new_with_free_func(g_free);

	*done = false;
	if (!lines)
		return FALSE;
	for (char **line = lines; *line && **line; line++) {
		char *oid = NULL, *path = changed_content(*line, &oid);

		g_ptr_array_add(paths, path);
		g_ptr_array_add(oids, oid);
		if (!path || paths->len > A_LITTLE)
			return TRUE;
	}
	if (!tree->batch)
		tree->batch = git_batch_open(tree->git, error);
	if (!tree->batch)
		return FALSE;
	for (guint i = 0; i < paths->len; i++)
		if (!write_content(tree, paths->pdata[i], oids->pdata[i], error))
			return FALSE;
	*done = true;
	return TRUE;
}

gboolean tree_move(struct tree *tree, const char *commit, GError **error)
{
	bool done = false;

	tree->refusal = REFUSAL_NONE;
	if (tree->commit && !strcmp(tree->commit, commit))
		return TRUE;
	tree->prepared = false;
	if (tree->commit && !move_a_little(tree, commit, &done, error)) {
		g_clear_pointer(&tree->commit, g_free);
		return FALSE;
	}
	g_clear_pointer(&tree->commit, g_free);
	if (!done && !git_checkout(tree->git, tree->src, commit, error))
		return FALSE;
	tree->commit = g_strdup(commit);
	return TRUE;
}

/* Runs make in the pair; more is NULL-ended. The exit status is the caller's to judge. */
static gboolean tree_make(struct tree *tree, const char *const *env, const char *const *more, struct process *result,
			  GError **error)
{
	const struct config *config = tree->config;
	g_autofree char *out = g_strconcat("O=", tree->obj, NULL);
	g_autofree char *arch = g_strconcat("ARCH=", config->arch, NULL), *cc = g_strconcat("CC=", config->cc, NULL);
	g_autofree char *jobs = g_strdup_printf("-j%d", tree->jobs);
	g_autofree char *cross = g_strconcat("CROSS_COMPILE=", config->cross, NULL);
	g_autofree char *llvm = g_strconcat("LLVM=", config->llvm, NULL);
	/*
	 * W=1 for the check "warnings"; it changes no code, and a compilation serves all checks. What kernel-doc
	 * says then of each file is nobody's question, and asking takes a fifth of the time.
	 */
	const char *const start[] = { "make", "-C", tree->src, out, arch, cc, "W=1", "cmd_checkdoc=", "-k", jobs,
		NULL };
	/* What the caller exports for kernel builds of their own does not apply. */
	const char *const fixed[] = { "LC_ALL=C", "MAKEFLAGS=", "MAKELEVEL=", "KBUILD_OUTPUT=", cross, llvm,
		"KCFLAGS=", "KCPPFLAGS=", "KCONFIG_PROBABILITY=", NULL };
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new(), all_env = g_strv_builder_new();
	g_auto(GStrv) args = NULL, vars = NULL;
	struct command command = { .limit = tree->limit };

	g_strv_builder_addv(argv, (const char **)start);
	g_strv_builder_addv(argv, (const char **)more);
	g_strv_builder_addv(all_env, (const char **)fixed);
	if (env)
		g_strv_builder_addv(all_env, (const char **)env);
	args = g_strv_builder_end(argv);
	vars = g_strv_builder_end(all_env);
	command.argv = (const char *const *)args;
	command.env = (const char *const *)vars;
	return process_run(&command, result, error);
}

char *tree_dotconfig(const struct tree *tree, GError **error)
{
	g_autofree char *path = g_build_filename(tree->obj, ".config", NULL);

	return file_read(path, NULL, error);
}

/* What the configuration depends on: the Kconfig files, what is asked, the compiler. */
static char *config_key(const struct tree *tree, GError **error)
{
	g_autofree char *list = git_run_l(tree->git, error, "ls-tree", "-r", "--full-tree", tree->commit, NULL);
	g_auto(GStrv) lines = NULL;
	g_autoptr(GString) kconfig = g_string_new(NULL);

	if (!list)
		return NULL;
	lines = g_strsplit(list, "\n", -1);
	for (char **line = lines; *line; line++) {
		const char *path = strchr(*line, '\t');

		if (path && is_kconfig_file(path + 1))
			g_string_append_printf(kconfig, "%s\n", *line);
	}
	return cache_key(tree->config->target, tree->config->arch, tree->config->fragment, tree->config->compiler,
			 kconfig->str, NULL);
}

static gboolean check_symbols(struct tree *tree, GError **error)
{
	g_autofree char *dotconfig = tree_dotconfig(tree, error), *names = NULL;
	g_autoptr(GHashTable) symbols = dotconfig ? kconfig_defined(tree->git, tree->commit, NULL, error) : NULL;
	g_autoptr(GPtrArray) absent = g_ptr_array_new_with_free_func(g_free);

	if (!symbols)
		return FALSE;
	if (!config_honoured(tree->config, dotconfig, symbols, absent, error)) {
		tree->refusal = REFUSAL_OF_CONFIG;
		return FALSE;
	}
	if (!absent->len)
		return TRUE;
	g_ptr_array_add(absent, NULL);
	names = g_strjoinv(" ", (char **)absent->pdata);
	progress_note("%s: the sources have no symbol %s", tree->config->name, names);
	return TRUE;
}

static gboolean make_target(struct tree *tree, const char *const *env, const char *target, GError **error)
{
	const char *const more[] = { target, NULL };
	struct process result = { 0 };
	gboolean ok = tree_make(tree, env, more, &result, error);

	if (ok && result.exit) {
		g_autofree char *said = process_complaint(&result);

		tree->refusal = process_accident(&result) ? REFUSAL_NONE : REFUSAL_OF_SOURCES;
		ok = fail(error, "cannot make %s of %s at '%s': %s", target, tree->config->name, tree->commit, said);
	}
	process_clear(&result);
	return ok;
}

/* Adds what is asked to a .config whose target did not ask for it. */
static gboolean add_fragment(struct tree *tree, GError **error)
{
	g_autofree char *path = g_build_filename(tree->obj, ".config", NULL), *all = NULL;
	g_autofree char *dotconfig = tree_dotconfig(tree, error);

	if (!dotconfig)
		return FALSE;
	all = g_strconcat(dotconfig, tree->config->fragment, NULL);
	return file_write(path, all, -1, error) && make_target(tree, NULL, "olddefconfig", error);
}

static gboolean configure(struct tree *tree, GError **error)
{
	/* Those that read KCONFIG_ALLCONFIG; tinyconfig sets one of its own. */
	static const char *const asking[] = { "allmodconfig", "allyesconfig", "allnoconfig", "alldefconfig",
		"randconfig", NULL };
	const struct config *config = tree->config;
	bool asks = g_strv_contains(asking, config->target);
	g_autofree char *fragment = g_build_filename(tree->scratch, "fragment", NULL);
	g_autofree char *allconfig = g_strconcat("KCONFIG_ALLCONFIG=", asks ? fragment : "", NULL);
	g_autofree char *seed = g_strconcat("KCONFIG_SEED=", config->seed ? config->seed : "", NULL);
	const char *const env[] = { allconfig, seed, NULL };

	return file_write(fragment, config->fragment, -1, error) && make_target(tree, env, config->target, error) &&
	       (asks || add_fragment(tree, error)) && check_symbols(tree, error);
}

gboolean tree_configure(struct tree *tree, GError **error)
{
	g_autofree char *key = config_key(tree, error), *old = NULL;
	g_autofree char *stamp = g_build_filename(tree->obj, ".configured", NULL);

	tree->refusal = REFUSAL_NONE;
	if (!key)
		return FALSE;
	if (g_file_get_contents(stamp, &old, NULL, NULL) && !strcmp(old, key))
		return TRUE;
	g_remove(stamp);
	tree->prepared = false;
	progress_note("configuring %s", tree->config->name);
	return configure(tree, error) && file_write(stamp, key, -1, error);
}

static guint take_records(GPtrArray *objects, guint from, guint to, const char *folder)
{
	guint taken = 0;

	for (guint i = from; i < to; i++) {
		struct object *object = objects->pdata[i];
		g_auto(GStrv) parts = g_strsplit(object->path, "/", -1);
		g_autofree char *name = g_strjoinv("%", parts);
		g_autofree char *path = g_build_filename(folder, name, NULL), *record = NULL;

		if (g_file_get_contents(path, &record, NULL, NULL) && object_take_command(object, record))
			taken++;
	}
	return taken;
}

static gboolean record_some(struct tree *tree, GPtrArray *objects, guint from, guint to, GError **error)
{
	g_autofree char *folder = g_build_filename(tree->scratch, "record", NULL);
	g_autofree char *mk = g_build_filename(tree->scratch, "record.mk", NULL);
	g_autofree char *record = g_strconcat("RECORD=", folder, NULL);
	g_autofree char *makefiles = g_strconcat("MAKEFILES=", mk, NULL);
	const char *const env[] = { record, makefiles, NULL };
	g_autoptr(GPtrArray) targets = g_ptr_array_new();
	struct process result = { 0 };
	gboolean ok;

	for (guint i = from; i < to; i++)
		g_ptr_array_add(targets, ((struct object *)objects->pdata[i])->path);
	g_ptr_array_add(targets, NULL);
	remove_tree(folder);
	if (g_mkdir(folder, 0777) || !file_write(mk, record_mk, -1, error))
		return error && *error ? FALSE : fail(error, "cannot make '%s': %s", folder, g_strerror(errno));
	ok = tree_make(tree, env, (const char *const *)targets->pdata, &result, error);
	if (ok && result.exit && process_says_accident(&result)) {
		g_autofree char *said = process_complaint(&result);

		ok = fail(error, "cannot ask kbuild of %s at '%s': %s", tree->config->name, tree->commit, said);
	}
	/* One object without a rule makes make fail; when not one was recorded, the tree is not in order. */
	if (ok && !take_records(objects, from, to, folder) && result.exit && !strstr(result.err, "No rule to make")) {
		g_autofree char *said = process_complaint(&result);

		tree->refusal = REFUSAL_OF_SOURCES;
		ok = fail(error, "cannot prepare the build of %s at '%s': %s", tree->config->name, tree->commit, said);
	}
	process_clear(&result);
	return ok;
}

gboolean tree_prepare(struct tree *tree, GError **error)
{
	tree->prepared = make_target(tree, NULL, "prepare", error);
	return tree->prepared;
}

gboolean tree_record(struct tree *tree, GPtrArray *objects, GError **error)
{
	tree->refusal = REFUSAL_NONE;
	if (!objects->len)
		return TRUE;
	progress_note("asking kbuild for the commands of %u objects of %s", objects->len, tree->config->name);
	if (!tree->prepared && !tree_prepare(tree, error))
		return FALSE;
	for (guint i = 0; i < objects->len; i += RECORD_AT_ONCE)
		if (!record_some(tree, objects, i, MIN(i + RECORD_AT_ONCE, objects->len), error))
			return FALSE;
	return TRUE;
}

gboolean tree_build(struct tree *tree, const char *target, char **complaint, GError **error)
{
	const char *const more[] = { target, NULL };
	struct process result = { 0 };

	*complaint = NULL;
	progress_note("building %s of %s", target, tree->config->name);
	if (!tree_make(tree, NULL, more, &result, error))
		return FALSE;
	tree->refusal = result.exit && !process_accident(&result) ? REFUSAL_OF_SOURCES : REFUSAL_NONE;
	if (result.timed_out)
		*complaint = g_strdup_printf("not built within %u s", tree->limit);
	else if (result.exit)
		*complaint = process_complaint(&result);
	tree->prepared |= !*complaint && !strcmp(target, "prepare");
	process_clear(&result);
	return TRUE;
}
