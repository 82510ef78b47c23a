// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fields of a bvec that a function returns.
 */
#include <linux/bvec.h>

static void first_statement_of_a_function(struct request *rq)
{
	unmap_bytes(rq, rq_integrity_vec(rq).bv_len, DMA_TO_DEVICE);
}

static void first_statement_of_a_block(struct request *rq, int n)
{
	int left = n;

	if (left) {
		unmap_bytes(rq,
			    rq_integrity_vec(rq).bv_len,
			    DMA_TO_DEVICE);
		return;
	}
	unmap_all(rq);
}

static void first_statement_after_the_variables(struct request *rq)
{
	if (prepare(rq->bio)) {
		struct crate *crate = rq->crate;

		unmap_bytes(crate, rq_integrity_vec(rq).bv_len, DMA_TO_DEVICE);
	}
}

static unsigned int returned_at_once(struct bio *bio)
{
	return bio_iovec(bio).bv_len;
}

static unsigned int returned_after_a_check(struct bio *bio)
{
	if (!bio)
		return 0;
	return bio_iovec(bio).bv_len;
}

static unsigned int returned_beside_other_variables(struct bio *bio)
{
	int rc = prepare(bio);

	if (rc)
		return 0;
	return bio_iovec(bio).bv_offset;
}

/* What must not change. */

static void variable_stays(struct bio *bio)
{
	struct bio_vec first = bio_iovec(bio);

	consume_bytes(first.bv_len);
}

static unsigned int pointer_stays(struct bio *bio)
{
	return bio_first_bvec_all(bio)->bv_len;
}

static void loop_condition_stays(struct bio *bio)
{
	while (bio_iovec(bio).bv_len)
		step(bio);
}

static bool condition_stays(struct bio *bio, bool known)
{
	if (known && bio_iovec(bio).bv_len > 4)
		return true;
	return false;
}

static void name_that_is_taken_stays(struct request *rq, struct bio_vec *bv)
{
	unmap_bytes(rq, rq_integrity_vec(rq).bv_len, bv);
}

static void gap_later_statement(struct request *rq)
{
	prepare(rq->bio);
	unmap_bytes(rq, rq_integrity_vec(rq).bv_len, DMA_TO_DEVICE);
}

static void gap_assigned(struct bio *bio, unsigned int *len)
{
	*len = bio_iovec(bio).bv_len;
}
