/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Token rules in memory: what rewrite-parse.c makes, match.c and rewrite.c use.
 */
#ifndef REWRITE_RULE_H
#define REWRITE_RULE_H

#include "token.h"

#define RULE_METAS 8

/* In `only` of a rule, beside the flags of tokens: for comments. */
#define RULE_PROSE (1 << 7)

enum meta_kind {
	META_NONE,
	META_POSTFIX,
	META_LVALUE,
	META_EXPRESSION,
	META_IDENTIFIER,
};

struct meta {
	char *name;
	enum meta_kind kind;
};

/* One side of a rule; meta[i] is the metavariable that token i names, or -1. */
struct side {
	char *text;
	struct token_list *list;
	gint *meta;
};

struct token_rule {
	char *name;
	struct meta metas[RULE_METAS];
	guint n_metas;
	struct side from, to;
	gboolean not_lvalue;
	GRegex *prose;		/* what a rule for prose looks for, or NULL */
	guint8 only;		/* token flags the match must have */
};

struct rewrite {
	char *path;
	GPtrArray *rules;	/* struct token_rule */
};

static inline enum meta_kind rule_kind(const struct token_rule *rule,
				       guint element)
{
	gint meta = rule->from.meta[element];

	return meta < 0 ? META_NONE : rule->metas[meta].kind;
}

/* Does the pattern begin with an expression that ends at the next element? */
static inline gboolean rule_has_lead(const struct token_rule *rule)
{
	enum meta_kind kind = rule_kind(rule, 0);

	return kind == META_POSTFIX || kind == META_LVALUE;
}

#endif
