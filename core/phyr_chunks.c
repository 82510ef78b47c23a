// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists of physical ranges: the encoding, and where chunks are kept.
 *
 * The representation and the words used are in include/linux/phyr_list.h.
 * This file knows nothing of memory: it sees addresses of either kind, and is
 * told whether what is appended may be merged with what is there.
 *
 * Always true of a list:
 *
 *  - @chunked is the sum of the lengths of all chunks, and @len is @chunked
 *    and @run_len less @offset, unless there is no chunk;
 *  - a segment that is not the last is full;
 *  - the last segment may be smaller than others, and is replaced as it grows;
 *  - every allocation that an append needs is made before anything changes.
 */

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/phyr_list.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#define UNIT_MASK	((u64)PHYR_UNIT_SIZE - 1)

/*
 * Room for a dozen chunks, for most lists are short, up to 507, whatever the size
 * of a page is: who looks for a position may go through all of a segment.
 */
#define SHIFT_MIN	7
#define SHIFT_MAX	12

static_assert(sizeof(struct phyr_segment) <= 40);

static unsigned int segment_room(unsigned int shift)
{
	return ((1UL << shift) - sizeof(struct phyr_segment)) / sizeof(u64);
}

#if IS_ENABLED(CONFIG_PHYR_LIST_KUNIT_TEST)
struct phyr_list_fault phyr_list_fault = { .after = -1 };
EXPORT_SYMBOL_GPL(phyr_list_fault);

/* The suite counts what its task holds, and makes an allocation fail. */
static bool segment_may_be_had(void)
{
	if (current != phyr_list_fault.task)
		return true;
	if (!phyr_list_fault.after)
		return false;
	if (phyr_list_fault.after > 0)
		phyr_list_fault.after--;
	phyr_list_fault.held++;
	return true;
}

static void segment_given_back(void)
{
	if (current == phyr_list_fault.task)
		phyr_list_fault.held--;
}
#else
static bool segment_may_be_had(void)
{
	return true;
}

static void segment_given_back(void)
{
}
#endif

static struct phyr_segment *segment_alloc(unsigned int shift, gfp_t gfp)
{
	struct phyr_segment *seg;

	if (!segment_may_be_had())
		return NULL;

	/* A slab of objects of a page can be larger than a page. */
	if (shift == PAGE_SHIFT)
		seg = (void *)__get_free_page(gfp);
	else
		seg = kmalloc(1UL << shift, gfp);
	if (!seg)
		return NULL;

	memset(seg, 0, sizeof(*seg));
	seg->shift = shift;
	return seg;
}

static void segment_free(struct phyr_segment *seg)
{
	segment_given_back();
	if (seg->shift == PAGE_SHIFT)
		free_page((unsigned long)seg);
	else
		kfree(seg);
}

static void segments_free(struct phyr_segment *seg)
{
	while (seg) {
		struct phyr_segment *next = seg->next;

		segment_free(seg);
		seg = next;
	}
}

/* The smallest segment that has room for @nr chunks, or else the largest. */
static unsigned int segment_shift(unsigned long nr)
{
	unsigned int shift = SHIFT_MIN;

	while (shift < SHIFT_MAX && segment_room(shift) < nr)
		shift++;
	return shift;
}

/* Give the last segment room for @nr more chunks, as far as one can have it. */
static int final_grow(struct phyr_chunks *chunks, unsigned long nr, gfp_t gfp)
{
	struct phyr_segment *old = chunks->final, *seg;
	unsigned int shift = segment_shift(nr + (old ? old->used : 0));

	if (old && shift <= old->shift)
		return 0;
	seg = segment_alloc(shift, gfp);
	if (!seg)
		return -ENOMEM;

	if (old) {
		memcpy(seg, old, struct_size(old, chunk, old->used));
		seg->shift = shift;
		segment_free(old);
	}
	if (seg->prev) {
		seg->prev->next = seg;
	} else {
		seg->jump = seg;
		chunks->first = seg;
	}
	chunks->final = seg;
	return 0;
}

