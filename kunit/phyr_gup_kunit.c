// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of pinned user memory.
 *
 * KUnit runs in a kernel thread, so each case gets a user address space of its
 * own.  It maps anonymous memory there, or a file whose pages are known: those
 * of one folio and as many that are folios of their own, in any order.  That
 * order is written as a string, the layout: 'a' to 'p' are the pages of the
 * folio, 'A' to 'P' the others, adjacent in memory as well, and '-' is a hole.
 *
 * What is in a list is held against what get_user_pages_fast() finds at the
 * same addresses, and pins are counted in the reference counts of pages.  When
 * a case ends, each page has the one reference that it started with.
 */

#include <kunit/test.h>
#include <linux/anon_inodes.h>
#include <linux/bits.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/phyr_gup.h>
#include <linux/rwsem.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#define KNOWN_ORDER	4
#define KNOWN_PAGES	BIT(KNOWN_ORDER)

/* More than two batches. */
#define MANY_PAGES	(2UL * (PAGE_SIZE / sizeof(struct page *)) + 5)

/* The same, but no more memory than small machines have. */
#define SOME_PAGES	min(MANY_PAGES, (unsigned long)SZ_16M / PAGE_SIZE)

#define NOWHERE		ULONG_MAX

/**
 * struct user_memory - the user address space of a case
 * @mm: the address space
 * @folio: a folio of KNOWN_PAGES pages
 * @single: as many pages that are folios of their own
 * @layout: the pages of the file, from the start again where it ends
 * @kill_at: page of the file whose fault is interrupted by a fatal signal
 * @retry_at: page of the file whose fault drops the lock, once
 * @folio_refs: references to @folio that are no pins
 * @single_refs: the same for each of @single
 */
struct user_memory {
	struct mm_struct	*mm;
	struct folio		*folio;
	struct page		*single;
	const char		*layout;
	unsigned long		kill_at;
	unsigned long		retry_at;
	int			folio_refs;
	int			single_refs[KNOWN_PAGES];
};

/* The page that a letter stands for. */
static struct page *known_page(const struct user_memory *mem, char c)
{
	if (c == '-')
		return NULL;
	return c >= 'a' ? folio_page(mem->folio, c - 'a') :
			  mem->single + (c - 'A');
}

static struct page *file_page(const struct user_memory *mem, unsigned long n)
{
	return known_page(mem, mem->layout[n % strlen(mem->layout)]);
}

/* A kernel thread gets SIGKILL only if it wants to, and does not die of it. */
static void kill_current(void)
{
	allow_kernel_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
}

static void revive_current(void)
{
	flush_signals(current);
	disallow_signal(SIGKILL);
}

static vm_fault_t user_file_fault(struct vm_fault *vmf)
{
	struct user_memory *mem = vmf->vma->vm_file->private_data;
	struct page *page = file_page(mem, vmf->pgoff);

	if (!page)
		return VM_FAULT_SIGBUS;

	if (vmf->pgoff == mem->kill_at)
		kill_current();
	if (vmf->pgoff == mem->retry_at &&
	    vmf->flags & FAULT_FLAG_ALLOW_RETRY) {
		mem->retry_at = NOWHERE;
		mmap_read_unlock(mem->mm);
		return VM_FAULT_RETRY;
	}

	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct user_file_vm_ops = {
	.fault = user_file_fault,
};

static int user_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &user_file_vm_ops;
	return 0;
}

static const struct file_operations user_file_fops = {
	.owner = THIS_MODULE,
	.mmap = user_file_mmap,
};

static unsigned long user_map(struct kunit *test, struct file *file,
			      unsigned long nr, unsigned long prot,
			      unsigned long flags)
{
	unsigned long addr = vm_mmap(file, 0, nr << PAGE_SHIFT, prot, flags, 0);

	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(addr));
	return addr;
}

static unsigned long user_map_anon(struct kunit *test, unsigned long nr,
				   unsigned long prot)
{
	return user_map(test, NULL, nr, prot, MAP_PRIVATE | MAP_ANONYMOUS);
}

static unsigned long user_map_file(struct kunit *test, const char *layout,
				   unsigned long nr, unsigned long prot)
{
	struct user_memory *mem = test->priv;
	struct file *file;
	unsigned long addr;

	mem->layout = layout;
	file = anon_inode_getfile("[phyr_gup]", &user_file_fops, mem, O_RDWR);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	addr = user_map(test, file, nr, prot, MAP_SHARED);
	fput(file);
	return addr;
}

