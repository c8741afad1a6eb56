/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/provision.h"

#include "base/money.h"
#include "base/text.h"

#include <string.h>

enum { WHOLE = 10000, LINE_MAX_BYTES = 400 };

/* "25" or "12.5" or "12,5" in hundredths. */
static bool read_percent(const char *text, size_t n, int *ret)
{
	int whole = 0, part = 0, digits = 0;
	size_t i = 0;

	for (; i < n && text[i] >= '0' && text[i] <= '9' && whole <= 100; i++)
		whole = whole * 10 + (text[i] - '0');
	if (i == 0 || whole > 100)
		return false;
	if (i < n && text[i] == '.') {
		for (i++; i < n && digits < 2 && text[i] >= '0' && text[i] <= '9'; i++, digits++)
			part = part * 10 + (text[i] - '0');
		if (digits == 0)
			return false;
		if (digits == 1)
			part *= 10;
	}
	*ret = whole * 100 + part;
	return i == n && *ret <= WHOLE;
}

static bool read_days(const char *text, size_t n, int *ret)
{
	int days = 0;

	if (n == 0 || n > 5)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		days = days * 10 + (text[i] - '0');
	}
	*ret = days;
	return days > 0;
}

static bool read_rule(const char *text, size_t n, struct provision_rules *r)
{
	const char *colon = memchr(text, ':', n);
	int percent, days = 0;
	size_t name;

	if (!colon)
		return false;
	name = (size_t)(colon - text);
	if (!read_percent(colon + 1, n - name - 1, &percent))
		return false;
	if (name == strlen("insolvent") && memcmp(text, "insolvent", name) == 0) {
		r->insolvent_hundredths = percent;
		return true;
	}
	if (r->n == PROVISION_STEPS_MAX || !read_days(text, name, &days) ||
	    (r->n > 0 && days <= r->step[r->n - 1].from_days))
		return false;
	r->step[r->n].from_days = days;
	r->step[r->n++].percent_hundredths = percent;
	return true;
}

bool provision_parse(const char *text, struct provision_rules *ret, struct err *e)
{
	struct provision_rules r = { 0 };

	if (str_empty(text) || strlen(text) > LINE_MAX_BYTES)
		return err_set(e, ERR_INVALID, "write rules such as 91:25,181:50,insolvent:100");
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, ",");
		if (!read_rule(at, n, &r))
			return err_set(e, ERR_INVALID,
				       "\"%.*s\" is no rule such as 91:25 (days late: percent), in"
				       " rising days",
				       (int)(n < 40 ? n : 40), at);
		at += n;
		if (*at == ',' && *++at == '\0')
			return err_set(e, ERR_INVALID, "the rules end with a comma");
	}
	*ret = r;
	return true;
}

int provision_rate(const struct provision_rules *r, int days_late, bool is_insolvent)
{
	int rate = is_insolvent ? r->insolvent_hundredths : 0;

	for (int i = 0; i < r->n && r->step[i].from_days <= days_late; i++)
		if (r->step[i].percent_hundredths > rate || !is_insolvent)
			rate = r->step[i].percent_hundredths;
	return rate;
}

bool provision_of(int64_t open_minor, int64_t net_minor, int64_t vat_minor, int vat_hundredths,
		  int rate_hundredths, int64_t *ret_base_minor, int64_t *ret_provision_minor,
		  struct err *e)
{
	int64_t whole, base, provision;

	if (net_minor > 0 && vat_minor >= 0) {
		if (__builtin_add_overflow(net_minor, vat_minor, &whole))
			return err_set(e, ERR_RANGE, "the amount does not fit");
	} else {
		net_minor = WHOLE;
		whole = WHOLE + vat_hundredths;
	}
	if (!minor_scale_round(open_minor, net_minor, whole, &base, e) ||
	    !minor_scale_round(base, rate_hundredths, WHOLE, &provision, e))
		return false;
	*ret_base_minor = base;
	*ret_provision_minor = provision;
	return true;
}
