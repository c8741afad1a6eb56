/* SPDX-License-Identifier: Apache-2.0 */
/* act_file.c - what comes in files: invoices, late documents, corrections, statements; and taking it back. */
#include "simulation/simulation.h"

#include "base/money.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int memory_file(struct sim *s, const struct buf *text)
{
	int fd = memfd_create("simulation", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text->data, text->len) != (ssize_t)text->len)
		sim_fail(s, "no file in memory");
	return fd;
}

void sim_import(struct sim *s, const char *name, const struct buf *text, struct import_report *ret)
{
	int64_t before = sim_events(s);
	int fd = memory_file(s, text);
	int64_t now = sim_tick(s);

	for (int try = 0;; try++) {
		struct bank_importer bank;
		struct err e = { 0 };
		struct import_job job = { .db = s->db,
					  .arena = s->arena,
					  .entity = &s->entity,
					  .actor = "sim",
					  .now = now,
					  .today = s->today,
					  .dates_forward = s->may_date,
					  .bank = &bank };

		statement_importer(s->arena, &bank);
		if (import_file(&job, fd, name, ret, &e))
			break;
		if (s->fault.n_fired == 0 || try > 3)
			sim_fail(s, "importing %s: %s", name, e.msg);
		/* Trying again is safe whatever became of it: a file counts once. */
		(void)sim_was_done(s, before);
	}
	close(fd);
	sim_calm(s);
	if (ret->is_repeat) {
		struct err e = { 0 };
		if (!db_get_i64(
			    s->db,
			    "SELECT max(id) FROM import WHERE sha256 = $1 AND state = 'applied'",
			    DB_PARAMS(P_TEXT(ret->sha256)), 0, &ret->import_id, &e))
			sim_fail(s, "%s", e.msg);
	}
}

/* ---- invoices ---- */

struct draft {
	struct buf text;
	int import; /* the file's number */
	int n;
};

static void begin_file(struct sim *s, struct draft *d)
{
	*d = (struct draft){ .import = s->n_files };
	buf_init(&d->text, s->arena);
	buf_puts(&d->text, "doc_no;kind;customer_id;issue_date;due_date;amount_ttc;currency\n");
}

static void put_document(struct draft *d, const struct model_item *it)
{
	char issued[DATE_TEXT], due[DATE_TEXT], amount[MONEY_TEXT];

	buf_printf(&d->text, "%s;%s;C%03d;%s;%s;%s;EUR\n", it->document,
		   it->minor < 0 ? "CN" : "INV", it->customer, date_format(it->issued, issued),
		   date_format(it->due[it->n_dues - 1].due_on, due),
		   minor_format(it->minor, "EUR", amount));
	d->n++;
}

static struct model_item *add_document(struct sim *s, struct draft *d, int issued)
{
	struct model_item *it = &s->model.item[s->model.n_items++];
	bool is_credit = sim_chance(s, 20);

	if (s->model.n_items == MODEL_ITEMS)
		sim_fail(s, "the model is full");
	*it = (struct model_item){ .customer = sim_below(s, SIM_CUSTOMERS),
				   .issued = issued,
				   .effective = issued,
				   .import = d->import,
				   .n_dues = 1 };
	snprintf(it->document, sizeof it->document, "%s%06d", is_credit ? "AV" : "FA",
		 ++s->n_invoices);
	it->minor = 1000 + sim_below(s, 900000);
	if (is_credit)
		it->minor = -it->minor / 5 - 1;
	it->due[0].due_on = issued + (is_credit ? 0 : 15 * (1 + sim_below(s, 4)));
	put_document(d, it);
	return it;
}

static void take_file(struct sim *s, struct draft *d, int first, int n_rejected)
{
	struct import_report r;
	char name[40];

	snprintf(name, sizeof name, "documents-%d.csv", d->import);
	sim_import(s, name, &d->text, &r);
	for (int i = first; i < s->model.n_items; i++) {
		s->model.item[i].known = s->now;
		s->model.item[i].due[0].known = s->now;
	}
	if (!r.is_repeat && r.n_rejected != n_rejected)
		sim_fail(s, "%s: %" PRId64 " lines refused, expected %d", name, r.n_rejected,
			 n_rejected);
	if (s->n_files == SIM_FILES)
		sim_fail(s, "too many files");
	s->file[s->n_files] = (struct sim_file){ .import_id = r.import_id };
	/* The very bytes of a file before: there is nothing of its own to undo. */
	for (int i = 0; i < s->n_files; i++)
		s->file[s->n_files].is_undone |= s->file[i].import_id == r.import_id;
	s->n_files++;
	sim_trace(s, "import %s documents=%d refused=%d", name, d->n, n_rejected);
	sim_absorb(s, false);
}