/* Number of chunks that can be added without an allocation, counted to @nr. */
static unsigned long chunks_room(const struct phyr_chunks *chunks,
				 unsigned long nr)
{
	const struct phyr_segment *spare;
	unsigned long room = 0;

	if (chunks->final)
		room = segment_room(chunks->final->shift) - chunks->final->used;
	for (spare = chunks->spare; spare && room < nr; spare = spare->next)
		room += segment_room(spare->shift);
	return room;
}

/* Make room for @nr chunks.  Room that was made is kept on failure. */
static int chunks_reserve(struct phyr_chunks *chunks, unsigned long nr,
			  gfp_t gfp)
{
	unsigned long most = segment_room(SHIFT_MAX);
	unsigned long room = chunks_room(chunks, nr);
	int rc;

	if (room >= nr)
		return 0;

	if (!chunks->final || chunks->final->shift < SHIFT_MAX) {
		rc = final_grow(chunks, nr, gfp);
		if (rc)
			return rc;
		room = chunks_room(chunks, nr);
	}

	/* Spare segments are used last in, first out: the odd one comes last. */
	while (room < nr) {
		unsigned long more = (nr - room) % most ?: most;
		struct phyr_segment *seg;

		seg = segment_alloc(segment_shift(more), gfp);
		if (!seg)
			return -ENOMEM;
		seg->next = chunks->spare;
		chunks->spare = seg;
		room += segment_room(seg->shift);
	}
	return 0;
}

/* The first of the spare segments becomes the last of the list. */
static void final_link(struct phyr_chunks *chunks)
{
	struct phyr_segment *prev = chunks->final;
	struct phyr_segment *seg = chunks->spare;
	struct phyr_segment *jump = prev->jump;

	chunks->spare = seg->next;
	seg->next = NULL;
	seg->prev = prev;
	seg->pos = chunks->chunked;
	seg->index = prev->index + 1;

	/* Two jumps of one length in a row become one of twice the length. */
	if (jump->index - jump->jump->index == prev->index - jump->index)
		seg->jump = jump->jump;
	else
		seg->jump = prev;

	prev->next = seg;
	chunks->final = seg;
}

static u64 run_chunk(u64 unit, unsigned int order, u64 count)
{
	return unit << PHYR_UNIT_SHIFT | order << 6 | (count - 1);
}

/*
 * Cut a run into chunks.  @unit and @left are in units.  A chunk that takes all
 * that is left is taken.  Else, where the run goes on that far, the chunk ends
 * at the next multiple of 64 of the blocks that the address allows, so that the
 * next one can be of larger blocks; where it does not, the chunk takes as much
 * as one can.
 */
static unsigned int run_encode(u64 unit, u64 left, u64 *chunk)
{
	unsigned int nr = 0;

	while (left) {
		unsigned int order = unit ? __ffs64(unit) : 51;
		unsigned int whole = min_t(unsigned int, order, __ffs64(left));
		u64 count = left >> whole;

		if (count <= 64) {
			order = whole;
		} else {
			count = 64 - ((unit >> order) & 63);
			if (left >> order < count) {
				order = fls64(left) - 7;
				if (left >> order > 64)
					order++;
				count = left >> order;
			}
		}

		chunk[nr++] = run_chunk(unit, order, count);
		unit += count << order;
		left -= count << order;
	}
	return nr;
}

static void segment_add(struct phyr_chunks *chunks, struct phyr_segment *seg,
			u64 chunk, u64 len)
{
	if (seg->used && (chunk ^ seg->chunk[0]) & UNIT_MASK)
		seg->mixed = true;
	seg->chunk[seg->used++] = chunk;
	chunks->nr++;
	chunks->chunked += len;
}

static bool segment_has_room(const struct phyr_segment *seg)
{
	return seg->used < segment_room(seg->shift);
}

