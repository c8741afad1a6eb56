/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/freshness.h"

#include "base/money.h"

#include <jansson.h>

enum { IMPORTS_LOOKED_AT = 40, STALE_DAYS = 7 };

static bool minor_of(const json_t *object, const char *key, const char *currency, int64_t *ret)
{
	const char *text = json_string_value(json_object_get(object, key));
	struct money m;

	if (!text || !money_parse(text, currency, &m, NULL))
		return false;
	*ret = m.minor;
	return true;
}

/* The control totals of a ledger's file, from the report of its import. */
static bool read_control(const struct import_summary *s, struct freshness *f)
{
	json_t *report = json_loads(s->report, 0, NULL);
	const json_t *control = json_object_get(report, "control");
	const char *currency = json_string_value(json_object_get(report, "currency"));
	const char *to =
		json_string_value(json_object_get(json_object_get(report, "period"), "to"));
	int64_t file, ledger;
	bool has = control && currency_is_code(currency ? currency : "") &&
		   minor_of(control, "file", currency, &file) &&
		   minor_of(control, "ledger", currency, &ledger);

	if (has) {
		f->has_control = true;
		f->control_import_id = s->id;
		f->gap_minor = file - ledger;
		memcpy(f->currency, currency, sizeof f->currency);
		if (!to || !date_parse(to, &f->control_on, NULL))
			f->control_on = DAY_NONE;
	}
	json_decref(report);
	return has;
}

bool freshness_get(struct db *db, struct arena *a, int64_t entity_id, int64_t known_at,
		   struct freshness *ret, struct err *e)
{
	struct freshness f = { .control_on = DAY_NONE };
	struct import_summary *s;
	size_t n;

	if (!import_list(db, a, entity_id, 0, IMPORTS_LOOKED_AT, &s, &n, e) ||
	    !db_get_i64(db, "SELECT min(applied) FROM import WHERE entity_id = $1 AND applied > 0",
			DB_PARAMS(P_I64(entity_id)), 0, &f.first, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(s[i].state, "applied") || (known_at && s[i].applied > known_at))
			continue;
		if (s[i].applied > f.imported)
			f.imported = s[i].applied;
		if (s[i].n_rejected > 0) {
			f.n_rejected += s[i].n_rejected;
			if (!f.rejected_import_id)
				f.rejected_import_id = s[i].id;
		}
		if (!f.has_control)
			read_control(&s[i], &f);
	}
	*ret = f;
	return true;
}
