// SPDX-License-Identifier: GPL-2.0-only
/*
 * findings.c: what a judged commit says in evidence.tsv.
 *
 * Every changed file that a compiler could read is accounted for: an object
 * with it was compiled, or it is named as undecided. A failure names the
 * object, one row each.
 */
#include <string.h>

#include "elsewhere.h"
#include "judge-item.h"

/* Symbols, or objects, told by name in a row. */
#define NAMES_AT_MOST 8

static void finding_free(struct finding *finding)
{
	g_free(finding->detail);
	g_free(finding);
}

void finding_add(GPtrArray *findings, const char *check, const char *verdict, char *detail, bool final)
{
	struct finding *finding = g_new0(struct finding, 1);

	finding->check = check;
	finding->verdict = verdict;
	finding->detail = detail;
	finding->final = final;
	g_ptr_array_add(findings, finding);
}

static bool item_was_compiled(const struct item *item)
{
	return item->result == RESULT_SAME || item->result == RESULT_COMPILED;
}

/*
 * Whether an object that was compiled read the file, before or after the commit. One that was parsed because
 * its code is equal counts as far as the configuration builds it: then it is known to compile.
 */
static bool was_read(const struct session *session, const char *path)
{
	for (guint i = 0; i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];

		if (item->alone || !item_was_compiled(item) || (item->same_code && !item->selected))
			continue;
		if ((item->before.includes && g_hash_table_contains(item->before.includes, path)) ||
		    (item->after.includes && g_hash_table_contains(item->after.includes, path)))
			return true;
	}
	return false;
}

bool session_is_final(const struct session *session)
{
	/* Why kbuild could not be prepared at the parent may have been the machine. */
	if (session->blind)
		return false;
	for (guint i = 0; i < session->items->len; i++)
		if (((struct item *)session->items->pdata[i])->accident)
			return false;
	return true;
}

/* Whether the file has nothing to do with a kernel's objects, or is one of kbuild's, which has checks of its own. */
static bool is_read_by_nobody(const char *path)
{
	static const char *const folders[] = { "Documentation/", "LICENSES/", "tools/", "scripts/", "samples/", NULL };
	static const char *const names[] = { "MAINTAINERS", "CREDITS", "README", "COPYING", NULL };

	for (const char *const *folder = folders; *folder; folder++)
		if (g_str_has_prefix(path, *folder))
			return true;
	return is_kbuild_file(path) || g_strv_contains(names, path) || strstr(path, "/.") || *path == '.' ||
		path_has_suffix(path, ".rst .md .yaml .cocci .config defconfig .gitignore .kunitconfig");
}

/* Whether nothing asks for the object of a source that is removed: a Makefile that the commit changes named it. */
static bool is_dropped(const struct session *session, const char *path)
{
	g_autofree char *object = object_path(path), *name = g_path_get_basename(object);

	for (guint i = 0; i < session->commit->changes->len; i++) {
		const struct change *change = session->commit->changes->pdata[i];

		if (is_kbuild_file(change->path) && change->text && strstr(change->text, name))
			return true;
	}
	/* It was there to be included, or another configuration has it. */
	return !judge_object(session->judge, path)->selected;
}

/* Why nothing compiled the file; NULL when something did or nothing needs to. */
static char *why_undecided(const struct session *session, const struct change *change)
{
	const struct item *item = g_hash_table_lookup(session->by_source, change->path);

	if (path_has_suffix(change->path, ".c .S") && !change->new_oid)
		return is_dropped(session, change->path) ? NULL :
			g_strdup("it is gone, and no Makefile of the commit says so: kbuild may want it still");
	if (!change->new_oid || was_read(session, change->path))
		return NULL;
	if (!path_has_suffix(change->path, ".c .h .S"))
		return is_read_by_nobody(change->path) || g_hash_table_lookup(session->inputs, change->path) ? NULL :
			g_strdup("no check compiles this kind of file");
	if (!item)
		return g_strdup(NOT_INCLUDED);
	if (!item->has_command)
		return g_strdup(NO_RULE);
	if (item->result == RESULT_FAILED_BEFORE)
		return g_strdup_printf("%s: %s", item->selected ? SELECTED_BROKEN :
				       UNSELECTED_BROKEN,
				       state_complaint(&item->after) ? state_complaint(&item->after) :
				       state_complaint(&item->before));
	/* A failure has a row of its own. */
	if (item_was_compiled(item) || item->result == RESULT_FAILED)
		return NULL;
	return g_strdup(NOT_COMPILED);
}

