// SPDX-License-Identifier: GPL-2.0-only
/*
 * equiv.c: what differs between two objects, told from their tables alone.
 * See parts.h.
 *
 * Rows of one kind, name and section are one key. There are several of a key
 * where names are not unique, as __func__.# is not; then equal rows cancel,
 * and those whose lines moved, in the order that leaves fewer: what moved by two
 * lines may now stand where its neighbour stood. Next those cancel that differ in
 * owners only, and what is left is paired as it comes. Two tables are the same
 * when every row of either has cancelled.
 */
#include <stdlib.h>
#include <string.h>

#include "parts.h"

enum { KIND, NAME, SECTION, SIZE, OWNERS, DIGEST, MASKED, LINES, WIDTH };

/* The rows of one key. */
struct key {
	GPtrArray *before, *after;	/* char **, borrowed; NULL once cancelled */
};

struct comparison {
	GHashTable *expected;
	line_moved moved;
	gpointer data;
	GPtrArray *differences;
};

char *part_parent(const char *function)
{
	static const char *const suffixes[] = { ".isra.", ".part.", ".constprop.", ".cold", ".lto_priv", ".llvm." };
	static const char *const prefixes[] = { "__pfx_", "__cfi_" };
	const char *end = function + strlen(function);

	/* What stands before a function to pad it or to name its type. */
	for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(function, prefixes[i]) && function[strlen(prefixes[i])])
			function += strlen(prefixes[i]);
	for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		const char *at = strstr(function, suffixes[i]);

		if (at && at > function && at < end)
			end = at;
	}
	return g_strndup(function, end - function);
}

static void difference_free(gpointer data)
{
	struct part_difference *difference = data;

	g_free(difference->kind);
	g_free(difference->name);
	g_free(difference->section);
	g_free(difference->owners);
	g_free(difference);
}

static void key_free(gpointer data)
{
	struct key *key = data;

	g_ptr_array_unref(key->before);
	g_ptr_array_unref(key->after);
	g_free(key);
}

static void rows_free(gpointer rows)
{
	g_ptr_array_unref(rows);
}

/* The rows of a table, NULL when it is none. */
static GPtrArray *rows_read(const char *table, GError **error)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
	g_autofree char *header = g_strdelimit(g_strdup(PARTS_TSV), " ", '\t');
	guint n = g_strv_length(lines);

	if (n < 2 || strcmp(lines[0], header) || lines[n - 1][0])
		goto broken;
	for (guint i = 1; i + 1 < n; i++) {
		char **row = g_strsplit(lines[i], "\t", -1);

		g_ptr_array_add(rows, row);
		if (g_strv_length(row) != WIDTH)
			goto broken;
	}
	return rows;
broken:
	rows_free(rows);
	fail(error, "not a table of an object's parts");
	return NULL;
}

static void keys_add(GHashTable *keys, const GPtrArray *rows, bool after)
{
	for (guint i = 0; i < rows->len; i++) {
		char **row = g_ptr_array_index(rows, i);
		g_autofree char *name = g_strjoin("\t", row[KIND], row[NAME], row[SECTION], NULL);
		struct key *key = g_hash_table_lookup(keys, name);

		if (!key) {
			key = g_new0(struct key, 1);
			key->before = g_ptr_array_new();
			key->after = g_ptr_array_new();
			g_hash_table_insert(keys, g_steal_pointer(&name), key);
		}
		g_ptr_array_add(after ? key->after : key->before, row);
	}
}

/* The names of one list that the other has not, or all of both. */
static char *owners_join(const char *a, const char *b, bool all)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_auto(GStrv) of_a = g_strsplit(strcmp(a, "-") ? a : "", ",", -1);
	g_auto(GStrv) of_b = g_strsplit(strcmp(b, "-") ? b : "", ",", -1);
	g_autoptr(GList) sorted = NULL;
	GString *text = g_string_new(NULL);

	for (char **name = of_a; *name; name++)
		g_hash_table_add(names, *name);
	for (char **name = of_b; *name; name++)
		if (all || !g_hash_table_remove(names, *name))
			g_hash_table_add(names, *name);
	sorted = g_list_sort(g_hash_table_get_keys(names), (GCompareFunc)strcmp);
	for (GList *l = sorted; l; l = l->next)
		g_string_append_printf(text, "%s%s", text->len ? "," : "", (char *)l->data);
	return g_string_free(text->len ? text : g_string_append_c(text, '-'), FALSE);
}

