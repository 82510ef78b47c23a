// SPDX-License-Identifier: GPL-2.0-only
/*
 * git-read.c: files of a tree and the content of blobs.
 *
 * A batch is one "git cat-file --batch" that lives as long as its caller
 * needs it: a kernel has 80,000 blobs and a process for each would take
 * minutes. Requests and answers alternate, so neither pipe can fill up.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "git.h"

struct git_batch {
	GSubprocess *child;
	GOutputStream *in;
	GDataInputStream *out;
};

void git_file_free(struct git_file *file)
{
	g_free(file->path);
	g_free(file->oid);
	g_free(file);
}

/* "100644 blob 4f53cda 1234<tab>path" */
static struct git_file *parse_entry(const char *entry)
{
	const char *tab = strchr(entry, '\t');
	g_autofree char *head = tab ? g_strndup(entry, tab - entry) : NULL;
	char mode[8], type[8], oid[65], size[24];
	struct git_file *file;

	if (!head || sscanf(head, "%7s %7s %64s %23s", mode, type, oid, size) != 4)
		return NULL;
	if (strcmp(type, "blob"))
		return NULL;
	file = g_new0(struct git_file, 1);
	file->mode = strtoul(mode, NULL, 8);
	file->oid = g_strdup(oid);
	file->size = g_ascii_strtoll(size, NULL, 10);
	file->path = g_strdup(tab + 1);
	return file;
}

GPtrArray *git_files(const struct git *git, const char *revision, const char *const *pathspecs, GError **error)
{
	const char *args[] = { "--literal-pathspecs", "ls-tree", "-r", "-z", "-l", "--full-tree", revision, "--", NULL };
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	struct process result = { 0 };
	struct command command = { 0 };
	GPtrArray *files;

	g_ptr_array_add(argv, g_strdup("git"));
	g_ptr_array_add(argv, g_strdup_printf("--git-dir=%s", git->dir));
	for (guint i = 0; args[i]; i++)
		g_ptr_array_add(argv, g_strdup(args[i]));
	for (guint i = 0; pathspecs && pathspecs[i]; i++)
		g_ptr_array_add(argv, g_strdup(pathspecs[i]));
	g_ptr_array_add(argv, NULL);
	command.argv = (const char *const *)argv->pdata;
	if (!process_check(&command, &result, error))
		return NULL;
	files = g_ptr_array_new_with_free_func((GDestroyNotify)git_file_free);
	for (const char *p = result.out; p < result.out + result.out_len; p += strlen(p) + 1) {
		struct git_file *file = parse_entry(p);

		if (file)
			g_ptr_array_add(files, file);
	}
	process_clear(&result);
	return files;
}

struct git_batch *git_batch_open(const struct git *git, GError **error)
{
	g_autofree char *dir = g_strdup_printf("--git-dir=%s", git->dir);
	const char *const argv[] = { "git", dir, "cat-file", "--batch", NULL };
	g_autoptr(GError) why = NULL;
	struct git_batch *batch = g_new0(struct git_batch, 1);

	batch->child = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &why);
	if (!batch->child) {
		fail(error, "cannot start git: %s", why->message);
		g_free(batch);
		return NULL;
	}
	batch->in = g_subprocess_get_stdin_pipe(batch->child);
	batch->out = g_data_input_stream_new(g_subprocess_get_stdout_pipe(batch->child));
	g_buffered_input_stream_set_buffer_size(G_BUFFERED_INPUT_STREAM(batch->out), 1 << 17);
	return batch;
}

char *git_batch_read(struct git_batch *batch, const char *name, gsize *len, GError **error)
{
	g_autofree char *request = g_strdup_printf("%s\n", name), *head = NULL, *data = NULL;
	g_autoptr(GError) why = NULL;
	const char *space;
	gsize size, got;

	if (strchr(name, '\n')) {
		fail(error, "cannot ask git for a name with a newline in it: '%s'", name);
		return NULL;
	}
	if (!g_output_stream_write_all(batch->in, request, strlen(request), NULL, NULL, &why) ||
	    !(head = g_data_input_stream_read_line(batch->out, NULL, NULL, &why))) {
		fail(error, "git cat-file ended early%s%s", why ? ": " : "", why ? why->message : "");
		return NULL;
	}
	if (g_str_has_suffix(head, " missing") || g_str_has_suffix(head, " ambiguous"))
		return NULL;
	space = strrchr(head, ' ');
	size = space ? g_ascii_strtoull(space + 1, NULL, 10) : 0;
	data = g_malloc(size + 2);
	/* The content is followed by one newline. */
	if (!space || !g_input_stream_read_all(G_INPUT_STREAM(batch->out), data, size + 1, &got, NULL, &why) ||
	    got != size + 1) {
		fail(error, "git cat-file ended in the middle of '%s'; is the repository damaged? try git fsck", name);
		return NULL;
	}
	data[size] = '\0';
	*len = size;
	return g_steal_pointer(&data);
}

