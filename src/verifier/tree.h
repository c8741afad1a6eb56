/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - the Merkle tree of the rows of an event (doc/seal.md), row after row, in the memory of its height.
 *
 *	struct tree t = { 0 };
 *	tree_begin(&t);
 *	tree_number(&t, 12), tree_text(&t, "FA1", 3), tree_null(&t);
 *	tree_end(&t);			// one row is in
 *	tree_root(&t, root);
 */
#ifndef VERIFIER_TREE_H
#define VERIFIER_TREE_H

#include <sodium.h>
#include <stdint.h>

enum { TREE_HASH = 32, TREE_HEIGHT = 48 };

struct tree {
	int64_t n;                                  /* rows that are in */
	unsigned char full[TREE_HEIGHT][TREE_HASH]; /* roots of full subtrees, the largest first */
	int height[TREE_HEIGHT];
	int n_full;
	crypto_hash_sha256_state row;
};

void tree_begin(struct tree *t);
void tree_number(struct tree *t, int64_t number);
void tree_text(struct tree *t, const char *text, size_t len);
void tree_null(struct tree *t);
void tree_end(struct tree *t);

/* Of at least one row. */
void tree_root(const struct tree *t, unsigned char ret[TREE_HASH]);

#endif
