// SPDX-License-Identifier: GPL-2.0-only
/*
 * recipe.c: reads a recipe folder whole and says what is wrong with it
 * before anything is started. See recipe.h for the format.
 */
#include <stdio.h>
#include <string.h>

#include "edit.h"
#include "key-file.h"
#include "recipe.h"

#define DEFAULT_LIMIT 120

static void step_free(struct step *step)
{
	g_free(step->name);
	g_free(step->stage);
	g_free(step->rule);
	g_free(step->text);
	g_free(step->expect);
	g_free(step->subject);
	g_free(step->body);
	g_strfreev(step->options);
	g_free(step->requires);
	g_strfreev(step->words);
	g_strfreev(step->uses);
	g_strfreev(step->gone);
	g_clear_pointer(&step->match, g_regex_unref);
	g_clear_pointer(&step->paths, g_regex_unref);
	g_free(step);
}

static void exception_free(struct exception *e)
{
	g_free(e->path);
	g_free(e->function);
	g_free(e->word);
	g_free(e->reason);
	g_free(e);
}

void recipe_free(struct recipe *recipe)
{
	if (!recipe)
		return;
	g_free(recipe->folder);
	g_free(recipe->branch);
	g_strfreev(recipe->watch);
	g_strfreev(recipe->gone);
	g_strfreev(recipe->defines);
	g_free(recipe->macros);
	g_strfreev(recipe->kunit);
	g_free(recipe->intro);
	g_ptr_array_unref(recipe->steps);
	g_ptr_array_unref(recipe->exceptions);
	tsv_free(recipe->undecided);
	tsv_free(recipe->differing);
	g_free(recipe->hash);
	g_free(recipe);
}

static char *read_text(const char *folder, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GError) why = NULL;
	char *text;

	if (g_file_get_contents(path, &text, NULL, &why))
		return text;
	fail(error, "recipe: %s", why->message);
	return NULL;
}

/* The /// lines without their marks; the first paragraph is the subject, the rest the body. */
static char *body_of(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) body = g_string_new(NULL);
	bool past_subject = false, in_subject = false;

	for (guint i = 0; lines[i]; i++) {
		const char *line = lines[i];

		if (!g_str_has_prefix(line, "///") && !g_str_has_prefix(line, "###"))
			continue;
		line += line[3] == ' ' ? 4 : 3;
		if (past_subject)
			g_string_append_printf(body, "%s\n", line);
		else if (*line)
			in_subject = true;
		else if (in_subject)
			past_subject = true;
	}
	return g_strdup(g_strstrip(body->str));
}

/* What follows "// NAME:" in a rule's header, or NULL. */
static char *header_of(const char *text, const char *name)
{
	g_autofree char *pattern = g_strdup_printf("^// %s:[ \t]*(.*?)[ \t]*$", name);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	if (!g_regex_match(regex, text, 0, &match))
		return NULL;
	return g_match_info_fetch(match, 1);
}

static gboolean step_kind(struct step *step, const char *kind, const char *split, GError **error)
{
	if (!strcmp(kind, "cocci"))
		step->kind = RULE_COCCI;
	else if (!strcmp(kind, "tokens"))
		step->kind = RULE_TOKENS;
	else if (!strcmp(kind, "edit"))
		step->kind = RULE_EDIT;
	else
		return fail(error, "recipe: step '%s': kind '%s' is none of cocci, tokens, edit", step->name, kind);
	if (strcmp(split, "one") && strcmp(split, "subsystem"))
		return fail(error, "recipe: step '%s': split '%s' is neither one nor subsystem", step->name, split);
	step->per_subsystem = !strcmp(split, "subsystem");
	if (step->kind == RULE_EDIT && step->per_subsystem)
		return fail(error, "recipe: step '%s': an edit has split=one", step->name);
	if (!g_strv_contains((const char *const[]){ "identical", "functions", "any", NULL }, step->expect))
		return fail(error, "recipe: step '%s': expect '%s' is none of identical, functions, any",
			    step->name, step->expect);
	return TRUE;
}

