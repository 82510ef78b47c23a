// SPDX-License-Identifier: GPL-2.0-only
/*
 * umem: registers its own memory with two RDMA devices, moves data from one to
 * the other and looks at each byte.
 *
 *	umem FROM TO CASE [FILE | NUMBER]
 *
 * FROM and TO are addresses of the two devices' network interfaces. CASE is a kind
 * of memory (anonymous, fragmented, thp, hugetlb, shmem, file or private of FILE,
 * mixed with a FILE, gigantic) or one of: several, unmapped, disk FILE, iova,
 * readonly, refused, limit, bounds, again NUMBER, nth, untouched, hold.
 *
 * What is registered is held against what the kernel counts: VmPin of this process
 * and the pages that are pinned in the whole machine, to the page. Prints what it
 * did; exit status 0 if all was as it should be, 77 if the machine has no such
 * memory.
 *
 * Libraries: rdmacm ibverbs rxe-rdmav34 siw-rdmav34 ibverbs nl-route-3 nl-3
 */
#define _GNU_SOURCE
/* Those that are linked: none is loaded. */
#define RDMA_STATIC_PROVIDERS rxe,siw
#include <arpa/inet.h>
#include <infiniband/verbs.h>
#include <linux/capability.h>
#include <rdma/rdma_cma.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#include "memory.h"

#define HALF		(2 * HUGE)
#define SIZE		(2 * HALF)
#define GIB		((size_t)1 << 30)
#define PIECES		3
#define WAIT		60		/* seconds for what takes a moment */
#define PORT		7471
#define ALL		(IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ)

/* One end of the connection, with a device of its own. */
struct side {
	struct sockaddr_in address;
	struct rdma_event_channel *events;
	struct rdma_cm_id *id;
	struct ibv_pd *pd;
	struct ibv_cq *cq;
	struct ibv_mr *note;		/* a byte that is sent behind what was written */
	unsigned char *note_at;
};

/* A part of a region. */
struct piece {
	struct ibv_mr *mr;
	unsigned char *at;
	size_t len;
};

static struct side from, to;
static size_t page;
static unsigned long regions, moves, moved;
static long lost;			/* pages that stay pinned for good */

/* What the kernel counts, in pages. */
struct count {
	long counted, pinned;
};

static long counted(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmPin: %ld kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	if (kib < 0)
		end(1, "no VmPin in /proc/self/status");
	return kib * 1024 / (long)page;
}

static struct count count(void)
{
	return (struct count){ counted(), pinned() };
}

static size_t pages_of(const void *at, size_t len)
{
	uintptr_t first = (uintptr_t)at / page, last = ((uintptr_t)at + len - 1) / page;

	return last - first + 1;
}

static bool differs(struct count now, struct count before, long pages)
{
	return now.counted != before.counted + pages || now.pinned != before.pinned + pages;
}

/* So many pages more than before are counted and pinned; a packet may hold on to a region for a moment. */
static void is_counted(struct count before, long pages, const char *what)
{
	struct count now = count();

	for (int i = 0; i < 20 && differs(now, before, pages); i++) {
		usleep(100000);
		now = count();
	}
	if (differs(now, before, pages))
		end(1, "%s: %ld pages are counted and %ld pinned, not %ld", what, now.counted - before.counted,
		    now.pinned - before.pinned, pages);
}

static bool is_iwarp(const struct side *side)
{
	return side->id->verbs->device->transport_type == IBV_TRANSPORT_IWARP;
}

/* The region, or NULL with the reason in errno. */
static struct ibv_mr *try(const struct side *side, void *at, size_t len, int access)
{
	regions++;
	return ibv_reg_mr(side->pd, at, len, access);
}

static struct ibv_mr *registered(const struct side *side, void *at, size_t len, int access)
{
	struct ibv_mr *mr = try(side, at, len, access);

	if (!mr)
		broken("%zu bytes at %p are not registered", len, at);
	return mr;
}

static void deregister(struct ibv_mr *mr)
{
	if (ibv_dereg_mr(mr))
		broken("a region stays registered");
}

