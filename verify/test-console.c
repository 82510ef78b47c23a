// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-console.c: made-up console logs: what holds, and every fault that must
 * be seen.
 */
#include <string.h>

#include "console.h"
#include "process.h"

/* A log of two sets that holds; %s stands where faults are planted. */
#define HEAD \
	"[    0.000000] Linux version 9.9.0 (a@b) (gcc) #1 SMP\r\n" \
	"[    0.010000] RETBleed: WARNING: Spectre v2 mitigation leaves CPU vulnerable to RETBleed attacks\r\n" \
	"[    0.020000] ACPI BIOS Warning (bug): none of our business\r\n" \
	"[    1.000000] ktap: KTAP version 1\r\n" \
	"[    1.000001] ktap: 1..2\r\n" \
	"[    1.000002] ktap:     # Subtest: smoke\r\n" \
	"[    1.000003] ktap:     KTAP version 1\r\n" \
	"[    1.000004] ktap:     1..1\r\n" \
	"[    1.000005] ktap:     # start time passes\r\n"
#define MIDDLE \
	"[    2.000000] ktap:     ok 1 time passes\r\n" \
	"[    2.000001] ktap: ok 1 smoke\r\n" \
	"[    2.000002] ktap:     # Subtest: block\r\n" \
	"[    2.000003] ktap:     1..2\r\n" \
	"[    2.000004] ktap:     # start brd\r\n"
#define TAIL \
	"[    3.000000] ktap:     ok 1 brd\r\n" \
	"[    3.000001] ktap:     # start nbd\r\n" \
	"[    3.000002] ktap:     ok 2 nbd # SKIP CONFIG_BLK_DEV_NBD is not set\r\n" \
	"[    3.000003] ktap: ok 2 block\r\n" \
	"[    3.100000] reboot: Power down\r\n"

static char *const asked[] = { (char *)"smoke", (char *)"block", NULL };

static struct console *read_log(const char *log, const char *why_ended)
{
	return console_read(log, strlen(log), asked, why_ended, NULL);
}

/* The failure of the log is told, and begins so. */
static void fails(const char *log, const char *why_ended, const char *expected)
{
	struct console *console = read_log(log, why_ended);

	g_assert_nonnull(console->failure);
	if (!g_str_has_prefix(console->failure, expected))
		g_assert_cmpstr(console->failure, ==, expected);
	console_free(console);
}

static void test_holds(void)
{
	struct console *console = read_log(HEAD MIDDLE TAIL, NULL);
	g_autofree char *summary = console_summary(console);

	g_assert_cmpstr(console->failure, ==, NULL);
	g_assert_cmpuint(console->passed, ==, 2);
	g_assert_cmpstr(summary, ==, "3 tests in 2 sets, skipped: block: nbd: CONFIG_BLK_DEV_NBD is not set");
	console_free(console);
}

/* One kernel message each, as kernels print them. */
static const char *const complaints[] = {
	"Kernel panic - not syncing: VFS: Unable to mount root fs",
	"BUG: kernel NULL pointer dereference, address: 0000000000000008",
	"BUG: unable to handle page fault for address: ffffffffc0000000",
	"Oops: 0000 [#1] SMP PTI",
	"Oops: general protection fault, probably for non-canonical address 0xdead000000000100",
	"general protection fault: 0000 [#1] PREEMPT SMP",
	"kernel BUG at block/bio.c:123!",
	"WARNING: CPU: 1 PID: 77 at block/bio.c:1234 bio_add_page+0x10/0x20",
	"WARNING: block/bio.c:1234 at bio_add_page+0x10/0x20, CPU#1: fio/77",
	"WARNING: possible circular locking dependency detected",
	"WARNING: possible recursive locking detected",
	"WARNING: suspicious RCU usage",
	"WARNING: inconsistent lock state",
	"INFO: trying to register non-static key.",
	"INFO: task fio:77 blocked for more than 60 seconds.",
	"INFO: lockdep is turned off.",
	"rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
	"rcu: INFO: rcu_sched self-detected stall on CPU",
	"watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [fio:77]",
	"watchdog: Watchdog detected hard LOCKUP on cpu 1",
	"BUG: KASAN: slab-out-of-bounds in bvec_split_segs+0x1/0x2",
	"BUG: KMSAN: uninit-value in crc32c+0x1/0x2",
	"BUG: KCSAN: data-race in a / b",
	"BUG: KFENCE: use-after-free read in a+0x1/0x2",
	"BUG: sleeping function called from invalid context at mm/slab.h:1",
	"BUG: Bad page state in process fio  pfn:1234",
	"UBSAN: shift-out-of-bounds in lib/phyr.c:1:2",
	"list_add corruption. prev->next should be next",
	"refcount_t: underflow; use-after-free.",
	"fio[77]: segfault at 0 ip 0000 sp 0000 error 4 in fio",
	"I/O error, dev vda, sector 8 op 0x1:(WRITE) flags 0x800 phys_seg 1 prio class 0",
	"Buffer I/O error on dev md0, logical block 1, async page read",
	"EXT4-fs error (device vda): ext4_lookup:1: comm ls: iget: checksum invalid",
	"XFS (nvme0n1): Corruption detected. Unmount and run xfs_repair",
	"BTRFS error (device sda): bad tree block start",
	"DMAR: DRHD: handling fault status reg 3",
	"Call Trace:",
	"Unable to handle kernel paging request at virtual address ffff000000000000",
	"Internal error: synchronous external abort: 96000010 [#1] SMP",
	"DMA-API: nvme 0000:00:03.0: device driver frees DMA memory with different size",
	"DMA-API: debugging out of memory - disabling",
	"kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
};

