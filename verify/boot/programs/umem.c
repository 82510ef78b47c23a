// SPDX-License-Identifier: GPL-2.0-only
/*
 * umem: registers its own memory with two RDMA devices, moves data from one to
 * the other and looks at each byte.
 *
 *	umem FROM TO CASE [FILE]
 *
 * FROM and TO are addresses of the two devices' network interfaces. CASE is a kind
 * of memory (anonymous, fragmented, thp, hugetlb, shmem, file or private of FILE,
 * mixed with a FILE, gigantic) or one of: several, unmapped, disk FILE, iova,
 * readonly, withdrawn.
 *
 * Prints what it did; exit status 0 if all was as it should be, 77 if the machine
 * has no such memory.
 *
 * Libraries: rdmacm ibverbs rxe-rdmav34 siw-rdmav34 ibverbs nl-route-3 nl-3
 */
#define _GNU_SOURCE
#include "rdma.h"

/*
 * siw sends few bytes as a part of the header. Where those cross a page it takes the
 * second part of them from the start of the first page, in v6.1 to v7.3.
 */
static bool is_mixed_up(const void *src, size_t len)
{
	return is_iwarp(&from) && len < 64 && pages_of(src, len) > 1;
}

/* Each way to move @len bytes between two places, which both sides have in a region. */
static void each_way(struct ibv_mr *near, unsigned char *a, struct ibv_mr *far, unsigned char *b, size_t len)
{
	struct piece piece = { near, a, len }, other = { far, b, len };

	if (is_mixed_up(a, len) || is_mixed_up(b, len))
		return;
	refill(a, len);
	write_to(&piece, 1, (uintptr_t)b, far->rkey);
	took(b, a, len);
	is_as_it_was("RDMA WRITE");

	refill(b, len);
	read_from(&piece, 1, (uintptr_t)b, far->rkey);
	took(a, b, len);
	is_as_it_was("RDMA READ");

	refill(a, len);
	send_to(&piece, 1, &other, 1);
	took(b, a, len);
	is_as_it_was("SEND");
}

/* Three pieces with gaps become others, at places that have nothing in common. */
static void in_pieces(struct ibv_mr *near, unsigned char *a, struct ibv_mr *far, unsigned char *b)
{
	size_t step = 3 * page + 41;
	struct piece pieces[PIECES], into[PIECES];
	static unsigned char joined[64 * 1024];
	const size_t len[] = { page + 9, 1, 2 * page - 3 };
	size_t all = 0;

	for (int i = 0; i < PIECES; i++) {
		pieces[i] = (struct piece){ near, a + i * step + 5, len[i] };
		into[i] = (struct piece){ far, b + i * step + 1001, len[PIECES - 1 - i] };
		refill(pieces[i].at, len[i]);
		memcpy(joined + all, pieces[i].at, len[i]);
		all += len[i];
	}
	send_to(pieces, PIECES, into, PIECES);
	for (size_t i = 0, at = 0; i < PIECES; at += into[i++].len)
		took(into[i].at, joined + at, into[i].len);
	is_as_it_was("SEND of pieces");

	write_to(pieces, PIECES, (uintptr_t)b + 77, far->rkey);
	took(b + 77, joined, all);
	is_as_it_was("RDMA WRITE of pieces");
}

/* Numbers that are added to by the other side: rxe alone. */
static void atomics(struct ibv_mr *near, unsigned char *a, struct ibv_mr *far, unsigned char *b)
{
	struct ibv_sge sge = { (uintptr_t)a, 8, near->lkey };
	struct ibv_send_wr wr = { .sg_list = &sge, .num_sge = 1, .opcode = IBV_WR_ATOMIC_FETCH_AND_ADD }, *bad;
	uint64_t old, sum;

	refill(b, 8);
	memcpy(&old, b, 8);
	sum = old + 0x123456789;
	wr.wr.atomic.remote_addr = (uintptr_t)b;
	wr.wr.atomic.rkey = far->rkey;
	wr.wr.atomic.compare_add = 0x123456789;
	if (ibv_post_send(from.id->qp, &wr, &bad))
		broken("nothing can be sent");
	completes(&from, "an addition", 1);
	took(a, (void *)&old, 8);
	took(b, (void *)&sum, 8);
	is_as_it_was("an addition");
}

