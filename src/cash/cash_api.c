/* SPDX-License-Identifier: Apache-2.0 */
/* cash_api.c - receipts and their matching, for programs (doc/api.md). */
#include "cash/cash_api.h"

#include "cash/convert.h"

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"
#include "cash/cash.h"
#include "match/reason.h"
#include "ledger/customer.h"
#include "ledger/import.h"
#include "ledger/item.h"

#include <jansson.h>
#include <stdio.h>

enum { PAGE = 200, PAGE_MAX = 1000, LINES_MAX = 2000 };

/* ---- writing ------------------------------------------------------------------------------------- */

static void put_entry(struct request *r, struct json *j, const struct entry *en)
{
	json_put_int(j, "id", en->id);
	json_put_text(j, "entry", en->reference);
	json_put_text(j, "account", en->account);
	json_put_day(j, "booked", en->booked_on);
	json_put_day(j, "value", en->value_on);
	json_put_minor(j, "amount", en->amount_minor, en->currency);
	json_put_text(j, "currency", en->currency);
	json_put_text(j, "payer", en->payer_name);
	json_put_text(j, "payer_iban", en->payer_iban);
	json_put_text(j, "end_to_end", en->end_to_end);
	json_put_text(j, "structured_reference", en->structured_ref);
	json_put_text(j, "remittance", en->remittance);
	json_put_text(j, "return_reason", en->return_reason);
	json_put_text(j, "state", en->state_name);
	json_put_text(j, "reason", reason_say_all(r->arena, r->cat, en->reason, en->currency));
	json_put_int(j, "version", en->version);
}

static void put_details(struct json *j, const char *key, const struct cash_detail *d, size_t n)
{
	json_key(j, key), json_open_array(j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(j);
		json_put_int(j, "item", d[i].item_id);
		json_put_text(j, "customer", d[i].customer_code);
		json_put_text(j, "document", d[i].document);
		json_put_text(j, "kind", d[i].line_kind);
		json_put_day(j, "due", d[i].due_on);
		json_put_minor(j, "amount", d[i].amount_minor, d[i].currency);
		json_put_minor(j, "open", d[i].open_minor, d[i].currency);
		json_put_text(j, "currency", d[i].currency);
		json_end(j);
	}
	json_end(j);
}

static bool put_proposal(struct request *r, struct json *j, const struct cash_proposal *x,
			 const struct entry *en, struct err *e)
{
	char confidence[32];
	struct cash_detail *d;
	size_t n;

	if (!cash_detail_of_lines(r->db, r->arena, x->lines, &d, &n, e))
		return false;
	snprintf(confidence, sizeof confidence, "%" PRId64 ".%06" PRId64,
		 x->confidence_ppm / 1000000, x->confidence_ppm % 1000000);
	json_open_object(j);
	json_put_int(j, "rank", x->rank);
	json_put_text(j, "customer", x->customer_code);
	json_put_text(j, "name", x->customer_name);
	json_put_text(j, "rule", x->rule);
	json_put_text(
		j, "reason",
		reason_say_all(r->arena, r->cat, x->reason, n ? d[0].currency : en->currency));
	json_key(j, "confidence"), json_number(j, confidence);
	put_details(j, "lines", d, n);
	json_end(j);
	return true;
}

static bool respond_entry(struct request *r, struct err *e)
{
	struct cash_proposal *x;
	struct cash_detail *d;
	struct entry en;
	struct json j;
	struct buf b;
	size_t n, n_details;

	if (!entry_get(r->db, r->arena, r->entity.id, request_id(r, "entry"), &en, e) ||
	    !cash_proposal_list(r->db, r->arena, en.id, &x, &n, e) ||
	    !cash_detail_of_entry(r->db, r->arena, r->entity.id, en.id, &d, &n_details, e))
		return false;
	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_object(&j);
	put_entry(r, &j, &en);
	put_details(&j, "lines", d, n_details);
	if (!convert_put(r->db, r->arena, r->entity.id, en.id, &j, e))
		return false;
	json_key(&j, "proposals"), json_open_array(&j);
	for (size_t i = 0; i < n; i++)
		if (!put_proposal(r, &j, &x[i], &en, e))
			return false;
	json_end(&j);
	json_end(&j);
	return respond_json(r, &b, 200);
}

/* ---- reading ------------------------------------------------------------------------------------- */

/* A whole number of the query; absent when it is not there. */
static bool query_number(struct request *r, const char *name, uint64_t max, uint64_t absent,
			 uint64_t *ret, struct err *e)
{
	const char *text = request_query(r, name);

	*ret = absent;
	return !text || text_to_u64(text, max, ret) ||
	       err_field(e, ERR_USAGE, name, "\"%.40s\" is no whole number up to %" PRIu64, text,
			 max);
}