/* Store a run that takes several chunks, or an allocation.  In units. */
static noinline int run_close_slow(struct phyr_chunks *chunks, u64 first,
				   u64 units, gfp_t gfp)
{
	u64 chunk[PHYR_RUN_CHUNKS];
	unsigned int nr, i;
	int rc;

	nr = run_encode(first, units, chunk);
	rc = chunks_reserve(chunks, nr, gfp);
	if (rc)
		return rc;

	for (i = 0; i < nr; i++) {
		if (!segment_has_room(chunks->final))
			final_link(chunks);
		segment_add(chunks, chunks->final, chunk[i],
			    phyr_chunk_len(chunk[i]));
	}
	return 0;
}

/*
 * Store the last run as chunks, because another one follows.  Most runs of
 * fragmented memory are one chunk, and have a place.
 */
static int run_close(struct phyr_chunks *chunks, gfp_t gfp)
{
	u64 first = chunks->run_addr >> PHYR_UNIT_SHIFT;
	u64 last = (chunks->run_addr + (chunks->run_len - 1)) >> PHYR_UNIT_SHIFT;
	u64 units = last - first + 1;
	struct phyr_segment *seg = chunks->final;
	unsigned int order = __ffs64(first | units);
	u64 count = units >> order;

	if (count > 64 || !seg || !segment_has_room(seg))
		return run_close_slow(chunks, first, units, gfp);
	segment_add(chunks, seg, run_chunk(first, order, count),
		    units << PHYR_UNIT_SHIFT);
	return 0;
}

/**
 * phyr_chunks_append() - append a range
 * @chunks: the list
 * @addr: address of the first byte
 * @len: number of bytes
 * @merge: whether the range may become one with the last run if it follows it
 * @gfp: how to allocate
 *
 * On failure the list is left unchanged.
 *
 * Context: As @gfp says.
 * Return: 0; -EINVAL if @len is 0, or if the edge between the last run and the
 * range is no multiple of 4096 on both sides; -EOVERFLOW if the range ends
 * beyond 2^64, or the list becomes longer than a size_t can say; -ENOMEM.
 */
int phyr_chunks_append(struct phyr_chunks *chunks, u64 addr, size_t len,
		       bool merge, gfp_t gfp)
{
	u64 last, end = chunks->run_addr + chunks->run_len;
	size_t total;
	bool goes_on;
	int rc;

	if (!len)
		return -EINVAL;
	if (check_add_overflow(addr, (u64)len - 1, &last))
		return -EOVERFLOW;
	if (check_add_overflow(chunks->len, len, &total))
		return -EOVERFLOW;

	if (!chunks->len) {
		chunks->offset = addr & UNIT_MASK;
		chunks->run_addr = addr;
		chunks->run_len = len;
		chunks->lowest = addr;
		chunks->highest = last;
		chunks->len = len;
		return 0;
	}

	/* Address 0 does not follow the top. */
	goes_on = unlikely(merge) && addr == end && end;
	/* Chunks start where the unit of the first byte does; a lone run is none. */
	if (unlikely(total > SIZE_MAX - chunks->offset) &&
	    (chunks->nr || !goes_on))
		return -EOVERFLOW;

	if (goes_on) {
		chunks->run_len += len;
	} else {
		if ((addr | end) & UNIT_MASK)
			return -EINVAL;
		rc = run_close(chunks, gfp);
		if (rc)
			return rc;
		chunks->edges |= addr | end;
		chunks->run_addr = addr;
		chunks->run_len = len;
	}
	if (addr < chunks->lowest)
		chunks->lowest = addr;
	if (last > chunks->highest)
		chunks->highest = last;
	chunks->len = total;
	return 0;
}
EXPORT_SYMBOL_GPL(phyr_chunks_append);

/**
 * phyr_chunks_preload() - allocate ahead
 * @chunks: the list
 * @nr: number of chunks to make room for
 * @gfp: how to allocate
 *
 * Context: As @gfp says.
 * Return: 0, or -ENOMEM.
 */
int phyr_chunks_preload(struct phyr_chunks *chunks, unsigned long nr,
			gfp_t gfp)
{
	return chunks_reserve(chunks, nr, gfp);
}
EXPORT_SYMBOL_GPL(phyr_chunks_preload);

