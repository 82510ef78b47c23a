/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which token of an old text became which token of a new one.
 *
 * Used to say which sites a rule has converted: those whose token is gone.
 */
#ifndef ALIGN_H
#define ALIGN_H

#include "token.h"

/*
 * For each old token the index of the new token that it is, or -1. Aligned
 * tokens are spelled alike and keep their order; comments count as tokens. As
 * many as possible are aligned, unless the texts differ beyond all measure.
 */
gint *align_tokens(const struct token_list *old, const struct token_list *new);

#endif
