// SPDX-License-Identifier: GPL-2.0-only
/*
 * compile.c: the facts of one object before and after a commit.
 *
 * What one side needs is looked up by its text first. A compilation that met
 * an accident (time, memory, disk) leaves no fact: the next run tries again.
 */
#include <glib/gstdio.h>

#include "judge-item.h"
#include "parts.h"

/* Raised when the same text would give another fact. */
#define FACT_VERSION "fact 1 parts " PARTS_VERSION

void state_clear(struct state *state)
{
	g_free(state->sum);
	g_free(state->complaint);
	g_clear_pointer(&state->includes, g_hash_table_unref);
	g_free(state->key);
	g_strfreev(state->argv);
	fact_free(state->fact);
}

void state_take(struct state *state)
{
	const struct item *item = state->item;
	const struct object *object = item->object;

	state->sum = g_strdup(object->sum);
	state->complaint = g_strdup(object->complaint);
	state->includes = object->includes ? g_hash_table_ref(object->includes) : NULL;
	if (!object->sum)
		return;
	state->argv = object_compile(object, item->out);
	state->key = object_key(object, FACT_VERSION, item->session->judge->tree->config->compiler);
}

static struct fact *take_fact(const struct item *item, const struct process *result)
{
	const char *root = item->session->judge->tree->src;
	struct fact *fact = g_new0(struct fact, 1);

	fact->warnings = findings_read(result->err, "warning", root);
	if (result->exit || result->timed_out)
		fact->complaint = object_complaint(result, root);
	else
		fact->parts = object_parts(item->out, NULL);
	g_remove(item->out);
	return fact;
}

static gboolean on_compiled(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct state *state = data;
	struct item *item = state->item;

	(void)pool;
	item->session->judge->compiled++;
	state->fact = take_fact(item, result);
	item->accident |= process_accident(result);
	return process_accident(result) || fact_write(item->session->judge->facts, state->key, state->fact, error);
}

gboolean state_want_fact(struct state *state, struct pool *pool, GError **error)
{
	struct item *item = state->item;

	(void)error;
	if (!state->key || state->fact)
		return TRUE;
	state->fact = fact_read(item->session->judge->facts, state->key);
	if (state->fact)
		item->session->judge->known++;
	else
		item_run(item, pool, g_strdupv(state->argv), on_compiled, state);
	return TRUE;
}

const char *state_complaint(const struct state *state)
{
	return state->complaint ? state->complaint : state->fact ? state->fact->complaint : NULL;
}
