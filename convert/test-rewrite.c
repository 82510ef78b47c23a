// SPDX-License-Identifier: GPL-2.0-only
/*
 * Token rules: what they match, what they leave alone, which rules are refused.
 */
#include <string.h>

#include "rewrite.h"

/* Stores before reads, as a recipe has them. */
static const char rules[] =
	"/// subject\n"
	"// comment\n"
	"@ add @\npostfix E;\nexpression X;\n@@\n- E->len += X\n+ add_len(E, X)\n"
	"@ set @\npostfix E;\nexpression X;\n@@\n- E->len = X\n+ set_len(E, X)\n"
	"@ set_of @\nlvalue E;\nexpression X;\n@@\n- E.len = X\n+ set_len(&E, X)\n"
	"@ get @\npostfix E;\nnot lvalue;\n@@\n- E->len\n+ len(E)\n"
	"@ get_of @\nlvalue E;\nnot lvalue;\n@@\n- E.len\n+ len(&E)\n";

static char *apply(const char *rule_text, const char *text, guint *n)
{
	g_autoptr(GError) error = NULL;
	struct rewrite *rewrite;
	char *out;
	gsize len;

	rewrite = rewrite_parse("r", rule_text, strlen(rule_text), &error);
	g_assert_no_error(error);
	out = rewrite_apply(rewrite, text, strlen(text), FALSE, &len, n, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(strlen(out), ==, len);
	rewrite_free(rewrite);
	return out;
}

static void assert_rules(const char *rule_text, const char *text,
			 const char *result)
{
	guint n, again;
	g_autofree char *out = apply(rule_text, text, &n);
	g_autofree char *second = apply(rule_text, out, &again);

	g_assert_cmpstr(out, ==, result);
	g_assert_cmpint(n > 0, ==, strcmp(text, result) != 0);
	g_assert_cmpstr(second, ==, out);
	g_assert_cmpuint(again, ==, 0);
}

static void assert_rewrite(const char *text, const char *result)
{
	assert_rules(rules, text, result);
}

static void assert_same(const char *text)
{
	assert_rules(rules, text, text);
}

static void read_of_member(void)
{
	assert_rewrite("x = a->len;", "x = len(a);");
	assert_rewrite("x = a.len;", "x = len(&a);");
}

static void postfix_is_maximal(void)
{
	assert_rewrite("x + a.b[i + 1]->c(d, e)->len;", "x + len(a.b[i + 1]->c(d, e));");
	assert_rewrite("y = (*fn)(x)->len;", "y = len((*fn)(x));");
	assert_rewrite("y = p++->len;", "y = len(p++);");
}

static void unary_operators_stay_outside(void)
{
	assert_rewrite("y = !a->len;", "y = !len(a);");
	assert_rewrite("y = *a.len;", "y = *len(&a);");
	assert_rewrite("y = x - -a->len;", "y = x - -len(a);");
	assert_rewrite("y = sizeof a->len;", "y = sizeof len(a);");
}

static void casts_stay_outside(void)
{
	assert_rewrite("y = (unsigned int)a.len;", "y = (unsigned int)len(&a);");
	assert_rewrite("y = (u32)(a)->len;", "y = (u32)len(a);");
	assert_rewrite("y = (struct s *)(a)->len;", "y = (struct s *)len(a);");
}

static void keywords_stay_outside(void)
{
	assert_rewrite("return (a)->len;", "return len(a);");
	assert_rewrite("if (x) a->len = 1;", "if (x) set_len(a, 1);");
	assert_rewrite("if (x) (a)->len = 1;", "if (x) set_len(a, 1);");
	assert_rewrite("else (a)->len = 1;", "else set_len(a, 1);");
	assert_rewrite("case a->len:", "case len(a):");
}

static void parenthesised_pointer_is_an_lvalue(void)
{
	assert_rewrite("y = (*p).len;", "y = len(&(*p));");
	assert_rewrite("y = ((a)).len;", "y = len(&((a)));");
}

static void address_of_rvalue_is_not_taken(void)
{
	assert_same("y = f(x).len;");
	assert_same("y = f(x).b.len;");
	assert_same("y = (f(x)).len;");
	assert_rewrite("y = f(x)->b.len;", "y = len(&f(x)->b);");
}

static void designator_is_no_member_access(void)
{
	assert_same("struct s x = { .len = 1, .b.len = 2, [0].len = 3 };");
}

static void store_ends_where_its_value_does(void)
{
	assert_rewrite("for (a->len = f(x, y), b = 1; ;)", "for (set_len(a, f(x, y)), b = 1; ;)");
	assert_rewrite("while ((a->len += n) < m);", "while ((add_len(a, n)) < m);");
	assert_rewrite("a->len = x ? y : z;", "set_len(a, x ? y : z);");
	assert_rewrite("x ? a->len : b->len;", "x ? len(a) : len(b);");
}

static void value_is_rewritten_too(void)
{
	assert_rewrite("a->len = b->len + c.len;", "set_len(a, len(b) + len(&c));");
	assert_rewrite("a->len = b->len = 0;", "set_len(a, set_len(b, 0));");
	assert_rewrite("f(a->len)->len", "len(f(len(a)))");
}

static void modification_is_no_read(void)
{
	assert_same("a->len++;");
	assert_same("--a->len;");
	assert_same("a->len <<= 1;");
	assert_same("f(&a->len);");
	assert_same("f(&(a->len));");
	assert_same("x && f(&a.len);");
	assert_same("p = (u32 *)&a->len;");
	assert_same("a->len.x = 1;");
}

static void binary_and_is_a_read(void)
{
	assert_rewrite("x & a->len", "x & len(a)");
	assert_rewrite("f(x) & a->len", "f(x) & len(a)");
	assert_rewrite("a->len->x = 1;", "len(a)->x = 1;");
}

static void comments_and_strings_never_match(void)
{
	assert_same("/* a->len */ f(\"a->len\"); // a->len\n");
}

static void comment_is_never_lost(void)
{
	assert_same("a->/* why */len = 1;");
	assert_rewrite("a->len = f(/* why */ x);", "set_len(a, f(/* why */ x));");
}

static void directive_is_never_crossed(void)
{
	assert_same("a->len =\n#ifdef X\n\t1;\n#else\n\t2;\n#endif\n");
	assert_same("a\n#define X\n->len\n");
}

static void macro_body_ends_an_expression(void)
{
	assert_rewrite("#define M(a) a->len = 1\nb", "#define M(a) set_len(a, 1)\nb");
}

static void pasted_names_do_not_match(void)
{
	assert_same("#define M(a) a->len##x + #len\n");
	assert_rewrite("#define M(a) x##a->len\n", "#define M(a) len(x##a)\n");
}

static void argument_loses_its_parentheses(void)
{
	assert_rewrite("(a)->len", "len(a)");
	assert_rewrite("((a + 1))->len = (b);", "set_len(a + 1, b);");
	assert_rewrite("(a, b)->len", "len((a, b))");
	assert_rewrite("({ a; })->len", "len(({ a; }))");
	assert_rewrite("a->len = (b) + (c);", "set_len(a, (b) + (c));");
	assert_rewrite("(a).len", "len(&(a))");
}

static void continuation_keeps_its_column(void)
{
	assert_rewrite("#define M(a)\t\t\\\n\tf((a).len)\t\\\n\tg(a)\n",
		       "#define M(a)\t\t\\\n\tf(len(&(a)))\t\\\n\tg(a)\n");
	assert_rewrite("#define M(a) \\\n\tf(a->len, \\\n\t  x)\n",
		       "#define M(a) \\\n\tf(len(a), \\\n\t  x)\n");
	assert_rewrite("#define M(a)\t\t\\\n\tf(a->\t\t\\\n\t  len)\t\t\\\n\tg(a)\n",
		       "#define M(a)\t\t\\\n\tf(len(a))\t\\\n\tg(a)\n");
}

static void disabled_code_matches(void)
{
	assert_rewrite("#if 0\nx = a->len;\n#endif\n", "#if 0\nx = len(a);\n#endif\n");
}

static void only_macro(void)
{
	assert_rules("@ r @\npostfix E;\nonly macro;\n@@\n- E->len\n+ len(E)\n",
		     "#define M a->len\na->len\n", "#define M len(a)\na->len\n");
}

static void only_disabled(void)
{
	assert_rules("@ r @\npostfix E;\nonly disabled;\n@@\n- E->len\n+ len(E)\n",
		     "#if 0\na->len\n#endif\na->len\n", "#if 0\nlen(a)\n#endif\na->len\n");
}

static void metavariable_twice_is_the_same_text(void)
{
	assert_rules("@ r @\npostfix E;\nexpression X;\n@@\n- E->a = X; E->b = X;\n+ set(E, X);\n",
		     "p[i]->a = 1; p[i]->b = 1; q->a = 1; p->b = 1;",
		     "set(p[i], 1); q->a = 1; p->b = 1;");
}

static void identifiers_and_later_expressions(void)
{
	assert_rules("@ r @\nidentifier I;\nexpression X, Y;\n@@\n- old(X, I, Y)\n+ new(I, Y, X)\n",
		     "old(a[1, 2], b, c + d); old(a, b->c, d); gold(a, b, c);",
		     "new(b, c + d, a[1, 2]); old(a, b->c, d); gold(a, b, c);");
	assert_rules("@ r @\npostfix E;\n@@\n- get(&E->b)\n+ get2(E)\n",
		     "get(&a.b->c->b); get(&b->c);", "get2(a.b->c); get(&b->c);");
}

static void prose_is_changed_in_comments_alone(void)
{
	static const char text[] = "@ a @\nonly prose;\n@@\n- struct old\n+ struct new\n"
		"@ b @\nonly prose;\n@@\n- old\n+ entry\n";

	assert_rules(text, "/* a struct old, and olds, an old. */ old x = \"old\"; // struct\told",
		     "/* a struct new, and olds, an entry. */ old x = \"old\"; // struct\tnew");
	/* The blanks of a phrase stay, the end of a line too. */
	assert_rules(text, "/*\n * this struct\n * old\n */\n", "/*\n * this struct\n * new\n */\n");
	assert_rules("@ a @\nonly prose;\n@@\n- x->len\n+ its length\n", "/* x->len xx->len x->lens */",
		     "/* its length xx->len x->lens */");
}

static void file_that_is_no_c_is_prose_alone(void)
{
	static const char text[] = "@ a @\n@@\n- old\n+ new\n@ b @\nonly prose;\n@@\n- an old\n+ a new\n";
	g_autoptr(GError) error = NULL;
	struct rewrite *rewrite = rewrite_parse("r", text, strlen(text), &error);
	g_autofree char *out = NULL;
	gsize len;
	guint n;

	out = rewrite_apply(rewrite, "It's an old\none, old.", 22, TRUE, &len, &n, &error);
	g_assert_cmpstr(out, ==, "It's a new\none, old.");
	g_assert_cmpuint(n, ==, 1);
	rewrite_free(rewrite);
}

static void assert_refused(const char *text, const char *message)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(rewrite_parse("r", text, strlen(text), &error));
	g_assert_error(error, REWRITE_ERROR, REWRITE_ERROR_SYNTAX);
	g_assert_cmpstr(error->message, ==, message);
}

