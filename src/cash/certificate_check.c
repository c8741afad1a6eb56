/* SPDX-License-Identifier: Apache-2.0 */
/* certificate_check.c - certificates against the rows. It knows nothing of the matching but the JSON. */
#include "cash/certificate.h"

#include "base/list.h"
#include "base/text.h"
#include "cash/certificate_text.h"

#include <jansson.h>

/* A certificate as stored, with its entry as the bank sent it. */
struct certified {
	int64_t event_id, entry_id, recorded;
	const char *body;
	const char *reference; /* of the entry */
	int64_t amount_minor;
	char currency[4];
	const char *payer_name, *payer_iban, *end_to_end, *structured_ref, *remittance, *other_refs;
	json_t *json;
	int64_t customer_id;
	const char *as_of;
};

static const struct db_column columns[] = {
	DB_COL(struct certified, event_id),       DB_COL(struct certified, entry_id),
	DB_COL(struct certified, recorded),       DB_COL(struct certified, body),
	DB_COL(struct certified, reference),      DB_COL(struct certified, amount_minor),
	DB_COL(struct certified, currency),       DB_COL(struct certified, payer_name),
	DB_COL(struct certified, payer_iban),     DB_COL(struct certified, end_to_end),
	DB_COL(struct certified, structured_ref), DB_COL(struct certified, remittance),
	DB_COL(struct certified, other_refs),
};

struct checking {
	struct db *db;
	struct arena *arena;
	int64_t entity_id;
	struct verify_report *report;
	const struct certified *c;
};

static void fault(struct checking *k, const char *law, const char *what, int64_t expected,
		  int64_t found)
{
	verify_add(k->arena, k->report,
		   &(struct verify_fault){
			   .law = law,
			   .detail = arena_printf(k->arena, "certificate of bank entry %.60s: %s",
						  k->c->reference, what),
			   .subject_kind = "match_certificate",
			   .subject_id = k->c->event_id,
			   .document = k->c->reference,
			   .currency = expected == found ? NULL : k->c->currency,
			   .expected_minor = expected,
			   .found_minor = found });
}

static int64_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* ---- amounts ---- */

static void check_entry(struct checking *k)
{
	const char *currency = text(k->c->json, "currency");
	int64_t minor = number(k->c->json, "entry_minor"), sum = number(k->c->json, "left_minor");
	const json_t *lines = json_object_get(k->c->json, "lines");

	if (minor != k->c->amount_minor || !str_eq(currency, k->c->currency))
		fault(k, "certificate_entry", "not the amount that the bank sent",
		      k->c->amount_minor, minor);
	for (size_t i = 0; i < json_array_size(lines); i++) {
		const json_t *line = json_array_get(lines, i);
		if (json_is_true(json_object_get(line, "is_money")))
			sum += number(line, "amount_minor");
	}
	if (sum != minor || number(k->c->json, "left_minor") < 0)
		fault(k, "certificate_sum", "lines and rest do not add up to the amount", minor,
		      sum);
}

static int64_t claimed_on(const json_t *lines, int64_t item_id)
{
	int64_t sum = 0;

	for (size_t i = 0; i < json_array_size(lines); i++)
		if (number(json_array_get(lines, i), "item_id") == item_id)
			sum += number(json_array_get(lines, i), "amount_minor");
	return sum;
}

/* What the posting did to each document, credit notes as taken, against the lines. */
static bool check_posted(struct checking *k, struct err *e)
{
	CLEANUP(rows_closep) struct rows *r = NULL;
	const json_t *lines = json_object_get(k->c->json, "lines");
	int64_t n_posted = 0, n_claimed = 0;
	bool more = false;

	if (!db_query(k->db,
		      "SELECT i.id, CAST(SUM(CASE WHEN i.id = l.debit_item_id THEN l.amount_minor"
		      " ELSE -l.amount_minor END) AS BIGINT) FROM allocation l JOIN item i"
		      " ON i.id IN (l.debit_item_id, l.credit_item_id) WHERE l.event_id = $1"
		      " AND COALESCE(l.reverses_id, 0) = 0 AND i.event_id <> $1 GROUP BY i.id",
		      DB_PARAMS(P_I64(k->c->event_id)), &r, e))
		return false;
	while (rows_next(r, &more, e) && more) {
		int64_t claimed = claimed_on(lines, row_i64(r, 0));
		n_posted++;
		if (claimed != row_i64(r, 1))
			fault(k, "certificate_lines", "another amount was applied than it says",
			      claimed, row_i64(r, 1));
	}
	for (size_t i = 0; i < json_array_size(lines); i++) {
		bool is_first = true;
		for (size_t p = 0; p < i; p++)
			is_first = is_first && number(json_array_get(lines, p), "item_id") !=
						       number(json_array_get(lines, i), "item_id");
		n_claimed += is_first;
	}
	if (!more && n_posted != n_claimed)
		fault(k, "certificate_lines", "other documents were applied than it says", 0, 0);
	return !more;
}

