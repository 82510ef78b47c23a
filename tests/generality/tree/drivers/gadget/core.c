// SPDX-License-Identifier: GPL-2.0-only
#include <linux/gizmo.h>

/* gizmo_size() is in bytes. */
int gadget_fill(struct gizmo *gizmo, void *buf, size_t len)
{
	if (len > gizmo_size(gizmo))
		return -EINVAL;
	return gizmo_xfer(buf, len, gizmo, GIZMO_WAIT);
}

int gadget_clear(struct gizmo *gizmo)
{
	char zero[16] = { 0 };
	size_t left = gizmo_size(gizmo);

	while (left >= sizeof(zero)) {
		int ret = gizmo_xfer(zero, sizeof(zero), gizmo, GIZMO_WAIT);

		if (ret)
			return ret;
		left -= sizeof(zero);
	}
	return 0;
}