/* From here on, further references are pins. */
static void user_refs_count(struct user_memory *mem)
{
	unsigned int i;

	mem->folio_refs = folio_ref_count(mem->folio);
	for (i = 0; i < KNOWN_PAGES; i++)
		mem->single_refs[i] = page_count(mem->single + i);
}

/* Each letter of @pinned is a pin of that page; there are no others. */
static void expect_pins(struct kunit *test, const char *pinned)
{
	struct user_memory *mem = test->priv;
	int pins[KNOWN_PAGES] = { };
	int folio_pins = 0;
	unsigned int i;

	for (; *pinned; pinned++) {
		if (*pinned >= 'a')
			folio_pins++;
		else if (*pinned != '-')
			pins[*pinned - 'A']++;
	}

	KUNIT_EXPECT_EQ(test, folio_ref_count(mem->folio),
			mem->folio_refs + folio_pins);
	KUNIT_EXPECT_EQ(test, folio_maybe_dma_pinned(mem->folio),
			folio_pins > 0);
	for (i = 0; i < KNOWN_PAGES; i++) {
		struct page *page = mem->single + i;
		int refs = mem->single_refs[i] +
			   pins[i] * (int)GUP_PIN_COUNTING_BIAS;

		KUNIT_EXPECT_EQ(test, page_count(page), refs);
		/* A thousand mappings look like a pin. */
		KUNIT_EXPECT_EQ(test, folio_maybe_dma_pinned(page_folio(page)),
				refs >= (int)GUP_PIN_COUNTING_BIAS);
	}
}

/* Map memory into the page tables, as a user who touches it does. */
static void user_touch(struct kunit *test, unsigned long addr, unsigned long nr,
		       unsigned int gup_flags)
{
	struct page *page;

	for (; nr--; addr += PAGE_SIZE) {
		KUNIT_ASSERT_EQ(test, get_user_pages_fast(addr, 1, gup_flags,
							  &page), 1);
		put_page(page);
	}
	user_refs_count(test->priv);
}

/* The list is what get_user_pages_fast() finds, page by page. */
static void expect_as_gup(struct kunit *test, const struct phyr_list *list,
			  unsigned long start, size_t len,
			  unsigned int gup_flags)
{
	unsigned long nr = PFN_UP(offset_in_page(start) + len);
	struct page **found, **listed;
	struct phyr_list expected;
	unsigned long i;

	found = kcalloc(nr, 2 * sizeof(*found), GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, found);
	listed = found + nr;
	phyr_list_init(&expected);

	KUNIT_EXPECT_EQ(test, phyr_list_len(list), len);
	for (i = 0; i < nr; i++) {
		unsigned long addr = (start & PAGE_MASK) + (i << PAGE_SHIFT);

		KUNIT_EXPECT_EQ(test, get_user_pages_fast(addr, 1, gup_flags,
							  &found[i]), 1);
		if (!found[i])
			goto out;
	}

	KUNIT_EXPECT_EQ(test, phyr_list_to_pages(list, 0, listed, nr), nr);
	KUNIT_EXPECT_EQ(test, memcmp(found, listed, nr * sizeof(*found)), 0);
	KUNIT_EXPECT_EQ(test, phyr_list_append_pages(&expected, found,
						     offset_in_page(start), len,
						     GFP_KERNEL), 0);
	KUNIT_EXPECT_TRUE(test, phyr_list_equal(list, &expected));
out:
	for (i = 0; i < nr && found[i]; i++)
		put_page(found[i]);
	phyr_list_destroy(&expected);
	kfree(found);
}

static void expect_unpinned(struct kunit *test, struct phyr_list *list)
{
	unpin_user_phyrs(list, false);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_empty(list));
	KUNIT_EXPECT_EQ(test, phyr_list_bytes(list), 0);
	expect_pins(test, "");
}

/*
 * Give back memory that is nobody else's, and see that none of its pages stays
 * pinned, as far as an array goes.
 */
