// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frags that are cast to bvecs. The function has the name that the rule knows.
 */
#include <linux/bvec.h>
#include <linux/skbuff.h>

static int kcm_write_msgs(struct sk_buff_head *queue, struct socket *sock)
{
	struct sk_buff *skb;
	int ret = 0;

	while ((skb = skb_peek(queue))) {
		struct msghdr msg = {
			.msg_flags = MSG_DONTWAIT | MSG_SPLICE_PAGES,
		};
		unsigned int msize;
		int i;

		msize = 0;
		for (i = 0; i < skb_shinfo(skb)->nr_frags; i++)
			msize += skb_frag_size(&skb_shinfo(skb)->frags[i]);

		iov_iter_bvec(&msg.msg_iter, ITER_SOURCE,
			      (const struct bio_vec *)skb_shinfo(skb)->frags,
			      skb_shinfo(skb)->nr_frags, msize);
		ret = sock_sendmsg(sock, &msg);
	}
	return ret;
}

/* What must not change. */

static unsigned int sizes_alone_stay(struct sk_buff *skb)
{
	struct msghdr msg = {
		.msg_flags = MSG_DONTWAIT,
	};
	unsigned int msize = 0;
	int i;

	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++)
		msize += skb_frag_size(&skb_shinfo(skb)->frags[i]);

	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, bvecs_of(skb),
		      skb_shinfo(skb)->nr_frags, msize);
	return msize;
}
