/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/group_currency.h"

#include "base/money.h"
#include "ledger/entity.h"

static const char name[] = "group_currency";

bool group_currency(struct db *db, struct arena *a, int64_t entity_id, const char *own,
		    const char **ret, struct err *e)
{
	const char *code;

	if (!setting_get(db, a, entity_id, name, "", &code, e))
		return false;
	*ret = str_empty(code) || str_eq(code, own) ? NULL : code;
	return true;
}

struct change {
	int64_t entity_id;
	const char *code, *actor;
	int64_t now;
};

static bool set_tx(struct db *db, void *arg, struct err *e)
{
	const struct change *c = arg;

	return setting_set(db, c->entity_id, name, c->code, c->actor, c->now, e);
}

bool group_currency_set(struct db *db, int64_t entity_id, const char *code, const char *actor,
			int64_t now, struct err *e)
{
	struct change c = { entity_id, code, actor, now };

	if (code[0] && !currency_is_code(code))
		return err_field(e, ERR_INVALID, "group_currency", "\"%.10s\" is no currency",
				 code);
	return db_tx(db, set_tx, &c, e);
}
