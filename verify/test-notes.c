// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-notes.c: what a note says, when one is written, and that nothing else
 * in the user's repository changes. The rows are made by hand; shell scripts
 * stand for the programs that are asked for their version, gcc is the real one.
 */
#include "config.h"
#include "notes.h"
#include "project.h"
#include "range.h"
#include "test-boot.h"
#include "test-repo.h"

#define SHOW "git notes --ref=" NOTES_REF " show "
#define HASH "[0-9a-f]{64}"

static const char machine[] =
	"[config]\narch=x86_64\ntarget=allnoconfig\ndefault=yes\n[symbols]\nA=y\n"
	"[qemu]\nprogram=qemu-test\npackage=p\ndebian=amd64\nimage=i\nargs=-m %d\ndisks=nvme\nappend=\nlimit=2\n";

static char *folder, *work;

static void put_machine(int memory)
{
	g_autofree char *text = g_strdup_printf(machine, memory);

	put(folder, BOOT_CONFIGS "/guest", text);
}

static void setup(void)
{
	g_autofree char *variable = g_ascii_strup(CACHE_NAME "_datadir", -1);

	folder = g_dir_make_tmp("notes-XXXXXX", NULL);
	work = repo_new(folder, "linux");
	g_setenv(variable, folder, TRUE);
	put(folder, BUILD_CONFIGS "/tiny", "[config]\narch=x86_64\ntarget=allmodconfig\ndefault=yes\n[symbols]\nA=y\n");
	put_machine(64);
	sh_run(work, "echo CONFIG_X=y >lib/.kunitconfig; echo CONFIG_X=m >fs/.kunitconfig\n"
	       "echo PATCHLEVEL = 2 >>Makefile\n"
	       "echo a >a; git add .; git commit -qm a; git tag a\n"
	       "echo b >b; git add b; git commit -qm b; git tag b\n");
}

static void teardown(void)
{
	remove_tree(folder);
	g_clear_pointer(&folder, g_free);
	g_clear_pointer(&work, g_free);
}

/* As main() has it when no option is given. */
static struct verify standard(void)
{
	return (struct verify){ .sample = SAMPLE_UNSET, .seed = 1, .limit = 900, .affected = (char *)"range" };
}

/* A run on v1..b, until run_end(). */
static void run_begin(struct verify *v)
{
	g_autoptr(GError) error = NULL;

	v->evidence = evidence_open(NULL, NULL, NULL);
	v->git = git_open(work, &error);
	g_assert_no_error(error);
	v->commits = range_read(v->git, "v1..b", &error);
	g_assert_no_error(error);
}

static void add_row(struct verify *v, guint commit, const char *config, const char *check, const char *verdict)
{
	evidence_add(v->evidence, ((struct commit *)v->commits->pdata[commit])->id, config, check, verdict, "3 objects",
		     "9.9");
}

static void run_end(struct verify *v, const char *command)
{
	g_autoptr(GError) error = NULL;

	notes_write(v, command, &error);
	g_assert_no_error(error);
	evidence_free(v->evidence);
	git_free(v->git);
	g_ptr_array_unref(v->commits);
}

/* Its verdict of commit a is given, and of b when the other is. */
static void run(const char *a, const char *b)
{
	struct verify v = standard();

	run_begin(&v);
	add_row(&v, 0, "tiny", "build", a);
	if (b)
		add_row(&v, 1, "-", "style", b);
	run_end(&v, "build");
}

/* The note of a, made anew, for a run in which the check holds there. */
static char *note_of(struct verify *v, const char *config, const char *check)
{
	sh_run(work, "git update-ref -d " NOTES_REF);
	run_begin(v);
	add_row(v, 0, config, check, "holds");
	run_end(v, check);
	return sh(work, SHOW "a");
}

static void check_matches(const char *note, const char *pattern)
{
	if (!g_regex_match_simple(pattern, note, G_REGEX_MULTILINE, 0))
		g_error("no '%s' in: %s", pattern, note);
}

/* The hash of its configuration. */
static char *hash_of(struct verify *v, const char *config, const char *check)
{
	g_autofree char *note = note_of(v, config, check), *pattern = g_strdup_printf("^%s (" HASH ")", config);
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;

	check_matches(note, pattern);
	g_regex_match(regex, note, 0, &match);
	return g_match_info_fetch(match, 1);
}