/* ---- documents ---- */

/* What the item had open before that moment; what else was taken of it and given back in that very moment, by the
 * rest of the run. */
#define OPEN_THEN                                                                                  \
	"SELECT i.id, i.customer_id, i.currency, i.kind, i.document, i.payment_ref, i.order_ref,"  \
	" i.amount_minor, CAST(i.amount_minor - COALESCE((SELECT SUM(CASE WHEN i.id ="             \
	" l.debit_item_id THEN l.amount_minor ELSE -l.amount_minor END) FROM allocation l"         \
	" WHERE (l.debit_item_id = i.id OR l.credit_item_id = i.id) AND l.recorded < $2"           \
	" AND l.effective <= $3), 0) AS BIGINT),"                                                  \
	" CAST(COALESCE((SELECT SUM(CASE WHEN l.amount_minor > 0 THEN l.amount_minor ELSE 0 END)"  \
	" FROM allocation l WHERE (l.debit_item_id = i.id OR l.credit_item_id = i.id)"             \
	" AND l.recorded = $2 AND l.event_id <> $4), 0) AS BIGINT),"                               \
	" CAST(COALESCE((SELECT SUM(CASE WHEN l.amount_minor < 0 THEN -l.amount_minor ELSE 0 END)" \
	" FROM allocation l WHERE (l.debit_item_id = i.id OR l.credit_item_id = i.id)"             \
	" AND l.recorded = $2), 0) AS BIGINT) FROM item i"

struct open_then {
	int64_t id, customer_id;
	char currency[4];
	const char *kind, *document, *payment_ref, *order_ref;
	int64_t amount_minor, open_minor;
	int64_t taken_minor, given_minor; /* positive */
};

static const struct db_column open_columns[] = {
	DB_COL(struct open_then, id),          DB_COL(struct open_then, customer_id),
	DB_COL(struct open_then, currency),    DB_COL(struct open_then, kind),
	DB_COL(struct open_then, document),    DB_COL(struct open_then, payment_ref),
	DB_COL(struct open_then, order_ref),   DB_COL(struct open_then, amount_minor),
	DB_COL(struct open_then, open_minor),  DB_COL(struct open_then, taken_minor),
	DB_COL(struct open_then, given_minor),
};

static int64_t positive(int64_t minor, int64_t sign)
{
	return sign < 0 ? -minor : minor;
}

static bool check_line(struct checking *k, const json_t *line, struct err *e)
{
	int64_t id = number(line, "item_id"), claimed = number(line, "open_minor");
	int64_t taken = number(line, "amount_minor");
	struct open_then *it;
	size_t n;

	if (!db_list(k->db, k->arena, OPEN_THEN " WHERE i.id = $1 AND i.entity_id = $5",
		     DB_PARAMS(P_I64(id), P_I64(k->c->recorded), P_TEXT(k->c->as_of),
			       P_I64(k->c->event_id), P_I64(k->entity_id)),
		     open_columns, ARRAY_LEN(open_columns), sizeof *it, (void **)&it, &n, e))
		return false;
	if (n == 0 || it->customer_id != k->c->customer_id ||
	    strcmp(it->currency, k->c->currency) != 0) {
		fault(k, "certificate_item", "names a document that this customer has not", 0, 0);
		return true;
	}
	taken = positive(taken, it->amount_minor);
	claimed = positive(claimed, it->amount_minor);
	if (taken <= 0 || taken > claimed)
		fault(k, "certificate_open", "takes more of a document than it had open", claimed,
		      taken);
	/* Others of the run may have come before or after. */
	if (claimed > positive(it->open_minor, it->amount_minor) + it->given_minor ||
	    claimed < positive(it->open_minor, it->amount_minor) - it->taken_minor)
		fault(k, "certificate_open",
		      arena_printf(k->arena, "%.60s had another amount open then", it->document),
		      positive(it->open_minor, it->amount_minor), claimed);
	return true;
}

