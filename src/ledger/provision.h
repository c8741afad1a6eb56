/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provision.h - the provision for doubtful debts (dépréciation des créances douteuses, 416 and 491) of a closing.
 * Pure.
 *
 * A document late by so many days is doubtful at a rate; its base is what is left of it without VAT, which is
 * claimed back. A customer under insolvency proceedings has a rate of his own from the first day.
 *
 *	struct provision_rules rules;
 *	if (!provision_parse("91:25,181:50,361:100,insolvent:100", &rules, e))
 *		return false;
 *	rate = provision_rate(&rules, days_late, is_insolvent);
 */
#ifndef LEDGER_PROVISION_H
#define LEDGER_PROVISION_H

#include "base/err.h"

enum { PROVISION_STEPS_MAX = 12 };

struct provision_rules {
	int n;
	struct {
		int from_days;          /* late by so many days or more; rising */
		int percent_hundredths; /* 2500 is 25 % */
	} step[PROVISION_STEPS_MAX];
	int insolvent_hundredths;
};

/* Nothing up to 90 days, then 25, 50 and 100 %; insolvent customers 100 %. */
#define PROVISION_DEFAULT "91:25,181:50,361:100,insolvent:100"

/* "91:25,181:50.5,insolvent:100": days rise, percents lie within 0 and 100. ERR_INVALID else. */
bool provision_parse(const char *text, struct provision_rules *ret, struct err *e) NODISCARD;

/* In hundredths of a percent. */
int provision_rate(const struct provision_rules *r, int days_late, bool is_insolvent);

/* Base and provision of what is left of a document. net and vat are those of the whole document; both 0 when it
 * does not tell them: then VAT is taken at vat_hundredths of the net amount. Both are rounded once, half away
 * from zero. ERR_RANGE when they do not fit. */
bool provision_of(int64_t open_minor, int64_t net_minor, int64_t vat_minor, int vat_hundredths,
		  int rate_hundredths, int64_t *ret_base_minor, int64_t *ret_provision_minor,
		  struct err *e) NODISCARD;

#endif
