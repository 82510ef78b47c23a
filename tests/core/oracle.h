/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTS_CORE_ORACLE_H
#define TESTS_CORE_ORACLE_H
/*
 * What a list has to say, told by an array of runs that is kept the plain way.
 *
 * Each check ends the program with the line that does not hold.
 */

#include <stdio.h>

#include <linux/phyr_list.h>

#define holds(what)								\
	do {									\
		if (!(what)) {							\
			fprintf(stderr, "%s:%d: does not hold: %s\n",		\
				__FILE__, __LINE__, #what);			\
			abort();						\
		}								\
	} while (0)

struct run {
	u64	addr;
	u64	len;
};

struct oracle {
	struct run	*run;
	size_t		nr;
	size_t		room;
	size_t		len;
	bool		p2p;
};

void oracle_clear(struct oracle *o);
/* What appending has to return; when that is 0, the oracle has it. */
int oracle_append(struct oracle *o, u64 addr, u64 len);
/* Whether all of the memory has pages. */
bool oracle_has_pages(const struct oracle *o);
/* The position at which run @nr starts. */
u64 oracle_start(const struct oracle *o, size_t nr);
/* A range that starts at @addr is of one kind of memory as far as this. */
u64 one_kind(u64 addr, u64 len);

/* The head, and all ranges. */
void check_list(const struct phyr_list *list, const struct oracle *o);
void check_slice(const struct phyr_list *list, const struct oracle *o, u64 pos, u64 len);
void check_blocks(const struct phyr_list *list, const struct oracle *o, u64 size);
/* The same memory, cut elsewhere, gives the same list. */
void check_canonical(const struct phyr_list *list, const struct oracle *o, u64 seed);
void check_pages(const struct phyr_list *list, const struct oracle *o, size_t pos);
void check_folios(const struct phyr_list *list, const struct oracle *o, size_t pos);
void check_scatterlist(const struct phyr_list *list, const struct oracle *o,
		       unsigned int max, unsigned long boundary);

/* splitmix64 (G. L. Steele, D. Lea, C. H. Flood, 2014) */
u64 random_next(u64 *state);

#endif
