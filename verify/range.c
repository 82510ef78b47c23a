// SPDX-License-Identifier: GPL-2.0-only
/*
 * range.c: the commits of a range, read from git diff-tree.
 *
 * Paths and blobs come from the raw form, NUL-separated, the lines from the
 * patch form. Both list the same files in the same order, so the n-th
 * "diff --git" line belongs to the n-th raw entry and no path is parsed from
 * a patch. With no context lines a line that starts with "diff --git" cannot
 * be content.
 */
#include <stdio.h>
#include <string.h>

#include "progress.h"
#include "range.h"

static void changed_line_clear(gpointer data)
{
	g_strfreev(((struct changed_line *)data)->words);
}

static void change_free(struct change *change)
{
	g_free(change->path);
	g_free(change->old_oid);
	g_free(change->new_oid);
	g_array_unref(change->old_lines);
	g_array_unref(change->new_lines);
	g_free(change->text);
	g_free(change);
}

static void commit_free(struct commit *commit)
{
	g_free(commit->id);
	g_free(commit->parent);
	g_free(commit->tree);
	g_free(commit->parent_tree);
	g_ptr_array_unref(commit->changes);
	g_free(commit);
}

bool path_has_suffix(const char *path, const char *suffixes)
{
	g_auto(GStrv) list = g_strsplit(suffixes, " ", -1);

	for (char **s = list; *s; s++)
		if (g_str_has_suffix(path, *s))
			return true;
	return false;
}

GPtrArray *identifiers(const char *text, gsize len)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	const char *end = text + len;

	for (const char *p = text; p < end;) {
		const char *start = p;

		while (p < end && (g_ascii_isalnum(*p) || *p == '_'))
			p++;
		if (p == start)
			p++;
		else if (!g_ascii_isdigit(*start))
			g_ptr_array_add(words, g_strndup(start, p - start));
	}
	return words;
}

/* The lines of one hunk and the counts of the words on its two sides. */
struct hunk {
	struct change *change;
	guint old, new;		/* the next line's number on each side */
	guint first_old, first_new;	/* index of the hunk's first line of each side */
	GPtrArray *removed, *inserted;	/* text of its lines */
	GHashTable *counts;	/* word -> how often the new side has it more */
};

/*
 * What a line says to the compiler: no preprocessor keeps the words of a comment. One that began above is told by its
 * end; a string that looks like one takes words with it, which are then not asked for.
 */
static GPtrArray *code_words(const char *line)
{
	const char *end = strstr(line, "*/"), *start = strstr(line, "/*");
	g_autoptr(GString) code = g_string_new(NULL);

	if (end && (!start || end < start))
		line = end + 2;
	while ((start = strstr(line, "/*"))) {
		g_string_append_len(code, line, start - line);
		g_string_append_c(code, ' ');
		end = strstr(start + 2, "*/");
		line = end ? end + 2 : "";
	}
	g_string_append(code, line);
	return identifiers(code->str, code->len);
}

static void count_words(GHashTable *counts, const char *text, int by)
{
	g_autoptr(GPtrArray) words = code_words(text);

	for (guint i = 0; i < words->len; i++) {
		int n = GPOINTER_TO_INT(g_hash_table_lookup(counts, words->pdata[i]));

		g_hash_table_insert(counts, g_strdup(words->pdata[i]), GINT_TO_POINTER(n + by));
	}
}

/* The words of the text that the side with this sign has more of. */
static char **own_words(GHashTable *counts, const char *text, int sign)
{
	g_autoptr(GPtrArray) words = code_words(text);
	g_autoptr(GStrvBuilder) lost = g_strv_builder_new();
	guint n = 0;

	for (guint i = 0; i < words->len; i++)
		if (sign * GPOINTER_TO_INT(g_hash_table_lookup(counts, words->pdata[i])) > 0) {
			g_strv_builder_add(lost, words->pdata[i]);
			n++;
		}
	return n ? g_strv_builder_end(lost) : NULL;
}

/* Gives the lines of one side, from index first on, the words that the other side has less of. */
static void give_words(const struct hunk *hunk, GArray *lines, guint first, GPtrArray *text, int sign)
{
	for (guint i = 0; i < text->len; i++)
		g_array_index(lines, struct changed_line, first + i).words =
			own_words(hunk->counts, text->pdata[i], sign);
	g_ptr_array_set_size(text, 0);
}