static void expect_given_back(struct kunit *test, struct phyr_list *list,
			      bool dirty)
{
	size_t len = phyr_list_len(list);
	unsigned long n, i, pinned = 0;
	struct page *pages[32];

	n = phyr_list_to_pages(list, 0, pages, 16);
	if (len > SZ_1M)
		n += phyr_list_to_pages(list, len - SZ_32K, pages + n, 16);
	KUNIT_EXPECT_GT(test, n, 0UL);
	for (i = 0; i < n; i++)
		get_page(pages[i]);

	unpin_user_phyrs(list, dirty);
	for (i = 0; i < n; i++) {
		/* The page of zeroes has many references. */
		pinned += !is_zero_pfn(page_to_pfn(pages[i])) &&
			  folio_maybe_dma_pinned(page_folio(pages[i]));
		put_page(pages[i]);
	}
	KUNIT_EXPECT_EQ(test, pinned, 0UL);
}

/* The end of a case: the memory is unmapped, and nobody else holds it. */
static void user_end(struct kunit *test)
{
	struct user_memory *mem = test->priv;
	unsigned int i;

	kthread_unuse_mm(mem->mm);
	mmput(mem->mm);

	KUNIT_EXPECT_EQ(test, folio_ref_count(mem->folio), 1);
	for (i = 0; i < KNOWN_PAGES; i++)
		KUNIT_EXPECT_EQ(test, page_count(mem->single + i), 1);
}

/* A span of a layout: what it leaves out at the front and at the end. */
struct span_row {
	const char	*name;
	const char	*layout;
	size_t		front;
	size_t		tail;
};

static const struct span_row span_rows[] = {
	{ "one page", "A", 0, 0 },
	{ "one byte", "A", 17, PAGE_SIZE - 18 },
	{ "the last byte of a page", "A", PAGE_SIZE - 1, 0 },
	{ "two bytes across an edge", "AB", PAGE_SIZE - 1, PAGE_SIZE - 1 },
	{ "two bytes across a gap", "AC", PAGE_SIZE - 1, PAGE_SIZE - 1 },
	{ "neighbours", "ABCDEFGH", 0, 0 },
	{ "neighbours, odd start and length", "ABCD", 123, 7 },
	{ "backwards", "HGFEDCBA", 0, 0 },
	{ "backwards, odd start and length", "DCBA", 4095, 2049 },
	{ "one page four times", "AAAA", 0, 0 },
	{ "one page four times, odd", "AAAA", 1, 2 },
	{ "two neighbours twice", "ABAB", 1, 1 },
	{ "a folio", "abcdefghijklmnop", 0, 0 },
	{ "a folio, odd start and length", "abcdefghijklmnop", 5, 3 },
	{ "from inside a folio", "efgh", 100, 200 },
	{ "a folio backwards", "dcba", 0, 0 },
	{ "a folio with a page left out", "abdef", 0, 0 },
	{ "the end of a folio and its start", "opab", 1, 0 },
	{ "a folio among others", "AabcBdeCfD", 512, 512 },
	{ "as many as fit on the stack",
	  "ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP", 0, 0 },
	{ "a page more than fits on the stack",
	  "ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOPA", 0, 0 },
	{ "as many single pages", "ACEGIKMOACEGIKMOACEGIKMOACEGIKMO", 0, 0 },
	{ "a single page more, and neighbours",
	  "ACEGIKMOACEGIKMOACEGIKMOACEGIKMOAbcd", 0, 0 },
};

static void span_row_desc(const struct span_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(span, span_rows, span_row_desc);

static void phyr_gup_pins_what_gup_sees(struct kunit *test)
{
	const struct span_row *row = test->param_value;
	unsigned long nr = strlen(row->layout);
	size_t len = (nr << PAGE_SHIFT) - row->front - row->tail;
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, row->layout, nr, PROT_READ | PROT_WRITE);
	user_touch(test, addr, nr, FOLL_WRITE);
	addr += row->front;

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, len, FOLL_WRITE, &list),
			(long)len);
	expect_pins(test, row->layout);
	expect_as_gup(test, &list, addr, len, FOLL_WRITE);
	expect_unpinned(test, &list);
	user_end(test);
}

