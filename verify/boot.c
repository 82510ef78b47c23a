// SPDX-License-Identifier: GPL-2.0-only
/*
 * boot.c: the check "boot": the kernel boots in QEMU and the chosen test
 * sets pass in it.
 *
 * At TIP, or at every commit that can change the image: one that touches
 * kbuild files, or a file the last image was made from. A commit that cannot
 * has its predecessor's verdict. Each configuration chosen of the data folder
 * boot/configs gives a row.
 *
 * Holds only when the guest ended by itself, every test of every set
 * reported, none failed and the kernel complained about nothing (console.h).
 * A commit that fails is held against BASE, which is then built and booted as well: where all that is wrong
 * is wrong there, in the same test, the commit is undecided.
 * A test whose program the image lacks leaves it undecided.
 * A kernel that does not build, or whose Kconfig files cannot be read any more,
 * fails, and is undecided where an accident of this
 * machine ended its build; a QEMU that a signal ends before the first
 * test is started again, and so is a guest in which nothing is wrong but what kernels are known to report
 * (known.h): it is undecided where that comes each time. A QEMU that fails by itself otherwise leaves it
 * undecided. A verdict is kept under all that it depends on, but for these and
 * one that a time limit gave: they can be accidents of this machine. The console
 * of the last guest, and of each that failed, stays beside the objects.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "built.h"
#include "console.h"
#include "data.h"
#include "image.h"
#include "known.h"
#include "progress.h"
#include "qemu.h"
#include "range.h"
#include "tree.h"
#include "verify.h"

#define CHECK_NAME "boot"
#define VERDICT_VERSION "boot 5"
/*
 * Guests started for one verdict: QEMU 7.2 died of SIGSEGV once in about five
 * starts, early, with images that it booted the next time. What a kernel is known to report now and then, it
 * may not the next time, and lockdep stays on.
 */
#define STARTS 3
/* Between the symptoms of a row that is kept. */
#define SYMPTOM_SEPARATOR "\x1f"

struct boot {
	struct verify *verify;
	const struct config *config;	/* as the file has it */
	struct machine *machine;
	char *machine_text;		/* the file: the verdict depends on it */
	const struct known *known;	/* what kernels are known to report */
	char **sets;			/* test sets, in order */
	struct image *image;		/* NULL until something has to run */
	struct tree *tree;		/* the same */
	char *scratch;			/* the same */
	char *initrd;			/* the image, whole */
	char *qemu;			/* its version */
	const char *accelerator;
	char *row;			/* of the last commit judged, or NULL: see row_new() */
	char *base;			/* the same of BASE, once it was asked for */
	bool built;			/* what is built is of that commit */
	bool kept;			/* its row may be */
};

/* A guest that ran. */
struct guest {
	struct process result;
	char *log;			/* its console */
	gsize len;
	struct console *console;
	char *ended;			/* why it did not end as it should, or NULL */
};

static void guest_clear(struct guest *guest)
{
	process_clear(&guest->result);
	console_free(guest->console);
	g_free(guest->log);
	g_free(guest->ended);
	*guest = (struct guest){ 0 };
}

static void boot_clear(struct boot *boot)
{
	tree_close(boot->tree);
	image_free(boot->image);
	machine_free(boot->machine);
	if (boot->scratch)
		remove_tree(boot->scratch);
	g_free(boot->scratch);
	g_free(boot->machine_text);
	g_free(boot->qemu);
	g_strfreev(boot->sets);
	g_free(boot->initrd);
	g_free(boot->row);
	g_free(boot->base);
}

/*
 * What is kept of a commit: "VERDICT\tSECONDS\tSYMPTOMS\tDETAIL". Symptoms, of what fails, are told from those
 * of BASE.
 */
static char *row_new(const char *verdict, double seconds, const char *symptoms, const char *detail)
{
	g_autofree char *all = g_strdup(symptoms ? symptoms : ""), *whole = g_strdup(detail);

	g_strdelimit(all, "\t\n\r", ' ');
	g_strdelimit(whole, "\t\n\r", ' ');
	return g_strdup_printf("%s\t%.1f\t%s\t%s", verdict, seconds, all, whole);
}

