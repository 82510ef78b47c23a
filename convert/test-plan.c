// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of plan.c and apply.c on a tiny kernel: the order of commits, what is
 * left out, and that later steps build on earlier ones.
 */
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "test-repo.h"

static char *folder;

static const char series[] =
	"[recipe]\nbranch=b\nwatch=len;page\n"
	"[first]\nstage=one\nkind=tokens\nrule=len.tokens\nsplit=subsystem\nexpect=any\nsubject=use len2()\nwords=len\n"
	"[edit]\nstage=two\nkind=edit\nrule=x.edit\nsplit=one\nexpect=any\nsubject=top: edit\n"
	"[last]\nstage=three\nkind=tokens\nrule=page.tokens\nsplit=subsystem\nexpect=any\nsubject=use page2()\n"
	"match=->\\s*page\n";

static const char edit[] = "[fs/f.c]\nbefore=^int f\ntext=int edited;\\n\n[lib/run.sh]\nappend=true\ntext=#\\n\n";

static void put(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* A context on a fresh kernel, with a recipe of that series and edit, its sites found. */
static struct context *opened_with(const char *name, const char *stage, const char *given_series, const char *given_edit)
{
	struct context *ctx = g_new0(struct context, 1);
	const char *const stages[] = { stage, NULL };
	enum status status;
	g_autoptr(GError) error = NULL;

	sh_run(folder, "mkdir -p recipe");
	put("recipe/series", given_series);
	put("recipe/len.tokens", "@ r @\npostfix E;\n@@\n- E->len\n+ len2(E)\n");
	put("recipe/page.tokens", "@ r @\npostfix E;\n@@\n- E->page\n+ page2(E)\n");
	put("recipe/x.edit", given_edit);
	put("recipe/exceptions.tsv", "path\tfunction\tword\tordinal\treason\n"
	    "include/linux/s.h\t*\t*\t*\tdeclares them\n");
	ctx->kernel = repo_new(folder, name);
	ctx->tag = g_strdup("v1");
	ctx->out = g_build_filename(folder, "out", name, NULL);
	ctx->recipe_folder = g_build_filename(folder, "recipe", NULL);
	ctx->jobs = 1;
	ctx->json = TRUE;
	ctx->stages = stage ? g_strdupv((char **)stages) : NULL;
	if (!context_open(ctx, &error) || !cmd_sites(ctx, &status, &error))
		g_error("%s", error->message);
	return ctx;
}

static struct context *opened(const char *name, const char *stage)
{
	return opened_with(name, stage, series, edit);
}

static void closed(struct context *ctx)
{
	context_clear(ctx);
	g_free(ctx);
}

static char *table_of(const struct context *ctx, const char *name)
{
	g_autofree char *path = context_path(ctx, name);
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void planned(struct context *ctx)
{
	enum status status;
	g_autoptr(GError) error = NULL;

	if (!cmd_plan(ctx, &status, &error))
		g_error("%s", error->message);
}

static void applied(struct context *ctx)
{
	enum status status;
	g_autoptr(GError) error = NULL;

	planned(ctx);
	if (!cmd_apply(ctx, &status, &error))
		g_error("%s", error->message);
}

static void commits_stand_by_stage_subsystem_and_step(void)
{
	struct context *ctx = opened("order", NULL);
	g_autofree char *plan = NULL;

	planned(ctx);
	plan = table_of(ctx, "plan.tsv");
	g_assert_cmpstr(plan, ==, "step\trule\tfile\tsubsystem\tposition\n"
			"edit\tx.edit\tfs/f.c\t-\t0003\n"
			"edit\tx.edit\tlib/run.sh\t-\t0003\n"
			"first\tlen.tokens\tblock/a.c\tblock-layer\t0001\n"
			"first\tlen.tokens\tfs/f.c\tfile-systems\t0002\n"
			"last\tpage.tokens\tfs/f.c\tfile-systems\t0004\n");
	closed(ctx);
}

static void selected_stage_is_planned_alone(void)
{
	struct context *ctx = opened("stage", "one");
	g_autofree char *plan = NULL;

	planned(ctx);
	plan = table_of(ctx, "plan.tsv");
	g_assert_nonnull(strstr(plan, "first\t"));
	g_assert_null(strstr(plan, "last\t"));
	closed(ctx);
}

static void unknown_stage_is_named(void)
{
	struct context *ctx = opened("unknown", "none");
	g_autoptr(GError) error = NULL;
	enum status status;

	g_assert_false(cmd_plan(ctx, &status, &error));
	g_assert_cmpstr(error->message, ==, "the recipe has no stage 'none'");
	closed(ctx);
}

static void later_step_keeps_what_an_edit_made(void)
{
	struct context *ctx = opened("keeps", NULL);
	g_autofree char *text = NULL, *middle = NULL;

	applied(ctx);
	text = sh(ctx->kernel, "git show b/v1/all:fs/f.c");
	g_assert_cmpstr(text, ==, "int edited;\nint f(struct s *s)\n{\n\treturn len2(s) + page2(s);\n}\n");
	middle = sh(ctx->kernel, "git show b/v1/one:fs/f.c");
	g_assert_cmpstr(middle, ==, "int f(struct s *s)\n{\n\treturn len2(s) + s->page;\n}\n");
	closed(ctx);
}

static void edit_keeps_the_mode_of_a_file(void)
{
	struct context *ctx = opened("mode", NULL);
	g_autofree char *line = NULL;

	applied(ctx);
	line = sh(ctx->kernel, "git ls-tree b/v1/all lib/run.sh");
	g_assert_true(g_str_has_prefix(line, "100755 "));
	closed(ctx);
}

static void every_commit_changes_something(void)
{
	struct context *ctx = opened("empty", NULL);
	g_autofree char *log = NULL;

	applied(ctx);
	log = sh(ctx->kernel, "git rev-list v1..b/v1/all | while read c; do git diff --quiet $c^ $c && echo $c; :; done");
	g_assert_cmpstr(log, ==, "");
	closed(ctx);
}

static void apply_again_is_the_same(void)
{
	struct context *ctx = opened("again", NULL);
	g_autofree char *sites = NULL, *tip = NULL, *sites_again = NULL, *tip_again = NULL;

	applied(ctx);
	sites = table_of(ctx, "sites.tsv");
	tip = sh(ctx->kernel, "git rev-parse b/v1/all");
	applied(ctx);
	sites_again = table_of(ctx, "sites.tsv");
	tip_again = sh(ctx->kernel, "git rev-parse b/v1/all");
	g_assert_cmpstr(sites, ==, sites_again);
	g_assert_cmpstr(tip, ==, tip_again);
	closed(ctx);
}

/* A step that converts the whole tree, and what builds on it, is not for a part of the tree. */
static void selection_of_subsystems_ends_before_a_step_for_the_whole(void)
{
	static const char whole[] =
		"[recipe]\nbranch=b\nwatch=len;page\n"
		"[first]\nstage=one\nkind=tokens\nrule=len.tokens\nsplit=subsystem\nexpect=any\nsubject=a\nwords=len\n"
		"[edit]\nstage=two\nkind=edit\nrule=x.edit\nsplit=one\nexpect=any\nsubject=b\nwhole=true\n"
		"[last]\nstage=three\nkind=tokens\nrule=page.tokens\nsplit=subsystem\nexpect=any\nsubject=c\n";
	struct context *ctx;
	g_autofree char *plan = NULL;

	ctx = opened_with("whole", NULL, whole, edit);
	ctx->subsystems = g_strsplit("file-systems", " ", 0);
	planned(ctx);
	plan = table_of(ctx, "plan.tsv");
	g_assert_cmpstr(plan, ==, "step\trule\tfile\tsubsystem\tposition\n"
			"first\tlen.tokens\tfs/f.c\tfile-systems\t0001\n");
	closed(ctx);
}

static const char joined_series[] =
	"[recipe]\nbranch=b\nwatch=len;page\n"
	"[edit]\nstage=one\nkind=edit\nrule=x.edit\nsplit=one\nexpect=any\nsubject=top: all at once\n"
	"[len]\nstage=one\nkind=tokens\nrule=len.tokens\nsplit=one\njoin=true\nexpect=any\nsubject=-\npaths=^fs/\n";

/* An edit and a rule that joins it make one commit; a file that both change has the change of both. */
static void joined_step_makes_no_commit_of_its_own(void)
{
	struct context *ctx;
	g_autofree char *plan = NULL, *commits = NULL, *diff = NULL;

	ctx = opened_with("joined", NULL, joined_series, edit);
	applied(ctx);
	plan = table_of(ctx, "plan.tsv");
	g_assert_cmpstr(plan, ==, "step\trule\tfile\tsubsystem\tposition\n"
			"edit\tx.edit\tfs/f.c\t-\t0001\n"
			"edit\tx.edit\tlib/run.sh\t-\t0001\n"
			"len\tlen.tokens\tfs/f.c\t-\t0001\n");
	commits = sh(ctx->kernel, "git log --format=%s v1..b/v1/all");
	g_assert_cmpstr(commits, ==, "top: all at once\n");
	diff = sh(ctx->kernel, "git diff -U0 v1 b/v1/one -- fs | grep '^[+-][^+-]' | sort");
	g_assert_nonnull(strstr(diff, "+int edited;"));
	g_assert_nonnull(strstr(diff, "len2("));
	closed(ctx);
}

/* block/b.c has a conditional on what the edit brings: its objects may differ as those of the edit do. */
static void objects_that_an_edit_reaches_are_expected_to_differ(void)
{
	static const char reaching[] =
		"[recipe]\nbranch=b\nwatch=page\n"
		"[edit]\nstage=one\nkind=edit\nrule=x.edit\nsplit=one\nexpect=functions\nsubject=top: edit\n"
		"reaches=block/b.c\n";
	struct context *ctx;
	g_autofree char *expect = NULL, *tip = NULL, *wanted = NULL;

	ctx = opened_with("reaching", NULL, reaching, "[block/a.c]\nbefore=^int a\ntext=int edited;\\n\n");
	applied(ctx);
	expect = table_of(ctx, "expect.tsv");
	tip = sh(ctx->kernel, "git rev-parse b/v1/all");
	g_strchomp(tip);
	wanted = g_strdup_printf("commit\tpath\tfunction\texpectation\n%s\tblock/a.c\t*\tfunctions\n"
				 "%s\tblock/b.c\t*\tfunctions\n", tip, tip);
	g_assert_cmpstr(expect, ==, wanted);
	closed(ctx);
}

/* block/a.c has no watched word, but a name that the last step uses; what an edit did to it before stays. */
static void step_reads_files_without_sites_that_have_its_names(void)
{
	static const char uses[] =
		"[recipe]\nbranch=b\nwatch=page\n"
		"[edit]\nstage=one\nkind=edit\nrule=x.edit\nsplit=one\nexpect=any\nsubject=top: edit\n"
		"[last]\nstage=two\nkind=tokens\nrule=len.tokens\nsplit=subsystem\nexpect=any\nsubject=use len2()\nuses=len\n";
	struct context *ctx;
	g_autofree char *plan = NULL, *text = NULL, *first = NULL;

	ctx = opened_with("uses", NULL, uses, "[block/a.c]\nbefore=^int a\ntext=int edited;\\n\n");
	applied(ctx);
	plan = table_of(ctx, "plan.tsv");
	g_assert_cmpstr(plan, ==, "step\trule\tfile\tsubsystem\tposition\n"
			"edit\tx.edit\tblock/a.c\t-\t0001\n"
			"last\tlen.tokens\tblock/a.c\tblock-layer\t0002\n"
			"last\tlen.tokens\tfs/f.c\tfile-systems\t0003\n"
			"last\tlen.tokens\tinclude/linux/s.h\tinclude-linux\t0004\n");
	text = sh(ctx->kernel, "git show b/v1/all:block/a.c");
	g_assert_cmpstr(text, ==, "int edited;\nint a(struct s *s)\n{\n\treturn len2(s);\n}\n");
	first = sh(ctx->kernel, "git show b/v1/one:block/a.c");
	g_assert_cmpstr(first, ==, "int edited;\nint a(struct s *s)\n{\n\treturn s->len;\n}\n");
	closed(ctx);
}

/* A file that is new has no site in the tag. */
static void word_that_an_edit_writes_elsewhere_is_an_error(void)
{
	static const char gone[] =
		"[recipe]\nbranch=b\nwatch=len;page\ngone=len\n"
		"[edit]\nstage=one\nkind=edit\nrule=x.edit\nsplit=one\nexpect=any\nsubject=top: edit\n";
	struct context *ctx;
	g_autoptr(GError) error = NULL;
	enum status status;

	sh_run(folder, "mkdir -p recipe");
	put("recipe/new.c", "int g(struct s *s)\n{\n\treturn s->len;\n}\n");
	ctx = opened_with("elsewhere", NULL, gone, "[fs/new.c]\ncopy=new.c\n");
	planned(ctx);
	g_assert_false(cmd_apply(ctx, &status, &error));
	g_assert_cmpstr(error->message, ==, "'fs/new.c': an edit wrote 'len' in g(), and no step converts it");
	closed(ctx);
}

/* A table of another recipe may lack a step that refuses. */
static void plan_of_another_recipe_is_refused(void)
{
	struct context *ctx = opened("stale", NULL);
	g_autoptr(GError) error = NULL;
	enum status status;

	planned(ctx);
	g_free(ctx->recipe->hash);
	ctx->recipe->hash = g_strdup("another");
	g_assert_false(cmd_apply(ctx, &status, &error));
	g_assert_nonnull(strstr(error->message, "sites.tsv of"));
	g_assert_nonnull(strstr(error->message, "run sites again"));
	g_clear_error(&error);
	g_assert_true(cmd_sites(ctx, &status, &error));
	g_assert_false(cmd_apply(ctx, &status, &error));
	g_assert_nonnull(strstr(error->message, "run plan again"));
	closed(ctx);
}

static void plan_of_another_selection_is_refused(void)
{
	struct context *ctx = opened("selection", "one");
	g_autoptr(GError) error = NULL;
	enum status status;

	planned(ctx);
	g_clear_pointer(&ctx->stages, g_strfreev);
	g_assert_false(cmd_apply(ctx, &status, &error));
	g_assert_nonnull(strstr(error->message, "run plan again"));
	closed(ctx);
}

/* What somebody put on a branch of ours is theirs. */
static void branch_of_a_stage_is_not_replaced(void)
{
	struct context *ctx = opened("theirs", NULL);
	g_autofree char *theirs = NULL, *now = NULL;
	g_autoptr(GError) error = NULL;
	enum status status;

	theirs = sh(ctx->kernel, "git rev-parse v1^0");
	sh_run(ctx->kernel, "git branch -f b/v1/one v1");
	planned(ctx);
	g_assert_false(cmd_apply(ctx, &status, &error));
	g_assert_nonnull(strstr(error->message, "branch 'b/v1/one' exists"));
	now = sh(ctx->kernel, "git rev-parse b/v1/one");
	g_assert_cmpstr(now, ==, theirs);
	g_clear_error(&error);
	ctx->force = TRUE;
	g_assert_true(cmd_apply(ctx, &status, &error));
	closed(ctx);
}

int main(int argc, char **argv)
{
	int status;

	folder = test_folder("test-plan-XXXXXX");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plan/commits-stand-by-stage-subsystem-and-step", commits_stand_by_stage_subsystem_and_step);
	g_test_add_func("/apply/joined-step-makes-no-commit-of-its-own", joined_step_makes_no_commit_of_its_own);
	g_test_add_func("/plan/selection-of-subsystems-ends-before-a-step-for-the-whole",
			selection_of_subsystems_ends_before_a_step_for_the_whole);
	g_test_add_func("/plan/selected-stage-is-planned-alone", selected_stage_is_planned_alone);
	g_test_add_func("/plan/unknown-stage-is-named", unknown_stage_is_named);
	g_test_add_func("/apply/later-step-keeps-what-an-edit-made", later_step_keeps_what_an_edit_made);
	g_test_add_func("/apply/edit-keeps-the-mode-of-a-file", edit_keeps_the_mode_of_a_file);
	g_test_add_func("/apply/every-commit-changes-something", every_commit_changes_something);
	g_test_add_func("/apply/apply-again-is-the-same", apply_again_is_the_same);
	g_test_add_func("/apply/word-that-an-edit-writes-elsewhere-is-an-error",
			word_that_an_edit_writes_elsewhere_is_an_error);
	g_test_add_func("/plan/step-reads-files-without-sites-that-have-its-names",
			step_reads_files_without_sites_that_have_its_names);
	g_test_add_func("/plan/objects-that-an-edit-reaches-are-expected-to-differ",
			objects_that_an_edit_reaches_are_expected_to_differ);
	g_test_add_func("/apply/plan-of-another-recipe-is-refused", plan_of_another_recipe_is_refused);
	g_test_add_func("/apply/plan-of-another-selection-is-refused", plan_of_another_selection_is_refused);
	g_test_add_func("/apply/branch-of-a-stage-is-not-replaced", branch_of_a_stage_is_not_replaced);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
