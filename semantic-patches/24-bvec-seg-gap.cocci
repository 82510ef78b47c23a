// SPDX-License-Identifier: GPL-2.0-only
///
/// find gaps between segments by address
///
/// bvec_seg_gap() tells the lowest bit by which one bvec ends, or the next
/// one begins, beside a boundary, from the offsets. A driver holds it against
/// the pages of an IOMMU, which can be larger than those of the CPU.
///
/// A bvec will be a physical address and a length, and its offset the one in
/// the page: one that begins with a tail page of a folio would be told to
/// begin at any boundary. Take the addresses, which tell the same bit below
/// the size of a page, and the right one above it.
///
/// Bits from 1 GiB on are left out. req_phys_gap_mask() shifts an int by what
/// is found, and an address can end in more zeros than an offset.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: v7.3 has it, the others have not.

virtual patch

@gathered depends on patch@
identifier fn = {bvec_seg_gap};
expression A, B;
@@
fn(...)
{
<...
- bvec_offset(A) | (bvec_offset(B) + bvec_len(B))
+ (bvec_phys(A) | (bvec_phys(B) + bvec_len(B))) & (SZ_1G - 1)
...>
}