static void refuses(const char *what, const struct side *side, void *at, size_t len, int access, int expected)
{
	struct count before = count();

	if (try(side, at, len, access))
		end(1, "%s is registered", what);
	if (errno != expected)
		end(1, "%s: %s and not %s", what, strerror(errno), strerror(expected));
	is_counted(before, 0, what);
}

/* Connections. */
static struct rdma_cm_id *event(const struct side *side, enum rdma_cm_event_type type)
{
	struct rdma_cm_event *event;
	struct rdma_cm_id *id;

	if (rdma_get_cm_event(side->events, &event))
		broken("no event");
	if (event->event != type)
		end(1, "%s with status %d and not %s", rdma_event_str(event->event), event->status,
		    rdma_event_str(type));
	id = event->id;
	rdma_ack_cm_event(event);
	return id;
}

static void queues(struct side *side)
{
	struct ibv_qp_init_attr attr = {
		.qp_type = IBV_QPT_RC,
		.sq_sig_all = 1,
		.cap = { .max_send_wr = 16, .max_recv_wr = 16, .max_send_sge = PIECES, .max_recv_sge = PIECES },
	};

	side->pd = ibv_alloc_pd(side->id->verbs);
	side->cq = ibv_create_cq(side->id->verbs, 64, NULL, NULL, 0);
	if (!side->pd || !side->cq)
		broken("no queue");
	attr.send_cq = attr.recv_cq = side->cq;
	if (rdma_create_qp(side->id, side->pd, &attr))
		broken("no pair of queues");
	side->note = registered(side, side->note_at, page, ALL);
}

static void connected(void)
{
	struct rdma_conn_param param = { .responder_resources = 4, .initiator_depth = 4, .retry_count = 7,
					 .rnr_retry_count = 7 };
	struct rdma_cm_id *listener;

	if (rdma_create_id(to.events, &listener, NULL, RDMA_PS_TCP) ||
	    rdma_bind_addr(listener, (struct sockaddr *)&to.address) || rdma_listen(listener, 1))
		broken("nobody listens");
	if (rdma_create_id(from.events, &from.id, NULL, RDMA_PS_TCP) ||
	    rdma_resolve_addr(from.id, (struct sockaddr *)&from.address, (struct sockaddr *)&to.address, 10000))
		broken("no address");
	event(&from, RDMA_CM_EVENT_ADDR_RESOLVED);
	if (rdma_resolve_route(from.id, 10000))
		broken("no route");
	event(&from, RDMA_CM_EVENT_ROUTE_RESOLVED);
	queues(&from);
	if (rdma_connect(from.id, &param))
		broken("no connection");
	to.id = event(&to, RDMA_CM_EVENT_CONNECT_REQUEST);
	queues(&to);
	if (rdma_accept(to.id, &param))
		broken("not accepted");
	event(&from, RDMA_CM_EVENT_ESTABLISHED);
	event(&to, RDMA_CM_EVENT_ESTABLISHED);
	if (from.id->verbs->device == to.id->verbs->device)
		end(1, "both ends are %s", ibv_get_device_name(to.id->verbs->device));
	rdma_destroy_id(listener);
}

static void closed(struct side *side)
{
	rdma_destroy_qp(side->id);
	deregister(side->note);
	if (ibv_destroy_cq(side->cq) || ibv_dealloc_pd(side->pd) || rdma_destroy_id(side->id))
		broken("something is left");
}

static void disconnected(void)
{
	rdma_disconnect(from.id);
	rdma_disconnect(to.id);
	closed(&from);
	closed(&to);
	/* What was still to be told goes with the channels. */
	rdma_destroy_event_channel(from.events);
	rdma_destroy_event_channel(to.events);
	from.events = rdma_create_event_channel();
	to.events = rdma_create_event_channel();
}

/* Moving data. */
static bool polled(const struct side *side, struct ibv_wc *wc)
{
	int n = ibv_poll_cq(side->cq, 1, wc);

	if (n < 0)
		end(1, "a queue cannot be read");
	if (!n)
		sched_yield();
	return n;
}

static void completes(const struct side *side, const char *what, size_t n)
{
	time_t start = time(NULL);
	struct ibv_wc wc;

	while (n) {
		if (polled(side, &wc)) {
			if (wc.status != IBV_WC_SUCCESS)
				end(1, "%s: %s", what, ibv_wc_status_str(wc.status));
			n--;
		} else if (time(NULL) > start + WAIT) {
			end(1, "%s does not end", what);
		}
	}
}

