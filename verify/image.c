// SPDX-License-Identifier: GPL-2.0-only
/*
 * image.c: the guests' root image. See image.h.
 *
 * Nothing here needs root: packages are unpacked with dpkg-deb -x, which
 * leaves the owner out, and cpio writes all as owned by root and of one time. Device nodes
 * come from devtmpfs; /dev/console from the archive that every kernel with
 * BLK_DEV_INITRD has built in.
 *
 * Below CACHE/images, KEY.cpio is an archive and KEY.list says what is in it:
 * its SHA-256, then a line "NAME VERSION" a package. The list is written
 * last, so an archive without one is no archive.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cache.h"
#include "image.h"
#include "packages.h"
#include "process.h"
#include "programs.h"
#include "progress.h"

#define IMAGE_VERSION "image 1"
#define SUM_LEN 64

/* Of a package only what runs is packed. */
static const char *const unwanted[] = { "usr/share", "usr/include", "var/cache", "var/lib", "lib/udev", "lib/systemd" };

static const char pack_sh[] =
	"find . -exec touch -h -d @0 {} + && find . -print0 | LC_ALL=C sort -z | "
	"cpio --null --quiet -o -H newc -R 0:0 --reproducible >\"$1\"";

void image_free(struct image *image)
{
	if (!image)
		return;
	g_free(image->key);
	g_free(image->base);
	g_free(image->boot);
	g_ptr_array_unref(image->programs);
	g_free(image);
}

static char *read_file(const char *folder, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	return file_read(path, NULL, error);
}

/* SHA-256 of a file, or NULL. */
static char *file_sum(const char *path)
{
	g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);

	if (!file)
		return NULL;
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)g_mapped_file_get_contents(file),
					   g_mapped_file_get_length(file));
}

static gboolean run(const char *const *argv, const char *cwd, GError **error)
{
	struct command command = { .argv = argv, .cwd = cwd };
	struct process result = { 0 };
	gboolean ok = process_check(&command, &result, error);

	process_clear(&result);
	return ok;
}

static gboolean pack(const char *root, const char *archive, GError **error)
{
	const char *const argv[] = { "sh", "-ec", pack_sh, "sh", archive, NULL };

	return run(argv, root, error);
}

static gboolean unpack(const GPtrArray *packages, const char *root, GError **error)
{
	for (guint i = 0; i < packages->len; i++) {
		const struct package *package = packages->pdata[i];
		const char *const argv[] = { "dpkg-deb", "-x", package->deb, root, NULL };

		if (!run(argv, NULL, error))
			return FALSE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(unwanted); i++) {
		g_autofree char *path = g_build_filename(root, unwanted[i], NULL);

		remove_tree(path);
	}
	return TRUE;
}

/* The text of KEY.list. */
static char *describe(const GPtrArray *packages, const char *archive)
{
	g_autofree char *sum = file_sum(archive);
	GString *text = g_string_new(sum);

	g_string_append_c(text, '\n');
	for (guint i = 0; i < packages->len; i++) {
		const struct package *package = packages->pdata[i];

		g_string_append_printf(text, "%s %s\n", package->name, package->version);
	}
	return g_string_free(text, FALSE);
}

static gboolean make_base(const char *packages_list, const char *architecture, const char *base, const char *list,
			  GError **error)
{
	g_autofree char *scratch = scratch_folder(error), *root = NULL, *archive = NULL, *text = NULL;
	g_autoptr(GPtrArray) packages = NULL;
	gboolean ok;

	if (!scratch)
		return FALSE;
	progress_note("making the root image for %s", architecture);
	root = g_build_filename(scratch, "root", NULL);
	archive = g_build_filename(scratch, "cpio", NULL);
	packages = packages_fetch(packages_list, architecture, scratch, error);
	ok = packages && unpack(packages, root, error) && pack(root, archive, error);
	if (ok) {
		text = describe(packages, archive);
		g_remove(list);
		ok = g_rename(archive, base) ? fail(error, "cannot move '%s': %s", base, g_strerror(errno)) :
					       file_write(list, text, -1, error);
	}
	remove_tree(scratch);
	return ok;
}

/* Whether the archive is the one its list speaks of. */
static bool is_whole(const char *base, const char *list)
{
	g_autofree char *sum = NULL, *text = NULL;

	if (!g_file_get_contents(list, &text, NULL, NULL))
		return false;
	sum = file_sum(base);
	return sum && g_str_has_prefix(text, sum) && text[SUM_LEN] == '\n';
}

