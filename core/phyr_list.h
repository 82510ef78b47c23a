/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_PHYR_LIST_H
#define _LINUX_PHYR_LIST_H
/*
 * Lists of physical ranges
 *
 * A struct phyr_list holds the memory beneath one contiguous span of virtual
 * addresses: what pinning returns, what lives as long as a memory region does,
 * and what is handed to the DMA API as a whole.  It is made for long life: a
 * word of 8 bytes describes up to 64 blocks of memory of any one power of two.
 *
 * Representation
 *
 * The ranges of a list, with those merged that may be, are its runs.  All runs
 * but the last are stored as chunks, 64 bits each:
 *
 *	 63                         12 11        6 5         0
 *	+-----------------------------+-----------+-----------+
 *	|  address, in units of 4 KiB |   order   | count - 1 |
 *	+-----------------------------+-----------+-----------+
 *
 * A chunk is @count blocks of 4096 << @order bytes that follow each other, and
 * starts at a multiple of one block.  A unit is 4 KiB whatever PAGE_SIZE is.
 * The last run is kept in the head as address and length.  So a list of one
 * run needs no memory beside its head, whatever its length and alignment, and
 * appending to a run changes nothing but its length.
 *
 * How a run is cut into chunks depends on its address and length alone, and
 * what is merged into one run depends on the ranges alone.  The encoding is
 * canonical therefore: lists of the same memory are equal word by word, in
 * however many pieces that memory was appended.
 *
 * Only the first byte and the last of a list may lie anywhere; where one run
 * ends and the next starts, both are multiples of 4 KiB.  The head has the
 * offset of the first byte in its unit, and the total length, once.  No chunk
 * covers a unit of which no byte is in the list.  The topmost byte of the address
 * space can be in a list; what starts with it reads as none, see PHYR_NONE.
 *
 * Chunks are in segments of at most 4 KiB, which are linked; nothing is ever
 * allocated that is larger.  A segment has the position of its first chunk and
 * a pointer that jumps back over many others, such that each position is found
 * in O(log n) steps from the last segment (E. W. Myers, An applicative
 * random-access stack, 1983).  They cost nothing to keep up, need no memory of
 * their own, and therefore cannot fail.
 *
 * Words used here:
 *
 *  chunk       One word of a list.
 *  run         Ranges that became one, because each follows the one before it
 *              and they may be merged.
 *  position    Number of bytes of the list before this one.
 *  edge        Address where a run other than the first starts, or other than
 *              the last ends.  What all edges are multiples of can be the page
 *              size of a hardware page table.
 *  block       A naturally aligned piece of memory of one size, as hardware
 *              page tables want it.
 *
 * CPU addresses and DMA addresses
 *
 * The encoding is the same for both, and is struct phyr_chunks.  The types of
 * lists are two: struct phyr_list holds CPU physical addresses and struct
 * dma_phyr_list, in <linux/dma-phyr.h>, what a device is told.  Neither is
 * accepted where the other is expected.
 *
 * A list holds no reference and takes no lock: who fills it keeps the memory
 * alive, and who changes it keeps others out.  Reading needs nothing.
 */

#include <linux/bits.h>
#include <linux/gfp_types.h>
#include <linux/phyr.h>
#include <linux/types.h>

struct device;
struct folio;
struct page;
struct phyr_segment;
struct scatterlist;
struct sg_table;
struct task_struct;

#define PHYR_UNIT_SHIFT		12
#define PHYR_UNIT_SIZE		BIT(PHYR_UNIT_SHIFT)

/**
 * PHYR_RUN_CHUNKS - the most chunks that one run may take
 *
 * Address and length have 52 bits each, and a chunk takes six of one of them:
 * of the address from below, then of the length from above.
 */
#define PHYR_RUN_CHUNKS		18

/* Memory of the last kind shares no list with the others. */
#define PHYR_KIND_PAGES		BIT(0)	/* has struct pages */
#define PHYR_KIND_NO_PAGES	BIT(1)	/* has none */
#define PHYR_KIND_P2P		BIT(2)	/* a device's, for its peers; has them */

/**
 * struct phyr_chunks - ranges of addresses of any kind, encoded
 * @len: number of bytes in the list
 * @chunked: number of bytes in all chunks; what is before the last run
 * @run_addr: address of the first byte of the last run
 * @run_len: number of bytes in the last run
 * @lowest: lowest address of a byte in the list
 * @highest: highest address of a byte in the list, inclusive
 * @edges: all edges, combined by bitwise or
 * @nr: number of chunks
 * @offset: offset of the first byte of the list in its unit
 * @kinds: what kinds of memory the list has, PHYR_KIND_*
 * @first: first segment
 * @final: last segment, the only one that may have room
 * @spare: segments allocated ahead
 *
 * Used by the typed lists only.
 */
