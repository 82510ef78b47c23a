// SPDX-License-Identifier: GPL-2.0-only
/*
 * process.c: one process, driven to its end.
 *
 * The child leads its own process group, so that a time limit or an
 * interrupt reaches what it started too. It is killed by the kernel should we
 * die first, and its group by guardian.c. The pool is in pool.c; both stand on
 * process_start().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guardian.h"
#include "process-start.h"

static volatile sig_atomic_t got_signal;

static void on_signal(int sig)
{
	got_signal = sig;
}

void interrupt_setup(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	guardian_start();
}

bool interrupted(void)
{
	return got_signal;
}

void process_clear(struct process *p)
{
	g_clear_pointer(&p->out, g_free);
	g_clear_pointer(&p->err, g_free);
}

/* What a child needs to know between fork() and exec(). */
struct setup {
	pid_t parent;
	struct rlimit memory;	/* 0: none */
};

static void child_setup(gpointer data)
{
	const struct setup *setup = data;

	setpgid(0, 0);
	/* Before it can start anything: we may be killed as soon as it runs. */
	guardian_watch(getpid());
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The parent may have died before prctl(). */
	if (getppid() != setup->parent)
		_exit(127);
	if (setup->memory.rlim_cur)
		setrlimit(RLIMIT_AS, &setup->memory);
	signal(SIGPIPE, SIG_DFL);
}

/* The input as a file without a name: a child may read it, or not, and no pipe can break. */
static int input_file(const struct command *command, GError **error)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	gsize done = 0;
	ssize_t n;

	while (fd >= 0 && done < command->input_len) {
		n = write(fd, command->input + done, command->input_len - done);
		if (n < 0 && errno != EINTR)
			break;
		done += MAX(n, 0);
	}
	if (fd >= 0 && done == command->input_len && !lseek(fd, 0, SEEK_SET))
		return fd;
	fail(error, "cannot hold the input of '%s': %s", command->argv[0], g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Takes out, the child's output. */
static GSubprocessLauncher *launcher_new(const struct command *command, int out, GError **error)
{
	GSubprocessLauncher *launcher;
	int input = command->input ? input_file(command, error) : -1;
	struct setup *setup;

	if (command->input && input < 0) {
		close(out);
		return NULL;
	}
	launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_PIPE);
	g_subprocess_launcher_take_stdout_fd(launcher, out);
	if (command->input)
		g_subprocess_launcher_take_stdin_fd(launcher, input);
	setup = g_new0(struct setup, 1);
	setup->parent = getpid();
	setup->memory.rlim_cur = setup->memory.rlim_max = (rlim_t)command->memory << 20;
	g_subprocess_launcher_set_child_setup(launcher, child_setup, setup, g_free);
	if (command->cwd)
		g_subprocess_launcher_set_cwd(launcher, command->cwd);
	for (const char *const *e = command->env; e && *e; e++) {
		const char *equals = strchr(*e, '=');
		g_autofree char *name = g_strndup(*e, equals - *e);

		g_subprocess_launcher_setenv(launcher, name, equals + 1, TRUE);
	}
	return launcher;
}

/* How long a process that was asked to stop may put things in order: git removes its locks. */
#define GRACE 2

static void kill_group(struct running *r)
{
	if (r->pid > 0)
		kill(-r->pid, SIGKILL);
}

static gboolean on_limit(gpointer data)
{
	struct running *r = data;

	r->timer = 0;
	r->result.timed_out = true;
	kill_group(r);
	return G_SOURCE_REMOVE;
}

static gboolean on_grace(gpointer data)
{
	struct running *r = data;

	r->timer = 0;
	kill_group(r);
	return G_SOURCE_REMOVE;
}

static void take_error(GBytes *bytes, char **text)
{
	gsize size = bytes ? g_bytes_get_size(bytes) : 0;

	*text = g_malloc(size + 1);
	if (size)
		memcpy(*text, g_bytes_get_data(bytes, NULL), size);
	(*text)[size] = '\0';
}

/* A file in place of a pipe: texts of 5 MB come in one piece, and nobody waits for the other. FALSE: not all of it. */
static bool take_output(int fd, char **text, gsize *len)
{
	struct stat stat;
	bool known = !fstat(fd, &stat);
	gsize size = known ? stat.st_size : 0;
	ssize_t n = 1;

	*text = g_malloc(size + 1);
	for (*len = 0; *len < size && n > 0; *len += n)
		n = MAX(pread(fd, *text + *len, size - *len, *len), 0);
	(*text)[*len] = '\0';
	close(fd);
	return known && *len == size;
}

