/* SPDX-License-Identifier: Apache-2.0 */
/* file_web.c - files attached to items, customers, disputes and promises: kept, shown, taken away. */
#include "insight/routes.h"

#include "base/text.h"
#include "cash/hand.h"
#include "collect/promise.h"
#include "db/attachment.h"
#include "db/blob.h"
#include "dispute/dispute.h"
#include "ledger/customer.h"
#include "ledger/item.h"
#include "ledger/scope.h"
#include "web/files.h"
#include "web/parse.h"
#include "web/undo.h"

#include <jansson.h>
#include <unistd.h>

enum { HEAD_BYTES = 16 };

/* ---- whose they are ---------------------------------------------------------------------------- */

static bool of_item(struct request *r, int64_t id, int64_t *ret, struct err *e)
{
	struct item it;

	if (!item_get(r->db, r->arena, r->entity.id, id, &it, e))
		return false;
	*ret = it.customer_id;
	return true;
}

static bool of_customer(struct request *r, int64_t id, int64_t *ret, struct err *e)
{
	struct customer c;

	*ret = id;
	return customer_get_by_id(r->db, r->arena, r->entity.id, id, &c, e);
}

static bool of_dispute(struct request *r, int64_t id, int64_t *ret, struct err *e)
{
	struct dispute d;

	if (!dispute_get(r->db, r->arena, r->entity.id, id, &d, e))
		return false;
	*ret = d.customer_id;
	return true;
}

static bool of_promise(struct request *r, int64_t id, int64_t *ret, struct err *e)
{
	return promise_customer(r->db, r->entity.id, id, ret, e);
}

/* A cheque, bill or cash received by hand, and a deposit slip: of the company, for who sees its receipts. */
static bool of_company(struct request *r, bool is_there, int64_t *ret, struct err *e)
{
	*ret = 0;
	return (is_there && request_may(r, PERM_CASH_READ)) ||
	       err_set(e, ERR_NOT_FOUND, "nothing of that kind has files");
}

static bool of_receipt(struct request *r, int64_t id, int64_t *ret, struct err *e)
{
	bool is_there;

	return hand_is_there(r->db, r->entity.id, id, &is_there, e) &&
	       of_company(r, is_there, ret, e);
}

static bool of_slip(struct request *r, int64_t id, int64_t *ret, struct err *e)
{
	struct deposit d;

	return deposit_get(r->db, r->arena, r->entity.id, id, &d, e) && of_company(r, true, ret, e);
}

static const struct {
	const char *kind;
	bool (*customer)(struct request *r, int64_t id, int64_t *ret, struct err *e);
} kinds[] = {
	{ "item", of_item },       { "customer", of_customer }, { "dispute", of_dispute },
	{ "promise", of_promise }, { "receipt", of_receipt },   { "deposit_slip", of_slip },
};

/* ERR_NOT_FOUND for a kind that has no files, and for what the user does not see. */
static bool may_see(struct request *r, const char *kind, int64_t id, struct err *e)
{
	int64_t customer_id;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (str_eq(kinds[i].kind, kind))
			return kinds[i].customer(r, id, &customer_id, e) &&
			       (!customer_id || scope_customer(r, customer_id, e));
	}
	return err_set(e, ERR_NOT_FOUND, "nothing of that kind has files");
}

/* ---- keeping ----------------------------------------------------------------------------------- */

struct keeping {
	struct request *request;
	const char *kind;
	int64_t subject_id;
	int n;
};

static bool keep_one(struct db *db, struct keeping *k, const struct upload *u, struct err *e)
{
	struct request *r = k->request;
	struct attachment at = { .entity_id = r->entity.id,
				 .subject_kind = k->kind,
				 .subject_id = k->subject_id,
				 .file_name = file_name_clean(r->arena, u->file_name),
				 .recorded = r->now };
	char head[HEAD_BYTES], sha256[BLOB_HASH_TEXT];
	ssize_t n = pread(u->fd, head, sizeof head, 0);

	if (n < 0)
		return err_set(e, ERR_IO, "could not read \"%.80s\"", at.file_name);
	if (u->size > FILE_MAX_BYTES)
		return err_set(e, ERR_REFUSED, "\"%.80s\" is larger than 20 MB", at.file_name);
	if (!file_type_of(at.file_name, head, (size_t)n, &at.media_type, e) ||
	    !blob_put(db, u->fd, FILE_MAX_BYTES, sha256, &at.size, e))
		return false;
	at.sha256 = sha256;
	return attachment_add(db, &at, r->actor, e);
}

static bool keep_tx(struct db *db, void *arg, struct err *e)
{
	struct keeping *k = arg;
	struct attachment *at;
	size_t n;

	k->n = 0;
	if (!attachment_list(db, k->request->arena, k->kind, k->subject_id, &at, &n, e))
		return false;
	for (size_t i = 0; i < k->request->n_uploads; i++) {
		if (k->request->uploads[i].size == 0)
			continue;
		if (++k->n > FILES_AT_ONCE || n + (size_t)k->n > FILES_OF_ONE)
			return err_set(e, ERR_REFUSED,
				       "at most %d files are taken at once, and %d in all",
				       (int)FILES_AT_ONCE, (int)FILES_OF_ONE);
		if (!keep_one(db, k, &k->request->uploads[i], e))
			return false;
	}
	return true;
}

