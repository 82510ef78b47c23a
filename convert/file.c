// SPDX-License-Identifier: GPL-2.0-only
/*
 * file.c: one file on its way through the rules.
 *
 * A cocci rule that changed a file is run on its own output, which must yield
 * nothing: a rule that is not idempotent would convert what it just made. Its
 * change is dropped, and the file's sites say why.
 */
#include <string.h>

#include "align.h"
#include "file.h"
#include "mask.h"
#include "rewrite.h"
#include "tidy.h"
#include "token.h"

static struct tracked *site_at(const struct file *file, guint i)
{
	return &g_array_index(file->sites, struct tracked, i);
}

static void change_free(struct file_change *change)
{
	g_free(change->text);
	g_ptr_array_unref(change->functions);
	g_free(change);
}

struct file *file_new(const char *path, char *text, const struct words *words, struct runner *runner)
{
	g_autoptr(GArray) sites = scan_sites(path, text, strlen(text), words);
	struct file *file = g_new0(struct file, 1);

	file->path = g_strdup(path);
	file->text = text;
	file->words = words;
	file->runner = runner;
	file->sites = g_array_new(FALSE, TRUE, sizeof(struct tracked));
	file->prose = g_array_new(FALSE, TRUE, sizeof(struct tracked));
	file->steps = g_ptr_array_new();
	file->refused = g_ptr_array_new_with_free_func(g_free);
	file->unfinished = g_ptr_array_new_with_free_func(g_free);
	file->changes = g_ptr_array_new_with_free_func((GDestroyNotify)change_free);
	for (guint i = 0; i < sites->len; i++) {
		const struct site *site = &g_array_index(sites, struct site, i);
		struct tracked tracked = { .site = *site, .token = site->token };

		if (site_is_code(site))
			tracked.kept = recipe_exception(runner->recipe, path, site->function, site->word,
							site->ordinal);
		g_array_append_val(site_is_code(site) ? file->sites : file->prose, tracked);
	}
	return file;
}

void file_free(struct file *file)
{
	g_free(file->path);
	g_free(file->subsystem);
	g_free(file->text);
	g_free(file->reason);
	g_free(file->candidate);
	g_free(file->before);
	g_array_unref(file->sites);
	g_array_unref(file->prose);
	g_ptr_array_unref(file->refused);
	g_ptr_array_unref(file->unfinished);
	g_ptr_array_unref(file->steps);
	g_ptr_array_unref(file->changes);
	g_free(file);
}

/* Hides the kept sites of a text whose tokens are known by index. */
static struct mask *hide(const struct file *file, const char *text, const gint *new_index, char **masked)
{
	struct token_list *tokens = token_list_new(text, strlen(text));
	g_autoptr(GArray) offsets = g_array_new(FALSE, FALSE, sizeof(gsize));
	struct mask *mask;

	for (guint i = 0; i < file->sites->len; i++) {
		const struct tracked *t = site_at(file, i);
		gint index = t->by ? -1 : new_index ? new_index[t->token] : (gint)t->token;

		if (t->kept && index >= 0) {
			gsize offset = tokens->v[index].start;

			g_array_append_val(offsets, offset);
		}
	}
	mask = mask_sites(text, strlen(text), (const gsize *)offsets->data, offsets->len, masked);
	token_list_free(tokens);
	return mask;
}

/* Is there, outside of what is hidden, a site for the step: one of its words, or one of the names it uses? */
static bool has_words(const struct file *file, const struct step *step, const char *masked)
{
	struct words *uses = step->uses ? words_new((const char *const *)step->uses) : NULL;
	g_autoptr(GArray) sites = scan_sites(file->path, masked, strlen(masked), uses ?: file->words);
	bool has = false;

	for (guint i = 0; !has && i < sites->len; i++) {
		const struct site *site = &g_array_index(sites, struct site, i);

		has = (step->prose ? site_is_prose(site) : site_is_code(site)) &&
		      (uses || g_strv_contains((const char *const *)step->words, site->word));
	}
	words_free(uses);
	return has;
}

static void set_reason(struct file *file, char *reason)
{
	g_free(file->reason);
	file->reason = reason;
}

/* The alignment of the file's text with the next one: for each token its new index, or -1. */
static gint *align_with(const struct file *file, const char *text)
{
	struct token_list *old = token_list_new(file->text, strlen(file->text));
	struct token_list *new = token_list_new(text, strlen(text));
	gint *map = align_tokens(old, new);

	token_list_free(old);
	token_list_free(new);
	return map;
}

/* Adds the functions of the tokens for which keep[i] is below 0. */
static void add_functions(GPtrArray *functions, const struct token_list *list, const gint *keep)
{
	struct scope *scope = scope_new(list);

	for (guint i = 0; i < list->n; i++) {
		const char *name = keep[i] < 0 ? site_function(list, scope, i) : NULL;

		if (name && !g_ptr_array_find(functions, name, NULL))
			g_ptr_array_add(functions, (gpointer)name);
	}
	scope_free(scope);
}

