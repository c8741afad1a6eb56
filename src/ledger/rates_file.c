/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/rates_file.h"

#include "base/list.h"
#include "format/child.h"
#include "format/rates.h"
#include "ledger/exchange.h"
#include "ledger/rate_store.h"

struct reading {
	struct arena *arena;
	LIST_OF(struct rates_row) rows;
	bool is_exchange;
};

static const char *kept(const struct reading *r, const char *cell)
{
	return arena_strdup(r->arena, cell ? cell : "");
}

static bool take_row(struct reading *r, const struct csv_row *row, struct err *e)
{
	struct rates_row rate = { .to_on = DAY_NONE };

	if (row->n != RATES_CELLS || r->rows.n == RATES_MAX_ROWS)
		return err_set(e, ERR_FORMAT, "line %" PRId64 " is no rate", row->line);
	rate.name = kept(r, row->cell[RATES_NAME]);
	rate.value = kept(r, row->cell[RATES_VALUE]);
	rate.source = kept(r, row->cell[RATES_SOURCE]);
	if (!date_parse(kept(r, row->cell[RATES_FROM]), &rate.from_on, e) ||
	    (row->cell[RATES_TO] && !date_parse(row->cell[RATES_TO], &rate.to_on, e)))
		return false;
	*LIST_ADD(r->arena, &r->rows) = rate;
	return true;
}

static bool take(void *arg, const struct record *record, struct err *e)
{
	struct reading *r = arg;

	if (record->kind == RECORD_CSV_COLUMNS)
		r->is_exchange = str_eq(record->columns->sheet, "exchange");
	return record->kind != RECORD_CSV_ROW || take_row(r, record->row, e);
}

static bool add_exchange(struct db *db, const struct reading *r, const char *name,
			 const char *actor, int64_t now, int64_t *ret_added, struct err *e)
{
	struct exchange_rate *rate = ARENA_ARRAY(r->arena, r->rows.n, struct exchange_rate);

	for (size_t i = 0; i < r->rows.n; i++) {
		const struct rates_row *row = &r->rows.at[i];

		if (strlen(row->name) != 3)
			return err_set(e, ERR_INVALID, "invalid currency \"%.10s\"", row->name);
		memcpy(rate[i].currency, row->name, sizeof rate[i].currency);
		rate[i].on = row->from_on;
		rate[i].source = row->source;
		if (!exchange_parse(row->value, &rate[i].per_euro_ppm, e))
			return false;
	}
	return exchange_add(db, rate, r->rows.n, name, actor, now, ret_added, e);
}

static bool add_law(struct db *db, const struct reading *r, const char *actor, int64_t now,
		    int64_t *ret_added, struct err *e)
{
	struct rate *rate = ARENA_ARRAY(r->arena, r->rows.n, struct rate);

	for (size_t i = 0; i < r->rows.n; i++) {
		const struct rates_row *row = &r->rows.at[i];
		bool is_zero = strspn(row->value, "0.,") == strlen(row->value) && row->value[0];

		rate[i] = (struct rate){ .name = row->name,
					 .from_on = row->from_on,
					 .to_on = row->to_on,
					 .source = row->source };
		if (!is_zero && !exchange_parse(row->value, &rate[i].value_ppm, e))
			return false;
	}
	return rate_set_all(db, rate, r->rows.n, actor, now, ret_added, e);
}

bool rates_file_take(struct db *db, int fd, const char *name, const char *actor, int64_t now,
		     struct rates_taken *ret, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)1 << 30);
	struct child_job job = { .fd = fd,
				 .options = { .name = name, .format = FORMAT_RATES },
				 .limits = { .file_bytes = RATES_MAX_BYTES } };
	struct reading r = { .arena = a };
	struct rates_taken taken;

	if (!child_parse(&job, &(struct sink){ .arg = &r, .take = take }, NULL, e))
		return false;
	taken.is_exchange = r.is_exchange;
	taken.n_read = (int64_t)r.rows.n;
	if (!(r.is_exchange ? add_exchange(db, &r, name, actor, now, &taken.n_added, e)
			    : add_law(db, &r, actor, now, &taken.n_added, e)))
		return false;
	*ret = taken;
	return true;
}
