// SPDX-License-Identifier: Apache-2.0
// Virtual IBANs: given, imported, closed, taken back on their page; what came to them; and what must be refused.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Browser, check, finish, login, PASSWORD, run, start } from "./lib.mjs";

const server = await start();
const folder = mkdtempSync(path.join(tmpdir(), "encours-virtual-"));
const put = (name, text) => {
	writeFileSync(path.join(folder, name), text);
	return run(server.db, ["import", path.join(folder, name), "--date", "2026-10-10"]);
};
const here = "/bank/virtual-ibans";
const DUBOURG = "FR1420041010050500013M02606", LENOIR = "DE89370400440532013000", THIRD = "GB82WEST12345698765432";
const invoices = [["C1", "Dubourg SARL", "FA2026-0012", "1200,00"], ["C2", "Lenoir SAS", "FA2026-0015", "450,00"]];
check("the documents are there", put("123456782FEC20261231.txt", "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n" +
	invoices.map(([aux, name, piece, sum], i) =>
		`VE\tVentes\t${i + 1}\t20260901\t41100000\tClients\t${aux}\t${name}\t${piece}\t20260901\tFacture\t${sum}\t0,00\t\t\t20260930\t\t\n` +
		`VE\tVentes\t${i + 1}\t20260901\t70700000\tVentes\t\t\t${piece}\t20260901\tFacture\t0,00\t${sum}\t\t\t20260930\t\t\n`).join("")).status === 0);

const clerk = await login(server);
const key = () => ({ idempotency_key: Math.random().toString(16).slice(2).padEnd(16, "0") });
const list = () => JSON.parse(run(server.db, ["virtual-iban", "list", "--json"]).out).virtual_ibans;
const give = (fields) => clerk.post(here, { from: "2026-09-01", document: "", ...fields, ...key() });
const upload = async (name, text, who = clerk) => {
	const boundary = "xxxxxxxxxxxxxxxxxxxxxxxx";
	const body = Buffer.concat([Buffer.from([["csrf", who.csrf], ["idempotency_key", key().idempotency_key]].map(([k, v]) =>
		`--${boundary}\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`).join("") +
		`--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\n\r\n`), Buffer.from(text), Buffer.from(`\r\n--${boundary}--\r\n`)]);
	return who.send("POST", `${here}/import`, { headers: { "Content-Type": `multipart/form-data; boundary=${boundary}`, "Content-Length": body.length }, body });
};
const undo = async () => {
	const page = (await clerk.get(here)).text, at = /action="(\/undo\/[\d,]+)"/.exec(page)?.[1];
	return at ? clerk.post(at, { back: here, ...key() }) : { status: 0 };
};

const empty = await clerk.get(here);
check("an empty list says what they are", empty.status === 200 && empty.text.includes("There is no virtual IBAN yet") && empty.text.includes("whatever the payer wrote"));

