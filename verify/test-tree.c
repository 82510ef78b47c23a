// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-tree.c: sources that move between commits are those of the commit,
 * whichever way they got there.
 */
#include <glib/gstdio.h>

#include "test-repo.h"
#include "tree.h"

struct sources {
	char *folder, *repo;
	struct git *git;
	struct tree *tree;
};

/* Commits v2 (content), v3 (one more file), v4 (one file less, a mode) follow v1. */
static const char history[] =
	"echo 'int longer;' >block/a.c; echo 'int same_size' >fs/f.c; git commit -qam 2; git tag v2\n"
	"echo 'int more;' >fs/more.c; echo 'int a;' >block/a.c; git add .; git commit -qm 3; git tag v3\n"
	"git rm -q fs/f.c; chmod +x block/a.c; git add .; git commit -qm 4; git tag v4\n";

static void open_tree(struct sources *sources)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *commit = git_resolve(sources->git, "v1", &error);
	static const struct config none = { .name = (char *)"none" };

	g_assert_no_error(error);
	sources->tree = tree_open(sources->git, &none, commit, 1, &error);
	g_assert_no_error(error);
}

static void setup(struct sources *sources, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	sources->folder = test_folder("tree-XXXXXX");
	sources->repo = repo_new(sources->folder, "linux");
	sh_run(sources->repo, "printf 'VERSION = 1\\nPATCHLEVEL = 2\\n' >Makefile; git commit -qam 1; git tag -f v1");
	sh_run(sources->repo, history);
	sources->git = git_open(sources->repo, &error);
	g_assert_no_error(error);
	open_tree(sources);
}

static void teardown(struct sources *sources, gconstpointer data)
{
	(void)data;
	tree_close(sources->tree);
	git_free(sources->git);
	remove_tree(sources->folder);
	g_free(sources->folder);
	g_free(sources->repo);
}

/* Moves there and holds every file, its name and whether it can be run, against the commit. */
static void move(struct sources *sources, const char *tag)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *commit = git_resolve(sources->git, tag, &error), *script = NULL;

	g_assert_no_error(error);
	tree_move(sources->tree, commit, &error);
	g_assert_no_error(error);
	script = g_strdup_printf("mkdir ../want; git -c tar.umask=022 archive %s | tar -x -C ../want\n"
				 "list() { (cd \"$1\"; find . -type f -printf '%%M %%p\\n' | sort; find . -type f | sort | xargs cat); }\n"
				 "list ../want >../a; list '%s' >../b; rm -r ../want; diff ../a ../b >&2\n", tag,
				 sources->tree->src);
	sh_run(sources->repo, script);
}

static void test_moves(struct sources *sources, gconstpointer data)
{
	static const char *const tags[] = { "v1", "v2", "v1", "v2", "v3", "v2", "v1", "v3", "v4", "v3", "v4", "v1" };

	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(tags); i++)
		move(sources, tags[i]);
}

/* What was written without git's index is mended by the checkout of the next run. */
static void test_next_run(struct sources *sources, gconstpointer data)
{
	(void)data;
	move(sources, "v1");
	move(sources, "v2");
	tree_close(sources->tree);
	open_tree(sources);
	move(sources, "v1");
	move(sources, "v2");
	tree_close(sources->tree);
	open_tree(sources);
	move(sources, "v2");
}

static gint64 index_time(const struct sources *sources)
{
	g_autofree char *path = g_strconcat(sources->tree->src, ".index", NULL);
	GStatBuf info;

	g_assert_cmpint(g_stat(path, &info), ==, 0);
	return info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000;
}

static void test_without_git(struct sources *sources, gconstpointer data)
{
	gint64 before;

	(void)data;
	move(sources, "v1");
	before = index_time(sources);
	move(sources, "v2");
	g_assert_cmpint(index_time(sources), ==, before);
	move(sources, "v3");
	g_assert_cmpint(index_time(sources), !=, before);
}

/* Nothing that kbuild is asked for may take for ever, and one that does is nobody's refusal. */
static void test_limit(struct sources *sources, gconstpointer data)
{
	static const struct config slow = { .name = (char *)"slow", .arch = (char *)"x", .target = (char *)"defconfig",
		.cc = (char *)"cc", .cross = (char *)"", .llvm = (char *)"", .fragment = (char *)"", .compiler = (char *)"" };
	g_autoptr(GError) error = NULL;
	g_autofree char *complaint = NULL;

	(void)data;
	sh_run(sources->repo, "printf 'defconfig prepare bzImage:\\n\\tsleep 100\\n' >>Makefile; git commit -qam 5; git tag slow");
	move(sources, "slow");
	sources->tree->config = &slow;
	sources->tree->limit = 1;
	g_assert_false(tree_configure(sources->tree, &error));
	g_assert_nonnull(strstr(error->message, "cannot make defconfig of slow at "));
	g_assert_nonnull(strstr(error->message, "time limit reached"));
	g_assert_cmpint(sources->tree->refusal, ==, REFUSAL_NONE);
	g_clear_error(&error);
	g_assert_false(tree_prepare(sources->tree, &error));
	g_assert_nonnull(strstr(error->message, "time limit reached"));
	g_assert_true(tree_build(sources->tree, "bzImage", &complaint, NULL));
	g_assert_cmpstr(complaint, ==, "not built within 1 s");
	g_assert_cmpint(sources->tree->refusal, ==, REFUSAL_NONE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/tree/is-that-of-the-commit", struct sources, NULL, setup, test_moves, teardown);
	g_test_add("/tree/of-a-killed-run-is-mended", struct sources, NULL, setup, test_next_run, teardown);
	g_test_add("/tree/neighbours-need-no-checkout", struct sources, NULL, setup, test_without_git, teardown);
	g_test_add("/tree/make-that-takes-for-ever-is-stopped", struct sources, NULL, setup, test_limit, teardown);
	return g_test_run();
}
