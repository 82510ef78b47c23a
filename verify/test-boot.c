// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-boot.c: the boot check on a made-up kernel: what holds, fails and is undecided, and what is booted again.
 */
#include "test-booted.h"

static void test_holds(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *guests = g_build_filename(kernel->folder, "guests", NULL), *text = NULL;

	(void)data;
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE, "holds " REST);
	check(kernel, "base..tip", FALSE, "holds " REST);
	g_assert_true(g_file_get_contents(guests, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "console=ttyS0 panic=-1 oops=panic printk.devkmsg=on boot.sets=smoke,block\n");
}

/* Also when the verdict is known. */
static void test_image_named(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
	for (guint i = 0; i < 2; i++) {
		g_autoptr(GHashTable) images = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		struct verify v = { .jobs = 1, .images = images };
		const char *key;

		judge_range(&v, kernel->work, "base..tip", check_boot);
		judged_clear(&v);
		key = g_hash_table_lookup(images, "qemu-test");
		g_assert_true(key && strlen(key) == 64);
	}
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 1);
}

static void test_panic(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "kernel", "[ 1.0] Kernel panic - not syncing: planted\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE,
	      "fails before the first test, the log has: Kernel panic - not syncing: planted; "
	      "0 tests in 0 sets, N s guest, tcg" BASE_HOLDS);
}

/* The next guest's takes the place of the last one's alone. */
static void test_console_kept(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "kernel", "[ 1.0] Kernel panic - not syncing: planted\n");
	commit(kernel, "one");
	put(kernel->work, "kernel", GOOD);
	commit(kernel, "two");
	check(kernel, "base..one", FALSE,
	      "fails before the first test, the log has: Kernel panic - not syncing: planted; "
	      "0 tests in 0 sets, N s guest, tcg" BASE_HOLDS);
	check(kernel, "one..two", FALSE, "holds " REST);
	shell(kernel, "one=$(git rev-parse one | cut -c 1-12); cd \"$TEST_FOLDER\"/cache/*/verify/9.9/qemu-test\n"
	      "[ \"$(echo console*)\" = \"console-$one.log console.log\" ]\n"
	      "grep -q planted console-$one.log; grep -q 'ok 2 block' console.log");
}

/* What the image lacks is known by its key: the verdict is kept. */
static void test_missing_program(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "kernel",
	    "[ 1.0] ktap: 1..2\n[ 1.0] ktap:     # Subtest: smoke\n[ 1.0] ktap:     1..2\n[ 1.0] ktap:     ok 1 a\n"
	    "[ 1.0] ktap:     ok 2 c # SKIP CONFIG_C is not set\n[ 1.0] ktap: ok 1 smoke\n"
	    "[ 1.0] ktap:     # Subtest: block\n[ 1.0] ktap:     1..1\n[ 1.0] ktap:     ok 1 b # SKIP missing fio\n"
	    "[ 1.0] ktap: ok 2 block\n");
	commit(kernel, "tip");
	for (guint i = 0; i < 2; i++)
		check(kernel, "base..tip", FALSE,
		      "undecided programs are missing: block: b: fio; "
		      "3 tests in 2 sets, skipped: smoke: c: CONFIG_C is not set, N s guest, tcg");
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 1);
}

static void test_hang(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "kernel", "[ 1.0] now it will hang\n");
	commit(kernel, "tip");
	for (guint i = 0; i < 2; i++)
		check(kernel, "base..tip", FALSE,
		      "fails time limit of 2 s reached, before the first test: now it will hang; "
		      "0 tests in 0 sets, N s guest, tcg" BASE_HOLDS);
	/* Such a verdict is not kept, but that of BASE is. */
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 3);
}

static void test_broken(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "broken", "echo 'thing.c:1: error: broken' >&2; exit 1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE,
	      "fails the kernel does not build: thing.c:1: error: broken; make: *** [Makefile:6: bzImage] Error 1" BASE_HOLDS);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 1);
}

/* An accident of the build is told, and tried again. */
static void build_is_undecided(struct kernel *kernel, const char *script, const char *expected)
{
	put(kernel->work, "broken", script);
	commit(kernel, "tip");
	for (guint i = 0; i < 2; i++)
		check(kernel, "base..tip", FALSE, expected);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 0);
	g_assert_cmpuint(count_lines(kernel->folder, "builds"), ==, 2);
}

static void test_killed_compiler(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	build_is_undecided(kernel, "echo >>\"$TEST_FOLDER/builds\"; kill -KILL $$\n",
			   "undecided the kernel could not be built: make: *** [Makefile:6: bzImage] Error 137");
}

