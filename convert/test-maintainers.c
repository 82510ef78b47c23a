// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of maintainers.c and prefix.c on made-up sections: one rule of
 * get_maintainer.pl a row. tests/maintainers.sh compares with the real thing.
 */
#include <string.h>

#include "prefix.h"

static const char text[] =
	"List of maintainers\n"
	"===================\n"
	"\tF: *Files* is indented, and so no entry\n"
	"\n"
	"BLOCK LAYER\n"
	"M:\tA Person <a@example.org>\n"
	"S:\tMaintained\n"
	"T:\tgit git://example.org/block.git\n"
	"F:\tblock/\n"
	"\n"
	"F:\tdrivers/block/\n"
	"# a comment ends nothing\n"
	"F:\tinclude/linux/bio.h\n"
	"\n"
	"RBD (rados)\n"
	"F:\tdrivers/block/rbd*\n"
	"\n"
	"NET FOO\n"
	"S:\tOdd Fixes\n"
	"F:\tnet/foo\n"
	"X:\tnet/foo/bar/\n"
	"\n"
	"ALL DRIVERS OF BAR\n"
	"F:\tdrivers/*/bar/\n"
	"F:\tsound/da[79]?.[ch]\n"
	"\n"
	"SOC X\n"
	"N:\tsocx[12]\n"
	"N:\tplain-name\n"
	"\n"
	"LAST LINE COUNTS\n"
	"F:\tlib/deep/er/file.c\n"
	"F:\tlib/\n"
	"\n"
	"LIB\n"
	"F:\tlib/deep/\n"
	"\n"
	"EQUAL ONE\n"
	"F:\tmm/equal.c\n"
	"\n"
	"EQUAL  ONE\n"
	"F:\tmm/equal.c\n"
	"\n"
	"ANY DEPTH\n"
	"F:\ttools/**/needle.c\n"
	"\n"
	"THE REST\n"
	"F:\t*\n"
	"F:\t*/\n";

static struct maintainers *parsed(void)
{
	g_autoptr(GHashTable) folders = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GError) error = NULL;
	struct maintainers *m;

	g_hash_table_add(folders, (gpointer)"net/foo");
	m = maintainers_parse(text, sizeof(text) - 1, folders, &error);
	g_assert_no_error(error);
	return m;
}

/* A path and the title of its section, NULL for none. */
static const struct {
	const char *name, *path, *title;
} choices[] = {
	{ "below-a-folder", "block/sub/bio.c", "BLOCK LAYER" },
	{ "after-a-blank-line", "drivers/block/loop.c", "BLOCK LAYER" },
	{ "after-a-comment", "include/linux/bio.h", "BLOCK LAYER" },
	{ "deeper-pattern-wins", "drivers/block/rbd.c", "RBD (rados)" },
	{ "star-stays-in-its-folder", "drivers/block/rbd/x.c", "BLOCK LAYER" },
	{ "folder-without-slash", "net/foo/sub/x.c", "NET FOO" },
	{ "folder-is-no-prefix", "net/foobar.c", NULL },
	{ "excluded", "net/foo/bar/x.c", NULL },
	{ "star-for-a-folder", "drivers/misc/bar/x/y.c", "ALL DRIVERS OF BAR" },
	{ "brackets-and-question-mark", "sound/da7x.h", "ALL DRIVERS OF BAR" },
	{ "not-in-the-brackets", "sound/da8x.h", NULL },
	{ "dot-is-a-dot", "include/linux/biozh", NULL },
	{ "name-regex", "drivers/misc/a-socx2-b.c", "SOC X" },
	{ "name-literal", "arch/plain-name/x.S", "SOC X" },
	{ "folder-beats-name", "block/socx1.c", "BLOCK LAYER" },
	{ "last-line-of-a-section-counts", "lib/deep/er/file.c", "LIB" },
	{ "first-of-equals", "mm/equal.c", "EQUAL ONE" },
	{ "two-stars-cross-folders", "tools/a/b/needle.c", "ANY DEPTH" },
	{ "catch-all-is-none", "init/main.c", NULL },
	{ "root-is-none", "Makefile", NULL },
};

static void test_choice(gconstpointer data)
{
	guint i = GPOINTER_TO_UINT(data);
	struct maintainers *m = parsed();
	const struct subsystem *s = maintainers_find(m, choices[i].path);

	g_assert_cmpstr(s ? s->title : NULL, ==, choices[i].title);
	maintainers_free(m);
}

static void test_fields(void)
{
	struct maintainers *m = parsed();
	const struct subsystem *block = maintainers_find(m, "block/bio.c");
	const struct subsystem *rbd = maintainers_find(m, "drivers/block/rbd.c");

	g_assert_cmpstr(block->status, ==, "Maintained");
	g_assert_cmpstr(block->tree, ==, "git git://example.org/block.git");
	g_assert_cmpstr(rbd->status, ==, "-");
	g_assert_cmpstr(rbd->slug, ==, "rbd-rados");
	g_assert_true(maintainers_slug(m, "rbd-rados") == rbd);
	g_assert_null(maintainers_slug(m, "rbd"));
	/* Titles that differ in blanks alone make one slug. */
	g_assert_nonnull(maintainers_slug(m, "equal-one"));
	g_assert_nonnull(maintainers_slug(m, "equal-one-2"));
	maintainers_free(m);
}

