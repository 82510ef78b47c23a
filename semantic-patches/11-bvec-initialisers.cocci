// SPDX-License-Identifier: GPL-2.0-only
///
/// use BVEC_INIT() to initialise a bvec
///
/// An initialiser that names bv_page, bv_len and bv_offset relies on struct
/// bio_vec being made of these three fields. BVEC_INIT() lets the
/// representation change in bvec.h alone.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only variables of type struct bio_vec, with all three fields named, in
// Comments: any order. A partial initialiser matches nothing: what it leaves out
// Comments: is zero, and there is no such thing as part of a bvec.

virtual patch

// Designators match in any order.
@whole depends on patch@
identifier v;
expression P, L, O;
@@
  struct bio_vec v =
- { .bv_page = P, .bv_len = L, .bv_offset = O, }
+ BVEC_INIT(P, L, O)
  ;