static void test_complaint(gconstpointer data)
{
	const char *said = data;
	g_autofree char *plain = g_strdup_printf("%s%s[    2.500000][   T77] %s\n%s", HEAD, MIDDLE, said, TAIL);
	g_autofree char *expected = g_strdup_printf("in block: 'brd', the log has: %s", said);

	fails(plain, NULL, expected);
}

static void test_quoted(void)
{
	struct console *console = read_log(HEAD MIDDLE
					   "[    2.5] ktap:     # Kernel panic - not syncing: says a test\r\n"
					   TAIL, NULL);

	g_assert_cmpstr(console->failure, ==, NULL);
	console_free(console);
}

static void test_harmless(void)
{
	struct console *console = read_log(HEAD "[    0.5] DMA-API: preallocated 65536 debug entries\r\n"
					   "[    0.5] DMA-API: debugging enabled by kernel config\r\n"
					   MIDDLE "[    2.5] DMA-API: dma_debug_entry pool grown to 131072 (200%)\r\n"
					   TAIL, NULL);

	g_assert_cmpstr(console->failure, ==, NULL);
	console_free(console);
}

static void test_excerpt(void)
{
	struct console *console = read_log(HEAD MIDDLE "[    2.5] ------------[ cut here ]------------\r\n"
					   "[    2.5] WARNING: CPU: 1 PID: 77 at block/bio.c:1 f+0x1/0x2\r\n"
					   "[    2.5] ktap:     # start unrelated\r\n"
					   "[    2.5] RIP: 0010:f+0x1/0x2\r\n" TAIL, NULL);

	g_assert_cmpstr(console->failure, ==,
			"in block: 'brd', the log has: WARNING: CPU: 1 PID: 77 at block/bio.c:1 f+0x1/0x2 | RIP: 0010:f+0x1/0x2 | "
			"reboot: Power down");
	console_free(console);
}

/* A test that failed before it failed because of it, or not: the kernel's fault is told, and the first of them. */
static void test_complaint_first(void)
{
	fails(HEAD MIDDLE "[    3.0] ktap:     not ok 1 brd\r\n[    3.0] ktap:     # start nbd\r\n"
	      "[    3.1] BUG: one\r\n[    3.2] ktap:     ok 2 nbd\r\n[    3.2] ktap: not ok 2 block\r\n[    3.3] BUG: two\r\n",
	      NULL, "in block: 'nbd', the log has: BUG: one | BUG: two");
	fails("[    0.5] BUG: early\r\n" HEAD MIDDLE TAIL, NULL, "before the first test, the log has: BUG: early");
	fails(HEAD MIDDLE TAIL "[    4.0] BUG: late\r\n", NULL, "between sets, the log has: BUG: late");
}

/* Names of tests have numbers that tell them apart, kernels print numbers that do not. */
static void test_symptoms(void)
{
	struct console *console = read_log(HEAD MIDDLE "[    2.1] BUG: 12 at f+0x1f\r\n[    2.2] BUG: 7 at f+0x20\r\n"
					   "[    3.0] ktap:     not ok 1 raid5\r\n", NULL);

	g_ptr_array_add(console->symptoms, NULL);
	g_assert_cmpstr(console->symptoms->pdata[0], ==, "in block: 'brd', the log has: BUG: N at f+N");
	g_assert_cmpstr(console->symptoms->pdata[1], ==, "block: 'raid5' failed");
	g_assert_cmpstr(console->symptoms->pdata[2], ==, "the guest ended after 1 of 2 sets, in block");
	g_assert_null(console->symptoms->pdata[3]);
	console_free(console);
}