static void test_ranking(void)
{
	struct maintainers *m = parsed();
	g_autoptr(GArray) all = maintainers_all(m, "lib/deep/er/file.c");

	g_assert_cmpuint(all->len, ==, 3);
	g_assert_cmpstr(g_array_index(all, struct subsystem_match, 0).subsystem->title, ==, "LIB");
	g_assert_cmpint(g_array_index(all, struct subsystem_match, 0).depth, ==, 2);
	g_assert_cmpint(g_array_index(all, struct subsystem_match, 1).depth, ==, 1);
	g_assert_true(g_array_index(all, struct subsystem_match, 2).subsystem->catch_all);
	g_assert_cmpint(g_array_index(all, struct subsystem_match, 2).depth, ==, -1);
	maintainers_free(m);
}

static void test_folder(void)
{
	struct maintainers *m = parsed();
	const struct subsystem *s = maintainers_subsystem(m, "include/linux/sub/x.h");

	g_assert_cmpstr(s->title, ==, "include/linux");
	g_assert_cmpstr(s->slug, ==, "include-linux");
	g_assert_true(maintainers_subsystem(m, "include/linux/y.h") == s);
	g_assert_true(maintainers_slug(m, "include-linux") == s);
	g_assert_cmpstr(maintainers_subsystem(m, "init/main.c")->title, ==, "init");
	g_assert_cmpstr(maintainers_subsystem(m, "Makefile")->title, ==, "root");
	maintainers_free(m);
}

static void assert_refused(const char *bad, const char *message)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(maintainers_parse(bad, strlen(bad), NULL, &error));
	g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
	g_assert_true(g_str_has_prefix(error->message, message));
}

static void test_bad_input(void)
{
	assert_refused("", "MAINTAINERS names no file");
	assert_refused("only prose\n", "MAINTAINERS names no file");
	assert_refused("F:\tblock/\n", "line 1 of MAINTAINERS belongs to no section");
	assert_refused("A TITLE\nF:\tsound/[a\n", "bad pattern in line 2 of MAINTAINERS");
}

/* Subject prefixes by paths, which are blank-separated. */
static const struct {
	const char *paths, *prefix;
} prefixes[] = {
	{ "block/bio.c block/blk-map.c drivers/block/loop.c", "block" },
	{ "drivers/block/rbd.c", "rbd" },
	{ "drivers/block/drbd/drbd_main.c include/linux/drbd.h", "drbd" },
	{ "drivers/md/dm-crypt.c drivers/md/dm-io.c", "dm" },
	{ "drivers/md/md.c drivers/md/raid5.c", "md" },
	{ "drivers/md/bcache/util.c", "bcache" },
	{ "drivers/nvme/host/core.c drivers/nvme/host/tcp.c", "nvme" },
	{ "drivers/nvme/host/apple.c", "nvme-apple" },
	{ "drivers/scsi/lpfc/a.c drivers/scsi/lpfc/b.c", "scsi: lpfc" },
	{ "drivers/target/target_core_file.c", "scsi: target" },
	{ "fs/btrfs/bio.c fs/btrfs/raid56.c", "btrfs" },
	{ "fs/splice.c", "splice" },
	{ "fs/a.c fs/b.c", "fs" },
	{ "net/ceph/messenger.c", "libceph" },
	{ "lib/iov_iter.c", "iov_iter" },
	{ "include/linux/bvec.h", "bvec" },
	{ "include/linux/bvec.h include/linux/bio.h", "block" },
	{ "mm/page_io.c", "mm" },
	{ "Makefile", "kbuild" },
};

static void test_prefix_of_paths(void)
{
	struct maintainers *m = parsed();
	const struct subsystem *s = maintainers_find(m, "block/bio.c");

	for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		g_auto(GStrv) paths = g_strsplit(prefixes[i].paths, " ", -1);
		g_autofree char *prefix = prefix_of_paths(s, (const char *const *)paths);

		g_assert_cmpstr(prefix, ==, prefixes[i].prefix);
	}
	maintainers_free(m);
}

static void assert_subject(const char *subject, const char *expected)
{
	g_autofree char *prefix = prefix_of_subject(subject);

	g_assert_cmpstr(prefix, ==, expected);
}

static void test_prefix_of_subject(void)
{
	assert_subject("scsi: lpfc: Fix x", "scsi: lpfc");
	assert_subject("dm integrity: fix a: b", "dm integrity");
	assert_subject("PCI/P2PDMA: Update", "PCI/P2PDMA");
	assert_subject("Linux 6.12.117, Debian 6.12.117-1", NULL);
	assert_subject("Revert \"block: x\"", NULL);
}

static void test_prefix_unique(void)
{
	g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const char *const paths[] = { "drivers/nvdimm/pmem.c", NULL };
	struct maintainers *m = parsed();
	const struct subsystem *s = maintainers_find(m, "block/bio.c");
	static const char *const expected[] = { "nvdimm", "nvdimm: pmem", "nvdimm: block-layer" };

	for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_autofree char *prefix = prefix_unique(taken, "nvdimm", s, paths);

		g_assert_cmpstr(prefix, ==, expected[i]);
	}
	maintainers_free(m);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(choices); i++) {
		g_autofree char *name = g_strconcat("/maintainers/", choices[i].name, NULL);

		g_test_add_data_func(name, GUINT_TO_POINTER(i), test_choice);
	}
	g_test_add_func("/maintainers/reads-status-tree-and-slug", test_fields);
	g_test_add_func("/maintainers/ranks-all-matches", test_ranking);
	g_test_add_func("/maintainers/falls-back-to-the-folder", test_folder);
	g_test_add_func("/maintainers/refuses-bad-input", test_bad_input);
	g_test_add_func("/prefix/from-the-shared-folder", test_prefix_of_paths);
	g_test_add_func("/prefix/of-a-subject", test_prefix_of_subject);
	g_test_add_func("/prefix/is-unique-in-a-step", test_prefix_unique);
	return g_test_run();
}