static int parts(struct ibv_sge *sge, const struct piece *pieces, int n)
{
	for (int i = 0; i < n; i++)
		sge[i] = (struct ibv_sge){ (uintptr_t)pieces[i].at, pieces[i].len, pieces[i].mr->lkey };
	return n;
}

static int try_post(const struct side *side, enum ibv_wr_opcode opcode, const struct piece *pieces, int n,
		    uint64_t remote, uint32_t rkey)
{
	struct ibv_sge sge[PIECES];
	struct ibv_send_wr wr = { .sg_list = sge, .num_sge = parts(sge, pieces, n), .opcode = opcode }, *bad;

	wr.wr.rdma.remote_addr = remote;
	wr.wr.rdma.rkey = rkey;
	return ibv_post_send(side->id->qp, &wr, &bad);
}

static void post(const struct side *side, enum ibv_wr_opcode opcode, const struct piece *pieces, int n,
		 uint64_t remote, uint32_t rkey)
{
	if (try_post(side, opcode, pieces, n, remote, rkey))
		broken("nothing can be sent");
}

static void post_receive(const struct side *side, const struct piece *pieces, int n)
{
	struct ibv_sge sge[PIECES];
	struct ibv_recv_wr wr = { .sg_list = sge, .num_sge = parts(sge, pieces, n) }, *bad;

	if (ibv_post_recv(side->id->qp, &wr, &bad))
		broken("nothing can be received");
}

static struct piece note_of(const struct side *side)
{
	return (struct piece){ side->note, side->note_at, 1 };
}

/* A write has arrived when what was sent behind it has. */
static void write_to(const struct piece *pieces, int n, uint64_t remote, uint32_t rkey)
{
	struct piece sent = note_of(&from), received = note_of(&to);

	post_receive(&to, &received, 1);
	post(&from, IBV_WR_RDMA_WRITE, pieces, n, remote, rkey);
	post(&from, IBV_WR_SEND, &sent, 1, 0, 0);
	completes(&from, "a write", 2);
	completes(&to, "a write's note", 1);
}

static void read_from(const struct piece *pieces, int n, uint64_t remote, uint32_t rkey)
{
	post(&from, IBV_WR_RDMA_READ, pieces, n, remote, rkey);
	completes(&from, "a read", 1);
}

static void send_to(const struct piece *pieces, int n, const struct piece *into, int m)
{
	post_receive(&to, into, m);
	post(&from, IBV_WR_SEND, pieces, n, 0, 0);
	completes(&from, "a message", 1);
	completes(&to, "a message", 1);
}

static unsigned char was[SIZE];
static unsigned char *start;		/* of the memory that is held against it */

static void is_as_it_was(const char *what)
{
	holds(start, was, SIZE, what);
}

static void refill(unsigned char *at, size_t len)
{
	fill(at, len, moves * 7919);
	memcpy(was + (at - start), at, len);
}

static void took(unsigned char *dst, const unsigned char *src, size_t len)
{
	memcpy(was + (dst - start), src, len);
	moves++;
	moved += len;
}