void sim_invoices(struct sim *s)
{
	int first = s->model.n_items, n = 1 + sim_below(s, 7), n_rejected = 0;
	struct draft d;

	begin_file(s, &d);
	for (int i = 0; i < n; i++) {
		const struct model_item *it = add_document(s, &d, s->today);
		/* The same line twice in a file is told by the file, not by us: leave it to other files. */
		if (sim_chance(s, 10)) {
			buf_printf(&d.text, "BAD%d;INV;C%03d;2026-13-45;;12.00;EUR\n", i,
				   it->customer);
			n_rejected++;
		}
	}
	take_file(s, &d, first, n_rejected);
}

void sim_late_document(struct sim *s)
{
	int first = s->model.n_items;
	struct draft d;

	struct model_item *it;

	begin_file(s, &d);
	it = add_document(s, &d, s->today - 1 - sim_below(s, 80));
	s->may_date = sim_chance(s, 50);
	/* Of a closed period: refused, or counted from the first open day by who may. */
	if (!model_is_closed(&s->model, it->issued)) {
		take_file(s, &d, first, 0);
	} else if (s->may_date) {
		it->effective = model_open_day(&s->model, it->issued);
		take_file(s, &d, first, 0);
	} else {
		s->model.n_items--;
		take_file(s, &d, first, 1);
	}
	s->may_date = false;
}

/* Documents that came by file and still stand. */
static int pick_document(struct sim *s)
{
	for (int try = 0; try < 40 && s->model.n_items > 0; try++) {
		int i = sim_below(s, s->model.n_items);
		const struct model_item *it = &s->model.item[i];

		if (!it->is_cash && !it->reversed && it->import >= 0)
			return i;
	}
	return -1;
}

void sim_new_due_date(struct sim *s)
{
	int i = pick_document(s);
	struct model_item *it = &s->model.item[i < 0 ? 0 : i];
	struct draft d;

	if (i < 0 || it->minor < 0 || it->n_dues == MODEL_DUES)
		return;
	begin_file(s, &d);
	it->due[it->n_dues].due_on = it->due[it->n_dues - 1].due_on + 1 + sim_below(s, 30);
	it->n_dues++;
	put_document(&d, it);
	it->due[it->n_dues - 1].known = INT64_MAX;
	take_file(s, &d, s->model.n_items, 0);
	it->due[it->n_dues - 1].known = s->now;
	/* Undoing that file takes the date back, which is another story: it stays. */
	s->file[s->n_files - 1].is_undone = true;
}

/* The same documents in another file: nothing changes. */
void sim_repeat_file(struct sim *s)
{
	int n = 0, known = s->model.n_items;
	struct draft d;

	begin_file(s, &d);
	for (int k = 0; k < 3; k++) {
		int i = pick_document(s);
		if (i >= 0 && s->model.item[i].n_dues == 1 &&
		    !strstr(buf_str(&d.text), s->model.item[i].document)) {
			put_document(&d, &s->model.item[i]);
			n++;
		}
	}
	if (n > 0)
		take_file(s, &d, known, 0);
}

/* Whether the file brought something that a closed period rests on. */
static bool is_settled(const struct sim *s, int file)
{
	for (int i = 0; i < s->model.n_items; i++)
		if (s->model.item[i].import == file && !s->model.item[i].reversed &&
		    model_is_settled(&s->model, i))
			return true;
	return false;
}

void sim_undo_file(struct sim *s)
{
	int f = s->n_files ? sim_below(s, s->n_files) : -1;
	int64_t before = sim_events(s);
	struct err e = { 0 };
	bool ok;

	if (f < 0 || s->file[f].is_undone || s->file[f].import_id == 0)
		return;
	ok = import_undo(s->db, s->entity.id, s->file[f].import_id, "sim", sim_tick(s), &e);
	if (!ok && s->fault.n_fired > 0 && e.code != ERR_CONFLICT) {
		ok = sim_was_done(s, before) ||
		     import_undo(s->db, s->entity.id, s->file[f].import_id, "sim", s->now, &e);
	}
	if (!ok && e.code != ERR_CONFLICT && !(e.code == ERR_REFUSED && is_settled(s, f)))
		sim_fail(s, "undoing file %d: %s", f, e.msg);
	if (ok && is_settled(s, f))
		sim_fail(s, "file %d is undone though a closed period rests on it", f);
	sim_trace(s, "undo file %d: %s", f, ok ? "done" : "refused");
	if (!ok)
		return;
	s->file[f].is_undone = true;
	for (int i = 0; i < s->model.n_items; i++)
		if (s->model.item[i].import == f && !s->model.item[i].reversed)
			s->model.item[i].reversed = s->now;
	for (int i = 0; i < s->model.n_allocations; i++) {
		struct model_allocation *a = &s->model.allocation[i];
		bool is_gone = s->model.item[a->debit].reversed == s->now ||
			       s->model.item[a->credit].reversed == s->now;
		if (is_gone && !a->undone) {
			a->undone = s->now;
			a->undone_on = a->effective;
		}
	}
	sim_absorb(s, false);
}