static void phyr_gup_remote_pins_the_same(struct kunit *test)
{
	const struct span_row *row = test->param_value;
	unsigned long nr = strlen(row->layout);
	size_t len = (nr << PAGE_SHIFT) - row->front - row->tail;
	struct phyr_list list;
	unsigned long addr;
	int locked = 1;

	phyr_list_init(&list);
	addr = user_map_file(test, row->layout, nr, PROT_READ | PROT_WRITE);
	user_touch(test, addr, nr, FOLL_WRITE);
	addr += row->front;

	mmap_read_lock(current->mm);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs_remote(current->mm, addr, len,
						    FOLL_WRITE, &list, &locked),
			(long)len);
	KUNIT_EXPECT_EQ(test, locked, 1);
	mmap_read_unlock(current->mm);
	expect_pins(test, row->layout);
	expect_as_gup(test, &list, addr, len, FOLL_WRITE);
	expect_unpinned(test, &list);
	user_end(test);
}

/* Some trees do not drop the lock for a long-term pin, and refuse to be told. */
static void phyr_gup_remote_pins_for_long(struct kunit *test)
{
	size_t len = 8 * PAGE_SIZE;
	struct phyr_list list;
	unsigned long addr;
	int locked = 1;

	phyr_list_init(&list);
	addr = user_map_anon(test, 8, PROT_READ | PROT_WRITE);
	mmap_read_lock(current->mm);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs_remote(current->mm, addr, len,
						    FOLL_WRITE | FOLL_LONGTERM,
						    &list, &locked), (long)len);
	if (locked)
		mmap_read_unlock(current->mm);
	expect_as_gup(test, &list, addr, len, FOLL_WRITE);
	expect_given_back(test, &list, true);
	user_end(test);
}

static void phyr_gup_anonymous_memory(struct kunit *test)
{
	size_t len = (SOME_PAGES << PAGE_SHIFT) - 1000;
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_anon(test, SOME_PAGES, PROT_READ | PROT_WRITE) + 333;

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, len, FOLL_WRITE |
					     FOLL_LONGTERM, &list), (long)len);
	expect_as_gup(test, &list, addr, len, FOLL_WRITE);
	expect_given_back(test, &list, true);
	user_end(test);
}

/* Nobody has written yet, so that all pages are the same one. */
static void phyr_gup_zero_page(struct kunit *test)
{
	size_t len = (MANY_PAGES << PAGE_SHIFT) - 1000;
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_anon(test, MANY_PAGES, PROT_READ | PROT_WRITE) + 333;

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, len, 0, &list), (long)len);
	expect_as_gup(test, &list, addr, len, 0);
	expect_given_back(test, &list, false);
	user_end(test);
}

static void phyr_gup_many_batches_are_one_list(struct kunit *test)
{
	struct user_memory *mem = test->priv;
	size_t len = MANY_PAGES << PAGE_SHIFT;
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, "bcdefABCA", MANY_PAGES,
			     PROT_READ | PROT_WRITE);
	user_touch(test, addr, MANY_PAGES, FOLL_WRITE);

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, len, FOLL_WRITE, &list),
			(long)len);
	expect_as_gup(test, &list, addr, len, FOLL_WRITE);
	KUNIT_EXPECT_TRUE(test, folio_maybe_dma_pinned(mem->folio));
	expect_unpinned(test, &list);
	user_end(test);
}

static void phyr_gup_hole_ends_a_pin(struct kunit *test)
{
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, "ABc-D", 5, PROT_READ | PROT_WRITE);
	user_touch(test, addr, 3, FOLL_WRITE);

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr + 7, 4 * PAGE_SIZE,
					     FOLL_WRITE, &list),
			(long)(3 * PAGE_SIZE - 7));
	expect_pins(test, "ABc");
	expect_as_gup(test, &list, addr + 7, 3 * PAGE_SIZE - 7, FOLL_WRITE);

	/* The rest starts with the hole, and what there is stays. */
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr + 3 * PAGE_SIZE, PAGE_SIZE,
					     FOLL_WRITE, &list), -EFAULT);
	expect_pins(test, "ABc");
	KUNIT_EXPECT_EQ(test, phyr_list_len(&list), 3 * PAGE_SIZE - 7);
	expect_unpinned(test, &list);
	user_end(test);
}

static void phyr_gup_hole_in_a_later_batch(struct kunit *test)
{
	unsigned long hole = SOME_PAGES - 3;
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_anon(test, SOME_PAGES, PROT_READ | PROT_WRITE);
	KUNIT_ASSERT_EQ(test, vm_munmap(addr + (hole << PAGE_SHIFT), PAGE_SIZE),
			0);

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr + 1,
					     (SOME_PAGES << PAGE_SHIFT) - 1,
					     FOLL_WRITE, &list),
			(long)(hole << PAGE_SHIFT) - 1);
	expect_as_gup(test, &list, addr + 1, (hole << PAGE_SHIFT) - 1,
		      FOLL_WRITE);
	expect_given_back(test, &list, true);
	user_end(test);
}