static bool check_lines(struct checking *k, struct err *e)
{
	const json_t *lines = json_object_get(k->c->json, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++)
		if (!check_line(k, json_array_get(lines, i), e))
			return false;
	return true;
}

/* ---- what the text says ---- */

static const char *column_text(const struct certified *c, const char *name)
{
	return str_eq(name, "payer_name")       ? c->payer_name
	       : str_eq(name, "payer_iban")     ? c->payer_iban
	       : str_eq(name, "end_to_end")     ? c->end_to_end
	       : str_eq(name, "structured_ref") ? c->structured_ref
	       : str_eq(name, "remittance")     ? c->remittance
						: NULL;
}

/* What somebody may write for a row, one per line: numbers of a document, or of a customer and his names. */
static bool names_of(struct checking *k, const char *sql, int64_t id, char **ret, struct err *e)
{
	return db_get_text(k->db, k->arena, sql, DB_PARAMS(P_I64(id)), ret, e);
}

static bool any_quoted(struct checking *k, const char *quote, char *lines, bool are_names)
{
	char *save = NULL;

	for (char *l = lines ? strtok_r(lines, "\n", &save) : NULL; l;
	     l = strtok_r(NULL, "\n", &save))
		if (certificate_quotes(k->arena, quote, l) ||
		    (are_names && certificate_names(k->arena, quote, l)))
			return true;
	return false;
}

/* A row changed by a person since cannot speak for what it was. */
static bool is_changed_since(struct checking *k, const char *subject, int64_t id, bool *ret,
			     struct err *e)
{
	int64_t n;

	if (!db_get_i64(k->db,
			"SELECT COUNT(*) FROM event WHERE subject_kind = $1 AND subject_id = $2"
			" AND recorded > $3",
			DB_PARAMS(P_TEXT(subject), P_I64(id), P_I64(k->c->recorded)), 0, &n, e))
		return false;
	*ret = n > 0;
	return true;
}

#define ITEM_NAMES                                                        \
	"SELECT document || '\n' || COALESCE(payment_ref, '') || '\n' ||" \
	" COALESCE(order_ref, '') FROM item WHERE id = $1"
#define CUSTOMER_NAMES                                                          \
	"SELECT code || '\n' || name || '\n' || COALESCE(siren, '') || '\n' ||" \
	" COALESCE(vat_number, '') || '\n' || COALESCE(iban, '') FROM customer WHERE id = $1"

static bool check_mark(struct checking *k, const json_t *mark, struct err *e)
{
	const char *quote = text(mark, "text"), *field = column_text(k->c, text(mark, "field"));
	int64_t from = number(mark, "from"), item = number(mark, "item_id");
	int64_t customer = number(mark, "customer_id");
	const char *why = text(mark, "why");
	bool is_changed = false;
	char *names = NULL;

	if (!quote || !field || from < 0 || (size_t)from > strlen(field) ||
	    strncmp(field + from, quote, strlen(quote)) != 0) {
		fault(k, "certificate_quote", "quotes words that do not stand there", 0, 0);
		return true;
	}
	/* Whom the payer's fields name is the payer's affair, below. */
	if (!item && (!customer || str_starts(why ? why : "", "payer_")))
		return true;
	if (!names_of(k, item ? ITEM_NAMES : CUSTOMER_NAMES, item ? item : customer, &names, e))
		return false;
	if (any_quoted(k, quote, names, item == 0))
		return true;
	if (!is_changed_since(k, item ? "item" : "customer", item ? item : customer, &is_changed,
			      e))
		return false;
	if (!is_changed)
		fault(k, "certificate_quote",
		      arena_printf(k->arena, "\"%.60s\" does not name that document or customer",
				   quote),
		      0, 0);
	return true;
}

/* ---- the payer ---- */

