/* SPDX-License-Identifier: Apache-2.0 */
#include "insight/import_view.h"

#include "base/list.h"
#include "base/money.h"
#include "i18n/message.h"
#include "ledger/scope.h"
#include "web/show.h"

#include <jansson.h>

enum { ERRORS_SHOWN = 200 };

struct facts {
	struct page *page;
	LIST_OF(struct import_fact) list;
};

static void fact(struct facts *f, const char *term, const char *value)
{
	*LIST_ADD(f->page->arena, &f->list) = (struct import_fact){ term, value };
}

static const char *text_of(struct page *p, const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? arena_strdup(p->arena, s) : NULL;
}

/* The JSON has amounts as decimal text; shown as the reader writes them. */
static const char *amount_of(struct page *p, const json_t *object, const char *key,
			     const char *currency)
{
	const char *s = json_string_value(json_object_get(object, key));
	struct money m;

	if (!s || !money_parse(s, currency, &m, NULL))
		return NULL;
	return show_amount(p, m.minor, currency);
}

static void count_fact(struct facts *f, const char *term, const json_t *object, const char *key)
{
	fact(f, term, show_count(f->page, json_integer_value(json_object_get(object, key))));
}

static void fill_control(struct page *p, const json_t *report, const char *currency,
			 struct import_page_view *v)
{
	const json_t *control = json_object_get(report, "control");
	const char *file = json_string_value(json_object_get(control, "file"));
	const char *ledger = json_string_value(json_object_get(control, "ledger"));

	if (!file || !ledger)
		return;
	v->is_control_good = str_eq(file, ledger);
	v->control = arena_printf(
		p->arena,
		v->is_control_good
			? tr(p->cat,
			     "Customer accounts: %s in the file, %s here: equal to the cent.")
			: tr(p->cat, "Customer accounts: %s in the file, %s here: they differ."),
		amount_of(p, control, "file", currency), amount_of(p, control, "ledger", currency));
}

static void fill_facts(struct page *p, const json_t *report, struct import_page_view *v)
{
	struct facts f = { .page = p };
	const char *currency = text_of(p, report, "currency");
	const json_t *period = json_object_get(report, "period");
	const char *content = text_of(p, report, "content");
	day_t from, to;

	if (!currency || !currency_is_code(currency))
		currency = p->currency;
	fact(&f, tr(p->cat, "Recognised as"),
	     content ? arena_printf(p->arena, "%s · %s", text_of(p, report, "format"), content)
		     : text_of(p, report, "format"));
	count_fact(&f, tr(p->cat, "Lines read"), report, "records");
	count_fact(&f, tr(p->cat, "Created"), report, "created");
	count_fact(&f, tr(p->cat, "Changed"), report, "updated");
	count_fact(&f, tr(p->cat, "Unchanged"), report, "unchanged");
	count_fact(&f, tr(p->cat, "Refused lines"), report, "rejected");
	if (period && date_parse(json_string_value(json_object_get(period, "from")), &from, NULL) &&
	    date_parse(json_string_value(json_object_get(period, "to")), &to, NULL))
		fact(&f, tr(p->cat, "Period"),
		     arena_printf(p->arena, "%s – %s", show_day(p, from), show_day(p, to)));
	if (amount_of(p, report, "debit", currency))
		fact(&f, tr(p->cat, "Debit and credit"),
		     arena_printf(p->arena, "%s · %s", amount_of(p, report, "debit", currency),
				  amount_of(p, report, "credit", currency)));
	v->facts = f.list.at;
	v->n_facts = f.list.n;
	fill_control(p, report, currency, v);
}

static void fill_errors(struct page *p, const json_t *report, struct import_page_view *v)
{
	const json_t *errors = json_object_get(report, "errors");
	const json_t *warnings = json_object_get(report, "warnings");
	size_t n = json_array_size(errors);
	struct import_error *error;
	const char **warning = ARENA_ARRAY(p->arena, json_array_size(warnings), const char *);

	v->n_errors = n < ERRORS_SHOWN ? n : ERRORS_SHOWN;
	error = ARENA_ARRAY(p->arena, v->n_errors, struct import_error);
	for (size_t i = 0; i < v->n_errors; i++) {
		const json_t *o = json_array_get(errors, i);

		error[i] = (struct import_error){
			.line = json_integer_value(json_object_get(o, "line")),
			.field = text_of(p, o, "field"),
			.value = text_of(p, o, "value"),
			.message = tr_message(p->cat, p->arena, text_of(p, o, "message")),
		};
	}
	for (size_t i = 0; i < json_array_size(warnings); i++)
		warning[i] = tr_message(
			p->cat, p->arena,
			arena_strdup(p->arena, json_string_value(json_array_get(warnings, i))));
	v->errors = error;
	v->warnings = warning;
	v->n_warnings = json_array_size(warnings);
	v->errors_text = arena_printf(
		p->arena, trn(p->cat, "%d line refused", "%d lines refused", (unsigned long)n),
		(int)n);
}

bool import_view_fill(struct page *p, const char *report_json, struct import_page_view *v,
		      struct err *e)
{
	json_error_t error;
	json_t *report = json_loads(report_json, 0, &error);

	if (!report)
		return err_set(e, ERR_INTERNAL, "the report of the import is not JSON: %s",
			       error.text);
	fill_facts(p, report, v);
	fill_errors(p, report, v);
	v->is_repeat = json_is_true(json_object_get(report, "repeat"));
	json_decref(report);
	return true;
}

void import_row_fill(struct request *r, struct page *p, const struct import_summary *s,
		     struct import_row *ret)
{
	static const struct {
		const char *state, *badge, *text;
	} states[] = {
		{ "staged", "soon", N_("To look at") },
		{ "applied", "done", N_("Imported") },
		{ "undone", "off", N_("Undone") },
		{ "dropped", "off", N_("Left out") },
	};

	*ret = (struct import_row){
		.id = s->id,
		.name = s->file_name,
		.format = s->format,
		.when = show_moment(p, s->applied ? s->applied : s->recorded),
		.who = actor_text(r, s->actor),
		.created = show_count(p, s->n_created),
		.updated = show_count(p, s->n_updated),
		.rejected = show_count(p, s->n_rejected),
		.is_staged = str_eq(s->state, "staged"),
		.has_rejects = s->n_rejected > 0,
	};
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (str_eq(states[i].state, s->state)) {
			ret->state = states[i].badge;
			ret->state_text = tr(p->cat, states[i].text);
		}
	}
}