static void phyr_gup_hole_at_the_start_fails(struct kunit *test)
{
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, "-A", 2, PROT_READ | PROT_WRITE);
	user_refs_count(test->priv);

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr + 1, PAGE_SIZE, FOLL_WRITE,
					     &list), -EFAULT);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_empty(&list));
	expect_pins(test, "");
	user_end(test);
}

static void phyr_gup_rejects_what_is_no_span(struct kunit *test)
{
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, "A", 1, PROT_READ | PROT_WRITE);
	user_refs_count(test->priv);

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, 0, 0, &list), -EINVAL);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(ULONG_MAX, 2, 0, &list),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, -addr + 1, 0, &list),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, SIZE_MAX, 0, &list),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(0, (size_t)LONG_MAX + 1, 0, &list),
			-EOVERFLOW);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_empty(&list));
	expect_pins(test, "");
	user_end(test);
}

static void phyr_gup_rejects_kernel_addresses(struct kunit *test)
{
	struct phyr_list list;

	phyr_list_init(&list);
	user_refs_count(test->priv);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(TASK_SIZE, 1, 0, &list), -EFAULT);
	KUNIT_EXPECT_LT(test, pin_user_phyrs(ULONG_MAX, 1, 0, &list), 0L);
	KUNIT_EXPECT_TRUE(test, phyr_list_is_empty(&list));
	user_end(test);
}

static void phyr_gup_write_needs_a_writable_mapping(struct kunit *test)
{
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, "ABa", 3, PROT_READ);
	user_touch(test, addr, 3, 0);

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, 3 * PAGE_SIZE, FOLL_WRITE,
					     &list), -EFAULT);
	expect_pins(test, "");
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, 3 * PAGE_SIZE, 0, &list),
			(long)(3 * PAGE_SIZE));
	expect_pins(test, "ABa");
	expect_unpinned(test, &list);
	user_end(test);
}

static void phyr_gup_force_writes_to_private_memory(struct kunit *test)
{
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_anon(test, 2, PROT_READ);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, 2 * PAGE_SIZE, FOLL_WRITE,
					     &list), -EFAULT);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, 2 * PAGE_SIZE, FOLL_WRITE |
					     FOLL_FORCE, &list),
			(long)(2 * PAGE_SIZE));
	expect_as_gup(test, &list, addr, 2 * PAGE_SIZE,
		      FOLL_WRITE | FOLL_FORCE);
	expect_given_back(test, &list, true);
	user_end(test);
}

static void phyr_gup_goes_on_at_the_edge_of_a_page(struct kunit *test)
{
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, "ABCaF", 5, PROT_READ | PROT_WRITE);
	user_touch(test, addr, 5, FOLL_WRITE);

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr + 9, 2 * PAGE_SIZE - 9,
					     FOLL_WRITE, &list),
			(long)(2 * PAGE_SIZE - 9));

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr + 2 * PAGE_SIZE + 1, 1,
					     FOLL_WRITE, &list), -EINVAL);
	expect_pins(test, "AB");

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr + 2 * PAGE_SIZE,
					     2 * PAGE_SIZE + 5, FOLL_WRITE,
					     &list), (long)(2 * PAGE_SIZE + 5));
	expect_pins(test, "ABCaF");
	expect_as_gup(test, &list, addr + 9, 4 * PAGE_SIZE - 4, FOLL_WRITE);

	/* The rest of the last page would be one range with two pins. */
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr + 4 * PAGE_SIZE + 5, 1,
					     FOLL_WRITE, &list), -EINVAL);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, PAGE_SIZE, FOLL_WRITE,
					     &list), -EINVAL);
	expect_pins(test, "ABCaF");
	expect_unpinned(test, &list);
	user_end(test);
}