static bool check_account(struct checking *k, const char *name, bool *ret, struct err *e)
{
	int64_t n;

	if (str_empty(k->c->payer_iban)) {
		*ret = false;
		return true;
	}
	if (!db_get_i64(k->db,
			"SELECT COUNT(*) FROM customer c WHERE c.entity_id = $1 AND c.name = $2"
			" AND c.name_key = $6"
			" AND (REPLACE(c.iban, ' ', '') = $3 OR EXISTS (SELECT 1 FROM payer_alias p"
			"  WHERE p.entity_id = c.entity_id AND p.iban = $3 AND p.customer_id = c.id"
			"  AND p.recorded <= $4)"
			" OR EXISTS (SELECT 1 FROM item i JOIN statement_entry x"
			"  ON x.id = i.bank_entry_id WHERE i.customer_id = c.id"
			"  AND x.payer_iban = $3 AND x.id <> $5 AND i.recorded < $4"
			"  AND SUBSTR(i.actor, 1, 5) <> 'rule:'))",
			DB_PARAMS(P_I64(k->entity_id), P_TEXT(name), P_TEXT(k->c->payer_iban),
				  P_I64(k->c->recorded), P_I64(k->c->entry_id),
				  P_TEXT(text_key(k->arena, name))),
			0, &n, e))
		return false;
	*ret = n > 0;
	return true;
}

/* The account paid to was the customer's on that day, as known when it was posted. */
static bool check_virtual(struct checking *k, const char *name, bool *ret, struct err *e)
{
	int64_t n;

	if (!db_get_i64(
		    k->db,
		    "SELECT COUNT(*) FROM statement_entry x JOIN virtual_iban v"
		    " ON v.iban = REPLACE(x.creditor_iban, ' ', '') AND v.entity_id = x.entity_id"
		    " JOIN customer c ON c.id = v.customer_id WHERE x.id = $1 AND c.name = $2"
		    " AND c.id = $3 AND v.recorded <= $4 AND v.valid_from <= x.booked_on"
		    " AND (v.valid_to IS NULL OR v.valid_to >= x.booked_on OR EXISTS"
		    " (SELECT 1 FROM event s WHERE s.subject_kind = 'virtual_iban'"
		    "  AND s.subject_id = v.id AND s.kind = 'virtual_iban.closed'"
		    "  AND s.recorded > $4))",
		    DB_PARAMS(P_I64(k->c->entry_id), P_TEXT(name), P_I64(k->c->customer_id),
			      P_I64(k->c->recorded)),
		    0, &n, e))
		return false;
	*ret = n > 0;
	return true;
}

static bool check_name(struct checking *k, const char *name, bool *ret, struct err *e)
{
	const struct certified *c = k->c;
	const char *key;
	char *learned;

	*ret = certificate_names(k->arena, c->payer_name, name) ||
	       certificate_names(k->arena, c->other_refs, name) ||
	       certificate_names(k->arena, c->remittance, name);
	if (*ret)
		return true;
	/* Under another name: a trade name, or one learned. */
	key = text_key(k->arena, name);
	if (!db_get_text(k->db, k->arena,
			 "SELECT MIN(t.value) FROM customer_attribute t JOIN customer c"
			 " ON c.id = t.customer_id WHERE c.entity_id = $1 AND c.name = $2"
			 " AND c.name_key = $3",
			 DB_PARAMS(P_I64(k->entity_id), P_TEXT(name), P_TEXT(key)), &learned, e))
		return false;
	*ret = certificate_names(k->arena, c->payer_name, learned);
	if (*ret)
		return true;
	if (!db_get_text(k->db, k->arena,
			 "SELECT MIN(p.name_key) FROM payer_alias p JOIN customer c"
			 " ON c.id = p.customer_id WHERE c.entity_id = $1 AND c.name = $2"
			 " AND c.name_key = $4 AND p.name_key = $3",
			 DB_PARAMS(P_I64(k->entity_id), P_TEXT(name), P_TEXT(c->payer_name),
				   P_TEXT(key)),
			 &learned, e))
		return false;
	*ret = learned != NULL;
	return true;
}

/* Like somebody by name; or by an account from which others pay too. */
static bool check_likeness(struct checking *k, const char *name, bool *ret, struct err *e)
{
	return check_name(k, name, ret, e) && (*ret || check_account(k, name, ret, e));
}

