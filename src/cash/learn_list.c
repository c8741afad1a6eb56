/* SPDX-License-Identifier: Apache-2.0 */
/* learn_list.c - what is known of payers: the words of persons, and receipts that the accounting booked. */
#include "cash/learn.h"

struct said {
	int64_t customer_id;
	const char *customer_code, *customer_name;
	const char *iban, *name_key;
	int64_t n_for, n_against, n_booked, last;
};

static const struct db_column columns[] = {
	DB_COL(struct said, customer_id),   DB_COL(struct said, customer_code),
	DB_COL(struct said, customer_name), DB_COL(struct said, iban),
	DB_COL(struct said, name_key),      DB_COL(struct said, n_for),
	DB_COL(struct said, n_against),     DB_COL(struct said, n_booked),
	DB_COL(struct said, last),
};

bool learned_list(struct db *db, struct arena *a, int64_t entity_id, int64_t customer_id,
		  struct learned_payer **ret, size_t *ret_n, struct err *e)
{
	struct learned_payer *list;
	struct said *said;
	size_t n;

	if (!db_list(
		    db, a,
		    "SELECT s.customer_id, c.code, c.name, s.iban, s.name_key,"
		    " CAST(SUM(s.n_for) AS BIGINT), CAST(SUM(s.n_against) AS BIGINT),"
		    " CAST(SUM(s.n_booked) AS BIGINT), MAX(s.recorded) FROM ("
		    " SELECT p.customer_id, p.iban, p.name_key,"
		    "  CASE WHEN p.kind = 'for' THEN 1 ELSE 0 END AS n_for,"
		    "  CASE WHEN p.kind = 'against' THEN 1 ELSE 0 END AS n_against,"
		    "  0 AS n_booked, p.recorded FROM payer_alias p"
		    "  WHERE p.entity_id = $1 AND p.kind <> 'forget'"
		    " UNION ALL SELECT i.customer_id, x.payer_iban, x.payer_key, 1, 0, 1, "
		    "x.recorded"
		    "  FROM statement_entry x JOIN item i ON i.id = x.payment_item_id"
		    "  WHERE x.entity_id = $1 AND x.state = 'booked'"
		    "  AND (x.payer_iban IS NOT NULL OR x.payer_key IS NOT NULL)"
		    ") s JOIN customer c ON c.id = s.customer_id"
		    " WHERE ($2 = 0 OR s.customer_id = $2) AND NOT EXISTS (SELECT 1"
		    "  FROM payer_alias f WHERE f.kind = 'forget' AND f.customer_id = s.customer_id"
		    "  AND COALESCE(f.iban, '') = COALESCE(s.iban, '')"
		    "  AND COALESCE(f.name_key, '') = COALESCE(s.name_key, '')"
		    "  AND f.recorded >= s.recorded)"
		    " GROUP BY s.customer_id, c.code, c.name, s.iban, s.name_key"
		    " ORDER BY c.code, s.customer_id, s.iban, s.name_key",
		    DB_PARAMS(P_I64(entity_id), P_I64(customer_id)), columns, ARRAY_LEN(columns),
		    sizeof *said, (void **)&said, &n, e))
		return false;
	list = ARENA_ARRAY(a, n + 1, struct learned_payer);
	for (size_t i = 0; i < n; i++)
		list[i] = (struct learned_payer){
			.customer_id = said[i].customer_id,
			.customer_code = said[i].customer_code,
			.customer_name = said[i].customer_name,
			.iban = said[i].iban,
			.name_key = said[i].name_key,
			.n_for = said[i].n_for,
			.n_against = said[i].n_against,
			.n_booked = said[i].n_booked,
			.last = said[i].last,
			.is_alive = said[i].n_for > 2 * said[i].n_against,
		};
	*ret = list;
	*ret_n = n;
	return true;
}
