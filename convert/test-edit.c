// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of edit.c: where text goes, when a group holds, and that an edit never
 * does less than it says.
 */
#include <string.h>

#include "edit.h"
#include "test-repo.h"

static char *folder;

/* The tree that edits see. */
static const struct {
	const char *path, *content;
} tree[] = {
	{ "Makefile", "obj-y += a.o\nobj-y += b.o\nobj-y += c.o\n" },
	{ "Kconfig", "config A\n\nconfig B" },
	{ "empty", "" },
};

static char *read_tree(const char *path, gsize *len, gpointer data, GError **error)
{
	(void)data;
	if (!strcmp(path, "unreadable")) {
		fail(error, "the disk is gone");
		return NULL;
	}
	for (guint i = 0; i < G_N_ELEMENTS(tree); i++)
		if (!strcmp(tree[i].path, path)) {
			*len = strlen(tree[i].content);
			return g_strdup(tree[i].content);
		}
	return NULL;
}

/* Each file that an edit leaves, after its path; "+" for a new one. Or "error: ...". */
static char *result_of(const char *edit)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) results = edit_apply(folder, "x.edit", edit, read_tree, NULL, &error);
	GString *all = g_string_new(NULL);

	g_assert_true(!results == !!error);
	if (error) {
		g_assert_error(error, PROJECT_ERROR, STATUS_UNDECIDED);
		g_string_append_printf(all, "error: %s", error->message);
	}
	for (guint i = 0; results && i < results->len; i++) {
		const struct edited *e = results->pdata[i];

		g_assert_cmpuint(e->len, ==, strlen(e->content));
		g_string_append_printf(all, "%s%s:\n%s", e->created ? "+" : "", e->path, e->content);
	}
	return g_string_free(all, FALSE);
}