/* Each way to move @len bytes between two places, which both sides have in a region. */
static void each_way(struct ibv_mr *near, unsigned char *a, struct ibv_mr *far, unsigned char *b, size_t len)
{
	struct piece piece = { near, a, len }, other = { far, b, len };

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

static void refused(unsigned char *at)
{
	for (int i = 0; i < 2; i++) {
		const struct side *side = i ? &to : &from;
		struct count before = count();

		anonymous(at, SIZE, MADV_NOHUGEPAGE);
		refuses("nothing", side, at, 0, ALL, EINVAL);
		refuses("the end of all addresses", side, (void *)-page, page, ALL, EINVAL);
		/* siw allocates by the length before anybody looks at it. */
		if (!is_iwarp(side))
			refuses("more than there are addresses", side, at, -(uintptr_t)at + page, ALL, EINVAL);
		refuses("the kernel's memory", side, (void *)0xffff888000000000, page, ALL, EFAULT);
		refuses("the page 0", side, NULL, page, ALL, EFAULT);
		munmap(at + SIZE - 3 * page, page);
		refuses("a hole near the end", side, at, SIZE, ALL, EFAULT);
		refuses("a hole at the end", side, at + 7, SIZE - 3 * page, ALL, EFAULT);
		refuses("a hole at the start", side, at + SIZE - 3 * page, 2 * page, ALL, EFAULT);
		deregister(registered(side, at, SIZE - 3 * page, ALL));
		munmap(at + page, page);
		refuses("a hole behind the first page", side, at, HUGE, ALL, EFAULT);
		refuses("a byte of a hole", side, at + page - 1, 2, ALL, EFAULT);
		if (mprotect(at + HUGE, page, PROT_NONE))
			broken("mprotect");
		refuses("memory that nobody may read", side, at + HUGE - page, 2 * page, ALL, EFAULT);
		refuses("the same, for reading", side, at + HUGE - page, 2 * page, 0, EFAULT);
		munmap(at, SIZE);
		refuses("no memory", side, at, SIZE, ALL, EFAULT);
		is_counted(before, 0, "what was refused");
	}
}

static void without(unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { };

	if (syscall(SYS_capget, &header, data))
		broken("capget");
	data[0].effective &= ~(1u << capability);
	if (syscall(SYS_capset, &header, data))
		broken("capset");
}

static void limited(rlim_t bytes)
{
	/* A hard limit could not be raised again. */
	struct rlimit limit = { bytes, RLIM_INFINITY };

	if (setrlimit(RLIMIT_MEMLOCK, &limit))
		broken("no limit");
}

static void limit(unsigned char *at)
{
	size_t most = 4 * HUGE / 2, base = counted() * page;

	anonymous(at, SIZE, MADV_NORMAL);
	without(CAP_IPC_LOCK);
	for (int i = 0; i < 2; i++) {
		const struct side *side = i ? &to : &from;
		struct count before = count();
		struct ibv_mr *mr[2];

		limited(base + most);
		refuses("more than may be locked", side, at, most + 1, ALL, ENOMEM);
		refuses("a page more, by an odd start", side, at + 1, most, ALL, ENOMEM);
		mr[0] = registered(side, at, most - HUGE / 2, ALL);
		refuses("more in all", side, at + most, HUGE / 2 + page, ALL, ENOMEM);
		mr[1] = registered(side, at + most - HUGE / 2, HUGE / 2, ALL);
		is_counted(before, most / page, "all that may be locked");
		refuses("a page more", side, at, 1, ALL, ENOMEM);
		deregister(mr[0]);
		is_counted(before, HUGE / 2 / page, "what is left");
		deregister(mr[1]);
		deregister(registered(side, at + page - 1, most - page + 1, ALL));
		limited(0);
		if (try(side, at, page, ALL) || (errno != EPERM && errno != ENOMEM))
			broken("nothing may be locked");
		is_counted(before, 0, "no region");
	}
	limited(RLIM_INFINITY);
}

/* One access that must fail: a write's note never arrives, a read never ends well. */
static void fails(const char *what, enum ibv_wr_opcode opcode, struct piece piece, uint64_t remote, uint32_t rkey)
{
	struct piece sent = note_of(&from), received = note_of(&to);
	time_t since = time(NULL);
	struct ibv_wc wc = { };
	int failed;

	post_receive(&to, &received, 1);
	failed = try_post(&from, opcode, &piece, 1, remote, rkey);
	if (!failed && opcode == IBV_WR_RDMA_WRITE)
		try_post(&from, IBV_WR_SEND, &sent, 1, 0, 0);
	while (!failed) {
		if (polled(&to, &wc)) {
			if (wc.status == IBV_WC_SUCCESS)
				end(1, "%s: what was sent behind it arrives", what);
			break;
		}
		if (polled(&from, &wc)) {
			if (wc.status != IBV_WC_SUCCESS)
				break;
			if (opcode == IBV_WR_RDMA_READ)
				end(1, "%s ends well", what);
		}
		if (time(NULL) > since + WAIT)
			end(1, "%s does not end", what);
	}
	is_as_it_was(what);
	moves++;
}

/* Nothing outside of a region is read or written. */
static void bounds(unsigned char *at)
{
	const struct {
		const char *what;
		long a, b;		/* from the start of the regions */
		size_t len;
	} outside[] = {
		{ "a byte behind the other's region", 0, HUGE - 1, 2 },
		{ "a byte before the other's region", 0, -1, 2 },
		{ "far behind the other's region", 0, HUGE + 3 * page, page },
		{ "a byte behind the own region", HUGE - 1, 0, 2 },
		{ "a byte before the own region", -1, 0, 2 },
		{ "a region that is gone", 0, 0, page },
	};
	const size_t n = sizeof(outside) / sizeof(*outside);

	anonymous(at, SIZE, MADV_NOHUGEPAGE);
	fill(at, SIZE, 8);
	memcpy(was, at, SIZE);
	start = at;
	for (size_t i = 0; i < 2 * n; i++) {
		enum ibv_wr_opcode opcode = i < n ? IBV_WR_RDMA_WRITE : IBV_WR_RDMA_READ;
		unsigned char *a = at + page + 11, *b = at + HALF + page + 9;
		struct count before = count();
		struct ibv_mr *near = registered(&from, a, HUGE, ALL), *far = registered(&to, b, HUGE, ALL);
		struct piece piece = { near, a + outside[i % n].a, outside[i % n].len };
		uint32_t rkey = far->rkey;

		if (i % n == n - 1)
			deregister(far);
		fails(outside[i % n].what, opcode, piece, (uintptr_t)b + outside[i % n].b, rkey);
		deregister(near);
		if (i % n != n - 1)
			deregister(far);
		is_counted(before, 0, "no region");
		disconnected();
		connected();
	}
}

/* Kilobytes of the kernel that cannot be taken back from it. */
static long unreclaimable(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[256];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "SUnreclaim: %ld kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	if (kib < 0)
		end(1, "no SUnreclaim in /proc/meminfo");
	return kib;
}

/* Nothing is lost, of what is counted and of the kernel's memory, by doing it very often. */
static void again(unsigned char *at, unsigned long n)
{
	struct count before;
	long kib = 0;

	fragmented(at, HALF);
	anonymous(at + HALF, HALF, MADV_HUGEPAGE);
	before = count();
	for (unsigned long i = 0; i < n; i++) {
		size_t pos = i * 4099 % HALF, len = 1 + i * 7919 % (64 * page);
		struct ibv_mr *mr = registered(&from, at + pos, len, ALL);

		if (i % 1000 == 0)
			is_counted(before, pages_of(at + pos, len), "a region");
		deregister(mr);
		/* What a kernel keeps once is kept by now. */
		if (i == n / 10)
			kib = unreclaimable();
	}
	is_counted(before, 0, "no region");
	kib = unreclaimable() - kib;
	printf("the kernel has %ld KiB more, ", kib);
	if (kib > 4096)
		end(1, "which is too much");
}

static int nth_open(void)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR);

	if (fd < 0)
		end(SKIPPED, "no allocation can be made to fail: %s", strerror(errno));
	return fd;
}

