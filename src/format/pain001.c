/* SPDX-License-Identifier: Apache-2.0 */
#include "format/pain001.h"

#include "base/clock.h"
#include "base/identifier.h"
#include "base/money.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>

#define MAX_MINOR INT64_C(99999999999)

static bool is_sepa(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/-?:().,'+ ", c));
}

const char *pain_text(struct arena *a, const char *text, size_t max)
{
	char key[TEXT_KEY_CHAR_MAX], *plain;
	struct buf b;
	size_t n;

	buf_init(&b, a);
	for (const char *s = text ? text : ""; *s;) {
		bool is_gap, is_small;
		char before;
		if ((unsigned char)*s < 0x80) {
			buf_putc(&b, is_sepa(*s) ? *s : ' ');
			s++;
			continue;
		}
		before = b.len ? b.data[b.len - 1] : ' ';
		s += text_key_char(s, key, &n, &is_gap);
		/* Within a word of small letters it is one of them. */
		is_small = isalpha((unsigned char)before) &&
			   (islower((unsigned char)before) || islower((unsigned char)*s));
		for (size_t i = 0; i < n; i++)
			buf_putc(&b, !is_sepa(key[i]) ? ' '
				     : is_small       ? (char)tolower((unsigned char)key[i])
						      : key[i]);
		if (n == 0 && is_gap)
			buf_putc(&b, ' ');
	}
	plain = text_squeeze(a, buf_str(&b));
	if (strlen(plain) > max)
		plain[max] = 0;
	return text_trim(a, plain);
}

/* At most max characters of SEPA, neither beginning nor ending with a slash, nor two of them. */
static bool is_id(const char *id, size_t max)
{
	size_t n = id ? strlen(id) : 0;

	if (n == 0 || n > max || id[0] == '/' || id[n - 1] == '/' || strstr(id, "//"))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_sepa(id[i]))
			return false;
	return true;
}

static void put(struct buf *out, const char *tag, const char *text)
{
	buf_printf(out, "<%s>", tag);
	for (const char *s = text; *s; s++)
		if (*s == '\'')
			buf_puts(out, "&apos;");
		else
			buf_putc(out, *s);
	buf_printf(out, "</%s>", tag);
}

static void put_sum(struct buf *out, size_t n, int64_t sum)
{
	char text[MONEY_TEXT];

	buf_printf(out, "<NbOfTxs>%zu</NbOfTxs><CtrlSum>%s</CtrlSum>", n,
		   minor_format(sum, "EUR", text));
}

static void put_account(struct buf *out, const char *tag, const char *iban)
{
	buf_printf(out, "<%s><Id><IBAN>%s</IBAN></Id></%s>", tag, iban, tag);
}

static bool check_debtor(const struct pain001 *f, const char *name, char iban[IBAN_TEXT],
			 char bic[BIC_TEXT], struct err *e)
{
	if (!is_id(f->message_id, PAIN_ID_MAX - 2))
		return err_set(e, ERR_INVALID, "\"%.60s\" is no identifier of a message",
			       f->message_id ? f->message_id : "");
	if (f->n == 0)
		return err_set(e, ERR_INVALID, "there is nothing to transfer");
	if (f->n > PAIN_TRANSFERS_MAX)
		return err_set(e, ERR_LIMIT, "a file holds at most %d transfers",
			       PAIN_TRANSFERS_MAX);
	if (str_empty(f->debtor_iban) || iban_check(f->debtor_iban, iban) != ID_VALID)
		return err_set(e, ERR_INVALID, "\"%.40s\" is no IBAN to pay from",
			       f->debtor_iban ? f->debtor_iban : "");
	if (!str_empty(f->debtor_bic) && bic_check(f->debtor_bic, bic) != ID_VALID)
		return err_set(e, ERR_INVALID, "\"%.40s\" is no BIC", f->debtor_bic);
	return *name || err_set(e, ERR_INVALID, "the company has no name that a bank can read");
}

static bool put_transfer(struct arena *a, const struct pain_transfer *t, struct buf *out,
			 struct err *e)
{
	const char *holder = pain_text(a, t->holder, PAIN_NAME_MAX),
		   *text = pain_text(a, t->text, PAIN_TEXT_MAX);
	char iban[IBAN_TEXT], amount[MONEY_TEXT];

