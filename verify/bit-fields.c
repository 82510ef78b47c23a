// SPDX-License-Identifier: GPL-2.0-only
/*
 * bit-fields.c: what sparse says of sources with bit-fields of a restricted type.
 *
 * To sparse such a bit-field ("__be32 layer : 4;") is an error of its parser,
 * behind which it says nothing of the whole file. It is given the sources again
 * with these bit-fields as plain integers, which is what it would take their
 * values for at best. Lines stay where they are.
 *
 * The tree is not written to: a shadow of it has links to all that is the same
 * and folders of its own on the way to what is not, so that an #include of
 * either finds the other.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "judge-item.h"

#define ERROR "invalid bitfield specifier for type restricted "

struct shadow {
	const char *root;	/* of the tree */
	char *path;
	guint lines;		/* that read otherwise */
};

/* Makes the folder one of links, if it is a link as yet or not there. */
static gboolean unfold(const struct shadow *shadow, const char *folder, GError **error)
{
	g_autofree char *from = g_build_filename(shadow->root, folder, NULL);
	g_autofree char *to = g_build_filename(shadow->path, folder, NULL);
	g_autoptr(GDir) dir = NULL;
	g_autoptr(GError) why = NULL;
	const char *name;

	if (g_file_test(to, G_FILE_TEST_IS_DIR) && !g_file_test(to, G_FILE_TEST_IS_SYMLINK))
		return TRUE;
	g_remove(to);
	if (!(dir = g_dir_open(from, 0, &why)))
		return fail(error, "cannot read '%s': %s", from, why->message);
	if (g_mkdir(to, 0777))
		return fail(error, "cannot make '%s': %s", to, g_strerror(errno));
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *target = g_build_filename(from, name, NULL), *link = g_build_filename(to, name, NULL);

		if (symlink(target, link))
			return fail(error, "cannot make '%s': %s", link, g_strerror(errno));
	}
	return TRUE;
}

/* Its way from the root on. */
static gboolean unfold_way(const struct shadow *shadow, const char *path, GError **error)
{
	if (!unfold(shadow, "", error))
		return FALSE;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		g_autofree char *folder = g_strndup(path, slash - path);

		if (!unfold(shadow, folder, error))
			return FALSE;
	}
	return TRUE;
}

/* An integer of the type's size, going by its name as the kernel's are given; others have an int's. */
static const char *plain_type(const char *type)
{
	if (g_str_has_suffix(type, "16"))
		return "unsigned short";
	return g_str_has_suffix(type, "64") ? "unsigned long long" : "unsigned int";
}

/* The line with the type of its bit-fields replaced, or NULL when it has none. */
static char *plain_line(const char *line, const char *type)
{
	/* What stands between the two has no end of a declaration. */
	g_autofree char *pattern = g_strdup_printf("\\b%s\\b(?=[^;:]*:)", type);
	g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);

	if (!g_regex_match(regex, line, 0, NULL))
		return NULL;
	return g_regex_replace_literal(regex, line, -1, 0, plain_type(type), 0, NULL);
}

/* Lets the bit-fields of one line be plain integers. */
static gboolean shadow_line(struct shadow *shadow, const char *path, guint number, const char *type, GError **error)
{
	g_autofree char *full = g_build_filename(shadow->path, path, NULL), *text = NULL, *now = NULL;
	g_auto(GStrv) lines = NULL;
	char *plain;

	if (!unfold_way(shadow, path, error) || !(text = file_read(full, NULL, error)))
		return FALSE;
	lines = g_strsplit(text, "\n", -1);
	if (!number || number > g_strv_length(lines) || !(plain = plain_line(lines[number - 1], type)))
		return TRUE;
	g_free(lines[number - 1]);
	lines[number - 1] = plain;
	now = g_strjoinv("\n", lines);
	shadow->lines++;
	/* Of a link it replaces the link. */
	return file_write(full, now, -1, error);
}

/* Does so for each line of which sparse said that. */
static gboolean shadow_lines(struct shadow *shadow, const char *said, GError **error)
{
	g_autofree char *prefix = g_strconcat(shadow->root, "/", NULL);
	g_autoptr(GRegex) regex = g_regex_new("^(.+?):([0-9]+):[0-9]+: error: " ERROR "(\\w+)\\.?$", G_REGEX_MULTILINE,
					      0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	for (g_regex_match(regex, said, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
		g_autofree char *path = g_match_info_fetch(match, 1), *number = g_match_info_fetch(match, 2);
		g_autofree char *type = g_match_info_fetch(match, 3);

		if (g_str_has_prefix(path, prefix) &&
		    !shadow_line(shadow, path + strlen(prefix), (guint)g_ascii_strtoull(number, NULL, 10), type, error))
			return FALSE;
	}
	return TRUE;
}

static char **argv_of_shadow(char *const *argv, const struct shadow *shadow)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_autofree char *from = g_strconcat(shadow->root, "/", NULL), *to = g_strconcat(shadow->path, "/", NULL);

	for (; *argv; argv++) {
		g_autoptr(GString) arg = g_string_new(*argv);

		g_string_replace(arg, from, to, 0);
		g_strv_builder_add(builder, arg->str);
	}
	return g_strv_builder_end(builder);
}

gboolean bit_fields_shadow(const struct reading *reading, const char *said, char **path, char ***argv, GError **error)
{
	const struct tree *tree = reading->state->item->session->judge->tree;
	struct shadow shadow = { .root = tree->src };
	gboolean ok;

	*path = NULL;
	if (!strstr(said, ERROR))
		return TRUE;
	shadow.path = g_strdup_printf("%s/%p.src", tree->scratch, (void *)reading);
	ok = shadow_lines(&shadow, said, error);
	if (ok && shadow.lines) {
		*argv = argv_of_shadow(reading->argv, &shadow);
		*path = shadow.path;
		return TRUE;
	}
	remove_tree(shadow.path);
	g_free(shadow.path);
	return ok;
}

void bit_fields_unite(struct fact *first, const struct fact *second)
{
	for (char **one = first->warnings; *one; one++) {
		char *at = strstr(*one, ": " FINDING_ERROR ERROR);

		/* Without its mark it silences nothing. */
		if (at)
			memmove(at + strlen(": "), at + strlen(": " FINDING_ERROR), strlen(at + strlen(": " FINDING_ERROR)) + 1);
	}
	qsort(first->warnings, g_strv_length(first->warnings), sizeof(*first->warnings), text_compare);
	findings_unite(&first->warnings, second->warnings);
}
