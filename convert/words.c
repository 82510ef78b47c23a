// SPDX-License-Identifier: GPL-2.0-only
/*
 * The prefilter: whole trees are read through words_occur(), so it looks at
 * the bytes a vector at a time.
 *
 * Each word is stood for by three adjacent bytes of it, its *key*. The keys
 * are chosen so that few are needed for all words (`_ti` is in each of
 * my_tick, my_time, my_timer), and rare ones are preferred: a key of common
 * letters would stop the vector loop too often. A block in which no key occurs
 * holds no word; in the others each key is searched for and the word compared.
 */
#define _GNU_SOURCE
#include <string.h>

#include "token.h"
#include "words.h"

#define KEY_LEN 3
#define BLOCK 128
#define VEC_LEN 32

/* The same loop for wider vectors, where the machine has them. */
#ifdef __x86_64__
#define WIDEST __attribute__((target_clones("avx2", "default")))
#else
#define WIDEST
#endif

typedef guint8 vec __attribute__((vector_size(VEC_LEN)));
typedef guint64 vec64 __attribute__((vector_size(VEC_LEN)));

struct word {
	const char *text;
	guint len;
	guint key_at;		/* where in the word its key is */
};

struct key {
	char splat[KEY_LEN][VEC_LEN];	/* each byte, a vector full of it */
	char byte[KEY_LEN];
	GArray *words;		/* struct word: those the key stands for */
};

struct words {
	GArray *all;		/* struct word */
	GArray *keys;		/* struct key */
	GArray *brief;		/* struct word: those too short for a key */
	gboolean first[256];	/* bytes that some word begins with */
};

/* How common a byte is in source text, roughly: 0 is rare. */
static guint byte_weight(guint8 c)
{
	static const char by_rarity[] = "zqjkxwvybghfu_mpdcolanirste";
	const char *p = c ? strchr(by_rarity, g_ascii_tolower(c)) : NULL;

	if (g_ascii_isupper(c) || g_ascii_isdigit(c))
		return 3;
	return p ? p - by_rarity : 0;
}

static guint key_weight(const char *key)
{
	guint i, sum = 0;

	for (i = 0; i < KEY_LEN; i++)
		sum += byte_weight(key[i]);
	return sum;
}

/* How many of @words hold @key. */
static guint key_reach(GArray *words, const char *key)
{
	guint i, n = 0;

	for (i = 0; i < words->len; i++) {
		struct word *w = &g_array_index(words, struct word, i);

		n += memmem(w->text, w->len, key, KEY_LEN) != NULL;
	}
	return n;
}

/* The key that stands for most of @left, the rarest of those. */
static const char *best_key(GArray *left)
{
	const char *best = NULL;
	guint i, at, reach = 0;

	for (i = 0; i < left->len; i++) {
		struct word *w = &g_array_index(left, struct word, i);

		for (at = 0; at + KEY_LEN <= w->len; at++) {
			const char *key = w->text + at;
			guint n = key_reach(left, key);

			if (n < reach || (n == reach && best &&
					  key_weight(key) >= key_weight(best)))
				continue;
			best = key;
			reach = n;
		}
	}
	return best;
}

static void add_key(struct words *words, GArray *left)
{
	const char *text = best_key(left);
	struct key key = {
		.words = g_array_new(FALSE, FALSE, sizeof(struct word)),
	};
	guint i;

	memcpy(key.byte, text, KEY_LEN);
	for (i = 0; i < KEY_LEN; i++)
		memset(key.splat[i], text[i], VEC_LEN);
	for (i = left->len; i--;) {
		struct word w = g_array_index(left, struct word, i);
		const char *at = memmem(w.text, w.len, key.byte, KEY_LEN);

		if (!at)
			continue;
		w.key_at = at - w.text;
		g_array_append_val(key.words, w);
		g_array_remove_index(left, i);
	}
	g_array_append_val(words->keys, key);
}

static void key_clear(gpointer data)
{
	struct key *key = data;

	g_array_free(key->words, TRUE);
}

struct words *words_new(const char *const *list)
{
	struct words *words = g_new0(struct words, 1);
	g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(struct word));

	words->all = g_array_new(FALSE, FALSE, sizeof(struct word));
	words->brief = g_array_new(FALSE, FALSE, sizeof(struct word));
	words->keys = g_array_new(FALSE, FALSE, sizeof(struct key));
	g_array_set_clear_func(words->keys, key_clear);
	for (; *list; list++) {
		struct word w = {
			.text = g_intern_string(*list), .len = strlen(*list),
		};

		if (!w.len || words_find(words, w.text, w.len))
			continue;
		words->first[(guint8)*w.text] = TRUE;
		g_array_append_val(words->all, w);
		g_array_append_val(w.len < KEY_LEN ? words->brief : left, w);
	}
	while (left->len)
		add_key(words, left);
	return words;
}

