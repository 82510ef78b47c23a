// SPDX-License-Identifier: GPL-2.0-only
#include <linux/gizmo.h>

/* The table's type fixes the arguments: no rule can convert this one. */
const struct gadget_ops gadget_ops = {
	.xfer = gizmo_xfer,
};
