/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_GIZMO_H
#define _LINUX_GIZMO_H

#include <linux/types.h>

#define GIZMO_WAIT	1

struct gizmo {
	size_t bytes;
	void *memory;
};

size_t gizmo_size(const struct gizmo *gizmo);
int gizmo_xfer(void *buf, size_t len, struct gizmo *gizmo, int flags);

#endif
