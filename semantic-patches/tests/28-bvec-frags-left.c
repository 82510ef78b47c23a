// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must be found. The lines are marked by taking them out.
 */
#include <linux/bvec.h>
#include <linux/skbuff.h>

static void cast_of_frags(struct iov_iter *iter, struct sk_buff *skb)
{
	iov_iter_bvec(iter, ITER_SOURCE,
		      (const struct bio_vec *)skb_shinfo(skb)->frags,
		      skb_shinfo(skb)->nr_frags, skb->len);
}

static struct bio_vec *frags_that_are_written(struct sk_buff *skb)
{
	return (struct bio_vec *)skb_shinfo(skb)->frags;
}

/* What must not be. */

static skb_frag_t *frags_as_they_are(struct sk_buff *skb)
{
	return skb_shinfo(skb)->frags;
}

static struct bio_vec *bvecs_of_another(struct request *rq)
{
	return (struct bio_vec *)rq->private;
}

static const struct page *page_of_a_frag(struct sk_buff *skb)
{
	return skb_frag_page(&skb_shinfo(skb)->frags[0]);
}
