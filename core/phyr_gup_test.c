// SPDX-License-Identifier: GPL-2.0-only
/*
 * User memory, pinned at the request of user space, for tests of
 * pin_user_phyrs() on mappings that only a process can make.
 *
 * A process writes one line to /sys/kernel/debug/phyr_gup_test:
 *
 *	ADDRESS LENGTH FLAGS		7f0012345678 1fff wf
 *
 * in hexadecimal, and the memory there is pinned, looked at and unpinned.  It
 * then reads what became of it from the same file:
 *
 *	pinned N next N pages N runs N bytes N differ N loose N left N
 *
 * Flags:
 *
 *  w   for writing: FOLL_WRITE, and the memory is marked dirty
 *  l   for long: FOLL_LONGTERM
 *  r   through pin_user_phyrs_remote()
 *  f   fill the memory by way of the list, the byte at position POS with the
 *	8 bits at the top of POS * 2654435761, modulo 2^32
 *  -   none of these
 *
 * Answers:
 *
 *  pinned  What pin_user_phyrs() returned.
 *  next    What pin_user_pages_fast() says of the page behind what was pinned,
 *	    0 if all was.
 *  pages   Pages of the list.
 *  runs    Ranges of the list, with those merged that may be.
 *  bytes   Memory the list took.
 *  differ  Pages that are not those get_user_pages_unlocked() finds.
 *  loose   Pages that are not pinned though they are in the list.
 *  left    Pages that are pinned still when the list was given back.
 */

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/mutex.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/phyr_gup.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#define SOME_PAGES	16

/**
 * struct phyr_gup_test - an open file
 * @lock: held for a request, and while an answer is read
 * @answer: the answer to the last request
 */
struct phyr_gup_test {
	struct mutex	lock;	/* one request at a time */
	char		answer[160];
};

/**
 * struct phyr_gup_request - what a line asks for
 * @start: address of the first byte
 * @len: number of bytes
 * @gup_flags: for pinning
 * @remote: whether through pin_user_phyrs_remote()
 * @fill: whether to write to the memory
 */
struct phyr_gup_request {
	unsigned long	start;
	size_t		len;
	unsigned int	gup_flags;
	bool		remote;
	bool		fill;
};

static int request_parse(const char *line, struct phyr_gup_request *req)
{
	char flags[8];
	const char *flag;

	memset(req, 0, sizeof(*req));
	if (sscanf(line, "%lx %zx %7s", &req->start, &req->len, flags) != 3)
		return -EINVAL;
	for (flag = flags; *flag; flag++) {
		switch (*flag) {
		case 'w':
			req->gup_flags |= FOLL_WRITE;
			break;
		case 'l':
			req->gup_flags |= FOLL_LONGTERM;
			break;
		case 'r':
			req->remote = true;
			break;
		case 'f':
			req->fill = true;
			break;
		case '-':
			break;
		default:
			return -EINVAL;
		}
	}
	return req->fill && !(req->gup_flags & FOLL_WRITE) ? -EINVAL : 0;
}

static long request_pin(const struct phyr_gup_request *req,
			struct phyr_list *list)
{
	struct mm_struct *mm = current->mm;
	int locked = 1;
	long rc;

	if (!req->remote)
		return pin_user_phyrs(req->start, req->len, req->gup_flags,
				      list);

	mmap_read_lock(mm);
	/* Not every tree lets go of the lock in a long-term pin. */
	rc = pin_user_phyrs_remote(mm, req->start, req->len, req->gup_flags,
				   list, req->gup_flags & FOLL_LONGTERM ?
				   NULL : &locked);
	if (locked)
		mmap_read_unlock(mm);
	return rc;
}

/* What an array of pages would have been told of the page at @addr. */
static int next_page(const struct phyr_gup_request *req, unsigned long addr)
{
	struct page *page;
	int rc;

	rc = pin_user_pages_fast(addr & PAGE_MASK, 1, req->gup_flags, &page);
	if (rc == 1)
		unpin_user_page(page);
	return rc;
}

static bool page_is_pinned(struct page *page)
{
	return folio_maybe_dma_pinned(page_folio(page));
}

static void list_fill(const struct phyr_list *list)
{
	size_t pos = 0;
	struct phyr p;

	for_each_phyr(p, list) {
		while (!phyr_is_empty(&p)) {
			size_t i, n = phyr_len_in_page(&p);
			u8 *to = phyr_kmap_local(&p);

			if (!to)
				return;
			for (i = 0; i < n; i++)
				to[i] = (u32)(pos++ * 2654435761U) >> 24;
			flush_dcache_page(phyr_page(&p));
			kunmap_local(to);
			if (phyr_advance(&p, n))
				return;
		}
	}
}

static unsigned long list_runs(const struct phyr_list *list)
{
	struct phyr run = { }, p;
	unsigned long n = 0;

	for_each_phyr(p, list) {
		if (phyr_try_merge(&run, &p))
			continue;
		run = p;
		n++;
	}
	return n;
}

