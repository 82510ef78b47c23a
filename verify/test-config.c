// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-config.c: reading configurations, choosing among them, and holding a
 * .config against what one asks for.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "config.h"
#include "data.h"
#include "project.h"
#include "qemu.h"

struct folder {
	char *path;
	char *variable;		/* names the data folder */
};

static void put(const struct folder *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder->path, "configs", name, NULL);
	g_autoptr(GError) error = NULL;

	file_write(path, text, -1, &error);
	g_assert_no_error(error);
}

static void setup(struct folder *folder, gconstpointer data)
{
	g_autofree char *configs = NULL;

	(void)data;
	folder->path = g_dir_make_tmp("config-XXXXXX", NULL);
	configs = g_build_filename(folder->path, "configs", NULL);
	g_assert_cmpint(g_mkdir_with_parents(configs, 0777), ==, 0);
	folder->variable = g_ascii_strup(CACHE_NAME "_datadir", -1);
	g_setenv(folder->variable, folder->path, TRUE);
	put(folder, "plain", "[config]\nfor=a reason\narch=x86_64\ntarget=allmodconfig\ndefault=yes\n"
	    "[symbols]\nA=y\nB=n\nC=m\nN=12\n");
	put(folder, "other", "[config]\narch=arm64\ntarget=allmodconfig\ncross=none-\npackages=gcc-none make-none\n");
}

static void teardown(struct folder *folder, gconstpointer data)
{
	(void)data;
	g_unsetenv(folder->variable);
	remove_tree(folder->path);
	g_free(folder->path);
	g_free(folder->variable);
}

/* Reads the one configuration that is named, or NULL for the default ones. */
static GPtrArray *choose(const char *name, const char *cc)
{
	char *names[] = { (char *)name, NULL };
	g_autoptr(GError) error = NULL;
	GPtrArray *configs = configs_read(BUILD_CONFIGS, name ? names : NULL, cc, &error);

	g_assert_no_error(error);
	return configs;
}

static void refused(const char *name, const char *a, const char *b)
{
	char *names[] = { (char *)name, NULL };
	g_autoptr(GError) error = NULL;

	g_assert_null(configs_read(BUILD_CONFIGS, names, NULL, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, a));
	g_assert_nonnull(strstr(error->message, b));
}

static void test_shipped(void)
{
	g_autoptr(GPtrArray) configs = choose("all", NULL);
	guint seeded = 0, unasked = 0;

	for (guint i = 0; i < configs->len; i++) {
		const struct config *config = configs->pdata[i];

		g_assert_nonnull(config->purpose);
		/* Whoever lacks its compiler is told what to install. */
		g_assert_true(config->packages || (!*config->cross && !*config->llvm));
		seeded += config->seed != NULL;
		unasked += config->chosen_unasked;
	}
	g_assert_cmpuint(configs->len, ==, 25);
	g_assert_cmpuint(seeded, ==, 10);
	g_assert_cmpuint(unasked, ==, 1);
}