static const struct {
	const char *name, *edit, *result;
} edits[] = {
	{ "before-the-first-match", "[Makefile]\nbefore=^obj-y\nfirst=true\ntext=new\\n\n",
	  "Makefile:\nnew\nobj-y += a.o\nobj-y += b.o\nobj-y += c.o\n" },
	{ "before-the-line-of-the-match", "[Makefile]\nbefore=b[.]o$\ntext=new\\n\n",
	  "Makefile:\nobj-y += a.o\nnew\nobj-y += b.o\nobj-y += c.o\n" },
	{ "after-the-line-of-the-match", "[Makefile]\nafter=^obj-y .= a\ntext=new\\n\n",
	  "Makefile:\nobj-y += a.o\nnew\nobj-y += b.o\nobj-y += c.o\n" },
	{ "after-a-last-line-without-newline", "[Kconfig]\nafter=^config B$\ntext=new\\n\n",
	  "Kconfig:\nconfig A\n\nconfig B\nnew\n" },
	{ "append-to-a-last-line-without-newline", "[Kconfig]\nappend=true\ntext=new\\n\n",
	  "Kconfig:\nconfig A\n\nconfig B\nnew\n" },
	{ "append-to-nothing", "[empty]\nappend=true\ntext=new\\n\n", "empty:\nnew\n" },
	{ "text-gets-its-newline", "[Makefile]\nappend=true\ntext=new\n",
	  "Makefile:\nobj-y += a.o\nobj-y += b.o\nobj-y += c.o\nnew\n" },
	{ "text-from-a-file", "[empty]\nappend=true\ntext-file=snippet\n", "empty:\nfrom\n\tfile\n" },
	{ "second-group-sees-the-first", "[Makefile]\nafter=b.o\ntext=x.o\\n\n[Makefile#2]\nbefore=x.o\ntext=y.o\\n\n",
	  "Makefile:\nobj-y += a.o\nobj-y += b.o\ny.o\nx.o\nobj-y += c.o\n" },
	{ "new-file-is-copied", "[lib/new.c]\ncopy=snippet\n", "+lib/new.c:\nfrom\n\tfile\n" },
	{ "new-file-is-edited", "[lib/new.c]\ncopy=snippet\n[lib/new.c#2]\nafter=^from$\ntext=more\\n\n",
	  "+lib/new.c:\nfrom\nmore\n\tfile\n" },
	{ "lines-are-replaced", "[Makefile]\nfrom=a.o$\nto=b.o\ntext=x.o\\n\n",
	  "Makefile:\nx.o\nobj-y += c.o\n" },
	{ "one-line-is-cut", "[Makefile]\nfrom=b.o$\n", "Makefile:\nobj-y += a.o\nobj-y += c.o\n" },
	{ "line-that-is-both-ends", "[Makefile]\nfrom=b.o$\nto=obj-y\n", "Makefile:\nobj-y += a.o\nobj-y += c.o\n" },
	{ "cut-without-an-end", "[Makefile]\nfrom=b.o$\nto=a.o\n",
	  "error: x.edit: no line of 'Makefile' matches 'a.o'; this tree needs another anchor" },
	{ "end-without-a-start", "[Makefile]\nafter=b.o$\nto=c.o\ntext=x\n",
	  "error: x.edit: [Makefile] needs one of copy, before, after, from, append" },
	{ "when-a-path-exists", "[empty]\nwhen=Makefile\nappend=true\ntext=x\n", "empty:\nx\n" },
	{ "not-when-a-path-is-missing", "[empty]\nwhen=Makefile;none\nappend=true\ntext=x\n", "" },
	{ "when-a-line-matches", "[empty]\nwhen=Kconfig:^config B\nappend=true\ntext=x\n", "empty:\nx\n" },
	{ "not-when-no-line-matches", "[empty]\nwhen=Kconfig:^ *B\nappend=true\ntext=x\n", "" },
	{ "not-when-the-path-of-a-line-is-missing", "[empty]\nwhen=none:x\nappend=true\ntext=x\n", "" },
	{ "not-unless-a-path-is-missing", "[empty]\nunless=none;Makefile\nappend=true\ntext=x\n", "" },
	{ "unless-no-line-matches", "[empty]\nunless=Kconfig:C;none\nappend=true\ntext=x\n", "empty:\nx\n" },
	{ "conditions-see-the-tree-before-the-step",
	  "[new]\ncopy=snippet\n[empty]\nunless=new\nappend=true\ntext=x\n", "+new:\nfrom\n\tfile\nempty:\nx\n" },
	{ "group-that-does-not-hold-needs-no-file", "[none]\nwhen=none\nappend=true\ntext=x\n", "" },

	{ "missing-anchor", "[Makefile]\nafter=^none$\ntext=x\n",
	  "error: x.edit: no line of 'Makefile' matches '^none$'; this tree needs another anchor" },
	{ "two-lines-match", "[Makefile]\nafter=^obj-y\ntext=x\n",
	  "error: x.edit: [Makefile]: more than one line of 'Makefile' matches '^obj-y'; say which one, or first=true" },
	{ "first-of-two", "[Makefile]\nafter=^obj-y\nfirst=true\ntext=x\n",
	  "Makefile:\nobj-y += a.o\nx\nobj-y += b.o\nobj-y += c.o\n" },
	{ "escape-that-is-none", "[empty]\nwhen=Makefile:a\\(\nappend=true\ntext=x\n", "error: x.edit: [empty] when: " },
	{ "escape-that-is-none-in-a-text", "[empty]\nappend=true\ntext=a\\(\n", "error: x.edit: [empty] text: " },
	{ "copy-on-an-existing-path", "[Makefile]\ncopy=snippet\n", "error: x.edit: 'Makefile' exists in this tree already" },
	{ "copy-on-a-path-that-was-made", "[new]\ncopy=snippet\n[new#2]\ncopy=snippet\n",
	  "error: x.edit: 'new' exists in this tree already" },
	{ "missing-file", "[none]\nappend=true\ntext=x\n", "error: x.edit: this tree has no 'none'" },
	{ "no-anchor", "[Makefile]\ntext=x\n", "error: x.edit: [Makefile] needs one of copy, before, after, from, append" },
	{ "two-anchors", "[Makefile]\nbefore=a\nafter=b\ntext=x\n",
	  "error: x.edit: [Makefile] needs one of copy, before, after, from, append" },
	{ "append-and-an-anchor", "[Makefile]\nappend=true\nafter=b\ntext=x\n",
	  "error: x.edit: [Makefile] needs one of copy, before, after, from, append" },
	{ "no-text", "[Makefile]\nappend=true\n", "error: x.edit: [Makefile] needs one of text, text-file" },
	{ "two-texts", "[Makefile]\nappend=true\ntext=x\ntext-file=snippet\n",
	  "error: x.edit: [Makefile] needs one of text, text-file" },
	{ "copy-with-text", "[new]\ncopy=snippet\nappend=true\ntext=x\n",
	  "error: x.edit: [new] has copy= and inserts into it; write the second as [new#2]" },
	{ "unknown-key", "[Makefile]\nafter=b\nunles=x\ntext=x\n", "error: x.edit: [Makefile] has an unknown key 'unles'" },
	{ "group-given-twice", "[Makefile]\nafter=a\ntext=x\n[Makefile]\nafter=b\ntext=y\n",
	  "error: x.edit:4: group [Makefile] is given twice" },
	{ "broken-condition", "[empty]\nwhen=Makefile:(\nappend=true\ntext=x\n", "error: x.edit: '(': " },
	{ "broken-anchor", "[Makefile]\nafter=(\ntext=x\n", "error: x.edit: '(': " },
	{ "unreadable-condition", "[empty]\nunless=unreadable\nappend=true\ntext=x\n", "error: the disk is gone" },
	{ "unreadable-file", "[unreadable]\nappend=true\ntext=x\n", "error: the disk is gone" },
	{ "missing-text-file", "[empty]\nappend=true\ntext-file=none\n", "error: x.edit: Failed to open file" },
	{ "no-key-file", "hello\n", "error: x.edit: " },
};

static void edit_leaves(gconstpointer data)
{
	guint i = GPOINTER_TO_UINT(data);
	g_autofree char *got = result_of(edits[i].edit);

	if (g_str_has_prefix(edits[i].result, "error: "))
		got[MIN(strlen(got), strlen(edits[i].result))] = '\0';
	g_assert_cmpstr(got, ==, edits[i].result);
}

static void inputs_are_what_is_copied_and_inserted(void)
{
	static const char edit[] = "[a]\ncopy=snippet\n[b]\nappend=true\ntext-file=other\n[c]\nappend=true\ntext=x\n";
	g_autoptr(GError) error = NULL;
	g_autofree char *inputs = edit_inputs(folder, "x.edit", edit, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(inputs, ==, "from\n\tfile\nother\n");
	g_assert_null(edit_inputs(folder, "x.edit", "[a]\ncopy=none\n", &error));
	g_assert_nonnull(strstr(error->message, "none"));
}

int main(int argc, char **argv)
{
	int status;

	folder = test_folder("test-edit-XXXXXX");
	sh_run(folder, "printf 'from\\n\\tfile\\n' >snippet; echo other >other");
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(edits); i++) {
		g_autofree char *name = g_strdup_printf("/edit/%s", edits[i].name);

		g_test_add_data_func(name, GUINT_TO_POINTER(i), edit_leaves);
	}
	g_test_add_func("/edit/inputs-are-what-is-copied-and-inserted", inputs_are_what_is_copied_and_inserted);
	status = g_test_run();
	remove_tree(folder);
	g_free(folder);
	return status;
}
