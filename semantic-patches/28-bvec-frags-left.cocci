// SPDX-License-Identifier: GPL-2.0-only
///
/// report frags of a socket buffer that are taken for bvecs
///
/// No commit is made of this rule. A struct that happens to look like a bvec
/// does so no longer. 25-frags-as-bvecs.cocci copies the frags where it knows
/// the function; what is cast elsewhere is for a person to read.
///
// Confidence: High
// Options: --no-includes --include-headers
// Requires: 1.1.1
// Comments: A cast that goes through a variable or another type is not seen.

virtual patch

@cast depends on patch@
expression E;
@@
(
* (const struct bio_vec *)skb_shinfo(E)->frags
|
* (struct bio_vec *)skb_shinfo(E)->frags
)