/* What a guest needs besides its kernel; made once. */
static gboolean prepare(struct boot *boot, const struct commit *commit, GError **error)
{
	if (!boot->scratch) {
		boot->scratch = scratch_folder(error);
		if (!boot->scratch)
			return FALSE;
		boot->initrd = g_build_filename(boot->scratch, "initrd", NULL);
		if (!image_write(boot->image, boot->scratch, boot->initrd, error) ||
		    !qemu_accelerator(boot->machine, boot->scratch, &boot->accelerator, error))
			return FALSE;
	}
	if (!boot->tree)
		boot->tree = tree_open(boot->verify->git, boot->config, commit->id, boot->verify->jobs, error);
	if (!boot->tree)
		return FALSE;
	return tree_move(boot->tree, commit->id, error);
}

/* Why the guest did not end as it should, or NULL. */
static char *ending(const struct boot *boot, const struct process *result)
{
	g_autofree char *said = NULL;

	if (result->timed_out)
		return g_strdup_printf("time limit of %u s reached", boot->machine->limit);
	if (!result->exit)
		return NULL;
	if (result->exit > 128)
		return g_strdup_printf("%s was ended by signal %d", boot->machine->program, result->exit - 128);
	said = g_strchomp(g_strndup(result->err, 200));
	return g_strdup_printf("%s ended with status %d: %s", boot->machine->program, result->exit, said);
}

/* What QEMU itself fails at says nothing of the kernel, unless that had complained before. */
static bool is_accident(const struct guest *guest)
{
	return !guest->result.timed_out && guest->ended && guest->console->failure &&
	       g_str_has_prefix(guest->console->failure, guest->ended);
}

/* Whether a signal ended QEMU and no test had begun: the next start may tell more. */
static bool died_early(const struct guest *guest)
{
	return is_accident(guest) && guest->result.exit > 128 && !guest->console->begun;
}

/* Whether nothing is wrong but what is known: that hides what lockdep would have said later. */
static bool said_known(const struct guest *guest)
{
	return !guest->console->failure && guest->console->known->len;
}

/* The verdict, from the console. */
static char *judge(const struct boot *boot, const struct guest *guest, guint starts)
{
	const struct console *console = guest->console;
	g_autofree char *summary = console_summary(console), *doubt = console_doubt(console);
	double seconds = guest->result.seconds;
	bool fails = console->failure && !is_accident(guest);
	const char *verdict = fails ? "fails" : console->failure || doubt ? "undecided" : "holds";
	GString *detail = g_string_new(NULL), *symptoms = g_string_new(NULL);
	char *row;

	if (console->failure)
		g_string_append_printf(detail, "%s; ", console->failure);
	if (doubt)
		g_string_append_printf(detail, "%s; ", doubt);
	g_string_append_printf(detail, "%s, %.0f s guest, %s", summary, seconds, boot->accelerator);
	if (starts > 1)
		g_string_append_printf(detail, ", QEMU was started %u times", starts);
	for (guint i = 0; fails && i < console->symptoms->len; i++)
		g_string_append_printf(symptoms, "%s%s", i ? SYMPTOM_SEPARATOR : "",
				       (char *)console->symptoms->pdata[i]);
	row = row_new(verdict, seconds, symptoms->str, detail->str);
	g_string_free(symptoms, TRUE);
	g_string_free(detail, TRUE);
	return row;
}

