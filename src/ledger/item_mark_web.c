/* SPDX-License-Identifier: Apache-2.0 */
/* item_mark_web.c - a status, an exclusion or an approval said of ticked items, whoever's they are. */
#include "ledger/item_mark_view.h"

#include "base/list.h"
#include "base/text.h"
#include "ledger/routes.h"
#include "ledger/scope.h"
#include "web/show.h"

enum { ITEMS_MAX = 500 };

struct marking {
	struct request *request;
	struct page *page;
	struct form form;
	enum item_mark_kind kind;
	LIST_OF(int64_t) items;
	struct item_mark *marks; /* in force, of each item */
	size_t n_marks;
	const char *back_url;
};

/* ---- words --------------------------------------------------------------------------------------- */

const char *item_mark_words(struct page *p, const struct item_mark *m)
{
	const char *day = m->until_on == DAY_NONE ? NULL : show_day(p, m->until_on);

	if (str_eq(m->kind, "approved"))
		return tr(p->cat, "Approved");
	if (str_eq(m->kind, "excluded"))
		return arena_printf(p->arena, tr(p->cat, "Not chased until %s"), day ? day : "–");
	return day ? arena_printf(p->arena, tr(p->cat, "%s: %s, follow-up %s"), m->type, m->name,
				  day)
		   : arena_printf(p->arena, "%s · %s", m->type, m->name);
}

const char *item_marks_words(struct page *p, const struct item_mark *marks, size_t n,
			     int64_t item_id)
{
	struct buf b;

	buf_init(&b, p->arena);
	for (size_t i = 0; i < n; i++)
		if (marks[i].item_id == item_id)
			buf_printf(&b, "%s%s", b.len ? " · " : "", item_mark_words(p, &marks[i]));
	return b.len ? buf_str(&b) : NULL;
}

static const char *mark_what(struct page *p, const struct item_mark *m)
{
	if (m->is_on)
		return item_mark_words(p, m);
	if (str_eq(m->kind, "approved"))
		return tr(p->cat, "Approval taken back");
	return str_eq(m->kind, "excluded") ? tr(p->cat, "To be chased again")
					   : tr(p->cat, "Status taken back");
}

struct part_happening item_mark_happening(struct request *r, struct page *p,
					  const struct item_mark *m)
{
	return (struct part_happening){
		.icon = str_eq(m->kind, "approved") ? "check" : "edit",
		.state = m->is_on && str_eq(m->kind, "excluded") ? "off" : "",
		.what = mark_what(p, m),
		.detail = m->reason ? arena_printf(p->arena, "%s · %s", actor_text(r, m->actor),
						   m->reason)
				    : actor_text(r, m->actor),
		.when = show_moment(p, m->recorded),
	};
}

/* ---- reading ------------------------------------------------------------------------------------- */

static const char *asked(const struct request *r, const char *name)
{
	const char *value = request_form(r, name);

	return value ? value : request_query(r, name);
}

