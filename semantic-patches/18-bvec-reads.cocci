// SPDX-License-Identifier: GPL-2.0-only
///
/// use accessors to read a bvec
///
/// Reads of bv_page, bv_len and bv_offset rely on struct bio_vec being made of
/// these three fields. Read through bvec_page(), bvec_len() and bvec_offset(),
/// which are the same expressions today, so that the representation can change
/// in bvec.h alone.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Stores, addresses of a field and fields of what a function returns
// Comments: are left to other rules, or alone, as the fields of what is known to
// Comments: be of another type are.

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

// Fields that are not read, but stored, stepped or pointed at ...
@assigned depends on patch@
expression E, X;
assignment operator a;
identifier f = {bv_page, bv_len, bv_offset}; position ap;
@@
\(E->f@ap\|E.f@ap\) a X

@lvalue depends on patch@
expression E;
identifier f = {bv_page, bv_len, bv_offset}; position lp;
@@
(
  \(E->f@lp++\|E->f@lp--\|++E->f@lp\|--E->f@lp\|&E->f@lp\)
|
  \(E.f@lp++\|E.f@lp--\|++E.f@lp\|--E.f@lp\|&E.f@lp\)
)

// ... or belong to a value that has no address.
@rvalue depends on patch@
expression g;
expression list A;
identifier f = {bv_page, bv_len, bv_offset}; position rp;
@@
g(A).f@rp

// One read. A cast is named to keep a blank from coming after it. paren would
// drop parentheses of the pattern, ptr_to_array turn v[0] into *v.
@read depends on patch disable drop_cast, paren, ptr_to_array@
expression E;
type T;
position p != {other_ptr.op, assigned.ap, lvalue.lp};
position q != {other_val.ov, assigned.ap, lvalue.lp, rvalue.rp};
@@
(
- (T)E->bv_len@p
+ (T)bvec_len(E)
|
- (T)E.bv_len@q
+ (T)bvec_len(&E)
|
- (T)E->bv_offset@p
+ (T)bvec_offset(E)
|
- (T)E.bv_offset@q
+ (T)bvec_offset(&E)
|
- (E)->bv_page@p
+ bvec_page(E)
|
- E->bv_page@p
+ bvec_page(E)
|
- E.bv_page@q
+ bvec_page(&E)
|
- (E)->bv_len@p
+ bvec_len(E)
|
- E->bv_len@p
+ bvec_len(E)
|
- E.bv_len@q
+ bvec_len(&E)
|
- (E)->bv_offset@p
+ bvec_offset(E)
|
- E->bv_offset@p
+ bvec_offset(E)
|
- E.bv_offset@q
+ bvec_offset(&E)
)
