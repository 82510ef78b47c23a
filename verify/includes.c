// SPDX-License-Identifier: GPL-2.0-only
/*
 * includes.c: which source files may include a file. See includes.h.
 *
 * An #include line is kept under the last component of the name it gives. To
 * ask who includes a path is to look at the lines kept under its last
 * component and to drop those whose name cannot mean it: another
 * architecture, another source tree (tools/), a neighbour of the includer
 * with that very name.
 *
 * In the cache: "PATH<tab>NAME" lines of one tree, as found by git grep, and
 * "PATH<tab>" for each header.
 */
#define _GNU_SOURCE
#include <string.h>

#include "includes.h"

/* One #include line. Strings are owned by includes->strings. */
struct edge {
	const char *file;	/* has the line */
	const char *name;	/* as it stands between the quotes or brackets */
	const char *near;	/* the path beside the file that the name would mean, NULL: not asked yet */
};

struct includes {
	GStringChunk *strings;
	GHashTable *by_base;	/* last component -> GArray of struct edge */
	GHashTable *paths;	/* every header and every path with an edge: to know neighbours */
	GHashTable *reach;	/* path -> set, answers given so far */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void add_edge(struct includes *includes, const char *file, const char *name)
{
	struct edge edge = {
		.file = g_string_chunk_insert_const(includes->strings, file),
		.name = g_string_chunk_insert_const(includes->strings, name),
	};
	GArray *edges = g_hash_table_lookup(includes->by_base, base_name(edge.name));

	if (!edges) {
		edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
		g_hash_table_insert(includes->by_base, (gpointer)base_name(edge.name), edges);
	}
	g_array_append_val(edges, edge);
	g_hash_table_add(includes->paths, (gpointer)edge.file);
}

/* The name in an #include line, or NULL. */
static char *included_name(const char *line, gsize len)
{
	const char *end = line + len, *start, *stop;

	while (line < end && g_ascii_isspace(*line))
		line++;
	if (line == end || *line++ != '#')
		return NULL;
	while (line < end && g_ascii_isspace(*line))
		line++;
	if (end - line < 7 || strncmp(line, "include", 7))
		return NULL;
	for (start = line + 7; start < end && *start != '"' && *start != '<';)
		start++;
	for (stop = start + 1; stop < end && *stop != '"' && *stop != '>';)
		stop++;
	return stop < end ? g_strndup(start + 1, stop - start - 1) : NULL;
}

/* The tree's headers, as lines without a name: a neighbour counts though it includes nothing. */
static gboolean add_headers(const struct git *git, const char *tree, GString *edges, GError **error)
{
	g_autofree char *list = git_run_l(git, error, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only",
					  "--full-tree", tree, NULL);
	g_auto(GStrv) paths = list ? g_strsplit(list, "\n", -1) : NULL;

	for (char **path = paths; path && *path; path++)
		if (g_str_has_suffix(*path, ".h"))
			g_string_append_printf(edges, "%s\t\n", *path);
	return list != NULL;
}

/* git grep's "TREE:PATH\0LINE\n" made "PATH\tNAME\n". */
static char *edges_of_tree(const struct git *git, const char *tree, GError **error)
{
	const char *const argv[] = { "git", "-C", git->dir, "-c", "core.quotePath=false", "grep", "-z", "-F", "-I",
		"--threads=2", "--no-color", "--full-name", "-e", "#include", "-e", "# include", "-e", "#\tinclude",
		"-e", "#  include", tree, "--", "*.c", "*.h", "*.S", NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };
	GString *edges;

	if (!process_check(&command, &result, error)) {
		process_clear(&result);
		return NULL;
	}
	edges = g_string_new(NULL);
	for (const char *p = result.out; *p;) {
		const char *path = p + strlen(tree) + 1, *line = path + strlen(path) + 1;
		const char *end = strchrnul(line, '\n');
		g_autofree char *name = included_name(line, end - line);

		if (name)
			g_string_append_printf(edges, "%s\t%s\n", path, name);
		p = *end ? end + 1 : end;
	}
	process_clear(&result);
	if (add_headers(git, tree, edges, error))
		return g_string_free(edges, FALSE);
	g_string_free(edges, TRUE);
	return NULL;
}

static gboolean add_tree(struct includes *includes, const struct git *git, struct cache *cache, const char *tree,
			 GError **error)
{
	g_autofree char *key = cache_key("includes 2", tree, NULL);
	gsize len;
	g_autofree char *edges = cache_get(cache, key, &len);

	if (!edges) {
		edges = edges_of_tree(git, tree, error);
		if (!edges || !cache_put(cache, key, edges, strlen(edges), error))
			return FALSE;
	}
	for (char *line = edges; *line;) {
		char *tab = strchr(line, '\t'), *end = tab ? strchr(tab, '\n') : NULL;

		if (!end)
			return fail(error, "the cached #include lines of '%s' are damaged", tree);
		*tab = *end = '\0';
		if (tab[1])
			add_edge(includes, line, tab + 1);
		else
			g_hash_table_add(includes->paths, g_string_chunk_insert_const(includes->strings, line));
		line = end + 1;
	}
	return TRUE;
}

static void add_lines(struct includes *includes, const char *path, const char *text)
{
	for (const char *line = text; *line;) {
		const char *end = strchrnul(line, '\n');
		g_autofree char *name = included_name(line, end - line);

		if (name)
			add_edge(includes, path, name);
		line = *end ? end + 1 : end;
	}
}

static gboolean add_changes(struct includes *includes, const struct git *git, const GPtrArray *commits, GError **error)
{
	struct git_batch *batch = git_batch_open(git, error);

	if (!batch)
		return FALSE;
	for (guint i = 0; i < commits->len; i++) {
		const struct commit *commit = commits->pdata[i];

		for (guint j = 0; j < commit->changes->len; j++) {
			const struct change *change = commit->changes->pdata[j];
			g_autofree char *text = NULL;
			gsize len;

			if (!change->new_oid || !path_has_suffix(change->path, ".c .h .S"))
				continue;
			text = git_batch_read(batch, change->new_oid, &len, error);
			if (text)
				add_lines(includes, change->path, text);
		}
	}
	git_batch_close(batch);
	return TRUE;
}

struct includes *includes_read(const struct git *git, struct cache *cache, const GPtrArray *commits, GError **error)
{
	struct includes *includes = g_new0(struct includes, 1);
	const struct commit *first = commits->pdata[0];

