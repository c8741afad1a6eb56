// SPDX-License-Identifier: Apache-2.0
// Payments that came back: listed, decided, taken back; and what must be refused.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Browser, check, finish, login, PASSWORD, run, start } from "./lib.mjs";

const server = await start();
const folder = mkdtempSync(path.join(tmpdir(), "encours-returns-"));
const put = (name, text) => {
	writeFileSync(path.join(folder, name), text);
	return run(server.db, ["import", path.join(folder, name), "--date", "2026-10-10"]);
};
const fec = "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n" +
	[["C1", "Dubourg SARL", "FA2026-0012", "1200,00"], ["C2", "Lenoir SAS", "FA2026-0015", "450,00"]].map(([aux, name, piece, sum], i) =>
		`VE\tVentes\t${i + 1}\t20260901\t41100000\tClients\t${aux}\t${name}\t${piece}\t20260901\tFacture\t${sum}\t0,00\t\t\t20260930\t\t\n` +
		`VE\tVentes\t${i + 1}\t20260901\t70700000\tVentes\t\t\t${piece}\t20260901\tFacture\t0,00\t${sum}\t\t\t20260930\t\t\n`).join("");
const entry = (ref, way, amount, day, who, code, e2e, text, reason) => `<Ntry><NtryRef>${ref}</NtryRef><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${way}</CdtDbtInd><Sts>BOOK</Sts>` +
	`<BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt><AcctSvcrRef>${ref}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>${code[0]}</Cd><SubFmlyCd>${code[1]}</SubFmlyCd></Fmly></Domn></BkTxCd>` +
	`<NtryDtls><TxDtls><Refs><EndToEndId>${e2e}</EndToEndId></Refs><RltdPties><Dbtr><Nm>${who}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>${text}</Ustrd></RmtInf>` +
	`${reason ? `<RtrInf><Rsn><Cd>${reason}</Cd></Rsn></RtrInf>` : ""}</TxDtls></NtryDtls></Ntry>`;
const balance = (code, amount, day) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
const camt = `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-10-09T06:00:00</CreDtTm></GrpHdr>` +
	`<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-10-09T06:00:00</CreDtTm><Acct><Id><IBAN>FR7630082952718579124314064</IBAN></Id><Ccy>EUR</Ccy></Acct>` +
	balance("OPBD", "5000.00", "2026-10-01") + balance("CLBD", "5000.00", "2026-10-08") +
	entry("B1", "CRDT", "1200.00", "2026-10-02", "DUBOURG SARL", ["IDDT", "ESDD"], "E2E-1", "FA2026-0012") +
	entry("B2", "CRDT", "450.00", "2026-10-02", "LENOIR SAS", ["IDDT", "ESDD"], "E2E-2", "FA2026-0015") +
	entry("B3", "DBIT", "1200.00", "2026-10-08", "DUBOURG SARL", ["IDDT", "UPDD"], "E2E-1", "REJET", "AM04") +
	entry("B4", "DBIT", "450.00", "2026-10-08", "", ["IDDT", "UPDD"], "NOTPROVIDED", "LENOIR", "MD06") + `</Stmt></BkToCstmrStmt></Document>`;
check("the documents are there", put("123456782FEC20261231.txt", fec).status === 0);
const bank = put("camt.xml", camt);
check("and the statement", bank.status === 0, bank.err);
const clerk = await login(server);
check("before the run nothing came back", (await clerk.get("/bank/returns")).text.includes("No payment came back"));
const match = () => JSON.parse(run(server.db, ["match", "--json", "--date", "2026-10-10"]).out);
const first = match();
check("a payment and its return in one statement are treated in one run", first.auto === 2 && first.returned === 1 && first.returns_waiting === 1, first);
const report = match();
check("a second run finds nothing new", report.auto === 0 && report.returned === 0 && report.returns_waiting === 1, report);
check("and says so", run(server.db, ["match", "--date", "2026-10-10", "--lang", "en"]).out.includes("payments that came back: 0 treated, 1 to decide"));
const known = JSON.parse(run(server.db, ["returns", "--json"]).out).returns;
const treated = known.find((x) => x.state === "treated"), waiting = known.find((x) => x.state === "waiting");

