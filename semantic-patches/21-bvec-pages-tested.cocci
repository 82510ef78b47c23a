// SPDX-License-Identifier: GPL-2.0-only
///
/// test a page before it goes into a bvec
///
/// TODO
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only the functions that are named here, each of which was read.

virtual patch

// A page in a variable, stored and then tested. Length and offset are those
// of the bvec that is given another page.
@bounced depends on patch@
identifier fn = {blk_crypto_fallback_encrypt_bio};
expression B, P;
statement S;
@@
fn(...)
{
<...
- bvec_replace_page(B, P);
  if (!P) S
+ bvec_set_page(B, P, bvec_len(B), bvec_offset(B));
...>
}

// The same with a bvec that had no memory: a whole page.
@sparse depends on patch@
identifier fn = {xs_alloc_sparse_pages};
expression B, P;
statement S;
@@
fn(...)
{
<...
- bvec_replace_page(B, P);
  if (!P) S
+ bvec_set_page(B, P, PAGE_SIZE, 0);
...>
}

// A page that the bvec alone holds, in a block with another variable.
@declared depends on patch@
symbol page;
identifier fn = {setup_copyup_bvecs};
identifier len;
type T;
expression B, A, L, R;
@@
fn(...)
{
<...
  T len = L;
+ struct page *page = A;
- bvec_replace_page(B, A);
- if (!bvec_page(B))
+ if (!page)
    return R;
- bvec_set_offset(B, 0);
- bvec_set_len(B, len);
+ bvec_set_page(B, page, len, 0);
...>
}

// ... in one with none.
@looked_up depends on patch@
symbol page;
identifier fn = {hl_direct_io};
statement S;
expression B, A, L;
@@
fn(...)
{
<...
- bvec_replace_page(B, A);
- if (!bvec_page(B))
+ struct page *page = A;
+
+ if (!page)
    S
- bvec_set_offset(B, 0);
- bvec_set_len(B, L);
+ bvec_set_page(B, page, L, 0);
...>
}

// ... in a function's own block.
@special depends on patch@
symbol page;
identifier fn = {sd_setup_unmap_cmnd, sd_setup_write_same16_cmnd, sd_setup_write_same10_cmnd};
identifier ret;
type T;
expression B, A, L, R;
@@
fn(...)
{
<...
  T ret;
+ struct page *page;
- bvec_replace_page(B, A);
- if (!bvec_page(B))
+ page = A;
+ if (!page)
    return R;
- clear_highpage(bvec_page(B));
- bvec_set_offset(B, 0);
- bvec_set_len(B, L);
+ clear_highpage(page);
+ bvec_set_page(B, page, L, 0);
...>
}

// bcache frees what it has stored so far when a page is missing.
@unwound depends on patch@
symbol page;
identifier fn = {bch_bio_alloc_pages};
statement S;
expression B, A;
@@
fn(...)
{
<...
- bvec_replace_page(B, A);
- if (!bvec_page(B))
+ struct page *page = A;
+
+ if (!page)
    S
+ bvec_set_page(B, page, bvec_len(B), 0);
...>
}

// Its btree lets the data start as far into the first page as it did before.
@kept depends on patch@
identifier fn = {do_btree_node_write};
iterator name bio_for_each_segment_all;
identifier b, bv, data, addr, iter_all;
expression gfp;
statement S, S1;
@@
fn(...)
{
<...
  if (!bch_bio_alloc_pages(b->bio, gfp)) {
  struct bio_vec *bv;
  void *addr = (void *) ((unsigned long) data & ~(PAGE_SIZE - 1));
  struct bvec_iter_all iter_all;
+
+ bvec_add_offset(bio_first_bvec_all(b->bio), offset_in_page(data));
  bio_for_each_segment_all(...) S
  ...
  }
  else S1
...>
}
