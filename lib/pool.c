// SPDX-License-Identifier: GPL-2.0-only
/*
 * pool.c: up to n processes at once, the heaviest first.
 *
 * Everything happens in one thread, inside pool_run(): a callback sees a
 * pool that nobody else changes.
 */
#include <string.h>

#include "process-start.h"
#include "progress.h"

struct job {
	struct running running;	/* first: its done() finds the job */
	struct pool *pool;
	struct command command;	/* points into the copies below */
	char **argv, **env;
	char *cwd, *input;
	gint64 weight;
	guint order;
	pool_done done;
	gpointer data;
};

struct pool {
	char *label;
	guint n;
	GPtrArray *queue;	/* struct job *, the next one last */
	GPtrArray *running;	/* struct job * */
	guint added, finished;
	bool sorted;
	GError *error;		/* the first one: stops the pool */
	struct progress *progress;
};

struct pool *pool_new(guint n, const char *label)
{
	struct pool *pool = g_new0(struct pool, 1);

	pool->label = g_strdup(label);
	pool->n = MAX(n, 1);
	pool->queue = g_ptr_array_new();
	pool->running = g_ptr_array_new();
	return pool;
}

static void job_free(struct job *job)
{
	g_strfreev(job->argv);
	g_strfreev(job->env);
	g_free(job->cwd);
	g_free(job->input);
	process_clear(&job->running.result);
	g_free(job);
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	for (guint i = 0; i < pool->queue->len; i++)
		job_free(pool->queue->pdata[i]);
	g_ptr_array_unref(pool->queue);
	g_ptr_array_unref(pool->running);
	g_clear_error(&pool->error);
	g_free(pool->label);
	g_free(pool);
}

void pool_add(struct pool *pool, const struct command *command, gint64 weight, pool_done done, gpointer data)
{
	struct job *job = g_new0(struct job, 1);

	job->pool = pool;
	job->argv = g_strdupv((char **)command->argv);
	job->env = g_strdupv((char **)command->env);
	job->cwd = g_strdup(command->cwd);
	job->input = command->input ? g_memdup2(command->input, MAX(command->input_len, 1)) : NULL;
	job->command = *command;
	job->command.argv = (const char *const *)job->argv;
	job->command.env = (const char *const *)job->env;
	job->command.cwd = job->cwd;
	job->command.input = job->input;
	job->weight = weight;
	job->order = pool->added++;
	job->done = done;
	job->data = data;
	g_ptr_array_add(pool->queue, job);
	pool->sorted = false;
}

/* The next one last: light before heavy, late before early. */
static int job_compare(gconstpointer a, gconstpointer b)
{
	const struct job *x = *(const struct job *const *)a, *y = *(const struct job *const *)b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? -1 : 1;
	return x->order > y->order ? -1 : 1;
}

static void pool_stop(struct pool *pool)
{
	for (guint i = 0; i < pool->running->len; i++)
		process_kill(pool->running->pdata[i]);
}

static void job_done(struct running *running)
{
	struct job *job = (struct job *)running;
	struct pool *pool = job->pool;

	g_ptr_array_remove(pool->running, job);
	pool->finished++;
	if (!pool->error && !interrupted() &&
	    !job->done(pool, &job->running.result, job->data, &pool->error))
		pool_stop(pool);
	job_free(job);
}

static void pool_fill(struct pool *pool)
{
	while (!pool->error && pool->running->len < pool->n && pool->queue->len) {
		struct job *job;

		if (!pool->sorted)
			g_ptr_array_sort(pool->queue, job_compare);
		pool->sorted = true;
		job = g_ptr_array_steal_index(pool->queue, pool->queue->len - 1);
		job->running.done = job_done;
		if (!process_start(&job->running, &job->command, &pool->error)) {
			job_free(job);
			pool_stop(pool);
			return;
		}
		g_ptr_array_add(pool->running, job);
	}
}

gboolean pool_run(struct pool *pool, GError **error)
{
	guint tick = process_tick();

	pool->progress = pool->label ? progress_new(pool->label, pool->added) : NULL;
	for (;;) {
		pool_fill(pool);
		if (!pool->running->len)
			break;
		if (interrupted() && !pool->error) {
			fail(&pool->error, "interrupted; run the same command again to go on");
			pool_stop(pool);
		}
		g_main_context_iteration(NULL, TRUE);
		if (pool->progress)
			progress_set(pool->progress, pool->finished, pool->added);
	}
	progress_end(pool->progress);
	g_source_remove(tick);
	if (interrupted() && !pool->error)
		fail(&pool->error, "interrupted; run the same command again to go on");
	if (!pool->error)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&pool->error));
	return FALSE;
}
