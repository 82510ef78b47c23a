/* SPDX-License-Identifier: GPL-2.0-only */
/* checker.h: sparse as this machine has it. */
#ifndef CHECKER_H
#define CHECKER_H

#include "util.h"

struct checker {
	char *version;		/* its version line; NULL: it cannot be run */
	char *missing;		/* why it cannot be run and what to do, or NULL */
	char **flags;		/* what it is given on top of kbuild's flags */
};

/* Tries it. That it cannot be run is no error. */
struct checker *checker_open(void);
void checker_free(struct checker *checker);

#endif
