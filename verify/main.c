// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c: phyr-verify: holds a range of commits against its parents.
 *
 * Every check judges each commit of BASE..TIP and adds rows to
 * evidence.tsv. Only this file prints errors and decides the exit status.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "notes.h"
#include "progress.h"
#include "project.h"
#include "range.h"
#include "verify.h"

static const struct {
	const char *name;
	enum check object;	/* 0: a check of its own */
	gboolean (*check)(struct verify *verify, GError **error);
	const char *what;
} commands[] = {
	{ "build", CHECK_BUILD, NULL, "compile what each commit affects; show which replaced lines were compiled" },
	{ "warnings", CHECK_WARNINGS, NULL, "no new compiler warning at W=1" },
	{ "sparse", CHECK_SPARSE, NULL, "no new finding of sparse" },
	{ "equiv", CHECK_EQUIV, NULL, "objects are identical, or differ only where --expect says" },
	{ "style", 0, check_style, "run the tree's own checkpatch.pl on each commit" },
	{ "kunit", 0, check_kunit, "run KUnit suites under UML, at TIP or at each commit" },
	{ "boot", 0, check_boot, "boot in QEMU and run test sets there, at TIP or at each commit" },
};

static char *summary(void)
{
	GString *text = g_string_new("Checks, one or several separated by commas:\n");

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		g_string_append_printf(text, "  %-10s%s\n", commands[i].name, commands[i].what);
	g_string_append(text, "  all       every one of them\n"
			"  configs   print which configuration compiles which changed line;\n"
			"            without a range, the configurations there are\n\n"
			"Exit status: 0 it holds, 1 it does not, 2 could not tell.");
	return g_string_free(text, FALSE);
}