/* Places in two regions: ends, and what crosses pages at odd offsets. */
static void exercise(struct ibv_mr *near, struct ibv_mr *far)
{
	const struct {
		size_t a, b, len;
	} places[] = {
		{ 0, 0, SIZE },
		{ 0, 0, 1 },
		{ page - 1, page - 2, 3 },
		{ page - 1, page - 2, 70 },
		{ page + 123, 2 * page + 4091, 3 * page + 7 },
		{ HUGE - 5, 3, page + 11 },
		{ 9, HUGE - page - 1, page + 2 },
	};
	unsigned char *a = near->addr, *b = far->addr;
	size_t least = near->length < far->length ? near->length : far->length;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		size_t len = places[i].len < least ? places[i].len : least;

		if (places[i].a + len <= near->length && places[i].b + len <= far->length)
			each_way(near, a + places[i].a, far, b + places[i].b, len);
	}
	each_way(near, a + near->length - 1, far, b + far->length - 1, 1);
	if (least < 16 * page)
		return;
	each_way(near, a + near->length - page - 13, far, b + far->length - page - 13, page + 13);
	in_pieces(near, a, far, b);
	if (is_iwarp(&from))
		return;
	atomics(near, a, far, b + (-(uintptr_t)b & 7));
	atomics(near, a + 3, far, b + ((far->length - 16) & ~7ul) + (-(uintptr_t)b & 7));
}

static int all_of(const struct side *side)
{
	return is_iwarp(side) ? ALL : ALL | IBV_ACCESS_REMOTE_ATOMIC;
}

/* A region of each half of the memory, at places and of lengths that are whole pages and are not. */
static void kind(unsigned char *at)
{
	const struct {
		size_t a, a_len, b, b_len;
	} spans[] = {
		{ 0, HALF, 0, HALF },
		{ 1, HALF - 1, 3, HALF - 5 },
		{ page + 77, HUGE + 1, HUGE - page - 1, HUGE + page },
		{ HUGE + page, page, HUGE - page, page },
		{ page - 1, 2, HUGE - 1, 2 },
		{ 5, page - 5, page, 17 * page + 1 },
		{ HUGE - 3, 6, 0, 1 },
	};

	fill(at, SIZE, 0);
	memcpy(was, at, SIZE);
	start = at;
	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		unsigned char *a = at + spans[i].a, *b = at + HALF + spans[i].b;
		struct count before = count();
		struct ibv_mr *near = registered(&from, a, spans[i].a_len, all_of(&from)), *far;

		is_counted(before, pages_of(a, spans[i].a_len), "a region");
		far = registered(&to, b, spans[i].b_len, all_of(&to));
		is_counted(before, pages_of(a, spans[i].a_len) + pages_of(b, spans[i].b_len), "two regions");
		exercise(near, far);
		deregister(near);
		is_counted(before, pages_of(b, spans[i].b_len), "the other region");
		deregister(far);
		is_counted(before, 0, "no region");
	}
}

