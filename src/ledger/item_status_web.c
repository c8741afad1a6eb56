/* SPDX-License-Identifier: Apache-2.0 */
/* item_status_web.c - the company's list of statuses of documents, in the settings. */
#include "ledger/item_mark_view.h"

#include "ledger/routes.h"
#include "ledger/setting_tabs.h"
#include "web/show.h"

struct editing {
	struct request *request;
	struct form form;
	struct item_status *list;
	size_t n;
	struct item_status status; /* the one in the form */
};

static bool begin(struct request *r, struct editing *ed, struct err *e)
{
	const char *wanted = request_param(r, "status");
	int64_t id = request_id(r, "status");

	*ed = (struct editing){ .request = r };
	form_init(&ed->form, r);
	if (!item_status_list(r->db, r->arena, r->entity.id, true, &ed->list, &ed->n, e))
		return false;
	for (size_t i = 0; i < ed->n; i++)
		if (wanted && ed->list[i].id == id) {
			ed->status = ed->list[i];
			return true;
		}
	return !wanted || err_set(e, ERR_NOT_FOUND, "there is no such status");
}

static const char *url_of(const struct editing *ed, int64_t id)
{
	return id ? arena_printf(ed->request->arena, "/settings/statuses/%" PRId64, id)
		  : "/settings/statuses";
}

static struct part_field field(struct editing *ed, const char *name, const char *label,
			       const char *value)
{
	return (struct part_field){
		.name = name,
		.label = label,
		.value = ed->request->method == METHOD_POST ? form_value(&ed->form, name) : value,
		.error = form_message(&ed->form, name),
		.is_required = true,
	};
}

static void fill_rows(struct editing *ed, struct page *p, struct item_status_view *v)
{
	struct item_status_row *row = ARENA_ARRAY(p->arena, ed->n + 1, struct item_status_row);

	for (size_t i = 0; i < ed->n; i++) {
		const struct item_status *s = &ed->list[i];
		row[i] = (struct item_status_row){
			.url = url_of(ed, s->id),
			.type = s->type,
			.name = s->name,
			.delay = s->follow_up_days
					 ? arena_printf(p->arena,
							trn(p->cat, "%d day", "%d days",
							    (unsigned long)s->follow_up_days),
							(int)s->follow_up_days)
					 : "–",
			.effect = s->stops_reminders ? tr(p->cat, "no reminder meanwhile") : "",
			.is_hidden = s->is_hidden,
		};
	}
	v->rows = row;
	v->n_rows = ed->n;
}

static bool show(struct editing *ed, int status)
{
	struct request *r = ed->request;
	const struct item_status *s = &ed->status;
	struct page *p = page_begin(r, tr(r->cat, "Settings"), "settings");
	struct part_field *f = ARENA_ARRAY(r->arena, 3, struct part_field);
	struct part_chip *tab = ARENA_ARRAY(r->arena, SETTING_TABS_MAX, struct part_chip);
	struct item_status_view v = {
		.tabs = tab,
		.n_tabs = setting_tabs(r, "/settings/statuses", tab),
		.action = url_of(ed, s->id),
		.form_title = s->id ? tr(r->cat, "Change the status") : tr(r->cat, "Add a status"),
		.message = form_message(&ed->form, ""),
		.fields = f,
		.n_fields = 3,
		.stops = s->stops_reminders,
		.is_hidden = s->is_hidden,
		.is_new = s->id == 0,
		.version = s->version,
	};

	f[0] = field(ed, "type", tr(r->cat, "Type of status"), s->type);
	f[0].help = tr(r->cat, "Dispute, promise, in progress, legal …");
	f[1] = field(ed, "name", tr(r->cat, "Status"), s->name);
	f[2] = field(ed, "follow_up_days", tr(r->cat, "Follow-up after (days)"),
		     arena_printf(r->arena, "%" PRId64, s->follow_up_days));
	f[2].is_number = true;
	fill_rows(ed, p, &v);
	item_status_page(p, &v);
	return respond_page(r, p, status);
}

static bool statuses_show(struct request *r, struct err *e)
{
	struct editing ed;

	return begin(r, &ed, e) && show(&ed, 200);
}

static bool status_post(struct request *r, struct err *e)
{
	struct editing ed;
	struct item_status *s = &ed.status;
	int64_t newest;

	if (!begin(r, &ed, e))
		return false;
	newest = s->version;
	s->type = form_text(&ed.form, "type", FORM_NEEDED, 60);
	s->name = form_text(&ed.form, "name", FORM_NEEDED, 100);
	s->follow_up_days = form_int(&ed.form, "follow_up_days", FORM_NEEDED, 0, 3650, 0);
	s->stops_reminders = form_flag(&ed.form, "stops_reminders");
	s->is_hidden = s->id && form_flag(&ed.form, "is_hidden");
	s->version = request_version(r);
	if (form_ok(&ed.form) &&
	    item_status_save(r->db, r->entity.id, s, r->actor, r->now, NULL, e))
		return flash_set(r, tr(r->cat, "The status is kept."), NULL, e) &&
		       respond_redirect(r, "/settings/statuses");
	if (form_ok(&ed.form) && !form_refused(&ed.form, e))
		return false;
	s->version = newest;
	return show(&ed, 422);
}

static const struct route routes[] = {
	ROUTE(GET, "/settings/statuses", statuses_show, PERM_POLICY_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/settings/statuses", status_post, PERM_POLICY_EDIT, SCOPE_ENTITY),
	ROUTE(GET, "/settings/statuses/:status", statuses_show, PERM_POLICY_EDIT, SCOPE_ENTITY),
	ROUTE(POST, "/settings/statuses/:status", status_post, PERM_POLICY_EDIT, SCOPE_ENTITY),
};
const struct route_list ledger_item_status_routes = ROUTE_LIST(routes);
