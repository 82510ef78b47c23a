// SPDX-License-Identifier: GPL-2.0-only
/*
 * umem-cost: what it costs to register a gigabyte with an RDMA device and to take
 * it back.
 *
 *	umem-cost DEVICE WHAT
 *
 * WHAT is one of: time, of the least of three times; bytes, what the kernel holds
 * for it, by /proc/allocinfo (since v6.10): first what is held for the umem, which is
 * what its files allocated, then all.
 *
 * Prints a line "figure ..." for each kind of memory; exit status 77 if the machine has
 * no such memory, or the kernel does not tell.
 *
 * Libraries: ibverbs rxe-rdmav34 ibverbs nl-route-3 nl-3
 */
#define _GNU_SOURCE
#define RDMA_STATIC_PROVIDERS rxe
#include <infiniband/verbs.h>
#include <sys/resource.h>

#include "costs.h"

#define ALL	(IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ)
#define REGIONS	4	/* that are held at a time: what others allocate meanwhile counts less */

static struct ibv_pd *pd;

static struct ibv_mr *registered(unsigned char *at)
{
	struct ibv_mr *mr = ibv_reg_mr(pd, at, GIB, ALL);

	if (!mr)
		broken("a gigabyte is not registered");
	return mr;
}

static void deregister(struct ibv_mr *mr)
{
	if (ibv_dereg_mr(mr))
		broken("a region stays registered");
}

static void time_cost(const char *of, unsigned char *at)
{
	long least[2] = { LONG_MAX, LONG_MAX };

	for (int i = 0; i < 3; i++) {
		long start = now(), end_of_first;
		struct ibv_mr *mr = registered(at);

		end_of_first = now();
		deregister(mr);
		keep_least(&least[0], end_of_first - start);
		keep_least(&least[1], now() - end_of_first);
	}
	printf("figure instructions to register %s: %ld\n", of, least[0]);
	printf("figure instructions to deregister %s: %ld\n", of, least[1]);
}

struct held {
	long umem, all;
};

/* Bytes that are allocated now, in all of the kernel and by what a umem is made with. */
static struct held held(void)
{
	static const char *const files[] = { "drivers/infiniband/core/umem", "lib/scatterlist.c:", "lib/phyr" };
	FILE *file = fopen("/proc/allocinfo", "r");
	struct held held = { };
	char line[512], *where;

	if (!file)
		end(SKIPPED, "the kernel does not tell who allocated: %s", strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		long bytes = strtol(line, &where, 10), calls = strtol(where, &where, 10);

		(void)calls;
		held.all += bytes;
		where += strspn(where, " ");
		for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
			if (!strncmp(where, files[i], strlen(files[i])))
				held.umem += bytes;
	}
	fclose(file);
	if (!held.all)
		end(1, "nobody allocates in this kernel");
	return held;
}

static void bytes_cost(const char *of, unsigned char *at)
{
	struct ibv_mr *mr[REGIONS];
	struct held before, after;

	/* What is kept once is kept then. */
	deregister(registered(at));
	before = held();
	for (int i = 0; i < REGIONS; i++)
		mr[i] = registered(at);
	after = held();
	for (int i = 0; i < REGIONS; i++)
		deregister(mr[i]);
	printf("figure bytes of the umem for %s: %ld\n", of, (after.umem - before.umem) / REGIONS);
	printf("figure bytes of rxe in all for %s: %ld\n", of, (after.all - before.all) / REGIONS);
}

int main(int argc, char **argv)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	struct ibv_device **devices = ibv_get_device_list(NULL);
	struct ibv_context *context;

	if (argc != 3 || (strcmp(argv[2], "time") && strcmp(argv[2], "bytes")))
		end(2, "usage: umem-cost DEVICE time|bytes");
	while (devices && *devices && strcmp(ibv_get_device_name(*devices), argv[1]))
		devices++;
	if (!devices || !*devices)
		end(1, "no device '%s'", argv[1]);
	context = ibv_open_device(*devices);
	pd = context ? ibv_alloc_pd(context) : NULL;
	if (!pd || setrlimit(RLIMIT_MEMLOCK, &limit))
		broken("the device cannot be used");
	each_gigabyte(!strcmp(argv[2], "time") ? time_cost : bytes_cost);
	return 0;
}
