/* SPDX-License-Identifier: Apache-2.0 */
/* return_reason.c - why payments come back, in words, with what the creditor does about it. */
#include "cash/return.h"

#include "i18n/catalogue.h"

static const char *const kind_names[] = {
	[RETURN_DIRECT_DEBIT] = "direct_debit", [RETURN_CHEQUE] = "cheque", [RETURN_BILL] = "bill",
	[RETURN_TRANSFER] = "transfer",         [RETURN_OTHER] = "other",
};
_Static_assert(ARRAY_LEN(kind_names) == RETURN_N_KINDS, "each kind has a name");

const char *return_kind_name(enum return_kind kind)
{
	return kind_names[kind];
}

enum return_kind return_kind_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_names); i++)
		if (str_eq(kind_names[i], name))
			return (enum return_kind)i;
	return RETURN_OTHER;
}

const char *return_kind_words(enum return_kind kind)
{
	static const char *const words[] = {
		[RETURN_DIRECT_DEBIT] = N_("Returned direct debit"),
		[RETURN_CHEQUE] = N_("Unpaid cheque"),
		[RETURN_BILL] = N_("Unpaid bill of exchange"),
		[RETURN_TRANSFER] = N_("Returned transfer"),
		[RETURN_OTHER] = N_("Returned payment"),
	};
	_Static_assert(ARRAY_LEN(words) == RETURN_N_KINDS, "each kind has words");

	return words[kind];
}

/* Advice that several reasons share. */
#define FIX_IBAN     N_("Mend the IBAN; no debit on this mandate before.")
#define ASK_IBAN     N_("Mandate blocked: ask for a new IBAN.")
#define TECHNICAL    N_("Technical: mend the file and present it again.")
#define PRESENT      N_("Present it once again after some days; watch this customer's credit.")
#define ASK_CUSTOMER N_("Contact the customer: a dispute is possible.")
#define COMPLETE     N_("Complete the regulatory data.")
#define REVIEW       N_("Recall: check before money is given back.")

/* Sorted by nothing: few, and read by people. */
static const struct return_reason reasons[] = {
	{ "AC01", N_("account number wrong"), FIX_IBAN, true, false },
	{ "AC03", N_("creditor's account number wrong"), FIX_IBAN, false, false },
	{ "AC04", N_("account closed"), ASK_IBAN, true, false },
	{ "AC06", N_("account blocked"), N_("Mandate blocked: call the customer."), true, false },
	{ "AC13", N_("a consumer's account, debited as a company's"),
	  N_("Change the mandate to the core scheme."), true, false },
	{ "AG01", N_("direct debits forbidden on the account"),
	  N_("Mandate blocked: agree on another means of payment."), true, false },
	{ "AG02", N_("bank operation code wrong"), TECHNICAL, false, false },
	{ "AM04", N_("insufficient funds"), PRESENT, false, false },
	{ "AM05", N_("duplicate"), N_("Check whether it was sent twice."), false, false },
	{ "BE05", N_("creditor not recognised"), N_("Check the creditor identifier."), false,
	  false },
	{ "CNOR", N_("creditor's bank cannot be reached"), N_("Check the bank's BIC."), false,
	  false },
	{ "DNOR", N_("debtor's bank cannot be reached"), N_("Check the bank's BIC."), false,
	  false },
	{ "FF01", N_("file format wrong"), TECHNICAL, false, false },
	{ "FF05", N_("local instrument wrong"), TECHNICAL, false, false },
	{ "MD01", N_("no valid mandate"),
	  N_("No more debits: the mandate is contested. It may come back for 13 months."), true,
	  true },
	{ "MD02", N_("mandate data missing or wrong"), N_("Mend the mandate."), true, false },
	{ "MD06", N_("refund asked for by the debtor"), ASK_CUSTOMER, false, true },
	{ "MD07", N_("debtor deceased"), N_("No more debits: turn to the estate."), true, false },
	{ "MS02", N_("refused by the debtor, no reason given"), ASK_CUSTOMER, false, true },
	{ "MS03", N_("no reason given by the bank; often insufficient funds"), PRESENT, false,
	  false },
	{ "RC01", N_("bank identifier wrong"), N_("Check the bank's BIC."), false, false },
	{ "RR01", N_("regulatory data missing"), COMPLETE, false, false },
	{ "RR02", N_("regulatory data missing"), COMPLETE, false, false },
	{ "RR03", N_("regulatory data missing"), COMPLETE, false, false },
	{ "RR04", N_("regulatory reason"), COMPLETE, false, false },
	{ "SL01", N_("blocked by a service of the debtor's bank"),
	  N_("Ask the customer to allow your debits at his bank."), true, false },
	{ "CUST", N_("recalled at the payer's request"), REVIEW, false, true },
	{ "DUPL", N_("recalled: sent twice"), REVIEW, false, false },
	{ "TECH", N_("recalled: technical error"), REVIEW, false, false },
	{ "FRAD", N_("recalled: fraud"), REVIEW, false, false },
	{ "UPAY", N_("recalled: undue payment"), REVIEW, false, true },
	{ "AM09", N_("recalled: wrong amount"), REVIEW, false, false },
	{ "FOCR", N_("given back after a recall"), REVIEW, false, false },
};

const struct return_reason *return_reason_find(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons) && code; i++)
		if (strcmp(reasons[i].code, code) == 0)
			return &reasons[i];
	return NULL;
}
