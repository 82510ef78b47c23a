// SPDX-License-Identifier: GPL-2.0-only
/*
 * gup: has its own memory pinned by /sys/kernel/debug/phyr_gup_test, in
 * mappings of one kind, and holds the answer against what it knows of them.
 *
 *	gup KIND [FILE]
 *
 * KIND is anonymous, thp, hugetlb, shmem, file, private (of FILE), readonly,
 * hole or mixed. Each span is pinned for reading and for writing, for short
 * and for long, fast and remotely; bytes that are written through the pins have to arrive,
 * and no others.
 * Prints what it did; exit status 0 if all was as it should be, 77 if the
 * machine has no such memory.
 */
#define _GNU_SOURCE
#include "memory.h"

#define SIZE (4 * HUGE)
#define GUARD 64

struct answer {
	long pinned, next;
	unsigned long pages, runs, bytes, differ, loose, left;
};

/* A mapping, and what may be asked of it. */
struct memory {
	unsigned char *at;
	size_t len;
	size_t folio;		/* all is in folios of that size, if not 0 */
	bool writable, shared_file;
};

static size_t page;
static unsigned long pins, pages, runs;

static struct answer ask(const void *at, size_t len, const char *flags)
{
	static int fd = -1;
	char line[256];
	struct answer a;
	ssize_t n;

	if (fd < 0)
		fd = open("/sys/kernel/debug/phyr_gup_test", O_RDWR);
	if (fd < 0)
		end(1, "cannot open the kernel's test file: %s", strerror(errno));
	n = snprintf(line, sizeof(line), "%lx %zx %s", (unsigned long)at, len, flags);
	if (write(fd, line, n) != n)
		end(1, "'%s' is refused: %s", line, strerror(errno));
	n = read(fd, line, sizeof(line) - 1);
	line[n > 0 ? n : 0] = '\0';
	if (sscanf(line, "pinned %ld next %ld pages %lu runs %lu bytes %lu differ %lu loose %lu left %lu", &a.pinned,
		   &a.next, &a.pages, &a.runs, &a.bytes, &a.differ, &a.loose, &a.left) != 8)
		end(1, "no answer but '%s'", line);
	if (a.differ || a.loose || a.left)
		end(1, "%p, %#zx bytes, %s: %s", at, len, flags, line);
	pins++;
	pages += a.pages;
	runs += a.runs;
	return a;
}

/* How many pieces of a size a span touches. */
static size_t touched(const void *at, size_t len, size_t size)
{
	uintptr_t first = (uintptr_t)at / size, last = ((uintptr_t)at + len - 1) / size;

	return last - first + 1;
}

static unsigned char byte_at(size_t pos)
{
	return (uint32_t)(pos * 2654435761U) >> 24;
}

/* What was written through the pins is there, and its neighbours are as before. */
static void filled(const struct memory *m, size_t pos, size_t len, unsigned char before)
{
	const unsigned char *at = m->at + pos;

	for (size_t i = 0; i < len; i++)
		if (at[i] != byte_at(i))
			end(1, "byte %zu of %zu at %p is %d and not %d", i, len, (void *)at, at[i], byte_at(i));
	for (size_t i = 1; i <= GUARD && i <= pos; i++)
		if (m->at[pos - i] != before)
			end(1, "byte %zu before %p was written", i, (void *)at);
	for (size_t i = 0; i < GUARD && pos + len + i < m->len; i++)
		if (at[len + i] != before)
			end(1, "byte %zu behind %p was written", i, (void *)(at + len));
}

static void span(const struct memory *m, size_t pos, size_t len)
{
	static const char *const ways[] = { "-", "r", "l", "lr", "w", "wr", "wf", "wfr", "wl", "wlf" };

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		const char *way = ways[i];
		bool write = strchr(way, 'w'), fill = strchr(way, 'f');
		struct answer a;

		if (write && !m->writable)
			continue;
		if (fill)
			memset(m->at, 0x5a, m->len);
		a = ask(m->at + pos, len, way);
		/* File systems may refuse long-term writing: as for an array of pages. */
		if (m->shared_file && !strncmp(way, "wl", 2) && a.pinned < 0) {
			if (a.pinned != a.next)
				end(1, "'%s' ended with %ld and not %ld", way, a.pinned, a.next);
			continue;
		}
		if (a.pinned != (long)len || a.pages != touched(m->at + pos, len, page))
			end(1, "%zu bytes at %zu, '%s': %ld pinned, %lu pages", len, pos, way, a.pinned, a.pages);
		if (m->folio && a.runs > touched(m->at + pos, len, m->folio))
			end(1, "%zu bytes at %zu, '%s': %lu runs", len, pos, way, a.runs);
		if (fill)
			filled(m, pos, len, 0x5a);
	}
}

