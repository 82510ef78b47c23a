// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which sites the scanner finds, of what kind, and in which function.
 */
#include <string.h>

#include "scan.h"

/* Sites of `w` and `v` as "word:kind:function[:ordinal][<owner]". */
static char *describe(const char *path, const char *text)
{
	static const char *const list[] = { "w", "v", NULL };
	struct words *words = words_new(list);
	g_autoptr(GArray) sites = scan_sites(path, text, strlen(text), words);
	GString *out = g_string_new(NULL);
	guint i;

	for (i = 0; i < sites->len; i++) {
		const struct site *s = &g_array_index(sites, struct site, i);

		g_string_append_printf(out, "%s%s:%s:%s", i ? " " : "", s->word,
				       site_kind_name(s->kind), s->function);
		if (s->ordinal)
			g_string_append_printf(out, ":%u", s->ordinal);
		if (s->owner)
			g_string_append_printf(out, "<%s", s->owner);
	}
	words_free(words);
	return g_string_free(out, FALSE);
}

static void assert_path(const char *path, const char *text, const char *sites)
{
	g_autofree char *got = describe(path, text);

	g_assert_cmpstr(got, ==, sites);
}

static void assert_sites(const char *text, const char *sites)
{
	assert_path("a.c", text, sites);
}

static void whole_words_only(void)
{
	assert_sites("int f(void)\n{\n\treturn w + w2 + xw + _w + s->w;\n}\n",
		     "w:code:f:1 w:code:f:2");
}

static void string_is_not_code(void)
{
	assert_sites("int f(void)\n{\n\tp(\"w\", 'v');\n}\n", "w:string:f v:string:f");
}

static void escape_is_no_part_of_a_word(void)
{
	assert_sites("char *s = \"\\nw\\x41v\\101w\";\n", "w:string:s v:string:s w:string:s");
}

static void comment_is_not_code(void)
{
	assert_sites("/* w */\nint f(void)\n{\n\t// bv->w, w's\n}\n",
		     "w:comment:- w:comment:f w:comment:f");
}

static void macro_has_its_own_name(void)
{
	assert_sites("int f(void)\n{\n#define M(w) \\\n\t(w)\n\tw;\n}\n",
		     "w:macro:M:1 w:macro:M:2 w:code:f:1");
}

static void if_0_is_disabled(void)
{
	assert_sites("int f(void)\n{\n#if 0\n\tw;\n#else\n\tw;\n#endif\n}\n",
		     "w:disabled:f:1 w:code:f:2");
}

static void other_languages(void)
{
	assert_path("arch/a.S", "/* w */\n\tmov w\n", "w:other:- w:other:-");
	assert_path("rust/a.rs", "// v\n", "v:other:-");
	assert_path("a/Makefile", "w := v\n", "w:other:- v:other:-");
	assert_path("Documentation/a.c", "int w;\n", "w:doc:-");
	assert_path("a/README.md", "`w`\n", "w:doc:-");
	assert_path("a/b.y", "int w;\n", "w:code:w:1");
}

static void line_and_column(void)
{
	static const char *const list[] = { "w", NULL };
	struct words *words = words_new(list);
	g_autoptr(GArray) sites = scan_sites("a.c", "\n\n\t  w", 6, words);
	const struct site *site = &g_array_index(sites, struct site, 0);

	g_assert_cmpuint(sites->len, ==, 1);
	g_assert_cmpuint(site->line, ==, 3);
	g_assert_cmpuint(site->column, ==, 4);
	g_assert_cmpuint(site->offset, ==, 5);
	words_free(words);
}

static void split_word_is_a_site(void)
{
	static const char *const list[] = { "bv_len", NULL };
	struct words *words = words_new(list);
	g_autoptr(GArray) sites = scan_sites("a.c", "bv_\\\nlen", 8, words);

	g_assert_cmpuint(sites->len, ==, 1);
	words_free(words);
}

static void head_belongs_to_its_function(void)
{
	assert_sites("static struct w *\nf(struct w *x, int y)\n\t__must_hold(z)\n{\n}\n",
		     "w:code:f:1 w:code:f:2");
	assert_sites("int g(struct w *x);\n", "w:code:g:1");
}

