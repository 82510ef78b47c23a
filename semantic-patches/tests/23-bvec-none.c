// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bvecs without memory. The functions have the names that the rule knows.
 */
#include <linux/bvec.h>

static void z_erofs_fill_bio_vec(struct bio_vec *bvec, struct crate *crate)
{
	struct z_erofs_bvec zbv;
	struct page *page;

	/* Except for a part the entire page can be used */
	bvec_set_offset(bvec, 0);
	bvec_set_len(bvec, PAGE_SIZE);
repeat:
	zbv = crate->bvecs[0];
	if (!zbv.page)
		goto out_allocpage;

	bvec_replace_page(bvec, zbv.page);
	DBG_BUGON(z_erofs_is_shortlived_page(bvec_page(bvec)));

	if (crate->partial) {
		if (zbv.offset < 0)
			bvec_set_offset(bvec, round_up(-zbv.offset, crate->bs));
		bvec_set_len(bvec, round_up(zbv.end, crate->bs) - bvec_offset(bvec));
		return;
	}
	if (crate->uptodate) {
		bvec_replace_page(bvec, NULL);
		return;
	}
out_allocpage:
	page = crate_page(crate);
	if (crate->bvecs[0].page != zbv.page)
		goto repeat;
	bvec_replace_page(bvec, page);
	if (!page)
		return;
	consume(bvec);
}

static void z_erofs_submit_queue(struct crate *crate, u64 cur, u64 end)
{
	struct bio_vec bvec;

	do {
		bvec_replace_page(&bvec, NULL);
drain:
		if (!bvec_page(&bvec)) {
			z_erofs_fill_bio_vec(&bvec, crate);
			if (!bvec_page(&bvec))
				continue;
		}
		if (consume(&bvec) < 0)
			goto drain;
	} while ((cur += bvec_len(&bvec)) < end);
}

static ssize_t iter_get_bvecs_alloc(struct iov_iter *iter, struct bio_vec **bvecs)
{
	struct bio_vec *bv;
	int npages;

	npages = iov_iter_npages(iter, INT_MAX);
	bv = kvmalloc_array(npages, sizeof(*bv), GFP_KERNEL | __GFP_ZERO);
	if (!bv)
		return -ENOMEM;

	*bvecs = bv;
	return fill_some(iter, bv);
}

static void put_bvecs(struct bio_vec *bvecs, int num_bvecs)
{
	int i;

	for (i = 0; i < num_bvecs; i++) {
		if (bvec_page(&bvecs[i]))
			put_page(bvec_page(&bvecs[i]));
	}
}

static int setup_copyup_bvecs(struct rbd_obj_request *req)
{
	u32 i;

	for (i = 0; i < req->copyup_bvec_count; i++) {
		struct page *page = alloc_page(GFP_NOIO);

		if (!page)
			return -ENOMEM;

		bvec_set_page(&req->copyup_bvecs[i], page, PAGE_SIZE, 0);
	}
	return 0;
}

static void rbd_obj_request_destroy(struct rbd_obj_request *req)
{
	u32 i;

	for (i = 0; i < req->copyup_bvec_count; i++) {
		if (bvec_page(&req->copyup_bvecs[i]))
			__free_page(bvec_page(&req->copyup_bvecs[i]));
	}
}

static void netfs_free_request(struct netfs_io_request *req)
{
	unsigned int i;

	for (i = 0; i < req->direct_bv_count; i++) {
		if (bvec_page(&req->direct_bv[i])) {
			if (req->direct_bv_unpin)
				unpin_user_page(bvec_page(&req->direct_bv[i]));
		}
	}
}

int xdr_alloc_bvec(struct xdr_buf *buf, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		bvec_set_page(&buf->bvec[i], buf->pages[i], PAGE_SIZE,
			      0);
	}
	return 0;
}

static int __ebs_rw_bvec(struct bio_vec *bv, unsigned int len)
{
	if (unlikely(!bvec_page(bv) || !len))
		return -EIO;
	return consume(bv);
}

static void crypt_free_buffer_pages(struct crypt_config *cc, struct bio *clone)
{
	struct bio_vec *bv;
	struct bvec_iter_all iter_all;

	bio_for_each_segment_all(bv, clone, iter_all) {
		BUG_ON(!bvec_page(bv));
		mempool_free(bvec_page(bv), &cc->page_pool);
	}
}

/* What must not change. */

static void test_nobody_read_stays(struct bio_vec *bv)
{
	if (bvec_page(bv))
		put_page(bvec_page(bv));
}

static int negated_test_nobody_read_stays(struct bio_vec *bv)
{
	return !bvec_page(bv) ? -EIO : 0;
}

static void assertion_nobody_read_stays(struct bio_vec *bv)
{
	BUG_ON(!bvec_page(bv));
	consume(bv);
}

static void store_of_null_nobody_read_stays(struct bio_vec *bv)
{
	bvec_replace_page(bv, NULL);
}

static struct bio_vec *zeroed_array_nobody_read_stays(int npages)
{
	struct bio_vec *bv;

	bv = kvmalloc_array(npages, sizeof(*bv), GFP_KERNEL | __GFP_ZERO);
	if (!bv)
		return NULL;
	return fill_some_others(bv);
}

static int pages_that_are_no_request_stay(struct crate *crate)
{
	u32 i;

	for (i = 0; i < crate->n; i++) {
		struct page *page = alloc_page(GFP_NOIO);

		if (!page)
			return -ENOMEM;

		bvec_set_page(&crate->bvec[i], page, PAGE_SIZE, 0);
	}
	return 0;
}

static void free_pending_block(struct pending_block *block)
{
	struct page *page = block->page;

	if (page)
		__free_page(page);
	if (block->data)
		kfree(block->data);
}

static void page_that_may_be_null_nobody_read_stays(struct xdr_buf *buf)
{
	size_t i;

	for (i = 0; i < buf->n; i++)
		bvec_set_page(&buf->bvec[i], buf->pages[i], PAGE_SIZE, 0);
}

static void comparison_of_pages_stays(struct bio_vec *bv, struct page *page)
{
	if (bvec_page(bv) == page)
		consume(bv);
}

static void netfs_deinit_request(struct netfs_io_request *req)
{
	if (req->direct_bv_unpin)
		unpin_user_page(bvec_page(&req->direct_bv[0]));
}
