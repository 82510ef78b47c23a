// SPDX-License-Identifier: GPL-2.0-only
///
/// ask the umem for its first page
///
/// A scatterlist is no longer going to be in a umem. What is wanted of it
/// here is where the page is that the umem starts in, for the device or for
/// the CPU, and there are helpers for that now. ib_umem_page_dma_addr() is
/// the DMA address of that page and not that of the first byte, as
/// sg_dma_address() of the first entry was.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only the first entry. Loops over a umem's scatterlist are left
// alone: what they want differs.

virtual patch

// The entry has a name first. Nothing else is asked of it.
@named depends on patch@
expression E, D;
identifier sg;
@@
- struct scatterlist *sg;
  ... when != sg
- sg = E->sgt_append.sgt.sgl;
- D = sg_dma_address(sg);
+ D = ib_umem_page_dma_addr(E);
  ... when != sg

@address depends on patch@
expression E;
@@
- sg_dma_address(E->sgt_append.sgt.sgl)
+ ib_umem_page_dma_addr(E)

@virtual_address depends on patch@
expression E;
@@
- sg_virt(E->sgt_append.sgt.sgl)
+ page_address(ib_umem_start_page(E))

@first_page depends on patch@
expression E;
@@
- sg_page(E->sgt_append.sgt.sgl)
+ ib_umem_start_page(E)