static bool check_payer(struct checking *k, struct err *e)
{
	const json_t *payer = json_object_get(k->c->json, "payer");
	const char *why = text(payer, "why"), *name = text(payer, "name");
	bool holds = true, is_changed;

	if (str_empty(name) || !why)
		return true;
	if (str_eq(why, "payer_iban")           ? !check_account(k, name, &holds, e)
	    : str_eq(why, "payer_virtual_iban") ? !check_virtual(k, name, &holds, e)
	    : str_eq(why, "payer_name")         ? !check_name(k, name, &holds, e)
	    : str_eq(why, "payer_like")         ? !check_likeness(k, name, &holds, e)
						: false)
		return false;
	if (holds)
		return true;
	if (!is_changed_since(k, "customer", k->c->customer_id, &is_changed, e))
		return false;
	if (!is_changed)
		fault(k, "certificate_payer",
		      arena_printf(k->arena, "the payer is not known as %.60s by what it says",
				   name),
		      0, 0);
	return true;
}

/* ---- other choices ---- */

enum { PAIRS_UP_TO = 80, OTHERS_UP_TO = 1000 };

static bool is_line(const json_t *lines, int64_t item_id)
{
	for (size_t i = 0; i < json_array_size(lines); i++)
		if (number(json_array_get(lines, i), "item_id") == item_id)
			return true;
	return false;
}

static bool is_quoted(const struct certified *c, int64_t item_id)
{
	const json_t *marks = json_object_get(c->json, "marks");

	for (size_t i = 0; i < json_array_size(marks); i++)
		if (number(json_array_get(marks, i), "item_id") == item_id)
			return true;
	return false;
}

static size_t count_quoted(const struct certified *c)
{
	const json_t *lines = json_object_get(c->json, "lines");
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(lines); i++)
		n += is_quoted(c, number(json_array_get(lines, i), "item_id"));
	return n;
}

/* Documents left out that had the same amount open as one which is paid without being quoted. */
static int64_t count_equal(const struct certified *c, const struct open_then *it, size_t n)
{
	const json_t *lines = json_object_get(c->json, "lines");
	int64_t count = 0;

	for (size_t l = 0; l < json_array_size(lines); l++) {
		const json_t *line = json_array_get(lines, l);
		if (is_quoted(c, number(line, "item_id")))
			continue;
		for (size_t i = 0; i < n; i++)
			count += it[i].open_minor == number(line, "open_minor") &&
				 !is_line(lines, it[i].id);
	}
	return count;
}

/* Single documents and pairs of the customer, open then, that give the amount and are not what it pays. */
static int64_t count_others(const struct certified *c, const struct open_then *it, size_t n)
{
	const json_t *lines = json_object_get(c->json, "lines");
	size_t n_lines = json_array_size(lines);
	int64_t count = 0;

	for (size_t i = 0; i < n; i++) {
		bool in = is_line(lines, it[i].id);
		count += it[i].open_minor == c->amount_minor && !(in && n_lines == 1);
		for (size_t p = i + 1; p < n && n <= PAIRS_UP_TO; p++)
			count += it[i].open_minor + it[p].open_minor == c->amount_minor &&
				 !(in && n_lines == 2 && is_line(lines, it[p].id));
	}
	return count;
}

static bool check_others(struct checking *k, struct err *e)
{
	struct open_then *it;
	size_t n, n_sure = 0, n_quoted = count_quoted(k->c);
	int64_t count;

	/* Quotes say which, and so does an advice. */
	if (n_quoted == json_array_size(json_object_get(k->c->json, "lines")) ||
	    str_eq(text(k->c->json, "rule"), "advice"))
		return true;
	if (!db_list(k->db, k->arena,
		     OPEN_THEN
		     " WHERE i.customer_id = $1 AND i.effective <= $3 AND i.recorded <= $2"
		     " AND i.currency = $5 AND i.kind IN ('invoice', 'credit_note',"
		     " 'opening') AND NOT EXISTS (SELECT 1 FROM item_reversal v"
		     " WHERE v.item_id = i.id AND v.recorded < $2) ORDER BY i.id LIMIT $6",
		     DB_PARAMS(P_I64(k->c->customer_id), P_I64(k->c->recorded), P_TEXT(k->c->as_of),
			       P_I64(k->c->event_id), P_TEXT(k->c->currency), P_I64(OTHERS_UP_TO)),
		     open_columns, ARRAY_LEN(open_columns), sizeof *it, (void **)&it, &n, e))
		return false;
	/* What the run's other postings touched was perhaps gone already. */
	for (size_t i = 0; i < n; i++)
		if (it[i].open_minor != 0 && it[i].taken_minor == 0 && it[i].given_minor == 0)
			it[n_sure++] = it[i];
	if (count_equal(k->c, it, n_sure) > 0 && number(k->c->json, "other_choices") == 0)
		fault(k, "certificate_alternative",
		      "leaves out a document equal to one that nothing quotes", 0, 0);
	/* An incomplete count claims nothing. */
	if (n_quoted > 0 || number(k->c->json, "left_minor") != 0 ||
	    !json_is_true(json_object_get(k->c->json, "all_counted")))
		return true;
	count = count_others(k->c, it, n_sure);
	if (count > number(k->c->json, "other_choices"))
		fault(k, "certificate_alternative",
		      arena_printf(k->arena, "%" PRId64 " other choices gave the amount", count), 0,
		      0);
	return true;
}