static void test_not_ok(void)
{
	fails(HEAD MIDDLE "[    2.5] ktap:     # crc32c: verify failed at file /dev/ram0 offset 4096\r\n"
	      "[    3.0] ktap:     not ok 1 brd\r\n"
	      "[    3.0] ktap:     ok 2 nbd\r\n"
	      "[    3.0] ktap: not ok 2 block\r\n", NULL,
	      "block: 'brd' failed: # crc32c: verify failed at file /dev/ram0 offset 4096 | not ok 1 brd");
}

static void test_said(void)
{
	fails(HEAD MIDDLE "[    2.5] ktap:     # fio: bad magic header 0, wanted acca at file /dev/ram0\r\n" TAIL, NULL,
	      "block: 'brd' passed, but said: # fio: bad magic header");
	fails(HEAD MIDDLE "[    2.5] ktap:     # fio: short read of 512 bytes\r\n" TAIL, NULL,
	      "block: 'brd' passed, but said: # fio: short read");
}

static void test_plan(void)
{
	fails(HEAD MIDDLE "[    3.0] ktap:     ok 1 brd\r\n[    3.0] ktap: ok 2 block\r\n", NULL,
	      "block: 1 of 2 tests reported a result");
	fails(HEAD MIDDLE "[    3.0] ktap:     ok 1 brd\r\n"
	      "[    3.0] ktap:     ok 3 nbd\r\n[    3.0] ktap: ok 2 block\r\n",
	      NULL, "block: result 2 is numbered 3");
	fails(HEAD MIDDLE "[    3.0] ktap:     ok 1 brd\r\n"
	      "[    3.0] ktap:     ok 2 nbd\r\n[    3.0] ktap:     ok 3 x\r\n"
	      "[    3.0] ktap: ok 2 block\r\n", NULL, "block: 3 of 2 tests reported a result");
}

static void test_no_plan(void)
{
	fails("[    1.0] ktap: 1..2\n[    1.0] ktap:     # Subtest: smoke\n"
	      "[    1.0] ktap:     ok 1 a\n[    1.0] ktap: ok 1 smoke\n",
	      NULL, "smoke: no plan");
}

static void test_set_status(void)
{
	fails(HEAD MIDDLE "[    3.0] ktap:     ok 1 brd\r\n"
	      "[    3.0] ktap:     ok 2 nbd\r\n[    3.0] ktap: not ok 2 block\r\n",
	      NULL, "block: the set failed");
}

static void test_all_skipped(void)
{
	fails(HEAD MIDDLE "[    3.0] ktap:     ok 1 brd # SKIP none\r\n[    3.0] ktap:     ok 2 nbd # SKIP none\r\n"
	      "[    3.0] ktap: ok 2 block\r\n", NULL, "block: no test passed");
}

static void test_missing(void)
{
	struct console *console = read_log(HEAD MIDDLE "[    3.0] ktap:     ok 1 brd # SKIP missing fio\r\n"
					   "[    3.0] ktap:     ok 2 nbd # SKIP CONFIG_BLK_DEV_NBD is not set\r\n"
					   "[    3.0] ktap: ok 2 block\r\n", NULL);
	g_autofree char *summary = console_summary(console), *doubt = console_doubt(console);

	/* Nor that no test of the set passed: it was not for the kernel. */
	g_assert_cmpstr(console->failure, ==, NULL);
	g_assert_cmpstr(doubt, ==, "programs are missing: block: brd: fio");
	g_assert_cmpstr(summary, ==, "3 tests in 2 sets, skipped: block: nbd: CONFIG_BLK_DEV_NBD is not set");
	console_free(console);
}

/* What guests say of a program they lack is what is understood of it here. */
static void test_guest_says_missing(void)
{
	const char *const argv[] = { "sh", "-c", ". verify/boot/guest.sh; tools no-such-program", NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *log = NULL, *doubt = NULL;
	struct console *console;

	process_run(&command, &result, &error);
	g_assert_no_error(error);
	log = g_strdup_printf("%s%s[    3.0] ktap:     ok 1 brd\n[    3.0] ktap:     ok 2 nbd # SKIP %s"
			      "[    3.0] ktap: ok 2 block\n", HEAD, MIDDLE, result.out);
	console = read_log(log, NULL);
	doubt = console_doubt(console);
	g_assert_cmpstr(doubt, ==, "programs are missing: block: nbd: no-such-program");
	console_free(console);
	process_clear(&result);
}

static void test_no_doubt(void)
{
	static const char *const reasons[] = { "CONFIG_BLK_DEV_NBD is not set", "iWARP has the program's own addresses",
		"no page of 1 GiB is free", "something missing here" };

	for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
		g_autofree char *log = g_strdup_printf("%s%s[    3.0] ktap:     ok 1 brd\n"
						       "[    3.0] ktap:     ok 2 nbd # SKIP %s\n"
						       "[    3.0] ktap: ok 2 block\n", HEAD, MIDDLE, reasons[i]);
		struct console *console = read_log(log, NULL);

		g_assert_cmpstr(console->failure, ==, NULL);
		g_assert_null(console_doubt(console));
		g_assert_cmpuint(console->skips->len, ==, 1);
		console_free(console);
	}
}

