// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whom a patch set goes to.
 *
 * get_maintainer.pl wants to stand in a kernel tree: it looks for a few files
 * and folders at the root, and asks which patterns of MAINTAINERS are folders.
 * So the scratch folder has the root's files, the script, and every folder of
 * the tree, empty. Without history, no one is asked who committed what. An
 * answer takes a tenth of a second a file, so answers are kept by content.
 */
#include <errno.h>
#include <string.h>

#include "cache.h"
#include "recipients.h"

#define SCRIPT	"scripts/get_maintainer.pl"
#define SECONDS	600	/* for one set; a file takes a tenth of a second */

struct recipients {
	const struct git *git;
	char *commit;
	bool known;		/* the tree has the script */
	char *folder;		/* made when the first answer is not in the cache */
	struct cache *cache;
};

static gboolean make_folders(const struct git *git, const char *commit, const char *top, GError **error)
{
	g_autofree char *text = git_run_l(git, error, "ls-tree", "-r", "-d", "--name-only", "--full-tree", commit, NULL);
	g_auto(GStrv) names = text ? g_strsplit(text, "\n", -1) : NULL;

	for (guint i = 0; names && names[i]; i++) {
		g_autofree char *name = path_unquote(names[i], NULL);
		g_autofree char *folder = name ? g_build_filename(top, name, NULL) : NULL;

		if (folder && g_mkdir_with_parents(folder, 0777))
			return fail(error, "cannot make '%s': %s", folder, g_strerror(errno));
	}
	return names != NULL;
}

/* Writes one file of the commit below top. */
static gboolean unpack(const struct git *git, struct git_batch *batch, const char *commit, const char *top,
		       const char *path, GError **error)
{
	g_autofree char *name = g_strdup_printf("%s:%s", commit, path);
	g_autofree char *to = g_build_filename(top, path, NULL), *text = NULL;
	gsize len;

	if (!git_ok(git, (const char *const[]){ "cat-file", "-e", name, NULL }))
		return TRUE;
	text = git_batch_read(batch, name, &len, error);
	return text && file_write(to, text, len, error);
}

static gboolean unpack_all(const struct git *git, const char *commit, const char *top, GError **error)
{
	static const char *const files[] = {
		"COPYING", "CREDITS", "Kbuild", "MAINTAINERS", "Makefile", "README", ".mailmap",
		".get_maintainer.ignore", ".get_maintainer.conf", SCRIPT,
	};
	struct git_batch *batch = git_batch_open(git, error);
	gboolean ok = batch && make_folders(git, commit, top, error);

	for (guint i = 0; ok && i < G_N_ELEMENTS(files); i++)
		ok = unpack(git, batch, commit, top, files[i], error);
	git_batch_close(batch);
	return ok;
}

struct recipients *recipients_open(const struct git *git, const char *commit, GError **error)
{
	g_autofree char *script = g_strdup_printf("%s:" SCRIPT, commit);
	struct recipients *r = g_new0(struct recipients, 1);

	r->git = git;
	r->commit = g_strdup(commit);
	r->known = git_ok(git, (const char *const[]){ "cat-file", "-e", script, NULL });
	r->cache = cache_open("recipients", error);
	if (r->cache)
		return r;
	recipients_close(r);
	return NULL;
}

void recipients_close(struct recipients *r)
{
	if (!r)
		return;
	if (r->folder)
		remove_tree(r->folder);
	g_clear_pointer(&r->cache, cache_close);
	g_free(r->commit);
	g_free(r->folder);
	g_free(r);
}

bool recipients_known(const struct recipients *r)
{
	return r->known;
}

/* "A, B" folded as git does: one address a line. */
static void append_header(GString *headers, const char *name, const GPtrArray *addresses)
{
	for (guint i = 0; i < addresses->len; i++)
		g_string_append_printf(headers, "%s%s%s\n", i ? "    " : name, (char *)addresses->pdata[i],
				       i + 1 < addresses->len ? "," : "");
}

/* Takes the address when it is new. */
static void add_address(GPtrArray *addresses, GHashTable *seen, char *address)
{
	if (g_hash_table_add(seen, g_ascii_strdown(address, -1)))
		g_ptr_array_add(addresses, address);
	else
		g_free(address);
}

