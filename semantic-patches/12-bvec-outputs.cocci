// SPDX-License-Identifier: GPL-2.0-only
///
/// receive a bvec's parts in variables
///
/// A function that fills in length and offset through pointers is given the
/// addresses of the fields here, which ties it to struct bio_vec having them.
/// Give it two variables, and fill the bvec from these.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only a local bvec that is given its page right before the call, in the
// Comments: block that declares it, which must not use the names len and offset.

virtual patch

// The bvec has its page first, then the rest from the last two arguments of a
// call. The page is read after the call instead, so it may be no call itself.
@received depends on patch@
symbol len, offset;
identifier bv, fill;
expression P;
expression list A;
@@
  struct bio_vec bv;
+ unsigned int len;
+ unsigned int offset;
  ... when != len
      when != offset
- bv.bv_page = P;
- fill(A, &bv.bv_len, &bv.bv_offset);
+ fill(A, &len, &offset);
+ bvec_set_page(&bv, P, len, offset);
