/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/format/format_test.h"

/* A statement with one entry, version 8, around the content of its TxDtls. */
#define STATEMENT(entry)                                                                     \
	"<?xml version=\"1.0\"?><Document "                                                  \
	"xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">"                          \
	"<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id>"                 \
	"<ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2026-10-31T23:00:00</CreDtTm>"               \
	"<FrToDt><FrDtTm>2026-10-01T00:00:00</FrDtTm><ToDtTm>2026-10-31T23:59:59</ToDtTm></" \
	"FrToDt>"                                                                            \
	"<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>"       \
	"<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">100.00</Amt>"    \
	"<CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2026-10-01</Dt></Dt></Bal>"                      \
	"<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">50.00</Amt>"     \
	"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-31</Dt></Dt></Bal>" entry                \
	"</Stmt></BkToCstmrStmt></Document>"

#define ENTRY(status, inside)                                                                 \
	"<Ntry><NtryRef>N1</NtryRef><Amt Ccy=\"EUR\">150.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>" \
	"<Sts>" status "</Sts><BookgDt><DtTm>2026-10-05T12:00:00+01:00</DtTm></BookgDt>"      \
	"<ValDt><Dt>2026-10-06</Dt></ValDt><AcctSvcrRef>A1</AcctSvcrRef>" inside "</Ntry>"

/* What the test looks at, called while the records live. */
struct check {
	void (*entry)(const struct camt_entry *n);
	void (*end)(const struct camt_statement *s);
	int entries, ends;
};

static void also(void *arg, const struct record *r)
{
	struct check *c = arg;

	if (r->kind == RECORD_CAMT_ENTRY) {
		c->entries++;
		if (c->entry)
			c->entry(r->entry);
	}
	if (r->kind == RECORD_CAMT_STATEMENT_END) {
		c->ends++;
		if (c->end)
			c->end(r->statement);
	}
}

static void read_camt(const char *xml, struct check *c, struct seen *s)
{
	struct err e = { 0 };

	*s = (struct seen){ .also = also, .arg = c };
	if (!seen_parse(s, xml, strlen(xml), NULL, &e))
		fail_msg("%s", e.msg);
}

static void has_all_references(const struct camt_entry *n)
{
	const struct camt_tx *t = n->tx;

	assert_string_equal(n->ref, "N1");
	assert_string_equal(n->acct_svcr_ref, "A1");
	assert_int_equal(n->minor, 15000);
	assert_int_equal(n->booked_on, date_of(2026, 10, 5));
	assert_int_equal(n->value_on, date_of(2026, 10, 6));
	assert_string_equal(n->bank_code, "PMNT/RCDT/ESCT");
	assert_string_equal(n->bank_own_code, "05");
	assert_int_equal(n->n_tx, 1);
	assert_true(n->details_agree);
	assert_string_equal(t->message_id, "m");
	assert_string_equal(t->acct_svcr_ref, "a");
	assert_string_equal(t->payment_info_id, "p");
	assert_string_equal(t->instruction_id, "i");
	assert_null(t->end_to_end_id);
	assert_string_equal(t->uetr, "u");
	assert_string_equal(t->tx_id, "t");
	assert_string_equal(t->mandate_id, "d");
	assert_string_equal(t->cheque_number, "c");
	assert_string_equal(t->clearing_ref, "s");
	assert_string_equal(t->other_refs, "LegalSequenceNumber=100; AcctOwnrTxId=o");
	assert_string_equal(t->debtor.name, "ALPHA & CO");
	assert_string_equal(t->debtor.iban, "DE89370400440532013000");
	assert_string_equal(t->debtor.bic, "COBADEFFXXX");
	assert_string_equal(t->ultimate_debtor.name, "ALPHA HOLDING");
	assert_string_equal(t->creditor.iban, "FR7630006000011234567890189");
	assert_string_equal(t->remittance, "FACTURE FA1 ET FA2");
	assert_int_equal(t->n_references, 3);
	assert_string_equal(t->reference[0].number, "FA1");
	assert_string_equal(t->reference[0].type, "CINV");
	assert_int_equal(t->reference[0].on, date_of(2026, 9, 1));
	assert_true(t->reference[0].has_remitted);
	assert_int_equal(t->reference[0].remitted_minor, 9800);
	assert_int_equal(t->reference[0].discount_minor, 200);
	assert_string_equal(t->reference[0].info, "first");
	assert_string_equal(t->reference[1].number, "AV2");
	assert_string_equal(t->reference[1].type, "CREN");
	assert_int_equal(t->reference[1].credit_note_minor, 1000);
	assert_true(t->reference[2].is_creditor_reference);
	assert_string_equal(t->reference[2].number, "RF18539007547034");
	assert_string_equal(t->reference[2].type, "SCOR");
	assert_string_equal(t->purpose, "SUPP");
	assert_true(t->has_charges);
	assert_int_equal(t->charges_minor, 75);
	assert_true(t->has_instructed);
	assert_int_equal(t->instructed_minor, 16500);
	assert_string_equal(t->instructed_currency, "USD");
	assert_string_equal(t->exchange_rate, "1.1");
	assert_true(t->has_counter);
	assert_int_equal(t->counter_minor, 15075);
	assert_string_equal(t->counter_currency, "EUR");
	assert_string_equal(t->info, "more");
}