static bool is_expected(GHashTable *expected, const char *owners)
{
	g_auto(GStrv) names = g_strsplit(owners, ",", -1);

	if (!expected)
		return false;
	if (g_hash_table_contains(expected, "*"))
		return true;
	for (char **name = names; *name; name++) {
		g_autofree char *parent = part_parent(*name);

		if (!g_hash_table_contains(expected, *name) && !g_hash_table_contains(expected, parent))
			return false;
	}
	return *names && strcmp(owners, "-");
}

static void differ(struct comparison *comparison, char *const *before, char *const *after, char *owners)
{
	struct part_difference *difference = g_new0(struct part_difference, 1);
	char *const *either = before ? before : after;

	difference->change = !before ? PART_ADDED : !after ? PART_REMOVED : PART_CHANGED;
	difference->kind = g_strdup(either[KIND]);
	difference->name = g_strdup(either[NAME]);
	difference->section = g_strdup(either[SECTION]);
	difference->owners = owners;
	difference->size_before = before ? g_ascii_strtoll(before[SIZE], NULL, 10) : 0;
	difference->size_after = after ? g_ascii_strtoll(after[SIZE], NULL, 10) : 0;
	difference->expected = is_expected(comparison->expected, owners);
	g_ptr_array_add(comparison->differences, difference);
}

static bool same_row(struct comparison *comparison, char *const *before, char *const *after)
{
	(void)comparison;
	return !strcmp(before[DIGEST], after[DIGEST]) && !strcmp(before[OWNERS], after[OWNERS]);
}

static bool same_digest(struct comparison *comparison, char *const *before, char *const *after)
{
	if (strcmp(before[DIGEST], after[DIGEST]))
		return false;
	differ(comparison, before, after, owners_join(before[OWNERS], after[OWNERS], false));
	return true;
}

/* Whether the rows differ in lines only, and each is the same line moved. */
static bool lines_moved(struct comparison *comparison, char *const *before, char *const *after)
{
	g_auto(GStrv) old = g_strsplit(before[LINES], ",", -1), new = g_strsplit(after[LINES], ",", -1);

	if (!comparison->moved || !strcmp(before[MASKED], "-") || strcmp(before[MASKED], after[MASKED]) ||
	    strcmp(before[OWNERS], after[OWNERS]) || g_strv_length(old) != g_strv_length(new))
		return false;
	for (guint i = 0; old[i]; i++)
		if (strcmp(old[i], new[i]) && !comparison->moved(atoi(old[i]), atoi(new[i]), comparison->data))
			return false;
	return true;
}

/* The same, and something did move. */
static bool really_moved(struct comparison *comparison, char *const *before, char *const *after)
{
	return strcmp(before[DIGEST], after[DIGEST]) && lines_moved(comparison, before, after);
}

static bool any_two(struct comparison *comparison, char *const *before, char *const *after)
{
	differ(comparison, before, after, owners_join(before[OWNERS], after[OWNERS], true));
	return true;
}

typedef bool (*cancel_fn)(struct comparison *comparison, char *const *before, char *const *after);

static void cancel(struct comparison *comparison, struct key *key, cancel_fn fn)
{
	for (guint i = 0; i < key->before->len; i++) {
		for (guint j = 0; key->before->pdata[i] && j < key->after->len; j++) {
			if (!key->after->pdata[j] ||
			    !fn(comparison, key->before->pdata[i], key->after->pdata[j]))
				continue;
			key->before->pdata[i] = key->after->pdata[j] = NULL;
		}
	}
}

static guint left(const GPtrArray *rows)
{
	guint n = 0;

	for (guint i = 0; i < rows->len; i++)
		n += rows->pdata[i] != NULL;
	return n;
}

/* Cancels equal and moved rows; says how many stay. */
static guint cancel_same(struct comparison *comparison, struct key *key, bool moved_first)
{
	if (moved_first)
		cancel(comparison, key, really_moved);
	cancel(comparison, key, same_row);
	cancel(comparison, key, lines_moved);
	return left(key->before) + left(key->after);
}

static gpointer keep(gconstpointer row, gpointer data)
{
	(void)data;
	return (gpointer)row;
}

