// SPDX-License-Identifier: GPL-2.0-only
/*
 * generated.c: what kbuild generates for objects to include.
 *
 * Headers of an object tree such as asm-offsets.h or a table of system calls
 * are functions of sources. A commit that changes one of these may change
 * them, and with them objects that read nothing else of the commit.
 *
 * Of a .cmd file, every word that is a path below the sources counts: the
 * dependencies that fixdep lists, and the tables and scripts on command lines.
 * What tools/ and scripts/ build for themselves is no object's: a commit to
 * their sources is one to kbuild.
 */
#include <string.h>

#include "judge-item.h"
#include "util.h"

typedef void (*on_file)(const char *path, const char *full, gpointer data);

static void walk(const char *root, const char *below, on_file seen, gpointer data)
{
	g_autofree char *folder = *below ? g_build_filename(root, below, NULL) : g_strdup(root);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = *below ? g_build_filename(below, name, NULL) : g_strdup(name);
		g_autofree char *full = g_build_filename(root, path, NULL);

		/* "source" leads to the sources. */
		if (g_file_test(full, G_FILE_TEST_IS_SYMLINK))
			continue;
		if (!g_file_test(full, G_FILE_TEST_IS_DIR))
			seen(path, full, data);
		else if (strcmp(path, "tools") && strcmp(path, "scripts"))
			walk(root, path, seen, data);
	}
}

struct inputs {
	const char *src;
	GHashTable *paths;
};

/* Whether make prepare makes the file that the .cmd file is of; the rest is made when an object asks for it. */
static bool is_of_prepare(const char *path)
{
	return strstr(path, "include/generated/") || g_str_has_suffix(path, ".s.cmd");
}

static void read_cmd(const char *path, const char *full, gpointer data)
{
	struct inputs *inputs = data;
	g_autofree char *text = NULL;
	g_auto(GStrv) words = NULL;

	/* What auto.conf.cmd says is of Kconfig. */
	if (!strstr(full, "/.") || !g_str_has_suffix(path, ".cmd") || !g_file_get_contents(full, &text, NULL, NULL))
		return;
	words = g_strsplit_set(text, " \t\n\\()\"';", -1);
	for (char **word = words; *word; word++) {
		/* -I, and names that are relative to the object tree, which has none of the sources. */
		char *below = **word == '/' ? path_below(*word, inputs->src) : NULL;

		if (below)
			g_hash_table_insert(inputs->paths, below, GINT_TO_POINTER(is_of_prepare(path) ||
									     g_hash_table_lookup(inputs->paths, below)));
	}
}

/* The paths of the sources of which kbuild has made what there is -> whether make prepare would make it again. */
static GHashTable *read_inputs(const struct tree *tree)
{
	struct inputs inputs = {
		.src = tree->src,
		.paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};

	walk(tree->obj, "", read_cmd, &inputs);
	return inputs.paths;
}

static void sum_file(const char *path, const char *full, gpointer data)
{
	g_autofree char *text = NULL;
	gsize len;

	if (!path_has_suffix(path, ".h .c .S .inc .lds") || !g_file_get_contents(full, &text, &len, NULL))
		return;
	g_hash_table_insert(data, g_strdup(path), g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, len));
}

/* What compilers can include: path -> checksum. */
static GHashTable *read_sums(const struct tree *tree)
{
	GHashTable *sums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	walk(tree->obj, "", sum_file, sums);
	return sums;
}

bool session_remakes(struct session *session)
{
	struct judge *judge = session->judge;

	if (!judge->inputs)
		judge->inputs = read_inputs(judge->tree);
	session->inputs = g_hash_table_ref(judge->inputs);
	for (guint i = 0; i < session->commit->changes->len; i++)
		if (g_hash_table_contains(judge->inputs, ((struct change *)session->commit->changes->pdata[i])->path))
			return true;
	/* What was left behind is to be mended. */
	return judge->stale;
}

void session_note_generated(struct session *session)
{
	session->sums = read_sums(session->judge->tree);
}

gboolean session_make_generated(struct session *session, GError **error)
{
	struct tree *tree = session->judge->tree;
	g_autofree char *complaint = NULL;

	if (!tree_build(tree, "prepare", &complaint, error))
		return FALSE;
	if (complaint && tree->refusal == REFUSAL_NONE)
		return fail(error, "cannot make prepare of %s at '%s': %s", tree->config->name, tree->commit, complaint);
	if (complaint && !session->unprepared) {
		session->unprepared = g_strdup(complaint);
		session->blameless = session->judge->stale;
	}
	session->judge->stale = complaint != NULL;
	return TRUE;
}

void session_compare_generated(struct session *session)
{
	g_autoptr(GHashTable) sums = read_sums(session->judge->tree);
	GHashTableIter iter;
	gpointer path, sum;

	g_hash_table_iter_init(&iter, session->sums);
	while (g_hash_table_iter_next(&iter, &path, &sum))
		if (g_strcmp0(sum, g_hash_table_lookup(sums, path)))
			g_ptr_array_add(session->generated, g_strdup(path));
	g_ptr_array_sort(session->generated, text_compare);
	g_clear_pointer(&session->sums, g_hash_table_unref);
}

bool session_reads_generated(const struct session *session, GHashTable *includes)
{
	for (guint i = 0; includes && i < session->generated->len; i++)
		if (g_hash_table_contains(includes, session->generated->pdata[i]))
			return true;
	return false;
}

bool session_reads_made(const struct session *session, GHashTable *includes)
{
	GHashTableIter iter;
	gpointer path;

	if (!includes || !session->sums)
		return false;
	g_hash_table_iter_init(&iter, includes);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		if (!strstr(path, "include/generated/") && g_hash_table_contains(session->sums, path))
			return true;
	return false;
}