static bool add_item(struct marking *mk, const char *text, struct err *e)
{
	struct request *r = mk->request;
	struct item it;
	uint64_t id;

	if (!text_to_u64(text, INT64_MAX, &id))
		return err_set(e, ERR_USAGE, "\"%.40s\" is no item", text);
	if (!item_get(r->db, r->arena, r->entity.id, (int64_t)id, &it, e) ||
	    !scope_customer(r, it.customer_id, e))
		return false;
	if (mk->items.n == ITEMS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d items were ticked", ITEMS_MAX);
	*LIST_ADD(r->arena, &mk->items) = it.id;
	return true;
}

static bool begin(struct request *r, struct marking *mk, struct err *e)
{
	const struct web_values *values = r->method == METHOD_POST ? &r->form : &r->query;
	const char *back = asked(r, "back");

	*mk = (struct marking){ .request = r };
	form_init(&mk->form, r);
	if (!item_mark_kind_of(asked(r, "kind"), &mk->kind))
		return err_field(e, ERR_USAGE, "kind", "say what is to be said of the items");
	/* Only a place of this site. */
	mk->back_url =
		back && back[0] == '/' && back[1] != '/' && back[1] != '\\' ? back : "/items";
	for (size_t k = 0; k < values->n; k++)
		if (str_eq(values->at[k].name, "item") && !add_item(mk, values->at[k].value, e))
			return false;
	return true;
}

/* The marks of those items: a history each, of which the newest of the kind counts. */
static bool load_marks(struct marking *mk, struct err *e)
{
	struct request *r = mk->request;
	LIST_OF(struct item_mark) list = { 0 };

	for (size_t i = 0; i < mk->items.n; i++) {
		bool is_seen[MARK_KIND_COUNT] = { false };
		struct item_mark *own;
		enum item_mark_kind kind;
		size_t n;
		if (!item_mark_history(r->db, r->arena, r->entity.id, mk->items.at[i], 0, &own, &n,
				       e))
			return false;
		for (size_t k = 0; k < n; k++) {
			if (!item_mark_kind_of(own[k].kind, &kind) || is_seen[kind])
				continue;
			is_seen[kind] = true;
			if (own[k].is_on)
				*LIST_ADD(r->arena, &list) = own[k];
		}
	}
	mk->marks = list.at;
	mk->n_marks = list.n;
	return true;
}

/* ---- showing ------------------------------------------------------------------------------------- */

static bool fill_rows(struct marking *mk, struct item_mark_view *v, struct err *e)
{
	struct request *r = mk->request;
	struct item_row *row = ARENA_ARRAY(r->arena, mk->items.n + 1, struct item_row);

	for (size_t k = 0; k < mk->items.n; k++) {
		struct item it;
		struct book *b;
		if (!item_get(r->db, r->arena, r->entity.id, mk->items.at[k], &it, e) ||
		    !book_load(r->db, r->arena,
			       &(struct book_query){ .entity_id = r->entity.id,
						     .as_of = r->today,
						     .with_settled = true,
						     .only_customer = it.customer_id },
			       &b, e))
			return false;
		for (size_t i = 0; i < b->n_items; i++)
			if (b->item_id[i] == it.id) {
				item_row_fill(r, mk->page, b, i, &row[v->n_items]);
				row[v->n_items++].mark =
					item_marks_words(mk->page, mk->marks, mk->n_marks, it.id);
			}
	}
	v->items = row;
	return true;
}

static struct part_field field(struct marking *mk, const char *name, const char *label,
			       const char *first)
{
	const char *typed = request_form(mk->request, name);

	return (struct part_field){ .name = name,
				    .label = label,
				    .value = typed ? typed : first,
				    .error = form_message(&mk->form, name) };
}

static bool status_choices(struct marking *mk, struct part_field *f, struct err *e)
{
	struct request *r = mk->request;
	struct item_status *list;
	struct part_choice *choice;
	size_t n;

	if (!item_status_list(r->db, r->arena, r->entity.id, false, &list, &n, e))
		return false;
	choice = ARENA_ARRAY(r->arena, n + 1, struct part_choice);
	for (size_t i = 0; i < n; i++)
		choice[i] = (struct part_choice){
			arena_printf(r->arena, "%" PRId64, list[i].id),
			arena_printf(r->arena, "%s · %s", list[i].type, list[i].name),
		};
	f->choice = choice;
	f->n_choices = n;
	f->is_required = true;
	if (n == 0)
		f->help = tr(r->cat, "The list is empty: add statuses in the settings.");
	return true;
}

static bool fill_fields(struct marking *mk, struct item_mark_view *v, struct err *e)
{
	const struct catalogue *cat = mk->request->cat;
	struct part_field *f = ARENA_ARRAY(mk->request->arena, 3, struct part_field);
	size_t n = 0;

	if (mk->kind == MARK_STATUS) {
		f[n] = field(mk, "status", tr(cat, "Status"), "");
		if (!status_choices(mk, &f[n++], e))
			return false;
	}
	if (mk->kind != MARK_APPROVED) {
		f[n] = field(mk, "until_on",
			     mk->kind == MARK_STATUS ? tr(cat, "Follow up on")
						     : tr(cat, "Not chased until"),
			     "");
		f[n].type = "date";
		f[n].help =
			mk->kind == MARK_STATUS ? tr(cat, "Empty: the delay of the status") : NULL;
		f[n++].is_required = mk->kind == MARK_EXCLUDED;
	}
	f[n] = field(mk, "reason",
		     mk->kind == MARK_EXCLUDED ? tr(cat, "Why not") : tr(cat, "Remark"), "");
	f[n++].is_required = mk->kind == MARK_EXCLUDED;
	v->fields = f;
	v->n_fields = n;
	return true;
}

static bool show(struct marking *mk, int status, struct err *e)
{
	static const struct {
		const char *title, *line, *button;
	} words[MARK_KIND_COUNT] = {
		[MARK_STATUS] = { N_("Status of documents"),
				  N_("Kept with its history; what is owed does not change."),
				  N_("Set the status") },
		[MARK_EXCLUDED] = { N_("Not to be chased"),
				    N_("No reminder until that day; the documents stay in every "
				       "total."),
				    N_("Leave them out of reminders") },
		[MARK_APPROVED] = { N_("Approved by the customer"),
				    N_("The customer has accepted the documents for payment."),
				    N_("Note the approval") },
	};
	struct request *r = mk->request;
	struct item_mark_view v = { .title = tr(r->cat, words[mk->kind].title),
				    .line = tr(r->cat, words[mk->kind].line),
				    .button = tr(r->cat, words[mk->kind].button),
				    .kind = item_mark_name(mk->kind),
				    .back_url = mk->back_url,
				    .message = form_message(&mk->form, "") };

	if (!load_marks(mk, e))
		return false;
	mk->page = page_begin(r, v.title, "items");
	for (size_t i = 0; i < mk->n_marks; i++)
		v.may_clear = v.may_clear || str_eq(mk->marks[i].kind, v.kind);
	if (!fill_rows(mk, &v, e) || !fill_fields(mk, &v, e))
		return false;
	item_mark_page(mk->page, &v);
	return respond_page(r, mk->page, status);
}

static bool nothing_ticked(struct marking *mk, struct err *e)
{
	return flash_error(mk->request, tr(mk->request->cat, "Tick one item or more."), e) &&
	       respond_redirect(mk->request, mk->back_url);
}

static bool mark_form(struct request *r, struct err *e)
{
	struct marking mk;

	if (!begin(r, &mk, e))
		return false;
	return mk.items.n == 0 ? nothing_ticked(&mk, e) : show(&mk, 200, e);
}

/* ---- doing --------------------------------------------------------------------------------------- */

static void read_form(struct marking *mk, struct item_marking *m)
{
	struct request *r = mk->request;
	uint64_t id = 0;

	m->is_on = str_empty(request_form(r, "clear"));
	m->reason = form_text(&mk->form, "reason", 0, 300);
	if (!m->is_on)
		return;
	if (mk->kind != MARK_APPROVED)
		m->until_on = form_day(&mk->form, "until_on",
				       mk->kind == MARK_EXCLUDED ? FORM_NEEDED : 0, DAY_AHEAD);
	if (mk->kind == MARK_EXCLUDED && !m->reason)
		form_wrong(&mk->form, "reason", tr(r->cat, "Say why."));
	if (mk->kind == MARK_STATUS) {
		const char *text = form_text(&mk->form, "status", FORM_NEEDED, 20);
		if (text && !text_to_u64(text, INT64_MAX, &id))
			form_wrong(&mk->form, "status", tr(r->cat, "Choose one of the list."));
		m->status_id = (int64_t)id;
	}
}

static const char *done_words(struct marking *mk, bool is_on)
{
	const struct catalogue *cat = mk->request->cat;
	struct arena *a = mk->request->arena;
	unsigned long n = mk->items.n;

	if (!is_on)
		return arena_printf(
			a, trn(cat, "Taken back on %d item.", "Taken back on %d items.", n),
			(int)n);
	if (mk->kind == MARK_EXCLUDED)
		return arena_printf(a,
				    trn(cat, "%d item is left out of reminders.",
					"%d items are left out of reminders.", n),
				    (int)n);
	if (mk->kind == MARK_APPROVED)
		return arena_printf(
			a, trn(cat, "%d item is approved.", "%d items are approved.", n), (int)n);
	return arena_printf(a, trn(cat, "Status set on %d item.", "Status set on %d items.", n),
			    (int)n);
}

static bool mark_post(struct request *r, struct err *e)
{
	struct item_marking m = { .entity_id = r->entity.id,
				  .until_on = DAY_NONE,
				  .today = r->today,
				  .actor = r->actor,
				  .now = r->now };
	struct marking mk;
	int64_t event;

	if (!begin(r, &mk, e))
		return false;
	if (mk.items.n == 0)
		return nothing_ticked(&mk, e);
	read_form(&mk, &m);
	m.items = mk.items.at;
	m.n_items = mk.items.n;
	m.kind = mk.kind;
	if (!form_ok(&mk.form))
		return show(&mk, 422, e);
	if (!item_mark_set(r->db, &m, &event, e))
		return form_refused(&mk.form, e) && show(&mk, 422, e);
	return flash_set(r, done_words(&mk, m.is_on),
			 arena_printf(r->arena, "/items/mark/%" PRId64 "/undo", event), e) &&
	       respond_redirect(r, mk.back_url);
}

/* Whoever may mark may take a mark of anybody back, on the customers he sees. */
static bool mark_undo(struct request *r, struct err *e)
{
	int64_t event = request_id(r, "event"), item_id, customer_id;

	if (!db_get_i64(r->db,
			"SELECT min(item_id) FROM item_mark WHERE event_id = $1 AND entity_id = $2",
			DB_PARAMS(P_I64(event), P_I64(r->entity.id)), 0, &item_id, e) ||
	    !db_get_i64(r->db, "SELECT customer_id FROM item WHERE id = $1",
			DB_PARAMS(P_I64(item_id)), 0, &customer_id, e))
		return false;
	if (item_id == 0)
		return err_set(e, ERR_NOT_FOUND, "nothing was said of an item there");
	if (!scope_customer(r, customer_id, e))
		return false;
	if (!item_mark_undo(r->db, r->entity.id, event, r->actor, r->now, e))
		return false;
	return flash_set(r, tr(r->cat, "As it was before."), NULL, e) &&
	       respond_redirect(r, arena_printf(r->arena, "/customers/%" PRId64, customer_id));
}

static const struct route routes[] = {
	ROUTE(GET, "/items/mark", mark_form, PERM_CUSTOMER_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/items/mark", mark_post, PERM_CUSTOMER_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/items/mark/:event/undo", mark_undo, PERM_CUSTOMER_EDIT, SCOPE_ENTITY),
};
const struct route_list ledger_item_mark_routes = ROUTE_LIST(routes);
