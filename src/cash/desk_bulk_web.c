/* SPDX-License-Identifier: Apache-2.0 */
/* desk_bulk_web.c - many explanations accepted at once: looked at first, with their sum, and undone as one. */
#include "cash/desk_web.h"

#include "base/list.h"
#include "base/text.h"
#include "match/reason.h"
#include "web/show.h"
#include "web/undo.h"

enum { BULK_MAX = 100 };

struct bulk_one {
	struct entry entry;
	struct cash_proposal proposal;
	struct cash_line *lines;
	size_t n_lines;
	int64_t applied_minor; /* of the entry's money */
	bool is_converted;     /* documents of another currency than the entry's */
	const char *documents;
};

struct bulk {
	LIST_OF(struct bulk_one) list;
	int n_left_out; /* asked for, but changed, converted, or without documents of ours */
};

/* ---- one entry's best explanation ---- */

static bool load_lines(struct request *r, struct bulk_one *one, struct err *e)
{
	struct cash_detail *d;
	struct buf names;
	size_t n;

	if (!cash_detail_of_lines(r->db, r->arena, one->proposal.lines, &d, &n, e))
		return false;
	buf_init(&names, r->arena);
	one->lines = ARENA_ARRAY(r->arena, n + 1, struct cash_line);
	for (size_t i = 0; i < n; i++) {
		enum match_kind kind = desk_line_kind(&d[i]);
		one->is_converted |= !str_eq(d[i].currency, one->entry.currency);
		one->lines[one->n_lines++] =
			(struct cash_line){ d[i].item_id, d[i].amount_minor, kind };
		if (kind != MATCH_ALLOCATION)
			continue;
		one->applied_minor += d[i].amount_minor;
		if (i < 3)
			buf_printf(&names, "%s%s", names.len ? ", " : "", d[i].document);
		else if (i == 3)
			buf_puts(&names, " …");
	}
	one->documents = buf_str(&names);
	return true;
}

/* Keeps it when its best explanation pays documents of this company. */
static bool add_one(struct request *r, int64_t id, int64_t version, bool only_exact, struct bulk *b,
		    struct err *e)
{
	struct bulk_one one = { 0 };
	struct cash_proposal *list;
	struct err none = { 0 };
	int64_t entity_id;
	size_t n;

	if (!entry_get(r->db, r->arena, r->entity.id, id, &one.entry, &none)) {
		b->n_left_out++;
		if (none.code != ERR_NOT_FOUND)
			*e = none;
		return none.code == ERR_NOT_FOUND;
	}
	if (!cash_proposal_list(r->db, r->arena, id, &list, &n, e))
		return false;
	if (one.entry.version != version || one.entry.state != ENTRY_PROPOSED || n == 0) {
		b->n_left_out++;
		return true;
	}
	one.proposal = list[0];
	if (!transfer_entity_of(r->db, one.proposal.customer_id, &entity_id, e) ||
	    !load_lines(r, &one, e))
		return false;
	/* What is converted is looked at one by one. */
	if (entity_id != r->entity.id || one.n_lines == 0 || one.is_converted ||
	    (only_exact && one.applied_minor != one.entry.amount_minor)) {
		b->n_left_out++;
		return true;
	}
	*LIST_ADD(r->arena, &b->list) = one;
	return true;
}

/* "4711,3" */
static bool read_key(struct request *r, const char *text, int64_t *ret_id, int64_t *ret_version)
{
	const char *comma = strchr(text, ',');
	uint64_t id, version;

	if (!comma || !text_to_u64(comma + 1, INT64_MAX, &version) ||
	    !text_to_u64(arena_strndup(r->arena, text, (size_t)(comma - text)), INT64_MAX, &id))
		return false;
	*ret_id = (int64_t)id;
	*ret_version = (int64_t)version;
	return true;
}

static bool add_ticked(struct request *r, const struct web_values *values, struct bulk *b,
		       struct err *e)
{
	for (size_t i = 0; i < values->n && b->list.n < BULK_MAX; i++) {
		int64_t id, version;
		if (!str_eq(values->at[i].name, "entry"))
			continue;
		if (!read_key(r, values->at[i].value, &id, &version))
			return err_set(e, ERR_USAGE, "\"%.40s\" names no entry",
				       values->at[i].value);
		if (!add_one(r, id, version, false, b, e))
			return false;
	}
	return true;
}

/* Everything of the queue from that confidence on whose documents take the money to the cent. */
static bool add_above(struct request *r, int64_t least_ppm, struct bulk *b, struct err *e)
{
	struct desk_filter f;
	struct desk_row *rows;
	const char *wrong;
	size_t n;

	desk_filter_read(r, &f, &wrong);
	if (wrong)
		return err_set(e, ERR_USAGE, "%s", wrong);
	f.state = entry_state_name(ENTRY_PROPOSED);
	if (!desk_list(r->db, r->arena, r->entity.id, &f, DAY_NONE, 0, 2000, &rows, &n, e))
		return false;
	for (size_t i = 0; i < n && b->list.n < BULK_MAX; i++)
		if (rows[i].confidence_ppm >= least_ppm &&
		    !add_one(r, rows[i].id, rows[i].version, true, b, e))
			return false;
	/* Those left out were not asked for one by one. */
	b->n_left_out = 0;
	return true;
}