/* A list that has almost all bytes it can have takes one page, and no two. */
static void phyr_gup_unpins_what_is_not_appended(struct kunit *test)
{
	const size_t most = (SIZE_MAX & PAGE_MASK) - PAGE_SIZE;
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, "CAab", 4, PROT_READ | PROT_WRITE);
	user_touch(test, addr, 4, FOLL_WRITE);
	/* More than memory, which a list would not take as one range. */
	KUNIT_ASSERT_EQ(test, phyr_chunks_append(&list.chunks, 0, most, false,
						 GFP_KERNEL), 0);

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr + 2 * PAGE_SIZE,
					     2 * PAGE_SIZE, FOLL_WRITE, &list),
			-EOVERFLOW);
	expect_pins(test, "");
	KUNIT_EXPECT_EQ(test, phyr_list_len(&list), most);

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, 4 * PAGE_SIZE, FOLL_WRITE,
					     &list), (long)PAGE_SIZE);
	expect_pins(test, "C");
	KUNIT_EXPECT_EQ(test, phyr_list_len(&list), most + PAGE_SIZE);

	unpin_user_phyrs_range(&list, most, PAGE_SIZE, false);
	expect_pins(test, "");
	phyr_list_destroy(&list);
	user_end(test);
}

static void phyr_gup_marks_dirty_if_told(struct kunit *test)
{
	struct user_memory *mem = test->priv;
	struct phyr_list list;
	unsigned long addr;
	unsigned int i;

	phyr_list_init(&list);
	/* A single page, two that are given back as a range, and another. */
	addr = user_map_file(test, "CabA", 4, PROT_READ | PROT_WRITE);
	user_touch(test, addr, 4, FOLL_WRITE);
	for (i = 0; i < 4; i++)
		folio_clear_dirty(page_folio(file_page(mem, i)));

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, 3 * PAGE_SIZE, FOLL_WRITE,
					     &list), (long)(3 * PAGE_SIZE));
	unpin_user_phyrs(&list, false);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_FALSE(test, PageDirty(file_page(mem, i)));

	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, 3 * PAGE_SIZE, FOLL_WRITE,
					     &list), (long)(3 * PAGE_SIZE));
	unpin_user_phyrs(&list, true);
	KUNIT_EXPECT_TRUE(test, PageDirty(file_page(mem, 0)));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(mem->folio));
	KUNIT_EXPECT_FALSE(test, PageDirty(file_page(mem, 3)));
	user_end(test);
}

/* Of "ABCabcBA" from 100 on, up to 50 before the end: what is given back. */
struct part_row {
	const char	*name;
	size_t		pos;
	size_t		len;
	const char	*left;
};

#define PARTS		"ABCabcBA"
#define PARTS_LEN	(8 * PAGE_SIZE - 150)
/* Position in the list of a byte of the span. */
#define AT(page, byte)	((page) * PAGE_SIZE + (byte) - 100)

static const struct part_row part_rows[] = {
	{ "nothing", AT(3, 0), 0, "ABCabcBA" },
	{ "the first page, of which it has a part", 0, AT(1, 0), "BCabcBA" },
	{ "the last page, of which it has a part", AT(7, 0), PAGE_SIZE - 50,
		"ABCabcB" },
	{ "one of several neighbours", AT(1, 0), PAGE_SIZE, "ACabcBA" },
	{ "a page that is there twice", AT(6, 0), PAGE_SIZE, "ABCabcA" },
	{ "some of a folio", AT(4, 0), 2 * PAGE_SIZE, "ABCaBA" },
	{ "across runs", AT(2, 0), 3 * PAGE_SIZE, "ABcBA" },
	{ "all", 0, PARTS_LEN, "" },
};

