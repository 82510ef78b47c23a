// SPDX-License-Identifier: GPL-2.0-only
/*
 * advance.c: the sources, the configuration and what is known of objects go
 * on from a commit's parent to the commit.
 *
 * A commit that kbuild cannot be configured or prepared at has failed; where its
 * sources do not allow what the configuration asks for, it is undecided. The
 * next one is held against nothing, and the run goes on. Where kbuild never
 * worked, that is this machine's, or the user's.
 */
#include <string.h>

#include "judge-item.h"
#include "kconfig.h"

bool session_reads_change(const struct session *session, GHashTable *includes)
{
	const GPtrArray *changes = session->commit->changes;

	for (guint i = 0; includes && i < changes->len; i++)
		if (g_hash_table_contains(includes, ((struct change *)changes->pdata[i])->path))
			return true;
	return session_reads_generated(session, includes);
}

/* Takes what kbuild refused, or leaves it an error. */
static gboolean take_refusal(struct judge *judge, GError *why, GError **error)
{
	if (!judge->worked || judge->tree->refusal == REFUSAL_NONE || interrupted()) {
		g_propagate_error(error, why);
		return FALSE;
	}
	judge->broken = g_strdup(why->message);
	g_error_free(why);
	return TRUE;
}

static gboolean ask_commands(struct judge *judge, const GPtrArray *affected, GError **error)
{
	GError *why = NULL;

	if (judge->broken)
		return TRUE;
	if (!judge_commands(judge, affected, &why))
		return take_refusal(judge, why, error);
	judge->worked = true;
	return TRUE;
}

gboolean session_take_parent(struct session *session, GError **error)
{
	struct judge *judge = session->judge;
	/* Where the commits between have verdicts, what is known is not of the parent. */
	bool skipped = strcmp(judge->tree->commit, session->commit->parent);
	GHashTableIter iter;
	gpointer object;
	GError *why = NULL;

	if (!tree_move(judge->tree, session->commit->parent, error))
		return FALSE;
	if (!skipped)
		return ask_commands(judge, judge->todo, error);
	g_clear_pointer(&judge->broken, g_free);
	g_hash_table_remove_all(judge->pops_macro);
	g_hash_table_iter_init(&iter, judge->objects);
	while (g_hash_table_iter_next(&iter, NULL, &object)) {
		object_forget(object);
		((struct object *)object)->asked = false;
	}
	if (!tree_configure(judge->tree, &why) && !take_refusal(judge, why, error))
		return FALSE;
	return ask_commands(judge, judge->todo, error);
}

/* What an object outside this commit's list was found to be may hold no longer. */
static void forget_others(struct session *session)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, session->judge->objects);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct object *object = value;

		if (!g_hash_table_contains(session->by_source, object->source) &&
		    (session->commands_changed || !object->includes || session_reads_change(session, object->includes)))
			object_forget(object);
	}
}

/* Where kbuild's answer, or what it makes before it gives one, may be another. */
static void ask_again(struct session *session)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, session->judge->objects);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct object *object = value;

		if (session->commands_changed || session_reads_made(session, object->includes))
			object->asked = false;
	}
}

/* Moves sources and configuration; notes symbols that come out otherwise and whose readers were not all looked at. */
static gboolean advance(struct session *session, bool blind, GError **error)
{
	struct judge *judge = session->judge;
	/* With a seed, one symbol more gives all that follow another number. */
	bool compares = session->configures && !blind && !judge->tree->config->seed;
	g_autofree char *before = NULL, *after = NULL;
	g_autoptr(GPtrArray) symbols = NULL;
	GError *why = NULL;

	before = compares ? tree_dotconfig(judge->tree, error) : NULL;
	if (compares && !before)
		return FALSE;
	if (!judge_advance(judge, session->commit, blind, &session->commands_changed, &why))
		return take_refusal(judge, why, error);
	session->commands_changed |= blind;
	if (!compares)
		return TRUE;
	after = tree_dotconfig(judge->tree, error);
	if (!after)
		return FALSE;
	symbols = kconfig_differing(before, after);
	for (guint i = 0; i < symbols->len; i++)
		if (!g_hash_table_lookup(session->affected->symbols, symbols->pdata[i]))
			g_ptr_array_add(session->symbols, g_strdup(symbols->pdata[i]));
	return TRUE;
}

gboolean session_move_forward(struct session *session, GError **error)
{
	struct judge *judge = session->judge;
	g_autoptr(GPtrArray) own = g_ptr_array_new();
	g_autofree char *parent_broken = g_steal_pointer(&judge->broken);
	bool blameless = parent_broken || judge->stale;

	if (session->remakes)
		session_note_generated(session);
	if (!advance(session, parent_broken, error) ||
	    (session->remakes && !judge->broken && !session_make_generated(session, error)))
		return FALSE;
	ask_again(session);
	g_ptr_array_add(own, (gpointer)session->affected);
	if (!ask_commands(judge, own, error))
		return FALSE;
	if (judge->broken) {
		session->unseen = true;
		session->blameless = blameless || judge->tree->refusal == REFUSAL_OF_CONFIG;
		g_free(session->unprepared);
		session->unprepared = g_strdup(judge->broken);
	} else if (session->remakes) {
		session_compare_generated(session);
	}
	forget_others(session);
	return TRUE;
}
