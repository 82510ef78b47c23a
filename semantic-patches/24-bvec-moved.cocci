// SPDX-License-Identifier: GPL-2.0-only
///
/// keep the page of a bvec that moves
///
/// TODO
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only the functions that are named here, each of which was read.

virtual patch

// The bvec of one page that is walked to its end in an inner loop.
@walked depends on patch@
symbol page;
identifier fn = {__journal_read_write};
identifier bv, mem;
expression E;
@@
fn(...)
{
<...
  struct bio_vec bv = bio_iovec(E);
+ struct page *page = bvec_page(&bv);
  char *mem;
...>
}

@kept depends on walked@
symbol page;
identifier fn = {__journal_read_write};
identifier map = {kmap_local_page, flush_dcache_page};
identifier bv;
@@
fn(...)
{
<...
map(
- bvec_page(&bv)
+ page
 )
...>
}
