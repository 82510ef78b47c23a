// SPDX-License-Identifier: GPL-2.0-only
/*
 * external.c: the external declarations of a preprocessed C text. See
 * external.h.
 *
 * Nothing is parsed: brackets are counted, and of the words only those are known
 * that say whether a function's definition has effects though nothing calls it.
 * What is not understood is not taken for such an inline function.
 */
#include <string.h>

#include "external.h"

/* Words that say something of the declaration they stand in. */
enum {
	WORD_STATIC = 1,
	WORD_INLINE = 2,
	WORD_KEEPS = 4,		/* the compiler makes it though nothing calls it */
	WORD_NO_NAME = 8,	/* what is in brackets behind it are not a function's parameters */
	WORD_EXTERN = 16,
	WORD_STATEMENT = 32,	/* no declaration begins with it */
};

static const struct {
	const char *name;
	guint kind;
} words[] = {
	{ "static", WORD_STATIC }, { "extern", WORD_EXTERN },
	{ "inline", WORD_INLINE }, { "__inline", WORD_INLINE }, { "__inline__", WORD_INLINE },
	{ "used", WORD_KEEPS }, { "__used__", WORD_KEEPS }, { "section", WORD_KEEPS }, { "__section__", WORD_KEEPS },
	{ "constructor", WORD_KEEPS }, { "__constructor__", WORD_KEEPS }, { "destructor", WORD_KEEPS },
	{ "__destructor__", WORD_KEEPS }, { "alias", WORD_KEEPS }, { "__alias__", WORD_KEEPS },
	{ "externally_visible", WORD_KEEPS }, { "__externally_visible__", WORD_KEEPS },
	{ "__attribute__", WORD_NO_NAME }, { "__attribute", WORD_NO_NAME }, { "typeof", WORD_NO_NAME },
	{ "__typeof", WORD_NO_NAME }, { "__typeof__", WORD_NO_NAME }, { "_Alignas", WORD_NO_NAME },
	{ "asm", WORD_NO_NAME | WORD_STATEMENT }, { "__asm", WORD_NO_NAME | WORD_STATEMENT },
	{ "__asm__", WORD_NO_NAME | WORD_STATEMENT }, { "return", WORD_STATEMENT }, { "else", WORD_STATEMENT },
	{ "do", WORD_STATEMENT }, { "goto", WORD_STATEMENT }, { "case", WORD_STATEMENT },
};

/* Declared by the kernel's assertions in every function that has one, each time under another name. */
#define ASSERTION "__compiletime_assert_"

guint word_hash(gconstpointer word)
{
	return ((const struct word *)word)->hash;
}

gboolean word_equal(gconstpointer a, gconstpointer b)
{
	const struct word *x = a, *y = b;

	return x->len == y->len && !memcmp(x->at, y->at, x->len);
}

