/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/calibration.h"

#include "base/list.h"

bool calibration_load(struct db *db, struct arena *a, int64_t entity_id,
		      struct match_calibration *ret, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	LIST_OF(struct match_answer) list = { 0 };
	bool more = false;

	/* The newest are enough, and say how it is now. */
	if (!db_query(db,
		      "SELECT rule, raw_milli, is_right FROM match_outcome"
		      " WHERE entity_id = $1 AND is_auto = 0"
		      " UNION ALL SELECT c.rule, c.raw_milli,"
		      "  CASE WHEN w.entry_id IS NULL THEN 1 ELSE 0 END FROM ("
		      "  SELECT rule, raw_milli, entry_id FROM match_certificate"
		      "   WHERE entity_id = $1 ORDER BY event_id DESC LIMIT 50000) c"
		      " LEFT JOIN (SELECT DISTINCT entry_id FROM match_outcome"
		      "  WHERE entity_id = $1 AND is_auto = 1) w ON w.entry_id = c.entry_id",
		      DB_PARAMS(P_I64(entity_id)), &r, e))
		return false;
	for (;;) {
		struct match_answer answer = { .is_right = false };
		if (!rows_next(r, &more, e))
			return false;
		if (!more)
			break;
		answer.raw_milli = row_i64(r, 1);
		answer.is_right = row_i64(r, 2) != 0;
		/* A rule of another version of the program means nothing here. */
		if (match_rule_of(row_text(r, 0), &answer.rule))
			*LIST_ADD(a, &list) = answer;
	}
	match_calibration_fit(a, list.at, list.n, ret);
	return true;
}
