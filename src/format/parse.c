/* SPDX-License-Identifier: Apache-2.0 */
#include "format/parse.h"

#include "format/camt.h"
#include "format/cfonb.h"
#include "format/coda.h"
#include "format/cfonb240.h"
#include "format/csv.h"
#include "format/encoding.h"
#include "format/fec.h"
#include "format/mt940.h"
#include "format/ofx.h"
#include "format/pain.h"
#include "format/rates.h"
#include "format/sniff.h"
#include "format/xlsx.h"

static bool is_mt94x(enum format f)
{
	return f == FORMAT_MT940 || f == FORMAT_MT942;
}

static bool is_camt(enum format f)
{
	return f == FORMAT_CAMT052 || f == FORMAT_CAMT053 || f == FORMAT_CAMT054;
}

/* A table may be read as CSV though it looks like something else; nothing else may. */
static bool choose(enum format asked, enum format found, enum format *ret, struct err *e)
{
	bool is_text = found == FORMAT_FEC || found == FORMAT_CSV || found == FORMAT_JSON;

	if (asked == FORMAT_AUTO || asked == found || (is_camt(asked) && is_camt(found)) ||
	    (is_mt94x(asked) && is_mt94x(found)) ||
	    (is_text && (asked == FORMAT_CSV || asked == FORMAT_FEC))) {
		*ret = asked == FORMAT_AUTO || is_camt(asked) || is_mt94x(asked) ? found : asked;
		return format_is_read(*ret) ? true : sniff_refuse(*ret, e);
	}
	return err_set(e, ERR_FORMAT, "the file is %s, not %s", format_name(found),
		       format_name(asked));
}

static bool parse_text(enum format f, const char *bytes, size_t n, const struct parse_options *o,
		       struct parse_total *total, const struct sink *sink, struct err *e)
{
	CLEANUP(decoded_done) struct decoded d = { 0 };

	if (!encoding_decode(bytes, n, &d, e))
		return false;
	total->encoding = d.encoding;
	if (f == FORMAT_CFONB120)
		return cfonb_read(d.text, d.len, total, sink, e);
	if (f == FORMAT_CFONB240)
		return cfonb240_read(d.text, d.len, total, sink, e);
	if (is_mt94x(f))
		return mt940_read(d.text, d.len, total, sink, e);
	if (f == FORMAT_OFX)
		return ofx_read(d.text, d.len, total, sink, e);
	if (f == FORMAT_CODA)
		return coda_read(d.text, d.len, total, sink, e);
	return f == FORMAT_FEC ? fec_read(d.text, d.len, o, total, sink, e)
			       : csv_read(d.text, d.len, total, sink, e);
}

bool parse_bytes(const char *bytes, size_t n, const struct parse_options *o,
		 const struct sink *sink, struct err *e)
{
	struct parse_total total = {
		.n_bytes = (int64_t)n, .from = DAY_NONE, .to = DAY_NONE, .closing_on = DAY_NONE
	};
	enum format found;

	if (o->format == FORMAT_RATES)
		return rates_records(bytes, n, &total, sink, e);
	if (!sniff(bytes, n, &found, e))
		return false;
	if (found == FORMAT_ORDER)
		return pain_order_refuse(bytes, n, e);
	if (!choose(o->format, found, &total.format, e))
		return false;
	if (is_camt(total.format))
		return camt_read(bytes, n, &total, sink, e);
	if (total.format == FORMAT_PAIN002)
		return pain002_read(bytes, n, &total, sink, e);
	if (total.format == FORMAT_XLSX)
		return xlsx_read(bytes, n, o, &total, sink, e);
	return parse_text(total.format, bytes, n, o, &total, sink, e);
}