static void bad_rules_are_refused(void)
{
	assert_refused("", "r:1: no rule");
	assert_refused("x\n", "r:1: neither '-' nor '+' nor '@': 'x'");
	assert_refused("@ a\n", "r:1: a rule begins with '@ name @'");
	assert_refused("@ a @\npostfix E\n", "r:2: declaration without ';'");
	assert_refused("@ a @\nfoo E;\n", "r:2: unknown declaration 'foo'");
	assert_refused("@ a @\npostfix E, E;\n", "r:2: 'E' is declared twice");
	assert_refused("@ a @\npostfix 3;\n", "r:2: '3' is no name");
	assert_refused("@ a @\n@@\n- x\n", "r:4: 'a' needs a '-' and a '+' line");
	assert_refused("@ a @\n@@\n- x\n- y\n", "r:4: a second line of that kind in 'a'");
	assert_refused("@ a @\nexpression X;\n@@\n- X + 1\n+ 1\n",
		       "r:6: 'a' begins with an expression");
	assert_refused("@ a @\npostfix E;\n@@\n- E\n+ 1\n", "r:6: 'a' needs a token behind 'E'");
	assert_refused("@ a @\nexpression X;\n@@\n- y\n+ X\n", "r:6: 'X' is not in the '-' line");
	assert_refused("@ a @\nonly prose;\nnot lvalue;\n@@\n- x\n+ y\n",
		       "r:7: 'a' is for prose, and has other declarations");
	assert_refused("@ a @\n@@\n- x\n+ y\n@ a @\n", "r:5: a second rule 'a'");
}

