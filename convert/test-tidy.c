// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of tidy.c: a line that a rule made is mended, a line that was in the
 * tree is never touched.
 */
#include <string.h>

#include "tidy.h"

static const struct {
	const char *name, *old, *new, *result;
} cases[] = {
	{ "equal-texts-stay", "a  \n        b\n", "a  \n        b\n", "a  \n        b\n" },
	{ "faults-of-the-tree-stay", "        a  \n\tx;\n        b \t\n", "        a  \n\ty;\n        b \t\n",
	  "        a  \n\ty;\n        b \t\n" },
	{ "many-blanks-become-tabs", "if (x)\n\t\told;\nend\n", "if (x)\n                new;\nend\n",
	  "if (x)\n\t\tnew;\nend\n" },
	{ "indentation-added-behind-blanks-goes", "    a = 1;\nend\n", "    \ta = 2;\nend\n", "    a = 2;\nend\n" },
	{ "blanks-of-an-added-line-become-tabs", "{\n}\n", "{\n            new;\n}\n", "{\n\t    new;\n}\n" },
	{ "blanks-at-the-end-go", "a\nb\nc\n", "a\nnew \t\nc\n", "a\nnew\nc\n" },
	{ "blank-line-loses-its-blanks", "a\nc\n", "a\n   \nc\n", "a\n\nc\n" },
	{ "deletion", "a\nb\nc\n", "a\nc\n", "a\nc\n" },
	{ "deletion-of-all", "a\nb\n", "", "" },
	{ "text-from-nothing", "", "        a\n", "\ta\n" },
	{ "no-final-newline", "a\nb", "a\nc ", "a\nc" },
	{ "final-newline-stays", "a\nb\n", "a\nc\n", "a\nc\n" },
	{ "carriage-return-stays", "a\r\n\tb\r\nc\r\n", "a\r\n        d \r\nc\r\n", "a\r\n\td\r\nc\r\n" },
	{ "more-lines-for-fewer", "a\n\tx;\nb\n", "a\n        p;\n        q;\nb\n", "a\n\tp;\n\tq;\nb\n" },
	{ "fewer-lines-for-more", "a\n\tx;\n\ty;\nb\n", "a\n        p;\nb\n", "a\n\tp;\nb\n" },
	{ "loop-gets-its-blanks", "a\nb\n", "a\n\tfor(i = 0;i < n;i++)\n\tfor(;;)\nb\n",
	  "a\n\tfor (i = 0; i < n; i++)\n\tfor (;;)\nb\n" },
	{ "loop-of-the-tree-stays", "\tfor(;i;)\na\n", "\tfor(;i;)\nb\n", "\tfor(;i;)\nb\n" },
	{ "two-changes", "\ta;\nkeep\n\tb;\nend\n", "        c;\nkeep\n        d;\nend\n", "\tc;\nkeep\n\td;\nend\n" },
};

static void made_lines_are_mended(gconstpointer data)
{
	guint i = GPOINTER_TO_UINT(data);
	g_autofree char *got = tidy(cases[i].old, cases[i].new);

	g_assert_cmpstr(got, ==, cases[i].result);
}

static void result_is_its_own(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *again = tidy(cases[i].old, cases[i].result);

		g_assert_cmpstr(again, ==, cases[i].result);
	}
}

/* A function is gone; what follows it has blanks of its own, and keeps them. */
static void long_deletion_touches_nothing_behind_it(void)
{
	g_autoptr(GString) old = g_string_new("a\n");
	g_autofree char *got = NULL;

	for (guint i = 0; i < 1000; i++)
		g_string_append_printf(old, "line %u\n", i);
	g_string_append(old, "        behind \nend\n");
	got = tidy(old->str, "a\n        behind \nend\n");
	g_assert_cmpstr(got, ==, "a\n        behind \nend\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *name = g_strdup_printf("/tidy/%s", cases[i].name);

		g_test_add_data_func(name, GUINT_TO_POINTER(i), made_lines_are_mended);
	}
	g_test_add_func("/tidy/result-is-its-own", result_is_its_own);
	g_test_add_func("/tidy/long-deletion-touches-nothing-behind-it", long_deletion_touches_nothing_behind_it);
	return g_test_run();
}
