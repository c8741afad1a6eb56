// SPDX-License-Identifier: Apache-2.0
// write.mjs - the company's files, laid out as those of the portfolio generator, so that `import` and match_eval read both.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { iso } from "./company.mjs";

const money = (minor) => `${minor < 0 ? "-" : ""}${(Math.abs(minor) / 100).toFixed(2)}`;
const quoted = (text) => (/[",]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
const xml = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const customer = (c) => [c.code, quoted(c.name), c.siren, "", "PME", "N30", 30, 0, c.lang, "", "", "", "", c.parent?.code ?? "", c.iban_told, "", "VIR"].join(",");
const invoice = (i, open) => [i.document, i.isCredit ? "CN" : "INV", i.customer.code, iso(i.issued), iso(i.due), money(i.minor), money(i.minor), "0.00", money(open), ""].join(",");

const balance = (code, minor, on) =>
	`<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${money(minor)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${iso(on)}</Dt></Dt></Bal>`;
const entry = (e) =>
	`<Ntry><NtryRef>${e.id}</NtryRef><Amt Ccy="EUR">${e.amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${iso(e.on)}</Dt></BookgDt>` +
	`<ValDt><Dt>${iso(e.on)}</Dt></ValDt><AcctSvcrRef>${e.id}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>${xml(e.e2e)}</EndToEndId></Refs><RltdPties>` +
	`<Dbtr>${e.name ? `<Nm>${xml(e.name)}</Nm>` : ""}</Dbtr>${e.iban ? `<DbtrAcct><Id><IBAN>${e.iban}</IBAN></Id></DbtrAcct>` : ""}</RltdPties>` +
	`<RmtInf>${e.text ? `<Ustrd>${xml(e.text)}</Ustrd>` : ""}</RmtInf></TxDtls></NtryDtls></Ntry>`;

export function write(folder, company, entries, today) {
	const sum = entries.reduce((s, e) => s + e.minor, 0);
	const rows = entries.flatMap((e) => e.rows.map(([kind, c, i, minor]) => {
		const [name, ...rest] = e.class.split(" ");
		return [e.id, name, rest.join("_").replace(/,/g, ""), kind, c?.code ?? "", i?.document ?? "", money(minor)].join(",");
	}));
	mkdirSync(folder, { recursive: true });
	const put = (file, lines) => writeFileSync(path.join(folder, file), lines.join("\n") + "\n");
	put("customers.csv", ["customer_id,name,siren,vat_id,segment,terms,terms_days,terms_eom,language,email,phone,postcode,city,parent_id,iban,credit_limit,payment_mode", ...company.customers.map(customer)]);
	const paid = company.customers.flatMap((c) => c.paid ?? []);
	put("invoices.csv", ["doc_no,kind,customer_id,issue_date,due_date,amount_ttc,amount_ht,vat,open_amount,rf_ref", ...company.items.map((i) => invoice(i, i.minor)), ...paid.map((i) => invoice(i, 0))]);
	put("camt053.xml", ['<?xml version="1.0" encoding="UTF-8"?>', '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>ADV</MsgId>',
		`<CreDtTm>${iso(today)}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>ADV1</Id><CreDtTm>${iso(today)}T20:00:00</CreDtTm>`,
		"<Acct><Id><IBAN>FR7630082952718579124314064</IBAN></Id><Ccy>EUR</Ccy></Acct>", balance("OPBD", 100000, today - 31), balance("CLBD", 100000 + sum, today),
		...entries.map(entry), "</Stmt></BkToCstmrStmt></Document>"]);
	put("truth.csv", ["entry_id,class,subclass,kind,customer_id,doc_no,amount", ...rows]);
}
