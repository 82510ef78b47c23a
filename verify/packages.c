// SPDX-License-Identifier: GPL-2.0-only
/*
 * packages.c: Debian packages for a root that is not this machine's. See
 * packages.h.
 *
 * apt runs with state and cache of its own in the folder and with an empty
 * list of installed packages, so that what it would install is the whole
 * closure and root is not needed. Of the system's apt only the sources are
 * read: they name mirrors and keys, and nothing here names any. apt checks
 * each package against the signed index, so that one index that cannot be had
 * costs newer versions at most.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "packages.h"
#include "process.h"
#include "progress.h"

static void package_free(struct package *package)
{
	g_free(package->name);
	g_free(package->version);
	g_free(package->deb);
	g_free(package);
}

void packages_parse(const char *list, char ***names, char ***patterns)
{
	g_auto(GStrv) lines = g_strsplit(list, "\n", -1);
	g_autoptr(GStrvBuilder) wanted = g_strv_builder_new(), unwanted = g_strv_builder_new();

	for (char **line = lines; *line; line++) {
		g_strstrip(*line);
		if (**line == '!')
			g_strv_builder_add(unwanted, *line + 1);
		else if (**line && **line != '#')
			g_strv_builder_add(wanted, *line);
	}
	*names = g_strv_builder_end(wanted);
	*patterns = g_strv_builder_end(unwanted);
}

/* Runs apt-get in the folder; an install is only simulated. words: NULL-ended. */
static char *apt_get(const char *folder, const char *verb, char *const *words, GError **error)
{
	g_autofree char *config = g_strconcat("APT_CONFIG=", folder, "/apt.conf", NULL);
	const char *const env[] = { config, "LC_ALL=C", NULL };
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
	g_auto(GStrv) args = NULL;
	struct command command = { .cwd = folder, .env = env };
	struct process result = { 0 };
	char *out = NULL;

	g_strv_builder_add_many(argv, "apt-get", "-qq", "-o", "APT::Get::Simulate=true", verb, NULL);
	g_strv_builder_addv(argv, (const char **)words);
	args = g_strv_builder_end(argv);
	command.argv = (const char *const *)args;
	if (process_check(&command, &result, error))
		out = g_steal_pointer(&result.out);
	process_clear(&result);
	return out;
}

static gboolean apt_setup(const char *folder, const char *architecture, GError **error)
{
	static const char *const parts[] = { "lists/partial", "cache/archives/partial" };
	g_autofree char *path = g_build_filename(folder, "apt.conf", NULL);
	g_autofree char *status = g_build_filename(folder, "status", NULL);
	g_autofree char *text = g_strdup_printf("Dir::State \"%s/\";\nDir::State::status \"%s\";\n"
						"Dir::Cache \"%s/cache/\";\nAcquire::Languages \"none\";\n"
						"Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled \"false\";\n"
						"APT::Architecture \"%s\";\nAPT::Architectures { \"%s\"; };\n"
						"APT::Install-Recommends \"false\";\nAPT::Sandbox::User \"%s\";\n",
						folder, status, folder, architecture, architecture, g_get_user_name());

	for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *part = g_build_filename(folder, parts[i], NULL);

		if (g_mkdir_with_parents(part, 0777))
			return fail(error, "cannot make '%s': %s", part, g_strerror(errno));
	}
	return file_write(status, "", 0, error) && file_write(path, text, -1, error);
}

static bool matches(const char *name, char *const *patterns)
{
	for (char *const *pattern = patterns; *pattern; pattern++)
		if (g_pattern_match_simple(*pattern, name))
			return true;
	return false;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp((*(struct package *const *)a)->name, (*(struct package *const *)b)->name);
}

/* From apt's simulation: "Inst fio (3.33-3 Debian:12.15/oldstable [amd64])". */
static GPtrArray *read_closure(const char *simulated, char *const *patterns)
{
	GPtrArray *packages = g_ptr_array_new_with_free_func((GDestroyNotify)package_free);
	g_autoptr(GRegex) form = g_regex_new("^Inst (\\S+) (?:\\[\\S+\\] )?\\((\\S+) ", G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	for (g_regex_match(form, simulated, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *name = g_match_info_fetch(match, 1);
		struct package *package;

		if (matches(name, patterns))
			continue;
		package = g_new0(struct package, 1);
		package->name = g_steal_pointer(&name);
		package->version = g_match_info_fetch(match, 2);
		g_ptr_array_add(packages, package);
	}
	g_ptr_array_sort(packages, by_name);
	return packages;
}

/* apt names the file NAME_VERSION_ARCH.deb, the version's colon as %3a. */
static gboolean find_debs(GPtrArray *packages, const char *folder, GError **error)
{
	g_autoptr(GHashTable) debs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *file;

	while (dir && (file = g_dir_read_name(dir)))
		if (g_str_has_suffix(file, ".deb"))
			g_hash_table_insert(debs, g_strndup(file, strcspn(file, "_")),
					    g_build_filename(folder, file, NULL));
	for (guint i = 0; i < packages->len; i++) {
		struct package *package = packages->pdata[i];

		package->deb = g_strdup(g_hash_table_lookup(debs, package->name));
		if (!package->deb)
			return fail(error, "apt-get did not download package '%s'", package->name);
	}
	return TRUE;
}

static gboolean download(GPtrArray *packages, const char *folder, GError **error)
{
	g_autoptr(GStrvBuilder) words = g_strv_builder_new();
	g_auto(GStrv) wanted = NULL;
	g_autofree char *out = NULL;

	for (guint i = 0; i < packages->len; i++) {
		const struct package *package = packages->pdata[i];
		g_autofree char *word = g_strconcat(package->name, "=", package->version, NULL);

		g_strv_builder_add(words, word);
	}
	wanted = g_strv_builder_end(words);
	progress_note("downloading %u packages", packages->len);
	out = apt_get(folder, "download", wanted, error);
	return out && find_debs(packages, folder, error);
}

/*
 * What apt-get would install. An index that cannot be had is no reason to
 * stop: a mirror in the middle of an update lacks one for hours, and what the
 * other indices name is signed all the same. It is the reason told when that does
 * not suffice.
 */
static char *simulate(const char *folder, char *const *names, GError **error)
{
	char *const none[] = { NULL };
	g_autoptr(GError) why = NULL;
	g_autofree char *updated = apt_get(folder, "update", none, &why);
	char *simulated = apt_get(folder, "install", names, why ? NULL : error);

	if (simulated && why)
		progress_note("not every index of packages could be had; made from the others");
	else if (why)
		g_propagate_error(error, g_steal_pointer(&why));
	return simulated;
}

GPtrArray *packages_fetch(const char *list, const char *architecture, const char *folder, GError **error)
{
	g_auto(GStrv) names = NULL, patterns = NULL;
	g_autofree char *simulated = NULL;
	g_autoptr(GPtrArray) packages = NULL;

	packages_parse(list, &names, &patterns);
	if (!*names) {
		fail(error, "the list of packages is empty");
		return NULL;
	}
	simulated = apt_setup(folder, architecture, error) ? simulate(folder, names, error) : NULL;
	packages = simulated ? read_closure(simulated, patterns) : NULL;
	return packages && download(packages, folder, error) ? g_steal_pointer(&packages) : NULL;
}