static bool go_back(struct request *r)
{
	const char *back = request_form(r, "back");

	return respond_redirect(r, back && parse_is_local(back) ? back : "/");
}

static bool files_post(struct request *r, struct err *e)
{
	const char *subject = request_form(r, "subject");
	struct keeping k = { .request = r, .kind = request_form(r, "kind") };
	uint64_t id;

	if (!subject || !text_to_u64(subject, INT64_MAX, &id))
		return err_set(e, ERR_NOT_FOUND, "files are attached to something");
	k.subject_id = (int64_t)id;
	if (!may_see(r, k.kind, k.subject_id, e))
		return false;
	if (!db_tx(r->db, keep_tx, &k, e)) {
		if (e->code != ERR_REFUSED && e->code != ERR_LIMIT)
			return false;
		return flash_error(r, request_message(r, e->msg), e) && go_back(r);
	}
	if (k.n == 0)
		return flash_error(r, tr(r->cat, "Choose one file or more."), e) && go_back(r);
	return flash_set(r,
			 arena_printf(r->arena,
				      trn(r->cat, "%d file attached.", "%d files attached.",
					  (unsigned long)k.n),
				      k.n),
			 undo_now(r, "attachment.added"), e) &&
	       go_back(r);
}

/* ---- showing, taking away ---------------------------------------------------------------------- */

static bool find(struct request *r, struct attachment *ret, struct err *e)
{
	return attachment_get(r->db, r->arena, r->entity.id, request_id(r, "file"), ret, e) &&
	       may_see(r, ret->subject_kind, ret->subject_id, e);
}

/* What a browser shows without running anything may be shown, in a page that may do nothing; the rest is
 * saved. */
static bool file_show(struct request *r, struct err *e)
{
	struct attachment at;
	int fd;

	if (!find(r, &at, e) || !blob_open(r->db, at.sha256, &fd, e))
		return false;
	return respond_file(r, fd, at.media_type, at.file_name,
			    request_query(r, "save") || !file_is_shown(at.media_type), e);
}

static bool remove_tx(struct db *db, void *arg, struct err *e)
{
	const struct request *r = arg;

	return attachment_remove(db, r->entity.id, request_id(r, "file"), true, r->actor, r->now,
				 e);
}

static bool file_remove(struct request *r, struct err *e)
{
	struct attachment at;

	return find(r, &at, e) && db_tx(r->db, remove_tx, r, e) &&
	       flash_set(r, tr(r->cat, "The file is taken away."),
			 undo_now(r, "attachment.removed"), e) &&
	       go_back(r);
}

/* ---- taking back ------------------------------------------------------------------------------- */

static bool file_undo(struct undo_act *u, bool is_gone, struct err *e)
{
	json_t *body = json_loads(u->event.body, 0, NULL);
	int64_t id = json_integer_value(json_object_get(body, "attachment"));

	json_decref(body);
	if (u->request && !may_see(u->request, u->event.subject_kind, u->event.subject_id, e))
		return false;
	return attachment_remove(u->db, u->entity_id, id, is_gone, u->actor, u->now, e);
}

static bool added_undo(struct undo_act *u, struct err *e)
{
	return file_undo(u, true, e);
}

static bool removed_undo(struct undo_act *u, struct err *e)
{
	return file_undo(u, false, e);
}

static const struct undo undos[] = {
	UNDO("attachment.added", added_undo, PERM_NOTE_EDIT, N_("The file is taken away.")),
	UNDO("attachment.removed", removed_undo, PERM_NOTE_EDIT, N_("The file is there again.")),
};
extern const struct undo_list insight_undos;
const struct undo_list insight_undos = UNDO_LIST(undos);

/* ---- a page of its own, for what has none ------------------------------------------------------- */

static bool files_show(struct request *r, struct err *e)
{
	const char *kind = request_query(r, "kind"), *subject = request_query(r, "subject");
	struct page *p = page_begin(r, tr(r->cat, "Files"), "");
	struct files_view *v;
	uint64_t id;

	if (!subject || !text_to_u64(subject, INT64_MAX, &id))
		return err_set(e, ERR_NOT_FOUND, "files are attached to something");
	if (!may_see(r, kind, (int64_t)id, e) ||
	    !files_fill(r, p, kind, (int64_t)id, request_may(r, PERM_NOTE_EDIT), &v, e))
		return false;
	files_part(p, v);
	return respond_page(r, p, 200);
}

static const struct route routes[] = {
	ROUTE(GET, "/files", files_show, PERM_ITEM_READ, SCOPE_ENTITY),
	ROUTE(POST, "/files", files_post, PERM_NOTE_EDIT, SCOPE_ENTITY),
	ROUTE(GET, "/files/:file", file_show, PERM_ITEM_READ, SCOPE_ENTITY),
	ROUTE(POST, "/files/:file/remove", file_remove, PERM_NOTE_EDIT, SCOPE_ENTITY),
};
const struct route_list insight_file_routes = ROUTE_LIST(routes);
