/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * devices.h: two devices that QEMU makes, driven from user space: edu, which
 * copies a few bytes, and an NVMe disk. Both are polled.
 */
#ifndef DEVICES_H
#define DEVICES_H

#include <time.h>

#include "container.h"

static unsigned long moved;

/* The registers of edu; its own memory is for DMA only. */
#define EDU_ID		0x00
#define EDU_FROM	0x80
#define EDU_TO		0x88
#define EDU_COUNT	0x90
#define EDU_COMMAND	0x98
#define EDU_START	1
#define EDU_TO_MEMORY	2
#define EDU_BUFFER	0x40000
#define EDU_BYTES	4095	/* of 4096; older QEMUs end the machine when the last is used */

static inline uint32_t read32(const struct device *d, size_t at)
{
	return *(volatile uint32_t *)(d->bar + at);
}

static inline void write64(const struct device *d, size_t at, uint64_t value)
{
	*(volatile uint32_t *)(d->bar + at) = value;
	*(volatile uint32_t *)(d->bar + at + 4) = value >> 32;
}

static inline void edu_move(const struct device *edu, uint64_t from, uint64_t to, size_t len, unsigned int way)
{
	time_t start = time(NULL);

	*(volatile uint64_t *)(edu->bar + EDU_FROM) = from;
	*(volatile uint64_t *)(edu->bar + EDU_TO) = to;
	*(volatile uint64_t *)(edu->bar + EDU_COUNT) = len;
	*(volatile uint64_t *)(edu->bar + EDU_COMMAND) = EDU_START | way;
	while (*(volatile uint64_t *)(edu->bar + EDU_COMMAND) & EDU_START)
		if (time(NULL) > start + 60)
			end(1, "edu is not done");
	moved += len;
}

/* Read @len bytes at one place and write them at another, as a device does. */
static inline void edu_copy(const struct device *edu, uint64_t from, uint64_t to, size_t len)
{
	edu_move(edu, from, EDU_BUFFER, len, 0);
	edu_move(edu, EDU_BUFFER, to, len, EDU_TO_MEMORY);
}

/* NVMe: the admin queues and one for I/O, polled. */
#define NVME_SECTOR	512
#define NVME_ENTRIES	16

struct nvme {
	struct device device;
	unsigned char *queues;		/* four pages: submission and completion, admin and I/O; one for PRPs */
	uint64_t iova;
	unsigned int tail[2], head[2], phase[2];
	size_t stride;
	unsigned char *prp;
};

static inline void nvme_command(struct nvme *nvme, unsigned int queue, const uint32_t command[16])
{
	unsigned char *sq = nvme->queues + queue * 2 * page, *cq = sq + page;
	volatile uint32_t *done = (volatile uint32_t *)(cq + nvme->head[queue] * 16);
	time_t start = time(NULL);

	memcpy(sq + nvme->tail[queue] * 64, command, 64);
	nvme->tail[queue] = (nvme->tail[queue] + 1) % NVME_ENTRIES;
	__sync_synchronize();
	*(volatile uint32_t *)(nvme->device.bar + 0x1000 + 2 * queue * nvme->stride) = nvme->tail[queue];
	while ((done[3] >> 16 & 1) != nvme->phase[queue])
		if (time(NULL) > start + 60)
			end(1, "the disk does not answer");
	if (done[3] >> 17)
		end(1, "the disk refuses command %#x: %#x", command[0], done[3] >> 17);
	nvme->head[queue] = (nvme->head[queue] + 1) % NVME_ENTRIES;
	if (!nvme->head[queue])
		nvme->phase[queue] ^= 1;
	*(volatile uint32_t *)(nvme->device.bar + 0x1000 + (2 * queue + 1) * nvme->stride) = nvme->head[queue];
}

static inline void nvme_ready(const struct nvme *nvme, uint32_t ready)
{
	time_t start = time(NULL);

	while ((read32(&nvme->device, 0x1c) & 1) != ready)
		if (time(NULL) > start + 60)
			end(1, "the disk does not become ready");
}

static inline void nvme_start(struct nvme *nvme, uint64_t iova)
{
	uint32_t create[16] = { 5, 0, [10] = (NVME_ENTRIES - 1) << 16 | 1, [11] = 1 };

	nvme->iova = iova;
	nvme->queues = room(HUGE);
	anonymous(nvme->queues, HUGE, MADV_NOHUGEPAGE);
	memset(nvme->queues, 0, HUGE);
	is_mapped(nvme->queues, iova, HUGE, READ_WRITE);
	nvme->prp = nvme->queues + 4 * page;
	nvme->phase[0] = nvme->phase[1] = 1;
	nvme->stride = 4u << (read32(&nvme->device, 4) & 15);

	*(volatile uint32_t *)(nvme->device.bar + 0x14) = 0;
	nvme_ready(nvme, 0);
	*(volatile uint32_t *)(nvme->device.bar + 0x24) = (NVME_ENTRIES - 1) << 16 | (NVME_ENTRIES - 1);
	write64(&nvme->device, 0x28, iova);
	write64(&nvme->device, 0x30, iova + page);
	*(volatile uint32_t *)(nvme->device.bar + 0x14) = 4 << 20 | 6 << 16 | 1;
	nvme_ready(nvme, 1);

	create[6] = iova + 3 * page;
	nvme_command(nvme, 0, create);
	create[0] = 1;
	create[6] = iova + 2 * page;
	create[11] = 1 << 16 | 1;
	nvme_command(nvme, 0, create);
}

/* Move @len bytes, at most 512 KiB, between the start of the disk and memory. */
static inline void nvme_move(struct nvme *nvme, bool write, uint64_t iova, size_t len)
{
	uint32_t command[16] = { write ? 1 : 2, 1 };
	uint64_t next = (iova | (page - 1)) + 1, *prp = (uint64_t *)nvme->prp;
	size_t n = 0;

	command[6] = iova;
	command[7] = iova >> 32;
	for (; next < iova + len; next += page)
		prp[n++] = next;
	if (n) {
		uint64_t second = n == 1 ? prp[0] : nvme->iova + 4 * page;

		command[8] = second;
		command[9] = second >> 32;
	}
	command[12] = len / NVME_SECTOR - 1;
	nvme_command(nvme, 1, command);
	moved += len;
}

static inline void nvme_stop(struct nvme *nvme)
{
	*(volatile uint32_t *)(nvme->device.bar + 0x14) = 0;
	nvme_ready(nvme, 0);
	is_unmapped(nvme->iova, HUGE);
}

#endif