/**
 * phyr_chunks_destroy() - give back what a list allocated
 * @chunks: the list; empty afterwards
 *
 * Context: Any context that may free memory.
 */
void phyr_chunks_destroy(struct phyr_chunks *chunks)
{
	segments_free(chunks->first);
	segments_free(chunks->spare);
	*chunks = (struct phyr_chunks){ };
}
EXPORT_SYMBOL_GPL(phyr_chunks_destroy);

/**
 * phyr_chunks_equal() - whether two lists have the same ranges
 * @a: one list
 * @b: the other list
 *
 * Context: Any context.
 * Return: true if they have.
 */
bool phyr_chunks_equal(const struct phyr_chunks *a, const struct phyr_chunks *b)
{
	const struct phyr_segment *s = a->first, *t = b->first;
	unsigned int i = 0, j = 0;
	unsigned long n;

	if (a->len != b->len || a->nr != b->nr || a->offset != b->offset)
		return false;
	if (a->run_addr != b->run_addr || a->run_len != b->run_len)
		return false;

	/* Segments may differ in size: what is preloaded is not the ranges. */
	for (n = 0; n < a->nr; n++) {
		if (s->chunk[i] != t->chunk[j])
			return false;
		if (++i == s->used) {
			s = s->next;
			i = 0;
		}
		if (++j == t->used) {
			t = t->next;
			j = 0;
		}
	}
	return true;
}
EXPORT_SYMBOL_GPL(phyr_chunks_equal);

/**
 * phyr_chunks_bytes() - memory allocated beside the head
 * @chunks: the list
 *
 * Context: Any context.
 * Return: the number of bytes.
 */
size_t phyr_chunks_bytes(const struct phyr_chunks *chunks)
{
	const struct phyr_segment *seg;
	size_t bytes = 0;

	for (seg = chunks->first; seg; seg = seg->next)
		bytes += 1UL << seg->shift;
	for (seg = chunks->spare; seg; seg = seg->next)
		bytes += 1UL << seg->shift;
	return bytes;
}
EXPORT_SYMBOL_GPL(phyr_chunks_bytes);

/* Go to the chunk that has byte @pos, counted from the start of all chunks. */
static void iter_seek(struct phyr_chunks_iter *iter, u64 pos)
{
	const struct phyr_segment *seg = iter->chunks->final;
	unsigned int slot = 0;

	while (seg->pos > pos)
		seg = seg->jump->pos > pos ? seg->jump : seg->prev;
	pos -= seg->pos;

	if (!seg->mixed) {
		u64 chunk = seg->chunk[0];

		slot = div_u64(pos >> phyr_chunk_shift(chunk),
			       phyr_chunk_count(chunk));
		pos -= slot * phyr_chunk_len(chunk);
	} else {
		u64 end = seg->next ? seg->next->pos : iter->chunks->chunked;
		u64 left = end - seg->pos - pos;

		if (pos <= left) {
			while (pos >= phyr_chunk_len(seg->chunk[slot]))
				pos -= phyr_chunk_len(seg->chunk[slot++]);
		} else {
			/* Who appends looks at what came last. */
			slot = seg->used - 1;
			while (left > phyr_chunk_len(seg->chunk[slot]))
				left -= phyr_chunk_len(seg->chunk[slot--]);
			pos = phyr_chunk_len(seg->chunk[slot]) - left;
		}
	}

	iter->seg = seg;
	iter->chunk = seg->chunk + slot;
	iter->end = seg->chunk + seg->used;
	iter->skip = pos;
}

/**
 * phyr_chunks_iter_init() - start at a position
 * @iter: the place
 * @chunks: the list
 * @pos: number of bytes to leave out at the front
 * @len: number of bytes to visit
 *
 * Context: Any context.
 * Return: 0, or -ERANGE if the list does not have these bytes.
 */
