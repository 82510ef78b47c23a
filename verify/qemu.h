/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * qemu.h: guests run by QEMU, as the group [qemu] of a boot configuration
 * describes them.
 *
 *	[qemu]
 *	program=qemu-system-x86_64
 *	package=qemu-system-x86
 *	debian=amd64
 *	image=arch/x86/boot/bzImage
 *	args=-machine q35 -smp 2 -m 1536
 *	disks=virtio-blk-pci;nvme
 *	append=console=ttyS0
 *	limit=600
 */
#ifndef QEMU_H
#define QEMU_H

#include "process.h"

struct machine {
	char *program;		/* what runs the guest */
	char *package;		/* Debian's package that has it */
	char *debian;		/* Debian's name of the guest's architecture */
	char *image;		/* what kbuild makes */
	char **args;		/* of the machine */
	char **disks;		/* one device each, with a disk of its own */
	char *append;		/* start of the kernel command line */
	guint limit;		/* seconds a guest may run */
};

/* Reads the group of the file. */
struct machine *machine_read(const char *path, GError **error);
void machine_free(struct machine *machine);

/* How long a guest that does nothing takes; below 0 when none runs. Only a PC can be asked. */
gboolean qemu_probe(const char *program, const char *accelerator, const char *scratch, double *seconds, GError **error);
/* "kvm" where guests really run with it, else "tcg"; a machine that counts instructions (-icount) has only that. */
gboolean qemu_accelerator(const struct machine *machine, const char *scratch, const char **accelerator,
			  GError **error);

/*
 * Runs a guest until it ends or its time is over. Its disks and its console,
 * a file of that name, are in the scratch folder. FALSE only when QEMU could not
 * be started or we were interrupted.
 */
gboolean qemu_run(const struct machine *machine, const char *accelerator, const char *kernel, const char *initrd,
		  const char *append, const char *scratch, struct process *result, GError **error);

#endif
