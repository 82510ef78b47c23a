// SPDX-License-Identifier: GPL-2.0-only
/*
 * qemu.c: guests run by QEMU. See qemu.h.
 *
 * A guest has no network, no display and no device that is not asked for; its
 * only way out is the serial line. A panic ends it at once: the kernel is
 * told to reboot, and -no-reboot makes that the end of QEMU; an oops is made a
 * panic, for what comes after it tells nothing. Disks are fresh
 * files of holes, so every guest starts from nothing.
 *
 * /dev/kvm may exist and not work, or work and be slower than emulation, where
 * it is itself emulated: there the probe took 5.6 s, and 0.2 s under TCG, and a
 * kernel said nothing for minutes. So the probe runs a guest, a boot sector that
 * enters 64-bit mode and writes to the debug-exit port, and KVM is taken only
 * when it is not a second slower than TCG.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "qemu.h"

#define DISK_BYTES (512LL << 20)
#define PROBE_LIMIT 60
/* QEMU ends with 2 * value + 1 when the guest writes value to the port. */
#define PROBE_VALUE 0x10

void machine_free(struct machine *machine)
{
	if (!machine)
		return;
	g_free(machine->program);
	g_free(machine->package);
	g_free(machine->debian);
	g_free(machine->image);
	g_strfreev(machine->args);
	g_strfreev(machine->disks);
	g_free(machine->append);
	g_free(machine);
}

static char *get(GKeyFile *file, const char *key, GError **why)
{
	return why && *why ? NULL : g_key_file_get_string(file, "qemu", key, why);
}

struct machine *machine_read(const char *path, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) why = NULL;
	g_autofree char *args = NULL;
	struct machine *machine = g_new0(struct machine, 1);

	g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &why);
	machine->program = get(file, "program", &why);
	machine->package = get(file, "package", &why);
	machine->debian = get(file, "debian", &why);
	machine->image = get(file, "image", &why);
	machine->append = get(file, "append", &why);
	args = get(file, "args", &why);
	if (!why)
		machine->disks = g_key_file_get_string_list(file, "qemu", "disks", NULL, &why);
	if (!why)
		machine->limit = g_key_file_get_integer(file, "qemu", "limit", &why);
	if (!why && g_shell_parse_argv(args, NULL, &machine->args, &why))
		return machine;
	fail(error, "cannot read '%s': %s", path, why->message);
	machine_free(machine);
	return NULL;
}

/*
 * Loaded at 0x7c00: builds page tables that map the first 2 MiB, enters
 * 64-bit mode and writes PROBE_VALUE to port 0xf4.
 */
static const unsigned char probe_code[] = {
	0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0,	/* cli; ds = es = 0 */
	0xbf, 0x00, 0x10, 0xb9, 0x00, 0x18, 0xf3, 0xab,	/* clear 0x1000..0x3fff */
	0xc7, 0x06, 0x00, 0x10, 0x03, 0x20,		/* movw $0x2003,0x1000 */
	0xc7, 0x06, 0x00, 0x20, 0x03, 0x30,		/* movw $0x3003,0x2000 */
	0xc7, 0x06, 0x00, 0x30, 0x83, 0x00,		/* movw $0x83,0x3000: a page of 2 MiB */
	0x0f, 0x20, 0xe0, 0x0c, 0x20, 0x0f, 0x22, 0xe0,	/* cr4 |= PAE */
	0x66, 0xb8, 0x00, 0x10, 0x00, 0x00, 0x0f, 0x22, 0xd8,	/* cr3 = 0x1000 */
	0x66, 0xb9, 0x80, 0x00, 0x00, 0xc0, 0x0f, 0x32,	/* read EFER */
	0x80, 0xcc, 0x01, 0x0f, 0x30,			/* EFER |= LME */
	0x0f, 0x01, 0x16, 0x70, 0x7c,			/* lgdt 0x7c70 */
	0x0f, 0x20, 0xc0, 0x66, 0x0d, 0x01, 0x00, 0x00, 0x80, 0x0f, 0x22, 0xc0,	/* cr0 |= PG | PE */
	0xea, 0x55, 0x7c, 0x08, 0x00,			/* ljmp $8,$0x7c55 */
	0xb0, PROBE_VALUE, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd,	/* out; 1: hlt; jmp 1b */
	0x0f, 0x1f, 0x40, 0x00,				/* up to 0x7c60 */
	0, 0, 0, 0, 0, 0, 0, 0,				/* GDT: none */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x9a, 0x20, 0x00,	/* 64-bit code */
	0x0f, 0x00, 0x60, 0x7c, 0x00, 0x00,		/* 0x7c70: limit and address of the GDT */
};

