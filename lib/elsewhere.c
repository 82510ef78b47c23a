// SPDX-License-Identifier: GPL-2.0-only
/*
 * elsewhere.c: what one configuration leaves open and another answers. See
 * elsewhere.h.
 *
 * A configuration compiled each changed file of a commit that it holds the build
 * of and does not name as undecided: every one is accounted for. It compiled a
 * line when it says so and compiled the file: the preprocessor alone shows lines
 * of files that do not compile.
 */
#include <stdlib.h>
#include <string.h>

#include "elsewhere.h"

enum { COMMIT, CONFIG, CHECK, VERDICT, DETAIL };

struct elsewhere {
	const struct tsv *rows;
	GHashTable *builders;	/* "commit<tab>check" -> GPtrArray of the configurations that hold it */
	GHashTable *open;	/* set of "commit<tab>check<tab>configuration<tab>path": not compiled */
	GHashTable *lines;	/* "commit<tab>check<tab>path" -> set of line numbers some configuration compiles */
};

static const char *get(const struct elsewhere *elsewhere, guint row, guint column)
{
	return tsv_get(elsewhere->rows, row, column);
}

static bool is(const struct elsewhere *elsewhere, guint row, const char *check, const char *verdict)
{
	return !strcmp(get(elsewhere, row, CHECK), check) && !strcmp(get(elsewhere, row, VERDICT), verdict);
}

/* The path before the mark, or NULL. */
static char *path_before(const char *detail, const char *mark)
{
	return mark ? g_strndup(detail, mark - detail) : NULL;
}

/* Calls fn for each line of "12-14,20" until it returns false, and says whether it never did. */
static bool each_line(const char *ranges, bool (*fn)(GHashTable *lines, guint line), GHashTable *lines)
{
	for (char *p = (char *)ranges; *p;) {
		guint first = strtoul(p, &p, 10), last = *p == '-' ? strtoul(p + 1, &p, 10) : first;

		for (guint line = first; line <= last; line++)
			if (!fn(lines, line))
				return false;
		if (*p++ != ',')
			break;
	}
	return true;
}

static bool add_line(GHashTable *lines, guint line)
{
	g_hash_table_add(lines, GUINT_TO_POINTER(line));
	return true;
}

static bool has_line(GHashTable *lines, guint line)
{
	return g_hash_table_contains(lines, GUINT_TO_POINTER(line));
}

/* The set of lines of the row's commit, check and path; ranges is set to its lines. */
static GHashTable *lines_of(const struct elsewhere *elsewhere, guint row, bool make, const char **ranges)
{
	const char *detail = get(elsewhere, row, DETAIL), *colon = strrchr(detail, ':');
	g_autofree char *path = path_before(detail, colon), *key = NULL;
	GHashTable *lines;

	if (!path)
		return NULL;
	*ranges = colon + 1;
	key = g_strdup_printf("%s\t%s\t%s", get(elsewhere, row, COMMIT), get(elsewhere, row, CHECK), path);
	lines = g_hash_table_lookup(elsewhere->lines, key);
	if (!lines && make) {
		lines = g_hash_table_new(NULL, NULL);
		g_hash_table_insert(elsewhere->lines, g_steal_pointer(&key), lines);
	}
	return lines;
}

/* The source file the row names as not compiled, or NULL: it is about an object or a configuration. */
static char *open_source(const struct elsewhere *elsewhere, guint row)
{
	static const char *const suffixes[] = { ".c", ".h", ".S", ".c\"", ".h\"", ".S\"" };
	const char *detail = get(elsewhere, row, DETAIL);
	g_autofree char *path = path_before(detail, strstr(detail, ": "));

	for (guint i = 0; path && i < G_N_ELEMENTS(suffixes); i++)
		if (g_str_has_suffix(path, suffixes[i]))
			return g_steal_pointer(&path);
	return NULL;
}

/* Whether the row says of its file no more than that this configuration does not compile it. */
static bool is_left_open(const struct elsewhere *elsewhere, guint row)
{
	static const char *const reasons[] = { NOT_INCLUDED, NO_RULE, NOT_COMPILED, UNSELECTED_BROKEN };
	const char *colon = strstr(get(elsewhere, row, DETAIL), ": "), *why = colon ? colon + 2 : "";

	for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
		size_t len = strlen(reasons[i]);

		/* What kept it from being compiled may follow. */
		if (!strncmp(why, reasons[i], len) && (!why[len] || why[len] == ':'))
			return true;
	}
	return false;
}

/* The checks that say which files they did not compile. */
static bool is_of_objects(const char *check)
{
	static const char *const checks[] = { "build", "warnings", "sparse", "equiv", NULL };

	return g_strv_contains(checks, check);
}

