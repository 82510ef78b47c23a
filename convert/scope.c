// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions by counting braces over tokens that no preprocessor has seen.
 *
 * Of a conditional only the first branch that can be compiled counts: each
 * other branch is walked from the state before the #if and leaves nothing
 * behind, so heads and braces that stand in two branches count once. The whole
 * state is a few numbers, saved and restored at conditionals: heads are lists
 * linked backwards through `prev`, braces are nodes that name their parent.
 *
 * Where the count goes wrong nevertheless, a `}` in column 1 ends everything,
 * as it does in kernel style, unless a comma says that a list goes on.
 */
#include "head.h"
#include "scope.h"

enum brace_kind { BRACE_BLOCK, BRACE_STRUCT, BRACE_VALUE };

struct brace {
	guint parent;		/* index of the brace around; 0 is file scope */
	guint kind;
	guint function;
	guint owner;		/* tag that members declared here belong to */
	guint parens;		/* open at the brace */
};

struct state {
	guint brace;
	guint parens;		/* open since the brace */
	guint head;		/* last token of the head, or TOKEN_NONE */
	guint run;		/* last token of the declaration in a brace */
};

struct cond {
	struct state before;
	struct state after;	/* the first live branch */
	gboolean seen;		/* that branch is over */
	gboolean dead;		/* the branch we are in */
};

struct walker {
	const struct token_list *list;
	struct scope *scope;
	struct state state;
	GArray *braces;
	GArray *conds;
	GArray *head;		/* scratch: a head in order */
	guint *prev;
};

static struct brace *brace_at(struct walker *w, guint i)
{
	return &g_array_index(w->braces, struct brace, i);
}

static void collect_head(struct walker *w, guint last)
{
	guint i, n = 0;

	for (i = last; i != TOKEN_NONE; i = w->prev[i])
		n++;
	g_array_set_size(w->head, n);
	for (i = last; i != TOKEN_NONE; i = w->prev[i])
		g_array_index(w->head, guint, --n) = i;
}

/* All of the collected head up to token @i that has no name is now @name. */
static void name_range(struct walker *w, guint i, guint name)
{
	guint t;

	if (!w->head->len)
		return;
	for (t = g_array_index(w->head, guint, 0); t <= i; t++)
		if (w->scope->function[t] == TOKEN_NONE)
			w->scope->function[t] = name;
}

static guint name_head(struct walker *w, guint i)
{
	guint name = head_name(w->list, (guint *)w->head->data, w->head->len);

	name_range(w, i, name);
	return name;
}

static guint next_code(const struct token_list *list, guint i)
{
	while (++i < list->n && (list->v[i].kind == TOKEN_COMMENT ||
				 list->v[i].directive))
		;
	return i;
}

/* The name behind the `}` that closes the `{` at @i, for want of a tag. */
static guint name_behind(const struct token_list *list, guint i)
{
	guint depth = 0;

	for (; i < list->n; i = next_code(list, i)) {
		if (token_is_char(list, i, '{'))
			depth++;
		else if (token_is_char(list, i, '}') && !--depth)
			break;
	}
	for (i = next_code(list, i); i < list->n; i = next_code(list, i)) {
		if (token_is_char(list, i, ';') || token_is_char(list, i, '('))
			return TOKEN_NONE;
		if (list->v[i].kind == TOKEN_IDENT &&
		    !g_str_has_prefix(list->text + list->v[i].start, "__"))
			return i;
	}
	return TOKEN_NONE;
}

static void open_brace(struct walker *w, guint i)
{
	struct state *s = &w->state;
	struct brace *outer = brace_at(w, s->brace);
	struct brace b = {
		.parent = s->brace, .parens = s->parens,
		.function = outer->function, .owner = TOKEN_NONE,
	};
	gboolean file_scope = !s->brace, fresh;
	guint tag, *head;

	collect_head(w, file_scope ? s->head : s->run);
	head = (guint *)w->head->data;
	fresh = file_scope &&
		(!s->parens || w->list->v[i].column == 1);
	if (fresh && head_is_transparent(w->list, head, w->head->len)) {
		s->head = TOKEN_NONE;
		return;
	}
	if (!(file_scope && s->parens) &&
	    head_is_struct(w->list, head, w->head->len, &tag)) {
		b.kind = BRACE_STRUCT;
		if (tag == TOKEN_NONE && outer->kind == BRACE_STRUCT)
			tag = outer->owner;
		b.owner = tag == TOKEN_NONE ? name_behind(w->list, i) : tag;
		if (file_scope) {
			b.function = b.owner;
			name_range(w, i, b.function);
		}
	} else if (fresh) {
		b.kind = head_is_initialiser(w->list, head, w->head->len) ?
			 BRACE_VALUE : BRACE_BLOCK;
		b.function = name_head(w, i);
		b.parens = 0;
	} else if (file_scope) {
		b.kind = BRACE_VALUE;
	}
	g_array_append_val(w->braces, b);
	s->brace = w->braces->len - 1;
	s->parens = 0;
	s->run = TOKEN_NONE;
	w->scope->function[i] = b.function;
}

static void push_head(struct walker *w, guint i)
{
	w->prev[i] = w->state.head;
	w->state.head = i;
}

