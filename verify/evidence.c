// SPDX-License-Identifier: GPL-2.0-only
/*
 * evidence.c: evidence.tsv. See evidence.h.
 *
 * A row of the file stays until the same commit, configuration and check is
 * judged again: several runs with different checks fill one table.
 */
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "elsewhere.h"
#include "evidence.h"

enum { COMMIT, CONFIG, CHECK, VERDICT, DETAIL, SECONDS };

static gboolean read_known(struct evidence *evidence, const char *path, GError **error)
{
	struct tsv *table = tsv_read(path, UNDECIDED_TSV, error);

	for (guint i = 0; table && i < table->rows->len; i++)
		g_hash_table_add(evidence->known, g_strdup(tsv_get(table, i, 0)));
	tsv_free(table);
	return table != NULL;
}

struct evidence *evidence_open(const char *out, const char *undecided, GError **error)
{
	struct evidence *evidence = g_new0(struct evidence, 1);

	evidence->rows = tsv_new(EVIDENCE_TSV);
	evidence->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (out && g_file_test(out, G_FILE_TEST_EXISTS))
		evidence->kept = tsv_read(out, EVIDENCE_TSV, error);
	else
		evidence->kept = tsv_new(EVIDENCE_TSV);
	if (evidence->kept && (!undecided || read_known(evidence, undecided, error)))
		return evidence;
	evidence_free(evidence);
	return NULL;
}

void evidence_free(struct evidence *evidence)
{
	if (!evidence)
		return;
	tsv_free(evidence->rows);
	tsv_free(evidence->kept);
	g_hash_table_unref(evidence->known);
	g_free(evidence);
}

void evidence_add(struct evidence *evidence, const char *commit, const char *config, const char *check,
		  const char *verdict, const char *detail, const char *seconds)
{
	tsv_add(evidence->rows, commit, config, check, verdict, detail, seconds);
}

void evidence_renew(struct evidence *evidence, const char *commit, const char *config, const char *check)
{
	for (guint i = evidence->kept->rows->len; i-- > 0;)
		if (!strcmp(tsv_get(evidence->kept, i, COMMIT), commit) &&
		    !strcmp(tsv_get(evidence->kept, i, CONFIG), config) &&
		    !strcmp(tsv_get(evidence->kept, i, CHECK), check))
			g_ptr_array_remove_index(evidence->kept->rows, i);
}

/* Whether the table has the path or, of what is said of lines, the path with ":lines". */
bool evidence_knows(const struct evidence *evidence, const char *path, bool of_lines)
{
	g_autofree char *lines = of_lines ? g_strconcat(path, ":lines", NULL) : NULL;

	return g_hash_table_contains(evidence->known, path) || (lines && g_hash_table_contains(evidence->known, lines));
}

/* The path before the colon. A path may hold a colon itself, so the longest known one counts. */
static bool is_known(const struct evidence *evidence, guint row)
{
	const char *detail = tsv_get(evidence->rows, row, DETAIL);
	bool of_lines = check_is_of_lines(tsv_get(evidence->rows, row, CHECK));

	for (const char *colon = strchr(detail, ':'); colon; colon = strchr(colon + 1, ':')) {
		g_autofree char *path = g_strndup(detail, colon - detail);

		if (evidence_knows(evidence, path, of_lines))
			return true;
	}
	return false;
}

enum status evidence_status(struct evidence *evidence)
{
	struct elsewhere *elsewhere = elsewhere_read(evidence->rows);

	evidence->holds = evidence->fails = evidence->undecided = evidence->excused = evidence->elsewhere = 0;
	for (guint i = 0; i < evidence->rows->rows->len; i++) {
		const char *verdict = tsv_get(evidence->rows, i, VERDICT);

		if (!strcmp(verdict, "holds"))
			evidence->holds++;
		else if (!strcmp(verdict, "fails"))
			evidence->fails++;
		else if (elsewhere_decides(elsewhere, i))
			evidence->elsewhere++;
		else if (is_known(evidence, i))
			evidence->excused++;
		else
			evidence->undecided++;
	}
	elsewhere_free(elsewhere);
	return evidence->fails ? STATUS_FAILS : evidence->undecided ? STATUS_UNDECIDED : STATUS_HOLDS;
}

gboolean evidence_write(struct evidence *evidence, const char *out, GError **error)
{
	struct tsv *all = tsv_new(EVIDENCE_TSV);
	gboolean ok = TRUE;

	for (guint i = 0; i < evidence->kept->rows->len; i++)
		tsv_addv(all, evidence->kept->rows->pdata[i]);
	for (guint i = 0; i < evidence->rows->rows->len; i++)
		tsv_addv(all, evidence->rows->rows->pdata[i]);
	if (out) {
		ok = tsv_write(all, out, error);
	} else {
		g_autofree char *text = tsv_text(all);

		fputs(text, stdout);
	}
	tsv_free(all);
	return ok;
}

void evidence_json(struct evidence *evidence)
{
	g_autoptr(JsonBuilder) json = json_builder_new();

	json_builder_begin_object(json);
	json_int(json, "holds", evidence->holds);
	json_int(json, "fails", evidence->fails);
	json_int(json, "undecided", evidence->undecided);
	json_int(json, "known_undecided", evidence->excused);
	json_int(json, "decided_elsewhere", evidence->elsewhere);
	tsv_json(evidence->rows, "rows", json);
	json_builder_end_object(json);
	json_print(json);
}

/* A result line; what may hold any text goes after the directive, or on a line before. */
static void ktap_row(const struct evidence *evidence, const struct elsewhere *elsewhere, guint i)
{
	const char *verdict = tsv_get(evidence->rows, i, VERDICT), *detail = tsv_get(evidence->rows, i, DETAIL);
	g_autofree char *name = g_strdup_printf("%s %s %s", tsv_get(evidence->rows, i, CHECK),
						tsv_get(evidence->rows, i, CONFIG), tsv_get(evidence->rows, i, COMMIT));

	g_strdelimit(name, "#", '_');
	if (!strcmp(verdict, "holds"))
		printf("# %s\nok %u %s\n", detail, i + 1, name);
	else if (!strcmp(verdict, "fails"))
		printf("# %s\nnot ok %u %s\n", detail, i + 1, name);
	else if (elsewhere_decides(elsewhere, i))
		printf("not ok %u %s # SKIP another configuration decides: %s\n", i + 1, name, detail);
	else if (is_known(evidence, i))
		printf("not ok %u %s # SKIP known to be undecided: %s\n", i + 1, name, detail);
	else
		printf("not ok %u %s # ERROR undecided: %s\n", i + 1, name, detail);
}

void evidence_ktap(struct evidence *evidence)
{
	struct elsewhere *elsewhere;

	tsv_sort(evidence->rows);
	elsewhere = elsewhere_read(evidence->rows);
	printf("KTAP version 1\n1..%u\n", evidence->rows->rows->len);
	for (guint i = 0; i < evidence->rows->rows->len; i++)
		ktap_row(evidence, elsewhere, i);
	elsewhere_free(elsewhere);
}
