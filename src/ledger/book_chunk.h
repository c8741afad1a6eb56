/* SPDX-License-Identifier: Apache-2.0 */
/*
 * book_chunk.h - a run of whole customers with all their facts, as columns in one block of bytes.
 *
 * The block is the same on the heap and in the snapshot file: a head with the counts, the shapes of the columns, then
 * the columns in the order of CHUNK_COLUMNS, each packed (book_pack.h) and at a multiple of 8 bytes, then the codes of
 * currencies and the texts. Nothing in it is a pointer; texts are offsets into the block's last column, 0 is "none".
 * Facts carry the day from which they count, the position of the log from which they are known, and the position
 * that undid them (0: none), so that any day and any moment is a fold over the same columns.
 *
 * Items come in two parts: first what is open when every fact of the chunk counts ("hot"), then what is
 * settled or undone. In each part a customer's items are together, by due date, document and id.
 *
 *	struct chunk c;
 *	if (!chunk_open(&c, bytes, n, e))	// bytes may be hostile
 *		return false;
 *	for (uint32_t i = chunk_hot_first(&c, k); i < chunk_hot_first(&c, k + 1); i++)
 *		total += chunk_open_minor(&c, i);
 */
#ifndef LEDGER_BOOK_CHUNK_H
#define LEDGER_BOOK_CHUNK_H

#include "base/arena.h"
#include "base/date.h"
#include "ledger/book_pack.h"

enum book_role { BOOK_COLLECTOR, BOOK_SALESPERSON, BOOK_BRANCH_MANAGER, BOOK_ROLE_COUNT };

/* Fields of an item whose former values count for figures. */
enum book_field { BOOK_DUE_ON, BOOK_EFFECTIVE, BOOK_FIELD_COUNT };

struct chunk_counts {
	uint32_t n_customers, n_items, n_hot, n_entries, n_changes, n_disputes, n_owners;
	uint32_t n_papers, n_currencies, n_text;
};

struct chunk_head {
	struct chunk_counts n;
	day_t last_effective;   /* every fact counts on that day */
	uint32_t last_position; /* every fact is known at that position */
};

#define CHUNK_NO_LIMIT INT64_MIN

struct chunk_code {
	char text[4]; /* "EUR" */
};

/* type of the values, name, how many, bits that each takes at least. "first" columns have one entry more: where the
 * next one's range begins. Of each kind of fact one column takes room, so that a block cannot claim more facts than
 * it has bits. */
#define CHUNK_COLUMNS(X)                                 \
	X(int64_t, customer_id, n_customers, 0)          \
	X(int64_t, limit_minor, n_customers, 0)          \
	X(int64_t, item_id, n_items, 0)                  \
	X(int64_t, amount_minor, n_items, 0)             \
	X(int64_t, open_minor, n_hot, 0)                 \
	X(int64_t, entry_minor, n_entries, 1)            \
	X(int64_t, dispute_minor, n_disputes, 1)         \
	X(int64_t, owner_user, n_owners, 1)              \
	X(day_t, excluded_until, n_customers, 0)         \
	X(uint32_t, code, n_customers, 0)                \
	X(uint32_t, name, n_customers, 0)                \
	X(uint32_t, customer_kind, n_customers, 0)       \
	X(uint32_t, segment, n_customers, 0)             \
	X(uint32_t, means, n_customers, 0)               \
	X(uint32_t, status, n_customers, 0)              \
	X(uint32_t, customer_known, n_customers, 0)      \
	X(uint32_t, hot_first, n_customers + 1, 0)       \
	X(uint32_t, cold_first, n_customers + 1, 0)      \
	X(uint32_t, owner_first, n_customers + 1, 0)     \
	X(uint32_t, paper_first, n_customers + 1, 0)     \
	X(day_t, due_on, n_items, 0)                     \
	X(day_t, issued_on, n_items, 0)                  \
	X(day_t, effective, n_items, 0)                  \
	X(uint32_t, known, n_items, 0)                   \
	X(uint32_t, undone, n_items, 0)                  \
	X(uint32_t, document, n_items, 0)                \
	X(uint32_t, payment_ref, n_items, 0)             \
	X(uint32_t, entry_first, n_items + 1, 0)         \
	X(day_t, entry_effective, n_entries, 0)          \
	X(uint32_t, entry_known, n_entries, 0)           \
	X(uint32_t, entry_undone, n_entries, 0)          \
	X(uint32_t, entry_lettering, n_entries, 0)       \
	X(uint32_t, change_item, n_changes, 0)           \
	X(uint32_t, change_known, n_changes, 1)          \
	X(day_t, change_old, n_changes, 0)               \
	X(uint32_t, dispute_item, n_disputes, 0)         \
	X(uint32_t, dispute_known, n_disputes, 0)        \
	X(uint32_t, dispute_closed_known, n_disputes, 0) \
	X(day_t, dispute_opened_on, n_disputes, 0)       \
	X(day_t, dispute_closed_on, n_disputes, 0)       \
	X(uint32_t, paper_item, n_papers, 0)             \
	X(uint32_t, paper_known, n_papers, 1)            \
	X(uint32_t, paper_undone, n_papers, 0)           \
	X(day_t, paper_from, n_papers, 0)                \
	X(day_t, paper_until, n_papers, 0)               \
	X(uint32_t, owner_name, n_owners, 0)             \
	X(uint32_t, owner_known, n_owners, 0)            \
	X(day_t, owner_effective, n_owners, 0)           \
	X(uint8_t, kind, n_items, 0)                     \
	X(uint8_t, currency_of, n_items, 0)              \
	X(uint8_t, due_source, n_items, 0)               \
	X(uint8_t, change_field, n_changes, 0)           \
	X(uint8_t, paper_kind, n_papers, 0)              \
	X(uint8_t, owner_role, n_owners, 0)

