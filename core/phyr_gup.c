// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pinning of user memory as lists of physical ranges.
 *
 * Pages come from pin_user_pages_fast() and pin_user_pages_remote(), a batch at
 * a time, so that what may be pinned, and for how long, is decided where it
 * always was.  A batch is an array of one page, which has room for the pages of
 * a PMD; it is turned into ranges a folio at a time, and nobody sees it.
 *
 * Pins are of pages and lists are of bytes.  Only the first page and the last
 * of a pinned span can be in the list in part, and a list is continued at the
 * edge of a page only.  So the ranges of a list say how many pins there are: one
 * for each page that they touch.
 *
 * A list is exactly what was pinned, at any time: pages that could not be
 * appended are unpinned at once.
 */

#include <linux/bits.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/overflow.h>
#include <linux/pfn.h>
#include <linux/phyr_gup.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <xen/xen.h>

/* As many pages fit on the stack: a span of no more needs no allocation. */
#define FEW_PAGES	32

/* Chunks are cut at pages: see unpin_part(). */
static_assert(PHYR_UNIT_SHIFT + 6 >= PAGE_SHIFT);

/* What a batch has room for otherwise. */
#define BATCH_PAGES	(PAGE_SIZE / sizeof(struct page *))

/**
 * struct phyr_pin - what is to be pinned, and how
 * @mm: whose memory; NULL for that of the current task
 * @gup_flags: as for get_user_pages()
 * @locked: as for get_user_pages_remote()
 * @relocked: whether the lock of @mm was taken here
 * @list: the list that grows
 */
struct phyr_pin {
	struct mm_struct	*mm;
	unsigned int		gup_flags;
	int			*locked;
	bool			relocked;
	struct phyr_list	*list;
};

static long pin_batch(const struct phyr_pin *pin, unsigned long addr,
		      unsigned long nr, struct page **pages)
{
	if (!pin->mm)
		return pin_user_pages_fast(addr, nr, pin->gup_flags, pages);
	return pin_user_pages_remote(pin->mm, addr, nr, pin->gup_flags, pages,
				     pin->locked);
}

/* The batch before may have dropped the lock, and says so. */
static int pin_relock(struct phyr_pin *pin)
{
	int rc;

	if (!pin->locked || *pin->locked)
		return 0;

	rc = mmap_read_lock_killable(pin->mm);
	if (rc)
		return rc;
	*pin->locked = 1;
	pin->relocked = true;
	return 0;
}

/* Whether @page is behind @first by @n, in one array of struct page. */
static bool is_nth_page(const struct page *first, unsigned long n,
			const struct page *page)
{
	if (page != first + n)
		return false;
	return !IS_ENABLED(CONFIG_SPARSEMEM) ||
	       IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP) ||
	       page_to_pfn(page) == page_to_pfn(first) + n;
}

/*
 * Number of pages, from the first, that follow each other within one folio.
 * What phyr_can_merge() asks of two pages holds for all of a folio, but where
 * it depends on more than the folio each page is asked for.
 */
static unsigned long pages_in_folio(struct page **pages, unsigned long nr)
{
	struct page *first = pages[0];
	struct folio *folio = page_folio(first);
	unsigned long n = 1;

	if (IS_ENABLED(CONFIG_KMSAN) || xen_domain())
		return 1;

	nr = min(nr, folio_nr_pages(folio) -
		     (page_to_pfn(first) - folio_pfn(folio)));

	/* Two at a time: for large folios this loop is what pinning costs. */
	while (n + 1 < nr && is_nth_page(first, n, pages[n]) &&
	       is_nth_page(first, n + 1, pages[n + 1]))
		n += 2;
	while (n < nr && is_nth_page(first, n, pages[n]))
		n++;
	return n;
}

/*
 * Number of pages, from the first, that are one range, which becomes @run.  In
 * another array of struct page there is another.
 */
static unsigned long pages_in_run(struct page **pages, unsigned long nr,
				  struct phyr *run)
{
	unsigned long n;

	run->addr = page_to_phys(pages[0]);
	run->len = PAGE_SIZE;
	/* Of scattered memory no folio is looked at. */
	if (nr == 1 || pages[1] != pages[0] + 1)
		return 1;

	n = pages_in_folio(pages, nr);
	run->len = n << PAGE_SHIFT;
	while (n < nr && pages[n] == pages[0] + n) {
		unsigned long more = pages_in_folio(pages + n, nr - n);
		struct phyr next = {
			.addr = page_to_phys(pages[n]),
			.len = more << PAGE_SHIFT,
		};

		if (!phyr_try_merge(run, &next))
			break;
		n += more;
	}
	return n;
}

/*
 * Append @len bytes, or what @nr pages have of them, from @offset in the first
 * page on, and add to @done what was appended.  The rest is unpinned.
 */
