// SPDX-License-Identifier: GPL-2.0-only
/*
 * The subsystem prefix of a patch's subject.
 *
 * History knows best. A repository made from source packages has none; there
 * the folder that a patch's files share decides. Folders come in three sorts:
 * a *shelf* holds unrelated things, so that the thing's own name is the prefix
 * (drivers/block/rbd.c: "rbd"); a *class* goes in front of it
 * (drivers/scsi/lpfc: "scsi: lpfc"); any other folder is a name for all it
 * holds ("block", "io_uring"). The thing in a shelf or class is the next folder
 * down, the only file, or what all file names start with (dm-crypt.c and
 * dm-io.c: "dm"). Headers count only where nothing else is touched.
 */
#include <string.h>

#include "prefix.h"

enum sort { SHELF, CLASS, WHOLE };

/* Folders that are not simply called by the name of their first component. */
static const struct place {
	const char *folder;
	enum sort sort;
	const char *name;	/* of the whole, or where nothing inside is named */
	const char *join;	/* between a class and what is in it */
} places[] = {
	{ "arch", SHELF, "arch", NULL },
	{ "Documentation", WHOLE, "docs", NULL },
	{ "drivers", SHELF, "drivers", NULL },
	{ "drivers/block", SHELF, "block", NULL },
	{ "drivers/gpu/drm", CLASS, "drm", "/" },
	{ "drivers/infiniband", WHOLE, "RDMA", NULL },
	{ "drivers/infiniband/hw", CLASS, "RDMA", "/" },
	{ "drivers/infiniband/sw", CLASS, "RDMA", "/" },
	{ "drivers/infiniband/ulp", CLASS, "RDMA", "/" },
	{ "drivers/md", SHELF, "md", NULL },
	{ "drivers/mtd/ubi", WHOLE, "ubi", NULL },
	{ "drivers/net", CLASS, "net", ": " },
	{ "drivers/nvdimm", CLASS, "nvdimm", "/" },
	{ "drivers/nvme/host", CLASS, "nvme", "-" },
	{ "drivers/nvme/target", WHOLE, "nvmet", NULL },
	{ "drivers/s390", CLASS, "s390", "/" },
	{ "drivers/s390/block", CLASS, "s390", "/" },
	{ "drivers/scsi", CLASS, "scsi", ": " },
	{ "drivers/staging", CLASS, "staging", ": " },
	{ "drivers/target", WHOLE, "scsi: target", NULL },
	{ "fs", SHELF, "fs", NULL },
	{ "fs/smb/client", WHOLE, "smb: client", NULL },
	{ "fs/smb/server", WHOLE, "ksmbd", NULL },
	{ "kernel", SHELF, "kernel", NULL },
	{ "lib", SHELF, "lib", NULL },
	{ "net", SHELF, "net", NULL },
	{ "net/ceph", WHOLE, "libceph", NULL },
	{ "net/core", WHOLE, "net", NULL },
	{ "net/sunrpc", WHOLE, "SUNRPC", NULL },
	{ "security", SHELF, "security", NULL },
	{ "sound", WHOLE, "ALSA", NULL },
	{ "sound/soc", WHOLE, "ASoC", NULL },
	{ "tools", CLASS, "tools", "/" },
	{ "virt", SHELF, "virt", NULL },
};

char *prefix_of_subject(const char *subject)
{
	static GRegex *regex;
	g_autoptr(GMatchInfo) info = NULL;

	if (!regex)
		regex = g_regex_new("^([\\w.,/+-]+(?: [\\w.,/+-]+)?(?:: [\\w.,/+-]+)*): \\S",
				    G_REGEX_OPTIMIZE, 0, NULL);
	if (!g_regex_match(regex, subject, 0, &info))
		return NULL;
	return g_match_info_fetch(info, 1);
}

/* The most common prefix of the subjects, the first of equals; NULL below 4 that have one. */
static char *most_common(char **subjects)
{
	g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *best = NULL;
	guint most = 0, all = 0;

	for (guint i = 0; subjects[i]; i++) {
		char *prefix = prefix_of_subject(subjects[i]);
		guint n;

		if (!prefix)
			continue;
		n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, prefix)) + 1;
		all++;
		if (n > most) {
			most = n;
			g_free(best);
			best = g_strdup(prefix);
		}
		g_hash_table_insert(counts, prefix, GUINT_TO_POINTER(n));
	}
	return all > 3 ? g_steal_pointer(&best) : NULL;
}

static char *prefix_of_history(const struct git *git, const char *revision, const char *const *paths)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new();
	g_autofree char *log = NULL;
	g_auto(GStrv) subjects = NULL;
	static const char *const head[] = {
		"--literal-pathspecs", "log", "--no-merges", "--format=%s", "-n", "50",
	};

	for (guint i = 0; i < G_N_ELEMENTS(head); i++)
		g_ptr_array_add(args, (gpointer)head[i]);
	g_ptr_array_add(args, (gpointer)revision);
	g_ptr_array_add(args, (gpointer)"--");
	for (; *paths; paths++)
		g_ptr_array_add(args, (gpointer)*paths);
	g_ptr_array_add(args, NULL);
	log = git_run(git, NULL, (const char *const *)args->pdata, NULL);
	if (!log)
		return NULL;
	subjects = g_strsplit(log, "\n", -1);
	return most_common(subjects);
}

