// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of file.c and rule.c: which step gets the credit for which site, what
 * a rule never sees, and what becomes of a rule that goes wrong.
 *
 * A made-up spatch stands in for the real one: it runs the shell command that
 * a rule has behind "// sh:" as a filter and prints the diff.
 */
#include <glib/gstdio.h>

#include "file.h"
#include "test-repo.h"

static char *folder;

static const char fake_spatch[] =
	"#!/bin/sh\n"
	"case \"$*\" in\n"
	"*--version*) echo 'spatch version 1.1.1 made up'; exit ;;\n"
	"*--parse-cocci*) grep -q 'SYNTAX ERROR' \"$2\" || exit 0; echo 'line 1: bad' >&2; exit 255 ;;\n"
	"esac\n"
	"for file; do [ \"$before\" != --cocci-file ] || rule=$file; before=$file; done\n"
	"command=$(sed -n 's,^// sh: ,,p' \"$rule\")\n"
	"(eval \"$command\") <\"$file\" >new.out || exit $?\n"
	"diff -u \"$file\" new.out || :\n";

#define LEN_RULE "// sh: sed 's/\\([a-z]*\\)->len/len2(\\1)/g'\n"
#define PAGE_RULE "// sh: sed 's/^\\(.*\\)\\([a-z]\\)->page/\\/* a *\\/\\n\\1page2(\\2)/'\n"

static const char tagged[] =
	"int f(struct s *s)\n"
	"{\n"
	"\treturn s->len + s->page;\n"
	"}\n"
	"int g(struct s *s, struct s *t)\n"
	"{\n"
	"\treturn s->len + t->len;\n"
	"}\n";

/* A recipe of up to two rules, a pool, and a file in it. */
struct set {
	struct recipe *recipe;
	struct pool *pool;
	struct runner *runner;
	struct words *words;
	struct file *file;
	GError *error;
};

static void put(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void put_rules(const char *one, const char *two, const char *exceptions)
{
	sh_run(folder, "mkdir -p recipe; rm -f recipe/*");
	put("recipe/one.cocci", one);
	put("recipe/two.cocci", two ?: "");
	put("recipe/series", two ?
	    "[recipe]\nbranch=b\nwatch=len;page\n[one]\nstage=s\nkind=cocci\nrule=one.cocci\nsplit=one\nexpect=any\n"
	    "subject=x\nlimit=1\n[two]\nstage=s\nkind=cocci\nrule=two.cocci\nsplit=one\nexpect=any\nsubject=x\n" :
	    "[recipe]\nbranch=b\nwatch=len;page\n[one]\nstage=s\nkind=cocci\nrule=one.cocci\nsplit=one\nexpect=any\n"
	    "subject=x\nlimit=1\n");
	if (exceptions) {
		g_autofree char *table = g_strconcat("path\tfunction\tword\tordinal\treason\n", exceptions, NULL);

		put("recipe/exceptions.tsv", table);
	}
}

static void set_open(struct set *set, const char *text)
{
	g_autofree char *path = g_build_filename(folder, "recipe", NULL);

	*set = (struct set){ 0 };
	set->recipe = recipe_read(path, &set->error);
	g_assert_no_error(set->error);
	set->pool = pool_new(2, NULL);
	set->runner = runner_new(set->recipe, set->pool, &set->error);
	g_assert_no_error(set->error);
	set->words = words_new((const char *const *)set->recipe->watch);
	set->file = file_new("a/b.c", g_strdup(text), set->words, set->runner);
	for (guint i = 0; i < set->recipe->steps->len; i++)
		g_ptr_array_add(set->file->steps, set->recipe->steps->pdata[i]);
}

static gboolean set_run(struct set *set)
{
	return file_start(set->file, &set->error) && pool_run(set->pool, &set->error) &&
	       file_check_sum(set->file, &set->error);
}

static void set_close(struct set *set)
{
	file_free(set->file);
	words_free(set->words);
	runner_free(set->runner);
	pool_free(set->pool);
	recipe_free(set->recipe);
	g_clear_error(&set->error);
}

/* The sites: word@line of the tag, and "=step:line" where one was converted, "!" where it is kept. */
static char *sites_of(const struct set *set)
{
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < set->file->sites->len; i++) {
		const struct tracked *t = &g_array_index(set->file->sites, struct tracked, i);

		g_string_append_printf(all, "%s%s@%u%s", all->len ? " " : "", t->site.word, t->site.line,
				       t->kept ? "!" : "");
		if (t->by)
			g_string_append_printf(all, "=%s:%u", t->by->name, t->line);
	}
	return g_string_free(all, FALSE);
}

