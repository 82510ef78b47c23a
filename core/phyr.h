/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_PHYR_H
#define _LINUX_PHYR_H
/*
 * Physical ranges
 *
 * A struct phyr is one range of CPU physical memory, byte granular: the
 * physical address of the first byte and a length.  It says which bytes, and
 * nothing else: it holds no reference, no mapping and no attribute, and it may
 * be copied by assignment.  Whoever fills it keeps the memory alive for as
 * long as it is used.
 *
 * Always true of a range made by the functions below:
 *
 *  - it does not wrap: its last byte has a physical address;
 *  - it may end at the very top of the physical address space;
 *  - it does not start at PHYR_NONE.
 *
 * Words used here:
 *
 *  addr, phys  CPU physical address of the first byte.  Never a DMA address.
 *  len         Bytes in the range.
 *  last        Physical address of the last byte, inclusive.
 *  end         Physical address after the last byte, exclusive.  It is 0 for a
 *              range that ends at the top of the address space, so order is
 *              decided by comparing with last.
 *  offset      Position of the first byte in its page, below PAGE_SIZE.
 *  none        No memory: addr is PHYR_NONE.  Physical address 0 can be valid
 *              memory, so a zeroed struct phyr is not none.
 *  empty       No bytes: len is 0.  A zeroed struct phyr is an empty range at
 *              address 0.
 *
 * PHYR_NONE is the address of the topmost byte.  That byte can be in a range
 * but cannot be the first of one; what would make such a range fails.
 *
 * Memory without a struct page
 *
 * A range may describe memory that has no struct page: reserved memory, a
 * device's BAR.  Copying, cutting and comparing addresses work on any range.
 * phyr_page(), phyr_virt() and phyr_kmap_local() need a struct page; calling
 * them without one is a bug of the caller, which warns once and gets NULL.
 * A range either has a struct page for each of its bytes or for none, and
 * where it has them, they are consecutive in the memory map.
 *
 * Why one type is enough
 *
 * struct phys_vec of some trees had the same two fields in the same order.
 * It handed the physical ranges of a device to the DMA API, and promised
 * nothing beyond "address and length".  It is no second kind of thing: whether
 * memory has a struct page is a property of the address, answered by
 * phyr_has_page(), and not of the variable that holds the address.  With two
 * types, code that may be handed RAM or device memory would exist twice, or
 * copy arrays from one type to the other; with one, what is legal on a range
 * is decided where the memory is touched.  What deserves a type of its own is
 * the DMA address, because mixing it up with a CPU address is a bug that no
 * run-time test can find.
 */

#include <linux/errno.h>
#include <linux/io.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/phyr_types.h>
#include <linux/types.h>

/**
 * phyr_set_none() - make a range that stands for no memory
 * @p: the range
 *
 * Context: Any context.
 */
static inline void phyr_set_none(struct phyr *p)
{
	p->addr = PHYR_NONE;
	p->len = 0;
}

/**
 * phyr_is_none() - whether a range stands for no memory
 * @p: the range
 *
 * Context: Any context.
 * Return: true if @p has no address, false for any memory, at address 0 too.
 */
static inline bool phyr_is_none(const struct phyr *p)
{
	return p->addr == PHYR_NONE;
}

/**
 * phyr_is_empty() - whether a range holds no bytes
 * @p: the range
 *
 * Context: Any context.
 * Return: true if the length of @p is 0.
 */
static inline bool phyr_is_empty(const struct phyr *p)
{
	return !p->len;
}

/**
 * phyr_set() - fill in a range
 * @p: the range
 * @addr: physical address of the first byte
 * @len: number of bytes
 *
 * The range may end at the top of the physical address space, not beyond.
 * On failure @p is left unchanged.
 *
 * Context: Any context.
 * Return: 0, -EINVAL if @addr is PHYR_NONE, or -EOVERFLOW if the range would
 * end beyond the top of the physical address space.
 */
static inline int __must_check phyr_set(struct phyr *p, phys_addr_t addr,
					size_t len)
{
	phys_addr_t last;

	if (addr == PHYR_NONE)
		return -EINVAL;
	if (len && check_add_overflow(addr, len - 1, &last))
		return -EOVERFLOW;

	p->addr = addr;
	p->len = len;
	return 0;
}

/**
 * phyr_set_page() - fill in a range of memory that has a struct page
 * @p: the range
 * @page: a page, never NULL
 * @len: number of bytes
 * @offset: where the range starts, in bytes from the start of @page; may be
 *	PAGE_SIZE or more
 *
 * On failure @p is left unchanged.
 *
 * Context: Any context.
 * Return: 0, -EINVAL or -EOVERFLOW as phyr_set() returns them.
 */
static inline int __must_check phyr_set_page(struct phyr *p, struct page *page,
					     size_t len, size_t offset)
{
	phys_addr_t base = page_to_phys(page);
	phys_addr_t addr;

	if (check_add_overflow(base, offset, &addr))
		return -EOVERFLOW;
	return phyr_set(p, addr, len);
}

