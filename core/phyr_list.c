// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of physical ranges: what depends on the memory behind them.
 *
 * The representation is in include/linux/phyr_list.h and the encoding in
 * lib/phyr_chunks.c.  Here is decided which ranges become one run, and that
 * peer-to-peer memory and other memory share no list; and lists are made from
 * and turned into what other code has: pages, folios, arrays of ranges and
 * scatterlists.
 *
 * Two ranges become one run where phyr_can_merge() allows it, or where neither
 * has a struct page: who appends such memory knows where it comes from, and a
 * list of it is of one device.
 */

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pfn.h>
#include <linux/phyr_list.h>
#include <linux/scatterlist.h>
#include <xen/xen.h>

/* Whether @p, of a kind, goes on where @run ends, as one thing with it. */
static bool run_goes_on(const struct phyr *run, const struct phyr *p,
			unsigned int kind)
{
	struct phyr tail;

	if (!phyr_is_adjacent(run, p))
		return false;
	if (kind != PHYR_KIND_NO_PAGES)
		return phyr_can_merge(run, p);

	tail.addr = phyr_last(run);
	tail.len = 1;
	return !phyr_has_page(&tail);
}

static unsigned int page_kind(const struct page *page)
{
	if (IS_ENABLED(CONFIG_PCI_P2PDMA) && is_pci_p2pdma_page(page))
		return PHYR_KIND_P2P;
	return PHYR_KIND_PAGES;
}

/* Append a range that is neither none nor empty, of memory of one kind. */
static int append_kind(struct phyr_list *list, const struct phyr *p,
		       unsigned int kind, gfp_t gfp)
{
	phys_addr_t end = list->chunks.run_addr + list->chunks.run_len;
	bool p2p = kind == PHYR_KIND_P2P;
	bool merge = false;
	int rc;

	if (list->chunks.kinds && p2p != phyr_list_is_p2p(list))
		return -EINVAL;

	if (end == p->addr) {
		const struct phyr run = {
			.addr = list->chunks.run_addr,
			.len = list->chunks.run_len,
		};

		merge = run_goes_on(&run, p, kind);
	}
	rc = phyr_chunks_append(&list->chunks, p->addr, p->len, merge, gfp);
	if (rc)
		return rc;
	list->chunks.kinds |= kind;
	return 0;
}

/**
 * phyr_list_append() - append a range
 * @list: the list
 * @p: the range, which has to be of one kind of memory, and its pages such that
 *	phyr_can_merge() would make one range of them
 * @gfp: how to allocate
 *
 * On failure @list is left unchanged.
 *
 * Context: As @gfp says.
 * Return: 0; -EINVAL if @p is none or empty, or of two kinds of memory at its
 * ends, if @list has peer-to-peer memory and @p is other memory or the other way
 * round, or if the edge between @list
 * and @p is no multiple of 4096 on both sides; -EOVERFLOW if @list would become
 * longer than a size_t can say, or @p wraps; -ENOMEM.
 */
int phyr_list_append(struct phyr_list *list, const struct phyr *p, gfp_t gfp)
{
	unsigned int kind = PHYR_KIND_NO_PAGES;
	phys_addr_t last;

	if (phyr_is_none(p) || phyr_is_empty(p))
		return -EINVAL;
	if (check_add_overflow(p->addr, p->len - 1, &last))
		return -EOVERFLOW;
	if (phyr_has_page(p))
		kind = page_kind(pfn_to_page(PHYS_PFN(p->addr)));
	if (!phyr_has_one_owner(p))
		return -EINVAL;
	return append_kind(list, p, kind, gfp);
}
EXPORT_SYMBOL_GPL(phyr_list_append);

/**
 * phyr_list_append_run() - append a range of pages that are known
 * @list: the list
 * @page: the page of the first byte
 * @p: the range, not empty, and its pages such that phyr_can_merge() would make
 *	one range of them
 * @gfp: how to allocate
 *
 * As phyr_list_append(), for who has looked at the pages already.  On failure
 * @list is left unchanged.
 *
 * Context: As @gfp says.
 * Return: 0, or what phyr_list_append() returned.
 */
int phyr_list_append_run(struct phyr_list *list, const struct page *page,
			 const struct phyr *p, gfp_t gfp)
{
	return append_kind(list, p, page_kind(page), gfp);
}
EXPORT_SYMBOL_GPL(phyr_list_append_run);

/**
 * phyr_list_append_phyrs() - append an array of ranges
 * @list: the list
 * @p: the ranges
 * @nr: number of ranges
 * @gfp: how to allocate
 *
 * On failure @list ends with the last range that could be appended.
 *
 * Context: As @gfp says.
 * Return: 0, or what phyr_list_append() returned.
 */
int phyr_list_append_phyrs(struct phyr_list *list, const struct phyr *p,
			   unsigned long nr, gfp_t gfp)
{
	int rc = 0;

	while (nr-- && !rc)
		rc = phyr_list_append(list, p++, gfp);
	return rc;
}
EXPORT_SYMBOL_GPL(phyr_list_append_phyrs);