static void nth_set(int fd, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fd, text, len, 0) != len)
		broken("no allocation can be made to fail");
}

/* Whether one has failed since. */
static bool nth_was(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		broken("no allocation can be made to fail");
	return !atoi(text);
}

/*
 * A registration whose n-th allocation fails, for each n, ends with an error and
 * with nothing left, or well. siw keeps all of the region when its own record of
 * it cannot be allocated: that much is known of v6.1 to v7.3, and told.
 */
static void nth(const struct side *side, unsigned char *at, size_t len, bool touched)
{
	unsigned int n, kept = 0, failed = 0, well = 0, other = 0;
	int fd = nth_open();
	bool more = true;

	for (n = 1; more; n++) {
		struct count before, after;
		struct ibv_mr *mr;
		int error;

		if (!touched && (!map(at, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1) ||
				 madvise(at, HUGE, MADV_NOHUGEPAGE)))
			broken("no memory");
		before = count();
		nth_set(fd, n);
		mr = try(side, at + 5, len, ALL);
		error = errno;
		more = nth_was(fd);
		nth_set(fd, 0);
		if (mr) {
			is_counted(before, pages_of(at + 5, len), "a region");
			deregister(mr);
			is_counted(before, 0, "no region");
			well++;
			continue;
		}
		failed++;
		if (!more)
			end(1, "with no failure of an allocation: %s", strerror(error));
		/* rxe says EINVAL when its table has no room. */
		if (error != ENOMEM && error != EINVAL)
			end(1, "allocation %u fails: %s", n, strerror(error));
		other += error == EINVAL;
		after = count();
		if (is_iwarp(side) && after.counted == before.counted + (long)pages_of(at + 5, len) &&
		    after.pinned == before.pinned + (long)pages_of(at + 5, len))
			kept++;
		else
			is_counted(before, 0, "after a failure");
	}
	close(fd);
	lost += kept * pages_of(at + 5, len);
	printf("%u allocations failed, %u registrations (%u with EINVAL), ", n - 2, failed, other);
	if (kept)
		printf("%u of siw's own left the region pinned, ", kept);
	if (failed < 5 || well < 1 || kept > 6)
		end(1, "which is not as it should be");
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

/* Regions of all kinds, and registering, writing and deregistering, until somebody ends it. */
static void hold(unsigned char *at)
{
	struct ibv_mr *near, *far;

	anonymous(at, HALF, MADV_NORMAL);
	shmem(at + HALF, HALF);
	near = registered(&from, at + 1, HALF - 1, ALL);
	far = registered(&to, at + HALF, HALF, ALL);
	puts("holds");
	fflush(stdout);
	for (size_t i = 0;; i++) {
		struct ibv_mr *mr = registered(&from, at + i % 512 * page, HUGE + i % 4099, ALL);

		write_to(&(struct piece){ mr, mr->addr, HUGE }, 1, (uintptr_t)at + HALF + i % 4099, far->rkey);
		read_from(&(struct piece){ near, at + 1, HUGE / 2 }, 1, (uintptr_t)at + HALF, far->rkey);
		deregister(mr);
	}
}

static void late(int number)
{
	static const char text[] = "not done in time\n";

	(void)number;
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
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
	} else if (!strcmp(what, "refused")) {
		refused(at);
	} else if (!strcmp(what, "limit")) {
		limit(at);
	} else if (!strcmp(what, "bounds")) {
		bounds(at);
	} else if (!strcmp(what, "again") && more) {
		again(at, strtoul(more, NULL, 10));
	} else if (!strcmp(what, "nth")) {
		fragmented(at, SIZE);
		nth(&from, at, HALF + 7, true);
	} else if (!strcmp(what, "untouched")) {
		nth(&from, at, 64 * page, false);
	} else if (!strcmp(what, "gigantic")) {
		gigantic();
	} else if (!strcmp(what, "hold")) {
		hold(at);
	} else {
		end(2, "usage: umem FROM TO CASE [FILE | NUMBER]");
	}
}

