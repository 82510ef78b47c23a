// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of recipe.c: what a recipe means, and that each fault in one is named
 * before anything is started.
 */
#include <glib/gstdio.h>

#include "recipe.h"
#include "test-repo.h"

static char *folder;

#define HEAD "[recipe]\nbranch=b\nwatch=len;page\ngone=len\n"
#define KEYS "stage=s\nkind=cocci\nrule=r.cocci\nsplit=subsystem\nexpect=identical\nsubject=use len()\n"
#define STEP "[reads]\n" KEYS

static void put(const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void start_afresh(void)
{
	sh_run(folder, "rm -rf ./*");
	put("r.cocci", "/// use len()\n///\n/// Because.\n///\n"
	    "// Options: --no-includes  --x y\n// Requires: 1.1.1\n@@@@\n- a\n+ b\n");
}

/* The recipe of that series, which must be right. */
static struct recipe *good(const char *series)
{
	g_autoptr(GError) error = NULL;
	struct recipe *recipe;

	put("series", series);
	recipe = recipe_read(folder, &error);
	g_assert_no_error(error);
	return recipe;
}

static const struct {
	const char *name, *series, *message;
} faults[] = {
	{ "no-branch", "[recipe]\nwatch=a\n" STEP, "has no branch=" },
	{ "no-watch", "[recipe]\nbranch=b\n" STEP, "has no watch=" },
	{ "gone-is-not-watched", "[recipe]\nbranch=b\nwatch=a\ngone=c\n" STEP, "gone=c is not in watch=" },
	{ "no-step", HEAD, "has no step" },
	{ "no-group", "branch=b\n", "series" },
	{ "no-stage", HEAD "[x]\nkind=cocci\n", "step 'x' has no stage=" },
	{ "no-kind", HEAD "[x]\nstage=s\n", "step 'x' has no kind=" },
	{ "no-rule", HEAD "[x]\nstage=s\nkind=cocci\n", "step 'x' has no rule=" },
	{ "no-split", HEAD "[x]\nstage=s\nkind=cocci\nrule=r.cocci\n", "step 'x' has no split=" },
	{ "no-expect", HEAD "[x]\nstage=s\nkind=cocci\nrule=r.cocci\nsplit=one\n", "step 'x' has no expect=" },
	{ "no-subject", HEAD "[x]\nstage=s\nkind=cocci\nrule=r.cocci\nsplit=one\nexpect=any\n",
	  "step 'x' has no subject=" },
	{ "no-such-rule", HEAD "[x]\nstage=s\nkind=cocci\nrule=none.cocci\nsplit=one\nexpect=any\nsubject=x\n",
	  "none.cocci" },
	{ "unknown-kind", HEAD "[x]\nstage=s\nkind=perl\nrule=r.cocci\nsplit=one\nexpect=any\nsubject=x\n",
	  "kind 'perl' is none of cocci, tokens, edit" },
	{ "unknown-split", HEAD "[x]\nstage=s\nkind=cocci\nrule=r.cocci\nsplit=two\nexpect=any\nsubject=x\n",
	  "split 'two' is neither one nor subsystem" },
	{ "unknown-expect", HEAD "[x]\nstage=s\nkind=cocci\nrule=r.cocci\nsplit=one\nexpect=same\nsubject=x\n",
	  "expect 'same' is none of identical, functions, any" },
	{ "edit-by-subsystem", HEAD "[x]\nstage=s\nkind=edit\nrule=r.cocci\nsplit=subsystem\nexpect=any\nsubject=x\n",
	  "an edit has split=one" },
	{ "broken-match", HEAD STEP "match=(\n", "step 'reads': match:" },
	{ "limit-is-no-number", HEAD STEP "limit=soon\n", "step 'reads': limit" },
	{ "limit-is-negative", HEAD STEP "limit=-5\n", "step 'reads': limit" },
	{ "words-are-not-watched", HEAD STEP "words=len;size\n", "step 'reads': words=size is not in watch=" },
	{ "unknown-key", HEAD STEP "mach=x\n", "[reads] has an unknown key 'mach'" },
	{ "unknown-key-of-the-recipe", "[recipe]\nbranch=b\nwatch=len\nwatched=x\n" STEP,
	  "[recipe] has an unknown key 'watched'" },
	{ "step-given-twice", HEAD STEP STEP, "group [reads] is given twice" },
	{ "stage-torn-apart", HEAD STEP "[t]\nstage=t\nkind=cocci\nrule=r.cocci\nsplit=one\nexpect=any\nsubject=x\n"
	  "[u]\nstage=s\nkind=cocci\nrule=r.cocci\nsplit=subsystem\nexpect=any\nsubject=x\n",
	  "the steps of stage 's' do not stand together" },
	{ "whole-behind-split", HEAD STEP "[t]\nstage=s\nkind=cocci\nrule=r.cocci\nsplit=one\nexpect=any\nsubject=x\n",
	  "step 't': split=one cannot follow split=subsystem in stage 's'" },
	{ "no-such-macro-file", "[recipe]\nbranch=b\nwatch=a\nmacros=none.h\n" STEP, "none.h" },
	{ "no-such-kunit-file", "[recipe]\nbranch=b\nwatch=a\nkunit=none\n" STEP, "no such file: kunit=none" },
	{ "no-such-intro", "[recipe]\nbranch=b\nwatch=a\nintro=none.txt\n" STEP, "none.txt" },
	{ "no-key-file", "what is this\n", "series" },
	{ "no-such-input-of-an-edit", HEAD "[x]\nstage=s\nkind=edit\nrule=e.edit\nsplit=one\nexpect=any\nsubject=x\n",
	  "none.c" },
};

static void fault_is_named(gconstpointer data)
{
	guint i = GPOINTER_TO_UINT(data);
	g_autoptr(GError) error = NULL;

	start_afresh();
	put("e.edit", "[lib/x.c]\ncopy=none.c\n");
	put("series", faults[i].series);
	g_assert_null(recipe_read(folder, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	if (!strstr(error->message, faults[i].message))
		g_error("wanted '%s', got '%s'", faults[i].message, error->message);
}

static void missing_series_is_named(void)
{
	g_autoptr(GError) error = NULL;

	start_afresh();
	g_assert_null(recipe_read(folder, &error));
	g_assert_nonnull(strstr(error->message, "series"));
}

static void step_is_read_with_the_rules_header(void)
{
	struct recipe *recipe;
	const struct step *step;

	start_afresh();
	recipe = good(HEAD STEP "limit=7\nwords=page\n");
	step = recipe->steps->pdata[0];
	g_assert_cmpstr(step->body, ==, "Because.");
	g_assert_cmpstr(step->requires, ==, "1.1.1");
	g_assert_cmpstr(step->options[0], ==, "--no-includes");
	g_assert_cmpuint(step->limit, ==, 7);
	g_assert_cmpstr(step->words[0], ==, "page");
	g_assert_true(step->per_subsystem);
	for (guint i = 0; step->options[i]; i++)
		g_assert_cmpstr(step->options[i], !=, "");
	recipe_free(recipe);
}

static void words_are_those_watched_unless_named(void)
{
	struct recipe *recipe;
	g_autofree char *words = NULL;

	start_afresh();
	recipe = good(HEAD STEP);
	words = g_strjoinv(" ", ((struct step *)recipe->steps->pdata[0])->words);
	g_assert_cmpstr(words, ==, "len page");
	recipe_free(recipe);
}

/* In a key file \s is a blank and \n a newline; in a regular expression they are more. */
static void match_is_taken_as_it_is_written(void)
{
	struct recipe *recipe;
	const struct step *step;

	start_afresh();
	recipe = good(HEAD STEP "match=\\blen\\s+=\n");
	step = recipe->steps->pdata[0];
	g_assert_true(g_regex_match(step->match, "x.len\t = 1", 0, NULL));
	g_assert_false(g_regex_match(step->match, "xlen = 1", 0, NULL));
	recipe_free(recipe);
}

static void keys_that_do_not_fit_are_refused(void)
{
	static const struct {
		const char *keys, *message;
	} bad[] = {
		{ "join=true\n", "join needs a step above of the same stage and split" },
		{ "join=yes\n", "join is true or false" },
		{ "prose=true\n", "prose needs kind=tokens" },
		{ "paths=(\n", "paths: " },
		{ "gone=page\n", "gone=page is not in gone= of [recipe]" },
		{ "reaches=lib/x.c\n", "reaches needs kind=edit" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *series = g_strconcat(HEAD STEP, bad[i].keys, NULL);
		g_autoptr(GError) error = NULL;

		start_afresh();
		put("series", series);
		g_assert_null(recipe_read(folder, &error));
		g_assert_nonnull(strstr(error->message, bad[i].message));
	}
}

/* A file that defines what is converted is for the steps that name it. */
static void defining_file_is_given_to_steps_that_name_it(void)
{
	struct recipe *recipe;
	const struct step *all, *headers;

	start_afresh();
	recipe = good(HEAD "defines=include/s.h\n" STEP "[more]\n" KEYS "paths=\\.h$\n");
	all = recipe->steps->pdata[0];
	headers = recipe->steps->pdata[1];
	g_assert_true(recipe_gives(recipe, all, "include/t.h"));
	g_assert_false(recipe_gives(recipe, all, "include/s.h"));
	g_assert_true(recipe_gives(recipe, headers, "include/s.h"));
	g_assert_false(recipe_gives(recipe, headers, "lib/s.c"));
	recipe_free(recipe);
}

static void exception_holds_where_its_fields_do(void)
{
	struct recipe *recipe;

	start_afresh();
	put("exceptions.tsv", "path\tfunction\tword\tordinal\treason\n\"a\\303\\244.c\"\t*\t*\t*\tall of it\n"
	    "b.c\tf\tlen\t2\tthe second\nb.c\tg\t*\t*\tall of g\n");
	recipe = good(HEAD STEP);
	g_assert_nonnull(recipe_exception(recipe, "a\303\244.c", "any", "page", 9));
	g_assert_nonnull(recipe_exception(recipe, "b.c", "f", "len", 2));
	g_assert_null(recipe_exception(recipe, "b.c", "f", "len", 1));
	g_assert_null(recipe_exception(recipe, "b.c", "f", "page", 2));
	g_assert_nonnull(recipe_exception(recipe, "b.c", "g", "page", 1));
	g_assert_null(recipe_exception(recipe, "b.c", "h", "len", 2));
	g_assert_null(recipe_exception(recipe, "c.c", "g", "len", 2));
	recipe_free(recipe);
}

static const struct {
	const char *name, *row, *message;
} bad_exceptions[] = {
	{ "ordinal-zero", "b.c\tf\tlen\t0\twhy\n", "ordinal is a number from 1, '*' or 'string'" },
	{ "ordinal-is-no-number", "b.c\tf\tlen\t2nd\twhy\n", "ordinal is a number from 1, '*' or 'string'" },
	{ "no-reason", "b.c\tf\tlen\t2\t-\n", "a reason is needed" },
	{ "broken-path", "\"b.c\tf\tlen\t2\twhy\n", "not quoted" },
	{ "missing-field", "b.c\tf\tlen\twhy\n", "4 fields where 5" },
};

static void bad_exception_is_named(gconstpointer data)
{
	guint i = GPOINTER_TO_UINT(data);
	g_autofree char *table = g_strconcat("path\tfunction\tword\tordinal\treason\n", bad_exceptions[i].row, NULL);
	g_autoptr(GError) error = NULL;

	start_afresh();
	put("series", HEAD STEP);
	put("exceptions.tsv", table);
	g_assert_null(recipe_read(folder, &error));
	if (!strstr(error->message, bad_exceptions[i].message))
		g_error("wanted '%s', got '%s'", bad_exceptions[i].message, error->message);
}

static char *hash_of(void)
{
	g_autoptr(GError) error = NULL;
	struct recipe *recipe = recipe_read(folder, &error);
	char *hash;

	g_assert_no_error(error);
	hash = g_strdup(recipe->hash);
	recipe_free(recipe);
	return hash;
}

/* Each file of the recipe by itself makes another hash. */
static void hash_is_over_everything(void)
{
	static const struct {
		const char *name, *text;
	} changes[] = {
		{ "r.cocci", "@@@@\n- a\n+ c\n" },
		{ "m.h", "#define X 2\n" },
		{ "new.c", "int b;\n" },
		{ "exceptions.tsv", "path\tfunction\tword\tordinal\treason\nb.c\tf\tlen\t1\tother\n" },
		{ "undecided.tsv", "path\treason\nc.c\tanother\n" },
		{ "differing.tsv", "path\tfunction\treason\nc.c\tf\tanother\n" },
	};
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *again = NULL;

	start_afresh();
	put("series", "[recipe]\nbranch=b\nwatch=len\nmacros=m.h\n" STEP
	    "[e]\nstage=e\nkind=edit\nrule=e.edit\nsplit=one\nexpect=any\nsubject=x\n");
	put("e.edit", "[lib/x.c]\ncopy=new.c\n");
	put("m.h", "#define X 1\n");
	put("new.c", "int a;\n");
	put("exceptions.tsv", "path\tfunction\tword\tordinal\treason\nb.c\tf\tlen\t1\twhy\n");
	put("undecided.tsv", "path\treason\nc.c\tone\n");
	put("differing.tsv", "path\tfunction\treason\nc.c\tf\tone\n");
	g_hash_table_add(seen, hash_of());
	again = hash_of();
	g_assert_true(g_hash_table_contains(seen, again));
	for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
		put(changes[i].name, changes[i].text);
		if (!g_hash_table_add(seen, hash_of()))
			g_error("'%s' is not in the hash", changes[i].name);
	}
}

static void only_identical_gives_way_to_differing_tsv(void)
{
	struct recipe *recipe;
	struct step step = { .expect = (char *)"identical" };

	start_afresh();
	put("differing.tsv", "path\tfunction\treason\nc.c\tf\tit prints its condition\n");
	recipe = good(HEAD STEP);
	g_assert_cmpstr(recipe_expect(recipe, &step, "c.c", "f"), ==, "functions");
	g_assert_cmpstr(recipe_expect(recipe, &step, "c.c", "g"), ==, "identical");
	g_assert_cmpstr(recipe_expect(recipe, &step, "d.c", "f"), ==, "identical");
	step.expect = (char *)"any";
	g_assert_cmpstr(recipe_expect(recipe, &step, "c.c", "f"), ==, "any");
	recipe_free(recipe);
}

static void macro_file_may_lie_in_a_folder(void)
{
	start_afresh();
	sh_run(folder, "mkdir sub; echo >sub/m.h");
	recipe_free(good("[recipe]\nbranch=b\nwatch=len\nmacros=sub/m.h\n" STEP));
}

static void older_spatch_is_refused_by_number(void)
{
	struct recipe *recipe;
	g_autoptr(GError) error = NULL;

	start_afresh();
	recipe = good(HEAD STEP);
	g_assert_true(recipe_check_spatch(recipe, "1.1.1", NULL));
	g_assert_true(recipe_check_spatch(recipe, "1.10", NULL));
	g_assert_true(recipe_check_spatch(recipe, "2.0.0-rc1", NULL));
	g_assert_false(recipe_check_spatch(recipe, "1.1.0", &error));
	g_assert_cmpstr(error->message, ==,
			"rule 'r.cocci' requires spatch 1.1.1, this is 1.1.0; install a newer coccinelle");
	recipe_free(recipe);
}

int main(int argc, char **argv)
{
	int status;

	folder = test_folder("test-recipe-XXXXXX");
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autofree char *name = g_strdup_printf("/recipe/fault/%s", faults[i].name);

		g_test_add_data_func(name, GUINT_TO_POINTER(i), fault_is_named);
	}
	for (guint i = 0; i < G_N_ELEMENTS(bad_exceptions); i++) {
		g_autofree char *name = g_strdup_printf("/recipe/exception/%s", bad_exceptions[i].name);

		g_test_add_data_func(name, GUINT_TO_POINTER(i), bad_exception_is_named);
	}
	g_test_add_func("/recipe/missing-series-is-named", missing_series_is_named);
	g_test_add_func("/recipe/step-is-read-with-the-rules-header", step_is_read_with_the_rules_header);
	g_test_add_func("/recipe/words-are-those-watched-unless-named", words_are_those_watched_unless_named);
	g_test_add_func("/recipe/match-is-taken-as-it-is-written", match_is_taken_as_it_is_written);
	g_test_add_func("/recipe/keys-that-do-not-fit-are-refused", keys_that_do_not_fit_are_refused);
	g_test_add_func("/recipe/defining-file-is-given-to-steps-that-name-it",
			defining_file_is_given_to_steps_that_name_it);
	g_test_add_func("/recipe/exception-holds-where-its-fields-do", exception_holds_where_its_fields_do);
	g_test_add_func("/recipe/hash-is-over-everything", hash_is_over_everything);
	g_test_add_func("/recipe/only-identical-gives-way-to-differing-tsv", only_identical_gives_way_to_differing_tsv);
	g_test_add_func("/recipe/macro-file-may-lie-in-a-folder", macro_file_may_lie_in_a_folder);
	g_test_add_func("/recipe/older-spatch-is-refused-by-number", older_spatch_is_refused_by_number);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
