// SPDX-License-Identifier: GPL-2.0-only
///
/// name the bvec of which a field is read
///
/// rq_integrity_vec() and bio_iovec() return a struct bio_vec, which has no
/// address, so that an accessor cannot be given a pointer to it. Keep it in a
/// variable and read the field of that.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Where the call is an argument of a call that is the first statement of
// Comments: its block, or is returned. Elsewhere, in a condition for example, the
// Comments: call would move across other evaluations, and it matches nothing. Nor
// Comments: does it in a function that uses the name bv already.

virtual patch

// Functions in which the name is taken ...
@taken depends on patch@
symbol bv;
identifier fn;
position tp;
@@
fn@tp(...) { <+... bv ...+> }

// ... and the calls in all the others.
@free depends on patch@
identifier fn, g;
identifier f = {bv_page, bv_len, bv_offset};
expression list A;
position fp != taken.tp;
position p;
@@
fn@fp(...) { <+... g(A).f@p ...+> }

// In the first statement of a block the variable is born with its value, beside
// the variables of the block if it has any.
@argument depends on patch@
identifier f, g, call;
expression list A, B, C;
identifier v;
expression V;
type T;
position free.p;
@@
(
  T v = V;
+ struct bio_vec bv = g(A);
  call(B,
- g(A).f@p
+ bv.f
  , C);
|
{
+ struct bio_vec bv = g(A);
+
  call(B,
- g(A).f@p
+ bv.f
  , C);
  ...
}
)

// A block that only returns it.
@only depends on patch@
identifier f = {bv_page, bv_len, bv_offset};
identifier g;
expression list A;
@@
{
+ struct bio_vec bv = g(A);
+
- return g(A).f;
+ return bv.f;
}

// A function that has variables gets one more ...
@after depends on patch@
identifier f = {bv_page, bv_len, bv_offset};
identifier fn, g;
declaration D;
expression list A;
@@
fn(...)
{
  D
+ struct bio_vec bv;
  ... when any
      when != bv
- return g(A).f;
+ bv = g(A);
+ return bv.f;
}

// ... and a function that has none gets its first. Checks come before it.
@first depends on patch@
identifier f = {bv_page, bv_len, bv_offset};
identifier fn, g;
expression list A;
@@
fn(...)
{
+ struct bio_vec bv;
+
  ... when any
      when != bv
- return g(A).f;
+ bv = g(A);
+ return bv.f;
}
