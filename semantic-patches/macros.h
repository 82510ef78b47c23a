/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What spatch must know of the kernel's macros to parse the functions that use
 * a bvec. A function that spatch cannot parse is passed over without a word,
 * so each line here is one that was found missing. The definitions give the
 * shape of the code, a type or a statement, and not its meaning.
 */

/* declarations that start with a macro */
#define DARRAY_PREALLOCATED(type, nr)	struct darray
#define BKEY_PADDED(key)		struct bkey_padded
