/* SPDX-License-Identifier: Apache-2.0 */
#include "verifier/tree.h"

#include <string.h>

static void put(struct tree *t, const void *bytes, size_t n)
{
	crypto_hash_sha256_update(&t->row, bytes, n);
}

static void put_number(struct tree *t, unsigned char kind, uint64_t number)
{
	unsigned char bytes[9];

	bytes[0] = kind;
	for (int i = 8; i > 0; i--, number >>= 8)
		bytes[i] = (unsigned char)(number & 0xff);
	put(t, bytes, sizeof bytes);
}

void tree_begin(struct tree *t)
{
	crypto_hash_sha256_init(&t->row);
	put(t, "\0", 1);
}

void tree_number(struct tree *t, int64_t number)
{
	put_number(t, 'i', (uint64_t)number);
}

void tree_text(struct tree *t, const char *text, size_t len)
{
	put_number(t, 't', len);
	put(t, text, len);
}

void tree_null(struct tree *t)
{
	put(t, "n", 1);
}

static void node(const unsigned char *left, const unsigned char *right, unsigned char *ret)
{
	crypto_hash_sha256_state st;

	crypto_hash_sha256_init(&st);
	crypto_hash_sha256_update(&st, (const unsigned char *)"\1", 1);
	crypto_hash_sha256_update(&st, left, TREE_HASH);
	crypto_hash_sha256_update(&st, right, TREE_HASH);
	crypto_hash_sha256_final(&st, ret);
}

void tree_end(struct tree *t)
{
	crypto_hash_sha256_final(&t->row, t->full[t->n_full]);
	t->height[t->n_full++] = 0;
	t->n++;
	/* Two of one height become one of the next; at 2^47 rows the tree would be too high. */
	while (t->n_full > 1 && t->height[t->n_full - 1] == t->height[t->n_full - 2]) {
		node(t->full[t->n_full - 2], t->full[t->n_full - 1], t->full[t->n_full - 2]);
		t->n_full--;
		t->height[t->n_full - 1]++;
	}
}

void tree_root(const struct tree *t, unsigned char ret[TREE_HASH])
{
	memcpy(ret, t->full[t->n_full - 1], TREE_HASH);
	for (int i = t->n_full - 2; i >= 0; i--)
		node(t->full[i], ret, ret);
}
