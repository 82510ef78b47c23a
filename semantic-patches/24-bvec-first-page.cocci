// SPDX-License-Identifier: GPL-2.0-only
///
/// rely on no page but that of a bvec's first byte
///
/// A bvec will be a physical address and a length. Its page is then that of
/// its first byte, and its offset, which counts from that page, is always
/// below PAGE_SIZE: a bvec that moves to the end of its page has the next one,
/// and one that starts inside a large folio has not the folio's first page.
///
/// dm-integrity.c, __journal_read_write(): the inner loop moves the bvec up to
/// its end, which can be that of the page. What is mapped, and flushed after
/// the loop, is the page it started with. Keep that in a variable. The offset
/// is added to the mapping only while there are bytes left, inside the page.
///
/// io_uring/rsrc.c: a registered buffer of large folios has bvecs that start
/// with the first page of a folio, and the code below wants to know how far
/// into the folio the first one starts. A folio is aligned to its size in
/// physical memory, so that this is the low bits of the address: the offset as
/// it is today, and 0 for all bvecs but the first. A piece of a bvec is then
/// that many bytes closer to the start of the bvec than to that of the folio,
/// which adds up to the same for the bvecs of today.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only the functions that are named here, all of which were read.

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

// ... and what is meant is the page it had before.
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

// io_uring counts in folios.
@folio_segments depends on patch@
symbol bvec, nr_segs, offset, len, folio_mask, folio_off;
identifier fn = {io_import_fixed};
identifier imu;
@@
fn(...)
{
<+...
- nr_segs = (offset + len + bvec_offset(bvec) + folio_mask)
-           >> imu->folio_shift;
+ folio_off = bvec_phys(bvec) & folio_mask;
+ nr_segs = (offset + len + folio_off + folio_mask) >> imu->folio_shift;
...+>
}

@folio_declared depends on folio_segments@
symbol folio_mask, folio_off;
identifier fn = {io_import_fixed};
@@
fn(...)
{
<...
  size_t folio_mask;
+ size_t folio_off;
...>
}

@folio_start depends on patch@
symbol folio_mask, offset;
identifier fn = {io_vec_fill_bvec};
identifier imu;
@@
fn(...)
{
<...
- offset += bvec_offset(&imu->bvec[0]);
+ offset += bvec_phys(&imu->bvec[0]) & folio_mask;
...>
}

@folio_part depends on patch@
symbol folio_off, folio_mask, offset, seg_size;
identifier fn = {io_vec_fill_bvec};
identifier src;
expression B, L;
@@
fn(...)
{
<...
  size_t seg_size = L;
+ size_t folio_off = bvec_phys(src) & folio_mask;
- bvec_set_page(B, bvec_page(src), seg_size, offset);
+ bvec_set_page(B, bvec_page(src), seg_size,
+               bvec_offset(src) + offset - folio_off);
...>
}