static void balances(const struct camt_statement *s)
{
	assert_string_equal(s->message, "camt.053.001.08");
	assert_string_equal(s->message_id, "M1");
	assert_string_equal(s->sequence, "7");
	assert_string_equal(s->iban, "FR7630006000011234567890189");
	assert_int_equal(s->from, date_of(2026, 10, 1));
	assert_int_equal(s->to, date_of(2026, 10, 31));
	assert_int_equal(s->n_balances, 2);
	assert_int_equal(s->opening_minor, -10000);
	assert_int_equal(s->closing_minor, 5000);
	assert_int_equal(s->n_credits, 1);
	assert_int_equal(s->credits_minor, 15000);
	assert_true(s->is_balanced);
}

static void loses_none_of_the_banks_references(void **state)
{
	static const char xml[] = STATEMENT(ENTRY(
		"<Cd>BOOK</Cd>",
		"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></"
		"Domn>"
		"<Prtry><Cd>05</Cd><Issr>CFONB</Issr></Prtry></BkTxCd><NtryDtls><TxDtls><Refs>"
		"<MsgId>m</MsgId><AcctSvcrRef>a</AcctSvcrRef><PmtInfId>p</PmtInfId><InstrId>i</"
		"InstrId>"
		"<EndToEndId>NOTPROVIDED</EndToEndId><UETR>u</UETR><TxId>t</TxId><MndtId>d</MndtId>"
		"<ChqNb>c</ChqNb><ClrSysRef>s</ClrSysRef><Prtry><Tp>LegalSequenceNumber</"
		"Tp><Ref>100</Ref>"
		"</Prtry><AcctOwnrTxId>o</AcctOwnrTxId></Refs><Amt Ccy=\"EUR\">150.00</Amt>"
		"<AmtDtls><CntrValAmt><Amt Ccy=\"EUR\">150.75</Amt></CntrValAmt><InstdAmt><Amt "
		"Ccy=\"USD\">165.00</Amt><CcyXchg><XchgRate>1.1</XchgRate></CcyXchg>"
		"</InstdAmt></AmtDtls><Chrgs><Rcrd><Amt "
		"Ccy=\"EUR\">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>"
		"</Rcrd><Rcrd><Amt Ccy=\"EUR\">0.25</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>"
		"<RltdPties><Dbtr><Pty><Nm>ALPHA &amp; CO</Nm></Pty></Dbtr><DbtrAcct><Id>"
		"<IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct><UltmtDbtr><Pty><Nm>ALPHA "
		"HOLDING</Nm>"
		"</Pty></UltmtDbtr><CdtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></"
		"CdtrAcct>"
		"</RltdPties><RltdAgts><DbtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></"
		"FinInstnId></DbtrAgt>"
		"</RltdAgts><Purp><Cd>SUPP</Cd></Purp><RmtInf><Ustrd>FACTURE FA1</Ustrd><Ustrd>ET "
		"FA2</Ustrd>"
		"<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>FA1</Nb>"
		"<RltdDt>2026-09-01</RltdDt></RfrdDocInf><RfrdDocAmt><RmtdAmt "
		"Ccy=\"EUR\">98.00</RmtdAmt>"
		"<DscntApldAmt><Amt Ccy=\"EUR\">2.00</Amt></DscntApldAmt></RfrdDocAmt>"
		"<AddtlRmtInf>first</AddtlRmtInf></Strd><Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CREN</"
		"Cd>"
		"</CdOrPrtry></Tp><Nb>AV2</Nb></RfrdDocInf><RfrdDocAmt><CdtNoteAmt "
		"Ccy=\"EUR\">10.00"
		"</CdtNoteAmt></RfrdDocAmt></Strd><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></"
		"CdOrPrtry>"
		"</Tp><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf><AddtlTxInf>more</"
		"AddtlTxInf>"
		"</TxDtls></NtryDtls>"));
	struct check c = { has_all_references, balances, 0, 0 };
	struct seen s;

	(void)state;
	read_camt(xml, &c, &s);
	assert_int_equal(c.entries, 1);
	assert_int_equal(c.ends, 1);
	assert_int_equal(s.n_issues, 0);
	seen_done(&s);
}

