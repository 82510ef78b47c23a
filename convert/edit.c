// SPDX-License-Identifier: GPL-2.0-only
/*
 * edit.c: new files, anchored insertions and replaced lines. See edit.h for the format.
 *
 * Nothing here depends on a kernel version: a group probes the tree it is
 * given and holds or does not.
 */
#include <string.h>

#include "edit.h"
#include "key-file.h"

struct edit {
	const char *folder;
	const char *rule;
	GKeyFile *file;
	tree_read read;
	gpointer data;
	GPtrArray *results;
};

void edited_free(struct edited *edited)
{
	g_free(edited->path);
	g_free(edited->content);
	g_free(edited);
}

static struct edited *find_result(struct edit *edit, const char *path)
{
	for (guint i = 0; i < edit->results->len; i++) {
		struct edited *e = edit->results->pdata[i];

		if (!strcmp(e->path, path))
			return e;
	}
	return NULL;
}

static char *recipe_file(struct edit *edit, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(edit->folder, name, NULL);
	g_autoptr(GError) why = NULL;
	char *text;

	if (g_file_get_contents(path, &text, NULL, &why))
		return text;
	fail(error, "%s: %s", edit->rule, why->message);
	return NULL;
}

static GRegex *compile(struct edit *edit, const char *pattern, GError **error)
{
	g_autoptr(GError) why = NULL;
	GRegex *regex = g_regex_new(pattern, G_REGEX_MULTILINE | G_REGEX_RAW, 0, &why);

	if (!regex)
		fail(error, "%s: '%s': %s", edit->rule, pattern, why->message);
	return regex;
}

