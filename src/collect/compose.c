/* SPDX-License-Identifier: Apache-2.0 */
/* compose.c - the values of a message, its text and its HTML. */
#include "collect/compose.h"

#include "base/identifier.h"
#include "base/text.h"
#include "collect/penalty.h"
#include "i18n/amount.h"
#include "i18n/catalogue.h"
#include "i18n/date_text.h"
#include "ledger/rate_store.h"

enum { REPLY_DAYS = 8, MAX_VALUES = 40, MAX_ROW_VALUES = 10 };

static bool read_settings(struct composer *c, struct err *e)
{
	const char *days;
	uint64_t n;

	if (!setting_get(c->db, c->arena, c->entity->id, "sender_name", NULL, &c->sender, e) ||
	    !setting_get(c->db, c->arena, c->entity->id, "from_email", c->entity->email,
			 &c->from_email, e) ||
	    !setting_get(c->db, c->arena, c->entity->id, "reply_to", NULL, &c->reply_to, e) ||
	    !setting_get(c->db, c->arena, c->entity->id, "reply_days", NULL, &days, e))
		return false;
	c->reply_days = REPLY_DAYS;
	if (days && text_to_u64(days, 90, &n) && n > 0)
		c->reply_days = (int)n;
	return true;
}

bool composer_open(struct db *db, struct arena *a, const struct entity *entity, day_t today,
		   struct composer *ret, struct err *e)
{
	struct composer c = { .db = db, .arena = a, .entity = entity, .today = today };
	struct virtual_iban_in_force *virtual_ibans;
	struct text_revision *texts;

	if (!read_settings(&c, e) || !bank_account_printed(db, a, entity->id, &c.account, e) ||
	    !virtual_iban_list_in_force(db, a, entity->id, today, &virtual_ibans,
					&c.n_virtual_ibans, e) ||
	    !text_list(db, a, entity->id, &texts, &c.n_texts, e) ||
	    !rate_table_load(db, a, &c.rates, e))
		return false;
	c.texts = texts;
	c.virtual_ibans = virtual_ibans;
	*ret = c;
	return true;
}

/* ---- the account --------------------------------------------------------------------------------- */

/* Of one bank by country and the first five signs of the account: there the BIC is the same. */
static bool is_of_bank(const char *iban, const char *other)
{
	enum { COUNTRY = 2, BANK = 4, BANK_SIGNS = 5 };

	return strlen(iban) > BANK + BANK_SIGNS && strlen(other) > BANK + BANK_SIGNS &&
	       memcmp(iban, other, COUNTRY) == 0 &&
	       memcmp(iban + BANK, other + BANK, BANK_SIGNS) == 0;
}

struct compose_account compose_account(const struct composer *c, int64_t customer_id,
				       int64_t item_id)
{
	const char *iban =
		virtual_iban_find(c->virtual_ibans, c->n_virtual_ibans, customer_id, item_id);

	if (iban)
		return (struct compose_account){ iban,
						 c->account.id && is_of_bank(iban, c->account.iban)
							 ? c->account.bic
							 : NULL };
	return c->account.id ? (struct compose_account){ c->account.iban, c->account.bic }
			     : (struct compose_account){ 0 };
}

struct compose_account compose_account_of(const struct composer *c, const struct gathered *g,
					  const struct select_action *act)
{
	return compose_account(
		c, g->customers[act->customer].row->id,
		act->n_lines == 1 ? g->book->item_id[g->book_item[act->lines[0].item]] : 0);
}

/* ---- values -------------------------------------------------------------------------------------- */

struct values {
	const struct composer *c;
	const struct gathered *g;
	const struct select_action *act;
	const struct gather_customer *who;
	const char *language;
	struct message_value *at;
	size_t n;
};

static void put(struct values *v, const char *name, const char *text)
{
	ENSURE(v->n < MAX_VALUES);
	v->at[v->n++] = (struct message_value){ name, text };
}

static const char *amount(const struct values *v, int64_t minor)
{
	char text[AMOUNT_TEXT];

	return arena_strdup(v->c->arena, amount_text(minor, v->act->currency, v->language, text));
}

static const char *long_day(const struct values *v, day_t d)
{
	char text[DAY_TEXT];

	return arena_strdup(v->c->arena, day_long(d, v->language, text));
}

static const char *short_day(const struct values *v, day_t d)
{
	char text[DAY_TEXT];

	return arena_strdup(v->c->arena, day_short(d, v->language, text));
}

static const char *number(const struct values *v, int64_t n)
{
	return arena_printf(v->c->arena, "%" PRId64, n);
}

/* One document names itself; several are found by the account. */
static const char *reference_of(const struct gathered *g, const struct select_action *act,
				const struct gather_customer *who)
{
	size_t i = g->book_item[act->lines[0].item];

	if (act->n_lines > 1)
		return who->row->code;
	return !str_empty(g->book->payment_ref[i]) ? g->book->payment_ref[i] : g->book->document[i];
}

