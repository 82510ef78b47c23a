// SPDX-License-Identifier: GPL-2.0-only
///
/// test addresses against the virt boundary
///
/// A segment may begin and end inside a request only where no bit of
/// virt_boundary_mask is set. What is tested is the offset of a bvec, which is
/// as good as the address up to the alignment of the page it counts from.
///
/// Where the mask is wider than a page, that is no page but the first one of a
/// large folio. A bvec will be a physical address and a length, whose offset
/// is the one in the page, and a bvec that begins with a tail page would pass
/// that does not today. Test the address, which the mask is about.
///
/// With a mask of a page or less, all answers are the same. With a wider one,
/// those for what counts from a folio of at least that alignment are. Anything
/// else was taken for aligned wherever its page is, and is not any more: the
/// mask is kept there, too. Less is merged, nothing with a request that begins
/// unaligned, and passthrough that needs a second bio for what used to be
/// merged is refused, as it is for scattered pages.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Every function that takes a part in it is named, or calls
// Comments: bvec_gap_to_prev().

virtual patch

// The test itself.
@test depends on patch@
identifier fn = {__bvec_gap_to_prev, bvec_gap_to_prev};
identifier lim, bprv, off;
type L, B;
@@
fn(L lim, B bprv,
- unsigned int off
+ phys_addr_t addr
 )
{
<...
- off
+ addr
...>
}

@end depends on patch@
identifier fn = {__bvec_gap_to_prev, bvec_split_segs};
expression B, L, M;
@@
fn(...)
{
<...
  (
- bvec_offset(B)
+ bvec_phys(B)
  + L) & M
...>
}

// Who asks, with a bvec ...
@asked depends on patch@
identifier fn = {__bvec_gap_to_prev, bvec_gap_to_prev};
expression L, P, B;
@@
fn(L, P,
- bvec_offset(B)
+ bvec_phys(B)
 )

// ... or with what is going to be one.
@added depends on patch@
symbol page, offset;
identifier fn = {bio_add_hw_page, bio_integrity_add_page};
expression L, P;
@@
fn(...)
{
<...
 bvec_gap_to_prev(L, P,
- offset
+ page_to_phys(page) + offset
 )
...>
}

// Where the first one begins.
@first depends on patch@
expression B, Q;
@@
- bvec_offset(B)
+ bvec_phys(B)
  & queue_virt_boundary(Q)
