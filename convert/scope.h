/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * To which function of a file each token belongs.
 *
 * "Function" is meant widely: a function with its head, a prototype, a
 * variable with its initialiser, a struct by its tag, a call of a macro at
 * file scope by its first argument (`SYSCALL_DEFINE3(read, ...)` is `read`).
 * Tokens of a directive belong to what is around it.
 */
#ifndef SCOPE_H
#define SCOPE_H

#include "token.h"

struct scope {
	guint *function;	/* per token: the token that names it, or NONE */
	guint *owner;		/* per token: where it declares a member, the
				 * tag of the struct or union, else NONE */
	guint resyncs;		/* how often braces did not add up */
};

struct scope *scope_new(const struct token_list *list);
void scope_free(struct scope *scope);

#endif
