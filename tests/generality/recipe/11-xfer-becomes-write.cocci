// SPDX-License-Identifier: GPL-2.0-only
///
/// use gizmo_write()
///
/// gizmo_xfer() has its subject third and a flag that is a truth value. Call
/// gizmo_write(), which has the gizmo first.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.0.0
// Comments: The address of the function is left alone: the types differ.

virtual patch

// One call; what the flags are is told from how they are written.
@xfer depends on patch@
expression B, L, G, C;
@@
(
- gizmo_xfer(B, L, G, GIZMO_WAIT)
+ gizmo_write(G, B, L, true)
|
- gizmo_xfer(B, L, G, C ? GIZMO_WAIT : 0)
+ gizmo_write(G, B, L, C)
)
