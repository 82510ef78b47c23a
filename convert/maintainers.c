// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which subsystem a path belongs to.
 *
 * A section is a title line and the run of "X: value" lines after it; blank
 * lines and comments end nothing. Its F: and N: lines claim paths, one X: line
 * that matches takes the section out. The depth of a match is the number of
 * folders its pattern spells out; N: counts 0, a pattern that opens with a
 * wildcard -1, and where several lines of a section match the last one counts.
 * All of that is what scripts/get_maintainer.pl does, which the test holds
 * this against.
 *
 * An F: or X: pattern is a regular expression in disguise: anchored at the
 * start only, "." quoted, "*" for ".*", "?" for ".", brackets as they are. It
 * matches below itself when it ends in a slash; otherwise path and pattern
 * must have equally many slashes, unless it says "**".
 *
 * Speed comes from the literal start of each pattern: a path is compared only
 * with the patterns filed under one of the folders above it.
 */

#include <string.h>

#include "maintainers.h"

#define CATCH_ALL	"THE REST"

struct pattern {
	guint order;		/* position in the file */
	char type;		/* F, X or N */
	char *literal;		/* what a match starts with; of N: what it contains */
	GRegex *regex;		/* the whole pattern, NULL when all of it is literal */
	bool below;		/* any number of slashes will do */
	guint slashes;
	int depth;
	struct subsystem *subsystem;
};

struct maintainers {
	GPtrArray *subsystems;	/* struct subsystem, in file order */
	GPtrArray *patterns;	/* struct pattern, in file order */
	GHashTable *under;	/* folder -> GPtrArray of F: and X: patterns filed there */
	GPtrArray *names;	/* the N: patterns */
	GHashTable *slugs;	/* slug -> struct subsystem */
	GHashTable *by_folder;	/* struct subsystem of paths that no section claims */
};

/* What the parser is in the middle of. */
struct parser {
	struct maintainers *m;
	GHashTable *folders;
	char *title;			/* seen, but no line of its section yet */
	struct subsystem *section;	/* open */
	guint line;
};

static void subsystem_free(gpointer data)
{
	struct subsystem *s = data;

	g_free(s->title);
	g_free(s->slug);
	g_free(s->status);
	g_free(s->tree);
	g_free(s);
}

static void pattern_free(gpointer data)
{
	struct pattern *p = data;

	g_free(p->literal);
	g_clear_pointer(&p->regex, g_regex_unref);
	g_free(p);
}

void maintainers_free(struct maintainers *m)
{
	if (!m)
		return;
	g_hash_table_unref(m->by_folder);
	g_hash_table_unref(m->slugs);
	g_hash_table_unref(m->under);
	g_ptr_array_unref(m->names);
	g_ptr_array_unref(m->patterns);
	g_ptr_array_unref(m->subsystems);
	g_free(m);
}

static struct maintainers *maintainers_new(void)
{
	struct maintainers *m = g_new0(struct maintainers, 1);

	m->subsystems = g_ptr_array_new_with_free_func(subsystem_free);
	m->patterns = g_ptr_array_new_with_free_func(pattern_free);
	m->names = g_ptr_array_new();
	m->under = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	m->slugs = g_hash_table_new(g_str_hash, g_str_equal);
	m->by_folder = g_hash_table_new(g_str_hash, g_str_equal);
	return m;
}

/* [a-z0-9] of the title, every run of anything else one dash. */
static char *slug_of(const char *title)
{
	GString *slug = g_string_new(NULL);

	for (const char *c = title; *c; c++) {
		if (g_ascii_isalnum(*c))
			g_string_append_c(slug, g_ascii_tolower(*c));
		else if (slug->len && slug->str[slug->len - 1] != '-')
			g_string_append_c(slug, '-');
	}
	if (slug->len && slug->str[slug->len - 1] == '-')
		g_string_truncate(slug, slug->len - 1);
	if (!slug->len)
		g_string_assign(slug, "unnamed");
	return g_string_free(slug, FALSE);
}