char **image_sets(const char *boot, GError **error)
{
	g_autofree char *folder = g_build_filename(boot, "tests", NULL);
	g_autoptr(GPtrArray) sets = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) why = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &why);
	const char *name;

	if (!dir) {
		fail(error, "cannot read the test sets: %s", why->message);
		return NULL;
	}
	while ((name = g_dir_read_name(dir)))
		if (*name != '.' && g_str_has_suffix(name, ".sh"))
			g_ptr_array_add(sets, g_strndup(name, strlen(name) - strlen(".sh")));
	g_ptr_array_sort(sets, text_compare);
	g_ptr_array_add(sets, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&sets), FALSE);
}

/* Of the files of the second archive. */
static char *files_key(const char *boot, const GPtrArray *programs, GError **error)
{
	g_auto(GStrv) sets = image_sets(boot, error);
	g_autofree char *init = sets ? read_file(boot, "init", error) : NULL;
	g_autofree char *library = init ? read_file(boot, "guest.sh", error) : NULL;
	g_autofree char *key = library ? cache_key(init, library, NULL) : NULL;

	for (char **set = sets; key && *set; set++) {
		g_autofree char *name = g_strconcat("tests/", *set, ".sh", NULL), *before = g_steal_pointer(&key);
		g_autofree char *text = read_file(boot, name, error);

		key = text ? cache_key(before, name, text, NULL) : NULL;
	}
	for (guint i = 0; key && i < programs->len; i++) {
		const struct program *program = programs->pdata[i];
		g_autofree char *before = g_steal_pointer(&key);

		key = cache_key(before, program->name, program->sum, NULL);
	}
	return g_steal_pointer(&key);
}

struct image *image_open(const char *boot, const char *architecture, GError **error)
{
	g_autofree char *cache = cache_folder(error), *folder = NULL, *asked = NULL, *list = NULL, *base = NULL;
	g_autofree char *key = NULL, *files = NULL, *contents = NULL, *packages = NULL;
	g_autoptr(GPtrArray) programs = NULL;
	struct image *image;

	packages = cache ? read_file(boot, "packages", error) : NULL;
	if (!packages)
		return NULL;
	folder = g_build_filename(cache, "images", NULL);
	if (g_mkdir_with_parents(folder, 0777)) {
		fail(error, "cannot make '%s': %s", folder, g_strerror(errno));
		return NULL;
	}
	programs = programs_make(boot, architecture, folder, error);
	files = programs ? files_key(boot, programs, error) : NULL;
	if (!files)
		return NULL;
	asked = cache_key(IMAGE_VERSION, architecture, packages, pack_sh, NULL);
	base = g_strdup_printf("%s/%s.cpio", folder, asked);
	list = g_strdup_printf("%s/%s.list", folder, asked);
	if (!is_whole(base, list) && !make_base(packages, architecture, base, list, error))
		return NULL;
	contents = read_file(folder, strrchr(list, '/') + 1, error);
	if (!contents)
		return NULL;
	image = g_new0(struct image, 1);
	image->key = cache_key(contents, files, NULL);
	image->base = g_steal_pointer(&base);
	image->boot = g_strdup(boot);
	image->programs = g_steal_pointer(&programs);
	return image;
}

gboolean image_write(const struct image *image, const char *scratch, const char *path, GError **error)
{
	static const char copy_sh[] = "rm -rf \"$1\"; mkdir \"$1\"; cp -r init guest.sh tests \"$1\"; "
		"chmod 755 \"$1/init\"; mkdir \"$1/programs\"";
	static const char install_sh[] = "cp \"$1\" \"$2\"; chmod 755 \"$2\"";
	static const char join_sh[] = "cat \"$1\" \"$2\" >\"$3\"";
	g_autofree char *root = g_build_filename(scratch, "guest", NULL);
	g_autofree char *archive = g_build_filename(scratch, "guest.cpio", NULL);
	const char *const copy[] = { "sh", "-ec", copy_sh, "sh", root, NULL };
	const char *const join[] = { "sh", "-ec", join_sh, "sh", image->base, archive, path, NULL };

	if (!run(copy, image->boot, error))
		return FALSE;
	for (guint i = 0; i < image->programs->len; i++) {
		const struct program *program = image->programs->pdata[i];
		g_autofree char *to = g_build_filename(root, "programs", program->name, NULL);
		const char *const install[] = { "sh", "-ec", install_sh, "sh", program->path, to, NULL };

		if (!run(install, NULL, error))
			return FALSE;
	}
	return pack(root, archive, error) && run(join, NULL, error);
}