static void close_brace(struct walker *w, guint i)
{
	struct state *s = &w->state;
	struct brace *b = brace_at(w, s->brace);

	if (!s->brace)
		return;
	w->scope->function[i] = b->function;
	if (w->list->v[i].column == 1 && b->parent &&
	    !token_is_char(w->list, next_code(w->list, i), ',')) {
		w->scope->resyncs++;
		while (b->parent)
			b = brace_at(w, b->parent);
	}
	s->parens = b->parens;
	s->brace = b->parent;
	s->run = i;
	if (s->brace)
		return;
	if (b->kind == BRACE_BLOCK)
		s->head = TOKEN_NONE;
	else
		push_head(w, i);
}

static gboolean is_attribute(const struct token_list *list, guint i)
{
	return i < list->n && list->v[i].kind == TOKEN_IDENT &&
	       g_str_has_prefix(list->text + list->v[i].start, "__");
}

/* Is the identifier @i, the last of a run of tokens, a member's name? */
static gboolean declares_member(struct walker *w, guint i)
{
	const struct token_list *list = w->list;
	guint before = w->prev[i], next = next_code(list, i);

	if (before == TOKEN_NONE || token_is(list, before, "struct") ||
	    token_is(list, before, "union") || token_is(list, before, "enum"))
		return FALSE;
	if (token_is_char(list, next, ')'))
		return token_is_char(list, before, '*');
	if (w->state.parens)
		return FALSE;
	if (list->v[before].kind != TOKEN_IDENT &&
	    !token_is_char(list, before, '*') &&
	    !token_is_char(list, before, ',') &&
	    !token_is_char(list, before, '}'))
		return FALSE;
	return token_is_char(list, next, ';') ||
	       token_is_char(list, next, ',') ||
	       token_is_char(list, next, '[') ||
	       token_is_char(list, next, ':') || is_attribute(list, next);
}

static void walk_code(struct walker *w, guint i)
{
	struct state *s = &w->state;
	struct brace *b = brace_at(w, s->brace);

	w->scope->function[i] = b->function;
	if (token_is_char(w->list, i, '{')) {
		open_brace(w, i);
		return;
	}
	if (token_is_char(w->list, i, '}')) {
		close_brace(w, i);
		return;
	}
	if (token_is_char(w->list, i, '(') || token_is_char(w->list, i, '['))
		s->parens++;
	else if (token_is_char(w->list, i, ')') ||
		 token_is_char(w->list, i, ']'))
		s->parens -= s->parens > 0;
	if (s->brace) {
		gboolean over = token_is_char(w->list, i, ';');

		w->prev[i] = s->run;
		s->run = over ? TOKEN_NONE : i;
		if (b->kind == BRACE_STRUCT &&
		    w->list->v[i].kind == TOKEN_IDENT && declares_member(w, i))
			w->scope->owner[i] = b->owner;
	} else if (token_is_char(w->list, i, ';') && !s->parens) {
		collect_head(w, s->head);
		name_head(w, i);
		s->head = TOKEN_NONE;
	} else {
		push_head(w, i);
	}
}

static void end_branch(struct walker *w, struct cond *c)
{
	if (!c->dead && !c->seen) {
		c->after = w->state;
		c->seen = TRUE;
	}
}

static void walk_directive(struct walker *w, const struct directive *d)
{
	struct cond fresh = { .before = w->state, .dead = d->dead }, *c;

	if (d->kind == DIRECTIVE_IF)
		g_array_append_val(w->conds, fresh);
	if (d->kind <= DIRECTIVE_IF || !w->conds->len)
		return;
	c = &g_array_index(w->conds, struct cond, w->conds->len - 1);
	end_branch(w, c);
	w->state = c->before;
	c->dead = d->dead;
	if (d->kind == DIRECTIVE_ENDIF) {
		w->state = c->seen ? c->after : c->before;
		g_array_set_size(w->conds, w->conds->len - 1);
	}
}

static void walk(struct walker *w)
{
	const struct token_list *list = w->list;
	guint i;

	for (i = 0; i < list->n; i++) {
		guint d = list->v[i].directive;

		if (d && list->directives[d - 1].first == i)
			walk_directive(w, &list->directives[d - 1]);
		if (d || list->v[i].kind == TOKEN_COMMENT)
			w->scope->function[i] =
				brace_at(w, w->state.brace)->function;
		else
			walk_code(w, i);
	}
}

static guint *none_array(guint n)
{
	guint *v = g_new(guint, n + 1), i;

	for (i = 0; i <= n; i++)
		v[i] = TOKEN_NONE;
	return v;
}

struct scope *scope_new(const struct token_list *list)
{
	struct scope *scope = g_new0(struct scope, 1);
	struct brace root = {
		.function = TOKEN_NONE, .owner = TOKEN_NONE, .kind = BRACE_VALUE,
	};
	struct walker w = {
		.list = list, .scope = scope,
		.state = { .head = TOKEN_NONE, .run = TOKEN_NONE },
		.braces = g_array_new(FALSE, FALSE, sizeof(struct brace)),
		.conds = g_array_new(FALSE, FALSE, sizeof(struct cond)),
		.head = g_array_new(FALSE, FALSE, sizeof(guint)),
		.prev = none_array(list->n),
	};

	scope->function = none_array(list->n);
	scope->owner = none_array(list->n);
	g_array_append_val(w.braces, root);
	walk(&w);
	g_array_free(w.braces, TRUE);
	g_array_free(w.conds, TRUE);
	g_array_free(w.head, TRUE);
	g_free(w.prev);
	return scope;
}

void scope_free(struct scope *scope)
{
	if (!scope)
		return;
	g_free(scope->function);
	g_free(scope->owner);
	g_free(scope);
}