static bool check_state(const char *state, struct err *e)
{
	for (int i = 0; i < ENTRY_N_STATES; i++)
		if (str_eq(state, entry_state_name((enum entry_state)i)))
			return true;
	return err_field(e, ERR_USAGE, "state", "\"%.40s\" is no state of an entry", state);
}

static bool entries_get(struct request *r, struct err *e)
{
	const char *state = request_query(r, "state");
	uint64_t after, limit;
	struct entry *list;
	struct json j;
	struct buf b;
	size_t n;

	if ((state && !check_state(state, e)) ||
	    !query_number(r, "after", INT64_MAX, 0, &after, e) ||
	    !query_number(r, "limit", PAGE_MAX, PAGE, &limit, e) ||
	    !entry_list_page(r->db, r->arena, r->entity.id, state, (int64_t)after, (int)limit,
			     &list, &n, e))
		return false;
	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "entries"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		put_entry(r, &j, &list[i]);
		json_end(&j);
	}
	json_end(&j);
	/* Where to go on; the last position when nothing came. */
	json_put_int(&j, "next", n ? list[n - 1].id : (int64_t)after);
	json_put_bool(&j, "more", n > 0 && n == limit);
	json_end(&j);
	return respond_json(r, &b, 200);
}

static bool entry_get_one(struct request *r, struct err *e)
{
	return respond_entry(r, e);
}