/* Hold all pages of @list against those at @start. */
static void list_compare(const struct phyr_list *list, unsigned long start,
			 unsigned int gup_flags, unsigned long *pages,
			 unsigned long *differ, unsigned long *loose)
{
	struct page *found[SOME_PAGES], *listed[SOME_PAGES];
	size_t len = phyr_list_len(list), pos = 0;

	while (pos < len) {
		unsigned long addr = start + pos;
		size_t offset = offset_in_page(addr);
		long nr = min_t(size_t, PFN_UP(offset + (len - pos)),
				SOME_PAGES);
		long i, got, n;

		got = get_user_pages_unlocked(addr - offset, nr, found,
					      gup_flags & FOLL_WRITE);
		n = phyr_list_to_pages(list, pos, listed, nr);
		for (i = 0; i < nr; i++) {
			*differ += i >= got || i >= n || found[i] != listed[i];
			/* Some trees take no pin of the page of zeroes. */
			*loose += i < n && !page_is_pinned(listed[i]) &&
				  !is_zero_pfn(page_to_pfn(listed[i]));
		}
		for (i = 0; i < got; i++)
			put_page(found[i]);

		*pages += n;
		pos += (nr << PAGE_SHIFT) - offset;
		cond_resched();
	}
}

static unsigned long pinned_pages(unsigned long start, size_t len,
				  unsigned int gup_flags)
{
	unsigned long nr = PFN_UP(offset_in_page(start) + len);
	unsigned long pinned = 0;
	struct page *page;

	for (start &= PAGE_MASK; nr--; start += PAGE_SIZE) {
		if (get_user_pages_unlocked(start, 1, &page,
					    gup_flags & FOLL_WRITE) != 1)
			continue;
		pinned += page_is_pinned(page);
		put_page(page);
	}
	return pinned;
}

static void request_do(const struct phyr_gup_request *req, char *answer,
		       size_t size)
{
	unsigned long pages = 0, differ = 0, loose = 0, left = 0, runs;
	struct phyr_list list;
	size_t done, bytes;
	int next = 0;
	long rc;

	phyr_list_init(&list);
	rc = request_pin(req, &list);
	done = phyr_list_len(&list);
	differ += done != (rc > 0 ? rc : 0);

	list_compare(&list, req->start, req->gup_flags, &pages, &differ,
		     &loose);
	runs = list_runs(&list);
	bytes = phyr_list_bytes(&list);
	if (req->fill)
		list_fill(&list);
	unpin_user_phyrs(&list, req->gup_flags & FOLL_WRITE);

	if (done)
		left = pinned_pages(req->start, done, req->gup_flags);
	if (done < req->len)
		next = next_page(req, req->start + done);

	scnprintf(answer, size,
		  "pinned %ld next %d pages %lu runs %lu bytes %zu differ %lu loose %lu left %lu\n",
		  rc, next, pages, runs, bytes, differ, loose, left);
}

static int phyr_gup_test_open(struct inode *inode, struct file *file)
{
	struct phyr_gup_test *gup = kzalloc(sizeof(*gup), GFP_KERNEL);

	if (!gup)
		return -ENOMEM;
	mutex_init(&gup->lock);
	file->private_data = gup;
	return 0;
}

static int phyr_gup_test_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t phyr_gup_test_write(struct file *file, const char __user *buf,
				   size_t len, loff_t *ppos)
{
	struct phyr_gup_test *gup = file->private_data;
	struct phyr_gup_request req;
	char line[64];
	int rc;

	if (len >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buf, len))
		return -EFAULT;
	line[len] = '\0';
	rc = request_parse(line, &req);
	if (rc)
		return rc;

	mutex_lock(&gup->lock);
	request_do(&req, gup->answer, sizeof(gup->answer));
	mutex_unlock(&gup->lock);
	*ppos = 0;
	return len;
}

static ssize_t phyr_gup_test_read(struct file *file, char __user *buf,
				  size_t len, loff_t *ppos)
{
	struct phyr_gup_test *gup = file->private_data;
	ssize_t rc;

	mutex_lock(&gup->lock);
	rc = simple_read_from_buffer(buf, len, ppos, gup->answer,
				     strlen(gup->answer));
	mutex_unlock(&gup->lock);
	return rc;
}

static const struct file_operations phyr_gup_test_fops = {
	.open = phyr_gup_test_open,
	.release = phyr_gup_test_release,
	.write = phyr_gup_test_write,
	.read = phyr_gup_test_read,
};

static int __init phyr_gup_test_init(void)
{
	debugfs_create_file("phyr_gup_test", 0600, NULL, NULL,
			    &phyr_gup_test_fops);
	return 0;
}
late_initcall(phyr_gup_test_init);