void words_free(struct words *words)
{
	if (!words)
		return;
	g_array_free(words->all, TRUE);
	g_array_free(words->brief, TRUE);
	g_array_free(words->keys, TRUE);
	g_free(words);
}

const char *words_find(const struct words *words, const char *text, gsize len)
{
	guint i;

	if (!len || !words->first[(guint8)*text])
		return NULL;
	for (i = 0; i < words->all->len; i++) {
		struct word *w = &g_array_index(words->all, struct word, i);

		if (w->len == len && !memcmp(w->text, text, len))
			return w->text;
	}
	return NULL;
}

/* Does the whole word stand at @at? Any offset may be asked for. */
static gboolean stands_at(const struct word *w, const char *text, gsize len,
			  gssize at)
{
	if (at < 0 || (gsize)at > len || len - at < w->len ||
	    memcmp(text + at, w->text, w->len))
		return FALSE;
	if (at && token_is_word_byte(text[at - 1]))
		return FALSE;
	return (gsize)at + w->len == len ||
	       !token_is_word_byte(text[at + w->len]);
}

/* Does a key that begins in [from, to) belong to a word? */
static gboolean search_keys(const struct words *words, const char *text,
			    gsize len, gsize from, gsize to)
{
	const struct key *key = (const struct key *)words->keys->data;
	const struct key *end = key + words->keys->len;
	guint i;

	for (; key < end; key++) {
		const char *p = text + from;
		gsize span = MIN(to + KEY_LEN - 1, len);

		while ((p = memmem(p, text + span - p, key->byte, KEY_LEN))) {
			for (i = 0; i < key->words->len; i++) {
				struct word *w = &g_array_index(key->words,
							struct word, i);

				if (stands_at(w, text, len,
					      p - text - w->key_at))
					return TRUE;
			}
			p++;
		}
	}
	return FALSE;
}

static gboolean search_brief(const struct words *words, const char *text,
			     gsize len)
{
	guint i;

	for (i = 0; i < words->brief->len; i++) {
		struct word *w = &g_array_index(words->brief, struct word, i);
		const char *p = text, *end = text + len;

		while ((p = memmem(p, end - p, w->text, w->len))) {
			if (stands_at(w, text, len, p - text))
				return TRUE;
			p++;
		}
	}
	return FALSE;
}

static inline __attribute__((always_inline)) void load(vec *v, const char *p)
{
	memcpy(v, p, sizeof(*v));
}

/*
 * The first block at or behind @pos in which a key begins. The blocks end
 * where KEY_LEN more bytes could not be read; that offset is the last answer.
 */
WIDEST
static gsize next_block(const struct key *keys, guint n, const char *text,
			gsize len, gsize pos)
{
	vec a, b, c, want[KEY_LEN], hit = { 0 };
	vec64 wide;
	guint i, k;

	for (; pos + BLOCK + KEY_LEN <= len; pos += BLOCK) {
		for (i = 0; i < BLOCK; i += sizeof(vec)) {
			load(&a, text + pos + i);
			load(&b, text + pos + i + 1);
			load(&c, text + pos + i + 2);
			for (k = 0; k < n; k++) {
				load(&want[0], keys[k].splat[0]);
				load(&want[1], keys[k].splat[1]);
				load(&want[2], keys[k].splat[2]);
				hit |= (vec)(a == want[0]) &
				       (vec)(b == want[1]) &
				       (vec)(c == want[2]);
			}
		}
		wide = (vec64)hit;
		if (wide[0] | wide[1] | wide[2] | wide[3])
			break;
	}
	return pos;
}

gboolean words_occur(const struct words *words, const char *text, gsize len)
{
	const struct key *keys = (const struct key *)words->keys->data;
	guint n = words->keys->len;
	gsize pos = 0;

	for (;;) {
		pos = next_block(keys, n, text, len, pos);
		if (pos + BLOCK + KEY_LEN > len)
			break;
		if (search_keys(words, text, len, pos, pos + BLOCK))
			return TRUE;
		pos += BLOCK;
	}
	return search_keys(words, text, len, pos, len) ||
	       search_brief(words, text, len);
}