static void attributes_are_no_functions(void)
{
	assert_sites("static __printf(1, 2) __cold int __init f(w x)\n{\n}\n", "w:code:f:1");
	assert_sites("void __f(w x) __acquires(a) __releases(b)\n{\n}\n", "w:code:__f:1");
	assert_sites("__attribute__((x)) void f(w x)\n{\n}\n", "w:code:f:1");
}

static void call_without_semicolon_is_no_function(void)
{
	assert_sites("MODULE_X(\"a\")\nstatic int f(w x)\n{\n}\n", "w:code:f:1");
}

static void macro_makes_a_function(void)
{
	assert_sites("SYSCALL_DEFINE2(read, int, fd)\n{\n\tw;\n}\n", "w:code:read:1");
	assert_sites("static int FNAME(walk)(int a)\n{\n\tw;\n}\n", "w:code:walk:1");
}

static void function_returning_function_pointer(void)
{
	assert_sites("static int (*f(int a))(int)\n{\n\tw;\n}\n", "w:code:f:1");
}

static void initialiser_has_the_variables_name(void)
{
	assert_sites("static const struct t x[] __init = {\n\t{ .w = 1 }, {\n\t.v = 2 },\n};\n",
		     "w:code:x:1 v:code:x:1");
	assert_sites("static DEFINE_PER_CPU(struct t, x) = { w };\n", "w:code:x:1");
	assert_sites("int (*x[2])(int) = { w };\n", "w:code:x:1");
	assert_sites("struct t x = {\n{\n}, {\n\tw\n} };\nint f(void)\n{\n\tw;\n}\n",
		     "w:code:x:1 w:code:f:1");
}

static void member_has_an_owner(void)
{
	assert_sites("struct s {\n\tint w;\n\tint *a, *v;\n};\n", "w:code:s:1<s v:code:s:1<s");
	assert_sites("struct s {\n\tunion {\n\t\tint w:3;\n\t};\n\tint v[2];\n} __packed;\n",
		     "w:code:s:1<s v:code:s:1<s");
	assert_sites("struct s {\n\tint (*w)(int v);\n};\n", "w:code:s:1<s v:code:s:1");
	assert_sites("typedef struct {\n\tint w;\n} t_t;\n", "w:code:t_t:1<t_t");
	assert_sites("int f(void)\n{\n\tstruct s {\n\t\tint w;\n\t} x;\n}\n", "w:code:f:1<s");
}

static void type_of_a_member_is_no_member(void)
{
	assert_sites("struct s {\n\tstruct w a;\n\tw b;\n\tint c[v];\n};\n",
		     "w:code:s:1 w:code:s:2 v:code:s:1");
	assert_sites("enum e {\n\tw,\n};\n", "w:code:e:1");
}

static void branches_may_repeat_a_head(void)
{
	assert_sites("#ifdef A\nint f(int a)\n{\n#else\nint g(void)\n{\n#endif\n\tw;\n}\n"
		     "int h(void)\n{\n\tw;\n}\n",
		     "w:code:f:1 w:code:h:1");
	assert_sites("#ifdef A\nint f(int a)\n{\n\tw;\n#else\nint g(void)\n{\n\tw;\n#endif\n}\n",
		     "w:code:f:1 w:code:g:1");
}

static void branches_may_repeat_a_brace(void)
{
	assert_sites("int f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t}\n\tw;\n}\n"
		     "int h(void)\n{\n\tw;\n}\n",
		     "w:code:f:1 w:code:h:1");
}

static void brace_in_column_1_ends_a_function(void)
{
	assert_sites("int f(void)\n{\n\tX {\n\tw;\n}\n\nint h(void)\n{\n\tw;\n}\n",
		     "w:code:f:1 w:code:h:1");
}

static void extern_c_is_no_scope(void)
{
	assert_sites("extern \"C\" {\nint f(void)\n{\n\tw;\n}\n}\n", "w:code:f:1");
}

