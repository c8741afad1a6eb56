/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terms.h - payment terms (conditions de règlement): from an invoice's date to its due date.
 *
 * Terms have a code, which is what the database holds and the screens show beside the words:
 *
 *	NET30			30 days from the invoice date (30 jours net)
 *	FDM_AFTER45		add 45 days, then to the end of that month (45 jours fin de mois)
 *	FDM_BEFORE45		to the end of the month, then add 45 days (fin de mois 45 jours)
 *	FDM_AFTER30_LE10	as FDM_AFTER30, then the 10th of the month after (30 jours fin de mois le 10)
 *	DECADE30		end of the ten-day period of delivery, then 30 days
 *	PER45 ALC30 CAT20	periodic invoice; alcohol: end of month of delivery + 30; cattle: delivery + 20
 *	SPLIT:30=NET0+70=NET60	30 % at once, the rest at 60 days; shares in percent, up to 2 decimals
 *
 *	struct terms t;
 *	struct terms_due due[TERMS_PARTS];
 *	if (!terms_parse("FDM_AFTER45", &t, e))
 *		return false;
 *	n = terms_due_dates(&t, issued_on, DAY_NONE, 120000, due);
 *
 * No due date is moved to a business day: nothing in the law does (C. com. L441-10). Sources: C. com.
 * L441-10, L441-11; spec of late payment, sections 2 and 3.
 */
#ifndef LEDGER_TERMS_H
#define LEDGER_TERMS_H

#include "base/date.h"

enum terms_kind {
	TERMS_NET,
	TERMS_FDM_AFTER,  /* n days, then end of month */
	TERMS_FDM_BEFORE, /* end of month, then n days */
	TERMS_DECADE,     /* end of the delivery's ten days, then n days */
	TERMS_PER,        /* periodic invoice: n days from its date */
	TERMS_ALC,        /* end of the month of delivery, then n days */
	TERMS_CAT,        /* n days from delivery */
};

enum { TERMS_PARTS = 12, TERMS_TEXT = 400, TERMS_DAYS_MAX = 3650 };

struct terms_part {
	enum terms_kind kind;
	int days;
	int day_of_month;    /* "le N", 1 to 31; 0 when none */
	int share_percent_2; /* hundredths of a percent; 10000 when the only part */
};

struct terms {
	struct terms_part part[TERMS_PARTS];
	int n_parts;
};

struct terms_due {
	day_t due_on;
	int64_t amount_minor;
};

/* Reads a code. "FDM_AFTER(45)" and "FDM_AFTER(30, le 10)" are read too. ERR_INVALID otherwise. */
bool terms_parse(const char *code, struct terms *ret, struct err *e) NODISCARD;

/* The code; returns text. */
char *terms_format(const struct terms *t, char text[TERMS_TEXT]);

/*
 * Reads terms as files and people write them: "N30", "EOM45", "CPT", "30 j", "45 jours fin de mois",
 * "fin de mois 45 jours", "30 FDM le 10", "60 jours date de facture", "30 days end of month", a bare
 * number of days, or a code. Case, accents and spaces do not matter. ret_ambiguous: the words have two
 * lawful readings ("45 FDM"); the first (FDM_AFTER: add the days, then go to the end of the month) is
 * given. ERR_INVALID when not understood.
 */
bool terms_read(const char *text, struct terms *ret, bool *ret_ambiguous, struct err *e) NODISCARD;

/* Due date of one part. delivered_on DAY_NONE: the invoice date stands for it. */
day_t terms_part_due(const struct terms_part *p, day_t issued_on, day_t delivered_on);

/* The dates and amounts of all parts, in their order; the last takes the rounding cents, so that they add
 * up to amount_minor. Returns their number. */
int terms_due_dates(const struct terms *t, day_t issued_on, day_t delivered_on,
		    int64_t amount_minor, struct terms_due ret[TERMS_PARTS]);

/* The due date of the document as a whole: its last part. */
day_t terms_due_on(const struct terms *t, day_t issued_on, day_t delivered_on);

/* ---- the legal caps (plafonds légaux) ---------------------------------------------------------- */

struct terms_cap {
	const char *code; /* NET60, DEF30, FDM45, TRA30 ... */
	int days;
	enum terms_kind kind; /* how the days are counted: from the invoice, the delivery ... */
	const char *law;
	day_t valid_from, valid_to; /* issue dates it applies to; DAY_NONE: open */
};

/* The cap of a code in force on a day; NULL when there is none. */
const struct terms_cap *terms_cap_find(const char *code, day_t on);

struct terms_check {
	bool is_within;   /* the due date is lawful */
	day_t latest_on;  /* last lawful day */
	const char *code; /* the cap that decided */
};

/*
 * Whether a due date is within the law for the customer's sector. sector is a cap's code, or NULL for the
 * general rule: 60 days from the invoice, or when the contract says so 45 days end of month by the
 * reading of `agreed` (NULL: no such clause). The date itself is never altered. ERR_INVALID for a sector
 * without a cap on that day.
 */
bool terms_check_due(const char *sector, const struct terms *agreed, day_t issued_on,
		     day_t delivered_on, day_t due_on, struct terms_check *ret,
		     struct err *e) NODISCARD;

#endif