/* A value of the step's group that must be there. */
static char *need(GKeyFile *file, const char *group, const char *key, GError **error)
{
	char *value = g_key_file_get_string(file, group, key, NULL);

	if (!value || !*value) {
		g_free(value);
		fail(error, "recipe: step '%s' has no %s=", group, key);
		return NULL;
	}
	return value;
}

static gboolean step_words(const struct recipe *recipe, const struct step *step, GError **error)
{
	for (guint i = 0; step->words[i]; i++)
		if (!g_strv_contains((const char *const *)recipe->watch, step->words[i]))
			return fail(error, "recipe: step '%s': words=%s is not in watch=", step->name, step->words[i]);
	for (char **word = step->gone; word && *word; word++)
		if (!g_strv_contains((const char *const *)recipe->gone, *word))
			return fail(error, "recipe: step '%s': gone=%s is not in gone= of [recipe]", step->name, *word);
	return TRUE;
}

static gboolean step_limit(struct step *step, GKeyFile *file, GError **error)
{
	g_autoptr(GError) why = NULL;
	int limit = DEFAULT_LIMIT;

	if (g_key_file_has_key(file, step->name, "limit", NULL))
		limit = g_key_file_get_integer(file, step->name, "limit", &why);
	if (why || limit <= 0)
		return fail(error, "recipe: step '%s': limit is a number of seconds from 1", step->name);
	step->limit = limit;
	return TRUE;
}

/* A regular expression of the step's group, as it stands: a key file's own escapes would come before its own. */
static gboolean step_regex(const struct step *step, GKeyFile *file, const char *key, GRegex **regex, GError **error)
{
	g_autofree char *pattern = g_key_file_get_value(file, step->name, key, NULL);
	g_autoptr(GError) why = NULL;

	if (pattern && !(*regex = g_regex_new(pattern, G_REGEX_MULTILINE | G_REGEX_RAW, 0, &why)))
		return fail(error, "recipe: step '%s': %s: %s", step->name, key, why->message);
	return TRUE;
}

/* true, false, or not there. */
static gboolean step_flag(const struct step *step, GKeyFile *file, const char *key, bool *flag, GError **error)
{
	g_autoptr(GError) why = NULL;

	*flag = g_key_file_get_boolean(file, step->name, key, &why);
	if (why && !g_error_matches(why, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND))
		return fail(error, "recipe: step '%s': %s is true or false", step->name, key);
	return TRUE;
}

/* What its keys say about other steps, and which of them fit together. */
static gboolean step_flags(const struct recipe *recipe, struct step *step, GKeyFile *file, GError **error)
{
	const struct step *above = recipe->steps->len ? recipe->steps->pdata[recipe->steps->len - 1] : NULL;
	bool join;

	if (!step_flag(step, file, "join", &join, error) || !step_flag(step, file, "prose", &step->prose, error) ||
	    !step_flag(step, file, "refuse", &step->refuse, error) ||
	    !step_flag(step, file, "whole", &step->whole, error))
		return FALSE;
	step->leader = join && above ? above->leader : step;
	if (join && (!above || strcmp(above->stage, step->stage) || above->per_subsystem != step->per_subsystem))
		return fail(error, "recipe: step '%s': join needs a step above of the same stage and split", step->name);
	if (step->prose && step->kind != RULE_TOKENS)
		return fail(error, "recipe: step '%s': prose needs kind=tokens", step->name);
	if (step->refuse && step->kind != RULE_COCCI)
		return fail(error, "recipe: step '%s': refuse needs kind=cocci", step->name);
	return TRUE;
}

static struct step *step_read(struct recipe *recipe, GKeyFile *file, const char *group, GError **error)
{
	struct step *step = g_new0(struct step, 1);
	g_autofree char *kind = NULL, *split = NULL, *options = NULL;

