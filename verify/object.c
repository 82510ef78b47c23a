// SPDX-License-Identifier: GPL-2.0-only
/*
 * object.c: one object file and kbuild's own command for it. See object.h.
 *
 * What follows the compiler in the command (objtool, a linker pass, symbol
 * versions) is dropped: it does not decide whether the object compiles. The
 * sum is taken over the expanded text without line numbers and without the
 * definitions -dU adds: equal sums are equal input for the compiler proper.
 */
#define _GNU_SOURCE
#include <string.h>

#include "fact.h"
#include "lines.h"
#include "object.h"

/* A number that nobody else uses and that fits where the kernel keeps lines. */
#define LINE_STANDS_FOR "60013"

struct object *object_new(const char *source)
{
	struct object *object = g_new0(struct object, 1);

	object->source = g_strdup(source);
	object->path = object_path(source);
	return object;
}

void object_forget(struct object *object)
{
	g_clear_pointer(&object->includes, g_hash_table_unref);
	g_clear_pointer(&object->line_uses, g_hash_table_unref);
	g_clear_pointer(&object->sum, g_free);
	g_clear_pointer(&object->code, g_free);
	g_clear_pointer(&object->checker_sum, g_free);
	g_clear_pointer(&object->complaint, g_free);
	g_clear_pointer(&object->checker_complaint, g_free);
	object->accident = false;
}

void object_free(struct object *object)
{
	object_forget(object);
	g_free(object->path);
	g_free(object->source);
	g_strfreev(object->flags);
	g_strfreev(object->checker);
	g_free(object->input);
	g_free(object);
}

char *object_path(const char *source)
{
	const char *dot = strrchr(source, '.');

	return g_strdup_printf("%.*s.o", (int)(dot ? dot - source : (long)strlen(source)), source);
}

/* The words of the first len bytes of a command, without kbuild's dependency file. */
static char **read_flags(const char *line, gsize len)
{
	g_autofree char *text = g_strndup(line, len);
	g_autoptr(GStrvBuilder) kept = g_strv_builder_new();
	g_auto(GStrv) argv = NULL;

	if (!g_shell_parse_argv(text, NULL, &argv, NULL))
		return NULL;
	for (char **arg = argv; *arg; arg++)
		if (!g_str_has_prefix(*arg, "-Wp,-MMD,") && !g_str_has_prefix(*arg, "-Wp,-MD,"))
			g_strv_builder_add(kept, *arg);
	return g_strv_builder_end(kept);
}

/* The checker's command; its last word is the source. */
static char **read_checker(const char *line)
{
	const char *end = line ? strrchr(line, ' ') : NULL;

	return end ? read_flags(line, end - line) : NULL;
}

bool object_take_command(struct object *object, const char *record)
{
	g_autofree char *output = g_strdup_printf(" -c -o %s ", object->path);
	g_auto(GStrv) lines = g_strsplit(record, "\n", 3), flags = NULL;
	const char *blank = lines[0] ? strchr(lines[0], ' ') : NULL;
	const char *at = blank ? strstr(blank, output) : NULL;
	const char *input = at ? at + strlen(output) : NULL;

	flags = input ? read_flags(blank + 1, at - blank - 1) : NULL;
	if (!flags)
		return false;
	input += strspn(input, " \t");
	g_strfreev(object->flags);
	g_strfreev(object->checker);
	g_free(object->input);
	object->flags = g_steal_pointer(&flags);
	object->checker = read_checker(lines[1]);
	object->input = g_strndup(input, strcspn(input, " \t;"));
	object->selected = g_str_has_prefix(record, "selected ");
	return true;
}

void object_forget_command(struct object *object)
{
	object->had_command = object->flags != NULL;
	g_clear_pointer(&object->flags, g_strfreev);
	g_clear_pointer(&object->checker, g_strfreev);
	g_clear_pointer(&object->input, g_free);
	object->selected = false;
}

