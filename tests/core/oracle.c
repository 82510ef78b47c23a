// SPDX-License-Identifier: GPL-2.0-only
/*
 * An array of runs, and what follows from it about a list.  It shares no code
 * with the lists: sums and walks instead of an encoding.
 */

#include "memory.h"
#include "oracle.h"

/* Walks longer than this prove no more. */
#define LONG	20000

u64 random_next(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* The zone with pages that @addr is in; NULL where memory has none. */
static const struct zone *zone_of(u64 addr)
{
	const struct zone *zone;

	for (zone = zones; zone < zones + nr_zones; zone++) {
		if (zone->nr && addr - zone->addr < zone_len(zone))
			return zone;
	}
	return NULL;
}

u64 one_kind(u64 addr, u64 len)
{
	const struct zone *zone = zone_of(addr);

	if (zone)
		return min(len, zone_len(zone) - (addr - zone->addr));
	for (zone = zones; zone < zones + nr_zones; zone++) {
		if (zone->nr && zone->addr > addr)
			len = min(len, zone->addr - addr);
	}
	return len;
}

void oracle_clear(struct oracle *o)
{
	free(o->run);
	*o = (struct oracle){ };
}

int oracle_append(struct oracle *o, u64 addr, u64 len)
{
	const struct zone *zone = zone_of(addr), *end;
	bool p2p = zone && zone->p2p;
	struct run *tail = o->nr ? &o->run[o->nr - 1] : NULL;
	bool goes_on = tail && tail->addr + tail->len == addr && addr &&
		       zone_of(addr - 1) == zone;
	u64 total;

	if (addr == U64_MAX || !len)
		return -EINVAL;
	if (len - 1 > PHYS_ADDR_MAX - addr)
		return -EOVERFLOW;
	end = zone_of(addr + (len - 1));
	if (!zone != !end || (zone && zone->pgmap != end->pgmap))
		return -EINVAL;
	if (tail && p2p != o->p2p)
		return -EINVAL;
	/* Of several runs the bytes before the first of its unit count as well. */
	if (__builtin_add_overflow(o->len, len, &total) ||
	    (tail && !(goes_on && o->nr == 1) &&
	     total + o->run[0].addr % 4096 < total))
		return -EOVERFLOW;

	if (goes_on) {
		tail->len += len;
	} else {
		if (tail && ((tail->addr + tail->len) % 4096 || addr % 4096))
			return -EINVAL;
		if (o->nr == o->room) {
			o->room = o->room ? 2 * o->room : 16;
			o->run = realloc(o->run, o->room * sizeof(*o->run));
			if (!o->run)
				abort();
		}
		o->run[o->nr++] = (struct run){ addr, len };
	}
	o->p2p = p2p;
	o->len = total;
	return 0;
}

bool oracle_has_pages(const struct oracle *o)
{
	size_t i;

	for (i = 0; i < o->nr; i++) {
		if (!zone_of(o->run[i].addr))
			return false;
	}
	return true;
}

u64 oracle_start(const struct oracle *o, size_t nr)
{
	u64 pos = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		pos += o->run[i].len;
	return pos;
}

/* Hold ranges that follow each other against the runs from @pos on. */
struct walk {
	const struct oracle	*o;
	size_t			i;
	u64			done;	/* bytes of run @i */
};

static struct walk walk_from(const struct oracle *o, u64 pos)
{
	struct walk walk = { o };

	while (walk.i < o->nr && pos >= o->run[walk.i].len)
		pos -= o->run[walk.i++].len;
	walk.done = pos;
	return walk;
}

static void walk_expect(struct walk *walk, u64 addr, u64 len)
{
	const struct run *run = &walk->o->run[walk->i];

	holds(len);
	holds(walk->i < walk->o->nr);
	holds(addr == run->addr + walk->done);
	holds(len <= run->len - walk->done);
	walk->done += len;
	if (walk->done == run->len) {
		walk->i++;
		walk->done = 0;
	}
}

void check_list(const struct phyr_list *list, const struct oracle *o)
{
	u64 lowest = U64_MAX, last = 0, align = 0, len = 0;
	struct walk walk = { o };
	struct phyr p;
	size_t i, pieces = 0;

	for (i = 0; i < o->nr; i++) {
		const struct run *run = &o->run[i];

		lowest = min(lowest, run->addr);
		last = max(last, run->addr + (run->len - 1));
		if (i)
			align |= run->addr;
		if (i + 1 < o->nr)
			align |= run->addr + run->len;
	}

	holds(phyr_list_len(list) == o->len);
	holds(phyr_list_is_empty(list) == !o->nr);
	if (o->nr) {
		holds(phyr_list_lowest(list) == lowest);
		holds(phyr_list_highest(list) == last);
		holds(phyr_list_is_run(list) == (o->nr == 1));
		holds(phyr_list_is_p2p(list) == o->p2p);
	}
	holds(phyr_list_align(list) == (align & -align));

	for_each_phyr(p, list) {
		size_t before = walk.i;

		walk_expect(&walk, p.addr, p.len);
		len += p.len;
		pieces++;
		holds(pieces <= PHYR_RUN_CHUNKS);
		if (walk.i != before)
			pieces = 0;
	}
	holds(len == o->len);
}

void check_slice(const struct phyr_list *list, const struct oracle *o, u64 pos, u64 len)
{
	struct phyr_list_iter iter;
	struct walk walk = walk_from(o, pos);
	u64 end, sum = 0;
	struct phyr p;
	int rc;

	rc = phyr_list_iter_init(&iter, list, pos, len);
	if (__builtin_add_overflow(pos, len, &end) || end > o->len) {
		holds(rc == -ERANGE);
		holds(!phyr_list_next(&iter, &p));
	} else {
		holds(!rc);
		while (phyr_list_next(&iter, &p)) {
			holds(p.len);
			walk_expect(&walk, p.addr, p.len);
			sum += p.len;
		}
		holds(sum == len);
	}

	rc = phyr_list_find(list, pos, &p);
	holds(rc == (pos < o->len ? 0 : -ERANGE));
	if (!rc) {
		walk = walk_from(o, pos);
		walk_expect(&walk, p.addr, p.len);
	}
}

void check_blocks(const struct phyr_list *list, const struct oracle *o, u64 size)
{
	bool allowed = size >= 4096 && !(size & (size - 1));
	struct phyr_list_blocks blocks;
	phys_addr_t block;
	u64 count = 0;
	size_t i;

	for (i = 0; i < o->nr && allowed; i++) {
		const struct run *run = &o->run[i];

		if (i && run->addr & (size - 1))
			allowed = false;
		if (i + 1 < o->nr && (run->addr + run->len) & (size - 1))
			allowed = false;
	}

	holds(phyr_list_blocks_init(&blocks, list, size) == (allowed ? 0 : -EINVAL));
	if (!allowed) {
		holds(!phyr_list_next_block(&blocks, &block));
		holds(!phyr_list_nr_blocks(list, size));
		return;
	}

	for (i = 0; i < o->nr; i++) {
		u64 first = o->run[i].addr / size;
		u64 last = (o->run[i].addr + (o->run[i].len - 1)) / size;

		for (; first <= last && count < LONG; first++, count++) {
			holds(phyr_list_next_block(&blocks, &block));
			holds(block == first * size);
		}
		if (first <= last)
			count += last - first + 1;
	}
	if (count <= LONG)
		holds(!phyr_list_next_block(&blocks, &block));
	holds(phyr_list_nr_blocks(list, size) == count);
}

void check_canonical(const struct phyr_list *list, const struct oracle *o, u64 seed)
{
	struct phyr_list other;
	size_t i;

	phyr_list_init(&other);
	for (i = 0; i < o->nr; i++) {
		u64 addr = o->run[i].addr, left = o->run[i].len;

		while (left) {
			/* A few pieces a run, cut anywhere. */
			u64 n = random_next(&seed) % left + 1;
			struct phyr p = { addr, n };

			/* No range starts at the topmost byte. */
			if (addr + n == PHYR_NONE)
				p.len = n = left;

			holds(!phyr_list_append(&other, &p, GFP_KERNEL));
			addr += n;
			left -= n;
		}
	}
	holds(phyr_list_equal(list, &other));
	holds(phyr_list_equal(&other, list));
	if (o->nr) {
		phyr_list_destroy(&other);
		holds(!phyr_list_equal(list, &other));
	}
	phyr_list_destroy(&other);
}

void check_pages(const struct phyr_list *list, const struct oracle *o, size_t pos)
{
	static struct page *pages[LONG];
	static struct phyr phyrs[256];
	struct walk walk = walk_from(o, pos);
	bool in_pages = true;
	unsigned long n, i;
	u64 sum = 0;

	n = phyr_list_to_phyrs(list, pos, phyrs, ARRAY_SIZE(phyrs));
	for (i = 0; i < n; i++) {
		walk_expect(&walk, phyrs[i].addr, phyrs[i].len);
		/* A whole run, or what @pos left of it. */
		holds(!walk.done);
		sum += phyrs[i].len;
	}
	/* Nothing but want of room ends the array before the list. */
	holds(sum == (pos < o->len ? o->len - pos : 0) || n == ARRAY_SIZE(phyrs));

	for (i = 0; i < o->nr; i++) {
		if (i && o->run[i].addr % PAGE_SIZE)
			in_pages = false;
		if (i + 1 < o->nr && (o->run[i].addr + o->run[i].len) % PAGE_SIZE)
			in_pages = false;
	}
	if (pos >= o->len || !in_pages) {
		holds(!phyr_list_to_pages(list, pos, pages, LONG));
		return;
	}
	warned = 0;
	n = phyr_list_to_pages(list, pos, pages, LONG);
	walk = walk_from(o, pos);
	for (i = 0; i < n; i++) {
		u64 addr = o->run[walk.i].addr + walk.done;
		u64 left = o->run[walk.i].len - walk.done;

		holds(page_to_phys(pages[i]) == addr / PAGE_SIZE * PAGE_SIZE);
		walk_expect(&walk, addr, min(left, PAGE_SIZE - addr % PAGE_SIZE));
	}
	holds(warned == (n < LONG && walk.i < o->nr));

	if (!warned && n < LONG) {
		struct phyr_list other;

		phyr_list_init(&other);
		holds(!phyr_list_append_pages(&other, pages,
					      (o->run[0].addr + pos) % PAGE_SIZE * !pos,
					      pos ? (n << PAGE_SHIFT) : o->len, GFP_KERNEL));
		if (!pos)
			holds(phyr_list_equal(list, &other));
		phyr_list_destroy(&other);
	}
}

void check_folios(const struct phyr_list *list, const struct oracle *o, size_t pos)
{
	static struct folio *folios[LONG];
	struct folio *last = NULL;
	unsigned long n, i = 0;
	u64 left = pos;
	size_t r;

	warned = 0;
	n = phyr_list_to_folios(list, pos, folios, LONG);
	for (r = 0; r < o->nr; r++) {
		u64 skip = min(left, o->run[r].len);
		u64 addr = o->run[r].addr + skip;
		u64 bytes = o->run[r].len - skip;

		left -= skip;
		/* Page by page, where the list goes on a folio at a time. */
		while (bytes) {
			u64 len = min(bytes, PAGE_SIZE - addr % PAGE_SIZE);
			struct folio *folio;

			if (i == LONG)
				return;
			if (!pfn_valid(PHYS_PFN(addr))) {
				holds(warned == 1 && i == n);
				return;
			}
			folio = page_folio(pfn_to_page(PHYS_PFN(addr)));
			if (folio != last) {
				holds(i < n && folios[i] == folio);
				i++;
			}
			last = folio;
			addr += len;
			bytes -= len;
		}
	}
	holds(!warned && i == n);
}

void check_scatterlist(const struct phyr_list *list, const struct oracle *o,
		       unsigned int max, unsigned long boundary)
{
	u64 mask = U64_MAX;
	struct device dev = { max, boundary, 5UL << 16, max % 2 ? &mask : NULL };
	struct walk walk = { o };
	struct phyr_list other;
	struct sg_table sgt;
	unsigned int i;
	int rc;

	rc = sg_map_phyrs(&dev, &sgt, list, GFP_KERNEL);
	if (!o->nr || !oracle_has_pages(o)) {
		holds(rc == -EINVAL);
		return;
	}
	holds(!rc);
	for (i = 0; i < sgt.orig_nents; i++) {
		const struct scatterlist *sg = &sgt.sgl[i];
		u64 addr = page_to_phys(sg->page) + sg->offset;

		holds(sg->length <= max);
		holds(sg->length <= dev.max_mapping || !dev.dma_mask);
		/* A run starts inside a page, or no page fits into an entry. */
		holds(!(addr % PAGE_SIZE) || !walk.done ||
		      max < PAGE_SIZE || boundary < PAGE_SIZE - 1);
		holds((addr & ~boundary) == ((addr + sg->length - 1) & ~boundary));
		walk_expect(&walk, addr, sg->length);
	}
	holds(walk.i == o->nr);

	phyr_list_init(&other);
	holds(!phyr_list_append_sg(&other, sgt.sgl, sgt.orig_nents, GFP_KERNEL));
	holds(phyr_list_equal(list, &other));
	phyr_list_destroy(&other);
	sg_free_table(&sgt);
}