static void check_sh(const char *script, const char *output)
{
	g_autofree char *got = sh(work, script);

	g_assert_cmpstr(got, ==, output);
}

/* The note ends in the command: what stands before the name of the program, and behind it up to the range. */
static void check_command(const char *note, const char *before, const char *behind)
{
	g_autofree char *base = g_strchomp(sh(work, "git rev-parse v1"));
	g_autofree char *tip = g_strchomp(sh(work, "git rev-parse b"));
	g_autofree char *command = g_strdup_printf("\nrepeat: %s" VERIFY_NAME " %s %s..%s\n", before, behind, base,
						   tip);

	if (!g_str_has_suffix(note, command))
		g_error("no '%s' at the end of: %s", command, note);
}

static void note_names_verdict_tools_configuration_and_command(void)
{
	g_autofree char *note = NULL;

	setup();
	run("holds", NULL);
	note = sh(work, SHOW "a");
	g_assert_true(g_str_has_prefix(note, VERIFY_NAME " " PROJECT_VERSION ", git version "));
	g_assert_nonnull(strstr(note, "\nholds\ttiny\tbuild\t3 objects\n"));
	check_matches(note, "^tiny " HASH ", .*gcc.*$");
	check_command(note, "", "build -k . --affected range --seed 1 --time-limit 900");
	g_assert_null(strstr(note, "9.9"));
	teardown();
}

static void command_has_every_option_that_can_change_a_verdict(void)
{
	char *configs[] = { (char *)"tiny", (char *)"all", NULL };
	char *kunitconfigs[] = { (char *)"lib", (char *)"a b", NULL };
	char *machines[] = { (char *)"guest", (char *)"all", NULL };
	char *sets[] = { (char *)"smoke", (char *)"rdma", NULL };
	struct verify v = { .sample = 7, .seed = 8, .limit = 9, .memory = 10, .affected = (char *)"tree",
		.every_commit = TRUE, .configs = configs, .kunitconfigs = kunitconfigs, .boot_configs = machines,
		.boot_tests = sets, .cc = (char *)"ccache gcc", .cc_given = TRUE,
		.expect_path = (char *)"it's/expect.tsv", .undecided = (char *)"../$x" };
	g_autofree char *note = NULL;

	setup();
	note = note_of(&v, "tiny", "equiv");
	check_command(note, "", "equiv -k . --affected tree --sample 7 --seed 8 --every-commit --config 'tiny' "
		      "--config 'all' --kunitconfig 'lib' --kunitconfig 'a b' --boot-config 'guest' "
		      "--boot-config 'all' --boot-tests 'smoke' --boot-tests 'rdma' --cc 'ccache gcc' "
		      "--expect 'it'\\''s/expect.tsv' --undecided '../$x' --time-limit 9 --memory-limit 10");
	teardown();
}

/* --cc would refuse one that does not fit. */
static void compiler_of_the_environment_stays_there(void)
{
	struct verify v = standard();
	g_autofree char *note = NULL;

	setup();
	v.cc = (char *)"ccache gcc";
	note = note_of(&v, "tiny", "build");
	check_command(note, "CC='ccache gcc' ", "build -k . --affected range --seed 1 --time-limit 900");
	teardown();
}

static void sparse_is_named_where_it_was_asked(void)
{
	struct verify v = standard();
	g_autofree char *with = NULL, *without = NULL;

	setup();
	with = note_of(&v, "tiny", "sparse");
	check_matches(with, "^sparse 0\\.9$");
	without = note_of(&v, "tiny", "build");
	g_assert_null(strstr(without, "\nsparse "));
	teardown();
}

static void kunit_has_configuration_compiler_and_interpreter(void)
{
	char *lib[] = { (char *)"lib", NULL }, *fs[] = { (char *)"fs", NULL };
	struct verify v = standard();
	g_autofree char *note = NULL, *one = NULL, *other = NULL;

	setup();
	v.kunitconfigs = lib;
	note = note_of(&v, "um-kunit", "kunit");
	check_matches(note, "^um-kunit " HASH ", gcc .*, Python 9\\.8$");
	one = hash_of(&v, "um-kunit", "kunit");
	v.kunitconfigs = fs;
	other = hash_of(&v, "um-kunit", "kunit");
	g_assert_cmpstr(one, !=, other);
	teardown();
}