static void part_row_desc(const struct part_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(part, part_rows, part_row_desc);

static unsigned long pin_parts(struct kunit *test, struct phyr_list *list)
{
	unsigned long addr, nr = strlen(PARTS);

	phyr_list_init(list);
	addr = user_map_file(test, PARTS, nr, PROT_READ | PROT_WRITE);
	user_touch(test, addr, nr, FOLL_WRITE);
	KUNIT_ASSERT_EQ(test, pin_user_phyrs(addr + 100, PARTS_LEN, FOLL_WRITE,
					     list), (long)PARTS_LEN);
	return addr;
}

static void phyr_gup_gives_back_a_part(struct kunit *test)
{
	const struct part_row *row = test->param_value;
	size_t end = row->pos + row->len;
	struct phyr_list list;

	pin_parts(test, &list);
	unpin_user_phyrs_range(&list, row->pos, row->len, false);
	expect_pins(test, row->left);
	KUNIT_EXPECT_EQ(test, phyr_list_len(&list), PARTS_LEN);

	/* What is before and what is behind makes the rest. */
	unpin_user_phyrs_range(&list, 0, row->pos, true);
	unpin_user_phyrs_range(&list, end, PARTS_LEN - end, false);
	expect_pins(test, "");
	phyr_list_destroy(&list);
	user_end(test);
}

/* Leaves warnings in the log: that is what the caller gets. */
static void phyr_gup_keeps_a_page_that_is_cut(struct kunit *test)
{
	struct phyr_list list;

	pin_parts(test, &list);
	unpin_user_phyrs_range(&list, AT(1, 1), PAGE_SIZE, false);
	expect_pins(test, PARTS);
	unpin_user_phyrs_range(&list, AT(1, 1), 1, false);
	expect_pins(test, PARTS);
	unpin_user_phyrs_range(&list, 0, 1, false);
	expect_pins(test, PARTS);
	unpin_user_phyrs_range(&list, AT(2, 1), 3 * PAGE_SIZE, false);
	expect_pins(test, "ABCcBA");
	unpin_user_phyrs_range(&list, PARTS_LEN, 1, false);
	unpin_user_phyrs_range(&list, 1, SIZE_MAX, false);
	expect_pins(test, "ABCcBA");

	unpin_user_phyrs_range(&list, 0, AT(3, 0), false);
	unpin_user_phyrs_range(&list, AT(5, 0), PARTS_LEN - AT(5, 0), false);
	expect_pins(test, "");
	phyr_list_destroy(&list);
	user_end(test);
}

static void phyr_gup_fatal_signal_comes_first(struct kunit *test)
{
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, "AB", 2, PROT_READ | PROT_WRITE);
	user_touch(test, addr, 2, FOLL_WRITE);

	kill_current();
	KUNIT_EXPECT_EQ(test, pin_user_phyrs(addr, 2 * PAGE_SIZE, FOLL_WRITE,
					     &list), -EINTR);
	revive_current();
	KUNIT_EXPECT_TRUE(test, phyr_list_is_empty(&list));
	expect_pins(test, "");
	user_end(test);
}

static void phyr_gup_fatal_signal_ends_a_pin(struct kunit *test)
{
	struct user_memory *mem = test->priv;
	struct phyr_list list;
	unsigned long addr;
	long rc;

	phyr_list_init(&list);
	addr = user_map_file(test, "ABCDE", 5, PROT_READ | PROT_WRITE);
	mem->kill_at = 3;

	rc = pin_user_phyrs(addr + 1, 5 * PAGE_SIZE - 1, FOLL_WRITE, &list);
	revive_current();
	KUNIT_EXPECT_EQ(test, rc, (long)(3 * PAGE_SIZE - 1));
	expect_as_gup(test, &list, addr + 1, 3 * PAGE_SIZE - 1, FOLL_WRITE);
	unpin_user_phyrs(&list, true);
	user_end(test);
}

static void phyr_gup_remote_tells_of_a_dropped_lock(struct kunit *test)
{
	struct user_memory *mem = test->priv;
	size_t len = MANY_PAGES << PAGE_SHIFT;
	struct phyr_list list;
	unsigned long addr;
	int locked = 1;

	phyr_list_init(&list);
	addr = user_map_file(test, "ABCabc", MANY_PAGES,
			     PROT_READ | PROT_WRITE);
	mem->retry_at = 3;

	mmap_read_lock(mem->mm);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs_remote(mem->mm, addr, len,
						    FOLL_WRITE, &list, &locked),
			(long)len);
	KUNIT_EXPECT_EQ(test, mem->retry_at, NOWHERE);
	KUNIT_EXPECT_EQ(test, locked, 0);
	if (rwsem_is_locked(&mem->mm->mmap_lock)) {
		KUNIT_FAIL(test, "the lock is held");
		mmap_read_unlock(mem->mm);
	}

	expect_as_gup(test, &list, addr, len, FOLL_WRITE);
	unpin_user_phyrs(&list, true);
	user_end(test);
}