/* Takes the title. A slug that is taken gets -2, -3, ... */
static struct subsystem *subsystem_add(struct maintainers *m, char *title)
{
	struct subsystem *s = g_new0(struct subsystem, 1);
	g_autofree char *slug = slug_of(title);
	guint n = 1;

	s->title = title;
	s->status = g_strdup("-");
	s->tree = g_strdup("-");
	s->catch_all = g_str_equal(title, CATCH_ALL);
	s->slug = g_strdup(slug);
	while (g_hash_table_contains(m->slugs, s->slug)) {
		g_free(s->slug);
		s->slug = g_strdup_printf("%s-%u", slug, ++n);
	}
	g_hash_table_insert(m->slugs, s->slug, s);
	g_ptr_array_add(m->subsystems, s);
	return s;
}

static guint count_slashes(const char *s)
{
	guint n = 0;

	for (; *s; s++)
		n += *s == '/';
	return n;
}

/* The regular expression that an F: or X: pattern stands for. */
static char *glob_regex(const char *value)
{
	GString *regex = g_string_new(NULL);

	for (const char *c = value; *c; c++) {
		if (*c == '.')
			g_string_append(regex, "\\.");
		else if (*c == '*')
			g_string_append(regex, ".*");
		else if (*c == '?')
			g_string_append_c(regex, '.');
		else
			g_string_append_c(regex, *c);
	}
	return g_string_free(regex, FALSE);
}

/* Bytes at the start of an F: or X: pattern that stand for themselves. */
static gsize glob_literal(const char *value)
{
	/* These reach back over, or cut short, what stands before them. */
	if (strpbrk(value, "+{|()\\^$"))
		return 0;
	return strcspn(value, "*?[");
}

static gboolean pattern_compile(struct pattern *p, const char *regex, GRegexCompileFlags flags,
				const struct parser *parser, GError **error)
{
	g_autoptr(GError) why = NULL;

	p->regex = g_regex_new(regex, flags | G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, &why);
	if (p->regex)
		return TRUE;
	return fail(error, "bad pattern in line %u of MAINTAINERS: %s", parser->line, why->message);
}

/* Files the pattern under the folder that its literal start spells out. */
static void file_under(struct maintainers *m, struct pattern *p)
{
	const char *slash = strrchr(p->literal, '/');
	char *folder = g_strndup(p->literal, slash ? slash - p->literal + 1 : 0);
	GPtrArray *there = g_hash_table_lookup(m->under, folder);

	if (!there) {
		there = g_ptr_array_new();
		g_hash_table_insert(m->under, g_strdup(folder), there);
	}
	g_ptr_array_add(there, p);
	g_free(folder);
}

static gboolean parse_glob(const struct parser *parser, struct pattern *p, const char *text, GError **error)
{
	g_autofree char *value = g_strdup(text);
	g_autofree char *regex = NULL;
	gsize literal;

	/* get_maintainer.pl asks for the folder with dots quoted already: such a folder it never finds. */
	if (parser->folders && !strchr(text, '.') && g_hash_table_contains(parser->folders, text)) {
		g_free(value);
		value = g_strconcat(text, "/", NULL);
	}
	literal = glob_literal(value);
	p->literal = g_strndup(value, literal);
	p->slashes = count_slashes(value);
	p->below = g_str_has_suffix(value, "/") || strstr(value, "**");
	p->depth = p->slashes + !g_str_has_suffix(value, "/");
	if (*value == '*')
		p->depth = -1;
	file_under(parser->m, p);
	if (!value[literal])
		return TRUE;
	regex = glob_regex(value);
	return pattern_compile(p, regex, G_REGEX_ANCHORED, parser, error);
}