/* Tells the lines of one side, from index first on, what the other side has in their place. */
static void name_others(GArray *lines, guint first, const GArray *others, guint first_other)
{
	for (guint i = first; i < lines->len; i++) {
		struct changed_line *line = &g_array_index(lines, struct changed_line, i);

		line->others = first_other;
		line->n_others = others->len - first_other;
	}
}

static void hunk_end(struct hunk *hunk)
{
	for (guint i = 0; i < hunk->removed->len; i++)
		count_words(hunk->counts, hunk->removed->pdata[i], -1);
	give_words(hunk, hunk->change->old_lines, hunk->first_old, hunk->removed, -1);
	give_words(hunk, hunk->change->new_lines, hunk->first_new, hunk->inserted, 1);
	g_hash_table_remove_all(hunk->counts);
	name_others(hunk->change->old_lines, hunk->first_old, hunk->change->new_lines, hunk->first_new);
	name_others(hunk->change->new_lines, hunk->first_new, hunk->change->old_lines, hunk->first_old);
}

/* "@@ -12,3 +14,2 @@": without a count it is 1; a side without lines has count 0. */
static bool hunk_start(struct hunk *hunk, const char *line)
{
	const char *plus = strchr(line, '+');

	if (!plus || sscanf(line, "@@ -%u", &hunk->old) != 1 || sscanf(plus, "+%u", &hunk->new) != 1)
		return false;
	hunk->first_old = hunk->change->old_lines->len;
	hunk->first_new = hunk->change->new_lines->len;
	return true;
}

static void hunk_line(struct hunk *hunk, const char *line, GString *text)
{
	if (line[0] == '-') {
		struct changed_line old = { .line = hunk->old++ };

		g_array_append_val(hunk->change->old_lines, old);
		g_ptr_array_add(hunk->removed, g_strdup(line + 1));
	} else if (line[0] == '+') {
		struct changed_line new = { .line = hunk->new++ };

		g_array_append_val(hunk->change->new_lines, new);
		g_ptr_array_add(hunk->inserted, g_strdup(line + 1));
		count_words(hunk->counts, line + 1, 1);
	} else {
		return;
	}
	g_string_append(text, line + 1);
	g_string_append_c(text, '\n');
}

static gboolean parse_patch(struct commit *commit, const char *patch, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(patch, "\n", -1);
	g_autoptr(GPtrArray) removed = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) inserted = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	struct hunk hunk = { .removed = removed, .inserted = inserted, .counts = counts };
	bool inside = false;
	guint n = 0;

	for (char **line = lines; *line; line++) {
		if (g_str_has_prefix(*line, "diff --git ") || g_str_has_prefix(*line, "@@ ")) {
			if (inside)
				hunk_end(&hunk);
			inside = (*line)[0] == '@';
			if (inside && (!hunk.change || !hunk_start(&hunk, *line)))
				return fail(error, "cannot read git's hunk header '%s'", *line);
			if (inside)
				continue;
			if (n == commit->changes->len)
				return fail(error, "git lists more patches than files for commit '%s'", commit->id);
			if (hunk.change)
				hunk.change->text = g_strdup(text->str);
			g_string_truncate(text, 0);
			hunk.change = commit->changes->pdata[n++];
		} else if (inside) {
			hunk_line(&hunk, *line, text);
		}
	}
	if (inside)
		hunk_end(&hunk);
	if (hunk.change)
		hunk.change->text = g_strdup(text->str);
	if (n != commit->changes->len)
		return fail(error, "git lists %u patches for the %u files of commit '%s'", n, commit->changes->len,
			    commit->id);
	return TRUE;
}

static char *blob_id(const char *oid)
{
	return strspn(oid, "0") == strlen(oid) ? NULL : g_strdup(oid);
}

/* ":100644 100644 OLD NEW M\0path\0" ... */
static gboolean parse_raw(struct commit *commit, const char *raw, gsize len, GError **error)
{
	const char *end = raw + len;

	while (raw < end) {
		g_auto(GStrv) fields = g_strsplit(raw, " ", 5);
		const char *path = raw + strlen(raw) + 1;
		struct change *change;

		if (g_strv_length(fields) != 5 || path >= end)
			return fail(error, "cannot read git's list of changes for commit '%s'", commit->id);
		change = g_new0(struct change, 1);
		change->path = g_strdup(path);
		change->old_oid = blob_id(fields[2]);
		change->new_oid = blob_id(fields[3]);
		change->old_lines = g_array_new(FALSE, FALSE, sizeof(struct changed_line));
		g_array_set_clear_func(change->old_lines, changed_line_clear);
		change->new_lines = g_array_new(FALSE, FALSE, sizeof(struct changed_line));
		g_array_set_clear_func(change->new_lines, changed_line_clear);
		g_ptr_array_add(commit->changes, change);
		raw = path + strlen(path) + 1;
	}
	return TRUE;
}