	step->name = g_strdup(group);
	step->index = recipe->steps->len;
	if (!(step->stage = need(file, group, "stage", error)) ||
	    !(kind = need(file, group, "kind", error)) ||
	    !(step->rule = need(file, group, "rule", error)) ||
	    !(split = need(file, group, "split", error)) ||
	    !(step->expect = need(file, group, "expect", error)) ||
	    !(step->subject = need(file, group, "subject", error)) ||
	    !(step->text = read_text(recipe->folder, step->rule, error)) ||
	    !step_kind(step, kind, split, error)) {
		step_free(step);
		return NULL;
	}
	step->words = g_key_file_get_string_list(file, group, "words", NULL, NULL) ?: g_strdupv(recipe->watch);
	step->uses = g_key_file_get_string_list(file, group, "uses", NULL, NULL);
	step->gone = g_key_file_get_string_list(file, group, "gone", NULL, NULL);
	if (!step_words(recipe, step, error) || !step_limit(step, file, error) ||
	    !step_regex(step, file, "match", &step->match, error) ||
	    !step_regex(step, file, "paths", &step->paths, error) || !step_flags(recipe, step, file, error)) {
		step_free(step);
		return NULL;
	}
	step->body = body_of(step->text);
	step->requires = header_of(step->text, "Requires");
	options = header_of(step->text, "Options");
	step->options = options && *options ? g_regex_split_simple("[ \t]+", options, 0, 0) : g_new0(char *, 1);
	return step;
}

static gboolean read_exceptions(struct recipe *recipe, GError **error)
{
	g_autofree char *path = g_build_filename(recipe->folder, "exceptions.tsv", NULL);
	struct tsv *tsv;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return TRUE;
	tsv = tsv_read(path, "path function word ordinal reason", error);
	if (!tsv)
		return FALSE;
	for (guint i = 0; i < tsv->rows->len; i++) {
		struct exception *e = g_new0(struct exception, 1);
		const char *ordinal = tsv_get(tsv, i, 3);
		bool known = true;
		char *end;

		g_ptr_array_add(recipe->exceptions, e);
		e->path = path_unquote(tsv_get(tsv, i, 0), error);
		e->function = g_strdup(tsv_get(tsv, i, 1));
		e->word = g_strdup(tsv_get(tsv, i, 2));
		e->reason = g_strdup(tsv_get(tsv, i, 4));
		e->ordinal = g_ascii_strtoull(ordinal, &end, 10);
		if (!strcmp(ordinal, "string"))
			e->ordinal = ORDINAL_STRING;
		else
			known = (e->ordinal && !*end) || !strcmp(ordinal, "*");
		if (!e->path || !known || !strcmp(e->reason, "-")) {
			if (e->path)
				fail(error, "%s:%u: ordinal is a number from 1, '*' or 'string', and a reason is needed",
				     path, i + 2);
			tsv_free(tsv);
			return FALSE;
		}
	}
	tsv_free(tsv);
	return TRUE;
}

/* A table that need not be there. */
static gboolean read_table(struct recipe *recipe, const char *name, const char *columns, struct tsv **table,
			   GError **error)
{
	g_autofree char *path = g_build_filename(recipe->folder, name, NULL);

	*table = g_file_test(path, G_FILE_TEST_EXISTS) ? tsv_read(path, columns, error) : tsv_new(columns);
	return *table != NULL;
}

const char *recipe_expect(const struct recipe *recipe, const struct step *step, const char *quoted_path,
			  const char *function)
{
	const struct tsv *table = recipe->differing;

	for (guint i = 0; !strcmp(step->expect, "identical") && i < table->rows->len; i++)
		if (!strcmp(tsv_get(table, i, 0), quoted_path) && !strcmp(tsv_get(table, i, 1), function))
			return "functions";
	return step->expect;
}