/* "CONFIG_A, CONFIG_B and 3 more", or NULL. */
static char *name_some(const GPtrArray *names)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < names->len && i < NAMES_AT_MOST; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : "", (char *)names->pdata[i]);
	if (names->len > NAMES_AT_MOST)
		g_string_append_printf(text, " and %u more", names->len - NAMES_AT_MOST);
	return g_string_free(text, !text->len);
}

static bool changes_rules(const struct session *session)
{
	for (guint i = 0; i < session->commit->changes->len; i++) {
		const char *path = ((struct change *)session->commit->changes->pdata[i])->path;

		if (is_kbuild_file(path) && !is_kconfig_file(path))
			return true;
	}
	return false;
}

/* What of the commit nothing was compiled of, as rows of the check. */
static guint add_undecided(const struct session *session, const char *check, GPtrArray *findings)
{
	g_autofree char *symbols = name_some(session->symbols);
	/* Where none of its own files changes, kbuild has a rule wherever the configuration has use for it. */
	bool rules = !session->unseen && changes_rules(session);
	guint n = 0;

	for (guint i = 0; i < session->commit->changes->len; i++) {
		const struct change *change = session->commit->changes->pdata[i];
		g_autofree char *why = why_undecided(session, change);
		g_autofree char *path = path_quote(change->path);

		if (!why)
			continue;
		finding_add(findings, check, "undecided", g_strdup_printf("%s: %s", path, why),
			    session_is_final(session));
		n++;
	}
	for (guint i = 0; rules && i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];
		g_autofree char *path = path_quote(item->object->source);

		if (item->own || item->alone || item->object->flags || !item->object->had_command)
			continue;
		finding_add(findings, check, "undecided",
			    g_strdup_printf("%s: kbuild has no rule for its object any more", path), true);
		n++;
	}
	for (guint i = 0; i < session->generated->len; i++) {
		g_autofree char *path = path_quote(session->generated->pdata[i]);

		finding_add(findings, check, "undecided",
			    g_strdup_printf("%s: is another when it is generated of the commit's sources; of what reads it,"
					    " only what reads the commit's own files was looked at", path), true);
		n++;
	}
	for (guint i = 0; i < session->affected->unknown->len; i++) {
		finding_add(findings, check, "undecided", g_strdup(session->affected->unknown->pdata[i]), true);
		n++;
	}
	if (symbols) {
		finding_add(findings, check, "undecided",
			    g_strdup_printf("%s: another value than before the commit, and not all that reads it was looked at",
					    symbols), true);
		n++;
	}
	return n;
}

static guint add_failed(const struct session *session, GPtrArray *findings)
{
	guint n = 0;

	if (session->unprepared) {
		finding_add(findings, "build", session->blameless ? "undecided" : "fails",
			    g_strdup_printf("prepare: %s", session->unprepared), false);
		n++;
	}
	for (guint i = 0; i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];
		g_autofree char *path = NULL;

		if (item->result != RESULT_FAILED)
			continue;
		/* What the machine did says nothing of the commit, nor of the file. */
		path = path_quote(item->alone && !item->accident ? item->object->source : item->object->path);
		finding_add(findings, "build", item->accident ? "undecided" : "fails",
			    g_strdup_printf("%s: %s%s", path, item->alone ? "no longer self-contained: " : "",
					    state_complaint(&item->after)), !item->accident);
		n++;
	}
	return n;
}

