// SPDX-License-Identifier: GPL-2.0-only
/*
 * checker.c: sparse as this machine has it. See checker.h.
 *
 * Kernels since 6.16 show __typeof_unqual__ to sparse, which releases up to
 * 0.6.4 do not know; the kernel's own make then leaves sparse out without
 * failing. Such a sparse is told that it is __typeof__: a copy of a const
 * object stays const, and what it says of that it says before and after a
 * commit alike. The limits on how much it says are lifted: a finding behind
 * the hundredth counts as well.
 */
#include <string.h>

#include "checker.h"
#include "process.h"

#define PROGRAM "sparse"

static const char unqual[] = "static const int a = 1;\nextern __typeof_unqual__(a) b;\n";

/* Runs it with one argument. sparse ends with status 0 whatever it finds. */
static gboolean run(const char *argument, const char *input, struct process *result, GError **error)
{
	const char *const argv[] = { PROGRAM, argument, NULL };
	struct command command = { .argv = argv, .limit = 60, .input = input, .input_len = input ? strlen(input) : 0 };

	return process_check(&command, result, error);
}

static char **extra_flags(bool knows_unqual)
{
	g_autoptr(GStrvBuilder) flags = g_strv_builder_new();

	g_strv_builder_add_many(flags, "-fmax-warnings=unlimited", "-fmax-errors=unlimited", NULL);
	if (!knows_unqual)
		g_strv_builder_add(flags, "-D__typeof_unqual__=__typeof__");
	return g_strv_builder_end(flags);
}

struct checker *checker_open(void)
{
	struct checker *checker = g_new0(struct checker, 1);
	struct process version = { 0 }, probe = { 0 };
	g_autoptr(GError) why = NULL;

	if (run("--version", NULL, &version, &why) && run("-", unqual, &probe, &why)) {
		checker->version = g_strdup_printf(PROGRAM " %s", g_strstrip(version.out));
		checker->flags = extra_flags(!*probe.err);
	} else {
		checker->missing = g_strdup_printf("%s; tools/setup.sh installs " PROGRAM, why->message);
	}
	process_clear(&version);
	process_clear(&probe);
	return checker;
}

void checker_free(struct checker *checker)
{
	if (!checker)
		return;
	g_free(checker->version);
	g_free(checker->missing);
	g_strfreev(checker->flags);
	g_free(checker);
}
