// SPDX-License-Identifier: GPL-2.0-only
/*
 * account-json.c: coverage.json. Members of an object are in the order of
 * their names, so that two runs can be diffed.
 */
#include <string.h>

#include "account.h"
#include "project.h"
#include "sites.h"

static GList *sorted_keys(GHashTable *table)
{
	return g_list_sort(g_hash_table_get_keys(table), (GCompareFunc)strcmp);
}

static void add_counts(JsonBuilder *json, const char *name, GHashTable *table)
{
	g_autoptr(GList) keys = sorted_keys(table);

	json_builder_set_member_name(json, name);
	json_builder_begin_object(json);
	for (GList *key = keys; key; key = key->next)
		json_int(json, key->data, GPOINTER_TO_UINT(g_hash_table_lookup(table, key->data)));
	json_builder_end_object(json);
}

static void add_tables(JsonBuilder *json, const char *name, GHashTable *tables)
{
	g_autoptr(GList) keys = sorted_keys(tables);

	json_builder_set_member_name(json, name);
	json_builder_begin_object(json);
	for (GList *key = keys; key; key = key->next)
		add_counts(json, key->data, g_hash_table_lookup(tables, key->data));
	json_builder_end_object(json);
}

static void add_run(JsonBuilder *json, const struct account *a)
{
	const struct context *ctx = a->ctx;

	json_string(json, "tag", ctx->tag);
	json_string(json, "base", ctx->base);
	json_string(json, "kernel", ctx->kernel);
	json_string(json, "recipe", ctx->recipe->hash);
	json_builder_set_member_name(json, "tools");
	json_builder_begin_object(json);
	json_string(json, CONVERT_NAME, PROJECT_VERSION);
	for (guint i = 0; i < a->run->rows->len; i++)
		if (!strcmp(tsv_get(a->run, i, 0), "spatch"))
			json_string(json, "spatch", tsv_get(a->run, i, 1));
	json_builder_end_object(json);
	json_builder_set_member_name(json, "commands");
	json_builder_begin_array(json);
	json_builder_add_string_value(json, ctx->argv);
	json_builder_end_array(json);
}

static void add_undecided(JsonBuilder *json, const struct account *a)
{
	json_builder_set_member_name(json, "undecided");
	json_builder_begin_array(json);
	for (guint i = 0; i < a->undecided->len; i++) {
		char **row = a->undecided->pdata[i];

		json_builder_begin_object(json);
		json_string(json, "path", row[SITE_PATH]);
		json_string(json, "line", row[SITE_LINE]);
		json_string(json, "word", row[SITE_WORD]);
		json_string(json, "function", row[SITE_FUNCTION]);
		json_builder_end_object(json);
	}
	json_builder_end_array(json);
}

static void add_evidence(JsonBuilder *json, const struct account *a)
{
	static const char *const verdicts[] = { "holds", "fails", "undecided" };

	json_int(json, "commits", a->commits->rows->len);
	add_counts(json, "commits_by_stage", a->by_stage);
	json_builder_set_member_name(json, "verified");
	json_builder_add_boolean_value(json, a->evidence != NULL);
	if (!a->evidence)
		return;
	json_builder_set_member_name(json, "checks");
	json_builder_begin_object(json);
	for (guint i = 0; i < G_N_ELEMENTS(verdicts); i++)
		json_int(json, verdicts[i], evidence_count(a->evidence, verdicts[i]));
	json_builder_end_object(json);
	add_counts(json, "by_config", a->by_config);
	json_int(json, "excused", a->excused);
	add_undecided(json, a);
}

char *account_json(const struct account *a)
{
	static const char *const statuses[] = { "converted", "kept", "unconverted" };
	g_autoptr(JsonBuilder) json = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *text = NULL;

	json_builder_begin_object(json);
	add_run(json, a);
	json_builder_set_member_name(json, "sites");
	json_builder_begin_object(json);
	json_int(json, "total", a->sites->rows->len);
	for (guint i = 0; i < G_N_ELEMENTS(statuses); i++)
		json_int(json, statuses[i], GPOINTER_TO_UINT(g_hash_table_lookup(a->by_status, statuses[i])));
	json_builder_end_object(json);
	json_int(json, "left", a->left);
	add_tables(json, "by_kind", a->by_kind);
	add_tables(json, "by_word", a->by_word);
	add_tables(json, "by_subsystem", a->by_subsystem);
	add_counts(json, "by_rule", a->by_rule);
	add_evidence(json, a);
	json_builder_end_object(json);
	root = json_builder_get_root(json);
	text = json_to_string(root, TRUE);
	return g_strconcat(text, "\n", NULL);
}