/* ---- the bank ---- */

static void put_bank_line(struct buf *out, const struct sim_line *l, const char *name,
			  const char *text)
{
	char amount[MONEY_TEXT], day[DATE_TEXT];

	minor_format(l->minor, "EUR", amount);
	date_format(l->on, day);
	buf_printf(out,
		   "<Ntry><NtryRef>%s</NtryRef><Amt Ccy=\"EUR\">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
		   "<Sts>BOOK</Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%s</Dt></ValDt>"
		   "<AcctSvcrRef>%s</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
		   "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>"
		   "<RltdPties><Dbtr><Nm>%s</Nm></Dbtr></RltdPties><RmtInf><Ustrd>%s</Ustrd>"
		   "</RmtInf></TxDtls></NtryDtls></Ntry>\n",
		   l->reference, amount, day, day, l->reference, name, text);
}

/* What a customer pays: exactly, in part, too much, or nobody knows what. */
static void add_bank_line(struct sim *s, struct buf *out)
{
	struct sim_line *l = &s->line[s->n_lines++];
	int i = pick_document(s);
	int64_t open = i < 0 ? 0 : model_open(&s->model, i, s->today, INT64_MAX);
	char name[40] = "Inconnu Voyageur", text[80] = "REGLEMENT DIVERS";

	if (s->n_lines == SIM_LINES)
		sim_fail(s, "too many bank lines");
	*l = (struct sim_line){ .customer = -1, .on = s->today };
	snprintf(l->reference, sizeof l->reference, "B%07d", s->n_lines);
	if (open <= 0) {
		l->minor = 100 + sim_below(s, 77777);
	} else {
		l->customer = s->model.item[i].customer;
		l->minor = sim_chance(s, 70)   ? open
			   : sim_chance(s, 50) ? open / 2 + 1
					       : open + 100 + sim_below(s, 5000);
		snprintf(name, sizeof name, "Maison Numero %03d", l->customer);
		if (sim_chance(s, 85))
			snprintf(text, sizeof text, "REGLEMENT FACTURE %s",
				 s->model.item[i].document);
	}
	put_bank_line(out, l, name, text);
	s->balance_minor += l->minor;
}

static void put_balance(struct buf *out, const char *code, int64_t minor, int on)
{
	char amount[MONEY_TEXT], day[DATE_TEXT];

	buf_printf(out,
		   "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">%s</Amt>"
		   "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>\n",
		   code, minor_format(minor, "EUR", amount), date_format(on, day));
}

void sim_bank_statement(struct sim *s)
{
	int n = 1 + sim_below(s, 5);
	int64_t opening = s->balance_minor;
	struct import_report r;
	struct buf lines, out;
	char day[DATE_TEXT], name[40];

	/* The bank sends one a day. */
	if (s->stated_on == s->today)
		return;
	s->stated_on = s->today;

	buf_init(&lines, s->arena);
	buf_init(&out, s->arena);
	for (int i = 0; i < n; i++)
		add_bank_line(s, &lines);
	date_format(s->today, day);
	buf_printf(
		&out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">"
		"<BkToCstmrStmt><GrpHdr><MsgId>S%d</MsgId><CreDtTm>%sT20:00:00</CreDtTm></GrpHdr>"
		"<Stmt><Id>S%d</Id><ElctrncSeqNb>%d</ElctrncSeqNb><CreDtTm>%sT20:00:00</CreDtTm>"
		"<FrToDt><FrDtTm>%sT00:00:00</FrDtTm><ToDtTm>%sT23:59:59</ToDtTm></FrToDt><Acct>"
		"<Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>\n",
		s->n_statements + 1, day, s->n_statements + 1, s->n_statements + 1, day, day, day);
	put_balance(&out, "OPBD", opening, s->today);
	put_balance(&out, "CLBD", s->balance_minor, s->today);
	buf_add(&out, buf_str(&lines), lines.len);
	buf_puts(&out, "</Stmt></BkToCstmrStmt></Document>\n");
	snprintf(name, sizeof name, "statement-%d.xml", ++s->n_statements);
	sim_import(s, name, &out, &r);
	sim_trace(s, "statement %d lines=%d", s->n_statements, n);
	sim_absorb(s, false);
}
