// SPDX-License-Identifier: GPL-2.0-only
#include <linux/gizmo.h>

struct bar_stats {
	size_t gizmo_size;
};

bool bar_fits(struct bar_queue *queue, size_t len)
{
	return len <= gizmo_size(queue->gizmo);
}

void bar_account(struct bar_queue *queue, struct bar_stats *stats)
{
	stats->gizmo_size = gizmo_size(queue->gizmo);
}