static gboolean read_changes(const struct git *git, struct commit *commit, GError **error)
{
	const char *const raw_argv[] = { "git", "-C", git->dir, "diff-tree", "-r", "-z", "--no-renames",
		"--full-index", commit->parent, commit->id, NULL };
	struct command raw_command = { .argv = raw_argv };
	struct process raw = { 0 };
	g_autofree char *patch = NULL;
	gboolean ok;

	if (!process_check(&raw_command, &raw, error)) {
		process_clear(&raw);
		return FALSE;
	}
	ok = parse_raw(commit, raw.out, raw.out_len, error);
	process_clear(&raw);
	if (!ok)
		return FALSE;
	patch = git_run_l(git, error, "diff-tree", "-r", "-p", "-U0", "--no-renames", "--no-color", "--no-ext-diff",
			  "--no-textconv", "--inter-hunk-context=0", commit->parent, commit->id, NULL);
	return patch && parse_patch(commit, patch, error);
}

static struct commit *commit_read(const struct git *git, const char *line, GError **error)
{
	g_auto(GStrv) fields = g_strsplit(line, " ", 4);
	struct commit *commit = g_new0(struct commit, 1);

	commit->changes = g_ptr_array_new_with_free_func((GDestroyNotify)change_free);
	commit->id = g_strdup(fields[0]);
	commit->tree = g_strdup(fields[0] ? fields[1] : NULL);
	commit->parent = g_strdup(commit->tree ? fields[2] : NULL);
	if (!commit->parent || !*commit->parent) {
		fail(error, "commit '%s' has no parent to be compared with", fields[0]);
	} else {
		g_autofree char *name = g_strconcat(commit->parent, "^{tree}", NULL);

		commit->parent_tree = git_run_l(git, error, "rev-parse", "--verify", name, NULL);
		if (commit->parent_tree && read_changes(git, commit, error))
			return commit;
	}
	commit_free(commit);
	return NULL;
}

/* Says how many commits have no verdict of their own. */
static gboolean tell_merged(const struct git *git, const char *exact, guint n, GError **error)
{
	g_autofree char *count = git_run_l(git, error, "rev-list", "--count", exact, NULL);
	guint64 all = count ? g_ascii_strtoull(count, NULL, 10) : 0;

	if (all > n)
		progress_note("%" G_GUINT64_FORMAT " more commits come by merges, and are judged as a whole with them",
			      all - n);
	return count != NULL;
}

GPtrArray *range_read(const struct git *git, const char *range, GError **error)
{
	g_autoptr(GPtrArray) commits = g_ptr_array_new_with_free_func((GDestroyNotify)commit_free);
	g_auto(GStrv) ends = g_strsplit(range, "..", 2), lines = NULL;
	g_autofree char *base = NULL, *tip = NULL, *exact = NULL, *list = NULL;

	if (g_strv_length(ends) != 2 || !*ends[0] || !*ends[1] || ends[1][0] == '.') {
		fail(error, "not a range: '%s'; give BASE..TIP", range);
		return NULL;
	}
	base = git_resolve(git, ends[0], error);
	tip = base ? git_resolve(git, ends[1], error) : NULL;
	if (!tip)
		return NULL;
	exact = g_strdup_printf("%s..%s", base, tip);
	list = git_run_l(git, error, "log", "--reverse", "--topo-order", "--first-parent", "--format=%H %T %P", exact,
			 NULL);
	if (!list)
		return NULL;
	lines = g_strsplit(list, "\n", -1);
	for (char **line = lines; *line; line++) {
		struct commit *commit;

		if (!**line)
			continue;
		commit = commit_read(git, *line, error);
		if (!commit)
			return NULL;
		g_ptr_array_add(commits, commit);
	}
	return tell_merged(git, exact, commits->len, error) ? g_steal_pointer(&commits) : NULL;
}
