/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rates.h - files of rates: the ECB's euro reference rates, exchange rates as a list, rates of the law.
 *
 *	eurofxref-hist.csv	Date,USD,JPY,... then a day a line; N/A where there is none
 *	eurofxref-hist.xml	<Cube time="2026-11-20"><Cube currency="USD" rate="1.0912"/>...
 *	a list			currency,date,rate - units of the currency for one euro
 *	rates of the law	name,from,to,value,source - value in percent, `to` may be empty
 *
 * Comma or semicolon; French heads too (devise, date, cours; nom, du, au, valeur, source). A file that is
 * none of these, or has one wrong line, is refused as a whole with the line.
 */
#ifndef FORMAT_RATES_H
#define FORMAT_RATES_H

#include "base/arena.h"
#include "base/date.h"
#include "format/record.h"

enum { RATES_MAX_BYTES = 32 << 20, RATES_MAX_ROWS = 1000000 };

struct rates_row {
	const char *name; /* currency, or name of a rate of the law */
	day_t from_on;
	day_t to_on;       /* DAY_NONE: not told */
	const char *value; /* as written */
	const char *source;
};

struct rates_file {
	bool is_exchange; /* else rates of the law */
	const struct rates_row *row;
	size_t n;
};

/* ERR_FORMAT with the line, ERR_LIMIT. Values are checked by who takes them. */
bool rates_read(const char *text, size_t n, struct arena *a, struct rates_file *ret,
		struct err *e) NODISCARD;

/* The same as records of the child: RECORD_CSV_COLUMNS with the sheet "exchange" or "law", then one row for each
 * rate, its cells name, from, to, value and source. */
enum { RATES_NAME, RATES_FROM, RATES_TO, RATES_VALUE, RATES_SOURCE, RATES_CELLS };
bool rates_records(const char *text, size_t n, struct parse_total *total, const struct sink *sink,
		   struct err *e) NODISCARD;

#endif
