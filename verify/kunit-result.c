// SPDX-License-Identifier: GPL-2.0-only
/*
 * kunit-result.c: what kunit.py wrote with --json, counted. See kunit-result.h.
 *
 * kunit.py gives a group sub_groups and test_cases; a case has a name and a
 * status, PASS, SKIP, FAIL or ERROR. A suite that crashed before its first
 * case, or was skipped as a whole, is a case of the outermost group. A suite of
 * skipped cases has no status of its own there; kunit.py calls it skipped and
 * ends with 0, so it counts as run and is named; expected, it leaves the run undecided.
 *
 * A case is what the source calls one: rows of a table may come out by other names.
 */
#include <json-glib/json-glib.h>
#include <string.h>

#include "kunit-result.h"

static void suite_free(struct kunit_suite *suite)
{
	g_free(suite->name);
	g_free(suite->first_failure);
	g_hash_table_unref(suite->cases);
	g_free(suite);
}

static struct kunit_suite *suite_new(const char *name)
{
	struct kunit_suite *suite = g_new0(struct kunit_suite, 1);

	suite->name = g_strdup(name ? name : "?");
	suite->cases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return suite;
}

static const char *member(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

static JsonArray *list(JsonObject *object, const char *name)
{
	JsonNode *node = json_object_get_member(object, name);

	return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static void count_case(struct kunit_suite *suite, JsonObject *test)
{
	const char *status = member(test, "status"), *name = member(test, "name");

	if (!g_strcmp0(status, "PASS")) {
		suite->passed++;
	} else if (!g_strcmp0(status, "SKIP")) {
		suite->skipped++;
	} else {
		suite->failed++;
		if (!suite->first_failure)
			suite->first_failure = g_strdup_printf("%s: %s", name ? name : "?", status ? status : "?");
	}
}

/* A name that is there twice ran when one of them did. */
static void take_case(struct kunit_suite *suite, const char *name, bool ran)
{
	ran |= GPOINTER_TO_INT(g_hash_table_lookup(suite->cases, name));
	g_hash_table_replace(suite->cases, g_strdup(name), GINT_TO_POINTER(ran));
}

static void count_group(struct kunit_suite *suite, JsonObject *group)
{
	JsonArray *cases = list(group, "test_cases"), *groups = list(group, "sub_groups");

	for (guint i = 0; cases && i < json_array_get_length(cases); i++)
		count_case(suite, json_array_get_object_element(cases, i));
	for (guint i = 0; groups && i < json_array_get_length(groups); i++)
		count_group(suite, json_array_get_object_element(groups, i));
}

/* The cases of a suite: its leaves, and the groups of rows that parameterised ones are. */
static void count_suite(struct kunit_suite *suite, JsonObject *group)
{
	JsonArray *cases = list(group, "test_cases"), *groups = list(group, "sub_groups");

	for (guint i = 0; cases && i < json_array_get_length(cases); i++) {
		JsonObject *test = json_array_get_object_element(cases, i);
		const char *status = member(test, "status"), *name = member(test, "name");

		count_case(suite, test);
		take_case(suite, name ? name : "?", !g_strcmp0(status, "PASS") || !g_strcmp0(status, "FAIL"));
	}
	for (guint i = 0; groups && i < json_array_get_length(groups); i++) {
		JsonObject *rows = json_array_get_object_element(groups, i);
		const char *name = member(rows, "name");
		guint before = suite->passed + suite->failed;

		count_group(suite, rows);
		take_case(suite, name ? name : "?", suite->passed + suite->failed > before);
	}
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp((*(struct kunit_suite *const *)a)->name, (*(struct kunit_suite *const *)b)->name);
}

GPtrArray *kunit_suites(const char *json, GError **error)
{
	g_autoptr(GPtrArray) suites = g_ptr_array_new_with_free_func((GDestroyNotify)suite_free);
	g_autoptr(JsonParser) parser = json_parser_new();
	g_autoptr(GError) why = NULL;
	JsonArray *groups, *cases;
	JsonObject *root;

	if (!json_parser_load_from_data(parser, json, -1, &why) || !json_parser_get_root(parser) ||
	    !JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser))) {
		fail(error, "kunit.py's JSON cannot be read: %s", why ? why->message : "not an object");
		return NULL;
	}
	root = json_node_get_object(json_parser_get_root(parser));
	groups = list(root, "sub_groups");
	cases = list(root, "test_cases");
	for (guint i = 0; groups && i < json_array_get_length(groups); i++) {
		JsonObject *group = json_array_get_object_element(groups, i);
		struct kunit_suite *suite = suite_new(member(group, "name"));

		count_suite(suite, group);
		g_ptr_array_add(suites, suite);
	}
	for (guint i = 0; cases && i < json_array_get_length(cases); i++) {
		JsonObject *test = json_array_get_object_element(cases, i);
		struct kunit_suite *suite = suite_new(member(test, "name"));

		count_case(suite, test);
		g_ptr_array_add(suites, suite);
	}
	g_ptr_array_sort(suites, by_name);
	return g_steal_pointer(&suites);
}

