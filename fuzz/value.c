/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "base/money.h"
#include "format/fec.h"
#include "format/fec_value.h"
#include "format/value.h"
#include "format/xlsx_value.h"

#include <stdlib.h>

static void fuzz_amounts(const char *text, const struct value_profile *p)
{
	static const char *const currencies[] = { "EUR", "JPY", "TND" };
	enum number_style wanted;
	int64_t minor;

	if (!value_number_style(p, "amount", &wanted, NULL))
		wanted = NUMBER_STYLES;
	for (size_t c = 0; c < ARRAY_LEN(currencies); c++)
		for (int s = 0; s < NUMBER_STYLES; s++)
			if (value_amount(text, (enum number_style)s, currencies[c], &minor, NULL)) {
				/* What the program writes it reads back as the same amount. */
				char out[MONEY_TEXT];
				int64_t again;
				minor_format(minor, currencies[c], out);
				ENSURE(p->n_number == 1);
				ENSURE(value_amount(out, NUMBER_POINT, currencies[c], &again,
						    NULL) &&
				       again == minor);
			}
}

void fuzz_value(const char *bytes, size_t n)
{
	struct value_profile p = { 0 };
	struct fec_numbers numbers = { .decimals = 2 };
	char *text = malloc(n + 1), out[XLSX_NUMBER_MAX], siren[10];
	int64_t minor;
	day_t d;

	memcpy(text, bytes, n);
	text[n] = 0;
	n = strlen(text);
	value_profile_add(&p, text, n);
	/* A column of lower-case or long cells is not looked at: neither are these. */
	if (p.n_number)
		fuzz_amounts(text, &p);
	for (int s = 0; s < DATE_STYLES; s++)
		if (value_date(text, (enum date_style)s, &d, NULL)) {
			struct civil c = date_civil(d);
			ENSURE(date_exists(c.year, c.month, c.day));
		}
	if (fec_amount(&numbers, text, n, &minor))
		ENSURE(n > 0);
	if (fec_date(text, n, &d) != FEC_DATE_NOT)
		ENSURE(n >= 8);
	if (fec_name(text, siren, &d))
		ENSURE(strlen(siren) == 9);
	if (xlsx_number(text, n, out))
		ENSURE(strlen(out) < sizeof out);
	(void)xlsx_format_is_date(text);
	if (xlsx_day(text, n, false, &d))
		ENSURE(date_civil(d).year >= 1900);
	free(text);
}

FUZZ_TARGET(value)