// Given and taken back.
check("given by a part of the name", (await give({ iban: "fr14 2004 1010 0505 0001 3M02 606", customer: "dubourg" })).status === 303);
check("it is his", list().length === 1 && list()[0].iban === DUBOURG && list()[0].customer === "C1" && list()[0].currency === null, list());
check("taken back", (await undo()).status === 303 && list().length === 0, list());
check("given for a document", (await give({ iban: DUBOURG, customer: "C1", document: "FA2026-0012" })).status === 303 && list()[0].document === "FA2026-0012");
check("given twice in the same way it stays one", (await give({ iban: DUBOURG, customer: "C1", document: "FA2026-0012" })).status === 303 && list().length === 1);
const wrong = {
	"a wrong key": [{ iban: "FR1520041010050500013M02606", customer: "C1" }, "check digits of the IBAN are wrong"],
	"no IBAN": [{ iban: "<b>x</b>", customer: "C1" }, "is no IBAN"],
	"another's": [{ iban: DUBOURG, customer: "C2" }, "another customer&#39;s"],
	"nobody": [{ iban: LENOIR, customer: "nobody" }, "No customer, or several, of that name."],
	"a document of another": [{ iban: LENOIR, customer: "C2", document: "FA2026-0012" }, "this customer has no document"],
	"a day that is none": [{ iban: LENOIR, customer: "C2", from: "2026-02-31" }, "aria-invalid"],
	"nothing": [{ iban: "", customer: "" }, "aria-invalid"],
};
for (const [name, [fields, said]] of Object.entries(wrong)) {
	const answer = await give(fields);
	check(`${name} is refused and told`, answer.status === 422 && answer.text.includes(said), [answer.status, answer.text.match(/class="say[^]*?<\/p>/)?.[0]]);
}
check("what was typed stays", (await give({ iban: "FR15X", customer: "C2" })).text.includes('value="FR15X"'));
check("and nothing was given", list().length === 1);

// The bank's list.
check("the bank's list is taken", (await upload("banque.csv", `IBAN;Client;Du\n${LENOIR};C2;2026-01-01\n${THIRD};C2;2026-01-01\n`)).status === 303 && list().length === 3, list());
check("again it brings nothing", (await upload("banque.csv", `IBAN;Client;Du\n${LENOIR};C2;2026-01-01\n`)).status === 303 && list().length === 3 && !(await clerk.get(here)).text.includes("/undo/"));
for (const [name, text] of [["wrong.csv", `IBAN;Client\nFR00;C1\n`], ["none.csv", "x"], ["binary.csv", Buffer.from([0, 1, 2, 0, 255])], ["empty.csv", ""]])
	check(`${name} is refused and told`, (await upload(name, text)).status === 303 && /is not taken|Choose a file/.test((await clerk.get(here)).text) && list().length === 3);
await upload("more.csv", `IBAN;Client\nFR7618206002105487912736125;C1\n`);
check("a list is taken back whole", list().length === 4 && (await undo()).status === 303 && list().length === 3, list());

// What came there.
const balance = (code, amount) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-10-02</Dt></Dt></Bal>`;
check("a statement comes", put("camt.xml", '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>' +
	`<Stmt><Id>S1</Id><Acct><Id><IBAN>FR7630082952718579124314064</IBAN></Id><Ccy>EUR</Ccy></Acct>${balance("OPBD", "0.00")}${balance("CLBD", "1200.00")}` +
	`<Ntry><Amt Ccy="EUR">1200.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-10-02</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef><NtryDtls><TxDtls>` +
	`<RltdPties><Dbtr><Pty><Nm>ZENTRALE</Nm></Pty></Dbtr><CdtrAcct><Id><IBAN>${DUBOURG}</IBAN></Id></CdtrAcct></RltdPties></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`).status === 0);
const row = list().find((x) => x.iban === DUBOURG);
check("the command line tells what came", row.receipts === 1 && row.received === "1200.00" && row.currency === "EUR" && row.last_on === "2026-10-02", row);
const page = (await clerk.get(here)).text;
const id = new RegExp(`${here}/(\\d+)"[^>]*>${DUBOURG}`).exec(page)?.[1];
check("so does the page", Boolean(id) && page.includes("1,200.00") && page.includes("Lenoir SAS"), page.length);
check("cut to those never used", !(await clerk.get(`${here}?show=unused`)).text.includes(DUBOURG) && (await clerk.get(`${here}?show=unused`)).text.includes(LENOIR));
check("and as a file", (await clerk.get(`${here}?format=csv`)).text.includes(DUBOURG));
const one = (await clerk.get(`${here}/${id}`)).text;
check("one is shown with its receipts", one.includes("FR14 2004 1010 0505 0001 3M02 606") && one.includes("ZENTRALE") && one.includes("FA2026-0012"));
const customer = /href="(\/customers\/\d+)"[^>]*>Dubourg/.exec(one)?.[1];
check("the customer's sheet tells it", (await clerk.get(`${customer}?tab=facts`)).text.includes("FR14 2004 1010 0505 0001 3M02 606"));
for (const bad of ["999999", "x"])
	check(`account ${bad} is not found`, (await clerk.get(`${here}/${bad}`)).status === 404);
check("an unknown filter is refused", (await clerk.get(`${here}?show=x`)).status === 400);

// Closed.
const close = (until, who = clerk) => who.post(`${here}/${id}/close`, { until, ...key() });
check("not before it was given", (await close("2026-08-01")).status === 422);
check("nor on no day", (await close("")).status === 422);
check("closed", (await close("2026-10-05")).status === 303 && list().find((x) => x.iban === DUBOURG).to === "2026-10-05");
check("closing twice is told", (await close("2026-10-05")).status === 422);
check("no token, no act", (await clerk.post(`${here}/${id}/close`, { csrf: null, until: "2026-10-05", ...key() })).status === 403);

run(server.db, ["user", "add", "auditor@example.org", "--role", "auditor", "--password-stdin"], `${PASSWORD}\n`);
const auditor = await login(server, "auditor@example.org");
const read = await auditor.get(here);
check("who may not apply reads", read.status === 200 && read.text.includes(DUBOURG) && !read.text.includes(`name="iban"`));
check("and may not give", (await auditor.post(here, { iban: LENOIR, customer: "C1", from: "2026-09-01", ...key() })).status === 403);
check("nor import", (await upload("x.csv", "IBAN;Client\n", auditor)).status === 403);
check("nor close", (await close("2026-10-05", auditor)).status === 403);
check("without login there is nothing to see", (await new Browser(server).get(here)).status === 303);
check("every law holds", JSON.parse(run(server.db, ["verify", "--json"]).out).faults.length === 0);
if (process.env.KEEP_SERVER) await new Promise(() => console.log(server.port));
await server.stop();
rmSync(folder, { recursive: true });
finish();