#define CHUNK_COLUMN_INDEX(type, name, count, least) CHUNK_COLUMN_##name,
enum chunk_column { CHUNK_COLUMNS(CHUNK_COLUMN_INDEX) CHUNK_COLUMN_COUNT };
#undef CHUNK_COLUMN_INDEX

struct chunk {
	struct chunk_counts n;
	day_t last_effective;
	uint32_t last_position;
	const void *bytes;
	size_t size;
#define CHUNK_FIELD(type, name, count, least) struct pack name;
	CHUNK_COLUMNS(CHUNK_FIELD)
#undef CHUNK_FIELD
	const struct chunk_code *currency;
	const char *text;
};

/* One value: chunk_due_on(c, i). */
#define CHUNK_READER(type, name, count, least)                             \
	static inline type chunk_##name(const struct chunk *c, uint32_t i) \
	{                                                                  \
		return (type)pack_at(&c->name, i);                         \
	}
CHUNK_COLUMNS(CHUNK_READER)
#undef CHUNK_READER

/* The three letters of item i's currency. */
static inline const char *chunk_currency(const struct chunk *c, uint32_t i)
{
	return c->currency[chunk_currency_of(c, i)].text;
}

/* Columns begin at multiples of 8 bytes. */
static inline size_t chunk_aligned(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* Bytes of a chunk of such counts and shapes; SIZE_MAX when they are out of all proportion. */
size_t chunk_size(const struct chunk_counts *n, const struct pack_shape shape[CHUNK_COLUMN_COUNT]);

/* Looks at a block: every count, range, offset, day and code is checked, so that nothing read from the chunk
 * later can leave it. ERR_FORMAT when it is no chunk. The bytes, aligned to 8, must outlive it. */
bool chunk_open(struct chunk *ret, const void *bytes, size_t n, struct err *e) NODISCARD;

/* The same for a block that this process has just laid out. */
void chunk_view(struct chunk *ret, const void *bytes, size_t n);

/* A text of the chunk, NULL for none. */
static inline const char *chunk_text(const struct chunk *c, uint32_t at)
{
	return at ? c->text + at : NULL;
}

/* Whether a fact known at `known` and undone at `undone` stands at a position. */
static inline bool chunk_stands(uint32_t known, uint32_t undone, uint32_t position)
{
	return known <= position && (undone == 0 || undone > position);
}

/* The chunk as of a day and a position. What a fold needs of each item: */
struct chunk_state {
	const struct chunk *chunk;
	day_t as_of;
	uint32_t position;
	bool is_now;               /* every fact counts: only the hot items were looked at */
	uint32_t n;                /* items to look at: n_hot or n_items */
	const int64_t *open_minor; /* 0 also for what was not in the book then */
	const day_t *due_on;
	const day_t *effective;        /* NULL: as in the chunk */
	const int64_t *disputed_minor; /* NULL: nothing is */
	const uint8_t *is_in;          /* NULL: all n are in the book */
};

/* Computes it in the arena. ERR_RANGE when the entries of an item
 * overflow. */
bool chunk_state_at(const struct chunk *c, struct arena *a, day_t as_of, uint32_t position,
		    struct chunk_state *ret, struct err *e) NODISCARD;

/* As if nothing of the kind "hot" had been prepared: every item, in force or not. For lists of settled items. */
bool chunk_state_all(const struct chunk *c, struct arena *a, day_t as_of, uint32_t position,
		     struct chunk_state *ret, struct err *e) NODISCARD;

static inline day_t chunk_effective_then(const struct chunk_state *s, uint32_t i)
{
	return s->effective ? s->effective[i] : chunk_effective(s->chunk, i);
}

/* Whether paper p (ledger/paper.h) is at risk then. */
bool chunk_paper_stands(const struct chunk_state *s, uint32_t p);

/* The newest code of lettering in force on an item then, 0 for none. */
uint32_t chunk_lettering(const struct chunk_state *s, uint32_t item);

/* Who answers for customer k then: an index into the owner columns, UINT32_MAX for nobody. */
uint32_t chunk_owner(const struct chunk *c, uint32_t k, enum book_role role, day_t as_of,
		     uint32_t position);

#endif
