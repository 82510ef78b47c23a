// SPDX-License-Identifier: GPL-2.0-only
///
/// use bvec_set_page() to fill a bvec
///
/// Storing bv_page, bv_len and bv_offset one after the other relies on struct
/// bio_vec being made of these three fields. bvec_set_page() says the same in
/// one line, and lets the representation change in bvec.h alone.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only three stores side by side, in any order, to one bvec. Where a
// Comments: later value mentions the bvec the order matters, and these are left
// Comments: to the setters of one part. The fields of what is known to be of
// Comments: another type are left alone.

virtual patch

// The fields of expressions that are known to be a bio_vec ...
@known_ptr depends on patch@
identifier f = {bv_page, bv_len, bv_offset};
struct bio_vec *e; position kp;
@@
e->f@kp

@known_val depends on patch@
identifier f = {bv_page, bv_len, bv_offset};
struct bio_vec v; position kv;
@@
v.f@kv

// ... and those of expressions that are known to be of another type. What has
// no known type, for want of its header, is taken for a bio_vec.
@other_ptr depends on patch@
identifier f = {bv_page, bv_len, bv_offset};
type T; T *e; position op != known_ptr.kp;
@@
e->f@op

@other_val depends on patch@
identifier f = {bv_page, bv_len, bv_offset};
type T; T v; position ov != known_val.kv;
@@
v.f@ov

// A first store whose successors read the bvec. All of the values would be
// computed before the first store.
@tangled depends on patch@
expression E, V, W;
identifier f = {bv_page, bv_len, bv_offset};
identifier g = {bv_page, bv_len, bv_offset};
identifier h = {bv_page, bv_len, bv_offset};
identifier r = {bv_page, bv_len, bv_offset};
position tp;
@@
(
  E->f@tp = V;
  E->g = <+... E->r ...+>;
|
  E->f@tp = V;
  E->g = W;
  E->h = <+... E->r ...+>;
|
  E.f@tp = V;
  E.g = <+... E.r ...+>;
|
  E.f@tp = V;
  E.g = W;
  E.h = <+... E.r ...+>;
)

// Three stores in a row; ptr_to_array would turn v[0] into *v.
@triple depends on patch disable ptr_to_array@
expression E, P, L, O;
position p != {other_ptr.op, tangled.tp};
position q != {other_val.ov, tangled.tp};
@@
(
- E->bv_page@p = P; E->bv_len = L; E->bv_offset = O;
+ bvec_set_page(E, P, L, O);
|
- E->bv_page@p = P; E->bv_offset = O; E->bv_len = L;
+ bvec_set_page(E, P, L, O);
|
- E->bv_len@p = L; E->bv_page = P; E->bv_offset = O;
+ bvec_set_page(E, P, L, O);
|
- E->bv_len@p = L; E->bv_offset = O; E->bv_page = P;
+ bvec_set_page(E, P, L, O);
|
- E->bv_offset@p = O; E->bv_page = P; E->bv_len = L;
+ bvec_set_page(E, P, L, O);
|
- E->bv_offset@p = O; E->bv_len = L; E->bv_page = P;
+ bvec_set_page(E, P, L, O);
|
- E.bv_page@q = P; E.bv_len = L; E.bv_offset = O;
+ bvec_set_page(&E, P, L, O);
|
- E.bv_page@q = P; E.bv_offset = O; E.bv_len = L;
+ bvec_set_page(&E, P, L, O);
|
- E.bv_len@q = L; E.bv_page = P; E.bv_offset = O;
+ bvec_set_page(&E, P, L, O);
|
- E.bv_len@q = L; E.bv_offset = O; E.bv_page = P;
+ bvec_set_page(&E, P, L, O);
|
- E.bv_offset@q = O; E.bv_page = P; E.bv_len = L;
+ bvec_set_page(&E, P, L, O);
|
- E.bv_offset@q = O; E.bv_len = L; E.bv_page = P;
+ bvec_set_page(&E, P, L, O);
)
