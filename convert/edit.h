/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * edit.h: hand-written steps: new files, anchored insertions, and lines
 * replaced between two anchors.
 *
 * An edit file is a GKeyFile, a group for each path of the tree; a second
 * edit of one path is written [path#2]. Keys:
 *
 *	copy=FILE		the new file's content, relative to the recipe folder
 *	before=REGEX		insert before the line that matches
 *	after=REGEX		insert after it
 *	append=true		insert at the end
 *	from=REGEX		cut from the line that matches
 *	first=true		of these, the first line that does: without it a second one is an error
 *	to=REGEX		through the next one that matches, from there on; without it only
 *				the one line is cut
 *	text=TEXT		what is inserted, whole lines, where the cut was if there is one; or
 *	text-file=FILE		the same from a file of the recipe folder
 *	when=PATH[:REGEX];...	only if each path exists, or has a line that matches
 *	unless=PATH[:REGEX];...	not if one of them does
 *
 * Conditions look at the tree before the step; an anchor at the file as the
 * groups above left it. An anchor that is not found is an error: an edit
 * never does less than it says. Lines starting with ### in an edit file are
 * the commit message, as /// lines are in a rule.
 */
#ifndef EDIT_H
#define EDIT_H

#include "util.h"

/* The content of a path in the tree, or NULL without an error when there is none. */
typedef char *(*tree_read)(const char *path, gsize *len, gpointer data, GError **error);

struct edited {
	char *path;
	char *content;
	gsize len;
	bool created;
};

void edited_free(struct edited *edited);
/* struct edited * in the order of the file, one a path; NULL on error. */
GPtrArray *edit_apply(const char *recipe_folder, const char *rule, const char *text, tree_read read,
		      gpointer data, GError **error);
/* The files of the recipe an edit copies or inserts, as one text: for its hash. */
char *edit_inputs(const char *recipe_folder, const char *rule, const char *text, GError **error);

#endif