/* Runs the rules; holds the sites, the last reason and the number of changes against what is wanted. */
static void assert_run(struct set *set, const char *sites, const char *reason, guint changes)
{
	g_autofree char *got = NULL;

	set_run(set);
	g_assert_no_error(set->error);
	got = sites_of(set);
	g_assert_cmpstr(got, ==, sites);
	g_assert_cmpstr(set->file->reason, ==, reason);
	g_assert_cmpuint(set->file->changes->len, ==, changes);
}

static void sites_are_credited_to_their_steps(void)
{
	struct set set;

	put_rules(PAGE_RULE, LEN_RULE, NULL);
	set_open(&set, tagged);
	/* The first step puts a line above. */
	assert_run(&set, "len@3=two:4 page@3=one:3 len@7=two:8 len@7=two:8", NULL, 2);
	g_assert_nonnull(strstr(set.file->text, "return len2(s) + page2(s);"));
	set_close(&set);
}

static void step_without_its_words_is_not_run(void)
{
	struct set set;

	put_rules(LEN_RULE, LEN_RULE, NULL);
	put("recipe/series", "[recipe]\nbranch=b\nwatch=len;page\n[one]\nstage=s\nkind=cocci\nrule=one.cocci\nsplit=one\n"
	    "expect=any\nsubject=x\nwords=len\n[two]\nstage=s\nkind=cocci\nrule=two.cocci\nsplit=one\nexpect=any\n"
	    "subject=x\nwords=len\n");
	set_open(&set, tagged);
	assert_run(&set, "len@3=one:3 page@3 len@7=one:7 len@7=one:7", NULL, 1);
	/* Once: nothing was left for a second run of the first, nor for the second. */
	g_assert_cmpuint(set.runner->started, <=, 2);
	set_close(&set);
}

static void kept_site_is_hidden_and_comes_back(void)
{
	struct set set;

	put_rules(LEN_RULE, NULL, "a/b.c\tg\tlen\t2\tthe second stays\n");
	set_open(&set, tagged);
	assert_run(&set, "len@3=one:3 page@3 len@7=one:7 len@7!", NULL, 1);
	g_assert_nonnull(strstr(set.file->text, "return len2(s) + t->len;"));
	g_assert_nonnull(strstr(set.file->text, "return len2(s) + s->page;"));
	set_close(&set);
}

static void file_with_kept_sites_only_is_not_run(void)
{
	struct set set;

	put_rules(LEN_RULE, NULL, "a/b.c\t*\t*\t*\tall stay\n");
	set_open(&set, tagged);
	assert_run(&set, "len@3! page@3! len@7! len@7!", NULL, 0);
	g_assert_cmpuint(set.runner->started, ==, 0);
	g_assert_cmpstr(set.file->text, ==, tagged);
	set_close(&set);
}

static void rule_that_removes_a_kept_site_is_an_error(void)
{
	struct set set;

	put_rules("// sh: sed '/return.*t/d'\n", NULL, "a/b.c\tg\tlen\t2\tthe second stays\n");
	set_open(&set, tagged);
	g_assert_false(set_run(&set));
	g_assert_cmpstr(set.error->message, ==,
			"rule 'one.cocci' removes a site of 'a/b.c' that exceptions.tsv keeps: len in g()");
	set_close(&set);
}

static void rule_that_changes_its_own_output_is_dropped(void)
{
	struct set set;

	put_rules("// sh: sed '1i int more;'\n", LEN_RULE, NULL);
	set_open(&set, tagged);
	assert_run(&set, "len@3=two:3 page@3 len@7=two:7 len@7=two:7", "rule 'one.cocci' changes its own output", 1);
	g_assert_null(strstr(set.file->text, "more"));
	set_close(&set);
}

static void functions_that_a_step_changes_are_named_without_a_converted_site(void)
{
	const struct file_change *change;
	struct set set;

	put_rules("// sh: sed 's/return s->len + t/u = s;\\n\treturn u->len + t/'\n", LEN_RULE, NULL);
	set_open(&set, tagged);
	assert_run(&set, "len@3=two:3 page@3 len@7=two:8 len@7=two:8", NULL, 2);
	change = set.file->changes->pdata[0];
	g_assert_cmpuint(change->functions->len, ==, 1);
	g_assert_cmpstr(change->functions->pdata[0], ==, "g");
	change = set.file->changes->pdata[1];
	g_assert_cmpuint(change->functions->len, ==, 2);
	set_close(&set);
}

