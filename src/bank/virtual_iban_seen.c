/* SPDX-License-Identifier: Apache-2.0 */
/*
 * virtual_iban_seen.c - banks without a field for the account credited (CFONB 120) write it into a free text or
 * their reference. An account that the company gave to a customer is recognised there; another is not guessed.
 */
#include "bank/statement_stage.h"

#include "base/identifier.h"
#include "base/map.h"
#include "base/text.h"

struct given {
	struct map ibans; /* each with itself */
	bool is_length[IBAN_TEXT];
	size_t n;
};

static bool load(const struct import_context *ctx, struct given *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	bool more = false;

	*ret = (struct given){ .n = 0 };
	map_init(&ret->ibans, ctx->arena);
	if (!db_query(ctx->db, "SELECT DISTINCT iban FROM virtual_iban WHERE entity_id = $1",
		      DB_PARAMS(P_I64(ctx->entity->id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		char *iban = arena_strdup(ctx->arena, row_text(r, 0));
		size_t len = strlen(iban);

		if (len >= IBAN_TEXT)
			continue;
		map_set(&ret->ibans, iban, iban);
		ret->is_length[len] = true;
		ret->n++;
	}
	return !more;
}

/* The one account given that the text has; NULL when it has none, or two. */
static const char *see(const struct given *g, struct arena *a, const char *words)
{
	const char *key = text_reference_key(a, words), *found = NULL;
	size_t n = strlen(key);

	for (size_t i = 0; i < n; i++)
		for (size_t len = 1; len < IBAN_TEXT && len <= n - i; len++) {
			char part[IBAN_TEXT];
			const char *iban;

			if (!g->is_length[len])
				continue;
			memcpy(part, key + i, len);
			part[len] = '\0';
			iban = map_get(&g->ibans, part);
			if (iban && found && found != iban)
				return NULL;
			if (iban)
				found = iban;
		}
	return found;
}

bool staged_see_virtual(const struct import_context *ctx, struct staged_statement *st,
			struct err *e)
{
	struct given g;

	if (st->kind != FORMAT_CFONB120)
		return true;
	if (!load(ctx, &g, e))
		return false;
	for (size_t i = 0; i < st->entries.n && g.n > 0; i++) {
		struct staged_entry *en = &st->entries.at[i];
		if (en->minor > 0 && str_empty(en->creditor_iban) && !str_empty(en->words))
			en->creditor_iban = see(&g, ctx->arena, en->words);
	}
	return true;
}