/* Whole and in parts at once: each region counts, and stays when others go. */
static void several(unsigned char *at)
{
	struct count before = count();
	struct ibv_mr *near[3], *far[3];
	unsigned char *b = at + HALF;
	long pages = 0;

	fill(at, SIZE, 0);
	memcpy(was, at, SIZE);
	start = at;
	for (size_t i = 0; i < 3; i++) {
		size_t pos = i * (5 * page + 99), len = HALF - 2 * pos;

		near[i] = registered(&from, at + pos, len, all_of(&from));
		far[i] = registered(&to, b + pos, len, all_of(&to));
		pages += pages_of(at + pos, len) + pages_of(b + pos, len);
		is_counted(before, pages, "several regions");
	}
	/* The same memory on the other side as well. */
	deregister(far[2]);
	far[2] = registered(&to, at, HALF, all_of(&to));
	exercise(near[0], far[1]);
	each_way(near[0], at + HUGE + 1, far[2], at + 7, 3 * page);
	deregister(near[0]);
	deregister(far[1]);
	exercise(near[1], far[0]);
	exercise(near[2], far[0]);
	deregister(near[1]);
	deregister(far[0]);
	each_way(near[2], at + 2 * HUGE - 20 * page, far[2], at + 1, 2 * page + 1);
	deregister(near[2]);
	deregister(far[2]);
	is_counted(before, 0, "no region");
}

