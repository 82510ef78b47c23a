// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parts of a bvec that are stored by themselves. The functions have the names
 * that the rule knows.
 */
#include <linux/bvec.h>

struct bio *__blk_queue_bounce(struct bio *bio)
{
	struct bio_vec *to;
	unsigned int i;

	for (i = 0, to = bio->bi_io_vec; i < bio->bi_vcnt; to++, i++) {
		struct page *bounce = mempool_alloc(&page_pool, GFP_NOIO);

		bvec_replace_page(to, bounce);
	}
	return bio;
}

static int prepare_read_data(struct crate *crate)
{
	struct bio_vec bv;

	crate_piece(crate, &bv);
	if (crate->bounce) {
		bvec_replace_page(&bv, crate->bounce);
		bvec_set_offset(&bv, 0);
	}
	return consume(&bv);
}

static int log_writes_map(struct pending_block *block, struct bio_vec *bv)
{
	struct page *page = alloc_page(GFP_NOIO);

	if (!page)
		return -ENOMEM;
	bvec_replace_page(&block->vecs[block->vec_cnt], page);
	bvec_set_len(&block->vecs[block->vec_cnt], bvec_len(bv));
	block->vec_cnt++;
	return 0;
}

static void ops_run_io(struct stripe_head *sh, int i, bool read)
{
	struct bio *bi = &sh->dev[i].req;
	struct bio *rbi = &sh->dev[i].rreq;

	if (read)
		bvec_replace_page(&sh->dev[i].vec, sh->dev[i].orig_page);
	else
		bvec_replace_page(&sh->dev[i].vec, sh->dev[i].page);
	bi->bi_vcnt = 1;
	bvec_set_len(&bi->bi_io_vec[0], RAID5_STRIPE_SIZE(sh->conf));
	bvec_set_offset(&bi->bi_io_vec[0], sh->dev[i].offset);
	submit_bio(bi);

	bvec_replace_page(&sh->dev[i].rvec, sh->dev[i].page);
	rbi->bi_vcnt = 1;
	bvec_set_len(&rbi->bi_io_vec[0], RAID5_STRIPE_SIZE(sh->conf));
	bvec_set_offset(&rbi->bi_io_vec[0], sh->dev[i].offset);
	submit_bio(rbi);
}

static int orangefs_writepages_work(struct crate *crate)
{
	int i;

	for (i = 0; i < crate->n; i++) {
		set_page_writeback(crate->pages[i]);
		bvec_replace_page(&crate->bv[i], crate->pages[i]);
		bvec_set_len(&crate->bv[i], min(crate->end,
						piece_end(crate, i)) -
			     max(crate->start, piece_start(crate, i)));
		if (i == 0)
			bvec_set_offset(&crate->bv[i], crate->start);
		else
			bvec_set_offset(&crate->bv[i], 0);
	}
	return consume(crate);
}

void bch_bio_map(struct bio *bio, void *base)
{
	size_t size = bio->bi_iter.bi_size;
	struct bio_vec *bv = bio->bi_io_vec;

	BUG_ON(bio->bi_vcnt);

	bvec_set_offset(bv, base ? offset_in_page(base) : 0);
	goto start;

	for (; size; bio->bi_vcnt++, bv++) {
		bvec_set_offset(bv, 0);
start:		bvec_set_len(bv, min_t(size_t, PAGE_SIZE - bvec_offset(bv),
					     size));
		if (base) {
			bvec_replace_page(bv, virt_to_page(base));

			base += bvec_len(bv);
		}

		size -= bvec_len(bv);
	}
}

/* What must not change. */

static void function_nobody_read_stays(struct bio_vec *bv, struct page *page)
{
	bvec_replace_page(bv, page);
	bvec_set_offset(bv, 0);
}

static int prepare_read_data_cont(struct crate *crate)
{
	struct bio_vec bv;

	crate_piece(crate, &bv);
	bvec_replace_page(&bv, crate->bounce);
	look_at(&bv);
	bvec_set_offset(&bv, 0);
	return consume(&bv);
}

static int prepare_sparse_read_cont(struct crate *crate)
{
	struct bio_vec bv, other;

	crate_piece(crate, &bv);
	bvec_replace_page(&bv, crate->bounce);
	bvec_set_offset(&other, 0);
	return consume(&bv, &other);
}

static void alias_nobody_read_stays(struct stripe_head *sh, struct bio *bi)
{
	bvec_replace_page(&sh->dev[0].vec, sh->dev[0].page);
	bi->bi_vcnt = 1;
	bvec_set_len(&bi->bi_io_vec[0], RAID5_STRIPE_SIZE(sh->conf));
	bvec_set_offset(&bi->bi_io_vec[0], sh->dev[0].offset);
}

static void loop_that_is_entered_by_a_jump_stays(struct bio_vec *bv, int size)
{
	bvec_set_offset(bv, 4);
	goto start;

	for (; size; bv++) {
		bvec_set_offset(bv, 0);
start:		bvec_set_len(bv, min_t(size_t, PAGE_SIZE - bvec_offset(bv),
				       size));
		size -= bvec_len(bv);
	}
}

static void length_by_itself_stays(struct bio_vec *bv)
{
	bvec_set_len(bv, 4);
	bvec_add_offset(bv, 4);
	bvec_sub_len(bv, 4);
}

static void whole_bvec_stays(struct bio_vec *bv, struct page *page)
{
	bvec_set_page(bv, page, PAGE_SIZE, 0);
}