char *subject_prefix(const struct git *git, const char *revision, const struct subsystem *subsystem,
		     const char *const *paths)
{
	char *prefix = prefix_of_history(git, revision, paths);

	return prefix ? prefix : prefix_of_paths(subsystem, paths);
}

/* The folder's length when it is one of path's, or 0. */
static gsize is_under(const char *path, const char *folder)
{
	gsize len = strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || !path[len]) ? len : 0;
}

static const struct place *place_of(const char *folder)
{
	const struct place *best = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(places); i++)
		if (is_under(folder, places[i].folder) &&
		    (!best || strlen(places[i].folder) > strlen(best->folder)))
			best = &places[i];
	return best;
}

/* Bytes of the folder that all the paths are in, without its last slash. */
static gsize common_folder(const GPtrArray *paths)
{
	const char *first = paths->pdata[0];
	gsize len = strlen(first);

	for (guint i = 0; i < paths->len; i++) {
		const char *path = paths->pdata[i];
		gsize same = 0;

		while (same < len && path[same] == first[same])
			same++;
		/* Back to a slash that both have, or before the first component. */
		while (same && !(first[same] == '/' && path[same] == '/'))
			same--;
		len = same;
	}
	if (paths->len == 1) {
		const char *slash = strrchr(first, '/');

		len = slash ? (gsize)(slash - first) : 0;
	}
	return len;
}

/* The top-level folder of most of the paths, the first of equals. */
static const char *main_folder(const GPtrArray *paths)
{
	g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
	const char *best = NULL;
	guint most = 0;

	for (guint i = 0; i < paths->len; i++) {
		const char *path = paths->pdata[i];
		g_autofree char *name = g_strndup(path, strcspn(path, "/"));
		const char *top = g_intern_string(name);
		guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, top)) + 1;

		g_hash_table_insert(counts, (gpointer)top, GUINT_TO_POINTER(n));
		if (n > most) {
			most = n;
			best = top;
		}
	}
	return best;
}

/* Those of the paths that decide: no headers where there is more, and one top-level folder. */
static GPtrArray *deciding(const char *const *paths)
{
	GPtrArray *some = g_ptr_array_new();
	bool all_headers = true;
	const char *top;

	for (guint i = 0; paths[i]; i++)
		all_headers &= g_str_has_suffix(paths[i], ".h");
	for (guint i = 0; paths[i]; i++)
		if (all_headers || !g_str_has_suffix(paths[i], ".h"))
			g_ptr_array_add(some, (gpointer)paths[i]);
	top = main_folder(some);
	for (guint i = some->len; i-- > 0;)
		if (!is_under(some->pdata[i], top))
			g_ptr_array_remove_index(some, i);
	return some;
}

static char *stem_of(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);

	return g_strndup(name, strcspn(name, "."));
}

/* The name of the only file, or what all the names start with up to a dash or underscore; or NULL. */
static char *common_stem(const GPtrArray *paths)
{
	char *stem = stem_of(paths->pdata[0]);

	for (guint i = 1; i < paths->len; i++) {
		g_autofree char *other = stem_of(paths->pdata[i]);
		gsize same = 0;

		while (stem[same] && stem[same] == other[same])
			same++;
		while (same && !strchr("-_", stem[same]))
			same--;
		stem[same] = '\0';
	}
	if (!*stem)
		g_clear_pointer(&stem, g_free);
	return stem;
}

/* What the shelf or class holds here, or NULL. */
static char *thing_in(const struct place *place, const char *folder, const GPtrArray *paths)
{
	const char *rest = folder + strlen(place->folder);

	if (*rest != '/')
		return common_stem(paths);
	rest++;
	return g_strndup(rest, strcspn(rest, "/"));
}

/* Headers say little of themselves: one its name, several the first word of the subsystem's title. */
static char *prefix_of_headers(const struct subsystem *subsystem, const GPtrArray *paths)
{
	g_autofree char *word = NULL;

	if (paths->len == 1)
		return stem_of(paths->pdata[0]);
	word = g_strndup(subsystem->title, strcspn(subsystem->title, " ,("));
	return g_ascii_strdown(word, -1);
}

char *prefix_of_paths(const struct subsystem *subsystem, const char *const *paths)
{
	g_autoptr(GPtrArray) some = deciding(paths);
	g_autofree char *folder = g_strndup(some->pdata[0], common_folder(some));
	const struct place *place = place_of(folder);
	g_autofree char *thing = NULL;

	if (is_under(folder, "include"))
		return prefix_of_headers(subsystem, some);
	if (!*folder)
		return g_strdup("kbuild");
	if (!place)
		return g_strndup(folder, strcspn(folder, "/"));
	if (place->sort != WHOLE)
		thing = thing_in(place, folder, some);
	if (!thing)
		return g_strdup(place->name);
	if (place->sort == SHELF)
		return g_steal_pointer(&thing);
	return g_strconcat(place->name, place->join, thing, NULL);
}

char *prefix_unique(GHashTable *taken, const char *prefix, const struct subsystem *subsystem,
		    const char *const *paths)
{
	g_autofree char *stem = stem_of(paths[0]);
	char *unique = g_strdup(prefix);

	if (g_hash_table_contains(taken, unique)) {
		g_free(unique);
		unique = g_strdup_printf("%s: %s", prefix, stem);
	}
	if (g_hash_table_contains(taken, unique)) {
		g_free(unique);
		unique = g_strdup_printf("%s: %s", prefix, subsystem->slug);
	}
	g_hash_table_add(taken, g_strdup(unique));
	return unique;
}
