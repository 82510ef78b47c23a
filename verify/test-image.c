// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-image.c: the root image from packages of a made-up archive: what is in
 * it, when it is made again, and that nothing half done is left.
 */
#include <string.h>

#include "image.h"
#include "packages.h"
#include "process.h"
#include "test-boot.h"

struct fixture {
	char *folder, *boot;
};

static void setup(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->folder = g_strdup(g_getenv("TEST_FOLDER"));
	f->boot = g_build_filename(f->folder, "data/boot", NULL);
	boot_folder(f->folder);
}

static void teardown(struct fixture *f, gconstpointer data)
{
	(void)data;
	remove_tree(f->folder);
	g_free(f->folder);
	g_free(f->boot);
}

static struct image *open_image(const struct fixture *f)
{
	g_autoptr(GError) error = NULL;
	struct image *image = image_open(f->boot, "amd64", &error);

	g_assert_no_error(error);
	return image;
}

/* The key, and the path of the kept archive in base. */
static char *key_of(const struct fixture *f, char **base)
{
	struct image *image = open_image(f);
	char *key = g_strdup(image->key);

	if (base)
		*base = g_strdup(image->base);
	image_free(image);
	return key;
}

static void test_parse(void)
{
	g_auto(GStrv) names = NULL, patterns = NULL;
	g_autofree char *all = NULL, *out = NULL;

	packages_parse("# a\n b \n\n!c*\nd\n", &names, &patterns);
	all = g_strjoinv(" ", names);
	out = g_strjoinv(" ", patterns);
	g_assert_cmpstr(all, ==, "b d");
	g_assert_cmpstr(out, ==, "c*");
}