/* A name beyond ASCII is encoded as a header must have it. */
static char *encode_address(const char *address)
{
	const char *open = strrchr(address, '<');
	g_autofree char *name = NULL, *coded = NULL;

	if (!open || g_str_is_ascii(address) || !g_utf8_validate(address, -1, NULL))
		return g_strdup(address);
	name = g_strchomp(g_strndup(address, open - address));
	if (*name == '"' && g_str_has_suffix(name, "\"") && name[1]) {
		name[strlen(name) - 1] = '\0';
		memmove(name, name + 1, strlen(name));
	}
	coded = g_base64_encode((const guchar *)name, strlen(name));
	return g_strdup_printf("=?UTF-8?B?%s?= %s", coded, open);
}

static bool is_list(const char *role)
{
	return g_str_has_prefix(role, " (open list") || g_str_has_prefix(role, " (moderated list") ||
	       g_str_has_prefix(role, " (subscriber list");
}

char *recipients_format(const char *text)
{
	g_autoptr(GPtrArray) to = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) copy = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *headers = g_string_new(NULL);

	for (guint i = 0; lines[i]; i++) {
		const char *end = strstr(lines[i], "> ("), *role = end ? end + 1 : strstr(lines[i], " (");
		g_autofree char *address = role ? g_strndup(lines[i], role - lines[i]) : NULL;

		if (!role)
			continue;
		if (is_list(role))
			add_address(lists, seen, encode_address(address));
		else if (strstr(role, ":THE REST"))
			continue;
		else if (g_str_has_prefix(role, " (reviewer"))
			add_address(copy, seen, encode_address(address));
		else
			add_address(to, seen, encode_address(address));
	}
	g_ptr_array_extend_and_steal(to->len ? copy : to, g_steal_pointer(&lists));
	append_header(headers, "To: ", to);
	append_header(headers, "Cc: ", copy);
	return g_string_free(headers, FALSE);
}

/* The answer depends on the tree and on the patches, which name their commits. */
static char *question_key(const struct recipients *r, const GPtrArray *files, GError **error)
{
	g_autoptr(GString) all = g_string_new(NULL);

	for (guint i = 0; i < files->len; i++) {
		g_autofree char *text = NULL;
		gsize len;

		if (!g_file_get_contents(files->pdata[i], &text, &len, error))
			return NULL;
		g_string_append_len(all, text, len);
	}
	return cache_key(r->commit, all->str, NULL);
}

/* What get_maintainer.pl prints for the patches. */
static char *ask(struct recipients *r, const GPtrArray *files, GError **error)
{
	static const char *const head[] = {
		"perl", SCRIPT, "--nogit", "--nogit-fallback", "--roles", "--norolestats",
	};
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	struct process result = { 0 };
	struct command command = { .limit = SECONDS };

	if (!r->folder) {
		r->folder = scratch_folder(error);
		if (!r->folder || !unpack_all(r->git, r->commit, r->folder, error))
			return NULL;
	}
	for (guint i = 0; i < G_N_ELEMENTS(head); i++)
		g_ptr_array_add(argv, (gpointer)head[i]);
	for (guint i = 0; i < files->len; i++)
		g_ptr_array_add(argv, files->pdata[i]);
	g_ptr_array_add(argv, NULL);
	command.argv = (const char *const *)argv->pdata;
	command.cwd = r->folder;
	if (!process_check(&command, &result, error))
		return NULL;
	g_free(result.err);
	return result.out;
}

char *recipients_headers(struct recipients *r, const GPtrArray *files, GError **error)
{
	g_autofree char *key = NULL, *lines = NULL;
	gsize len;

	if (!r->known)
		return g_strdup("");
	key = question_key(r, files, error);
	if (!key)
		return NULL;
	lines = cache_get(r->cache, key, &len);
	if (!lines) {
		lines = ask(r, files, error);
		if (!lines || !cache_put(r->cache, key, lines, strlen(lines), error))
			return NULL;
	}
	return recipients_format(lines);
}
