// SPDX-License-Identifier: GPL-2.0-only
///
/// test a page before it goes into a bvec
///
/// A bvec will be a physical address and a length. It is then too late to ask
/// it for NULL: to store a page is to ask for its frame number, which NULL
/// does not have, and what comes back is never NULL. Test the page first, and
/// store it with its length and offset in one bvec_set_page().
///
/// blk-crypto-fallback.c: the bounce page takes the place of the plaintext
/// page, with the same length and offset. The bvec of a page that could not be
/// had keeps the plaintext page. Nobody looks: what frees the bounce pages
/// stops before it.
///
/// rbd.c: a page that the bvec alone held has a name until it is known to be
/// one. Where it is not, the entry of the zeroed array still has no page.
///
/// sd.c: a page that the bvec alone held has a name until it is known to be
/// one. Where it is not, RQF_SPECIAL_PAYLOAD stays unset, so that nobody reads
/// the bvec.
///
/// hldio.c: a page that the bvec alone held has a name until it is known to be
/// one. Where it is not, the array is freed, so that nobody reads the bvec.
///
/// bcache/util.c, bch_bio_alloc_pages(): pages are set from offset 0, which is
/// where bch_bio_map(bio, NULL) lets all of them start. Only
/// do_btree_node_write() calls it on a bio that was mapped to data, whose
/// first bvec can start inside its page; it now moves that bvec itself, with
/// the same result.
/// bi_io_vec is the bio's own there, it has just been allocated.
///
/// xprtsock.c: entries whose page is still to come have been set up by
/// xdr_alloc_bvec(), all with PAGE_SIZE bytes from offset 0, and the new page
/// gets just these. One that cannot be had leaves the entry without a page, as
/// it was.
///
/// svc_rdma_rw.c: behind the last page of a request is a NULL. A peer that
/// sends another segment when the pages are full gets to it, and what looks
/// for an overrun did so after the store, and only if the segment went on
/// then: else the NULL was mapped for DMA. It looks before the store.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only the functions that are named here, all of which were read:
// Comments: what the bvec holds where there is no page, and who looks at it
// Comments: then, is not to be seen from the pattern. Those of other names are
// Comments: found by 28-bvec-hazards-left.cocci.

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
identifier fn = {sd_setup_unmap_cmnd, sd_setup_write_same16_cmnd,
                 sd_setup_write_same10_cmnd};
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

// The end of an array of pages is looked for after the store.
@overrun depends on patch@
identifier fn = {svc_rdma_build_read_segment};
identifier rqstp, head, out;
expression B, L, O, N, E;
@@
fn(...)
{
<...
+ if (head->rc_curpage >= rqstp->rq_maxpages)
+   goto out;
  if (!head->rc_pageoff) head->rc_page_count++;
  ...
  bvec_set_page(B, rqstp->rq_pages[head->rc_curpage], L, O);
  ...
- if (N && E) goto out;
...>
}
