// SPDX-License-Identifier: GPL-2.0-only
///
/// say where a bvec has no memory
///
/// A bvec will be a physical address and a length. Physical address 0 can be
/// memory, so that neither a NULL page nor zeroed memory can say any more that
/// there is none. Say it with bvec_set_none(), and ask with bvec_is_none(), or
/// do not ask where there always is memory. bvec_set_none() keeps a length:
/// that of what is still to come.
///
/// erofs/zdata.c: a bvec without memory is one that needs no I/O. Its length
/// is that of the page it would have been, which z_erofs_submit_queue()
/// advances by. The part of a folio that is used in place may start beyond the
/// first page of the folio; it is computed in a variable, as the offset of a
/// bvec will always be below PAGE_SIZE.
///
/// ceph/file.c: __iter_get_bvecs() may fill in part of the array only, and
/// put_bvecs() puts the pages of that part: the rest says that it has none.
/// Its length is 0, as zeroing had it.
///
/// rbd.c: copyup_bvec_count is lowered to the pages that could be had when one
/// could not, so that each that is freed was allocated. The request fails then
/// and nothing else reads the count.
///
/// dm-log-writes.c: vec_cnt counts what log_writes_map() has given a page, so
/// that the test could not fail.
///
/// netfs/objects.c: netfs_extract_user_iter() returns the number of bvecs that
/// it filled in, and only what it filled in is unpinned, so that the test
/// could not fail.
///
/// sunrpc/xdr.c: pages[] has holes where XDRBUF_SPARSE_PAGES is set, which
/// xs_alloc_sparse_pages() fills in before data is read into them. Their
/// length is PAGE_SIZE from the start, as it was: it is what the iterator
/// skips by.
///
/// dm-crypt.c: crypt_alloc_buffer() adds nothing but pages to the bio that
/// crypt_free_buffer_pages() frees them of, so that the test could not fail.
///
/// dm-ebs-target.c: the bvecs of a bio that is mapped have memory, so that the
/// test cannot find one that has none. It stays, in the new words.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only the functions that are named here, all of which were read:
// Comments: whether there can be no page, and what its length is then, is not
// Comments: to be seen from the pattern.

virtual patch

// erofs: a bvec without memory is one that needs no I/O.
@erofs_none depends on patch@
identifier fn = {z_erofs_submit_queue};
identifier bvec;
@@
fn(...)
{
<...
(
- bvec_replace_page(&bvec, NULL);
+ bvec_set_none(&bvec, 0);
|
- !bvec_page(&bvec)
+ bvec_is_none(&bvec)
)
...>
}

// It is filled in with a page that is there already ...
@erofs_fill depends on patch@
identifier fn = {z_erofs_fill_bio_vec};
identifier bvec, zbv;
@@
fn(...)
{
<...
(
- bvec_set_offset(bvec, 0);
- bvec_set_len(bvec, PAGE_SIZE);
+ bvec_set_none(bvec, PAGE_SIZE);
|
- bvec_replace_page(bvec, zbv.page);
- DBG_BUGON(z_erofs_is_shortlived_page(bvec_page(bvec)));
+ bvec_set_page(bvec, zbv.page, PAGE_SIZE, 0);
+ DBG_BUGON(z_erofs_is_shortlived_page(zbv.page));
|
- bvec_replace_page(bvec, NULL);
+ bvec_set_none(bvec, PAGE_SIZE);
)
...>
}

// ... a part of the inode's own folio, which may start beyond its first page
@erofs_part depends on erofs_fill@
symbol offset;
identifier fn = {z_erofs_fill_bio_vec};
identifier bvec, zbv;
expression bs;
@@
fn(...)
{
<...
+ unsigned int offset = 0;
+
  if (zbv.offset < 0)
-   bvec_set_offset(bvec, round_up(-zbv.offset, bs));
+   offset = round_up(-zbv.offset, bs);
- bvec_set_len(bvec, round_up(zbv.end, bs) - bvec_offset(bvec));
+ bvec_set_page(bvec, zbv.page, round_up(zbv.end, bs) - offset, offset);
...>
}

// ... and a new page, if there is one.
@erofs_new depends on erofs_fill@
identifier fn = {z_erofs_fill_bio_vec};
identifier bvec, page;
@@
fn(...)
{
<...
- bvec_replace_page(bvec, page);
- if (!page)
+ if (!page) {
+   bvec_set_none(bvec, PAGE_SIZE);
    return;
+ }
+ bvec_set_page(bvec, page, PAGE_SIZE, 0);
...>
}

// ceph frees what was filled of an array that was zeroed. The rule would find
// its place again after itself.
@ceph_done depends on patch@
identifier fn = {iter_get_bvecs_alloc};
@@
fn(...)
{
<+...
bvec_set_none(...)
...+>
}

@ceph_array depends on patch && !ceph_done@
symbol i;
identifier fn = {iter_get_bvecs_alloc};
identifier npages;
@@
fn(...)
{
<...
  int npages;
+ int i;
...>
}

@ceph_none depends on ceph_array@
symbol i;
identifier fn = {iter_get_bvecs_alloc};
identifier bv, npages;
expression E;
@@
fn(...)
{
<...
(
  bv = kvmalloc_array(npages, ...);
|
  bv = kvmalloc_objs(*bv, npages, ...);
)
  if (!bv)
    return E;
+
+ for (i = 0; i < npages; i++)
+   bvec_set_none(&bv[i], 0);
...>
}

// rbd frees one that it found no page for.
@rbd_array depends on patch@
identifier fn = {setup_copyup_bvecs};
identifier i, page;
expression req, E;
@@
fn(...)
{
<...
  for (i = 0; i < req->copyup_bvec_count; i++) {
  ...
- if (!page)
+ if (!page) {
+   req->copyup_bvec_count = i;
    return E;
+ }
  ...
  }
...>
}

// A page of the sparse buffers of sunrpc comes when there is data for it.
@sunrpc_sparse depends on patch@
identifier fn = {xdr_alloc_bvec};
expression B, P;
@@
fn(...)
{
<...
  for (...;...;...) {
- bvec_set_page(B, P, PAGE_SIZE, 0);
+ if (P)
+   bvec_set_page(B, P, PAGE_SIZE, 0);
+ else
+   bvec_set_none(B, PAGE_SIZE);
  }
...>
}

// Tests that can find either.
@tested_not depends on patch@
identifier fn = {__ebs_rw_bvec};
expression B;
@@
fn(...)
{
<...
- !bvec_page(B)
+ bvec_is_none(B)
...>
}

// ... and the other way around.
@tested depends on patch@
identifier fn = {put_bvecs};
expression B;
statement S;
@@
fn(...)
{
<...
  if (
-     bvec_page(B)
+     !bvec_is_none(B)
     ) S
...>
}

// Tests that cannot: what was counted has a page.
@counted depends on patch@
identifier fn = {rbd_obj_request_destroy, free_pending_block,
                 netfs_free_request, netfs_deinit_request};
expression B;
statement S;
@@
fn(...)
{
<...
(
- if (bvec_page(B)) {
  S
- }
|
- if (bvec_page(B))
  S
)
...>
}

// ... or so it was assumed.
@asserted depends on patch@
identifier fn = {crypt_free_buffer_pages};
expression B;
@@
fn(...)
{
<...
- BUG_ON(!bvec_page(B));
...>
}
