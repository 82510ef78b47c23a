/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KUnit in user space: the suite of lists runs under the sanitizers as well.
 * An expectation that is not met ends the program.
 */
#ifndef TESTS_CORE_KUNIT_H
#define TESTS_CORE_KUNIT_H

#include "memory.h"
#include "oracle.h"

#ifndef PHYS32
#define CONFIG_PHYS_ADDR_T_64BIT	1
#define CONFIG_64BIT			1
#endif

#define SZ_4K	0x1000UL
#define SZ_8K	0x2000UL
#define SZ_64K	0x10000UL
#define SZ_256K	0x40000UL
#define SZ_2M	0x200000UL
#define SZ_4M	0x400000UL
#define SZ_16M	0x1000000UL
#define SZ_64M	0x4000000UL
#define SZ_128M	0x8000000UL
#define SZ_256M	0x10000000UL
#define SZ_1G	0x40000000UL
#define GFP_NOWAIT	GFP_KERNEL

struct kunit {
	void		*priv;
	const void	*param_value;
	void		*held[8];	/* what the case allocated */
	unsigned int	nr;
};

struct kunit_case {
	const char	*name;
	void		(*run)(struct kunit *test);
	const void	*(*params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char		*name;
	int			(*init)(struct kunit *test);
	void			(*exit)(struct kunit *test);
	struct kunit_case	*test_cases;
};

#define KUNIT_PARAM_DESC_SIZE	128
#define KUNIT_CASE(f)		{ #f, f, NULL }
#define KUNIT_CASE_PARAM(f, p)	{ #f, f, p }
#define KUNIT_ARRAY_PARAM(name, rows, describe)						\
	static const void *name##_gen_params(const void *prev, char *desc)		\
	{										\
		const __typeof__((rows)[0]) *row = prev ? prev : (rows) - 1;		\
											\
		if (++row == (rows) + ARRAY_SIZE(rows))					\
			return NULL;							\
		describe(row, desc);							\
		return row;								\
	}

/* Nothing is skipped here. */
#define kunit_skip(test, why)			holds(!(why))
#define KUNIT_EXPECT_EQ(test, a, b)		holds((a) == (b))
#define KUNIT_EXPECT_LE(test, a, b)		holds((a) <= (b))
#define KUNIT_EXPECT_LT(test, a, b)		holds((a) < (b))
#define KUNIT_EXPECT_GE(test, a, b)		holds((a) >= (b))
#define KUNIT_EXPECT_GT(test, a, b)		holds((a) > (b))
#define KUNIT_EXPECT_TRUE(test, a)		holds(a)
#define KUNIT_EXPECT_FALSE(test, a)		holds(!(a))
#define KUNIT_EXPECT_PTR_EQ(test, a, b)		holds((a) == (b))
#define KUNIT_ASSERT_EQ				KUNIT_EXPECT_EQ
#define KUNIT_ASSERT_LE				KUNIT_EXPECT_LE
#define KUNIT_ASSERT_NOT_NULL(test, a)		holds(a)

#define kunit_info(test, ...)	(printf("# " __VA_ARGS__), putchar('\n'))
#define strscpy(to, from, size)	snprintf(to, size, "%s", from)

static inline void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	(void)gfp;
	return test->held[test->nr++] = calloc(1, size);
}

#define module_param(name, type, mode)		_Static_assert(1, #name)
#define MODULE_PARM_DESC(name, text)		_Static_assert(1, text)
#define MODULE_DESCRIPTION(text)		_Static_assert(1, text)
#define MODULE_LICENSE(text)			_Static_assert(1, text)

struct rnd_state {
	u64	state;
};

static inline void prandom_seed_state(struct rnd_state *rnd, u64 seed)
{
	rnd->state = seed;
}

static inline u32 prandom_u32_state(struct rnd_state *rnd)
{
	return random_next(&rnd->state);
}

extern u64 suite_seed;
#define get_random_u64()	suite_seed

/* Pages come from one zone, in an order that leaves gaps. */
static inline struct page *alloc_page(gfp_t gfp)
{
	static unsigned int n;

	(void)gfp;
	n += 1 + n % 3;
	return pfn_to_page(PHYS_PFN(zones[1].addr) + n % (zones[1].nr / 2));
}

static inline struct folio *folio_alloc(gfp_t gfp, unsigned int order)
{
	(void)gfp;
	(void)order;
	return (struct folio *)pfn_to_page(PHYS_PFN(zones[1].addr) + zones[1].nr - 4);
}

#define __free_page(page)	((void)(page))
#define folio_put(folio)	((void)(folio))

static inline int sg_alloc_table_from_pages(struct sg_table *sgt, struct page **pages,
					    unsigned int nr, unsigned int offset, size_t len,
					    gfp_t gfp)
{
	unsigned int i;

	if (sg_alloc_table(sgt, nr, gfp))
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		size_t n = min(len, PAGE_SIZE - offset);

		sg_set_page(&sgt->sgl[i], pages[i], n, offset);
		len -= n;
		offset = 0;
	}
	return 0;
}

/* Each case, and each row of its table. */
static inline int suite_run(struct kunit_suite *suite)
{
	char desc[KUNIT_PARAM_DESC_SIZE];
	struct kunit_case *c;

	for (c = suite->test_cases; c->run; c++) {
		const void *row = NULL;

		do {
			struct kunit test = { };

			if (c->params) {
				row = c->params(row, desc);
				if (!row)
					break;
			}
			test.param_value = row;
			holds(!suite->init(&test));
			c->run(&test);
			suite->exit(&test);
			while (test.nr)
				free(test.held[--test.nr]);
			holds(!allocations_held());
			printf("ok - %s%s%s\n", c->name, row ? ": " : "", row ? desc : "");
		} while (row);
	}
	return 0;
}

#define kunit_test_suite(suite)							\
	u64 suite_seed;								\
										\
	int main(int argc, char **argv)						\
	{									\
		suite_seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;		\
		return suite_run(&(suite));					\
	}									\
	_Static_assert(1, #suite)

#endif
