/* SPDX-License-Identifier: Apache-2.0 */
/* A file of transfers: what banks take, field by field, and what they would refuse. */
#include "test.h"

#include "format/pain001.h"

#define IBAN "FR7630006000011234567890189"

static struct pain001 file(const struct pain_transfer *list, size_t n)
{
	return (struct pain001){ .message_id = "RB-1",
				 .created = INT64_C(1790000000000000),
				 .execute_on = 20728,
				 .debtor_name = "Société Exemple",
				 .debtor_iban = IBAN,
				 .transfers = list,
				 .n = n };
}

static void a_transfer_has_its_fields_in_their_order(void **state)
{
	static const char *const order[] = {
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
		"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
		"<CstmrCdtTrfInitn>",
		"<GrpHdr><MsgId>RB-1</MsgId><CreDtTm>2026-09-21T14:13:20Z</CreDtTm>",
		"<NbOfTxs>1</NbOfTxs><CtrlSum>1234.50</CtrlSum><InitgPty><Nm>Societe Exemple",
		"</GrpHdr>",
		"<PmtInf><PmtInfId>RB-1-1</PmtInfId><PmtMtd>TRF</PmtMtd>",
		"<BtchBookg>false</BtchBookg><NbOfTxs>1</NbOfTxs><CtrlSum>1234.50</CtrlSum>",
		"<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>",
		"<ReqdExctnDt><Dt>2026-10-02</Dt></ReqdExctnDt>",
		"<Dbtr><Nm>",
		"<DbtrAcct><Id><IBAN>" IBAN "</IBAN></Id></DbtrAcct>",
		"<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED",
		"<ChrgBr>SLEV</ChrgBr>",
		"<CdtTrfTxInf><PmtId><EndToEndId>RB-7</EndToEndId></PmtId>",
		"<Amt><InstdAmt Ccy=\"EUR\">1234.50</InstdAmt></Amt>",
		"<Cdtr><Nm>L&apos;atelier</Nm></Cdtr>",
		"<CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct>",
		"<RmtInf><Ustrd>RB-7 paid twice</Ustrd></RmtInf></CdtTrfTxInf>",
		"</PmtInf></CstmrCdtTrfInitn></Document>",
	};
	const struct pain_transfer t = { "RB-7", "L'atelier", "DE89 3704 0044 0532 0130 00", 123450,
					 "RB-7\tpaid <twice>" };
	struct arena *a = arena_new(1 << 20);
	const struct pain001 f = file(&t, 1);
	const char *at;
	struct err e = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, a);
	if (!pain001_write(a, &f, &b, &e))
		fail_msg("%s", e.msg);
	at = buf_str(&b);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const char *found = strstr(at, order[i]);
		if (!found)
			fail_msg("%s not after what stands before it in\n%s", order[i],
				 buf_str(&b));
		at = found + strlen(order[i]);
	}
	arena_free(a);
}

static void what_a_bank_would_refuse_is_refused(void **state)
{
	static const struct {
		struct pain_transfer t;
		const char *message_id, *debtor_iban, *bic, *name;
		const char *says;
	} bad[] = {
		{ { "RB-7", "A", "FR7630006000011234567890180", 1, "" },
		  NULL,
		  NULL,
		  NULL,
		  NULL,
		  "IBAN" },
		{ { "RB-7", "A", "", 1, "" }, NULL, NULL, NULL, NULL, "IBAN" },
		{ { "RB-7", "A", IBAN, 0, "" }, NULL, NULL, NULL, NULL, "0.00" },
		{ { "RB-7", "A", IBAN, -5, "" }, NULL, NULL, NULL, NULL, "-0.05" },
		{ { "RB-7", "A", IBAN, INT64_C(100000000000), "" },
		  NULL,
		  NULL,
		  NULL,
		  NULL,
		  "1000000000.00" },
		{ { "RB-7", "\xe4\xb8\xad\xe6\x96\x87", IBAN, 1, "" },
		  NULL,
		  NULL,
		  NULL,
		  NULL,
		  "holder" },
		{ { "RB-7", "<>", IBAN, 1, "" }, NULL, NULL, NULL, NULL, "holder" },
		{ { "", "A", IBAN, 1, "" }, NULL, NULL, NULL, NULL, "identifier" },
		{ { "/RB", "A", IBAN, 1, "" }, NULL, NULL, NULL, NULL, "identifier" },
		{ { "R//B", "A", IBAN, 1, "" }, NULL, NULL, NULL, NULL, "identifier" },
		{ { "RB<7", "A", IBAN, 1, "" }, NULL, NULL, NULL, NULL, "identifier" },
		{ { "RB-4567890123456789012345678901234567", "A", IBAN, 1, "" },
		  NULL,
		  NULL,
		  NULL,
		  NULL,
		  "identifier" },
		{ { "RB-7", "A", IBAN, 1, "" },
		  "RB-456789012345678901234567890123456",
		  NULL,
		  NULL,
		  NULL,
		  "message" },
		{ { "RB-7", "A", IBAN, 1, "" }, NULL, "FR00", NULL, NULL, "to pay from" },
		{ { "RB-7", "A", IBAN, 1, "" }, NULL, NULL, "NOBIC", NULL, "BIC" },
		{ { "RB-7", "A", IBAN, 1, "" }, NULL, NULL, NULL, "***", "company" },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct pain001 f = file(&bad[i].t, 1);
		struct err e = { 0 };
		struct buf b;

		f.message_id = bad[i].message_id ? bad[i].message_id : f.message_id;
		f.debtor_iban = bad[i].debtor_iban ? bad[i].debtor_iban : f.debtor_iban;
		f.debtor_bic = bad[i].bic;
		f.debtor_name = bad[i].name ? bad[i].name : f.debtor_name;
		buf_init(&b, a);
		if (pain001_write(a, &f, &b, &e) || e.code != ERR_INVALID ||
		    !strstr(e.msg, bad[i].says))
			fail_msg("row %zu: %d %s", i, (int)e.code, e.msg);
	}
	arena_free(a);
}

static void texts_are_written_in_the_characters_of_sepa(void **state)
{
	static const struct {
		const char *text, *written;
		size_t max;
	} cases[] = {
		{ "Société Générale", "Societe Generale", 70 },
		{ "Müller & Söhne GmbH", "Muller Sohne GmbH", 70 },
		{ "a\tb\nc", "a b c", 70 },
		{ "", "", 70 },
		{ "one two", "one", 4 },
		{ "œuvre", "OEuvre", 70 },
		{ "SOCIÉTÉ", "SOCIETE", 70 },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(pain_text(a, cases[i].text, cases[i].max), cases[i].written);
	assert_string_equal(pain_text(a, NULL, 5), "");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transfer_has_its_fields_in_their_order),
		cmocka_unit_test(what_a_bank_would_refuse_is_refused),
		cmocka_unit_test(texts_are_written_in_the_characters_of_sepa),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