static void phyr_gup_remote_without_a_flag_keeps_the_lock(struct kunit *test)
{
	struct phyr_list list;
	unsigned long addr;

	phyr_list_init(&list);
	addr = user_map_file(test, "ABCa", 4, PROT_READ | PROT_WRITE);
	user_touch(test, addr, 4, FOLL_WRITE);

	mmap_write_lock(current->mm);
	KUNIT_EXPECT_EQ(test, pin_user_phyrs_remote(current->mm, addr,
						    4 * PAGE_SIZE, FOLL_WRITE |
						    FOLL_LONGTERM, &list, NULL),
			(long)(4 * PAGE_SIZE));
	mmap_write_unlock(current->mm);
	expect_pins(test, "ABCa");
	expect_unpinned(test, &list);
	user_end(test);
}

static int user_mm_attach(struct user_memory *mem)
{
	mem->mm = mm_alloc();
	if (!mem->mm)
		return -ENOMEM;

	mem->mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(mem->mm, &current->signal->rlim[RLIMIT_STACK]);
	kthread_use_mm(mem->mm);
	return 0;
}

static int phyr_gup_init(struct kunit *test)
{
	struct user_memory *mem;
	struct page *page;

	mem = kunit_kzalloc(test, sizeof(*mem), GFP_KERNEL);
	if (!mem)
		return -ENOMEM;
	test->priv = mem;
	mem->kill_at = NOWHERE;
	mem->retry_at = NOWHERE;

	page = alloc_pages(GFP_KERNEL | __GFP_COMP | __GFP_ZERO, KNOWN_ORDER);
	if (!page)
		return -ENOMEM;
	mem->folio = page_folio(page);

	mem->single = alloc_pages(GFP_KERNEL | __GFP_ZERO, KNOWN_ORDER);
	if (!mem->single)
		return -ENOMEM;
	split_page(mem->single, KNOWN_ORDER);

	return user_mm_attach(mem);
}

/* Where a case was given up, its thread takes the address space along. */
static void phyr_gup_exit(struct kunit *test)
{
	struct user_memory *mem = test->priv;
	unsigned int i;

	if (!mem)
		return;
	if (mem->folio)
		folio_put(mem->folio);
	for (i = 0; mem->single && i < KNOWN_PAGES; i++)
		put_page(mem->single + i);
}

static struct kunit_case phyr_gup_cases[] = {
	KUNIT_CASE_PARAM(phyr_gup_pins_what_gup_sees, span_gen_params),
	KUNIT_CASE_PARAM(phyr_gup_remote_pins_the_same, span_gen_params),
	KUNIT_CASE(phyr_gup_remote_pins_for_long),
	KUNIT_CASE(phyr_gup_anonymous_memory),
	KUNIT_CASE(phyr_gup_zero_page),
	KUNIT_CASE(phyr_gup_many_batches_are_one_list),
	KUNIT_CASE(phyr_gup_hole_ends_a_pin),
	KUNIT_CASE(phyr_gup_hole_in_a_later_batch),
	KUNIT_CASE(phyr_gup_hole_at_the_start_fails),
	KUNIT_CASE(phyr_gup_rejects_what_is_no_span),
	KUNIT_CASE(phyr_gup_rejects_kernel_addresses),
	KUNIT_CASE(phyr_gup_write_needs_a_writable_mapping),
	KUNIT_CASE(phyr_gup_force_writes_to_private_memory),
	KUNIT_CASE(phyr_gup_goes_on_at_the_edge_of_a_page),
	KUNIT_CASE(phyr_gup_unpins_what_is_not_appended),
	KUNIT_CASE(phyr_gup_marks_dirty_if_told),
	KUNIT_CASE_PARAM(phyr_gup_gives_back_a_part, part_gen_params),
	KUNIT_CASE(phyr_gup_keeps_a_page_that_is_cut),
	KUNIT_CASE(phyr_gup_fatal_signal_comes_first),
	KUNIT_CASE(phyr_gup_fatal_signal_ends_a_pin),
	KUNIT_CASE(phyr_gup_remote_tells_of_a_dropped_lock),
	KUNIT_CASE(phyr_gup_remote_without_a_flag_keeps_the_lock),
	{ }
};

static struct kunit_suite phyr_gup_suite = {
	.name = "phyr_gup",
	.init = phyr_gup_init,
	.exit = phyr_gup_exit,
	.test_cases = phyr_gup_cases,
};

kunit_test_suites(&phyr_gup_suite);

MODULE_DESCRIPTION("KUnit tests of pinned user memory");
MODULE_LICENSE("GPL");