/* The functions in which the texts differ; map is their alignment, back the same from the new one. */
static GPtrArray *changed_functions(const struct token_list *old, const struct token_list *new, const gint *map,
				    const gint *back)
{
	GPtrArray *functions = g_ptr_array_new();

	add_functions(functions, old, map);
	add_functions(functions, new, back);
	return functions;
}

/*
 * For each token of the text that the step is given, the line where it stands in
 * the parent of the step's commit; 0 for what a step of the same commit wrote.
 * NULL when the step is the first of its commit: the text is the parent's.
 */
static guint *parent_lines(struct file *file, const struct step *step, const struct token_list *now)
{
	struct token_list *parent;
	g_autofree gint *map = NULL;
	guint *lines;

	if (file->before_of != step->leader) {
		g_free(file->before);
		file->before = g_strdup(file->text);
		file->before_of = step->leader;
		return NULL;
	}
	parent = token_list_new(file->before, strlen(file->before));
	map = align_tokens(parent, now);
	lines = g_new0(guint, MAX(now->n, 1));
	for (guint i = 0; i < parent->n; i++)
		if (map[i] >= 0)
			lines[map[i]] = parent->v[i].line;
	token_list_free(parent);
	return lines;
}

/* Sites that the step wrote: no sites of the tag, but a later step has to convert them. */
static void add_introduced(struct file *file, const char *text, const gint *back)
{
	g_autoptr(GArray) sites = scan_sites(file->path, text, strlen(text), file->words);

	for (guint i = 0; i < sites->len; i++) {
		struct tracked tracked = { .site = g_array_index(sites, struct site, i), .introduced = true };

		tracked.token = tracked.site.token;
		tracked.site.line = 0;
		if (site_is_code(&tracked.site) && back[tracked.token] < 0)
			g_array_append_val(file->sites, tracked);
	}
}

/* A word that stands in no comment of the text any more was converted there, each time. */
static void accept_prose(struct file *file, const struct step *step, const char *text)
{
	g_autoptr(GArray) sites = scan_sites(file->path, text, strlen(text), file->words);
	g_autoptr(GHashTable) left = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < sites->len; i++) {
		const struct site *site = &g_array_index(sites, struct site, i);

		if (site_is_prose(site))
			g_hash_table_add(left, (gpointer)site->word);
	}
	for (guint i = 0; i < file->prose->len; i++) {
		struct tracked *t = &g_array_index(file->prose, struct tracked, i);

		if (!t->by && site_is_prose(&t->site) && !g_hash_table_contains(left, t->site.word))
			t->by = step;
	}
}

/* For each new token the old one that it is, or -1. */
static gint *reverse(const gint *map, guint n_old, guint n_new)
{
	gint *back = g_new(gint, MAX(n_new, 1));

	for (guint i = 0; i < n_new; i++)
		back[i] = -1;
	for (guint i = 0; i < n_old; i++)
		if (map[i] >= 0)
			back[map[i]] = i;
	return back;
}

/* Makes the text the file's, and says which sites the step converted. */
static void accept(struct file *file, const struct step *step, char *text)
{
	struct token_list *old = token_list_new(file->text, strlen(file->text));
	struct token_list *new = token_list_new(text, strlen(text));
	g_autofree gint *map = align_tokens(old, new), *back = reverse(map, old->n, new->n);
	g_autofree guint *lines = parent_lines(file, step, old);
	struct file_change *change = g_new0(struct file_change, 1);

	for (guint i = 0; i < file->sites->len; i++) {
		struct tracked *t = site_at(file, i);

		if (t->by)
			continue;
		if (map[t->token] >= 0) {
			t->token = map[t->token];
			continue;
		}
		t->by = step;
		t->line = lines ? lines[t->token] : old->v[t->token].line;
	}
	add_introduced(file, text, back);
	accept_prose(file, step, text);
	change->functions = changed_functions(old, new, map, back);
	token_list_free(old);
	token_list_free(new);
	change->step = step;
	change->text = g_strdup(text);
	g_ptr_array_add(file->changes, change);
	g_free(file->text);
	file->text = text;
}

void file_edit(struct file *file, const struct step *step, char *text)
{
	if (strcmp(file->text, text))
		accept(file, step, text);
	else
		g_free(text);
}

static gboolean advance(struct file *file, GError **error);

/*
 * What a rule did not come to an end with. Where sites wait for the rule, they are left and say so; one that
 * looks for anything else has no such witness, and the file is told for the list that ends the run.
 */
static void take_reason(struct file *file, const struct step *step, struct outcome *outcome)
{
	if (!outcome->reason)
		return;
	if (outcome->failed && (step->refuse || step->uses))
		g_ptr_array_add(file->unfinished, g_strdup_printf("%s: %s", file->path, outcome->reason));
	set_reason(file, g_steal_pointer(&outcome->reason));
}

/* The rule's own output was run again. */
static gboolean second_run(const struct step *step, struct outcome *outcome, gpointer data, GError **error)
{
	struct file *file = data;
	char *text = g_steal_pointer(&file->candidate);

	take_reason(file, step, outcome);
	if (outcome->failed) {
		g_free(text);
	} else if (outcome->text) {
		set_reason(file, g_strdup_printf("rule '%s' changes its own output", step->rule));
		g_free(text);
	} else {
		accept(file, step, text);
	}
	return advance(file, error);
}

