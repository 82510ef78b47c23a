// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-pin: has memory of small pages at 64 MiB for the mediated device NAME of
 * the group GROUP, and tells what its driver found when it is reset; see
 * mtty.snippet.
 *
 *	vfio-pin GROUP NAME
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>

#include "container.h"

#define SIZE (32 * page)

int main(int argc, char **argv)
{
	unsigned char *at;
	int device;
	long found;

	if (argc != 3)
		end(2, "usage: vfio-pin GROUP NAME");
	page = sysconf(_SC_PAGESIZE);
	at = room(SIZE);
	/* Small pages: this kernel is made without others. */
	anonymous(at, SIZE, MADV_NORMAL);
	/* From the last on: pages that are given out in order are in the other one then. */
	for (size_t pos = SIZE; pos > 0; pos -= page)
		at[pos - 1] = 1;
	container_open();
	group = group_open(atoi(argv[1]));
	container_start();
	is_mapped(at, 64 << 20, SIZE, READ_WRITE);
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, argv[2]);
	if (device < 0)
		broken("%s cannot be opened", argv[2]);
	found = ioctl(device, VFIO_DEVICE_RESET);
	if (found < 0)
		broken("the driver cannot pin");
	printf("%ld other pages, %ld pinned besides, %ld bytes counted\n", found >> 8, found & 255, locked());
	return 0;
}