/**
 * phyr_phys() - physical address of the first byte of a range
 * @p: the range
 *
 * Context: Any context.
 * Return: the address, which is PHYR_NONE for no memory.
 */
static inline phys_addr_t phyr_phys(const struct phyr *p)
{
	return p->addr;
}

/**
 * phyr_len() - number of bytes in a range
 * @p: the range
 *
 * Context: Any context.
 * Return: the length in bytes.
 */
static inline size_t phyr_len(const struct phyr *p)
{
	return p->len;
}

/**
 * phyr_offset() - position of the first byte of a range in its page
 * @p: the range
 *
 * Context: Any context.
 * Return: the offset in bytes, below PAGE_SIZE.
 */
static inline unsigned int phyr_offset(const struct phyr *p)
{
	return offset_in_page(p->addr);
}

/**
 * phyr_len_in_page() - number of bytes of a range that are in its first page
 * @p: the range
 *
 * These are the bytes that may be touched through phyr_kmap_local().
 *
 * Context: Any context.
 * Return: the length in bytes, at most PAGE_SIZE.
 */
static inline size_t phyr_len_in_page(const struct phyr *p)
{
	return min_t(size_t, p->len, PAGE_SIZE - phyr_offset(p));
}

/**
 * phyr_end() - physical address after the last byte of a range
 * @p: the range
 *
 * Context: Any context.
 * Return: the address, exclusive; 0 if @p ends at the top of the physical
 * address space.  Compare with phyr_last() instead of ordering ends.
 */
static inline phys_addr_t phyr_end(const struct phyr *p)
{
	return p->addr + p->len;
}

/**
 * phyr_last() - physical address of the last byte of a range
 * @p: the range, not empty
 *
 * Context: Any context.
 * Return: the address, inclusive.
 */
static inline phys_addr_t phyr_last(const struct phyr *p)
{
	return p->addr + (p->len - 1);
}

/**
 * phyr_slice() - take a part of a range
 * @p: the range
 * @skip: where the part starts, in bytes from the start of @p
 * @len: number of bytes in the part
 * @slice: the part; may be @p
 *
 * On failure @slice is left unchanged.
 *
 * Context: Any context.
 * Return: 0, -ERANGE if the part is not inside @p, or -EINVAL if it would
 * start at PHYR_NONE.
 */
static inline int __must_check phyr_slice(const struct phyr *p, size_t skip,
					  size_t len, struct phyr *slice)
{
	size_t end;

	if (check_add_overflow(skip, len, &end) || end > p->len)
		return -ERANGE;
	return phyr_set(slice, p->addr + skip, len);
}

/**
 * phyr_advance() - drop bytes from the front of a range
 * @p: the range
 * @bytes: number of bytes to drop
 *
 * A range that is dropped whole is empty.  On failure @p is left unchanged.
 *
 * Context: Any context.
 * Return: 0, -ERANGE if @p has fewer bytes, or -EINVAL if what is left would
 * start at PHYR_NONE.
 */
static inline int __must_check phyr_advance(struct phyr *p, size_t bytes)
{
	if (bytes > p->len)
		return -ERANGE;
	return phyr_slice(p, bytes, p->len - bytes, p);
}

/**
 * phyr_split() - cut a range in two
 * @p: the range; becomes what is behind the cut
 * @bytes: number of bytes before the cut
 * @front: becomes what is before the cut; must not be @p
 *
 * Either part may be empty.  On failure both are left unchanged.
 *
 * Context: Any context.
 * Return: 0, -ERANGE if @p has fewer bytes, or -EINVAL if what is behind the
 * cut would start at PHYR_NONE.
 */
static inline int __must_check phyr_split(struct phyr *p, size_t bytes,
					  struct phyr *front)
{
	struct phyr whole = *p;
	int rc;

	rc = phyr_advance(p, bytes);
	if (rc)
		return rc;

	front->addr = whole.addr;
	front->len = bytes;
	return 0;
}

/**
 * phyr_is_adjacent() - whether one range starts where another ends
 * @p: the first range
 * @next: the second range
 *
 * Compares addresses only: see phyr_can_merge() for whether the two may become
 * one.  Empty ranges and none are adjacent to nothing, and address 0 is not
 * behind the top of the physical address space.
 *
 * Context: Any context.
 * Return: true if the first byte of @next follows the last byte of @p.
 */
static inline bool phyr_is_adjacent(const struct phyr *p,
				    const struct phyr *next)
{
	phys_addr_t end;

	if (phyr_is_empty(p) || phyr_is_empty(next))
		return false;
	if (check_add_overflow(p->addr, p->len, &end))
		return false;
	return end == next->addr;
}

bool phyr_has_page(const struct phyr *p);
bool phyr_has_one_owner(const struct phyr *p);
struct page *phyr_page(const struct phyr *p);
void *phyr_virt(const struct phyr *p);
void *phyr_kmap_local(const struct phyr *p);
bool phyr_pages_are_run(const struct page *page, const struct page *next);
bool phyr_can_merge(const struct phyr *p, const struct phyr *next);
bool phyr_try_merge(struct phyr *p, const struct phyr *next);

#endif /* _LINUX_PHYR_H */
