// SPDX-License-Identifier: GPL-2.0-only
/*
 * The run on one page.
 *
 * Everything that comes from a table or from coverage.json goes through
 * cell() or escaped(): a path or a message may hold any byte. Members that
 * coverage.json lacks are left out, so that a run without checks has a page
 * too.
 */
#include <json-glib/json-glib.h>
#include <string.h>

#include "context.h"
#include "elsewhere.h"
#include "report.h"
#include "sites.h"

static const char *const statuses[] = { "converted", "kept", "unconverted" };

static const char style[] =
	":root { color-scheme: light dark; --line: #8884; --soft: #8882; }\n"
	"body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }\n"
	"h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; }\n"
	"table { border-collapse: collapse; width: 100%; font-size: .9rem; }\n"
	"th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }\n"
	"th { background: var(--soft); position: sticky; top: 0; }\n"
	"td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }\n"
	"code, td.c { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }\n"
	"tr.fails td { color: #c22; font-weight: 600; } tr.undecided td { color: #a60; }\n"
	"dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dd { margin: 0; }\n"
	".scroll { max-height: 30rem; overflow: auto; }\n";

static void escaped(GString *html, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_autofree char *safe = g_markup_escape_text(valid, -1);

	g_string_append(html, safe);
}

/* One cell; class: "n" for a number, "c" for code, "" for prose. */
static void cell(GString *html, const char *class, const char *text)
{
	g_string_append_printf(html, "<td class=\"%s\">", class);
	escaped(html, text);
	g_string_append(html, "</td>");
}

static void number(GString *html, gint64 n)
{
	g_string_append_printf(html, "<td class=\"n\">%" G_GINT64_FORMAT "</td>", n);
}

/* Opens a section with a table; columns: headings, NULL-ended, a leading '#' for numbers. */
static void open_table(GString *html, const char *title, const char *const *columns)
{
	g_string_append(html, "<h2>");
	escaped(html, title);
	g_string_append(html, "</h2>\n<div class=\"scroll\"><table>\n<tr>");
	for (; *columns; columns++) {
		bool n = **columns == '#';

		g_string_append(html, n ? "<th class=\"n\">" : "<th>");
		escaped(html, *columns + n);
		g_string_append(html, "</th>");
	}
	g_string_append(html, "</tr>\n");
}

static void close_table(GString *html)
{
	g_string_append(html, "</table></div>\n");
}