static const char *identity_of(const struct composer *c, const char *language)
{
	const struct entity *ent = c->entity;
	const struct catalogue *cat = catalogue_find(language);
	struct buf b;

	buf_init(&b, c->arena);
	if (!str_empty(ent->legal_form) && !str_empty(ent->capital))
		buf_puts(&b, arena_printf(c->arena, tr(cat, "%s with a capital of %s"),
					  ent->legal_form, ent->capital));
	else if (!str_empty(ent->legal_form))
		buf_puts(&b, ent->legal_form);
	if (!str_empty(ent->siren)) {
		buf_puts(&b, b.len ? ", " : "");
		if (!str_empty(ent->rcs_city))
			buf_printf(&b, "%s RCS %s", ent->siren, ent->rcs_city);
		else
			buf_printf(&b, "SIREN %s", ent->siren);
	}
	if (!str_empty(ent->street))
		buf_printf(&b, "%s%s", b.len ? ", " : "", ent->street);
	if (!str_empty(ent->city))
		buf_printf(&b, "%s%s %s", b.len ? ", " : "", ent->postcode ? ent->postcode : "",
			   ent->city);
	return buf_str(&b);
}

static void put_sender(struct values *v)
{
	const struct composer *c = v->c;
	struct compose_account account = compose_account_of(c, v->g, v->act);
	char iban[IBAN_GROUPED_TEXT];

	put(v, "entity", c->entity->name);
	put(v, "identity", identity_of(c, v->language));
	put(v, "sender",
	    c->sender ? c->sender : tr(catalogue_find(v->language), "Accounts receivable"));
	put(v, "phone", c->entity->phone);
	put(v, "email", c->reply_to ? c->reply_to : c->from_email);
	if (account.iban) {
		put(v, "iban", arena_strdup(c->arena, iban_group(account.iban, iban)));
		put(v, "bic", account.bic);
	}
	put(v, "reply_days", number(v, c->reply_days));
	put(v, "reply_by", long_day(v, c->today + c->reply_days));
	put(v, "date", long_day(v, c->today));
}

static void put_customer(struct values *v)
{
	const struct select_customer *c = &v->g->in.customers[v->act->customer];
	const char *kind = v->who->row->kind;

	put(v, "customer", v->who->row->name);
	put(v, "customer_code", v->who->row->code);
	put(v, "contact", v->who->contact);
	put(v, "is_b2b", str_eq(kind, "b2b") ? "1" : "");
	put(v, "is_b2g", str_eq(kind, "b2g") ? "1" : "");
	put(v, "is_b2c", str_eq(kind, "b2c") ? "1" : "");
	put(v, "last_message_on",
	    c->last_message_on != DAY_NONE ? long_day(v, c->last_message_on) : "");
}

static bool put_amounts(struct values *v, struct err *e)
{
	const struct select_action *act = v->act;
	int64_t total;

	if (__builtin_add_overflow(act->amount_minor, act->credit_minor, &total))
		return err_set(e, ERR_RANGE, "the total of a message does not fit");
	put(v, "amount", amount(v, act->amount_minor));
	put(v, "total", amount(v, total));
	put(v, "credit", act->credit_minor ? amount(v, act->credit_minor) : "");
	put(v, "count", number(v, (int64_t)act->n_lines));
	put(v, "is_single", act->n_lines == 1 ? "1" : "");
	put(v, "oldest_due", long_day(v, v->g->in.items[act->lines[0].item].due_on));
	put(v, "oldest_days", act->days_late > 0 ? number(v, act->days_late) : "");
	put(v, "reference", reference_of(v->g, act, v->who));
	return true;
}

/* Interest and costs of the lines. A rate that is missing or still to be verified is not written into a
 * letter: it then states the law without the figure rather than with a wrong one. */
static void put_penalties(struct values *v, const char **ret_per_line)
{
	int64_t interest = 0, fees = 0, n_fees = 0, rate_ppm = 0;
	bool is_sure = true;
	char text[AMOUNT_TEXT];

	for (size_t i = 0; i < v->act->n_lines; i++) {
		struct err ignored = { 0 };
		struct penalty p;

		if (!penalty_of_item(v->c->db, v->c->arena, v->g->book,
				     v->g->book_item[v->act->lines[i].item], &v->c->rates,
				     v->c->today, &p, &ignored) ||
		    __builtin_add_overflow(interest, p.result.interest_minor, &interest) ||
		    __builtin_add_overflow(fees, p.result.flat_fee_minor, &fees))
			return;
		is_sure = is_sure && !p.result.has_rate_to_verify;
		ret_per_line[i] = p.result.interest_minor && !p.result.has_rate_to_verify
					  ? amount(v, p.result.interest_minor)
					  : "";
		n_fees += p.result.flat_fee_minor > 0;
		rate_ppm = p.rate_ppm ? p.rate_ppm : rate_ppm;
	}
	put(v, "flat_fees", fees ? amount(v, fees) : "");
	put(v, "n_flat_fees", n_fees ? number(v, n_fees) : "");
	if (is_sure && interest > 0) {
		put(v, "penalties", amount(v, interest));
		put(v, "penalty_rate",
		    arena_strdup(v->c->arena, rate_text(rate_ppm, v->language, text)));
	}
}