static void white_space_that_is_mended_is_no_change(void)
{
	struct set set;

	put_rules("// sh: sed 's/;$/;  /'\n", NULL, NULL);
	set_open(&set, tagged);
	assert_run(&set, "len@3 page@3 len@7 len@7", NULL, 0);
	g_assert_cmpstr(set.file->text, ==, tagged);
	set_close(&set);
}

static void time_limit_is_the_reason_and_the_chain_goes_on(void)
{
	struct set set;

	put_rules("// sh: sleep 60\n", LEN_RULE, NULL);
	set_open(&set, tagged);
	assert_run(&set, "len@3=two:3 page@3 len@7=two:7 len@7=two:7", "rule 'one.cocci' was stopped after 1 s", 1);
	set_close(&set);
}

/* A step that looks for names of its own leaves no site: only the list tells that it did not look. */
static void time_limit_of_a_step_without_sites_is_listed(void)
{
	struct set set;

	put_rules("// sh: sleep 60\n", NULL, NULL);
	sh_run(folder, "sed -i '$a uses=page' recipe/series");
	set_open(&set, tagged);
	assert_run(&set, "len@3 page@3 len@7 len@7", "rule 'one.cocci' was stopped after 1 s", 0);
	g_assert_cmpuint(set.file->unfinished->len, ==, 1);
	g_assert_cmpstr(set.file->unfinished->pdata[0], ==, "a/b.c: rule 'one.cocci' was stopped after 1 s");
	set_close(&set);
}

/* Its first run changed something, the second one did not end: whether it is done is not known. */
static void second_run_that_fails_is_no_change(void)
{
	struct set set;

	put_rules("// sh: ! grep -q len2 \"$file\" || exit 3; sed '3s/\\([a-z]*\\)->len/len2(\\1)/'\n", NULL, NULL);
	set_open(&set, tagged);
	assert_run(&set, "len@3 page@3 len@7 len@7", "rule 'one.cocci': spatch ended with status 3: ", 0);
	set_close(&set);
}

static void rule_that_is_edited_meanwhile_is_not_run(void)
{
	struct set set;

	put_rules(LEN_RULE, NULL, NULL);
	set_open(&set, tagged);
	put("recipe/one.cocci", "// sh: cat\n");
	assert_run(&set, "len@3=one:3 page@3 len@7=one:7 len@7=one:7", NULL, 1);
	set_close(&set);
}

static void failure_is_the_reason_and_is_not_cached(void)
{
	struct set set;

	put_rules("// sh: echo 'Out of room' >&2; exit 2\n", NULL, NULL);
	for (guint i = 0; i < 2; i++) {
		set_open(&set, tagged);
		assert_run(&set, "len@3 page@3 len@7 len@7",
			   "rule 'one.cocci': spatch ended with status 2: Out of room", 0);
		g_assert_cmpuint(set.runner->started, ==, 1);
		set_close(&set);
	}
}

static void parse_failure_is_the_reason(void)
{
	struct set set;

	put_rules("// sh: echo 'BAD:!!!!!   odd(code) {' >&2; sed 's/t->len/len2(t)/'\n", NULL, NULL);
	set_open(&set, tagged);
	assert_run(&set, "len@3 page@3 len@7 len@7=one:7", "spatch cannot parse 'odd(code) {'", 1);
	set_close(&set);
}

static void second_time_starts_no_spatch(void)
{
	struct set set;

	put_rules("// sh: echo 'BAD:!!!!! odd' >&2; sed 's/\\([a-z]*\\)->len/length(\\1)/g'\n", PAGE_RULE, NULL);
	set_open(&set, tagged);
	assert_run(&set, "len@3=one:3 page@3=two:3 len@7=one:7 len@7=one:7", "spatch cannot parse 'odd'", 2);
	g_assert_cmpuint(set.runner->started, >=, 2);
	set_close(&set);
	set_open(&set, tagged);
	assert_run(&set, "len@3=one:3 page@3=two:3 len@7=one:7 len@7=one:7", "spatch cannot parse 'odd'", 2);
	g_assert_cmpuint(set.runner->started, ==, 0);
	set_close(&set);
}

static void syntax_error_names_rule_and_message(void)
{
	g_autofree char *path = g_build_filename(folder, "recipe", NULL);
	g_autoptr(GError) error = NULL;
	struct recipe *recipe;
	struct pool *pool = pool_new(1, NULL);

	put_rules("SYNTAX ERROR\n", NULL, NULL);
	recipe = recipe_read(path, NULL);
	g_assert_null(runner_new(recipe, pool, &error));
	g_assert_cmpstr(error->message, ==, "rule 'one.cocci' is not accepted by spatch:\nline 1: bad");
	pool_free(pool);
	recipe_free(recipe);
}

