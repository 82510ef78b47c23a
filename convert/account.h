/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * account.h: the sums over all sites, and what they are held against.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "evidence.h"
#include "maintainers.h"

/* name -> (status -> count); names as they are met. */
typedef GHashTable counts;

struct account {
	struct context *ctx;
	struct tsv *sites, *commits, *run;
	struct evidence *evidence;	/* NULL: not verified */
	GHashTable *planned;	/* "path<tab>word", path as quoted: what the steps of plan.tsv were to convert */
	bool partial;			/* only some stages or subsystems were selected */
	GHashTable *by_status, *by_kind, *by_word, *by_subsystem;	/* counts */
	GHashTable *by_rule, *by_config;				/* name -> count */
	GHashTable *by_stage;		/* stage -> number of its commits: it converts more than watched words */
	GPtrArray *undecided;		/* rows of sites (char **) that no configuration compiled */
	guint excused;			/* of these, in files that undecided.tsv names */
	guint left;			/* code sites of a word that was to be gone */
	guint unbuilt;			/* commits without a verdict on their build */
};

/* account-json.c: coverage.json as text. */
char *account_json(const struct account *account);

#endif