static void test_content(struct fixture *f, gconstpointer data)
{
	static const char list_sh[] = "cd \"$1\" && mkdir out && cd out && cpio -i --quiet <\"$2\" && "
		"find . -type f | LC_ALL=C sort | tr '\\n' ' '";
	struct image *image = open_image(f);
	g_autofree char *kept = g_build_filename(f->folder, "whole", NULL);
	const char *const argv[] = { "sh", "-c", list_sh, "sh", f->folder, kept, NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;

	(void)data;
	image_write(image, f->folder, kept, &error);
	g_assert_no_error(error);
	/* cpio stops after one archive; the second begins where the first one ends. */
	process_check(&command, &result, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(result.out, ==, "./bin/hello ");
	process_clear(&result);
	image_free(image);
	g_assert_cmpuint(count_lines(f->folder, "guest/init"), ==, 1);
}

static void test_excluded(struct fixture *f, gconstpointer data)
{
	g_autofree char *apt = g_build_filename(f->folder, "apt", NULL), *text = NULL, *key = key_of(f, NULL);

	(void)data;
	g_assert_nonnull(key);
	g_assert_true(g_file_get_contents(apt, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, " download hello=1:2.10-3\n"));
}

static void test_kept(struct fixture *f, gconstpointer data)
{
	g_autofree char *one = key_of(f, NULL), *two = key_of(f, NULL);

	(void)data;
	g_assert_cmpstr(one, ==, two);
	/* update, install, download */
	g_assert_cmpuint(count_lines(f->folder, "apt"), ==, 3);
}

static void test_tests_change(struct fixture *f, gconstpointer data)
{
	g_autofree char *one = key_of(f, NULL), *two = NULL;

	(void)data;
	put(f->boot, "tests/block.sh", "# another\n");
	two = key_of(f, NULL);
	g_assert_cmpstr(one, !=, two);
	g_assert_cmpuint(count_lines(f->folder, "apt"), ==, 3);
}

/* As test_content(): whether the second archive has the program. */
static bool has_program(const struct fixture *f, const char *name)
{
	struct image *image = open_image(f);
	g_autofree char *kept = g_build_filename(f->folder, "whole", NULL), *path = NULL;
	g_autoptr(GError) error = NULL;

	image_write(image, f->folder, kept, &error);
	g_assert_no_error(error);
	image_free(image);
	path = g_build_filename(f->folder, "guest/programs", name, NULL);
	return g_file_test(path, G_FILE_TEST_IS_EXECUTABLE);
}

static void test_program(struct fixture *f, gconstpointer data)
{
	g_autofree char *one = key_of(f, NULL), *two = NULL, *three = NULL, *four = NULL;

	(void)data;
	put(f->boot, "programs/good.h", "#define STATUS 1\n");
	put(f->boot, "programs/good.c", "int main(void) { return 0; }\n");
	two = key_of(f, NULL);
	g_assert_cmpstr(one, !=, two);
	g_assert_true(has_program(f, "good"));
	put(f->boot, "programs/good.c", "#include \"good.h\"\nint main(void) { return STATUS; }\n");
	three = key_of(f, NULL);
	g_assert_cmpstr(two, !=, three);
	put(f->boot, "programs/good.h", "#define STATUS 2\n");
	four = key_of(f, NULL);
	g_assert_cmpstr(three, !=, four);
}

static void test_bad_program(struct fixture *f, gconstpointer data)
{
	(void)data;
	put(f->boot, "programs/bad.c", "int main(void) { return }\n");
	put(f->boot, "programs/good.c", "int main(void) { return 0; }\n");
	g_assert_false(has_program(f, "bad"));
	g_assert_true(has_program(f, "good"));
}

static void test_libraries(struct fixture *f, gconstpointer data)
{
	static const char body[] = "#include <math.h>\nint main(int argc, char **argv) { return cos(argc); }\n";
	g_autofree char *with = g_strconcat("/*\n * cosine\n *\n * Libraries: m  c\n */\n", body, NULL);
	g_autofree char *wrong = g_strconcat("/*\n * Libraries: m no-such-library\n */\n", body, NULL);

	(void)data;
	put(f->boot, "programs/without.c", body);
	put(f->boot, "programs/with.c", with);
	put(f->boot, "programs/wrong.c", wrong);
	g_assert_false(has_program(f, "without"));
	g_assert_true(has_program(f, "with"));
	g_assert_false(has_program(f, "wrong"));
}

static void test_list_changes(struct fixture *f, gconstpointer data)
{
	g_autofree char *one = key_of(f, NULL), *two = NULL;

	(void)data;
	put(f->boot, "packages", "hello\nhello\n!perl*\n");
	two = key_of(f, NULL);
	g_assert_nonnull(one);
	g_assert_nonnull(two);
	g_assert_cmpuint(count_lines(f->folder, "apt"), ==, 6);
}

static void test_damaged(struct fixture *f, gconstpointer data)
{
	g_autofree char *base = NULL, *one = key_of(f, &base), *two = NULL;

	(void)data;
	g_assert_nonnull(one);
	g_assert_true(g_file_set_contents(base, "torn", -1, NULL));
	two = key_of(f, NULL);
	g_assert_cmpuint(count_lines(f->folder, "apt"), ==, 6);
	g_assert_cmpstr(one, ==, two);
}

static void test_offline(struct fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *images = g_build_filename(f->folder, "cache/" CACHE_NAME "/images", NULL);
	g_autofree char *scratch = g_build_filename(f->folder, "cache/" CACHE_NAME "/tmp", NULL);
	g_autoptr(GDir) left = NULL, more = NULL;

	(void)data;
	put(f->folder, "offline", "");
	g_assert_null(image_open(f->boot, "amd64", &error));
	g_assert_nonnull(strstr(error->message, "no network"));
	left = g_dir_open(images, 0, NULL);
	g_assert_null(g_dir_read_name(left));
	more = g_dir_open(scratch, 0, NULL);
	g_assert_null(g_dir_read_name(more));
}

/* A mirror whose index of one source is not the one that was signed. */
static void test_stale(struct fixture *f, gconstpointer data)
{
	g_autofree char *key = NULL;

	(void)data;
	put(f->folder, "stale", "");
	key = key_of(f, NULL);
	g_assert_nonnull(key);
}

static void test_missing_deb(struct fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	put(f->boot, "packages", "hello\n");
	g_assert_null(image_open(f->boot, "amd64", &error));
	g_assert_cmpstr(error->message, ==, "apt-get did not download package 'perl-base'");
}

static void test_sets(struct fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) sets = image_sets(f->boot, &error);
	g_autofree char *all = g_strjoinv(" ", sets);

	(void)data;
	g_assert_cmpstr(all, ==, "block smoke");
}

static void add(const char *name, void (*test)(struct fixture *, gconstpointer))
{
	g_test_add(name, struct fixture, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
	boot_environment();
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/packages/list-has-names-and-patterns", test_parse);
	add("/packages/left-out-package-is-not-downloaded", test_excluded);
	add("/packages/package-that-did-not-come-is-an-error", test_missing_deb);
	add("/packages/index-that-cannot-be-had-is-not-missed", test_stale);
	add("/image/has-packages-without-documentation", test_content);
	add("/image/is-kept", test_kept);
	add("/image/changed-test-changes-the-key-and-downloads-nothing", test_tests_change);
	add("/image/program-is-compiled-and-part-of-the-key", test_program);
	add("/image/program-that-does-not-compile-is-left-out", test_bad_program);
	add("/image/program-names-its-libraries", test_libraries);
	add("/image/changed-list-makes-it-again", test_list_changes);
	add("/image/damaged-archive-is-made-again", test_damaged);
	add("/image/failed-download-leaves-nothing", test_offline);
	add("/image/sets-are-the-files", test_sets);
	return g_test_run();
}