/* The program has given its memory back, the devices have not. */
static void unmapped(unsigned char *at)
{
	int fd = memfd_create("umem", 0);
	struct count before = count();
	struct ibv_mr *near, *far;
	unsigned char *seen;

	if (fd < 0 || ftruncate(fd, SIZE))
		broken("no memory");
	seen = map(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	if (!seen || !map(at, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd))
		broken("no memory");
	fill(seen, SIZE, 3);
	memcpy(was, seen, SIZE);
	near = registered(&from, at + 1, HALF - 1, ALL);
	far = registered(&to, at + HALF, HALF, ALL);
	munmap(at, SIZE);
	is_counted(before, 2 * HALF / page, "unmapped memory");
	start = seen;
	refill(seen + 1, HALF - 1);
	write_to(&(struct piece){ near, at + 1, HALF - 1 }, 1, (uintptr_t)at + HALF, far->rkey);
	took(seen + HALF, seen + 1, HALF - 1);
	is_as_it_was("RDMA WRITE of unmapped memory");
	refuses("unmapped memory", &from, at, page, ALL, EFAULT);
	deregister(near);
	deregister(far);
	is_counted(before, 0, "no region");
	munmap(seen, SIZE);
	close(fd);
}

/* A file that a disk keeps: written by nobody, or by devices as well where a kernel allows that. */
static void disk(unsigned char *at, const char *path)
{
	struct count before = count();
	struct ibv_mr *near, *far;

	file(at, HALF, path, MAP_SHARED);
	anonymous(at + HALF, HALF, MADV_NOHUGEPAGE);
	near = try(&from, at, HALF, ALL);
	if (near) {
		is_counted(before, HALF / page, "a file");
		deregister(near);
	} else if (errno != EFAULT) {
		broken("a file");
	}
	printf("a file is %s, ", near ? "written" : "not written");
	is_counted(before, 0, "a file");
	fill(at, SIZE, 4);
	memcpy(was, at, SIZE);
	start = at;
	near = registered(&from, at + 1, HALF - 1, 0);
	far = registered(&to, at + HALF, HALF, ALL);
	write_to(&(struct piece){ near, at + 1, HALF - 1 }, 1, (uintptr_t)at + HALF, far->rkey);
	took(at + HALF, at + 1, HALF - 1);
	is_as_it_was("RDMA WRITE from a file");
	deregister(near);
	deregister(far);
	is_counted(before, 0, "no region");
}

/* The device has other addresses than the program. */
static void iova(unsigned char *at)
{
	uint64_t base = (uint64_t)1 << 40;
	struct count before = count();
	struct ibv_mr *near, *far;

	if (is_iwarp(&from))
		end(SKIPPED, "iWARP has the program's own addresses");
	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	fill(at, SIZE, 5);
	memcpy(was, at, SIZE);
	start = at;
	if (ibv_reg_mr_iova(to.pd, at + HALF + 5, page, base + 6, ALL) || errno != EINVAL)
		end(1, "an address that differs within a page is taken");
	near = ibv_reg_mr_iova(from.pd, at + 17, HALF - 17, 3 * page + 17, ALL);
	far = ibv_reg_mr_iova(to.pd, at + HALF + 5, HALF - 5, base + 7 * page + 5, ALL);
	if (!near || !far)
		broken("no addresses of the device");
	for (size_t pos = 0; pos + 3 * page < HALF - 17; pos += HALF / 5 + 1) {
		struct piece piece = { near, (unsigned char *)(3 * page + 17 + pos), 2 * page + 3 };

		refill(at + 17 + pos, piece.len);
		write_to(&piece, 1, base + 7 * page + 5 + pos, far->rkey);
		took(at + HALF + 5 + pos, at + 17 + pos, piece.len);
		is_as_it_was("RDMA WRITE to an address of the device");
		refill(at + HALF + 5 + pos, piece.len);
		read_from(&piece, 1, base + 7 * page + 5 + pos, far->rkey);
		took(at + 17 + pos, at + HALF + 5 + pos, piece.len);
		is_as_it_was("RDMA READ from an address of the device");
	}
	deregister(near);
	deregister(far);
	is_counted(before, 0, "no region");
}

static void readonly(unsigned char *at)
{
	struct count before = count();
	struct ibv_mr *near, *far;

	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	fill(at, SIZE, 6);
	memcpy(was, at, SIZE);
	start = at;
	if (mprotect(at, HALF, PROT_READ))
		broken("mprotect");
	for (int i = 0; i < 2; i++)
		refuses("writing to what may only be read", i ? &to : &from, at, HALF, ALL, EFAULT);
	near = registered(&from, at + 3, HALF - 4, 0);
	far = registered(&to, at + HALF, HALF, ALL);
	is_counted(before, 2 * HALF / page, "memory that may only be read");
	write_to(&(struct piece){ near, at + 3, HALF - 4 }, 1, (uintptr_t)at + HALF + 1, far->rkey);
	took(at + HALF + 1, at + 3, HALF - 4);
	is_as_it_was("RDMA WRITE of what may only be read");
	deregister(near);
	near = registered(&to, at, HALF, IBV_ACCESS_REMOTE_READ);
	deregister(far);
	far = registered(&from, at + HALF, HALF, ALL);
	read_from(&(struct piece){ far, at + HALF + 5, HUGE }, 1, (uintptr_t)at + page + 1, near->rkey);
	took(at + HALF + 5, at + page + 1, HUGE);
	is_as_it_was("RDMA READ of what may only be read");
	deregister(near);
	deregister(far);
	is_counted(before, 0, "no region");
}

#define ROUNDS 10

/*
 * A region goes while its peer writes to it: the write fails, or whoever deregisters waits for its end. The
 * connection is made anew each time, for siw gives it up.
 */
static void withdrawn(unsigned char *at)
{
	volatile unsigned char *arrives = at + HALF, *last = at + 2 * HALF - 1;
	struct count before;
	int cut = 0;

	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	memset(at, 1, HALF);
	for (int i = 0; i < ROUNDS; i++) {
		struct ibv_mr *near, *far;
		time_t began = time(NULL);
		struct ibv_wc wc;

		before = count();
		memset(at + HALF, 0, HALF);
		near = registered(&from, at, HALF, 0);
		far = registered(&to, at + HALF, HALF, ALL);
		post(&from, IBV_WR_RDMA_WRITE, &(struct piece){ near, at, HALF }, 1, (uintptr_t)at + HALF, far->rkey);
		while (!*arrives)
			if (time(NULL) > began + WAIT)
				end(1, "nothing arrives");
		deregister(far);
		while (!polled(&from, &wc))
			if (time(NULL) > began + WAIT)
				end(1, "a write does not end");
		usleep(100000);
		cut += !*last;
		deregister(near);
		is_counted(before, 0, "a region that was withdrawn");
		disconnected();
		connected();
	}
	if (is_iwarp(&from) && !cut)
		end(1, "all of %d writes were done before their region went", ROUNDS);
	printf("%d of %d writes cut short, ", cut, ROUNDS);
}

/* A page of 1 GiB: there is no room for a copy of it. */
static void gigantic(void)
{
	unsigned char *all = map(NULL, 2 * GIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	const size_t places[] = { 0, GIB / 2 - 3, GIB - 3 * page - 1, 77 * HUGE - page, 3 };
	struct count before = count();
	struct ibv_mr *near, *far;
	unsigned char *at;

	if (!all)
		broken("no addresses");
	at = all + (-(uintptr_t)all & (GIB - 1));
	if (!map(at, GIB, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_HUGETLB | 30 << MAP_HUGE_SHIFT, -1))
		end(SKIPPED, "no page of 1 GiB: %s", strerror(errno));
	near = registered(&from, at, GIB, ALL);
	is_counted(before, GIB / page, "a region of 1 GiB");
	far = registered(&to, at + 1, GIB - 1, ALL);
	is_counted(before, 2 * GIB / page, "two regions of 1 GiB");
	for (size_t i = 0; i < 4; i++) {
		size_t len = 2 * page + 1 + i;
		unsigned char *a = at + places[i] + i, *b = at + 1 + (places[i + 1] + 5 * page) % (GIB - 4 * page);
		struct piece piece = { near, a, len };

		fill(a, len, i + 1);
		memcpy(was, a, len);
		memset(b - 1, 0, len + 2);
		write_to(&piece, 1, (uintptr_t)b, far->rkey);
		holds(b, was, len, "RDMA WRITE in 1 GiB");
		if (b[len] || b[-1])
			end(1, "what is beside was written");
		fill(b, len, i + 100);
		memcpy(was, b, len);
		read_from(&piece, 1, (uintptr_t)b, far->rkey);
		holds(a, was, len, "RDMA READ in 1 GiB");
		moves += 2;
		moved += 2 * len;
	}
	deregister(near);
	deregister(far);
	is_counted(before, 0, "no region");
	munmap(all, 2 * GIB);
}

static bool kind_make(const char *what, unsigned char *at, const char *path)
{
	if (!strcmp(what, "anonymous"))
		anonymous(at, SIZE, MADV_NOHUGEPAGE);
	else if (!strcmp(what, "fragmented"))
		fragmented(at, SIZE);
	else if (!strcmp(what, "thp"))
		thp(at, SIZE);
	else if (!strcmp(what, "hugetlb"))
		hugetlb(at, SIZE);
	else if (!strcmp(what, "shmem"))
		shmem(at, SIZE);
	else if (!strcmp(what, "file"))
		file(at, SIZE, path, MAP_SHARED);
	else if (!strcmp(what, "private"))
		file(at, SIZE, path, MAP_PRIVATE);
	else if (!strcmp(what, "mixed"))
		mixed(at, path);
	else
		return false;
	return true;
}

static void run(const char *what, unsigned char *at, const char *more)
{
	if (kind_make(what, at, more)) {
		kind(at);
	} else if (!strcmp(what, "several")) {
		anonymous(at, SIZE, MADV_NORMAL);
		several(at);
	} else if (!strcmp(what, "unmapped")) {
		unmapped(at);
	} else if (!strcmp(what, "disk") && more) {
		disk(at, more);
	} else if (!strcmp(what, "iova")) {
		iova(at);
	} else if (!strcmp(what, "readonly")) {
		readonly(at);
	} else if (!strcmp(what, "withdrawn")) {
		withdrawn(at);
	} else if (!strcmp(what, "gigantic")) {
		gigantic();
	} else {
		end(2, "usage: umem FROM TO CASE [FILE]");
	}
}

int main(int argc, char **argv)
{
	struct count before;
	unsigned char *at;

	if (argc < 4)
		end(2, "usage: umem FROM TO CASE [FILE]");
	before = begin(argv[1], argv[2]);
	at = room(SIZE);
	run(argv[3], at, argc > 4 ? argv[4] : NULL);
	munmap(at, SIZE);
	finish(before);
	return 0;
}
