/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's bank statements: what the bank says of each receipt, well or badly. */
#include "day/demo_files.h"

#include "base/money.h"
#include "base/text.h"
#include "day/demo_puzzles.h"

static void put_xml_text(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '&')
			buf_puts(out, "&amp;");
		else if (*s == '<')
			buf_puts(out, "&lt;");
		else
			buf_putc(out, *s);
	}
}

/* Banks write capitals without accents, at most 70 characters. */
static void put_bank_text(struct buf *out, struct arena *a, const char *s)
{
	put_xml_text(out, arena_strndup(a, text_key(a, s), 70));
}

struct line {
	int n; /* within the statement */
	day_t on;
	int64_t minor;             /* signed */
	const char *code;          /* ISO family and subfamily */
	const char *name, *iban;   /* of the other party; NULL: none */
	const char *rf;            /* structured reference; NULL: none */
	const char *text;          /* free text; NULL: none */
	const char *return_reason; /* the other party is then who had paid; NULL: no return */
};

static void put_line(struct buf *out, struct arena *a, const struct line *l, const char *reference)
{
	const char *side = l->minor < 0 && !l->return_reason ? "Cdtr" : "Dbtr";
	char amount[MONEY_TEXT], day[DATE_TEXT];

	minor_format(l->minor < 0 ? -l->minor : l->minor, "EUR", amount);
	date_format(l->on, day);
	buf_printf(out,
		   "<Ntry><NtryRef>%s</NtryRef><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>%s</CdtDbtInd>",
		   reference, amount, l->minor < 0 ? "DBIT" : "CRDT");
	buf_printf(out, "<Sts>BOOK</Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%s</Dt></ValDt>",
		   day, day);
	buf_printf(out,
		   "<AcctSvcrRef>%s</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>%.4s</Cd>"
		   "<SubFmlyCd>%s</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>"
		   "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>",
		   reference, l->code, l->code + 5);
	if (l->name) {
		buf_printf(out, "<RltdPties><%s><Nm>", side);
		put_bank_text(out, a, l->name);
		buf_printf(out, "</Nm></%s>", side);
		if (l->iban)
			buf_printf(out, "<%sAcct><Id><IBAN>%s</IBAN></Id></%sAcct>", side, l->iban,
				   side);
		buf_puts(out, "</RltdPties>");
	}
	if (l->rf || l->text)
		buf_puts(out, "<RmtInf>");
	if (l->text) {
		buf_puts(out, "<Ustrd>");
		put_xml_text(out, l->text);
		buf_puts(out, "</Ustrd>");
	}
	if (l->rf)
		buf_printf(out,
			   "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></"
			   "Tp><Ref>%s</Ref>"
			   "</CdtrRefInf></Strd>",
			   l->rf);
	if (l->rf || l->text)
		buf_puts(out, "</RmtInf>");
	if (l->return_reason)
		buf_printf(out, "<RtrInf><Rsn><Cd>%s</Cd></Rsn></RtrInf>", l->return_reason);
	buf_puts(out, "</TxDtls></NtryDtls></Ntry>\n");
}

/* "FA2026-00123 FA2026-00124", at most five. */
static const char *quoted_documents(const struct demo_world *w, const struct demo_payment *p)
{
	struct buf b;
	int n = 0;

	buf_init(&b, w->arena);
	buf_puts(&b, p->n_items > 1 ? "REGLT FACTURES" : "FACTURE");
	for (int i = p->first_item; i >= 0 && n < 5; i = w->next_of_item[i], n++)
		buf_printf(&b, " %s", w->items.at[i].document);
	return buf_str(&b);
}

/* What the payer wrote, by how well he wrote it. */
static void word_receipt(const struct demo_world *w, const struct demo_payment *p, struct line *l)
{
	const struct demo_customer *c = &w->customers.at[p->customer];
	const struct demo_item *first = p->first_item < 0 ? NULL : &w->items.at[p->first_item];

	l->name = c->name;
	l->iban = c->iban;
	switch (p->receipt) {
	case DEMO_RECEIPT_REFERENCES:
	case DEMO_RECEIPT_PARTIAL:
	case DEMO_RECEIPT_TOO_MUCH:
	case DEMO_RECEIPT_FEE:
		l->text = quoted_documents(w, p);
		break;
	case DEMO_RECEIPT_RF:
		l->rf = first && first->rf[0] ? first->rf : NULL;
		break;
	case DEMO_RECEIPT_SHORT:
		l->iban = NULL;
		l->text = first ? arena_printf(w->arena, "VIR SEPA FACT %s",
					       strrchr(first->document, '-') + 1)
				: "VIR SEPA";
		break;
	case DEMO_RECEIPT_SILENT:
		l->text = "VIREMENT";
		break;
	case DEMO_RECEIPT_PARENT:
		l->name = w->customers.at[c->parent].name;
		l->iban = w->customers.at[c->parent].iban;
		l->text = arena_printf(w->arena, "POUR CPTE %s", text_key(w->arena, c->name));
		break;
	case DEMO_RECEIPT_ADVANCE:
		l->text = "ACOMPTE COMMANDE";
		break;
	}
}

static const char *receipt_code(const char *means)
{
	if (str_eq(means, "PRLV"))
		return "IDDT/ESDD";
	if (str_eq(means, "LCR"))
		return "DRFT/STAM";
	return str_eq(means, "CHQ") ? "RCHQ/CCHQ" : "RCDT/ESCT";
}