static void ordinals_count_code_of_one_function(void)
{
	assert_sites("int f(void)\n{\n\tw; /* w */ v; w;\n}\nint g(void)\n{\n\tw;\n}\n",
		     "w:code:f:1 w:comment:f v:code:f:1 w:code:f:2 w:code:g:1");
}

/* The words at every offset, among others that look like them. */
static void prefilter_sees_every_offset(void)
{
	static const char *const list[] = { "bv_len", "bio_vec", "ab", NULL };
	struct words *words = words_new(list);
	char text[700], other[sizeof(text)];
	gsize at;

	for (at = 0; at < sizeof(text); at++)
		other[at] = "bv_lem bio_vek "[at % 15];
	g_assert_false(words_occur(words, other, sizeof(other)));
	for (at = 0; at + 8 <= sizeof(text); at++) {
		memcpy(text, other, sizeof(text));
		memcpy(text + at, " bv_len ", 8);
		g_assert_true(words_occur(words, text, sizeof(text)));
		text[at] = '_';
		g_assert_false(words_occur(words, text, sizeof(text)));
		memcpy(text + at, " bv_len2", 8);
		g_assert_false(words_occur(words, text, sizeof(text)));
	}
	words_free(words);
}

static void prefilter_sees_the_ends(void)
{
	static const char *const list[] = { "bv_len", "ab", NULL };
	struct words *words = words_new(list);

	g_assert_true(words_occur(words, "bv_len", 6));
	g_assert_false(words_occur(words, "bv_len", 5));
	g_assert_true(words_occur(words, "(ab)", 4));
	g_assert_true(words_occur(words, "ab", 2));
	g_assert_false(words_occur(words, "abc", 3));
	g_assert_false(words_occur(words, "ab", 1));
	g_assert_false(words_occur(words, "", 0));
	words_free(words);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/scan/whole-words-only", whole_words_only);
	g_test_add_func("/scan/string-is-not-code", string_is_not_code);
	g_test_add_func("/scan/escape-is-no-part-of-a-word", escape_is_no_part_of_a_word);
	g_test_add_func("/scan/comment-is-not-code", comment_is_not_code);
	g_test_add_func("/scan/macro-has-its-own-name", macro_has_its_own_name);
	g_test_add_func("/scan/if-0-is-disabled", if_0_is_disabled);
	g_test_add_func("/scan/other-languages", other_languages);
	g_test_add_func("/scan/line-and-column", line_and_column);
	g_test_add_func("/scan/split-word-is-a-site", split_word_is_a_site);
	g_test_add_func("/scan/head-belongs-to-its-function", head_belongs_to_its_function);
	g_test_add_func("/scan/attributes-are-no-functions", attributes_are_no_functions);
	g_test_add_func("/scan/call-without-semicolon-is-no-function",
			call_without_semicolon_is_no_function);
	g_test_add_func("/scan/macro-makes-a-function", macro_makes_a_function);
	g_test_add_func("/scan/function-returning-function-pointer",
			function_returning_function_pointer);
	g_test_add_func("/scan/initialiser-has-the-variables-name",
			initialiser_has_the_variables_name);
	g_test_add_func("/scan/member-has-an-owner", member_has_an_owner);
	g_test_add_func("/scan/type-of-a-member-is-no-member", type_of_a_member_is_no_member);
	g_test_add_func("/scan/branches-may-repeat-a-head", branches_may_repeat_a_head);
	g_test_add_func("/scan/branches-may-repeat-a-brace", branches_may_repeat_a_brace);
	g_test_add_func("/scan/brace-in-column-1-ends-a-function",
			brace_in_column_1_ends_a_function);
	g_test_add_func("/scan/extern-c-is-no-scope", extern_c_is_no_scope);
	g_test_add_func("/scan/ordinals-count-code-of-one-function",
			ordinals_count_code_of_one_function);
	g_test_add_func("/words/prefilter-sees-every-offset", prefilter_sees_every_offset);
	g_test_add_func("/words/prefilter-sees-the-ends", prefilter_sees_the_ends);
	return g_test_run();
}