struct phyr_chunks {
	size_t			len;
	u64			chunked;
	u64			run_addr;
	size_t			run_len;
	u64			lowest;
	u64			highest;
	u64			edges;
	unsigned long		nr;
	unsigned int		offset;
	unsigned int		kinds;
	struct phyr_segment	*first;
	struct phyr_segment	*final;
	struct phyr_segment	*spare;
};

/**
 * struct phyr_list - the memory beneath a span of virtual addresses
 * @chunks: the ranges, CPU physical addresses
 */
struct phyr_list {
	struct phyr_chunks	chunks;
};

/**
 * struct phyr_segment - some of the chunks of a list
 * @next: segment with the chunks that follow
 * @prev: segment with the chunks before; NULL in the first
 * @jump: some segment before, or this one if it is the first
 * @pos: number of bytes in all chunks before
 * @index: number of segments before
 * @used: number of chunks here
 * @shift: this segment takes 1 << @shift bytes
 * @mixed: whether chunks differ in order or count
 * @chunk: the chunks
 */
struct phyr_segment {
	struct phyr_segment	*next;
	struct phyr_segment	*prev;
	struct phyr_segment	*jump;
	u64			pos;
	u32			index;
	u16			used;
	u8			shift;
	bool			mixed;
	u64			chunk[];
};

static inline u64 phyr_chunk_addr(u64 chunk)
{
	return chunk & ~(u64)(PHYR_UNIT_SIZE - 1);
}

static inline unsigned int phyr_chunk_shift(u64 chunk)
{
	return PHYR_UNIT_SHIFT + ((chunk >> 6) & 63);
}

static inline unsigned int phyr_chunk_count(u64 chunk)
{
	return (chunk & 63) + 1;
}

static inline u64 phyr_chunk_len(u64 chunk)
{
	return (u64)phyr_chunk_count(chunk) << phyr_chunk_shift(chunk);
}

int phyr_chunks_append(struct phyr_chunks *chunks, u64 addr, size_t len,
		       bool merge, gfp_t gfp);
int phyr_chunks_preload(struct phyr_chunks *chunks, unsigned long nr,
			gfp_t gfp);
void phyr_chunks_destroy(struct phyr_chunks *chunks);
bool phyr_chunks_equal(const struct phyr_chunks *a,
		       const struct phyr_chunks *b);
size_t phyr_chunks_bytes(const struct phyr_chunks *chunks);

/**
 * struct phyr_chunks_iter - a place in a list
 * @chunk: chunk that comes next, if it is not @end
 * @end: end of the chunks of @seg
 * @seg: segment of @chunk; NULL if only the last run is to come
 * @chunks: the list
 * @skip: number of bytes to leave out of what comes next
 * @left: number of bytes to visit
 *
 * All that moves it is inline, so that a loop can keep it in registers.
 */
struct phyr_chunks_iter {
	const u64			*chunk;
	const u64			*end;
	const struct phyr_segment	*seg;
	const struct phyr_chunks	*chunks;
	u64				skip;
	size_t				left;
};

int phyr_chunks_iter_init(struct phyr_chunks_iter *iter,
			  const struct phyr_chunks *chunks, size_t pos,
			  size_t len);

/* All of a list: nothing has to be found. */
static inline struct phyr_chunks_iter
phyr_chunks_start(const struct phyr_chunks *chunks)
{
	struct phyr_chunks_iter iter = {
		.chunks = chunks, .left = chunks->len,
	};

	if (chunks->nr) {
		iter.seg = chunks->first;
		iter.chunk = iter.seg->chunk;
		iter.end = iter.chunk + iter.seg->used;
		iter.skip = chunks->offset;
	}
	return iter;
}

static inline bool phyr_chunks_next(struct phyr_chunks_iter *iter, u64 *addr,
				    size_t *len)
{
	u64 first, n;

	if (!iter->left)
		return false;
	if (iter->chunk == iter->end && iter->seg) {
		iter->seg = iter->seg->next;
		if (iter->seg) {
			iter->chunk = iter->seg->chunk;
			iter->end = iter->chunk + iter->seg->used;
		}
	}
	if (iter->chunk != iter->end) {
		first = phyr_chunk_addr(*iter->chunk);
		n = phyr_chunk_len(*iter->chunk) - iter->skip;
		n = min_t(u64, n, iter->left);
		iter->chunk++;
	} else {
		/* All that is left is of the last run. */
		first = iter->chunks->run_addr;
		n = iter->left;
	}
	*addr = first + iter->skip;
	*len = n;
	iter->skip = 0;
	iter->left -= n;
	return true;
}