char *kunit_summary(const GPtrArray *suites)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < suites->len; i++) {
		const struct kunit_suite *suite = suites->pdata[i];

		g_string_append_printf(text, "%s%s %u/%u", i ? ", " : "", suite->name, suite->passed,
				       suite->passed + suite->skipped + suite->failed);
		if (suite->skipped && !suite->passed && !suite->failed)
			g_string_append(text, " (all skipped)");
		else if (suite->skipped)
			g_string_append_printf(text, " (%u skipped)", suite->skipped);
	}
	return g_string_free(text, FALSE);
}

static bool has_suite(const GPtrArray *suites, const char *name)
{
	for (guint i = 0; i < suites->len; i++)
		if (!strcmp(((const struct kunit_suite *)suites->pdata[i])->name, name))
			return true;
	return false;
}

static bool any_passed(const GPtrArray *suites)
{
	for (guint i = 0; i < suites->len; i++)
		if (((const struct kunit_suite *)suites->pdata[i])->passed)
			return true;
	return false;
}

char **kunit_cases(const GPtrArray *suites)
{
	g_autoptr(GStrvBuilder) names = g_strv_builder_new();

	for (guint i = 0; i < suites->len; i++) {
		const struct kunit_suite *suite = suites->pdata[i];
		GHashTableIter iter;
		gpointer name, ran;

		g_hash_table_iter_init(&iter, suite->cases);
		while (g_hash_table_iter_next(&iter, &name, &ran)) {
			g_autofree char *whole = ran ? g_strdup_printf("%s.%s", suite->name, (char *)name) : NULL;

			if (whole)
				g_strv_builder_add(names, whole);
		}
	}
	return g_strv_builder_end(names);
}

/* What became of a case that ran before. */
enum fate { RAN, SKIPPED, GONE };

static enum fate fate_of(const GPtrArray *suites, const char *name)
{
	for (guint i = 0; i < suites->len; i++) {
		const struct kunit_suite *suite = suites->pdata[i];
		gsize len = strlen(suite->name);
		gpointer ran;

		if (!g_str_has_prefix(name, suite->name) || name[len] != '.')
			continue;
		if (g_hash_table_lookup_extended(suite->cases, name + len + 1, NULL, &ran))
			return ran ? RAN : SKIPPED;
		/* As a whole: it has no cases then. */
		if (!suite->passed && !suite->failed)
			return SKIPPED;
	}
	return GONE;
}

/* "TEXT: a.one, b.two", those of the cases that met with the fate, or NULL. */
static char *name_cases(const GPtrArray *suites, char *const *cases, enum fate fate, const char *text)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) names = NULL;
	g_autofree char *all = NULL;

	for (char *const *name = cases; name && *name; name++)
		if (fate_of(suites, *name) == fate)
			g_strv_builder_add(builder, *name);
	names = g_strv_builder_end(builder);
	all = g_strjoinv(", ", names);
	return *all ? g_strdup_printf("%s: %s", text, all) : NULL;
}

char *kunit_failure(const GPtrArray *suites, char *const *expected, char *const *cases)
{
	if (!suites->len)
		return g_strdup("no suite ran");
	for (guint i = 0; i < suites->len; i++) {
		const struct kunit_suite *suite = suites->pdata[i];

		if (suite->failed)
			return g_strdup_printf("%s: %u failed, first %s", suite->name, suite->failed,
					       suite->first_failure);
		if (!suite->passed && !suite->skipped)
			return g_strdup_printf("%s: no case ran", suite->name);
	}
	if (!any_passed(suites))
		return g_strdup("every case was skipped");
	for (char *const *name = expected; name && *name; name++)
		if (!has_suite(suites, *name))
			return g_strdup_printf("%s: the suite did not run", *name);
	return name_cases(suites, cases, GONE, "cases that ran before are gone");
}

char *kunit_doubt(const GPtrArray *suites, char *const *expected, char *const *cases)
{
	for (guint i = 0; i < suites->len; i++) {
		const struct kunit_suite *suite = suites->pdata[i];

		if (!suite->passed && expected && g_strv_contains((const char *const *)expected, suite->name))
			return g_strdup_printf("%s: every case was skipped", suite->name);
	}
	return name_cases(suites, cases, SKIPPED, "cases that ran before were skipped");
}
