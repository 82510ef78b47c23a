// SPDX-License-Identifier: GPL-2.0-only
///
/// report what of a bvec does not survive that it becomes an address
///
/// No commit is made of this rule. It matches what the rules before it would
/// have to know and do not: half of a bvec stored by itself, and a bvec whose
/// page is tested for NULL, compared with NULL, or NULL. A new kernel may
/// have new ones, and what each of them means is for a person to read.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: A page that may be NULL and is stored untested is not seen, nor
// Comments: is an array that was zeroed and not filled, as long as nobody
// Comments: tests it. What was read and is right is not listed: none of it
// Comments: matches.

virtual patch

// Page or offset by themselves.
@half depends on patch@
@@
(
* bvec_replace_page(...)
|
* bvec_set_offset(...)
)

// A page that is compared with NULL; standard.iso adds those that are written
// without it.
@tested depends on patch@
expression B;
@@
(
* bvec_page(B) == NULL
|
* bvec_page(B) != NULL
)

// The same through a variable, on some path on which the variable keeps its
// value.
@through depends on patch exists@
local idexpression P;
expression B, X;
@@
* P = bvec_page(B);
  ... when != P = X
      when != &P
(
  P == NULL
|
  P != NULL
)

@declared depends on patch exists@
identifier p;
expression B, X;
@@
* struct page *p = bvec_page(B);
  ... when != p = X
      when != &p
(
  p == NULL
|
  p != NULL
)

// No page at all.
@null depends on patch@
@@
* bvec_set_page(..., NULL, ...)