static void test_shipped_machines(void)
{
	char *all[] = { (char *)"all", NULL }, *more[] = { (char *)"all", (char *)"qemu-x86_64-sanitized", NULL };
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = data_path(BOOT_CONFIGS, &error);
	g_autoptr(GPtrArray) configs = configs_read(BOOT_CONFIGS, more, NULL, &error), plain = NULL;
	guint unasked = 0;

	g_assert_no_error(error);
	for (guint i = 0; i < configs->len; i++) {
		const struct config *config = configs->pdata[i];
		g_autofree char *path = g_build_filename(folder, config->name, NULL);
		struct machine *machine = machine_read(path, &error);

		g_assert_no_error(error);
		g_assert_nonnull(config->purpose);
		g_assert_nonnull(strstr(config->fragment, "CONFIG_BLOCK=y\n"));
		g_assert_true(config->packages || !*config->cross);
		unasked += config->chosen_unasked;
		machine_free(machine);
	}
	g_assert_cmpuint(configs->len, ==, 4);
	/* A guest that takes hours is one that somebody asks for. */
	plain = configs_read(BOOT_CONFIGS, all, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(plain->len, ==, 3);
	g_assert_cmpuint(unasked, ==, 1);
}

static void test_default(struct folder *folder, gconstpointer data)
{
	g_autoptr(GPtrArray) configs = choose(NULL, NULL);
	const struct config *config = configs->pdata[0];

	(void)data;
	g_assert_cmpuint(configs->len, ==, 1);
	g_assert_cmpstr(config->name, ==, "plain");
	g_assert_cmpstr(config->purpose, ==, "a reason");
	g_assert_cmpstr(config->fragment, ==, "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\nCONFIG_N=12\n");
	put(folder, "plain", "[config]\narch=x86_64\ntarget=allmodconfig\n");
	{
		g_autoptr(GError) error = NULL;

		g_assert_null(configs_read(BUILD_CONFIGS, NULL, NULL, &error));
		g_assert_nonnull(strstr(error->message, "name one"));
	}
}

static void test_fragments(struct folder *folder, gconstpointer data)
{
	g_autofree char *fragments = g_build_filename(folder->path, "fragments", NULL);
	g_autoptr(GPtrArray) configs = NULL;

	(void)data;
	g_assert_cmpint(g_mkdir_with_parents(fragments, 0777), ==, 0);
	put(folder, "../fragments/one", "[symbols]\nA=n\nB=y\n");
	put(folder, "../fragments/two", "[symbols]\nB=m\nC=y\n");
	put(folder, "plain", "[config]\narch=x86_64\ntarget=allmodconfig\nfragments=one;two\n[symbols]\nA=y\n");
	configs = choose("plain", NULL);
	g_assert_cmpstr(((struct config *)configs->pdata[0])->fragment, ==, "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\n");
	put(folder, "plain", "[config]\narch=x86_64\ntarget=allmodconfig\nfragments=three\n");
	refused("plain", "fragment 'three'", "configs/plain'");
}

static void test_unknown_name(struct folder *folder, gconstpointer data)
{
	(void)folder, (void)data;
	refused("nosuch", "nosuch", "no configuration");
}

static void test_unknown_key(struct folder *folder, gconstpointer data)
{
	(void)data;
	put(folder, "odd", "[config]\narch=x86_64\ntarget=allmodconfig\narhc=arm\n");
	refused("plain", "'arhc'", "configs/odd'");
	put(folder, "odd", "[config]\narch=x86_64\ntarget=allmodconfig\n[symbol]\nA=y\n");
	refused("plain", "'symbol'", "configs/odd'");
}

static void test_broken_file(struct folder *folder, gconstpointer data)
{
	(void)data;
	put(folder, "odd", "[config]\narch=x86_64\n");
	refused("plain", "target", "configs/odd'");
	put(folder, "odd", "[config]\narch=x86_64\ntarget=allmodconfig\ndefault=maybe\n");
	refused("plain", "'maybe'", "configs/odd'");
}

static void test_seeds(struct folder *folder, gconstpointer data)
{
	g_autoptr(GPtrArray) all = NULL, one = NULL;

	(void)data;
	put(folder, "random", "[config]\narch=x86_64\ntarget=randconfig\nseeds=8-10\n");
	all = choose("all", NULL);
	g_assert_cmpuint(all->len, ==, 5);
	one = choose("random-10", NULL);
	g_assert_cmpuint(one->len, ==, 1);
	g_assert_cmpstr(((struct config *)one->pdata[0])->seed, ==, "10");
	refused("random", "'random'", "no configuration");
}

static void test_bad_seeds(struct folder *folder, gconstpointer data)
{
	static const char *const bad[] = { "0-3", "5-2", "1-", "x", "1-5000", "-1", "4294967295", "1-2-3" };

	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text = g_strdup_printf("[config]\narch=x\ntarget=randconfig\nseeds=%s\n", bad[i]);

		put(folder, "random", text);
		refused("plain", bad[i], "configs/random'");
	}
}

static void test_missing_compiler(struct folder *folder, gconstpointer data)
{
	g_autoptr(GPtrArray) configs = choose("all", NULL);
	const struct config *other = configs->pdata[0], *plain = configs->pdata[1];

	(void)folder, (void)data;
	g_assert_null(other->compiler);
	g_assert_cmpstr(other->missing, ==, "none-gcc: the compiler cannot be run; install gcc-none make-none");
	g_assert_null(plain->missing);
	g_assert_true(g_str_has_prefix(plain->compiler, "gcc "));
}