static int append_batch(struct phyr_list *list, struct page **pages,
			unsigned long nr, size_t offset, size_t len,
			size_t *done)
{
	while (nr) {
		struct phyr run;
		unsigned long n = pages_in_run(pages, nr, &run);
		int rc;

		run.addr += offset;
		run.len = min(run.len - offset, len);
		rc = phyr_list_append_run(list, pages[0], &run,
					  GFP_KERNEL_ACCOUNT);
		if (rc) {
			unpin_user_pages(pages, nr);
			return rc;
		}
		*done += run.len;
		len -= run.len;
		offset = 0;
		pages += n;
		nr -= n;
	}
	return 0;
}

/* Whether what starts at @start shares no page with what is in the list. */
static bool list_is_continued(const struct phyr_list *list,
			      unsigned long start)
{
	struct phyr last;

	if (phyr_list_is_empty(list))
		return true;
	if (offset_in_page(start) ||
	    phyr_list_find(list, phyr_list_len(list) - 1, &last))
		return false;
	return !offset_in_page(phyr_end(&last));
}

/* Pin with an array of @max pages. */
static long pin_batches(struct phyr_pin *pin, unsigned long start, size_t len,
			struct page **pages, unsigned long max)
{
	size_t done = 0;
	long rc;

	for (;;) {
		unsigned long addr = start + done;
		size_t offset = offset_in_page(addr);
		unsigned long nr = min_t(unsigned long, max,
					 PFN_UP(offset + (len - done)));

		rc = -EINTR;
		if (fatal_signal_pending(current))
			break;
		rc = pin_relock(pin);
		if (rc)
			break;

		rc = pin_batch(pin, addr - offset, nr, pages);
		if (rc <= 0) {
			rc = rc ?: -EFAULT;
			break;
		}
		nr -= rc;
		rc = append_batch(pin->list, pages, rc, offset, len - done,
				  &done);
		if (rc || nr || done == len)
			break;
		cond_resched();
	}
	return done ?: rc;
}