/* An edit puts a function with a site above: later steps see it, and no site of the tag is lost. */
static void site_that_an_edit_wrote_is_converted_later(void)
{
	struct set set;

	put_rules(LEN_RULE, PAGE_RULE, NULL);
	set_open(&set, tagged);
	file_edit(set.file, set.recipe->steps->pdata[1],
		  g_strconcat("int new(struct s *s) { return s->len; }\n", set.file->text, NULL));
	assert_run(&set, "len@3=one:4 page@3=two:4 len@7=one:8 len@7=one:8 len@0=one:1", NULL, 3);
	g_assert_true(file_check_introduced(set.file, &set.error));
	set_close(&set);
}

static void site_that_a_step_wrote_and_none_converts_is_an_error(void)
{
	struct set set;

	put_rules("// sh: sed '1{/int y/!s,^,int y(struct s *s) { return s->page; } ,};s/[a-z]*->len/0/g'\n", NULL, NULL);
	set_open(&set, tagged);
	assert_run(&set, "len@3=one:3 page@3 len@7=one:7 len@7=one:7 page@0", NULL, 1);
	g_assert_true(file_check_introduced(set.file, &set.error));
	set.recipe->gone[0] = g_strdup("page");
	g_assert_false(file_check_introduced(set.file, &set.error));
	g_assert_cmpstr(set.error->message, ==,
			"'a/b.c': a step wrote 'page' in y(), and no later one converts it");
	set_close(&set);
}

static void site_that_an_edit_removes_is_credited_to_it(void)
{
	struct set set;

	put_rules(LEN_RULE, PAGE_RULE, NULL);
	set_open(&set, tagged);
	file_edit(set.file, set.recipe->steps->pdata[1], g_strdup("int g(struct s *s, struct s *t)\n{\n"
								  "\treturn s->len + t->len;\n}\n"));
	assert_run(&set, "len@3=two:3 page@3=two:3 len@7=one:3 len@7=one:3", NULL, 2);
	set_close(&set);
}

/* Of two steps that make one commit, the second finds a site where the first moved it to. */
static void joined_step_names_lines_of_the_commits_parent(void)
{
	struct set set;

	put_rules(PAGE_RULE, LEN_RULE, NULL);
	set_open(&set, tagged);
	((struct step *)set.recipe->steps->pdata[1])->leader = set.recipe->steps->pdata[0];
	assert_run(&set, "len@3=two:3 page@3=one:3 len@7=two:7 len@7=two:7", NULL, 2);
	set_close(&set);
}

static void step_runs_where_a_name_it_uses_stands(void)
{
	struct set set;

	put_rules(LEN_RULE, "// sh: sed 's/len2(s)/0/'\n", NULL);
	set_open(&set, tagged);
	((struct step *)set.recipe->steps->pdata[1])->uses = g_strsplit("len2", ";", 0);
	assert_run(&set, "len@3=one:3 page@3 len@7=one:7 len@7=one:7", NULL, 2);
	set_close(&set);
	set_open(&set, tagged);
	((struct step *)set.recipe->steps->pdata[1])->uses = g_strsplit("len3", ";", 0);
	assert_run(&set, "len@3=one:3 page@3 len@7=one:7 len@7=one:7", NULL, 1);
	set_close(&set);
}

static void refused_places_are_listed_and_nothing_changes(void)
{
	struct set set;

	put_rules(LEN_RULE, NULL, NULL);
	set_open(&set, tagged);
	((struct step *)set.recipe->steps->pdata[0])->refuse = true;
	assert_run(&set, "len@3 page@3 len@7 len@7", NULL, 0);
	g_assert_cmpstr(set.file->text, ==, tagged);
	g_assert_cmpuint(set.file->refused->len, ==, 2);
	g_assert_cmpstr(set.file->refused->pdata[0], ==, "a/b.c:3: in f: one.cocci");
	g_assert_cmpstr(set.file->refused->pdata[1], ==, "a/b.c:7: in g: one.cocci");
	set_close(&set);
}

static void comment_is_converted_when_no_word_is_left_in_any(void)
{
	static const char text[] = "/* the len of s */\nint f(struct s *s)\n{\n\treturn s->len; /* its page */\n}\n"
		"/* page len */\n";
	struct set set;

	put_rules("", NULL, NULL);
	put("recipe/prose.tokens", "@ a @\nonly prose;\n@@\n- len\n+ length\n@ b @\nonly prose;\n@@\n- its page\n+ x\n");
	put("recipe/series", "[recipe]\nbranch=b\nwatch=len;page\n[one]\nstage=s\nkind=tokens\nrule=prose.tokens\n"
	    "split=one\nexpect=any\nsubject=x\nprose=true\n");
	set_open(&set, text);
	assert_run(&set, "len@4", NULL, 1);
	for (guint i = 0; i < set.file->prose->len; i++) {
		const struct tracked *t = &g_array_index(set.file->prose, struct tracked, i);

		g_assert_cmpint(t->by != NULL, ==, !strcmp(t->site.word, "len"));
	}
	g_assert_cmpuint(set.file->prose->len, ==, 4);
	set_close(&set);
}

