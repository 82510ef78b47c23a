/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_PHYR_GUP_H
#define _LINUX_PHYR_GUP_H
/*
 * User memory, pinned, as lists of physical ranges
 *
 * What get_user_pages() does with an array of pages, these do with a list: any
 * bytes of user memory, at any alignment, and in the list the ranges beneath
 * them.  A pin is FOLL_PIN: the memory stays where it is, and is given back by
 * unpin_user_phyrs() and not by a put.
 *
 * Always true of a list made by pin_user_phyrs():
 *
 *  - it has one pin for each page of the virtual span that it describes; a
 *    page that was mapped twice is in it twice, with two pins;
 *  - all its edges are multiples of PAGE_SIZE, so that no page belongs to two
 *    ranges of one part of the span.
 */

#include <linux/phyr_list.h>
#include <linux/types.h>

struct mm_struct;

long pin_user_phyrs(unsigned long start, size_t len, unsigned int gup_flags,
		    struct phyr_list *list);
long pin_user_phyrs_remote(struct mm_struct *mm, unsigned long start,
			   size_t len, unsigned int gup_flags,
			   struct phyr_list *list, int *locked);
void unpin_user_phyrs(struct phyr_list *list, bool dirty);
void unpin_user_phyrs_range(const struct phyr_list *list, size_t pos,
			    size_t len, bool dirty);

#endif /* _LINUX_PHYR_GUP_H */