void object_take_model(struct object *object, const struct object *model)
{
	static const char *const language[] = { "-x", "c", NULL };
	g_autoptr(GStrvBuilder) flags = g_strv_builder_new();
	gsize root = strlen(model->input) - strlen(model->source);

	g_strv_builder_addv(flags, (const char **)model->flags);
	g_strv_builder_addv(flags, (const char **)language);
	g_strfreev(object->flags);
	g_free(object->input);
	object->flags = g_strv_builder_end(flags);
	object->input = g_strdup_printf("%.*s%s", (int)root, model->input, object->source);
	object->selected = true;
}

/* The flags of the command, more behind them and, unless it is NULL, the input. */
static char **with_flags(const struct object *object, const char *const *more, const char *input)
{
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();

	g_strv_builder_addv(argv, (const char **)object->flags);
	g_strv_builder_addv(argv, (const char **)more);
	if (input)
		g_strv_builder_add(argv, input);
	return g_strv_builder_end(argv);
}

/* Whether the command, behind a wrapper or not, runs clang. */
static bool is_clang(const struct object *object)
{
	for (char **word = object->flags; *word && **word != '-'; word++) {
		g_autofree char *name = g_path_get_basename(*word);

		if (g_str_has_prefix(name, "clang"))
			return true;
	}
	return false;
}

char **object_directives(const struct object *object)
{
	const char *const more[] = { "-E", "-fdirectives-only", NULL };

	return with_flags(object, more, object->input);
}

char **object_expand(const struct object *object)
{
	/* Lines of a header that move change no verdict, but every text with a WARN() in it. */
	const char *const clang[] = { "-E", "-Wno-builtin-macro-redefined", "-D__LINE__=" LINE_STANDS_FOR, NULL };
	/* Where a macro's words come from is for messages about code, and takes gcc nearly half of its time. */
	const char *const gcc[] = { "-E", "-dU", "-ftrack-macro-expansion=0", "-Wno-builtin-macro-redefined",
		"-D__LINE__=" LINE_STANDS_FOR, NULL };

	return with_flags(object, is_clang(object) ? clang : gcc, object->input);
}

char **object_compile(const struct object *object, const char *out)
{
	const char *const more[] = { "-c", "-o", out, NULL };

	return with_flags(object, more, object->input);
}

char **object_parse(const struct object *object)
{
	const char *const more[] = { "-fsyntax-only", NULL };

	return with_flags(object, more, object->input);
}

char **object_parse_expanded(const struct object *object)
{
	const char *const more[] = { "-fsyntax-only", "-fpreprocessed", "-x", "c", "-", NULL };

	return with_flags(object, more, NULL);
}

bool object_has_text(const struct object *object)
{
	return object->flags && !is_clang(object) && g_str_has_suffix(object->source, ".c");
}

char **object_compile_text(const struct object *object, const char *text, const char *out)
{
	/* gcc's manual, at -fdirectives-only: the two options together mean that macros are still to be expanded. */
	const char *const more[] = { "-fpreprocessed", "-fdirectives-only", "-x", "c", "-c", "-o", out, text, NULL };

	return with_flags(object, more, NULL);
}

static char **checker_with(const struct object *object, const struct checker *checker, const char *more)
{
	g_autoptr(GStrvBuilder) argv = g_strv_builder_new();

	g_strv_builder_addv(argv, (const char **)object->checker);
	g_strv_builder_addv(argv, (const char **)checker->flags);
	if (more)
		g_strv_builder_add(argv, more);
	g_strv_builder_add(argv, object->input);
	return g_strv_builder_end(argv);
}

char **object_checker_expand(const struct object *object, const struct checker *checker)
{
	return checker_with(object, checker, "-E");
}

char **object_check(const struct object *object, const struct checker *checker)
{
	return checker_with(object, checker, NULL);
}

char *object_complaint(const struct process *result, const char *root)
{
	g_autofree char *text = process_complaint(result), *prefix = g_strconcat(root, "/", NULL);
	g_auto(GStrv) parts = g_strsplit(text, prefix, -1);

	return g_strjoinv("", parts);
}

