// SPDX-License-Identifier: GPL-2.0-only
/*
 * recipe-step.c: reads one step of a recipe: its group in `series`, and its
 * rule's header.
 */
#include <string.h>

#include "recipe-step.h"

#define DEFAULT_LIMIT 120

void step_free(struct step *step)
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
	g_strfreev(step->reaches);
	g_clear_pointer(&step->match, g_regex_unref);
	g_clear_pointer(&step->paths, g_regex_unref);
	g_free(step);
}

char *recipe_text(const char *folder, const char *name, GError **error)
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
char *recipe_need(GKeyFile *file, const char *group, const char *key, GError **error)
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
	if (step->reaches && step->kind != RULE_EDIT)
		return fail(error, "recipe: step '%s': reaches needs kind=edit", step->name);
	if (step->refuse && step->kind == RULE_EDIT)
		return fail(error, "recipe: step '%s': refuse needs kind=cocci or tokens", step->name);
	return TRUE;
}

struct step *step_read(struct recipe *recipe, GKeyFile *file, const char *group, GError **error)
{
	struct step *step = g_new0(struct step, 1);
	g_autofree char *kind = NULL, *split = NULL, *options = NULL;

	step->name = g_strdup(group);
	step->index = recipe->steps->len;
	if (!(step->stage = recipe_need(file, group, "stage", error)) ||
	    !(kind = recipe_need(file, group, "kind", error)) ||
	    !(step->rule = recipe_need(file, group, "rule", error)) ||
	    !(split = recipe_need(file, group, "split", error)) ||
	    !(step->expect = recipe_need(file, group, "expect", error)) ||
	    !(step->subject = recipe_need(file, group, "subject", error)) ||
	    !(step->text = recipe_text(recipe->folder, step->rule, error)) ||
	    !step_kind(step, kind, split, error)) {
		step_free(step);
		return NULL;
	}
	step->words = g_key_file_get_string_list(file, group, "words", NULL, NULL) ?: g_strdupv(recipe->watch);
	step->uses = g_key_file_get_string_list(file, group, "uses", NULL, NULL);
	step->gone = g_key_file_get_string_list(file, group, "gone", NULL, NULL);
	step->reaches = g_key_file_get_string_list(file, group, "reaches", NULL, NULL);
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