static gboolean parse_name(const struct parser *parser, struct pattern *p, const char *value, GError **error)
{
	g_ptr_array_add(parser->m->names, p);
	p->literal = g_strdup(value);
	if (!value[strspn(value, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-/,")])
		return TRUE;
	return pattern_compile(p, value, G_REGEX_EXTENDED, parser, error);
}

static gboolean parse_pattern(const struct parser *parser, char type, const char *value, GError **error)
{
	struct maintainers *m = parser->m;
	struct pattern *p = g_new0(struct pattern, 1);

	p->order = m->patterns->len;
	p->type = type;
	p->subsystem = parser->section;
	g_ptr_array_add(m->patterns, p);
	if (type == 'N')
		return parse_name(parser, p, value, error);
	return parse_glob(parser, p, value, error);
}

static void set_once(char **field, const char *value)
{
	if (!g_str_equal(*field, "-") || !*value)
		return;
	g_free(*field);
	*field = g_strdup(value);
}

/* A line "X: value". */
static gboolean parse_entry(struct parser *parser, char type, const char *value, GError **error)
{
	if (!parser->section) {
		if (!parser->title)
			return fail(error, "line %u of MAINTAINERS belongs to no section", parser->line);
		parser->section = subsystem_add(parser->m, g_steal_pointer(&parser->title));
	}
	switch (type) {
	case 'F':
	case 'X':
	case 'N':
		return parse_pattern(parser, type, value, error);
	case 'S':
		set_once(&parser->section->status, value);
		break;
	case 'T':
		set_once(&parser->section->tree, value);
		break;
	}
	return TRUE;
}

static gboolean parse_line(struct parser *parser, char *line, GError **error)
{
	char *text = line + strspn(line, " \t\r");

	parser->line++;
	if (g_ascii_isupper(line[0]) && line[1] == ':')
		return parse_entry(parser, line[0], line + 2 + strspn(line + 2, " \t"), error);
	if (!*text || *text == '#')
		return TRUE;
	parser->section = NULL;
	g_free(parser->title);
	parser->title = g_strdup(g_strchomp(line));
	return TRUE;
}

struct maintainers *maintainers_parse(const char *text, gsize len, GHashTable *folders, GError **error)
{
	struct parser parser = { .m = maintainers_new(), .folders = folders };
	g_autofree char *copy = g_strndup(text, len);
	g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
	gboolean ok = TRUE;

	for (guint i = 0; lines[i] && ok; i++)
		ok = parse_line(&parser, lines[i], error);
	g_free(parser.title);
	if (ok && !parser.m->patterns->len)
		ok = fail(error, "MAINTAINERS names no file");
	if (!ok)
		g_clear_pointer(&parser.m, maintainers_free);
	return parser.m;
}

/* The set of all folders of a tree. */
static GHashTable *tree_folders(const struct git *git, const char *commit, GError **error)
{
	g_autofree char *text = git_run_l(git, error, "ls-tree", "-r", "-d", "--name-only", "--full-tree", commit, NULL);
	GHashTable *folders;
	g_auto(GStrv) lines = NULL;

	if (!text)
		return NULL;
	folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		char *folder = path_unquote(lines[i], NULL);

		if (folder)
			g_hash_table_add(folders, folder);
	}
	return folders;
}

struct maintainers *maintainers_read(const struct git *git, const char *tag, GError **error)
{
	g_autofree char *commit = git_resolve(git, tag, error);
	g_autofree char *name = NULL, *text = NULL;
	g_autoptr(GHashTable) folders = NULL;

	if (!commit)
		return NULL;
	name = g_strconcat(commit, ":MAINTAINERS", NULL);
	if (!git_ok(git, (const char *const[]){ "cat-file", "-e", name, NULL })) {
		fail(error, "'%s' has no MAINTAINERS: without it no subsystem is known", tag);
		return NULL;
	}
	folders = tree_folders(git, commit, error);
	if (!folders)
		return NULL;
	text = git_run_l(git, error, "cat-file", "blob", name, NULL);
	return text ? maintainers_parse(text, strlen(text), folders, error) : NULL;
}

static bool pattern_matches(const struct pattern *p, const char *path, guint slashes)
{
	if (p->type == 'N')
		return p->regex ? g_regex_match(p->regex, path, 0, NULL) : strstr(path, p->literal) != NULL;
	if (!g_str_has_prefix(path, p->literal))
		return false;
	if (p->regex && !g_regex_match(p->regex, path, 0, NULL))
		return false;
	return p->below || p->slashes == slashes;
}

static void collect(GPtrArray *hits, const GPtrArray *patterns, const char *path, guint slashes)
{
	for (guint i = 0; patterns && i < patterns->len; i++)
		if (pattern_matches(patterns->pdata[i], path, slashes))
			g_ptr_array_add(hits, patterns->pdata[i]);
}

static int by_order(gconstpointer a, gconstpointer b)
{
	const struct pattern *p = *(const struct pattern *const *)a;
	const struct pattern *q = *(const struct pattern *const *)b;

	return p->order < q->order ? -1 : p->order > q->order;
}

/* The patterns that match, in file order. */
static GPtrArray *matching_patterns(const struct maintainers *m, const char *path)
{
	GPtrArray *hits = g_ptr_array_new();
	g_autoptr(GString) folder = g_string_new(NULL);
	guint slashes = count_slashes(path);
	const char *slash = path;

	collect(hits, m->names, path, slashes);
	collect(hits, g_hash_table_lookup(m->under, ""), path, slashes);
	while ((slash = strchr(slash, '/'))) {
		g_string_truncate(folder, 0);
		g_string_append_len(folder, path, ++slash - path);
		collect(hits, g_hash_table_lookup(m->under, folder->str), path, slashes);
	}
	g_ptr_array_sort(hits, by_order);
	return hits;
}

/* g_array_sort() is stable, so equals stay in file order. */
static int by_depth(gconstpointer a, gconstpointer b)
{
	return ((const struct subsystem_match *)b)->depth - ((const struct subsystem_match *)a)->depth;
}

GArray *maintainers_all(const struct maintainers *m, const char *path)
{
	g_autoptr(GPtrArray) hits = matching_patterns(m, path);
	GArray *all = g_array_new(FALSE, FALSE, sizeof(struct subsystem_match));

	for (guint i = 0; i < hits->len;) {
		const struct pattern *p = hits->pdata[i];
		struct subsystem_match match = { .subsystem = p->subsystem };
		bool claimed = false, excluded = false;

		for (; i < hits->len; i++) {
			p = hits->pdata[i];
			if (p->subsystem != match.subsystem)
				break;
			excluded |= p->type == 'X';
			if (p->type == 'X')
				continue;
			claimed = true;
			match.depth = p->depth;
		}
		if (claimed && !excluded)
			g_array_append_val(all, match);
	}
	g_array_sort(all, by_depth);
	return all;
}

const struct subsystem *maintainers_find(const struct maintainers *m, const char *path)
{
	g_autoptr(GArray) all = maintainers_all(m, path);

	for (guint i = 0; i < all->len; i++) {
		const struct subsystem *s = g_array_index(all, struct subsystem_match, i).subsystem;

		if (!s->catch_all)
			return s;
	}
	return NULL;
}

/* The path's folder, at most two levels deep. */
static char *folder_of(const char *path)
{
	const char *first = strchr(path, '/');
	const char *second = first ? strchr(first + 1, '/') : NULL;

	if (!first)
		return g_strdup("root");
	return g_strndup(path, (second ? second : first) - path);
}

const struct subsystem *maintainers_subsystem(struct maintainers *m, const char *path)
{
	const struct subsystem *s = maintainers_find(m, path);
	g_autofree char *folder = NULL;

	if (s)
		return s;
	folder = folder_of(path);
	s = g_hash_table_lookup(m->by_folder, folder);
	if (!s) {
		s = subsystem_add(m, g_steal_pointer(&folder));
		g_hash_table_insert(m->by_folder, s->title, (gpointer)s);
	}
	return s;
}

const struct subsystem *maintainers_slug(const struct maintainers *m, const char *slug)
{
	return g_hash_table_lookup(m->slugs, slug);
}
