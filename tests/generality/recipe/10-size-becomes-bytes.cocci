// SPDX-License-Identifier: GPL-2.0-only
///
/// use gizmo_bytes()
///
/// The name of gizmo_size() does not say a size of what.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.0.0
// Comments: A member of that name is no call and stays.

virtual patch

// One call.
@size depends on patch@
expression E;
@@
- gizmo_size(E)
+ gizmo_bytes(E)
