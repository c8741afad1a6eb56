/* SPDX-License-Identifier: Apache-2.0 */
#include "cash/match_policy.h"

#include "base/json.h"
#include "base/money.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

const char *const match_policy_names[] = {
	"mode",
	"threshold",
	"rules",
	"equal_documents",
	"rounding",
	"charges",
	"discount_grace_days",
	"discount_limit",
	"write_off_limit",
	"write_off_account",
	"return_fee",
	"return_fee_vat",
	NULL,
};

/* Every rule may post. What leaves a difference has its own bounds: cents, charges under a ceiling, a discount that
 * the terms allow; and as everything else it must be nearly certain. */
struct match_policy match_policy_default(void)
{
	return (struct match_policy){ .is_automatic = true,
				      .threshold_ppm = MATCH_THRESHOLD_PPM,
				      .alone_rules = (1u << MATCH_N_RULES) - 1,
				      .rounding_minor = MATCH_ROUNDING_MINOR,
				      .charges_minor = MATCH_CHARGES_MINOR,
				      .discount_grace_days = MATCH_GRACE_DAYS,
				      .discount_per_myriad = MATCH_DISCOUNT_PER_MYRIAD,
				      .write_off_limit_minor = 500,
				      .write_off_account = "658" };
}

/* ---- one setting ---- */

static bool set_mode(struct match_policy *p, const char *value, struct err *e)
{
	if (!str_eq(value, "automatic") && !str_eq(value, "propose"))
		return err_field(e, ERR_INVALID, "mode",
				 "expected automatic or propose, not \"%.20s\"", value);
	p->is_automatic = str_eq(value, "automatic");
	return true;
}

static bool set_threshold(struct match_policy *p, const char *value, struct err *e)
{
	char text[32], *end;
	double v;

	/* "0,995" is what a French reader types. */
	snprintf(text, sizeof text, "%s", value);
	for (char *c = text; *c; c++)
		*c = *c == ',' ? '.' : *c;
	v = strtod(text, &end);
	if (end == text || *end || !(v >= 0.5 && v <= 1))
		return err_field(e, ERR_INVALID, "threshold",
				 "expected a number from 0.5 to 1, not \"%.20s\"", value);
	p->threshold_ppm = (int64_t)(v * 1e6 + 0.5);
	return true;
}

static bool set_rules(struct match_policy *p, const char *value, struct err *e)
{
	unsigned rules = 0;

	for (const char *s = value; *s;) {
		size_t n = strcspn(s, ", ");
		size_t r = 0;
		while (n && r < MATCH_N_RULES &&
		       (strlen(match_rule_name((enum match_rule)r)) != n ||
			strncmp(match_rule_name((enum match_rule)r), s, n) != 0))
			r++;
		if (n && r == MATCH_N_RULES)
			return err_field(e, ERR_INVALID, "rules", "there is no rule \"%.*s\"",
					 (int)(n > 40 ? 40 : n), s);
		rules |= n ? MATCH_BIT(r) : 0;
		s += n;
		s += *s != '\0';
	}
	p->alone_rules = rules;
	return true;
}

static bool set_equal(struct match_policy *p, const char *value, struct err *e)
{
	if (!str_eq(value, "ask") && !str_eq(value, "oldest"))
		return err_field(e, ERR_INVALID, "equal_documents",
				 "expected ask or oldest, not \"%.20s\"", value);
	p->is_oldest_of_equal = str_eq(value, "oldest");
	return true;
}

static bool set_amount(int64_t *to, const char *name, const char *value, const char *currency,
		       struct err *e)
{
	struct err why = { 0 };
	struct money m;

	if (!money_parse(value, currency, &m, &why) || m.minor < 0)
		return err_field(e, ERR_INVALID, name, "invalid %s amount \"%.30s\"", currency,
				 value);
	*to = m.minor;
	return true;
}

static bool set_days(struct match_policy *p, const char *value, struct err *e)
{
	uint64_t days;

	if (!text_to_u64(value, 90, &days))
		return err_field(e, ERR_INVALID, "discount_grace_days",
				 "expected 0 to 90 days, not \"%.20s\"", value);
	p->discount_grace_days = (int)days;
	return true;
}

/* Percent with at most two decimals, at most so many: per myriad. */
static bool set_percent(int *to, const char *name, const char *value, int most, struct err *e)
{
	char *end;
	long whole = strtol(value, &end, 10), part = 0;
	bool ok = *value >= '0' && *value <= '9' && whole <= most;

	if (ok && (*end == '.' || *end == ',')) {
		size_t n = strspn(end + 1, "0123456789");
		ok = n == 1 || n == 2;
		part = ok ? strtol(end + 1, &end, 10) * (n == 1 ? 10 : 1) : 0;
	}
	if (!ok || *end || whole * 100 + part > most * 100)
		return err_field(e, ERR_INVALID, name, "expected 0 to %d percent, not \"%.20s\"",
				 most, value);
	*to = (int)(whole * 100 + part);
	return true;
}