static void test_no_compiler(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	build_is_undecided(kernel, "echo >>\"$TEST_FOLDER/builds\"; sh -c 'no-such-compiler -c x.c'\n",
			   "undecided the kernel could not be built: sh: 1: no-such-compiler: not found; "
			   "make: *** [Makefile:6: bzImage] Error 127");
}

static void test_full_disk(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	build_is_undecided(kernel, "echo >>\"$TEST_FOLDER/builds\"\n"
			   "echo 'as: error: thing.o: No space left on device' >&2; exit 1\n",
			   "undecided the kernel could not be built: as: error: thing.o: No space left on device; "
			   "make: *** [Makefile:6: bzImage] Error 1");
}

static void test_refused(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "Kconfig.sh", "sed /KNOWN/d \"$1\"\n");
	commit(kernel, "one");
	put(kernel->work, "a", "1\n");
	commit(kernel, "two");
	check(kernel, "base..one", FALSE, "undecided Kconfig: configuration 'qemu-test' asks for 'CONFIG_KNOWN=y', "
	      "but the kernel's own rules do not allow it");
	check(kernel, "one..two", TRUE, "undecided Kconfig: configuration 'qemu-test' asks for 'CONFIG_KNOWN=y', "
	      "but the kernel's own rules do not allow it");
}

#define SPOILED \
	"Kconfig: cannot make allnoconfig of qemu-test at 'ID': Kconfig:1: syntax error; " \
	"make: *** [Makefile:4: allnoconfig] Error 1"

static void test_spoiled(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "a", "1\n");
	commit(kernel, "one");
	put(kernel->work, "Kconfig.sh", "echo 'Kconfig:1: syntax error' >&2; exit 1\n");
	commit(kernel, "two");
	put(kernel->work, "a", "2\n");
	commit(kernel, "three");
	put(kernel->work, "Kconfig.sh", "cat \"$1\"\n");
	commit(kernel, "four");
	check(kernel, "base..four", TRUE, "holds " REST "\nfails " SPOILED "\nundecided " SPOILED "\nholds " REST);
	/* Held against BASE, where nothing between is judged. */
	check(kernel, "base..three", FALSE, "fails " SPOILED);
	check(kernel, "two..three", FALSE, "undecided " SPOILED);
}

static void test_configuring_killed(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "Kconfig.sh", "kill -KILL $$\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE, "undecided Kconfig: cannot make allnoconfig of qemu-test at 'ID': "
	      "make: *** [Makefile:4: allnoconfig] Error 137");
}

static void test_crash(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->folder, "crash", "");
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
	for (guint i = 0; i < 2; i++)
		check(kernel, "base..tip", FALSE,
		      "undecided qemu-test ended with status 1: no such device, between sets: # Subtest: block | "
		      "1..1 | ok 1 b | ok 2 block; " REST);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 2);
}

/* The killed ones left a console that ends in the lines' text. */
static void killed(struct kernel *kernel, const char *lines, guint guests, const char *expected)
{
	put(kernel->folder, "killed", lines);
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE, expected);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, guests);
}

static void test_killed(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	killed(kernel, "[ 0.1] Linux\n[ 0.1] Linux\n", 3, "holds " REST ", QEMU was started 3 times");
}

static void test_killed_always(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	killed(kernel, "[ 0.1] Linux\n[ 0.1] Linux\n[ 0.1] Linux\n[ 0.1] Linux\n", 3,
	       "undecided qemu-test was ended by signal 11, before the first test: Linux; "
	       "0 tests in 0 sets, N s guest, tcg, QEMU was started 3 times");
}

static void test_killed_late(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	killed(kernel, "[ 0.1] ktap:     # Subtest: smoke\n", 1,
	       "undecided qemu-test was ended by signal 11, in smoke: # Subtest: smoke; "
	       "0 tests in 0 sets, N s guest, tcg");
}

static void test_killed_after_complaint(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	killed(kernel, "[ 0.1] WARNING: CPU: 0\n", 2,
	       "fails before the first test, the log has: WARNING: CPU: 0; 0 tests in 0 sets, N s guest, tcg" BASE_HOLDS);
}

static void test_no_qemu(struct kernel *kernel, gconstpointer data)
{
	g_autofree char *program = g_build_filename(kernel->folder, "bin/qemu-test", NULL);

	(void)data;
	g_assert_cmpint(g_remove(program), ==, 0);
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE, "undecided qemu-test: not installed; install the package 'qemu-package'");
}

static void test_no_image(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->folder, "data/boot/packages", "nothing-of-the-kind\n!*\n");
	put(kernel->folder, "offline", "");
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE,
	      "undecided qemu-test: no root image: 'apt-get -qq -o APT::Get::Simulate=true update' ended with status 100: "
	      "no network");
}

