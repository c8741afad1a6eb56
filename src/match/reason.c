/* SPDX-License-Identifier: Apache-2.0 */
#include "match/reason.h"

#include "base/buf.h"
#include "i18n/amount.h"
#include "i18n/catalogue.h"

#include <stdlib.h>

static const struct {
	const char *name;
	const char *text;
} reasons[] = {
	[WHY_structured_reference] = { "structured_reference", N_("creditor reference of {text}") },
	[WHY_document] = { "document", N_("{text} quoted") },
	[WHY_near_document] = { "near_document", N_("quoted like {text}") },
	[WHY_customer_code] = { "customer_code", N_("customer code {text} quoted") },
	[WHY_siren] = { "siren", N_("SIREN {text} quoted") },
	[WHY_payer_iban] = { "payer_iban", N_("known account of {text}") },
	[WHY_payer_virtual_iban] = { "payer_virtual_iban",
				     N_("paid to the account made for {text}") },
	[WHY_payer_name] = { "payer_name", N_("payer's name is {text}") },
	[WHY_payer_like] = { "payer_like", N_("payer's name is like {text}") },
	[WHY_payer_group] = { "payer_group", N_("payer belongs to the same group, {text}") },
	[WHY_name_in_text] = { "name_in_text", N_("text names {text}") },
	[WHY_period] = { "period", N_("text says {text}, and it is of that time") },
	[WHY_exact_amount] = { "exact_amount", N_("amount equal to the cent") },
	[WHY_exact_sum] = { "exact_sum", N_("{count} documents add up to the cent") },
	[WHY_only_item] = { "only_item", N_("no other document of that amount") },
	[WHY_all_due] = { "all_due", N_("everything due") },
	[WHY_all_open] = { "all_open", N_("everything open") },
	[WHY_oldest_first] = { "oldest_first", N_("oldest documents first") },
	[WHY_consecutive] = { "consecutive", N_("consecutive documents") },
	[WHY_statement] = { "statement", N_("everything of one month") },
	[WHY_equal_documents] = { "equal_documents", N_("{count} open documents of that amount") },
	[WHY_equals_left] = { "equals_left", N_("{count} equal documents could be meant as well: "
						"nothing says which") },
	[WHY_other_choices] = { "other_choices",
				N_("{count} other choices of documents add up too") },
	[WHY_advice] = { "advice", N_("remittance advice over {count} documents") },
	[WHY_advice_differs] = { "advice_differs",
				 N_("remittance advice differs from the entry by {amount}") },
	[WHY_instalment] = { "instalment", N_("an equal part, {amount} stays open") },
	[WHY_instalments] = { "instalments",
			      N_("{count} receipts pay the document together, to the cent") },
	[WHY_retention] = { "retention", N_("{amount} kept back: a retention of 5 %?") },
	[WHY_discount_agreed] = { "discount_agreed", N_("discount agreed: {amount}") },
	[WHY_discount_late] = { "discount_late",
				N_("{amount} missing: the discount agreed, but too late for it") },
	[WHY_charges_said] = { "charges_said", N_("{amount} withheld by the bank, as it says") },
	[WHY_rounding] = { "rounding", N_("{amount} missing: rounded") },
	[WHY_not_all_counted] = { "not_all_counted", N_("too many choices among {count} documents "
							"to count them all") },
	[WHY_partial] = { "partial", N_("part payment, {amount} stays open") },
	[WHY_discount] = { "discount", N_("{amount} missing: a discount?") },
	[WHY_fee] = { "fee", N_("{amount} missing: a bank charge?") },
	[WHY_overpaid] = { "overpaid", N_("{amount} more than the document") },
	[WHY_paid_twice] = { "paid_twice", N_("twice the document: {amount} paid a second time?") },
	[WHY_on_account] = { "on_account", N_("{amount} on account") },
	[WHY_nothing_recognised] = { "nothing_recognised",
				     N_("no reference, payer or amount recognised") },
	[WHY_money_out] = { "money_out", N_("money going out") },
	[WHY_ambiguous] = { "ambiguous", N_("{count} explanations as likely") },
	[WHY_payer_contradicts] = { "payer_contradicts", N_("payer is another customer, {text}") },
	[WHY_payer_not_sure] = { "payer_not_sure", N_("payer not sure enough") },
	[WHY_amount_differs] = { "amount_differs", N_("amount differs by {amount}") },
	[WHY_shared_number] = { "shared_number", N_("{text} is a number of several customers") },
	[WHY_quoted_elsewhere] = { "quoted_elsewhere",
				   N_("{text} is quoted too, and not paid by this") },
	[WHY_claimed_twice] = { "claimed_twice", N_("another entry pays {text} too") },
	[WHY_needs_person] = { "needs_person",
			       N_("no automatic rule for this kind of explanation") },
	[WHY_unlikely] = { "unlikely", N_("not certain enough") },
	[WHY_more_said] = { "more_said", N_("the text says that more is paid or deducted") },
	[WHY_booked_already] = { "booked_already", N_("already in the ledger as {text}") },
	[WHY_perhaps_booked] = { "perhaps_booked", N_("perhaps already in the ledger as {text}") },
	[WHY_applied_by_hand] = { "applied_by_hand", N_("applied by hand") },
	[WHY_ignored_by_hand] = { "ignored_by_hand", N_("no customer's money, says {text}") },
	[WHY_returned] = { "returned", N_("returned payment") },
	[WHY_undone_by_hand] = { "undone_by_hand", N_("undone by hand: a person decides") },
	[WHY_other_entity] = { "other_entity", N_("meant for {text}, it seems: transfer it") },
	[WHY_on_account_by_hand] = { "on_account_by_hand", N_("kept on account by hand") },
	[WHY_in_statement] = { "in_statement", N_("counted as {text} of the statement") },
	[WHY_not_in_statement] = { "not_in_statement",
				   N_("told during the day, not found in the day's statement") },
	[WHY_told_by_details] = { "told_by_details",
				  N_("its transactions are told one by one by the bank") },
	[WHY_booked_by_statement] = { "booked_by_statement",
				      N_("transaction of {text}, which the statement books") },
	[WHY_transferred] = { "transferred", N_("transferred to {text}") },
	[WHY_deposit_slip] = { "deposit_slip", N_("credit of the deposit slip {text}") },
	[WHY_returned_reopens] = { "returned_reopens", N_("returned: open again {text}") },
	[WHY_refund_paid] = { "refund_paid", N_("pays the refund {text}") },
	[WHY_sent_in] = { "sent_in", N_("{text} sent, as the bank says") },
	[WHY_worth_about] = { "worth_about", N_("worth {text} at the rate of its day") },
	[WHY_not_open] = { "not_open", N_("{text} is named and not open: paid a second time?") },
};
_Static_assert(ARRAY_LEN(reasons) == WHY_COUNT, "each reason has words");