static char *put_tool(const struct folder *folder, const char *name, const char *text)
{
	char *path = g_build_filename(folder->path, "configs", name, NULL);

	put(folder, name, text);
	g_assert_cmpint(g_chmod(path, 0755), ==, 0);
	return path;
}

/* What a compiler with the options is told by that runs the assembler, a script. */
static void known_by(const struct folder *folder, const char *options, const char *script, const char *expected)
{
	g_autofree char *as = put_tool(folder, "my-as", script);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\ncase $* in\n*--version) printf 'cc 1\\nmore\\n' ;;\n"
						"*-print-prog-name=as) echo %s ;;\n*) exit 1 ;;\nesac\n", as);
	g_autofree char *cc = put_tool(folder, "my-cc", text), *line = g_strconcat(cc, options, NULL), *known = NULL;
	g_autoptr(GError) error = NULL;

	known = compiler_version(line, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(known, ==, expected);
}

/* Its options decide, and the assembler, where there is one that says what it is. */
static void test_version(struct folder *folder, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	(void)data;
	known_by(folder, "", "#!/bin/sh\necho as 2\n", "cc 1, as 2");
	known_by(folder, "", "#!/bin/sh\necho as 3\n", "cc 1, as 3");
	known_by(folder, " -pipe", "#!/bin/sh\necho as 3\n", "cc 1 -pipe, as 3");
	known_by(folder, "", "#!/bin/sh\nexit 1\n", "cc 1");
	g_assert_null(compiler_version("no-such-cc", &error));
	g_assert_nonnull(strstr(error->message, "no-such-cc"));
}

/* What a configuration with this prefix and compiler runs when the user gives CC. */
static void compiles_with(const struct folder *folder, const char *cross, const char *compiler, const char *cc,
			  const char *expected)
{
	g_autofree char *text = g_strdup_printf("[config]\narch=x\ntarget=x\ncross=%s\ncompiler=%s\n", cross, compiler);
	g_autoptr(GPtrArray) configs = NULL;

	put(folder, "tried", text);
	configs = choose("tried", cc);
	g_assert_cmpstr(((struct config *)configs->pdata[0])->cc, ==, expected);
}

static void test_wrapper(struct folder *folder, gconstpointer data)
{
	(void)data;
	compiles_with(folder, "", "gcc", NULL, "gcc");
	compiles_with(folder, "", "gcc", "ccache gcc", "ccache gcc");
	compiles_with(folder, "arm-", "gcc", "ccache gcc", "ccache arm-gcc");
	compiles_with(folder, "", "clang-19", "ccache  distcc gcc", "ccache distcc clang-19");
	compiles_with(folder, "arm-", "gcc", "distcc", "distcc arm-gcc");
}

static void test_own_compiler(struct folder *folder, gconstpointer data)
{
	(void)data;
	compiles_with(folder, "", "gcc", "/opt/bin/gcc-13", "/opt/bin/gcc-13");
	compiles_with(folder, "", "gcc", "cc", "cc");
	compiles_with(folder, "arm-", "gcc", "gcc-13", "arm-gcc");
	compiles_with(folder, "arm-", "gcc", "ccache arm-gcc-13 -pipe", "ccache arm-gcc-13 -pipe");
	compiles_with(folder, "", "clang-19", "clang-20 -pipe", "clang-20 -pipe");
	compiles_with(folder, "", "gcc", "clang-20 -pipe", "gcc");
}

/* Holds a .config against the configuration "plain" of a tree that knows the symbols. */
static char *held(const char *dotconfig, const char *symbols, GError **error)
{
	g_autoptr(GPtrArray) configs = choose("plain", NULL), absent = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	g_auto(GStrv) list = g_strsplit(symbols, " ", -1);

	for (char **symbol = list; *symbol; symbol++)
		g_hash_table_add(known, *symbol);
	if (!config_honoured(configs->pdata[0], dotconfig, known, absent, error))
		return NULL;
	g_ptr_array_add(absent, NULL);
	return g_strjoinv(" ", (char **)absent->pdata);
}