/**
 * phyr_list_append_pages() - append the memory of an array of pages
 * @list: the list
 * @pages: the pages, as many as @offset and @len take
 * @offset: where the memory starts in the first page, below PAGE_SIZE
 * @len: number of bytes
 * @gfp: how to allocate
 *
 * On failure @list ends with the last page that could be appended.
 *
 * Context: As @gfp says.
 * Return: 0, -EINVAL if @offset is no offset in a page, or what
 * phyr_list_append() returned.
 */
int phyr_list_append_pages(struct phyr_list *list, struct page **pages,
			   size_t offset, size_t len, gfp_t gfp)
{
	struct phyr p;
	int rc;

	if (offset >= PAGE_SIZE || !len)
		return -EINVAL;

	while (len) {
		unsigned int kind = page_kind(pages[0]);

		p.len = min_t(size_t, len, PAGE_SIZE - offset);
		rc = phyr_set_page(&p, pages[0], p.len, offset);
		if (rc)
			return rc;
		len -= p.len;
		offset = 0;
		for (; len && phyr_pages_are_run(pages[0], pages[1]); pages++) {
			size_t n = min_t(size_t, len, PAGE_SIZE);

			p.len += n;
			len -= n;
		}
		pages++;
		rc = append_kind(list, &p, kind, gfp);
		if (rc)
			return rc;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(phyr_list_append_pages);

/*
 * How much of a range, from its start, phyr_can_merge() would make one range:
 * all of it but where that depends on more than addresses.
 */
static size_t one_range_len(const struct phyr *p)
{
	unsigned long pfn = PHYS_PFN(p->addr);
	unsigned long last = PHYS_PFN(phyr_last(p));

	if (!IS_ENABLED(CONFIG_KMSAN) && !xen_domain() &&
	    (!IS_ENABLED(CONFIG_SPARSEMEM) ||
	     IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP)))
		return p->len;

	while (pfn < last && phyr_pages_are_run(pfn_to_page(pfn),
						pfn_to_page(pfn + 1)))
		pfn++;
	return pfn == last ? p->len : PFN_PHYS(pfn + 1) - p->addr;
}

/* Append memory that has pages and is contiguous, one or several ranges. */
static int append_pieces(struct phyr_list *list, struct phyr *p, gfp_t gfp)
{
	int rc;

	if (phyr_is_empty(p))
		return -EINVAL;
	do {
		struct phyr piece = { .addr = p->addr, .len = one_range_len(p) };

		rc = phyr_list_append(list, &piece, gfp);
		if (rc)
			return rc;
		p->addr += piece.len;
		p->len -= piece.len;
	} while (p->len);
	return 0;
}

/**
 * phyr_list_append_folio() - append memory of a folio
 * @list: the list
 * @folio: the folio
 * @offset: where the memory starts, in bytes from the start of @folio
 * @len: number of bytes
 * @gfp: how to allocate
 *
 * On failure @list ends with the last page that could be appended.
 *
 * Context: As @gfp says.
 * Return: 0, -ERANGE if @folio does not have these bytes, or what
 * phyr_list_append() returned.
 */
int phyr_list_append_folio(struct phyr_list *list, struct folio *folio,
			   size_t offset, size_t len, gfp_t gfp)
{
	struct phyr p;
	size_t end;
	int rc;

	if (check_add_overflow(offset, len, &end) || end > folio_size(folio))
		return -ERANGE;
	rc = phyr_set_page(&p, folio_page(folio, 0), len, offset);
	if (rc)
		return rc;
	return append_pieces(list, &p, gfp);
}
EXPORT_SYMBOL_GPL(phyr_list_append_folio);

/**
 * phyr_list_append_sg() - append the memory of a scatterlist
 * @list: the list
 * @sgl: the scatterlist; its DMA addresses are not looked at
 * @nents: number of entries, as before mapping
 * @gfp: how to allocate
 *
 * On failure @list ends with the last page that could be appended.
 *
 * Context: As @gfp says.
 * Return: 0, -EINVAL if an entry has no page, or what phyr_list_append()
 * returned.
 */
int phyr_list_append_sg(struct phyr_list *list, struct scatterlist *sgl,
			unsigned int nents, gfp_t gfp)
{
	struct scatterlist *sg;
	struct phyr p;
	unsigned int i;
	int rc;

	for_each_sg(sgl, sg, nents, i) {
		if (!sg_page(sg))
			return -EINVAL;
		rc = phyr_set_page(&p, sg_page(sg), sg->length, sg->offset);
		if (rc)
			return rc;
		rc = append_pieces(list, &p, gfp);
		if (rc)
			return rc;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(phyr_list_append_sg);

/**
 * phyr_list_append_list() - append a part of another list
 * @list: the list
 * @from: the other list, not @list
 * @pos: where the part starts
 * @len: number of bytes in the part
 * @gfp: how to allocate
 *
 * On failure @list ends with the last range that could be appended.
 *
 * Context: As @gfp says.
 * Return: 0, -ERANGE if @from does not have these bytes, -EINVAL if it is @list
 * or the part starts with the topmost byte of the address space, or what
 * phyr_list_append() returned.
 */
int phyr_list_append_list(struct phyr_list *list, const struct phyr_list *from,
			  size_t pos, size_t len, gfp_t gfp)
{
	struct phyr_list_iter iter;
	struct phyr p;
	int rc;

	if (WARN_ON_ONCE(from == list))
		return -EINVAL;

	rc = phyr_list_iter_init(&iter, from, pos, len);
	while (!rc && phyr_list_next(&iter, &p))
		rc = phyr_list_append(list, &p, gfp);
	return rc;
}
EXPORT_SYMBOL_GPL(phyr_list_append_list);

/**
 * phyr_list_rest_of_run() - add to a run what comes next of it
 * @iter: the place behind the chunk that @run is; moves behind the run
 * @run: a chunk; becomes the run that starts with it
 *
 * For phyr_list_next_run(), which has most runs without it.
 *
 * Context: Any context.
 */
void phyr_list_rest_of_run(struct phyr_list_iter *iter, struct phyr *run)
{
	struct phyr_list_iter ahead;
	struct phyr next;

	do {
		ahead = *iter;
		if (!phyr_list_next(&ahead, &next) ||
		    !run_goes_on(run, &next, phyr_has_page(&next) ?
				 PHYR_KIND_PAGES : PHYR_KIND_NO_PAGES))
			break;
		run->len += next.len;
		*iter = ahead;
	} while (!phyr_chunks_breaks(&iter->iter, phyr_end(run)));
}
EXPORT_SYMBOL_GPL(phyr_list_rest_of_run);

/**
 * phyr_list_to_phyrs() - write ranges into an array
 * @list: the list
 * @pos: position to start at
 * @p: the array
 * @nr: number of entries in @p
 *
 * Each run becomes one entry.
 *
 * Context: Any context.
 * Return: number of entries written; what they do not cover did not fit.
 */
unsigned long phyr_list_to_phyrs(const struct phyr_list *list, size_t pos,
				 struct phyr *p, unsigned long nr)
{
	struct phyr_list_iter iter;
	unsigned long n = 0;

	if (pos >= phyr_list_len(list) ||
	    phyr_list_iter_init(&iter, list, pos, phyr_list_len(list) - pos))
		return 0;
	while (n < nr && phyr_list_next_run(&iter, &p[n]))
		n++;
	return n;
}
EXPORT_SYMBOL_GPL(phyr_list_to_phyrs);

/**
 * phyr_list_to_pages() - write pages into an array
 * @list: a list of memory that has struct pages, and whose edges are multiples
 *	of PAGE_SIZE
 * @pos: position to start at
 * @pages: the array
 * @nr: number of entries in @pages
 *
 * No reference is taken.  Warns once if some memory has no struct page, and
 * ends before it.
 *
 * Context: Any context.
 * Return: number of entries written.
 */
unsigned long phyr_list_to_pages(const struct phyr_list *list, size_t pos,
				 struct page **pages, unsigned long nr)
{
	struct phyr_chunks_blocks blocks;
	unsigned long n = 0;
	u64 addr;

	if (pos >= phyr_list_len(list) ||
	    phyr_chunks_blocks_init(&blocks, &list->chunks, pos, PAGE_SIZE))
		return 0;
	while (n < nr && phyr_chunks_next_block(&blocks, &addr)) {
		struct phyr p = { .addr = addr, .len = PAGE_SIZE };
		struct page *page = phyr_page(&p);

		if (!page)
			break;
		pages[n++] = page;
	}
	return n;
}
EXPORT_SYMBOL_GPL(phyr_list_to_pages);

/**
 * phyr_list_to_folios() - write folios into an array
 * @list: a list of memory that has struct pages
 * @pos: position to start at
 * @folios: the array
 * @nr: number of entries in @folios
 *
 * In the order of the list; what follows in the same folio adds no entry, so
 * that a folio is there again only where another was between.  No reference is
 * taken.  Warns once if some memory has no struct page, and ends before it.
 *
 * Context: Any context.
 * Return: number of entries written.
 */
unsigned long phyr_list_to_folios(const struct phyr_list *list, size_t pos,
				  struct folio **folios, unsigned long nr)
{
	struct phyr_list_iter iter;
	unsigned long n = 0;
	struct phyr p;

	if (pos >= phyr_list_len(list) ||
	    phyr_list_iter_init(&iter, list, pos, phyr_list_len(list) - pos))
		return 0;
	while (phyr_list_next(&iter, &p)) {
		while (!phyr_is_empty(&p)) {
			struct page *page = phyr_page(&p);
			struct folio *folio;
			phys_addr_t end;

			if (!page)
				return n;
			folio = page_folio(page);
			if (!n || folios[n - 1] != folio) {
				if (n == nr)
					return n;
				folios[n++] = folio;
			}

			/* The end may be 2^64, or 2^32. */
			end = page_to_phys(folio_page(folio, 0)) +
			      (folio_size(folio) - 1);
			if (phyr_last(&p) <= end)
				break;
			p.len = phyr_last(&p) - end;
			p.addr = end + 1;
		}
	}
	return n;
}
EXPORT_SYMBOL_GPL(phyr_list_to_folios);