struct text_sum {
	const char *root;
	char *path;		/* the last one seen */
	GHashTable *includes;
	GHashTable *entered;	/* paths as the markers have them */
	GHashTable *line_uses;	/* see struct object */
	GChecksum *sum;
};

/* At each marker: a file that has nothing but directives leaves no line. */
static void enter_file(const char *path, gpointer data)
{
	struct text_sum *sum = data;
	char *below;

	if (g_hash_table_contains(sum->entered, path))
		return;
	g_hash_table_add(sum->entered, g_strdup(path));
	below = path_below(path, sum->root);
	if (below)
		g_hash_table_add(sum->includes, below);
}

/* Whether the text has what stands for __LINE__, as a word of its own. */
static bool uses_line(const char *text, gsize len)
{
	const char *end = text + len;

	for (const char *p = text; (p = memmem(p, end - p, LINE_STANDS_FOR, strlen(LINE_STANDS_FOR))); p++) {
		const char *after = p + strlen(LINE_STANDS_FOR);

		if ((p == text || !(g_ascii_isalnum(p[-1]) || p[-1] == '_')) &&
		    (after == end || !(g_ascii_isalnum(*after) || *after == '_')))
			return true;
	}
	return false;
}

static void sum_line(const char *path, guint line, const char *text, gsize len, gpointer data)
{
	struct text_sum *sum = data;

	if (strcmp(path, sum->path)) {
		g_free(sum->path);
		sum->path = g_strdup(path);
		g_checksum_update(sum->sum, (const guchar *)path, strlen(path) + 1);
	}
	if (*text == '#' && !g_str_has_prefix(text, "#pragma"))
		return;
	if (uses_line(text, len))
		g_hash_table_add(sum->line_uses, GUINT_TO_POINTER(line));
	g_checksum_update(sum->sum, (const guchar *)text, len);
	g_checksum_update(sum->sum, (const guchar *)"\n", 1);
}

void object_took_text(struct object *object, const struct process *result, const char *root)
{
	struct text_sum sum = { .root = root };
	g_auto(GStrv) warnings = NULL;

	object_forget(object);
	if (result->exit || result->timed_out) {
		object->complaint = object_complaint(result, root);
		object->accident = process_accident(result);
		return;
	}
	sum.path = g_strdup("");
	sum.includes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	sum.entered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	sum.line_uses = g_hash_table_new(NULL, NULL);
	sum.sum = g_checksum_new(G_CHECKSUM_SHA256);
	lines_each(result->out, sum_line, enter_file, &sum);
	/* A #warning leaves nothing in the text. */
	warnings = findings_read(result->err, "warning", root);
	for (char **warning = warnings; *warning; warning++)
		g_checksum_update(sum.sum, (const guchar *)*warning, strlen(*warning) + 1);
	object->sum = g_strdup(g_checksum_get_string(sum.sum));
	object->includes = sum.includes;
	object->line_uses = sum.line_uses;
	g_checksum_free(sum.sum);
	g_hash_table_unref(sum.entered);
	g_free(sum.path);
}

void object_took_checker_text(struct object *object, const struct process *result, const char *root)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	g_clear_pointer(&object->checker_sum, g_free);
	g_clear_pointer(&object->checker_complaint, g_free);
	if (result->exit || result->timed_out) {
		object->checker_complaint = object_complaint(result, root);
		return;
	}
	g_checksum_update(sum, (const guchar *)result->out, result->out_len);
	/* What it says of a macro or an include leaves nothing in the text. */
	g_checksum_update(sum, (const guchar *)result->err, strlen(result->err));
	object->checker_sum = g_strdup(g_checksum_get_string(sum));
}

char *object_key(const struct object *object, const char *version, const char *compiler)
{
	g_autofree char *flags = g_strjoinv("\n", object->flags);

	return cache_key(version, compiler, flags, object->input, object->sum, NULL);
}

char *object_checker_key(const struct object *object, const char *version, const struct checker *checker)
{
	g_autofree char *flags = g_strjoinv("\n", object->checker), *more = g_strjoinv("\n", checker->flags);

	return cache_key(version, checker->version, flags, more, object->input, object->checker_sum, NULL);
}
