// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages and offsets that are not those of a bvec's first byte. The functions
 * have the names that the rule knows.
 */
#include <linux/bvec.h>

static bool __journal_read_write(struct crate *crate, struct bio *bio)
{
	do {
		struct bio_vec bv = bio_iovec(bio);
		char *mem;

		bio_advance_iter(bio, &bio->bi_iter, bvec_len(&bv));
retry_kmap:
		mem = kmap_local_page(bvec_page(&bv));
		do {
			struct bio_vec other = crate_bvec(crate);

			if (crate_busy(crate)) {
				flush_dcache_page(bvec_page(&bv));
				kunmap_local(mem);
				goto retry_kmap;
			}
			BUG_ON(PageHighMem(bvec_page(&other)));
			memcpy(bvec_virt(&other), mem + bvec_offset(&bv), 512);
			bvec_add_offset(&bv, 512);
		} while (bvec_sub_len(&bv, 512));
		flush_dcache_page(bvec_page(&bv));
		kunmap_local(mem);
	} while (bio->bi_iter.bi_size);
	return false;
}

static int io_import_fixed(struct iov_iter *iter, struct io_mapped_ubuf *imu,
			   size_t offset, size_t len)
{
	const struct bio_vec *bvec = imu->bvec;
	size_t folio_mask;
	unsigned int nr_segs;

	folio_mask = (1UL << imu->folio_shift) - 1;
	nr_segs = (offset + len + bvec_offset(bvec) + folio_mask) >> imu->folio_shift;
	iov_iter_bvec(iter, ITER_DEST, bvec, nr_segs, len);
	return 0;
}

static int io_vec_fill_bvec(struct io_mapped_ubuf *imu, struct bio_vec *res,
			    size_t offset, size_t len)
{
	unsigned long folio_size = 1UL << imu->folio_shift;
	unsigned long folio_mask = folio_size - 1;
	struct bio_vec *src;

	offset += bvec_offset(&imu->bvec[0]);
	src = imu->bvec + (offset >> imu->folio_shift);
	offset &= folio_mask;
	for (; len; offset = 0, src++) {
		size_t seg_size = min_t(size_t, len, folio_size - offset);

		bvec_set_page(res++, bvec_page(src), seg_size, offset);
		len -= seg_size;
	}
	return 0;
}

/* What must not change. */

static void bvec_that_moves_elsewhere_stays(struct bio *bio)
{
	struct bio_vec bv = bio_iovec(bio);
	char *mem;

	mem = kmap_local_page(bvec_page(&bv));
	bvec_add_offset(&bv, 512);
	flush_dcache_page(bvec_page(&bv));
	kunmap_local(mem);
}

static unsigned int folios_elsewhere_stay(struct io_mapped_ubuf *imu,
					  size_t offset, size_t len)
{
	const struct bio_vec *bvec = imu->bvec;
	size_t folio_mask = (1UL << imu->folio_shift) - 1;

	return (offset + len + bvec_offset(bvec) + folio_mask) >> imu->folio_shift;
}

static void offset_of_a_page_stays(struct bio_vec *to, struct bio_vec *from)
{
	size_t seg_size = bvec_len(from);

	bvec_set_page(to, bvec_page(from), seg_size, bvec_offset(from));
}