static gboolean read_head(struct recipe *recipe, GKeyFile *file, GError **error)
{
	static const char *const known[] = { "branch", "watch", "gone", "defines", "macros", "kunit", "intro", NULL };
	g_autofree char *macros = g_key_file_get_string(file, "recipe", "macros", NULL);
	g_autofree char *intro = g_key_file_get_string(file, "recipe", "intro", NULL);

	if (!key_file_check(file, "recipe", "recipe", known, error))
		return FALSE;
	recipe->branch = need(file, "recipe", "branch", error);
	if (!recipe->branch)
		return FALSE;
	recipe->watch = g_key_file_get_string_list(file, "recipe", "watch", NULL, NULL);
	recipe->gone = g_key_file_get_string_list(file, "recipe", "gone", NULL, NULL) ?: g_new0(char *, 1);
	recipe->defines = g_key_file_get_string_list(file, "recipe", "defines", NULL, NULL) ?: g_new0(char *, 1);
	if (!recipe->watch || !recipe->watch[0])
		return fail(error, "recipe: [recipe] has no watch=");
	for (guint i = 0; recipe->gone[i]; i++)
		if (!g_strv_contains((const char *const *)recipe->watch, recipe->gone[i]))
			return fail(error, "recipe: gone=%s is not in watch=", recipe->gone[i]);
	recipe->kunit = g_key_file_get_string_list(file, "recipe", "kunit", NULL, NULL) ?: g_new0(char *, 1);
	for (char **k = recipe->kunit; *k; k++) {
		g_autofree char *name = *k;

		*k = g_canonicalize_filename(name, recipe->folder);
		if (!g_file_test(*k, G_FILE_TEST_IS_REGULAR))
			return fail(error, "recipe: no such file: kunit=%s", name);
	}
	if (macros)
		recipe->macros = g_build_filename(recipe->folder, macros, NULL);
	if (intro && !(recipe->intro = read_text(recipe->folder, intro, error)))
		return FALSE;
	return TRUE;
}

/* With its length, so that what ends one part is not what begins the next. */
static void append_part(GString *all, const char *part)
{
	g_string_append_printf(all, "%zu:%s\n", strlen(part), part);
}

/* Everything the result depends on, so that a run can say whether it is the same conversion. */
static gboolean recipe_hash(struct recipe *recipe, const char *series, GError **error)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autofree char *macros = NULL, *undecided = tsv_text(recipe->undecided);
	g_autofree char *differing = tsv_text(recipe->differing);

	append_part(all, series);
	if (recipe->macros) {
		macros = read_text("/", recipe->macros, error);
		if (!macros)
			return FALSE;
		append_part(all, macros);
	}
	for (guint i = 0; i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];
		g_autofree char *inputs = NULL;

		append_part(all, step->text);
		if (step->kind != RULE_EDIT)
			continue;
		inputs = edit_inputs(recipe->folder, step->rule, step->text, error);
		if (!inputs)
			return FALSE;
		append_part(all, inputs);
	}
	for (guint i = 0; i < recipe->exceptions->len; i++) {
		const struct exception *e = recipe->exceptions->pdata[i];

		g_string_append_printf(all, "%s\t%s\t%s\t%u\t%s\n", e->path, e->function, e->word, e->ordinal,
				       e->reason);
	}
	append_part(all, undecided);
	append_part(all, differing);
	recipe->hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, all->str, all->len);
	return TRUE;
}

/*
 * Commits of a stage are ordered by subsystem first, "none" before all; the texts of
 * a file by step. The two agree only if whole steps stand before split ones.
 */
static gboolean check_order(const struct step *step, const struct step *before, GError **error)
{
	if (!before || strcmp(before->stage, step->stage) || step->per_subsystem || !before->per_subsystem)
		return TRUE;
	return fail(error, "recipe: step '%s': split=one cannot follow split=subsystem in stage '%s'", step->name,
		    step->stage);
}