	includes->strings = g_string_chunk_new(1 << 16);
	includes->by_base = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
	includes->paths = g_hash_table_new(g_str_hash, g_str_equal);
	includes->reach = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
	if (add_tree(includes, git, cache, first->parent_tree, error) && add_changes(includes, git, commits, error))
		return includes;
	includes_free(includes);
	return NULL;
}

void includes_free(struct includes *includes)
{
	if (!includes)
		return;
	g_hash_table_unref(includes->reach);
	g_hash_table_unref(includes->by_base);
	g_hash_table_unref(includes->paths);
	g_string_chunk_free(includes->strings);
	g_free(includes);
}

/* The architecture of arch/ARCH/..., or NULL. The name is not NUL-terminated. */
static const char *arch_of(const char *path, gsize *len)
{
	if (!g_str_has_prefix(path, "arch/"))
		return NULL;
	*len = strcspn(path + 5, "/");
	return path + 5;
}

static bool same_world(const char *a, const char *b)
{
	gsize alen = 0, blen = 0;
	const char *aarch = arch_of(a, &alen), *barch = arch_of(b, &blen);

	if (g_str_has_prefix(a, "tools/") != g_str_has_prefix(b, "tools/"))
		return false;
	return !aarch || !barch || (alen == blen && !strncmp(aarch, barch, alen));
}

/* Paths are asked for much more often than there are lines: what is beside a file is worked out once. */
static const char *near_path(struct includes *includes, struct edge *edge)
{
	g_autofree char *folder = NULL, *beside = NULL, *near = NULL;

	if (edge->near)
		return edge->near;
	folder = g_path_get_dirname(edge->file);
	beside = g_build_filename("/", folder, edge->name, NULL);
	near = g_canonicalize_filename(beside, "/");
	edge->near = g_string_chunk_insert_const(includes->strings, near + 1);
	return edge->near;
}

static bool ends_in(const char *path, const char *name)
{
	gsize len = strlen(path), tail;

	while (g_str_has_prefix(name, "../") || g_str_has_prefix(name, "./"))
		name = strchr(name, '/') + 1;
	tail = strlen(name);
	return len >= tail && !strcmp(path + len - tail, name) && (len == tail || path[len - tail - 1] == '/');
}

/* Whether the #include line may mean the path. */
static bool may_mean(struct includes *includes, struct edge *edge, const char *path)
{
	const char *near;

	if (!ends_in(path, edge->name))
		return false;
	near = near_path(includes, edge);
	if (!strcmp(near, path))
		return true;
	return !g_hash_table_contains(includes->paths, near) && same_world(edge->file, path);
}

GHashTable *includes_reach(struct includes *includes, const char *path)
{
	GHashTable *reach = g_hash_table_lookup(includes->reach, path);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) todo = g_ptr_array_new();

	if (reach)
		return reach;
	reach = g_hash_table_new(g_str_hash, g_str_equal);
	g_hash_table_insert(includes->reach, g_strdup(path), reach);
	g_ptr_array_add(todo, g_string_chunk_insert_const(includes->strings, path));
	for (guint i = 0; i < todo->len; i++) {
		GArray *edges = g_hash_table_lookup(includes->by_base, base_name(todo->pdata[i]));

		for (guint j = 0; edges && j < edges->len; j++) {
			struct edge *edge = &g_array_index(edges, struct edge, j);

			if (g_hash_table_contains(seen, edge->file) || !may_mean(includes, edge, todo->pdata[i]))
				continue;
			g_hash_table_add(seen, (gpointer)edge->file);
			g_ptr_array_add(todo, (gpointer)edge->file);
			if (path_has_suffix(edge->file, ".c .S"))
				g_hash_table_add(reach, (gpointer)edge->file);
		}
	}
	return reach;
}