/* One start of the image that was built. */
static gboolean start_guest(const struct boot *boot, struct guest *guest, GError **error)
{
	g_autofree char *names = g_strjoinv(",", boot->sets), *append = g_strconcat("boot.sets=", names, NULL);
	g_autofree char *kernel = g_build_filename(boot->tree->obj, boot->machine->image, NULL);
	g_autofree char *path = g_build_filename(boot->scratch, "console", NULL);

	g_remove(path);
	progress_note("booting %s, %s", boot->config->name, boot->accelerator);
	if (!qemu_run(boot->machine, boot->accelerator, kernel, boot->initrd, append, boot->scratch, &guest->result,
		      error))
		return FALSE;
	if (!g_file_get_contents(path, &guest->log, &guest->len, NULL))
		guest->log = g_strdup("");
	guest->ended = ending(boot, &guest->result);
	guest->console = console_read(guest->log, guest->len, boot->sets, guest->ended, boot->known);
	return TRUE;
}

/* The console stays beside the objects, one that fails under the name of its commit as well. */
static gboolean keep_console(const struct boot *boot, const struct commit *commit, const struct guest *guest,
			     GError **error)
{
	g_autofree char *last = g_build_filename(boot->tree->obj, "console.log", NULL);
	g_autofree char *name = g_strdup_printf("console-%.12s.log", commit->id);
	g_autofree char *own = g_build_filename(boot->tree->obj, name, NULL);

	if (!file_write(last, guest->log, guest->len, error))
		return FALSE;
	if (!guest->console->failure && !said_known(guest))
		return TRUE;
	progress_note("the console of %.12s: %s", commit->id, own);
	return file_write(own, guest->log, guest->len, error);
}

/* Runs the image that was built; final: no accident of the machine. */
static gboolean run_guest(struct boot *boot, const struct commit *commit, char **row, bool *final, GError **error)
{
	struct guest guest = { 0 };
	guint starts = 0;
	gboolean ok;

	do {
		guest_clear(&guest);
		ok = start_guest(boot, &guest, error);
	} while (ok && ++starts < STARTS && (died_early(&guest) || said_known(&guest)));
	if (ok) {
		*final = !guest.result.timed_out && !guest.result.exit && !said_known(&guest);
		*row = judge(boot, &guest, starts);
		ok = keep_console(boot, commit, &guest, error);
	}
	guest_clear(&guest);
	return ok;
}

/* Whether what the commit is held against could be configured: its parent or, where TIP alone is judged, BASE. */
static gboolean worked_before(struct boot *boot, const struct commit *commit, bool *worked, GError **error)
{
	const struct verify *verify = boot->verify;
	const struct commit *from = verify->every_commit ? commit : verify->commits->pdata[0];

	if (!tree_move(boot->tree, from->parent, error))
		return FALSE;
	*worked = tree_configure(boot->tree, NULL);
	return TRUE;
}

/*
 * Configures the sources; refused becomes the verdict where that does not work. What they have spoiled is theirs;
 * that they do not allow a machine what it asks for says nothing of the commit, and nothing of other machines.
 */
static gboolean configure(struct boot *boot, const struct commit *commit, char **refused, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autofree char *detail = NULL;
	bool spoiled = false;

	if (tree_configure(boot->tree, &why))
		return TRUE;
	if (interrupted()) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	if (boot->tree->refusal == REFUSAL_OF_SOURCES && !worked_before(boot, commit, &spoiled, error))
		return FALSE;
	detail = g_strdup_printf("Kconfig: %s", why->message);
	*refused = row_new(spoiled ? "fails" : "undecided", 0, NULL, detail);
	return TRUE;
}

static gboolean build_and_run(struct boot *boot, const struct commit *commit, char **row,
			      bool *final, GError **error)
{
	g_autofree char *target = g_path_get_basename(boot->machine->image), *complaint = NULL, *detail = NULL;
	bool accident;

	*final = false;
	if (!prepare(boot, commit, error) || !configure(boot, commit, row, error))
		return FALSE;
	if (*row)
		return TRUE;
	if (!tree_build(boot->tree, target, &complaint, error))
		return FALSE;
	boot->built = !complaint;
	if (!complaint)
		return run_guest(boot, commit, row, final, error);
	accident = boot->tree->refusal == REFUSAL_NONE;
	detail = g_strdup_printf("the kernel %s: %s", accident ? "could not be built" : "does not build", complaint);
	*row = row_new(accident ? "undecided" : "fails", 0, accident ? NULL : detail, detail);
	return TRUE;
}

