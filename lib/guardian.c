// SPDX-License-Identifier: GPL-2.0-only
/*
 * guardian.c: what we started ends when we are killed.
 *
 * SIGKILL cannot be caught, and the signal that the kernel sends on our death
 * reaches direct children only: of a make, the compilers would go on and write
 * where the next run works. So a second process, forked before the first child
 * is, knows their process groups. It sees our end as the end of a socket that
 * nobody else holds, kills the groups that are left, and ends. Its name is
 * another, so that what kills us by name leaves it. Where it cannot be started
 * everything else works.
 *
 * A message is a group's id, negative to forget it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "guardian.h"

static int line = -1;

static void forget(GArray *groups, pid_t group)
{
	for (guint i = 0; i < groups->len; i++)
		if (g_array_index(groups, pid_t, i) == group) {
			g_array_remove_index_fast(groups, i);
			return;
		}
}

/* Away from the terminal's signals and from every file of ours; the socket becomes 3. */
static void leave(int from)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	prctl(PR_SET_NAME, "guardian");
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	dup2(from, 3);
	close_range(4, ~0U, 0);
}

/* FALSE: the other end is closed. */
static bool hear(pid_t *message)
{
	ssize_t n;

	do
		n = recv(3, message, sizeof(*message), 0);
	while (n < 0 && errno == EINTR);
	return n == sizeof(*message);
}

static G_GNUC_NORETURN void guard(int from)
{
	GArray *groups;
	pid_t message;

	leave(from);
	groups = g_array_new(FALSE, FALSE, sizeof(pid_t));
	while (hear(&message)) {
		if (message > 0)
			g_array_append_val(groups, message);
		else
			forget(groups, -message);
	}
	for (guint i = 0; i < groups->len; i++)
		kill(-g_array_index(groups, pid_t, i), SIGKILL);
	_exit(0);
}

void guardian_start(void)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return;
	pid = fork();
	if (!pid)
		guard(ends[0]);
	close(ends[0]);
	if (pid > 0)
		line = ends[1];
	else
		close(ends[1]);
}

static void tell(pid_t message)
{
	if (line >= 0)
		send(line, &message, sizeof(message), MSG_NOSIGNAL);
}

void guardian_watch(pid_t group)
{
	tell(group);
}

void guardian_forget(pid_t group)
{
	tell(-group);
}
