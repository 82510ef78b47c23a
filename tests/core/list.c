// SPDX-License-Identifier: GPL-2.0-only
/*
 * A list does what a sequence of bytes says, and is held against the oracle.
 *
 * The bytes are those of libFuzzer, or random ones:
 *
 *	list [SEED [ROUNDS]]
 */

#include "memory.h"
#include "oracle.h"

/* Bytes, and zeros behind them. */
struct input {
	const u8	*data;
	size_t		left;
};

static u64 take(struct input *in, unsigned int bytes)
{
	u64 n = 0;

	while (bytes--) {
		n = n << 8 | (in->left ? *in->data : 0);
		if (in->left) {
			in->data++;
			in->left--;
		}
	}
	return n;
}

/* A range, mostly one that can be appended. */
static void take_range(struct input *in, const struct oracle *o, u64 *addr, u64 *len)
{
	const struct run *tail = o->nr ? &o->run[o->nr - 1] : NULL;
	const struct zone *zone = &zones[take(in, 1) % nr_zones];
	unsigned int order;

	/* Stay with the kind of memory that the list has. */
	while (tail && o->p2p != zone->p2p)
		zone = &zones[(zone - zones + 1) % nr_zones];
	*addr = zone->addr + (take(in, 5) % (zone_len(zone) >> 12) << 12);
	*len = (take(in, 1) % 5 + 1) << 12;

	switch (take(in, 1) % 16) {
	case 0:
	case 1:
	case 2:
		/* Goes on where the last one ends. */
		if (tail)
			*addr = tail->addr + tail->len;
		break;
	case 3:
	case 4:
	case 5:
		/* Blocks of one order, up to 128 GiB. */
		order = take(in, 1) % 26;
		*addr &= ~((4096UL << order) - 1);
		*len = (take(in, 1) % 128 + 1) << (12 + order);
		break;
	case 6:
		*len = take(in, 4) % zone_len(zone) + 1;
		break;
	case 7:
		*addr += take(in, 2) % 4096;
		break;
	case 8:
		/* Up to the end of the zone, which can be 2^64. */
		*len = zone->addr + zone_len(zone) - *addr;
		break;
	case 9:
		*addr = take(in, 8);
		*len = take(in, 8);
		break;
	case 10:
		*len = 0;
		break;
	case 11:
		if (take(in, 1) == 1)
			*addr = PHYR_NONE;
		break;
	case 12:
		zone = &zones[take(in, 1) % nr_zones];
		*addr = zone->addr;
		break;
	default:
		break;
	}
	*len = one_kind(*addr, *len);
}

/* @rc: the range was appended, or the list is what it was. */
static int append(struct phyr_list *list, struct oracle *o, u64 addr, u64 len)
{
	struct phyr p = { addr, len };
	unsigned long nr = list->chunks.nr;
	int rc = phyr_list_append(list, &p, GFP_KERNEL);

	if (rc == -ENOMEM) {
		holds(list->chunks.nr == nr);
		check_list(list, o);
		return rc;
	}
	holds(rc == oracle_append(o, addr, len));
	if (rc)
		check_list(list, o);
	return rc;
}

/* A position: any, or where a run starts, or a byte beside that. */
static u64 take_pos(struct input *in, const struct oracle *o)
{
	u64 pick = take(in, 8);
	unsigned int beside = take(in, 1) % 4;

	if (!o->len)
		return 0;
	if (beside == 3)
		return pick % o->len;
	return min(oracle_start(o, pick % o->nr) + beside - 1, o->len - 1);
}

/* A part of the list, appended to an empty one. */
static void check_part(const struct phyr_list *list, u64 pos, u64 len)
{
	struct phyr_list other, whole;
	struct phyr_list_iter iter;
	struct phyr p;
	int rc;

	phyr_list_init(&other);
	phyr_list_init(&whole);
	warned = 0;
	holds(phyr_list_append_list(&other, &other, 0, 0, GFP_KERNEL) == -EINVAL);
	holds(warned == 1);
	rc = phyr_list_append_list(&other, list, pos, len, GFP_KERNEL);
	if (len && !phyr_list_iter_init(&iter, list, pos, len) &&
	    !phyr_list_find(list, pos, &p) && phyr_is_none(&p)) {
		/* The topmost byte: no range starts with it. */
		holds(rc == -EINVAL);
	} else if (!phyr_list_iter_init(&iter, list, pos, len)) {
		holds(!rc);
		holds(phyr_list_len(&other) == len);
		while (phyr_list_next(&iter, &p))
			holds(!phyr_list_append_phyrs(&whole, &p, 1, GFP_KERNEL));
		holds(phyr_list_equal(&other, &whole));
	} else {
		holds(rc == -ERANGE);
	}
	phyr_list_destroy(&other);
	phyr_list_destroy(&whole);
}