static JsonObject *object_of(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static void fact(GString *html, const char *name, const char *value)
{
	g_string_append(html, "<dt>");
	escaped(html, name);
	g_string_append(html, "</dt><dd><code>");
	escaped(html, value);
	g_string_append(html, "</code></dd>\n");
}

static void add_facts(GString *html, JsonObject *coverage)
{
	static const char *const names[] = { "tag", "base", "recipe", "kernel" };
	JsonObject *tools = object_of(coverage, "tools");
	g_autoptr(GList) members = tools ? json_object_get_members(tools) : NULL;
	JsonNode *commands = json_object_get_member(coverage, "commands");
	JsonArray *lines = commands && JSON_NODE_HOLDS_ARRAY(commands) ? json_node_get_array(commands) : NULL;

	g_string_append(html, "<dl>\n");
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (json_object_has_member(coverage, names[i]))
			fact(html, names[i], json_object_get_string_member_with_default(coverage, names[i], "-"));
	for (GList *m = members; m; m = m->next)
		fact(html, m->data, json_object_get_string_member_with_default(tools, m->data, "-"));
	for (guint i = 0; lines && i < json_array_get_length(lines); i++)
		fact(html, "command", json_array_get_string_element(lines, i));
	g_string_append(html, "</dl>\n");
}

/* An object of counts in a row each: the sums, or the uses of each rule. of: what is counted, after '#'. */
static void add_counts(GString *html, const char *title, const char *what, const char *of, JsonObject *counts)
{
	const char *const columns[] = { what, of, NULL };
	g_autoptr(GList) names = counts ? json_object_get_members(counts) : NULL;

	if (!names)
		return;
	open_table(html, title, columns);
	for (GList *name = names; name; name = name->next) {
		g_string_append(html, "<tr>");
		cell(html, "c", name->data);
		number(html, json_object_get_int_member_with_default(counts, name->data, 0));
		g_string_append(html, "</tr>\n");
	}
	close_table(html);
}

/* An object of objects of counts by status. */
static void add_statuses(GString *html, const char *title, const char *what, JsonObject *tables)
{
	const char *const columns[] = { what, "#converted", "#kept", "#unconverted", NULL };
	g_autoptr(GList) names = tables ? json_object_get_members(tables) : NULL;

	if (!names)
		return;
	open_table(html, title, columns);
	for (GList *name = names; name; name = name->next) {
		JsonObject *counts = object_of(tables, name->data);

		g_string_append(html, "<tr>");
		cell(html, "c", name->data);
		for (guint i = 0; i < G_N_ELEMENTS(statuses); i++)
			number(html, counts ? json_object_get_int_member_with_default(counts, statuses[i], 0) : 0);
		g_string_append(html, "</tr>\n");
	}
	close_table(html);
}

static guint count_status(const struct tsv *sites, const char *status)
{
	guint n = 0;

	for (guint i = 0; i < sites->rows->len; i++)
		n += !strcmp(tsv_get(sites, i, SITE_STATUS), status);
	return n;
}

/* Every site of a status, with its reason. */
static void add_sites(GString *html, const struct tsv *sites, const char *title, const char *status)
{
	static const char *const columns[] = { "site", "word", "kind", "function", "reason", NULL };

	if (!count_status(sites, status))
		return;
	open_table(html, title, columns);
	for (guint i = 0; i < sites->rows->len; i++) {
		g_autofree char *at = NULL;

		if (strcmp(tsv_get(sites, i, SITE_STATUS), status))
			continue;
		at = g_strdup_printf("%s:%s:%s", tsv_get(sites, i, SITE_PATH), tsv_get(sites, i, SITE_LINE),
				     tsv_get(sites, i, SITE_COLUMN));
		g_string_append(html, "<tr>");
		cell(html, "c", at);
		cell(html, "c", tsv_get(sites, i, SITE_WORD));
		cell(html, "", tsv_get(sites, i, SITE_KIND));
		cell(html, "c", tsv_get(sites, i, SITE_FUNCTION));
		cell(html, "", tsv_get(sites, i, SITE_REASON));
		g_string_append(html, "</tr>\n");
	}
	close_table(html);
}

/* Sites that no configuration compiled, each an object of strings. */
static void add_undecided(GString *html, JsonObject *coverage)
{
	static const char *const columns[] = { "path", "line", "word", "function", "reason", NULL };
	JsonNode *node = json_object_get_member(coverage, "undecided");
	JsonArray *rows = node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

	if (!rows || !json_array_get_length(rows))
		return;
	open_table(html, "Compiled by no configuration", columns);
	for (guint i = 0; i < json_array_get_length(rows); i++) {
		JsonObject *row = json_array_get_object_element(rows, i);

		g_string_append(html, "<tr class=\"undecided\">");
		for (const char *const *c = columns; *c; c++)
			cell(html, "c", json_object_get_string_member_with_default(row, *c, ""));
		g_string_append(html, "</tr>\n");
	}
	close_table(html);
}

/* The verdicts on one commit; rows about lines are for the account. */
static void add_verdicts(GString *html, const struct tsv *evidence, const char *commit)
{
	for (guint i = 0; i < evidence->rows->len; i++) {
		const char *const *row = evidence->rows->pdata[i];

		if (strcmp(row[0], commit) || check_is_of_lines(row[2]))
			continue;
		g_string_append(html, "<tr class=\"");
		escaped(html, row[3]);
		g_string_append(html, "\"><td></td><td></td>");
		cell(html, "c", row[2]);
		cell(html, "c", row[1]);
		cell(html, "", row[3]);
		cell(html, "", row[4]);
		g_string_append(html, "</tr>\n");
	}
}

static void add_commits(GString *html, const struct tsv *commits, const struct tsv *evidence)
{
	static const char *const columns[] = {
		"commit", "subject", "check", "configuration", "verdict", "detail", NULL
	};

	open_table(html, evidence ? "Commits and their evidence" : "Commits, not verified", columns);
	for (guint i = 0; i < commits->rows->len; i++) {
		g_autofree char *id = g_strndup(tsv_get(commits, i, 1), 12);

		g_string_append(html, "<tr>");
		cell(html, "c", id);
		g_string_append(html, "<td colspan=\"5\"><b>");
		escaped(html, tsv_get(commits, i, 5));
		g_string_append(html, "</b></td></tr>\n");
		if (evidence)
			add_verdicts(html, evidence, tsv_get(commits, i, 1));
	}
	close_table(html);
}

static char *page(JsonObject *coverage, const struct tsv *sites, const struct tsv *commits, const struct tsv *evidence)
{
	const char *tag = json_object_get_string_member_with_default(coverage, "tag", "");
	GString *html = g_string_new("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
				     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Conversion of ");

	escaped(html, tag);
	g_string_append_printf(html, "</title>\n<style>\n%s</style></head><body>\n<h1>Conversion of ", style);
	escaped(html, tag);
	g_string_append(html, "</h1>\n");
	add_facts(html, coverage);
	add_counts(html, "Sites", "status", "#sites", object_of(coverage, "sites"));
	add_counts(html, "Verdicts", "verdict", "#verdicts", object_of(coverage, "checks"));
	add_statuses(html, "By subsystem", "subsystem", object_of(coverage, "by_subsystem"));
	add_counts(html, "By rule", "rule", "#sites", object_of(coverage, "by_rule"));
	add_statuses(html, "By word", "word", object_of(coverage, "by_word"));
	add_statuses(html, "By kind", "kind", object_of(coverage, "by_kind"));
	add_counts(html, "By stage", "stage", "#commits", object_of(coverage, "commits_by_stage"));
	add_sites(html, sites, "Unconverted", "unconverted");
	add_sites(html, sites, "Kept", "kept");
	add_undecided(html, coverage);
	add_commits(html, commits, evidence);
	g_string_append(html, "</body></html>\n");
	return g_string_free(html, FALSE);
}

static JsonParser *read_coverage(const char *out, GError **error)
{
	g_autofree char *path = g_build_filename(out, "coverage.json", NULL);
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) why = NULL;
	JsonNode *root;

	if (!json_parser_load_from_file(parser, path, &why)) {
		fail(error, "cannot read '%s': %s", path, why->message);
		return NULL;
	}
	root = json_parser_get_root(parser);
	if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
		fail(error, "'%s' is not a JSON object", path);
		return NULL;
	}
	return g_steal_pointer(&parser);
}

