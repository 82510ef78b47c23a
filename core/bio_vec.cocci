// SPDX-License-Identifier: GPL-2.0-only
///
/// A bvec is made of struct phyr. Find code that still says struct bio_vec, or
/// reads the fields that it had, and use the accessors of linux/bvec.h.
///
// Confidence: High
// Options: --no-includes --include-headers
// Comments: A store to one field has no accessor: the page comes first, and
// Comments: bvec_set_page() takes all three.

virtual patch
virtual context

@depends on patch@
@@
- struct bio_vec
+ struct phyr

@depends on context@
struct bio_vec v;
@@
* v

@depends on context@
struct bio_vec *v;
@@
* v

// Stores are for a person to convert.
@stored@
expression E, X;
assignment operator a;
identifier f = {bv_page, bv_len, bv_offset};
position p;
@@
\(E->f@p\|E.f@p\) a X

@depends on patch disable ptr_to_array@
expression E;
position p != stored.p;
@@
(
- E->bv_page@p
+ bvec_page(E)
|
- E.bv_page@p
+ bvec_page(&E)
|
- E->bv_len@p
+ bvec_len(E)
|
- E.bv_len@p
+ bvec_len(&E)
|
- E->bv_offset@p
+ bvec_offset(E)
|
- E.bv_offset@p
+ bvec_offset(&E)
)

@depends on context@
expression E;
identifier f = {bv_page, bv_len, bv_offset};
@@
* \(E->f\|E.f\)