static bool unallocated_get(struct request *r, struct err *e)
{
	struct cash_unallocated *u;
	struct json j;
	struct buf b;
	size_t n;

	if (!cash_unallocated_list(r->db, r->arena, r->entity.id, &u, &n, e))
		return false;
	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_key(&j, "unallocated"), json_open_array(&j);
	for (size_t i = 0; i < n; i++) {
		json_open_object(&j);
		json_put_int(&j, "item", u[i].item_id);
		json_put_text(&j, "customer", u[i].customer_code);
		json_put_text(&j, "name", u[i].customer_name);
		json_put_text(&j, "document", u[i].document);
		json_put_text(&j, "kind", u[i].kind);
		json_put_text(&j, "entry", u[i].entry_reference);
		json_put_day(&j, "received", u[i].received_on);
		json_put_minor(&j, "amount", u[i].amount_minor, u[i].currency);
		json_put_minor(&j, "left", u[i].left_minor, u[i].currency);
		json_put_text(&j, "currency", u[i].currency);
		json_put_int(&j, "days", r->today - u[i].received_on);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return respond_json(r, &b, 200);
}

/* ---- acts ---------------------------------------------------------------------------------------- */

static void free_json(void *arg)
{
	json_decref(arg);
}

bool cash_api_body(struct request *r, json_t **ret, struct err *e)
{
	json_error_t why;

	*ret = NULL;
	if (!r->body || r->body_len == 0)
		return true;
	*ret = json_loadb(r->body, r->body_len, JSON_REJECT_DUPLICATES, &why);
	if (!*ret)
		return err_set(e, ERR_USAGE, "line %d of the body is no JSON: %.120s", why.line,
			       why.text);
	arena_defer(r->arena, free_json, *ret);
	return json_is_object(*ret) || err_set(e, ERR_USAGE, "the body must be a JSON object");
}

static bool decision_of(struct request *r, const json_t *body, struct cash_decision *ret,
			struct err *e)
{
	const json_t *version = json_object_get(body, "version");

	*ret = (struct cash_decision){ .entity_id = r->entity.id,
				       .entry_id = request_id(r, "entry"),
				       .actor = r->actor,
				       .now = r->now };
	if (!version)
		return true;
	ret->version = json_integer_value(version);
	return ret->version > 0 ||
	       err_field(e, ERR_INVALID, "version", "the version must be a whole number");
}

static bool kind_of(const char *name, enum match_kind *ret, struct err *e)
{
	return match_kind_of(name, ret) ||
	       err_field(e, ERR_INVALID, "kind", "\"%.40s\" is no kind of a line", name);
}

/* The open document of that number, of the customer when one is named. */
static bool find_document(struct request *r, const char *document, int64_t customer_id,
			  const char *currency, int64_t *ret, struct err *e)
{
	struct item *list;
	enum item_kind kind;
	size_t n;

	*ret = 0;
	if (!item_find_document(r->db, r->arena, r->entity.id, document, &list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (list[i].open_minor == 0 || !str_eq(list[i].currency, currency) ||
		    (customer_id && list[i].customer_id != customer_id) ||
		    !item_kind_of(list[i].kind_name, &kind) || item_kind_is_cash(kind))
			continue;
		if (*ret)
			return err_field(
				e, ERR_CONFLICT, "document",
				"several open documents are numbered \"%.60s\": name the item,"
				" or the customer",
				document);
		*ret = list[i].id;
	}
	return *ret || err_field(e, ERR_NOT_FOUND, "document",
				 "there is no open document \"%.60s\" in %s", document, currency);
}

/* {"document": "FA1", "amount": "12.00", "kind": "allocation"}, or "item" with its number. */
static bool read_line(struct request *r, const json_t *line, const char *currency,
		      int64_t customer_id, struct cash_line *ret, struct err *e)
{
	const char *document = json_string_value(json_object_get(line, "document"));
	const char *amount = json_string_value(json_object_get(line, "amount"));
	const char *kind = json_string_value(json_object_get(line, "kind"));
	struct money m;
	struct item it;

	*ret = (struct cash_line){ .item_id = json_integer_value(json_object_get(line, "item")),
				   .kind = MATCH_ALLOCATION };
	if (ret->item_id <= 0 && !document)
		return err_field(e, ERR_INVALID, "item",
				 "a line names its document, or its item by number");
	if (!amount)
		return err_field(e, ERR_INVALID, "amount",
				 "a line says its amount as text: \"12.00\"");
	if (ret->item_id <= 0 &&
	    !find_document(r, document, customer_id, currency, &ret->item_id, e))
		return false;
	if (!item_get(r->db, r->arena, r->entity.id, ret->item_id, &it, e) ||
	    !money_parse(amount, currency, &m, e))
		return false;
	ret->amount_minor = m.minor;
	return !kind || kind_of(kind, &ret->kind, e);
}

static bool read_lines(struct request *r, const json_t *list, const char *currency,
		       struct cash_decision *d, struct err *e)
{
	size_t n = json_array_size(list);
	struct cash_line *lines = ARENA_ARRAY(r->arena, n + 1, struct cash_line);

	if (n > LINES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d lines", LINES_MAX);
	for (size_t i = 0; i < n; i++)
		if (!read_line(r, json_array_get(list, i), currency, d->customer_id, &lines[i], e))
			return false;
	d->lines = lines;
	d->n_lines = n;
	return true;
}

/* The lines of one of the explanations that wait. */
static bool take_proposal(struct request *r, int64_t rank, const struct entry *en,
			  struct cash_decision *d, struct err *e)
{
	struct cash_proposal *x;
	struct cash_detail *details;
	struct cash_line *lines;
	size_t n, k = 0, n_lines;

	if (!cash_proposal_list(r->db, r->arena, d->entry_id, &x, &n, e))
		return false;
	while (k < n && x[k].rank != rank)
		k++;
	if (k == n)
		return err_set(e, ERR_CONFLICT, "that explanation is no longer there");
	if (!cash_detail_of_lines(r->db, r->arena, x[k].lines, &details, &n_lines, e))
		return false;
	lines = ARENA_ARRAY(r->arena, n_lines + 1, struct cash_line);
	for (size_t i = 0; i < n_lines; i++) {
		lines[i] = (struct cash_line){ .item_id = details[i].item_id,
					       .amount_minor = details[i].amount_minor };
		if (!kind_of(details[i].line_kind ? details[i].line_kind : "allocation",
			     &lines[i].kind, e))
			return false;
	}
	d->lines = lines;
	d->n_lines = n_lines;
	d->customer_id = x[k].customer_id;
	d->rule = x[k].rule;
	return convert_decide(r->db, r->arena, en, details, n_lines, d, e);
}

/* "convert": the currency of the documents; "worth": what the money is worth in it, as was agreed. */
static bool read_convert(const json_t *body, const struct entry *en, struct cash_decision *d,
			 struct err *e)
{
	const char *worth = json_string_value(json_object_get(body, "worth"));
	const char *convert = json_string_value(json_object_get(body, "convert"));
	struct money m = { 0 };

	if (convert && !currency_is_code(convert))
		return err_field(e, ERR_INVALID, "convert", "\"%.10s\" is no currency", convert);
	d->convert = convert && !str_eq(convert, en->currency) ? convert : NULL;
	if (!worth)
		return true;
	if (!d->convert || !money_parse(worth, d->convert, &m, e) || m.minor <= 0)
		return err_field(e, ERR_INVALID, "worth",
				 "the worth is an amount of the currency that is converted to");
	d->worth_minor = m.minor;
	return true;
}

static bool fill_decision(struct request *r, const json_t *body, struct cash_decision *d,
			  struct err *e)
{
	const json_t *proposal = json_object_get(body, "proposal");
	const json_t *lines = json_object_get(body, "lines");
	const char *code = json_string_value(json_object_get(body, "customer"));
	struct customer c;
	struct entry en;

	if (!entry_get(r->db, r->arena, r->entity.id, d->entry_id, &en, e))
		return false;
	if (proposal)
		return take_proposal(r, json_integer_value(proposal), &en, d, e);
	if (lines && !json_is_array(lines))
		return err_field(e, ERR_INVALID, "lines", "the lines must be a list");
	if (code && !customer_get(r->db, r->arena, r->entity.id, code, &c, e))
		return false;
	d->customer_id = code ? c.id : 0;
	if (!read_convert(body, &en, d, e) ||
	    !read_lines(r, lines, d->convert ? d->convert : en.currency, d, e))
		return false;
	return code || d->n_lines > 0 ||
	       err_set(e, ERR_INVALID, "say which explanation, which lines, or whose money it is");
}

static bool entry_apply(struct request *r, struct err *e)
{
	struct cash_decision d;
	json_t *body;

	return cash_api_body(r, &body, e) && decision_of(r, body, &d, e) &&
	       fill_decision(r, body, &d, e) && cash_apply(r->db, &d, e) && respond_entry(r, e);
}

static bool entry_unapply(struct request *r, struct err *e)
{
	struct cash_decision d;
	json_t *body;

	return cash_api_body(r, &body, e) && decision_of(r, body, &d, e) &&
	       cash_unapply(r->db, &d, e) && respond_entry(r, e);
}

static bool entry_ignore(struct request *r, struct err *e)
{
	struct cash_decision d;
	json_t *body;

	return cash_api_body(r, &body, e) && decision_of(r, body, &d, e) &&
	       cash_ignore(r->db, &d, e) && respond_entry(r, e);
}

static bool match_post(struct request *r, struct err *e)
{
	struct cash_match_options o = {
		.entity_id = r->entity.id, .date = r->today, .actor = r->actor, .now = r->now
	};
	struct cash_match_report report;
	struct json j;
	struct buf b;

	if (!cash_match(r->db, r->arena, &o, &report, e))
		return false;
	buf_init(&b, r->arena);
	json_init(&j, &b);
	json_open_object(&j);
	json_put_int(&j, "entries", (int64_t)report.n);
	json_put_int(&j, "auto", report.n_auto);
	json_put_int(&j, "proposed", report.n_proposed);
	json_put_int(&j, "unmatched", report.n_unmatched);
	json_put_int(&j, "booked", report.n_booked);
	json_put_int(&j, "doubtful", report.n_doubtful);
	json_end(&j);
	return respond_json(r, &b, 200);
}

/* ---- files --------------------------------------------------------------------------------------- */

/* A file as its bytes, or the first of a form: read, checked and applied as on the command line. */
static bool imports_post(struct request *r, struct err *e)
{
	const char *name = request_query(r, "name");
	struct import_report report;
	struct bank_importer bank;
	struct entity entity;
	struct import_job job;
	struct buf b;

	if (r->n_uploads != 1 || r->uploads[0].size == 0)
		return err_set(
			e, ERR_USAGE,
			"send one file as the body, with its type (application/octet-stream)");
	if (!entity_get_by_id(r->db, r->arena, r->entity.id, &entity, e))
		return false;
	statement_importer(r->arena, &bank);
	job = (struct import_job){
		.db = r->db,
		.arena = r->arena,
		.entity = &entity,
		.actor = r->actor,
		.now = r->now,
		.today = r->today,
		.mode = str_eq(request_query(r, "mode"), "snapshot") ? IMPORT_SNAPSHOT
								     : IMPORT_MOVEMENTS,
		.bank = &bank,
	};
	if (!import_file(&job, r->uploads[0].fd, name ? name : r->uploads[0].file_name, &report, e))
		return false;
	buf_init(&b, r->arena);
	buf_puts(&b, import_report_json(r->arena, &report));
	return respond_json(r, &b, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/api/v1/entries", entries_get, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(GET, "/api/v1/entries/:entry", entry_get_one, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/api/v1/entries/:entry/apply", entry_apply, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/api/v1/entries/:entry/unapply", entry_unapply, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/api/v1/entries/:entry/ignore", entry_ignore, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(GET, "/api/v1/unallocated", unallocated_get, PERM_CASH_READ, SCOPE_ENTITY),
	ROUTE(POST, "/api/v1/match", match_post, PERM_CASH_APPLY, SCOPE_ENTITY),
	ROUTE(POST, "/api/v1/imports", imports_post, PERM_IMPORT_RUN, SCOPE_ENTITY),
};
const struct route_list cash_api_routes = ROUTE_LIST(routes);