static void machine_has_configuration_compiler_qemu_and_image(void)
{
	g_autoptr(GHashTable) images = g_hash_table_new(g_str_hash, g_str_equal);
	struct verify v = standard();
	g_autofree char *note = NULL, *one = NULL, *other = NULL;

	setup();
	v.images = images;
	g_hash_table_insert(images, (char *)"guest", (char *)"52ab");
	note = note_of(&v, "guest", "boot");
	check_matches(note, "^guest " HASH ", .*gcc .*, QEMU emulator version 7\\.6, root image 52ab$");
	one = hash_of(&v, "guest", "boot");
	put_machine(65);
	other = hash_of(&v, "guest", "boot");
	g_assert_cmpstr(one, !=, other);
	teardown();
}

/* Nor is what was not made. */
static void what_cannot_be_run_is_not_named(void)
{
	struct verify v = standard();
	g_autofree char *note = NULL;

	setup();
	sh_run(folder, "sed -i s/qemu-test/qemu-absent/ " BOOT_CONFIGS "/guest");
	sh_run(folder, "sed -i '/^arch/acompiler=clang-absent' " BOOT_CONFIGS "/guest");
	note = note_of(&v, "guest", "boot");
	check_matches(note, "^guest " HASH "$");
	teardown();
}

static void hash_is_of_symbols_and_kernel_version(void)
{
	static const char amend[] = "git add .; git commit -q --amend -m a; git tag -f a; git tag -f b";
	struct verify v = standard();
	g_autofree char *first = NULL, *same = NULL, *symbols = NULL, *version = NULL;

	setup();
	sh_run(work, "git reset -q --hard a --; git tag -f b");
	first = hash_of(&v, "tiny", "build");
	sh_run(work, "echo c >c");
	sh_run(work, amend);
	same = hash_of(&v, "tiny", "build");
	put(folder, BUILD_CONFIGS "/tiny", "[config]\narch=x86_64\ntarget=allmodconfig\ndefault=yes\n[symbols]\nB=y\n");
	symbols = hash_of(&v, "tiny", "build");
	sh_run(work, "sed -i 's/PATCHLEVEL = 2/PATCHLEVEL = 3/' Makefile");
	sh_run(work, amend);
	version = hash_of(&v, "tiny", "build");
	g_assert_cmpstr(first, ==, same);
	g_assert_cmpstr(first, !=, symbols);
	g_assert_cmpstr(symbols, !=, version);
	teardown();
}

static void only_judged_commits_get_a_note(void)
{
	setup();
	run("holds", NULL);
	check_sh("git notes --ref=" NOTES_REF " list | wc -l", "1\n");
	run("holds", "holds");
	check_sh("git notes --ref=" NOTES_REF " list | wc -l", "2\n");
	teardown();
}

/* All checks on both commits. */
static void run_all(void)
{
	char *lib[] = { (char *)"lib", NULL };
	struct verify v = standard();

	v.kunitconfigs = lib;
	run_begin(&v);
	for (guint i = 0; i < 2; i++) {
		add_row(&v, i, "tiny", "build", "holds");
		add_row(&v, i, "tiny", "sparse", "holds");
		add_row(&v, i, "um-kunit", "kunit", "fails");
		add_row(&v, i, "guest", "boot", "undecided");
		add_row(&v, i, "-", "style", "holds");
	}
	run_end(&v, "all");
}

static void identical_run_changes_nothing(void)
{
	g_autofree char *first = NULL, *second = NULL;

	setup();
	run_all();
	first = sh(work, "git rev-parse " NOTES_REF);
	run_all();
	second = sh(work, "git rev-parse " NOTES_REF);
	g_assert_cmpstr(first, ==, second);
	check_sh(SHOW "b | grep -cE '^(guest|tiny|um-kunit) '", "3\n");
	teardown();
}

static void new_verdict_is_added_to_the_old_one(void)
{
	setup();
	run("undecided", NULL);
	run("holds", NULL);
	check_sh(SHOW "a | grep -c '^repeat: '", "2\n");
	check_sh(SHOW "a | sed -n 's/\ttiny\t.*//p'", "undecided\nholds\n");
	check_sh("git rev-list --count " NOTES_REF, "2\n");
	teardown();
}

