/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * judge-item.h: one commit or one state of the sources while it is looked at.
 * What judge.c, advance.c, apart.c, look.c, compile.c, generated.c, findings.c, compare-*.c and survey.c share.
 *
 * Every object has two states, before (with the parent's sources) and after.
 * Equal texts need no compilation; of the others both facts are wanted.
 */
#ifndef JUDGE_ITEM_H
#define JUDGE_ITEM_H

#include "fact.h"
#include "judge.h"
#include "lines.h"

enum result {
	RESULT_NONE,		/* not compiled: the commit cannot change it, or there is no rule */
	RESULT_SAME,		/* the compiler would read the same text */
	RESULT_COMPILED,
	RESULT_FAILED,
	RESULT_FAILED_BEFORE,	/* and the parent's version fails too */
};

struct session {
	struct judge *judge;
	const struct commit *commit;
	GPtrArray *items;	/* struct item *: what the commit affects */
	GHashTable *by_source;	/* source -> struct item, borrowed */
	GPtrArray *wanted;	/* struct wanted *: lines that are looked for; borrowed unless it has a free function */
	GPtrArray *added;	/* the same, of what the commit adds */
	const struct affected *affected;
	struct includes *include_lines;	/* what may read a file that was not looked into yet; NULL: nobody knows */
	bool commands_changed;
	bool configures;	/* it changes files of Kconfig */
	bool at_commit;		/* the lines looked for are of its own sources, and states were taken of them */
	bool apart;		/* all that can be compiled has a text, as far as is known */
	bool remakes;		/* kbuild generates files of what the commit changes */
	GHashTable *inputs;	/* of the judge, when that was found out */
	GHashTable *sums;	/* of what was generated of the parent's sources, between the two */
	GPtrArray *generated;	/* paths of what is generated and is another than the parent's */
	GPtrArray *symbols;	/* CONFIG_X that come out otherwise and whose readers were not all looked at */
	char *unprepared;	/* why kbuild could not be configured or prepared at the commit, NULL: it could */
	bool blameless;		/* nor at the parent, or the configuration asks for what there is not */
	bool blind;		/* nothing is known of the parent: kbuild could not be prepared there */
	bool unseen;		/* so no object was looked at with the commit's sources */
	GPtrArray *findings;	/* struct finding *, once it is finished */
};

/* What one program, the compiler, its parser alone or sparse, makes of a state's text. */
struct reading {
	struct state *state;
	char *key;		/* of the fact; NULL: there is no text */
	char *complaint;	/* why there is no text, as far as it is not the state's */
	char **argv;		/* what makes it */
	char *shadow;		/* the sources as sparse is given them again, while it reads them */
	struct fact *fact;	/* NULL: not wanted */
};

struct state {
	struct item *item;
	char *sum, *code, *complaint;	/* as of struct object */
	char *text;		/* file that can be compiled wherever the sources are; NULL: they must be in place */
	char **said;		/* what the preprocessor warned of when it made that file */
	GHashTable *includes, *line_uses;
	struct reading compiler, parser, checker;
	char *out;		/* scratch object: both states may be compiled at the same time */
};

struct item {
	struct session *session;
	struct object *object;
	bool own;		/* the commit changes its source */
	bool selected, has_command;	/* the object's, with the commit's sources */
	bool selected_before;	/* with the parent's */
	bool alone;		/* a header compiled on its own: build only */
	bool same_code;		/* what differs makes no code: only parsed */
	bool looked;		/* lines were looked for in it */
	bool accident;		/* a process of it failed by what the machine did */
	struct state before, after;
	char *directives;	/* output kept between two processes */
	enum result result;
};

/* look.c: */
struct session *session_new(struct judge *judge, const struct commit *commit);
/* Forgets the items and what they hold. */
void session_drop_items(struct session *session);
void session_free(struct session *session);
/* The item of a source file, made when the session has none; own counts only then. */
struct item *session_add(struct session *session, const char *source, bool own);
/* The item of a header that is compiled on its own. */
struct item *session_add_alone(struct session *session, const char *header);
/* A pool whose progress line names the session and what is done. */
struct pool *session_pool(const struct session *session, const char *what);
/* Looks for the wanted lines in the items; others: also sums the text of those that show none. */
gboolean session_look(struct session *session, bool others, GError **error);
/* Looks for what the commit adds, once its side was taken. */
gboolean session_look_added(struct session *session, GError **error);
/* How many lines are not found yet. */
guint session_left(const struct session *session);
/* Whether kbuild has a command for it and its source is there. */
bool item_can_run(const struct item *item);
/* Queues a process of the item; takes argv. */
void item_run(struct item *item, struct pool *pool, char **argv, pool_done done, gpointer data);
/* The same before all that waits, so that few hold their input at a time: what writer wrote. */
void item_run_next(struct item *item, struct pool *pool, char **argv, const struct process *writer, pool_done done,
		   gpointer data);
/* What to do with the output of object_expand(); data is the item. */
gboolean item_took_text(struct pool *pool, struct process *result, gpointer data, GError **error);

/* added.c: */
/* Adds those of the change's new lines that stand where none stood. before: the old text's, NULL: it loses no line. */
void session_want_added(struct session *session, const struct change *change, const struct scan *before,
			const char *text, gsize len);

/* advance.c: */
/* Moves the sources to the parent, and asks for the commands of what is still to be judged. */
gboolean session_take_parent(struct session *session, GError **error);
/* Moves them on to the commit; says in the session what kbuild refused. */
gboolean session_move_forward(struct session *session, GError **error);
/* Whether one of the paths is changed by the commit, or generated of what it changes. */
bool session_reads_change(const struct session *session, GHashTable *includes);

/* generated.c: */
/* Whether kbuild generates files of what the commit changes; the object tree is prepared. */
bool session_remakes(struct session *session);
/* Notes what there is of the parent. */
void session_note_generated(struct session *session);
/* Makes it of the present sources. */
gboolean session_make_generated(struct session *session, GError **error);
/* Finds out what is another now. */
void session_compare_generated(struct session *session);
/* Whether some of that is among what an object reads. */
bool session_reads_generated(const struct session *session, GHashTable *includes);
/* Whether it reads what kbuild makes only when it is asked for the object. */
bool session_reads_made(const struct session *session, GHashTable *includes);

/* compile.c: */
/* Takes what the object is with the present sources. */
void state_take(struct state *state);
void state_clear(struct state *state);
/* The same for sparse. */
void state_take_checker(struct state *state);
/* Gets the fact, from the store or by a process in the pool. */
void reading_want_fact(struct reading *reading, struct pool *pool);
/* The same of what item_reading() names, once object_expand() wrote this of the state. */
void state_want_fact(struct state *state, struct pool *pool, const struct process *expanded);
/* Keeps the output of object_directives() as the state's text, where the compiler takes one. */
gboolean state_keep_text(struct state *state, const struct process *result, GError **error);
/* The one of the state that tells what there is to tell: of the compiler, or of its parser alone. */
struct reading *item_reading(const struct item *item, struct state *state);
/* What keeps the side from being compiled, or NULL. */
const char *state_complaint(const struct state *state);

/* bit-fields.c: */
/*
 * Whether what sparse said of the reading asks for another one: argv is its command then, which reads the sources below
 * *path; else *path is NULL and argv as it was.
 */
gboolean bit_fields_shadow(const struct reading *reading, const char *said, char **path, char ***argv, GError **error);
/* Adds what it said then; the errors that the other reading did not meet are findings that silence nothing. */
void bit_fields_unite(struct fact *first, const struct fact *second);

/* apart.c: */
/* Whether the parent's fact of an object whose text differs is of use. */
bool item_needs_parent(const struct item *item);
/* Compiles what the sessions (struct session *) lack, all of it at once. */
gboolean apart_compile(struct judge *judge, GPtrArray *apart, GError **error);
/* Whether they are to be compiled before another one is taken. */
bool apart_is_full(const GPtrArray *apart);
/* Whether everything the session may want to compile has a text, both sides taken. */
bool apart_has_texts(const struct session *session);
/* Whether its items are few enough. */
bool apart_takes(guint items);

/* findings.c: the rows, see judge_commit(). */
GPtrArray *session_findings(const struct session *session, const struct affected *affected);
/* Takes detail. final: the same input gives it again. */
void finding_add(GPtrArray *findings, const char *check, const char *verdict, char *detail, bool final);
/* Whether no process of any object met an accident: what is said of all of them rests on each. */
bool session_is_final(const struct session *session);

/* compare-*.c: the rows of what both sides are held against each other for. */
/* check: CHECK_WARNINGS or CHECK_SPARSE. */
void session_compare_said(const struct session *session, enum check check, GPtrArray *findings);
void session_compare_objects(const struct session *session, GPtrArray *findings);

#endif