/* ---- looking first ---- */

static struct bulk_row row_of(struct page *p, const struct bulk_one *one)
{
	const struct entry *en = &one->entry;
	int64_t gap = en->amount_minor - one->applied_minor;

	return (struct bulk_row){
		.key = arena_printf(p->arena, "%" PRId64 ",%" PRId64, en->id, en->version),
		.url = arena_printf(p->arena, "/bank/entries/%" PRId64, en->id),
		.day = show_day(p, en->booked_on),
		.who = en->payer_name ? en->payer_name : tr(p->cat, "Payer not named"),
		.customer = one->proposal.customer_name,
		.documents = one->documents,
		.why = reason_say_all(p->arena, p->cat, one->proposal.reason, en->currency),
		.amount = show_amount(p, en->amount_minor, en->currency),
		.gap = gap ? show_amount(p, gap, en->currency) : NULL,
		.confidence = show_percent(p, one->proposal.confidence_ppm, 1000000),
	};
}

/* One sum for each currency: they are never added. */
static const char *sums(struct page *p, const struct bulk *b)
{
	struct buf text;

	buf_init(&text, p->arena);
	for (size_t i = 0; i < b->list.n; i++) {
		const char *currency = b->list.at[i].entry.currency;
		int64_t sum = 0;
		bool is_first = true;
		for (size_t k = 0; k < b->list.n; k++) {
			if (!str_eq(b->list.at[k].entry.currency, currency))
				continue;
			is_first &= k >= i;
			sum += b->list.at[k].entry.amount_minor;
		}
		if (is_first)
			buf_printf(&text, "%s%s", text.len ? " + " : "",
				   show_amount(p, sum, currency));
	}
	return buf_str(&text);
}

static bool bulk_show(struct request *r, struct err *e)
{
	struct page *p = page_begin(r, tr(r->cat, "Accept several"), "bank");
	const char *above = request_query(r, "above");
	struct bulk_view v = { .back_url = desk_url(r, 0, "") };
	struct bulk b = { 0 };
	struct bulk_row *rows;
	uint64_t tenths = 0;

	if (!str_empty(above) && (!text_to_u64(above, 1000, &tenths) || tenths < 500))
		return err_set(e, ERR_USAGE, "\"%.20s\" is no confidence", above);
	if (tenths ? !add_above(r, (int64_t)tenths * 1000, &b, e)
		   : !add_ticked(r, &r->query, &b, e))
		return false;
	rows = ARENA_ARRAY(p->arena, b.list.n + 1, struct bulk_row);
	for (size_t i = 0; i < b.list.n; i++)
		rows[i] = row_of(p, &b.list.at[i]);
	v.rows = rows;
	v.n_rows = b.list.n;
	v.n_left_out = b.n_left_out;
	v.sum = sums(p, &b);
	bulk_page(p, &v);
	return respond_page(r, p, 200);
}

/* ---- doing ---- */

/* Each is a transaction of its own: one that changed meanwhile does not stop the others. */
static bool accept_one(struct request *r, const struct bulk_one *one, bool *ret_done, struct err *e)
{
	const struct cash_decision d = { .entity_id = r->entity.id,
					 .entry_id = one->entry.id,
					 .version = one->entry.version,
					 .lines = one->lines,
					 .n_lines = one->n_lines,
					 .customer_id = one->proposal.customer_id,
					 .rule = one->proposal.rule,
					 .actor = r->actor,
					 .now = r->now };
	struct err none = { 0 };

	*ret_done = cash_apply(r->db, &d, &none);
	if (*ret_done || none.code == ERR_CONFLICT || none.code == ERR_STALE ||
	    none.code == ERR_INVALID)
		return true;
	*e = none;
	return false;
}

static bool bulk_post(struct request *r, struct err *e)
{
	struct bulk b = { 0 };
	unsigned long n = 0, n_refused;
	const char *said;

	if (!add_ticked(r, &r->form, &b, e))
		return false;
	for (size_t i = 0; i < b.list.n; i++) {
		bool is_done;
		if (!accept_one(r, &b.list.at[i], &is_done, e))
			return false;
		n += is_done;
	}
	n_refused = b.list.n - n + (unsigned long)b.n_left_out;
	said = arena_printf(r->arena,
			    trn(r->cat, "%lu receipt applied.", "%lu receipts applied.", n), n);
	if (n_refused > 0)
		said = arena_printf(r->arena,
				    trn(r->cat, "%s %lu changed meanwhile and waits.",
					"%s %lu changed meanwhile and wait.", n_refused),
				    said, n_refused);
	return (n > 0 ? flash_set(r, said, undo_now(r, "entry.applied"), e)
		      : flash_error(r, said, e)) &&
	       respond_redirect(r, desk_url(r, 0, ""));
}

static const struct route routes[] = {
	ROUTE(GET, "/bank/bulk", bulk_show, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/bank/bulk", bulk_post, PERM_CASH_APPLY, SCOPE_ENTITY),
};
const struct route_list desk_bulk_routes = ROUTE_LIST(routes);