void git_batch_close(struct git_batch *batch)
{
	if (!batch)
		return;
	g_output_stream_close(batch->in, NULL, NULL);
	g_subprocess_wait(batch->child, NULL, NULL);
	g_object_unref(batch->out);
	g_object_unref(batch->child);
	g_free(batch);
}

/* A share of the files, read through one cat-file by one thread. */
struct share {
	const struct git *git;
	GPtrArray *files;	/* all of them */
	guint first, step;	/* this share is first, first + step, ... */
	git_read_fn fn;
	gpointer data;
	GSubprocess *child;
	GError *error;
};

/* Requests are written by a thread of their own: the answers fill the other pipe meanwhile. */
static gpointer write_requests(gpointer data)
{
	struct share *share = data;
	GOutputStream *in = g_subprocess_get_stdin_pipe(share->child);

	for (guint i = share->first; i < share->files->len; i += share->step) {
		const struct git_file *file = share->files->pdata[i];
		g_autofree char *line = g_strdup_printf("%s\n", file->oid);

		if (!g_output_stream_write_all(in, line, strlen(line), NULL, NULL, NULL))
			break;
	}
	g_output_stream_close(in, NULL, NULL);
	return NULL;
}

static gboolean read_answer(GDataInputStream *out, const struct git_file *file, GString *content, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autofree char *head = g_data_input_stream_read_line(out, NULL, NULL, &why);
	const char *space = head ? strrchr(head, ' ') : NULL;
	gsize size, got;

	if (!space || g_str_has_suffix(head, " missing"))
		return fail(error, "cannot read '%s' (%s) from the repository; try git fsck", file->path, file->oid);
	size = g_ascii_strtoull(space + 1, NULL, 10);
	g_string_set_size(content, size + 1);
	if (!g_input_stream_read_all(G_INPUT_STREAM(out), content->str, size + 1, &got, NULL, &why) || got != size + 1)
		return fail(error, "git cat-file ended in the middle of '%s'; try git fsck", file->path);
	g_string_truncate(content, size);
	return TRUE;
}

static gpointer read_share(gpointer data)
{
	struct share *share = data;
	g_autofree char *dir = g_strdup_printf("--git-dir=%s", share->git->dir);
	const char *const argv[] = { "git", dir, "cat-file", "--batch", "--buffer", NULL };
	g_autoptr(GDataInputStream) out = NULL;
	g_autoptr(GString) content = g_string_new(NULL);
	GThread *writer;

	share->child = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
					 &share->error);
	if (!share->child)
		return NULL;
	writer = g_thread_new("requests", write_requests, share);
	out = g_data_input_stream_new(g_subprocess_get_stdout_pipe(share->child));
	g_buffered_input_stream_set_buffer_size(G_BUFFERED_INPUT_STREAM(out), 1 << 17);
	for (guint i = share->first; i < share->files->len && !interrupted(); i += share->step) {
		if (!read_answer(out, share->files->pdata[i], content, &share->error))
			break;
		share->fn(share->files->pdata[i], content->str, content->len, share->data);
	}
	/* Stopped early or not, the process is not needed any more. */
	g_subprocess_force_exit(share->child);
	g_thread_join(writer);
	g_object_unref(share->child);
	return NULL;
}

gboolean git_read_all(const struct git *git, GPtrArray *files, guint threads, git_read_fn fn, gpointer data,
		      GError **error)
{
	g_autofree struct share *shares = g_new0(struct share, threads);
	g_autofree GThread **running = g_new0(GThread *, threads);
	g_autoptr(GError) first = NULL;

	for (guint i = 0; i < threads; i++) {
		shares[i] = (struct share){ git, files, i, threads, fn, data, NULL, NULL };
		running[i] = g_thread_new("blobs", read_share, &shares[i]);
	}
	for (guint i = 0; i < threads; i++) {
		g_thread_join(running[i]);
		if (first)
			g_clear_error(&shares[i].error);
		else
			first = shares[i].error;
	}
	/* An interrupt ends git too; that is not a fault of the repository. */
	if (interrupted())
		return fail(error, "interrupted; run the same command again to go on");
	if (!first)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&first));
	return FALSE;
}
