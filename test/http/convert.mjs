// SPDX-License-Identifier: Apache-2.0
// A receipt in another currency than its documents: on the workbench, for programs, on the command line; taken back.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { check, finish, login, run, start } from "./lib.mjs";

const server = await start();
const folder = mkdtempSync(path.join(tmpdir(), "encours-convert-"));
const put = (command, name, text) => {
	writeFileSync(path.join(folder, name), text);
	return run(server.db, [...command, path.join(folder, name), "--date", "2026-10-10"]);
};
const rates = put(["rates", "import"], "rates.csv", "currency,date,rate\nUSD,2026-09-01,1.10\nUSD,2026-10-02,1.0912\n");
check("the rates are there", rates.status === 0, rates.err);
const items = put(["import"], "items.csv", "customer,name,document,kind,issue date,due date,amount,currency\n" +
	"X1,Atlantic Tooling Inc,INV-7001,invoice,2026-09-01,2026-10-01,1000.00,USD\n" +
	"X1,Atlantic Tooling Inc,INV-7002,invoice,2026-09-02,2026-10-02,500.00,USD\n" +
	"X1,Atlantic Tooling Inc,INV-7003,invoice,2026-09-02,2026-10-02,80.00,EUR\n" +
	"X1,Atlantic Tooling Inc,INV-7004,invoice,2026-09-02,2026-10-02,70.00,GBP\n");
check("the documents too", items.status === 0, items.err + items.out);
const entry = (ref, amount, text, details) => `<Ntry><NtryRef>${ref}</NtryRef><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>` +
	`<BookgDt><Dt>2026-10-02</Dt></BookgDt><ValDt><Dt>2026-10-02</Dt></ValDt><NtryDtls><TxDtls><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>${details}` +
	`<RltdPties><Dbtr><Pty><Nm>CLEARING HOUSE 12</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
const balance = (code, amount) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-02</Dt></Dt></Bal>`;
const sent = '<AmtDtls><InstdAmt><Amt Ccy="USD">1000.00</Amt></InstdAmt><CntrValAmt><Amt Ccy="EUR">915.00</Amt><CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>EUR</TrgtCcy><XchgRate>0.915</XchgRate></CcyXchg></CntrValAmt></AmtDtls>';
const camt = `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-10-03T06:00:00</CreDtTm></GrpHdr>` +
	`<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-10-03T06:00:00</CreDtTm><Acct><Id><IBAN>FR7630082952718579124314064</IBAN></Id><Ccy>EUR</Ccy></Acct>` +
	balance("OPBD", "0.00") + balance("CLBD", "1373.21") + entry("B1", "915.00", "SANS OBJET", sent) + entry("B2", "458.21", "SANS OBJET", "") + `</Stmt></BkToCstmrStmt></Document>`;
const bank = put(["import"], "camt.xml", camt);
check("and the statement", bank.status === 0, bank.err + bank.out);