static char *commit_key(const struct boot *boot, const struct commit *commit)
{
	g_autofree char *sets = g_strjoinv(" ", boot->sets);

	return cache_key(VERDICT_VERSION, commit->tree, boot->machine_text, boot->config->fragment, boot->config->compiler,
			 boot->qemu, boot->image->key, sets, known_text(boot->known), NULL);
}

/* Builds and boots the commit unless its row is known; may_keep: the row tells of no accident. */
static gboolean find_row(struct boot *boot, const struct commit *commit, char **row, bool *may_keep, GError **error)
{
	struct cache *cache = boot->verify->cache;
	g_autofree char *key = commit_key(boot, commit);
	gsize len;

	boot->built = *may_keep = false;
	*row = cache_get(cache, key, &len);
	if (*row)
		return TRUE;
	progress_note("%s at %.12s", CHECK_NAME, commit->id);
	return build_and_run(boot, commit, row, may_keep, error) &&
	       (!*may_keep || cache_put(cache, key, *row, strlen(*row), error));
}

static gboolean ask_base(struct boot *boot, GError **error)
{
	const struct commit *first = boot->verify->commits->pdata[0];
	const struct commit base = { .id = first->parent, .parent = first->parent, .tree = first->parent_tree };
	bool may_keep;

	if (boot->base)
		return TRUE;
	if (!find_row(boot, &base, &boot->base, &may_keep, error)) {
		g_clear_pointer(&boot->base, g_free);
		return FALSE;
	}
	/* The next commit may not take it for its predecessor's. */
	boot->built = false;
	return TRUE;
}

/* The first symptom that BASE has not, or NULL. */
static char *new_symptom(const char *symptoms, const char *of_base)
{
	g_auto(GStrv) here = g_strsplit(symptoms, SYMPTOM_SEPARATOR, -1);
	g_auto(GStrv) there = g_strsplit(of_base, SYMPTOM_SEPARATOR, -1);

	for (guint i = 0; here[i]; i++)
		if (!g_strv_contains((const char *const *)there, here[i]))
			return g_strdup(here[i]);
	return NULL;
}

/* The detail, with what came of BASE; what is wrong there in the same way tells nothing of a commit. */
static char *against_base(char *const *fields, const char *base_row, const char **verdict)
{
	g_auto(GStrv) base = g_strsplit(base_row, "\t", 4);
	g_autofree char *new = new_symptom(fields[2], base[2]);

	if (!new) {
		*verdict = "undecided";
		return g_strconcat("BASE: fails the same way; ", fields[3], NULL);
	}
	if (*base[2])
		return g_strconcat("not so in BASE: ", new, "; ", fields[3], "; BASE: ", base[3], NULL);
	return g_strconcat(fields[3], "; BASE: ", base[0], ", ", base[3], NULL);
}

static gboolean take_row(struct boot *boot, const struct commit *commit, GError **error)
{
	struct evidence *evidence = boot->verify->evidence;
	g_auto(GStrv) fields = g_strsplit(boot->row, "\t", 4);
	g_autofree char *detail = NULL;
	const char *verdict = fields[0];

	if (*fields[2] && !ask_base(boot, error))
		return FALSE;
	detail = *fields[2] ? against_base(fields, boot->base, &verdict) : g_strdup(fields[3]);
	evidence_renew(evidence, commit->id, boot->config->name, CHECK_NAME);
	evidence_add(evidence, commit->id, boot->config->name, CHECK_NAME, verdict, detail, fields[1]);
	return TRUE;
}

static gboolean judge_one(struct boot *boot, const struct commit *commit, GError **error)
{
	if (boot->built && !built_from(boot->tree->obj, commit)) {
		g_autofree char *key = commit_key(boot, commit);

		if (boot->kept && !cache_put(boot->verify->cache, key, boot->row, strlen(boot->row), error))
			return FALSE;
	} else {
		g_clear_pointer(&boot->row, g_free);
		if (!find_row(boot, commit, &boot->row, &boot->kept, error))
			return FALSE;
	}
	return take_row(boot, commit, error);
}