static void fill_row(const struct values *v, size_t line, const char *penalty,
		     struct message_row *ret)
{
	const struct select_line *l = &v->act->lines[line];
	const struct select_item *it = &v->g->in.items[l->item];
	const struct book *b = v->g->book;
	size_t i = v->g->book_item[l->item];
	day_t late = v->c->today - it->due_on;
	const struct message_value row[] = {
		{ "document", it->document },
		{ "issued", short_day(v, b->issued_on[i]) },
		{ "due", short_day(v, it->due_on) },
		{ "days_late", late > 0 ? number(v, late) : "" },
		{ "original", amount(v, b->amount_minor[i]) },
		{ "open", amount(v, l->minor) },
		{ "disputed", it->disputed_minor ? amount(v, it->disputed_minor) : "" },
		{ "penalty", penalty ? penalty : "" },
	};

	ret->values = arena_memdup(v->c->arena, row, sizeof row);
	ret->n_values = ARRAY_LEN(row);
}

/* Dates and amounts are written as the text is: a reader without a text of its own language gets those of
 * the text's, not a mixture. "fr-BE" is a way of writing French. */
static const char *language_of(const struct gather_customer *who, const struct text_revision *text)
{
	size_t n = strcspn(text->language, "-");

	return strncmp(who->language, text->language, n) == 0 ? who->language : text->language;
}

static bool make_data(struct composer *c, const struct gathered *g, const struct select_action *act,
		      const char *language, const struct message_data **ret, struct err *e)
{
	struct values v = { .c = c, .g = g, .act = act, .who = &g->customers[act->customer] };
	struct message_data *d = ARENA_NEW(c->arena, struct message_data);
	struct message_row *rows = ARENA_ARRAY(c->arena, act->n_lines, struct message_row);
	const char **penalties = ARENA_ARRAY(c->arena, act->n_lines, const char *);

	v.language = language;
	v.at = ARENA_ARRAY(c->arena, MAX_VALUES, struct message_value);
	put_sender(&v);
	put_customer(&v);
	if (!put_amounts(&v, e))
		return false;
	/* Before the due date there is nothing to claim. */
	if (act->step->days >= 0)
		put_penalties(&v, penalties);
	for (size_t i = 0; i < act->n_lines; i++)
		fill_row(&v, i, penalties[i], &rows[i]);
	*d = (struct message_data){ v.language, v.at, v.n, rows, act->n_lines };
	*ret = d;
	return true;
}

/* ---- the message --------------------------------------------------------------------------------- */

static const char *recipient_of(const struct composer *c, const struct gather_customer *who,
				enum policy_channel channel)
{
	struct buf b;
	size_t n;
	const char *const *lines;

	if (channel == POLICY_EMAIL)
		return who->email ? who->email : "";
	if (channel == POLICY_SMS || channel == POLICY_CALL)
		return who->phone ? who->phone : "";
	if (channel == POLICY_TASK)
		return "";
	buf_init(&b, c->arena);
	lines = compose_address(c, who->to, who->contact, &n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", lines[i]);
	return buf_str(&b);
}

bool compose(struct composer *c, const struct gathered *g, const struct select_action *act,
	     struct composed *ret, struct err *e)
{
	const struct gather_customer *who = &g->customers[act->customer];
	const struct text_revision *text =
		text_find(c->texts, c->n_texts, act->step->template_name, who->language);
	const struct message_template *read;
	struct composed m = { .language = catalogue_language(catalogue_find(who->language)) };

	if (!text)
		return err_set(e, ERR_NOT_FOUND,
			       "step \"%s\" asks for a text \"%s\" that is not there",
			       act->step->name, act->step->template_name);
	if (!make_data(c, g, act, language_of(who, text), &m.data, e) ||
	    !message_parse(c->arena, text->body, strlen(text->body), &read, e) ||
	    !message_fill(c->arena, read, m.data, &m.blocks, e) ||
	    !message_fill_line(c->arena, text->subject, m.data, &m.subject, e))
		return err_while(e, "text \"%s\" (%s) for customer %s", text->name, text->language,
				 who->row->code);
	m.language = text->language;
	m.text = message_to_text(c->arena, &m.blocks);
	m.html = message_to_html(c->arena, &m.blocks, m.subject, m.language);
	m.reference = reference_of(g, act, who);
	m.recipient = recipient_of(c, who, act->step->channel);
	*ret = m;
	return true;
}