static void error_leaves_nothing_behind(void)
{
	g_autofree char *left = NULL;
	struct set set;

	put_rules("// sh: sed 's/\\([a-z]*\\)->len/l(\\1)/g'\n", NULL, "a/b.c\tg\tlen\t2\tstays\n");
	set_open(&set, tagged);
	g_assert_true(file_start(set.file, &set.error));
	/* The pool is never run: jobs are queued, and dropped. */
	set_close(&set);
	left = sh(folder, "ls \"$XDG_CACHE_HOME\"/*/tmp | wc -l");
	g_assert_cmpstr(g_strstrip(left), ==, "0");
}

int main(int argc, char **argv)
{
	g_autofree char *path = NULL;
	int status;

	folder = test_folder("test-file-XXXXXX");
	put("spatch", fake_spatch);
	sh_run(folder, "chmod +x spatch");
	path = g_strconcat(folder, ":", g_getenv("PATH"), NULL);
	g_setenv("PATH", path, TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/file/sites-are-credited-to-their-steps", sites_are_credited_to_their_steps);
	g_test_add_func("/file/step-without-its-words-is-not-run", step_without_its_words_is_not_run);
	g_test_add_func("/file/kept-site-is-hidden-and-comes-back", kept_site_is_hidden_and_comes_back);
	g_test_add_func("/file/file-with-kept-sites-only-is-not-run", file_with_kept_sites_only_is_not_run);
	g_test_add_func("/file/rule-that-removes-a-kept-site-is-an-error", rule_that_removes_a_kept_site_is_an_error);
	g_test_add_func("/file/rule-that-changes-its-own-output-is-dropped", rule_that_changes_its_own_output_is_dropped);
	g_test_add_func("/file/functions-that-a-step-changes-are-named-without-a-converted-site",
			functions_that_a_step_changes_are_named_without_a_converted_site);
	g_test_add_func("/file/white-space-that-is-mended-is-no-change", white_space_that_is_mended_is_no_change);
	g_test_add_func("/file/site-that-an-edit-wrote-is-converted-later", site_that_an_edit_wrote_is_converted_later);
	g_test_add_func("/file/site-that-a-step-wrote-and-none-converts-is-an-error",
			site_that_a_step_wrote_and_none_converts_is_an_error);
	g_test_add_func("/file/site-that-an-edit-removes-is-credited-to-it", site_that_an_edit_removes_is_credited_to_it);
	g_test_add_func("/file/joined-step-names-lines-of-the-commits-parent",
			joined_step_names_lines_of_the_commits_parent);
	g_test_add_func("/file/step-runs-where-a-name-it-uses-stands", step_runs_where_a_name_it_uses_stands);
	g_test_add_func("/file/comment-is-converted-when-no-word-is-left-in-any",
			comment_is_converted_when_no_word_is_left_in_any);
	g_test_add_func("/file/refused-places-are-listed-and-nothing-changes",
			refused_places_are_listed_and_nothing_changes);
	g_test_add_func("/rule/time-limit-is-the-reason-and-the-chain-goes-on",
			time_limit_is_the_reason_and_the_chain_goes_on);
	g_test_add_func("/rule/time-limit-of-a-step-without-sites-is-listed",
			time_limit_of_a_step_without_sites_is_listed);
	g_test_add_func("/rule/second-run-that-fails-is-no-change", second_run_that_fails_is_no_change);
	g_test_add_func("/rule/rule-that-is-edited-meanwhile-is-not-run", rule_that_is_edited_meanwhile_is_not_run);
	g_test_add_func("/rule/failure-is-the-reason-and-is-not-cached", failure_is_the_reason_and_is_not_cached);
	g_test_add_func("/rule/parse-failure-is-the-reason", parse_failure_is_the_reason);
	g_test_add_func("/rule/second-time-starts-no-spatch", second_time_starts_no_spatch);
	g_test_add_func("/rule/syntax-error-names-rule-and-message", syntax_error_names_rule_and_message);
	g_test_add_func("/rule/error-leaves-nothing-behind", error_leaves_nothing_behind);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