static inline bool in_word(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

struct word word_at(const char *p, const char *end)
{
	struct word word = { .at = p, .hash = 5381 };

	while (p < end && in_word(*p))
		word.hash = word.hash * 33 + (guchar)*p++;
	word.len = p - word.at;
	return word;
}

static GHashTable *known_words(void)
{
	GHashTable *known = g_hash_table_new_full(word_hash, word_equal, g_free, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		struct word word = word_at(words[i].name, words[i].name + strlen(words[i].name));

		g_hash_table_insert(known, g_memdup2(&word, sizeof(word)), GUINT_TO_POINTER(words[i].kind));
	}
	return known;
}

/* Behind the string or character constant at p. */
static const char *skip_quoted(const char *p, const char *end)
{
	char quote = *p++;

	while (p < end && *p != quote)
		p += *p == '\\' ? 2 : 1;
	return MIN(p + 1, end);
}

/* What is known of the declaration being read. */
struct head {
	guint depth;		/* of brackets of any kind */
	guint kinds;		/* WORD_STATIC and WORD_INLINE outside of brackets, WORD_KEEPS anywhere */
	bool assigned, body;
	char last;		/* the last character outside of blanks, 'a' for any of a word */
	guint kind;		/* of the last word */
	struct word word, name;	/* the last word; the one before the parameters */
	guint names;
	bool pointer;		/* the next word is declared: "(*" came before it */
	bool value;		/* an initialiser is being read */
	struct word pending;	/* the word before an attribute: a name, unless words follow */
	/* Inside the body: */
	bool in_extern;		/* a declaration that says extern has not named anything yet */
	guint row;		/* words and stars since a statement began, 0: there was something else */
	guint attribute;	/* depth outside of the attribute's brackets we are in, 0: in none */
};

struct cutter {
	const char *p, *start, *end;
	struct head head;
	GHashTable *known, *statics;
	GArray *declared;	/* struct word: names that the declaration may declare */
	GArray *externals;
};

static void body_word(struct head *head)
{
	bool begins = strchr(";{}", head->last) != NULL;

	if (head->attribute)
		return;
	head->in_extern |= (head->kind & WORD_EXTERN) != 0;
	if (begins)
		head->row = !(head->kind & WORD_STATEMENT);
	else
		head->row = head->row && (head->last == 'a' || head->last == '*') ? head->row + 1 : 0;
}

static void take_word(struct cutter *cutter, const struct word *word)
{
	struct head *head = &cutter->head;
	guint kind = GPOINTER_TO_UINT(g_hash_table_lookup(cutter->known, word));

	if (!head->depth && head->last == 'a' && kind & WORD_NO_NAME)
		head->pending = head->word;
	else if (!head->depth && !(kind & WORD_NO_NAME))
		head->pending.len = 0;
	if (head->pointer)
		g_array_append_val(cutter->declared, *word);
	head->pointer = false;
	head->kind = kind;
	head->kinds |= kind & (head->depth ? WORD_KEEPS : WORD_KEEPS | WORD_STATIC | WORD_INLINE | WORD_EXTERN);
	head->word = *word;
	if (head->depth)
		body_word(head);
	head->last = 'a';
}

/* A bracket behind a word of the body: a declaration, if the statement begins with several words. */
static void body_open(struct head *head)
{
	bool assertion = head->word.len > strlen(ASSERTION) && !memcmp(head->word.at, ASSERTION, strlen(ASSERTION));

	if (head->attribute)
		return;
	if (head->kind & WORD_NO_NAME) {
		head->attribute = head->depth;
		return;
	}
	if ((head->in_extern || head->row > 1) && !assertion)
		head->kinds |= WORD_KEEPS;
	head->in_extern = false;
	head->row = 0;
}

static void take_open(struct cutter *cutter, char c)
{
	struct head *head = &cutter->head;
	bool parameters = c == '(' && head->last == 'a' && !(head->kind & WORD_NO_NAME);

	if (head->depth) {
		if (c == '(' && head->last == 'a')
			body_open(head);
	} else if (parameters) {
		head->name = head->word;
		head->names++;
	} else if (c == '{') {
		/* Of a type in the head, or of K&R's time: not for us. */
		if (head->last != ')' || head->assigned || head->body)
			head->kinds |= WORD_KEEPS;
		head->body |= head->last == ')' && !head->assigned;
	}
	head->depth++;
}

static void take_close(struct head *head)
{
	head->depth -= head->depth > 0;
	if (head->attribute && head->depth == head->attribute) {
		/* What follows goes on as if it were not there. */
		head->attribute = 0;
		head->last = 'a';
		head->kind = 0;
	}
}

/* Whether what follows blanks is a star. */
static bool star_follows(const struct cutter *cutter)
{
	const char *p = cutter->p;

	while (p < cutter->end && g_ascii_isspace(*p))
		p++;
	return p < cutter->end && *p == '*';
}

static void note_declared(struct cutter *cutter, char c)
{
	struct head *head = &cutter->head;

	if (head->depth || !strchr("=;,[(:", c))
		return;
	if (head->last == 'a' && c == '(' && star_follows(cutter))
		head->pointer = true;
	else if (head->last == 'a' && !head->value && !(head->kind & WORD_NO_NAME))
		g_array_append_val(cutter->declared, head->word);
	else if (head->last == ')' && head->pending.len && c != '(')
		g_array_append_val(cutter->declared, head->pending);
	head->value = c == '=' || (head->value && c != ',');
}

/* Takes a character that is of no word; says whether the declaration ends with it. */
static bool take_mark(struct cutter *cutter, char c)
{
	struct head *head = &cutter->head;
	bool closes_attribute = head->attribute && head->depth == head->attribute + 1 && c == ')';

	if (g_ascii_isspace(c))
		return false;
	note_declared(cutter, c);
	if (c == '(' || c == '[' || c == '{')
		take_open(cutter, c);
	else if (c == ')' || c == ']' || c == '}')
		take_close(head);
	else if (c == '=')
		head->assigned |= !head->depth;
	else if (c == ';' && head->in_extern)
		head->kinds |= WORD_KEEPS;
	if (!closes_attribute)
		head->last = c;
	return !head->depth && (c == ';' || (c == '}' && head->body));
}

/* The declaration is read up to p; ended: as far as it goes. */
static void add(struct cutter *cutter, bool ended)
{
	const struct head *head = &cutter->head;
	struct external external = { .at = cutter->start, .end = cutter->p };
	bool is_static = head->kinds & WORD_STATIC && !(head->kinds & WORD_INLINE);

	while (external.at < external.end && g_ascii_isspace(*external.at))
		external.at++;
	while (external.end > external.at && g_ascii_isspace(external.end[-1]))
		external.end--;
	if (ended && head->kinds == (WORD_STATIC | WORD_INLINE) && head->body && head->names == 1 &&
	    in_word(*external.at))
		external.name = head->name;
	for (guint i = 0; is_static && i < cutter->declared->len; i++)
		g_hash_table_add(cutter->statics, g_memdup2(&g_array_index(cutter->declared, struct word, i),
							    sizeof(struct word)));
	if (external.at < external.end)
		g_array_append_val(cutter->externals, external);
	g_array_set_size(cutter->declared, 0);
	cutter->head = (struct head){ .last = ';' };
	cutter->start = cutter->p;
}

/* The #pragma line at p. */
static void take_pragma(struct cutter *cutter)
{
	const char *behind = cutter->p + strcspn(cutter->p, "\n");

	if (cutter->head.depth) {
		cutter->head.kinds |= WORD_KEEPS;
		cutter->p = behind;
		return;
	}
	add(cutter, false);
	cutter->p = behind;
	add(cutter, false);
}

GArray *externals_cut(const char *text, gsize len, GHashTable *statics)
{
	struct cutter cutter = { .p = text, .start = text, .end = text + len, .head = { .last = ';' },
		.known = known_words(), .statics = statics,
		.declared = g_array_new(FALSE, FALSE, sizeof(struct word)),
		.externals = g_array_new(FALSE, FALSE, sizeof(struct external)) };

	while (cutter.p < cutter.end) {
		struct word word = word_at(cutter.p, cutter.end);
		char c = *cutter.p;

		if (word.len) {
			take_word(&cutter, &word);
			cutter.p += word.len;
		} else if (c == '"' || c == '\'') {
			cutter.head.last = c;
			cutter.p = skip_quoted(cutter.p, cutter.end);
		} else if (c == '#' && (cutter.p == text || cutter.p[-1] == '\n')) {
			take_pragma(&cutter);
		} else {
			cutter.p++;
			if (take_mark(&cutter, c))
				add(&cutter, true);
		}
	}
	add(&cutter, false);
	g_hash_table_unref(cutter.known);
	g_array_unref(cutter.declared);
	return cutter.externals;
}
