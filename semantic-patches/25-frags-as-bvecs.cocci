// SPDX-License-Identifier: GPL-2.0-only
///
/// build bvecs from the frags of an skb
///
/// kcm_write_msgs() gives the frags of an skb to iov_iter_bvec() by way of a
/// cast, which relies on skb_frag_t being laid out like struct bio_vec. A bvec
/// will be a physical address and a length, which looks nothing like a frag.
/// Fill an array of bvecs. There are at most MAX_SKB_FRAGS, 17 unless
/// configured otherwise and 45 at most: 272 bytes of stack, or 720. The loop
/// over the frags is there already, for their total size.
///
/// The frags have pages: kcm_sendmsg() made them of pages, and the test of the
/// first one for a frag without a page stays as it is.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Only kcm_write_msgs(), the only place where a frag is cast.

virtual patch

// The loop over the sizes of the frags, right before the cast.
@built depends on patch@
typedef skb_frag_t;
symbol bvec, frag;
identifier fn = {kcm_write_msgs};
identifier msg, skb, msize, i;
expression D;
@@
fn(...)
{
<...
  struct msghdr msg = { ... };
+ struct bio_vec bvec[MAX_SKB_FRAGS];
  ...
  for (i = 0; i < skb_shinfo(skb)->nr_frags; i++)
-   msize += skb_frag_size(&skb_shinfo(skb)->frags[i]);
+ {
+   const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
+
+   bvec_set_page(&bvec[i], skb_frag_page(frag), skb_frag_size(frag),
+                 skb_frag_off(frag));
+   msize += skb_frag_size(frag);
+ }
- iov_iter_bvec(&msg.msg_iter, D,
-               (const struct bio_vec *)skb_shinfo(skb)->frags,
-               skb_shinfo(skb)->nr_frags, msize);
+ iov_iter_bvec(&msg.msg_iter, D, bvec,
+               skb_shinfo(skb)->nr_frags, msize);
...>
}
