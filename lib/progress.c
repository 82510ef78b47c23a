// SPDX-License-Identifier: GPL-2.0-only
/*
 * progress.c: what the user sees of a long run, on stderr only.
 */
#include <glib.h>
#include <stdio.h>
#include <unistd.h>

#include "progress.h"

#define BAR_WIDTH 30

struct progress {
	char *label;
	guint done, total;
	gint64 start, shown;	/* microseconds */
	gboolean terminal;
};

/* The bar on the terminal now, which a note has to clear. */
static struct progress *current;

struct progress *progress_new(const char *label, guint total)
{
	struct progress *p = g_new0(struct progress, 1);

	p->label = g_strdup(label);
	p->total = total;
	p->start = g_get_monotonic_time();
	p->terminal = isatty(STDERR_FILENO);
	if (p->terminal)
		current = p;
	else if (total)
		fprintf(stderr, "%s: %u\n", label, total);
	return p;
}

static void progress_draw(struct progress *p)
{
	gint64 spent = g_get_monotonic_time() - p->start;
	guint filled = p->total ? (guint64)p->done * BAR_WIDTH / p->total : 0;
	gint64 left = p->done ? spent / p->done * (p->total - p->done) / G_USEC_PER_SEC : 0;

	fprintf(stderr, "\r\033[K%s [", p->label);
	for (guint i = 0; i < BAR_WIDTH; i++)
		fputc(i < filled ? '#' : ' ', stderr);
	fprintf(stderr, "] %u/%u", p->done, p->total);
	if (p->done && p->done < p->total)
		fprintf(stderr, ", %" G_GINT64_FORMAT ":%02d left", left / 60, (int)(left % 60));
}

void progress_set(struct progress *p, guint done, guint total)
{
	gint64 now = g_get_monotonic_time();

	p->done = done;
	p->total = total;
	if (!p->terminal || (now - p->shown < G_USEC_PER_SEC / 10 && done < total))
		return;
	p->shown = now;
	progress_draw(p);
}

void progress_end(struct progress *p)
{
	if (!p)
		return;
	if (p->terminal) {
		progress_draw(p);
		fputc('\n', stderr);
		current = NULL;
	} else if (p->total) {
		fprintf(stderr, "%s: %u/%u in %.1f s\n", p->label, p->done, p->total,
			(g_get_monotonic_time() - p->start) / 1e6);
	}
	g_free(p->label);
	g_free(p);
}

void progress_note(const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	if (current)
		fputs("\r\033[K", stderr);
	fprintf(stderr, "%s\n", text);
	if (current)
		progress_draw(current);
}