/* What moves on any account and is no customer's money. */
static bool other_movement(day_t on, struct line *l)
{
	struct civil c = date_civil(on);

	*l = (struct line){ .on = on };
	if (c.day == 5)
		*l = (struct line){ .on = on,
				    .minor = -1890000,
				    .code = "ICDT/ESCT",
				    .name = "Salaires du mois",
				    .text = "VIR SALAIRES" };
	else if (c.day == 15)
		*l = (struct line){ .on = on,
				    .minor = -642035,
				    .code = "ICDT/ESCT",
				    .name = "Fournisseur Exemple",
				    .text = "FACT FOURNISSEUR 2041" };
	else if (c.day == 20)
		*l = (struct line){ .on = on,
				    .minor = 41200,
				    .code = "RCDT/ESCT",
				    .name = "Administration fiscale",
				    .text = "REMBOURSEMENT CREDIT DE TVA" };
	else if (c.day == 28)
		*l = (struct line){ .on = on,
				    .minor = -3450,
				    .code = "MCOP/CHRG",
				    .text = "COMMISSION DE TENUE DE COMPTE" };
	else if (date_weekday(on) == 3)
		*l = (struct line){ .on = on,
				    .minor = 18000 + 3700 * (c.day % 4),
				    .code = "RCDT/ESCT",
				    .name = "Payeur inconnu de l'exemple",
				    .text = "ACOMPTE" };
	return l->minor != 0;
}

struct statement {
	struct buf lines;
	int n;
	int64_t total;
};

static void add_line(struct statement *s, struct arena *a, struct line *l, int sequence)
{
	l->n = ++s->n;
	s->total += l->minor;
	put_line(&s->lines, a, l, arena_printf(a, "B%03d%05d", sequence, l->n));
}

static void add_days(const struct demo_world *w, day_t from, day_t to, int sequence,
		     struct statement *s)
{
	size_t k = 0;

	while (k < w->payments.n && w->payments.at[k].on < from)
		k++;
	for (day_t d = from; d <= to; d++) {
		struct line other;

		for (; k < w->payments.n && w->payments.at[k].on == d; k++) {
			const struct demo_payment *p = &w->payments.at[k];
			struct line l = { .on = d,
					  .minor = p->minor,
					  .code = receipt_code(
						  w->customers.at[p->customer].means) };

			word_receipt(w, p, &l);
			add_line(s, w->arena, &l, sequence);
		}
		if (date_weekday(d) <= 5 && other_movement(d, &other))
			add_line(s, w->arena, &other, sequence);
	}
}

/* What the machine leaves to a person, in the week before today. */
static void add_puzzles(const struct demo_world *w, day_t from, day_t to, int sequence,
			struct statement *s)
{
	struct demo_puzzles puzzles;

	demo_puzzles_make(w, from, to, &puzzles);
	for (size_t i = 0; i < puzzles.n; i++) {
		const struct demo_puzzle *p = &puzzles.at[i];
		struct line l = { .on = p->on,
				  .minor = p->minor,
				  .code = p->code,
				  .name = p->name,
				  .iban = p->iban,
				  .text = p->text,
				  .return_reason = p->return_reason };
		add_line(s, w->arena, &l, sequence);
	}
}

static void put_balance(struct buf *out, const char *code, int64_t minor, day_t on)
{
	char amount[MONEY_TEXT], day[DATE_TEXT];

	buf_printf(out,
		   "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">%s</Amt>"
		   "<CdtDbtInd>%s</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>\n",
		   code, minor_format(minor < 0 ? -minor : minor, "EUR", amount),
		   minor < 0 ? "DBIT" : "CRDT", date_format(on, day));
}

void demo_camt(const struct demo_world *w, day_t from, day_t to, int sequence,
	       int64_t *balance_minor, struct buf *out)
{
	struct statement s = { .n = 0 };
	char first[DATE_TEXT], last[DATE_TEXT], iban[IBAN_TEXT];

	buf_init(&s.lines, w->arena);
	add_days(w, from, to, sequence, &s);
	if (to + 1 == w->today)
		add_puzzles(w, from, to, sequence, &s);
	demo_iban("FR", DEMO_OUR_ACCOUNT, iban);
	date_format(from, first);
	date_format(to, last);
	buf_printf(
		out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt>"
		"<GrpHdr><MsgId>DEMO-%s</MsgId><CreDtTm>%sT20:00:00</CreDtTm></GrpHdr>\n"
		"<Stmt><Id>DEMO-%s</Id><ElctrncSeqNb>%d</ElctrncSeqNb><CreDtTm>%sT20:00:00</"
		"CreDtTm>"
		"<FrToDt><FrDtTm>%sT00:00:00</FrDtTm><ToDtTm>%sT23:59:59</ToDtTm></FrToDt>"
		"<Acct><Id><IBAN>%s</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>" DEMO_ENTITY_NAME
		"</Nm></Ownr></Acct>\n",
		last, last, last, sequence, last, first, last, iban);
	put_balance(out, "OPBD", *balance_minor, from);
	*balance_minor += s.total;
	put_balance(out, "CLBD", *balance_minor, to);
	buf_add(out, buf_str(&s.lines), s.lines.len);
	buf_puts(out, "</Stmt></BkToCstmrStmt></Document>\n");
}