gboolean qemu_probe(const char *program, const char *accelerator, const char *scratch, double *seconds, GError **error)
{
	g_autofree char *path = g_build_filename(scratch, "probe", NULL);
	const char *const argv[] = { program, "-nodefaults", "-display", "none", "-no-reboot", "-machine", "pc", "-m",
		"16", "-cpu", "max", "-accel", accelerator, "-drive", "file=probe,format=raw,if=ide", "-device",
		"isa-debug-exit,iobase=0xf4,iosize=1", NULL };
	struct command command = { .argv = argv, .cwd = scratch, .limit = PROBE_LIMIT };
	struct process result = { 0 };
	char sector[512] = { 0 };

	memcpy(sector, probe_code, sizeof(probe_code));
	sector[510] = 0x55;
	sector[511] = (char)0xaa;
	if (!file_write(path, sector, sizeof(sector), error) || !process_run(&command, &result, error))
		return FALSE;
	*seconds = result.exit == 2 * PROBE_VALUE + 1 ? result.seconds : -1;
	process_clear(&result);
	return TRUE;
}

gboolean qemu_accelerator(const struct machine *machine, const char *scratch, const char **accelerator,
			  GError **error)
{
	const char *program = machine->program;
	double kvm = -1, tcg = -1;

	*accelerator = "tcg";
	if (!g_str_has_suffix(program, "-x86_64") || !g_file_test("/dev/kvm", G_FILE_TEST_EXISTS) ||
	    g_strv_contains((const char *const *)machine->args, "-icount"))
		return TRUE;
	if (!qemu_probe(program, "kvm", scratch, &kvm, error) || !qemu_probe(program, "tcg", scratch, &tcg, error))
		return FALSE;
	if (kvm >= 0 && (tcg < 0 || kvm <= tcg + 1))
		*accelerator = "kvm";
	return TRUE;
}

static gboolean make_disk(const char *path, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int rc = fd < 0 ? -1 : ftruncate(fd, DISK_BYTES);

	if (rc)
		fail(error, "cannot make the disk '%s': %s", path, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return !rc;
}

/* Adds the machine's disks: "-drive ...,id=disk0 -device nvme,drive=disk0,serial=disk0". */
static gboolean add_disks(GStrvBuilder *argv, const struct machine *machine, const char *scratch, GError **error)
{
	for (guint i = 0; machine->disks[i]; i++) {
		g_autofree char *path = g_strdup_printf("%s/disk%u", scratch, i);
		g_autofree char *drive = g_strdup_printf("file=disk%u,format=raw,if=none,id=disk%u,cache=unsafe", i, i);
		g_autofree char *device = g_strdup_printf("%s,drive=disk%u,serial=disk%u", machine->disks[i], i, i);

		if (!make_disk(path, error))
			return FALSE;
		g_strv_builder_add_many(argv, "-drive", drive, "-device", device, NULL);
	}
	return TRUE;
}

gboolean qemu_run(const struct machine *machine, const char *accelerator, const char *kernel, const char *initrd,
		  const char *append, const char *scratch, struct process *result, GError **error)
{
	g_autofree char *line = g_strdup_printf("%s panic=-1 oops=panic printk.devkmsg=on %s", machine->append, append);
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
	g_auto(GStrv) args = NULL;
	/* Names without a folder: a comma in a path would end it for QEMU. */
	struct command command = { .cwd = scratch, .limit = machine->limit };

	g_strv_builder_add(argv, machine->program);
	g_strv_builder_add_many(argv, "-nodefaults", "-display", "none", "-no-reboot", "-accel", accelerator, NULL);
	g_strv_builder_addv(argv, (const char **)machine->args);
	if (!add_disks(argv, machine, scratch, error))
		return FALSE;
	g_strv_builder_add_many(argv, "-serial", "file:console", "-kernel", kernel, "-initrd", initrd, "-append", line,
				NULL);
	args = g_strv_builder_end(argv);
	command.argv = (const char *const *)args;
	return process_run(&command, result, error);
}