static GPtrArray *builders_of(const struct elsewhere *elsewhere, const char *commit, const char *check)
{
	g_autofree char *key = g_strdup_printf("%s\t%s", commit, check);

	return g_hash_table_lookup(elsewhere->builders, key);
}

/* Whether the configuration compiled the path for the row's commit, as the check says. */
static bool compiled(const struct elsewhere *elsewhere, guint row, const char *check, const char *config,
		     const char *path)
{
	const char *commit = get(elsewhere, row, COMMIT);
	GPtrArray *builders = builders_of(elsewhere, commit, check);
	g_autofree char *key = g_strdup_printf("%s\t%s\t%s\t%s", commit, check, config, path);

	return builders && g_ptr_array_find_with_equal_func(builders, config, g_str_equal, NULL) &&
		!g_hash_table_contains(elsewhere->open, key);
}

static void read_check(struct elsewhere *elsewhere, guint row)
{
	const char *commit = get(elsewhere, row, COMMIT), *config = get(elsewhere, row, CONFIG);
	const char *check = get(elsewhere, row, CHECK), *verdict = get(elsewhere, row, VERDICT);
	GPtrArray *builders;

	if (!is_of_objects(check))
		return;
	if (!strcmp(verdict, "holds")) {
		builders = builders_of(elsewhere, commit, check);
		if (!builders) {
			builders = g_ptr_array_new();
			g_hash_table_insert(elsewhere->builders, g_strdup_printf("%s\t%s", commit, check), builders);
		}
		g_ptr_array_add(builders, (gpointer)config);
	} else if (!strcmp(verdict, "undecided")) {
		g_autofree char *path = open_source(elsewhere, row);

		if (path)
			g_hash_table_add(elsewhere->open, g_strdup_printf("%s\t%s\t%s\t%s", commit, check, config, path));
	}
}

bool check_is_of_lines(const char *check)
{
	return !strcmp(check, "lines") || !strcmp(check, "added");
}

/* Whether the row names lines that its configuration compiles. */
static bool shows_lines(const struct elsewhere *elsewhere, guint row)
{
	const char *check = get(elsewhere, row, CHECK), *detail = get(elsewhere, row, DETAIL);
	g_autofree char *path = path_before(detail, strrchr(detail, ':'));

	return check_is_of_lines(check) && is(elsewhere, row, check, "holds") && path &&
		compiled(elsewhere, row, "build", get(elsewhere, row, CONFIG), path);
}

bool elsewhere_compiled(const struct elsewhere *elsewhere, guint row)
{
	return !strcmp(get(elsewhere, row, CHECK), "lines") && shows_lines(elsewhere, row);
}

static void read_lines(struct elsewhere *elsewhere, guint row)
{
	const char *ranges;
	GHashTable *lines;

	if (!shows_lines(elsewhere, row))
		return;
	lines = lines_of(elsewhere, row, true, &ranges);
	each_line(ranges, add_line, lines);
}

struct elsewhere *elsewhere_read(const struct tsv *rows)
{
	struct elsewhere *elsewhere = g_new0(struct elsewhere, 1);

	elsewhere->rows = rows;
	elsewhere->builders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	elsewhere->open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	elsewhere->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
	for (guint i = 0; i < rows->rows->len; i++)
		read_check(elsewhere, i);
	for (guint i = 0; i < rows->rows->len; i++)
		read_lines(elsewhere, i);
	return elsewhere;
}

void elsewhere_free(struct elsewhere *elsewhere)
{
	g_hash_table_unref(elsewhere->builders);
	g_hash_table_unref(elsewhere->open);
	g_hash_table_unref(elsewhere->lines);
	g_free(elsewhere);
}

bool elsewhere_decides(const struct elsewhere *elsewhere, guint row)
{
	const char *check = get(elsewhere, row, CHECK);
	const GPtrArray *builders = builders_of(elsewhere, get(elsewhere, row, COMMIT), check);
	g_autofree char *source = NULL;
	const char *ranges;
	GHashTable *lines;

	if (check_is_of_lines(check) && is(elsewhere, row, check, "undecided")) {
		lines = lines_of(elsewhere, row, false, &ranges);
		return lines && each_line(ranges, has_line, lines);
	}
	if (is_of_objects(check) && is(elsewhere, row, check, "undecided") && is_left_open(elsewhere, row))
		source = open_source(elsewhere, row);
	if (!source)
		return false;
	for (guint i = 0; builders && i < builders->len; i++)
		if (compiled(elsewhere, row, check, builders->pdata[i], source))
			return true;
	return false;
}
