/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * git.h: git driven as a process.
 *
 * The user's repository is only read, but for the refs and objects that
 * git_publish() pushes. Everything else happens in a bare repository of our
 * own in the cache folder that borrows the user's objects. The user's
 * configuration, hooks and environment (GIT_DIR, GIT_INDEX_FILE, ...) never
 * apply.
 */
#ifndef GIT_H
#define GIT_H

#include "process.h"

struct git {
	char *user;	/* the user's repository: its git folder, absolute */
	char *dir;	/* ours, which borrows its objects */
	char *identity;	/* "Name <mail>" of the user, or of the program where git knows none */
};

/*
 * Opens the repository at path (a work tree, a .git folder or a bare one).
 * On failure says what it is not.
 */
struct git *git_open(const char *path, GError **error);
void git_free(struct git *git);

/*
 * Runs "git ARGS" in our repository and returns its stdout without the final
 * newline. env: NULL or NAME=VALUE pairs. FALSE in git_ok() when the command
 * fails, without an error: for questions.
 */
char *git_run(const struct git *git, const char *const *env, const char *const *args, GError **error);
char *git_input(const struct git *git, const char *const *env, const char *input, gsize len,
		const char *const *args, GError **error);
bool git_ok(const struct git *git, const char *const *args);
/* git_run() with the arguments listed, ended by NULL. */
char *git_run_l(const struct git *git, GError **error, ...) G_GNUC_NULL_TERMINATED;

/* The commit a revision of the user's repository names: 40 hex digits. FALSE says why not. */
char *git_resolve(const struct git *git, const char *revision, GError **error);

/* One file of a tree. */
struct git_file {
	char *path;
	char *oid;	/* of the blob */
	guint mode;	/* octal as git prints it: 0100644, 0120000, ... */
	gint64 size;	/* bytes */
};

void git_file_free(struct git_file *file);
/* All blobs of a tree-ish, or of the literal paths, sorted by path bytes: struct git_file *, owned. */
GPtrArray *git_files(const struct git *git, const char *revision, const char *const *pathspecs, GError **error);

/* A running "git cat-file --batch". */
struct git_batch;
struct git_batch *git_batch_open(const struct git *git, GError **error);
/*
 * The content of an object named by id or REV:PATH, NUL-terminated, length in
 * len. NULL without an error: there is no such object.
 */
char *git_batch_read(struct git_batch *batch, const char *name, gsize *len, GError **error);
void git_batch_close(struct git_batch *batch);

/* Called from several threads at once, never twice for one file. */
typedef void (*git_read_fn)(const struct git_file *file, const char *text, gsize len, gpointer data);
/* Reads all files, through as many processes as threads. */
gboolean git_read_all(const struct git *git, GPtrArray *files, guint threads, git_read_fn fn, gpointer data,
		      GError **error);

/* Writes a blob and returns its id. */
char *git_blob(const struct git *git, const char *data, gsize len, GError **error);

/* Waits until no other process makes or publishes anything: a descriptor to close, or -1. */
int git_lock(const struct git *git, GError **error);
/*
 * Pushes refs (full names, NULL-ended) to the user's repository, all or none;
 * force allows replacing. Notes go the same way.
 */
gboolean git_publish(const struct git *git, const char *const *refs, bool force, GError **error);

/* A checkout of our repository at DIR (made when missing) moved to the commit: index and files. */
gboolean git_checkout(const struct git *git, const char *dir, const char *commit, GError **error);

#endif