int phyr_chunks_iter_init(struct phyr_chunks_iter *iter,
			  const struct phyr_chunks *chunks, size_t pos,
			  size_t len)
{
	size_t end;

	*iter = (struct phyr_chunks_iter){ .chunks = chunks };
	if (check_add_overflow(pos, len, &end) || end > chunks->len)
		return -ERANGE;

	iter->left = len;
	if (!chunks->nr)
		iter->skip = pos;
	else if ((u64)pos + chunks->offset >= chunks->chunked)
		iter->skip = (u64)pos + chunks->offset - chunks->chunked;
	else
		iter_seek(iter, (u64)pos + chunks->offset);
	return 0;
}
EXPORT_SYMBOL_GPL(phyr_chunks_iter_init);

static u64 chunks_first_addr(const struct phyr_chunks *chunks)
{
	if (!chunks->nr)
		return chunks->run_addr;
	return phyr_chunk_addr(chunks->first->chunk[0]) + chunks->offset;
}

static bool block_size_is_allowed(const struct phyr_chunks *chunks, u64 size)
{
	return size >= PHYR_UNIT_SIZE && !(size & (size - 1)) &&
	       !(chunks->edges & (size - 1));
}

/**
 * phyr_chunks_blocks_init() - start with the first block
 * @blocks: the place
 * @chunks: the list
 * @pos: position to start at, below the length of the list
 * @size: size of a block in bytes
 *
 * Context: Any context.
 * Return: 0, or -EINVAL if some edge is no multiple of @size, or @size is no
 * power of two or less than 4096, or -ERANGE; then there is no block.
 */
int phyr_chunks_blocks_init(struct phyr_chunks_blocks *blocks,
			    const struct phyr_chunks *chunks, size_t pos,
			    u64 size)
{
	*blocks = (struct phyr_chunks_blocks){ .size = size };
	if (!block_size_is_allowed(chunks, size))
		return -EINVAL;
	return phyr_chunks_iter_init(&blocks->iter, chunks, pos,
				     chunks->len - pos);
}
EXPORT_SYMBOL_GPL(phyr_chunks_blocks_init);

/**
 * phyr_chunks_next_block() - the next block
 * @blocks: the place
 * @addr: address of the block
 *
 * Context: Any context.
 * Return: false if there is no more.
 */
bool phyr_chunks_next_block(struct phyr_chunks_blocks *blocks, u64 *addr)
{
	u64 mask = blocks->size - 1;

	while (!blocks->left) {
		u64 first, last;
		size_t len;

		if (!phyr_chunks_next(&blocks->iter, &first, &len))
			return false;
		last = (first + (len - 1)) | mask;

		/*
		 * Edges are multiples of a block.  What starts elsewhere goes
		 * on with a block that the chunk before it has begun.
		 */
		if (blocks->started && first & mask) {
			first |= mask;
			if (first == last)
				continue;
			first++;
		}
		blocks->started = true;
		blocks->addr = first & ~mask;
		blocks->left = ((last - blocks->addr) >> __ffs64(mask + 1)) + 1;
	}
	*addr = blocks->addr;
	blocks->addr += blocks->size;
	blocks->left--;
	return true;
}
EXPORT_SYMBOL_GPL(phyr_chunks_next_block);

/**
 * phyr_chunks_nr_blocks() - number of blocks that a list takes
 * @chunks: the list
 * @size: size of a block in bytes
 *
 * Context: Any context.
 * Return: the number; 0 if @size is not allowed.
 */
u64 phyr_chunks_nr_blocks(const struct phyr_chunks *chunks, u64 size)
{
	u64 before;

	if (!chunks->len || !block_size_is_allowed(chunks, size))
		return 0;
	before = chunks_first_addr(chunks) & (size - 1);
	/* Counted without adding up what may not fit in 64 bits. */
	if (chunks->len <= size - before)
		return 1;
	return ((chunks->len - (size - before) - 1) >> __ffs64(size)) + 2;
}
EXPORT_SYMBOL_GPL(phyr_chunks_nr_blocks);