static bool set_account(struct match_policy *p, const char *value, struct err *e)
{
	if (!*value || strlen(value) >= sizeof p->write_off_account ||
	    strspn(value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(value))
		return err_field(e, ERR_INVALID, "write_off_account",
				 "expected an account of the ledger, not \"%.20s\"", value);
	snprintf(p->write_off_account, sizeof p->write_off_account, "%s", value);
	return true;
}

bool match_policy_set(struct match_policy *p, const char *name, const char *value,
		      const char *currency, struct err *e)
{
	if (str_eq(name, "mode"))
		return set_mode(p, value, e);
	if (str_eq(name, "threshold"))
		return set_threshold(p, value, e);
	if (str_eq(name, "rules"))
		return set_rules(p, value, e);
	if (str_eq(name, "equal_documents"))
		return set_equal(p, value, e);
	if (str_eq(name, "rounding"))
		return set_amount(&p->rounding_minor, name, value, currency, e);
	if (str_eq(name, "charges"))
		return set_amount(&p->charges_minor, name, value, currency, e);
	if (str_eq(name, "discount_grace_days"))
		return set_days(p, value, e);
	if (str_eq(name, "discount_limit"))
		return set_percent(&p->discount_per_myriad, name, value, 10, e);
	if (str_eq(name, "write_off_limit"))
		return set_amount(&p->write_off_limit_minor, name, value, currency, e);
	if (str_eq(name, "write_off_account"))
		return set_account(p, value, e);
	if (str_eq(name, "return_fee"))
		return set_amount(&p->return_fee_minor, name, value, currency, e);
	if (str_eq(name, "return_fee_vat"))
		return set_percent(&p->return_fee_vat_per_myriad, name, value, 30, e);
	return err_field(e, ERR_INVALID, "name", "there is no setting \"%.40s\"", name);
}

static const char *rules_text(struct arena *a, unsigned rules)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t r = 0; r < MATCH_N_RULES; r++)
		if (rules & MATCH_BIT(r))
			buf_printf(&b, "%s%s", b.len ? "," : "",
				   match_rule_name((enum match_rule)r));
	return arena_strdup(a, buf_str(&b));
}

static const char *amount_text_of(struct arena *a, int64_t minor, const char *currency)
{
	struct json j;
	struct buf b;

	/* The plain decimal form that money_parse reads. */
	buf_init(&b, a);
	json_init(&j, &b);
	json_minor(&j, minor, currency);
	return arena_printf(a, "%.*s", (int)(b.len - 2), buf_str(&b) + 1);
}

static const char *percent_text(struct arena *a, int per_myriad)
{
	return arena_printf(a, "%d.%02d", per_myriad / 100, per_myriad % 100);
}

const char *match_policy_get(struct arena *a, const struct match_policy *p, const char *name,
			     const char *currency)
{
	if (str_eq(name, "mode"))
		return p->is_automatic ? "automatic" : "propose";
	if (str_eq(name, "threshold"))
		return arena_printf(a, "%" PRId64 ".%06" PRId64, p->threshold_ppm / 1000000,
				    p->threshold_ppm % 1000000);
	if (str_eq(name, "rules"))
		return rules_text(a, p->alone_rules);
	if (str_eq(name, "equal_documents"))
		return p->is_oldest_of_equal ? "oldest" : "ask";
	if (str_eq(name, "rounding"))
		return amount_text_of(a, p->rounding_minor, currency);
	if (str_eq(name, "charges"))
		return amount_text_of(a, p->charges_minor, currency);
	if (str_eq(name, "discount_grace_days"))
		return arena_printf(a, "%d", p->discount_grace_days);
	if (str_eq(name, "discount_limit"))
		return percent_text(a, p->discount_per_myriad);
	if (str_eq(name, "write_off_limit"))
		return amount_text_of(a, p->write_off_limit_minor, currency);
	if (str_eq(name, "write_off_account"))
		return arena_strdup(a, p->write_off_account);
	if (str_eq(name, "return_fee"))
		return amount_text_of(a, p->return_fee_minor, currency);
	ENSURE(str_eq(name, "return_fee_vat"));
	return percent_text(a, p->return_fee_vat_per_myriad);
}

struct match_options match_policy_options(const struct match_policy *p)
{
	/* Zero means the usual to the engine: nothing at all is -1. */
	return (struct match_options){
		.threshold_ppm = p->threshold_ppm,
		.forbidden_rules = ~p->alone_rules,
		.oldest_of_equal = p->is_oldest_of_equal,
		.rounding_minor = p->rounding_minor ? p->rounding_minor : -1,
		.charges_minor = p->charges_minor ? p->charges_minor : -1,
		.discount_grace_days = p->discount_grace_days ? p->discount_grace_days : -1,
		.discount_per_myriad = p->discount_per_myriad ? p->discount_per_myriad : -1,
	};
}