static void spans(const struct memory *m)
{
	span(m, 0, m->len);
	span(m, 0, 1);
	span(m, m->len - 1, 1);
	span(m, page - 1, 2);
	span(m, 1, m->len - 2);
	span(m, 123, 17 * page);
	span(m, 3 * page + 511, 2 * page - 1022);
	span(m, HUGE - 1, 2);
	span(m, HUGE - 5 * page + 7, HUGE + 9 * page);
}

static void readonly(unsigned char *at, size_t len)
{
	struct memory m = { .at = at, .len = len };
	struct answer a;

	anonymous(at, len, MADV_NORMAL);
	mprotect(at, len, PROT_READ);
	spans(&m);
	a = ask(at + 1, len - 1, "w");
	if (a.pinned != -EFAULT || a.next != -EFAULT)
		end(1, "writing to it ended with %ld", a.pinned);
	/* Never touched: the page of zeroes, again and again. */
	if (!map(at, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1) || madvise(at, len, MADV_NOHUGEPAGE))
		end(1, "cannot map anonymous memory: %s", strerror(errno));
	a = ask(at + 1, 700 * page, "l");
	if (a.pinned != (long)(700 * page))
		end(1, "of what was never touched %ld bytes were pinned", a.pinned);
}

static void hole(unsigned char *at, size_t len)
{
	size_t end_at = len - 3 * page;
	struct answer a;

	anonymous(at, len, MADV_NOHUGEPAGE);
	munmap(at + end_at, page);
	for (size_t i = 0; i < 2; i++) {
		a = ask(at + 5, len - 5, i ? "wr" : "w");
		if (a.pinned != (long)(end_at - 5) || a.next != -EFAULT)
			end(1, "before the hole %ld bytes were pinned", a.pinned);
		a = ask(at + end_at + 1, 2 * page, i ? "wr" : "w");
		if (a.pinned != -EFAULT)
			end(1, "the hole was pinned with %ld", a.pinned);
	}
	a = ask(at, 0, "-");
	if (a.pinned != -EINVAL)
		end(1, "nothing was pinned with %ld", a.pinned);
	a = ask((void *)-page, 2 * page, "-");
	if (a.pinned != -EOVERFLOW)
		end(1, "what wraps was pinned with %ld", a.pinned);
}

int main(int argc, char **argv)
{
	struct memory m = { .len = SIZE, .writable = true };
	const char *kind = argc > 1 ? argv[1] : "", *path = argc > 2 ? argv[2] : NULL;

	page = sysconf(_SC_PAGESIZE);
	m.at = room(SIZE);
	if (!strcmp(kind, "anonymous")) {
		anonymous(m.at, m.len, MADV_NOHUGEPAGE);
	} else if (!strcmp(kind, "thp")) {
		thp(m.at, m.len);
		m.folio = HUGE;
	} else if (!strcmp(kind, "hugetlb")) {
		hugetlb(m.at, m.len);
		m.folio = HUGE;
	} else if (!strcmp(kind, "shmem")) {
		shmem(m.at, m.len);
	} else if (!strcmp(kind, "file")) {
		file(m.at, m.len, path, MAP_SHARED);
		m.shared_file = true;
	} else if (!strcmp(kind, "private")) {
		file(m.at, m.len, path, MAP_PRIVATE);
	} else if (!strcmp(kind, "mixed")) {
		mixed(m.at, path);
	} else if (!strcmp(kind, "readonly")) {
		readonly(m.at, m.len);
		m.len = 0;
	} else if (!strcmp(kind, "hole")) {
		hole(m.at, m.len);
		m.len = 0;
	} else {
		end(2, "usage: gup KIND [FILE]");
	}
	if (m.len)
		spans(&m);
	if (m.shared_file) {
		struct answer a = ask(m.at + 1, m.len - 2, "wf");

		if (a.pinned != (long)(m.len - 2))
			end(1, "%ld bytes of the file were pinned", a.pinned);
	}
	printf("%lu pins, %lu pages, %lu ranges\n", pins, pages, runs);
	return 0;
}