static struct tsv *read_table(const char *out, const char *name, const char *columns, GError **error)
{
	g_autofree char *path = g_build_filename(out, name, NULL);

	return tsv_read(path, columns, error);
}

gboolean report_write(const char *out, GError **error)
{
	g_autofree char *evidence_path = g_build_filename(out, "evidence.tsv", NULL);
	g_autofree char *path = g_build_filename(out, "report.html", NULL), *html = NULL;
	g_autoptr(JsonParser) parser = read_coverage(out, error);
	bool verified = g_file_test(evidence_path, G_FILE_TEST_EXISTS);
	struct tsv *sites = NULL, *commits = NULL, *evidence = NULL;
	gboolean ok = FALSE;

	if (parser)
		sites = read_table(out, "sites.tsv", SITES_TSV, error);
	if (sites)
		commits = read_table(out, "commits.tsv", COMMITS_TSV, error);
	if (commits && verified)
		evidence = read_table(out, "evidence.tsv", EVIDENCE_TSV, error);
	if (commits && (evidence || !verified)) {
		html = page(json_node_get_object(json_parser_get_root(parser)), sites, commits, evidence);
		ok = file_write(path, html, -1, error);
	}
	tsv_free(sites);
	tsv_free(commits);
	tsv_free(evidence);
	return ok;
}
