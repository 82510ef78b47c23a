// SPDX-License-Identifier: GPL-2.0-only
/*
 * compile.c: the facts of one object before and after a commit: what the
 * compiler makes of its text and, where asked for, what sparse says of it.
 *
 * What one side needs is looked up by its text first. A process that met an
 * accident (time, memory, disk) leaves no fact: the next run tries again.
 */
#include <glib/gstdio.h>
#include <string.h>

#include "judge-item.h"
#include "parts.h"

/* Raised when the same text would give another fact. */
#define FACT_VERSION "fact 3 parts " PARTS_VERSION
#define PARSER_FACT_VERSION "parser 2"
/* Where nobody asks what it warns of: the fact has the complaint only. */
#define QUIET_PARSER_FACT_VERSION "quiet parser 1"
#define CHECKER_FACT_VERSION "sparse 3"

static void reading_clear(struct reading *reading)
{
	g_free(reading->key);
	g_free(reading->complaint);
	g_strfreev(reading->argv);
	g_free(reading->shadow);
	fact_free(reading->fact);
}

static void drop_text(struct state *state)
{
	if (state->text)
		g_remove(state->text);
	g_clear_pointer(&state->text, g_free);
}

void state_clear(struct state *state)
{
	drop_text(state);
	g_strfreev(state->said);
	g_free(state->out);
	g_free(state->sum);
	g_free(state->code);
	g_free(state->complaint);
	g_clear_pointer(&state->includes, g_hash_table_unref);
	g_clear_pointer(&state->line_uses, g_hash_table_unref);
	reading_clear(&state->compiler);
	reading_clear(&state->parser);
	reading_clear(&state->checker);
}

static bool tells_warnings(const struct item *item)
{
	return item->session->judge->checks & CHECK_WARNINGS;
}

void state_take(struct state *state)
{
	const struct item *item = state->item;
	const struct object *object = item->object;

	state->sum = g_strdup(object->sum);
	state->complaint = g_strdup(object->complaint);
	state->includes = object->includes ? g_hash_table_ref(object->includes) : NULL;
	state->line_uses = object->line_uses ? g_hash_table_ref(object->line_uses) : NULL;
	state->code = g_strdup(object->code);
	state->compiler.state = state->parser.state = state;
	if (!object->sum)
		return;
	state->parser.argv = object_parse(object);
	state->parser.key = object_key(object, tells_warnings(item) ? PARSER_FACT_VERSION : QUIET_PARSER_FACT_VERSION,
				       item->session->judge->tree->config->compiler);
	if (object->pops_macro)
		drop_text(state);
	state->compiler.argv = state->text ? object_compile_text(object, state->text, state->out) :
		object_compile(object, state->out);
	state->compiler.key = object_key(object, FACT_VERSION, item->session->judge->tree->config->compiler);
}

void state_take_checker(struct state *state)
{
	const struct item *item = state->item;
	const struct checker *checker = item->session->judge->checker;

	state->checker.state = state;
	state->checker.complaint = g_strdup(item->object->checker_complaint);
	if (!item->object->checker_sum)
		return;
	state->checker.argv = object_check(item->object, checker);
	state->checker.key = object_checker_key(item->object, CHECKER_FACT_VERSION, checker);
}

gboolean state_keep_text(struct state *state, const struct process *result, GError **error)
{
	const struct item *item = state->item;
	const struct judge *judge = item->session->judge;

	if (result->exit || result->timed_out || !item->own || !(judge->checks & CHECKS_COMPILE) ||
	    !object_has_text(item->object))
		return TRUE;
	/* That file is read by the assembler. */
	if (strstr(result->out, ".incbin"))
		return TRUE;
	state->text = g_strdup_printf("%s/%p.i", judge->tree->scratch, (void *)state);
	state->said = findings_read(result->err, "warning", judge->tree->src);
	return file_write(state->text, result->out, result->out_len, error);
}

static bool is_checker(const struct reading *reading)
{
	return reading == &reading->state->checker;
}

static bool is_compiler(const struct reading *reading)
{
	return reading == &reading->state->compiler;
}

static bool is_quiet(const struct reading *reading)
{
	return reading == &reading->state->parser && !tells_warnings(reading->state->item);
}

