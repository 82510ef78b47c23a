// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must be found. The lines are marked by taking them out.
 */
#include <linux/bvec.h>

static void page_by_itself(struct bio_vec *bv, struct page *page)
{
	bvec_replace_page(bv, page);
	consume(bv);
}

static void offset_by_itself(struct bio_vec *bv)
{
	bvec_set_offset(&bv[1], 0);
	consume(bv);
}

static int negated_test(struct bio_vec *bv)
{
	if (unlikely(!bvec_page(bv)))
		return -EIO;
	return consume(bv);
}

static int test_without_null(struct bio_vec *bv, int n)
{
	bool ready = n && bvec_page(bv);

	return ready ? consume(bv) : -EIO;
}

static int comparison_with_null(struct bio_vec *bv)
{
	return bvec_page(bv) == NULL ? -EIO : 0;
}

static int test_of_a_variable(struct bio_vec *bv)
{
	struct page *page;

	page = bvec_page(bv);
	if (!page)
		return -EIO;
	return consume_page(page);
}

static int test_of_a_new_variable(struct bio_vec *bv)
{
	struct page *page = bvec_page(bv);

	prepare(bv);
	if (page)
		return consume_page(page);
	return -EIO;
}

static void null_for_a_page(struct bio_vec *bv)
{
	bvec_set_page(bv, NULL, 0, 0);
	consume(bv);
}

/* What must not be. */

static void whole_bvec(struct bio_vec *bv, struct page *page)
{
	bvec_set_page(bv, page, PAGE_SIZE, 0);
}

static void no_bvec(struct bio_vec *bv)
{
	bvec_set_none(bv, PAGE_SIZE);
}

static int test_of_the_memory(struct bio_vec *bv)
{
	return bvec_is_none(bv) ? -EIO : 0;
}

static int test_of_what_a_page_is(struct bio_vec *bv)
{
	if (PageHighMem(bvec_page(bv)))
		return -EIO;
	return !sendpage_ok(bvec_page(bv));
}

static int comparison_of_pages(struct bio_vec *bv, struct page *page)
{
	if (bvec_page(bv) == page)
		return 0;
	return bvec_page(bv) != ZERO_PAGE(0);
}

static int variable_that_becomes_another_page(struct bio_vec *bv)
{
	struct page *page = bvec_page(bv);

	if (bvec_len(bv) == PAGE_SIZE)
		return consume_page(page);
	page = alloc_page(GFP_NOIO);
	if (!page)
		return -ENOMEM;
	return consume_page(page);
}

static int test_of_another_page(struct bio_vec *bv, struct page *page)
{
	if (!page)
		return -EIO;
	bvec_set_page(bv, page, PAGE_SIZE, 0);
	return 0;
}

static void bvec_that_moves(struct bio_vec *bv)
{
	bvec_add_offset(bv, 4);
	bvec_sub_len(bv, 4);
}

static void cast_of_something_else(struct iov_iter *iter, struct bio *bio)
{
	bio->bi_io_vec = (struct bio_vec *)iter->bvec;
}

static int test_of_the_bvec(struct bio_vec *bv)
{
	if (!bv)
		return -EIO;
	return consume(bv);
}
