// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-qemu.c: the machine a configuration describes, the probe, and what a
 * guest is given. The probe is asked of the real QEMU; a shell script that
 * writes its arguments down stands for it elsewhere.
 */
#include <string.h>

#include "qemu.h"
#include "test-alive.h"
#include "test-boot.h"

static const char config[] =
	"[config]\narch=x86_64\ntarget=allnoconfig\n"
	"[qemu]\nprogram=qemu-test\npackage=qemu-package\ndebian=amd64\nimage=arch/x86/boot/bzImage\n"
	"args=-m 64 -device 'a b'\ndisks=nvme;scsi-hd,x=1\nappend=console=ttyS0\nlimit=2\n";

static const char fake_qemu[] =
	"#!/bin/sh\n"
	"for arg; do echo \"<$arg>\"; done >\"$TEST_FOLDER/arguments\"\n"
	"stat -c %s disk0 disk1 >>\"$TEST_FOLDER/arguments\"\n"
	"echo said >console\n"
	"[ ! -f \"$TEST_FOLDER/hang\" ] || { sleep 100 & echo $! >\"$TEST_FOLDER/child\"; wait; }\n";

struct fixture {
	char *folder;
	struct machine *machine;
};

static void setup(struct fixture *f, gconstpointer data)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;

	(void)data;
	f->folder = g_strdup(g_getenv("TEST_FOLDER"));
	put_program(f->folder, "bin/qemu-test", fake_qemu);
	put(f->folder, "machine", config);
	path = g_build_filename(f->folder, "machine", NULL);
	f->machine = machine_read(path, &error);
	g_assert_no_error(error);
}

static void teardown(struct fixture *f, gconstpointer data)
{
	(void)data;
	machine_free(f->machine);
	remove_tree(f->folder);
	g_free(f->folder);
}

static void run(struct fixture *f, struct process *result)
{
	g_autoptr(GError) error = NULL;

	qemu_run(f->machine, "tcg", "/k", "/i", "x.y=z", f->folder, result, &error);
	g_assert_no_error(error);
}

static void test_arguments(struct fixture *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->folder, "arguments", NULL), *text = NULL;
	struct process result = { 0 };

	(void)data;
	run(f, &result);
	g_assert_cmpint(result.exit, ==, 0);
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, "<-accel>\n<tcg>\n<-m>\n<64>\n<-device>\n<a b>\n"));
	g_assert_nonnull(strstr(text, "<-device>\n<nvme,drive=disk0,serial=disk0>\n"));
	g_assert_nonnull(strstr(text, "<-device>\n<scsi-hd,x=1,drive=disk1,serial=disk1>\n"));
	g_assert_nonnull(strstr(text, "<-kernel>\n</k>\n<-initrd>\n</i>\n<-append>\n"
				"<console=ttyS0 panic=-1 oops=panic printk.devkmsg=on x.y=z>\n"));
	g_assert_true(g_str_has_suffix(text, "\n536870912\n536870912\n"));
	process_clear(&result);
}

/* The guest's whole group is gone, and what it had said is there. */
static void test_limit(struct fixture *f, gconstpointer data)
{
	struct process result = { 0 };

	(void)data;
	put(f->folder, "hang", "");
	run(f, &result);
	g_assert_true(result.timed_out);
	g_assert_cmpfloat(result.seconds, <, 20);
	process_clear(&result);
	g_assert_cmpuint(count_lines(f->folder, "console"), ==, 1);
	g_assert_false(stays_alive(f->folder, "child"));
}

static void test_incomplete(struct fixture *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->folder, "machine", NULL);
	static const char *const keys[] = { "program", "package", "debian", "image", "args", "disks", "append", "limit" };

	(void)data;
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autoptr(GKeyFile) file = g_key_file_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *text = NULL;

		g_assert_true(g_key_file_load_from_data(file, config, -1, G_KEY_FILE_NONE, NULL));
		g_key_file_remove_key(file, "qemu", keys[i], NULL);
		text = g_key_file_to_data(file, NULL, NULL);
		put(f->folder, "machine", text);
		g_assert_null(machine_read(path, &error));
		g_assert_nonnull(strstr(error->message, keys[i]));
	}
}

static void test_probe(struct fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	double seconds = 0;

	(void)data;
	qemu_probe("qemu-system-x86_64", "tcg", f->folder, &seconds, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat(seconds, >, 0);
	qemu_probe("qemu-system-x86_64", "no-such-accelerator", f->folder, &seconds, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat(seconds, <, 0);
}

/* An accelerator that starts and then runs nothing. */
static void test_probe_ends(struct fixture *f, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	double seconds = 0;

	(void)data;
	qemu_probe("qemu-test", "kvm", f->folder, &seconds, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat(seconds, <, 0);
}

/* KVM counts no instructions: it is not even asked. */
static void test_counts(struct fixture *f, gconstpointer data)
{
	g_autofree char *path = g_build_filename(f->folder, "machine", NULL);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	const char *accelerator = NULL;
	struct machine *machine;

	(void)data;
	put_program(f->folder, "bin/test-x86_64", fake_qemu);
	g_assert_true(g_key_file_load_from_data(file, config, -1, G_KEY_FILE_NONE, NULL));
	g_key_file_set_string(file, "qemu", "program", "test-x86_64");
	g_key_file_set_string(file, "qemu", "args", "-smp 1 -icount shift=0");
	text = g_key_file_to_data(file, NULL, NULL);
	put(f->folder, "machine", text);
	machine = machine_read(path, &error);
	g_assert_no_error(error);
	g_assert_true(qemu_accelerator(machine, f->folder, &accelerator, &error));
	g_assert_cmpstr(accelerator, ==, "tcg");
	g_assert_cmpuint(count_lines(f->folder, "arguments"), ==, 0);
	machine_free(machine);
}

static void add(const char *name, void (*test)(struct fixture *, gconstpointer))
{
	g_test_add(name, struct fixture, NULL, setup, test, teardown);
}

int main(int argc, char **argv)
{
	boot_environment();
	g_test_init(&argc, &argv, NULL);
	add("/qemu/guest-gets-machine-disks-and-command-line", test_arguments);
	add("/qemu/time-limit-ends-the-whole-group", test_limit);
	add("/qemu/every-key-is-needed", test_incomplete);
	add("/qemu/probe-runs-a-guest", test_probe);
	add("/qemu/end-without-the-guest's-word-is-not-running", test_probe_ends);
	add("/qemu/counting-of-instructions-needs-tcg", test_counts);
	return g_test_run();
}