static gboolean parse(struct verify *v, int *argc, char ***argv, GError **error)
{
	GOptionEntry entries[] = {
		{ "kernel", 'k', 0, G_OPTION_ARG_FILENAME, &v->kernel, "The kernel's git repository", "LINUX" },
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &v->out, "evidence.tsv, brought up to date [stdout]", "FILE" },
		{ "jobs", 'j', 0, G_OPTION_ARG_INT, &v->jobs, "Processes at once [processors]", "N" },
		{ "time-limit", 0, 0, G_OPTION_ARG_INT, &v->limit,
		  "Seconds one compilation may take [900]", "S" },
		{ "memory-limit", 0, 0, G_OPTION_ARG_INT, &v->memory,
		  "Memory each process of a compilation may take [no limit]", "MIB" },
		{ "kunitconfig", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &v->kunitconfigs,
		  "A .kunitconfig, or a path of the kernel that has one (may be repeated)", "PATH" },
		{ "boot-tests", 0, 0, G_OPTION_ARG_STRING_ARRAY, &v->boot_tests,
		  "A test set that guests run, or all (may be repeated) [smoke, block]", "SET" },
		{ "boot-config", 0, 0, G_OPTION_ARG_STRING_ARRAY, &v->boot_configs,
		  "A machine to boot, or all [the default one] (may be repeated)", "NAME" },
		{ "every-commit", 0, 0, G_OPTION_ARG_NONE, &v->every_commit,
		  "kunit, boot: at each commit that can change the image, not only at TIP", NULL },
		{ "affected", 0, 0, G_OPTION_ARG_STRING, &v->affected,
		  "What a header change builds: range, or the whole tree [range]", "range|tree" },
		{ "sample", 0, 0, G_OPTION_ARG_INT, &v->sample,
		  "Other objects a header change builds [200; 20 in other than the default configurations]", "N" },
		{ "seed", 0, 0, G_OPTION_ARG_INT, &v->seed, "Seed of the sample's order [1]", "N" },
		{ "config", 0, 0, G_OPTION_ARG_STRING_ARRAY, &v->configs,
		  "A configuration to build in, or all [the default one] (may be repeated)", "NAME" },
		{ "cc", 0, 0, G_OPTION_ARG_STRING, &v->cc,
		  "As for make: a compiler, or what runs every compiler, as in \"ccache gcc\" [$CC]", "COMMAND" },
		{ "undecided", 0, 0, G_OPTION_ARG_FILENAME, &v->undecided,
		  "Table of paths known to be undecided: they do not change the status", "FILE" },
		{ "expect", 0, 0, G_OPTION_ARG_FILENAME, &v->expect_path,
		  "equiv: table of the functions that may differ", "FILE" },
		{ "objects", 0, 0, G_OPTION_ARG_FILENAME, &v->objects_path,
		  "Write the paths of the objects judged, not those of verdicts that were known", "FILE" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &v->json, "Print the result as JSON", NULL },
		{ "ktap", 0, 0, G_OPTION_ARG_NONE, &v->ktap, "Print the result as KTAP", NULL },
		{ "notes", 0, 0, G_OPTION_ARG_NONE, &v->notes,
		  "Write the verdicts to " NOTES_REF " of the repository", NULL },
		{ "bisect", 0, 0, G_OPTION_ARG_NONE, &v->bisect,
		  "For git bisect run: 125 (skip) instead of 2", NULL },
		{ NULL }
	};
	GOptionContext *options = g_option_context_new("CHECK[,CHECK]... BASE..TIP");
	g_autofree char *text = summary();
	g_autoptr(GError) why = NULL;

	g_option_context_set_summary(options, text);
	g_option_context_add_main_entries(options, entries, NULL);
	if (!g_option_context_parse(options, argc, argv, &why))
		fail(error, "%s; see " VERIFY_NAME " --help", why->message);
	g_option_context_free(options);
	if (why)
		return FALSE;
	if (v->jobs < 1 || (v->sample < 0 && v->sample != SAMPLE_UNSET) || v->limit < 1 || v->memory < 0)
		return fail(error, "--jobs and --time-limit need at least 1, --sample and --memory-limit at least 0");
	if (v->json && v->ktap)
		return fail(error, "--json and --ktap exclude each other");
	v->cc_given = v->cc != NULL;
	if (!v->cc)
		v->cc = g_strdup(g_getenv("CC"));
	if (!v->affected)
		v->affected = g_strdup("range");
	if (strcmp(v->affected, "range") && strcmp(v->affected, "tree"))
		return fail(error, "--affected is range or tree, not '%s'", v->affected);
	return TRUE;
}

static gboolean verify_open(struct verify *v, const char *range, GError **error)
{
	if (v->expect_path && !(v->expect = expect_read(v->expect_path, error)))
		return FALSE;
	if (v->objects_path)
		v->judged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (v->notes)
		v->images = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (!v->kernel)
		return fail(error, "no kernel given: use -k LINUX");
	v->evidence = evidence_open(v->out, v->undecided, error);
	v->git = v->evidence ? git_open(v->kernel, error) : NULL;
	v->cache = v->git ? cache_open("verdicts", error) : NULL;
	if (!v->cache)
		return FALSE;
	v->commits = range_read(v->git, range, error);
	if (!v->commits)
		return FALSE;
	return v->commits->len ? TRUE : fail(error, "no commit in '%s'", range);
}

static void verify_clear(struct verify *v)
{
	g_free(v->kernel);
	g_free(v->out);
	g_free(v->undecided);
	g_free(v->cc);
	g_strfreev(v->configs);
	g_free(v->affected);
	g_strfreev(v->kunitconfigs);
	g_free(v->expect_path);
	g_free(v->objects_path);
	g_clear_pointer(&v->judged, g_hash_table_unref);
	g_clear_pointer(&v->images, g_hash_table_unref);
	expect_free(v->expect);
	g_strfreev(v->boot_tests);
	g_strfreev(v->boot_configs);
	evidence_free(v->evidence);
	cache_close(v->cache);
	if (v->git)
		git_free(v->git);
	if (v->commits)
		g_ptr_array_unref(v->commits);
}