/* A kept site that vanished means that the rule changed what it was not shown. */
static gboolean check_kept(const struct file *file, const struct step *step, const gint *map, GError **error)
{
	for (guint i = 0; i < file->sites->len; i++) {
		const struct tracked *t = site_at(file, i);

		if (t->kept && !t->by && map[t->token] < 0)
			return fail(error, "rule '%s' removes a site of '%s' that exceptions.tsv keeps: %s in %s()",
				    step->rule, file->path, t->site.word, t->site.function);
	}
	return TRUE;
}

/* What a step that makes no change matched: its places, for the list that ends the run. */
static void refuse(struct file *file, const struct step *step, const gint *map)
{
	struct token_list *list = token_list_new(file->text, strlen(file->text));
	struct scope *scope = scope_new(list);
	guint line = 0;

	for (guint i = 0; i < list->n; i++) {
		if (map[i] >= 0 || list->v[i].line == line)
			continue;
		line = list->v[i].line;
		g_ptr_array_add(file->refused, g_strdup_printf("%s:%u: in %s: %s", file->path, line,
							       site_function(list, scope, i), step->rule));
	}
	scope_free(scope);
	token_list_free(list);
}

static gboolean first_run(const struct step *step, struct outcome *outcome, gpointer data, GError **error)
{
	struct file *file = data;
	g_autofree char *masked = NULL, *hidden = NULL, *shown = NULL;
	g_autofree gint *map = NULL;
	struct mask *mask;

	take_reason(file, step, outcome);
	if (!outcome->text)
		return advance(file, error);
	mask = hide(file, file->text, NULL, &hidden);
	shown = mask_undo(mask, outcome->text);
	mask_free(mask);
	g_free(file->candidate);
	file->candidate = scan_language(file->path) == SITE_CODE ? tidy(file->text, shown) : g_strdup(shown);
	/* Nothing but white space that was mended: no change. */
	if (!strcmp(file->candidate, file->text))
		return advance(file, error);
	map = align_with(file, file->candidate);
	if (step->refuse) {
		refuse(file, step, map);
		return advance(file, error);
	}
	if (!check_kept(file, step, map, error))
		return FALSE;
	mask_free(hide(file, file->candidate, map, &masked));
	if (step->kind == RULE_COCCI && has_words(file, step, masked))
		return rule_run(file->runner, step, file->path, masked, second_run, file, error);
	accept(file, step, g_steal_pointer(&file->candidate));
	return advance(file, error);
}

static gboolean run_tokens(struct file *file, const struct step *step, const char *masked, GError **error)
{
	struct rewrite *rules = rewrite_parse(step->rule, step->text, strlen(step->text), error);
	struct outcome outcome = { 0 };
	gboolean ok = FALSE;
	guint changes;
	gsize len;

	if (!rules)
		return FALSE;
	outcome.text = rewrite_apply(rules, masked, strlen(masked), scan_language(file->path) != SITE_CODE, &len,
				     &changes, error);
	if (outcome.text) {
		if (!changes)
			g_clear_pointer(&outcome.text, g_free);
		ok = first_run(step, &outcome, file, error);
	}
	g_free(outcome.text);
	rewrite_free(rules);
	return ok;
}

/* Runs the next step of the chain that has something to do. */
static gboolean advance(struct file *file, GError **error)
{
	while (file->next < file->steps->len) {
		const struct step *step = file->steps->pdata[file->next++];
		g_autofree char *masked = NULL;

		mask_free(hide(file, file->text, NULL, &masked));
		if (!has_words(file, step, masked))
			continue;
		if (step->kind == RULE_TOKENS)
			return run_tokens(file, step, masked, error);
		return rule_run(file->runner, step, file->path, masked, first_run, file, error);
	}
	return TRUE;
}

gboolean file_start(struct file *file, GError **error)
{
	file->next = 0;
	return advance(file, error);
}

gboolean file_check_sum(const struct file *file, GError **error)
{
	g_autoptr(GArray) sites = scan_sites(file->path, file->text, strlen(file->text), file->words);
	guint have = 0, want = 0;

	for (guint i = 0; i < sites->len; i++)
		have += site_is_code(&g_array_index(sites, struct site, i));
	for (guint i = 0; i < file->sites->len; i++)
		want += !site_at(file, i)->by;
	if (have == want)
		return TRUE;
	return fail(error, "'%s': %u code sites are left where %u are accounted for; a rule made or moved some",
		    file->path, have, want);
}

gboolean file_check_introduced(const struct file *file, GError **error)
{
	for (guint i = 0; i < file->sites->len; i++) {
		const struct tracked *t = site_at(file, i);

		if (t->introduced && !t->by &&
		    g_strv_contains((const char *const *)file->runner->recipe->gone, t->site.word))
			return fail(error, "'%s': a step wrote '%s' in %s(), and no later one converts it", file->path,
				    t->site.word, t->site.function);
	}
	return TRUE;
}