	if (!is_id(t->end_to_end, PAIN_ID_MAX))
		return err_set(e, ERR_INVALID, "\"%.60s\" is no identifier of a transfer",
			       t->end_to_end ? t->end_to_end : "");
	if (str_empty(t->iban) || iban_check(t->iban, iban) != ID_VALID)
		return err_set(e, ERR_INVALID, "%s: \"%.40s\" is no IBAN", t->end_to_end,
			       t->iban ? t->iban : "");
	if (!*holder)
		return err_set(e, ERR_INVALID, "%s: its holder has no name that a bank can read",
			       t->end_to_end);
	if (t->minor < 1 || t->minor > MAX_MINOR)
		return err_set(e, ERR_INVALID, "%s: %s EUR cannot be transferred", t->end_to_end,
			       minor_format(t->minor, "EUR", amount));
	buf_puts(out, "<CdtTrfTxInf><PmtId>");
	put(out, "EndToEndId", t->end_to_end);
	buf_printf(out, "</PmtId><Amt><InstdAmt Ccy=\"EUR\">%s</InstdAmt></Amt><Cdtr>",
		   minor_format(t->minor, "EUR", amount));
	put(out, "Nm", holder);
	buf_puts(out, "</Cdtr>");
	put_account(out, "CdtrAcct", iban);
	if (*text) {
		buf_puts(out, "<RmtInf>");
		put(out, "Ustrd", text);
		buf_puts(out, "</RmtInf>");
	}
	buf_puts(out, "</CdtTrfTxInf>\n");
	return true;
}

static void put_head(const struct pain001 *f, const char *name, int64_t sum, struct buf *out)
{
	char moment[CLOCK_TEXT], id[PAIN_ID_MAX + 1];

	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">"
		      "<CstmrCdtTrfInitn>\n<GrpHdr>");
	put(out, "MsgId", f->message_id);
	clock_format(f->created, moment);
	memcpy(moment + strlen("2026-11-21T22:04:07"), "Z",
	       2); /* no fraction: some banks refuse one */
	put(out, "CreDtTm", moment);
	put_sum(out, f->n, sum);
	buf_puts(out, "<InitgPty>");
	put(out, "Nm", name);
	buf_puts(out, "</InitgPty></GrpHdr>\n<PmtInf>");
	snprintf(id, sizeof id, "%s-1", f->message_id);
	put(out, "PmtInfId", id);
	buf_puts(out, "<PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>");
	put_sum(out, f->n, sum);
}

static void put_debtor(const struct pain001 *f, const char *name, const char *iban, const char *bic,
		       struct buf *out)
{
	char day[DATE_TEXT];

	buf_puts(out, "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>");
	buf_printf(out, "<ReqdExctnDt><Dt>%s</Dt></ReqdExctnDt><Dbtr>",
		   date_format(f->execute_on, day));
	put(out, "Nm", name);
	buf_puts(out, "</Dbtr>");
	put_account(out, "DbtrAcct", iban);
	if (str_empty(f->debtor_bic))
		buf_puts(out, "<DbtrAgt><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId>"
			      "</DbtrAgt>");
	else
		buf_printf(out, "<DbtrAgt><FinInstnId><BICFI>%s</BICFI></FinInstnId></DbtrAgt>",
			   bic);
	buf_puts(out, "<ChrgBr>SLEV</ChrgBr>\n");
}

bool pain001_write(struct arena *a, const struct pain001 *f, struct buf *out, struct err *e)
{
	const char *name = pain_text(a, f->debtor_name, PAIN_NAME_MAX);
	char iban[IBAN_TEXT], bic[BIC_TEXT] = "";
	int64_t sum = 0;

	if (!check_debtor(f, name, iban, bic, e))
		return false;
	for (size_t i = 0; i < f->n; i++)
		if (!minor_add(&sum, f->transfers[i].minor, e))
			return false;
	put_head(f, name, sum, out);
	put_debtor(f, name, iban, bic, out);
	for (size_t i = 0; i < f->n; i++)
		if (!put_transfer(a, &f->transfers[i], out, e))
			return false;
	buf_puts(out, "</PmtInf></CstmrCdtTrfInitn></Document>\n");
	return true;
}