static void what_others_wrote_stays(void)
{
	setup();
	sh_run(work, "git notes --ref=" NOTES_REF " add -m 'read by a person' a");
	run("holds", NULL);
	check_sh(SHOW "a | sed -n 1,2p", "read by a person\n\n");
	check_sh(SHOW "a | grep -c '^holds'", "1\n");
	teardown();
}

static void deleted_notes_are_not_brought_back(void)
{
	setup();
	run("fails", NULL);
	sh_run(work, "git update-ref -d " NOTES_REF);
	run("holds", NULL);
	check_sh(SHOW "a | grep -c '^fails' || true", "0\n");
	teardown();
}

static void nothing_else_in_the_repository_changes(void)
{
	static const char state[] = "git for-each-ref | grep -v '" NOTES_REF "'; cat .git/HEAD .git/config\n"
		"find .git -path .git/objects -prune -o -type f -print | LC_ALL=C sort | grep -v '" NOTES_REF "'\n"
		"git status --porcelain; ls\n";
	g_autofree char *before = NULL, *after = NULL;

	setup();
	sh_run(work, "for hook in pre-receive update post-receive reference-transaction post-update; do\n"
	       "printf '#!/bin/sh\\ntouch ran\\n' >.git/hooks/$hook; chmod +x .git/hooks/$hook; done\n"
	       "git config core.logAllRefUpdates always\n");
	before = sh(work, state);
	run("holds", NULL);
	after = sh(work, state);
	g_assert_cmpstr(before, ==, after);
	check_sh("git notes --ref=" NOTES_REF " list | wc -l", "1\n");
	teardown();
}

/* Stand-ins, before all others. */
static void stand_ins_make(const char *home)
{
	g_autofree char *path = g_strdup_printf("%s/bin:%s", home, g_getenv("PATH"));

	put_program(home, "bin/sparse", "#!/bin/sh\n[ \"$1\" != --version ] || echo 0.9\n");
	put_program(home, "bin/python3", "#!/bin/sh\necho Python 9.8\n");
	put_program(home, "bin/qemu-test", "#!/bin/sh\necho QEMU emulator version 7.6\necho Copyright\n");
	g_setenv("PATH", path, TRUE);
}

int main(int argc, char **argv)
{
	g_autofree char *home = test_folder("notes-home-XXXXXX");
	int status;

	stand_ins_make(home);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/notes/note-names-verdict-tools-configuration-and-command",
			note_names_verdict_tools_configuration_and_command);
	g_test_add_func("/notes/command-has-every-option-that-can-change-a-verdict",
			command_has_every_option_that_can_change_a_verdict);
	g_test_add_func("/notes/compiler-of-the-environment-stays-there", compiler_of_the_environment_stays_there);
	g_test_add_func("/notes/sparse-is-named-where-it-was-asked", sparse_is_named_where_it_was_asked);
	g_test_add_func("/notes/kunit-has-configuration-compiler-and-interpreter",
			kunit_has_configuration_compiler_and_interpreter);
	g_test_add_func("/notes/machine-has-configuration-compiler-qemu-and-image",
			machine_has_configuration_compiler_qemu_and_image);
	g_test_add_func("/notes/what-cannot-be-run-is-not-named", what_cannot_be_run_is_not_named);
	g_test_add_func("/notes/hash-is-of-symbols-and-kernel-version", hash_is_of_symbols_and_kernel_version);
	g_test_add_func("/notes/only-judged-commits-get-a-note", only_judged_commits_get_a_note);
	g_test_add_func("/notes/identical-run-changes-nothing", identical_run_changes_nothing);
	g_test_add_func("/notes/new-verdict-is-added-to-the-old-one", new_verdict_is_added_to_the_old_one);
	g_test_add_func("/notes/what-others-wrote-stays", what_others_wrote_stays);
	g_test_add_func("/notes/deleted-notes-are-not-brought-back", deleted_notes_are_not_brought_back);
	g_test_add_func("/notes/nothing-else-in-the-repository-changes", nothing_else_in_the_repository_changes);
	status = g_test_run();
	remove_tree(home);
	return status;
}
