// SPDX-License-Identifier: GPL-2.0-only
///
/// use bvec_add_len() and the like in place of ++ and --
///
/// An increment of bv_len or bv_offset needs them to be fields. The helpers
/// let the representation change in bvec.h alone.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: A postfix ++ or -- whose value is used matches nothing. The fields of
// Comments: what is known to be of another type are left alone.

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

// Postfix steps whose value goes nowhere: there v++ is ++v ...
@alone depends on patch@
expression E;
statement S;
identifier f = {bv_len, bv_offset}; position sp;
@@
(
  \(E->f@sp++\|E->f@sp--\|E.f@sp++\|E.f@sp--\);
|
  for (...; ...; \(E->f@sp++\|E->f@sp--\|E.f@sp++\|E.f@sp--\)) S
)

// ... and all the others.
@value depends on patch@
expression E;
identifier f = {bv_len, bv_offset}; position vp != alone.sp;
@@
\(E->f@vp++\|E->f@vp--\|E.f@vp++\|E.f@vp--\)

// One increment; ptr_to_array would turn v[0] into *v.
@increment depends on patch disable ptr_to_array@
expression E;
position p != other_ptr.op, q != other_val.ov;
position sp != {other_ptr.op, value.vp}, sq != {other_val.ov, value.vp};
@@
(
- ++E->bv_len@p
+ bvec_add_len(E, 1)
|
- --E->bv_len@p
+ bvec_sub_len(E, 1)
|
- E->bv_len@sp++
+ bvec_add_len(E, 1)
|
- E->bv_len@sp--
+ bvec_sub_len(E, 1)
|
- ++E->bv_offset@p
+ bvec_add_offset(E, 1)
|
- --E->bv_offset@p
+ bvec_sub_offset(E, 1)
|
- E->bv_offset@sp++
+ bvec_add_offset(E, 1)
|
- E->bv_offset@sp--
+ bvec_sub_offset(E, 1)
|
- ++E.bv_len@q
+ bvec_add_len(&E, 1)
|
- --E.bv_len@q
+ bvec_sub_len(&E, 1)
|
- E.bv_len@sq++
+ bvec_add_len(&E, 1)
|
- E.bv_len@sq--
+ bvec_sub_len(&E, 1)
|
- ++E.bv_offset@q
+ bvec_add_offset(&E, 1)
|
- --E.bv_offset@q
+ bvec_sub_offset(&E, 1)
|
- E.bv_offset@sq++
+ bvec_add_offset(&E, 1)
|
- E.bv_offset@sq--
+ bvec_sub_offset(&E, 1)
)
