// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tokenizer makes of C, and that no bytes make it fail.
 */
#include <string.h>

#include "token.h"

/* Tokens of @text, separated by blanks; '|' stands before what is flagged. */
static char *spell(const char *text, guint8 flags)
{
	struct token_list *list = token_list_new(text, strlen(text));
	GString *out = g_string_new(NULL);
	guint i;

	for (i = 0; i < list->n; i++) {
		g_autofree char *word = token_text(list, i);

		g_string_append_printf(out, "%s%s%s", i ? " " : "",
				       list->v[i].flags & flags ? "|" : "",
				       word);
	}
	token_list_free(list);
	return g_string_free(out, FALSE);
}

static void assert_tokens(const char *text, const char *tokens)
{
	g_autofree char *got = spell(text, 0);

	g_assert_cmpstr(got, ==, tokens);
}

static void assert_flagged(const char *text, guint8 flags, const char *tokens)
{
	g_autofree char *got = spell(text, flags);

	g_assert_cmpstr(got, ==, tokens);
}

static void longest_punctuator(void)
{
	assert_tokens("a->b+=c++<<=d...e##f>>g", "a -> b += c ++ <<= d ... e ## f >> g");
	assert_tokens("x=-1;y<-z", "x = - 1 ; y < - z");
}

static void numbers(void)
{
	assert_tokens("0x1fUL 1.5e-3f .5 1..2 a.5", "0x1fUL 1.5e-3f .5 1..2 a .5");
}

static void strings_and_characters(void)
{
	assert_tokens("f(\"a\\\"b /* c\", '\\'')", "f ( \"a\\\"b /* c\" , '\\'' )");
}

static void open_string_ends_with_its_line(void)
{
	assert_tokens("\"abc\ndef", "\"abc def");
}

static void open_comment_ends_with_the_text(void)
{
	assert_tokens("a /* b\n c", "a /* b\n c");
}

static void continuation_splits_anything(void)
{
	assert_tokens("bv_\\\nlen -\\\n> x", "bv_len -> x");
	assert_tokens("/\\\n/ one \\\n comment\nx", "// one  comment x");
	assert_tokens("a\\ \t\r\nb", "ab");
}

static void backslash_alone_is_a_token(void)
{
	assert_tokens("a \\ b", "a \\ b");
}

static void macro_body_is_flagged(void)
{
	assert_flagged("#define M(a) \\\n\tf(a)\nb", TOKEN_MACRO,
		       "# define M |( |a |) |f |( |a |) b");
}

static void macro_name_is_known(void)
{
	static const char text[] = "#\tdefine NAME x\n#undef NAME\ny";
	struct token_list *list = token_list_new(text, strlen(text));
	guint i;

	for (i = 0; i < list->n; i++)
		if (token_is(list, i, "x"))
			g_assert_true(token_is(list, token_macro(list, i), "NAME"));
	g_assert_cmpuint(token_macro(list, list->n - 1), ==, TOKEN_NONE);
	g_assert_cmpuint(list->n_directives, ==, 2);
	token_list_free(list);
}

static void hash_inside_a_line_is_no_directive(void)
{
	assert_flagged("x #define y\n", TOKEN_MACRO, "x # define y");
}

static void comment_continues_a_directive(void)
{
	assert_flagged("#define A /* 1\n2 */ b\nc", TOKEN_MACRO,
		       "# define A |/* 1\n2 */ |b c");
}

static void if_0_is_disabled(void)
{
	assert_flagged("a\n#if 0\nb\n#endif\nc", TOKEN_DISABLED,
		       "a # if 0 |b # endif c");
}

static void else_of_if_0_is_live(void)
{
	assert_flagged("#if 0\na\n#else\nb\n#endif\nc", TOKEN_DISABLED,
		       "# if 0 |a # else b # endif c");
}

static void else_of_if_1_is_disabled(void)
{
	assert_flagged("#if 1\na\n#elif X\nb\n#else\nc\n#endif\nd", TOKEN_DISABLED,
		       "# if 1 a # elif X |b # else |c # endif d");
}

static void elif_of_if_0_is_live(void)
{
	assert_flagged("#if 0\na\n#elif X\nb\n#elif 0\nc\n#endif", TOKEN_DISABLED,
		       "# if 0 |a # elif X b # elif 0 |c # endif");
}

