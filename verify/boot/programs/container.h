/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * container.h: the type1 container of VFIO, and devices that are put into it.
 * Whatever is refused that should not be ends the program.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <linux/vfio.h>
#include <sys/ioctl.h>

#include "memory.h"

struct device {
	int fd;
	volatile uint8_t *bar;
	size_t bar_len;
};

static int container, group;
static size_t page;
static unsigned long maps;

/* What is counted against this process, in bytes. */
static inline long locked(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmLck: %ld kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	if (kib < 0)
		end(1, "no VmLck in /proc/self/status");
	return kib * 1024;
}

static inline int map_dma(const void *at, uint64_t iova, uint64_t len, unsigned int flags)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = flags,
		.vaddr = (uintptr_t)at,
		.iova = iova,
		.size = len,
	};

	maps++;
	return ioctl(container, VFIO_IOMMU_MAP_DMA, &map) ? errno : 0;
}

/* Returns the number of bytes that were unmapped, or the error below 0. */
static inline long unmap_dma(uint64_t iova, uint64_t len, unsigned int flags)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.flags = flags,
		.iova = iova,
		.size = len,
	};

	return ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap) ? -errno : (long)unmap.size;
}

#define READ_WRITE (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)

static inline void is_mapped(const void *at, uint64_t iova, uint64_t len, unsigned int flags)
{
	int error = map_dma(at, iova, len, flags);

	if (error)
		end(1, "%#lx bytes at %#lx are not mapped: %s", (unsigned long)len, (unsigned long)iova, strerror(error));
}

static inline void is_unmapped(uint64_t iova, uint64_t len)
{
	long n = unmap_dma(iova, len, 0);

	if (n != (long)len)
		end(1, "%ld and not %lu bytes at %#lx were unmapped", n, (unsigned long)len, (unsigned long)iova);
}

static inline void refuses(const char *what, int error, int expected)
{
	if (error != expected)
		end(1, "%s: %s and not %s", what, strerror(error), strerror(expected));
}

static inline int group_of(const char *address)
{
	char path[128], target[256];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", address);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		broken("%s has no IOMMU group", address);
	target[n] = '\0';
	return atoi(strrchr(target, '/') + 1);
}

static inline int group_open(int number)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/vfio/%d", number);
	fd = open(path, O_RDWR);
	if (fd < 0)
		broken("%s", path);
	if (ioctl(fd, VFIO_GROUP_SET_CONTAINER, &container))
		broken("group %d has no place in the container", number);
	return fd;
}

static inline struct device device_open(int of_group, const char *address)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = VFIO_PCI_BAR0_REGION_INDEX };
	struct vfio_region_info config = { .argsz = sizeof(config), .index = VFIO_PCI_CONFIG_REGION_INDEX };
	struct device device;
	uint16_t command;

	device.fd = ioctl(of_group, VFIO_GROUP_GET_DEVICE_FD, address);
	if (device.fd < 0)
		broken("%s cannot be opened", address);
	if (ioctl(device.fd, VFIO_DEVICE_GET_REGION_INFO, &info) ||
	    ioctl(device.fd, VFIO_DEVICE_GET_REGION_INFO, &config))
		broken("%s has no registers", address);
	device.bar_len = info.size;
	device.bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, device.fd, info.offset);
	if (device.bar == MAP_FAILED)
		broken("the registers of %s cannot be mapped", address);
	/* Memory and bus master. */
	if (pread(device.fd, &command, 2, config.offset + 4) != 2)
		broken("%s cannot be configured", address);
	command |= 6;
	if (pwrite(device.fd, &command, 2, config.offset + 4) != 2)
		broken("%s cannot be configured", address);
	return device;
}

static inline void container_open(void)
{
	container = open("/dev/vfio/vfio", O_RDWR);
	if (container < 0)
		broken("/dev/vfio/vfio");
}

static inline void container_start(void)
{
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		broken("no type1 container");
}

#endif