/* Why no guest can be run, or NULL. A network that is down leaves the rest of a run its worth. */
static char *why_not(struct boot *boot, const char *folder)
{
	g_autofree char *program = g_find_program_in_path(boot->machine->program);
	g_autoptr(GError) why = NULL;

	if (boot->config->other_compiler && boot->verify->cc_given)
		return g_strdup_printf("%s: compiled by %s, not by %s", boot->config->name, boot->config->cc,
				       boot->verify->cc);
	if (boot->config->missing)
		return g_strdup(boot->config->missing);
	if (!program)
		return g_strdup_printf("%s: not installed; install the package '%s'", boot->machine->program,
				       boot->machine->package);
	boot->qemu = process_version(boot->machine->program, &why);
	if (!boot->qemu)
		return g_strdup(why->message);
	boot->image = image_open(folder, boot->machine->debian, &why);
	return boot->image ? NULL : g_strdup_printf("%s: no root image: %s", boot->config->name, why->message);
}

static gboolean boot_config(struct boot *boot, const char *folder, GError **error)
{
	const GPtrArray *commits = boot->verify->commits;
	g_autofree char *path = g_build_filename(folder, "configs", boot->config->name, NULL), *why = NULL;

	boot->machine = machine_read(path, error);
	if (!boot->machine)
		return FALSE;
	boot->machine_text = file_read(path, NULL, error);
	if (!boot->machine_text)
		return FALSE;
	why = why_not(boot, folder);
	if (boot->image && boot->verify->images)
		g_hash_table_insert(boot->verify->images, g_strdup(boot->config->name), g_strdup(boot->image->key));
	if (why && !interrupted()) {
		boot->row = row_new("undecided", 0, NULL, why);
		return take_row(boot, commits->pdata[commits->len - 1], error);
	}
	for (guint i = boot->verify->every_commit ? 0 : commits->len - 1; i < commits->len; i++) {
		if (interrupted())
			return fail(error, "interrupted; run the same command again to go on");
		if (!judge_one(boot, commits->pdata[i], error))
			return FALSE;
	}
	return TRUE;
}

/* The sets to run: those asked for, or the default. FALSE: one is not there. */
static char **choose_sets(char *const *asked, const char *folder, GError **error)
{
	static const char *const standard[] = { "smoke", "block", NULL };
	const char *const *wanted = asked ? (const char *const *)asked : standard;
	g_auto(GStrv) all = image_sets(folder, error);

	if (all && asked && g_strv_contains(wanted, "all"))
		return g_steal_pointer(&all);
	for (guint i = 0; all && wanted[i]; i++)
		if (!g_strv_contains((const char *const *)all, wanted[i])) {
			g_autofree char *names = g_strjoinv(", ", all);

			fail(error, "no test set '%s'; there are %s", wanted[i], names);
			return NULL;
		}
	return all ? g_strdupv((char **)wanted) : NULL;
}

gboolean check_boot(struct verify *verify, GError **error)
{
	g_autofree char *folder = data_path("boot", error);
	g_autofree char *path = folder ? g_build_filename(folder, "known.tsv", NULL) : NULL;
	struct known *known = path ? known_read(path, error) : NULL;
	g_auto(GStrv) sets = known ? choose_sets(verify->boot_tests, folder, error) : NULL;
	g_autoptr(GPtrArray) configs = sets ? configs_read(BOOT_CONFIGS, verify->boot_configs, verify->cc, error) : NULL;
	gboolean ok = configs != NULL;

	for (guint i = 0; ok && i < configs->len; i++) {
		struct boot boot = { .verify = verify, .config = configs->pdata[i], .sets = g_strdupv(sets),
			.known = known };

		ok = boot_config(&boot, folder, error);
		boot_clear(&boot);
	}
	known_free(known);
	return ok;
}
