// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-boot.c: the boot check on a made-up kernel, whose image is the text
 * that a guest's console shall have. A shell script that stands for QEMU
 * prints it and counts its runs.
 */
#include <string.h>

#include "process.h"
#include "test-boot.h"
#include "test-judge.h"

static const char config[] =
	"[config]\narch=x86_64\ntarget=allnoconfig\ndefault=yes\nfragments=more\n"
	"[qemu]\nprogram=qemu-test\npackage=qemu-package\ndebian=amd64\nimage=arch/x86/boot/bzImage\n"
	"args=-m 64\ndisks=nvme\nappend=console=ttyS0\nlimit=2\n"
	"[symbols]\nABSENT=y\n";

static const char fake_qemu[] =
	"#!/bin/sh\n"
	"[ \"$1\" != --version ] || { cat \"$TEST_FOLDER/qemu-version\"; exit; }\n"
	"while [ \"$1\" != -kernel ]; do shift; done\n"
	"echo \"$6\" >>\"$TEST_FOLDER/guests\"\n"
	"cp \"$2\" console\n"
	"grep -q hang console && sleep 100\n"
	"[ ! -f \"$TEST_FOLDER/crash\" ] || { echo 'no such device' >&2; exit 1; }\n"
	/* By a signal, as often as the file has lines. */
	"killed=$(head -n 1 \"$TEST_FOLDER/killed\" 2>/dev/null)\n"
	"[ -z \"$killed\" ] || { sed -i 1d \"$TEST_FOLDER/killed\"; printf '%s' \"$killed\" >console; kill -SEGV $$; }\n";

static const char makefile[] =
	"VERSION = 9\nPATCHLEVEL = 9\n"
	"allnoconfig:\n\t@sh ./Kconfig.sh $(KCONFIG_ALLCONFIG) >$(O)/.config\n"
	"bzImage:\n\t@test ! -f broken || sh ./broken\n"
	"\tmkdir -p $(O)/arch/x86/boot\n\tcp kernel $(O)/arch/x86/boot/bzImage\n"
	"\techo 'deps := /src/lib/thing.c' >$(O)/.thing.o.cmd\n";

#define GOOD \
	"[ 1.0] ktap: 1..2\n[ 1.0] ktap:     # Subtest: smoke\n[ 1.0] ktap:     1..1\n[ 1.0] ktap:     ok 1 a\n" \
	"[ 1.0] ktap: ok 1 smoke\n[ 1.0] ktap:     # Subtest: block\n[ 1.0] ktap:     1..1\n" \
	"[ 1.0] ktap:     ok 1 b\n[ 1.0] ktap: ok 2 block\n"
#define REST "2 tests in 2 sets, N s guest, tcg"

struct kernel {
	char *folder, *work;
};

static void shell(const struct kernel *kernel, const char *script)
{
	const char *const argv[] = { "sh", "-ec", script, NULL };
	const char *const env[] = { "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@t", "GIT_COMMITTER_NAME=t",
		"GIT_COMMITTER_EMAIL=t@t", NULL };
	struct command command = { .argv = argv, .cwd = kernel->work, .env = env };
	struct process ended = { 0 };
	g_autoptr(GError) error = NULL;

	process_check(&command, &ended, &error);
	g_assert_no_error(error);
	process_clear(&ended);
}

static void commit(const struct kernel *kernel, const char *tag)
{
	g_autofree char *script = g_strdup_printf("git add -A . && git commit -q -m %s && git tag %s", tag, tag);

	shell(kernel, script);
}

static void setup(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	kernel->folder = g_strdup(g_getenv("TEST_FOLDER"));
	kernel->work = g_build_filename(kernel->folder, "linux", NULL);
	boot_folder(kernel->folder);
	put_program(kernel->folder, "bin/qemu-test", fake_qemu);
	put(kernel->folder, "qemu-version", "QEMU 1\n");
	put(kernel->folder, "data/boot/configs/qemu-test", config);
	put(kernel->folder, "data/boot/fragments/more", "[symbols]\nKNOWN=y\n");
	put(kernel->work, "Makefile", makefile);
	put(kernel->work, "Kconfig", "config KNOWN\n\tbool \"known\"\n");
	put(kernel->work, "Kconfig.sh", "cat \"$1\"\n");
	put(kernel->work, "lib/thing.c", "int thing;\n");
	put(kernel->work, "kernel", GOOD);
	shell(kernel, "git init -q");
	commit(kernel, "base");
}

static void teardown(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	remove_tree(kernel->folder);
	g_free(kernel->folder);
	g_free(kernel->work);
}

/* "VERDICT DETAIL" of each row, oldest commit first; how long a guest ran is told as N. */
static void check(const struct kernel *kernel, const char *range, gboolean every, const char *expected)
{
	struct verify v = { .jobs = 1, .every_commit = every };
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GRegex) seconds = g_regex_new("\\d+ s guest", 0, 0, NULL);
	g_autoptr(GRegex) id = g_regex_new("[0-9a-f]{40}", 0, 0, NULL);
	g_autofree char *plain = NULL, *got = NULL;

	judge_range(&v, kernel->work, range, check_boot);
	for (guint i = 0; i < v.evidence->rows->rows->len; i++)
		g_string_append_printf(text, "%s%s %s", i ? "\n" : "", tsv_get(v.evidence->rows, i, 3),
				       tsv_get(v.evidence->rows, i, 4));
	judged_clear(&v);
	plain = g_regex_replace_literal(id, text->str, -1, 0, "ID", 0, NULL);
	got = g_regex_replace_literal(seconds, plain, -1, 0, "N s guest", 0, NULL);
	g_assert_cmpstr(got, ==, expected);
}

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
	      "fails the log has: Kernel panic - not syncing: planted; "
	      "0 tests in 0 sets, N s guest, tcg");
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
		      "0 tests in 0 sets, N s guest, tcg");
	/* Such a verdict is not kept. */
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 2);
}

static void test_broken(struct kernel *kernel, gconstpointer data)
{
	(void)data;
	put(kernel->work, "broken", "echo 'thing.c:1: error: broken' >&2; exit 1\n");
	commit(kernel, "tip");
	check(kernel, "base..tip", FALSE,
	      "fails the kernel does not build: thing.c:1: error: broken; make: *** [Makefile:6: bzImage] Error 1");
	g_assert_cmpuint(count_lines(kernel->folder, "guests"), ==, 0);
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
	killed(kernel, "[ 0.1] WARNING: CPU: 0\n", 1,
	       "fails the log has: WARNING: CPU: 0; 0 tests in 0 sets, N s guest, tcg");
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

static void add(const char *name, void (*test)(struct kernel *, gconstpointer))
{
	g_test_add(name, struct kernel, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
	boot_environment();
	g_test_init(&argc, &argv, NULL);
	add("/boot/holds-and-is-kept", test_holds);
	add("/boot/root-image-is-named-for-notes", test_image_named);
	add("/boot/panic-fails", test_panic);
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