/* Whether what comes next is seen at a glance not to start at @addr. */
static inline bool phyr_chunks_breaks(const struct phyr_chunks_iter *iter,
				      u64 addr)
{
	return iter->chunk != iter->end &&
	       phyr_chunk_addr(*iter->chunk) != addr;
}

/**
 * struct phyr_chunks_blocks - a place in a list that is taken block by block
 * @iter: what comes after the current range
 * @addr: block that comes next
 * @left: number of blocks still to come of the current range
 * @size: size of a block in bytes, a power of two
 * @started: whether a range was seen
 */
struct phyr_chunks_blocks {
	struct phyr_chunks_iter	iter;
	u64			addr;
	u64			left;
	u64			size;
	bool			started;
};

int phyr_chunks_blocks_init(struct phyr_chunks_blocks *blocks,
			    const struct phyr_chunks *chunks, size_t pos,
			    u64 size);
bool phyr_chunks_next_block(struct phyr_chunks_blocks *blocks, u64 *addr);
u64 phyr_chunks_nr_blocks(const struct phyr_chunks *chunks, u64 size);

/**
 * phyr_list_init() - make an empty list
 * @list: the list
 *
 * Context: Any context.
 */
static inline void phyr_list_init(struct phyr_list *list)
{
	*list = (struct phyr_list){ };
}

/**
 * phyr_list_destroy() - give back what a list allocated
 * @list: the list; empty afterwards, and may be used again
 *
 * The memory that the list describes is not touched: see unpin_user_phyrs().
 *
 * Context: Any context that may free memory.  Cannot fail.
 */
static inline void phyr_list_destroy(struct phyr_list *list)
{
	phyr_chunks_destroy(&list->chunks);
}

/**
 * phyr_list_preload() - allocate ahead
 * @list: the list
 * @nr: number of chunks to make room for
 * @gfp: how to allocate
 *
 * After it the next appends allocate nothing until they have taken @nr chunks:
 * one for each range of one page that is merged with no other, and at most
 * PHYR_RUN_CHUNKS for any range.  Call it where sleeping is allowed and append
 * where it is not, with GFP_NOWAIT.  What is not used stays with the list.
 *
 * Context: As @gfp says.
 * Return: 0, or -ENOMEM; room that was made already is kept then.
 */
static inline int phyr_list_preload(struct phyr_list *list, unsigned long nr,
				    gfp_t gfp)
{
	return phyr_chunks_preload(&list->chunks, nr, gfp);
}

/**
 * phyr_list_is_empty() - whether a list holds no bytes
 * @list: the list
 *
 * Context: Any context.
 * Return: true if nothing was appended.
 */
static inline bool phyr_list_is_empty(const struct phyr_list *list)
{
	return !list->chunks.len;
}

/**
 * phyr_list_len() - number of bytes in a list
 * @list: the list
 *
 * Context: Any context.
 * Return: the length in bytes.
 */
static inline size_t phyr_list_len(const struct phyr_list *list)
{
	return list->chunks.len;
}

/**
 * phyr_list_is_run() - whether a list is one contiguous range
 * @list: the list, not empty
 *
 * Context: Any context.
 * Return: true if all of @list is one run.
 */
static inline bool phyr_list_is_run(const struct phyr_list *list)
{
	return !list->chunks.nr;
}

/**
 * phyr_list_lowest() - lowest physical address in a list
 * @list: the list, not empty
 *
 * Context: Any context.
 * Return: the address.
 */
static inline phys_addr_t phyr_list_lowest(const struct phyr_list *list)
{
	return list->chunks.lowest;
}

/**
 * phyr_list_highest() - highest physical address in a list
 * @list: the list, not empty
 *
 * Context: Any context.
 * Return: the address, inclusive.
 */
static inline phys_addr_t phyr_list_highest(const struct phyr_list *list)
{
	return list->chunks.highest;
}

/**
 * phyr_list_align() - what all edges in a list are multiples of
 * @list: the list
 *
 * Where the first byte and the last are does not count.  With an I/O virtual
 * address that is congruent to the address of the first byte, this is the
 * largest page size for which a page table can be filled from @list.
 *
 * Context: Any context.
 * Return: a power of two, at least 4096; 0 if there is no edge, and nothing
 * limits the page size.
 */
