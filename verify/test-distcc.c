// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-distcc.c: compilations spread over machines by the user's CC alone.
 *
 * Two distcc servers on loopback stand for two machines. A client that cannot
 * reach them fails, so that what holds was compiled by them.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>

#include "test-kernel.h"

#define SERVERS 2

struct servers {
	struct kernel kernel;
	GSubprocess *process[SERVERS];
	char *log[SERVERS];
	guint16 port[SERVERS];
};

/* One that nobody has at the moment. */
static guint16 free_port(void)
{
	g_autoptr(GSocketListener) listener = g_socket_listener_new();
	guint16 port = g_socket_listener_add_any_inet_port(listener, NULL, NULL);

	g_socket_listener_close(listener);
	return port;
}

/* The server refuses to be root. */
static void start(struct servers *servers, guint i)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
	g_autofree char *port = g_strdup_printf("%u", servers->port[i]);
	g_autoptr(GError) error = NULL;

	servers->log[i] = g_strdup_printf("%s/distccd.%u.log", servers->kernel.folder, i);
	g_subprocess_launcher_set_stderr_file_path(launcher, servers->log[i]);
	servers->process[i] = g_subprocess_launcher_spawn(launcher, &error, "distccd", "--no-detach", "--daemon",
							  "--listen", "127.0.0.1", "--port", port, "--allow", "127.0.0.1",
							  "--jobs", "2", "--user", "nobody", "--log-stderr",
							  "--log-level", "info", NULL);
	g_assert_no_error(error);
}

/* How many compilations the server says it did. */
static guint compiled(const struct servers *servers, guint i)
{
	g_autofree char *text = NULL;
	guint n = 0;

	if (!g_file_get_contents(servers->log[i], &text, NULL, NULL))
		return 0;
	for (const char *at = text; (at = strstr(at, "COMPILE_OK")); at++)
		n++;
	return n;
}

static bool listens(const struct servers *servers, guint i)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(servers->log[i], &text, NULL, NULL) && strstr(text, "daemon started");
}

static void setup(struct servers *servers, gconstpointer data)
{
	g_autofree char *hosts = NULL;
	struct kernel *kernel = &servers->kernel;

	(void)data;
	kernel_new(kernel);
	put(kernel, "../configs/tiny", "[config]\ndefault=yes\narch=x86_64\ntarget=allmodconfig\n");
	put(kernel, "Kconfig", "config A\n");
	put(kernel, "include/h.h", "extern int shared;\n");
	for (guint i = 0; i < 8; i++) {
		g_autofree char *name = g_strdup_printf("a/file%u.c", i), *text = g_strdup_printf("#include <h.h>\nint file%u;\n", i);

		put(kernel, name, text);
	}
	commit(kernel, "base");
	for (guint i = 0; i < SERVERS; i++)
		servers->port[i] = free_port();
	hosts = g_strdup_printf("127.0.0.1:%u/1 127.0.0.1:%u/1", servers->port[0], servers->port[1]);
	g_setenv("DISTCC_HOSTS", hosts, TRUE);
	g_setenv("DISTCC_FALLBACK", "0", TRUE);
	g_setenv("DISTCC_DIR", kernel->folder, TRUE);
	for (guint i = 0; i < SERVERS; i++) {
		start(servers, i);
		for (guint tries = 0; tries < 300 && !listens(servers, i); tries++)
			g_usleep(G_USEC_PER_SEC / 10);
		g_assert_true(listens(servers, i));
	}
}

static void stop(struct servers *servers, guint i)
{
	g_subprocess_send_signal(servers->process[i], SIGTERM);
	g_subprocess_wait(servers->process[i], NULL, NULL);
}

static void teardown(struct servers *servers, gconstpointer data)
{
	(void)data;
	for (guint i = 0; i < SERVERS; i++) {
		stop(servers, i);
		g_object_unref(servers->process[i]);
		g_free(servers->log[i]);
	}
	kernel_free(&servers->kernel);
}

static char *judge(struct servers *servers, const char *range)
{
	struct verify v = { .jobs = 2, .affected = (char *)"range", .checks = CHECK_BUILD, .cc = (char *)"distcc gcc" };

	return kernel_rows_of(&v, &servers->kernel, range, "build");
}

static void change_all(struct servers *servers, const char *what, const char *tag)
{
	for (guint i = 0; i < 8; i++) {
		g_autofree char *name = g_strdup_printf("a/file%u.c", i);
		g_autofree char *text = g_strdup_printf("#include <h.h>\nint file%u = %s;\n", i, what);

		put(&servers->kernel, name, text);
	}
	commit(&servers->kernel, tag);
}

static void test_spread(struct servers *servers, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	change_all(servers, "1", "spread");
	rows = judge(servers, "base..spread");
	g_assert_cmpstr(rows, ==, "holds 8 objects, 8 unselected (a/file0.o, a/file1.o, a/file2.o, a/file3.o, "
			"a/file4.o, a/file5.o, a/file6.o, a/file7.o)\n");
	g_assert_cmpuint(compiled(servers, 0), >, 0);
	g_assert_cmpuint(compiled(servers, 1), >, 0);
	g_assert_cmpuint(compiled(servers, 0) + compiled(servers, 1), ==, 8);
}

static void test_fails_there(struct servers *servers, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	put(&servers->kernel, "a/file0.c", "int file0 = nothing;\n");
	commit(&servers->kernel, "bad");
	rows = judge(servers, "base..bad");
	g_assert_true(g_str_has_prefix(rows, "fails a/file0.o: "));
	g_assert_nonnull(strstr(rows, "'nothing' undeclared"));
}

static void test_gone(struct servers *servers, gconstpointer data)
{
	g_autofree char *rows = NULL;

	(void)data;
	for (guint i = 0; i < SERVERS; i++)
		stop(servers, i);
	change_all(servers, "2", "gone");
	rows = judge(servers, "base..gone");
	g_assert_true(g_str_has_prefix(rows, "undecided a/file"));
	g_assert_null(strstr(rows, "holds"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	/* A failure must not leave servers behind. */
	g_test_set_nonfatal_assertions();
	g_test_add("/distcc/two-servers-compile-all", struct servers, NULL, setup, test_spread, teardown);
	g_test_add("/distcc/what-does-not-compile-there-fails", struct servers, NULL, setup, test_fails_there, teardown);
	g_test_add("/distcc/servers-that-are-gone-decide-nothing", struct servers, NULL, setup, test_gone, teardown);
	return g_test_run();
}