const token = JSON.parse(run(server.db, ["token", "add", "erp", "--role", "accountant", "--json"]).out).token;
const clerk = await login(server);
const call = async (method, target, body) => {
	const r = await clerk.send(method, `/api/v1${target}`, { headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
	return { status: r.status, json: r.text.startsWith("{") ? JSON.parse(r.text) : null, text: r.text };
};
const [b1, b2] = (await call("GET", "/entries")).json.entries;
const key = () => ({ idempotency_key: Math.random().toString(16).slice(2).padEnd(16, "0") });
const open = () => Object.fromEntries(JSON.parse(run(server.db, ["items", "--open", "--json", "--date", "2026-10-10"]).out).items.map((x) => [x.document, x.open]));
const toast = (page) => /<div class="toast[^]*?<\/div>/.exec(page.text)?.[0] ?? "";

// ---- on the workbench
let page = await clerk.get(`/bank/entries/${b1.id}?customer=X1`);
check("documents in the receipt's currency are shown", page.text.includes("INV-7003") && !page.text.includes("INV-7001"));
check("with a way to those in others", page.text.includes("convert=USD") && page.text.includes("convert=GBP"));
page = await clerk.get(`/bank/entries/${b1.id}?customer=X1&convert=USD`);
check("those in dollars are shown, and what the money is worth", page.text.includes("INV-7001") && page.text.includes("INV-7002") && !page.text.includes("INV-7003") && page.text.includes("1 EUR = 1.092896 USD, as the bank says"), page.text.match(/class="body small converted">[^<]*/)?.[0]);
const french = await clerk.get(`/bank/entries/${b1.id}?customer=X1&convert=USD`, { "Accept-Language": "fr" });
check("it speaks French", french.text.includes("1 EUR = 1,092896 USD, selon la banque"), french.text.match(/class="body small converted">[^<]*/)?.[0]);
page = await clerk.get(`/bank/entries/${b1.id}?customer=X1&convert=GBP`);
check("without a rate it says so", page.text.includes("there is no rate of GBP"), page.text.match(/class="body small converted">[^<]*/)?.[0]);
const item = async (document) => /name="pay_(\d+)"/.exec((await clerk.get(`/bank/entries/${b1.id}?find=${document}&convert=USD`)).text)?.[1];
const first = await item("INV-7001"), second = await item("INV-7002");
const apply = (id, form) => clerk.post(`/bank/entries/${id}/apply`, { version: 1, customer: "X1", rest: "open", ...form, ...key() });
for (const [what, form, says] of [
	["more than it is worth", { convert: "USD", [`pay_${first}`]: "1000.00", [`pay_${second}`]: "500.00" }, "less than the documents take"],
	["a worth far from the rate", { convert: "USD", worth: "1200.00", [`pay_${first}`]: "1000.00" }, "too far"],
	["dollars without converting", { [`pay_${first}`]: "1000.00" }, "is in USD"],
]) {
	const wrong = await apply(b1.id, form);
	check(`${what} is refused`, wrong.status === 422 && wrong.text.includes(says), [wrong.status, wrong.text.match(/say stop[^]*?<\/div>/)?.[0]]);
}
check("nothing moved", open()["INV-7001"] === "1000.00");
check("the bank's dollars pay the document", (await apply(b1.id, { convert: "USD", [`pay_${first}`]: "1000.00" })).status === 303 && !("INV-7001" in open()), open());
const done = await clerk.get("/bank");
const way = /action="(\/undo\/[\d,]+)"/.exec(toast(done))?.[1];
page = await clerk.get(`/bank/entries/${b1.id}`);
check("its page tells both amounts, the rate, its source and its day", page.text.includes("1 EUR = 1.092896 USD, as the bank says (2 October 2026)") || /1 EUR = 1\.092896 USD, as the bank says \([^)]*2026\)/.test(page.text), page.text.match(/small converted">[^<]*/)?.[0]);
const b1now = (await call("GET", `/entries/${b1.id}`)).json;
check("programs are told too", b1now.conversions.length === 1 && b1now.conversions[0].converted === "1000.00" && b1now.conversions[0].rate_source === "bank" && b1now.lines[0].currency === "USD", b1now);
check("it is verified", run(server.db, ["verify", "--json"]).status === 0);
const journal = await clerk.get("/journal");
check("the journal tells it", journal.status === 200 && journal.text.includes("Receipt converted into another currency"));
check("and takes it back", (await clerk.post(way, { back: "/bank", ...key() })).status === 303 && open()["INV-7001"] === "1000.00", way);
check("the page forgets it", !(await clerk.get(`/bank/entries/${b1.id}`)).text.includes("small converted\">"));

// ---- for programs
for (const [body, status, what] of [
	[{ convert: "dollar", lines: [] }, 422, "a currency that is none"],
	[{ worth: "1000.00", customer: "X1" }, 422, "a worth without a currency"],
	[{ convert: "USD", worth: 12, lines: [{ document: "INV-7003", amount: "1.00" }] }, 404, "a document of another currency"],
	[{ convert: "GBP", lines: [{ document: "INV-7004", amount: "70.00" }] }, 404, "a currency without a rate"],
])
	check(`refuses ${what}`, (await call("POST", `/entries/${b2.id}/apply`, body)).status === status, await call("POST", `/entries/${b2.id}/apply`, body));
const dated = await call("POST", `/entries/${b2.id}/apply`, { convert: "USD", lines: [{ document: "INV-7002", amount: "500.00" }] });
check("458.21 at 1.0912 is 500.00", dated.status === 200 && dated.json.conversions[0].rate_source === "dated" && dated.json.conversions[0].rate_on === "2026-10-02" && !("INV-7002" in open()), dated.text);
check("taken back", (await call("POST", `/entries/${b2.id}/unapply`, {})).status === 200 && open()["INV-7002"] === "500.00");

// ---- on the command line
const cli = (...args) => run(server.db, ["apply", "B2", ...args, "--json", "--lang", "en"]);
check("a document of another currency is not found", cli("--to", "INV-7001").status === 1);
check("--worth goes with --convert", cli("--to", "INV-7001", "--worth", "500").status === 2);
check("less than the money is worth stays open", cli("--to", "INV-7001=400.00", "--convert", "USD").status === 0 && open()["INV-7001"] === "600.00");
check("verified again", run(server.db, ["verify", "--json"]).status === 0);
check("and taken back", run(server.db, ["unapply", "B2"]).status === 0 && open()["INV-7001"] === "1000.00");
const agreed = cli("--to", "INV-7002=500.00", "--convert", "USD", "--worth", "500.00");
check("what was agreed is told as such", agreed.status === 0 && JSON.parse(agreed.out).conversions[0].converted === "500.00", agreed.out + agreed.err);
check("the books get entries that balance", run(server.db, ["verify"]).status === 0);

await server.stop();
rmSync(folder, { recursive: true, force: true });
finish();
