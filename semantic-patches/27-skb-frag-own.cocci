// SPDX-License-Identifier: GPL-2.0-only
///
/// give skb_frag_t a struct of its own
///
/// skb_frag_t is a typedef of struct bio_vec. A bvec will be a physical
/// address and a length, but a frag has to stay a page, a size and an offset,
/// which can be beyond the page, for its users. Give it a struct with these
/// three, in the same order and of the same types, and let its accessors use
/// them. hfi1 is the only user that reads a field without an accessor.
///
/// Nobody uses a frag as a bvec or a bvec as a frag in this tree. One that did
/// would not compile any more. BPF programs that use CO-RE on a frag's
/// bv_page, bv_len and bv_offset have to look for page, len and offset of
/// struct skb_frag.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: Empty where skb_frag_t is a struct already. All in one commit: the
// Comments: fields of the old type are gone with it.

virtual patch

// The type ...
@own depends on patch@
@@
- typedef struct bio_vec skb_frag_t;
+ typedef struct skb_frag {
+ 	struct page *page;
+ 	unsigned int len;
+ 	unsigned int offset;
+ } skb_frag_t;

// ... and its fields, wherever they are named.
@fields depends on patch@
typedef skb_frag_t;
skb_frag_t *f;
@@
(
- f->bv_page
+ f->page
|
- f->bv_len
+ f->len
|
- f->bv_offset
+ f->offset
)