/* "12 objects, 1 unselected (a/b.o), 9 with equal text": equal but for line numbers. Equal code: see code.h. */
static char *summary(const struct session *session, const struct affected *affected, guint *objects)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GPtrArray) unselected = g_ptr_array_new_with_free_func(g_free);
	guint n = 0, same = 0, code = 0, alone = 0;
	g_autofree char *names = NULL;

	for (guint i = 0; i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];

		if (!item_was_compiled(item))
			continue;
		if (item->alone) {
			alone++;
			continue;
		}
		n++;
		if (!item->selected)
			g_ptr_array_add(unselected, path_quote(item->object->path));
		same += item->result == RESULT_SAME;
		code += item->result == RESULT_COMPILED && item->same_code;
	}
	g_ptr_array_sort(unselected, text_compare);
	names = name_some(unselected);
	g_string_printf(text, "%u %s", n, n == 1 ? "object" : "objects");
	if (names)
		g_string_append_printf(text, ", %u unselected (%s)", unselected->len, names);
	if (same)
		g_string_append_printf(text, ", %u with equal text", same);
	if (code)
		g_string_append_printf(text, ", %u with equal code", code);
	if (alone)
		g_string_append_printf(text, ", %u %s alone", alone, alone == 1 ? "header" : "headers");
	for (guint i = 0; i < affected->notes->len; i++)
		g_string_append_printf(text, "; %s", (char *)affected->notes->pdata[i]);
	*objects = n;
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* check: of which lines the list is. */
static void add_lines(const struct session *session, const char *check, const GPtrArray *list, GPtrArray *findings)
{
	for (guint i = 0; i < list->len; i++) {
		const struct wanted *wanted = list->pdata[i];
		g_autofree char *path = path_quote(wanted->path);
		g_autofree char *found = wanted_ranges(wanted, wanted->found, true);
		g_autofree char *lost = wanted_ranges(wanted, wanted->found, false);

		if (found)
			finding_add(findings, check, "holds", g_strdup_printf("%s:%s", path, found),
				    session_is_final(session));
		if (lost)
			finding_add(findings, check, "undecided", g_strdup_printf("%s:%s", path, lost),
				    session_is_final(session));
	}
}

static void name_judged(const struct session *session)
{
	for (guint i = 0; session->judge->judged && i < session->items->len; i++) {
		const struct item *item = session->items->pdata[i];

		if (item_was_compiled(item) && !item->alone)
			g_hash_table_add(session->judge->judged, g_strdup(item->object->path));
	}
}

/* Where nobody asked whether it builds, the other checks say what they did not look at. */
static void add_unlooked(const struct session *session, GPtrArray *findings)
{
	static const struct {
		enum check bit;
		const char *name;
	} others[] = { { CHECK_WARNINGS, "warnings" }, { CHECK_SPARSE, "sparse" }, { CHECK_EQUIV, "equiv" } };

	for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
		if (!(session->judge->checks & others[i].bit))
			continue;
		if (session->unseen || (session->judge->alone && session->unprepared))
			finding_add(findings, others[i].name, "undecided",
				    g_strdup_printf("prepare: %s", session->unprepared), false);
		if (session->judge->alone && !session->unseen)
			add_undecided(session, others[i].name, findings);
	}
}

GPtrArray *session_findings(const struct session *session, const struct affected *affected)
{
	GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
	guint failed = add_failed(session, findings), undecided = add_undecided(session, "build", findings), objects;
	g_autofree char *text = summary(session, affected, &objects);

	if (!failed && (objects || !undecided))
		finding_add(findings, "build", "holds", g_steal_pointer(&text), session_is_final(session));
	add_lines(session, "lines", session->wanted, findings);
	if (!session->unseen)
		add_lines(session, "added", session->added, findings);
	add_unlooked(session, findings);
	if (session->judge->checks & CHECK_WARNINGS)
		session_compare_said(session, CHECK_WARNINGS, findings);
	if (session->judge->checks & CHECK_SPARSE)
		session_compare_said(session, CHECK_SPARSE, findings);
	if (session->judge->checks & CHECK_EQUIV)
		session_compare_objects(session, findings);
	name_judged(session);
	return findings;
}