static gboolean read_steps(struct recipe *recipe, GKeyFile *file, GError **error)
{
	static const char *const known[] = { "stage", "kind", "rule", "split", "expect", "subject", "words",
		"gone", "uses", "match", "paths", "limit", "join", "prose", "refuse", "whole", NULL };
	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
	g_autoptr(GHashTable) stages = g_hash_table_new(g_str_hash, g_str_equal);
	const char *stage = "";

	for (guint i = 0; groups[i]; i++) {
		const struct step *before = recipe->steps->len ?
			recipe->steps->pdata[recipe->steps->len - 1] : NULL;
		struct step *step;

		if (!strcmp(groups[i], "recipe"))
			continue;
		if (!key_file_check(file, "recipe", groups[i], known, error))
			return FALSE;
		step = step_read(recipe, file, groups[i], error);
		if (!step)
			return FALSE;
		g_ptr_array_add(recipe->steps, step);
		if (!check_order(step, before, error))
			return FALSE;
		if (strcmp(stage, step->stage) && !g_hash_table_add(stages, step->stage))
			return fail(error, "recipe: the steps of stage '%s' do not stand together", step->stage);
		stage = step->stage;
	}
	if (!recipe->steps->len)
		return fail(error, "recipe: '%s/series' has no step", recipe->folder);
	return TRUE;
}

struct recipe *recipe_read(const char *folder, GError **error)
{
	g_autofree char *series = read_text(folder, "series", error);
	g_autofree char *name = g_strdup_printf("recipe: '%s/series'", folder);
	g_autoptr(GKeyFile) file = series ? key_file_parse(name, series, error) : NULL;
	struct recipe *recipe;

	if (!file)
		return NULL;
	recipe = g_new0(struct recipe, 1);
	recipe->folder = g_canonicalize_filename(folder, NULL);
	recipe->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_free);
	recipe->exceptions = g_ptr_array_new_with_free_func((GDestroyNotify)exception_free);
	if (read_head(recipe, file, error) && read_steps(recipe, file, error) && read_exceptions(recipe, error) &&
	    read_table(recipe, "undecided.tsv", "path reason", &recipe->undecided, error) &&
	    read_table(recipe, "differing.tsv", "path function reason", &recipe->differing, error) &&
	    recipe_hash(recipe, series, error))
		return recipe;
	recipe_free(recipe);
	return NULL;
}

struct exception *recipe_exception(const struct recipe *recipe, const char *path, const char *function,
				   const char *word, guint ordinal)
{
	for (guint i = 0; i < recipe->exceptions->len; i++) {
		struct exception *e = recipe->exceptions->pdata[i];

		if (!strcmp(e->path, path) &&
		    (!strcmp(e->function, "*") || !strcmp(e->function, function)) &&
		    (!strcmp(e->word, "*") || !strcmp(e->word, word)) &&
		    (e->ordinal == ordinal || (!e->ordinal && ordinal != ORDINAL_STRING)))
			return e;
	}
	return NULL;
}

const struct step *recipe_step(const struct recipe *recipe, const char *name)
{
	for (guint i = 0; i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];

		if (!strcmp(step->name, name))
			return step;
	}
	return NULL;
}

bool recipe_gives(const struct recipe *recipe, const struct step *step, const char *path)
{
	if (step->paths)
		return g_regex_match(step->paths, path, 0, NULL);
	return !g_strv_contains((const char *const *)recipe->defines, path);
}

/* Compares dotted versions by number. */
static int version_compare(const char *a, const char *b)
{
	guint x[3] = { 0 }, y[3] = { 0 };

	sscanf(a, "%u.%u.%u", &x[0], &x[1], &x[2]);
	sscanf(b, "%u.%u.%u", &y[0], &y[1], &y[2]);
	for (guint i = 0; i < 3; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

gboolean recipe_check_spatch(const struct recipe *recipe, const char *version, GError **error)
{
	for (guint i = 0; i < recipe->steps->len; i++) {
		const struct step *step = recipe->steps->pdata[i];

		if (step->kind == RULE_COCCI && step->requires && version_compare(version, step->requires) < 0)
			return fail(error, "rule '%s' requires spatch %s, this is %s; install a newer coccinelle",
				    step->rule, step->requires, version);
	}
	return TRUE;
}
