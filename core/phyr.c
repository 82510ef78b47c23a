// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical ranges: what needs more than the two numbers of a struct phyr.
 *
 * The vocabulary and the rules are in include/linux/phyr.h.  Here is what
 * depends on the memory behind the numbers: finding its struct page, reaching
 * its bytes, and telling whether two ranges that are adjacent in physical
 * memory may become one.
 *
 * Adjacent addresses are not enough to merge.  One range must be one thing for
 * everybody who is handed it:
 *
 *  - one owner: device memory of different page maps is reached over different
 *    routes by peer-to-peer DMA, and one range is mapped over one route;
 *  - one run of struct pages, because users step from page to page;
 *  - one run of machine memory, where Xen gives a domain pages that are only
 *    adjacent in its own view;
 *  - one run of KMSAN metadata, which exists within a page only.
 *
 * Memory without a struct page answers none of these questions, so it is never
 * merged here; who knows where it comes from can ask phyr_is_adjacent().
 *
 * Limits of a device, such as its segment size and boundaries, are not a
 * property of the memory and are left to the caller.
 */

#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/phyr.h>
#include <xen/xen.h>
#ifdef CONFIG_XEN
#include <xen/page.h>
#endif

/* Arrays of ranges take the place of arrays of page, offset and length. */
static_assert(sizeof(struct phyr) <= 2 * sizeof(u64));

/*
 * Where a phys_addr_t is wider than a page frame number can say, an address
 * high up has the number of a page low down.
 */
static bool phys_has_page(phys_addr_t addr)
{
	unsigned long pfn = PHYS_PFN(addr);

	return PFN_PHYS(pfn) == addr - offset_in_page(addr) && pfn_valid(pfn);
}

/**
 * phyr_has_page() - whether the memory of a range has a struct page
 * @p: the range
 *
 * Context: Any context.
 * Return: true if it has; false if it has not, or if @p is none.
 */
bool phyr_has_page(const struct phyr *p)
{
	return !phyr_is_none(p) && phys_has_page(p->addr);
}
EXPORT_SYMBOL_GPL(phyr_has_page);

/**
 * phyr_page() - the page of the first byte of a range
 * @p: a range that has struct pages
 *
 * Warns once if the memory has no struct page, or if @p is none.
 *
 * Context: Any context.
 * Return: the page, without a reference of its own, or NULL after the warning.
 */
struct page *phyr_page(const struct phyr *p)
{
	if (WARN_ON_ONCE(!phyr_has_page(p)))
		return NULL;
	return pfn_to_page(PHYS_PFN(p->addr));
}
EXPORT_SYMBOL_GPL(phyr_page);

/**
 * phyr_virt() - the address of the first byte of a range in the linear map
 * @p: a range that has struct pages and is not in high memory
 *
 * The whole range can be touched from there.  Warns once if the memory is not
 * in the linear map.
 *
 * Context: Any context.
 * Return: the virtual address, or NULL after the warning.
 */
void *phyr_virt(const struct phyr *p)
{
	struct page *page = phyr_page(p);
	void *virt;

	if (!page || WARN_ON_ONCE(PageHighMem(page)))
		return NULL;
	/* The linear map can end within a range. */
	if (!phyr_is_empty(p) &&
	    WARN_ON_ONCE(PageHighMem(pfn_to_page(PHYS_PFN(phyr_last(p))))))
		return NULL;
	virt = page_address(page) + phyr_offset(p);
	/* Pages that were allocated one by one have tags of their own. */
	return phyr_len_in_page(p) < p->len ? kasan_reset_tag(virt) : virt;
}
EXPORT_SYMBOL_GPL(phyr_virt);

/**
 * phyr_kmap_local() - map the first page of a range
 * @p: a range that has struct pages
 *
 * Only the bytes in the first page can be touched, phyr_len_in_page() of them.
 * The caller unmaps with kunmap_local(), in reverse order of mapping.  Warns
 * once if the memory has no struct page; nothing is mapped then.
 *
 * Context: Any context that may call kmap_local_page().  The address is valid
 * in the calling context only.
 * Return: the virtual address of the first byte of @p, or NULL after the
 * warning.
 */