const page = await clerk.get("/bank/returns");
check("the list answers", page.status === 200, page.status);
check("with reason and advice in words", page.text.includes("insufficient funds (AM04)") && page.text.includes("Present it once again"));
check("and what is open again", page.text.includes("FA2026-0012"));
check("the tab counts what waits and what is new", /href="\/bank\/returns"[^>]*>[^<]*<span class="count">2</.test(page.text));
check("one is to be seen, one to be decided", page.text.includes(`/bank/returns/${treated.id}/seen`) && page.text.includes(">Decide<"));
const french = (await clerk.get("/bank/returns", { "Accept-Language": "fr" })).text;
check("it speaks French", french.includes("provision insuffisante") && french.includes("À nouveau ouvert"), french.match(/<td class="wrap[^]*?<\/td>/)?.[0]);
const only = (await clerk.get("/bank/returns?customer=C2")).text;
check("of another customer nothing is shown", !only.includes("AM04") && only.includes("Lenoir SAS"));
check("by state", !(await clerk.get("/bank/returns?state=waiting")).text.includes("AM04"));
for (const query of ["state=x", "before=x"])
	check(`${query} is refused`, (await clerk.get(`/bank/returns?${query}`)).status === 422);
check("an unknown customer is not found", (await clerk.get("/bank/returns?customer=nobody")).status === 404);
for (const id of ["999999", "x"])
	check(`return ${id} is not found`, (await clerk.get(`/bank/returns/${id}`)).status === 404);

const tasks = (await clerk.get("/")).text;
check("the first page tells of it", tasks.includes('href="/bank/returns?state=unseen'), tasks.length);
check("and of what is to be decided", tasks.includes('href="/bank/returns?state=waiting'));

// Acts.
const key = () => ({ idempotency_key: Math.random().toString(16).slice(2).padEnd(16, "0") });
const state = (id) => JSON.parse(run(server.db, ["returns", "--json"]).out).returns.find((x) => x.id === id).state;
const act = async (id, name, fields = {}) => (await clerk.post(`/bank/returns/${id}/${name}`, { ...fields, ...key() })).status;
check("seen", await act(treated.id, "seen") === 303 && !(await clerk.get("/bank/returns")).text.includes(`/bank/returns/${treated.id}/seen`));
check("the first page forgets it", !(await clerk.get("/")).text.includes("/bank/returns?state=unseen"));
const shown = (await clerk.get(`/bank/returns/${waiting.id}`)).text;
const item = /name="payment" value="(\d+)"/.exec(shown)?.[1];
check("the payments it may be are offered", Boolean(item), shown.length);
for (const payment of ["", "x", "0", "-1", "99999999", String(treated.id)]) {
	const status = await act(waiting.id, "treat", { payment });
	check(`payment "${payment}" treats nothing`, [303, 404].includes(status) && state(waiting.id) === "waiting", [status, state(waiting.id)]);
}
check("dismissed", await act(waiting.id, "dismiss") === 303 && state(waiting.id) === "dismissed");
check("treated after all", await act(waiting.id, "treat", { payment: item }) === 303 && state(waiting.id) === "treated");
check("treating twice is told, not done", await act(waiting.id, "treat", { payment: item }) === 303 &&
	(await clerk.get(`/bank/returns/${waiting.id}`)).text.includes("is decided already"));
check("taken back", await act(waiting.id, "undo") === 303 && state(waiting.id) === "undone");
check("no token, no act", (await clerk.post(`/bank/returns/${waiting.id}/undo`, { csrf: null, ...key() })).status === 403);
check("every law holds", JSON.parse(run(server.db, ["verify", "--json"]).out).faults.length === 0);

run(server.db, ["user", "add", "auditor@example.org", "--role", "auditor", "--password-stdin"], `${PASSWORD}\n`);
const auditor = await login(server, "auditor@example.org");
const read = await auditor.get(`/bank/returns/${waiting.id}`);
check("who may not apply reads", read.status === 200 && !read.text.includes("/treat"));
for (const name of ["treat", "dismiss", "undo", "seen"])
	check(`and may not ${name}`, (await auditor.post(`/bank/returns/${treated.id}/${name}`, { payment: item, ...key() })).status === 403);
check("nothing changed", state(treated.id) === "treated" && state(waiting.id) === "undone");
check("without login there is nothing to see", (await new Browser(server).get("/bank/returns")).status === 303);
if (process.env.KEEP_SERVER) await new Promise(() => console.log(server.port));
await server.stop();
rmSync(folder, { recursive: true });
finish();