static void on_communicated(GObject *source, GAsyncResult *async, gpointer data)
{
	struct running *r = data;
	g_autoptr(GBytes) err = NULL;
	g_autoptr(GError) why = NULL;
	bool all;

	g_subprocess_communicate_finish(G_SUBPROCESS(source), async, NULL, &err, &why);
	all = take_output(r->out, &r->result.out, &r->result.out_len);
	take_error(err, &r->result.err);
	r->result.seconds = (g_get_monotonic_time() - r->started) / 1e6;
	if (g_subprocess_get_if_exited(r->child))
		r->result.exit = g_subprocess_get_exit_status(r->child);
	else if (g_subprocess_get_if_signaled(r->child))
		r->result.exit = 128 + g_subprocess_get_term_sig(r->child);
	if (!all)
		r->result.exit = 128 + SIGBUS;
	if (r->timer)
		g_source_remove(r->timer);
	/* What the child left running in its group has no one to wait for it. */
	kill_group(r);
	guardian_forget(r->pid);
	g_object_unref(r->child);
	r->done(r);
}

gboolean process_start(struct running *r, const struct command *command, GError **error)
{
	g_autoptr(GSubprocessLauncher) launcher = NULL;
	g_autofree char *program = NULL;
	g_autoptr(GError) why = NULL;
	const char *pid;

	/* A child that finds nothing to run has already told the guardian of its group. */
	if (!strchr(command->argv[0], '/') && !(program = g_find_program_in_path(command->argv[0])))
		return fail(error, "cannot start '%s': %s", command->argv[0], g_strerror(ENOENT));
	r->out = memfd_create("output", MFD_CLOEXEC);
	if (r->out < 0)
		return fail(error, "cannot hold the output of '%s': %s", command->argv[0], g_strerror(errno));
	launcher = launcher_new(command, fcntl(r->out, F_DUPFD_CLOEXEC, 0), error);
	r->child = launcher ? g_subprocess_launcher_spawnv(launcher, command->argv, &why) : NULL;
	if (!r->child) {
		close(r->out);
		return launcher ? fail(error, "cannot start '%s': %s", command->argv[0], why->message) : FALSE;
	}
	pid = g_subprocess_get_identifier(r->child);
	r->pid = pid ? atoi(pid) : 0;
	r->started = g_get_monotonic_time();
	if (command->limit)
		r->timer = g_timeout_add_seconds(command->limit, on_limit, r);
	g_subprocess_communicate_async(r->child, NULL, NULL, on_communicated, r);
	return TRUE;
}

/* A signal that comes just before poll() would wait for the next event. */
static gboolean on_tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

guint process_tick(void)
{
	return g_timeout_add(200, on_tick, NULL);
}

void process_kill(struct running *r)
{
	if (r->stopping || r->pid <= 0)
		return;
	r->stopping = true;
	if (r->timer)
		g_source_remove(r->timer);
	r->timer = g_timeout_add_seconds(GRACE, on_grace, r);
	kill(-r->pid, SIGTERM);
}

static void one_done(struct running *r)
{
	*(bool *)r->data = true;
}

gboolean process_run(const struct command *command, struct process *result, GError **error)
{
	bool done = false;
	struct running r = { .done = one_done, .data = &done };
	guint tick;

	if (!process_start(&r, command, error))
		return FALSE;
	tick = process_tick();
	while (!done) {
		if (interrupted())
			process_kill(&r);
		g_main_context_iteration(NULL, TRUE);
	}
	g_source_remove(tick);
	*result = r.result;
	if (interrupted()) {
		process_clear(result);
		return fail(error, "interrupted; run the same command again to go on");
	}
	return TRUE;
}

gboolean process_check(const struct command *command, struct process *result, GError **error)
{
	g_autofree char *line = NULL;
	const char *end;

	if (!process_run(command, result, error))
		return FALSE;
	if (!result->exit)
		return TRUE;
	line = g_strjoinv(" ", (char **)command->argv);
	g_strchomp(result->err);
	end = strlen(result->err) > 2000 ? result->err + strlen(result->err) - 2000 : result->err;
	if (result->timed_out)
		fail(error, "'%s' did not end within %u s", line, command->limit);
	else
		fail(error, "'%s' ended with status %d: %s", line, result->exit, end);
	process_clear(result);
	return FALSE;
}

char *process_version(const char *program, GError **error)
{
	const char *const argv[] = { program, "--version", NULL };
	struct command command = { .argv = argv };
	struct process result = { 0 };
	char *line = NULL;

	if (process_check(&command, &result, error))
		line = g_strndup(result.out, strcspn(result.out, "\n"));
	process_clear(&result);
	return line;
}
