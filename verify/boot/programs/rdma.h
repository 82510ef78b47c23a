/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rdma.h: what the guests' programs that use RDMA have in common: two devices that
 * are connected, regions, moving data between them, and what the kernel counts.
 *
 * Each registration is held against VmPin of the process and the pages that are
 * pinned in the whole machine, to the page.
 */
#ifndef RDMA_H
#define RDMA_H

/* Those that are linked: none is loaded. */
#define RDMA_STATIC_PROVIDERS rxe,siw
#include <arpa/inet.h>
#include <infiniband/verbs.h>
#include <rdma/rdma_cma.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "memory.h"

#define HALF		(2 * HUGE)
#define SIZE		(2 * HALF)
#define PIECES		3
#define WAIT		300		/* seconds for what takes a moment */
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

static inline long counted(void)
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

static inline struct count count(void)
{
	return (struct count){ counted(), pinned() };
}

static size_t pages_of(const void *at, size_t len)
{
	uintptr_t first = (uintptr_t)at / page, last = ((uintptr_t)at + len - 1) / page;

	return last - first + 1;
}

static inline bool differs(struct count now, struct count before, long pages)
{
	return now.counted != before.counted + pages || now.pinned != before.pinned + pages;
}

/* So many pages more than before are counted and pinned; a packet may hold on to a region for a moment. */
static inline void is_counted(struct count before, long pages, const char *what)
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

static inline bool is_iwarp(const struct side *side)
{
	return side->id->verbs->device->transport_type == IBV_TRANSPORT_IWARP;
}

/* The region, or NULL with the reason in errno. */
static inline struct ibv_mr *try(const struct side *side, void *at, size_t len, int access)
{
	regions++;
	return ibv_reg_mr(side->pd, at, len, access);
}

static inline struct ibv_mr *registered(const struct side *side, void *at, size_t len, int access)
{
	struct ibv_mr *mr = try(side, at, len, access);

	if (!mr)
		broken("%zu bytes at %p are not registered", len, at);
	return mr;
}

static inline void deregister(struct ibv_mr *mr)
{
	if (ibv_dereg_mr(mr))
		broken("a region stays registered");
}

static inline void refuses(const char *what, const struct side *side, void *at, size_t len, int access, int expected)
{
	struct count before = count();

	if (try(side, at, len, access))
		end(1, "%s is registered", what);
	if (errno != expected)
		end(1, "%s: %s and not %s", what, strerror(errno), strerror(expected));
	is_counted(before, 0, what);
}

/* Connections. */
static inline struct rdma_cm_id *event(const struct side *side, enum rdma_cm_event_type type)
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

static inline void queues(struct side *side)
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

static inline void connected(void)
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

static inline void closed(struct side *side)
{
	rdma_destroy_qp(side->id);
	deregister(side->note);
	if (ibv_destroy_cq(side->cq) || ibv_dealloc_pd(side->pd) || rdma_destroy_id(side->id))
		broken("something is left");
}

static inline void disconnected(void)
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
static inline bool polled(const struct side *side, struct ibv_wc *wc)
{
	int n = ibv_poll_cq(side->cq, 1, wc);

	if (n < 0)
		end(1, "a queue cannot be read");
	/* Who waits leaves the machine to who moves the data: an emulated one has few cycles. */
	if (!n)
		usleep(1000);
	return n;
}

static inline void completes(const struct side *side, const char *what, size_t n)
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

static inline int parts(struct ibv_sge *sge, const struct piece *pieces, int n)
{
	for (int i = 0; i < n; i++)
		sge[i] = (struct ibv_sge){ (uintptr_t)pieces[i].at, pieces[i].len, pieces[i].mr->lkey };
	return n;
}

static inline int try_post(const struct side *side, enum ibv_wr_opcode opcode, const struct piece *pieces, int n,
		    uint64_t remote, uint32_t rkey)
{
	struct ibv_sge sge[PIECES];
	struct ibv_send_wr wr = { .sg_list = sge, .num_sge = parts(sge, pieces, n), .opcode = opcode }, *bad;

	wr.wr.rdma.remote_addr = remote;
	wr.wr.rdma.rkey = rkey;
	return ibv_post_send(side->id->qp, &wr, &bad);
}

static inline void post(const struct side *side, enum ibv_wr_opcode opcode, const struct piece *pieces, int n,
		 uint64_t remote, uint32_t rkey)
{
	if (try_post(side, opcode, pieces, n, remote, rkey))
		broken("nothing can be sent");
}

static inline void post_receive(const struct side *side, const struct piece *pieces, int n)
{
	struct ibv_sge sge[PIECES];
	struct ibv_recv_wr wr = { .sg_list = sge, .num_sge = parts(sge, pieces, n) }, *bad;

	if (ibv_post_recv(side->id->qp, &wr, &bad))
		broken("nothing can be received");
}

static inline struct piece note_of(const struct side *side)
{
	return (struct piece){ side->note, side->note_at, 1 };
}

/* A write has arrived when what was sent behind it has. */
static inline void write_to(const struct piece *pieces, int n, uint64_t remote, uint32_t rkey)
{
	struct piece sent = note_of(&from), received = note_of(&to);

	post_receive(&to, &received, 1);
	post(&from, IBV_WR_RDMA_WRITE, pieces, n, remote, rkey);
	post(&from, IBV_WR_SEND, &sent, 1, 0, 0);
	completes(&from, "a write", 2);
	completes(&to, "a write's note", 1);
}

static inline void read_from(const struct piece *pieces, int n, uint64_t remote, uint32_t rkey)
{
	post(&from, IBV_WR_RDMA_READ, pieces, n, remote, rkey);
	completes(&from, "a read", 1);
}

static inline void send_to(const struct piece *pieces, int n, const struct piece *into, int m)
{
	post_receive(&to, into, m);
	post(&from, IBV_WR_SEND, pieces, n, 0, 0);
	completes(&from, "a message", 1);
	completes(&to, "a message", 1);
}

static unsigned char was[SIZE];
static unsigned char *start;		/* of the memory that is held against it */

static inline void is_as_it_was(const char *what)
{
	holds(start, was, SIZE, what);
}

static inline void refill(unsigned char *at, size_t len)
{
	fill(at, len, moves * 7919);
	memcpy(was + (at - start), at, len);
}

static inline void took(unsigned char *dst, const unsigned char *src, size_t len)
{
	memcpy(was + (dst - start), src, len);
	moves++;
	moved += len;
}

static inline void limited(rlim_t bytes)
{
	/* A hard limit could not be raised again. */
	struct rlimit limit = { bytes, RLIM_INFINITY };

	if (setrlimit(RLIMIT_MEMLOCK, &limit))
		broken("no limit");
}

static inline void late(int number)
{
	static const char text[] = "not done in time\n";

	(void)number;
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
}

static inline void side_make(struct side *side, const char *address)
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

/* Both ends, connected; @before is what was counted until then. */
static inline struct count begin(const char *address_from, const char *address_to)
{
	struct ibv_device **devices = ibv_get_device_list(NULL);
	struct count before;

	page = sysconf(_SC_PAGESIZE);
	signal(SIGALRM, late);
	alarm(1500);
	limited(RLIM_INFINITY);
	if (!devices || !*devices)
		end(1, "no device");
	side_make(&from, address_from);
	side_make(&to, address_to);
	to.address.sin_port = htons(PORT);
	before = count();
	connected();
	return before;
}

static inline void finish(struct count before)
{
	disconnected();
	is_counted(before, lost, "in the end");
	printf("%lu regions, %lu moves, %lu bytes moved\n", regions, moves, moved);
}

#endif
