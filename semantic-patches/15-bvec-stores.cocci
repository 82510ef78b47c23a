// SPDX-License-Identifier: GPL-2.0-only
///
/// use the setters of a bvec's parts
///
/// Stores to bv_page, bv_len and bv_offset rely on struct bio_vec being made
/// of these three fields. Let a setter do each of them, so that the
/// representation can change in bvec.h alone. A setter has the value stored,
/// as the assignment has.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Compound assignment and the address of a field match nothing
// Comments: here. The fields of what is known to be of another type are
// Comments: left alone, and so is a chained store of two parts.

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

// Chains of two parts: done at once they would overlap, so both are left.
@pair depends on patch@
expression E, F, X;
identifier f = {bv_page, bv_len, bv_offset};
identifier g = {bv_page, bv_len, bv_offset};
position cp, cq;
@@
\(E->f@cp\|E.f@cp\) = \(F->g@cq\|F.g@cq\) = X

// One store, wherever its value goes. The value keeps its place and its line
// breaks; ptr_to_array would turn v[0] into *v.
@store depends on patch disable ptr_to_array@
expression E, X;
position p != {other_ptr.op, pair.cp, pair.cq};
position q != {other_val.ov, pair.cp, pair.cq};
@@
(
- E->bv_page@p =
+ bvec_replace_page(E,
  X
+ )
|
- E->bv_len@p =
+ bvec_set_len(E,
  X
+ )
|
- E->bv_offset@p =
+ bvec_set_offset(E,
  X
+ )
|
- E.bv_page@q =
+ bvec_replace_page(&E,
  X
+ )
|
- E.bv_len@q =
+ bvec_set_len(&E,
  X
+ )
|
- E.bv_offset@q =
+ bvec_set_offset(&E,
  X
+ )
)

// A chained store is two statements once the outer one is a call, unless what
// would then be evaluated twice has a side effect.
@chain depends on patch@
expression E, F, X;
expression C;
identifier i = {bvec_replace_page, bvec_set_len, bvec_set_offset};
@@
(
  i(E, <+... \(F++\|F--\|++F\|--F\|F(...)\) ...+> = X);
|
- i(E, C = X);
+ C = X;
+ i(E, C);
)
