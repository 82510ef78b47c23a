// SPDX-License-Identifier: GPL-2.0-only
/*
 * kunit-leaks.c: the only process of a guest that has run its suites. Has
 * kmemleak look twice, because what was allocated last is not a leak yet, and
 * prints what it found.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

static const char leaks[] = "/debug/kmemleak";

static void scan(void)
{
	int fd = open(leaks, O_WRONLY);

	if (fd < 0 || write(fd, "scan", 4) != 4)
		puts("kunit-leaks: no scan");
	close(fd);
}

int main(void)
{
	char text[4096];
	ssize_t n;
	int fd;

	if (mount("debugfs", "/debug", "debugfs", 0, NULL))
		puts("kunit-leaks: no debugfs");
	scan();
	sleep(6);
	scan();
	fd = open(leaks, O_RDONLY);
	while (fd >= 0 && (n = read(fd, text, sizeof(text))) > 0)
		fwrite(text, 1, n, stdout);
	puts("kunit-leaks: done");
	fflush(stdout);
	reboot(RB_AUTOBOOT);
	return 0;
}
