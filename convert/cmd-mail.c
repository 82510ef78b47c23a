// SPDX-License-Identifier: GPL-2.0-only
/* cmd-mail.c: the command "mail": the patch sets, from what the other commands left. */
#include <stdio.h>

#include "context.h"
#include "mail.h"

gboolean cmd_mail(struct context *ctx, enum status *status, GError **error)
{
	struct mail_options options = {
		.out = ctx->out,
		.git = ctx->git,
		.tag = ctx->tag,
		.base = ctx->base,
		.intro = ctx->recipe->intro,
		.public_base = ctx->public_base,
		.signoff = ctx->signoff,
	};

	*status = STATUS_HOLDS;
	return mail_write(&options, error);
}
