/* SPDX-License-Identifier: Apache-2.0 */
/* item_mark_filter.c - the items of which something is said, for the list of items. */
#include "ledger/item_mark_view.h"

#include "base/list.h"
#include "base/text.h"

static bool is_asked(const struct item_mark *m, const char *wanted, int64_t status_id)
{
	return status_id ? m->status_id == status_id : str_eq(m->kind, wanted);
}

bool item_mark_filter(struct request *r, const char *wanted, int64_t known_at,
		      struct item_filter *f, struct err *e)
{
	LIST_OF(int64_t) ids = { 0 };
	enum item_mark_kind kind;
	struct item_mark *mark;
	uint64_t status_id = 0;
	size_t n;

	if (str_empty(wanted))
		return true;
	if (!item_mark_kind_of(wanted, &kind) && !text_to_u64(wanted, INT64_MAX, &status_id))
		return err_field(e, ERR_USAGE, "mark", "no status is called \"%.40s\"", wanted);
	if (!item_mark_list(r->db, r->arena, r->entity.id, f->customer_id, known_at, &mark, &n, e))
		return false;
	/* In order of item, so the ids rise. */
	for (size_t i = 0; i < n; i++)
		if (is_asked(&mark[i], wanted, (int64_t)status_id) &&
		    (ids.n == 0 || ids.at[ids.n - 1] != mark[i].item_id))
			*LIST_ADD(r->arena, &ids) = mark[i].item_id;
	f->only_items = ids.n ? ids.at : ARENA_NEW(r->arena, int64_t);
	f->n_only_items = ids.n;
	return true;
}

bool item_mark_choices(struct request *r, const struct part_choice **ret, size_t *ret_n,
		       struct err *e)
{
	struct item_status *list;
	struct part_choice *choice;
	size_t n_statuses, n = 0;

	if (!item_status_list(r->db, r->arena, r->entity.id, true, &list, &n_statuses, e))
		return false;
	choice = ARENA_ARRAY(r->arena, n_statuses + 4, struct part_choice);
	choice[n++] = (struct part_choice){ "", tr(r->cat, "Any status") };
	choice[n++] = (struct part_choice){ "excluded", tr(r->cat, "Not to be chased") };
	choice[n++] = (struct part_choice){ "approved", tr(r->cat, "Approved by the customer") };
	choice[n++] = (struct part_choice){ "status", tr(r->cat, "With a status") };
	for (size_t i = 0; i < n_statuses; i++)
		choice[n++] = (struct part_choice){
			arena_printf(r->arena, "%" PRId64, list[i].id),
			arena_printf(r->arena, "%s · %s", list[i].type, list[i].name),
		};
	*ret = choice;
	*ret_n = n;
	return true;
}