/* The checks of "a,b" or "all" as bits of their index. */
static gboolean parse_checks(const char *text, unsigned *checks, GError **error)
{
	g_auto(GStrv) names = g_strsplit(text, ",", -1);

	*checks = 0;
	for (char **name = names; *name; name++) {
		unsigned before = *checks;

		for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
			if (!strcmp(*name, "all") || !strcmp(*name, commands[i].name))
				*checks |= 1u << i;
		if (*checks == before)
			return fail(error, "unknown check '%s'; see " VERIFY_NAME " --help", *name);
	}
	return TRUE;
}

/* What compiles goes through the commits once. */
static gboolean run_checks(struct verify *v, unsigned checks, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		if (checks & 1u << i) {
			v->checks |= commands[i].object;
			if (commands[i].check == check_kunit && !kunit_paths_exist(v, error))
				return FALSE;
		}
	if (v->checks && !check_objects(v, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		if (checks & 1u << i && commands[i].check && !commands[i].check(v, error))
			return FALSE;
	return TRUE;
}

static gboolean write_judged(struct verify *v, GError **error)
{
	g_autoptr(GList) paths = g_list_sort(g_hash_table_get_keys(v->judged), (GCompareFunc)strcmp);
	g_autoptr(GString) text = g_string_new(NULL);

	for (GList *path = paths; path; path = path->next)
		g_string_append_printf(text, "%s\n", (char *)path->data);
	return file_write(v->objects_path, text->str, text->len, error);
}

/* Judges the range, and reports what was found. */
static gboolean judge(struct verify *v, const char *name, unsigned checks, enum status *status, GError **error)
{
	struct evidence *e = v->evidence;

	if (!run_checks(v, checks, error))
		return FALSE;
	*status = evidence_status(e);
	progress_note("%u commits: %u hold, %u fail, %u undecided, %u more undecided as known, "
		      "%u decided by another configuration", v->commits->len, e->holds, e->fails, e->undecided,
		      e->excused, e->elsewhere);
	if ((v->out || !(v->json || v->ktap)) && !evidence_write(e, v->out, error))
		return FALSE;
	if (v->judged && !write_judged(v, error))
		return FALSE;
	if (v->notes && !notes_write(v, name, error))
		return FALSE;
	if (v->json)
		evidence_json(e);
	if (v->ktap)
		evidence_ktap(e);
	return TRUE;
}

/* git bisect takes 2 for "bad", 125 for "cannot be tested", and stops at 128 and above. */
static int bisect_status(enum status status)
{
	if (interrupted())
		return 128 + SIGINT;
	return status == STATUS_UNDECIDED ? 125 : status;
}

static gboolean run(struct verify *v, int argc, char **argv, enum status *status, GError **error)
{
	bool configs = argc > 1 && !strcmp(argv[1], "configs");
	unsigned checks = 0;

	if (configs && argc == 2)
		return configs_list(v, error);
	if (argc != 3)
		return fail(error, "give the checks and BASE..TIP; see " VERIFY_NAME " --help");
	if ((!configs && !parse_checks(argv[1], &checks, error)) || !verify_open(v, argv[2], error))
		return FALSE;
	return configs ? configs_report(v, status, error) : judge(v, argv[1], checks, status, error);
}

int main(int argc, char **argv)
{
	struct verify v = { .jobs = g_get_num_processors(), .sample = SAMPLE_UNSET, .seed = 1, .limit = 900 };
	enum status status = STATUS_HOLDS;
	/* Known before the options are parsed: a usage error is no bad commit either. */
	bool bisect = g_strv_contains((const char *const *)argv, "--bisect");
	g_autoptr(GError) error = NULL;

	interrupt_setup();
	g_set_prgname(VERIFY_NAME);
	if (parse(&v, &argc, &argv, &error))
		run(&v, argc, argv, &status, &error);
	verify_clear(&v);
	if (error) {
		fprintf(stderr, "%s: %s\n", VERIFY_NAME, error->message);
		status = error_status(error);
	}
	return bisect ? bisect_status(status) : (int)status;
}
