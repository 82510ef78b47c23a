// SPDX-License-Identifier: GPL-2.0-only
///
/// set page, length and offset of a bvec together
///
/// A bvec will be a physical address and a length, and then has no page that
/// could be replaced, nor an offset that could be set, by itself. Store the
/// page with its length and offset in one bvec_set_page().
///
/// bounce.c: the bounce page is used at the offset of the page that it stands
/// for, for as many bytes. The bvecs have one page each, so that the offset is
/// below PAGE_SIZE.
///
/// messenger_v2.c: data goes to the start of the bounce page, for the length
/// of the piece that get_bvec_at() found, or what was left of it.
///
/// dm-log-writes.c: block->vecs comes from kzalloc(), so that the offset that
/// was not stored was 0. Each page is newly allocated and filled from its
/// start.
///
/// raid5.c: dev->vec is what bio_init() made the only element of
/// bi->bi_io_vec, and dev->rvec that of rbi->bi_io_vec, so that page, length
/// and offset went to one bvec under two names. A stripe's pages are allocated
/// as long as it is in use.
///
/// orangefs/inode.c: the same length and offset are computed, with a name for
/// where the piece of each page begins and ends.
///
/// bcache/util.c, bch_bio_map(): the goto into the loop was there for the
/// offset of the first piece. All others begin where base is at a page
/// boundary, so that offset_in_page(base) says it for each. Without a base the
/// page stays what it is, and only the length is stored:
/// cached_dev_read_done(), dirty_init() and moving_init() map a bio a second
/// time, with its old size, to use the pages it has, which begin at offset 0;
/// the other callers go on to bch_bio_alloc_pages(), which sets page and
/// offset.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only the functions that are named here, all of which were read:
// Comments: that the page is one, and that length and offset are what they
// Comments: were, is not to be seen from the pattern.

virtual patch

// A bounce page, at the offset of the page it stands for.
@bounce depends on patch@
identifier fn = {__blk_queue_bounce};
expression B, P;
@@
fn(...)
{
<...
- bvec_replace_page(B, P);
+ bvec_set_page(B, P, bvec_len(B), bvec_offset(B));
...>
}

// A bounce page, used from its start.
@bounce_start depends on patch@
identifier fn = {prepare_read_data, prepare_read_data_cont,
                 prepare_sparse_read_cont};
expression B, P, O;
@@
fn(...)
{
<...
- bvec_replace_page(B, P);
- bvec_set_offset(B, O);
+ bvec_set_page(B, P, bvec_len(B), O);
...>
}

// A page and a length, to a bvec that was zeroed.
@zeroed depends on patch@
identifier fn = {log_writes_map};
expression B, P, L;
@@
fn(...)
{
<...
- bvec_replace_page(B, P);
- bvec_set_len(B, L);
+ bvec_set_page(B, P, L, 0);
...>
}

// raid5 has the one bvec of a bio under two names.
@alias depends on patch@
identifier fn = {ops_run_io};
identifier bi, v = {vec, rvec};
expression D, P, L, O;
expression Q;
@@
fn(...)
{
<...
(
  if (...)
-   bvec_replace_page(&D.v, Q);
+   bvec_set_page(&D.v, Q, L, O);
  else
-   bvec_replace_page(&D.v, P);
+   bvec_set_page(&D.v, P, L, O);
  bi->bi_vcnt = 1;
- bvec_set_len(&bi->bi_io_vec[0], L);
- bvec_set_offset(&bi->bi_io_vec[0], O);
|
- bvec_replace_page(&D.v, P);
+ bvec_set_page(&D.v, P, L, O);
  bi->bi_vcnt = 1;
- bvec_set_len(&bi->bi_io_vec[0], L);
- bvec_set_offset(&bi->bi_io_vec[0], O);
)
...>
}

// A bvec for each page, all but the first of them from its start.
@first depends on patch@
symbol start, end;
identifier fn = {orangefs_writepages_work};
expression B, P, O, S, E, i;
@@
fn(...)
{
<...
+ loff_t start = S;
+ loff_t end = E;
+
  set_page_writeback(P);
- bvec_replace_page(B, P);
- bvec_set_len(B, E - S);
- if (i == 0)
-   bvec_set_offset(B, O);
- else
-   bvec_set_offset(B, 0);
+ bvec_set_page(B, P, end - start,
+               i == 0 ? O : 0);
...>
}

// bch_bio_map() jumps into its loop ...
@jump depends on patch@
identifier fn = {bch_bio_map};
identifier start;
idexpression bv, base;
@@
fn(...)
{
<...
- bvec_set_offset(bv, base ? offset_in_page(base) : 0);
- goto start;
...>
}

// ... whose body needs no such start.
@loop depends on jump@
symbol len, offset;
identifier fn = {bch_bio_map};
identifier start;
idexpression bv, base, size;
expression P;
@@
fn(...)
{
<...
- bvec_set_offset(bv, 0);
- start: bvec_set_len(bv, min_t(size_t, PAGE_SIZE - bvec_offset(bv),
-                                size));
+ unsigned int offset = base ? offset_in_page(base) : 0;
+ unsigned int len = min_t(size_t, PAGE_SIZE - offset, size);
+
+ bvec_set_len(bv, len);
  if (base) {
- 	bvec_replace_page(bv,
+ 	bvec_set_page(bv,
  	P
+ 	, len, offset
  	);
-	base += bvec_len(bv);
+	base += len;
  }
- size -= bvec_len(bv);
+ size -= len;
...>
}
