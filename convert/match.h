/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a token rule matches.
 *
 * A *position* is an index into the code tokens of a source, which are its
 * tokens without the comments.
 */
#ifndef MATCH_H
#define MATCH_H

#include "rewrite-rule.h"

struct source {
	struct token_list *list;
	guint *code;		/* position -> token */
	guint n;
	gboolean split;		/* a continuation splits a code token */
};

/* Positions; @end is exclusive. Empty: not bound. */
struct span {
	guint first;
	guint end;
};

struct match {
	struct span whole;
	struct span metas[RULE_METAS];
};

void source_init(struct source *source, const char *text, gsize len);
void source_clear(struct source *source);

/*
 * Does @rule match with the first element that is not the leading expression
 * at position @at?
 */
gboolean match_at(const struct source *source,
		  const struct token_rule *rule, guint at,
		  struct match *match);

#endif