static inline u64 phyr_list_align(const struct phyr_list *list)
{
	return list->chunks.edges & -list->chunks.edges;
}

/**
 * phyr_list_is_p2p() - whether a list holds peer-to-peer memory
 * @list: the list
 *
 * Context: Any context.
 * Return: true if all memory of @list belongs to devices and is registered for
 * peer-to-peer DMA; no list has some of both.
 */
static inline bool phyr_list_is_p2p(const struct phyr_list *list)
{
	return list->chunks.kinds & PHYR_KIND_P2P;
}

/**
 * phyr_list_has_pages() - whether all memory of a list has struct pages
 * @list: the list
 *
 * Context: Any context.
 * Return: true if there is none without; true for an empty list.
 */
static inline bool phyr_list_has_pages(const struct phyr_list *list)
{
	return !(list->chunks.kinds & PHYR_KIND_NO_PAGES);
}

/**
 * phyr_list_equal() - whether two lists hold the same memory in the same order
 * @a: one list
 * @b: the other list
 *
 * Context: Any context.
 * Return: true if they do, whatever the pieces they were made from.
 */
static inline bool phyr_list_equal(const struct phyr_list *a,
				   const struct phyr_list *b)
{
	return phyr_chunks_equal(&a->chunks, &b->chunks);
}

/**
 * phyr_list_bytes() - memory that a list holds for itself
 * @list: the list
 *
 * Context: Any context.
 * Return: bytes allocated beside the head, with what was allocated ahead.
 */
static inline size_t phyr_list_bytes(const struct phyr_list *list)
{
	return phyr_chunks_bytes(&list->chunks);
}

/**
 * struct phyr_list_iter - a place in a list, to go on from
 * @iter: the place
 */
struct phyr_list_iter {
	struct phyr_chunks_iter	iter;
};

/**
 * phyr_list_iter_init() - start at a position
 * @iter: the place
 * @list: the list; must not change while @iter is used
 * @pos: number of bytes to leave out at the front
 * @len: number of bytes to visit
 *
 * Finds @pos in O(log n).
 *
 * Context: Any context.
 * Return: 0, or -ERANGE if @list does not have these bytes; then there is
 * nothing to visit.
 */
static inline int phyr_list_iter_init(struct phyr_list_iter *iter,
				      const struct phyr_list *list, size_t pos,
				      size_t len)
{
	return phyr_chunks_iter_init(&iter->iter, &list->chunks, pos, len);
}

/**
 * phyr_list_next() - the next range
 * @iter: the place; moves behind that range
 * @p: the range, not empty
 *
 * A range is what one chunk holds, so that the next one may be adjacent.
 *
 * Context: Any context.
 * Return: false if there is no more.
 */
static inline bool phyr_list_next(struct phyr_list_iter *iter, struct phyr *p)
{
	u64 addr;

	if (!phyr_chunks_next(&iter->iter, &addr, &p->len))
		return false;
	p->addr = addr;
	return true;
}

/**
 * phyr_list_find() - the memory at a position
 * @list: the list
 * @pos: the position
 * @p: the memory from there on, as far as one chunk has it
 *
 * Context: Any context.
 * Return: 0, or -ERANGE if @list is not as long.
 */
static inline int phyr_list_find(const struct phyr_list *list, size_t pos,
				 struct phyr *p)
{
	struct phyr_list_iter iter;

	if (pos >= list->chunks.len ||
	    phyr_list_iter_init(&iter, list, pos, list->chunks.len - pos))
		return -ERANGE;
	phyr_list_next(&iter, p);
	return 0;
}

/**
 * phyr_list_start() - start at the front
 * @list: the list; must not change while the place is used
 *
 * Context: Any context.  Cannot fail: all of a list is in it.
 * Return: the place.
 */
static inline struct phyr_list_iter
phyr_list_start(const struct phyr_list *list)
{
	return (struct phyr_list_iter){ phyr_chunks_start(&list->chunks) };
}

/**
 * for_each_phyr() - visit all ranges of a list
 * @p: struct phyr that becomes each range
 * @list: the list; must not change meanwhile
 */
#define for_each_phyr(p, list)						\
	for (struct phyr_list_iter __iter = phyr_list_start(list);	\
	     phyr_list_next(&__iter, &(p));)