static void test_other_set(void)
{
	fails(HEAD "[    2.0] ktap:     ok 1 time passes\r\n[    2.0] ktap: ok 1 other\r\n", NULL,
	      "a result of the set 'other', which is not the one that runs");
}

static void test_fewer_sets(void)
{
	fails(HEAD MIDDLE, NULL, "the guest ended after 1 of 2 sets, in block: 'brd': ");
	fails("[    0.0] Linux version\n", NULL, "the guest ended after 0 of 2 sets, before the first test");
	fails("", NULL, "the guest ended after 0 of 2 sets, before the first test");
}

static void test_outer_plan(void)
{
	static const char one[] = "[    1.0] ktap: 1..3\n"
		"[    1.0] ktap:     # Subtest: smoke\n[    1.0] ktap:     1..1\n"
		"[    1.0] ktap:     ok 1 a\n[    1.0] ktap: ok 1 smoke\n[    1.0] ktap:     # Subtest: block\n"
		"[    1.0] ktap:     1..1\n[    1.0] ktap:     ok 1 a\n[    1.0] ktap: ok 2 block\n";

	fails(one, NULL, "the guest planned 3 sets, not 2");
}

static void test_hang(void)
{
	fails(HEAD MIDDLE, "time limit of 600 s reached", "time limit of 600 s reached, in block: 'brd': ");
	fails("", "time limit of 600 s reached", "time limit of 600 s reached, before the first test");
}

static void test_late_end(void)
{
	fails(HEAD MIDDLE TAIL, "time limit of 600 s reached", "time limit of 600 s reached, between sets");
}

/* The wire may carry anything. */
static void test_bytes(void)
{
	static const char log[] = HEAD MIDDLE "[    2.5] \0\xff\x1b[31m noise\r\n" TAIL;
	struct console *console = console_read(log, sizeof(log) - 1, asked, NULL, NULL);

	g_assert_cmpstr(console->failure, ==, NULL);
	g_assert_cmpuint(console->sets, ==, 2);
	console_free(console);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console/clean-log-holds-and-skips-are-named", test_holds);
	for (guint i = 0; i < G_N_ELEMENTS(complaints); i++) {
		g_autofree char *path = g_strdelimit(g_strdup(complaints[i]), "/", '.');
		g_autofree char *name = g_strdup_printf("/console/complaint-fails/%.60s", path);

		g_test_add_data_func(name, complaints[i], test_complaint);
	}
	g_test_add_func("/console/what-debugging-dma-says-of-itself-is-no-complaint", test_harmless);
	g_test_add_func("/console/what-tests-print-is-no-complaint-of-the-kernel", test_quoted);
	g_test_add_func("/console/excerpt-follows-the-kernel-only", test_excerpt);
	g_test_add_func("/console/first-complaint-is-told-and-where", test_complaint_first);
	g_test_add_func("/console/all-that-is-wrong-can-be-compared", test_symptoms);
	g_test_add_func("/console/failed-test-fails-with-what-it-said", test_not_ok);
	g_test_add_func("/console/test-that-passed-but-complained-fails", test_said);
	g_test_add_func("/console/plan-must-be-finished-in-order", test_plan);
	g_test_add_func("/console/set-without-plan-fails", test_no_plan);
	g_test_add_func("/console/status-of-a-set-counts", test_set_status);
	g_test_add_func("/console/set-that-skipped-everything-fails", test_all_skipped);
	g_test_add_func("/console/test-whose-program-is-missing-is-told-and-no-failure", test_missing);
	g_test_add_func("/console/guests-say-what-is-missing", test_guest_says_missing);
	g_test_add_func("/console/test-skipped-for-kernel-or-machine-leaves-no-doubt", test_no_doubt);
	g_test_add_func("/console/set-nobody-asked-for-fails", test_other_set);
	g_test_add_func("/console/missing-set-fails", test_fewer_sets);
	g_test_add_func("/console/other-number-of-sets-planned-fails", test_outer_plan);
	g_test_add_func("/console/time-limit-names-the-test", test_hang);
	g_test_add_func("/console/guest-that-does-not-power-off-fails", test_late_end);
	g_test_add_func("/console/any-byte-is-read", test_bytes);
	return g_test_run();
}
