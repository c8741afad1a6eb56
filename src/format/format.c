/* SPDX-License-Identifier: Apache-2.0 */
/* format.c - the names of the formats. */
#include "format/record.h"
#include "format/sniff.h"

static const struct {
	const char *name, *title;
	bool is_read;
} formats[FORMAT_COUNT] = {
	[FORMAT_AUTO] = { "auto", "any format", false },
	[FORMAT_FEC] = { "fec", "an accounting file (FEC)", true },
	[FORMAT_CSV] = { "csv", "a table in text (CSV)", true },
	[FORMAT_XLSX] = { "xlsx", "a workbook (XLSX)", true },
	[FORMAT_CAMT052] = { "camt.052", "an intraday report (camt.052)", true },
	[FORMAT_CAMT053] = { "camt.053", "a bank statement (camt.053)", true },
	[FORMAT_CAMT054] = { "camt.054", "a bank notification (camt.054)", true },
	[FORMAT_CFONB120] = { "cfonb120", "a bank statement in CFONB 120", true },
	[FORMAT_CFONB240] = { "cfonb240", "returned payments in CFONB 240", true },
	[FORMAT_MT940] = { "mt940", "a bank statement in MT940", true },
	[FORMAT_MT942] = { "mt942", "an intraday report in MT942", true },
	[FORMAT_OFX] = { "ofx", "a bank statement in OFX", true },
	[FORMAT_CODA] = { "coda", "a bank statement in CODA", true },
	[FORMAT_UBL] = { "ubl", "an electronic invoice (UBL)", false },
	[FORMAT_CII] = { "cii", "an electronic invoice (CII)", false },
	[FORMAT_PDF] = { "pdf", "a PDF document", false },
	[FORMAT_PAIN002] = { "pain.002", "a payment status report (pain.002)", true },
	[FORMAT_CDAR] = { "lifecycle", "an invoice lifecycle message", false },
	[FORMAT_JSON] = { "json", "JSON data", false },
	[FORMAT_ORDER] = { "order", "a payment order (pain.001, pain.008)", false },
	[FORMAT_RATES] = { "rates", "a file of rates", true },
	[FORMAT_XLS] = { "xls", "an old workbook (XLS)", false },
};

const char *format_name(enum format f)
{
	return f < FORMAT_COUNT ? formats[f].name : "";
}

enum format format_of_name(const char *name)
{
	for (int f = 0; f < FORMAT_COUNT; f++)
		if (str_eq(formats[f].name, name))
			return (enum format)f;
	return FORMAT_COUNT;
}

bool format_is_read(enum format f)
{
	return f < FORMAT_COUNT && formats[f].is_read;
}

bool sniff_refuse(enum format f, struct err *e)
{
	return err_set(e, ERR_FORMAT,
		       "the file is recognised as %s, which is not read by this version",
		       f < FORMAT_COUNT ? formats[f].title : "");
}