static void cancel_best(struct comparison *comparison, struct key *key)
{
	struct key other = { g_ptr_array_copy(key->before, keep, NULL), g_ptr_array_copy(key->after, keep, NULL) };

	if (cancel_same(comparison, key, false) > cancel_same(comparison, &other, true)) {
		struct key worse = *key;

		*key = other;
		other = worse;
	}
	g_ptr_array_unref(other.before);
	g_ptr_array_unref(other.after);
}

/*
 * A section that comes or goes is told by what it holds, which knows why; a section that is aligned anew is not.
 * Only that of constants may be aligned to more: the compiler does so for a table of jumps that is new.
 */
static bool is_told(const struct key *key)
{
	char *const *before = key->before->len ? key->before->pdata[0] : NULL;
	char *const *after = key->after->len ? key->after->pdata[0] : NULL;

	if (strcmp((before ?: after)[KIND], "align"))
		return false;
	return !before || !after ||
		(g_str_has_prefix(after[SECTION], ".rodata") &&
		 g_ascii_strtoull(before[SIZE], NULL, 10) <= g_ascii_strtoull(after[SIZE], NULL, 10));
}

static void compare_key(struct comparison *comparison, struct key *key)
{
	static const cancel_fn fns[] = { same_digest, any_two };

	if (is_told(key))
		return;
	cancel_best(comparison, key);
	for (guint i = 0; i < G_N_ELEMENTS(fns); i++)
		cancel(comparison, key, fns[i]);
	for (guint i = 0; i < key->before->len; i++) {
		char **row = key->before->pdata[i];

		if (row)
			differ(comparison, row, NULL, g_strdup(row[OWNERS]));
	}
	for (guint i = 0; i < key->after->len; i++) {
		char **row = key->after->pdata[i];

		if (row)
			differ(comparison, NULL, row, g_strdup(row[OWNERS]));
	}
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	const struct part_difference *x = *(struct part_difference *const *)a, *y = *(struct part_difference *const *)b;
	int kind = strcmp(x->kind, y->kind), name = strcmp(x->name, y->name);

	return kind ? kind : name ? name : strcmp(x->section, y->section);
}

/* Of the globals KASAN watches, those that only tables refer to: names of files, in the bug table. */
static bool is_of_tables(const struct part_difference *d)
{
	return !strcmp(d->kind, "entries") && !strcmp(d->owners, "-") && g_str_has_prefix(d->section, ".data");
}

static bool is_expected_bug(const struct part_difference *d)
{
	return !strcmp(d->kind, "entries") && !strcmp(d->section, "__bug_table") && d->expected;
}

/* What a table says, and all that it refers to, has rows of its own: these differ because those do. */
static void expect_of_tables(const GPtrArray *differences)
{
	bool bug = false;

	for (guint i = 0; i < differences->len; i++)
		bug |= is_expected_bug(differences->pdata[i]);
	for (guint i = 0; bug && i < differences->len; i++)
		if (is_of_tables(differences->pdata[i]))
			((struct part_difference *)differences->pdata[i])->expected = true;
}

GPtrArray *parts_compare(const char *before, const char *after, GHashTable *expected, line_moved moved, gpointer data,
			 GError **error)
{
	struct comparison comparison = { .expected = expected, .moved = moved, .data = data };
	g_autoptr(GPtrArray) old = rows_read(before, error), new = old ? rows_read(after, error) : NULL;
	g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, key_free);
	GHashTableIter iter;
	gpointer key;

	if (!old || !new)
		return NULL;
	comparison.differences = g_ptr_array_new_with_free_func(difference_free);
	keys_add(keys, old, false);
	keys_add(keys, new, true);
	g_hash_table_iter_init(&iter, keys);
	while (g_hash_table_iter_next(&iter, NULL, &key))
		compare_key(&comparison, key);
	expect_of_tables(comparison.differences);
	g_ptr_array_sort(comparison.differences, by_name);
	return comparison.differences;
}

gint64 parts_code_size(const char *parts)
{
	g_autoptr(GPtrArray) rows = rows_read(parts, NULL);
	gint64 size = 0;

	for (guint i = 0; rows && i < rows->len; i++) {
		char **row = rows->pdata[i];

		if (!strcmp(row[KIND], "function"))
			size += g_ascii_strtoll(row[SIZE], NULL, 10);
	}
	return size;
}