static void if_0_nests(void)
{
	assert_flagged("#if 0\n#if 1\na\n#else\nb\n#endif\nc\n#endif\nd", TOKEN_DISABLED,
		       "# if 0 |# |if |1 |a |# |else |b |# |endif |c # endif d");
}

static void undecided_condition_is_live(void)
{
	assert_flagged("#if 0 || X\na\n#endif\n#if 0 && X\nb\n#endif", TOKEN_DISABLED,
		       "# if 0 || X a # endif # if 0 && X |b # endif");
}

static void header_name_and_error_text_are_strings(void)
{
	assert_tokens("#include <linux/bv_len.h>\n#error don't use bv_len\nx",
		      "# include <linux/bv_len.h> # error don't use bv_len x");
}

static void positions_count_from_one(void)
{
	static const char text[] = "a\n\tb /*\n*/ c\\\n d";
	struct token_list *list = token_list_new(text, strlen(text));

	g_assert_cmpuint(list->v[0].line, ==, 1);
	g_assert_cmpuint(list->v[1].line, ==, 2);
	g_assert_cmpuint(list->v[1].column, ==, 2);
	g_assert_cmpuint(list->v[3].line, ==, 3);
	g_assert_cmpuint(list->v[3].column, ==, 4);
	g_assert_cmpuint(list->v[4].line, ==, 4);
	g_assert_cmpuint(list->v[4].column, ==, 2);
	token_list_free(list);
}

static void empty_text_has_no_token(void)
{
	assert_tokens("", "");
	assert_tokens(" \n\\\n", "");
}

/* Every prefix, in memory that ends with it, so that sanitizers can see. */
static void any_prefix_survives(void)
{
	static const char text[] =
		"#if 0 /* x\n*/\r\n#else\\\n#define A(b) \"c\\\\\"'\\''##b \\\n <<= \0\xff 1e+\n"
		"#endif // \\\n\"\\\n#include <x\n#error 'y \n.5.->...\\";
	gsize len;

	for (len = 0; len <= sizeof(text); len++) {
		char *copy = g_malloc(len + 1);
		struct token_list *list;
		guint i, last = 0;

		memcpy(copy + 1, text, len);
		list = token_list_new(copy + 1, len);
		for (i = 0; i < list->n; i++) {
			g_assert_cmpuint(list->v[i].start, >=, last);
			g_assert_cmpuint(list->v[i].end, >, list->v[i].start);
			last = list->v[i].end;
		}
		g_assert_cmpuint(last, <=, len);
		token_list_free(list);
		g_free(copy);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/token/longest-punctuator", longest_punctuator);
	g_test_add_func("/token/numbers", numbers);
	g_test_add_func("/token/strings-and-characters", strings_and_characters);
	g_test_add_func("/token/open-string-ends-with-its-line", open_string_ends_with_its_line);
	g_test_add_func("/token/open-comment-ends-with-the-text", open_comment_ends_with_the_text);
	g_test_add_func("/token/continuation-splits-anything", continuation_splits_anything);
	g_test_add_func("/token/backslash-alone-is-a-token", backslash_alone_is_a_token);
	g_test_add_func("/token/macro-body-is-flagged", macro_body_is_flagged);
	g_test_add_func("/token/macro-name-is-known", macro_name_is_known);
	g_test_add_func("/token/hash-inside-a-line-is-no-directive",
			hash_inside_a_line_is_no_directive);
	g_test_add_func("/token/comment-continues-a-directive", comment_continues_a_directive);
	g_test_add_func("/token/if-0-is-disabled", if_0_is_disabled);
	g_test_add_func("/token/else-of-if-0-is-live", else_of_if_0_is_live);
	g_test_add_func("/token/else-of-if-1-is-disabled", else_of_if_1_is_disabled);
	g_test_add_func("/token/elif-of-if-0-is-live", elif_of_if_0_is_live);
	g_test_add_func("/token/if-0-nests", if_0_nests);
	g_test_add_func("/token/undecided-condition-is-live", undecided_condition_is_live);
	g_test_add_func("/token/header-name-and-error-text-are-strings",
			header_name_and_error_text_are_strings);
	g_test_add_func("/token/positions-count-from-one", positions_count_from_one);
	g_test_add_func("/token/empty-text-has-no-token", empty_text_has_no_token);
	g_test_add_func("/token/any-prefix-survives", any_prefix_survives);
	return g_test_run();
}