/**
 * struct phyr_list_blocks - a place in a list that is taken block by block
 * @blocks: the place
 */
struct phyr_list_blocks {
	struct phyr_chunks_blocks blocks;
};

/**
 * phyr_list_blocks_init() - start with the first block
 * @blocks: the place
 * @list: the list; must not change while @blocks is used
 * @size: size of a block in bytes, a power of two, at least 4096 and at most
 *	phyr_list_align() if that is not 0
 *
 * Context: Any context.
 * Return: 0, or -EINVAL if @size is not allowed; then there is no block.
 */
static inline int phyr_list_blocks_init(struct phyr_list_blocks *blocks,
					const struct phyr_list *list, u64 size)
{
	return phyr_chunks_blocks_init(&blocks->blocks, &list->chunks, 0, size);
}

/**
 * phyr_list_next_block() - the next block
 * @blocks: the place; moves behind that block
 * @addr: physical address of the block, a multiple of its size
 *
 * All blocks together cover @list.  The first may start before it and the last
 * may end behind it.
 *
 * Context: Any context.
 * Return: false if there is no more.
 */
static inline bool phyr_list_next_block(struct phyr_list_blocks *blocks,
					phys_addr_t *addr)
{
	u64 block;

	if (!phyr_chunks_next_block(&blocks->blocks, &block))
		return false;
	*addr = block;
	return true;
}

/**
 * phyr_list_nr_blocks() - number of blocks that a list takes
 * @list: the list
 * @size: as for phyr_list_blocks_init()
 *
 * Context: Any context.  Takes constant time.
 * Return: how often phyr_list_next_block() returns true.
 */
static inline u64 phyr_list_nr_blocks(const struct phyr_list *list, u64 size)
{
	return phyr_chunks_nr_blocks(&list->chunks, size);
}

void phyr_list_rest_of_run(struct phyr_list_iter *iter, struct phyr *run);

/**
 * phyr_list_next_run() - the next run
 * @iter: the place; moves behind that run
 * @run: the run, or what is to be visited of it; not empty
 *
 * As phyr_list_next(), with all chunks of a run taken at once.  The next run may
 * be adjacent where phyr_can_merge() keeps the two apart.
 *
 * Context: Any context.
 * Return: false if there is no more.
 */
static inline bool phyr_list_next_run(struct phyr_list_iter *iter,
				      struct phyr *run)
{
	if (!phyr_list_next(iter, run))
		return false;
	if (!phyr_chunks_breaks(&iter->iter, phyr_end(run)))
		phyr_list_rest_of_run(iter, run);
	return true;
}

int phyr_list_append(struct phyr_list *list, const struct phyr *p, gfp_t gfp);
int phyr_list_append_run(struct phyr_list *list, const struct page *page,
			 const struct phyr *p, gfp_t gfp);
int phyr_list_append_phyrs(struct phyr_list *list, const struct phyr *p,
			   unsigned long nr, gfp_t gfp);
int phyr_list_append_pages(struct phyr_list *list, struct page **pages,
			   size_t offset, size_t len, gfp_t gfp);
int phyr_list_append_folio(struct phyr_list *list, struct folio *folio,
			   size_t offset, size_t len, gfp_t gfp);
int phyr_list_append_sg(struct phyr_list *list, struct scatterlist *sgl,
			unsigned int nents, gfp_t gfp);
int phyr_list_append_list(struct phyr_list *list, const struct phyr_list *from,
			  size_t pos, size_t len, gfp_t gfp);
unsigned long phyr_list_to_phyrs(const struct phyr_list *list, size_t pos,
				 struct phyr *p, unsigned long nr);
unsigned long phyr_list_to_pages(const struct phyr_list *list, size_t pos,
				 struct page **pages, unsigned long nr);
unsigned long phyr_list_to_folios(const struct phyr_list *list, size_t pos,
				  struct folio **folios, unsigned long nr);
int sg_map_phyrs(struct device *dev, struct sg_table *sgt,
		 const struct phyr_list *list, gfp_t gfp);

#if IS_ENABLED(CONFIG_PHYR_LIST_KUNIT_TEST)
/**
 * struct phyr_list_fault - faults that the suite asks for
 * @task: whose lists have them
 * @after: number of allocations that succeed before one fails; -1 for all
 * @held: number of segments that @task has allocated and not freed
 */
struct phyr_list_fault {
	struct task_struct	*task;
	long			after;
	long			held;
};

extern struct phyr_list_fault phyr_list_fault;
#endif

#endif /* _LINUX_PHYR_LIST_H */
