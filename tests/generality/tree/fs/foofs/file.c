// SPDX-License-Identifier: GPL-2.0-only
#include <linux/gizmo.h>

#define FOO_LEFT(gizmo, pos)	(gizmo_size(gizmo) - (pos))
#define foo_for_each(gizmo, pos) \
	for ((pos) = 0; (pos) < gizmo_size(gizmo); (pos)++)

ssize_t foo_write(struct foo *foo, void *buf, size_t len, loff_t pos)
{
	if (len > FOO_LEFT(foo->gizmo, pos))
		return -ENOSPC;
	if (foo->verbose)
		pr_info("gizmo_xfer of %zu bytes\n", len);
	return gizmo_xfer(buf, len, foo->gizmo, foo->sync ? GIZMO_WAIT : 0);
}