static void is_a_batch(const struct camt_entry *n)
{
	assert_int_equal(n->batch_count, 40);
	assert_string_equal(n->batch_id, "LOT7");
	assert_true(n->is_incomplete);
	assert_int_equal(n->n_tx, 0);
	assert_false(n->details_agree);
}

static void keeps_a_batch_without_its_details_as_one_entry(void **state)
{
	struct check c = { is_a_batch, NULL, 0, 0 };
	struct seen s;

	(void)state;
	read_camt(STATEMENT(ENTRY("BOOK",
				  "<NtryDtls><Btch><PmtInfId>LOT7</PmtInfId><NbOfTxs>40</NbOfTxs>"
				  "</Btch></NtryDtls>")),
		  &c, &s);
	assert_int_equal(c.entries, 1);
	seen_done(&s);
}

static void is_pending(const struct camt_entry *n)
{
	assert_false(n->is_booked);
	assert_string_equal(n->status, "PDNG");
}

static void is_unbalanced(const struct camt_statement *s)
{
	assert_int_equal(s->n_entries, 1);
	assert_int_equal(s->n_credits, 0);
	assert_false(s->is_balanced);
}

static void counts_booked_entries_only(void **state)
{
	struct check c = { is_pending, is_unbalanced, 0, 0 };
	struct seen s;
	int64_t line, n;

	(void)state;
	read_camt(STATEMENT(ENTRY("<Cd>PDNG</Cd>", "")), &c, &s);
	assert_non_null(seen_issue(&s, "camt.unbalanced", &line, &n));
	seen_done(&s);
}

static void leaves_out_an_entry_without_a_clear_amount(void **state)
{
	static const char *const entries[] = {
		"<Ntry><Amt "
		"Ccy=\"EUR\">1,50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>",
		"<Ntry><Amt "
		"Ccy=\"EUR\">1.505</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>",
		"<Ntry><Amt Ccy=\"EUR\">.</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>",
		"<Ntry><Amt "
		"Ccy=\"EUR\">99999999999999999999</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>",
		"<Ntry><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>",
		"<Ntry><Amt Ccy=\"EUR\">1.50</Amt><Sts>BOOK</Sts></Ntry>",
		"<Ntry><Amt "
		"Ccy=\"EUR\">1.50</Amt><CdtDbtInd>BOTH</CdtDbtInd><Sts>BOOK</Sts></Ntry>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		struct check c = { 0 };
		struct seen s;
		char *xml = NULL;
		assert_true(asprintf(&xml, STATEMENT("%s"), entries[i]) > 0);
		read_camt(xml, &c, &s);
		if (c.entries != 0 || s.total.n_rejected != 1 || s.total.n_errors != 1)
			fail_msg("row %zu: %d entries, %" PRId64 " rejected", i, c.entries,
				 s.total.n_rejected);
		seen_done(&s);
		free(xml);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loses_none_of_the_banks_references),
		cmocka_unit_test(keeps_a_batch_without_its_details_as_one_entry),
		cmocka_unit_test(counts_booked_entries_only),
		cmocka_unit_test(leaves_out_an_entry_without_a_clear_amount),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