static struct fact *take_fact(const struct reading *reading, const struct process *result, const char *root)
{
	struct fact *fact = g_new0(struct fact, 1);
	bool failed = result->exit || result->timed_out;

	/* An error sparse finds is a finding like others; the compiler's ends the compilation. */
	fact->warnings = findings_read(is_quiet(reading) ? "" : result->err,
				       is_checker(reading) ? "warning error" : "warning Warning", root);
	if (is_compiler(reading))
		findings_unite(&fact->warnings, reading->state->said);
	if (is_checker(reading))
		failed = process_accident(result) || (failed && !*fact->warnings);
	if (failed)
		fact->complaint = object_complaint(result, root);
	else if (is_compiler(reading))
		fact->parts = object_parts(reading->state->out, NULL);
	if (is_compiler(reading))
		g_remove(reading->state->out);
	return fact;
}

/* What it says of the sources as bit_fields_shadow() has them is added. */
static gboolean on_shadow_done(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct reading *reading = data;
	struct item *item = reading->state->item;
	struct fact *second = take_fact(reading, result, reading->shadow);
	bool accident = process_accident(result);

	(void)pool;
	item->session->judge->checked++;
	item->accident |= accident;
	if (!second->complaint)
		bit_fields_unite(reading->fact, second);
	fact_free(second);
	remove_tree(reading->shadow);
	g_clear_pointer(&reading->shadow, g_free);
	return accident || fact_write(item->session->judge->facts, reading->key, reading->fact, error);
}

static gboolean on_done(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct reading *reading = data;
	struct item *item = reading->state->item;
	struct judge *judge = item->session->judge;
	char **argv = NULL;

	if (is_checker(reading))
		judge->checked++;
	else if (is_compiler(reading))
		judge->compiled++;
	else
		judge->parsed++;
	reading->fact = take_fact(reading, result, judge->tree->src);
	if (process_accident(result)) {
		item->accident = true;
		return TRUE;
	}
	if (is_checker(reading) && !bit_fields_shadow(reading, result->err, &reading->shadow, &argv, error))
		return FALSE;
	if (argv) {
		item_run(item, pool, argv, on_shadow_done, reading);
		return TRUE;
	}
	return fact_write(judge->facts, reading->key, reading->fact, error);
}

/* Looks the fact up; says whether it is to be found out. */
static bool reading_lacks_fact(struct reading *reading)
{
	struct judge *judge;

	if (!reading->key || reading->fact)
		return false;
	judge = reading->state->item->session->judge;
	if (is_compiler(reading))
		g_hash_table_add(judge->texts, g_strdup(reading->key));
	reading->fact = fact_read(judge->facts, reading->key);
	judge->known += reading->fact != NULL;
	return !reading->fact;
}

void reading_want_fact(struct reading *reading, struct pool *pool)
{
	if (reading_lacks_fact(reading))
		item_run(reading->state->item, pool, g_strdupv(reading->argv), on_done, reading);
}

/* An error may be of what the sources have and the text has not, as the number of a line: they decide. */
static gboolean on_parsed(struct pool *pool, struct process *result, gpointer data, GError **error)
{
	struct reading *reading = data;

	if (!result->exit && !result->timed_out)
		return on_done(pool, result, data, error);
	item_run(reading->state->item, pool, g_strdupv(reading->argv), on_done, reading);
	return TRUE;
}

void state_want_fact(struct state *state, struct pool *pool, const struct process *expanded)
{
	struct item *item = state->item;
	struct reading *reading = item_reading(item, state);

	if (is_quiet(reading) && object_has_text(item->object)) {
		if (reading_lacks_fact(reading))
			item_run_next(item, pool, object_parse_expanded(item->object), expanded, on_parsed, reading);
	} else {
		reading_want_fact(reading, pool);
	}
}

const char *state_complaint(const struct state *state)
{
	if (state->complaint)
		return state->complaint;
	if (state->compiler.fact)
		return state->compiler.fact->complaint;
	return state->parser.fact ? state->parser.fact->complaint : NULL;
}

struct reading *item_reading(const struct item *item, struct state *state)
{
	return item->same_code ? &state->parser : &state->compiler;
}