static void check_folio(u64 pick, u64 offset, u64 len)
{
	const struct zone *zone = &zones[pick % 3];
	struct page *page = pfn_to_page(PHYS_PFN(zone->addr) + pick % zone->nr);
	struct folio *folio = (struct folio *)page;
	struct phyr_list list;
	struct phyr p;
	int rc;

	phyr_list_init(&list);
	rc = phyr_list_append_folio(&list, folio, offset, len, GFP_KERNEL);
	if (offset + len > folio_size(folio)) {
		holds(rc == -ERANGE);
	} else if (!len) {
		holds(rc == -EINVAL);
	} else {
		holds(!rc && !phyr_list_find(&list, 0, &p));
		holds(p.addr == page_to_phys(page) + offset && p.len == len);
	}
	phyr_list_destroy(&list);
}

/* As many ranges as there is room for need no allocation. */
static void preloaded(struct phyr_list *list, struct oracle *o, struct input *in)
{
	unsigned long nr = take(in, 2) % 2000;
	unsigned long chunks = list->chunks.nr;
	unsigned long made;
	u64 addr, len;

	if (phyr_list_preload(list, nr, GFP_KERNEL))
		return;
	made = allocations_made();
	allocations_fail_after(0);
	while (list->chunks.nr + PHYR_RUN_CHUNKS <= chunks + nr && in->left) {
		take_range(in, o, &addr, &len);
		holds(append(list, o, addr, len) != -ENOMEM);
	}
	holds(allocations_made() == made);
	allocations_fail_after(-1);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct oracle o = { };
	struct phyr_list list;
	u64 addr, len;
	unsigned int i;

	phyr_list_init(&list);
	while (in.left) {
		switch (take(&in, 1) % 16) {
		case 0:
			check_slice(&list, &o, take(&in, 8), take(&in, 8));
			break;
		case 1:
			addr = take_pos(&in, &o);
			len = o.len ? take(&in, 8) % (o.len - addr + 2) : 1;
			check_slice(&list, &o, addr, len);
			check_part(&list, addr, len);
			break;
		case 2:
			check_blocks(&list, &o, 1UL << take(&in, 1) % 64);
			break;
		case 3:
			if (phyr_list_align(&list))
				check_blocks(&list, &o, phyr_list_align(&list));
			check_blocks(&list, &o, take(&in, 8));
			break;
		case 4:
			preloaded(&list, &o, &in);
			break;
		case 5:
			allocations_fail_after(take(&in, 1) % 4);
			for (i = 0; i < 30; i++) {
				take_range(&in, &o, &addr, &len);
				append(&list, &o, addr, len);
			}
			allocations_fail_after(-1);
			break;
		case 6:
			addr = take(&in, 1) % 4 ? take_pos(&in, &o) : 0;
			check_pages(&list, &o, addr);
			check_folios(&list, &o, addr);
			check_folio(take(&in, 2), take(&in, 3), take(&in, 3));
			break;
		case 7:
			/* Cutting a terabyte into sectors proves no more. */
			if (o.len < 1UL << 26)
				check_scatterlist(&list, &o, take(&in, 3) + 512,
						  take(&in, 1) % 2 ? -1UL : 0xffff);
			break;
		case 8:
			if (take(&in, 1))
				break;
			phyr_list_destroy(&list);
			oracle_clear(&o);
			break;
		case 9:
			check_list(&list, &o);
			check_canonical(&list, &o, take(&in, 4));
			break;
		case 10:
			/* Many of one kind, as fragmented memory has it. */
			addr = zones[1].addr;
			for (i = take(&in, 2) % 1500; i; i--, addr += 8192)
				append(&list, &o, addr, 4096);
			break;
		default:
			take_range(&in, &o, &addr, &len);
			append(&list, &o, addr, len);
			break;
		}
	}
	check_list(&list, &o);
	check_canonical(&list, &o, size);
	phyr_list_destroy(&list);
	oracle_clear(&o);
	holds(!allocations_held());
	return 0;
}

#ifndef FUZZER
int main(int argc, char **argv)
{
	u64 seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 1000;
	static u8 data[4096];
	unsigned long i;
	size_t j;

	for (i = 0; i < rounds; i++) {
		u64 state = seed + i;
		size_t size = random_next(&state) % sizeof(data);

		for (j = 0; j < size; j++)
			data[j] = random_next(&state) >> 56;
		fprintf(stderr, "\rseed %llu", (unsigned long long)(seed + i));
		LLVMFuzzerTestOneInput(data, size);
	}
	fprintf(stderr, "\n");
	return 0;
}
#endif
