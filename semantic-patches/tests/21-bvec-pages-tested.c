// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that are stored and then tested. The functions have the names that the
 * rule knows.
 */
#include <linux/bvec.h>

static bool blk_crypto_fallback_encrypt_bio(struct bio *bio)
{
	unsigned int i;

	for (i = 0; i < bio->bi_vcnt; i++) {
		struct bio_vec *bv = &bio->bi_io_vec[i];
		struct page *bounce = mempool_alloc(pool, GFP_NOIO);

		bvec_replace_page(bv, bounce);

		if (!bounce) {
			bio->bi_status = BLK_STS_RESOURCE;
			return false;
		}
		encrypt(bv);
	}
	return true;
}

static size_t xs_alloc_sparse_pages(struct xdr_buf *buf, size_t n, gfp_t gfp)
{
	size_t i;

	for (i = 0; i < n; i++) {
		buf->pages[i] = alloc_page(gfp);
		bvec_replace_page(&buf->bvec[i], buf->pages[i]);
		if (!buf->pages[i])
			return i;
	}
	return n;
}

static int setup_copyup_bvecs(struct rbd_obj_request *req, u64 overlap)
{
	u32 i;

	for (i = 0; i < req->copyup_bvec_count; i++) {
		unsigned int len = min(overlap, (u64)PAGE_SIZE);

		bvec_replace_page(&req->copyup_bvecs[i],
				  alloc_page(GFP_NOIO));
		if (!bvec_page(&req->copyup_bvecs[i]))
			return -ENOMEM;

		bvec_set_offset(&req->copyup_bvecs[i], 0);
		bvec_set_len(&req->copyup_bvecs[i], len);
		overlap -= len;
	}
	return 0;
}

static ssize_t hl_direct_io(struct crate *crate, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		bvec_replace_page(&crate->bv[i], crate_page(crate, i));
		if (!bvec_page(&crate->bv[i])) {
			crate_error(crate);
			return -EFAULT;
		}
		bvec_set_offset(&crate->bv[i], 0);
		bvec_set_len(&crate->bv[i], PAGE_SIZE);
	}
	return 0;
}

static blk_status_t sd_setup_unmap_cmnd(struct request *rq)
{
	unsigned int data_len = 24;
	blk_status_t ret;

	bvec_replace_page(&rq->special_vec,
			  mempool_alloc(sd_page_pool, GFP_ATOMIC));
	if (!bvec_page(&rq->special_vec))
		return BLK_STS_RESOURCE;
	clear_highpage(bvec_page(&rq->special_vec));
	bvec_set_offset(&rq->special_vec, 0);
	bvec_set_len(&rq->special_vec, data_len);
	ret = prepare(rq);
	return ret;
}

int bch_bio_alloc_pages(struct bio *bio, gfp_t gfp_mask)
{
	struct bio_vec *bv;
	int i;

	for (i = 0, bv = bio->bi_io_vec; i < bio->bi_vcnt; bv++, i++) {
		bvec_replace_page(bv, alloc_page(gfp_mask));
		if (!bvec_page(bv)) {
			while (--bv >= bio->bi_io_vec)
				__free_page(bvec_page(bv));
			return -ENOMEM;
		}
	}
	return 0;
}

static void do_btree_node_write(struct btree *b)
{
	struct bset *i = btree_bset_last(b);

	bch_bio_map(b->bio, i);
	if (!bch_bio_alloc_pages(b->bio, GFP_NOWAIT)) {
		struct bio_vec *bv;
		void *addr = (void *) ((unsigned long) i & ~(PAGE_SIZE - 1));
		struct bvec_iter_all iter_all;

		bio_for_each_segment_all(bv, b->bio, iter_all) {
			memcpy(page_address(bvec_page(bv)), addr, PAGE_SIZE);
			addr += PAGE_SIZE;
		}
		submit(b);
	} else {
		bch_bio_map(b->bio, i);
	}
}

static int svc_rdma_build_read_segment(struct svc_rqst *rqstp,
				       struct recv_ctxt *head, unsigned int len)
{
	unsigned int i, seg_len;

	for (i = 0; i < head->nents; i++) {
		seg_len = min_t(unsigned int, len,
				PAGE_SIZE - head->rc_pageoff);

		if (!head->rc_pageoff)
			head->rc_page_count++;

		bvec_set_page(&head->bvec[i],
			      rqstp->rq_pages[head->rc_curpage],
			      seg_len, head->rc_pageoff);

		head->rc_pageoff += seg_len;
		if (head->rc_pageoff == PAGE_SIZE)
			head->rc_curpage++;
		len -= seg_len;

		if (len && head->rc_curpage + 1 > rqstp->rq_maxpages)
			goto out_put;
	}
	return 0;

out_put:
	give_back(head);
	return -EINVAL;
}

/* What must not change. */

static int function_nobody_read_stays(struct bio_vec *bv)
{
	bvec_replace_page(bv, alloc_page(GFP_NOIO));
	if (!bvec_page(bv))
		return -ENOMEM;
	return 0;
}

static int variable_in_such_a_function_stays(struct bio_vec *bv)
{
	struct page *bounce = mempool_alloc(pool, GFP_NOIO);

	bvec_replace_page(bv, bounce);
	if (!bounce)
		return -ENOMEM;
	return 0;
}

static blk_status_t sd_setup_write_same16_cmnd(struct request *rq)
{
	blk_status_t ret;

	bvec_replace_page(&rq->special_vec,
			  mempool_alloc(sd_page_pool, GFP_ATOMIC));
	if (!bvec_page(&rq->special_vec))
		return BLK_STS_RESOURCE;
	clear_highpage(bvec_page(&rq->special_vec));
	bvec_set_offset(&rq->special_vec, offset_that_nobody_read(rq));
	bvec_set_len(&rq->special_vec, 24);
	ret = prepare(rq);
	return ret;
}

static blk_status_t sd_setup_write_same10_cmnd(struct request *rq)
{
	struct page *page;
	blk_status_t ret;

	page = mempool_alloc(sd_page_pool, GFP_ATOMIC);
	if (!page)
		return BLK_STS_RESOURCE;
	bvec_set_page(&rq->special_vec, page, 24, 0);
	ret = prepare(rq);
	return ret;
}

static void pages_for_a_bio_that_was_not_mapped_stay(struct btree *b)
{
	if (!bch_bio_alloc_pages(b->bio, GFP_NOWAIT)) {
		struct bio_vec *bv;
		void *addr = (void *) ((unsigned long) b & ~(PAGE_SIZE - 1));
		struct bvec_iter_all iter_all;

		bio_for_each_segment_all(bv, b->bio, iter_all)
			consume(bv, addr);
	} else {
		give_up(b);
	}
}

static void page_replaced_without_a_test_stays(struct bio_vec *bv)
{
	bvec_replace_page(bv, any_page());
	consume(bv);
}

static void store_of_a_whole_bvec_stays(struct bio_vec *bv, struct page *page)
{
	if (!page)
		return;
	bvec_set_page(bv, page, PAGE_SIZE, 0);
}
