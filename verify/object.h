/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object.h: one object file and kbuild's own command for it.
 *
 * The command is recorded from kbuild (see tree.h) and replayed as it is but
 * for where the output goes: no kernel make stands between two compilations.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include "checker.h"
#include "process.h"

struct object {
	char *path;		/* drivers/block/brd.o */
	char *source;		/* drivers/block/brd.c */
	char **flags;		/* compiler and flags; NULL: kbuild has no rule for it */
	char **checker;		/* sparse and its flags as kbuild has them; NULL: it is not for this object */
	char *input;		/* the source as the command names it */
	bool selected;		/* the configuration builds it */
	bool had_command;	/* flags were there when kbuild was last asked, for another state of its files */
	bool asked;		/* kbuild was asked for the command */
	GHashTable *includes;	/* files of the tree it read when it was last looked at, or NULL */
	GHashTable *line_uses;	/* set of lines on which its expanded text has __LINE__, of whatever file; comes with sum */
	char *sum;		/* of its expanded text, NULL: not known for the present sources */
	bool pops_macro;	/* it reads a #pragma that object_directives() obeys and drops: what that gives is not the source */
	char *code;		/* its code_sum() where that was asked for, or NULL */
	char *checker_sum;	/* of its text as sparse expands it, NULL: not known for the present sources */
	char *checker_complaint;	/* why sparse could not expand it, NULL: it could */
	char *complaint;	/* why it was last not preprocessed or compiled, NULL: it was */
	bool accident;		/* the complaint is of the machine: see process_accident() */
};

struct object *object_new(const char *source);
void object_free(struct object *object);

/* The object of a source file: a.c and a.S become a.o. */
char *object_path(const char *source);

/*
 * Takes what kbuild recorded: whether the configuration selects the object, the
 * command, and for C what kbuild would have sparse do. FALSE: no such command.
 *
 *	selected gcc ... -c -o a.o a.c ; ...
 *	sparse ... a.c
 */
bool object_take_command(struct object *object, const char *record);
/* Makes it the header on its own, compiled as the model's source is. */
void object_take_model(struct object *object, const struct object *model);
/* Forgets what depends on the sources; the command stays. */
void object_forget(struct object *object);
/* Forgets the command, but not that there was one. */
void object_forget_command(struct object *object);

/* What to run. */
char **object_directives(const struct object *object);
char **object_expand(const struct object *object);
char **object_compile(const struct object *object, const char *out);
/* Only what the parser says. */
char **object_parse(const struct object *object);
/* The same of what object_expand() gave, read from the standard input: an error may be of that text alone. */
char **object_parse_expanded(const struct object *object);
/* Whether the compiler takes what object_directives() gives in place of the sources: gcc does, for C. */
bool object_has_text(const struct object *object);
/* The same as object_compile() from such a text, kept in a file. */
char **object_compile_text(const struct object *object, const char *text, const char *out);
char **object_checker_expand(const struct object *object, const struct checker *checker);
char **object_check(const struct object *object, const struct checker *checker);

/* Takes the result of object_expand(): sum, includes, complaint. */
void object_took_text(struct object *object, const struct process *result, const char *root);
/* The same of object_checker_expand(). */
void object_took_checker_text(struct object *object, const struct process *result, const char *root);
/* What a failed process said, with paths below root as the tree names them. */
char *object_complaint(const struct process *result, const char *root);
/* What decides the outcome of a compilation: command, compiler and text. The sum must be known. */
char *object_key(const struct object *object, const char *version, const char *compiler);
char *object_checker_key(const struct object *object, const char *version, const struct checker *checker);

#endif