static void test_honoured(struct folder *folder, gconstpointer data)
{
	g_autofree char *absent = held("CONFIG_N=12\nCONFIG_C=m\nCONFIG_A=y\n", "A B C N", NULL);

	(void)folder, (void)data;
	g_assert_cmpstr(absent, ==, "");
}

static void test_wish(struct folder *folder, gconstpointer data)
{
	g_autofree char *absent = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) configs = NULL;

	(void)data;
	put(folder, "plain", "[config]\narch=x86_64\ntarget=allmodconfig\ndefault=yes\n[symbols]\nA=y?\nB=n?\nC=y\n");
	absent = held("CONFIG_B=y\nCONFIG_C=y\n", "A B C", NULL);
	g_assert_cmpstr(absent, ==, "");
	configs = choose("plain", NULL);
	g_assert_cmpstr(((struct config *)configs->pdata[0])->fragment, ==,
			"# Need not come out:\nCONFIG_A=y\n# Need not come out:\n# CONFIG_B is not set\nCONFIG_C=y\n");
	g_assert_null(held("CONFIG_A=y\n", "A B C", &error));
	g_assert_nonnull(strstr(error->message, "CONFIG_C=y"));
}

static void test_unhonoured(struct folder *folder, gconstpointer data)
{
	static const struct { const char *dotconfig, *named; } cases[] = {
		{ "CONFIG_C=m\nCONFIG_N=12\n", "'CONFIG_A=y'" },
		{ "CONFIG_A=m\nCONFIG_C=m\nCONFIG_N=12\n", "'CONFIG_A=y'" },
		{ "CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=m\nCONFIG_N=12\n", "'# CONFIG_B is not set'" },
		{ "CONFIG_A=y\nCONFIG_C=m\nCONFIG_N=123\n", "'CONFIG_N=12'" },
	};

	(void)folder, (void)data;
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(held(cases[i].dotconfig, "A B C N", &error));
		g_assert_nonnull(strstr(error->message, cases[i].named));
		g_assert_nonnull(strstr(error->message, "'plain'"));
	}
}

static void test_absent(struct folder *folder, gconstpointer data)
{
	g_autofree char *absent = held("CONFIG_A=y\nCONFIG_C=m\n", "A C", NULL);

	(void)folder, (void)data;
	g_assert_cmpstr(absent, ==, "B N");
}

static void test_needs(struct folder *folder, gconstpointer data)
{
	g_autofree char *absent = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	put(folder, "plain", "[config]\narch=x86_64\ntarget=allmodconfig\nneeds=A;B\n[symbols]\nB=y\nC=y\n");
	absent = held("CONFIG_B=y\n", "A B", &error);
	g_assert_no_error(error);
	g_assert_cmpstr(absent, ==, "C");
	g_assert_null(held("CONFIG_C=y\n", "A C", &error));
	g_assert_nonnull(strstr(error->message, "'plain' is for 'B'"));
}

static void add(const char *name, void (*test)(struct folder *, gconstpointer))
{
	g_test_add(name, struct folder, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/every-shipped-file-is-read", test_shipped);
	g_test_add_func("/config/every-shipped-machine-is-read", test_shipped_machines);
	add("/config/only-the-default-one-is-chosen-unasked", test_default);
	add("/config/fragments-add-symbols", test_fragments);
	add("/config/unknown-name-is-refused", test_unknown_name);
	add("/config/unknown-key-or-group-is-refused-with-its-file", test_unknown_key);
	add("/config/missing-or-odd-value-is-refused-with-its-file", test_broken_file);
	add("/config/each-seed-is-a-configuration", test_seeds);
	add("/config/bad-seeds-are-refused", test_bad_seeds);
	add("/config/missing-compiler-is-named-with-its-packages", test_missing_compiler);
	add("/config/compiler-is-known-by-version-options-and-assembler", test_version);
	add("/config/wrapper-of-the-user-serves-every-compiler", test_wrapper);
	add("/config/compiler-of-the-user-serves-its-like", test_own_compiler);
	add("/config/what-is-asked-for-is-honoured", test_honoured);
	add("/config/wish-need-not-come-out", test_wish);
	add("/config/unhonoured-symbol-is-named", test_unhonoured);
	add("/config/symbol-the-sources-do-not-have-is-reported", test_absent);
	add("/config/without-what-it-is-for-it-is-refused", test_needs);
	return g_test_run();
}
