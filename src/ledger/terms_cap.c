/* SPDX-License-Identifier: Apache-2.0 */
/* The longest payment terms that French law allows (C. com. L441-10 to L441-13, D441-5-1; CCP R2192-10). */
#include "ledger/terms.h"

/* First day in force, as day numbers. The seasonal list (D441-5-1) is to be checked before it is relied
 * on: the spec marks it so. */
#define LME         14245 /* 2009-01-01, loi de modernisation de l'économie */
#define DECREE_2015 16758 /* 2015-11-19, decree 2015-1484 */
#define CCP         17987 /* 2019-04-01, code de la commande publique */

static const struct terms_cap caps[] = {
	{ "DEF30", 30, TERMS_CAT, "C. com. L441-10 I al. 1", LME, DAY_NONE },
	{ "NET60", 60, TERMS_NET, "C. com. L441-10 I al. 2", LME, DAY_NONE },
	{ "FDM45", 45, TERMS_FDM_AFTER, "C. com. L441-10 I al. 3", LME, DAY_NONE },
	{ "PER45", 45, TERMS_PER, "C. com. L441-10 I al. 4, CGI 289 I-3", LME, DAY_NONE },
	{ "TRA30", 30, TERMS_NET, "C. com. L441-11 II 5", LME, DAY_NONE },
	{ "PERI30", 30, TERMS_CAT, "C. com. L441-11 II 1", LME, DAY_NONE },
	{ "CAT20", 20, TERMS_CAT, "C. com. L441-11 II 2", LME, DAY_NONE },
	{ "ALC30", 30, TERMS_ALC, "C. com. L441-11 II 3, CGI 403", LME, DAY_NONE },
	{ "WIN60", 60, TERMS_NET, "C. com. L441-11 II 4, CGI 438", LME, DAY_NONE },
	{ "EXP90", 90, TERMS_NET, "C. com. L441-12, CGI 275", LME, DAY_NONE },
	{ "GREEN55", 55, TERMS_FDM_AFTER, "C. com. D441-5-1", DECREE_2015, DAY_NONE },
	{ "FARM110", 110, TERMS_FDM_AFTER, "C. com. D441-5-1", DECREE_2015, DAY_NONE },
	{ "LEATHER54", 54, TERMS_FDM_AFTER, "C. com. D441-5-1", DECREE_2015, DAY_NONE },
	{ "JEWEL74", 74, TERMS_NET, "C. com. D441-5-1", DECREE_2015, DAY_NONE },
	{ "TOY95", 95, TERMS_NET, "C. com. D441-5-1", DECREE_2015, DAY_NONE },
	{ "PUB30", 30, TERMS_NET, "CCP R2192-10", CCP, DAY_NONE },
	{ "PUBHOSP50", 50, TERMS_NET, "CCP R2192-11 1", CCP, DAY_NONE },
	{ "PUBCO60", 60, TERMS_NET, "CCP R2192-11 2", CCP, DAY_NONE },
};

const struct terms_cap *terms_cap_find(const char *code, day_t on)
{
	for (size_t i = 0; i < ARRAY_LEN(caps); i++)
		if (str_eq(caps[i].code, code) && on >= caps[i].valid_from &&
		    (caps[i].valid_to == DAY_NONE || on <= caps[i].valid_to))
			return &caps[i];
	return NULL;
}

static day_t cap_end(const struct terms_cap *cap, enum terms_kind kind, day_t issued_on,
		     day_t delivered_on)
{
	struct terms_part p = { .kind = kind, .days = cap->days };

	return terms_part_due(&p, issued_on, delivered_on);
}

/* 45 days end of month must be written in the contract, which also says which of the two readings. */
static const struct terms_part *end_of_month_clause(const struct terms *agreed)
{
	for (int i = 0; agreed && i < agreed->n_parts; i++)
		if (agreed->part[i].kind == TERMS_FDM_AFTER ||
		    agreed->part[i].kind == TERMS_FDM_BEFORE)
			return &agreed->part[i];
	return NULL;
}

bool terms_check_due(const char *sector, const struct terms *agreed, day_t issued_on,
		     day_t delivered_on, day_t due_on, struct terms_check *ret, struct err *e)
{
	const struct terms_cap *cap = terms_cap_find(sector ? sector : "NET60", issued_on);
	const struct terms_part *clause = sector ? NULL : end_of_month_clause(agreed);
	const struct terms_cap *month = clause ? terms_cap_find("FDM45", issued_on) : NULL;
	day_t end;

	if (!cap)
		return err_set(e, ERR_INVALID, "no legal cap \"%s\" for an invoice of that date",
			       sector ? sector : "NET60");
	ret->code = cap->code;
	ret->latest_on = cap_end(cap, cap->kind, issued_on, delivered_on);
	if (month) {
		end = cap_end(month, clause->kind, issued_on, delivered_on);
		if (end > ret->latest_on) {
			ret->code = month->code;
			ret->latest_on = end;
		}
	}
	ret->is_within = due_on <= ret->latest_on;
	return true;
}