static void test_every_commit(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "lib/thing.c", "int thing_one;\n");
	commit(kernel, "one");
	put(kernel->work, "lib/unrelated.c", "int a;\n");
	commit(kernel, "two");
	put(kernel->work, "lib/thing.c", "int thing_three;\n");
	commit(kernel, "three");
	check(kernel, "base..three", TRUE, "holds " REST "\nholds " REST "\nholds " REST);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 2);
	/* What was not booted is known as well. */
	check(kernel, "base..three", TRUE, "holds " REST "\nholds " REST "\nholds " REST);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 2);
}

/* What is built when the third is asked about is the first's, for the second was known. */
static void test_known_between(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "lib/thing.c", "int thing_one;\n");
	commit(kernel, "one");
	put(kernel->work, "lib/thing.c", "int thing_two;\n");
	commit(kernel, "two");
	check(kernel, "one..two", FALSE, "holds " REST);
	put(kernel->work, "lib/unrelated.c", "int a;\n");
	commit(kernel, "three");
	check(kernel, "base..three", TRUE, "holds " REST "\nholds " REST "\nholds " REST);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 3);
}

/* What is another then makes the verdict anew, once. */
static void boots_again(const struct kernel *kernel, const char *name, const char *text)
{
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE, "holds " REST);
	put(kernel->folder, name, text);
	for (guint i = 0; i < 2; i++)
		check(kernel, "base..tip", FALSE, "holds " REST);
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 2);
}

static void test_test_set(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	boots_again(kernel, "data/boot/tests/block.sh", "# changed\n");
}

static void test_qemu_version(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	boots_again(kernel, "qemu-version", "QEMU 2\n");
}

static void test_all_sets(struct kernel *kernel, gconstpointer data)
{
	char *sets[] = { (char *)"all", NULL };
	struct verify v = { .jobs = 1, .boot_tests = sets };
	g_autofree char *guests = g_build_filename(kernel->folder, "guests", NULL), *text = NULL;

	(void)data;
	put(kernel->work, "a", "1\n");
	commit(kernel, "tip");
	judge_range(&v, kernel->work, "base..tip", check_boot);
	judged_clear(&v);
	g_assert_true(g_file_get_contents(guests, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, "boot.sets=block,smoke\n"));
}

static void test_unknown_set(struct kernel *kernel, gconstpointer data)
{
	char *sets[] = { (char *)"smoke", (char *)"nothing", NULL };
	struct verify v = { .jobs = 1, .boot_tests = sets };
	g_autoptr(GError) error = NULL;

	(void)data;
	(void)kernel;
	g_assert_false(check_boot(&v, &error));
	g_assert_cmpstr(error->message, ==, "no test set 'nothing'; there are block, smoke");
}

int main(int argc, char **argv)
{
	boot_environment();
	g_test_init(&argc, &argv, NULL);
	add("/boot/holds-and-is-kept", test_holds);
	add("/boot/root-image-is-named-for-notes", test_image_named);
	add("/boot/panic-fails", test_panic);
	add("/boot/console-of-what-failed-stays", test_console_kept);
	add("/boot/missing-program-is-undecided-and-names-the-tests", test_missing_program);
	add("/boot/hang-fails-and-is-not-kept", test_hang);
	add("/boot/kernel-that-does-not-build-fails", test_broken);
	add("/boot/killed-compiler-is-undecided-and-not-kept", test_killed_compiler);
	add("/boot/missing-compiler-is-undecided-and-not-kept", test_no_compiler);
	add("/boot/full-disk-at-the-build-is-undecided-and-not-kept", test_full_disk);
	add("/boot/refused-configuration-is-undecided", test_refused);
	add("/boot/commit-that-spoils-kconfig-fails-and-those-after-it-are-undecided", test_spoiled);
	add("/boot/killed-configuration-is-undecided", test_configuring_killed);
	add("/boot/failing-qemu-fails-and-is-not-kept", test_crash);
	add("/boot/qemu-that-dies-before-the-first-test-is-started-again", test_killed);
	add("/boot/qemu-is-started-three-times-at-most", test_killed_always);
	add("/boot/qemu-that-dies-in-a-test-is-not-started-again", test_killed_late);
	add("/boot/qemu-that-dies-after-a-complaint-is-not-started-again", test_killed_after_complaint);
	add("/boot/no-qemu-is-undecided-and-names-the-package", test_no_qemu);
	add("/boot/no-root-image-is-undecided", test_no_image);
	add("/boot/every-commit-boots-what-can-differ", test_every_commit);
	add("/boot/known-verdict-leaves-another-image", test_known_between);
	add("/boot/changed-test-set-boots-again", test_test_set);
	add("/boot/another-qemu-boots-again", test_qemu_version);
	add("/boot/all-stands-for-every-test-set", test_all_sets);
	add("/boot/unknown-test-set-is-refused", test_unknown_set);
	return g_test_run();
}