/* ---- all of it ---- */

static bool check_one(struct checking *k, struct certified *c, struct err *e)
{
	const json_t *marks;

	c->json = json_loads(c->body, 0, NULL);
	k->c = c;
	if (number(c->json, "version") != CERTIFICATE_VERSION || !text(c->json, "as_of") ||
	    json_array_size(json_object_get(c->json, "lines")) == 0) {
		fault(k, "certificate_unreadable", "cannot be read", 0, 0);
		return true;
	}
	c->customer_id = number(c->json, "customer_id");
	c->as_of = text(c->json, "as_of");
	check_entry(k);
	marks = json_object_get(c->json, "marks");
	for (size_t i = 0; i < json_array_size(marks); i++)
		if (!check_mark(k, json_array_get(marks, i), e))
			return false;
	return check_posted(k, e) && check_lines(k, e) && check_payer(k, e) && check_others(k, e);
}

struct missing {
	int64_t id;
	const char *reference;
};

static bool check_missing(struct checking *k, struct err *e)
{
	static const struct db_column missing_columns[] = { DB_COL(struct missing, id),
							    DB_COL(struct missing, reference) };
	struct missing *list;
	size_t n;

	if (!db_list(k->db, k->arena,
		     "SELECT v.id, x.reference FROM event v JOIN statement_entry x"
		     " ON x.id = v.subject_id WHERE v.entity_id = $1 AND v.kind = 'entry.matched'"
		     " AND v.subject_kind = 'statement_entry' AND NOT EXISTS (SELECT 1 FROM"
		     " match_certificate c WHERE c.event_id = v.id) ORDER BY v.id LIMIT 100",
		     DB_PARAMS(P_I64(k->entity_id)), missing_columns, ARRAY_LEN(missing_columns),
		     sizeof *list, (void **)&list, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		k->c = &(struct certified){ .event_id = list[i].id,
					    .reference = list[i].reference };
		fault(k, "certificate_missing", "posted without a person and without one", 0, 0);
	}
	return true;
}

enum { AT_ONCE = 500 };

bool certificate_verify(struct db *db, struct arena *a, int64_t entity_id,
			struct verify_report *ret, struct err *e)
{
	struct checking k = { .db = db, .arena = a, .entity_id = entity_id, .report = ret };
	int64_t after = 0;

	for (;;) {
		struct certified *list;
		size_t n;
		if (!db_list(
			    db, a,
			    "SELECT c.event_id, c.entry_id, c.recorded, c.body, x.reference,"
			    " x.amount_minor, x.currency, x.payer_name, x.payer_iban, x.end_to_end,"
			    " x.structured_ref, x.remittance, x.other_refs FROM match_certificate c"
			    " JOIN statement_entry x ON x.id = c.entry_id WHERE c.entity_id = $1"
			    " AND c.event_id > $2 ORDER BY c.event_id LIMIT $3",
			    DB_PARAMS(P_I64(entity_id), P_I64(after), P_I64(AT_ONCE)), columns,
			    ARRAY_LEN(columns), sizeof *list, (void **)&list, &n, e))
			return false;
		for (size_t i = 0; i < n; i++) {
			bool ok = check_one(&k, &list[i], e);
			json_decref(list[i].json);
			if (!ok)
				return err_while(e, "checking certificates");
		}
		if (n < AT_ONCE)
			break;
		after = list[n - 1].event_id;
	}
	return check_missing(&k, e);
}