static void side_make(struct side *side, const char *address)
{
	side->address.sin_family = AF_INET;
	if (inet_pton(AF_INET, address, &side->address.sin_addr) != 1)
		end(2, "no address: '%s'", address);
	side->events = rdma_create_event_channel();
	if (!side->events)
		broken("no connections");
	if (posix_memalign((void **)&side->note_at, page, page))
		end(1, "no memory");
}

int main(int argc, char **argv)
{
	struct count before;
	struct ibv_device **devices;
	unsigned char *at;

	if (argc < 4)
		end(2, "usage: umem FROM TO CASE [FILE | NUMBER]");
	page = sysconf(_SC_PAGESIZE);
	signal(SIGALRM, late);
	alarm(1500);
	limited(RLIM_INFINITY);
	devices = ibv_get_device_list(NULL);
	if (!devices || !*devices)
		end(1, "no device");
	side_make(&from, argv[1]);
	side_make(&to, argv[2]);
	to.address.sin_port = htons(PORT);
	before = count();
	connected();
	at = room(SIZE);
	run(argv[3], at, argc > 4 ? argv[4] : NULL);
	munmap(at, SIZE);
	disconnected();
	is_counted(before, lost, "in the end");
	printf("%lu regions, %lu moves, %lu bytes moved\n", regions, moves, moved);
	return 0;
}
