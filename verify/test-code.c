// SPDX-License-Identifier: GPL-2.0-only
/*
 * test-code.c: which change of a preprocessed text can change the object.
 */
#include <string.h>

#include "code.h"

struct change {
	const char *name;	/* of the test */
	const char *before, *after;
	bool same;
};

#define F "static inline __attribute__((unused)) int f(int a) { return a; }\n"
#define G "static inline __attribute__((unused)) int f(int a) { return -a; }\n"

static const struct change changes[] = {
	{ "an-uncalled-inline-function", F "int x;\n", G "int x;\n", true },
	{ "one-that-is-not-there-at-all", "int x;\n", G "int x;\n", true },
	{ "one-that-is-called", F "int x(void) { return f(1); }\n", G "int x(void) { return f(1); }\n", false },
	{ "one-whose-address-is-taken", F "int (*x)(int) = f;\n", G "int (*x)(int) = f;\n", false },
	{ "one-that-assembly-names", F "asm(\"call f\");\n", G "asm(\"call f\");\n", false },
	{ "one-called-by-one-that-is-called", F "static inline int g(void) { return f(1); }\nint x(void) { return g(); }\n",
	  G "static inline int g(void) { return f(1); }\nint x(void) { return g(); }\n", false },
	{ "one-called-by-one-that-is-not", F "static inline int g(void) { return f(1); }\nint x;\n",
	  G "static inline int g(void) { return f(1); }\nint x;\n", true },
	{ "one-declared-beforehand", "static inline int f(int a);\n" F, "static inline int f(int a);\n" G, false },
	{ "one-that-is-only-static", "static int f(void) { return 1; }\n", "static int f(void) { return 2; }\n", false },
	{ "one-that-is-extern", "extern inline int f(void) { return 1; }\n", "extern inline int f(void) { return 2; }\n",
	  false },
	{ "one-that-must-be-kept", "static inline __attribute__((__used__)) int f(void) { return 1; }\n",
	  "static inline __attribute__((__used__)) int f(void) { return 2; }\n", false },
	{ "one-with-a-variable-that-must-be-kept",
	  "static inline int f(void) { static int v __attribute__((section(\"s\"))); return 1; }\n",
	  "static inline int f(void) { static int v __attribute__((section(\"s\"))); return 2; }\n", false },
	{ "one-that-is-there-twice", F F, F G, false },
	{ "a-structure", "struct s { int a; };\n", "struct s { long a; };\n", false },
	{ "a-declaration", "int f(int);\n", "int f(long);\n", false },
	{ "an-initialiser", "static inline int f(void) { return 1; } int a[] = { 1, 2 };\n",
	  "static inline int f(void) { return 1; } int a[] = { 1, 3 };\n", false },
	{ "what-follows-a-structure-that-is-returned",
	  "static inline struct s *f(void) { return 0; }\nint x = 1;\n",
	  "static inline struct s *f(void) { return 0; }\nint x = 2;\n", false },
	{ "what-follows-an-uncalled-one", F "int x = 1;\n", F "int x = 2;\n", false },
	{ "a-brace-in-a-string", "static inline char *f(void) { return \"}\"; }\nint x = 1;\n",
	  "static inline char *f(void) { return \"}{\"; }\nint x = 1;\n", true },
	{ "a-quote-in-a-constant", "static inline int f(void) { return '\"' + '\\''; }\nint x = 1;\n",
	  "static inline int f(void) { return '\"'; }\nint x = 1;\n", true },
	{ "a-function-behind-a-quote", "static inline int f(void) { return '\"'; }\nint x = 1;\n",
	  "static inline int f(void) { return '\"'; }\nint x = 2;\n", false },
	{ "a-pragma", "#pragma pack(1)\nint x;\n", "#pragma pack(2)\nint x;\n", false },
	{ "a-line", "# 1 \"a.h\"\nint x;\n", "# 7 \"a.h\" 3\nint x;\n", true },
	{ "a-file", "# 1 \"a.h\"\nint x;\n", "# 1 \"b.h\"\nint x;\n", false },
	{ "a-file-that-begins-inside", "# 1 \"a.h\"\nint x = \n# 1 \"b.h\"\n1;\n", "# 1 \"a.h\"\nint x = \n# 1 \"c.h\"\n1;\n", false },
	{ "the-file-of-an-uncalled-one", "# 1 \"a.h\"\n" F "# 1 \"c.h\"\nint x;\n", "# 1 \"b.h\"\n" F "# 1 \"c.h\"\nint x;\n", true },
	{ "a-pragma-before-an-uncalled-one", "#pragma pack(1)\n" F "struct s { char c; int i; } x;\n",
	  F "struct s { char c; int i; } x;\n", false },
	{ "a-pragma-in-an-uncalled-one", "static inline int f(void)\n{\n#pragma weak x\n\treturn 1;\n}\nint x;\n",
	  "static inline int f(void)\n{\n\treturn 1;\n}\nint x;\n", false },
	{ "one-that-takes-the-address-of-a-static", "static int v;\nstatic inline int *f(void) { return &v; }\n",
	  "static int v;\nstatic inline int *f(void) { return 0; }\n", false },
	{ "the-only-user-of-a-static-array", "static const int v[] = { 1 };\nstatic inline int f(void) { return v[0]; }\n",
	  "static const int v[] = { 1 };\nstatic inline int f(void) { return 1; }\n", false },
	{ "the-only-user-of-a-static-function", "static int g(int a) { return a; }\nstatic inline int f(void) { return g(1); }\n",
	  "static int g(int a) { return a; }\nstatic inline int f(void) { return 1; }\n", false },
	{ "the-user-of-a-static-with-attributes",
	  "static struct s v __attribute__((aligned(8))) = { 1 };\nstatic inline void *f(void) { return &v; }\n",
	  "static struct s v __attribute__((aligned(8))) = { 1 };\nstatic inline void *f(void) { return 0; }\n", false },
	{ "the-user-of-a-static-pointer-to-a-function",
	  "static int (*v)(int);\nstatic inline void *f(void) { return &v; }\n",
	  "static int (*v)(int);\nstatic inline void *f(void) { return 0; }\n", false },
	{ "one-that-has-words-of-a-static-but-not-its-name", "static const struct s v;\n" F, "static const struct s v;\n" G, true },
	{ "one-that-declares-something-weak", "static inline int f(void) { extern int g(void) __attribute__((weak)); return 1; }\n",
	  "static inline int f(void) { extern int g(void); return 1; }\n", false },
	{ "one-that-declares-a-variable", "static inline int f(void) { extern int v; return 1; }\n",
	  "static inline int f(void) { return 1; }\n", false },
	{ "one-that-declares-without-saying-extern",
	  "static inline int f(int a) { a++; void *g(void) __attribute__((weak)); return 1; }\n",
	  "static inline int f(int a) { a++; return 1; }\n", false },
	{ "one-that-declares-behind-an-attribute",
	  "static inline int f(int a) { __attribute__((weak)) void g(void); return 1; }\n",
	  "static inline int f(int a) { return 1; }\n", false },
	{ "one-with-an-assertion",
	  "static inline int f(int a) { do { __attribute__((__noreturn__)) extern void __compiletime_assert_7(void) "
	  "__attribute__((__error__(\"a\"))); if (a) __compiletime_assert_7(); } while (0); return 1; }\nint x;\n",
	  "static inline int f(int a) { return 1; }\nint x;\n", true },
	{ "one-that-calls-in-many-ways",
	  "static inline int f(int a) { if (a) return g(a); else h(a); do g(1); while (a * g(2)); goto out; case 1: g(3); "
	  "a = (unsigned long)g(4); asm volatile(\"\"); out: return sizeof(a); }\nint x;\n",
	  "static inline int f(int a) { return 1; }\nint x;\n", true },
	{ "a-type-in-the-head", "static inline struct s { int a; } *f(void) { return 0; }\nint x = sizeof(struct s);\n",
	  "static inline struct s { char a; } *f(void) { return 0; }\nint x = sizeof(struct s);\n", false },
	{ "what-is-written-as-in-the-seventies", "int g(a) int a; { return a + 1; }\n" F "int x;\n",
	  "int g(a) int a; { return a + 2; }\n" F "int x;\n", false },
	{ "an-attribute-behind-the-parameters",
	  "static inline int f(int a) __attribute__((pure)) { return 1; }\nint x;\n",
	  "static inline int f(int a) __attribute__((pure)) { return 2; }\nint x;\n", true },
	{ "one-that-returns-a-function", "static inline int (*f(int a))(int) { return 0; }\nint x;\n",
	  "static inline int (*f(int a))(int) { return 1; }\nint x;\n", false },
	{ "a-name-that-is-part-of-another", F "int ff;\n", G "int ff;\n", true },
	{ "what-is-not-ended", "static inline int f(void) { return 1;\n", "static inline int f(void) { return 2;\n", false },
};

static void test(gconstpointer data)
{
	const struct change *change = data;
	g_autofree char *before = code_sum(change->before), *after = code_sum(change->after);

	g_test_message("%s", change->name);
	g_assert_cmpint(!strcmp(before, after), ==, change->same);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autofree char *name = g_strconcat("/code/", changes[i].same ? "not-" : "", changes[i].name, NULL);

		g_test_add_data_func(name, &changes[i], test);
	}
	return g_test_run();
}
