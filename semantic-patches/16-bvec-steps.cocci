// SPDX-License-Identifier: GPL-2.0-only
///
/// use bvec_add_len() and the like
///
/// Compound assignment to bv_len and bv_offset needs them to be fields. The
/// helpers have the same value, and let the representation change in bvec.h
/// alone.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Operators other than += and -= match nothing. The fields of what is
// Comments: known to be of another type are left alone.

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

// One step, wherever its value goes; ptr_to_array would turn v[0] into *v.
@step depends on patch disable ptr_to_array@
expression E, X;
position p != other_ptr.op, q != other_val.ov;
@@
(
- E->bv_len@p += X
+ bvec_add_len(E, X)
|
- E->bv_len@p -= X
+ bvec_sub_len(E, X)
|
- E->bv_offset@p += X
+ bvec_add_offset(E, X)
|
- E->bv_offset@p -= X
+ bvec_sub_offset(E, X)
|
- E.bv_len@q += X
+ bvec_add_len(&E, X)
|
- E.bv_len@q -= X
+ bvec_sub_len(&E, X)
|
- E.bv_offset@q += X
+ bvec_add_offset(&E, X)
|
- E.bv_offset@q -= X
+ bvec_sub_offset(&E, X)
)
