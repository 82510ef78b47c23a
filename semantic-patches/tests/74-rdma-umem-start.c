// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of the first entry of a umem's scatterlist. */

void doorbell_gets_dma_address_of_first_page(struct db *db, struct page_of_db *page, unsigned long virt)
{
	db->dma = sg_dma_address(page->umem->sgt_append.sgt.sgl) +
		  (virt & ~PAGE_MASK);
}

void doorbell_gets_virtual_address_of_first_page(struct db *db, struct page_of_db *page, unsigned int offset)
{
	db->virt_addr = sg_virt(page->umem->sgt_append.sgt.sgl) + offset;
}

void first_page_is_remembered(struct mr *mr, struct ib_umem *region)
{
	mr->sq_page = sg_page(region->sgt_append.sgt.sgl);
}

int named_entry_goes(struct srq *srq, int access)
{
	struct scatterlist *sg;
	int rc;

	rc = queue(srq, access);
	if (rc)
		return rc;

	sg = srq->prod_umem->sgt_append.sgt.sgl;
	srq->hw_srq.phy_prod_pair_addr = sg_dma_address(sg);

	return 0;
}

/* The entry is used for more than its address. */
int entry_that_is_used_again_stays(struct srq *srq)
{
	struct scatterlist *sg;

	sg = srq->prod_umem->sgt_append.sgt.sgl;
	srq->addr = sg_dma_address(sg);
	return sg_dma_len(sg);
}

u64 loop_over_entries_stays(struct ib_umem *umem)
{
	struct scatterlist *sg;
	u64 len = 0;
	int i;

	for_each_sgtable_dma_sg(&umem->sgt_append.sgt, sg, i)
		len += sg_dma_len(sg);
	return len;
}

dma_addr_t address_of_another_scatterlist_stays(struct sg_table *sgt)
{
	return sg_dma_address(sgt->sgl);
}

dma_addr_t second_entry_stays(struct ib_umem *umem)
{
	return sg_dma_address(sg_next(umem->sgt_append.sgt.sgl));
}

unsigned int length_of_first_entry_stays(struct ib_umem *umem)
{
	return sg_dma_len(umem->sgt_append.sgt.sgl);
}
