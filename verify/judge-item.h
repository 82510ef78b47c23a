/* SPDX-License-Identifier: GPL-2.0-only */
/* judge-item.h: what judge.c and findings.c share: one commit while it is judged. */
#ifndef JUDGE_ITEM_H
#define JUDGE_ITEM_H

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
	GPtrArray *wanted;	/* struct wanted *: lines the commit takes away */
	bool commands_changed;
};

struct item {
	struct session *session;
	struct object *object;
	bool own;		/* the commit changes its source */
	bool looked;		/* lines were looked for in it */
	char *sum_before, *complaint_before;	/* with the parent's sources */
	GHashTable *includes_before;
	char *directives;	/* output kept between two processes */
	char *out;		/* scratch object */
	bool accident;		/* a process of it failed by what the machine did */
	enum result result;
};

/* The rows: see judge_commit(). */
GPtrArray *session_findings(const struct session *session, const struct affected *affected);

#endif