static void assert_endless(const char *rule_text, const char *message)
{
	g_autoptr(GError) error = NULL;
	struct rewrite *rewrite;
	gsize len;
	guint n;

	rewrite = rewrite_parse("r", rule_text, strlen(rule_text), &error);
	g_assert_no_error(error);
	g_assert_null(rewrite_apply(rewrite, "x", 1, FALSE, &len, &n, &error));
	g_assert_error(error, REWRITE_ERROR, REWRITE_ERROR_ENDLESS);
	g_assert_cmpstr(error->message, ==, message);
	rewrite_free(rewrite);
}

static void endless_rules_are_errors(void)
{
	assert_endless("@ a @\n@@\n- x\n+ f(x)\n", "rule 'a' of 'r' matches its own result");
	assert_endless("@ a @\n@@\n- x\n+ y\n@ b @\n@@\n- y\n+ x\n",
		       "the rules of 'r' undo each other");
}

#define ADD(name, function) g_test_add_func("/rewrite/" name, function)

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("read-of-member", read_of_member);
	ADD("postfix-is-maximal", postfix_is_maximal);
	ADD("unary-operators-stay-outside", unary_operators_stay_outside);
	ADD("casts-stay-outside", casts_stay_outside);
	ADD("keywords-stay-outside", keywords_stay_outside);
	ADD("parenthesised-pointer-is-an-lvalue", parenthesised_pointer_is_an_lvalue);
	ADD("address-of-rvalue-is-not-taken", address_of_rvalue_is_not_taken);
	ADD("designator-is-no-member-access", designator_is_no_member_access);
	ADD("store-ends-where-its-value-does", store_ends_where_its_value_does);
	ADD("value-is-rewritten-too", value_is_rewritten_too);
	ADD("modification-is-no-read", modification_is_no_read);
	ADD("binary-and-is-a-read", binary_and_is_a_read);
	ADD("comments-and-strings-never-match", comments_and_strings_never_match);
	ADD("comment-is-never-lost", comment_is_never_lost);
	ADD("directive-is-never-crossed", directive_is_never_crossed);
	ADD("macro-body-ends-an-expression", macro_body_ends_an_expression);
	ADD("pasted-names-do-not-match", pasted_names_do_not_match);
	ADD("argument-loses-its-parentheses", argument_loses_its_parentheses);
	ADD("continuation-keeps-its-column", continuation_keeps_its_column);
	ADD("disabled-code-matches", disabled_code_matches);
	ADD("only-macro", only_macro);
	ADD("only-disabled", only_disabled);
	ADD("metavariable-twice-is-the-same-text", metavariable_twice_is_the_same_text);
	ADD("identifiers-and-later-expressions", identifiers_and_later_expressions);
	ADD("prose-is-changed-in-comments-alone", prose_is_changed_in_comments_alone);
	ADD("file-that-is-no-c-is-prose-alone", file_that_is_no_c_is_prose_alone);
	ADD("bad-rules-are-refused", bad_rules_are_refused);
	ADD("endless-rules-are-errors", endless_rules_are_errors);
	return g_test_run();
}