const char *reason_name(enum match_why why)
{
	ENSURE(why < WHY_COUNT);
	return reasons[why].name;
}

/* ---- encoding ---- */

static void add_text(struct buf *b, const char *text)
{
	for (; *text; text++)
		buf_putc(b, *text == '|' || *text == '\n' ? ' ' : *text);
}

const char *reason_encode(struct arena *a, const struct match_reason *list, size_t n)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < n; i++) {
		buf_printf(&b, "%s%s|", i ? "\n" : "", reason_name(list[i].why));
		add_text(&b, list[i].text ? list[i].text : "");
		buf_printf(&b, "|%" PRId64, list[i].minor);
	}
	return arena_strdup(a, buf_str(&b));
}

static bool decode_line(struct arena *a, const char *line, size_t len, struct match_reason *ret)
{
	char *copy = arena_strndup(a, line, len), *text = strchr(copy, '|'), *minor;

	if (!text)
		return false;
	*text++ = '\0';
	minor = strchr(text, '|');
	if (!minor)
		return false;
	*minor++ = '\0';
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (str_eq(reasons[i].name, copy)) {
			*ret = (struct match_reason){ (enum match_why)i, text,
						      strtoll(minor, NULL, 10) };
			return true;
		}
	return false;
}

size_t reason_decode(struct arena *a, const char *encoded, struct match_reason *ret, size_t max)
{
	size_t n = 0;

	for (const char *at = encoded; at && *at && n < max;) {
		size_t len = strcspn(at, "\n");
		n += decode_line(a, at, len, &ret[n]);
		at += len + (at[len] == '\n');
	}
	return n;
}

/* ---- words ---- */

const char *reason_say(struct arena *a, const struct catalogue *cat, const struct match_reason *r,
		       const char *currency)
{
	const char *at = tr(cat, reasons[r->why].text);
	struct buf b;

	buf_init(&b, a);
	while (*at) {
		if (str_starts(at, "{text}")) {
			buf_puts(&b, r->text);
			at += strlen("{text}");
		} else if (str_starts(at, "{amount}")) {
			buf_puts(&b, amount_text(r->minor, currency, catalogue_language(cat),
						 (char[AMOUNT_TEXT]){ 0 }));
			at += strlen("{amount}");
		} else if (str_starts(at, "{count}")) {
			buf_printf(&b, "%" PRId64, r->minor);
			at += strlen("{count}");
		} else {
			buf_putc(&b, *at++);
		}
	}
	return arena_strdup(a, buf_str(&b));
}

const char *reason_say_all(struct arena *a, const struct catalogue *cat, const char *encoded,
			   const char *currency)
{
	struct match_reason list[MATCH_MAX_REASONS];
	size_t n = reason_decode(a, encoded, list, ARRAY_LEN(list));
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < n; i++) {
		buf_puts(&b, i ? ", " : "");
		buf_puts(&b, reason_say(a, cat, &list[i], currency));
	}
	return arena_strdup(a, buf_str(&b));
}