/* Whether PATH exists, or PATH:REGEX has a line that matches. */
static gboolean probe(struct edit *edit, const char *condition, bool *holds, GError **error)
{
	const char *colon = strchr(condition, ':');
	g_autofree char *path = colon ? g_strndup(condition, colon - condition) : g_strdup(condition);
	g_autofree char *content = NULL;
	g_autoptr(GRegex) regex = NULL;
	g_autoptr(GError) why = NULL;
	gsize len;

	content = edit->read(path, &len, edit->data, &why);
	if (why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	*holds = content;
	if (!content || !colon)
		return TRUE;
	regex = compile(edit, colon + 1, error);
	if (!regex)
		return FALSE;
	*holds = g_regex_match_full(regex, content, len, 0, 0, NULL, NULL);
	return TRUE;
}

static gboolean conditions(struct edit *edit, const char *group, bool *apply, GError **error)
{
	g_auto(GStrv) when = g_key_file_get_string_list(edit->file, group, "when", NULL, NULL);
	g_auto(GStrv) unless = g_key_file_get_string_list(edit->file, group, "unless", NULL, NULL);
	bool holds;

	*apply = true;
	for (guint i = 0; when && when[i]; i++) {
		if (!probe(edit, when[i], &holds, error))
			return FALSE;
		*apply &= holds;
	}
	for (guint i = 0; unless && unless[i]; i++) {
		if (!probe(edit, unless[i], &holds, error))
			return FALSE;
		*apply &= !holds;
	}
	return TRUE;
}

/* Where the first line that matches, at or behind an offset, begins and ends; FALSE and the error set if none does. */
static gboolean find_line(struct edit *edit, const struct edited *target, const char *pattern, gsize from, gsize *start,
			  gsize *end, GError **error)
{
	g_autoptr(GRegex) regex = compile(edit, pattern, error);
	g_autoptr(GMatchInfo) match = NULL;
	const char *line;
	int first, last;

	if (!regex)
		return FALSE;
	if (!g_regex_match_full(regex, target->content, target->len, from, 0, &match, NULL) ||
	    !g_match_info_fetch_pos(match, 0, &first, &last))
		return fail(error, "%s: no line of '%s' matches '%s'; this tree needs another anchor", edit->rule,
			    target->path, pattern);
	while (first > 0 && target->content[first - 1] != '\n')
		first--;
	line = memchr(target->content + last, '\n', target->len - last);
	*start = first;
	*end = line ? (gsize)(line + 1 - target->content) : target->len;
	return TRUE;
}

/* An anchor that another line has as well is none: in the next tree that one may be the first. */
static gboolean check_only(struct edit *edit, const char *group, const struct edited *target, const char *pattern,
			   gsize from, GError **error)
{
	g_autoptr(GRegex) regex = compile(edit, pattern, error);

	if (!regex)
		return FALSE;
	if (g_key_file_get_boolean(edit->file, group, "first", NULL) || from >= target->len ||
	    !g_regex_match_full(regex, target->content, target->len, from, 0, NULL, NULL))
		return TRUE;
	return fail(error, "%s: [%s]: more than one line of '%s' matches '%s'; say which one, or first=true", edit->rule,
		    group, target->path, pattern);
}

/* The bytes that a group replaces, none of them where it inserts. */
static gboolean anchor(struct edit *edit, const char *group, const struct edited *target, gsize *start, gsize *end,
		       GError **error)
{
	g_autofree char *before = g_key_file_get_string(edit->file, group, "before", NULL);
	g_autofree char *after = g_key_file_get_string(edit->file, group, "after", NULL);
	g_autofree char *from = g_key_file_get_string(edit->file, group, "from", NULL);
	g_autofree char *to = g_key_file_get_string(edit->file, group, "to", NULL);
	bool append = g_key_file_get_boolean(edit->file, group, "append", NULL);
	gsize first;

	if (!!before + !!after + !!from + append != 1 || (to && !from))
		return fail(error, "%s: [%s] needs one of copy, before, after, from, append", edit->rule, group);
	*start = *end = target->len;
	if (append)
		return TRUE;
	if (!find_line(edit, target, before ?: after ?: from, 0, start, end, error) ||
	    !check_only(edit, group, target, before ?: after ?: from, *end, error))
		return FALSE;
	if (before)
		*end = *start;
	else if (after)
		*start = *end;
	return !to || find_line(edit, target, to, *start, &first, end, error);
}

static gboolean insert(struct edit *edit, const char *group, struct edited *target, GError **error)
{
	g_autofree char *text = g_key_file_get_string(edit->file, group, "text", NULL);
	g_autofree char *name = g_key_file_get_string(edit->file, group, "text-file", NULL);
	bool cut = g_key_file_has_key(edit->file, group, "from", NULL);
	GString *content;
	gsize at, end;

	if (!anchor(edit, group, target, &at, &end, error))
		return FALSE;
	if ((text && name) || (!text && !name && !cut))
		return fail(error, "%s: [%s] needs one of text, text-file", edit->rule, group);
	if (name && !(text = recipe_file(edit, name, error)))
		return FALSE;
	content = g_string_new_len(target->content, at);
	if (at && content->str[at - 1] != '\n')
		g_string_append_c(content, '\n');
	g_string_append(content, text ?: "");
	if (text && content->len && content->str[content->len - 1] != '\n')
		g_string_append_c(content, '\n');
	g_string_append_len(content, target->content + end, target->len - end);
	g_free(target->content);
	target->len = content->len;
	target->content = g_string_free(content, FALSE);
	return TRUE;
}

/* The file a group edits, as the groups above left it. */
static struct edited *open_target(struct edit *edit, const char *group, const char *path, GError **error)
{
	g_autofree char *copy = g_key_file_get_string(edit->file, group, "copy", NULL);
	struct edited *target = find_result(edit, path);
	g_autoptr(GError) why = NULL;
	char *content;
	gsize len = 0;

	if (target && !copy)
		return target;
	content = edit->read(path, &len, edit->data, &why);
	if (why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return NULL;
	}
	if (copy && (content || target)) {
		g_free(content);
		fail(error, "%s: '%s' exists in this tree already", edit->rule, path);
		return NULL;
	}
	if (copy && !(content = recipe_file(edit, copy, error)))
		return NULL;
	if (!content) {
		fail(error, "%s: this tree has no '%s'", edit->rule, path);
		return NULL;
	}
	target = g_new0(struct edited, 1);
	target->path = g_strdup(path);
	target->created = copy;
	target->content = content;
	target->len = copy ? strlen(content) : len;
	g_ptr_array_add(edit->results, target);
	return target;
}

/*
 * GLib reads each value; it does not where "\(" stands for "\\(", and who only asks for the value takes such
 * a condition for none.
 */
static gboolean check_values(struct edit *edit, const char *group, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(edit->file, group, NULL, NULL);

	for (guint i = 0; keys && keys[i]; i++) {
		bool list = !strcmp(keys[i], "when") || !strcmp(keys[i], "unless");
		g_autoptr(GError) why = NULL;

		if (list)
			g_strfreev(g_key_file_get_string_list(edit->file, group, keys[i], NULL, &why));
		else
			g_free(g_key_file_get_string(edit->file, group, keys[i], &why));
		if (why)
			return fail(error, "%s: [%s] %s: %s", edit->rule, group, keys[i], why->message);
	}
	return TRUE;
}

/* A new file is whole: what else could be inserted stands in it. */
static gboolean check_group(struct edit *edit, const char *group, GError **error)
{
	static const char *const known[] = { "copy", "before", "after", "from", "to", "append", "first", "text", "text-file",
		"when", "unless", NULL };
	static const char *const of_copy[] = { "copy", "when", "unless", NULL };
	bool copy = g_key_file_has_key(edit->file, group, "copy", NULL);

	if (!key_file_check(edit->file, edit->rule, group, known, error))
		return FALSE;
	if (copy && !key_file_check(edit->file, edit->rule, group, of_copy, NULL))
		return fail(error, "%s: [%s] has copy= and inserts into it; write the second as [%s#2]", edit->rule,
			    group, group);
	return check_values(edit, group, error);
}

static gboolean apply_group(struct edit *edit, const char *group, GError **error)
{
	const char *hash = strrchr(group, '#');
	g_autofree char *path = hash ? g_strndup(group, hash - group) : g_strdup(group);
	struct edited *target;
	bool apply;

	if (!check_group(edit, group, error) || !conditions(edit, group, &apply, error))
		return FALSE;
	if (!apply)
		return TRUE;
	target = open_target(edit, group, path, error);
	if (!target)
		return FALSE;
	return g_key_file_has_key(edit->file, group, "copy", NULL) || insert(edit, group, target, error);
}

GPtrArray *edit_apply(const char *recipe_folder, const char *rule, const char *text, tree_read read,
		      gpointer data, GError **error)
{
	g_autoptr(GKeyFile) file = key_file_parse(rule, text, error);
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)edited_free);
	struct edit edit = { recipe_folder, rule, file, read, data, results };
	g_auto(GStrv) groups = NULL;

	if (!file)
		return NULL;
	groups = g_key_file_get_groups(file, NULL);
	for (guint i = 0; groups[i]; i++)
		if (!apply_group(&edit, groups[i], error))
			return NULL;
	return g_steal_pointer(&results);
}

char *edit_inputs(const char *recipe_folder, const char *rule, const char *text, GError **error)
{
	static const char *const keys[] = { "copy", "text-file" };
	g_autoptr(GKeyFile) file = key_file_parse(rule, text, error);
	struct edit edit = { .folder = recipe_folder, .rule = rule, .file = file };
	g_autoptr(GString) all = g_string_new(NULL);
	g_auto(GStrv) groups = NULL;

	if (!file)
		return NULL;
	groups = g_key_file_get_groups(file, NULL);
	for (guint i = 0; groups[i]; i++)
		for (guint k = 0; k < G_N_ELEMENTS(keys); k++) {
			g_autofree char *name = g_key_file_get_string(file, groups[i], keys[k], NULL);
			g_autofree char *content = name ? recipe_file(&edit, name, error) : NULL;

			if (name && !content)
				return NULL;
			if (content)
				g_string_append(all, content);
		}
	return g_strdup(all->str);
}