static long pin_phyrs(struct phyr_pin *pin, unsigned long start, size_t len)
{
	struct page *few[FEW_PAGES], **pages;
	unsigned long last;
	long rc;

	if (!len || !list_is_continued(pin->list, start))
		return -EINVAL;
	if (len > LONG_MAX || check_add_overflow(start, len - 1, &last))
		return -EOVERFLOW;

	if (PFN_UP(offset_in_page(start) + len) <= FEW_PAGES)
		return pin_batches(pin, start, len, few, FEW_PAGES);

	pages = (struct page **)__get_free_page(GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	rc = pin_batches(pin, start, len, pages, BATCH_PAGES);
	free_page((unsigned long)pages);
	return rc;
}

/**
 * pin_user_phyrs() - pin user memory of the current task
 * @start: user address of the first byte, at any alignment
 * @len: number of bytes
 * @gup_flags: FOLL_WRITE, FOLL_LONGTERM and others that pin_user_pages_fast()
 *	takes; FOLL_PIN is implied
 * @list: the list that what was pinned is appended to; empty, or ending with a
 *	page if @start is the start of one
 *
 * Each page that has one of the bytes is pinned once, and the bytes are
 * appended to @list.  If not all can be pinned, what comes before stays pinned
 * and in @list, as with get_user_pages(), and its length is returned: it ends
 * with a page then, and a second call can go on from there.
 *
 * The caller gives the memory back with unpin_user_phyrs(), and does so after a
 * failure too if @list was not empty before.  Memory for @list is accounted to
 * the current task's memory cgroup.
 *
 * Context: Process context.  May sleep, and takes mmap_lock for reading.  A
 * fatal signal ends it.
 * Return: number of bytes pinned, which may be less than @len, or if there are
 * none: -EINVAL if @len is 0, if @list cannot be continued with @start, or if
 * it has peer-to-peer memory and the memory is not of that kind or the other
 * way round; -EOVERFLOW if @start and @len wrap, or @len is more than a long
 * can say; -ENOMEM; -EINTR; or what pin_user_pages_fast() returned, with
 * -EFAULT in place of 0.
 */
long pin_user_phyrs(unsigned long start, size_t len, unsigned int gup_flags,
		    struct phyr_list *list)
{
	struct phyr_pin pin = {
		.gup_flags = gup_flags,
		.list = list,
	};

	return pin_phyrs(&pin, start, len);
}
EXPORT_SYMBOL_GPL(pin_user_phyrs);

/**
 * pin_user_phyrs_remote() - pin user memory of any task
 * @mm: whose memory
 * @start: user address of the first byte, at any alignment
 * @len: number of bytes
 * @gup_flags: as pin_user_pages_remote() takes them; FOLL_PIN is implied
 * @list: as for pin_user_phyrs()
 * @locked: as for pin_user_pages_remote(): NULL, or what is 1 and becomes 0 if
 *	the lock was dropped
 *
 * As pin_user_phyrs(), through pin_user_pages_remote().
 *
 * Context: Process context, with mmap_lock of @mm held.  May sleep.  If
 * @locked is not NULL, that is for reading, and the lock may be dropped and
 * taken again meanwhile, and is held at the end if @locked says so.  A fatal
 * signal ends it.
 * Return: as pin_user_phyrs(), or what pin_user_pages_remote() returned, with
 * -EFAULT in place of 0.
 */
long pin_user_phyrs_remote(struct mm_struct *mm, unsigned long start,
			   size_t len, unsigned int gup_flags,
			   struct phyr_list *list, int *locked)
{
	struct phyr_pin pin = {
		.mm = mm,
		.gup_flags = gup_flags,
		.locked = locked,
		.list = list,
	};
	long rc = pin_phyrs(&pin, start, len);

	/* The caller has to learn that the lock was dropped in between. */
	if (pin.relocked && *locked) {
		mmap_read_unlock(mm);
		*locked = 0;
	}
	return rc;
}
EXPORT_SYMBOL_GPL(pin_user_phyrs_remote);

/* Not inline: single pages, of which there may be many, have the registers. */
static noinline void unpin_range(struct phyr p, bool dirty)
{
	struct page *page = pfn_to_page(PHYS_PFN(p.addr));
	unsigned long nr = PHYS_PFN(phyr_last(&p)) - PHYS_PFN(p.addr) + 1;

	while (nr) {
		/* That counts pages in an unsigned int. */
		unsigned long n = min(nr, BIT(30));

		unpin_user_page_range_dirty_lock(page, n, dirty);
		page += n;
		nr -= n;
		cond_resched();
	}
}

static bool range_has_page(struct phyr p)
{
	return phyr_has_page(&p);
}

/*
 * Single pages are given back a few at a time.
 *
 * No two chunks share a page, however large pages are: a run that ends with a
 * page and starts inside one is first cut at a multiple of 64 units, if at all,
 * and then in blocks of pages.
 */
static void unpin_part(const struct phyr_list *list, size_t pos, size_t len,
		       bool dirty)
{
	bool all = phyr_list_has_pages(list);
	struct phyr_list_iter iter, start;
	struct page *few[FEW_PAGES];
	unsigned long nr = 0;
	struct phyr p;

	if (phyr_list_iter_init(&start, list, pos, len))
		return;
	/* Nobody has the address of these two: they stay in registers. */
	iter = start;
	while (phyr_list_next(&iter, &p)) {
		if (!all && !range_has_page(p))
			continue;
		if (PHYS_PFN(phyr_last(&p)) != PHYS_PFN(p.addr)) {
			unpin_range(p, dirty);
			continue;
		}
		few[nr++] = pfn_to_page(PHYS_PFN(p.addr));
		if (nr == FEW_PAGES) {
			unpin_user_pages_dirty_lock(few, nr, dirty);
			nr = 0;
			cond_resched();
		}
	}
	unpin_user_pages_dirty_lock(few, nr, dirty);
}

/* Where in its page the list is cut at @pos, 0 if it is not cut in a page. */
static size_t cut_in_page(const struct phyr_list *list, size_t pos)
{
	struct phyr p;

	if (!pos || phyr_list_find(list, pos, &p))
		return 0;
	return phyr_offset(&p);
}

/**
 * unpin_user_phyrs_range() - give back some of the memory of a list
 * @list: a list that pin_user_phyrs() made; it is not changed
 * @pos: where the part starts, in bytes from the start of @list
 * @len: number of bytes in the part
 * @dirty: whether the memory was written to
 *
 * A page is unpinned, and marked dirty if @dirty, if all bytes that @list has
 * of it are in the part.  So the first page of @list and its last count as
 * pages, however little @list has of them, and each page is unpinned once when
 * a list is given back in parts that meet at the edges of pages.
 *
 * Warns once if the part starts or ends elsewhere: the page that is cut stays
 * pinned.  Warns once, and unpins nothing, if @list does not have the part.
 *
 * Who has given all parts back frees @list with phyr_list_destroy(), and not
 * with unpin_user_phyrs().
 *
 * Context: Process context.  May sleep: it locks what it marks dirty.
 */
void unpin_user_phyrs_range(const struct phyr_list *list, size_t pos,
			    size_t len, bool dirty)
{
	size_t front, tail, end;

	might_sleep();
	if (WARN_ON_ONCE(check_add_overflow(pos, len, &end) ||
			 end > phyr_list_len(list)))
		return;
	if (!len)
		return;

	front = cut_in_page(list, pos);
	tail = cut_in_page(list, end);
	WARN_ON_ONCE(front || tail);

	if (front)
		front = PAGE_SIZE - front;
	if (len > front && len - front > tail)
		unpin_part(list, pos + front, len - front - tail, dirty);
}
EXPORT_SYMBOL_GPL(unpin_user_phyrs_range);

/**
 * unpin_user_phyrs() - give back all memory of a list
 * @list: a list that pin_user_phyrs() made; empty afterwards, and may be used
 *	again
 * @dirty: whether the memory was written to
 *
 * Unpins each page as often as it was pinned, marks it dirty if @dirty, and
 * frees what @list allocated.  An empty list is allowed.
 *
 * Context: Process context.  May sleep: it locks what it marks dirty.  Cannot
 * fail.
 */
void unpin_user_phyrs(struct phyr_list *list, bool dirty)
{
	might_sleep();
	unpin_part(list, 0, phyr_list_len(list), dirty);
	phyr_list_destroy(list);
}
EXPORT_SYMBOL_GPL(unpin_user_phyrs);