void *phyr_kmap_local(const struct phyr *p)
{
	struct page *page = phyr_page(p);

	if (!page)
		return NULL;
	return kmap_local_page(page) + phyr_offset(p);
}
EXPORT_SYMBOL_GPL(phyr_kmap_local);

#ifdef CONFIG_XEN
/* Whether two pages, the same or neighbours, are so in machine memory too. */
static bool phyr_xen_mergeable(unsigned long tail, unsigned long head)
{
	if (!xen_domain())
		return true;
	if (XEN_PAGE_SIZE != PAGE_SIZE)
		return false;
	return pfn_to_bfn(head) - pfn_to_bfn(tail) == head - tail;
}
#else
static bool phyr_xen_mergeable(unsigned long tail, unsigned long head)
{
	return true;
}
#endif

/* @tail has the last byte of one range and @head the first of the next. */
static bool phyr_pages_mergeable(const struct page *tail,
				 const struct page *head)
{
	if (tail == head)
		return true;
	if (!phyr_xen_mergeable(page_to_pfn(tail), page_to_pfn(head)))
		return false;
	if (!zone_device_pages_have_same_pgmap(tail, head))
		return false;
	if (IS_ENABLED(CONFIG_KMSAN))
		return false;
	return tail + 1 == head;
}

/**
 * phyr_has_one_owner() - whether a range begins and ends in memory of one owner
 * @p: the range, neither none nor empty
 *
 * What is between is not looked at.
 *
 * Context: Any context.
 * Return: true if the first byte and the last have struct pages that are no
 * device's or one page map's, or if neither has one.
 */
bool phyr_has_one_owner(const struct phyr *p)
{
	unsigned long first = PHYS_PFN(p->addr);
	unsigned long last = PHYS_PFN(phyr_last(p));
	bool has_page = phys_has_page(p->addr);

	if (first == last)
		return true;
	if (phys_has_page(phyr_last(p)) != has_page)
		return false;
	return !has_page ||
	       zone_device_pages_have_same_pgmap(pfn_to_page(first),
						 pfn_to_page(last));
}
EXPORT_SYMBOL_GPL(phyr_has_one_owner);

/**
 * phyr_pages_are_run() - whether two pages are one range
 * @page: a page
 * @next: another
 *
 * Context: Any context.
 * Return: true if @next follows @page in memory and phyr_can_merge() allows what
 * is in both to become one range.
 */
bool phyr_pages_are_run(const struct page *page, const struct page *next)
{
	return page_to_pfn(page) + 1 == page_to_pfn(next) &&
	       phyr_pages_mergeable(page, next);
}
EXPORT_SYMBOL_GPL(phyr_pages_are_run);

/**
 * phyr_can_merge() - whether two ranges may become one
 * @p: the first range
 * @next: the second range
 *
 * Context: Any context.
 * Return: true if @next follows @p without a gap and the memory of both may be
 * described by one range.  False for memory without a struct page, and if the
 * length of both does not fit in a size_t.
 */
bool phyr_can_merge(const struct phyr *p, const struct phyr *next)
{
	size_t len;

	if (!phyr_is_adjacent(p, next))
		return false;
	if (check_add_overflow(p->len, next->len, &len))
		return false;
	if (!phys_has_page(phyr_last(p)) || !phys_has_page(next->addr))
		return false;
	return phyr_pages_mergeable(pfn_to_page(PHYS_PFN(phyr_last(p))),
				    pfn_to_page(PHYS_PFN(next->addr)));
}
EXPORT_SYMBOL_GPL(phyr_can_merge);

/**
 * phyr_try_merge() - append a range to another if they may become one
 * @p: the first range; grows
 * @next: the second range
 *
 * Context: Any context.
 * Return: true if @p describes the memory of both; false if phyr_can_merge()
 * says no, and @p is left unchanged.
 */
bool phyr_try_merge(struct phyr *p, const struct phyr *next)
{
	if (!phyr_can_merge(p, next))
		return false;
	p->len += next->len;
	return true;
}
EXPORT_SYMBOL_GPL(phyr_try_merge);
